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
    TERMINATION = "termination", "终止办理告知书"


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
    DocumentKind.TERMINATION: "终",
}

#: The title on paper: of an administrative licence, and of any other item.
TITLES: dict[str, tuple[str, str]] = {
    DocumentKind.RECEIPT: ("申请材料收件凭证", "申请材料收件凭证"),
    DocumentKind.CORRECTION: ("补正材料一次性告知书", "补正材料一次性告知书"),
    DocumentKind.ACCEPTANCE: ("行政许可申请受理通知书", "申请受理通知书"),
    DocumentKind.NOT_REQUIRED: ("行政许可申请不受理告知书", "申请不受理告知书"),
    DocumentKind.NOT_COMPETENT: ("行政许可申请不予受理通知书", "申请不予受理通知书"),
    DocumentKind.SPECIAL_PROCEDURE: ("特别程序告知书", "特别程序告知书"),
    DocumentKind.EXTENSION: ("行政许可延期通知书", "办理期限延长通知书"),
    DocumentKind.GRANT: ("准予行政许可决定书", "准予决定书"),
    DocumentKind.REFUSAL: ("不予行政许可决定书", "不予批准决定书"),
    DocumentKind.SERVICE_RECEIPT: ("送达回证", "送达回证"),
    DocumentKind.TERMINATION: ("行政许可申请终止办理告知书", "申请终止办理告知书"),
}

#: Decisions bear the organ's own seal (行政许可法 39); all other papers the seal of the approval office.
SEAL_PURPOSE = "行政审批专用章"
ORGAN_SEALED = frozenset({DocumentKind.GRANT, DocumentKind.REFUSAL})


def title_of(kind: DocumentKind, *, is_license: bool) -> str:
    """What stands as the title on the paper."""
    return TITLES[kind][0 if is_license else 1]


def seal_of(kind: DocumentKind, issuer: str) -> str:
    """The full name of the seal on the paper."""
    return issuer if kind in ORGAN_SEALED else f"{issuer}{SEAL_PURPOSE}"
