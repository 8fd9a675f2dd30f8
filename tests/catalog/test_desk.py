"""The desk pages of the catalogue, each form sent as a browser would: from the proposal to the published edition."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import ItemChange, ItemEdition, Meeting
from catalog.queries import edition_in_force
from catalog.services import changes
from catalog.shape import SECTIONS
from catalog.states import ChangeState
from portal import clock
from portal.accounts.models import User
from portal.web.grants import Actor
from tests.catalog.city import City, act, begin, city, frame, item, submitted
from tests.pages import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


class Browser(Client):
    """A signed-in client; every page is checked as it comes."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.force_login(User.objects.get(pk=actor.user_id))

    def page(self, address: str, code: int = 200) -> str:
        response = self.get(address)
        assert response.status_code == code, (response.status_code, response.get("Location"))
        return check_page(response)

    def filled(self, address: str, **values: Any) -> dict[str, Any]:
        """What the form of a page would send, with some inputs changed."""
        form = next(each for each in lxml.html.fromstring(self.page(address)).forms if each.method == "POST"
                    and not (each.action or "").endswith("/logout/"))  # fmt: skip
        given: dict[str, Any] = {}
        for name, value in form.form_values():
            given.setdefault(name, []).append(value)
        return {name: value if len(value) > 1 else value[0] for name, value in given.items()} | values

    def fill(self, address: str, **values: Any) -> str:
        """Send the form of a page; the address that it leads to."""
        response = self.post(address, self.filled(address, **values))
        assert response.status_code == 302, check_page(response)
        return urljoin(address, response["Location"])

    def refused(self, address: str, code: int = 422, **values: Any) -> str:
        response = self.post(address, self.filled(address, **values))
        assert response.status_code == code, response.status_code
        return check_page(response)


@pytest.fixture
def people(db: None) -> City:
    return city()


def url(name: str, *arguments: object) -> str:
    return reverse(f"catalogue:{name}", args=arguments)


def test_a_new_item_goes_from_its_first_word_to_the_public_page(people: City, frozen_clock: Any) -> None:
    editor, head = Browser(people.editor), Browser(people.head)
    office, government = Browser(people.office), Browser(people.government)
    place = editor.fill(url("begin"), kind="new", name="小餐饮店登记")
    change = ItemChange.objects.get()
    assert place == url("change", change.pk)
    assert "请写明变更理由" in editor.page(place)

    day = clock.today() + dt.timedelta(days=3)
    editor.fill(
        url("frame", change.pk), reason="方便小餐饮店经营", basis="小作坊小经营店小摊点管理条例",
        occurred_on=clock.today(), effective_on=day,
    )  # fmt: skip
    given: dict[str, dict[str, Any]] = {
        "basics": {"service_objects": ["2", "6"], "themes_firm": ["准营准办"], "keywords": "开小饭馆\n开面馆"},
        "basis": {"basis-0-law": "小作坊小经营店小摊点管理条例", "basis-0-article": "十二条", "basis-0-rank": "local"},
        "conditions": {"conditions": "经营面积不超过 50 平方米\n有健康证明"},
        "limits": {"limits-statutory-n": 20, "limits-promised-n": 5},
        "materials": {
            "materials-0-code": "M01", "materials-0-name": "登记申请表", "materials-0-source": "applicant",
            "materials-0-issuer": "申请人", "materials-0-necessity": "required", "materials-0-form": "both",
            "materials-0-originals": 1,
        },
        "flow": {},
        "fee": {},
        "result": {"result-name": "小餐饮店登记证", "result-type": "license", "result-sample": "名称、地址、经营项目"},
        "place": {
            "channels": ["1", "2"], "online_depth": "4", "place": "政务大厅二楼", "consultation_phone": "0349-0000123",
            "supervision_phone": "0349-0000110",
        },
        "form": {},
        "faq": {"faq-0-q": "要多少钱？", "faq-0-a": "不收费。", "sample": "小餐饮店登记申请表（示范文本，演示）"},
    }  # fmt: skip
    for section in SECTIONS:
        page = url("section", change.pk, section.code)
        editor.fill(page, next="1", **given[section.code])
    assert "还有" not in editor.page(place), editor.page(place)
    editor.fill(url("act", change.pk, "hand_up"))
    assert "小餐饮店登记" in head.page(url("home"))
    head.fill(url("act", change.pk, "submit"))

    office.fill(url("remark", change.pk), place="materials.M01", text="写明由谁签字")
    office.fill(url("act", change.pk, "return"), reason="见核定意见")
    remark = change.remarks.get()
    assert "写明由谁签字" in editor.page(url("section", change.pk, "materials"))
    editor.fill(url("section", change.pk, "materials"), save="1", **{"materials-0-acceptance_standard": "由经营者签字"})
    editor.fill(url("answer_remark", change.pk, remark.pk), answer="已写入受理标准")
    editor.fill(url("act", change.pk, "hand_up"))
    head.fill(url("act", change.pk, "submit"))
    office.fill(url("act", change.pk, "verify"), basic_code="140123900001")

    government.fill(url("meeting_add"), name="市政府第 12 次常务会议", held_on=clock.today())
    meeting = Meeting.objects.get()
    government.fill(url("act", change.pk, "put_on_agenda"), meeting=meeting.pk)
    government.fill(url("meeting", meeting.pk), resolution_number="朔政常纪〔2026〕12号", resolution="同意新增。")
    government.fill(url("act", change.pk, "approve"))
    change.refresh_from_db()
    assert change.state == ChangeState.SCHEDULED
    with frozen_clock(clock.now() + dt.timedelta(days=3)):
        changes.take_effect_due()
        assert edition_in_force("140123900001", clock.today()).promised_n == 5
        assert "已生效" in government.page(place)


