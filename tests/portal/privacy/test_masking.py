"""Masking on public pages (domain 11.3)."""

import pytest

from portal.privacy import masking


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳修", "欧*修"),
        ("欧阳小修", "欧**修"),
        ("司马", "司*"),
        ("阿依古丽", "阿**丽"),
        ("迪丽热巴·迪力木拉提", "迪********提"),
        ("王", "*"),
        ("", ""),
        (" 张三 ", "张*"),
    ],
)
def test_names(name, masked):
    assert masking.mask_name(name) == masked


def test_a_firm_is_public_in_full_and_a_person_is_not():
    assert masking.mask_party("朔州市平鲁区顺达商贸有限公司", is_person=False) == "朔州市平鲁区顺达商贸有限公司"
    assert masking.mask_party("张小三", is_person=True) == "张*三"
    assert masking.is_organisation("朔州市第一中学")
    assert not masking.is_organisation("张建厂")


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (masking.mask_identity_number, "140602198501011234", "140602********1234"),
        (masking.mask_identity_number, "14060219850101001X", "140602********001X"),
        (masking.mask_identity_number, "1234567", "*******"),
        (masking.mask_mobile, "13803491234", "138****1234"),
        (masking.mask_mobile, "+86 138 0349 1234", "138****1234"),
        (masking.mask_mobile, "12345", "*****"),
        (masking.mask_landline, "0349-2021234", "0349-***1234"),
        (masking.mask_landline, "010-62021234", "010-****1234"),
        (masking.mask_landline, "0349‑2021234", "0349-***1234"),
        (masking.mask_landline, "2021234", "***1234"),
        (masking.mask_landline, "0349-2021234-801", "0349-***1234"),
        (masking.mask_phone, "13803491234", "138****1234"),
        (masking.mask_phone, "03492021234", "0349-***1234"),
        (masking.mask_phone, "12345", "*****"),
        (masking.mask_email, "anna@x.cn", "a***@x.cn"),
        (masking.mask_email, "nothing", "***"),
        (masking.mask_address, "山西省朔州市朔城区北城街道民福东街12号", "山西省朔州市朔城区北城街道***"),
        (masking.mask_address, "山西省朔州市山阴县岱岳镇东街8号", "山西省朔州市山阴县岱岳镇***"),
        (masking.mask_address, "怀仁市云中镇", "怀仁市云中镇"),
        (masking.mask_address, "朔州市朔城区开发北路7号", "朔州市朔城区***"),
        (masking.mask_address, "朔州市朔城区开发路幸福小区3号楼", "朔州市朔城区***"),
        (masking.mask_address, "朔城区民福街古镇小区3号", "朔城区***"),
        (masking.mask_address, "朔州市平鲁区下水头乡上水头村", "朔州市平鲁区下水头乡***"),
        (masking.mask_address, "山西省右玉县新城镇", "山西省右玉县新城镇"),
        (masking.mask_address, "朔州市民福街7号", "朔州市***"),
        (masking.mask_address, "民福街7号", "***"),
        (masking.mask_address, "", ""),
        (masking.mask_bank_card, "6222 0200 1111 2222 333", "***************2333"),
    ],
)
def test_numbers_and_addresses(mask, text, masked):
    assert mask(text) == masked


def test_numbers_within_a_text():
    text = "本人张三（14060219850101001X），电话13803491234、0349-2021234，邮箱 anna@x.cn，信用代码11140600MB9900013G。"
    masked = masking.mask_text(text)
    assert "140602********001X" in masked
    assert "138****1234、0349-***1234" in masked
    assert "a***@x.cn" in masked
    assert "11140600MB9900013G" in masked
