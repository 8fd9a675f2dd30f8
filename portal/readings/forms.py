"""What a person asks, and what the officer answers."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from portal.readings import rules
from portal.readings.models import Question
from portal.web.forms import PortalForm


class FilterForm(PortalForm):
    of = forms.ChoiceField(label="办件", required=False)
    why = forms.ChoiceField(
        label="为什么", required=False, choices=[("", "全部原因"), ("none", "无办理任务")]
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["of"]).choices = [("", "全部办件"), *choices]


class QuestionForm(PortalForm):
    words = forms.CharField(
        label="疑问",
        min_length=rules.SHORTEST_QUESTION,
        max_length=rules.LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"写明您为什么觉得这次查看有问题，最多 {rules.LONGEST_QUESTION} 个字。",
    )


class FindingForm(PortalForm):
    finding = forms.ChoiceField(label="认定", choices=Question.Finding.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label="答复",
        min_length=rules.SHORTEST_ANSWER,
        max_length=rules.LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写给提出疑问的人：查了什么，为什么这样认定。",
    )
