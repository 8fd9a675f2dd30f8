"""Scans at the window: optional, checked like any upload, kept whatever else on the form is wrong."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import Case
from portal.files.models import StoredFile
from tests import factories as make
from tests.applications.desk.test_intake_new import answers, form_address
from tests.portal.files import hostile, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(hall):
    return form_address(hall.edition, person=make.person("钱多多").pk)


def first(edition):
    return edition.materials.order_by("position").first()


def scan_of(material, content=None, name="扫描.png"):
    return {f"m_{material.pk.hex}_scan": SimpleUploadedFile(name, content or samples.image())}


def test_a_scan_comes_into_the_case_beside_the_counts(hall, address):
    material = first(hall.edition)
    hall.clerk_page.done(address, answers(hall.edition) | scan_of(material))
    case = Case.objects.get()
    given = case.materials.get(requirement=material).files.get()
    assert given.file.is_clean and (given.file.owner_kind, given.file.owner_id) == ("case", case.pk)
    assert case.materials.get(requirement=material).originals_received == 1
    hall.reviewer_page.say_why(case)
    assert given.file.name in hall.reviewer_page.page(f"/desk/cases/{case.pk}/")


def test_a_wrong_field_loses_no_scan_and_sends_it_once(hall, address):
    material, key = first(hall.edition), str(uuid4())
    text = hall.clerk_page.refused(address, answers(hall.edition, contact_phone="1") | scan_of(material), key=key)
    assert "扫描.png" in text and "联系电话应是手机" in text
    hall.clerk_page.refused(address, answers(hall.edition, contact_phone="1") | scan_of(material), key=key)
    hall.clerk_page.done(address, answers(hall.edition), key=key)
    assert Case.objects.get().materials.get(requirement=material).files.count() == 1


def test_a_refused_scan_is_told_at_its_material_and_nothing_is_received(hall, address):
    material = first(hall.edition)
    data = answers(hall.edition) | scan_of(material, hostile.docx_macros(), "宏.docx")
    text = hall.clerk_page.refused(address, data)
    assert text.count("文件里有宏") == 2 and f'href="#id_m_{material.pk.hex}_scan"' in text
    assert not Case.objects.exists()


def test_the_buttons_of_scans_receive_nothing_and_keep_what_was_typed(hall, address):
    material, key = first(hall.edition), str(uuid4())
    typed = {"key": key, "contact_phone": "1390000", "d_scope": "小吃", "upload": str(material.pk)}
    response = hall.clerk_page.post(address, typed | scan_of(material))
    text = response.content.decode()
    assert response.status_code == 200 and "扫描.png" in text
    assert 'value="小吃"' in text and 'value="1390000"' in text and f'value="{key}"' in text
    assert "处要改" not in text
    file = StoredFile.objects.get()
    assert hall.clerk_page.get(reverse("files:preview", args=[file.pk])).status_code == 200
    assert hall.reviewer_page.get(reverse("files:preview", args=[file.pk])).status_code == 404
    text = hall.clerk_page.post(address, {"key": key, "remove": str(file.pk)}).content.decode()
    assert "扫描.png" not in text and not StoredFile.objects.exists()
    assert not Case.objects.exists()


def test_another_clerks_scan_is_neither_seen_nor_removed_nor_received(hall, address):
    material, key = first(hall.edition), str(uuid4())
    hall.clerk_page.post(address, {"key": key, "upload": "1"} | scan_of(material))
    file = StoredFile.objects.get()
    colleague = make.staff(hall.department, "郭红梅")
    from portal.accounts.roles import Role
    from tests.applications.desk.conftest import signed_in

    other = signed_in(colleague, Role.WINDOW_CLERK)
    assert "扫描.png" not in other.post(address, {"key": key, "remove": str(file.pk)}).content.decode()
    assert StoredFile.objects.filter(pk=file.pk).exists()
    other.done(address, answers(hall.edition), key=key)
    assert not Case.objects.get().materials.filter(files__isnull=False).exists()


def test_a_scan_that_is_still_being_checked_keeps_the_receipt_waiting(hall, address):
    material, key = first(hall.edition), str(uuid4())
    hall.clerk_page.post(address, {"key": key, "upload": "1"} | scan_of(material))
    StoredFile.objects.update(state="checking", sha256="")
    text = hall.clerk_page.refused(address, answers(hall.edition), key=key)
    assert "正在检查，一般不到一分钟" in text and not Case.objects.exists()
    StoredFile.objects.update(state="clean", sha256="0" * 64)
    hall.clerk_page.done(address, answers(hall.edition), key=key)


def test_a_large_scan_comes_in_pieces(hall, address):
    material, key = first(hall.edition), str(uuid4())
    content = samples.image()
    target = f"intake:{key}:{material.pk}"
    told = {"filename": "大扫描.png", "target": target, "fingerprint": "1"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    headers = {"Tus-Resumable": "1.0.0"}
    length = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
    assert hall.reviewer_page.post("/files/uploads/", headers=headers | length).status_code == 403
    begun = hall.clerk_page.post("/files/uploads/", headers=headers | length)
    done = hall.clerk_page.generic(
        "PATCH",
        begun["Location"],
        content,
        content_type="application/offset+octet-stream",
        headers=headers | {"Upload-Offset": "0"},
    )
    assert done.status_code == 204
    hall.clerk_page.done(address, answers(hall.edition), key=key)
    assert Case.objects.get().materials.get(requirement=material).files.get().file.name == "大扫描.png"


def test_the_check_page_shows_how_files_stand_and_what_the_applicant_says(hall):
    case = hall.case("received")
    conditional = case.materials.get(requirement__code="M03")
    conditional.not_applicable_reason = "没有外设仓库"
    conditional.save()
    files = [given.file for material in case.materials.all() for given in material.files.all()]
    StoredFile.objects.filter(pk=files[0].pk).update(state="refused", sha256="", refusal="查出病毒，不能接收。")
    text = hall.clerk_page.page(f"/desk/intake/{case.pk}/")
    assert "没有通过检查" in text and "未查毒" in text and "申请人说不适用：没有外设仓库" in text
    assert reverse("files:preview", args=[files[0].pk]) not in text
    hall.reviewer_page.say_why(case)
    text = hall.reviewer_page.page(f"/desk/cases/{case.pk}/")
    assert "申请人说不适用" in text
    text = hall.reviewer_page.page(f"/desk/cases/{case.pk}/", m=str(conditional.pk))
    assert "没有外设仓库" in text
    StoredFile.objects.filter(pk=files[1].pk).update(scan="clean")
    assert "未查毒" not in hall.clerk_page.page(f"/desk/intake/{case.pk}/")


def checked(case, **more):
    """Everything is there: what has no file was handed in on paper."""
    materials = list(case.materials.all())
    data = {f"m{material.pk.hex}-conclusion": "complete" for material in materials}
    return data | {f"m{material.pk.hex}-copies": "1" for material in materials} | more


def test_a_scan_is_added_while_the_materials_are_checked(hall):
    case = hall.case("received")
    material = first_of(case)
    before = material.files.count()
    address = f"/desk/intake/{case.pk}/"
    scan = {f"m{material.pk.hex}-scan": SimpleUploadedFile("后扫.png", samples.image())}
    for _ in range(2):
        scan[f"m{material.pk.hex}-scan"].seek(0)
        text = hall.clerk_page.done(address, checked(case) | scan)
    assert "材料查验已保存" in text and "后扫.png" in text
    assert material.files.count() == before + 1, "the same page sent again is one file"
    given = material.files.get(file__name="后扫.png")
    assert given.added_by_id == hall.clerk.user_id and not given.supplied


def first_of(case):
    return case.materials.order_by("position").first()


def test_a_refused_scan_is_told_at_its_row_and_what_was_typed_stays(hall):
    case = hall.case("received")
    material = first_of(case)
    scan = {f"m{material.pk.hex}-scan": SimpleUploadedFile("宏.docx", hostile.docx_macros())}
    text = hall.clerk_page.refused(f"/desk/intake/{case.pk}/", checked(case) | scan)
    assert text.count("文件里有宏") == 2 and f'href="#m{material.pk.hex}-scan"' in text
    material.refresh_from_db()
    assert material.conclusion == "pending" and material.files.count() == 1


def test_a_scan_comes_too_late_or_from_another_department(hall):
    from portal.accounts.roles import Role

    case = hall.case("received")
    material = first_of(case)
    address = f"/desk/intake/{case.pk}/"
    scan = {f"m{material.pk.hex}-scan": SimpleUploadedFile("晚.png", samples.image())}
    assert hall.stranger(Role.WINDOW_CLERK).send(address, checked(case) | scan).status_code == 404
    hall.accept(case)
    scan[f"m{material.pk.hex}-scan"].seek(0)
    text = hall.clerk_page.refused(address, checked(case) | scan)
    assert "不能再改材料的结论" in text
    assert material.files.count() == 1
