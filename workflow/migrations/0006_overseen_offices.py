from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0005_policy_versions"),
    ]

    operations = []
