import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Coalesce

TO_SEND = models.Q(state__in=["pending", "sending"])
# Messages that waited behind a channel had the end of its rest as their time.
DUE_AS_BEFORE = """
UPDATE notifications_notification SET due_at = held_since
WHERE held_since < due_at AND state IN ('pending', 'sending')
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_put_off_until")]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("destination", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("said", models.TextField(blank=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                (
                    "probe",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.notification",
                    ),
                ),
            ],
            options={"verbose_name": "hold"},
        ),
        migrations.RunSQL(DUE_AS_BEFORE, migrations.RunSQL.noop),
        migrations.RemoveField("notification", "held_since"),
        migrations.RemoveIndex("notification", "notification_to_send"),
        migrations.AddIndex(
            "notification",
            models.Index(
                Coalesce("via", 0), models.F("due_at"), condition=TO_SEND, name="notification_to_send_to"
            ),
        ),
    ]
