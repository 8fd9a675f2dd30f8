"""How well an item answers a question: pure scores, so that the order can be tested and explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Words around the matter that say nothing about which item is meant.
FILLER = re.compile(
    r"(怎么样|怎么|怎样|如何|哪里|哪儿|请问|我要|我想|想要|需要|什么|多久|多少天|多少钱|材料|流程|手续"
    r"|一家|一个|一间|一所|可以|能不能|的|了|吗|呢|去|在|要)"
)
_VERB = r"(?:办理|申请|申办|申领|领取|办一下|办个|开个|开办|办|领|开|搞个|弄个)"
LEADING_VERB = re.compile(f"^{_VERB}")
TRAILING_VERB = re.compile(f"{_VERB}$")
#: Words of the administration that half of the catalogue shares: beside a word of substance they decide nothing.
GENERIC = frozenset(
    (
        "许可",
        "许可证",
        "证书",
        "登记",
        "备案",
        "审批",
        "审核",
        "审查",
        "核发",
        "核准",
        "办理",
        "申请",
        "项目",
        "建设",
        "经营",
        "企业",
        "单位",
        "公司",
        "工程",
        "管理",
        "证件",
        "检查",
        "服务",
        "批复",
    )
)
GENERIC_PAIRS = GENERIC | frozenset(["可证", "设项", "营许"])
#: Fewer points are chance, not an answer; so are those far behind the best answer.
ENOUGH = 20.0
FAR_BEHIND = 0.06


@dataclass(frozen=True, slots=True)
class Findable:
    """The text of an item that a question is held against, all normalised."""

    name: str
    keywords: tuple[str, ...]
    tokens: frozenset[str]
    keyword_tokens: frozenset[str]
    bigrams: frozenset[str]
    pinyin: str
    initials: str
    codes: tuple[str, ...]
    #: Pinyin and initials of the keywords.
    keyword_letters: frozenset[str] = frozenset()
    #: The keywords without their verb: 饭店 of 开饭店.
    keyword_cores: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what can be read from it."""

    text: str
    core: str
    tokens: frozenset[str]
    bigrams: frozenset[str]


def core_of(text: str) -> str:
    """The question without filler and without the leading verb; the question itself when nothing is left."""
    stripped = FILLER.sub("", text).strip()
    without_verb = TRAILING_VERB.sub("", LEADING_VERB.sub("", stripped)).strip()
    # One character is no matter of its own: 办职 stays 办职.
    return next((rest for rest in (without_verb, stripped) if len(rest) > 1), text)


def score(question: Question, item: Findable) -> float:
    """Points for an item; 0 means that it does not answer at all.

    Names weigh more than keywords, whole matches more than parts, long words more than short ones.
    """
    code = question.text.upper().replace(" ", "")
    if code in item.codes:
        return 10_000.0
    text, core = question.text, question.core
    points = max(_phrase(text, item), _phrase(core, item) * 0.98)
    tokens = question.tokens - GENERIC or question.tokens
    points += _overlap(tokens, item.tokens, 40) + _overlap(tokens, item.keyword_tokens, 24)
    pairs = question.bigrams - GENERIC_PAIRS or question.bigrams
    if pairs:
        shared = len(pairs & item.bigrams) / len(pairs)
        # One shared pair of a long question is chance, not an answer.
        if shared >= 0.34:
            points += 120 * shared
    points += _latin(text, item)
    if len(code) >= 4 and any(known.startswith(code) for known in item.codes):
        points += 500
    return points


def _phrase(text: str, item: Findable) -> float:
    if not text:
        return 0.0
    name = item.name
    if text == name:
        return 1_000.0
    best = 780.0 if text in item.keyword_cores else 0.0
    if len(text) >= 2:
        # Of two items with the same word, the one that has more to say about it comes first.
        best += 4.0 * sum(text in keyword for keyword in item.keywords)
    for keyword in item.keywords:
        if text == keyword:
            best = max(best, 820.0)
        elif len(text) >= 2 and keyword.startswith(text):
            best = max(best, 420.0 * _closeness(text, keyword) + 60)
        elif len(text) >= 2 and text in keyword:
            best = max(best, 330.0 * _closeness(text, keyword) + 40)
        elif len(keyword) >= 2 and keyword in text:
            best = max(best, 520.0 * _closeness(keyword, text) + 40)
    if name.startswith(text):
        best = max(best, 760.0 * _closeness(text, name) ** 0.25)
    elif text in name:
        best = max(best, 700.0 * _closeness(text, name) ** 0.25)
    elif len(name) >= 4 and name in text:
        best = max(best, 700.0)
    return best


def _closeness(part: str, whole: str) -> float:
    return len(part) / len(whole)


def _overlap(asked: frozenset[str], has: frozenset[str], weight: float) -> float:
    return float(sum(weight * (len(token) - 1) for token in asked & has if len(token) > 1))


def _latin(text: str, item: Findable) -> float:
    letters = letters_of(text)
    if not letters:
        return 0.0
    if letters in (item.pinyin, item.initials):
        return 900.0
    if letters in item.keyword_letters:
        return 600.0
    if len(letters) >= 2 and item.initials.startswith(letters):
        return 500.0
    if len(letters) >= 3 and item.pinyin.startswith(letters):
        return 480.0
    if len(letters) >= 3 and letters in item.initials:
        return 300.0
    if len(letters) >= 4 and letters in item.pinyin:
        return 260.0
    if len(letters) >= 3 and any(known.startswith(letters) for known in item.keyword_letters):
        return 200.0
    return 0.0


def letters_of(text: str) -> str:
    """The question as pinyin would be written, `shi pin` as `shipin`; empty when it is not Latin letters and digits."""
    letters = text.lower().replace(" ", "").replace("'", "")
    return letters if letters.isascii() and letters.isalnum() and not letters.isdigit() else ""


def best(question: Question, items: Sequence[tuple[Findable, int]], limit: int) -> list[tuple[int, float]]:
    """Positions and points of the best items, best first; equal points keep the list's order."""
    scored = [(position, score(question, item)) for item, position in items]
    enough = max([ENOUGH, *(FAR_BEHIND * points for _, points in scored)])
    found = [(position, points) for position, points in scored if points >= enough]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