def test_a_section_saves_itself_and_says_what_is_missing(people: City) -> None:
    change = begin(people)
    editor = Browser(people.editor)
    page = url("section", change.pk, "place")
    given = editor.filled(page, place="") | {"autosave": "1"}
    response = editor.post(page, given)
    assert response.status_code == 200 and "还有 1 处没有齐全" in response.text
    change.refresh_from_db()
    assert change.content["place"] == "" and changes.digest_of(change, SECTIONS[8]) in response.text


def test_a_row_is_added_moved_and_taken_out(people: City) -> None:
    change = begin(people)
    editor = Browser(people.editor)
    page = url("section", change.pk, "conditions")
    materials = url("section", change.pk, "materials")
    assert editor.fill(materials, more="materials").startswith(f"{materials}?more=materials")
    assert "materials-7-name" in editor.page(f"{materials}?more=materials")
    editor.fill(materials, save="1", **{"materials-1-gone": "on", "materials-0-place": 9})
    change.refresh_from_db()
    assert [row["code"] for row in change.content["materials"]] == ["M03", "M04", "M05", "M06", "M07", "M01"]
    assert "申报资格" in editor.page(page)


def test_an_overtaken_section_shows_both_and_keeps_what_was_typed(people: City) -> None:
    change = begin(people)
    mine, other = Browser(people.editor), Browser(people.colleague)
    page = url("section", change.pk, "place")
    typed = mine.filled(page, hours="工作日 9:00–17:00", save="1")
    other.fill(page, hours="工作日 8:30–12:00", save="1")
    response = mine.post(page, typed)
    text = check_page(response)
    assert response.status_code == 409
    assert "工作日 8:30–12:00" in text and "工作日 9:00–17:00" in text and "已经由" in text
    form = next(each for each in lxml.html.fromstring(text).forms if each.get("id") == "section-form")
    again = mine.post(page, {**dict(form.form_values()), "channels": ["1", "2"], "save": "1"})
    assert again.status_code == 302
    change.refresh_from_db()
    assert change.content["hours"] == "工作日 9:00–17:00"


def test_wrong_input_stands_at_its_field_and_is_kept(people: City) -> None:
    change = frame(people, begin(people))
    editor = Browser(people.editor)
    page = url("section", change.pk, "limits")
    text = editor.refused(page, **{"limits-promised-n": "十", "limits-note": "不要丢"}, save="1")
    assert "承诺时限要填整数" in text and "不要丢" in text
    yesterday = clock.today() - dt.timedelta(days=1)
    assert "生效日期不能在今天以前" in editor.refused(url("frame", change.pk), effective_on=yesterday)
    submitted(people, change)
    office = Browser(people.office)
    text = office.refused(url("act", change.pk, "verify_and_publish"), effective_on=yesterday)
    assert "生效日期已经过了" in text


def test_another_department_and_a_wrong_desk_find_nothing(people: City) -> None:
    change = begin(people)
    stranger, head = Browser(people.stranger), Browser(people.head)
    for name in ("change", "frame", "merged"):
        assert stranger.get(url(name, change.pk)).status_code == 404
    assert stranger.get(url("section", change.pk, "basics")).status_code == 404
    assert change.name not in stranger.page(url("changes"))
    assert head.get(url("frame", change.pk)).status_code == 403
    assert head.post(url("section", change.pk, "basics"), {"name": "改"}).status_code == 403


def test_a_promise_beyond_the_law_is_not_handed_up_and_says_so(people: City) -> None:
    change = frame(people, begin(people))
    editor = Browser(people.editor)
    editor.fill(url("section", change.pk, "limits"), save="1", **{"limits-promised-n": 30})
    assert "承诺时限不能长于法定时限" in editor.page(url("section", change.pk, "limits"))
    text = editor.page(url("act", change.pk, "hand_up"), code=409)
    assert "承诺时限不能长于法定时限" in text


def test_the_same_click_does_an_act_once(people: City) -> None:
    change = frame(people, begin(people))
    editor = Browser(people.editor)
    page = url("act", change.pk, "hand_up")
    given = editor.filled(page)
    assert [editor.post(page, given).status_code for _ in range(2)] == [302, 302]
    assert change.acts.filter(action="hand_up").count() == 1


def test_lists_keep_their_filters_and_cost_few_statements(people: City, django_assert_max_num_queries: Any) -> None:
    for number in (26, 27, 28):
        begin(people, number=number)
    browser = Browser(people.office)
    for name in ("home", "changes", "items", "meetings"):
        browser.page(url(name))
        with django_assert_max_num_queries(12):
            browser.page(url(name))
    assert item().editions.get().name in browser.page(url("changes") + "?state=drafting&kind=elements&q=食品经营")
    assert "没有符合条件的变更" in browser.page(url("changes") + "?state=struck")


def test_an_item_that_is_changing_offers_no_second_change(people: City) -> None:
    begin(people)
    editor = Browser(people.editor)
    assert "正在变更" in editor.page(url("items"))
    assert "有一项变更正在办理" in editor.refused(url("begin"), kind="abolition", item=item().pk)
    assert ItemEdition.objects.filter(item=item()).count() == 1


def test_a_change_without_a_list_has_no_sections(people: City) -> None:
    change = begin(people, kind=ItemChange._meta.get_field("kind").choices[6][0])
    editor = Browser(people.editor)
    assert editor.get(url("section", change.pk, "basics")).status_code == 404
    editor.fill(
        url("frame", change.pk), reason="轮岗", basis="局务会", occurred_on=clock.today(), effective_on=clock.today(),
        people_note="窗口人员由甲换为乙",
    )  # fmt: skip
    submitted(people, change)
    act(change, "verify_and_publish", people.office)
    change.refresh_from_db()
    assert change.state == ChangeState.IN_FORCE
