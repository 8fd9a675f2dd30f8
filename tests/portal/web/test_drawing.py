"""What we draw ourselves is what Django's templates would have drawn."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Template
from django.urls import set_script_prefix
from django.utils.safestring import mark_safe

from portal.web import fragments
from portal.web.drawing import DirectRenderer
from portal.web.forms import PortalForm, QuickSelect

NASTY = ["", "plain", "<b>\"'&</b>", "两\n行", 0, 12.5, None, True, dt.date(2026, 11, 23)]
WIDGETS = [
    forms.TextInput(attrs={"placeholder": "“<编号>”", "autocomplete": "off"}),
    forms.NumberInput(attrs={"min": 1}),
    forms.EmailInput(),
    forms.HiddenInput(),
    forms.DateInput(format="%Y-%m-%d"),
    forms.TimeInput(),
    forms.CheckboxInput(attrs={"disabled": True, "hidden": False}),
    forms.Textarea(attrs={"rows": 3}),
    forms.PasswordInput(),
    forms.Select(choices=[("a", "甲"), ("<b>", "乙&")]),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", NASTY, ids=repr)
def test_an_input_is_drawn_as_django_draws_it(widget, value):
    attrs = {"id": "id_x", "aria-invalid": "true", "class": 'a "b"'}
    ours = widget.render("na<me", value, attrs=attrs, renderer=DirectRenderer())
    theirs = widget.render("na<me", value, attrs=attrs, renderer=TemplatesSetting())
    assert ours == theirs.strip()


@pytest.mark.parametrize("value", ["", "a", "<b>", 7, None, "not offered"])
def test_a_quick_select_is_the_same_select(value):
    choices = [("", "全部"), ("a", "甲 & 乙"), ("<b>", "丙"), (7, "丁")]
    attrs = {"id": "id_x", "class": "form-select"}
    ours = QuickSelect(choices=choices).render("s", value, attrs=attrs)
    theirs = forms.Select(choices=choices).render("s", value, attrs=attrs, renderer=TemplatesSetting())
    assert "".join(ours.split()) == "".join(theirs.split())


def test_two_selects_with_other_choices_do_not_share_their_options():
    one = QuickSelect(choices=[("a", "甲")]).render("s", "a")
    other = QuickSelect(choices=[("a", "乙")]).render("s", "a")
    assert "甲" in one and "乙" in other and "乙" not in one


class _Spoken(PortalForm):
    phone = forms.CharField(label="电话", max_length=3)


class _SpokenMore(_Spoken):
    day = forms.DateField(label="日期")


def test_a_form_speaks_chinese_from_the_first_to_the_last_of_its_kind():
    for _ in range(2):
        assert _Spoken({}).errors["phone"] == ["请填写电话。"]
        assert _Spoken({"phone": "1234"}).errors["phone"] == ["电话最多 3 个字，请缩短。"]
        assert _SpokenMore({"day": "x", "phone": "1"}).errors == {
            "day": ["日期不是有效日期，请按 2026-09-18 的样子填写。"]
        }


def test_a_fragment_is_drawn_once_for_equal_values_and_anew_for_others():
    fragments.forget()
    one = "{% fragment 'partials/empty_state.html' title=title text='' url='' link='' %}"
    template = Template("{% load portal %}{% for title in counts %}" + one + "{% endfor %}")
    text = template.render(Context({"counts": ["甲", "乙", "甲", "<b>"]}))
    assert text.count("甲") == 2 and text.count("乙") == 1 and "&lt;b&gt;" in text
    assert fragments._kept.cache_info().misses == 3


def test_a_text_that_is_marked_as_safe_is_not_taken_for_one_that_is_not():
    for title, shown in ((mark_safe("<b>甲</b>"), "<b>甲</b>"), ("<b>甲</b>", "&lt;b&gt;甲&lt;/b&gt;")):
        assert shown in fragments.fragment("partials/empty_state.html", title=title, text="", url="", link="")


def test_a_fragment_follows_the_mode_of_the_page():
    plain = fragments.fragment("partials/footer.html")
    set_script_prefix("/elder/")
    try:
        elder = fragments.fragment("partials/footer.html")
    finally:
        set_script_prefix("/")
    assert elder != plain and fragments.fragment("partials/footer.html") == plain
