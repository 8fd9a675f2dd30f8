"""Invented people, firms and addresses: common names, valid numbers, all of them out of one seeded generator."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any, Final

from portal.privacy.identifiers import (
    credit_check_character,
    identity_check_character,
    organisation_check_character,
)
from portal.web import yaml_files

_DATA: Final[dict[str, Any]] = yaml_files.read(Path(__file__).parent / "data" / "words.yaml")


def _words(name: str) -> tuple[str, ...]:
    return tuple(_DATA[name])


SURNAMES: Final = _words("surnames")
GIVEN_FEMALE: Final = _words("given_female")
GIVEN_MALE: Final = _words("given_male")
# District codes of Shuozhou with their births before 2018 (140624 Huairen became a city afterwards).
REGIONS: Final = ("140602", "140603", "140621", "140622", "140623", "140624")
DISTRICTS: Final = ("朔城区", "平鲁区", "山阴县", "应县", "右玉县", "怀仁市")
STREETS: Final = _words("streets")
FIRM_WORDS: Final = _words("firm_words")
FIRM_TRADES: Final = _words("firm_trades")
PROJECTS: Final = _words("projects")
SHOP_SCOPES: Final = _words("shop_scopes")


class Names:
    """Draws from one generator; nothing is given twice where it has to be unique."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._people: set[str] = set()
        self._firms: set[str] = set()
        self._numbers = 0
        self._codes = 0
        self._phones = 1000

    def person(self) -> str:
        """A name that nobody else in the city has."""
        while True:
            female = self.rng.random() < 0.5
            given = self.rng.choice(GIVEN_FEMALE if female else GIVEN_MALE)
            name = self.rng.choice(SURNAMES) + given
            if name not in self._people:
                self._people.add(name)
                return name

    def reserve(self, name: str) -> None:
        """Keep a name out of the draw."""
        self._people.add(name)

    def firm(self) -> str:
        while True:
            name = f"朔州{self.rng.choice(FIRM_WORDS)}{self.rng.choice(FIRM_TRADES)}（演示）"
            if name not in self._firms:
                self._firms.add(name)
                return name

    def identity_number(self) -> str:
        """A region code of the city, a birthday of an adult, a running number, the check character."""
        self._numbers += 1
        day = dt.date(1955, 1, 1) + dt.timedelta(days=self.rng.randrange(16_000))
        body = f"{self.rng.choice(REGIONS)}{day:%Y%m%d}{self._numbers % 1000:03d}"
        return body + identity_check_character(body)

    def credit_code(self) -> str:
        """A code of an enterprise registered in the city, with both check characters."""
        self._codes += 1
        organisation = f"MA9Y{self._codes:04d}"
        body = "91140600" + organisation + organisation_check_character(organisation)
        return body + credit_check_character(body)

    def phone(self) -> str:
        """A number out of a range that is not in use."""
        return f"1990349{self._next_phone():04d}"

    def _next_phone(self) -> int:
        self._phones += 1
        return self._phones

    def address(self) -> str:
        district = self.rng.choice(DISTRICTS)
        return f"{district}{self.rng.choice(STREETS)}{self.rng.randrange(1, 260)}号"
