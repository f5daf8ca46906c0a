"""Offices that another office oversees."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0005_policy_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="office",
            name="overseen_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="overseen",
                to="workflow.office",
                verbose_name="overseeing office",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overseen_by", None),
                    models.Q(("overseen_by", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="office_not_overseen_by_itself",
            ),
        ),
    ]
