"""Who acts for which post on a day, for statements that tell many people at once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION jiedian_acting(on_day date) RETURNS TABLE (post_id bigint, user_id bigint, on_behalf_of bigint)
LANGUAGE sql STABLE AS $$
    SELECT a.post_id, a.user_id, NULL::bigint
    FROM workflow_appointment a
    WHERE (a.starts IS NULL OR a.starts <= on_day) AND (a.ends IS NULL OR a.ends >= on_day)
    UNION ALL
    SELECT d.post_id, d.to_user_id, d.from_user_id
    FROM workflow_delegation d
    JOIN workflow_appointment a ON a.post_id = d.post_id AND a.user_id = d.from_user_id
    WHERE d.revoked_at IS NULL AND d.starts <= on_day AND d.ends >= on_day
      AND (a.starts IS NULL OR a.starts <= on_day) AND (a.ends IS NULL OR a.ends >= on_day)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION jiedian_acting(date)")]
