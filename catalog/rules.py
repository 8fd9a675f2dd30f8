"""Rules between the elements of an item: domain reference 2.3 (numbered 2.3-1 … 2.3-12) and the publication gate 2.2.

Pure: data in, faults out. Each fault names the place, the rule and what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog.enumerations import FIRM_THEMES, PERSON_THEMES, ItemType
from catalog.item_data import ItemData, LimitData

PHONE = re.compile(r"^0349-\d{7,8}$")
#: Catch-all materials are forbidden: each material is spelled out (rule 2.3-12).
CATCH_ALL = re.compile(r"其他(相关|有关)?(材料|资料|文件)|有关材料|相关材料|等材料$")
LINK_ORDER = ("receive", "review", "approve", "conclude")


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and which rule says so."""

    place: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}（规则 {self.rule}）：{self.message}"


Rule = Callable[[ItemData], Iterator[Fault]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


def faults(item: ItemData) -> list[Fault]:
    """All faults of an item, in the order of the rules; empty when it may be published."""
    return [fault for check in RULES for fault in check(item)]


def _is_ex_officio(item: ItemData) -> bool:
    return item.exercise == "ex_officio"


def _longer(a: LimitData, b: LimitData) -> bool:
    return a.unit == b.unit and a.n > b.n


@rule
def immediate_exactly_without_promised_limit(item: ItemData) -> Iterator[Fault]:
    """2.3-1: 承诺时限即办 ⇔ 办件类型即办件."""
    if _is_ex_officio(item):
        return
    if item.handling == "immediate" and item.limits.promised is not None and not item.situations:
        yield Fault("limits.promised", "2.3-1", "即办件不填承诺时限")
    if item.handling == "promised" and item.limits.promised is None:
        yield Fault("limits.promised", "2.3-1", "承诺件要有承诺时限")


@rule
def result_name_fits_result_type(item: ItemData) -> Iterator[Fault]:
    """2.3-2: 名称以证结尾 → 出证办结; 批复 → 审批办结."""
    name, kind = item.result.name, item.result.type
    if name.endswith("证") and kind != "license":
        yield Fault("result.type", "2.3-2", "结果名称以“证”结尾的，结果类型应为出证办结")
    if name.endswith("批复") and kind != "approval":
        yield Fault("result.type", "2.3-2", "结果名称以“批复”结尾的，结果类型应为审批办结")


@rule
def visits_have_a_reason(item: ItemData) -> Iterator[Fault]:
    """2.3-3: 到现场次数 > 0 → 原因必填; = 0 → 不填."""
    if item.visits.count > 0 and not item.visits.reason:
        yield Fault("visits.reason", "2.3-3", "要到现场的，写明原因")
    if item.visits.count == 0 and item.visits.reason not in ("", "无"):
        yield Fault("visits.reason", "2.3-3", "不用到现场的，不填原因")


@rule
def without_visit_there_is_net_or_express(item: ItemData) -> Iterator[Fault]:
    """2.3-4: 到现场 0 次且不能网办 → 办理形式含快递."""
    if item.visits.count == 0 and not {"2", "3", "4"} & set(item.channels) and not _is_ex_officio(item):
        yield Fault("channels", "2.3-4", "不用到现场又不能网上办的，办理形式要包括快递")


@rule
def full_online_means_no_visit(item: ItemData) -> Iterator[Fault]:
    """2.3-5: 全程网办 → 到现场 0 次."""
    if item.online_depth == "4" and item.visits.count != 0:
        yield Fault("visits.count", "2.3-5", "全程网办的事项，到现场次数应为 0")


@rule
def fee_is_complete_or_absent(item: ItemData) -> Iterator[Fault]:
    """2.3-6: 收费 → 依据、项目、标准齐全; 不收费 → 网上支付关闭."""
    fee = item.fee
    if fee.charged:
        for field, word in (
            ("name", "收费项目"),
            ("standard", "收费标准"),
            ("basis", "收费依据"),
            ("basis_rank", "依据层级"),
        ):
            if not getattr(fee, field):
                yield Fault(f"fee.{field}", "2.3-6", f"收费的事项要写{word}")
    elif fee.online_payment:
        yield Fault("fee.online_payment", "2.3-6", "不收费的事项不能开通网上支付")


@rule
def licence_fee_rests_on_law(item: ItemData) -> Iterator[Fault]:
    """FEE-1 (行政许可法 58): 行政许可收费要有法律、行政法规依据."""
    if item.fee.charged and item.type == ItemType.LICENSE and item.fee.basis_rank not in ("law", "regulation"):
        yield Fault("fee.basis_rank", "FEE-1", "行政许可收费，依据应为法律或行政法规")


@rule
def two_phones_that_differ(item: ItemData) -> Iterator[Fault]:
    """2.3-7: 咨询电话与监督电话都有、不同、带区号."""
    for field in ("consultation_phone", "supervision_phone"):
        if not PHONE.match(getattr(item, field)):
            yield Fault(field, "2.3-7", "电话要带区号，写成 0349-xxxxxxx")
    if item.consultation_phone == item.supervision_phone:
        yield Fault("supervision_phone", "2.3-7", "监督电话不能与咨询电话相同")


@rule
def themes_fit_the_service_objects(item: ItemData) -> Iterator[Fault]:
    """2.3-8: 服务对象与主题一致."""
    persons, firms = (
        "1" in item.service_objects,
        any(code != "1" for code in item.service_objects),
    )
    if not item.service_objects:
        yield Fault("service_objects", "2.3-8", "至少要有一类服务对象")
    if item.themes_person and not persons:
        yield Fault("themes_person", "2.3-8", "不面向个人的事项没有个人主题")
    if item.themes_firm and not firms:
        yield Fault("themes_firm", "2.3-8", "不面向法人的事项没有法人主题")
    if persons and not item.themes_person:
        yield Fault("themes_person", "2.3-8", "面向个人的事项要有个人主题")
    if firms and not item.themes_firm:
        yield Fault("themes_firm", "2.3-8", "面向法人的事项要有法人主题")
    for theme in set(item.themes_person) - set(PERSON_THEMES):
        yield Fault("themes_person", "2.3-8", f"没有“{theme}”这个个人主题")
    for theme in set(item.themes_firm) - set(FIRM_THEMES):
        yield Fault("themes_firm", "2.3-8", f"没有“{theme}”这个法人主题")


@rule
def licence_has_a_question(item: ItemData) -> Iterator[Fault]:
    """2.3-9: 行政许可至少一个常见问题."""
    if item.type == ItemType.LICENSE and not item.faq:
        yield Fault("faq", "2.3-9", "行政许可至少要有一个常见问题")


@rule
def four_links_in_order(item: ItemData) -> Iterator[Fault]:
    """2.3-10: 受理、审核、审批、办结 (plan 三(五)2)."""
    if tuple(link.link for link in item.flow) != LINK_ORDER:
        yield Fault("flow", "2.3-10", "流程应依次为受理、审核、审批、办结四个环节")


@rule
def links_fit_into_the_promised_limit(item: ItemData) -> Iterator[Fault]:
    """The links after acceptance take no longer than the promise."""
    promised = item.limits.promised
    if promised is None:
        return
    spent = [link.limit for link in item.flow if link.link != "receive" and link.limit is not None]
    if all(limit.unit == promised.unit for limit in spent) and sum(limit.n for limit in spent) > promised.n:
        yield Fault("flow", "2.3-10", "审核、审批、办结的时限之和超过承诺时限")


@rule
def result_has_a_sample(item: ItemData) -> Iterator[Fault]:
    """2.3-11: 有结果名称 → 有样本."""
    if item.result.name and not item.result.sample:
        yield Fault("result.sample", "2.3-11", "有结果名称的，要有结果样本")


@rule
def promise_is_within_the_law(item: ItemData) -> Iterator[Fault]:
    """2.3-12, TIM-6: 承诺 ≤ 法定; 依据非空; 没有兜底材料."""
    pairs = [("limits", item.limits.promised, item.limits.statutory)]
    pairs += [(f"situations.{s.code}", s.promised, s.statutory) for s in item.situations]
    for place, promised, statutory in pairs:
        if promised and statutory and promised.unit != statutory.unit:
            yield Fault(place, "2.3-12", "承诺时限和法定时限的单位要一致")
        elif promised and statutory and _longer(promised, statutory):
            yield Fault(place, "2.3-12", "承诺时限不能长于法定时限")
    if not item.basis:
        yield Fault("basis", "2.3-12", "设定依据不能为空")
    for material in item.materials:
        if CATCH_ALL.search(material.name):
            yield Fault(
                f"materials.{material.code}",
                "2.3-12",
                f"“{material.name}”是兜底条款，要逐项写明",
            )


@rule
def absent_statutory_limit_says_why(item: ItemData) -> Iterator[Fault]:
    """design.md section 3: the statutory limit may be absent, with a stated reason."""
    if item.limits.statutory is None and not item.limits.statutory_reason and not _is_ex_officio(item):
        yield Fault("limits.statutory_reason", "2.2", "没有法定时限的，写明原因")


@rule
def gate_everything_the_public_needs(item: ItemData) -> Iterator[Fault]:
    """2.2 publication gate, APP-4 (行政许可法 30): conditions, materials and sample; waived ex officio (no. 54)."""
    if _is_ex_officio(item):
        return
    if not item.conditions:
        yield Fault("conditions", "2.2", "申报资格不能为空")
    if not item.materials:
        yield Fault("materials", "2.2", "至少要有一份申请材料")
    if not item.sample:
        yield Fault("sample", "2.2", "要有申请书示范文本")
    if not item.result.name:
        yield Fault("result.name", "2.2", "要有结果名称")
    if not item.channels:
        yield Fault("channels", "2.2", "至少要有一种办理形式")


@rule
def materials_are_told_apart(item: ItemData) -> Iterator[Fault]:
    """Codes and names of materials, situations and form fields are unique; a condition is said where it is needed."""
    for place, values in (
        ("materials", [m.code for m in item.materials]),
        ("materials", [m.name for m in item.materials]),
        ("situations", [s.code for s in item.situations]),
        ("form_fields", [f.name for f in item.form_fields]),
    ):
        for value in sorted({v for v in values if values.count(v) > 1}):
            yield Fault(place, "2.2", f"“{value}”重复")
    for material in item.materials:
        if material.necessity == "conditional" and not material.condition:
            yield Fault(
                f"materials.{material.code}.condition",
                "2.2",
                "写明什么情况下需要这份材料",
            )
    for field in item.form_fields:
        if field.type == "choice" and not field.choices:
            yield Fault(f"form_fields.{field.name}.choices", "2.2", "选择题要有选项")


@rule
def code_carries_type_and_province(item: ItemData) -> Iterator[Fault]:
    """2.4: 基本编码 12 位，14 + 事项类型 + 条线 + 主项 + 子项."""
    if not item.basic_code.startswith("14"):
        yield Fault("basic_code", "2.4", "基本编码以 14 开头")
    if item.basic_code[2:4] != item.type:
        yield Fault("basic_code", "2.4", "基本编码第 3、4 位应与事项类型一致")


@rule
def extension_is_within_the_law(item: ItemData) -> Iterator[Fault]:
    """TIM-1 (行政许可法 42): at most ten working days, once; immediate items have none."""
    extension = item.extension
    if extension.allowed != (extension.max > 0):
        yield Fault("extension.max", "TIM-1", "可以延期的写明天数，不可以的填 0")
    if extension.max > 10:
        yield Fault("extension.max", "TIM-1", "延期不能超过 10 个工作日")
    if extension.allowed and item.handling == "immediate" and not item.situations:
        yield Fault("extension.allowed", "TIM-1", "即办件没有延期")
