from django.db import migrations, models
from django.db.models import Q

import portal.web.keys


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.web.keys.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                        verbose_name="标识",
                    ),
                ),
                ("wrapped", models.BinaryField(editable=False, null=True, verbose_name="加密的数据密钥")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="销毁时间")),
            ],
            options={
                "verbose_name": "个人密钥",
                "verbose_name_plural": "个人密钥",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("erased_at__isnull", True), ("wrapped__isnull", False))
                        | Q(("erased_at__isnull", False), ("wrapped__isnull", True)),
                        name="privacy_wrapped_exactly_until_erased",
                    )
                ],
            },
        )
    ]
