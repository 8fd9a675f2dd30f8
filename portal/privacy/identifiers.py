"""Check digits and forms of the numbers of persons and organisations (reference/domain.md sections 9.1, 9.2, 3.4)."""

import re
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError

from portal import clock
from portal.privacy.cipher import normalise_number

_USCC_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def normalise(number: str) -> str:
    """Half width, upper case, no blanks or hyphens."""
    return normalise_number(number)


def identity_number_fault(number: str, *, today: date) -> str | None:
    """What is wrong with a 公民身份号码 (GB 11643), in Chinese; None when nothing is.

    The county is not checked: codes follow the first registration and many have changed since.
    """
    if len(number) != 18:
        return f"身份号码应是 18 位，现在是 {len(number)} 位。"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "身份号码前 17 位应是数字，最后一位是数字或 X。"
    birth = birth_date(number)
    if birth is None or not date(1900, 1, 1) <= birth <= today:
        return "身份号码中的出生日期不存在，请检查第 7 至 14 位。"
    if identity_check_character(number[:17]) != number[17]:
        return "身份号码的校验位不对，请逐位核对。"
    return None


def identity_check_character(body: str) -> str:
    """The 18th character for the first 17 (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def birth_date(number: str) -> date | None:
    """The date of birth that an identity number names, None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_female(number: str) -> bool:
    """The 17th digit is even for women (GB 11643)."""
    return int(number[16]) % 2 == 0


def credit_code_fault(code: str) -> str | None:
    """What is wrong with a 统一社会信用代码 (GB 32100), in Chinese; None when nothing is."""
    if len(code) != 18:
        return f"统一社会信用代码应是 18 位，现在是 {len(code)} 位。"
    if strange := [character for character in code if character not in _USCC_CHARACTERS]:
        return f"统一社会信用代码中不应有“{strange[0]}”，不使用字母 I、O、S、V、Z。"
    if organisation_check_character(code[8:16]) != code[16]:
        return "统一社会信用代码第 9 至 17 位（组织机构代码）的校验位不对，请逐位核对。"
    if credit_check_character(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不对，请逐位核对。"
    return None


def credit_check_character(body: str) -> str:
    """The 18th character for the first 17 (GB 32100)."""
    values = (_USCC_CHARACTERS.index(character) for character in body)
    total = sum(value * weight for value, weight in zip(values, _USCC_WEIGHTS, strict=True))
    return _USCC_CHARACTERS[(31 - total % 31) % 31]


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code for the first eight (GB 11714)."""
    values = (_ALPHANUMERIC.index(character) for character in body)
    total = sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def mobile_fault(number: str) -> str | None:
    """What is wrong with a mobile number of the mainland, in Chinese; None when nothing is."""
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        return "手机号码应是 1 开头的 11 位数字，请检查。"
    return None


def normalise_mobile(number: str) -> str:
    """Eleven digits: without blanks, hyphens and the prefix +86."""
    number = normalise(number)
    return re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", number)


def mod_37_36(body: str) -> str:
    """The check character of ISO 7064 MOD 37,36 over digits and letters; dots and hyphens do not count.

    Raises ValueError for other characters.
    """
    value = 36
    for character in body.upper():
        if character in ".-":
            continue
        value = (value + _ALPHANUMERIC.index(character)) % 36 or 36
        value = value * 2 % 37
    return _ALPHANUMERIC[(37 - value) % 36]


def has_valid_check(number: str) -> bool:
    """Whether the last character is the ISO 7064 MOD 37,36 check of the rest."""
    try:
        return len(number) > 1 and mod_37_36(number[:-1]) == number[-1].upper()
    except ValueError:
        return False


def validate_identity_number(number: str) -> None:
    """A form validator for a 公民身份号码; reads today from the portal's clock."""
    if fault := identity_number_fault(normalise(number), today=clock.today()):
        raise ValidationError(fault, code="identity_number")


def validate_credit_code(code: str) -> None:
    """A form validator for a 统一社会信用代码."""
    if fault := credit_code_fault(normalise(code)):
        raise ValidationError(fault, code="credit_code")


def validate_mobile(number: str) -> None:
    """A form validator for a mobile number."""
    if fault := mobile_fault(normalise_mobile(number)):
        raise ValidationError(fault, code="mobile")
