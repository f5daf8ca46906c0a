"""Signatures that were added or passed on; and what a submission says about its kind of work stays, too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = """
DROP TRIGGER submission_kept ON nodes_evidencesubmission;
CREATE TRIGGER submission_kept BEFORE UPDATE ON nodes_evidencesubmission
    FOR EACH ROW WHEN (
        OLD.outcome <> 'pending'
        OR (OLD.node_id, OLD.round, OLD.statement, OLD.completed_on, OLD.submitted_by_id, OLD.submitted_at{more[OLD]})
           IS DISTINCT FROM
           (NEW.node_id, NEW.round, NEW.statement, NEW.completed_on, NEW.submitted_by_id, NEW.submitted_at{more[NEW]}))
    EXECUTE FUNCTION jiedian_record_kept();
"""
FORWARD = KEPT.format(more={row: f", {row}.kind, {row}.details, {row}.warnings" for row in ("OLD", "NEW")})
BACKWARD = KEPT.format(more={"OLD": "", "NEW": ""})


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0003_decisions_stay'),
        ('nodes', '0004_talk_drafts_and_views'),
        ('workflow', '0004_preferences_and_newest_entry'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddField(
            model_name='signoff',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoff',
            name='passed_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.post'),
        ),
    ]
