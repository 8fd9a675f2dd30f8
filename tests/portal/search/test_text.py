"""How Chinese text becomes findable."""

import pytest

from portal.search import text


def test_full_width_case_and_punctuation_do_not_matter():
    assert text.normalise("ＡＢｃ－《食品、经营》（许可）　１２") == "abc 食品 经营 许可 12"
    assert text.tokens("ＡＢＣ食品") == text.tokens("abc食品")


def test_words_are_cut_with_their_parts_and_without_the_suffix_of_a_paper():
    found = text.tokens("建筑工程施工许可证")
    assert {"建筑", "施工", "许可", "许可证"} <= set(found)
    assert len(found) == len(set(found))
    assert text.tokens("") == []


@pytest.mark.parametrize("word", ["营业执照", "个体工商户", "劳务派遣", "竣工验收"])
def test_words_of_the_field_stay_whole(word):
    assert word in text.tokens(f"申请办理{word}的手续")


def test_every_two_neighbours_are_a_part_of_a_word():
    assert text.bigrams("食品经营") == ["食品", "品经", "经营"]
    assert text.bigrams("证") == ["证"]
    assert text.bigrams("A1 食品") == ["a1", "食品"]
    assert text.bigrams("，。") == []


def test_pinyin_and_initials():
    assert text.pinyin_full("食品经营") == "shipinjingying"
    assert text.pinyin_initials("食品经营") == "spjy"
    assert text.pinyin_initials("") == ""
    assert sorted(["朔城区", "平鲁区", "山阴县"], key=text.pinyin_key) == ["平鲁区", "山阴县", "朔城区"]
