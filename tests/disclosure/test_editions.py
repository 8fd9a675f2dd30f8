"""历次版本, the guide of each, their comparison, and what stands at the address of an item without an edition today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.models import ServiceItem
from catalog.queries.history import Standing, history_of
from catalog.services import changes as services
from portal.organizations.models import Department
from tests.catalog.city import City, begin, city, frame
from tests.disclosure import decided
from tests.pages import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
Freeze = Callable[[dt.datetime], AbstractContextManager[dt.datetime]]
FOOD = "140123026000"
MONDAY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
LATER = MONDAY + dt.timedelta(days=8)


@pytest.fixture(autouse=True)
def _monday(frozen_clock: Freeze) -> None:
    cache.clear()
    frozen_clock(MONDAY)


@pytest.fixture
def people(db: None) -> City:
    return city()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return check_page(answer)


# --- the history ----------------------------------------------------------------------------------------


def test_an_item_with_one_edition_says_since_when_and_that_it_was_the_first(client: Client) -> None:
    html = text(client, f"/items/{FOOD}/editions/")
    assert "共 1 版" in html and "首次公布" in html and "现行" in html
    assert "和第" not in html


def test_editions_stand_newest_first_with_kind_reason_basis_and_the_one_to_come(
    client: Client, people: City, frozen_clock: Freeze
) -> None:
    decided.shorter(people, reason="压缩到五个工作日")
    html = text(client, f"/items/{FOOD}/editions/")
    assert html.index('id="v2"') < html.index('id="v1"')
    assert "将于2026年11月30日生效" in html.split('id="v2"')[1].split("</section>")[0]
    first = html.split('id="v1"')[1].split("</section>")[0]
    assert "至2026年11月29日" in first and "现行" in first
    for words in ("要素变更", "压缩到五个工作日", "朔政办发〔2015〕52号"):
        assert words in html
    with frozen_clock(LATER):
        services.take_effect_due()
        html = text(client, f"/items/{FOOD}/editions/")
    assert "现行" in html.split('id="v2"')[1].split("</section>")[0]
    assert "已失效" in html.split('id="v1"')[1].split("</section>")[0]


def test_an_edition_of_a_meeting_names_meeting_day_number_and_text(client: Client, people: City) -> None:
    receiver = Department.objects.get(number="012")
    decided.transferred(people, receiver)
    html = text(client, f"/items/{FOOD}/editions/")
    for words in ("次常务会议", "2026年11月23日", "朔政常纪〔2026〕12号", "原则同意所提事项调整方案。"):
        assert words in html
    assert receiver.name in html


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2026-05-01", "第 1 版</b></a>，2015年10月1日起"),
        ("2026-11-29", "第 1 版</b></a>，2015年10月1日起，至2026年11月29日止"),
        ("2026-11-30", "第 2 版</b></a>，2026年11月30日起"),
        ("2015-09-30", "这个事项2015年10月1日起才公布"),
    ],
)
def test_any_day_has_its_edition(client: Client, people: City, on: str, sentence: str) -> None:
    decided.shorter(people)
    assert sentence in text(client, f"/items/{FOOD}/editions/?on={on}")


@pytest.mark.parametrize("on", ["", "2026-02-30", "昨天", "9999999", "\0"])
def test_a_day_that_is_none_gets_its_sentence_at_the_field_and_keeps_what_was_typed(client: Client, on: str) -> None:
    html = text(client, f"/items/{FOOD}/editions/?on={on}")
    assert "请填写日期。" in html or "日期不是有效日期，请按 2026-09-18 的样子填写。" in html
    assert 'aria-invalid="true"' in html
    if on == "2026-02-30":
        assert 'value="2026-02-30"' in html


def test_an_edition_that_was_replaced_on_its_day_was_never_in_force(client: Client, people: City) -> None:
    today = MONDAY.date()
    for days in (8, 5):
        decided.shorter(people, days, effective_on=today)
    history = history_of(FOOD, today)
    assert [each.standing for each in history.editions] == [Standing.CURRENT, Standing.NEVER, Standing.PAST]
    assert history.on_day(today) is history.editions[0]
    assert "没有施行" in text(client, f"/items/{FOOD}/editions/")
    assert "没有施行" in text(client, f"/items/{FOOD}/editions/2/")


# --- the guide of one edition -----------------------------------------------------------------------------


def test_an_old_edition_says_so_on_top_and_leads_to_the_one_in_force(
    client: Client, people: City, frozen_clock: Freeze
) -> None:
    decided.shorter(people)
    with frozen_clock(LATER):
        services.take_effect_due()
        old = text(client, f"/items/{FOOD}/editions/1/")
        new = text(client, f"/items/{FOOD}/editions/2/")
    assert "这是第 1 版，2015年10月1日至2026年11月29日有效。" in old
    assert old.index("这是第 1 版") < old.index("<h1>")
    assert f'href="/items/{FOOD}/">现行版本（第 2 版）' in old
    assert "10 个工作日" in old and "5 个工作日" not in old.split('id="limits"')[1].split("</section>")[0]
    assert "是现行版本" in new and "5 个工作日" in new
    for html in (old, new):
        assert '<meta name="robots" content="noindex">' in html
        assert "在线申请" not in html and "/apply/" not in html and 'type="checkbox"' not in html


def test_an_edition_with_situations_lists_the_limits_of_all(client: Client) -> None:
    html = text(client, "/items/140123027000/editions/1/").split('id="limits"')[1].split("</section>")[0]
    assert "承诺 20 个工作日" in html and "承诺 10 个工作日" in html


@pytest.mark.parametrize("address", ["editions/2/", "compare/?a=1&b=2", "compare/?a=0&b=1", "compare/?a=x&b=1"])
def test_a_version_that_is_not_there_is_not_found(client: Client, people: City, address: str) -> None:
    change = begin(people)  # a draft is no version
    decided.shorten(people, change, 3)
    assert client.get(f"/items/{FOOD}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["editions/", "editions/1/", "compare/", ""])
def test_an_item_that_never_was_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/items/149999999999/{address}").status_code == 404


# --- the guide in force -------------------------------------------------------------------------------------


def test_the_guide_links_the_history_and_says_what_is_to_come(
    client: Client, people: City, django_assert_num_queries: Any
) -> None:
    before = client.get(f"/items/{FOOD}/")
    assert f'href="/items/{FOOD}/editions/"' in before.content.decode()
    assert "将于" not in before.content.decode()
    decided.shorter(people)
    html = text(client, f"/items/{FOOD}/")
    assert "将于2026年11月30日起改为新版本" in html
    assert f'href="/items/{FOOD}/compare/?a=1&amp;b=2"' in html
    with django_assert_num_queries(1):
        client.get(f"/items/{FOOD}/")


def test_a_kept_guide_says_at_once_that_the_item_will_be_abolished(client: Client, people: City) -> None:
    assert "将于" not in text(client, f"/items/{FOOD}/")
    decided.abolished(people)
    assert "将于2026年11月30日起取消。" in text(client, f"/items/{FOOD}/")


def test_the_guide_of_an_item_that_came_by_a_meeting_names_the_resolution(
    client: Client, people: City, frozen_clock: Freeze
) -> None:
    decided.new(people)
    with frozen_clock(LATER):
        services.take_effect_due()
        html = text(client, "/items/140123900000/")
    assert "次常务会议决定（朔政常纪〔2026〕12号）" in html


# --- no edition in force today --------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/elder"])
def test_an_abolished_item_says_since_when_by_what_and_where_to_ask(
    client: Client, people: City, frozen_clock: Freeze, prefix: str
) -> None:
    change = decided.abolished(people)
    for done in (False, True):  # the page is right at 00:00, before anything has run
        with frozen_clock(LATER):
            if done:
                services.take_effect_due()
            answer = client.get(f"{prefix}/items/{FOOD}/")
            printed = client.get(f"{prefix}/items/{FOOD}/print/")
        assert answer.status_code == printed.status_code == 410
        html = check_page(answer)
        for words in ("2026年11月30日起不再办理", "国务院决定取消", "朔政常纪〔2026〕12号", "次常务会议"):
            assert words in html
        assert f'href="{prefix}/changes/{change.pk}/"' in html
        assert f'href="{prefix}/items/{FOOD}/editions/"' in html
    with frozen_clock(LATER):
        assert "看去向" in text(client, f"/items/{FOOD}/editions/1/")
        for on in ("2026-11-30", "2026-12-01"):
            assert "那一天这个事项已经取消" in text(client, f"/items/{FOOD}/editions/?on={on}")


def test_a_merged_item_leads_to_the_one_that_took_it_in(client: Client, people: City, frozen_clock: Freeze) -> None:
    decided.merged(people, 26, 27)
    assert "并入“食品药品经营联合许可”" in text(client, f"/items/{FOOD}/")
    with frozen_clock(LATER):
        services.take_effect_due()
        answer = client.get(f"/items/{FOOD}/")
        assert answer.status_code == 410
        assert 'href="/items/140123900009/"' in check_page(answer)
        assert client.get("/items/140123900009/").status_code == 200


def test_a_new_item_is_readable_before_its_day_and_cannot_be_applied_for(
    client: Client, people: City, frozen_clock: Freeze
) -> None:
    decided.new(people)
    html = text(client, "/items/140123900000/")
    assert "将于2026年11月30日起办理，现在还不能申请" in html
    assert "小餐饮店登记" in html and 'id="materials"' in html
    assert "/apply/" not in html
    with frozen_clock(LATER):
        assert "/apply/140123900000/" in text(client, "/items/140123900000/")


# --- the comparison ---------------------------------------------------------------------------------------------


def test_two_editions_stand_side_by_side_by_section_with_words_for_every_kind(client: Client, people: City) -> None:
    change = frame(people, begin(people))
    decided.shorten(people, change, 5)
    assert change.content is not None
    first, second, *rest = change.content["materials"]
    kept = [*rest[:-1], second | {"note": "写明比例尺"}, first]
    added = first | {"code": "M90", "name": "诚信承诺书"}
    decided.save(people, change, "materials", materials=[*kept, added])
    decided.verified(people, change)
    html = text(client, f"/items/{FOOD}/compare/?a=1&b=2")
    assert html.index("时限和情形</h2>") < html.index("申请材料</h2>") < html.index("办理流程</h2>")
    materials = html.split("申请材料</h2>")[1].split("</section>")[0]
    for words in ("新增", "删去", "修改", "换位置", "诚信承诺书", "写明比例尺"):
        assert words in materials
    limits = html.split("时限和情形</h2>")[1].split("</section>")[0]
    assert '<td data-label="第 1 版">10 个工作日' in limits and '<td data-label="第 2 版">5 个工作日' in limits
    assert "设定依据</h2>" not in html  # unchanged


def test_the_earlier_edition_stands_first_and_the_two_newest_are_compared_unasked(client: Client, people: City) -> None:
    decided.shorter(people)
    straight = text(client, f"/items/{FOOD}/compare/?a=1&b=2").split('<main id="main"')[1]
    assert text(client, f"/items/{FOOD}/compare/?a=2&b=1").split('<main id="main"')[1] == straight
    assert text(client, f"/items/{FOOD}/compare/").split('<main id="main"')[1] == straight


def test_a_transfer_names_the_departments_and_not_their_numbers(client: Client, people: City) -> None:
    receiver = Department.objects.get(number="012")
    decided.transferred(people, receiver)
    html = text(client, f"/items/{FOOD}/compare/?a=1&b=2")
    assert people.department.name in html and receiver.name in html
    assert ">023<" not in html and ">012<" not in html


def test_equal_editions_have_a_sentence(client: Client, people: City) -> None:
    assert "只有一个版本" in text(client, f"/items/{FOOD}/compare/")
    decided.verified(people, frame(people, begin(people)))
    assert "这两版的内容相同" in text(client, f"/items/{FOOD}/compare/?a=1&b=2")
    assert "两边选的是同一版" in text(client, f"/items/{FOOD}/compare/?a=2&b=2")


def test_a_comparison_asks_the_same_queries_for_any_number_of_editions(
    client: Client, people: City, query_snapshot: Any
) -> None:
    for days in (8, 7, 5):
        decided.shorter(people, days, effective_on=MONDAY.date())
    with query_snapshot("compare", at_most=12):
        client.get(f"/items/{FOOD}/compare/?a=1&b=4")


def test_the_history_asks_the_same_queries_for_any_number_of_editions(
    client: Client, people: City, query_snapshot: Any
) -> None:
    with query_snapshot("history", at_most=6):
        client.get(f"/items/{FOOD}/editions/")
    for days in (8, 5):
        decided.shorter(people, days, effective_on=MONDAY.date())
    with query_snapshot("history", at_most=6):
        client.get(f"/items/{FOOD}/editions/")


def test_a_suspended_item_has_a_history_and_no_guide(client: Client) -> None:
    ServiceItem.objects.filter(basic_code=FOOD).update(status=ServiceItem.Status.SUSPENDED)
    answer = client.get(f"/items/{FOOD}/")
    assert answer.status_code == 404 and "这个事项现在暂停办理。" in check_page(answer)
    assert "第 1 版" in text(client, f"/items/{FOOD}/editions/")
