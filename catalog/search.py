"""The public search for items: by word, part of a word, pinyin, initials or code. One function for page and shell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, FilteredRelation, FloatField, Func, Q, Value
from django.db.models.functions import Cast

from catalog.models import ItemEdition, ItemSearch
from catalog.queries import editions_in_force
from catalog.ranking import Findable, Question, best, core_of, letters_of
from portal.search import text
from portal.search.vectors import any_of, beginning_with

#: So many candidates are weighed; more than a reader will look through, few enough for every request.
CANDIDATES = 200
MAX_QUESTION = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that answers, with its points."""

    edition: ItemEdition
    points: float


@dataclass(frozen=True, slots=True)
class Results:
    """The best answers, and how many there are (at most `CANDIDATES`; `capped` when there may be more)."""

    question: str
    hits: tuple[Hit, ...]
    count: int
    capped: bool
    terms: tuple[str, ...]


def find_items(question: str, *, on: dt.date, limit: int = 10, audience: str = "") -> Results:
    """The items that answer a question, best first (2 queries).

    Words, parts of words, pinyin (`shipinjingying`), initials (`spjyxk`) and codes are understood; a question longer
    than 100 characters is cut.
    """
    asked = text.normalise(question)[:MAX_QUESTION].strip()
    if not asked:
        return Results(question=question, hits=(), count=0, capped=False, terms=())
    core = core_of(asked)
    parsed = Question(
        text=asked,
        core=core,
        tokens=frozenset(text.tokens(asked)) | frozenset(text.tokens(core)),
        bigrams=frozenset(text.bigrams(core)),
    )
    rows = _candidates(parsed, on, audience)
    ranked = best(parsed, [(_findable(row), i) for i, row in enumerate(rows[:CANDIDATES])], CANDIDATES)
    chosen = [(rows[position], points) for position, points in ranked[:limit]]
    ids = [row["item_id"] for row, _ in chosen]
    editions = {edition.item_id: edition for edition in editions_in_force(on).filter(item_id__in=ids)}
    hits = tuple(
        Hit(edition=editions[row["item_id"]], points=points) for row, points in chosen if row["item_id"] in editions
    )
    terms = tuple(sorted({core, *(t for t in parsed.tokens if len(t) > 1)}, key=len, reverse=True))
    return Results(question=question, hits=hits, count=len(ranked), capped=len(rows) > CANDIDATES, terms=terms)


def _candidates(question: Question, on: dt.date, audience: str) -> Sequence[Mapping[str, Any]]:
    """A row for each item that may answer, with the edition of the day: an item has one, whatever came before it."""
    bigrams = sorted(question.bigrams)
    matches = Q(bigrams__overlap=bigrams) if bigrams else Q(pk__isnull=True)
    query = any_of(sorted(question.tokens))
    if query is not None:
        matches |= Q(vector=query)
    letters = letters_of(question.text)
    if letters:
        matches |= Q(initials__contains=letters) | Q(pinyin__contains=letters)
        if len(letters) > 1:
            matches |= Q(vector=beginning_with(letters))
    code = question.text.upper().replace(" ", "")
    if code.isascii() and code.isalnum():
        matches |= Q(item__basic_code__startswith=code) | Q(item__implementation_code__startswith=code)
    if len(question.text) == 1:
        matches |= Q(edition__name__contains=question.text)
    of_the_day = Q(item__editions__effective_from__lte=on) & (
        Q(item__editions__effective_until=None) | Q(item__editions__effective_until__gt=on)
    )
    rows = ItemSearch.objects.alias(edition=FilteredRelation("item__editions", condition=of_the_day)).filter(
        matches, item__status="in_force", edition__isnull=False
    )
    if audience == "person":
        rows = rows.filter(edition__service_objects__overlap=["1"])
    elif audience == "firm":
        rows = rows.filter(edition__service_objects__overlap=["2", "3", "4", "5", "6"])
    nearness = (
        Cast(Func(F("name_vector"), query, function="ts_rank"), FloatField()) if query is not None else Value(0.0)
    )
    return list(
        rows.annotate(nearness=nearness)
        .order_by("-nearness", "item__number", "item__basic_code")
        .values(
            "item_id",
            "pinyin",
            "initials",
            "synonyms",
            "item__basic_code",
            "item__implementation_code",
            edition_name=F("edition__name"),
            edition_keywords=F("edition__keywords"),
        )[: CANDIDATES + 1]
    )


def _findable(row: Mapping[str, Any]) -> Findable:
    return _prepared(
        row["edition_name"],
        (*row["edition_keywords"], *row["synonyms"]),
        row["pinyin"],
        row["initials"],
        (row["item__basic_code"], row["item__implementation_code"]),
    )


@lru_cache(maxsize=8192)
def _prepared(name: str, keywords: tuple[str, ...], pinyin: str, initials: str, codes: tuple[str, ...]) -> Findable:
    normal_keywords = tuple(text.normalise(keyword) for keyword in keywords)
    normal_name = text.normalise(name)
    return Findable(
        name=normal_name,
        keywords=normal_keywords,
        tokens=frozenset(text.tokens(normal_name)),
        keyword_tokens=frozenset(token for keyword in normal_keywords for token in text.tokens(keyword)),
        bigrams=frozenset(text.bigrams(" ".join([normal_name, *normal_keywords]))),
        pinyin=pinyin,
        initials=initials,
        codes=codes,
        keyword_letters=frozenset(text.letters(normal_keywords)),
        keyword_cores=frozenset(core_of(keyword) for keyword in normal_keywords),
    )
