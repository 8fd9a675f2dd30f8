"""A small city for attacks: two departments with everybody at their desks, cases in every state, two citizens.

Whatever belongs to department B, or to the citizen who applied there, bears MARK in its texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from applications.drafting import STEPS
from applications.models import Case, CaseMaterial
from applications.services.drafts import begin_draft
from applications.tokens import progress_token
from applications.transitions import TABLE
from catalog import contents
from catalog.models import ChangeRemark, ItemChange, Meeting
from catalog.shape import SECTIONS
from catalog.states import ChangeKind, ChangeState
from portal import clock
from portal.accounts.grants import sync_roles
from portal.accounts.models import Posting, RoleAssignment, Staff, User
from portal.accounts.roles import ADMINISTRATORS, Role, may_have_department
from portal.accounts.services import endings, factor_resets, second_factor
from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile
from portal.messaging.models import Message
from portal.outbox.models import Job
from portal.web.grants import Actor
from portal.web.permissions import permissions_of_role
from tests import factories as make
from tests.access_matrix import MATRIX
from tests.test_access_matrix import ALL

MARK = "乙密"
PASSWORD = "correct-horse-7"
STATES = ("received", "correcting", "reviewing", "approving", "granted", "refused", "concluded", "withdrawn")
OF_A_DEPARTMENT = (Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.ORGAN_HEAD, Role.CATALOGUE_EDITOR)
OF_THE_CITY = (
    Role.CENTRE_MANAGER,
    Role.SUPERVISOR,
    Role.DATA_PROTECTION_OFFICER,
    Role.ESTABLISHMENT_OFFICE,
    Role.GOVERNMENT_OFFICE,
    *sorted(ADMINISTRATORS),
)


class Desk(make.Desk):
    """A department whose people write `mark` into everything."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark
        for member in (self.clerk_staff, self.reviewer_staff, self.approver_staff, self.head_staff):
            member.name, member.title = f"{mark}{member.name}", f"{mark}科员"
            member.save()
        self.edition = make.item(self.department)
        self.cases: dict[str, Case] = {}

    def ask_correction(self, case: Case) -> Case:
        make.check_materials(case)
        first = case.materials.order_by("position").first()
        assert first is not None
        lines = [{"material": str(first.pk), "what": f"{self.mark}请补盖章"}]
        return make.do(case, "ask_correction", self.clerk, lines=lines).subject

    def review(self, case: Case, recommendation: str = "grant") -> Case:
        opinion = f"{self.mark}材料齐全，符合条件"
        return make.do(case, "review", self.reviewer, recommendation=recommendation, opinion=opinion).subject

    def grant(self, case: Case) -> Case:
        return make.do(case, "grant", self.approver, opinion=f"{self.mark}同意").subject

    def refuse(self, case: Case) -> Case:
        words = {"facts": f"{self.mark}现场", "reasons": f"{self.mark}不符合", "legal_basis": f"《{self.mark}法》"}
        words["departure"] = f"{self.mark}结论不同"
        return make.do(case, "refuse", self.approver, **words).subject

    def fill(self, applicant: User) -> None:
        for state in STATES:
            case = self.bring_to(make.online_case(self.edition, applicant), state)
            self.cases[state] = case
        StoredFile.objects.filter(uploaded_by=applicant).update(name=f"{self.mark}演示.pdf")
        CaseMaterial.objects.filter(case__department=self.department).exclude(remark="").update(
            remark=f"{self.mark}请补"
        )


