"""核验身份: the window confirms who registered online, and the firms that they declared (design.md section 6)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.verification import FindRegistrationForm, VerifyFirmForm, VerifyPersonForm
from portal.accounts.hooks import announce_found
from portal.accounts.models import LegalPerson, Person
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import declared_firms, find_legal_person
from portal.accounts.services import verify_at_window, verify_legal_person
from portal.accounts.services.persons import user_by_phone
from portal.privacy.masking import mask_identity_number, mask_name
from portal.web import limits
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest

_RATE = "60/h"


@needs(AccountsPermission.REGISTER_PERSON)
@require_http_methods(["GET", "POST"])
def find(request: PortalRequest) -> HttpResponse:
    """Find an online registration by its phone, or a declared firm by its credit code."""
    form = FindRegistrationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "verification", _RATE, key=str(request.actor.user_id))
        if form.is_valid():
            found = _person_of(request, form) if form.is_phone else _firm_of(form)
            if found:
                return redirect(found)
            form.add_error("sought", "没有等待核验的登记。可能已经核验过，或者还没有在网上登记。")
    return render(request, "accounts/verification_find.html", {"form": form, "tab": "verification"})


def _person_of(request: PortalRequest, form: FindRegistrationForm) -> str:
    user = user_by_phone(form.cleaned_data["sought"])
    if user is None or user.person is None or user.person.is_verified:
        return ""
    announce_found(request.actor, user.person)
    return reverse("accounts:verify_person", args=[user.person_id])


def _firm_of(form: FindRegistrationForm) -> str:
    firm = declared_firms(form.cleaned_data["sought"]).first()
    return reverse("accounts:verify_firm", args=[firm.pk]) if firm else ""


@needs(AccountsPermission.REGISTER_PERSON)
@require_http_methods(["GET", "POST"])
def verify_person(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """The clerk types what the document says; only when it equals the registration is the person verified."""
    person = Person.objects.select_related("key", "user").filter(pk=person_id, user__isnull=False).first()
    if person is None:
        raise Http404
    form = VerifyPersonForm(request.POST if request.method == "POST" and not person.is_verified else None)
    if form.is_bound:
        limits.limit(request, "verification", _RATE, key=str(request.actor.user_id))
        if form.is_valid():
            if form.cleaned_data["identity_number"] != person.identity_number:
                form.add_error("identity_number", "与网上登记的号码不一致，请核对证件。")
            elif form.cleaned_data["name"].strip() != person.name:
                form.add_error("name", "与网上登记的姓名不一致，请核对证件。")
            else:
                try:
                    verified = verify_at_window(person=person, actor=request.actor)
                except DomainError as error:
                    form.add_domain_error(error)
                else:
                    return redirect(reverse("accounts:verify_person", args=[verified.pk]))
    context = {
        "form": form,
        "person": person,
        "facts": [
            ("姓名", mask_name(person.name)),
            ("公民身份号码", mask_identity_number(person.identity_number)),
        ],
        "tab": "verification",
    }
    return render(request, "accounts/verification_person.html", context)


@needs(AccountsPermission.REGISTER_PERSON)
@require_http_methods(["GET", "POST"])
def verify_firm(request: PortalRequest, legal_person_id: UUID) -> HttpResponse:
    """The clerk types what the licence says; the representative's own identity comes first."""
    firm = LegalPerson.objects.select_related("representative").filter(pk=legal_person_id).first()
    if firm is None:
        raise Http404
    form = VerifyFirmForm(request.POST if request.method == "POST" and firm.verified_at is None else None)
    if form.is_bound and form.is_valid():
        for field, sentence in form.differences(name=firm.name, uscc=firm.uscc).items():
            form.add_error(field, sentence)
        if form.is_valid():
            try:
                verified = verify_legal_person(
                    legal_person=firm, change_reason=form.cleaned_data["change_reason"], actor=request.actor
                )
            except DomainError as error:
                form.add_domain_error(error)
            else:
                return redirect(reverse("accounts:verify_firm", args=[verified.pk]))
    known = find_legal_person(firm.uscc) if not firm.is_confirmed else None
    context = {
        "form": form,
        "firm": firm,
        "replaced": mask_name(known.representative.name)
        if known is not None and known.representative_id != firm.representative_id
        else "",
        "facts": [
            ("单位名称", firm.name),
            ("统一社会信用代码", firm.uscc),
            (firm.representative_word, mask_name(firm.representative.name)),
            (f"{firm.representative_word}身份", "已核验" if firm.representative.is_verified else "未核验，先核验本人"),
        ],
        "tab": "verification",
    }
    return render(request, "accounts/verification_firm.html", context)
