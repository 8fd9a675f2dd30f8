from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="not_applicable",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="有条件的材料中申请人说不适用的，材料代码",
                verbose_name="不适用的材料",
            ),
        ),
    ]