class World:
    """People by name, their browsers, and the addresses of what lies on either side."""

    def __init__(self) -> None:
        sync_roles()
        self.clients: dict[str, Client] = {"stranger": browser()}
        self.people: dict[str, Staff | User] = {}
        self.roles: dict[str, Role] = {}
        self.a, self.b = Desk("甲明"), Desk(MARK)
        self.citizens = {"a": self._citizen("甲明人"), "b": self._citizen(f"{MARK}人")}
        for side, desk in (("a", self.a), ("b", self.b)):
            desk.fill(self.citizens[side])
            for role in OF_A_DEPARTMENT:
                self._staff(f"{role}_{side}", role, desk)
        for role in OF_THE_CITY:
            self._staff(str(role), role, None)
        self._enter("citizen", self.citizens["a"])
        self._enter("citizen_b", self.citizens["b"])
        self.drafts = {
            side: begin_draft(edition=self.desk(side).edition, actor=make.acting(who))
            for side, who in self.citizens.items()
        }
        self._rest()

    def desk(self, side: str) -> Desk:
        return self.a if side == "a" else self.b

    def _citizen(self, name: str) -> User:
        who = make.citizen(name)
        who.set_password(PASSWORD)
        who.save()
        return who

    def _staff(self, name: str, role: Role, desk: Desk | None) -> None:
        own = {
            Role.WINDOW_CLERK: "clerk_staff",
            Role.REVIEWER: "reviewer_staff",
            Role.APPROVER: "approver_staff",
            Role.ORGAN_HEAD: "head_staff",
        }.get(role, "")
        home = desk.department if desk else make.department()
        member = getattr(desk, own) if desk and own else make.staff(home, f"{desk.mark if desk else ''}职员")
        scope = home if desk is not None and may_have_department(role) else None
        RoleAssignment.objects.create(staff=member, role=role, department=scope, valid_from=make.START)
        member.user.set_password(PASSWORD)
        member.user.save()
        second_factor.give(user=member.user, secret=make.SECRET)
        self.roles[name] = role
        self._enter(name, member)

    def _enter(self, name: str, who: Staff | User) -> None:
        self.people[name] = who
        self.clients[name] = browser()
        self.clients[name].force_login(who.user if isinstance(who, Staff) else who)

    def _rest(self) -> None:
        """One row of everything else that has an address."""
        now, today = clock.now(), clock.today()
        self.windows = {side: make.window(self.desk(side).department) for side in "ab"}
        self.postings = {
            side: make.posting(self.desk(side).clerk_staff, self.windows[side], post=Posting.Post.CHIEF)
            for side in "ab"
        }
        self.messages = {
            name: Message.objects.create(
                user=who.user if isinstance(who, Staff) else who,
                kind="signal",
                key=str(uuid4()),
                title=f"{MARK if name.endswith('_b') else '甲明'}消息",
                body=f"{MARK if name.endswith('_b') else '甲明'}正文",
                created_at=now,
            )
            for name, who in self.people.items()
        }
        system = self.people[Role.SYSTEM_ADMIN]
        assert isinstance(system, Staff)
        self.reset = factor_resets.request_reset(
            staff=self.a.approver_staff, reason="手机丢失", actor=Actor(system.user_id, system.name)
        )
        auditor = self.people[Role.AUDIT_ADMIN]
        assert isinstance(auditor, Staff)
        RoleAssignment.objects.create(
            staff=make.staff(make.department()), role=Role.AUDIT_ADMIN, valid_from=clock.today()
        )
        self.ending = endings.request_ending(
            staff=auditor, left_on=today, actor=Actor(system.user_id, system.name)
        )
        self.dead = Job.objects.create(
            kind="test.nothing", key="1", payload={}, due_at=now, created_at=now, attempts=5, dead_at=now
        )
        self.changes = {side: self._changes(side) for side in "ab"}
        office = self.people[Role.GOVERNMENT_OFFICE]
        assert isinstance(office, Staff)
        self.meeting = Meeting.objects.create(
            name="市政府第 1 次常务会议", held_on=today, created_at=now, created_by=office.user
        )
        self.waiting = make.person("待核验", verified=False)
        self.firm = make.legal_person("待核验公司", representative=self.waiting, verified_at=None)
        self.today = today

    def _changes(self, side: str) -> dict[str, ItemChange]:
        """A change in the making, one that 编办 has, and a remark on each."""
        desk, editor = self.desk(side), self.people[f"catalogue_editor_{side}"]
        verifier = self.people[Role.ESTABLISHMENT_OFFICE]
        assert isinstance(editor, Staff) and isinstance(verifier, Staff)
        made = {}
        for state in (ChangeState.DRAFTING, ChangeState.VERIFYING):
            edition = make.item(desk.department, name=f"{desk.mark}事项")
            made[state.value] = change = ItemChange.objects.create(
                kind=ChangeKind.ELEMENTS,
                state=state,
                item=edition.item,
                item_key=edition.item_id,
                department=desk.department,
                name=edition.name,
                content=contents.blank(desk.department) | {"name": edition.name},
                based_on=edition,
                reason=f"{desk.mark}理由",
                basis=f"{desk.mark}依据",
                occurred_on=clock.today(),
                effective_on=clock.today(),
                created_at=clock.now(),
                drafter=editor.user,
                edited_at=clock.now(),
                edited_by=editor.user,
            )
            ChangeRemark.objects.create(
                change=change,
                place="name",
                text=f"{desk.mark}意见",
                author=verifier.user,
                author_name=verifier.name,
                made_at=clock.now(),
                sent=state == ChangeState.DRAFTING,
            )
        return made

    # --- addresses --------------------------------------------------------------------------------

    def arguments(self, name: str, side: str) -> list[list[Any]]:
        """The arguments of an address for what lies on a side; none of an address that has no side."""
        desk, citizen = self.desk(side), self.citizens[side]
        cases = list(desk.cases.values())
        match name:
            case "applications:act":
                return [[case.pk, action] for state, case in desk.cases.items() for action in ACTIONS[state]]
            case "applications:mark_seen":
                return [[m.case_id, m.pk] for m in CaseMaterial.objects.filter(case__in=cases[:4])]
            case "applications:progress" | "applications:progress_why" | "applications:progress_proof":
                return [[progress_token(case.pk, clock.now())] for case in cases[:3]]
            case "disclosure:public_case" | "disclosure:public_case_proof":
                return [[case.number] for case in cases[:4]]
            case "disclosure:guide" | "disclosure:guide_print" | "applications:apply_begin":
                return [[desk.edition.item.basic_code]]
            case "disclosure:editions" | "disclosure:compare":
                return [[desk.edition.item.basic_code]]
            case "disclosure:edition":
                return [[desk.edition.item.basic_code, desk.edition.version]]
            case "applications:draft_step":
                return [[self.drafts[side].pk, step] for step in STEPS]
            case "applications:draft_discard" | "applications:draft_done":
                return [[self.drafts[side].pk]]
            case "documents:download" | "documents:document_status":
                return [[pk] for pk in self._documents(cases)]
            case "documents:verify_document":
                return [[d.code] for d in OfficialDocument.objects.filter(subject_id__in=[c.pk for c in cases])[:2]]
            case "files:download" | "files:preview":
                return [[pk] for pk in self._files(citizen)[:2]]
            case "files:page":
                return [[pk, 1] for pk in self._files(citizen)[:2]]
            case "messaging:message" | "messaging:desk_message":
                return [[m.pk] for n, m in self.messages.items() if n.endswith("_b") == (side == "b")]
            case "operations:department" | "operations:department_end" | "operations:office_head":
                return [[desk.department.pk]]
            case "operations:window_end":
                return [[self.windows[side].pk]]
            case "operations:posting_end":
                return [[self.postings[side].pk]]
            case "operations:role_end":
                return [[RoleAssignment.objects.filter(staff=desk.reviewer_staff).values_list("pk", flat=True)[0]]]
            case "operations:factor_reset_confirm" | "operations:factor_reset_refuse":
                return [[self.reset.pk]]
            case "operations:ending_confirm" | "operations:ending_refuse":
                return [[self.ending.pk]]
            case "operations:job_again" | "operations:job_give_up":
                return [[self.dead.pk]]
            case "catalogue:section":
                return [[change.pk, section.code] for change in self.changes[side].values() for section in SECTIONS]
            case "catalogue:act":
                return [[change.pk, action] for change in self.changes[side].values() for action in CHANGE_ACTIONS]
            case "catalogue:answer_remark" | "catalogue:drop_remark":
                remarks = ChangeRemark.objects.filter(change__in=self.changes[side].values()).order_by("pk")
                return [[remark.change_id, remark.pk] for remark in remarks]
            case "catalogue:meeting":
                return [[self.meeting.pk]]
            case "accounts:verify_person":
                return [[self.waiting.pk]]
            case "accounts:verify_firm":
                return [[self.firm.pk]]
            case "ledger:day_head":
                return [["2026-11-22"]]
            case "ledger:entries":
                return [["000"]]
            case "ledger:tile":
                return [[0, "000"]]
            case _ if name in OF_A_CASE:
                return [[case.pk] for case in cases]
            case _ if name in OF_A_CHANGE:
                return [[change.pk] for change in self.changes[side].values()]
            case _ if name in OF_STAFF:
                return [[desk.reviewer_staff.pk]]
        return [[uuid4()]] if name in OF_NOTHING else [[]]

    def _documents(self, cases: list[Case]) -> list[UUID]:
        found = OfficialDocument.objects.filter(subject_id__in=[case.pk for case in cases])
        return list(found.order_by("pk").values_list("pk", flat=True)[:3])

    def _files(self, citizen: User) -> list[UUID]:
        return list(StoredFile.objects.filter(uploaded_by=citizen).order_by("pk").values_list("pk", flat=True))

    def addresses(self, name: str, side: str = "a") -> list[str]:
        return [reverse(name, args=arguments) for arguments in self.arguments(name, side)]

    # --- who --------------------------------------------------------------------------------------

    def who_may(self, name: str) -> list[str]:
        """People of side A, or of the city, who may open an address by its audience."""
        expected = MATRIX[name]
        if expected == "public":
            return ["stranger"]
        if expected == "signed_in":
            return ["reviewer_a" if name in OF_THE_DESK else "approver_a" if name in OF_THE_FACTOR else "citizen"]
        return [
            person
            for person, role in self.roles.items()
            if not person.endswith("_b") and {str(p) for p in permissions_of_role(role)} & set(expected)
        ]

    # --- calls that leave nothing behind ------------------------------------------------------------

    def call(self, who: str, method: str, address: str, data: Any = None, **more: Any) -> HttpResponseBase:
        """One request whose traces are taken back afterwards, those in the browser included."""
        with self.undone(who):
            return getattr(self.clients[who], method)(address, data, **more)

    @contextmanager
    def undone(self, who: str) -> Iterator[None]:
        client = self.clients[who]
        cookies = client.cookies.output()
        cache.clear()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        if client.cookies.output() != cookies:
            client.cookies.clear()
            client.cookies.load("\r\n".join(line.removeprefix("Set-Cookie: ") for line in cookies.split("\r\n")))


