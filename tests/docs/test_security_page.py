"""docs/security.md lists each requirement with its tests, and each test's section is explained."""

from tests.docs import security_page
from tests.docs.security_page import CHAPTERS, PAGE, REQUIREMENTS, page, proofs, sections_of, text_of


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run .venv/bin/python -m tests.docs.security_page"


def test_every_section_is_explained_and_has_a_test() -> None:
    found = {text_of(section) for section in proofs()}
    assert found == set(REQUIREMENTS)
    assert {section[0] for section in proofs()} == set(CHAPTERS)


def test_a_name_may_bear_several_sections() -> None:
    assert sections_of("test_ASVS_6_3_8_ASVS_11_4_2_five_2_times") == [(6, 3, 8), (11, 4, 2)]
    assert sections_of("test_11_1_ASVS_6_4_1_an_initial_password") == [(6, 4, 1)]
    assert security_page.MARK in PAGE.read_text("utf-8")
