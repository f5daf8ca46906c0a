from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("nodes", "0004_talk_drafts_and_views"),
        ("workflow", "0005_policy_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "meeting"),
                            ("document", "document"),
                            ("activity", "activity"),
                            ("data", "data"),
                            ("approval", "approval"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="kind of work",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="template")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
            ],
            options={"verbose_name": "template of statements", "ordering": ["office", "kind"]},
        ),
        migrations.AddConstraint(
            model_name="statementtemplate",
            constraint=models.UniqueConstraint(fields=("office", "kind"), name="one_template_a_kind"),
        ),
        migrations.CreateModel(
            name="ModelStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="example",
                        to="nodes.evidencesubmission",
                    ),
                ),
            ],
            options={"verbose_name": "model statement", "ordering": ["-chosen_at", "-id"]},
        ),
    ]
