"""Enumerations of power items: GB/T 39046—2020 annex A, and the plan's own kinds (朔政办发〔2015〕52号)."""

from __future__ import annotations

from django.db import models


class PlanKind(models.TextChoices):
    """The plan's four kinds (二、工作目标): 审批、监管、年检和其他政府服务."""

    APPROVAL = "approval", "审批"
    SUPERVISION = "supervision", "监管"
    ANNUAL = "annual", "年检"
    OTHER = "other", "其他服务"


class ItemType(models.TextChoices):
    """事项类型代码, GB/T 39046—2020 A.1."""

    POWER = "00", "行政权力事项"
    LICENSE = "01", "行政许可"
    PENALTY = "02", "行政处罚"
    COMPULSION = "03", "行政强制"
    LEVY = "04", "行政征收"
    PAYMENT = "05", "行政给付"
    INSPECTION = "06", "行政检查"
    CONFIRMATION = "07", "行政确认"
    REWARD = "08", "行政奖励"
    RULING = "09", "行政裁决"
    OTHER = "10", "其他行政权力"
    PUBLIC_SERVICE = "20", "公共服务"


class Level(models.TextChoices):
    """行使层级, GB/T 39046—2020 A.2."""

    STATE = "1", "国家级"
    PROVINCE = "2", "省级"
    CITY = "3", "市级"
    COUNTY = "4", "县级"
    TOWN = "5", "乡镇级"
    VILLAGE = "6", "村级"
    SHARED = "7", "分级管理"


class ServiceObject(models.TextChoices):
    """服务对象, GB/T 39046—2020 A."""

    PERSON = "1", "自然人"
    ENTERPRISE = "2", "企业法人"
    INSTITUTION = "3", "事业法人"
    SOCIAL = "4", "社会组织法人"
    ORGAN = "5", "行政机关"
    OTHER = "6", "其他组织"


class Channel(models.TextChoices):
    """办理形式, GB/T 39046—2020 A."""

    WINDOW = "1", "窗口办理"
    COMPUTER = "2", "电脑端网上办理"
    MOBILE = "3", "移动端网上办理"
    EXPRESS = "4", "快递申请"
    OTHER = "9", "其他"


class Handling(models.TextChoices):
    """办件类型, GB/T 39046—2020 A."""

    IMMEDIATE = "immediate", "即办件"
    PROMISED = "promised", "承诺件"


class LimitUnit(models.TextChoices):
    WORKDAY = "workday", "个工作日"
    CALENDAR_DAY = "calendar_day", "日"
    MONTH = "month", "个月"


class BasisRank(models.TextChoices):
    """Rank of a legal basis; fees of a licence need law or administrative regulation (行政许可法 58)."""

    LAW = "law", "法律"
    REGULATION = "regulation", "行政法规"
    LOCAL = "local", "地方性法规"
    RULE = "rule", "规章和规范性文件"


class MaterialSource(models.TextChoices):
    APPLICANT = "applicant", "申请人自备"
    GOVERNMENT = "government", "政府部门核发"
    INTERMEDIARY = "intermediary", "中介机构"
    OTHER = "other", "其他"


class Necessity(models.TextChoices):
    REQUIRED = "required", "必要"
    CONDITIONAL = "conditional", "有条件时需要"
    DEFERRABLE = "deferrable", "容缺后补"


class MaterialForm(models.TextChoices):
    PAPER = "paper", "纸质"
    ELECTRONIC = "electronic", "电子"
    BOTH = "both", "纸质或电子"


class FlowLinkCode(models.TextChoices):
    """The plan's four stages (三(五)2): 受理、审核、审批、办结."""

    RECEIVE = "receive", "受理"
    REVIEW = "review", "审核"
    APPROVE = "approve", "审批"
    CONCLUDE = "conclude", "办结"


class ResultType(models.TextChoices):
    LICENSE = "license", "出证办结"
    APPROVAL = "approval", "审批办结"
    DOCUMENT = "document", "出文办结"


class OnlineDepth(models.TextChoices):
    INFORMATION = "1", "信息公布"
    APPOINTMENT = "2", "网上预约、预审"
    ORIGINALS = "3", "原件核验"
    FULL = "4", "全程网办"


class CasePublicity(models.TextChoices):
    """How cases of an item are listed in public (plan 三(四)2; domain reference 11.3)."""

    FULL = "full", "全部公开"
    MASKED = "masked", "隐去姓名"
    NONE = "none", "不公开"


class FieldType(models.TextChoices):
    """What a field of an application form asks for."""

    TEXT = "text", "一行文字"
    TEXTAREA = "textarea", "多行文字"
    INTEGER = "integer", "整数"
    DATE = "date", "日期"
    CHOICE = "choice", "选择"
    MONEY = "money", "金额（元）"


class Exercise(models.TextChoices):
    APPLICATION = "application", "依申请"
    EX_OFFICIO = "ex_officio", "依职权"


PERSON_THEMES = (
    "生育收养", "户籍办理", "教育科研", "就业创业", "社会保障", "医疗卫生", "住房保障", "证件办理",
    "交通出行", "民族宗教", "出境入境", "司法公证", "婚姻登记", "旅游观光", "消费维权", "纳税缴费",
    "文化体育", "公用事业", "其他",
)  # fmt: skip
FIRM_THEMES = (
    "设立变更", "准营准办", "资质认证", "年检年审", "税收财务", "人力资源", "社会保障", "投资审批",
    "融资信贷", "抵押质押", "商务贸易", "招标拍卖", "海关口岸", "涉外服务", "农林牧渔", "国土规划建设",
    "环保绿化", "交通运输", "科技创新", "质量技术", "安全生产", "公安消防", "司法公证", "医疗卫生",
    "文体教育", "知识产权", "公用事业", "其他",
)  # fmt: skip
