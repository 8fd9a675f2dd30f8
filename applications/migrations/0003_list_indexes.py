"""What lists walk: work lists by department and state, closed cases by receipt, submitted ones by their reviewer."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# `open` follows from `state`, and levels turn in few states: without this the planner takes thousands for some dozens.
STATISTICS = """
    CREATE STATISTICS clock_states (dependencies, mcv) ON open, state, paused, level FROM applications_caseclock
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_draft_not_applicable")]

    operations = [
        migrations.RemoveIndex(model_name="caseclock", name="clock_work_list"),
        migrations.AddIndex(
            model_name="caseclock",
            index=models.Index(
                condition=models.Q(("open", True)),
                fields=["department", "state", "paused", "sort_on", "case"],
                include=("level", "claimed_by"),
                name="clock_work_list",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["department", "-received_at", "-id"],
                name="case_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("state", "approving")),
                fastupdate=False,
                fields=["reviewer_ids"],
                name="case_submitted",
            ),
        ),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS clock_states"),
    ]
