"""Whole data for every kind of paper, and departments that issue them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from portal.documents import rules, services
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.organizations.models import Department, Region
from portal.privacy.models import PersonKey

AT = dt.datetime(2026, 11, 20, 2, 15, tzinfo=dt.UTC)
SUBJECT_KIND = "test_subject"
#: Rare characters of names: they must print as what they are.
RARE = "任䶮𬍛𡐓〇"


def department(number: str = "023", name: str = "朔州市食品药品监督管理局", short_name: str = "食药") -> Department:
    region, _ = Region.objects.get_or_create(
        code="140600", valid_from=dt.date(2010, 1, 1), defaults={"name": "朔州市", "kind": Region.Kind.CITY}
    )
    return Department.objects.create(
        number=number,
        name=name,
        short_name=short_name,
        uscc=f"1114060000000{number}0X"[:18],
        region=region,
        approving=True,
        valid_from=dt.date(2010, 1, 1),
    )


COMMON: dict[str, Any] = {
    "case_number": "14060002320261120000587",
    "item_name": "食品经营许可",
    "item_code": "140123023000",
    "situation": "新办",
    "is_license": True,
    "applicant": "朔州古渡口餐饮有限公司",
    "applicant_is_legal_person": True,
    "contact": RARE,
    "contact_phone": "13800002210",
    "subject": "餐饮服务经营者，热食类食品制售",
    "received_on": "2026-11-20",
    "handler": "周晓丽",
    "handler_phone": "0349-0000123",
    "supervision_phone": "0349-0000110",
    "place": "朔州市政务服务中心一层 A07 窗口",
    "bases": ["《中华人民共和国食品安全法》第三十五条", "《食品经营许可管理办法》第十二条"],
}
LIMITS: dict[str, Any] = {
    "immediate": False,
    "promised": "10 个工作日",
    "statutory": "20 个工作日",
    "promised_due_on": "2026-12-04",
    "statutory_due_on": "2026-12-18",
    "provisional": False,
}
_REMEDIES = rules.remedies_text()
_ANSWER: dict[str, Any] = {
    "reason": "你单位申请的事项依法不需要取得行政许可。",
    "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（一）项",
    "competent_organ": "",
    "remedies": _REMEDIES,
    "late": False,
}
DATA: dict[DocumentKind, dict[str, Any]] = {
    DocumentKind.RECEIPT: COMMON
    | {
        "query_code": "480215",
        "channel": "大厅窗口",
        "window": "A07 市食药监局窗口",
        "receiver": "周晓丽",
        "received_at": "2026-11-20T10:15:00+08:00",
        "acceptance_due_on": "2026-11-27",
        "materials": [
            {"name": "食品经营许可申请书", "originals": 1, "copies": 0, "files": 1, "original_seen": False},
            {"name": "营业执照复印件", "originals": 0, "copies": 1, "files": 0, "original_seen": True},
            {"name": "经营场所平面图和设备布局图", "originals": 1, "copies": 1, "files": 2, "original_seen": False},
            {"name": "食品安全管理制度", "originals": 0, "copies": 0, "files": 0, "original_seen": False},
        ],
        "delivery_method": "窗口领取",
        "provisional": False,
    },
    DocumentKind.CORRECTION: COMMON
    | {
        "lines": [
            {"material": "经营场所平面图和设备布局图", "what": "缺操作流程走向，请补画后加盖公章。", "legal_basis": ""},
            {
                "material": "消防安全检查合格证",
                "what": "请提供原件，窗口核对后退还。",
                "legal_basis": "《中华人民共和国消防法》第十五条",
            },
        ],
        "supply_until": "2026-12-11",
        "correction_days": 15,
        "provisional": False,
        "asked_at": "2026-11-20T10:15:00+08:00",
        "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（四）项",
    },
    DocumentKind.ACCEPTANCE: COMMON
    | LIMITS
    | {
        "query_code": "480215",
        "accepted_on": "2026-11-20",
        "deemed": False,
        "corrected": False,
        "fee": "不收费",
        "excluded_procedures": ["听证", "检验", "检测", "检疫", "鉴定", "专家评审"],
        "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（五）项",
    },
    DocumentKind.NOT_REQUIRED: COMMON | _ANSWER,
    DocumentKind.NOT_COMPETENT: COMMON
    | _ANSWER
    | {
        "reason": "该场所位于山阴县，依法由山阴县食品药品监督管理局许可。",
        "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（二）项",
        "competent_organ": "山阴县食品药品监督管理局",
    },
    DocumentKind.SPECIAL_PROCEDURE: COMMON
    | LIMITS
    | {
        "procedure": "专家评审",
        "reason": "经营场所改建涉及通风排烟，需要组织专家评审。",
        "legal_basis": "《食品经营许可管理办法》第二十一条",
        "started_on": "2026-11-23",
        "until": "2026-12-08",
        "days": 15,
    },
    DocumentKind.EXTENSION: COMMON
    | LIMITS
    | {
        "days": 10,
        "reason": "需要复核经营场所的整改情况。",
        "approved_by": "李建国",
        "old_due_on": "2026-12-04",
        "new_due_on": "2026-12-18",
        "legal_basis": "《中华人民共和国行政许可法》第四十二条第一款",
    },
    DocumentKind.GRANT: COMMON
    | {
        "content": "餐饮服务经营者；热食类食品制售、冷食类食品制售。",
        "particulars": [
            {"label": "经营场所", "text": "朔城区开发北路 12 号"},
            {"label": "培训专业（工种）和等级", "text": "中式烹调师，五级"},
        ],
        "validity": "5年",
        "conditions": "",
        "accepted_on": "2026-11-20",
        "decided_on": "2026-12-02",
        "result_name": "食品经营许可证",
        "delivery_due_on": "2026-12-16",
        "provisional": False,
        "legal_basis": "《中华人民共和国行政许可法》第三十八条第一款",
    },
    DocumentKind.REFUSAL: COMMON
    | {
        "facts": "经现场核查，经营场所与污染源的距离为 12 米。",
        "reasons": "不符合经营场所距离污染源 25 米以上的条件。",
        "legal_basis": "《食品经营许可管理办法》第十一条第（一）项",
        "remedies": _REMEDIES,
        "accepted_on": "2026-11-20",
        "decided_on": "2026-12-02",
    },
    DocumentKind.TERMINATION: COMMON
    | {
        "reason": "食品经营许可已取消：职责调整。",
        "legal_basis": "市政府第 12 次常务会议（朔政常纪〔2026〕12号）",
        "ended_on": "2026-12-02",
        "remedies": _REMEDIES,
    },
    DocumentKind.SERVICE_RECEIPT: COMMON
    | {
        "documents": [{"name": "准予行政许可决定书", "number": "朔食药许准〔2026〕0103号"}],
        "result_name": "食品经营许可证",
        "result_number": "JY21406000000001",
        "addressee": "朔州古渡口餐饮有限公司",
        "method": "窗口领取",
        "recipient": "任晓东",
        "recipient_relation": "法定代表人",
        "tracking": "",
        "delivered_on": "2026-12-03",
        "delivered_at": "2026-12-03T10:00:00+08:00",
        "notice_place": "",
        "notice_first_on": None,
        "attempts": [{"method": "邮寄", "failed_on": "2026-12-02", "reason": "地址不详，邮局退回"}],
        "deliverer": "周晓丽",
        "remark": "",
    },
}


def issue(
    kind: DocumentKind = DocumentKind.ACCEPTANCE,
    by: Department | None = None,
    *,
    at: dt.datetime = AT,
    subject_id: UUID | None = None,
    person_key: PersonKey | None = None,
    **changes: Any,
) -> OfficialDocument:
    return services.issue(
        kind=kind,
        department=by or Department.objects.filter(number="023").first() or department(),
        subject_kind=SUBJECT_KIND,
        subject_id=subject_id or uuid4(),
        person_key=person_key,
        data=DATA[kind] | changes,
        issued_at=at,
    )
