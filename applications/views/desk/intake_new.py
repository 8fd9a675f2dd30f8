"""收件 in the hall, one address per step: applicant, item, application; what is chosen stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.forms.desk_intake import (
    ApplicantLookupForm,
    FirmForm,
    HallApplicationForm,
    ItemSearchForm,
    PersonForm,
)
from applications.permissions import CasePermission
from applications.queries import intake
from applications.queries.scope import reach
from applications.views.desk import chrome, scans
from catalog.models import ItemEdition
from catalog.queries import editions_in_force
from catalog.search import find_items
from portal.accounts import queries as accounts
from portal.accounts import services as people
from portal.accounts.models import LegalPerson, Person
from portal.accounts.permissions import AccountsPermission
from portal.clock import local_date
from portal.privacy.masking import mask_identity_number, mask_mobile, mask_name
from portal.readings import services as readings
from portal.web.access import needs
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import Actor
from portal.web.requests import PortalRequest

#: More editions than this are found by search only.
SHOWN_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom the clerk serves: a person, or a firm."""

    person: Person | None
    firm: LegalPerson | None

    @property
    def name(self) -> str:
        subject = self.firm or self.person
        assert subject is not None
        return subject.name

    @property
    def query(self) -> dict[str, str]:
        if self.firm is not None:
            return {"firm": str(self.firm.pk)}
        assert self.person is not None
        return {"person": str(self.person.pk)}

    @property
    def number(self) -> str:
        if self.firm is not None:
            return self.firm.uscc
        assert self.person is not None
        return mask_identity_number(self.person.identity_number)

    @property
    def principal(self) -> Person:
        """The applicant, or who represents the firm: needs no authorisation, and it is their data that pages show."""
        if self.firm is not None:
            return self.firm.representative
        assert self.person is not None
        return self.person

    @property
    def phone(self) -> str:
        """The phone that the hall knows, where the case's contact starts from; a firm's is asked for, not guessed."""
        return self.person.phone if self.person is not None else ""


def _steps(current: int, applicant: Applicant | None = None) -> list[dict[str, Any]]:
    names = ("找到申请人", "选择事项", "登记和收材料")
    urls = (reverse("applications:intake_new"), _item_url(applicant) if applicant else "", "")
    return [
        {
            "label": name,
            "note": "",
            "url": urls[at] if at < current else "",
            "state": "done" if at < current else "current" if at == current else "todo",
        }
        for at, name in enumerate(names)
    ]


def _item_url(applicant: Applicant) -> str:
    return f"{reverse('applications:intake_item')}?{urlencode(applicant.query)}"


def _applicant(request: PortalRequest) -> Applicant | None:
    try:
        if written := request.GET.get("firm"):
            firm = (
                LegalPerson.objects.select_related("representative__key")
                .filter(pk=UUID(written), verified_at__isnull=False)
                .first()
            )
            return Applicant(None, firm) if firm is not None else None
        if written := request.GET.get("person"):
            person = (
                Person.objects.select_related("key").filter(pk=UUID(written), verified_at__isnull=False).first()
            )
            return Applicant(person, None) if person is not None else None
    except ValueError:
        pass
    return None


def _opened(request: PortalRequest) -> Applicant | None:
    """The applicant of the pages that show name and phone: whoever found a person by the name alone is noted here."""
    applicant = _applicant(request)
    if applicant is not None:
        readings.note_found(request.actor, applicant.principal)
    return applicant


@needs(CasePermission.RECEIVE_CASE)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake_new(request: PortalRequest) -> HttpResponse:
    """Step 1. Numbers travel by POST only, so that none stands in an address or a log."""
    form = ApplicantLookupForm(request.POST if request.method == "POST" else None)
    found: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        found = _found(request.actor, form.cleaned_data["q"])
    context = chrome.intake_context(request, "intake") | {
        "form": form,
        "found": found,
        "steps": _steps(0),
        "may_register": request.grants.has(AccountsPermission.REGISTER_PERSON),
    }
    return render(request, "applications/desk/intake_new.html", context)


