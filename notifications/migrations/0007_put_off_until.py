from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_held_since")]

    operations = [
        migrations.AddField("notification", "put_off_until", models.DateTimeField(null=True)),
    ]
