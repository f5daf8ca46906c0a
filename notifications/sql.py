"""The ledger's statements: one to tell the people an event concerns, one to scan a day's reminders, and
one to claim what is due."""

from __future__ import annotations

COLUMNS = """office_id, recipient_id, channel, rule, node_id, request_id, slot, dedup_key, batch,
    happened_at, due_at, state, attempts, last_error, message_id, sent_at"""

# People of a node by audience. `audiences` are kinds of post seen from the lead division, and
# "supporting" for the handlers of the supporting divisions; posts and users may be named outright.
TELL = f"""
WITH told AS (
    SELECT acting.user_id
    FROM workflow_post p JOIN jiedian_acting(%(day)s) acting ON acting.post_id = p.id
    WHERE p.office_id = %(office)s AND (
        p.id = ANY(%(posts)s::bigint[])
        OR p.kind = ANY(%(audiences)s::text[]) AND coalesce(p.division_id, %(division)s) = %(division)s
           AND p.kind <> 'leader_in_charge'
        OR 'leader_in_charge' = ANY(%(audiences)s::text[]) AND p.id = (
            SELECT leader_in_charge_id FROM workflow_division WHERE id = %(division)s)
        OR 'supporting' = ANY(%(audiences)s::text[]) AND p.kind = 'handler' AND p.division_id IN (
            SELECT division_id FROM nodes_worknode_supporting_divisions WHERE worknode_id = %(node)s))
    UNION
    SELECT unnest(%(users)s::bigint[])
)
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, u.id, channel, %(rule)s::text, %(node)s, %(request)s::bigint, %(slot)s,
       key.dedup, key.dedup,
       %(at)s, CASE channel WHEN 'email' THEN %(due_at)s::timestamptz ELSE %(at)s::timestamptz END,
       CASE channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM told
JOIN workflow_user u ON u.id = told.user_id AND u.is_active AND u.id <> %(actor)s
CROSS JOIN unnest(%(channels)s::text[]) channel
CROSS JOIN LATERAL (
    SELECT concat_ws(':', %(rule)s::text, %(node)s::bigint, %(slot)s::text, u.id, channel) AS dedup
) key
WHERE channel <> 'email' OR u.email <> ''
ON CONFLICT (dedup_key) DO NOTHING
RETURNING id, channel
"""

# A day's reminders of an office. `deadlines`, `rules` and `audiences` run in parallel: a node still open
# whose current deadline is the i-th one is told to the i-th audience under the i-th rule.
SCAN = f"""
WITH people AS MATERIALIZED (
    SELECT DISTINCT d.id AS division_id, audience, a.user_id, u.email
    FROM workflow_division d
    CROSS JOIN unnest(%(kinds)s::text[]) audience
    JOIN workflow_post p ON p.office_id = d.office_id AND (
        audience = 'leader_in_charge' AND p.id = d.leader_in_charge_id
        OR audience <> 'leader_in_charge' AND p.kind = audience
           AND (p.division_id IS NULL OR p.division_id = d.id))
    JOIN jiedian_acting(%(day)s) a ON a.post_id = p.id
    JOIN workflow_user u ON u.id = a.user_id AND u.is_active
    WHERE d.office_id = %(office)s
), slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[]) s (deadline, rule, audience)
)
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, people.user_id, channel, slots.rule, n.id, NULL, %(day_slot)s, key.dedup,
       CASE WHEN %(digest)s THEN %(batch)s ELSE key.dedup END,
       %(at)s, %(at)s,
       CASE channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM slots
JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
     AND n.state IN ('planned', 'in_progress')
JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
JOIN people ON people.division_id = n.lead_division_id AND people.audience = slots.audience
CROSS JOIN unnest(%(channels)s::text[]) channel
CROSS JOIN LATERAL (
    SELECT concat_ws(':', slots.rule, n.id, %(day_slot)s, people.user_id, channel) AS dedup
) key
WHERE channel <> 'email' OR people.email <> ''
ON CONFLICT (dedup_key) DO NOTHING
"""

# Whole messages at a time: every due row of a batch goes to the worker that holds the batch's advisory
# lock, so that no digest is torn in two. A lease that ran out makes a row due again.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT recipient_id, batch, min(due_at) AS since
    FROM notifications_notification
    WHERE channel = 'email' AND state IN ('pending', 'sending') AND due_at <= now()
      AND (state = 'pending' OR lease_until < now())
      AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
    GROUP BY recipient_id, batch
    ORDER BY since
    LIMIT %(limit)s
), mine AS MATERIALIZED (
    SELECT recipient_id, batch FROM due
    WHERE pg_try_advisory_xact_lock(hashtextextended(recipient_id || ':' || batch, 0))
)
UPDATE notifications_notification SET
    state = 'sending', claim_token = %(token)s, attempts = attempts + 1,
    lease_until = now() + %(lease)s * interval '1 second'
WHERE id IN (
    SELECT n.id FROM notifications_notification n JOIN mine USING (recipient_id, batch)
    WHERE n.channel = 'email' AND n.state IN ('pending', 'sending') AND n.due_at <= now()
      AND (n.state = 'pending' OR n.lease_until < now())
    FOR UPDATE OF n SKIP LOCKED
)
RETURNING id
"""
