"""The audit trail can be added to and sealed, and nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION jiedian_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'workflow_auditentry' THEN
        IF OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
           AND to_jsonb(NEW) - 'seal_id' = to_jsonb(OLD) - 'seal_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON workflow_auditentry
    FOR EACH ROW EXECUTE FUNCTION jiedian_audit_append_only();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON workflow_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION jiedian_audit_append_only();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON workflow_auditseal
    FOR EACH ROW EXECUTE FUNCTION jiedian_audit_append_only();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON workflow_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION jiedian_audit_append_only();
"""

BACKWARD = """
DROP TRIGGER audit_entry_append_only ON workflow_auditentry;
DROP TRIGGER audit_entry_no_truncate ON workflow_auditentry;
DROP TRIGGER audit_seal_append_only ON workflow_auditseal;
DROP TRIGGER audit_seal_no_truncate ON workflow_auditseal;
DROP FUNCTION jiedian_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
