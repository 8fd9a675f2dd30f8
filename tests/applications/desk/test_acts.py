"""The whole way of a case through the pages, and what they say when something is wrong."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from applications.models import Act, Case
from portal.documents.models import OfficialDocument
from portal.documents.rules import remedies_text
from tests import factories as make

pytestmark = pytest.mark.django_db


def act(case, action):
    return reverse("applications:act", args=[case.pk, action])


def page(case):
    return reverse("applications:desk_case", args=[case.pk])


def check(case, browser, **conclusions):
    """The clerk's material check: all complete but those named by position."""
    data = {}
    for material in case.materials.order_by("position"):
        conclusion = conclusions.get(f"m{material.position}", "complete")
        prefix = f"m{material.pk.hex}"
        data |= {f"{prefix}-conclusion": conclusion, f"{prefix}-originals": "1", f"{prefix}-seen": "1"}
        if conclusion == "incomplete":
            data[f"{prefix}-remark"] = "请补盖公章"
    return data


def test_intake_correction_supply_and_acceptance(hall, acts_of):
    case = hall.case()
    address = reverse("applications:intake_case", args=[case.pk])
    assert "受理审查到 11月30日（周一）为止" in hall.clerk_page.page(address)
    response = hall.clerk_page.send(address, {**check(case, hall, m1="incomplete"), "then": "ask_correction"})
    assert response["Location"] == act(case, "ask_correction")
    text = hall.clerk_page.page(act(case, "ask_correction"))
    assert "告知这 1 项" in text and "请补盖公章" in text
    text = hall.clerk_page.done(act(case, "ask_correction"))
    assert "已告知补正" in text and "补正材料一次性告知书" in text
    line = (
        case.correction.lines.get()
        if hasattr(case, "correction")
        else Case.objects.get(pk=case.pk).correction.lines.get()
    )
    assert "收到原件" in hall.clerk_page.page(act(case, "supply"))
    wrong = hall.clerk_page.refused(
        act(case, "supply"), {f"originals_{line.pk.hex}": "0", f"copies_{line.pk.hex}": "0"}
    )
    assert "error-summary" in wrong
    text = hall.clerk_page.done(act(case, "supply"), {f"originals_{line.pk.hex}": "1", f"copies_{line.pk.hex}": "0"})
    assert "补正齐全，已受理" in text and "审核中" in text
    assert acts_of(case) == ["submit", "ask_correction", "supply"]


def test_acceptance_straight_from_the_check(hall):
    case = hall.case()
    address = reverse("applications:intake_case", args=[case.pk])
    response = hall.clerk_page.send(address, {**check(case, hall), "then": "accept"})
    assert response["Location"] == act(case, "accept")
    text = hall.clerk_page.done(act(case, "accept"))
    assert "受理通知书" in text and "承诺 12月7日（周一）到期" in text


def test_review_return_review_grant_conclude_deliver(hall, acts_of):
    case = hall.case("reviewing")
    opinion = {"recommendation": "grant", "opinion": "材料齐全，符合条件"}
    hall.reviewer_page.done(act(case, "review"), opinion)
    assert "退回" in hall.approver_page.page(act(case, "return_to_reviewer"))
    hall.approver_page.done(act(case, "return_to_reviewer"), {"opinion": "请说明面积"})
    assert "请说明面积" in hall.reviewer_page.page(page(case))
    hall.reviewer_page.done(act(case, "review"), opinion)
    text = hall.approver_page.page(page(case))
    assert "材料齐全，符合条件" in text and "签名并准予" in text
    text = hall.approver_page.done(
        act(case, "grant"), {"opinion": "同意", "content": "食品经营", "validity_kind": "item"}
    )
    assert "准予行政许可决定书" in text
    hall.clerk_page.done(act(case, "conclude"), {"result_number": "JY114"})
    text = hall.clerk_page.done(
        act(case, "deliver"), {"method": "direct", "recipient": "张三", "recipient_relation": "本人"}
    )
    assert "送达回证" in text and "本件全部办完" in text
    assert acts_of(case)[-5:] == ["return_to_reviewer", "review", "grant", "conclude", "deliver"]


def test_a_decision_against_the_advice_has_a_field_for_why(hall, client):
    case = hall.case("reviewing")
    hall.reviewer_page.done(act(case, "review"), {"recommendation": "refuse", "opinion": "面积不够"})
    assert 'name="departure"' not in hall.approver_page.page(act(case, "refuse"))
    assert 'name="departure"' in hall.approver_page.page(page(case))
    wrong = hall.approver_page.refused(
        act(case, "grant"), {"opinion": "同意", "content": "食品经营", "validity_kind": "item"}
    )
    assert "请填写与审核意见不一致的理由" in wrong and "食品经营" in wrong
    data = {"opinion": "同意", "content": "食品经营", "validity_kind": "item", "departure": "按新规定面积够"}
    text = hall.approver_page.done(act(case, "grant"), data)
    assert "与审核意见不一致：按新规定面积够" in text and "审批决定：准予" in text
    printed = hall.approver_page.page(reverse("applications:desk_case_print", args=[case.pk]))
    assert "审批决定：准予" in printed and "审批：建议准予" not in printed and "审核：建议不予" in printed
    for address in (f"/cases/?number={case.number}", f"/cases/{case.number}/"):
        assert "按新规定" not in client.get(address).content.decode()


