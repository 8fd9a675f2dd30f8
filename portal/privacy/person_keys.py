"""The erasable key of a person."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Q

from portal.privacy import cipher
from portal.web.keys import uuid7

#: What the wrapped key of a person is called in its associated data; it never changes.
WRAPPING: Final = "privacy_personkey.wrapped"


class ErasedKey(Exception):
    """The person's key was destroyed at their request; nothing under it can be read or written any more."""


class PersonKey(models.Model):
    """A random data key for one person, wrapped by the master key; destroying it erases the person."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    wrapped = models.BinaryField("加密的数据密钥", null=True, editable=False)
    created_at = models.DateTimeField("建立时间")
    erased_at = models.DateTimeField("销毁时间", null=True, blank=True)
    restricted_at = models.DateTimeField(
        "限制处理时间", null=True, blank=True, help_text="要求删除而保存期未满：只保存，不作他用（个人信息保护法 47）"
    )

    class Meta:
        verbose_name = "个人密钥"
        verbose_name_plural = "个人密钥"
        constraints = [
            models.CheckConstraint(
                name="privacy_wrapped_exactly_until_erased",
                condition=Q(wrapped__isnull=False, erased_at__isnull=True)
                | Q(wrapped__isnull=True, erased_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_erased(self) -> bool:
        return self.wrapped is None

    def data_key(self) -> bytes:
        """The person's 32-byte key; raises ErasedKey after erasure."""
        if self.wrapped is None:
            raise ErasedKey(str(self.pk))
        opened: bytes | None = self.__dict__.get("_data_key")
        if opened is None:
            opened = cipher.unseal_by_master(bytes(self.wrapped), wrapping_context(self.pk))
            self.__dict__["_data_key"] = opened
        return opened


def wrapping_context(key_id: UUID) -> bytes:
    """The associated data under which a person's key is wrapped."""
    return f"{WRAPPING}|{key_id}".encode()
