"""Text messages to a phone: through the outbox, encrypted while they wait, into a folder where there is no gateway."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from portal.accounts import hooks
from portal.outbox import services as outbox
from portal.outbox.models import Job
from portal.outbox.registry import JobView, handler
from portal.privacy import cipher

KIND: Final = "accounts.text_message"
_CONTEXT: Final = b"accounts.text_message"


class NoGateway(Exception):
    """No channel carries text messages here."""


def send_text(*, phone: str, text: str, key: str) -> None:
    """Enqueue a text message, in the caller's transaction; an empty phone sends nothing but costs the same."""
    sealed = cipher.seal_by_master(json.dumps([phone, text], ensure_ascii=False).encode(), _CONTEXT)
    outbox.enqueue(kind=KIND, payload={"sealed": base64.b64encode(sealed).decode()}, key=key)


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


def phone_of(sealed: bytes) -> str:
    """To whom a message that waits, or went, is addressed."""
    phone: str = json.loads(cipher.unseal_by_master(sealed, _CONTEXT))[0]
    return phone


def reseal(old: frozenset[UUID], limit: int) -> int:
    """Bring messages of the outbox under the current master key; returns how many."""
    done = 0
    for job in Job.objects.filter(kind=KIND).order_by("pk").iterator():
        sealed = base64.b64decode(job.payload["sealed"])
        if cipher.key_id_of(sealed) in old:
            again = cipher.seal_by_master(cipher.unseal_by_master(sealed, _CONTEXT), _CONTEXT)
            Job.objects.filter(pk=job.pk).update(payload={"sealed": base64.b64encode(again).decode()})
            done += 1
            if done == limit:
                break
    return done