def test_the_validity_is_chosen_and_the_number_of_the_licence_checked(hall):
    case, other = hall.case("approving"), hall.case("granted")
    hall.clerk_page.done(act(other, "conclude"), {"result_number": "JY1140001"})
    text = hall.approver_page.page(page(case))
    assert "按事项公布的有效期：5年" in text and "长期有效" not in text
    data = {"opinion": "同意", "content": "食品经营", "validity_kind": "until", "validity_until": "2031-11-24"}
    wrong = hall.approver_page.refused(act(case, "grant"), data)
    assert "最晚到2031年11月23日" in wrong and "2031-11-24" in wrong
    text = hall.approver_page.done(act(case, "grant"), data | {"validity_until": "2031-11-22"})
    assert "至2031年11月22日" in text
    wrong = hall.clerk_page.refused(act(case, "conclude"), {"result_number": "JY1140001"})
    assert f"已经登记在办件 {other.number}" in wrong and "JY1140001" in wrong
    hall.clerk_page.done(act(case, "conclude"), {"result_number": "JY1140002"})


def test_a_posting_that_came_back_and_a_public_notice(hall, frozen_clock, acts_of):
    case = hall.case("concluded")
    text = hall.clerk_page.page(act(case, "deliver"))
    assert "送达最迟 12月7日（周一）" in text
    text = hall.clerk_page.done(act(case, "post"), {"tracking": "EMS1"})
    assert "已登记交寄" in text and "2026年11月23日交寄，邮件号 EMS1" in text
    assert "还没有结果" in hall.clerk_page.page(act(case, "announce"), code=409)
    assert 'name="method"' not in hall.clerk_page.page(act(case, "delivery_failed"))
    wrong = hall.clerk_page.refused(act(case, "delivery_failed"), {"reason": "退回", "failed_on": "2026-11-24"})
    assert "不能晚于今天" in wrong and "2026-11-24" in wrong
    text = hall.clerk_page.done(act(case, "delivery_failed"), {"reason": "地址不详，邮局退回"})
    assert "送达不成：地址不详，邮局退回" in text and "登记送达" in text
    wrong = hall.clerk_page.refused(act(case, "deliver"), {"method": "public"})
    assert "先登记公告" in wrong
    notice = {"notice_place": "本机关公告栏", "reason": "邮寄退回，电话不通", "first_on": "2026-11-23"}
    text = hall.clerk_page.done(act(case, "announce"), notice)
    assert "2026年12月23日期满" in text
    assert "期满以后才能登记送达" in hall.clerk_page.refused(act(case, "deliver"), {"method": "public"})
    frozen_clock(make.at("2026-12-24 09:00"))
    text = hall.clerk_page.done(act(case, "deliver"), {"method": "public"})
    assert "2026年12月23日公告送达，公告期满视为送达" in text
    assert acts_of(case)[-4:] == ["post", "delivery_failed", "announce", "deliver"]


def test_pause_extend_and_refuse(hall):
    case = hall.case("reviewing")
    text = hall.reviewer_page.done(
        act(case, "pause"), {"procedure": "inspection", "until": "2026-11-30", "reason": "送检"}
    )
    assert "特别程序已启动，计时暂停" in text and "暂停计时" in text
    assert "送检" in text
    hall.reviewer_page.done(act(case, "resume"), {"result": "检验合格"})
    hall.reviewer_page.done(act(case, "review"), {"recommendation": "refuse", "opinion": "不符合"})
    text = hall.head_page.done(act(case, "extend"), {"n": "5", "reason": "案情复杂"})
    assert "延期通知书" in text and "新的承诺到期日" in text
    wrong = hall.approver_page.refused(
        act(case, "refuse"), {"facts": "现场不符", "reasons": "不符合条件", "legal_basis": "第一条", "remedies": "无"}
    )
    assert "现场不符" in wrong and "救济途径要写明" in wrong
    refuse = hall.approver_page.page(act(case, "refuse"))
    assert "60日内" in refuse
    text = hall.approver_page.done(
        act(case, "refuse"),
        {"facts": "现场不符", "reasons": "不符合条件", "legal_basis": "第一条", "remedies": remedies_text()},
    )
    assert "不予行政许可决定书" in text and "现场不符" in text


