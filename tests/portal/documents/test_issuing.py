"""Numbers, contents and the immutability of issued documents."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.documents.errors import IncompleteDocument
from portal.documents.kinds import NUMBER_CHARACTER, DocumentKind
from portal.documents.models import DocumentCounter, OfficialDocument
from portal.documents.schemas import SCHEMAS, checked
from portal.outbox.models import Job
from portal.privacy.fields import ERASED_TEXT
from portal.privacy.models import PersonKey
from portal.privacy.services import erase, new_person_key
from tests.portal.documents.papers import DATA, department, issue


@pytest.mark.django_db
@pytest.mark.parametrize("kind", DocumentKind)
def test_each_kind_is_issued_with_its_number_and_character(kind: DocumentKind) -> None:
    document = issue(kind)
    assert document.number == f"朔食药许{NUMBER_CHARACTER[kind]}〔2026〕0001号"
    assert issue(kind).seq == 2


@pytest.mark.django_db
def test_the_year_of_a_number_is_that_of_shanghai() -> None:
    assert issue(at=dt.datetime(2026, 12, 31, 16, 30, tzinfo=dt.UTC)).number.endswith("〔2027〕0001号")


@pytest.mark.django_db
def test_departments_and_kinds_count_apart() -> None:
    health = department("019", "朔州市卫生和计划生育委员会", "卫计")
    numbers = [issue().seq, issue(by=health).seq, issue(DocumentKind.GRANT).seq, issue().seq]
    assert numbers == [1, 1, 1, 2]


@pytest.mark.django_db
def test_a_rolled_back_act_gives_its_number_back() -> None:
    issue()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert issue().seq == 2
        raise ZeroDivisionError
    assert issue().seq == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_acts_race_and_some_fail() -> None:
    by = department()
    barrier = threading.Barrier(6)
    faults: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            barrier.wait(timeout=10)
            for turn in range(5):
                try:
                    with transaction.atomic():
                        issue(by=by)
                        if (worker + turn) % 3 == 0:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    pass
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    numbers = sorted(OfficialDocument.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, 21))
    assert DocumentCounter.objects.get().last == 20


@pytest.mark.django_db(transaction=True)
def test_a_document_is_not_issued_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        issue(by=department())


def _keys(kind: DocumentKind) -> list[str]:
    return sorted(SCHEMAS[kind].model_fields)


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in DocumentKind for key in _keys(kind)])
def test_each_kind_refuses_missing_content(kind: DocumentKind, key: str) -> None:
    data = {name: value for name, value in DATA[kind].items() if name != key}
    with pytest.raises(IncompleteDocument) as refused:
        checked(kind, data)
    title = SCHEMAS[kind].model_fields[key].title
    assert title is not None and f"“{title}”没有写明" in refused.value.message
    assert refused.value.field == key


# What domain reference 3.3 names for each kind; an empty value is as bad as none.
MANDATORY = {
    DocumentKind.RECEIPT: ["case_number", "query_code", "applicant", "item_name", "receiver", "received_at"],
    DocumentKind.CORRECTION: ["lines", "supply_until", "legal_basis", "place", "handler_phone"],
    DocumentKind.ACCEPTANCE: [
        "applicant",
        "contact",
        "item_name",
        "accepted_on",
        "promised_due_on",
        "fee",
        "handler_phone",
        "query_code",
    ],
    DocumentKind.NOT_REQUIRED: ["reason", "remedies"],
    DocumentKind.NOT_COMPETENT: ["reason", "legal_basis", "competent_organ", "remedies"],
    DocumentKind.SPECIAL_PROCEDURE: ["procedure", "reason", "legal_basis", "days", "until"],
    DocumentKind.EXTENSION: ["old_due_on", "days", "reason", "approved_by", "new_due_on"],
    DocumentKind.GRANT: ["applicant", "item_name", "content", "legal_basis"],
    DocumentKind.REFUSAL: ["facts", "reasons", "legal_basis", "remedies"],
    DocumentKind.SERVICE_RECEIPT: ["documents", "addressee", "method", "recipient", "delivered_at", "deliverer"],
}


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, keys in MANDATORY.items() for key in keys])
def test_each_kind_refuses_empty_content_that_the_law_demands(kind: DocumentKind, key: str) -> None:
    empty: Any = [] if isinstance(DATA[kind][key], list) else 0 if isinstance(DATA[kind][key], int) else "  "
    with pytest.raises(IncompleteDocument):
        checked(kind, DATA[kind] | {key: empty})


WITH_REMEDIES = [DocumentKind.NOT_REQUIRED, DocumentKind.NOT_COMPETENT, DocumentKind.REFUSAL]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WITH_REMEDIES)
@pytest.mark.parametrize(
    ("remedies", "told"),
    [
        ("自收到之日起6个月内向朔州市朔城区人民法院提起行政诉讼。", "60日"),
        ("自收到之日起60日内向朔州市人民政府申请行政复议，或者3个月内向朔州市朔城区人民法院提起行政诉讼。", "6个月"),
        ("自收到之日起60日内申请行政复议，或者6个月内向朔州市朔城区人民法院提起行政诉讼。", "机关的名称"),
        ("自收到之日起60日内向朔州市人民政府申请行政复议，或者6个月内提起行政诉讼。", "法院的名称"),
    ],
)
def test_REV_6_remedies_name_both_ways_periods_organ_and_court(kind: DocumentKind, remedies: str, told: str) -> None:
    with pytest.raises(IncompleteDocument) as refused:
        issue(kind, remedies=remedies)
    assert told in refused.value.message


@pytest.mark.django_db
def test_REV_5_a_refusal_without_reasons_is_not_issued() -> None:
    with pytest.raises(IncompleteDocument) as refused:
        issue(DocumentKind.REFUSAL, reasons="")
    assert refused.value.message == "《不予行政许可决定书》不能出具：“理由”没有写明。"
    assert not OfficialDocument.objects.exists() and not DocumentCounter.objects.exists()


@pytest.mark.django_db
def test_a_fault_inside_a_list_is_named_in_words() -> None:
    lines = [{"material": "平面图", "what": "", "legal_basis": ""}]
    with pytest.raises(IncompleteDocument, match="“如何补正”没有写明"):
        issue(DocumentKind.CORRECTION, lines=lines)


@pytest.mark.django_db
def test_an_unknown_content_is_refused() -> None:
    with pytest.raises(IncompleteDocument, match="“secret”不在文书的内容之内"):
        issue(secret="x")


@pytest.mark.django_db
def test_the_data_is_canonical_salted_and_hashed() -> None:
    first, second = issue(), issue()
    stored = OfficialDocument.objects.get(pk=first.pk)
    data = json.loads(stored.data)
    assert hashlib.sha256(stored.data.encode()).hexdigest() == stored.data_hash
    assert re.fullmatch(r"[0-9a-f]{64}", data["salt"])
    assert data["salt"] != json.loads(second.data)["salt"]
    assert list(data) == sorted(data)
    assert data["verify_url"].endswith(f"/verify/{stored.code}/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "朔食药许受〔2026〕9999号"),
        ("data_hash", "0" * 64),
        ("issuer_name", "别的机关"),
        ("template_version", 1),
    ],
)
def test_an_issued_document_cannot_be_rewritten(column: str, value: Any) -> None:
    document = issue()
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        OfficialDocument.objects.filter(pk=document.pk).update(**{column: value})


@pytest.mark.django_db
def test_the_data_of_an_issued_document_cannot_be_rewritten() -> None:
    document = issue()
    document.data = "{}"
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        document.save()


@pytest.mark.django_db
def test_an_issued_document_cannot_be_removed_but_its_state_may_change() -> None:
    document = issue()
    with pytest.raises(DatabaseError, match="cannot be removed"), transaction.atomic():
        document.delete()
    document.status = OfficialDocument.Status.REVOKED
    document.save(update_fields=["status"])


@pytest.mark.django_db
def test_the_data_stands_under_the_persons_key_and_goes_with_it() -> None:
    key = new_person_key()
    document = issue(person_key=key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM documents_officialdocument WHERE id = %s", [document.pk])
        raw = bytes(cursor.fetchone()[0])
    assert "朔州古渡口".encode() not in raw
    assert "朔州古渡口" in OfficialDocument.objects.get(pk=document.pk).data
    erase(key.pk)
    assert PersonKey.objects.get(pk=key.pk).is_erased
    assert OfficialDocument.objects.get(pk=document.pk).data == ERASED_TEXT


@pytest.mark.django_db
def test_rendering_follows_by_the_outbox_but_not_in_the_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    document = issue()
    assert Job.objects.get(kind="documents.render").payload == {"document": str(document.pk)}
    settings.DEMONSTRATION = True
    issue()
    assert Job.objects.filter(kind="documents.render").count() == 1
