"""How long, how many words, and why: what the services hold readings and questions to."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Final

#: A stated reason opens the case for this long; then it is asked again.
OPEN_FOR: Final = dt.timedelta(hours=2)
SHORTEST_REASON, LONGEST_REASON = 5, 200
SHORTEST_QUESTION, LONGEST_QUESTION = 5, 500
SHORTEST_ANSWER, LONGEST_ANSWER = 10, 1000


def text_fault(text: str, what: str, shortest: int, longest: int) -> str:
    """What is wrong with a written text; "" when nothing is."""
    length = len(text.strip())
    # Blanks, signs and what nobody sees say nothing: letters and figures count.
    said = sum(unicodedata.category(character)[0] in "LN" for character in text)
    if said == 0:
        return f"请填写{what}。"
    if said < shortest:
        return f"{what}至少 {shortest} 个字，请补充。"
    if length > longest:
        return f"{what}最多 {longest} 个字，现在 {length} 个，请缩短。"
    return ""
