"""Read-only views of the audit schema, whose tables and triggers are made by SQL in the migration."""

import base64
from typing import Any

from django.db import models


class LedgerEvent(models.Model):
    """One event in the chain of its subject."""

    id = models.BigIntegerField("序号", primary_key=True)
    subject = models.UUIDField("对象")
    seq = models.BigIntegerField("链内序号")
    kind = models.TextField("类型")
    key = models.UUIDField("幂等键", null=True)
    canon = models.BinaryField("规范文本")
    body = models.JSONField("内容")
    prev_hash = models.BinaryField("前一哈希")
    hash = models.BinaryField("哈希")
    created = models.DateTimeField("记录时间")
    db_user = models.TextField("数据库用户")

    class Meta:
        managed = False
        db_table = '"audit"."event"'
        verbose_name = "留痕事件"
        verbose_name_plural = "留痕事件"
        ordering = ["subject", "seq"]

    def __str__(self) -> str:
        return f"{self.subject} {self.seq}"

    @property
    def data(self) -> dict[str, Any]:
        """What the writer gave as body."""
        data: dict[str, Any] = self.body["body"]
        return data

    @property
    def at(self) -> str:
        """The business time, ISO 8601 in UTC."""
        return str(self.body["at"])

    @property
    def actor(self) -> str | None:
        """The id of the acting user, None for the system."""
        actor: str | None = self.body["actor"]
        return actor

    @property
    def mark(self) -> str:
        """The short mark that pages show beside an act: the first twelve hex digits of the hash."""
        return bytes(self.hash).hex()[:12]


class ChainHead(models.Model):
    """The last link of each subject's chain."""

    subject = models.UUIDField("对象", primary_key=True)
    seq = models.BigIntegerField("链内序号")
    hash = models.BinaryField("哈希")

    class Meta:
        managed = False
        db_table = '"audit"."chain_head"'
        verbose_name = "链头"
        verbose_name_plural = "链头"

    def __str__(self) -> str:
        return f"{self.subject} {self.seq}"


class TreeHead(models.Model):
    """The signed head of the tree over all events, as it was at one size."""

    size = models.BigIntegerField("事件数", primary_key=True)
    number = models.BigIntegerField("序号", unique=True)
    root = models.BinaryField("根哈希")
    note = models.TextField("签名的树头")
    created = models.DateTimeField("记录时间")

    class Meta:
        managed = False
        db_table = '"audit"."tree_head"'
        verbose_name = "树头"
        verbose_name_plural = "树头"

    def __str__(self) -> str:
        return str(self.size)

    @property
    def root_text(self) -> str:
        """The root as it stands in the note."""
        return base64.b64encode(bytes(self.root)).decode()


class DailyHead(models.Model):
    """The head that is kept for ever for one day (Shanghai, real clock)."""

    day = models.DateField("日期", primary_key=True)
    # The head is never deleted: the tables are append-only.
    head = models.ForeignKey(
        TreeHead, verbose_name="树头", on_delete=models.PROTECT, db_column="size", related_name="days"
    )
    created = models.DateTimeField("记录时间")

    class Meta:
        managed = False
        db_table = '"audit"."daily_head"'
        verbose_name = "每日树头"
        verbose_name_plural = "每日树头"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.head_id}"
