"""Every page of the portal, by audience: the name of its address and the page that links it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page

from applications.drafting import STEPS

_SAMPLES: Final = (str(UUID(int=1)), "QQQQQQQQQQQQ")


@dataclass(frozen=True)
class Place:
    """A page: its URL name; where its argument is taken from the first link of that kind on another page."""

    name: str
    query: str = ""
    on: Place | None = None
    link: str = ""
    """URL name of the link whose argument is taken; empty: the page itself is linked."""
    fixed: tuple[str, ...] = ()
    """Further arguments."""

    def address(self, page: Page) -> str:
        """Where it is for the visitor of `page`; reads the pages that lead there."""
        if self.on is None:
            return reverse(self.name, args=self.fixed) + self.query
        start = self.on.address(page)
        html = page.request.get(start).text()
        pattern, sample = self._pattern()
        found = re.search(pattern, html)
        assert found is not None, f"{start} links no {self.link or self.name} ({sample})"
        return reverse(self.name, args=[found[1], *self.fixed]) + self.query

    def _pattern(self) -> tuple[str, str]:
        fixed = () if self.link else self.fixed
        for sample in _SAMPLES:
            try:
                address = reverse(self.link or self.name, args=[sample, *fixed])
            except NoReverseMatch:
                continue
            value = "([0-9a-f-]{36})" if "-" in sample else "([0-9A-Z]{12,50})"
            return '(?:href|action)="' + re.escape(address).replace(re.escape(sample), value) + '[?#"]', address
        raise LookupError(self.link or self.name)


def elder(address: str) -> str:
    """The same page for elder people."""
    return f"/elder{urlsplit(address).path}" + (f"?{query}" if (query := urlsplit(address).query) else "")


GUIDE = Place("disclosure:guide", fixed=("140123026000",))
PUBLIC: Final = (
    Place("disclosure:home"),
    Place("disclosure:search"),
    Place("disclosure:search", "?q=开饭店"),
    Place("disclosure:search", "?q=绝无此事"),
    Place("disclosure:browse"),
    Place("disclosure:browse", "?for=person"),
    Place("disclosure:browse", "?for=firm"),
    GUIDE,
    Place("disclosure:guide_print", fixed=GUIDE.fixed),
    Place("disclosure:editions", fixed=GUIDE.fixed),
    Place("disclosure:editions", "?on=2026-02-30", fixed=GUIDE.fixed),
    Place("disclosure:edition", fixed=(*GUIDE.fixed, "1")),
    Place("disclosure:compare", fixed=GUIDE.fixed),
    Place("disclosure:changes"),
    Place("disclosure:departments"),
    Place("disclosure:calculator"),
    Place("disclosure:calculator", "?promised=10&statutory=20&unit=workday&start=accepted&on=2026-09-28"),
    Place("disclosure:calculator", "?start=accepted&on="),
    Place("disclosure:public_cases"),
    Place("disclosure:public_cases", "?number=0"),
    Place("disclosure:public_case", on=Place("disclosure:public_cases")),
    Place("disclosure:design_sheet"),
    Place("disclosure:about"),
    Place("disclosure:privacy"),
    Place("disclosure:accessibility"),
    Place("disclosure:sitemap"),
    Place("ledger:notice"),
    Place("applications:progress_form"),
    Place("documents:verify_form"),
    Place("documents:verify_file"),
    Place("documents:trust"),
    Place("account_login"),
    Place("account_signup"),
    Place("account_reset_password"),
    Place("account_inactive"),
)
MY_CASES, DRAFTS = Place("applications:my_cases"), Place("applications:drafts")
MY_CASE = Place("applications:my_case", on=MY_CASES)
CITIZEN: Final = (
    MY_CASES,
    Place("applications:my_cases", "?state=done&q=绝无此事"),
    MY_CASE,
    Place("applications:my_case_why", on=MY_CASES, link="applications:my_case"),
    Place("applications:apply_begin", fixed=GUIDE.fixed),
    DRAFTS,
    *(Place("applications:draft_step", on=DRAFTS, link="applications:draft_discard", fixed=(step,)) for step in STEPS),
    Place("applications:draft_discard", on=DRAFTS),
    Place("files:preview", on=MY_CASE),
    Place("messaging:inbox"),
    Place("messaging:message", on=Place("messaging:inbox")),
    Place("readings:mine"),
    Place("readings:mine", "?why=none"),
    Place("readings:ask", on=Place("readings:mine")),
    Place("readings:ask", on=Place("readings:mine", "?why=none")),
    Place("accounts:profile"),
    Place("accounts:my_data"),
    Place("accounts:ask_correction"),
    Place("accounts:change_email"),
    Place("accounts:close_account"),
    Place("accounts:ask_erasure"),
    Place("accounts:change_phone"),
    Place("accounts:add_legal_person"),
    Place("account_change_password"),
    Place("account_reauthenticate"),
    Place("accounts:sign_ins"),
    Place("account_logout"),
)
QUEUE, WORK_LIST = Place("applications:intake_queue"), Place("applications:work_list")
TODAY = Place("applications:intake_today")
CLERK: Final = (
    QUEUE,
    Place("applications:intake_queue", "?channel=online"),
    Place("applications:intake_case", on=QUEUE),
    Place("applications:intake_receipt", on=QUEUE, link="applications:intake_case"),
    # Of the case that this clerk has just received: the first of the queue may be a colleague's.
    Place("applications:act", on=TODAY, link="applications:desk_case", fixed=("not_required",)),
    Place("applications:act", on=TODAY, link="applications:desk_case", fixed=("not_competent",)),
    Place("applications:intake_new"),
    Place("applications:intake_person"),
    Place("applications:intake_firm"),
    Place("applications:intake_correction"),
    Place("applications:intake_handover"),
    Place("applications:intake_today"),
    Place("applications:intake_search"),
    Place("applications:intake_search", "?q=食品"),
    Place("applications:intake_search_person"),
    WORK_LIST,
    Place("accounts:verification"),
    Place("accounts:protection"),
    Place("accounts:stationing"),
)
OPEN_LIST = Place("applications:work_list", "?status=open")
OPEN_CASE = Place("applications:desk_case", on=OPEN_LIST)
REVIEWER: Final = (
    WORK_LIST,
    OPEN_LIST,
    Place("applications:work_list", "?status=closed"),
    Place("applications:work_list", "?status=paused"),
    Place("applications:work_list", "?q=绝无此事"),
    Place("applications:work_list", "?light=red&tab=all"),
    OPEN_CASE,
    Place("applications:desk_case_why", on=OPEN_LIST, link="applications:desk_case"),
    Place("applications:desk_case_print", on=OPEN_LIST, link="applications:desk_case"),
    Place("applications:unmask", on=OPEN_LIST, link="applications:desk_case"),
    Place("messaging:desk_inbox"),
    Place("accounts:stationing"),
    Place("accounts:profile"),
    Place("accounts:second_factor"),
    Place("accounts:sign_ins"),
)
ALL_CHANGES = Place("catalogue:changes")
IN_THE_MAKING = Place("catalogue:changes", "?state=drafting")
#: All sections are one template; these have single inputs, limits, and rows.
_SECTIONS: Final = tuple(
    Place("catalogue:section", on=IN_THE_MAKING, link="catalogue:change", fixed=(code,))
    for code in ("place", "limits", "materials")
)
CATALOGUE_EDITOR: Final = (
    Place("catalogue:home"),
    ALL_CHANGES,
    Place("catalogue:changes", "?state=struck&q=绝无此事"),
    Place("catalogue:items"),
    Place("catalogue:items", "?q=绝无此事"),
    Place("catalogue:begin"),
    Place("catalogue:change", on=IN_THE_MAKING),
    Place("catalogue:frame", on=IN_THE_MAKING, link="catalogue:change"),
    *_SECTIONS,
    Place("catalogue:act", on=IN_THE_MAKING, link="catalogue:change", fixed=("withdraw",)),
)
WITH_THE_OFFICE = Place("catalogue:changes", "?state=verifying")
ESTABLISHMENT_OFFICE: Final = (
    Place("catalogue:home"),
    Place("catalogue:change", on=WITH_THE_OFFICE),
    Place("catalogue:remark", on=WITH_THE_OFFICE, link="catalogue:change"),
    Place("catalogue:act", on=WITH_THE_OFFICE, link="catalogue:change", fixed=("return",)),
    Place("catalogue:act", on=WITH_THE_OFFICE, link="catalogue:change", fixed=("verify",)),
)
MEETINGS = Place("catalogue:meetings")
GOVERNMENT_OFFICE: Final = (
    Place("catalogue:home"),
    MEETINGS,
    Place("catalogue:meeting", on=MEETINGS),
    Place("catalogue:meeting_add"),
)
OTHER_STAFF: Final = (Place("applications:desk_home"), Place("accounts:profile"), Place("messaging:desk_inbox"))
STAFF_LIST, DEPARTMENTS = Place("operations:staff_list"), Place("operations:departments")
STAFF = Place("operations:staff", on=STAFF_LIST)
CENTRE_MANAGER: Final = (
    *OTHER_STAFF,
    STAFF_LIST,
    STAFF,
    Place("operations:staff_add"),
    Place("operations:staff_end", on=STAFF_LIST, link="operations:staff"),
    Place("operations:staff_password", on=STAFF_LIST, link="operations:staff"),
    Place("operations:factor_reset_request", on=STAFF_LIST, link="operations:staff"),
    Place("operations:posting_add", on=STAFF_LIST, link="operations:staff"),
    Place("operations:posting_end", on=STAFF),
    DEPARTMENTS,
    Place("operations:department", on=DEPARTMENTS),
    Place("operations:department_add"),
    Place("operations:department_end", on=DEPARTMENTS, link="operations:department"),
    Place("operations:office_head", on=DEPARTMENTS, link="operations:department"),
    Place("operations:windows"),
    Place("operations:window_add"),
    Place("operations:window_end", on=Place("operations:windows")),
    Place("operations:calendar"),
    Place("operations:calendar_import"),
    OPEN_CASE,
    Place("applications:state_reason", on=OPEN_LIST, link="applications:desk_case"),
)
QUESTIONS = Place("readings:questions")
DATA_PROTECTION_OFFICER: Final = (
    *OTHER_STAFF,
    Place("accounts:protection"),
    QUESTIONS,
    Place("readings:questions", "?state=answered"),
    Place("readings:question", on=QUESTIONS),
)
CERTIFICATES = Place("documents:certificates")
SECURITY_ADMIN: Final = (
    *OTHER_STAFF,
    CERTIFICATES,
    Place("documents:certificate_revoke", on=CERTIFICATES),
    STAFF_LIST,
    STAFF,
    Place("operations:role_add", on=STAFF_LIST, link="operations:staff"),
    Place("operations:role_end", on=STAFF),
    Place("operations:factor_resets"),
    Place("accounts:second_factor"),
    Place("accounts:recovery_codes"),
)
SYSTEM_ADMIN: Final = (
    *OTHER_STAFF,
    Place("operations:overview"),
    Place("operations:queue"),
)
AUDIENCES: Final[dict[tuple[str, str], tuple[Place, ...]]] = {
    ("", ""): PUBLIC,
    ("citizen", ""): CITIZEN,
    ("window_clerk", "政务服务中心"): CLERK,
    ("reviewer", "食品药品"): REVIEWER,
    ("catalogue_editor", "食品药品"): CATALOGUE_EDITOR,
    ("establishment_office", ""): ESTABLISHMENT_OFFICE,
    ("government_office", ""): GOVERNMENT_OFFICE,
    ("centre_manager", ""): CENTRE_MANAGER,
    ("data_protection_officer", ""): DATA_PROTECTION_OFFICER,
    ("security_admin", ""): SECURITY_ADMIN,
    ("system_admin", ""): SYSTEM_ADMIN,
}
#: Pages that stand only inside a job; its test inspects them.
IN_A_JOB: Final = frozenset(
    {
        "applications:draft_done",
        "applications:intake_form",
        "applications:intake_item",
        "applications:progress",
        "applications:progress_why",
        "applications:supply",
        "applications:withdraw",
        "documents:verify_document",
    }
)
#: The inbox of staff shows a message by the template of the citizen's; nobody's inbox at a desk is sure to hold one.
LIKE_ANOTHER: Final = frozenset({"messaging:desk_message"})
#: Of a background job that failed; tests/portal/operations look at it.
OF_A_FAILED_JOB: Final = frozenset({"operations:job_give_up"})
#: Of the organ's head who revokes a document; tests/portal/documents look at it.
OF_WHO_REVOKES: Final = frozenset({"documents:document_status"})
#: After a code was sent to a phone or a mail address; tests/portal/accounts look at them.
AFTER_A_CODE: Final = frozenset(
    {
        "account_register_code",
        "account_reset_password_code",
        "accounts:change_email_code",
        "accounts:change_phone_code",
        "accounts:link_code",
    }
)
#: Of a change that the city has decided; tests/disclosure look at it.
OF_A_DECIDED_CHANGE: Final = frozenset({"disclosure:change"})
#: Between password and session, without a factor, and while two people decide; tests/portal/accounts look at them.
IN_BETWEEN: Final = frozenset(
    {
        "mfa_authenticate",
        "operations:ending_confirm",
        "operations:ending_refuse",
        "operations:factor_code",
        "operations:factor_reset_confirm",
        "operations:factor_reset_refuse",
    }
)
#: Of one who waits to be verified; tests/portal/accounts/test_verification.py looks at them.
OF_ONE_WHO_WAITS: Final = frozenset(
    {"accounts:answer_correction", "accounts:verify_firm", "accounts:verify_person"}
)
#: Of a merger, and of a remark that came back; tests/catalog look at them.
OF_A_CHANGE: Final = frozenset({"catalogue:merged", "catalogue:answer_remark"})
#: Not pages: acts by POST, files, answers for programs; `accounts:link` sends a verified person away.
NOT_PAGES: Final = frozenset(
    {
        "applications:my_case_proof",
        "applications:progress_proof",
        "disclosure:changes_feed",
        "disclosure:public_case_proof",
        "ledger:all_heads",
        "ledger:checkpoint",
        "ledger:day_head",
        "ledger:entries",
        "ledger:key",
        "ledger:program",
        "ledger:tile",
        "accounts:data_copy",
        "accounts:link",
        "accounts:sign_in_end",
        "accounts:sign_ins_end",
        "api:api-root",
        "api:openapi-json",
        "applications:claim",
        "applications:claim_selected",
        "applications:mark_seen",
        "applications:release",
        "catalogue:drop_remark",
        "documents:certificate_renew",
        "documents:download",
        "documents:trust_chain",
        "documents:trust_revoked",
        "documents:trust_root",
        "files:download",
        "files:page",
        "files:upload",
        "files:uploads",
        "messaging:desk_read_all",
        "messaging:read_all",
        "operations:job_again",
        "operations:jobs_again",
        "operations:livez",
        "operations:metrics",
        "operations:policy_reports",
        "operations:readyz",
        "operations:security_contact",
    }
)
