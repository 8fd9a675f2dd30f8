"""After an erasure neither the database nor the files hold anything of the person, and the ledger is whole."""

import datetime as dt
import subprocess
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from applications import services as cases
from applications.attachments import OWNER_KIND
from applications.models import Case, CaseMaterialFile, CaseSearch, Opinion
from applications.services import forgetting, searching
from portal import clock
from portal.accounts.grants import sync_user
from portal.accounts.models import Person, User
from portal.accounts.roles import Role
from portal.accounts.services import rights
from portal.accounts.text_messages import send_text
from portal.documents import rendering
from portal.documents.models import OfficialDocument
from portal.documents.press import PRESS
from portal.embedded.programs import programs
from portal.files import personal_data as files
from portal.files import storage
from portal.files.models import StoredFile
from portal.ledger.models import LedgerEvent
from portal.messaging.models import Message
from portal.privacy import erasures, services
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.models import DataRequest, PersonKey
from portal.privacy.retention import Kind, of
from portal.web.errors import WrongState
from tests import factories as make

NAME, PHONE, ADDRESS, ANSWER = "欧阳闻所未闻", "13712345678", "朔城区绝无仅有巷7号", "独一无二羊汤馆"
IDENTITY = "140602198501010016"
YEARS_31 = dt.timedelta(days=31 * 366)


@pytest.fixture
def folders(settings, tmp_path):
    """The person's files and the list of erasures in a folder of this test; the keys stay where they are."""
    settings.FILES_DIR = tmp_path / "files"
    (tmp_path / "files" / "clean").mkdir(parents=True)
    settings.SMS_FOLDER = tmp_path / "sent"
    yield tmp_path
    PRESS.close()


@pytest.fixture
def desk(db):
    return make.Desk()


def applicant(name=NAME):
    person = make.person(name, identity_number=IDENTITY, phone=PHONE, address=ADDRESS)
    user = make.user(person, phone=PHONE, phone_verified=True, email="ouyang@example.cn")
    user.set_password("shuozhou2015")
    user.save()
    return user


def concluded(desk, user, *, state="concluded"):
    """A closed case with the person's data wherever a case can hold them."""
    edition = make.item(department=desk.department, application_subject="经营项目")
    case = make.online_case(edition, user)
    Case.objects.filter(pk=case.pk).update(subject=ANSWER, closing_reason="")
    case.refresh_from_db()
    case.contact_phone, case.address, case.details = PHONE, ADDRESS, {"scope": ANSWER}
    case.save(update_fields=["contact_phone", "address", "details"])
    searching.index_case(case)
    case = desk.bring_to(case, state)
    if state == "concluded":
        Opinion.objects.filter(case=case, stage="approve").update(departure=f"{NAME}已经说明")
        make.do(case, "post", desk.clerk, tracking=f"EMS{PHONE}")
        make.do(case, "delivery_failed", desk.clerk, reason=f"{NAME}已经搬走")
        make.do(case, "announce", desk.clerk, notice_place="公告栏", reason=f"{NAME}下落不明")
        make.do(case, "deliver", desk.clerk, method="direct", recipient=NAME)
    file = CaseMaterialFile.objects.filter(material__case=case).first().file
    StoredFile.objects.filter(pk=file.pk).update(sha256=storage.put(f"{NAME} {PHONE}".encode()), name=f"{NAME}.pdf")
    return Case.objects.get(pk=case.pk)


