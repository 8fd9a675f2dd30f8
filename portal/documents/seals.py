"""Where the characters of a drawn seal stand; pure. Units are those of a drawing 400 wide, its centre at (200, 200)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

RADIUS: Final = 146
#: Degrees between first and last character of a long name, and at most between two neighbours.
WIDEST: Final = 236.0
STEP: Final = 27.0
STAR: Final = 62.0


@dataclass(frozen=True, slots=True)
class SealCharacter:
    text: str
    angle: str
    size: int
    squeeze: str


def ring(name: str) -> list[SealCharacter]:
    """The characters of a name around the upper ring of a seal, turned by `angle` degrees from the top.

    A long name is set tighter: its characters grow narrower, as engravers do.
    """
    count = len(name)
    step = min(STEP, WIDEST / max(count - 1, 1))
    width = 2 * math.pi * (RADIUS - 12) * step / 360
    size = 42 if count <= 16 else 36
    squeeze = min(1.0, width / (size * 1.02))
    first = -step * (count - 1) / 2
    return [
        SealCharacter(text, f"{first + step * place:.3f}", size, f"{squeeze:.3f}") for place, text in enumerate(name)
    ]


def star() -> str:
    """The points of the five-pointed star."""
    points = []
    for corner in range(10):
        radius = STAR if corner % 2 == 0 else STAR * math.sin(math.pi / 10) / math.sin(3 * math.pi / 10)
        angle = math.radians(36 * corner - 90)
        points.append(f"{200 + radius * math.cos(angle):.2f},{200 + radius * math.sin(angle):.2f}")
    return " ".join(points)
