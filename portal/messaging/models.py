"""Messages: an inbox on the portal; e-mail goes out by the outbox."""

from __future__ import annotations

from django.db import models

from portal.accounts.models import User
from portal.web.keys import uuid7


class Message(models.Model):
    """A message in somebody's inbox; the same key never twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="messages", verbose_name="收件人")
    key = models.CharField("幂等键", max_length=200, unique=True)
    kind = models.CharField("种类", max_length=40, help_text="templates/messages/ 中的模板名")
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = verbose_name
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="message_by_user"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.title
