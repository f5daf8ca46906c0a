"""Scoring schemes, entries, published scores and appeals; what is on record stays as it was written."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER scheme_version_kept BEFORE UPDATE OR DELETE ON approvals_schemeversion
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER score_entry_kept BEFORE UPDATE OR DELETE ON approvals_scoreentry
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER published_scores_kept BEFORE UPDATE OR DELETE ON approvals_publishedscores
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER score_appeal_kept BEFORE UPDATE ON approvals_scoreappeal
    FOR EACH ROW WHEN (
        OLD.status NOT IN ('filed', 'viewed')
        OR (OLD.publication_id, OLD.division_id, OLD.line, OLD.reason, OLD.applicant_id, OLD.filed_at)
           IS DISTINCT FROM
           (NEW.publication_id, NEW.division_id, NEW.line, NEW.reason, NEW.applicant_id, NEW.filed_at)
        OR OLD.node_number IS DISTINCT FROM NEW.node_number)
    EXECUTE FUNCTION jiedian_record_kept();
"""

BACKWARD = """
DROP TRIGGER scheme_version_kept ON approvals_schemeversion;
DROP TRIGGER score_entry_kept ON approvals_scoreentry;
DROP TRIGGER published_scores_kept ON approvals_publishedscores;
DROP TRIGGER score_appeal_kept ON approvals_scoreappeal;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0005_annual_summaries"),
        ("nodes", "0004_talk_drafts_and_views"),
        ("viewflow", "0015_task_scheduled"),
        ("workflow", "0005_policy_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreAppealProcess",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("viewflow.process",),
        ),
        migrations.CreateModel(
            name="PublishedScores",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("scheme_number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("why", models.TextField(blank=True, verbose_name="reason")),
                ("appeal_until", models.DateField()),
                ("published_at", models.DateTimeField()),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_scores",
                        to="nodes.cycle",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "published scores",
                "ordering": ["cycle", "-number"],
            },
        ),
        migrations.CreateModel(
            name="SchemeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("scheme", models.JSONField()),
                ("why", models.TextField(verbose_name="reason")),
                ("restored", models.PositiveIntegerField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheme_versions",
                        to="nodes.cycle",
                    ),
                ),
                (
                    "made_by",
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
            ],
            options={
                "verbose_name": "version of the scoring scheme",
                "ordering": ["cycle", "-number"],
            },
        ),
        migrations.CreateModel(
            name="ScoreAppeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("node_number", models.PositiveIntegerField(null=True)),
                ("line", models.PositiveIntegerField()),
                ("reason", models.TextField(verbose_name="reason of the appeal")),
                ("filed_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("filed", "waiting for the performance office's view"),
                            ("viewed", "waiting for the decision"),
                            ("upheld", "upheld"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=10,
                    ),
                ),
                ("view", models.TextField(blank=True, verbose_name="view of the performance office")),
                ("viewed_at", models.DateTimeField(null=True)),
                (
                    "adjustment",
                    models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="adjustment"),
                ),
                ("opinion", models.TextField(blank=True, verbose_name="opinion")),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.post",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.post"
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.division"
                    ),
                ),
                ("files", models.ManyToManyField(related_name="+", to="workflow.attachment")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "process",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="viewflow.process",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="approvals.publishedscores",
                    ),
                ),
                (
                    "viewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "viewed_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal against a score",
                "ordering": ["-filed_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ScoreEntry",
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
                            ("bonus", "bonus"),
                            ("deduction", "deduction"),
                            ("completion", "how much is done"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("matter", models.CharField(max_length=200, verbose_name="matter")),
                ("level", models.CharField(blank=True, max_length=40, verbose_name="level or kind")),
                ("points", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="points")),
                (
                    "matter_key",
                    models.CharField(blank=True, max_length=100, verbose_name="key of the matter"),
                ),
                ("basis", models.CharField(blank=True, max_length=100, verbose_name="document number")),
                ("why", models.TextField(blank=True, verbose_name="reason")),
                ("void", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="score_entries",
                        to="nodes.cycle",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.division",
                    ),
                ),
                ("files", models.ManyToManyField(related_name="+", to="workflow.attachment")),
                (
                    "node",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="score_entries",
                        to="nodes.worknode",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="approvals.scoreentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the scores",
                "ordering": ["cycle", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="publishedscores",
            constraint=models.UniqueConstraint(fields=("cycle", "number"), name="scores_published_once"),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.UniqueConstraint(fields=("cycle", "number"), name="scheme_version_once"),
        ),
        migrations.AddConstraint(
            model_name="scoreappeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["filed", "viewed"])),
                fields=("publication", "division", "node_number", "line"),
                name="one_pending_appeal_a_line",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="scoreappeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "upheld"), _negated=True),
                    ("adjustment__isnull", False),
                    _connector="OR",
                ),
                name="upheld_appeal_adjusts",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
