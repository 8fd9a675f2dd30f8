"""`manage.py verify`: silent about whole data, one sentence for each thing that cannot be."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from applications import services
from applications.models import Act, Case, CaseMaterialFile, CaseNumberCounter
from applications.services import nightly
from portal import clock
from portal.documents.models import DocumentCounter, OfficialDocument
from portal.files import services as files
from portal.files import storage
from portal.files.models import StoredFile
from portal.operations import tasks, verification
from portal.operations.models import VerificationRun
from portal.operations.watch import readings
from portal.outbox.models import Job
from portal.outbox.services import run_due
from portal.privacy.person_keys import PersonKey
from portal.web import checks
from portal.web.checks import Scope
from supervision.models import Signal
from tests import factories as make
from tests.portal.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(frozen_clock, settings, tmp_path) -> Case:
    """An accepted case whose files are on disk."""
    settings.FILES_DIR = tmp_path
    frozen_clock(make.at("2026-11-23 09:00"))
    desk = make.Desk()
    case = desk.accept(make.online_case(make.item(desk.department)))
    # The factories' uploads are rows without bytes: this test wants whole data.
    CaseMaterialFile.objects.all().delete()
    StoredFile.objects.all().delete()
    return case


def found(*names: str, settled: bool = False) -> list[str]:
    """The sentences of some checks, or of all but the ledger's (a test's chain has no leaves yet)."""
    findings = verification.find(Scope(settled=settled))
    return [finding.text for finding in findings if finding.check in names or (not names and finding.check != "ledger")]


def test_whole_data_gives_no_sentence(case: Case) -> None:
    assert found() == []


def test_every_check_is_registered() -> None:
    names = {check.name for check in checks.registered()}
    assert names >= {
        "outbox", "ledger", "files", "document_numbers", "document_files", "cases", "case_paths", "case_numbers",
        "signals",
    }  # fmt: skip


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two checks"):
        checks.register("cases", "别的", lambda scope: iter(()))


def test_a_missing_case_number_is_named(case: Case) -> None:
    CaseNumberCounter.objects.update(last=3)
    assert found("case_numbers") == [f"{case.department.name} 2026-11-23 的办件编号有缺号：2、3。"]


def test_a_case_beyond_the_counter_is_named(case: Case) -> None:
    CaseNumberCounter.objects.update(last=0)
    assert "超过了计数 0：1" in found("case_numbers")[0]


def test_a_missing_document_number_is_named(case: Case) -> None:
    DocumentCounter.objects.filter(kind="receipt").update(last=2)
    assert len(found("document_numbers")) == 1
    assert "编到第 2 号，存有 1 份" in found("document_numbers")[0]


def test_a_step_that_the_table_does_not_know_is_named(case: Case) -> None:
    case.acts.filter(action="accept").update(action="grant")
    [path, *rest] = found("case_paths")
    assert path.startswith(f"办件 {case.number} 第 2 步“grant”不合规定")
    assert rest == [f"办件 {case.number} 第 2 步“grant”与存证的事件对不上。"]


def test_a_state_without_its_act_is_named(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state="approving")
    assert found("case_paths") == [f"办件 {case.number} 的过程到“reviewing”，存下的状态却是“approving”。"]


def test_an_act_that_was_removed_is_missed_by_the_ledger(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state="received")
    Act.objects.filter(case=case, action="accept").delete()
    [sentence] = found("case_paths")
    assert sentence.endswith("个事件 case.accept 没有对应的办理过程。")


def test_an_act_twice_is_no_lawful_path() -> None:
    steps = [
        nightly.Step(uuid4(), "1", "reviewing", action, before, after)
        for action, before, after in (("submit", "", "received"), ("accept", "received", "reviewing")) * 2
    ]
    assert nightly.fault_of_path(steps[:2]) == ""
    assert "第 3 步“submit”不合规定" in nightly.fault_of_path(steps)


def test_a_file_without_its_bytes_and_one_that_was_changed(case: Case) -> None:
    user = make.citizen()
    upload = SimpleUploadedFile("图.png", samples.image())
    file = files.receive(upload=upload, owner_kind="draft", owner_id=uuid4(), user=user, now=clock.now())
    path = storage.path_of(file.original_sha256, storage.QUARANTINE)
    assert found("files") == []
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert found("files") == [f"文件 {file.pk} 的原件在磁盘上的内容被改过。"]
    path.write_bytes(content + b"x")
    assert "字节，应当是" in found("files")[0]
    path.unlink()
    assert found("files") == [f"文件 {file.pk} 的原件在磁盘上没有内容。"]


def test_a_document_without_its_pdf_and_one_that_outlived_its_person(case: Case) -> None:
    content = b"%PDF-"
    sha256 = storage.put(content)
    document = OfficialDocument.objects.order_by("pk").first()
    OfficialDocument.objects.filter(pk=document.pk).update(
        pdf_sha256=sha256, pdf_size=len(content), signed_sha256=sha256, signed_size=len(content) + 1
    )
    assert found("document_files") == [f"文书 {document.number} 的电子原件在磁盘上有 5 字节，应当是 6 字节。"]
    PersonKey.objects.filter(pk=document.person_key_id).update(wrapped=None, erased_at=clock.now())
    gone = "在当事人的信息删除后还在磁盘上。"
    assert found("document_files") == [f"文书 {document.number} 的{name}{gone}" for name in ("PDF ", "电子原件")]
    storage.path_of(sha256).unlink()
    assert found("document_files") == []


def test_jobs_that_nobody_does_are_named_and_settled_means_none_waits(case: Case) -> None:
    now = clock.now()
    job = Job.objects.create(kind="toy", key="1", created_at=now, due_at=now)
    assert found("outbox") == []
    assert found("outbox", settled=True) == ["1 个 toy 任务到期还没有做。"]
    Job.objects.filter(pk=job.pk).update(lease_until=now + dt.timedelta(minutes=5), token=uuid4())
    assert found("outbox", settled=True) == ["1 个 toy 任务还被领取着。"]
    with clock.shifted(now + dt.timedelta(hours=1)):
        assert "早该做完" in found("outbox")[0]
    Job.objects.filter(pk=job.pk).update(dead_at=now)
    assert found("outbox") == [f"任务 toy（{job.pk}）已经结束，却还被领取着。"]


def test_a_level_without_its_signal_and_a_signal_told_to_nobody(case: Case) -> None:
    with clock.shifted(make.at("2027-01-20 09:00")):
        services.sweep(100)
        run_due(100)
        assert found("signals") == []
        Job.objects.filter(kind="supervision.tell").delete()
        assert found("signals")[0].endswith("没有交代给任何人。")
        Signal.objects.filter(level="red").delete()
        assert any(sentence.endswith("到了“红牌”，没有监察信号。") for sentence in found("signals"))


def test_a_check_that_fails_is_a_finding_itself(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_scope: Scope):
        raise ZeroDivisionError
        yield ""

    monkeypatch.setitem(checks._registered, "broken", checks.Registered("broken", "坏的", broken))
    assert found("broken") == ["这项检查没有做完（ZeroDivisionError），原因见日志。"]


def test_the_result_is_kept_for_the_operators_page(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(checks._registered, "ledger")
    assert readings.verification()[0].level is readings.Level.WARNING
    assert tasks.verify() == 0
    assert readings.verification()[0].level is readings.Level.OK
    CaseNumberCounter.objects.update(last=2)
    assert tasks.verify() == 1
    run = verification.last_run()
    assert run is not None and run.findings[0]["label"] == "办件编号"
    reading = readings.verification()[0]
    assert (reading.number, reading.level) == (1, readings.Level.BAD)
    assert "有缺号：2" in reading.advice


def test_the_command_says_each_finding_and_ends_with_status_1(case: Case, monkeypatch, capsys) -> None:
    monkeypatch.delitem(checks._registered, "ledger")
    call_command("verify")
    assert "没有发现问题" in capsys.readouterr().out
    CaseNumberCounter.objects.update(last=2)
    with pytest.raises(SystemExit) as ended:
        call_command("verify")
    assert ended.value.code == 1
    output = capsys.readouterr()
    assert "办件编号：" in output.out and "发现 1 个问题" in output.err
    assert VerificationRun.objects.count() == 2
