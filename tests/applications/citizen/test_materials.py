"""Uploads in a draft: what is right stays, what is refused says why at its material."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import DraftMaterial
from catalog.models import MaterialRequirement
from portal.files import limits
from tests import factories as make
from tests.applications.citizen.conftest import png
from tests.applications.citizen.test_apply import begin, step
from tests.pages import check_page

pytestmark = pytest.mark.django_db


def test_a_refused_file_is_told_at_its_material_and_in_the_summary_and_the_others_stay(signed_in):
    draft = begin(signed_in, make.item())
    wrong = SimpleUploadedFile("布局图.exe", b"MZ", "application/octet-stream")
    page = check_page(
        signed_in.post(step(draft, "materials"), {"file-M01": png(1), "file-M02": wrong, "upload": "M02"})
    )
    assert page.count("不能上传“.exe”文件") == 2 and 'href="#file-M02"' in page
    assert 'aria-invalid="true" aria-describedby="error-M02"' in page
    assert "共 4 份，已备 1 份" in page
    assert DraftMaterial.objects.filter(draft=draft).count() == 1


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (SimpleUploadedFile("空.pdf", b""), "文件是空的"),
        (SimpleUploadedFile("图.pdf", b"\x89PNG\r\n\x1a\n123"), "内容其实是"),
        (SimpleUploadedFile("坏.png", b"\x89PNG\r\n\x1a\n123"), "图片打不开"),
    ],
)
def test_each_refusal_says_what_is_so_and_what_to_do(signed_in, upload, told):
    draft = begin(signed_in, make.item())
    upload.seek(0)
    page = check_page(signed_in.post(step(draft, "materials"), {"file-M01": upload, "upload": "M01"}))
    assert told in page
    assert not DraftMaterial.objects.exists()


def test_too_large_a_file_is_refused_by_its_size(signed_in, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 30)
    draft = begin(signed_in, make.item())
    assert "超过" in check_page(signed_in.post(step(draft, "materials"), {"file-M01": png(), "upload": "M01"}))


def test_more_files_than_allowed_are_refused_and_the_allowed_ones_stay(signed_in, monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILES_PER_MATERIAL", 2)
    draft = begin(signed_in, make.item())
    page = check_page(signed_in.post(step(draft, "materials"), {"file-M01": [png(1), png(2), png(3)], "upload": "M01"}))
    assert "最多 2 个" in page
    assert draft.materials.count() == 2


def test_the_same_content_twice_under_one_material_is_one_file(signed_in):
    draft = begin(signed_in, make.item())
    for _ in range(2):
        answer = signed_in.post(step(draft, "materials"), {"file-M01": png(7), "upload": "M01"})
        assert answer["Location"].endswith("#material-M01")
    assert draft.materials.count() == 1


def test_a_file_is_removed_by_its_button(signed_in):
    draft = begin(signed_in, make.item())
    signed_in.post(step(draft, "materials"), {"file-M01": png(), "upload": "M01"})
    given = draft.materials.get()
    signed_in.post(step(draft, "materials"), {"remove": str(given.pk)})
    assert not draft.materials.exists()
    assert signed_in.post(step(draft, "materials"), {"remove": "x"}).status_code == 404


def test_another_users_draft_loses_nothing(signed_in, sign_in):
    draft = begin(signed_in, make.item())
    signed_in.post(step(draft, "materials"), {"file-M01": png(), "upload": "M01"})
    given = draft.materials.get()
    other = sign_in(make.citizen())
    theirs = begin(other, make.item())
    assert other.post(step(theirs, "materials"), {"remove": str(given.pk)}).status_code == 404
    assert draft.materials.exists()


def test_going_on_names_every_material_that_is_missing(signed_in):
    draft = begin(signed_in, make.item())
    page = check_page(signed_in.post(step(draft, "materials"), {"file-M01": png(), "go": "1"}))
    assert "还有 2 处要改" in page and "材料2：还没有上传。" in page and "材料3：请上传，或者勾选“不适用”。" in page
    answer = signed_in.post(step(draft, "materials"), {"file-M02": png(1), "not_applicable": "M03", "go": "1"})
    assert answer["Location"] == step(draft, "delivery")
    draft.refresh_from_db()
    assert draft.not_applicable == ["M03"]


def test_only_conditional_materials_can_be_called_not_applicable(signed_in):
    draft = begin(signed_in, make.item())
    signed_in.post(step(draft, "materials"), {"not_applicable": ["M01", "M03", "X"], "leave": "1"})
    draft.refresh_from_db()
    assert draft.not_applicable == ["M03"]


def test_paper_materials_ask_for_no_upload(signed_in):
    edition = make.item(materials=())
    MaterialRequirement.objects.create(
        edition=edition,
        position=1,
        code="M01",
        name="原件",
        source="applicant",
        issuer="申请人",
        necessity="required",
        form="paper",
    )
    draft = begin(signed_in, edition)
    page = check_page(signed_in.get(step(draft, "materials")))
    assert "只收纸质原件" in page and 'type="file"' not in page
    assert signed_in.post(step(draft, "materials"), {"go": "1"})["Location"] == step(draft, "delivery")


def test_leaving_goes_to_the_drafts(signed_in):
    draft = begin(signed_in, make.item())
    answer = signed_in.post(step(draft, "materials"), {"file-M01": png(), "leave": "1"})
    assert answer["Location"] == reverse("applications:drafts")
    assert draft.materials.count() == 1


def test_the_limits_are_told_beforehand(signed_in):
    draft = begin(signed_in, make.item())
    assert limits.limits_text() in check_page(signed_in.get(step(draft, "materials")))
