"""Pure rules of official documents: their numbers and the remedies that must stand on them."""

from __future__ import annotations

import datetime as dt
import hmac
import re
from typing import Final

from portal.documents.kinds import NUMBER_CHARACTER, DocumentKind

RECONSIDERATION_ORGAN: Final = "朔州市人民政府"
#: So many hex digits of the data's hash stand in the QR: 80 bits.
MARK_DIGITS: Final = 20
COURT: Final = "朔州市朔城区人民法院"


def document_number(*, kind: DocumentKind, department_short_name: str, year: int, seq: int) -> str:
    """朔<部门简称>许<字>〔YYYY〕<seq>号 (domain reference 3.4)."""
    return f"朔{department_short_name}许{NUMBER_CHARACTER[kind]}〔{year}〕{seq:04d}号"


def remedies_text(*, reconsideration: str = RECONSIDERATION_ORGAN, court: str = COURT) -> str:
    """REV-6 (行政复议法 20, 行政诉讼法 46): what an applicant can do against a decision, with both periods."""
    return (
        f"如对本决定不服，可以自收到本决定书之日起60日内向{reconsideration}申请行政复议，"
        f"也可以自收到本决定书之日起6个月内向{court}提起行政诉讼。"
    )


def remedies_faults(text: str) -> str | None:
    """What a remedies text lacks, as a sentence; None when it names both ways, both periods, organ and court."""
    compact = re.sub(r"\s", "", text)
    if "复议" not in compact or not re.search(r"60日|六十日", compact):
        return "救济途径要写明60日内可以申请行政复议。"
    if "诉讼" not in compact or not re.search(r"6个月|六个月", compact):
        return "救济途径要写明6个月内可以提起行政诉讼。"
    if not re.search(r"向[^，。；]{2,30}申请(行政)?复议", compact):
        return "救济途径要写明行政复议机关的名称。"
    if not re.search(r"向[^，。；]{2,30}法院提起", compact):
        return "救济途径要写明有管辖权的人民法院的名称。"
    return None


def short_code(code: str) -> str:
    """The twelve characters that a person types: the last of the ULID's random part, 60 bits."""
    return code[-12:]


def is_mark_of(text: str, data_hash: str) -> bool:
    """Whether a QR's mark is the beginning of this hash; a shorter or longer one is not."""
    return len(text) == MARK_DIGITS and hmac.compare_digest(text.lower().encode(), data_hash[:MARK_DIGITS].encode())


def status_on(status: str, valid_until: dt.date | None, today: dt.date) -> str:
    """What a document is worth on a day: a valid one expires after its last day."""
    return "expired" if status == "valid" and valid_until is not None and valid_until < today else status


def grouped(short: str) -> str:
    """7QK4M2XA0412 as 7QK4-M2XA-0412."""
    return "-".join(short[i : i + 4] for i in range(0, len(short), 4))


def typed_code(text: str) -> str:
    """What somebody typed as a code, in one spelling: upper case, no hyphens, and Crockford's look-alikes resolved."""
    halved = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    plain = re.sub(r"[\s\-‐‑–—]", "", halved).upper()
    return plain.translate(str.maketrans("OIL", "011"))
