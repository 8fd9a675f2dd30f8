"""The tags and filters of the components."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import get_script_prefix, set_script_prefix

from portal.web.components import LIGHTS, TAGS, marks_of


def shown(source: str, **context: Any) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date_text", "12月7日（周一）"),
        ("day_text", "12月7日"),
        ("date_full", "2026年12月7日"),
        ("date_full_text", "2026年12月7日（周一）"),
        ("date_table", "12-07 周一"),
        ("date_short", "12-07"),
        ("weekday_text", "星期一"),
    ],
)
def test_dates_are_written_as_the_look_says(name: str, text: str) -> None:
    assert shown("{{ d|" + name + " }}", d=date(2026, 12, 7)) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("moment", "11-12 09:05"),
        ("moment_text", "11月12日 09:05"),
        ("clock_time", "09:05"),
        ("date_table", "11-12 周四"),
    ],
)
def test_an_instant_is_shown_in_shanghai(name: str, text: str) -> None:
    assert shown("{{ t|" + name + " }}", t=datetime(2026, 11, 12, 1, 5, tzinfo=UTC)) == text


def test_an_instant_late_in_the_evening_of_utc_is_the_next_day_in_shanghai() -> None:
    assert shown("{{ t|date_text }}", t=datetime(2026, 12, 6, 18, 0, tzinfo=UTC)) == "12月7日（周一）"


def test_no_date_is_no_text() -> None:
    assert shown("{{ d|date_text }}{{ d|moment }}{{ d|date_table }}", d=None) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [(900, "900 字节"), (88_064, "86 kB"), (629_146, "0.6 MB"), (27_682_406, "26.4 MB"), (20 * 1024 * 1024, "20 MB")],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert shown("{{ n|filesize }}", n=size) == text


@pytest.mark.parametrize("kind", sorted(TAGS))
def test_a_status_tag_always_has_its_word(kind: str) -> None:
    assert "审核中" in shown("{% status_tag kind '审核中' %}", kind=kind)


def test_each_light_has_a_shape_and_a_word_of_its_own() -> None:
    shapes = {symbol for _, symbol, _ in LIGHTS.values()}
    words = {word for _, _, word in LIGHTS.values()}
    assert len(shapes) == len(words) == len(LIGHTS)
    assert "红牌" in shown("{% light 'red' %}")


def test_a_word_in_a_tag_is_escaped() -> None:
    assert "<b>" not in shown("{% status_tag 'run' word %}", word="<b>x</b>")


def test_a_bar_is_never_longer_than_full_and_says_when_it_is_over() -> None:
    over = shown("{% bar 9 3 %}")
    assert 'width="100"' in over
    assert "bar-over" in over
    assert "bar-over" not in shown("{% bar 3 3 %}")
    assert 'width="100"' in shown("{% bar 0 0 %}")


def test_marks_of_the_clock_strip_never_lie_over_each_other() -> None:
    cells: list[dict[str, Any]] = [{"kind": "ahead", "marks": []} for _ in range(20)]
    cells[6]["marks"] = [("today", "今天")]
    cells[7]["marks"] = [("promised", "承诺到期")]
    cells[8]["marks"] = [("statutory", "法定到期")]
    rows = [mark.row for found in marks_of(cells) for mark in found]
    assert rows == [0, 1, 2]
    cells[7]["marks"], cells[18]["marks"] = [], [("promised", "承诺到期")]
    cells[8]["marks"] = []
    assert [mark.row for found in marks_of(cells) for mark in found] == [0, 0]


def test_the_clock_strip_tells_each_day_in_words() -> None:
    cells = [
        {"kind": "used", "label": "20", "marks": []},
        {"kind": "today", "label": "23", "marks": [("today", "今天"), ("promised", "承诺到期")]},
    ]
    text = shown("{% clock_strip cells %}", cells=cells)
    assert "20，已用" in text
    assert "23，今天，承诺到期" in text


def test_keep_query_changes_one_parameter_and_starts_the_paging_anew() -> None:
    request = RequestFactory().get("/desk/cases/?light=red&q=燃气&after=abc")
    text = shown("{% keep_query light='yellow' q=None as u %}{{ u }}", request=request)
    assert text == "?light=yellow"
    assert shown("{% keep_query q=None light=None as u %}{{ u }}", request=request) == "?"


def test_query_inputs_are_escaped() -> None:
    request = RequestFactory().get("/desk/cases/", {"q": '"><script>'})
    assert "<script>" not in shown("{% query_inputs 'q' %}", request=request)


def test_the_other_mode_is_the_same_page_with_or_without_the_prefix() -> None:
    factory, before = RequestFactory(), get_script_prefix()
    try:
        set_script_prefix("/")
        request = factory.get("/items/?for=person")
        assert shown("{% other_mode_url %}", request=request) == "/elder/items/?for=person"
        set_script_prefix("/elder/")
        request = factory.get("/items/?for=person")
        request.path, request.elder = "/elder/items/", True  # type: ignore[attr-defined]
        assert shown("{% other_mode_url %}", request=request) == "/items/?for=person"
    finally:
        set_script_prefix(before)


class SampleForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label="名称", help_text="和营业执照一致")
    kind = forms.ChoiceField(label="主体业态", choices=[("a", "餐饮")])
    day = forms.DateField(label="日期", required=False, widget=forms.DateInput)
    plan = forms.FileField(label="布局图")
    who = forms.ChoiceField(label="由谁来申请？", choices=[("a", "本人"), ("b", "代理人")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    truth = forms.BooleanField(label="我承诺内容真实")
    token = forms.CharField(required=False, widget=forms.HiddenInput)


def rendered(form: forms.Form) -> str:
    return "".join(render_to_string("partials/field.html", {"field": field}) for field in form)


def test_every_kind_of_field_has_a_label_that_points_at_it() -> None:
    html = rendered(SampleForm())
    for name in ("name", "kind", "day", "plan", "note", "truth"):
        assert f'for="id_{name}"' in html
    assert "<legend>由谁来申请？" in html
    assert 'for="id_who_0"' in html


def test_a_wrong_field_is_marked_and_its_description_exists() -> None:
    html = rendered(SampleForm({}, {}))
    for described in ("id_name_helptext", "id_name_error", "id_who_error", "id_plan_error"):
        assert f'id="{described}"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert html.count('aria-invalid="true"') >= 4


def test_an_optional_field_says_so_and_a_needed_one_does_not() -> None:
    assert "（选填）" in render_to_string("partials/field.html", {"field": SampleForm()["note"]})
    assert "（选填）" not in render_to_string("partials/field.html", {"field": SampleForm()["name"]})


def test_a_date_field_speaks_iso_to_the_browser() -> None:
    html = render_to_string("partials/field.html", {"field": SampleForm(initial={"day": date(2026, 9, 18)})["day"]})
    assert 'type="date"' in html
    assert 'value="2026-09-18"' in html
    assert html.count("type=") == 1


def test_the_summary_links_to_each_wrong_field_with_the_same_sentence() -> None:
    form = SampleForm({}, {})
    form.add_error("name", "名称和营业执照不一致。")
    form.add_error(None, "两处填写互相矛盾。")
    summary, fields = render_to_string("partials/error_summary.html", {"form": form}), rendered(form)
    assert "还有 7 处要改" in summary
    assert "两处填写互相矛盾。" in summary
    assert ">名称和营业执照不一致。</a>" in summary
    for target in ("id_name", "id_kind", "id_plan", "id_who_0", "id_truth"):
        assert f'href="#{target}"' in summary
        assert f'id="{target}"' in fields


def test_nothing_wrong_means_no_summary() -> None:
    assert render_to_string("partials/error_summary.html", {"form": SampleForm()}).strip() == ""


def test_the_name_in_the_head_is_masked() -> None:
    request = RequestFactory().get("/my/")
    request.actor = SimpleNamespace(name="李桂芳", user_id=None, is_anonymous=True)  # type: ignore[attr-defined]
    html = render_to_string("base/mine.html", request=request)
    assert "我的（李*芳）" in html
    assert "李桂芳" not in html
