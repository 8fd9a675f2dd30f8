"""How long each kind of data is kept, why, and by what law (个人信息保护法 17, 19, 47): one table.

The privacy notice prints it, refusals of an erasure quote it, and the nightly sweeps of the rooms carry it out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A class of data with one term."""

    ACCOUNT = "account"
    DECIDED_CASE = "decided_case"
    ENDED_CASE = "ended_case"
    DOCUMENT = "document"
    DRAFT = "draft"
    MESSAGE = "message"
    CODE = "code"
    JOB = "job"
    REQUEST = "request"
    READING = "reading"
    UPLOAD = "upload"
    LOG = "log"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Retention:
    """One row of the table. The term is `years` and `days` from `begins`; both 0: as `told` says."""

    kind: Kind
    data: str
    purpose: str
    begins: str
    told: str
    law: str
    years: int = 0
    days: int = 0

    def until(self, begun: dt.date) -> dt.date:
        """The first day on which the data may go: the corresponding day, else the last of its month (民法典 202)."""
        year = begun.year + self.years
        try:
            day = begun.replace(year=year)
        except ValueError:
            day = dt.date(year, 2, 28)
        return day + dt.timedelta(days=self.days)

    def begun_before(self, today: dt.date) -> dt.date:
        """What began on this day or before has run out today."""
        day = today - dt.timedelta(days=self.days)
        try:
            return day.replace(year=day.year - self.years)
        except ValueError:
            return dt.date(day.year - self.years, 2, 28)


_DUTY: Final = "《中华人民共和国个人信息保护法》第十三条第一款第三项、第三十四条"
_ARCHIVES: Final = (
    "《中华人民共和国档案法》、《机关文件材料归档范围和文书材料保管期限规定》（国家档案局令第8号）"
)

TABLE: Final[tuple[Retention, ...]] = (
    Retention(
        Kind.ACCOUNT,
        "账号、姓名、身份证号码、手机号码、住址",
        "登录和核对办事人的身份",
        "注销账号",
        "使用账号期间；注销后，没有办件要保存的当天删除",
        f"{_DUTY}、第四十七条",
    ),
    Retention(
        Kind.DECIDED_CASE,
        "作出准予或者不予决定的办件：申请内容、材料、文书、办理过程",
        "办理申请，备查、复议和诉讼",
        "办件结束",
        "办件结束后 30 年",
        _ARCHIVES,
        years=30,
    ),
    Retention(
        Kind.ENDED_CASE,
        "没有作出决定就结束的办件：不受理、不予受理、撤回、补正不来",
        "答复申请，备查、复议和诉讼",
        "办件结束",
        "办件结束后 10 年",
        _ARCHIVES,
        years=10,
    ),
    Retention(
        Kind.DOCUMENT,
        "向您出具的文书（加密）",
        "供任何人查验真伪，备查、复议和诉讼",
        "账号和全部办件删除",
        "全部办件期满后，随您的个人密钥销毁",
        _ARCHIVES,
    ),
    Retention(
        Kind.DRAFT,
        "没有提交的申请草稿和其中的材料",
        "让您下次接着填",
        "最后一次保存",
        "最后一次保存后 30 天",
        "《中华人民共和国个人信息保护法》第十九条",
        days=30,
    ),
    Retention(
        Kind.MESSAGE,
        "站内消息",
        "告知办件进展",
        "发出",
        "发出后 3 年",
        "《中华人民共和国个人信息保护法》第十九条，参照《中华人民共和国民法典》第一百八十八条",
        years=3,
    ),
    Retention(
        Kind.CODE,
        "短信验证码和它发往的手机号码",
        "确认手机是本人的",
        "失效",
        "失效后 1 天",
        "《中华人民共和国个人信息保护法》第十九条",
        days=1,
    ),
    Retention(
        Kind.JOB,
        "待发的短信和邮件（加密）",
        "发送失败时重发",
        "发出",
        "发出后 90 天",
        "《中华人民共和国个人信息保护法》第十九条",
        days=90,
    ),
    Retention(
        Kind.REQUEST,
        "您提出的查阅、更正、注销、删除请求和答复",
        "证明依法答复",
        "答复",
        "答复后 3 年",
        "《中华人民共和国个人信息保护法》第五十条、第五十六条",
        years=3,
    ),
    Retention(
        Kind.READING,
        "谁看过您材料的记录，您对它的疑问和答复",
        "让您知道谁看过、为什么看，查处不当查看",
        "查看；提过疑问的，答复",
        "查看后 3 年；提过疑问的，答复后 3 年",
        "《中华人民共和国个人信息保护法》第四十四条、第五十一条、第五十六条",
        years=3,
    ),
    Retention(
        Kind.UPLOAD,
        "上传后没有用到申请中的文件",
        "无",
        "上传",
        "上传后 1 天",
        "《中华人民共和国个人信息保护法》第十九条",
        days=1,
    ),
    Retention(
        Kind.LOG,
        "系统运行日志，不含姓名、证件号码和电话",
        "查找故障、防范攻击",
        "产生",
        "不少于 6 个月",
        "《中华人民共和国网络安全法》关于留存网络日志的规定",
    ),
    Retention(
        Kind.LEDGER,
        "办理过程的存证：只有以您个人密钥计算的摘要，删除您的密钥后不能再与您对应",
        "证明办件没有被改动",
        "产生",
        "永久",
        "《中华人民共和国个人信息保护法》第四条第一款（匿名化后不属于个人信息）",
    ),
)
_BY_KIND: Final = {row.kind: row for row in TABLE}


def of(kind: Kind) -> Retention:
    """The row of a kind."""
    return _BY_KIND[kind]


@dataclass(frozen=True, slots=True)
class Term:
    """Something of a person that has to be kept still: what it is, until when, by what law."""

    kind: Kind
    what: str
    until: dt.date

    @property
    def law(self) -> str:
        return of(self.kind).law