def _found(actor: Actor, question: str) -> list[dict[str, Any]]:
    number = intake.normal_number(question)
    if len(number) == 18:
        if (firm := accounts.find_legal_person(number)) is not None:
            return [_firm_line(firm)]
        if (person := accounts.find_person(number)) is not None:
            readings.note_found(actor, person)
            firms = LegalPerson.objects.filter(representative=person, verified_at__isnull=False).order_by("name", "pk")
            return [_person_line(person), *(_firm_line(firm) for firm in firms[:10])]
        return []
    firms = LegalPerson.objects.select_related("representative__key").filter(
        name=question.strip(), verified_at__isnull=False
    )
    persons = list(intake.persons_by_phone_or_name(question))
    for person in persons:
        if person.name != question.strip():  # found by the phone; a name alone shows masked lines
            readings.note_found(actor, person)
    return [*(_firm_line(firm) for firm in firms.order_by("pk")[:10]), *map(_person_line, persons)]


def _person_line(person: Person) -> dict[str, Any]:
    return {
        "name": mask_name(person.name),
        "kind": "个人",
        "number": mask_identity_number(person.identity_number),
        "note": mask_mobile(person.phone) if person.phone else "",
        "url": _item_url(Applicant(person, None)),
    }


def _firm_line(firm: LegalPerson) -> dict[str, Any]:
    return {
        "name": firm.name,
        "kind": "单位",
        "number": firm.uscc,
        "note": f"{firm.representative_word} {mask_name(firm.representative.name)}",
        "url": _item_url(Applicant(None, firm)),
    }


