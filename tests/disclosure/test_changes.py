"""动态调整公告: what the city has decided about its catalogue; drafts and names of officials stay inside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.models import ChangeAct, ItemChange
from catalog.services import changes as services
from catalog.states import ChangeKind
from portal import clock
from portal.organizations.models import Department
from portal.web.keys import uuid7
from tests.catalog.city import City, act, begin, city, frame, on_agenda, submitted
from tests.disclosure import decided
from tests.pages import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
Freeze = Callable[[dt.datetime], AbstractContextManager[dt.datetime]]
FOOD = "140123026000"
MONDAY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
LATER = MONDAY + dt.timedelta(days=8)
ATOM = "{http://www.w3.org/2005/Atom}"


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


def many(of: City, count: int) -> list[ItemChange]:
    """Changes that were published one minute after the other."""
    first = decided.shorter(of, effective_on=clock.today())
    made = [first]
    for place in range(1, count):
        copy = ItemChange.objects.get(pk=first.pk)
        copy.pk, copy.edition, copy.name = uuid7(), None, f"演示事项{place:03d}"
        copy.published_at = MONDAY - dt.timedelta(minutes=place)
        made.append(copy)
    ItemChange.objects.bulk_create(made[1:])
    return made


# --- the list ---------------------------------------------------------------------------------------------


def test_what_is_decided_is_listed_newest_first_and_nothing_else(client: Client, people: City) -> None:
    for change in (begin(people, number=27), submitted(people, frame(people, begin(people, number=28)))):
        assert change.name not in text(client, "/changes/")
    assert "还没有公告" in text(client, "/changes/")
    decided.shorter(people)
    html = text(client, "/changes/")
    assert "共 1 项" in html and "食品经营许可" in html and "要素变更" in html
    assert "2026-11-30（将生效）" in html


def test_the_list_narrows_by_kind_department_and_month(client: Client, people: City) -> None:
    receiver = Department.objects.get(number="012")
    decided.transferred(people, receiver, effective_on=clock.today())
    decided.new(people)
    decided.abolished(people, 27)
    for query, count in (
        ("kind=new", 1),
        ("kind=abolition", 1),
        ("kind=people", 0),
        (f"department={people.department.number}", 3),
        ("department=012", 1),
        ("month=2026-11", 3),
        ("month=2026-10", 0),
        ("kind=new&department=012", 0),
        ("kind=nonsense&month=2026-13&department=x", 3),
    ):
        html = text(client, f"/changes/?{query}")
        assert (f"共 {count} 项" if count else "没有符合的公告") in html, query


def test_pages_of_twenty_five_keep_the_filters_without_gap_or_repetition(client: Client, people: City) -> None:
    many(people, 30)
    first = text(client, "/changes/?kind=elements&month=2026-11")
    assert first.count("<tr><td") == 25 and "共 30 项" in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "kind=elements" in following and "month=2026-11" in following
    second = text(client, following)
    assert second.count("<tr><td") == 5
    assert "演示事项024" in first and "演示事项025" in second and "演示事项024" not in second


def test_the_list_costs_the_same_for_one_change_and_for_many(client: Client, people: City, query_snapshot: Any) -> None:
    many(people, 2)
    with query_snapshot("list", at_most=9):
        client.get("/changes/")
    ItemChange.objects.filter(name__startswith="演示").delete()
    with query_snapshot("list", at_most=9):
        client.get("/changes/")


def test_the_last_month_is_summed_by_kind(client: Client, people: City, frozen_clock: Freeze) -> None:
    decided.new(people)
    decided.abolished(people)
    decided.abolished(people, 27)
    this_month = text(client, "/changes/")
    assert '公布 <a href="?month=2026-11">3 项</a>：新增 1 项，取消 2 项' in this_month
    with frozen_clock(dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.UTC)):
        html = text(client, "/changes/")
    assert "<dt>12月到现在</dt><dd>没有公布</dd>" in html
    assert '<dt>11月</dt><dd>公布 <a href="?month=2026-11">3 项</a>：新增 1 项，取消 2 项</dd>' in html


# --- one change ---------------------------------------------------------------------------------------------


def test_one_change_says_all_that_was_decided(client: Client, people: City) -> None:
    receiver = Department.objects.get(number="012")
    change = decided.transferred(
        people, receiver, reason="机构改革", occurred_on=dt.date(2026, 8, 3), open_cases="hand_over"
    )
    html = text(client, f"/changes/{change.pk}/")
    for words in (
        "转移：食品经营许可", people.department.name, receiver.name, "机构改革", "朔政办发〔2015〕52号", "2026年8月3日",
        "逾期报告", "2026年11月30日起将生效", "移交接收部门办理", "次常务会议", "朔政常纪〔2026〕12号", "原则同意",
        f'href="/items/{FOOD}/compare/?a=1&amp;b=2"',
    ):  # fmt: skip
        assert words in html, words


def test_each_published_act_bears_its_mark_and_no_official_is_named(client: Client, people: City) -> None:
    change = submitted(people, frame(people, begin(people)))
    services.remark(change_id=change.pk, actor=people.office, place="materials.M03", text="写明比例尺")
    act(change, "return", people.office, reason="内部意见不公开")
    answered = change.remarks.get()
    services.answer_remark(remark_id=answered.pk, actor=people.editor, answer="已在受理标准中写明")
    decided.verified(people, change)
    html = text(client, f"/changes/{change.pk}/")
    marks = dict(ChangeAct.objects.filter(change=change).order_by("seq").values_list("action", "ledger_seq"))
    for action, seq in marks.items():
        assert (f"#{seq}<" in html) is (action in {"submit", "verify_and_publish"}), action
    inside = [people.editor.name, people.head.name, people.office.name, "内部意见不公开", "写明比例尺", "已在受理标准"]
    assert not [words for words in inside if words in html]


def test_whom_a_change_of_people_concerns_stays_inside(client: Client, people: City) -> None:
    change = frame(people, begin(people, ChangeKind.PEOPLE), people_note="李某某接替王某某")
    decided.verified(people, change)
    html = text(client, f"/changes/{change.pk}/")
    assert "人员调整" in html and "李某某" not in html
    assert "在办的件" not in html


def test_a_merger_names_what_it_ends(client: Client, people: City) -> None:
    change = decided.merged(people, 26, 27)
    html = text(client, f"/changes/{change.pk}/")
    assert "被合并的事项" in html and f'href="/items/{FOOD}/editions/"' in html
    assert "食品经营许可" in html


def test_what_is_not_published_is_not_found(client: Client, people: City) -> None:
    draft = frame(people, begin(people, number=27))
    withdrawn = begin(people, number=28)
    act(withdrawn, "withdraw", people.editor, reason="不用了")
    struck = frame(people, decided.new_draft(people, "小食杂店登记"))
    act(submitted(people, struck), "verify", people.office, basic_code="140123900001")
    on_agenda(people, struck)
    assert client.get(f"/changes/{struck.pk}/").status_code == 404
    act(struck, "strike", people.government, reason="由县（区）办理")
    for change in (draft, withdrawn, struck):
        assert client.get(f"/changes/{change.pk}/").status_code == 404
    assert client.get(f"/changes/{uuid4()}/").status_code == 404
    assert "还没有公告" in text(client, "/changes/")
    published = decided.shorter(people)
    for fault in ({"state": "withdrawn"}, {"state": "in_force", "published_at": None}):
        ItemChange.objects.filter(pk=published.pk).update(**fault)
        assert client.get(f"/changes/{published.pk}/").status_code == 404
        assert "还没有公告" in text(client, "/changes/")


# --- the feed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/elder"])
def test_the_feed_is_atom_with_full_addresses_of_the_standard_mode(
    client: Client, people: City, settings: Any, prefix: str
) -> None:
    change = decided.shorter(people, reason="压缩\x0b办理时限")
    answer = client.get(f"{prefix}/changes/feed.xml")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Cache-Control"].startswith("public, ")
    feed = ElementTree.fromstring(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "要素变更：食品经营许可"
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"{settings.PUBLIC_URL}/changes/{change.pk}/"
    own = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
    assert own["self"] == f"{settings.PUBLIC_URL}/changes/feed.xml"
    words = entry.findtext(f"{ATOM}summary")
    assert words is not None and "2026年11月30日起生效" in words and people.editor.name not in words
    assert f'href="{prefix}/changes/feed.xml"' in text(client, f"{prefix}/changes/").split("</head>")[0]


def test_the_feed_holds_the_last_fifty_and_an_empty_one_stays_the_same(client: Client, people: City) -> None:
    empty = client.get("/changes/feed.xml")
    again = client.get("/changes/feed.xml", headers={"If-None-Match": empty.headers["ETag"]})
    assert again.status_code == 304
    many(people, 53)
    assert len(ElementTree.fromstring(client.get("/changes/feed.xml").content).findall(f"{ATOM}entry")) == 50


def test_home_and_sitemap_lead_to_the_announcements(client: Client) -> None:
    for address in ("/", "/sitemap/"):
        assert 'href="/changes/"' in client.get(address).content.decode()
