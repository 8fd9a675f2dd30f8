"""Files that are not clean keep an application waiting, and a material that does not apply comes into the case."""

from __future__ import annotations

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import services
from applications.models import Case, CaseMaterial, DraftMaterial
from portal.files import limits
from portal.files.models import StoredFile, Upload
from portal.web.errors import BadInput
from tests import factories as make
from tests.applications.citizen.conftest import png
from tests.applications.citizen.test_apply import begin, fill, step
from tests.factories.people import acting
from tests.pages import check_page
from tests.portal.files import hostile, samples

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}


def send(client, content: bytes, target: str, name: str = "大图.png", size: int | None = None):
    """An upload in one piece; returns the answers to its beginning and to the piece."""
    told = {"filename": name, "target": target, "fingerprint": "1"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    begun = client.post(
        reverse("files:uploads"),
        headers=TUS | {"Upload-Length": str(size or len(content)), "Upload-Metadata": metadata},
    )
    if begun.status_code != 201:
        return begun, None
    piece = client.generic(
        "PATCH",
        begun["Location"],
        content,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": "0"},
    )
    return begun, piece


def set_state(material: DraftMaterial, state: str, refusal: str = "") -> None:
    StoredFile.objects.filter(pk=material.file_id).update(
        state=state, sha256="" if state != "clean" else "0" * 64, refusal=refusal
    )


def submit(client, draft):
    return client.post(step(draft, "check"), {"declared": "on", "go": "1"})


@pytest.mark.parametrize(
    ("state", "refusal", "tag", "told"),
    [
        ("received", "", "正在检查", "正在检查，一般不到一分钟。请过一会儿再提交。"),
        ("checking", "", "正在检查", "正在检查，一般不到一分钟。请过一会儿再提交。"),
        ("refused", "查出病毒，不能接收。", "没有通过检查", "没有通过检查。查出病毒，不能接收。请先删除它。"),
    ],
)
def test_an_application_with_a_file_that_is_not_clean_is_not_submitted(signed_in, state, refusal, tag, told):
    draft = begin(signed_in, make.item())
    fill(signed_in, draft)
    given = draft.materials.order_by("added_at").first()
    set_state(given, state, refusal)
    page = check_page(signed_in.get(step(draft, "materials")))
    assert tag in page and refusal in page and f"/files/{given.file_id}/" not in page
    assert told in check_page(signed_in.post(step(draft, "materials"), {"go": "1", "not_applicable": "M03"}))
    page = check_page(submit(signed_in, draft))
    assert told in page and not Case.objects.exists()
    with pytest.raises(BadInput, match=r"请过一会儿再提交|请先删除它"):
        services.submit_draft(draft_id=draft.pk, actor=acting(draft.user), declared=True)
    set_state(given, "clean")
    assert submit(signed_in, draft).status_code == 302
    assert Case.objects.get().materials.filter(files__file=given.file).exists()


def test_what_was_taken_out_of_a_file_is_told(signed_in):
    draft = begin(signed_in, make.item())
    upload = SimpleUploadedFile("说明.pdf", hostile.pdf_open_action())
    signed_in.post(step(draft, "materials"), {"file-M01": upload, "upload": "M01"})
    assert "为了安全，去掉了其中的脚本、自动动作。" in check_page(signed_in.get(step(draft, "materials")))


def test_the_quota_is_told_and_a_file_beyond_it_is_refused_at_its_material(signed_in, monkeypatch):
    monkeypatch.setattr(limits, "FILES_PER_DAY", 1)
    draft = begin(signed_in, make.item())
    assert "您今天还可以传 1 个文件" in check_page(signed_in.get(step(draft, "materials")))
    page = check_page(signed_in.post(step(draft, "materials"), {"file-M01": png(1), "file-M02": png(2)}))
    assert "您今天已经上传 1 个文件，每人每天最多 1 个" in page and "已备 1 份" in page


def test_a_large_file_comes_in_pieces_to_its_material(signed_in):
    draft = begin(signed_in, make.item())
    content = samples.image(size=(40, 30))
    target = f"draft:{draft.pk}:M02"
    assert f'data-upload-place="{target}"' in check_page(signed_in.get(step(draft, "materials")))
    assert send(signed_in, content, target)[1].status_code == 204
    given = draft.materials.get()
    assert given.requirement.code == "M02" and given.file.is_clean and given.file.name == "大图.png"
    # The same content by the form is the same file.
    signed_in.post(step(draft, "materials"), {"file-M02": SimpleUploadedFile("b.png", content), "upload": "M02"})
    assert draft.materials.count() == 1


def test_an_unfinished_upload_is_shown_to_go_on_with_and_can_be_given_up_without_a_script(signed_in):
    draft = begin(signed_in, make.item())
    send(signed_in, b"x" * 63, f"draft:{draft.pk}:M01", size=100)
    page = check_page(signed_in.get(step(draft, "materials")))
    assert "已传 63%" in page and "重新选择同一个文件" in page and 'data-upload-open="1"' in page
    upload = Upload.objects.get()
    answer = signed_in.post(step(draft, "materials"), {"giveup": str(upload.pk)})
    assert answer.status_code == 302 and not Upload.objects.exists()
    assert signed_in.post(step(draft, "materials"), {"giveup": "x"}).status_code == 404


def test_pieces_reach_only_ones_own_open_draft_and_a_material_that_is_asked(signed_in, sign_in, monkeypatch):
    draft = begin(signed_in, make.item())
    content, target = samples.image(), f"draft:{draft.pk}:M01"
    stranger = sign_in(make.citizen())
    assert send(stranger, content, target)[0].status_code == 404
    assert send(signed_in, content, f"draft:{draft.pk}:M99")[0].status_code == 404
    monkeypatch.setattr(limits, "MAX_FILES_PER_MATERIAL", 1)
    assert send(signed_in, content, target)[1].status_code == 204
    begun, _ = send(signed_in, samples.image("JPEG"), target, "b.jpg")
    assert begun.status_code == 422 and "这项材料已有 1 个文件，最多 1 个" in begun.content.decode()
    draft.case = make.online_case(make.item())
    draft.save()
    begun, _ = send(signed_in, content, target)
    assert begun.status_code == 409 and "已经提交" in begun.content.decode()


def test_not_applicable_comes_into_the_case_with_its_reason(signed_in):
    desk = make.Desk()
    draft = begin(signed_in, make.item(desk.department))
    fill(signed_in, draft)
    signed_in.post(step(draft, "materials"), {"not_applicable": "M03", "reason-M03": " 没有外设仓库 ", "go": "1"})
    assert "没有外设仓库" in check_page(signed_in.get(step(draft, "check")))
    assert submit(signed_in, draft).status_code == 302
    case = Case.objects.get()
    reasons = dict(case.materials.values_list("requirement__code", "not_applicable_reason"))
    assert reasons == {"M01": "", "M02": "", "M03": "没有外设仓库", "M04": ""}
    assert all(material.conclusion == CaseMaterial.Conclusion.PENDING for material in case.materials.all())
    page = check_page(signed_in.get(reverse("applications:my_case", args=[case.pk])))
    assert "您说这份不适用：没有外设仓库" in page
    # The clerk may challenge it: the correction asks for the material.
    material = case.materials.get(requirement__code="M03")
    make.check_materials(case)
    make.do(case, "ask_correction", desk.clerk, lines=[{"material": str(material.pk), "what": "查到有仓库，请提供"}])
    page = check_page(signed_in.get(reverse("applications:supply", args=[case.pk])))
    assert "查到有仓库，请提供" in page


def test_without_a_written_reason_the_condition_is_the_reason(signed_in):
    draft = begin(signed_in, make.item())
    fill(signed_in, draft)
    submit(signed_in, draft)
    assert Case.objects.get().materials.get(requirement__code="M03").not_applicable_reason == "不属于这种情况：需要时"


def test_a_file_after_all_takes_the_place_of_not_applicable(signed_in):
    draft = begin(signed_in, make.item())
    fill(signed_in, draft)
    signed_in.post(step(draft, "materials"), {"not_applicable": "M03", "file-M03": png(9), "go": "1"})
    submit(signed_in, draft)
    material = Case.objects.get().materials.get(requirement__code="M03")
    assert material.not_applicable_reason == "" and material.files.count() == 1


@pytest.fixture
def asked(signed_in, citizen):
    """A case of the citizen that waits for one material."""
    desk = make.Desk()
    case = desk.ask_correction(make.online_case(make.item(desk.department), citizen))
    return case, case.correction.lines.get()


def test_a_correction_takes_a_large_file_in_pieces(signed_in, asked):
    case, line = asked
    assert send(signed_in, samples.image(), f"supply:{case.pk}:{line.pk}")[1].status_code == 204
    given = line.material.files.get(supplied=True)
    assert given.file.owner_id == case.pk and given.file.is_clean
    assert send(signed_in, samples.image("JPEG"), f"supply:{case.pk}:x", "a.jpg")[0].status_code == 404


def test_a_correction_is_not_complete_before_its_files_are_clean(signed_in, asked):
    case, line = asked
    send(signed_in, samples.image(), f"supply:{case.pk}:{line.pk}")
    file = line.material.files.get(supplied=True).file
    StoredFile.objects.filter(pk=file.pk).update(state="checking", sha256="")
    address = reverse("applications:supply", args=[case.pk])
    page = check_page(signed_in.get(address))
    assert "正在检查" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    page = check_page(signed_in.post(address, {"submit": "1", "key": key}))
    assert "请过一会儿再提交" in page
    with pytest.raises(BadInput, match="请过一会儿再提交"):
        make.do(case, "supply", acting(case.submitted_by), supplies=[])
    StoredFile.objects.filter(pk=file.pk).update(state="clean", sha256="0" * 64)
    assert signed_in.post(address, {"submit": "1", "key": key})["Location"].endswith(f"/{case.pk}/")
    case.refresh_from_db()
    assert case.state == "reviewing"
    begun, _ = send(signed_in, samples.image("JPEG"), f"supply:{case.pk}:{line.pk}", "a.jpg")
    assert begun.status_code == 409, "the correction is over"
