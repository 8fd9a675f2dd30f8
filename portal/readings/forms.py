"""What a person asks, and what the officer answers."""

from __future__ import annotations

from django import forms

from portal.readings import rules
from portal.readings.models import Question
from portal.web.forms import PortalForm


class FilterForm(PortalForm):
    of = forms.ChoiceField(label="办件", required=False)
    marked = forms.BooleanField(label="只看没有办理任务的", required=False)

    def __init__(self, *args: object, choices: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = [("", "全部"), *choices]  # type: ignore[attr-defined]  # a ChoiceField


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
