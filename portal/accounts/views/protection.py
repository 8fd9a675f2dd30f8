"""The window answers requests for correction; the data-protection officer sees all that waits."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import hooks
from portal.accounts.forms.rights import AnswerForm
from portal.accounts.models import Person
from portal.accounts.permissions import AccountsPermission
from portal.accounts.services import rights as services
from portal.clock import local_date
from portal.privacy.masking import mask_identity_number
from portal.privacy.models import DataRequest
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.paging import paginate
from portal.web.requests import PortalRequest

_LABELS = {"name": "姓名", "address": "住址"}


@needs(AccountsPermission.PROTECT_DATA, AccountsPermission.REGISTER_PERSON)
@require_safe
def protection(request: PortalRequest) -> HttpResponse:
    """What waits, with its day; what is only kept, until when. No names: who needs one has the person before them."""
    wanted = DataRequest.objects.all()
    officer = request.actor.grants.has_any(AccountsPermission.PROTECT_DATA)
    if not officer:
        wanted = wanted.filter(kind=DataRequest.Kind.CORRECTION, state=DataRequest.State.WAITING)
    page = paginate(wanted, request, order=["-asked_at", "-id"])
    today = local_date(request.now)
    rows = [
        {
            "request": each,
            "late": each.state == DataRequest.State.WAITING and each.answer_due_on < today,
            "answerable": each.kind == DataRequest.Kind.CORRECTION and each.state == DataRequest.State.WAITING,
        }
        for each in page
    ]
    return render(request, "accounts/protection.html", {"rows": rows, "page": page, "officer": officer})


@needs(AccountsPermission.REGISTER_PERSON)
@require_http_methods(["GET", "POST"])
def answer_correction(request: PortalRequest, request_id: UUID) -> HttpResponse:
    """The clerk compares with the document that the person holds."""
    asked = DataRequest.objects.select_related("key").filter(pk=request_id, kind=DataRequest.Kind.CORRECTION).first()
    person = Person.objects.select_related("key").filter(key=asked.key_id).first() if asked is not None else None
    if asked is None or person is None or asked.key.is_erased:
        raise Http404
    hooks.announce_found(request.actor, person)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_correction(
                request_id=asked.pk,
                agreed=form.cleaned_data["agreed"] == "1",
                answer=form.cleaned_data["answer"],
                actor=request.actor,
            )
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect("accounts:protection")
    facts = [("身份证号码", mask_identity_number(person.identity_number))]
    for field, value in json.loads(asked.content or "{}").items():
        facts.append((_LABELS[field], f"{getattr(person, field) or '未登记'} 改为 {value}"))
    return render(request, "accounts/answer_correction.html", {"form": form, "facts": facts, "asked": asked})