@needs(AccountsPermission.REGISTER_PERSON)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake_person(request: PortalRequest) -> HttpResponse:
    """Register a person from the document that lies on the desk."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = people.register_person_in_hall(actor=request.actor, **form.cleaned_data)
        except BadInput as error:
            form.add_domain_error(error)
        else:
            return redirect(_item_url(Applicant(person, None)))
    context = chrome.intake_context(request, "intake") | {"form": form, "steps": _steps(0), "title": "登记个人"}
    return render(request, "applications/desk/intake_register.html", context, status=422 if form.errors else 200)


@needs(AccountsPermission.REGISTER_PERSON)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake_firm(request: PortalRequest) -> HttpResponse:
    """Register a firm and its legal representative, both or none."""
    form = FirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                person = _representative(request, given)
                firm = people.create_legal_person(
                    name=given["name"],
                    uscc=given["uscc"],
                    representative=person,
                    address=given["address"],
                    change_reason=given["change_reason"],
                    licence_seen=given["licence_seen"],
                    actor=request.actor,
                )
        except BadInput as error:
            form.add_domain_error(error)
        else:
            return redirect(_item_url(Applicant(None, firm)))
    context = chrome.intake_context(request, "intake") | {"form": form, "steps": _steps(0), "title": "登记单位"}
    return render(request, "applications/desk/intake_register.html", context, status=422 if form.errors else 200)


def _representative(request: PortalRequest, given: dict[str, Any]) -> Person:
    fields = {
        "name": "representative_name",
        "identity_number": "representative_identity",
        "phone": "representative_phone",
        "phone_reason": "phone_reason",
    }
    try:
        return people.register_person_in_hall(
            actor=request.actor, **{name: given[field] for name, field in fields.items()}
        )
    except BadInput as error:
        raise BadInput(error.message, code=error.code, field=fields.get(error.field or "")) from error


@needs(CasePermission.RECEIVE_CASE)
@require_safe
def intake_item(request: PortalRequest) -> HttpResponse:
    """Step 2: the items that this applicant may apply for and this clerk may receive."""
    applicant = _opened(request)
    if applicant is None:
        return redirect("applications:intake_new")
    form = ItemSearchForm(request.GET)
    question = (form.cleaned_data.get("q") or "").strip() if form.is_valid() else ""
    today = local_date(request.now)
    where = reach(request.grants, [CasePermission.RECEIVE_CASE])
    if question:
        editions = [hit.edition for hit in find_items(question, on=today, limit=SHOWN_ITEMS).hits]
    else:
        editions = list(editions_in_force(today).filter(where.q())[:SHOWN_ITEMS])
    fitting = [edition for edition in editions if _fits(edition, applicant) and where.holds(edition.department_id)]
    context = chrome.intake_context(request, "intake") | {
        "applicant": applicant,
        "form": form,
        "question": question,
        "items": [
            {
                "edition": edition,
                "url": _form_url(applicant, edition),
            }
            for edition in fitting
        ],
        "left_out": len(editions) - len(fitting),
        "steps": _steps(1, applicant),
    }
    return render(request, "applications/desk/intake_item.html", context)


def _form_url(applicant: Applicant, edition: ItemEdition) -> str:
    query = {**applicant.query, "item": edition.item.basic_code}
    return f"{reverse('applications:intake_form')}?{urlencode(query)}"


def _fits(edition: ItemEdition, applicant: Applicant) -> bool:
    serves = edition.serves_firms if applicant.firm is not None else edition.serves_persons
    return edition.by_application and serves


@needs(CasePermission.RECEIVE_CASE)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake_form(request: PortalRequest) -> HttpResponse:
    """Step 3: everything else on one page, then 收件."""
    applicant = _opened(request)
    if applicant is None:
        return redirect("applications:intake_new")
    edition = (
        editions_in_force(local_date(request.now))
        .filter(item__basic_code=request.GET.get("item", ""))
        .prefetch_related("materials", "situations")
        .first()
    )
    if edition is None or not request.grants.has_for(CasePermission.RECEIVE_CASE, edition.department_id):
        raise NotFound("没有找到这个事项，或者不由您收件。")
    head = chrome.intake_context(request, "intake")
    make = partial(
        HallApplicationForm,
        edition=edition,
        materials=sorted(edition.materials.all(), key=lambda material: material.position),
        situations=sorted(edition.situations.all(), key=lambda situation: situation.position),
        phone=applicant.phone,
        principal=applicant.principal,
        firm=applicant.firm,
    )
    form = make(request.POST if request.method == "POST" else None)
    touched = ""
    if request.method == "POST":
        touched = scans.take(request, form)
        if touched:  # only the scans: nothing else is wrong yet, and everything typed stays
            errors, form = form.scan_errors, make(initial=request.POST.dict())
            form.scan_errors = errors
        else:
            form.add_scan_errors()
    form.scans = scans.found(request, form)
    agent_name = ""
    if "check_agent" in request.POST and form.agent_fields and not touched:
        if form.check_agent_only() and form.agent is not None:
            readings.note_found(request.actor, form.agent)
            agent_name = mask_name(form.agent.name)
    elif request.method == "POST" and not touched and form.is_valid():
        try:
            received = _receive(request, applicant, edition, form, head["window"])
        except (BadInput, WrongState) as error:
            form.add_domain_error(error)
        else:
            return redirect("applications:intake_receipt", received.case.pk)
    context = head | {
        "applicant": applicant,
        "edition": edition,
        "form": form,
        "agent_name": agent_name,
        "steps": _steps(2, applicant),
        **scans.page_context(request, form),
    }
    wrong = form.scan_errors or form.errors
    return render(request, "applications/desk/intake_form.html", context, status=422 if wrong else 200)


def _receive(
    request: PortalRequest, applicant: Applicant, edition: ItemEdition, form: HallApplicationForm, window: Any
) -> services.Submitted:
    given, agent = form.cleaned_data, form.agent
    if agent is not None:
        readings.note_found(request.actor, agent)
    return services.receive_in_hall(
        key=given["key"],
        actor=request.actor,
        edition_id=edition.pk,
        person_id=applicant.person.pk if applicant.person is not None else None,
        legal_person_id=applicant.firm.pk if applicant.firm is not None else None,
        agent_id=agent.pk if agent is not None else None,
        contact_phone=given["contact_phone"],
        delivery_method=given["delivery_method"],
        declared=given["declared"],
        situation_id=UUID(given["situation"]) if given.get("situation") else None,
        window_id=window.pk if window is not None else None,
        address=given["address"] or "",
        details=form.details,
        materials=form.received,
    )
