"""The shape of an item's list (实施清单): every element with type, Chinese name and a help for whoever fills it in.

One definition: the data files under `catalog/data/items/`, the pages that edit a draft, the comparison of editions, the
workbook and the exchange all read it. Names and order follow GB/T 39046—2020 table 4 and the plan's nine elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from django.db.models import Choices
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog import enumerations as e
from portal.workdays.terms import PROCEDURES


@dataclass(frozen=True, slots=True)
class Says:
    """What people see of an element: its name, a help with an example, and the words of its choices."""

    title: str
    help: str = ""
    choices: type[Choices] | tuple[str, ...] | Mapping[str, str] | None = None
    #: Several lines are usual: a text area.
    long: bool = False

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The choices as (value, words); empty when anything may be written."""
        if self.choices is None:
            return ()
        if isinstance(self.choices, tuple):
            return tuple((value, value) for value in self.choices)
        if isinstance(self.choices, Mapping):
            return tuple(self.choices.items())
        return tuple((str(value), str(words)) for value, words in self.choices.choices)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]
Rank = Literal["law", "regulation", "local", "rule"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LimitData(Part):
    n: Positive
    unit: Literal["workday", "calendar_day", "month"]


class LimitsData(Part):
    statutory: Annotated[LimitData | None, Says("法定时限", "法律、法规写明的时限；没有写的留空，并说明原因。")]
    practice: Annotated[bool, Says("法条写“日”，按工作日执行", "行政许可法第八十二条。")] = False
    statutory_reason: Annotated[Optional, Says("没有法定时限的原因")] = ""
    promised: Annotated[LimitData | None, Says("承诺时限", "不能长于法定时限；即办件留空。")]
    note: Annotated[Optional, Says("时限说明", "例如：从受理的第二天起算，检验的时间不计算在内。", long=True)] = ""


class SituationData(Part):
    code: Annotated[Text, Says("代码", "一两个字母，例如 a。")]
    name: Annotated[Text, Says("情形", "例如：新办、变更、延续。")]
    statutory: Annotated[LimitData | None, Says("法定时限")]
    promised: Annotated[LimitData | None, Says("承诺时限")]


class ExtensionData(Part):
    allowed: Annotated[bool, Says("可以延期", "经本行政机关负责人批准，一次（行政许可法第四十二条）。")]
    max: Annotated[Count, Says("最多延长", "工作日，不超过 10；不能延期的填 0。")]


class ProcedureData(Part):
    """A special procedure with a legal basis of its own, beside the eight of 行政许可法 45."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$"), Says("代码", "小写字母，例如 consultation。")]
    name: Annotated[Text, Says("程序", "例如：征求意见。")]
    basis: Annotated[Text, Says("依据", "写到条：没有依据的不能停计时。")]


class BasisData(Part):
    law: Annotated[Text, Says("法律、法规名称", "写全称，不加书名号。")]
    article: Annotated[Text, Says("条款", "例如：第三十五条。")]
    rank: Annotated[Rank, Says("层级", choices=e.BasisRank)]
    text: Annotated[Optional, Says("条文要点", "与本事项有关的原文或者要点。", long=True)] = ""


class MaterialData(Part):
    code: Annotated[
        str, StringConstraints(pattern=r"^M\d{2}$"), Says("代码", "M01、M02……改名称不改代码，对比时认得出。")
    ]
    name: Annotated[Text, Says("材料名称", "一份材料写一行；不能写“其他材料”“有关材料”。")]
    source: Annotated[
        Literal["applicant", "government", "intermediary", "other"], Says("来源", choices=e.MaterialSource)
    ]
    issuer: Annotated[Text, Says("出具机构", "例如：市场监督管理部门；自备的写申请人。")]
    necessity: Annotated[Literal["required", "conditional", "deferrable"], Says("必要性", choices=e.Necessity)]
    condition: Annotated[Optional, Says("何时需要", "有条件时需要的，写明条件。")] = ""
    form: Annotated[Literal["paper", "electronic", "both"], Says("形式", choices=e.MaterialForm)]
    originals: Annotated[Count, Says("原件份数")]
    copies: Annotated[Count, Says("复印件份数")]
    note: Annotated[Optional, Says("填报须知", long=True)] = ""
    acceptance_standard: Annotated[Optional, Says("受理标准", "窗口照着看的标准。", long=True)] = ""
    basis: Annotated[Optional, Says("要求提供的依据", "例如：食品安全法第四十五条。")] = ""
    blank_form: Annotated[bool, Says("有空白表格")] = False


class LinkData(Part):
    link: Annotated[Literal["receive", "review", "approve", "conclude"], Says("环节", choices=e.FlowLinkCode)]
    name: Annotated[Text, Says("环节名称")]
    role: Annotated[Text, Says("岗位", "例如：审核人。")]
    office: Annotated[Text, Says("办理处室")]
    limit: Annotated[LimitData | None, Says("时限")]
    note: Annotated[Optional, Says("说明", long=True)] = ""


class FeeData(Part):
    charged: Annotated[bool, Says("收费", "行政许可收费要有法律、行政法规依据（行政许可法第五十八条）。")]
    name: Annotated[Optional, Says("收费项目")] = ""
    standard: Annotated[Optional, Says("收费标准", "例如：住宅每件 80 元。")] = ""
    basis: Annotated[Optional, Says("收费依据")] = ""
    basis_rank: Annotated[Literal["", "law", "regulation", "local", "rule"], Says("依据层级", choices=e.BasisRank)] = ""
    online_payment: Annotated[bool, Says("网上支付")] = False


class ResultData(Part):
    name: Annotated[Optional, Says("结果名称", "例如：食品经营许可证。")]
    type: Annotated[Literal["license", "approval", "document"], Says("结果类型", choices=e.ResultType)]
    validity: Annotated[Optional, Says("有效期", "例如：5年；长期有效的写长期。")] = ""
    sample: Annotated[Optional, Says("结果样本", "证照上有哪些内容。", long=True)] = ""


class VisitsData(Part):
    count: Annotated[Count, Says("到现场次数", "申请人最少要来几次。")]
    reason: Annotated[Optional, Says("到现场原因", "要来的写明为什么；不用来的留空。")] = ""


class FormFieldData(Part):
    """A field that the application form asks beside the applicant; only what the permit needs (APP-1)."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$"), Says("字段名", "小写字母，例如 premises。")]
    label: Annotated[Text, Says("显示的名称", "例如：经营场所。")]
    type: Annotated[
        Literal["text", "textarea", "integer", "date", "choice", "money"], Says("类型", choices=e.FieldType)
    ]
    required: Annotated[bool, Says("必填")]
    help: Annotated[Optional, Says("填写提示")] = ""
    max_length: Annotated[Positive | None, Says("最多字数")] = None
    choices: Annotated[tuple[Text, ...], Says("选项", "选择题每行一个选项。")] = ()
    # Masked on staff's pages until somebody says why the whole is needed (个人信息保护法 28).
    sensitive: Annotated[bool, Says("敏感信息", "页面上遮住，查看要写明原因。")] = False
    on_decision: Annotated[bool, Says("写入准予决定书", "许可的场所、范围等；敏感信息不写入。")] = False


