"""Terms and texts of questions, and who has a task: pure."""

import datetime as dt

import pytest

from applications.duty import stage_task
from applications.permissions import HOLDERS
from portal.accounts.roles import Role
from portal.accounts.rules import answer_due_on
from portal.readings import rules
from portal.workdays.calendar import shipped_calendar


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-23", "2026-12-14"),  # a Monday: three weeks
        ("2026-11-28", "2026-12-18"),  # a Saturday counts from Monday on
        ("2026-09-24", "2026-10-22"),  # 中秋 and 国庆 lie between
    ],
)
def test_an_answer_has_fifteen_working_days_and_the_day_of_asking_does_not_count(asked, due):
    calendar = shipped_calendar()
    found = answer_due_on(calendar, dt.date.fromisoformat(asked))
    assert calendar.count(dt.date.fromisoformat(asked), found) == 15
    assert found.isoformat() == due


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "请填写疑问。"),
        ("   ", "请填写疑问。"),
        ("为何", "疑问至少 5 个字，请补充。"),
        ("字" * 501, "疑问最多 500 个字，现在 501 个，请缩短。"),
        ("为什么看我的件", ""),
    ],
)
def test_a_text_is_neither_empty_nor_short_nor_long(text, fault):
    assert rules.text_fault(text, "疑问", 5, 500) == fault


@pytest.mark.parametrize(
    ("role", "state", "task"),
    [
        (Role.WINDOW_CLERK, "received", "收件、受理"),
        (Role.WINDOW_CLERK, "correcting", "收补正材料"),
        (Role.WINDOW_CLERK, "reviewing", ""),
        (Role.WINDOW_CLERK, "granted", "办结"),
        (Role.WINDOW_CLERK, "concluded", "送达"),
        (Role.REVIEWER, "received", ""),
        (Role.REVIEWER, "reviewing", "审核"),
        (Role.REVIEWER, "granted", ""),
        (Role.APPROVER, "received", ""),
        (Role.APPROVER, "approving", "审批"),
        (Role.APPROVER, "concluded", ""),
        (Role.ORGAN_HEAD, "reviewing", "延期"),
        (Role.ORGAN_HEAD, "received", ""),
        *((role, state, "") for role in (Role.SUPERVISOR, Role.INSPECTOR, Role.CENTRE_MANAGER)
          for state in ("received", "reviewing", "approving", "granted", "concluded", "withdrawn")),
        *((role, "withdrawn", "") for role in (Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER)),
    ],
)  # fmt: skip
def test_a_task_is_what_the_table_of_transitions_lets_a_role_do(role, state, task):
    assert stage_task(state, delivered=False, holds=HOLDERS[role].__contains__) == task


def test_nothing_is_left_to_do_once_the_case_is_delivered():
    assert stage_task("concluded", delivered=True, holds=HOLDERS[Role.WINDOW_CLERK].__contains__) == ""