def dump_of_the_database(owner):
    """The whole database as the owner dumps it, by the program of the wheel; of an outside server as well."""
    with owner():
        parameters = connection.get_connection_params()
        place = ["-h", parameters["host"], "-p", str(parameters.get("port") or 5432)]
        done = subprocess.run(
            [programs().pg("pg_dump"), *place, "-U", parameters["user"], "-d", parameters["dbname"], "--no-password"],
            env={"PGPASSWORD": parameters["password"], "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
            timeout=120,
        )
    return done.stdout.decode()


def traces(text, *needles):
    """Which of the texts stand in a dump: as they are, or as the hexadecimal digits of a bytea."""
    return [needle for needle in needles if needle in text or needle.encode().hex() in text]


@pytest.mark.django_db(transaction=True)
def test_after_erasure_a_dump_and_the_files_hold_nothing_and_the_ledger_verifies(folders, desk, owner):
    user = applicant()
    case = concluded(desk, user)
    with transaction.atomic():
        send_text(phone=PHONE, text=f"{NAME}您好", key=str(uuid4()))
    rendering.pdf_bytes(OfficialDocument.objects.select_related("person_key").filter(subject_id=case.pk).first())
    needles = (NAME, PHONE, ADDRESS, ANSWER, IDENTITY, "ouyang@example.cn", services.blind_index("identity", IDENTITY))
    assert set(traces(dump_of_the_database(owner), *needles)) >= {NAME, ANSWER}, "the test finds what is there"
    assert any(path.is_file() and len(path.name) == 64 for path in folders.rglob("*"))

    with clock.shifted(clock.now() + YEARS_31):
        left = rights.ask_erasure(actor=make.acting(user))
    assert left.is_erased
    assert traces(dump_of_the_database(owner), *needles) == []
    held = [path for path in (folders / "files").rglob("*") if path.is_file() and path.name != ".lock"]
    assert held == [], "no bytes of the person are left"
    assert not CaseSearch.objects.exclude(bigrams=[]).filter(case=case).exists()

    said = StringIO()
    call_command("verify_log", stdout=said, stderr=said)
    assert LedgerEvent.objects.filter(subject=user.person_id, kind="accounts.person_erased").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_list_of_erasures_is_kept_apart_and_replayed(folders, desk):
    user = applicant()
    key_id = user.person.key_id
    wrapped = bytes(user.person.key.wrapped)
    before = set(erasures.read(erasures.list_file())) if erasures.list_file().exists() else set()
    assert rights.ask_erasure(actor=make.acting(user)).is_erased
    [(listed, _at)] = set(erasures.read(erasures.list_file())) - before
    assert listed == key_id
    text = erasures.list_file().read_text()
    assert traces(text, NAME, PHONE, IDENTITY, str(user.person_id)) == []

    # An older backup brings the person back.
    PersonKey.objects.filter(pk=key_id).update(wrapped=wrapped, erased_at=None)
    Person.objects.filter(pk=user.person_id).update(name=NAME)
    copy = folders / "erasures.jsonl"
    copy.write_text(f'{{"key": "{key_id}", "at": "2026-01-01T00:00:00+00:00"}}\n{{"key": "{uuid4()}", "at": "2026')
    said = StringIO()
    call_command("replay_erasures", str(copy), stdout=said)
    assert "erased now: 1; erased already: 0; not in this database: 0" in said.getvalue()
    assert Person.objects.get(pk=user.person_id).name == ERASED_TEXT
    assert PersonKey.objects.get(pk=key_id).is_erased
    said = StringIO()
    call_command("replay_erasures", str(copy), stdout=said)
    assert "erased now: 0; erased already: 1" in said.getvalue()


def test_while_a_term_runs_the_data_is_only_kept(desk):
    user = applicant()
    case = concluded(desk, user)
    left = rights.ask_erasure(actor=make.acting(user))
    assert not left.is_erased
    [line] = rights.refusal_lines(left.terms)
    assert case.number in line and "档案法" in line and "保存到" in line
    assert left.request.run_on == of(Kind.DECIDED_CASE).until(clock.local_date(case.closed_at))
    case.refresh_from_db()
    assert (case.applicant_name, case.restricted_at is not None) == (NAME, True)
    assert CaseSearch.objects.get(case=case).bigrams == []
    account = User.objects.get(pk=user.pk)
    assert not account.is_active and not account.has_usable_password()
    assert PersonKey.objects.get(pk=user.person.key_id).restricted_at is not None
    assert rights.ask_erasure(actor=make.acting(user)).request == left.request, "the same click twice is one request"
    with clock.shifted(clock.now() + dt.timedelta(days=365)):
        assert rights.sweep(100) == 0
    with clock.shifted(clock.now() + YEARS_31):
        assert rights.sweep(100) == 1
        assert rights.sweep(100) == 0
    assert PersonKey.objects.get(pk=user.person.key_id).is_erased
    assert DataRequest.objects.get().state == DataRequest.State.DONE


def test_an_open_case_and_a_firm_come_first(desk):
    user = applicant()
    case = make.online_case(make.item(department=desk.department), user)
    with pytest.raises(WrongState, match=case.number):
        rights.close_account(actor=make.acting(user))
    assert User.objects.get(pk=user.pk).is_active
    cases.apply(case_id=case.pk, action="withdraw", actor=make.acting(user), key=uuid4())
    left = rights.close_account(actor=make.acting(user))
    assert left.request.run_on == of(Kind.ENDED_CASE).until(clock.today())


def test_a_case_whose_term_has_run_out_is_emptied_by_the_sweep(desk, folders):
    user = applicant()
    case = concluded(desk, user)
    other = concluded(desk, make.citizen("第二人"))
    with clock.shifted(clock.now() + dt.timedelta(days=365 * 29)):
        assert forgetting.sweep(100) == 0
    with clock.shifted(clock.now() + YEARS_31):
        assert forgetting.sweep(100) == 2
        assert forgetting.sweep(100) == 0
    case.refresh_from_db()
    assert (case.applicant_name, case.contact_phone, case.details, case.subject) == (ERASED_TEXT, "", {}, "")
    assert case.erased_at is not None and other.pk != case.pk
    assert Person.objects.get(pk=user.person_id).name == NAME, "the account is in use"
    assert not Message.objects.filter(link__contains=str(case.pk)).exists()
    assert not StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_id=case.pk).exists()
    assert LedgerEvent.objects.filter(subject=case.pk, kind="privacy.case_erased").count() == 1