class QuestionData(Part):
    q: Annotated[Text, Says("问")]
    a: Annotated[Text, Says("答", long=True)]


class ItemData(Part):
    """One item as its list gives it."""

    number: Annotated[Positive | None, Says("清单序号")]
    name: Annotated[
        str, StringConstraints(min_length=1, max_length=200), Says("项目名称", "用法律、法规里的名称，不加“办理”。")
    ]
    basic_code: Annotated[
        str, StringConstraints(pattern=r"^\d{12}$"), Says("基本编码", "12 位：14、事项类型、条线、主项、子项。")
    ]
    department: Annotated[str, StringConstraints(pattern=r"^\d{3}$"), Says("实施部门")]
    co_departments: Annotated[tuple[str, ...], Says("共同实施部门", "没有的留空。")] = ()
    level: Annotated[Literal["1", "2", "3", "4", "5", "6", "7"], Says("行使层级", choices=e.Level)]
    kind: Annotated[Literal["approval", "supervision", "annual", "other"], Says("类别", choices=e.PlanKind)]
    type: Annotated[str, StringConstraints(pattern=r"^\d{2}$"), Says("事项类型", choices=e.ItemType)]
    power_source: Annotated[Text, Says("权力来源", "例如：法定本级行使。")]
    service_objects: Annotated[
        tuple[Literal["1", "2", "3", "4", "5", "6"], ...], Says("服务对象", choices=e.ServiceObject)
    ]
    themes_person: Annotated[tuple[str, ...], Says("个人主题", "面向自然人的至少选一个。", e.PERSON_THEMES)] = ()
    themes_firm: Annotated[tuple[str, ...], Says("法人主题", "面向法人的至少选一个。", e.FIRM_THEMES)] = ()
    handling: Annotated[Literal["immediate", "promised"], Says("办件类型", choices=e.Handling)]
    situations: Annotated[tuple[SituationData, ...], Says("情形", "法律分别规定时限的，分情形写。")] = ()
    limits: Annotated[LimitsData, Says("办理时限")]
    extension: Annotated[ExtensionData, Says("延期")]
    correction_days: Annotated[Positive, Says("补正期限", "自然日；逾期按补正不来办结。")]
    special_procedures: Annotated[
        tuple[
            Literal[
                "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
            ],
            ...,
        ],
        Says("特别程序", "可以依法停止计时的程序（行政许可法第四十五条）；现场核查不在其中。", PROCEDURES),
    ] = ()
    extra_procedures: Annotated[tuple[ProcedureData, ...], Says("另有依据的特别程序")] = ()
    basis: Annotated[tuple[BasisData, ...], Says("设定依据", "至少一条，写到条款。")]
    authority: Annotated[Optional, Says("权限划分", "市和县（区）怎么分。", long=True)] = ""
    conditions: Annotated[tuple[Text, ...], Says("申报资格", "每行一个条件，写到申请人自己能判断。")] = ()
    exclusions: Annotated[tuple[Text, ...], Says("不需要办理的情形", "每行一种。")] = ()
    materials: Annotated[tuple[MaterialData, ...], Says("申请材料")] = ()
    flow: Annotated[tuple[LinkData, ...], Says("办理流程", "受理、审核、审批、办结四个环节。")]
    fee: Annotated[FeeData, Says("收费")]
    quantity_limit: Annotated[Text, Says("数量限制", "没有的写“无数量限制”。")]
    result: Annotated[ResultData, Says("办理结果")]
    visits: Annotated[VisitsData, Says("到现场")]
    channels: Annotated[tuple[Literal["1", "2", "3", "4", "9"], ...], Says("办理形式", choices=e.Channel)] = ()
    online_depth: Annotated[Literal["1", "2", "3", "4"], Says("网上办理深度", choices=e.OnlineDepth)]
    place: Annotated[Text, Says("办理地点", "写到楼层和窗口。")]
    hours: Annotated[Text, Says("办理时间", "例如：工作日 9:00–12:00，13:30–17:30。")]
    consultation_phone: Annotated[Text, Says("咨询电话", "带区号，例如 0349-2023456。")]
    supervision_phone: Annotated[Text, Says("监督电话", "带区号，不能与咨询电话相同。")]
    complaint_note: Annotated[Optional, Says("监督电话说明", "由谁接听。")] = ""
    form_fields: Annotated[tuple[FormFieldData, ...], Says("申请表字段", "只问与许可直接有关的内容。")] = ()
    application_subject: Annotated[Optional, Says("事由字段", "哪个字段说明申请的是什么，填它显示的名称。")] = ""
    faq: Annotated[tuple[QuestionData, ...], Says("常见问题", "行政许可至少一个。")] = ()
    sample: Annotated[Optional, Says("示范文本", "填好的申请书，让人照着填。", long=True)] = ""
    keywords: Annotated[tuple[Text, ...], Says("检索词", "老百姓怎么说就怎么写，每行一个，例如：开饭店。")] = ()
    renewal_note: Annotated[Optional, Says("延续说明", "例如：期满 30 日前提出。")] = ""
    publicity: Annotated[Literal["full", "masked", "none"], Says("办件公开", choices=e.CasePublicity)]
    exercise: Annotated[Literal["application", "ex_officio"], Says("行使方式", choices=e.Exercise)] = "application"
    in_person_required: Annotated[bool, Says("须本人到场")] = False
    demo_fields: Annotated[tuple[str, ...], Says("演示数据字段")] = ()
