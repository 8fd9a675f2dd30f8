"""Forms speak Chinese."""

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import MinLengthValidator, RegexValidator

from portal.web.errors import BadInput
from portal.web.forms import PortalForm


class Everything(PortalForm):
    name = forms.CharField(label="姓名", max_length=3, min_length=2)
    many = forms.IntegerField(label="份数", min_value=1, max_value=9)
    fee = forms.DecimalField(label="费用", max_digits=4, decimal_places=2)
    day = forms.DateField(label="日期")
    moment = forms.DateTimeField(label="时间")
    hour = forms.TimeField(label="钟点")
    mail = forms.EmailField(label="邮箱")
    site = forms.URLField(label="网址", assume_scheme="https")
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲")])
    kinds = forms.MultipleChoiceField(label="类别", choices=[("a", "甲")])
    agreed = forms.BooleanField(label="我已阅读")
    paper = forms.FileField(label="材料", max_length=10)
    uuid = forms.UUIDField(label="编号")
    slug = forms.SlugField(label="代号")
    number = forms.RegexField(label="号码", regex=r"\d+")


LATIN = re.compile(r"[a-zA-Z]{3,}")


def assert_chinese(form):
    for errors in form.errors.values():
        for message in errors:
            assert re.search("[一-鿿]", message)
            assert not LATIN.search(message), message


def test_everything_missing_is_said_in_chinese_with_the_label():
    form = Everything({}, {})
    assert not form.is_valid()
    assert len(form.errors) == len(form.fields)
    assert_chinese(form)
    assert form.errors["name"] == ["请填写姓名。"]
    assert form.errors["kind"] == ["请选择类型。"]
    assert form.errors["paper"] == ["请上传材料。"]
    assert form.errors["agreed"] == ["请勾选“我已阅读”。"]


def test_everything_wrong_is_said_in_chinese():
    wrong = dict.fromkeys(Everything.base_fields, "?") | {"name": "一二三四五", "many": "99", "fee": "1.234"}
    form = Everything(wrong, {"paper": SimpleUploadedFile("一个很长很长很长的名字.pdf", b"x")})
    assert not form.is_valid()
    assert_chinese(form)
    assert form.errors["name"] == ["姓名最多 3 个字，请缩短。"]
    assert form.errors["many"] == ["份数不能大于 9。"]
    assert form.errors["kinds"] == ["类别不在可选范围内，请重新选择。"]
    assert set(Everything.base_fields) - set(form.errors) <= {"agreed"}


def test_an_empty_file_and_a_null_character_are_said_in_chinese():
    form = Everything({"name": "a\x00"}, {"paper": SimpleUploadedFile("a.pdf", b"")})
    assert form.errors["paper"] == ["材料是空文件，请换一个文件。"]
    assert form.errors["name"] == ["姓名含有不能使用的字符，请删去后再试。"]


def test_messages_of_the_author_stay():
    class Own(PortalForm):
        code = forms.CharField(
            label="验证码",
            error_messages={"required": "请输入短信里的验证码。"},
            validators=[RegexValidator(r"\d{6}", "验证码是 6 位数字。"), MinLengthValidator(6, "太短了。")],
        )

    assert Own({}).errors["code"] == ["请输入短信里的验证码。"]
    assert Own({"code": "x"}).errors["code"] == ["验证码是 6 位数字。", "太短了。"]


def test_the_summary_leads_to_each_field_and_an_error_of_a_service_finds_its_place():
    form = Everything({}, {})
    form.is_valid()
    form.add_domain_error(BadInput("今天不能办理。"))
    form.add_domain_error(BadInput("没有这个人。", field="name"))
    form.add_domain_error(BadInput("别处的错。", field="elsewhere"))
    lines = form.error_summary
    assert [line.message for line in lines[:2]] == ["今天不能办理。", "别处的错。"]
    assert lines[0].target == ""
    assert (lines[2].target, lines[2].message) == ("id_name", "请填写姓名。")
    assert lines[3].message == "没有这个人。"


def test_one_form_does_not_change_another():
    Everything({})
    assert "姓名" not in str(forms.CharField.default_error_messages)
    with pytest.raises(KeyError):
        Everything.base_fields["name"].error_messages["incomplete"]


class Named(PortalForm):
    name = forms.CharField(label="名称", min_length=2)
    secret = forms.CharField(label="密码", widget=forms.PasswordInput)


def test_marks_that_nobody_sees_are_taken_out_of_what_was_typed():
    form = Named({"name": "测试\u202e公\u200b司\u2066", "secret": "a\u200bb"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "测试公司", "secret": "a\u200bb"}
    assert "\u202e" not in str(form["name"])


def test_a_field_of_nothing_but_such_marks_is_empty():
    form = Named({"name": "\u200b" * 6, "secret": "x"})
    assert form.errors["name"] == ["请填写名称。"]
    assert Named({"name": "👨\u200d👩", "secret": "x"}).is_valid()
