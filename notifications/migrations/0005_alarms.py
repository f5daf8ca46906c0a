import django.db.models.deletion
from django.db import migrations, models

CHANNELS = [
    ("in_app", "in the system"),
    ("email", "e-mail"),
    ("wecom_robot", "WeCom robot"),
    ("wecom_app", "WeCom application"),
    ("dingtalk_robot", "DingTalk robot"),
    ("feishu_robot", "Feishu robot"),
    ("webhook", "signed webhook"),
    ("apprise", "other service"),
]
CAUSES = [
    ("late", "reminders are late"),
    ("scan", "the day's reminders were not written"),
    ("beat", "the clock that starts everything stands still"),
    ("channel", "a channel has failed for hours"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0004_channels_and_attempts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(choices=CAUSES, max_length=10)),
                ("channel", models.CharField(blank=True, choices=CHANNELS, max_length=20)),
                ("day", models.DateField()),
                ("since", models.DateTimeField()),
                ("said", models.TextField(blank=True)),
                ("raised_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("well_told_at", models.DateTimeField(null=True)),
                ("office", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office")),
                ("via", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notifications.channel")),
            ],
            options={
                "verbose_name": "alarm",
                "ordering": ["-raised_at", "-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                fields=("office", "cause", "channel", "via", "day"), name="one_alarm_a_day", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("told_at", None), ("well_told_at", None), _connector="OR"),
                fields=["office"],
                name="alarm_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state__in", ["dead", "muted"])),
                fields=["office", "-happened_at"],
                name="notification_in_trouble",
            ),
        ),
    ]
