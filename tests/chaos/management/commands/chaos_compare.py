"""Compare what clients were promised with what is stored, and mails with messages; a sentence for each difference."""

from __future__ import annotations

import email
import json
import sys
from collections import Counter
from email import policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.dateparse import parse_datetime

from applications.models import Act, Draft
from portal.messaging.models import Message
from portal.outbox.models import Job


class Command(BaseCommand):
    help = "Compare the acknowledgement log with the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("log")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [json.loads(line) for line in Path(options["log"]).read_text("utf-8").splitlines()]
        findings = [*self._submissions(lines), *self._acts(lines), *self._mails(lines[0]["at"])]
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            sys.exit(1)

    def _submissions(self, lines: list[dict[str, Any]]) -> list[str]:
        begun = Counter(Act.objects.filter(action="submit").values_list("key", flat=True))
        told = {str(key): count for key, count in begun.items()}
        found = [f"the key {key} is stored as {count} cases" for key, count in told.items() if count > 1]
        for line in lines:
            if line["kind"] == "hall":
                key = line["key"]
            elif line["kind"] == "online":
                draft = Draft.objects.filter(pk=line["draft"]).first()
                key = str(draft.submit_key) if draft is not None else "gone"
            else:
                continue
            if told.get(key, 0) == 0:
                found.append(f"the acknowledged submission {line} is not stored")
            elif not Act.objects.filter(action="submit", key=key, case=line["case"]).exists():
                found.append(f"the acknowledged submission {line} is another case")
        return found

    def _acts(self, lines: list[dict[str, Any]]) -> list[str]:
        found = []
        for line in lines:
            if line["kind"] == "act":
                acts = Act.objects.filter(case=line["case"], key=line["key"], action=line["action"]).count()
                if acts != 1:
                    found.append(f"the acknowledged act {line} is stored {acts} times")
        return found

    def _mails(self, since: str) -> list[str]:
        """Each message to somebody with an address has gone out, unless its job was given up."""
        sent: Counter[tuple[str, str, str]] = Counter()
        for path in sorted(settings.SENT_DIR.glob("*.log")):
            for text in path.read_bytes().split(b"-" * 79):
                if not text.strip():
                    continue
                mail = email.message_from_bytes(text.lstrip(), policy=policy.default)
                body = mail.get_body()
                content = body.get_content() if body is not None else ""
                to, title = str(mail["To"]).strip(), str(mail["Subject"]).strip()
                for word in content.split():
                    if word.startswith(settings.PUBLIC_URL):
                        sent[to, title, word.removeprefix(settings.PUBLIC_URL)] += 1
        given_up = set(Job.objects.dead().filter(kind="messaging.email").values_list("key", flat=True))
        messages = Message.objects.exclude(user__email="").filter(created_at__gt=parse_datetime(since))
        found = []
        for pk, to, title, link in messages.order_by("pk").values_list("pk", "user__email", "title", "link"):
            if str(pk) in given_up:
                continue
            if sent[to, title, link] == 0:
                found.append(f"the mail never went out: {title} {link}")
            sent[to, title, link] -= 1
        return found
