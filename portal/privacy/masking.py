"""How personal data looks on public pages (reference/domain.md section 11.3); pure functions.

What cannot be recognised is masked more, never less.
"""

import re
from collections.abc import Callable
from typing import Final

STAR: Final = "*"
#: What stands where a person's data was erased; it is shown as it is.
ERASED_TEXT: Final = "（已删除）"
#: What stands behind the name of an applicant whom no window has confirmed.
PERSON_UNCONFIRMED: Final = "身份未核验"
UNIT_UNCONFIRMED: Final = "单位未核验"
_ORGANISATION: Final = re.compile(
    r"公司|集团|合作|银行|企业|事务所|工作室|经营|商行|超市|农场|(?:厂|店|部|院|校|学|所|站|中心|社|会|局|园|行|馆|办|委|矿)$"
)
# A township follows a county and is short; what holds a road, a number or a second 区 is no township.
_PLACE: Final = re.compile(
    r"^(?:.*?(?:县|区|市|旗))?[^\d县区市旗路街巷弄号]{1,8}?(?:街道办事处|街道|苏木|民族乡|开发区|管理区|乡|镇)"
)
_COUNTY: Final = re.compile(r"^.*?(?:自治县|自治旗|县|区|旗)")
_CITY: Final = re.compile(r"^.*?(?:自治州|地区|盟|州市|市)")


def mask_name(name: str) -> str:
    """张三 -> 张*, 张小三 -> 张*三, longer: first and last kept. A compound surname shows its first character."""
    if name == ERASED_TEXT:
        return name
    name = name.strip()
    if len(name) <= 1:
        return STAR * len(name)
    if len(name) == 2:
        return name[0] + STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def is_organisation(name: str) -> bool:
    """Whether a name is that of a firm or office, which is public."""
    return len(name) > 4 and _ORGANISATION.search(name) is not None


def mask_party(name: str, *, is_person: bool) -> str:
    """The name of an applicant: a person's masked, an organisation's in full; a mark behind it stays."""
    if not is_person:
        return name
    mark = f"（{PERSON_UNCONFIRMED}）"
    return mask_name(name.removesuffix(mark)) + mark if name.endswith(mark) else mask_name(name)


def mask_identity_number(number: str) -> str:
    """140602********1234: the first six and the last four."""
    if number == ERASED_TEXT:
        return number
    number = number.strip()
    if len(number) < 15:
        return STAR * len(number)
    return number[:6] + STAR * (len(number) - 10) + number[-4:]


def mask_mobile(number: str) -> str:
    """138****1234"""
    if number == ERASED_TEXT:
        return number
    digits = re.sub(r"\D", "", number)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) != 11:
        return STAR * len(digits)
    return digits[:3] + STAR * 4 + digits[-4:]


def mask_landline(number: str) -> str:
    """0349-***1234; without an area code ***1234."""
    if number == ERASED_TEXT:
        return number
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
    if address == ERASED_TEXT:
        return address
    local, at, domain = address.strip().rpartition("@")
    if not at or not local:
        return STAR * 3
    return f"{local[0]}{STAR * 3}@{domain}"


def mask_address(address: str) -> str:
    """Down to the township or street office; otherwise to the county, the city, or nothing."""
    if address == ERASED_TEXT:
        return address
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


def mask_answer(text: str) -> str:
    """An answer that the form marks as sensitive (个人信息保护法 28): a number by its ends, else nothing."""
    compact = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{12,}", compact) and len(compact) != 18:
        return mask_bank_card(compact)
    if re.fullmatch(r"[0-9]{17}[0-9Xx]", compact):
        return mask_identity_number(compact)
    if re.fullmatch(r"1[3-9][0-9]{9}", compact):
        return mask_mobile(compact)
    return STAR * 3


_IN_TEXT: Final = (
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), mask_identity_number),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), mask_mobile),
    (re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"), mask_landline),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), mask_email),
)


def mask_text(text: str) -> str:
    """Mask the numbers and addresses that stand in a free text."""
    for pattern, mask in _IN_TEXT:
        text = pattern.sub(_replacing(mask), text)
    return text


def _replacing(mask: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda match: mask(match.group())
