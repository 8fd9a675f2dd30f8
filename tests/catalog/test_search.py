"""The questions people ask, and which of the city's items answers them first."""

import datetime as dt

import pytest

from catalog.models import ItemEdition
from catalog.search import MAX_QUESTION, find_items
from portal.search import text

TODAY = dt.date(2026, 11, 25)
pytestmark = pytest.mark.usefixtures("catalogue", "db")


def numbers(question: str, **options: str) -> list[int | None]:
    return [hit.edition.item.number for hit in find_items(question, on=TODAY, limit=60, **options).hits]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("办营业执照", 21),
        ("怎么办理营业执照", 21),
        ("营业执照", 21),
        ("注册公司要多久", 21),
        ("企业设立", 21),
        ("公司设立", 21),
        ("开饭店", 26),
        ("开餐馆", 26),
        ("我想开一家饭店需要什么手续", 26),
        ("食品", 26),
        ("食品经营许可证", 26),
        ("小吃店办什么证", 26),
        ("开药店", 27),
        ("药店", 27),
        ("网吧", 45),
        ("开个网吧", 45),
        ("网吧怎么开", 45),
        ("护照", 31),
        ("孩子护照怎么办", 31),
        ("低保", 52),
        ("公积金", 51),
        ("公积金怎么取", 51),
        ("退休", 51),
        ("施工许可证", 12),
        ("施工许可", 12),
        ("环评", 19),
        ("环境影响评价", 19),
        ("排污", 20),
        ("教师资格证", 35),
        ("教师", 35),
        ("用水", 41),
        ("取水", 41),
        ("打井", 41),
        ("卫生许可证", 39),
        ("房产证过户", 11),
        ("二手房", 11),
        ("幼儿园", 37),
        ("养猪", 46),
        ("加油站", 44),
        ("砍树", 48),
        ("煤矿", 10),
        ("鞭炮店", 43),
        ("大件运输", 53),
        ("演唱会", 29),
        ("诊所", 38),
        ("兽药", 47),
        ("医疗器械", 28),
        ("营业执照年检", 23),
        ("社保", 33),
        ("培训班", 34),
        ("劳务派遣", 32),
        ("协会", 36),
        ("防空地下室", 49),
        ("避雷针", 50),
        ("房地产预售", 13),
        ("人防", 49),
    ],
)
def test_the_item_that_people_mean_comes_first(question: str, number: int) -> None:
    assert numbers(question)[:1] == [number]


def test_fire_protection_finds_both_items_before_all_others() -> None:
    assert set(numbers("消防")[:2]) == {17, 18}


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("spjyxk", 26),
        ("shipin", 26),
        ("SHI PIN", 26),
        ("huzhao", 31),
        ("hz", 31),
        ("dibao", 52),
        ("gjj", 51),
        ("yyzz", 21),
        ("qsxk", 41),
        ("gongsisheli", 21),
        ("weishengxuke", 39),
        ("daxingqunzhongxinghuodong", 29),
    ],
)
def test_pinyin_and_initials_of_name_and_keywords_are_understood(question: str, number: int) -> None:
    assert numbers(question)[:1] == [number]


def test_a_whole_pinyin_name_with_digits_finds_its_item() -> None:
    edition = ItemEdition.objects.get(item__number=29)
    assert numbers(text.pinyin_full(edition.name))[:1] == [29]


@pytest.mark.parametrize("length", [12, 31])
def test_codes_find_exactly_their_item(length: int) -> None:
    for edition in ItemEdition.objects.select_related("item"):
        code = edition.item.basic_code if length == 12 else edition.item.implementation_code
        assert len(code) == length
        assert numbers(code) == [edition.item.number]
        assert numbers(code.lower()) == [edition.item.number]


def test_the_beginning_of_a_code_finds_the_department_s_items() -> None:
    assert numbers("140123") == [26, 27, 28]


def test_every_name_finds_its_own_item_first() -> None:
    missed = [e.name for e in ItemEdition.objects.select_related("item") if numbers(e.name)[:1] != [e.item.number]]
    assert missed == []


def test_every_keyword_finds_an_item_that_bears_it_first() -> None:
    owners: dict[str, set[int | None]] = {}
    for edition in ItemEdition.objects.select_related("item"):
        for keyword in edition.keywords:
            owners.setdefault(keyword, set()).add(edition.item.number)
    missed = [word for word, found in owners.items() if set(numbers(word)[: len(found)]) != found]
    assert missed == []


@pytest.mark.parametrize(
    ("part", "number"), [("品经", 26), ("积金提", 51), ("通护照", 31), ("低生活", 52), ("气经营", 14)]
)
def test_parts_that_are_no_words_are_found(part: str, number: int) -> None:
    assert part not in text.tokens(ItemEdition.objects.get(item__number=number).name)
    assert numbers(part)[:1] == [number]


def test_every_pair_of_characters_of_a_name_finds_its_item() -> None:
    for edition in ItemEdition.objects.select_related("item"):
        for pair in text.bigrams(edition.name):
            assert edition.item.number in numbers(pair), (edition.name, pair)


def test_a_part_that_many_names_share_finds_all_of_them() -> None:
    with_it = {e.item.number for e in ItemEdition.objects.select_related("item") if "经营许可" in e.name}
    assert with_it <= set(numbers("经营许可"))
    assert set(numbers("经营许可")[: len(with_it)]) == with_it


def test_a_single_character_finds_names_that_contain_it() -> None:
    with_it = {e.item.number for e in ItemEdition.objects.select_related("item") if "药" in e.name}
    assert set(numbers("药")) >= with_it


def test_generic_words_do_not_drag_in_the_whole_catalogue() -> None:
    assert numbers("施工许可证") == [12]
    assert numbers("结婚登记") == []


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "的",
        "？",
        "龘靐齉",
        "卖飞机",
        "qwertyuiop",
        "离婚",
        "%%%%",
        "\\",
        "& | ! ( ) :*",
        "' or 1=1 --",
        "\x00",
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
        "{{ 7 }}",
        "\ud83d\ude00",
        "😀",
    ],
)
def test_nonsense_and_attacks_find_nothing_and_break_nothing(question: str) -> None:
    assert numbers(question.encode("utf-16", "surrogatepass").decode("utf-16", "replace")) == []


def test_a_question_of_three_hundred_characters_is_cut_and_answered() -> None:
    results = find_items("食品经营许可" * 50, on=TODAY)
    assert results.hits[0].edition.item.number == 26
    assert max(len(term) for term in results.terms) <= MAX_QUESTION


def test_the_audience_narrows_the_answers() -> None:
    assert 31 in numbers("护照", audience="person")
    assert numbers("护照", audience="firm") == []
    assert numbers("食品经营许可", audience="firm")[:1] == [26]


def test_a_question_costs_two_queries(django_assert_num_queries: object) -> None:
    numbers("开饭店")
    with django_assert_num_queries(2):  # type: ignore[operator]
        numbers("经营许可")


def test_an_edition_that_is_not_in_force_yet_is_not_found() -> None:
    edition = ItemEdition.objects.get(item__number=26)
    assert find_items("食品经营许可", on=edition.effective_from - dt.timedelta(days=1)).hits == ()
