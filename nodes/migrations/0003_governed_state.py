"""A node's state changes along the table of transitions, one version at a time, leaving an audit entry."""

from django.db import migrations

FORWARD = """
CREATE TABLE nodes_transition (
    source varchar(50) NOT NULL,
    target varchar(50) NOT NULL,
    PRIMARY KEY (source, target)
);
INSERT INTO nodes_transition VALUES
    ('planned', 'in_progress'),
    ('in_progress', 'evidence_submitted'),
    ('evidence_submitted', 'in_progress'),
    ('evidence_submitted', 'approved'),
    ('planned', 'deferred'),
    ('in_progress', 'deferred'),
    ('deferred', 'in_progress'),
    ('approved', 'in_progress');

CREATE FUNCTION jiedian_refuse(reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', reason USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION jiedian_node_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'planned' OR NEW.version <> 0 THEN
        PERFORM jiedian_refuse('a work node begins as planned');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION jiedian_node_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM nodes_transition WHERE source = OLD.state AND target = NEW.state) THEN
        PERFORM jiedian_refuse(format('work node %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        PERFORM jiedian_refuse(format('the state of work node %s changes by its services only', OLD.id));
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION jiedian_node_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM jiedian_refuse(format('work node %s has begun and cannot be deleted', OLD.id));
    END IF;
    PERFORM jiedian_refuse(format('the dates and counts of work node %s change by its services only', OLD.id));
    RETURN NULL;
END $$;

CREATE FUNCTION jiedian_node_audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM workflow_auditentry
        WHERE subject_type = 'worknode' AND subject_id = NEW.id
          AND from_state = OLD.state AND to_state = NEW.state
          AND transaction = pg_current_xact_id()::text::bigint
    ) THEN
        PERFORM jiedian_refuse(format('work node %s changed state without an audit entry', NEW.id));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER node_inserted BEFORE INSERT ON nodes_worknode
    FOR EACH ROW EXECUTE FUNCTION jiedian_node_inserted();
CREATE TRIGGER node_moved BEFORE UPDATE ON nodes_worknode
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION jiedian_node_moved();
CREATE TRIGGER node_baseline_kept BEFORE UPDATE ON nodes_worknode
    FOR EACH ROW WHEN (OLD.version > 0 AND (
        OLD.baseline_deadline IS DISTINCT FROM NEW.baseline_deadline
        OR OLD.version = NEW.version AND (
            OLD.current_deadline IS DISTINCT FROM NEW.current_deadline
            OR OLD.completed_on IS DISTINCT FROM NEW.completed_on
            OR OLD.returns <> NEW.returns)))
    EXECUTE FUNCTION jiedian_node_kept();
CREATE TRIGGER node_kept BEFORE DELETE ON nodes_worknode
    FOR EACH ROW WHEN (OLD.version > 0) EXECUTE FUNCTION jiedian_node_kept();
CREATE CONSTRAINT TRIGGER node_audited AFTER UPDATE ON nodes_worknode DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION jiedian_node_audited();
"""

BACKWARD = """
DROP TRIGGER node_inserted ON nodes_worknode;
DROP TRIGGER node_moved ON nodes_worknode;
DROP TRIGGER node_baseline_kept ON nodes_worknode;
DROP TRIGGER node_kept ON nodes_worknode;
DROP TRIGGER node_audited ON nodes_worknode;
DROP FUNCTION jiedian_node_inserted();
DROP FUNCTION jiedian_node_moved();
DROP FUNCTION jiedian_node_kept();
DROP FUNCTION jiedian_node_audited();
DROP FUNCTION jiedian_refuse(text);
DROP TABLE nodes_transition;
"""


class Migration(migrations.Migration):
    dependencies = [("nodes", "0002_initial"), ("workflow", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
