"""Forms that speak Chinese: every message names the field and says what to do."""

import copy
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.web.drawing import attributes

#: Marks of direction and of no width; the joiners of emoji and of Mongolian are not among them.
_INVISIBLE: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CHOICE_FIELDS: Final = (forms.ChoiceField, forms.ModelChoiceField)


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of the error summary: the id of the input to go to (empty for the form as a whole), the sentence."""

    target: str
    message: str


def _messages_for(field: forms.Field, name: str) -> dict[str, str]:
    if isinstance(field, forms.FileField):
        return {
            "required": f"请上传{name}。",
            "invalid": f"{name}没有传上来，请重新选择文件。",
            "missing": f"{name}没有传上来，请重新选择文件。",
            "empty": f"{name}是空文件，请换一个文件。",
            "max_length": f"{name}的文件名太长，请缩短后再传。",
            "contradiction": f"{name}：请上传文件或勾选清除，两者只选一个。",
            "invalid_image": f"{name}不是能打开的图片，请换一个文件。",
        }
    if isinstance(field, forms.BooleanField):
        return {"required": f"请勾选“{name}”。"}
    if isinstance(field, _CHOICE_FIELDS):
        wrong = f"{name}不在可选范围内，请重新选择。"
        return {
            "required": f"请选择{name}。",
            "invalid_choice": wrong,
            "invalid_list": wrong,
            "invalid_pk_value": wrong,
            "list": wrong,
        }
    if isinstance(field, forms.DateField):
        return {"required": f"请填写{name}。", "invalid": f"{name}不是有效日期，请按 2026-09-18 的样子填写。"}
    if isinstance(field, forms.DateTimeField):
        return {"required": f"请填写{name}。", "invalid": f"{name}不是有效时间，请按 2026-09-18 16:20 的样子填写。"}
    if isinstance(field, forms.TimeField):
        return {"required": f"请填写{name}。", "invalid": f"{name}不是有效时间，请按 16:20 的样子填写。"}
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField | forms.DecimalField):
        return {"required": f"请填写{name}。", "invalid": f"{name}要填整数。"}
    if isinstance(field, forms.IntegerField):
        return {"required": f"请填写{name}。", "invalid": f"{name}要填数字。"}
    return {
        "required": f"请填写{name}。",
        "invalid": f"{name}填写不正确，请检查。",
        "incomplete": f"{name}没有填完整。",
        "overflow": f"{name}数值太大，请检查。",
    }


def _sentence_for(validator: Any, name: str) -> str | None:
    limit = getattr(validator, "limit_value", None)
    if isinstance(validator, validators.MaxLengthValidator):
        return f"{name}最多 {limit} 个字，请缩短。"
    if isinstance(validator, validators.MinLengthValidator):
        return f"{name}至少 {limit} 个字，请补充。"
    if isinstance(validator, validators.MaxValueValidator):
        return f"{name}不能大于 {limit}。"
    if isinstance(validator, validators.MinValueValidator):
        return f"{name}不能小于 {limit}。"
    if isinstance(validator, validators.StepValueValidator):
        return f"{name}要是 {limit} 的整数倍。"
    if isinstance(validator, validators.EmailValidator):
        return f"{name}不是有效的邮箱地址，请检查。"
    if isinstance(validator, validators.URLValidator):
        return f"{name}不是有效的网址，请检查。"
    if isinstance(validator, validators.ProhibitNullCharactersValidator):
        return f"{name}含有不能使用的字符，请删去后再试。"
    if isinstance(validator, validators.DecimalValidator):
        return None
    if type(validator) is validators.RegexValidator:
        return f"{name}填写不正确，请检查。"
    return None


def speak_chinese(field: forms.Field, name: str) -> None:
    """Replace a field's stock messages; messages that the form's author gave stay."""
    stock: dict[str, Any] = {}
    for cls in reversed(type(field).__mro__):
        stock.update(getattr(cls, "default_error_messages", {}))
    for code, message in _messages_for(field, name).items():
        # A code that the field does not know itself is a validator's, whose own message it would hide.
        if code in stock and str(field.error_messages.get(code)) == str(stock[code]):
            field.error_messages[code] = message
    checked = []
    validator: Any
    for validator in field.validators:
        sentence = _sentence_for(validator, name)
        if sentence is not None and _has_stock_message(validator):
            validator = copy.copy(validator)
            validator.message = sentence
        elif isinstance(validator, validators.DecimalValidator):
            validator = copy.copy(validator)
            validator.messages = {
                "invalid": f"{name}要填数字。",
                "max_digits": f"{name}的数字太长，请检查。",
                "max_decimal_places": f"{name}的小数位太多，请检查。",
                "max_whole_digits": f"{name}的数字太长，请检查。",
            }
        checked.append(validator)
    field.validators = checked


def _has_stock_message(validator: Any) -> bool:
    if validator in (validators.validate_slug, validators.validate_unicode_slug):
        return True
    return "message" not in vars(validator) or str(vars(validator)["message"]) == str(type(validator).message)


class QuickSelect(forms.Select):
    """A select without groups, drawn at once: Django renders a template per option, which costs more than a list."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        own = attributes({"name": name, **self.build_attrs(self.attrs, attrs)})
        pairs = tuple((str(key), str(label)) for key, label in self.choices)
        return format_html("<select{}>{}</select>", own, _options(pairs, chosen))


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if key == chosen else "", label) for key, label in pairs),
    )


