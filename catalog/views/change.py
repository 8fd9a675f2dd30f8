"""The page of one change: what is to do, what it would change, remarks, timeline; and its acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import contents
from catalog.comparison import compare
from catalog.forms.changes import ActForm, AnswerForm, FrameForm, MergedForm, RemarkForm
from catalog.guards import missing_in
from catalog.models import ChangeRemark, ItemChange
from catalog.permissions import READING
from catalog.permissions import CataloguePermission as May
from catalog.queries import changes as queries
from catalog.services import changes as services
from catalog.services.changes import Frame
from catalog.shape import SECTIONS, section_of
from catalog.states import CLOSED, TO_ANOTHER, ChangeKind, ChangeState
from catalog.transitions import TABLE
from catalog.views.pages import desk, form_page
from portal.web.access import needs
from portal.web.dates import date_full, moment_text
from portal.web.errors import DomainError, NotFound
from portal.web.requests import PortalRequest

#: How a state looks: kinds of `status_tag`.
TAGS = {
    ChangeState.DRAFTING: "todo",
    ChangeState.SCHEDULED: "wait",
    ChangeState.IN_FORCE: "ok",
    ChangeState.STRUCK: "stop",
    ChangeState.WITHDRAWN: "neutral",
}


@needs(*READING)
@require_safe
def change_page(request: PortalRequest, pk: UUID) -> HttpResponse:
    change = queries.find(pk, request.actor)
    may_edit = change.state == ChangeState.DRAFTING and request.grants.has_for(May.EDIT_ITEM, change.department_id)
    content = change.content
    remarks = list(change.remarks.order_by("made_at"))
    shown = [each for each in remarks if each.sent or each.author_id == request.user.pk]
    open_now = change.state not in CLOSED and change.state != ChangeState.SCHEDULED
    context = {
        "change": change,
        "tag": TAGS.get(ChangeState(change.state), "run"),
        "facts": _facts(change),
        "missing": missing_in(change) if open_now else [],
        "sections": _sections(change) if content is not None else [],
        "differences": _differences(change),
        "remarks": [{"row": each, "title": contents.title_of(each.place)} for each in shown],
        "may_edit": may_edit,
        "may_remark": change.state == ChangeState.VERIFYING and request.grants.has(May.VERIFY_ITEM),
        "offers": services.offers(change, request.actor),
        "entries": [
            {
                "title": act.label,
                "time": moment_text(act.at),
                "note": f"{act.actor_name}{'：' + act.note if act.note else ''}",
                "state": "stop" if act.to_state in (ChangeState.STRUCK, ChangeState.WITHDRAWN) else "done",
                "mark": act.ledger_seq,
            }
            for act in change.acts.order_by("seq")
        ],
    }
    return render(request, "catalogue/change.html", {**context, **desk(request, "changes")})


def _facts(change: ItemChange) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("变更类型", change.get_kind_display()),
        ("申请部门", change.department.name),
        ("起草人", change.drafter.get_full_name()),
        ("变更理由", change.reason or "没有填写"),
        ("变更依据", change.basis or "没有填写"),
        ("变更情形发生日", date_full(change.occurred_on) or "没有填写"),
        ("生效日期" if change.decided_at else "拟生效日期", date_full(change.effective_on) or "没有填写"),
    ]
    kind = ChangeKind(change.kind)
    if kind in TO_ANOTHER:
        facts.append(("接收部门", change.receiving_department.name if change.receiving_department else "没有选择"))
    if kind == ChangeKind.MERGER:
        facts.append(("被合并的事项", "、".join(each.now_called for each in _merged(change)) or "没有选择"))
    if kind == ChangeKind.PEOPLE:
        facts.append(("人员调整内容", change.people_note or "没有填写"))
    elif kind != ChangeKind.NEW:
        facts.append(("在办件的处理", change.get_open_cases_display()))
    if change.reported_at is not None:
        late = "（逾期报告）" if change.reported_late else ""
        facts.append(("报告日期", f"{date_full(change.reported_at)}{late}"))
    if change.meeting is not None:
        facts.append(("会议", change.meeting.name))
    return facts


def _merged(change: ItemChange) -> list[Any]:
    ids = [each.item_id for each in change.merged.all()]
    return list(queries.items_of(None).filter(pk__in=ids))


def _sections(change: ItemChange) -> list[dict[str, Any]]:
    """Every section with the number of its faults."""
    counts: dict[str, int] = {}
    if change.state not in CLOSED:
        for fault in contents.faults_of(change.content or {}):
            section = section_of(fault.place.split(".")[0])
            if section is not None:
                counts[section.code] = counts.get(section.code, 0) + 1
    return [{"section": section, "faults": counts.get(section.code, 0)} for section in SECTIONS]


def _differences(change: ItemChange) -> list[Any]:
    """What the draft changes against the edition that it began with."""
    if change.content is None or change.based_on_id is None:
        return []
    before = contents.draft_of(contents.of_edition(change.based_on_id))
    outside = ("number", "basic_code", "demo_fields")
    return [each for each in compare(before, change.content) if each.place not in outside]


@needs(May.EDIT_ITEM)
@require_http_methods(["GET", "POST"])
def frame(request: PortalRequest, pk: UUID) -> HttpResponse:
    change = queries.find(pk, request.actor)

    def act(given: dict[str, Any]) -> None:
        receiver = given.get("receiving_department")
        services.set_frame(
            change_id=pk,
            actor=request.actor,
            frame=Frame(
                reason=given["reason"],
                basis=given["basis"],
                occurred_on=given["occurred_on"],
                effective_on=given["effective_on"],
                open_cases=given.get("open_cases") or change.open_cases,
                receiving_department_id=receiver.pk if receiver is not None else None,
                people_note=given.get("people_note", ""),
            ),
        )

    return form_page(
        request,
        form=FrameForm(request.POST if request.method == "POST" else None, change=change),
        act=act,
        title=f"理由和日期：{change.name}",
        primary="保存",
        back=reverse("catalogue:change", args=[pk]),
    )


@needs(May.EDIT_ITEM)
@require_http_methods(["GET", "POST"])
def merged(request: PortalRequest, pk: UUID) -> HttpResponse:
    change = queries.find(pk, request.actor)
    if change.kind != ChangeKind.MERGER:
        raise NotFound("没有这个页面。")
    items = queries.items_of([change.department]).exclude(status="abolished")
    return form_page(
        request,
        form=MergedForm(
            request.POST if request.method == "POST" else None,
            items=items,
            initial={"items": [each.item_id for each in change.merged.all()]},
        ),
        act=lambda given: services.choose_merged(change_id=pk, actor=request.actor, items=list(given["items"])),
        title="选择被合并的事项",
        primary="保存",
        back=reverse("catalogue:change", args=[pk]),
        intro="合并生效后，这些事项取消，由合并后的事项代替。",
    )


@needs(*READING)
@require_http_methods(["GET", "POST"])
def act(request: PortalRequest, pk: UUID, action: str) -> HttpResponse:
    """One act with what it asks for; the same click twice does it once."""
    change = queries.find(pk, request.actor)
    transition = next((each for each in TABLE.transitions if each.action == action and each.form), None)
    if transition is None:
        raise NotFound("没有这个办理动作。")
    offer = next((each for each in services.offers(change, request.actor) if each.transition.action == action), None)
    data = request.POST if request.method == "POST" else None
    form = ActForm(data, transition=transition, change=change)
    refused = "" if offer is None or offer.is_open else offer.reason
    if request.method == "POST" and form.is_valid():
        try:
            services.apply(change_id=pk, action=action, actor=request.actor, key=form.submit_key, **form.given)
        except DomainError as error:
            if error.http_status in (403, 404):
                raise
            form.add_domain_error(error)
        else:
            return redirect("catalogue:change", pk)
    elif offer is None:
        refused = f"现在的状态是“{change.get_state_display()}”，不能办理“{transition.label}”，或者这一步不由您办理。"
    context = {
        "change": change,
        "transition": transition,
        "form": form,
        "refused": refused,
        "differences": _differences(change) if transition.form == "publish" else [],
    }
    status = 422 if request.method == "POST" else 409 if refused else 200
    return render(request, "catalogue/act.html", {**context, **desk(request, "changes")}, status=status)


@needs(May.VERIFY_ITEM)
@require_http_methods(["GET", "POST"])
def remark(request: PortalRequest, pk: UUID) -> HttpResponse:
    """编办 remarks on one element of the draft."""
    change = queries.find(pk, request.actor)
    return form_page(
        request,
        form=RemarkForm(
            request.POST if request.method == "POST" else None,
            places=_places(change),
            initial={"place": request.GET.get("place", "")},
        ),
        act=lambda given: services.remark(change_id=pk, actor=request.actor, **given),
        title=f"提核定意见：{change.name}",
        primary="记下意见",
        back=reverse("catalogue:change", args=[pk]) + "#remarks",
        intro="意见在退回时一并告知部门，部门逐条答复以后才能再提交。",
    )


def _places(change: ItemChange) -> list[tuple[str, str]]:
    """What may be remarked on: the change as a whole, each element, each row."""
    found = [("frame", "理由、依据和日期")]
    content = change.content or {}
    for section in SECTIONS if change.content is not None else ():
        for element in section.elements:
            found.append((element.name, element.title))
            rows = content.get(element.name)
            if element.parts and isinstance(rows, list):
                places = (contents.place_of(element.name, row, index) for index, row in enumerate(rows))
                found += [(place, contents.title_of(place)) for place in places]
    return found


@needs(May.VERIFY_ITEM)
@require_POST
def drop_remark(request: PortalRequest, pk: UUID, remark_id: UUID) -> HttpResponse:
    queries.find(pk, request.actor)
    services.drop_remark(remark_id=remark_id, actor=request.actor)
    return redirect(reverse("catalogue:change", args=[pk]) + "#remarks")


@needs(May.EDIT_ITEM)
@require_http_methods(["GET", "POST"])
def answer(request: PortalRequest, pk: UUID, remark_id: UUID) -> HttpResponse:
    """The department says what it did about a remark."""
    change = queries.find(pk, request.actor)
    found = ChangeRemark.objects.filter(pk=remark_id, change=change, sent=True).first()
    if found is None:
        raise NotFound("没有这条核定意见。")
    return form_page(
        request,
        form=AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": found.answer}),
        act=lambda given: services.answer_remark(remark_id=remark_id, actor=request.actor, **given),
        title=f"答复核定意见：{contents.title_of(found.place)}",
        primary="保存答复",
        back=reverse("catalogue:change", args=[pk]) + "#remarks",
        intro=f"编办的意见：{found.text}",
    )
