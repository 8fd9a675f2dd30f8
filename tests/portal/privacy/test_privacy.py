"""Encryption at rest, blind indexes, erasable keys (operations.md section 5), over the persons' table."""

import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, models, transaction

from portal import clock
from portal.privacy import cipher, keys, services
from portal.privacy.fields import ERASED_TEXT, BlindIndexField, Ciphertext, EncryptedTextField, encrypted_fields
from portal.privacy.models import ErasedKey, PersonKey
from portal.web.keys import uuid7

NUMBER = "140602198501010016"


class Toy(models.Model):
    """A table of this test only; made and dropped within the test's transaction."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_key = models.ForeignKey(PersonKey, models.PROTECT, null=True, related_name="+")
    number = EncryptedTextField(context="toy.number", person_key="person_key", null=True)
    note = EncryptedTextField(default="")
    number_index = BlindIndexField(source="number", purpose="identity")

    class Meta:
        app_label = "privacy_toys"


@pytest.fixture
def toys(toy_table):
    return Toy.objects


@pytest.fixture
def toy_table(db):
    """Temporary tables belong to the session, so that the application's role may make them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE privacy_toys_toy (id uuid PRIMARY KEY, person_key_id uuid, number bytea,"
            " note bytea NOT NULL, number_index varchar(64) NOT NULL) ON COMMIT DROP"
        )


def make(**kwargs):
    toy = Toy(**kwargs)
    toy.save(force_insert=True)
    return toy


def stored(toy, column="number"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM privacy_toys_toy WHERE id = %s", [toy.pk])
        return bytes(cursor.fetchone()[0])


def test_the_database_holds_no_readable_text(toys):
    toy = make(number=NUMBER, note="住在北城", person_key=services.new_person_key())
    assert NUMBER.encode() not in stored(toy)
    assert stored(toy)[0] == 1
    assert stored(toy) != stored(make(number=NUMBER, person_key=toy.person_key))
    read = Toy.objects.get(pk=toy.pk)
    assert (read.number, read.note) == (NUMBER, "住在北城")
    assert toy.number == NUMBER


def test_a_value_moved_to_another_row_or_column_does_not_open(toys):
    first, second = make(number="1", note="a"), make(number="2", note="b")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_toys_toy SET number = %s WHERE id = %s", [stored(first), second.pk])
        cursor.execute("UPDATE privacy_toys_toy SET number = note WHERE id = %s", [first.pk])
    for pk in (first.pk, second.pk):
        with pytest.raises(cipher.Undecipherable):
            assert Toy.objects.get(pk=pk).number


def test_an_altered_value_does_not_open(toys):
    toy = make(note="abc")
    value = bytearray(stored(toy, "note"))
    value[-1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_toys_toy SET note = %s WHERE id = %s", [bytes(value), toy.pk])
    with pytest.raises(cipher.Undecipherable):
        assert Toy.objects.get(pk=toy.pk).note


def test_an_unread_column_is_not_opened_and_saving_keeps_its_bytes(toys):
    toy = make(number=NUMBER)
    before = stored(toy)
    read = Toy.objects.get(pk=toy.pk)
    assert isinstance(read.__dict__["number"], Ciphertext)
    read.save()
    assert read.number == NUMBER
    read.save()
    assert stored(toy) == before
    assert str(Toy.objects.values_list("number", flat=True).get(pk=toy.pk)) == "******"


def test_deferred_and_empty_and_missing_values(toys):
    toy = make(number=None, note="")
    assert stored(toy, "note") == b""
    read = Toy.objects.only("id").get(pk=toy.pk)
    assert (read.number, read.note) == (None, "")
    assert read.number_index == ""


def test_a_change_is_encrypted_again_with_its_index(toys):
    toy = make(number=NUMBER)
    read = Toy.objects.get(pk=toy.pk)
    read.number = "11010519491231002X"
    read.save()
    found = Toy.objects.get(number_index=services.blind_index("identity", "11010519491231002x"))
    assert (found.pk, found.number) == (toy.pk, "11010519491231002X")
    assert not Toy.objects.filter(number_index=services.blind_index("identity", NUMBER)).exists()


def test_what_would_go_round_the_encryption_is_refused(toys):
    toy = make(number=NUMBER)
    for act in (
        lambda: Toy.objects.filter(pk=toy.pk).update(note="x"),
        lambda: Toy.objects.filter(note="x").exists(),
        lambda: Toy.objects.bulk_update([toy], ["note"]),
    ):
        toy.note = "plain"
        with pytest.raises(TypeError, match="encrypted"):
            act()


def test_bulk_create_encrypts(toys):
    [toy] = Toy.objects.bulk_create([Toy(number=NUMBER)])
    assert NUMBER.encode() not in stored(toy)
    assert Toy.objects.get(number_index=services.blind_index("identity", NUMBER)).number == NUMBER


def test_the_blind_index_is_one_for_every_spelling_and_differs_by_purpose():
    assert services.blind_index("identity", "１１０１０５ 19491231002x") == services.blind_index(
        "identity", "11010519491231002X"
    )
    assert services.blind_index("identity", NUMBER) != services.blind_index("phone", NUMBER)


def test_erasing_a_person_destroys_the_key_and_with_it_every_text_and_commitment(toys, monkeypatch):
    key = services.new_person_key()
    toy = make(number=NUMBER, note="不属于本人", person_key=key)
    assert services.commitment(key.pk, NUMBER) == services.commitment(key.pk, NUMBER)
    assert services.commitment(key.pk, NUMBER) != services.commitment(services.new_person_key().pk, NUMBER)
    followed = []
    monkeypatch.setattr(services, "_erasure_hooks", [])
    services.on_erasure(followed.append)
    services.erase(key.pk)
    services.erase(key.pk)
    assert followed == [key.pk]
    read = Toy.objects.get(pk=toy.pk)
    assert (read.number, read.note) == (ERASED_TEXT, "不属于本人")
    read.save()
    with pytest.raises(ErasedKey):
        services.commitment(key.pk, NUMBER)
    read.number = "1"
    with pytest.raises(ErasedKey):
        read.save()


@pytest.mark.django_db
def test_a_key_is_there_exactly_until_it_is_erased():
    key = services.new_person_key()
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonKey.objects.filter(pk=key.pk).update(erased_at=clock.now())
    assert b"privacy" not in bytes(key.wrapped)


def test_migrations_keep_the_field_options():
    _, _, args, kwargs = Toy._meta.get_field("number").deconstruct()
    again = EncryptedTextField(*args, **kwargs)
    assert (again.context, again.person_key, again.null) == ("toy.number", "person_key", True)
    _, _, args, kwargs = Toy._meta.get_field("number_index").deconstruct()
    assert BlindIndexField(*args, **kwargs).purpose == "identity"
    assert [field.name for field in encrypted_fields(Toy)] == ["number", "note"]


def test_the_key_file_is_made_once_and_closed_to_others(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    try:
        path = keys.ensure_keys()
        content = path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert keys.ensure_keys() == path
        assert path.read_bytes() == content
        assert os.listdir(path.parent) == [path.name]
        path.chmod(0o644)
        keys.key_ring.cache_clear()
        with pytest.raises(ImproperlyConfigured, match="0600"):
            keys.key_ring()
        path.unlink()
        settings.TESTING = False
        with pytest.raises(ImproperlyConfigured, match="missing"):
            keys.key_ring()
    finally:
        keys.key_ring.cache_clear()
