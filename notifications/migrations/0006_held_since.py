from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_alarms")]

    operations = [
        migrations.AddField("notification", "held_since", models.DateTimeField(null=True)),
    ]
