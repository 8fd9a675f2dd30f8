"""The other forms of a change: beginning, why and when, acts, remarks, meetings, and the filter of the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms

from catalog.models import ItemChange, Meeting, ServiceItem
from catalog.states import TO_ANOTHER, ChangeKind, ChangeState, OpenCases
from portal import clock
from portal.organizations import queries as organisation
from portal.organizations.models import Department
from portal.transitions.table import Transition
from portal.web.forms import PortalForm

_day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _ByName:
    """Items of `queries.changes.items_of`, by the name that they have now."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.now_called)


class _Items(_ByName, forms.ModelChoiceField):
    pass


class _ManyItems(_ByName, forms.ModelMultipleChoiceField):
    pass


class _Departments(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class BeginForm(PortalForm):
    """Which kind of change, of which item of the own department, or the name of a new one."""

    kind = forms.ChoiceField(label="变更类型", choices=ChangeKind.choices, widget=forms.RadioSelect)
    department = _Departments(label="部门", queryset=Department.objects.none())
    item = _Items(label="事项", queryset=ServiceItem.objects.none(), required=False, empty_label="请选择")
    name = forms.CharField(label="新事项的名称", max_length=200, required=False, help_text="新增和合并时填写。")
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, departments: list[Department], items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Department.objects.filter(pk__in=[each.pk for each in departments]).order_by("number")
        self.offer("department", own)
        self.offer("item", items)
        self.fields["key"].initial = uuid4
        if len(departments) == 1:
            self.fields["department"].initial = departments[0].pk
            self.fields["department"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") in (ChangeKind.NEW, ChangeKind.MERGER) and not cleaned.get("name", "").strip():
            self.add_error("name", "请填写新事项的名称。")
        return cleaned


class FrameForm(PortalForm):
    """Why, on what basis, since when, from when, and what becomes of the cases that are open then."""

    reason = forms.CharField(
        label="变更理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    basis = forms.CharField(
        label="变更依据",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text="文件名称和文号，或者修改了的法律条文。",
    )
    occurred_on = forms.DateField(
        label="变更情形发生日",
        widget=_day,
        required=False,
        help_text="例如：上级文件印发的那天。超过规定天数才提交的，公告里标明逾期报告。",
    )
    effective_on = forms.DateField(label="拟生效日期", widget=_day, required=False, help_text="当天零点起执行。")
    open_cases = forms.ChoiceField(label="在办件的处理", choices=OpenCases.choices, widget=forms.RadioSelect)
    receiving_department = _Departments(
        label="接收部门", queryset=Department.objects.none(), required=False, empty_label="请选择"
    )
    people_note = forms.CharField(
        label="人员调整内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(self, *args: Any, change: ItemChange, **kwargs: Any) -> None:
        initial = {
            name: getattr(change, name)
            for name in ("reason", "basis", "occurred_on", "effective_on", "open_cases", "people_note")
        }
        super().__init__(*args, initial=initial | {"receiving_department": change.receiving_department_id}, **kwargs)
        kind = ChangeKind(change.kind)
        if kind in TO_ANOTHER:
            others = organisation.departments().exclude(pk=change.department_id)
            self.offer("receiving_department", others)
        else:
            del self.fields["receiving_department"]
            left = [choice for choice in OpenCases.choices if choice[0] != OpenCases.HAND_OVER]
            self.offer("open_cases", left)
        if kind != ChangeKind.PEOPLE:
            del self.fields["people_note"]
        if kind in (ChangeKind.NEW, ChangeKind.PEOPLE):
            del self.fields["open_cases"]


class ActForm(PortalForm):
    """What an act asks for, by the `form` of its transition; the key makes the same click one act."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, transition: Transition, change: ItemChange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        if transition.form == "reason":
            self.fields["reason"] = forms.CharField(
                label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), required=True
            )
        if transition.form == "verify" and change.kind in (ChangeKind.NEW, ChangeKind.MERGER):
            self.fields["basic_code"] = forms.CharField(
                label="基本编码",
                max_length=12,
                initial=(change.content or {}).get("basic_code") or f"14{(change.content or {}).get('type', '')}",
                help_text="12 位数字：14、事项类型、条线、主项、子项。公布以后不能改。",
            )
        if transition.form == "publish":
            on = change.effective_on
            self.fields["effective_on"] = forms.DateField(
                label="生效日期",
                widget=_day,
                initial=max(on, clock.today()) if on is not None else None,
                help_text="当天零点起按新清单办理；已经收件的办件按原清单办完。",
            )
        if transition.form == "agenda":
            self.fields["meeting"] = forms.ModelChoiceField(
                label="会议",
                queryset=Meeting.objects.filter(recorded_at=None).order_by("held_on"),
                empty_label="请选择",
            )
        self._speak_chinese()

    @property
    def given(self) -> dict[str, Any]:
        """What goes to the service."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        if isinstance(data.get("meeting"), Meeting):
            data["meeting"] = data["meeting"].pk
        return data

    @property
    def submit_key(self) -> UUID:
        key: UUID = self.cleaned_data["key"]
        return key


class RemarkForm(PortalForm):
    place = forms.ChoiceField(label="哪一处")
    text = forms.CharField(label="意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("place", places)


class AnswerForm(PortalForm):
    answer = forms.CharField(label="怎么改的", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class MergedForm(PortalForm):
    """Which items of the department a merger ends."""

    items = _ManyItems(
        label="被合并的事项", queryset=ServiceItem.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("items", items)


class MeetingForm(PortalForm):
    name = forms.CharField(label="会议名称", max_length=100, help_text="例如：市政府第 12 次常务会议")
    held_on = forms.DateField(label="会议日期", widget=_day)


class ResolutionForm(PortalForm):
    resolution_number = forms.CharField(label="纪要文号", max_length=50, help_text="例如：朔政常纪〔2026〕12号")
    resolution = forms.CharField(
        label="会议决定", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), help_text="公开；请照纪要写。"
    )


class ChangeFilter(PortalForm):
    """The list of changes; what is not given filters nothing."""

    q = forms.CharField(label="项目名称", required=False, max_length=50)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *ChangeState.choices])
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部类型"), *ChangeKind.choices])


class ItemFilter(PortalForm):
    """The list of items by words of the name."""

    q = forms.CharField(label="项目名称", required=False, max_length=50)
