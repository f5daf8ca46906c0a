from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0005_annual_summaries"),
    ]

    operations = []
