"""Summaries handed in to an overseeing office: each round and what was said stay as they were written."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEPT = """
CREATE TRIGGER filing_kept BEFORE UPDATE ON approvals_summaryfiling
    FOR EACH ROW WHEN (
        OLD.state <> 'sent'
        OR (OLD.office_id, OLD.summary_id, OLD.number, OLD.sign_off_id, OLD.sha256)
           IS DISTINCT FROM (NEW.office_id, NEW.summary_id, NEW.number, NEW.sign_off_id, NEW.sha256)
        OR (OLD.sent_by_id, OLD.sent_at) IS DISTINCT FROM (NEW.sent_by_id, NEW.sent_at))
    EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER filing_stays BEFORE DELETE ON approvals_summaryfiling
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER filing_comment_kept BEFORE UPDATE OR DELETE ON approvals_filingcomment
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
"""
FREE = """
DROP TRIGGER filing_kept ON approvals_summaryfiling;
DROP TRIGGER filing_stays ON approvals_summaryfiling;
DROP TRIGGER filing_comment_kept ON approvals_filingcomment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0006_scores"),
        ("workflow", "0006_overseen_offices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SummaryFiling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "to be received"),
                            ("received", "received"),
                            ("returned", "returned"),
                        ],
                        default="sent",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("opinion", models.TextField(blank=True, verbose_name="opinion")),
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
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sign_off",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing",
                        to="approvals.summarysignoff",
                    ),
                ),
                (
                    "summary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="approvals.annualsummary",
                    ),
                ),
            ],
            options={
                "verbose_name": "summary handed in",
                "ordering": ["summary", "number"],
            },
        ),
        migrations.CreateModel(
            name="FilingComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(verbose_name="comment")),
                ("at", models.DateTimeField()),
                (
                    "author",
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
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="approvals.summaryfiling",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on a summary handed in",
                "ordering": ["at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="summaryfiling",
            constraint=models.UniqueConstraint(fields=("summary", "number"), name="filing_number_once"),
        ),
        migrations.AddConstraint(
            model_name="summaryfiling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "sent")), fields=("summary",), name="one_waiting_filing"
            ),
        ),
        migrations.AddConstraint(
            model_name="summaryfiling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "sent")),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="decided_filing_says_by_whom",
            ),
        ),
        migrations.RunSQL(KEPT, FREE),
    ]
