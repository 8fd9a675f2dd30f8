"""The audit schema by SQL, with unmanaged models over it."""

from pathlib import Path

from django.db import migrations, models

SCHEMA = (Path(__file__).resolve().parent.parent / "sql" / "schema.sql").read_text("utf-8")


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        # One string with parameters None: psycopg2 runs it as it stands, and nothing splits the function bodies.
        migrations.RunSQL(sql=[(SCHEMA, None)], reverse_sql="DROP SCHEMA audit CASCADE"),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False, verbose_name="对象")),
                ("seq", models.BigIntegerField(verbose_name="链内序号")),
                ("hash", models.BinaryField(verbose_name="哈希")),
            ],
            options={
                "verbose_name": "链头",
                "verbose_name_plural": "链头",
                "db_table": '"audit"."chain_head"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="LedgerEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="序号")),
                ("subject", models.UUIDField(verbose_name="对象")),
                ("seq", models.BigIntegerField(verbose_name="链内序号")),
                ("kind", models.TextField(verbose_name="类型")),
                ("key", models.UUIDField(null=True, verbose_name="幂等键")),
                ("canon", models.BinaryField(verbose_name="规范文本")),
                ("body", models.JSONField(verbose_name="内容")),
                ("prev_hash", models.BinaryField(verbose_name="前一哈希")),
                ("hash", models.BinaryField(verbose_name="哈希")),
                ("created", models.DateTimeField(verbose_name="记录时间")),
                ("db_user", models.TextField(verbose_name="数据库用户")),
            ],
            options={
                "verbose_name": "留痕事件",
                "verbose_name_plural": "留痕事件",
                "db_table": '"audit"."event"',
                "ordering": ["subject", "seq"],
                "managed": False,
            },
        ),
    ]
