"""Deadlines that earlier years spoke for, and that somebody accepted."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("nodes", "0005_statement_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadlineProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suggested", models.DateField(verbose_name="suggested deadline")),
                ("previous", models.DateField()),
                ("lead", models.IntegerField()),
                ("years", models.JSONField(default=list)),
                ("accepted_at", models.DateTimeField()),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "node",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadline_proposal",
                        to="nodes.worknode",
                    ),
                ),
            ],
            options={"verbose_name": "deadline proposal", "ordering": ["node"]},
        ),
    ]
