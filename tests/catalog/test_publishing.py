"""Publishing item files: idempotent, all or nothing, a change is a new edition and the old one stays as it was."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError, transaction

from catalog.item_files import DATA, ItemRefused
from catalog.models import ItemEdition, ItemSearch, MaterialRequirement, ServiceItem
from catalog.services.publishing import load_items
from portal import clock
from portal.ledger.models import LedgerEvent
from tests.portal.accounts import people

FIRST = dt.date(2015, 10, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> Path:
    people.load_organisation()
    for number in ("019", "026", "051", "054"):
        shutil.copy(DATA / "items" / f"{number}.yaml", tmp_path)
    return tmp_path


def change(path: Path, **values: object) -> None:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw.update(values)
    path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_loading_twice_changes_nothing(files: Path) -> None:
    first = load_items(files, first_effective_from=FIRST)
    assert (first.created, first.renewed, first.unchanged) == (4, 0, 0)
    again = load_items(files, first_effective_from=FIRST)
    assert (again.created, again.renewed, again.unchanged) == (0, 0, 4)
    assert ItemEdition.objects.count() == 4


def test_the_codes_have_the_lengths_of_the_standard(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    for item in ServiceItem.objects.all():
        assert len(item.basic_code) == 12 and len(item.implementation_code) == 31
        assert item.implementation_code.endswith(item.basic_code)


def test_a_changed_file_makes_a_new_edition_and_ends_the_old_one(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    old = ItemEdition.objects.get(item__number=26)
    change(files / "026.yaml", hours="工作日 8:30–12:00")
    result = load_items(files, first_effective_from=FIRST)
    assert (result.renewed, result.unchanged) == (1, 3)
    new = ItemEdition.objects.get(item__number=26, effective_until=None)
    old.refresh_from_db()
    today = clock.today()
    assert (new.version, new.effective_from, new.hours) == (2, today, "工作日 8:30–12:00")
    assert (old.version, old.effective_from, old.effective_until) == (1, FIRST, today)
    assert ItemEdition.objects.in_force(today).filter(item__number=26).get() == new
    assert ItemEdition.objects.in_force(today - dt.timedelta(days=1)).filter(item__number=26).get() == old


def test_a_situation_has_limits_of_its_own(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    report, form = ItemEdition.objects.get(item__number=19).situations.order_by("position")
    assert (report.statutory_n, report.promised_n) == (60, 30)
    assert (form.statutory_n, form.promised_n) == (30, 15)


def test_each_publication_is_an_event_of_the_ledger(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    item = ServiceItem.objects.get(number=26)
    event = LedgerEvent.objects.get(subject=item.pk)
    assert event.body["kind"] == "item.published"


def test_nothing_is_loaded_when_one_file_is_wrong(files: Path) -> None:
    change(files / "026.yaml", faq=[])
    with pytest.raises(ItemRefused, match=r"026\.yaml.*2\.3-9"):
        load_items(files, first_effective_from=FIRST)
    assert not ServiceItem.objects.exists()


def test_two_files_with_one_code_are_refused(files: Path) -> None:
    shutil.copy(files / "026.yaml", files / "099.yaml")
    with pytest.raises(ItemRefused, match="basic_code"):
        load_items(files, first_effective_from=FIRST)


def test_an_unknown_department_is_refused(files: Path) -> None:
    change(files / "026.yaml", department="777")
    with pytest.raises(ItemRefused, match="777"):
        load_items(files, first_effective_from=FIRST)


def test_the_database_refuses_to_rewrite_a_published_edition(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    edition = ItemEdition.objects.get(item__number=26)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        ItemEdition.objects.filter(pk=edition.pk).update(promised_n=20)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        MaterialRequirement.objects.filter(edition=edition).update(copies=9)
    ItemEdition.objects.filter(pk=edition.pk).update(effective_until=dt.date(2027, 1, 1))
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        ItemEdition.objects.filter(pk=edition.pk).update(effective_until=None)


def test_what_is_findable_follows_the_edition_in_force(files: Path) -> None:
    load_items(files, first_effective_from=FIRST)
    before = ItemSearch.objects.get(item__number=26).bigrams
    change(files / "026.yaml", keywords=["奶茶店", "开饭店"])
    load_items(files, first_effective_from=FIRST)
    after = ItemSearch.objects.get(item__number=26).bigrams
    assert "奶茶" in after and after != before