@pytest.mark.parametrize("action", ["not_required", "not_competent"])
def test_a_case_that_is_not_taken_up(hall, action):
    case = hall.case()
    assert "当天告知" in hall.clerk_page.page(act(case, action))
    data = {
        "competent_organ": "省厅",
        "reason": "依法不需要",
        "legal_basis": "《演示法》第一条",
        "remedies": remedies_text(),
    }
    wrong = hall.clerk_page.refused(act(case, action), data)
    assert "请核对后勾选" in wrong and "依法不需要" in wrong
    one_period = data | {"remedies": remedies_text().replace("6个月", "三个月"), "confirmed": "on"}
    assert "救济途径要写明6个月内可以提起行政诉讼" in hall.clerk_page.refused(act(case, action), one_period)
    text = hall.clerk_page.done(act(case, action), data | {"confirmed": "on"})
    assert "决定" in text and "本件到此结束，不再审核" in text
    assert Case.objects.get(pk=case.pk).state == action


def test_the_same_click_twice_is_one_act_and_leads_to_the_same_place(hall):
    case = hall.case("reviewing")
    key, data = str(uuid4()), {"recommendation": "grant", "opinion": "同意"}
    first = hall.reviewer_page.send(act(case, "review"), data, key=key)
    second = hall.reviewer_page.send(act(case, "review"), data, key=key)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Act.objects.filter(case=case, action="review").count() == 1


def test_wrong_input_keeps_what_was_typed(hall):
    case = hall.case("reviewing")
    text = hall.reviewer_page.refused(act(case, "review"), {"recommendation": "", "opinion": "写了很长的意见"})
    assert "写了很长的意见" in text and "请选择审核结论" in text
    text = hall.reviewer_page.refused(
        act(case, "pause"), {"procedure": "inspection", "until": "2026-11-01", "reason": "送检测机构"}
    )
    assert "送检测机构" in text and "预计结束日期应当在今天以后" in text


def test_a_state_that_changed_meanwhile_says_what_happened_and_keeps_the_text(hall):
    case = hall.case("reviewing")
    hall.reviewer_page.done(act(case, "review"), {"recommendation": "grant", "opinion": "先交的"})
    text = hall.reviewer_page.refused(
        act(case, "review"), {"recommendation": "grant", "opinion": "后写的意见"}, status=409
    )
    assert "现在不能办理" in text and "王*" in text and "提交审核意见" in text and "后写的意见" in text
    assert page(case) in text


def test_the_page_of_an_act_that_is_not_possible_now_says_why(hall):
    case = hall.case("reviewing")
    text = hall.reviewer_page.page(act(case, "resume"), code=409)
    assert "没有在进行的特别程序" in text
    assert "没有权限" in hall.clerk_page.page(act(case, "review"), code=403)


@pytest.mark.parametrize("action", ["deemed_acceptance", "end_pause", "lapse", "nonsense", "claim"])
def test_what_is_nobodys_button_has_no_page(hall, action):
    case = hall.case("reviewing")
    assert hall.reviewer_page.get(act(case, action)).status_code == 404
    assert hall.reviewer_page.send(act(case, action)).status_code == 404


def test_another_departments_case_is_not_there(hall):
    case = hall.case("reviewing")
    stranger = hall.stranger()
    for address in (page(case), act(case, "review"), reverse("applications:desk_case_why", args=[case.pk])):
        assert stranger.get(address).status_code == 404
    assert stranger.send(act(case, "review"), {"recommendation": "grant", "opinion": "x"}).status_code == 404
    assert stranger.send(reverse("applications:claim", args=[case.pk])).status_code == 404
    material = case.materials.order_by("position").first()
    seen = reverse("applications:mark_seen", args=[case.pk, material.pk])
    assert stranger.post(seen).status_code == 404


def test_a_form_without_its_key_is_a_clear_answer(hall):
    case = hall.case("reviewing")
    response = hall.reviewer_page.post(act(case, "review"), {"recommendation": "grant", "opinion": "x"})
    assert response.status_code == 422
    assert "刷新" in response.content.decode()


def test_the_confirmation_is_only_for_the_one_who_acted(hall):
    case = hall.case("reviewing")
    response = hall.reviewer_page.send(act(case, "review"), {"recommendation": "grant", "opinion": "同意"})
    assert "审核意见已提交批准人" in hall.reviewer_page.get(response["Location"]).content.decode()
    assert "审核意见已提交批准人" not in hall.approver_page.get(response["Location"]).content.decode()


def test_a_correction_may_ask_beyond_the_list_only_with_its_legal_basis(hall):
    case = hall.case()
    make.check_materials(case)
    wrong = hall.clerk_page.refused(act(case, "ask_correction"), {"extra_name": "环评批复", "extra_what": "请补"})
    assert "请填写法律依据" in wrong and "环评批复" in wrong
    hall.clerk_page.done(
        act(case, "ask_correction"),
        {"extra_name": "环评批复", "extra_basis": "《演示法》第九条", "extra_what": "请补环评批复"},
    )
    assert OfficialDocument.objects.filter(subject_id=case.pk, kind="correction").exists()
