from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("nodes", "0004_talk_drafts_and_views"),
    ]

    operations = []
