"""The explanation as the pictures show it: 05-why-this-day and 08-reviewer-case."""

from datetime import date

from portal.workdays.clock_strip import strip
from portal.workdays.explanation import bases, figures, remaining_text, sentences, short_name
from portal.workdays.month_grid import Cell, CellState, months
from portal.workdays.reading import ClockReading
from portal.workdays.terms import Limit, Rule, Unit
from tests.portal.workdays.cases import accepted, event, paused, read

PICTURE = read(
    *accepted("2026-09-24", "2026-09-28"),
    paused("2026-10-16", "2026-11-30"),
    event("resumed", "2026-11-06"),
    as_of="2026-11-23",
    rule=Rule(Limit(25), Limit(45)),
)
STAFF = read(*accepted("2026-11-11", "2026-11-12"), as_of="2026-11-23")


def cell(found: ClockReading, when: str) -> Cell:
    day = date.fromisoformat(when)
    return next(each for month in months(found) for week in month.weeks for each in week if each and each.date == day)


def test_the_five_sentences_of_the_picture() -> None:
    assert [(each.lead, each.rest) for each in sentences(PICTURE)] == [
        ("9月28日受理。", "当天不算，从 9月29日算第 1 天。"),
        ("国庆 7 天不算。", "10月10日（周六）调休上班，算第 5 天。"),
        ("10月16日专家评审开始。", "10月17日到 11月6日不算。"),
        ("11月6日专家评审结束。", "11月9日接着算第 11 天。"),
        ("11月27日是第 25 天，", "承诺到期。"),
    ]
    assert sentences(PICTURE)[2].pause is PICTURE.pauses[0]


def test_the_figures_of_the_picture() -> None:
    assert [(each.label, each.value, each.detail) for each in figures(PICTURE)] == [
        ("承诺到期", "11月27日（周五）", "25 个工作日，已用 21，还剩 4"),
        ("法定到期", "12月25日（周五）", "45 个工作日"),
        ("暂停", "15 个工作日", "专家评审，到期日顺延"),
    ]


def test_the_months_of_the_picture() -> None:
    found = months(PICTURE)
    assert [(month.title, month.counted) for month in found] == [("9月", 2), ("10月", 8), ("11月", 16), ("12月", 19)]
    assert [len(month.weeks) for month in found] == [2, 5, 6, 5]
    assert all(len(week) == 7 for month in found for week in month.weeks)
    assert found[1].weeks[0][:3] == (None, None, None)


def test_every_kind_of_cell_of_the_picture_has_its_word() -> None:
    expected = {
        "2026-09-21": (CellState.OUTSIDE, ()),
        "2026-09-24": (CellState.OUTSIDE, ("收件",)),
        "2026-09-25": (CellState.OUTSIDE, ("中秋",)),
        "2026-09-28": (CellState.ACCEPTED, ("受理",)),
        "2026-09-29": (CellState.USED, ("第1天",)),
        "2026-10-04": (CellState.HOLIDAY, ("国庆",)),
        "2026-10-10": (CellState.USED, ("第5天",)),
        "2026-10-11": (CellState.WEEKEND, ("休",)),
        "2026-10-18": (CellState.PAUSED, ("停",)),
        "2026-11-23": (CellState.USED, ("第21天", "今天")),
        "2026-11-24": (CellState.AHEAD, ("第22天",)),
        "2026-11-27": (CellState.AHEAD, ("第25天", "承诺")),
        "2026-12-25": (CellState.AHEAD, ("第45天", "法定")),
        "2026-12-26": (CellState.OUTSIDE, ()),
    }
    assert {when: (cell(PICTURE, when).state, cell(PICTURE, when).words) for when in expected} == expected
    assert cell(PICTURE, "2026-10-10").label == "10月10日（周六），第5天，调休上班"
    assert cell(PICTURE, "2026-11-27").is_promised_due and cell(PICTURE, "2026-12-25").is_statutory_due


def test_the_strip_of_the_picture() -> None:
    cells = strip(STAFF)
    assert " ".join(each.short for each in cells) == "11/13 16 17 18 19 20 23 24 25 26 27 30 12/1 2 3 4 7 8 9 10"
    assert [each.state.value for each in cells] == ["used"] * 6 + ["today"] + ["ahead"] * 13
    assert {each.short: each.marks for each in cells if each.marks} == {
        "23": ("今天",),
        "26": ("承诺到期",),
        "10": ("法定到期",),
    }
    assert remaining_text(STAFF) == "剩 3 个工作日"
    assert cells[6].label == "11月23日（周一），今天"


