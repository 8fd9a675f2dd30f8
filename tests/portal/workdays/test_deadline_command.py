"""`manage.py deadline` as a program: streams, exit status, files."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal.workdays import deadline
from portal.workdays.calendar import shipped_calendar
from portal.workdays.jsonlines import Question, read_question, write_question
from portal.workdays.notices import shipped_notices, write_notices
from portal.workdays.terms import ClockError, Limit, Rule, Unit
from tests.portal.workdays.cases import accepted, instant
from tests.portal.workdays.lines import accepted as accepted_lines
from tests.portal.workdays.lines import line

GOOD = json.dumps(line(*accepted_lines("2026-09-30"), as_of="2026-09-30", promised=1)).encode() + b"\n"


def run(
    arguments: list[str], given: bytes, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, bytes, bytes]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    status = deadline.main(arguments)
    out, err = capfdbinary.readouterr()
    return status, out, err


def test_good_lines_exit_0(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, err = run([], GOOD + b"\n" + GOOD.strip(), capfdbinary, monkeypatch)
    assert (status, out.count(b"\n"), err) == (0, 2, b"")
    assert json.loads(out.splitlines()[0])["promised_due_on"] == "2026-10-08"


def test_a_wrong_line_exits_1_and_the_others_are_answered(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(["-"], GOOD + b"\xff\n" + GOOD, capfdbinary, monkeypatch)
    answers = [json.loads(each) for each in out.splitlines()]
    assert status == 1 and ["error" in each for each in answers] == [False, True, False]


def test_a_file_and_another_calendar(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, calendar = tmp_path / "q.jsonl", tmp_path / "c.json"
    questions.write_bytes(GOOD)
    calendar.write_text(write_notices(each for each in shipped_notices() if each.year != 2026), encoding="utf-8")
    status, out, _ = run([str(questions), "--calendar", str(calendar)], b"", capfdbinary, monkeypatch)
    read = json.loads(out)
    assert status == 0 and (read["promised_due_on"], read["provisional"]) == ("2026-10-05", True)


@pytest.mark.parametrize("content", [None, b"nonsense", b"[]", b"\xff"])
def test_a_missing_or_broken_calendar_is_one_sentence(
    content: bytes | None, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "c.json"
    if content is not None:
        file.write_bytes(content)
    status, out, err = run(["--calendar", str(file)], GOOD, capfdbinary, monkeypatch)
    assert status == 1 and out == b"" and err.decode().count("\n") == 1


def test_a_missing_file_is_one_sentence(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, err = run([str(tmp_path / "none")], b"", capfdbinary, monkeypatch)
    assert status == 1 and "读不到" in err.decode()


def test_the_clock_is_read_without_django_and_without_the_library_of_the_data() -> None:
    code = (
        "import sys; from portal.workdays.deadline import main; status = main([]); "
        "heavy = {'django', 'chinese_calendar', 'psycopg2'} & set(sys.modules); sys.exit(status or bool(heavy) * 3)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=GOOD, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"") and b"2026-10-08" in done.stdout


def test_a_question_is_written_as_it_is_read() -> None:
    document = json.loads(GOOD) | {"extra_procedures": ["site_visit"]}
    document["events"] += [
        {"type": "paused", "at": "2026-10-08T10:00:00+08:00", "procedure": "site_visit", "until": "2026-10-10"},
        {"type": "resumed", "at": "2026-10-09T10:00:00+08:00"},
        {"type": "extended", "at": "2026-10-09T10:00:00+08:00", "n": 2},
    ]
    assert write_question(read_question(document)) == document


@pytest.mark.parametrize(
    "rule", [Rule(Limit(1)), Rule(Limit(1, Unit.MONTH), Limit(2, Unit.MONTH)), Rule(None, Limit(1), immediate=True)]
)
def test_a_rule_outside_the_contract_is_not_written(rule: Rule) -> None:

    with pytest.raises(ClockError):
        write_question(Question("a", rule, accepted("2026-03-02"), instant("2026-03-02")))


def test_one_due_date_costs_a_few_microseconds() -> None:
    from timeit import repeat

    from portal.workdays.counting import due_date

    calendar, limit, day = shipped_calendar(), Limit(20), instant("2026-09-18").date()
    best = min(repeat(lambda: due_date(calendar, day, limit), number=2000, repeat=5)) / 2000
    assert best < 50e-6  # the goal is 5; a busy machine is not a fault
