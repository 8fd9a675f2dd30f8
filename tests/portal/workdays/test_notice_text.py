"""Importing a notice from pasted text."""

from collections.abc import Iterable
from datetime import date

import pytest

from portal.workdays.notice_text import NoticeTextError, parse_notice_text
from portal.workdays.notices import DayKind, NoticeDay, shipped_notices

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
"""


def working(days: Iterable[NoticeDay]) -> dict[date, tuple[bool, str]]:
    return {day.date: (day.is_workday, day.name) for day in days}


def test_the_notice_of_2026_as_the_state_council_words_it_gives_the_shipped_days() -> None:
    shipped = next(notice for notice in shipped_notices() if notice.year == 2026)
    assert working(parse_notice_text(2026, NOTICE_2026)) == working(shipped.days)


def test_csv_lines_give_the_same() -> None:
    text = "日期,类型,节日\n2027-01-01,放假,元旦\n2027-01-02,调休,元旦\n2026-12-27,上班,元旦\n"
    days = parse_notice_text(2027, text)
    assert [(str(day.date), day.kind) for day in days] == [
        ("2026-12-27", DayKind.MAKEUP),
        ("2027-01-01", DayKind.HOLIDAY),
        ("2027-01-02", DayKind.REST),
    ]


def test_a_range_over_the_turn_of_the_year() -> None:
    days = parse_notice_text(2023, "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。")
    assert [str(day.date) for day in days] == ["2022-12-31", "2023-01-01", "2023-01-02"]


def test_two_festivals_in_one_line_and_a_single_day() -> None:
    days = parse_notice_text(
        2025,
        "一、元旦：1月1日（周三）放假1天，不调休。\n六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。"
        "9月28日（周日）、10月11日（周六）上班。",
    )
    assert len(days) == 11 and days[0].name == "元旦" and days[-1].kind is DayKind.MAKEUP


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("标题\n2027-02-30,放假,春节", 2, "没有 2027-02-30 这一天"),
        ("2027-02-05,游玩,春节", 1, "类型“游玩”不认识"),
        ("2027-02-05,放假", 1, "三栏"),
        ("2028-02-05,放假,春节", 1, "不属于 2027 年"),
        ("2027-02-05,上班,春节", 1, "本来就是工作日"),
        ("2027-10-01,放假,国庆节\n2027-10-01,放假,国庆节", 2, "出现了两次"),
        ("一、元旦：1月1日（周四）放假，共1天。", 1, "是周五，不是周四"),
        ("一、元旦：1月1日（周五）至3日（周日）放假，共4天。", 1, "共 4 天，日期算出来是 3 天"),
        ("一、元旦：1月3日至1日放假。", 1, "前后颠倒"),
        ("一、元旦：2月30日放假。", 1, "没有2月30日"),
        ("元旦1月1日放假", 1, "认不出这一行"),
        ("没有日子", 1, "没有找到"),
        ("", 1, "没有找到"),
    ],
)
def test_a_faulty_line_is_named_with_what_is_wrong(text: str, line: int, message: str) -> None:
    with pytest.raises(NoticeTextError) as caught:
        parse_notice_text(2027, text)
    assert [problem.line for problem in caught.value.problems] == [line]
    assert message in caught.value.problems[0].message


def test_every_faulty_line_is_told_at_once() -> None:
    with pytest.raises(NoticeTextError) as caught:
        parse_notice_text(2027, "2027-02-30,放假,春节\n2027-10-01,放假,国庆节\n2027-10-02,游玩,国庆节")
    assert [problem.line for problem in caught.value.problems] == [1, 3]