def test_the_strip_shows_pauses_and_goes_on_when_overdue_but_never_without_end() -> None:
    assert [each.state.value for each in strip(PICTURE)].count("paused") == 15
    late = read(*accepted("2026-03-02"), as_of="2026-09-01")
    cells = strip(late)
    assert len(cells) == 60 and any(each.is_today for each in cells)
    assert remaining_text(late) == "超 117 个工作日"


def test_nothing_runs_before_acceptance_and_the_sentence_says_by_when_an_answer_is_due() -> None:
    pending = read(event("received", "2026-09-28"), as_of="2026-09-29")
    assert [str(each) for each in sentences(pending)] == [
        "9月28日收件。最迟 10月10日（周六）答复是否受理；5 个工作日内不答复，视为当天受理。"
    ]
    assert months(pending) == strip(pending) == figures(pending) == () and remaining_text(pending) == ""
    asked = read(event("received", "2026-09-28"), event("correction_asked", "2026-09-29"), as_of="2026-09-29")
    assert "等申请人补正" in str(sentences(asked)[0])
    withdrawn = read(event("received", "2026-09-28"), event("withdrawn", "2026-09-29"), as_of="2026-09-29")
    assert "9月29日撤回" in str(sentences(withdrawn)[0])


def test_ACC_5_deemed_acceptance_is_explained_with_its_article() -> None:
    deemed = read(event("received", "2026-03-02"), as_of="2026-03-10")
    assert sentences(deemed)[0].lead == "3月2日视为受理。"
    assert "第三十二条" in bases(deemed)[0]
    assert cell(deemed, "2026-03-02").words == ("视为受理",)


def test_an_extension_a_running_pause_and_a_provisional_year_are_told() -> None:
    found = read(
        *accepted("2026-11-23"),
        event("extended", "2026-12-01", n=5),
        paused("2026-12-02", "2026-12-31"),
        as_of="2026-12-03",
    )
    texts = [str(each) for each in sentences(found)]
    assert "12月1日延期 5 个工作日。承诺和法定两个到期日一起后移。" in texts
    assert "专家评审最迟 12月31日结束。1月4日接着算第 8 天。" in texts
    assert texts[-1] == "2027年的放假通知还没有发布，那一年按法定节假日推算，日期可能会变。"
    assert remaining_text(found) == "暂停中"
    assert any("第四十二条" in each for each in bases(found)) and any("第四十五条" in each for each in bases(found))
    assert figures(found)[0].detail == "10 + 5 个工作日，已用 7，还剩 8"
    assert [month.title for month in months(found)][:3] == ["11月", "12月", "2027年1月"]


def test_calendar_days_that_move_are_explained() -> None:
    found = read(*accepted("2026-03-02"), as_of="2026-03-02", rule=Rule(Limit(5, Unit.CALENDAR_DAY)))
    assert [str(each) for each in sentences(found)][1:] == [
        "每一天都算。期限不按工作日，周末和节假日也计算在内。",
        "第 5 天是 3月7日（周六），不是工作日，顺延到 3月9日（周一），承诺到期。",
    ]
    assert "第二百零三条" in bases(found)[0]


def test_an_immediate_case_has_one_sentence() -> None:
    found = read(*accepted("2026-03-06"), as_of="2026-03-06", rule=Rule(None, immediate=True))
    assert [str(each) for each in sentences(found)] == ["3月6日受理。即办事项，当天到期。"]
    assert [each.short for each in strip(found)] == ["3/6"]
    assert remaining_text(found) == "当天到期"


def test_a_decided_case_shows_its_decision_and_no_today() -> None:
    found = read(*accepted("2026-03-02"), event("decided", "2026-03-05"), as_of="2026-03-09")
    assert cell(found, "2026-03-05").words == ("第3天", "决定")
    assert cell(found, "2026-03-09").words == ("第5天",)
    assert cell(found, "2026-03-06").state is CellState.AHEAD
    assert remaining_text(found) == ""


def test_holiday_names_fit_a_cell() -> None:
    assert [short_name(name) for name in ("元旦", "春节", "清明节", "劳动节", "国庆节", "国庆节、中秋节")] == [
        "元旦",
        "春节",
        "清明",
        "五一",
        "国庆",
        "国庆",
    ]
