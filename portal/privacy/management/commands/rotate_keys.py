"""`manage.py rotate_keys`: a new master key for personal data; may be interrupted and started again at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.privacy import keys, rotation


class Command(BaseCommand):
    help = "Make a new master key and bring everything under it. An interrupted rotation goes on when started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="values per transaction")
        parser.add_argument(
            "--retire",
            action="store_true",
            help="then delete the old master keys from the key file; older backups need a copy of them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch wants a number from 1 on.")
        if rotation.left():
            self.stdout.write("going on with the rotation that was interrupted")
        else:
            self.stdout.write(f"new master key {keys.add_master()}")
        done = 0
        for changed in rotation.rotate(batch=options["batch"]):
            done += changed
            self.stdout.write(f"{done} values", ending="\n")
            self.stdout.flush()
        left = rotation.left()
        if left:
            raise CommandError(f"{left} values came under an old key meanwhile; start the command again.")
        if options["retire"]:
            old = keys.key_ring().old
            keys.drop_masters(old)
            self.stdout.write(f"{len(old)} old master keys deleted")
        self.stdout.write(f"done: {done} values under {keys.key_ring().current}")
