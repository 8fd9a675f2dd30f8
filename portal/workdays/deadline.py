"""The command `deadline` without Django: JSON lines in, JSON lines out (contracts.md section 1).

`manage.py` may call `main` before it sets Django up; the management command does the same with Django's parser.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from portal.workdays.calendar import WorkdayCalendar, shipped_calendar
from portal.workdays.jsonlines import answer_lines
from portal.workdays.notices import NoticeError, read_file

HELP = "Read clocks as JSON lines and say where their time limits stand. Needs no database and no server."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines; standard input when left out or -")
    parser.add_argument("--calendar", type=Path, help="an export of a calendar table instead of the shipped notices")


def answer(source: BinaryIO, target: BinaryIO, calendar: WorkdayCalendar) -> bool:
    """Answer every line at once; False when one of them was wrong."""
    good = True
    for line, right in answer_lines(source, calendar):
        good &= right
        target.write(line + b"\n")
        target.flush()
    return good


def run(file: Path | None, calendar_file: Path | None) -> int:
    """Answer the file or standard input on standard output; the exit status."""
    try:
        calendar = WorkdayCalendar(read_file(calendar_file)) if calendar_file else shipped_calendar()
        if file is None or str(file) == "-":
            return 0 if answer(sys.stdin.buffer, sys.stdout.buffer, calendar) else 1
        with file.open("rb") as source:
            return 0 if answer(source, sys.stdout.buffer, calendar) else 1
    except BrokenPipeError:
        # The reader has gone. What Python still flushes at the end must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except NoticeError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"读不到 {file}：{error.strerror}。\n")
    return 1


def main(arguments: Sequence[str]) -> int:
    """The command by itself; the exit status."""
    parser = argparse.ArgumentParser(prog="manage.py deadline", description=HELP)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    return run(options.file, options.calendar)
