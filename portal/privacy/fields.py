"""Model fields for personal data: encrypted text and its blind index."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from portal.privacy import cipher
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.person_keys import PersonKey

__all__ = [
    "ERASED_TEXT",
    "BlindIndexField",
    "Ciphertext",
    "EncryptedJSONField",
    "EncryptedTextField",
    "encrypted_fields",
]


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A stored value; `is_new` when it was sealed by saving this instance and not read from the database."""

    value: bytes
    is_new: bool = False

    def __str__(self) -> str:
        return "******"


class _Plaintext:
    """The descriptor that opens a stored value at its first use, so that a list pays nothing for unread columns."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if not isinstance(value, Ciphertext):
            return value
        opened = instance.__dict__.setdefault("_opened_texts", {})
        if name not in opened or opened[name][0] is not value:
            opened[name] = (value, self.field.open(instance, value))
        return opened[name][1]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field):
    """Text that is AES-256-GCM in the database, bound to its column and row.

    `context` names the column in the associated data (default: table and column) and never changes. With
    `person_key="…"` (name of a foreign key to PersonKey on the same model) the person's own erasable key encrypts it,
    and after erasure the value reads as `ERASED_TEXT`; select_related that key in lists. Without it, and where the
    foreign key is NULL, the master key does. The row's id has to be known before saving (UUID keys are). `update()`,
    `bulk_update()` and filters on the value are refused: look up by a BlindIndexField.
    """

    description = "encrypted text"
    empty_strings_allowed = True

    def __init__(self, *args: Any, context: str = "", person_key: str = "", **kwargs: Any) -> None:
        self.context = context
        self.person_key = person_key
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.context:
            kwargs["context"] = self.context
        if self.person_key:
            kwargs["person_key"] = self.person_key
        return name, path, list(args), kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Plaintext(self))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Ciphertext) else str(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Ciphertext):
            return value.value
        if value == "":
            return b""  # emptying hides nothing
        raise TypeError(f"{self.name} is encrypted: save the row, and look it up by its blind index")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return None if value is None else connection.Database.Binary(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        sealed = Ciphertext(self.seal(model_instance, str(value)), is_new=True)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is encrypted and is not serialised")

    def formfield(self, **kwargs: Any) -> Any:
        return None  # personal numbers are entered by forms that validate them, never by a generated field

    def seal(self, instance: models.Model, text: str) -> bytes:
        """Encrypt a text for this column of this row; an empty text stays empty."""
        if not text:
            return b""
        associated = self._associated(instance)
        if (key := self._person_key(instance)) is not None:
            return cipher.seal(key.pk, key.data_key(), text.encode(), associated)
        return cipher.seal_by_master(text.encode(), associated)

    def open(self, instance: models.Model, stored: Ciphertext) -> str:
        """Decrypt what this row holds in this column."""
        if not stored.value:
            return ""
        associated = self._associated(instance)
        key = self._person_key(instance)
        if key is not None and cipher.key_id_of(stored.value) == key.pk:
            if key.is_erased:
                return ERASED_TEXT
            return cipher.unseal(key.data_key(), stored.value, associated).decode()
        return cipher.unseal_by_master(stored.value, associated).decode()

    def _person_key(self, instance: models.Model) -> PersonKey | None:
        return getattr(instance, self.person_key) if self.person_key else None

    def _associated(self, instance: models.Model) -> bytes:
        # A history row has a key of its own, unknown before saving, and repeats the id of the row it tells about.
        row = getattr(instance, "id", None) or instance.pk
        if row is None:
            raise ValueError(f"{self.name} is bound to its row, which has no id yet")
        column = self.context or f"{self.model._meta.db_table}.{self.column}"
        return f"{column}|{row}".encode()


class EncryptedJSONField(EncryptedTextField):
    """A JSON object that is one encrypted text in the database; after erasure it reads as an empty object.

    What is read is a copy of one's own: set the attribute to change it.
    """

    description = "encrypted JSON object"

    def seal(self, instance: models.Model, text: str) -> bytes:
        return super().seal(instance, "" if text == "{}" else text)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value("" if value == {} else value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        value = model_instance.__dict__.get(self.attname)
        if not isinstance(value, Ciphertext) and value is not None:
            model_instance.__dict__[self.attname] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return super().pre_save(model_instance, add)

    def open(self, instance: models.Model, stored: Ciphertext) -> Any:
        text = super().open(instance, stored)
        return json.loads(text) if text and text != ERASED_TEXT else {}


class BlindIndexField(models.CharField):
    """HMAC-SHA256 (hex) of a normalised number, for look-up by equality.

    With `source` (name of a field of the same row) it is filled on save; save both fields together. Without it the
    service sets `blind_index(purpose, number)`. An empty source gives "" (or NULL where the column allows it).
    """

    def __init__(self, *args: Any, source: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.source = source
        self.purpose = purpose or source
        kwargs["max_length"] = 64
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        if self.source:
            kwargs.update(source=self.source, purpose=self.purpose)
        return name, path, list(args), kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        kept: str | None = getattr(model_instance, self.attname)
        if not self.source:
            return kept
        stored = model_instance.__dict__.get(self.source)
        if isinstance(stored, Ciphertext) and not stored.is_new and not add:
            return kept  # the source is as it was read
        text = getattr(model_instance, self.source)
        if text == ERASED_TEXT:
            return kept
        empty = None if self.null else ""
        value = cipher.blind_index(self.purpose, text) if text else empty
        setattr(model_instance, self.attname, value)
        return value


def encrypted_fields(model: type[models.Model]) -> Iterable[EncryptedTextField]:
    """The encrypted columns of a model."""
    return (field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField))
