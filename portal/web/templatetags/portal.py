"""Tags and filters of the portal's own components: `{% load portal %}`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.web import dates
from portal.web.components import LIGHTS, TAGS, ErrorLink, StripCell, error_links, field_kind, marks_of
from portal.web.fragments import fragment

register = template.Library()

for _name in (
    "weekday_text",
    "weekday_short",
    "day_text",
    "date_text",
    "date_full",
    "date_full_text",
    "date_table",
    "date_short",
    "clock_time",
    "moment",
    "moment_text",
    "moment_full",
):
    register.filter(_name, getattr(dates, _name))
register.filter("filesize", dates.size_text)

_CONTROL_CLASSES = {
    "text": "form-control",
    "date": "form-control",
    "file": "form-control",
    "textarea": "form-control",
    "select": "form-select",
    "checkbox": "choice-input",
}
_CURSOR_PARAMETERS = ("after", "before", "page")


@register.simple_tag(name="fragment")
def fragment_tag(template_name: str, *, large: bool = False, **values: Any) -> SafeString:
    """A template that knows nothing but the given values, drawn once for equal ones (portal.web.fragments)."""
    return fragment(template_name, large=large, **values)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of the sprite; decorative unless a label is given."""
    return _icon(static("icons/sprite.svg"), name, str(label), css)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, label: str, css: str) -> SafeString:
    address = f"{sprite}#{name}"
    classes = f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" width="16" height="16" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        address,
    )


@register.simple_tag
def status_tag(kind: str, word: str, symbol: str | None = None) -> SafeString:
    """The state of a case: icon and word. Kinds: neutral, todo, run, wait, pause, done, stop, ok, fault."""
    css, own_symbol = TAGS[kind]
    name = own_symbol if symbol is None else symbol
    return format_html('<span class="tag {}">{}{}</span>', css, icon(name) if name else "", word)


@register.simple_tag
def light(level: str, word: str = "") -> SafeString:
    """The light of a time limit: its shape and always a word. Levels: normal, warning, yellow, red, paused."""
    css, symbol, own_word = LIGHTS[level]
    return format_html('<span class="light {}">{}{}</span>', css, icon(symbol), word or own_word)


@register.simple_tag
def bar(used: int, limit: int, label: str = "", *, overdue: bool = False) -> SafeString:
    """A share as a bar (working days used of those promised); full and red when overdue."""
    share = 100 if limit <= 0 else min(100, round(100 * used / limit))
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-fill" width="{}" height="10"></rect></svg>',
        " bar-over" if overdue or used > limit else "",
        label or f"已用 {used}，共 {limit}",
        share,
    )


@register.simple_tag
def clock_strip(cells: Sequence[Mapping[str, Any]], label: str = "时限条，一格一个工作日") -> SafeString:
    """One cell per working day; marks that would run into each other are lifted."""
    drawn = tuple(
        StripCell(str(cell["kind"]), str(cell.get("label", "")), tuple(marks))
        for cell, marks in zip(cells, marks_of(cells), strict=True)
    )
    return fragment(
        "partials/clock_strip.html",
        large=True,
        cells=drawn,
        label=str(label),
        crowded=len(drawn) > 24,
        dated=any(cell.label for cell in drawn),
        rows=1 + max((mark.row for cell in drawn for mark in cell.marks), default=0),
    )


@register.simple_tag(takes_context=True)
def keep_query(context: template.Context, **changes: object) -> str:
    """The address's query with some parameters changed (None or "" removes one); paging starts anew."""
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    for name in _CURSOR_PARAMETERS:
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if isinstance(value, (list, tuple)):
            query.setlist(name, [str(v) for v in value])
        elif value is not None and value != "":
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_inputs(context: template.Context, *names: str) -> SafeString:
    """Hidden inputs that carry parameters of the address through a filter form."""
    request: HttpRequest = context["request"]
    pairs = [(name, value) for name in names for value in request.GET.getlist(name) if value]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def other_mode_url(context: template.Context) -> str:
    """The same page in elder mode, or back in the standard one."""
    request: HttpRequest | None = context.get("request")
    prefix = get_script_prefix()
    elder = bool(getattr(request, "elder", False))
    base = prefix.removesuffix("elder/") if elder else prefix
    path = "" if request is None else request.get_full_path().removeprefix(prefix)
    return f"{base}{path.lstrip('/')}" if elder else f"{base}elder/{path.lstrip('/')}"


#: Key, word, view, query, the views for which it is the current one.
_PLACES: Final = (
    ("home", "首页", "disclosure:home", "", ("home",)),
    ("person", "个人办事", "disclosure:browse", "?for=person", ()),
    ("firm", "法人办事", "disclosure:browse", "?for=firm", ()),
    ("departments", "部门", "disclosure:departments", "", ("departments",)),
    ("publicity", "查询公示", "disclosure:public_cases", "", ("public_cases", "progress_form", "verify_form")),
    ("supervision", "监督评价", "supervision:public", "", ()),
)


@register.simple_tag(takes_context=True)
def public_nav(context: template.Context) -> SafeString:
    """The head's navigation; a place whose page does not exist is left out."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    current = context.get("nav") or ""
    if not current and match is not None:
        current = next((key for key, _, _, _, names in _PLACES if match.url_name in names), "")
        if match.view_name == "disclosure:browse":
            current = request.GET.get("for", "") if request is not None else ""
    known = current in {key for key, _, _, _, _ in _PLACES}  # the address is anybody's to write
    return fragment("partials/public_nav.html", current=str(current) if known else "")


@register.simple_tag
def public_places(current: str) -> list[dict[str, Any]]:
    """The links of the head's navigation."""
    links = []
    for key, label, view, query, _ in _PLACES:
        try:
            links.append({"label": label, "url": reverse(view) + query, "current": key == current})
        except NoReverseMatch:
            continue
    return links


@register.inclusion_tag("partials/tab.html")
def tab(url: str, label: str, count: int | None = None, *, current: bool = False) -> dict[str, Any]:
    """One tab of the staff head or of a list; a tab whose address is empty is left out."""
    return {"url": url, "label": label, "count": count, "current": current}


@register.filter
def kind_of(field: BoundField) -> str:
    """text, textarea, select, radio, checkboxes, checkbox, file, date, hidden."""
    return field_kind(field)


@register.simple_tag
def control(field: BoundField, **attributes: str) -> SafeString:
    """The field's widget with our classes; aria-invalid and aria-describedby come from Django."""
    kind = field_kind(field)
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in attributes.items()}
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    css = " ".join(part for part in (_CONTROL_CLASSES.get(kind, ""), str(own)) if part)
    if css:
        attrs["class"] = css
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"  # the form's own copy; browsers want ISO here
    return field.as_widget(attrs=attrs)


@register.simple_tag
def form_errors(*sources: forms.BaseForm | Iterable[forms.BaseForm]) -> list[ErrorLink]:
    """All errors of forms and formsets in the order of the page, each with the id of its field."""
    return list(_links(sources))


def _links(sources: Iterable[forms.BaseForm | Iterable[forms.BaseForm] | None]) -> Iterator[ErrorLink]:
    for source in sources:
        if source is None:
            continue
        if isinstance(source, forms.BaseForm):
            yield from error_links(source)
        else:
            yield from _links(source)
