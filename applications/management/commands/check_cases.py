"""`manage.py check_cases`: impossible data among the cases, one line each; exit status 1 when there is any."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from applications.models import Case
from applications.services.consistency import find_faults
from portal import clock


class Command(BaseCommand):
    help = "Look for impossible data among the cases (nightly)."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(find_faults(clock.now()))
        numbers = dict(Case.objects.filter(pk__in={fault.case_id for fault in faults}).values_list("pk", "number"))
        for fault in faults:
            self.stdout.write(f"{numbers.get(fault.case_id, fault.case_id)} {fault.check}: {fault.text}")
        if faults:
            self.stderr.write(f"发现 {len(faults)} 处不可能的数据。")
            sys.exit(1)
        self.stdout.write("没有发现不可能的数据。")
