"""What was decided, asked and submitted stays as it was written; only its outcome is added, once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION jiedian_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM jiedian_refuse(format('%s %s is on record and stays as it is', TG_TABLE_NAME, OLD.id));
    RETURN NULL;
END $$;

CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON approvals_decision
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER deadline_change_kept BEFORE UPDATE OR DELETE ON nodes_deadlinechange
    FOR EACH ROW EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER request_kept BEFORE UPDATE ON approvals_deferralrequest
    FOR EACH ROW WHEN (
        OLD.status <> 'pending'
        OR (OLD.node_id, OLD.applicant_id, OLD.justification, OLD.filed_at)
           IS DISTINCT FROM (NEW.node_id, NEW.applicant_id, NEW.justification, NEW.filed_at)
        OR OLD.new_due IS DISTINCT FROM NEW.new_due OR OLD.previous_due IS DISTINCT FROM NEW.previous_due)
    EXECUTE FUNCTION jiedian_record_kept();
CREATE TRIGGER submission_kept BEFORE UPDATE ON nodes_evidencesubmission
    FOR EACH ROW WHEN (
        OLD.outcome <> 'pending'
        OR (OLD.node_id, OLD.round, OLD.statement, OLD.completed_on, OLD.submitted_by_id, OLD.submitted_at)
           IS DISTINCT FROM
           (NEW.node_id, NEW.round, NEW.statement, NEW.completed_on, NEW.submitted_by_id, NEW.submitted_at))
    EXECUTE FUNCTION jiedian_record_kept();
"""

BACKWARD = """
DROP TRIGGER decision_kept ON approvals_decision;
DROP TRIGGER deadline_change_kept ON nodes_deadlinechange;
DROP TRIGGER request_kept ON approvals_deferralrequest;
DROP TRIGGER submission_kept ON nodes_evidencesubmission;
DROP FUNCTION jiedian_record_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_initial"), ("nodes", "0003_governed_state")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