class _Chinese:
    """What PortalForm and PortalModelForm share."""

    base_fields: ClassVar[dict[str, forms.Field]]
    fields: dict[str, forms.Field]
    _speaks_chinese: ClassVar[bool]

    @classmethod
    def _learn_chinese(cls) -> None:
        """Once for each class, before the first form: its fields are copies of the class's."""
        if "_speaks_chinese" not in cls.__dict__:
            for key, field in cls.base_fields.items():
                speak_chinese(field, str(field.label or key))
            cls._speaks_chinese = True

    def _speak_chinese(self) -> None:
        """For fields that a form gets later."""
        for key, field in self.fields.items():
            speak_chinese(field, str(field.label or key))

    @property
    def error_summary(self) -> list[ErrorLine]:
        """The errors in the order of the fields, each with the id of its input; those of the whole form first."""
        form: Any = self
        lines = [ErrorLine("", str(message)) for message in form.non_field_errors()]
        for bound in form:
            target = bound.id_for_label or bound.auto_id
            lines += [ErrorLine(target, str(message)) for message in bound.errors]
        return lines

    def offer(self, name: str, choices: Any) -> None:
        """What a field lets people choose from: pairs, or the rows of a field of a model."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = choices
        else:
            field.choices = choices

    def _drop_invisible(self) -> None:
        """Take marks that nobody sees out of what was typed: a direction turned round makes a name read as another."""
        form: Any = self
        for name, field in form.fields.items():
            key = form.add_prefix(name)
            typed = isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput)
            if typed and isinstance(value := form.data.get(key), str) and (seen := _INVISIBLE.sub("", value)) != value:
                form.data = form.data.copy()
                form.data[key] = seen

    def add_domain_error(self, error: Any) -> None:
        """Show a DomainError of a service at its field, or above the form when the field is not here."""
        form: Any = self
        wait = getattr(error, "retry_after", None)
        message = ValidationError(error.message, code=error.code, params=wait and {"retry_after": wait})
        form.add_error(error.field if error.field in self.fields else None, message)


class PortalForm(_Chinese, forms.Form):
    """The base of all forms."""

    use_required_attribute = False  # the server's messages are the same with and without JavaScript

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self._learn_chinese()
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        self._drop_invisible()
        super().full_clean()


class PortalModelForm(_Chinese, forms.ModelForm):
    """The base of forms that are made from a model."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self._learn_chinese()
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        self._drop_invisible()
        super().full_clean()
