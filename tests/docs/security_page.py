"""The second half of docs/security.md: each requirement with the tests that bear its section in their names.

A test that proves something of the OWASP ASVS 5.0.0 is called `test_ASVS_6_3_8_…`; one that proves two bears both.
`.venv/bin/python -m tests.docs.security_page` writes the page anew; what stands above MARK is written by hand.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import Final

from tests.docs.import_graph import ROOT

PAGE: Final = ROOT / "docs" / "security.md"
MARK: Final = "<!-- made by tests/docs/security_page.py: do not edit below -->"
Section = tuple[int, int, int]

CHAPTERS: Final = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "Web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    11: "Cryptography",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding",
    16: "Logging and errors",
}
#: What each section asks, in our words and as far as it concerns this portal.
REQUIREMENTS: Final[dict[str, str]] = {
    "1.2.1": "texts are escaped for the place in which they stand",
    "1.2.2": "parts of addresses are encoded, and only plain protocols lead anywhere",
    "1.2.3": "no data is written into a script",
    "1.2.4": "values reach the database as parameters",
    "1.2.5": "no command goes through a shell",
    "1.2.10": "no exported cell is a formula",
    "1.3.2": "nothing is evaluated at run time",
    "1.3.6": "nobody makes the portal call an address of their choice",
    "1.3.7": "no template is made of input",
    "1.3.12": "no regular expression can be kept busy",
    "1.5.1": "XML is read without entities",
    "1.5.2": "nothing dangerous is deserialised",
    "2.2.1": "input is held against what is expected, and refused in words",
    "2.4.1": "too many calls are refused, with the time to come back",
    "3.2.1": "files are not shown as pages of this site",
    "3.3.1": "cookies go over https only",
    "3.3.2": "cookies are not sent along from other sites",
    "3.3.4": "scripts cannot read the session",
    "3.4.1": "transport security is demanded for a year, on every answer",
    "3.4.2": "no other site may read an answer",
    "3.4.3": "every answer has a strict content policy",
    "3.4.4": "no answer's type is guessed",
    "3.4.5": "addresses are not told to other sites",
    "3.4.6": "no page can be framed",
    "3.4.7": "violations of the policy are reported",
    "3.4.8": "no window of another site holds ours",
    "3.5.1": "forged requests from other sites are refused",
    "3.5.3": "reading changes nothing",
    "3.7.2": "redirects lead to no other site",
    "4.1.2": "plain http leads to https",
    "4.1.3": "headers of proxies cannot be invented by callers",
    "5.2.1": "sizes are limited",
    "5.2.2": "contents are what the name says, and are cleaned",
    "5.2.4": "a person uploads so much and no more",
    "5.2.6": "images are limited in pixels",
    "5.3.2": "names of files never become paths",
    "5.4.2": "names of files cannot break their header",
    "5.4.3": "files are scanned for viruses",
    "6.2.3": "a password is changed with the present one",
    "6.2.4": "common passwords are refused",
    "6.3.1": "guessing is stopped, per account and per address",
    "6.3.3": "who approves, supervises or administers has a second factor",
    "6.3.4": "there is no other way in",
    "6.3.7": "the person is told of changes to the sign-in",
    "6.3.8": "nobody learns who is registered",
    "6.4.1": "an initial password is changed at the first sign-in",
    "6.4.4": "a lost factor is reset by two people",
    "6.5.1": "codes work once",
    "6.5.2": "codes and secrets are kept hashed or sealed",
    "6.5.5": "codes end soon",
    "6.6.2": "a code works only where it was asked for",
    "6.6.3": "codes to a phone are limited",
    "7.2.4": "a sign-in begins a new session",
    "7.3.1": "idle sessions end",
    "7.3.2": "every session ends after a time",
    "7.4.1": "an ended session is dead",
    "7.4.2": "closing an account ends its sessions",
    "7.4.3": "a new password ends the other sessions",
    "7.5.2": "people see their sessions and end them",
    "7.5.3": "what cannot be undone wants a recent proof",
    "8.2.1": "functions open to their roles only",
    "8.2.2": "things open to their people only",
    "8.2.3": "a form stores its own fields only",
    "8.3.2": "a right that ends is gone at once",
    "8.4.1": "departments are apart",
    "11.4.2": "passwords are kept by a slow hash",
    "13.4.2": "production shows nothing of development",
    "13.4.5": "figures for operators open to them only",
    "13.4.6": "answers do not say what they are made by",
    "14.2.2": "shared caches keep nothing of a person",
    "14.2.8": "what a picture says of its place is removed",
    "14.3.2": "browsers keep no page behind sign-in",
    "15.2.5": "dangerous work is done in a confined process",
    "15.3.3": "no field is taken that the form does not have",
    "15.3.4": "the caller's address is the true one",
    "16.2.1": "a log line says when, where and what",
    "16.2.5": "secrets and personal data stand in no log",
    "16.4.1": "nobody forges a line of the log",
    "16.5.1": "errors tell nothing of the inside",
    "16.5.2": "it goes on when a server behind it is away",
    "16.5.3": "it fails closed",
    "16.5.4": "every crash is caught and logged",
}


def sections_of(name: str) -> list[Section]:
    """The sections that a test bears in its name."""
    return [(int(a), int(b), int(c)) for a, b, c in re.findall(r"ASVS_(\d+)_(\d+)_(\d+)(?=_)", name)]


def proofs() -> dict[Section, list[tuple[str, str]]]:
    """Each section with its tests: path below the root, and what the test says."""
    found: dict[Section, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = re.sub(r"test_|ASVS_\d+_\d+_\d+_|^11_1_", "", node.name).removeprefix("11_1_")
                for section in sections_of(node.name):
                    found[section].append((str(path.relative_to(ROOT)), words.replace("_", " ")))
    return found


def text_of(section: Section) -> str:
    return ".".join(map(str, section))


def table() -> str:
    """The generated half of the page."""
    known = proofs()
    parts = [MARK, ""]
    for chapter, title in CHAPTERS.items():
        parts += [f"### V{chapter} {title}", "", "| section | what holds | tests |", "|---|---|---|"]
        for section in sorted(each for each in known if each[0] == chapter):
            tests = "<br>".join(f"[{words}](../{path})" for path, words in known[section])
            parts.append(f"| {text_of(section)} | {REQUIREMENTS.get(text_of(section), '?')} | {tests} |")
        parts.append("")
    return "\n".join(parts)


def page() -> str:
    """The whole page: the hand-written half as it stands, the other made anew."""
    return PAGE.read_text("utf-8").partition(MARK)[0] + table()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
