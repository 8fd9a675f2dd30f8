"""Kinds of official documents and the character (字) that stands in their number (domain reference 3.3, 3.4)."""

from __future__ import annotations

from django.db import models


class DocumentKind(models.TextChoices):
    RECEIPT = "receipt", "收件凭证"
    CORRECTION = "correction", "补正材料一次性告知书"
    ACCEPTANCE = "acceptance", "受理通知书"
    NOT_REQUIRED = "not_required", "不受理告知书"
    NOT_COMPETENT = "not_competent", "不予受理通知书"
    SPECIAL_PROCEDURE = "special_procedure", "特别程序告知书"
    EXTENSION = "extension", "延期通知书"
    GRANT = "grant", "准予行政许可决定书"
    REFUSAL = "refusal", "不予行政许可决定书"
    SERVICE_RECEIPT = "service_receipt", "送达回证"


#: 朔<部门简称>许<字>〔YYYY〕<seq>号
NUMBER_CHARACTER: dict[str, str] = {
    DocumentKind.RECEIPT: "收",
    DocumentKind.CORRECTION: "补",
    DocumentKind.ACCEPTANCE: "受",
    DocumentKind.NOT_REQUIRED: "无",
    DocumentKind.NOT_COMPETENT: "不受",
    DocumentKind.SPECIAL_PROCEDURE: "特",
    DocumentKind.EXTENSION: "延",
    DocumentKind.GRANT: "准",
    DocumentKind.REFUSAL: "不准",
    DocumentKind.SERVICE_RECEIPT: "达",
}
