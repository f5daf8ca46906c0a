"""The ledger's statements: one to tell the people an event concerns, one to scan a day's reminders, and
one to claim what is due."""

from __future__ import annotations

COLUMNS = """office_id, recipient_id, channel, rule, node_id, request_id, slot, dedup_key, batch,
    happened_at, due_at, state, attempts, last_error, message_id, sent_at"""

# Who acts for which post of the office on the day; where nobody acts as a division's handler, its head does.
ROLES = """acting AS MATERIALIZED (
    SELECT p.id AS post_id, p.kind, p.division_id, u.id AS user_id, u.email
    FROM workflow_post p
    JOIN jiedian_acting(%(day)s) a ON a.post_id = p.id
    JOIN workflow_user u ON u.id = a.user_id AND u.is_active
    WHERE p.office_id = %(office)s
), roles AS MATERIALIZED (
    SELECT * FROM acting
    UNION ALL
    SELECT head.post_id, 'handler', head.division_id, head.user_id, head.email
    FROM acting head
    WHERE head.kind = 'division_head' AND NOT EXISTS (
        SELECT FROM acting h WHERE h.kind = 'handler' AND h.division_id = head.division_id)
)"""

# People of a node by audience. `audiences` are kinds of post seen from the lead division, and
# "supporting" for the handlers of the supporting divisions; posts and users may be named outright. Who
# wants no news by e-mail is told in the system only, unless it `must` be told.
TELL = f"""
WITH {ROLES}, told AS (
    SELECT r.user_id, r.email
    FROM roles r
    WHERE r.post_id = ANY(%(posts)s::bigint[])
        OR r.kind = ANY(%(audiences)s::text[]) AND coalesce(r.division_id, %(division)s) = %(division)s
           AND r.kind <> 'leader_in_charge'
        OR 'leader_in_charge' = ANY(%(audiences)s::text[]) AND r.post_id = (
            SELECT leader_in_charge_id FROM workflow_division WHERE id = %(division)s)
        OR 'supporting' = ANY(%(audiences)s::text[]) AND r.kind = 'handler' AND r.division_id IN (
            SELECT division_id FROM nodes_worknode_supporting_divisions WHERE worknode_id = %(node)s)
    UNION
    SELECT id, email FROM workflow_user WHERE id = ANY(%(users)s::bigint[]) AND is_active
)
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, told.user_id, channel, %(rule)s::text, %(node)s, %(request)s::bigint, %(slot)s,
       key.dedup, key.dedup,
       %(at)s, CASE channel WHEN 'email' THEN %(due_at)s::timestamptz ELSE %(at)s::timestamptz END,
       CASE channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM told
CROSS JOIN unnest(%(channels)s::text[]) channel
CROSS JOIN LATERAL (
    SELECT concat_ws(':', %(rule)s::text, %(node)s::bigint, %(slot)s::text, told.user_id, channel) AS dedup
) key
WHERE told.user_id <> %(actor)s AND (channel <> 'email' OR told.email <> ''
    AND (%(must)s OR NOT EXISTS (
        SELECT FROM notifications_preference p WHERE p.user_id = told.user_id AND NOT p.email_news)))
ON CONFLICT (dedup_key) DO NOTHING
RETURNING id, channel
"""

# A day's reminders of an office. `deadlines`, `rules` and `audiences` run in parallel: a node still open
# whose current deadline is the i-th one is told to the i-th audience under the i-th rule. Who belongs to
# several audiences hears the last of what is said to them, which is the most urgent.
SCAN = f"""
WITH {ROLES}, people AS MATERIALIZED (
    SELECT DISTINCT d.id AS division_id, audience, r.user_id, r.email
    FROM workflow_division d
    CROSS JOIN unnest(%(kinds)s::text[]) audience
    JOIN roles r ON audience = 'leader_in_charge' AND r.post_id = d.leader_in_charge_id
        OR audience <> 'leader_in_charge' AND r.kind = audience
           AND (r.division_id IS NULL OR r.division_id = d.id)
    WHERE d.office_id = %(office)s
), slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[])
        WITH ORDINALITY s (deadline, rule, audience, position)
), told AS (
    SELECT DISTINCT ON (people.user_id, n.id) people.user_id, people.email, n.id AS node_id, slots.rule
    FROM slots
    JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
         AND n.state IN ('planned', 'in_progress')
    JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
    JOIN people ON people.division_id = n.lead_division_id AND people.audience = slots.audience
    ORDER BY people.user_id, n.id, slots.position DESC
)
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, told.user_id, channel, told.rule, told.node_id, NULL, %(day_slot)s, key.dedup,
       coalesce(%(batch)s::text, key.dedup),
       %(at)s, %(at)s,
       CASE channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM told
CROSS JOIN unnest(%(channels)s::text[]) channel
CROSS JOIN LATERAL (
    SELECT concat_ws(':', told.rule, told.node_id, %(day_slot)s, told.user_id, channel) AS dedup
) key
WHERE channel <> 'email' OR told.email <> '' AND NOT EXISTS (
    SELECT FROM notifications_preference p WHERE p.user_id = told.user_id AND NOT p.email_reminders)
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
