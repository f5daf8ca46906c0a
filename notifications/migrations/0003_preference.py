import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notification_preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('email_reminders', models.BooleanField(default=True, verbose_name='reminders of deadlines')),
                ('email_news', models.BooleanField(default=True, verbose_name='news of what concerns me')),
            ],
            options={
                'verbose_name': 'notification preference',
            },
        ),
    ]
