"""What leaves the portal: e-mails, by the outbox, each with the job's id as its Message-ID."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from portal.messaging.models import Message
from portal.messaging.services import EMAIL
from portal.outbox.registry import JobView, handler

FOOT: Final = "这是系统邮件，请不要回复。"


@handler(EMAIL, label="电子邮件")
def email_message(job: JobView) -> None:
    """Send the e-mail of a message; a retried job repeats the Message-ID, by which mail servers know a double."""
    message = Message.objects.select_related("user").filter(pk=UUID(job.payload["message"])).first()
    if message is None or not message.user.email:
        return
    parts = [message.body]
    if message.link:
        parts.append(f"{settings.PUBLIC_URL}{message.link}")
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    EmailMessage(
        subject=message.title,
        body="\n\n".join([*parts, FOOT]),
        to=[message.user.email],
        headers={"Message-ID": f"<{job.id}@{host}>"},
    ).send()
