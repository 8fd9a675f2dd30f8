"""Everyday words: the file is checked, and what people ask finds the right item among the first three."""

import datetime as dt
from pathlib import Path

import pytest

from catalog.models import ItemEdition, ItemSearch
from catalog.search import find_items
from catalog.services.indexing import index_item
from catalog.services.synonyms import FILE, SynonymsRefused, load_synonyms, read_synonyms

TODAY = dt.date(2026, 11, 25)
pytestmark = pytest.mark.usefixtures("catalogue", "db")

#: What citizens type, and the item that they mean.
QUESTIONS = [
    ("餐厅", 26), ("餐馆", 26), ("开个餐厅要什么证", 26), ("火锅店", 26), ("想开一家火锅店怎么办手续", 26),
    ("小吃店", 26), ("咖啡店", 26), ("开咖啡馆", 26), ("奶茶店", 26), ("开奶茶店需要什么证", 26), ("面包店", 26),
    ("蛋糕店怎么办证", 26), ("烧烤店", 26), ("学校食堂", 26), ("外卖店", 26),
    ("理发店", 39), ("开理发店办什么证", 39), ("美容院", 39), ("发廊", 39), ("足浴店", 39), ("宾馆", 39), ("民宿", 39),
    ("网吧", 45), ("开网吧", 45), ("药店", 27), ("开药店要什么条件", 27), ("药铺", 27),
    ("个体户", 22), ("个体户怎么注册", 22), ("个体工商户", 22), ("便利店", 22), ("水果店", 22), ("摆地摊", 22),
    ("执照", 21), ("办执照", 21), ("办公司", 21), ("营业执照年审", 23),
    ("公积金", 51), ("提公积金", 51), ("公积金贷款买房", 51), ("交社保", 33), ("五险一金", 33),
    ("低保户", 52), ("生活困难怎么申请补助", 52), ("护照补办", 31), ("出国证件", 31), ("教师证书", 35),
    ("房子过户", 11), ("买房过户", 11), ("房产继承", 11), ("牙科诊所", 38), ("中医馆", 38),
    ("幼儿园", 37), ("养老院", 37), ("电梯检测", 25), ("叉车", 24), ("接下水道", 15), ("拉大件", 53),
    ("音乐节", 29), ("酒吧", 18), ("鞭炮", 43), ("砍伐树木", 48), ("油罐车", 40), ("养鸡", 46),
]  # fmt: skip


def first_three(question: str) -> list[int | None]:
    return [hit.edition.item.number for hit in find_items(question, on=TODAY, limit=3).hits]


@pytest.mark.parametrize(("question", "number"), QUESTIONS)
def test_what_people_call_it_finds_the_item_among_the_first_three(question: str, number: int) -> None:
    assert number in first_three(question)


def test_every_word_of_the_file_finds_its_item_among_the_first_three() -> None:
    missed = []
    for entry in read_synonyms():
        number = ItemEdition.objects.get(name=entry.item, effective_until=None).item.number
        missed += [(word, first_three(word)) for word in entry.words if number not in first_three(word)]
    assert missed == []


def test_what_the_city_does_not_do_is_not_made_up() -> None:
    for question in ("结婚证", "离婚", "身份证"):
        assert first_three(question) == []


def test_pinyin_of_an_everyday_word_is_understood() -> None:
    assert 26 in first_three("huoguodian")


def test_loading_twice_changes_nothing_and_a_new_edition_keeps_the_words() -> None:
    assert load_synonyms() == 0
    edition = ItemEdition.objects.select_related("item").get(item__number=26)
    index_item(item=edition.item, edition=edition)
    assert "火锅店" in ItemSearch.objects.get(item=edition.item).synonyms
    assert first_three("火锅店")[0] == 26


def test_a_word_that_is_taken_out_of_the_file_is_not_found_any_more(tmp_path: Path) -> None:
    shorter = tmp_path / "synonyms.yaml"
    shorter.write_text("- {item: 食品经营许可, words: [馆子]}\n", "utf-8")
    assert load_synonyms(shorter) == len(read_synonyms())
    assert first_three("馆子")[0] == 26
    assert 39 not in first_three("洗脚店")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- {item: 没有的事项, words: [餐厅]}", "没有这些事项：没有的事项"),
        ("- {item: 食品经营许可, words: []}", "words"),
        ("- {item: 食品经营许可, words: [吃]}", "words"),
        ("- {item: 食品经营许可, word: [餐厅]}", "words"),
        ("- {item: 食品经营许可, words: [餐厅, 餐厅]}", "说法重复：餐厅"),
        ("- {item: 食品经营许可, words: [餐厅]}\n- {item: 食品经营许可, words: [饭馆]}", "事项重复"),
        ("- {item: 食品经营许可, words: [餐厅]}\n- {item: 公司设立登记, words: [餐厅]}", "说法重复：餐厅"),
        ("食品经营许可: 餐厅", "synonyms.yaml"),
        ("- [", "读不出来"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place_and_changes_nothing(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "synonyms.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SynonymsRefused, match=sentence):
        load_synonyms(path)
    assert first_three("火锅店")[0] == 26


def test_the_file_is_there_for_people_to_read() -> None:
    assert FILE.read_text("utf-8").startswith("#")
