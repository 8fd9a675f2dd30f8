"""What persons ask about their data, and what became of it (个人信息保护法 44 to 50)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.privacy.fields import EncryptedTextField
from portal.privacy.person_keys import PersonKey
from portal.web.keys import uuid7


class DataRequest(models.Model):
    """One request of a person: correction, closing, erasure. Copies are given at once and need no row."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "更正"
        CLOSING = "closing", "注销账号"
        ERASURE = "erasure", "删除"

    class State(models.TextChoices):
        WAITING = "waiting", "待核实"
        KEPT = "kept", "保存期未满，只保存不使用"
        DONE = "done", "已办理"
        REFUSED = "refused", "不同意"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT: the key is destroyed (erased), its row never.
    key = models.ForeignKey(PersonKey, models.PROTECT, related_name="requests", verbose_name="密钥")
    kind = models.CharField("请求", max_length=12, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State)
    content = EncryptedTextField("内容", person_key="key", blank=True, default="", help_text="规范 JSON")
    answer = EncryptedTextField("答复", person_key="key", blank=True, default="")
    asked_at = models.DateTimeField("提出时间")
    answer_due_on = models.DateField("答复期限")
    run_on = models.DateField("保存期满", null=True, blank=True, help_text="这一天起自动删除")
    closed_at = models.DateTimeField("答复时间", null=True, blank=True)
    # The ids of sign-ins, which live on the floor above.
    asked_by = models.UUIDField("提出人", null=True, blank=True)
    answered_by = models.UUIDField("答复人", null=True, blank=True)

    class Meta:
        app_label = "privacy"
        verbose_name = "个人信息请求"
        verbose_name_plural = verbose_name
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "kind"], condition=Q(state__in=["waiting", "kept"]), name="one_open_request_of_a_kind"
            ),
            models.CheckConstraint(
                condition=(Q(state="kept") & Q(run_on__isnull=False)) | ~Q(state="kept"), name="what_is_kept_has_an_end"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["done", "refused"]) & Q(closed_at__isnull=False))
                | (Q(state__in=["waiting", "kept"]) & Q(closed_at__isnull=True)),
                name="request_closed_exactly_when_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "answer_due_on"], name="request_waiting"),
            models.Index(fields=["run_on"], condition=Q(state="kept"), name="request_runs_out"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.KEPT)
