"""tsvector and tsquery values from words that the application has cut, without the database's own parser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

#: PostgreSQL keeps positions up to 16383; later words share the last one.
LAST_POSITION = 16_383
#: Longer lexemes say nothing to a reader and PostgreSQL refuses more than 2 KB.
LONGEST_LEXEME = 100


def _quoted(lexeme: str) -> str:
    escaped = lexeme[:LONGEST_LEXEME].replace("\\", "\\\\").replace("'", "''").replace("\0", "")
    return f"'{escaped}'"


def weighted_vector(words: Mapping[str, Iterable[str]]) -> Cast:
    """A tsvector value from words by weight ("A" weighs most, then "B", "C", "D"), in reading order."""
    parts: list[str] = []
    position = 0
    for weight in sorted(words):
        for word in words[weight]:
            if word.strip():
                position += 1
                parts.append(f"{_quoted(word)}:{min(position, LAST_POSITION)}{weight}")
    return Cast(Value(" ".join(parts)), SearchVectorField())


class Lexemes(SearchQuery):
    """A tsquery from quoted lexemes and operators as they stand, for `filter(vector=…)` and ts_rank."""

    template = "(%(expressions)s)::tsquery"

    def __init__(self, value: str, **extra: Any) -> None:
        super().__init__(value, search_type="raw")


def any_of(words: Iterable[str]) -> Lexemes | None:
    """A tsquery that one of the words satisfies; None when there are no words."""
    lexemes = [_quoted(word) for word in words if word.strip()]
    return Lexemes(" | ".join(lexemes)) if lexemes else None


def all_of(words: Iterable[str]) -> Lexemes | None:
    """A tsquery that all of the words satisfy; None when there are no words."""
    lexemes = [_quoted(word) for word in words if word.strip()]
    return Lexemes(" & ".join(lexemes)) if lexemes else None


def beginning_with(word: str) -> Lexemes:
    """A tsquery that any word with this beginning satisfies."""
    return Lexemes(f"{_quoted(word)}:*")
