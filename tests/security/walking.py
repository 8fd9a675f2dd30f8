"""How the attacks walk: every address with somebody who may open it, every form as a browser would send it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import models

from tests.security.pageforms import PageForm, forms_of
from tests.security.world import NAMES, World

SIGNED_IN: Final = frozenset({"django_session", "accounts_signin"})
_LEDGER: Final = frozenset({"audit.chain_head", "audit.event", "audit.pending"})
_CASE: Final = _LEDGER | {
    f"applications_{name}"
    for name in (
        "act", "case", "caseclock", "clockevent", "task", "opinion", "correctionnotice", "correctionline", "extension",
        "specialprocedure", "delivery", "deliveryattempt", "casematerial",
    )
} | {"documents_officialdocument", "documents_documentcounter", "outbox_job", "messaging_message"}  # fmt: skip
_ROLES: Final = _LEDGER | {
    "accounts_roleassignment", "accounts_historicalroleassignment", "guardian_userobjectpermission",
    "accounts_user_groups", "outbox_job",
}  # fmt: skip
_CODE: Final = frozenset({"accounts_onetimecode", "outbox_job"})

_CHANGE: Final = frozenset({"catalog_changeact", "catalog_changeremark", "catalog_itemchange"})

#: What each form is for: the tables that it may change. A form that is not here may change nothing.
MAY_CHANGE: Final[dict[str, frozenset[str]]] = {
    "account_reset_password": _CODE,
    "account_signup": _CODE,
    "accounts:add_legal_person": _LEDGER
    | {"accounts_legalperson", "accounts_historicallegalperson", "accounts_mandate", "accounts_historicalmandate"},
    "accounts:ask_correction": _LEDGER | {"privacy_datarequest"},
    "accounts:change_email": _CODE,
    "accounts:change_phone": _CODE,
    "accounts:data_copy": _LEDGER,
    "accounts:recovery_codes": _LEDGER | {"mfa_authenticator"},
    "accounts:verify_firm": _LEDGER | {"accounts_legalperson", "accounts_historicallegalperson"},
    "accounts:verify_person": _LEDGER | {"accounts_person", "accounts_historicalperson"},
    "applications:act": _CASE | {"readings_reading"},
    "applications:apply_begin": frozenset({"applications_draft"}),
    "applications:claim": _CASE,
    "applications:claim_selected": _CASE,
    "applications:draft_discard": frozenset({"applications_draft"}),
    "applications:draft_step": frozenset({"applications_draft"}),
    "applications:intake_case": _CASE,
    "applications:intake_person": _LEDGER | {"accounts_person", "accounts_historicalperson", "privacy_personkey"},
    "applications:mark_seen": frozenset({"applications_casematerial"}),
    "applications:release": _CASE,
    "applications:state_reason": _LEDGER | {"readings_reading"},
    "applications:unmask": _LEDGER | {"readings_reading"},
    "applications:withdraw": _CASE,
    "catalogue:act": _LEDGER | _CHANGE | {"messaging_message", "outbox_job"},
    "catalogue:answer_remark": frozenset({"catalog_changeremark"}),
    "catalogue:begin": _LEDGER | _CHANGE,
    "catalogue:drop_remark": frozenset({"catalog_changeremark"}),
    "catalogue:frame": frozenset({"catalog_itemchange"}),
    "catalogue:meeting": _LEDGER | {"catalog_meeting", "catalog_historicalmeeting"},
    "catalogue:meeting_add": _LEDGER | {"catalog_meeting", "catalog_historicalmeeting"},
    "catalogue:merged": frozenset({"catalog_itemchange", "catalog_mergeditem"}),
    "catalogue:remark": frozenset({"catalog_changeremark"}),
    "catalogue:section": frozenset({"catalog_itemchange"}),
    "documents:document_status": _LEDGER | {"documents_documentact", "documents_officialdocument"},
    "messaging:desk_message": frozenset({"messaging_message"}),
    "messaging:desk_read_all": frozenset({"messaging_message"}),
    "messaging:message": frozenset({"messaging_message"}),
    "messaging:read_all": frozenset({"messaging_message"}),
    "operations:department_add": _LEDGER | {"organizations_department", "organizations_historicaldepartment"},
    "operations:department_end": _LEDGER | {"organizations_department", "organizations_historicaldepartment"},
    "operations:ending_confirm": _ROLES
    | {"accounts_staffending", "accounts_staff", "accounts_historicalstaff", "accounts_user"},
    "operations:ending_refuse": _LEDGER | {"accounts_staffending"},
    "operations:factor_reset_confirm": _LEDGER
    | {"accounts_factorreset", "messaging_message", "mfa_authenticator", "outbox_job"},
    "operations:factor_reset_refuse": _LEDGER | {"accounts_factorreset"},
    "operations:factor_reset_request": _LEDGER | {"accounts_factorreset"},
    "operations:job_again": _LEDGER | {"outbox_job"},
    "operations:job_give_up": _LEDGER | {"outbox_job"},
    "operations:jobs_again": _LEDGER | {"outbox_job"},
    "operations:office_head": _LEDGER | {"accounts_approvaloffice", "accounts_historicalapprovaloffice"},
    "operations:posting_add": _LEDGER | {"accounts_posting", "accounts_historicalposting"},
    "operations:posting_end": _LEDGER | {"accounts_posting", "accounts_historicalposting"},
    "operations:role_add": _ROLES,
    "operations:role_end": _ROLES,
    "operations:staff_add": _LEDGER
    | {"accounts_staff", "accounts_historicalstaff", "accounts_user", "accounts_passwordrecord"}
    | {"accounts_handover"},
    "operations:staff_end": _ROLES
    | {"accounts_staff", "accounts_historicalstaff", "accounts_user", "accounts_posting", "accounts_historicalposting"},
    "operations:staff_password": _LEDGER
    | {"accounts_user", "accounts_passwordrecord", "accounts_handover", "messaging_message", "outbox_job"},
    "operations:window_add": _LEDGER | {"organizations_window", "organizations_historicalwindow"},
    "operations:window_end": _LEDGER | {"organizations_window", "organizations_historicalwindow"},
}  # fmt: skip
#: Addresses of one name with a page of its own behind each.
ALL_DIFFER: Final = frozenset({"applications:draft_step"})
_PEOPLE_OF_ACTS: Final = ("window_clerk_a", "reviewer_a", "approver_a", "organ_head_a")
_WORDS: Final = {"name": "王小明", "number": "X9001", "phone": "13900000077", "password": "Correct-horse-77"}


class Filled(dict[str, str]):
    """The values of a form, and which of them somebody types."""

    def __init__(self, form: PageForm) -> None:
        self.typed = [name for name in form.typed if name != "csrfmiddlewaretoken"]
        super().__init__(
            {
                name: value or _WORDS.get(name, "试试" if name in self.typed else "")
                for name, value in form.values.items()
                if name != "csrfmiddlewaretoken"
            }
        )


def doors(world: World, most: int = 3) -> Iterator[tuple[str, str, str]]:
    """Every address with somebody who may open it; of many of one kind, some."""
    for name in NAMES:
        addresses = world.addresses(name)
        wanted = len(addresses) if name in ALL_DIFFER else most
        for who in world.who_may(name)[:1]:
            for address in addresses[:: max(1, len(addresses) // wanted)][:wanted]:
                yield name, who, address


def forms(world: World) -> list[tuple[str, str, str, Filled]]:
    """Every form that a page sends to its own address; an act without a page gets nothing of its own. Read once."""
    if not hasattr(world, "forms_of_pages"):
        world.forms_of_pages = list(_read(world))
    return world.forms_of_pages


def _read(world: World) -> Iterator[tuple[str, str, str, Filled]]:
    acts = [("applications:act", who, a) for a in world.addresses("applications:act") for who in _PEOPLE_OF_ACTS]
    opened: set[str] = set()
    for name, who, address in [*doors(world, 1), *acts]:
        if address in opened:
            continue
        page = world.call(who, "get", address)
        if page.status_code == 200:
            opened.add(address)
        if page.status_code == 405:
            yield name, who, address, Filled(PageForm("post", address))
        if page.status_code == 200 and page.get("Content-Type", "").startswith("text/html"):
            for form in forms_of(page.content.decode()):
                if form.method == "post" and form.action in {"", address}:
                    yield name, who, address, Filled(form)


def attacked(data: Filled, strings: Sequence[str], first: int, *, everything: bool) -> dict[str, str]:
    """A string for each field that is typed, or for every field; the rest as it was."""
    names = list(data) if everything else data.typed
    return {**data, **{name: strings[(first + place) % len(strings)] for place, name in enumerate(names)}}


def names_of_fields() -> dict[str, str]:
    """Every field of every model, with a value that would hurt where it were taken."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            match field:
                case models.BooleanField():
                    value = "on"
                case models.DateTimeField():
                    value = "2015-01-01T00:00"
                case models.DateField():
                    value = "2031-01-01"
                case models.UUIDField() | models.ForeignKey():
                    value = str(UUID(int=7))
                case models.IntegerField():
                    value = "1"
                case _:
                    value = "attacked"
            found.setdefault(field.name, value)
            found.setdefault(field.attname, value)
    return found
