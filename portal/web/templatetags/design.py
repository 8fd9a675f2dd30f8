"""What the sheet of tokens and components shows: `{% load design %}`. Fictitious."""

from typing import Any

from django import forms, template

register = template.Library()


class _PhoneForm(forms.Form):
    use_required_attribute = False
    phone = forms.CharField(label="联系电话", help_text="用来接收办件短信")

    def clean_phone(self) -> str:
        raise forms.ValidationError("少 1 位。请填 11 位手机号")


def _cells() -> list[dict[str, Any]]:
    kinds = ["used"] * 6 + ["today"] + ["ahead"] * 4 + ["paused"] * 3 + ["ahead"] * 6
    cells: list[dict[str, Any]] = [{"kind": kind, "label": "", "marks": []} for kind in kinds]
    cells[6]["marks"] = [("today", "今天")]
    cells[9]["marks"] = [("promised", "承诺到期")]
    cells[19]["marks"] = [("statutory", "法定到期")]
    return cells


def _day(number: int, kind: str, *, nth: int = 0, word: str = "", badge: str = "") -> dict[str, Any]:
    return {"number": number, "kind": kind, "nth": nth, "word": word, "badge": badge, "note": "", "today": False}


@register.simple_tag
def design_samples() -> dict[str, Any]:
    """Sample data for each component."""
    return {
        "swatches": [
            {"css": "blue", "ratio": "8.7", "name": "政务蓝", "code": "#0A4A94"},
            {"css": "deep", "ratio": "11.9", "name": "深蓝", "code": "#07366D"},
            {"css": "pale", "ratio": "10.8", "name": "淡蓝", "code": "#EEF4FB"},
            {"css": "red", "ratio": "6.8", "name": "印章红", "code": "#B5171D"},
            {"css": "red-pale", "ratio": "6.1", "name": "淡红", "code": "#FDF1F0"},
            {"css": "staff", "ratio": "15.8", "name": "工作台墨", "code": "#14233A"},
            {"css": "ink", "ratio": "16.2", "name": "墨", "code": "#17212E"},
            {"css": "second", "ratio": "8.0", "name": "次墨", "code": "#465260"},
            {"css": "control", "ratio": "4.7", "name": "控件边", "code": "#687585"},
            {"css": "line", "ratio": "11.2", "name": "分隔线", "code": "#D0D7DF"},
            {"css": "ground", "ratio": "15.0", "name": "底灰", "code": "#F4F6F8"},
            {"css": "yellow", "ratio": "8.9", "name": "黄（只给预警、黄牌）", "code": "#F2B705"},
        ],
        "spaces": ["0.25", "0.5", "0.75", "1", "1.5", "2", "3", "4"],
        "form": _PhoneForm({"phone": "1381234520"}),
        "tasks": [
            {"label": "申请人", "url": "#tasks", "kind": "ok", "word": "已完成"},
            {"label": "材料", "url": "#tasks", "kind": "fault", "word": "1 处要改"},
            {"label": "领取方式", "url": "#tasks", "kind": "todo", "word": "没开始"},
        ],
        "cells": _cells(),
        "days": [
            _day(9, "counted", nth=4),
            _day(24, "ahead", nth=22),
            _day(10, "counted", nth=5, badge="班"),
            _day(11, "plain", word="休"),
            _day(1, "holiday", word="国庆"),
            _day(19, "paused", word="停"),
            _day(27, "promised", word="承诺"),
            _day(25, "statutory", word="法定"),
        ],
        "done_lines": ["办件编号 1406000232026112300044C", "窗口今天预审，结果发短信。"],
        "timeline": [
            {"title": "受理", "time": "9月28日 09:12", "state": "done", "note": "受理通知书。从第二天开始计时"},
            {
                "title": "专家评审，暂停计时",
                "time": "10月16日–11月6日",
                "state": "paused",
                "note": "依照《行政许可法》第四十五条，这段时间不算在时限内",
            },
            {"title": "审核中", "time": "现在", "state": "now", "note": "已用 21 个工作日"},
            {"title": "审批", "time": "", "state": "future", "note": "批准人作出准予或不予许可的决定"},
        ],
        "steps": [
            {"label": "确认条件", "url": "", "state": "done", "note": ""},
            {"label": "申请人", "url": "", "state": "done", "note": ""},
            {"label": "材料", "url": "", "state": "error", "note": "有 1 处要改"},
            {"label": "领取方式", "url": "", "state": "todo", "note": ""},
        ],
        "summary": [
            {"label": "名称", "value": "朔州桑干里餐饮有限公司", "url": "", "action": ""},
            {"label": "联系电话", "value": "138****5207", "url": "", "action": ""},
        ],
        "conclusions": [
            {"value": "complete", "label": "齐全", "checked": True, "tone": "", "reveals": False},
            {"value": "missing", "label": "要补", "checked": False, "tone": "wait", "reveals": True},
            {"value": "unneeded", "label": "不适用", "checked": False, "tone": "", "reveals": False},
        ],
    }
