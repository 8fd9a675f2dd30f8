"""Every regular expression of ours against texts that make a bad one run for ever.

The rule is a bound on work, not a speed: each match gets a second of this process's own time, of which a good pattern
needs a thousandth and a bad one, on fifty characters, years.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from typing import Any

from django.core.validators import RegexValidator
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.test_code import TREES, called

#: Flags by name are the last argument of a call; two of them change what a pattern means.
FLAGS = {"IGNORECASE": re.I, "DOTALL": re.S, "MULTILINE": re.M, "VERBOSE": re.X, "ASCII": re.A}
CALLS = frozenset({"re.compile", "re.match", "re.search", "re.fullmatch", "re.sub", "re.split"}) | {
    "re.findall",
    "re.finditer",
}
TEXTS = (
    "a" * 50 + "!",
    "0" * 50 + "!",
    "一" * 50 + "!",
    " " * 50 + "!",
    "-" * 50 + "!",
    "a." * 25 + "!",
    "a@a." * 12 + "!",
    "1月2日" * 12 + "!",
    "x000/" * 12 + "!",
    "（" * 50 + "!",
    "一、" * 25 + "!",
    "县区市州" * 12 + "!",
    "a" * 5000 + "!",
)
PROGRAM = """
import json, re, signal, sys
class TooLong(Exception): pass
def stop(*_): raise TooLong
signal.signal(signal.SIGVTALRM, stop)
patterns, texts = json.load(sys.stdin)
for pattern, flags in patterns:
    compiled = re.compile(pattern, flags)
    for text in texts:
        for act in (compiled.match, compiled.search, compiled.fullmatch, lambda t: compiled.sub("", t)):
            signal.setitimer(signal.ITIMER_VIRTUAL, 1)
            try:
                act(text)
            except TooLong:
                print(json.dumps([pattern, text[:60]]))
                break
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        else:
            continue
        break
"""


def slow(patterns: list[tuple[str, int]], texts: tuple[str, ...] = TEXTS) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps([patterns, texts]), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_the_code() -> list[tuple[str, int]]:
    found = []
    for _path, tree in TREES:
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if called(node) not in CALLS:
                continue
            assert isinstance(node, ast.Call)
            pattern = constants.get(ast.unparse(node.args[0]), getattr(node.args[0], "value", None))
            if isinstance(pattern, bytes):
                pattern = pattern.decode("latin-1")
            if not isinstance(pattern, str):  # put together: those of modules stand compiled in compiled_ones()
                continue
            flags = sum(flag for name, flag in FLAGS.items() if name in ast.unparse(node).rsplit(pattern[-3:], 1)[-1])
            found.append((pattern, int(flags)))
    return found


def compiled_ones() -> list[tuple[str, int]]:
    """What stands compiled in our loaded modules, however it was put together."""
    ours = tuple(f"{path.split('/', maxsplit=1)[0]}." for path, _tree in TREES)
    return [
        (value.pattern, value.flags & ~re.U)
        for name, module in list(sys.modules.items())
        if name.startswith(ours) and module is not None
        for value in vars(module).values()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    ]


def of_addresses(resolver: URLResolver | None = None) -> list[tuple[str, int]]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        found.append((entry.pattern.regex.pattern, 0))
        if isinstance(entry, URLResolver):
            found += of_addresses(entry)
        else:
            assert isinstance(entry, URLPattern)
    return found


def of_forms() -> list[tuple[str, int]]:
    from django import forms

    def below(cls: type) -> list[type]:
        return [cls, *(deeper for each in cls.__subclasses__() for deeper in below(each))]

    return [
        (validator.regex.pattern, 0)
        for form in below(forms.BaseForm)
        for field in getattr(form, "base_fields", {}).values()
        for validator in field.validators
        if isinstance(validator, RegexValidator) and isinstance(validator.regex.pattern, str)
    ]


def test_ASVS_1_3_12_no_pattern_runs_for_ever() -> None:
    patterns = sorted({*of_the_code(), *compiled_ones(), *of_addresses(), *of_forms()})
    assert len(patterns) > 60
    assert slow(patterns) == []


def test_the_bound_catches_a_bad_pattern() -> None:
    assert slow([(r"^(a+)+$", 0)], TEXTS[:1])