OF_A_CASE = frozenset(
    {
        "applications:claim",
        "applications:desk_case",
        "applications:desk_case_print",
        "applications:desk_case_why",
        "applications:intake_case",
        "applications:intake_receipt",
        "applications:my_case",
        "applications:my_case_proof",
        "applications:my_case_why",
        "applications:release",
        "applications:state_reason",
        "applications:supply",
        "applications:unmask",
        "applications:withdraw",
    }
)
OF_A_CHANGE = frozenset({"catalogue:change", "catalogue:frame", "catalogue:merged", "catalogue:remark"})
OF_STAFF = frozenset(
    {
        "operations:factor_code",
        "operations:factor_reset_request",
        "operations:posting_add",
        "operations:role_add",
        "operations:staff",
        "operations:staff_end",
        "operations:staff_password",
    }
)
#: Addresses whose thing the world does not hold: another's sign-in, a request of a person, an announced change,
#: a certificate, an upload.
OF_NOTHING = frozenset(
    {
        "accounts:answer_correction",
        "accounts:sign_in_end",
        "disclosure:change",
        "documents:certificate_revoke",
        "files:upload",
        "readings:ask",
        "readings:question",
    }
)
OF_THE_DESK = frozenset(
    {"applications:desk_home", "messaging:desk_inbox", "messaging:desk_message", "messaging:desk_read_all"}
)
OF_THE_FACTOR = frozenset({"accounts:second_factor", "accounts:recovery_codes"})
#: What the table allows in each state, and one act that it does not.
CHANGE_ACTIONS = ("hand_up", "return", "verify_and_publish", "withdraw")
ACTIONS = {
    state: sorted({transition.action for transition in TABLE.transitions if state in transition.sources} | {"deliver"})
    for state in STATES
}
NAMES = [name for name, _pattern in ALL if not name.rpartition(":")[2].startswith("unnamed")]


def browser() -> Client:
    return Client(raise_request_exception=False)


def build() -> World:
    """With a frozen clock: the world begins on a Monday."""
    return World()


def fingerprint() -> dict[str, str]:
    """Every table with the number of its rows and a hash over them, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'audit') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        parts = [
            f"SELECT '{table}', count(*) || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') "
            f"FROM {table} AS t"
            for table in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def written() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, also those that were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """Tables that are not what they were, without their schema where it is the usual one."""
    return {table.removeprefix("public.") for table in after if before.get(table) != after[table]}


def tomorrow() -> str:
    return (clock.today() + dt.timedelta(days=1)).isoformat()


def pattern_of(name: str) -> URLPattern:
    return dict(ALL)[name]


__all__ = ["MARK", "NAMES", "NoReverseMatch", "World", "browser", "build", "changed", "fingerprint", "written"]
