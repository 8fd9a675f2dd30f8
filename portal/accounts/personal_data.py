"""The room of identities in the registry of personal data: who the person is, and their sign-in."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings

from portal import clock
from portal.accounts.models import Mandate, OneTimeCode, Person, SignIn, User
from portal.accounts.text_messages import KIND as TEXT_MESSAGE
from portal.accounts.text_messages import LETTER, phone_of
from portal.ledger import services as ledger
from portal.outbox.models import Job
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.models import DataRequest
from portal.privacy.retention import Kind, of
from portal.privacy.rights import Data, Room, register


def _export(key_id: UUID) -> Data:
    person = Person.objects.select_related("key", "user").filter(key=key_id).first()
    if person is None:
        return {}
    user = getattr(person, "user", None)
    requests = DataRequest.objects.filter(key=key_id).select_related("key")
    mandates = person.mandates.select_related("legal_person").order_by("valid_from", "pk")
    return {
        "姓名": person.name,
        "身份证号码": person.identity_number,
        "手机号码": person.phone,
        "原手机号码": person.previous_phone,
        "住址": person.address,
        "核验时间": person.verified_at.isoformat() if person.verified_at is not None else None,
        "登记时间": person.created_at.isoformat(),
        "账号": None
        if user is None
        else {
            "用户名": user.username,
            "登录手机": user.phone,
            "电子邮箱": user.email,
            "上次登录": user.last_login.isoformat() if user.last_login is not None else None,
        },
        "代表的单位": [
            {"单位": mandate.legal_person.name, "身份": mandate.get_kind_display(), "起": str(mandate.valid_from)}
            for mandate in mandates
        ],
        "个人信息请求": [
            {"请求": request.get_kind_display(), "状态": request.get_state_display(), "内容": request.content,
             "答复": request.answer, "时间": request.asked_at.isoformat()}
            for request in requests
        ],
    }  # fmt: skip


def _obstacles(key_id: UUID) -> list[str]:
    firms = Mandate.objects.filter(
        person__key=key_id,
        kind=Mandate.Kind.REPRESENTATIVE,
        valid_until=None,
        legal_person__verified_at__isnull=False,
        legal_person__representative__key=key_id,
    )
    return [
        f"您登记为{name}的法定代表人，请先到窗口变更。"
        for name in firms.order_by("legal_person__name").values_list("legal_person__name", flat=True)
    ]


def _erase(key_id: UUID) -> None:
    person = Person.objects.select_for_update(of=("self",)).select_related("key").filter(key=key_id).first()
    if person is None:
        return
    user = User.objects.select_for_update().filter(person=person).first()
    mine = (user.phone, user.email) if user is not None else ()
    phones = {person.phone, person.previous_phone, *mine} - {""}
    if user is not None:
        close_sign_in(user)
        _forget_sign_in(user)
    _forget_text_messages(phones)
    for mandate in Mandate.objects.filter(person=person):
        mandate.scope, mandate.valid_until = ERASED_TEXT, mandate.valid_until or clock.today()
        mandate.save()
        mandate.history.all().delete()
    # The encrypted values stay: nobody has their key any more, and they are shown as erased.
    Person.objects.filter(pk=person.pk).update(name=ERASED_TEXT, identity_index="", phone_index="", verified_at=None)
    ledger.record(subject=person.pk, kind="accounts.person_erased", actor=None, body={"law": "个人信息保护法 47"})


def close_sign_in(user: User) -> None:
    """Nobody signs in here any more; every session ends with the password."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    SignIn.objects.filter(user=user, ended_at=None).update(ended_at=clock.now(), ending=SignIn.Ending.CLOSED)


def _forget_sign_in(user: User) -> None:
    user.username = f"erased-{user.pk.hex}"
    user.phone, user.email, user.phone_verified = "", "", False
    user.save(update_fields=["username", "phone", "phone_index", "email", "phone_verified"])
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    OneTimeCode.objects.filter(user=user).delete()
    SignIn.objects.filter(user=user).delete()  # device and address


def _forget_text_messages(phones: set[str]) -> None:
    """Messages to these phones: in the outbox, among the codes, and in the folder that stands for a gateway."""
    for job in Job.objects.filter(kind__in=[TEXT_MESSAGE, LETTER]).iterator():
        if phone_of(base64.b64decode(job.payload["sealed"])) in phones:
            Job.objects.filter(pk=job.pk).delete()
    for code in OneTimeCode.objects.iterator():
        if code.phone in phones:
            code.delete()
    folder: Path | None = settings.SMS_FOLDER
    for path in folder.glob("*.txt") if folder is not None and folder.is_dir() else ():
        if any(phone in path.read_text("utf-8") for phone in phones):
            path.unlink()


def sweep_codes(limit: int) -> int:
    """Remove codes whose term has run out; returns how many."""
    before = clock.now() - dt.timedelta(days=of(Kind.CODE).days)
    ids = list(OneTimeCode.objects.filter(expires_at__lt=before).order_by("pk").values_list("pk", flat=True)[:limit])
    return OneTimeCode.objects.filter(pk__in=ids).delete()[0]


def register_all() -> None:
    """Called from AppConfig.ready()."""
    register(Room("accounts", "身份和账号", _export, _erase, obstacles=_obstacles))
