"""The material check of the intake page: one row per material, everything typed is kept whatever is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from applications.models import CaseMaterial

CONCLUSIONS: Final = (
    ("complete", "齐全", ""),
    ("incomplete", "要补", "wait"),
    ("not_applicable", "不适用", ""),
)
#: 常用语: what clerks write most, by a word in the material's name; the last group is for every material.
PHRASES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("图", ("图上没有标明面积，请补标。", "图上没有标明分区，请补标。", "比例不清，请注明比例尺。")),
    ("证", ("证件已过期，请换有效的。", "复印件不清楚，请重新复印。")),
    ("照", ("证照已过期，请换有效的。", "复印件不清楚，请重新复印。")),
    ("合同", ("合同没有双方签章，请补签章。", "合同缺页，请补齐。")),
    ("申请", ("申请书没有签名，请补签。", "申请书有空项，请填完整。")),
    ("", ("缺签章，请加盖公章。", "缺原件，请带原件核对。", "份数不够，请补交 1 份。")),
)
MOST: Final = 999


def phrases_for(name: str) -> list[str]:
    """At most five ready sentences for a material."""
    found = [sentence for word, sentences in PHRASES if word and word in name for sentence in sentences]
    return [*found, *PHRASES[-1][1]][:4]


@dataclass
class CheckRow:
    """A material with what the clerk says of it: stored, or just typed."""

    material: CaseMaterial
    requirement: str
    conclusion: str
    remark: str
    original_seen: bool
    originals: int
    copies: int
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"m{self.material.pk.hex}"

    @property
    def options(self) -> list[dict[str, Any]]:
        return [
            {
                "value": value,
                "label": label,
                "checked": self.conclusion == value,
                "tone": tone,
                "reveals": value == "incomplete",
            }
            for value, label, tone in CONCLUSIONS
        ]

    @property
    def phrases(self) -> list[str]:
        return phrases_for(self.material.name)

    @property
    def wants_original(self) -> bool:
        requirement = self.material.requirement
        return requirement is None or requirement.form != "electronic"

    @property
    def shows_originals(self) -> bool:
        requirement = self.material.requirement
        return requirement is not None and requirement.originals > 0

    @property
    def shows_copies(self) -> bool:
        """Something is always counted: copies where the edition asks for nothing else."""
        requirement = self.material.requirement
        return requirement is None or requirement.copies > 0 or not self.shows_originals

    @property
    def file_count(self) -> int:
        return len(self.material.files.all())

    @property
    def mark(self) -> str:
        """A short digest of what is stored."""
        m = self.material
        stored = [m.conclusion, m.remark, m.original_seen, m.originals_received, m.copies_received]
        return hashlib.sha256(json.dumps(stored).encode()).hexdigest()[:12]

    @property
    def is_changed(self) -> bool:
        stored = self.material
        return (self.conclusion, self.remark, self.original_seen, self.originals, self.copies) != (
            stored.conclusion,
            stored.remark,
            stored.original_seen,
            stored.originals_received,
            stored.copies_received,
        )


def is_overtaken(rows: Sequence[CheckRow], basis: str) -> bool:
    """Whether the form would save over what somebody else has stored since; its own repetition does not."""
    marks = dict(mark.partition("-")[::2] for mark in basis.split(".") if mark)
    return any(row.is_changed and marks.get(row.prefix, row.mark) != row.mark for row in rows)


def basis_of(rows: Sequence[CheckRow]) -> str:
    """What is stored of each row, as marks that the form sends back."""
    return ".".join(f"{row.prefix}-{row.mark}" for row in rows)


def stored_rows(materials: Sequence[CaseMaterial], words: Mapping[Any, str]) -> list[CheckRow]:
    """What has been saved."""
    return [
        CheckRow(
            material=material,
            requirement=words[material.pk],
            conclusion=material.conclusion,
            remark=material.remark,
            original_seen=material.original_seen,
            originals=material.originals_received,
            copies=material.copies_received,
        )
        for material in materials
    ]


def typed_rows(materials: Sequence[CaseMaterial], words: Mapping[Any, str], data: Mapping[str, str]) -> list[CheckRow]:
    """What the form says, each fault at its row."""
    rows = stored_rows(materials, words)
    for row in rows:
        conclusion = data.get(f"{row.prefix}-conclusion", "")
        row.conclusion = conclusion if conclusion in CaseMaterial.Conclusion.values else CaseMaterial.Conclusion.PENDING
        row.remark = data.get(f"{row.prefix}-remark", "").replace("\0", "").replace("\r\n", "\n").strip()
        row.original_seen = bool(data.get(f"{row.prefix}-seen"))
        row.originals = _counted(row, "originals", row.originals, data)
        row.copies = _counted(row, "copies", row.copies, data)
        if row.conclusion == CaseMaterial.Conclusion.INCOMPLETE and not row.remark:
            row.errors["remark"] = f"请写明“{row.material.name}”要补什么、怎么补。"
        if len(row.remark) > 1000:
            row.errors["remark"] = f"“{row.material.name}”要补什么最多 1000 字，现在是 {len(row.remark)} 字。"
        if row.conclusion != CaseMaterial.Conclusion.INCOMPLETE:
            # What was typed before is of no use any more once the material is complete.
            row.remark = "" if row.conclusion == CaseMaterial.Conclusion.COMPLETE else row.remark
    return rows


def _counted(row: CheckRow, name: str, stored: int, data: Mapping[str, str]) -> int:
    written = data.get(f"{row.prefix}-{name}")
    if written is None:
        return stored
    count = _count(written)
    if count is None:
        row.errors[name] = f"“{row.material.name}”收到份数要填 0 到 {MOST} 的整数。"
        return stored
    return count


def _count(written: str) -> int | None:
    text = written.strip() or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        return None
    return int(text) if int(text) <= MOST else None