@pytest.mark.parametrize("restricted_only", [False, True])
def test_an_erased_case_opens_on_every_page_of_staff(client, desk, folders, signer, restricted_only):
    user = applicant()
    case = concluded(desk, user)
    document = OfficialDocument.objects.filter(subject_id=case.pk).first()
    key_id = user.person.key_id
    if restricted_only:
        services.restrict(key_id)
    else:
        services.erase(key_id)
    member = make.staff(desk.department, roles=[Role.REVIEWER, Role.APPROVER, Role.WINDOW_CLERK])
    call_command("load_reference", verbosity=0)
    sync_user(member.user)
    client.force_login(member.user)
    why = {"key": uuid4(), "reason": "assessing", "words": "归档以后的案卷评查"}
    client.post(reverse("applications:state_reason", args=[case.pk]), why)
    for name in ("desk_case", "desk_case_why", "desk_case_print", "unmask", "intake_case", "intake_receipt"):
        answer = client.get(reverse(f"applications:{name}", args=[case.pk]), follow=True)
        assert answer.status_code == 200, name
        text = answer.content.decode()
        assert "Traceback" not in text and (restricted_only or NAME not in text), name
    page = client.get(reverse("applications:desk_case", args=[case.pk])).content.decode()
    assert (ERASED_TEXT in page) != restricted_only
    for url in (
        reverse("applications:work_list") + "?status=closed",
        reverse("applications:intake_today"),
        reverse("applications:intake_search") + f"?q={case.number}",
    ):
        assert client.get(url, follow=True).status_code == 200, url
    downloaded = client.get(reverse("documents:download", args=[document.pk]))
    assert downloaded.status_code == (200 if restricted_only else 404)
    client.logout()
    verified = client.get(f"/verify/{document.code}/")
    assert verified.status_code == 200
    listed = client.get(reverse("disclosure:public_cases"))
    assert listed.status_code == 200 and case.number not in listed.content.decode()
    assert client.get(reverse("disclosure:public_case", args=[case.number])).status_code == 404


def test_the_person_is_gone_from_look_ups(desk):
    user = applicant()
    services.erase(user.person.key_id)
    person = Person.objects.select_related("key").get(pk=user.person_id)
    assert (person.name, person.identity_number, person.identity_index, person.verified_at) == (
        ERASED_TEXT,
        ERASED_TEXT,
        "",
        None,
    )
    again = make.person(NAME, identity_number=IDENTITY)
    assert again.pk != person.pk, "the same human may come again, as somebody new"
    second = make.user(again)
    assert second.person_id == again.pk
    account = User.objects.get(pk=user.pk)
    assert (account.phone, account.email, account.is_active) == ("", "", False)


def test_bytes_that_another_row_shares_stay_for_it(folders, desk, django_capture_on_commit_callbacks):
    user = applicant()
    first, second = make.stored_file(user), make.stored_file(user)
    sha256 = storage.put(b"shared by two")
    for row in (first, second):
        row.sha256 = sha256
        row.save()
    for row, left in ((first, True), (second, False)):
        with django_capture_on_commit_callbacks(execute=True):
            files.forget([row])
        assert storage.path_of(sha256).exists() is left
