"""The forms of verification, and those by which staff change what a document or a certificate is worth."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from portal.documents.models import DocumentAct, SigningCertificate
from portal.files import limits
from portal.web.forms import PortalForm

_REASON: Final = forms.Textarea(attrs={"rows": 4})


class VerifyForm(PortalForm):
    code = forms.CharField(
        label="核验码",
        help_text="文书左下角二维码旁，12 位",
        max_length=60,
        error_messages={"required": "请填写核验码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class FileForm(PortalForm):
    file = forms.FileField(
        label="电子原件",
        help_text=f"从平台下载的 PDF，不超过 {limits.MAX_BYTES // limits.MEGABYTE} MB。文件只用来核验，不保存。",
        error_messages={"required": "请选择要核验的 PDF。"},
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > limits.MAX_BYTES:
            most = limits.MAX_BYTES // limits.MEGABYTE
            raise forms.ValidationError(f"文件超过 {most} MB，不是本平台的文书。", code="file_too_large")
        return upload


class StatusForm(PortalForm):
    kind = forms.ChoiceField(label="要做什么", choices=[], widget=forms.RadioSelect)
    reason = forms.CharField(label="理由", max_length=500, widget=_REASON, help_text="写明事实和依据，不对外公开")

    def __init__(self, *args: Any, status: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [DocumentAct.Kind.RESUME] if status == "suspended" else [DocumentAct.Kind.SUSPEND]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, kind.label) for kind in (*kinds, DocumentAct.Kind.REVOKE)]


class RevokeCertificateForm(PortalForm):
    reason = forms.ChoiceField(label="原因", choices=SigningCertificate.Reason.choices)
    since = forms.DateTimeField(
        label="自何时起不可信",
        required=False,
        help_text="这个时间以后的签名都不采信；不填就是从现在起。按 2026-09-18 16:20 的样子填写",
    )
    note = forms.CharField(label="说明", max_length=500, widget=_REASON, help_text="写入存证，不要写个人信息")
