"""Text messages to a phone, and letters to a mail address that is not yet, or no longer, the account's.

Through the outbox, encrypted while they wait; texts go into a folder where there is no gateway.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from portal.accounts import hooks
from portal.outbox import services as outbox
from portal.outbox.models import Job
from portal.outbox.registry import JobView, handler
from portal.privacy import cipher

KIND: Final = "accounts.text_message"
LETTER: Final = "accounts.letter"
_CONTEXT: Final = b"accounts.text_message"


class NoGateway(Exception):
    """No channel carries text messages here."""


def send_text(*, phone: str, text: str, key: str) -> None:
    """Enqueue a text message, in the caller's transaction; an empty phone sends nothing but costs the same."""
    outbox.enqueue(kind=KIND, payload=_sealed(phone, text), key=key)


def send_letter(*, address: str, text: str, key: str) -> None:
    """Enqueue an e-mail to this very address, in the caller's transaction."""
    outbox.enqueue(kind=LETTER, payload=_sealed(address, text), key=key)


def _sealed(whom: str, text: str) -> dict[str, str]:
    sealed = cipher.seal_by_master(json.dumps([whom, text], ensure_ascii=False).encode(), _CONTEXT)
    return {"sealed": base64.b64encode(sealed).decode()}


@handler(KIND, label="短信")
def deliver(job: JobView) -> None:
    """Hand the message to the gateway, or write it into settings.SMS_FOLDER."""
    opened = cipher.unseal_by_master(base64.b64decode(job.payload["sealed"]), _CONTEXT)
    phone, text = json.loads(opened)
    if not phone:
        return
    if hooks.sms_channels:
        hooks.sms_channels[-1](phone, text, str(job.id))
        return
    folder: Path | None = settings.SMS_FOLDER
    if folder is None:
        raise NoGateway("no channel for text messages is registered")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"sms-{job.id}.txt"
    path.write_text(f"{phone}\n【朔州市政务服务平台】{text}\n", "utf-8")


@handler(LETTER, label="核对邮箱的邮件")
def deliver_letter(job: JobView) -> None:
    """A retried job repeats the Message-ID, by which mail servers know a double."""
    address, text = json.loads(cipher.unseal_by_master(base64.b64decode(job.payload["sealed"]), _CONTEXT))
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    EmailMessage(
        subject="朔州市政务服务平台：电子邮箱",
        body=f"{text}\n\n这是系统邮件，请不要回复。",
        to=[address],
        headers={"Message-ID": f"<{job.id}@{host}>"},
    ).send()


def phone_of(sealed: bytes) -> str:
    """To whom (a phone or a mail address) a message that waits, or went, is addressed."""
    phone: str = json.loads(cipher.unseal_by_master(sealed, _CONTEXT))[0]
    return phone


def reseal(old: frozenset[UUID], limit: int) -> int:
    """Bring messages of the outbox under the current master key; returns how many."""
    done = 0
    for job in Job.objects.filter(kind__in=[KIND, LETTER]).order_by("pk").iterator():
        sealed = base64.b64decode(job.payload["sealed"])
        if cipher.key_id_of(sealed) in old:
            again = cipher.seal_by_master(cipher.unseal_by_master(sealed, _CONTEXT), _CONTEXT)
            Job.objects.filter(pk=job.pk).update(payload={"sealed": base64.b64encode(again).decode()})
            done += 1
            if done == limit:
                break
    return done
