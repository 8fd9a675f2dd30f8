"""The Merkle tree over all events: what the sequencer fills, by SQL, with unmanaged models over it."""

from pathlib import Path

from django.db import migrations, models

TREE = (Path(__file__).resolve().parent.parent / "sql" / "tree.sql").read_text("utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(sql=[(TREE, None)], reverse_sql=migrations.RunSQL.noop),
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="事件数")),
                ("number", models.BigIntegerField(unique=True, verbose_name="序号")),
                ("root", models.BinaryField(verbose_name="根哈希")),
                ("note", models.TextField(verbose_name="签名的树头")),
                ("created", models.DateTimeField(verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "树头",
                "verbose_name_plural": "树头",
                "db_table": '"audit"."tree_head"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DailyHead",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                (
                    "head",
                    models.ForeignKey(
                        db_column="size",
                        on_delete=models.PROTECT,
                        related_name="days",
                        to="ledger.treehead",
                        verbose_name="树头",
                    ),
                ),
                ("created", models.DateTimeField(verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "每日树头",
                "verbose_name_plural": "每日树头",
                "db_table": '"audit"."daily_head"',
                "ordering": ["-day"],
                "managed": False,
            },
        ),
    ]
