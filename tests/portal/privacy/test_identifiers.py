"""Check digits, against the vectors."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from portal.privacy import identifiers

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "identifiers.json").read_text("utf-8"))
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("number", VECTORS["resident_id_valid"])
def test_a_valid_identity_number_is_accepted(number):
    assert identifiers.identity_number_fault(number, today=TODAY) is None
    assert identifiers.identity_check_character(number[:17]) == number[17]


@pytest.mark.parametrize(
    "number", [*VECTORS["resident_id_invalid"], "140671", "", "１４０６０２198501010016", "²" * 18]
)
def test_an_invalid_identity_number_is_refused_with_a_sentence(number):
    assert identifiers.identity_number_fault(number, today=TODAY).endswith("。")


def test_a_birth_in_the_future_or_before_1900_is_refused():
    body = "140602" + "20261126" + "001"
    number = body + identifiers.identity_check_character(body)
    assert "出生日期" in identifiers.identity_number_fault(number, today=TODAY)
    assert identifiers.identity_number_fault(number, today=date(2026, 11, 26)) is None
    body = "140602" + "18991231" + "001"
    number = body + identifiers.identity_check_character(body)
    assert identifiers.identity_number_fault(number, today=TODAY) is not None


@pytest.mark.parametrize("code", [*VECTORS["uscc_valid"], "11140600MB9900013G", "11140600MB9900021B"])
def test_a_valid_credit_code_is_accepted(code):
    assert identifiers.credit_code_fault(code) is None


@pytest.mark.parametrize("code", [*VECTORS["uscc_invalid"], "", "中" * 18])
def test_an_invalid_credit_code_is_refused_with_a_sentence(code):
    assert identifiers.credit_code_fault(code).endswith("。")


def test_a_wrong_organisation_code_is_found_even_when_the_last_character_fits():
    body = "91350100M000100Z4"[:15] + "05"
    code = body + identifiers.credit_check_character(body)
    assert "组织机构代码" in identifiers.credit_code_fault(code)


@pytest.mark.parametrize("vector", VECTORS["certificate_id_check"])
def test_iso_7064_mod_37_36(vector):
    assert identifiers.mod_37_36(vector["body"]) == vector["check"]
    assert identifiers.has_valid_check(vector["body"] + vector["check"])
    assert not identifiers.has_valid_check(vector["body"] + ("0" if vector["check"] != "0" else "1"))


def test_mod_37_36_finds_every_single_wrong_digit_of_a_case_number():
    number = "1406000122026112300001"
    whole = number + identifiers.mod_37_36(number)
    assert identifiers.has_valid_check(whole)
    for place in range(len(number)):
        for digit in "0123456789":
            if digit != whole[place]:
                assert not identifiers.has_valid_check(whole[:place] + digit + whole[place + 1 :])
    assert not identifiers.has_valid_check("号码")


def test_mobile_numbers():
    assert identifiers.normalise_mobile("+86 138-0349-1234") == "13803491234"
    assert identifiers.normalise_mobile("8613803491234") == "13803491234"
    assert identifiers.normalise_mobile("１３８０３４９１２３４") == "13803491234"
    assert identifiers.mobile_fault("13803491234") is None
    for wrong in ("12803491234", "1380349123", "", "0349-2020202", "138034912345"):
        assert identifiers.mobile_fault(wrong)


@pytest.mark.django_db
def test_the_form_validators_normalise_first():
    identifiers.validate_identity_number("１１０１０５19491231002x")
    identifiers.validate_credit_code(" 91350100m000100y43 ")
    identifiers.validate_mobile("+86 13803491234")
    for validate in (
        identifiers.validate_identity_number,
        identifiers.validate_credit_code,
        identifiers.validate_mobile,
    ):
        with pytest.raises(ValidationError):
            validate("1")
