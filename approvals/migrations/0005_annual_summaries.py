"""Annual summaries: their versions and signatures stay as they were written."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

KEPT = """
CREATE TRIGGER summary_version_kept BEFORE UPDATE OR DELETE ON approvals_summaryversion
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER summary_sign_off_kept BEFORE UPDATE OR DELETE ON approvals_summarysignoff
    FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION jiedian_record_kept();
"""
FREE = """
DROP TRIGGER summary_version_kept ON approvals_summaryversion;
DROP TRIGGER summary_sign_off_kept ON approvals_summarysignoff;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0004_added_and_passed_on'),
        ('nodes', '0004_talk_drafts_and_views'),
        ('viewflow', '0015_task_scheduled'),
        ('workflow', '0005_policy_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SummaryProcess',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('viewflow.process',),
        ),
        migrations.CreateModel(
            name='AnnualSummary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('draft', 'being written'), ('at_sign_off', 'waiting for sign-off'), ('signed', 'signed')], default='draft', max_length=50, protected=True, verbose_name='state')),
                ('form', models.CharField(choices=[('letter', 'letter'), ('report', 'report')], default='letter', max_length=10, verbose_name='form of document')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='document number')),
                ('number_year', models.PositiveIntegerField(blank=True, null=True)),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='date of issue')),
                ('signatory', models.CharField(blank=True, max_length=100, verbose_name='signatory')),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='summary', to='nodes.cycle')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.office')),
            ],
            options={
                'verbose_name': 'annual summary',
                'ordering': ['-cycle__year'],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='SummarySignOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('pending', 'waiting for sign-off'), ('approved', 'signed'), ('returned', 'returned'), ('withdrawn', 'taken back')], default='pending', max_length=10)),
                ('opinion', models.TextField(blank=True, verbose_name='opinion')),
                ('decided_at', models.DateTimeField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.attachment')),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.post')),
                ('process', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='summary_round', to='viewflow.process')),
                ('summary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='approvals.annualsummary')),
            ],
            options={
                'verbose_name': 'sign-off of a summary',
                'ordering': ['summary', 'asked_at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='annualsummary',
            name='signed',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.summarysignoff'),
        ),
        migrations.CreateModel(
            name='SummaryVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('body', models.JSONField()),
                ('cut_off', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='what changed')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('summary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='approvals.annualsummary')),
            ],
            options={
                'verbose_name': 'version of a summary',
                'ordering': ['summary', 'number'],
            },
        ),
        migrations.AddField(
            model_name='summarysignoff',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.summaryversion'),
        ),
        migrations.CreateModel(
            name='SummaryComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('block', models.CharField(max_length=100)),
                ('text', models.TextField(verbose_name='comment')),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('answers', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='approvals.summarycomment')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('summary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='approvals.annualsummary')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='approvals.summaryversion')),
            ],
            options={
                'verbose_name': 'comment on a summary',
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='annualsummary',
            constraint=models.UniqueConstraint(fields=('office', 'number_year', 'number'), name='summary_number_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='summaryversion',
            constraint=models.UniqueConstraint(fields=('summary', 'number'), name='summary_version_once'),
        ),
        migrations.AddConstraint(
            model_name='summarysignoff',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('summary',), name='one_pending_summary_sign_off'),
        ),
        migrations.AddConstraint(
            model_name='summarysignoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'approved'), _negated=True), models.Q(('file__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='signed_summary_has_its_file'),
        ),
        migrations.RunSQL(KEPT, FREE),
    ]
