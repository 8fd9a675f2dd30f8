"""How personal data looks on public pages (reference/domain.md section 11.3); pure functions.

What cannot be recognised is masked more, never less.
"""

import re
from typing import Final

STAR: Final = "*"
# The compound surnames that still occur (百家姓); the first character is kept all the same, so the list only
# decides how many characters stand for the surname.
COMPOUND_SURNAMES: Final = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 "
    "钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 "
    "呼延 东郭 南门 羊舌 微生 左丘 东门 西门 南荣 第五 梁丘 叔孙 屈突".split()
)
_ORGANISATION: Final = re.compile(
    r"公司|厂$|店$|部$|院$|校$|学$|所$|站$|中心$|社$|会$|局$|园$|行$|馆$|办$|委$|集团|合作|银行|企业|事务所|工作室|经营|商行|超市|农场|矿$"
)
_PLACE: Final = re.compile(r"^.*?(?:街道办事处|街道|苏木|民族乡|开发区|管理区|乡|镇)")
_COUNTY: Final = re.compile(r"^.*(?:自治县|自治旗|县|区|旗)")
_CITY: Final = re.compile(r"^.*?(?:自治州|地区|盟|州市|市)")


def mask_name(name: str) -> str:
    """张三 -> 张*, 张小三 -> 张*三, four and more: first and last kept; a compound surname keeps its first character."""
    name = name.strip()
    if len(name) <= 1:
        return STAR * len(name)
    if len(name) == 2:
        return name[0] + STAR
    if len(name) == 3 and name[:2] in COMPOUND_SURNAMES:
        # 欧阳修: the one given character is not kept beside the surname.
        return name[0] + STAR * 2
    return name[0] + STAR * (len(name) - 2) + name[-1]


def is_organisation(name: str) -> bool:
    """Whether a name is that of a firm or office, which is public."""
    return len(name) > 4 and _ORGANISATION.search(name) is not None


def mask_party(name: str, *, is_person: bool) -> str:
    """The name of an applicant: a person's masked, an organisation's in full."""
    return mask_name(name) if is_person else name


def mask_identity_number(number: str) -> str:
    """140602********1234: the first six and the last four."""
    number = number.strip()
    if len(number) < 15:
        return STAR * len(number)
    return number[:6] + STAR * (len(number) - 10) + number[-4:]


def mask_mobile(number: str) -> str:
    """138****1234"""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) != 11:
        return STAR * len(digits)
    return digits[:3] + STAR * 4 + digits[-4:]


def mask_landline(number: str) -> str:
    """0349-***1234; without an area code ***1234."""
    match = re.fullmatch(r"\(?(0\d{2,3})\)?[-\s‑—]*(\d{7,8})(?:[-转\s]*\d{1,6})?", number.strip())
    if match is not None:
        return f"{match.group(1)}-{STAR * (len(match.group(2)) - 4)}{match.group(2)[-4:]}"
    digits = re.sub(r"\D", "", number)
    if len(digits) in (7, 8):
        return STAR * (len(digits) - 4) + digits[-4:]
    return STAR * len(digits)


def mask_phone(number: str) -> str:
    """A mobile or landline number."""
    digits = re.sub(r"\D", "", number)
    if re.fullmatch(r"(86)?1\d{10}", digits):
        return mask_mobile(number)
    return mask_landline(number)


def mask_email(address: str) -> str:
    """a***@x.cn"""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local:
        return STAR * 3
    return f"{local[0]}{STAR * 3}@{domain}"


def mask_address(address: str) -> str:
    """Down to the township or street office; otherwise to the county, the city, or nothing."""
    address = address.strip()
    for pattern in (_PLACE, _COUNTY, _CITY):
        if match := pattern.search(address):
            kept = match.group()
            return kept if kept == address else kept + STAR * 3
    return STAR * 3 if address else ""


def mask_bank_card(number: str) -> str:
    """Only the last four."""
    digits = re.sub(r"\s", "", number)
    if len(digits) < 12:
        return STAR * len(digits)
    return STAR * (len(digits) - 4) + digits[-4:]


_IN_TEXT: Final = (
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), mask_identity_number),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), mask_mobile),
    (re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"), mask_landline),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), mask_email),
)


def mask_text(text: str) -> str:
    """Mask the numbers and addresses that stand in a free text."""
    for pattern, mask in _IN_TEXT:
        text = pattern.sub(lambda match, mask=mask: mask(match.group()), text)  # type: ignore[misc]
    return text
