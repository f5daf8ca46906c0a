"""The statements of the daily scan: under the standard rhythm alone, and with an office's own rules."""

from __future__ import annotations

from nodes.weights import weight_sql
from notifications.sql import COLUMNS, DEST, JITTER, OUTLETS, REACHED, ROLES, unless_quiet

# What a scan's rows are made of, once it is known who is told what by which outlet `o`.
_WRITTEN = f"""
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, told.user_id, o.channel, o.via_id, told.rule, told.node_id, NULL, %(day_slot)s, key.dedup,
       CASE
           WHEN o.channel <> 'in_app' AND %(batch)s::text IS NOT NULL
               THEN concat_ws(':', %(batch)s::text, o.channel, key.dest)
           ELSE key.dedup
       END,
       %(at)s,
       CASE o.channel
           WHEN 'in_app' THEN %(at)s::timestamptz
           ELSE {unless_quiet(f"%(at)s::timestamptz + {JITTER}")}
       END,
       CASE o.channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE o.channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM told
JOIN outlets o ON {{reach}}
LEFT JOIN notifications_preference p ON p.user_id = told.user_id
LEFT JOIN notifications_address a ON a.user_id = told.user_id
CROSS JOIN LATERAL (
    SELECT concat_ws(':', told.rule, told.node_id, %(day_slot)s, told.user_id, o.channel, o.via_id) AS dedup,
           {DEST} AS dest
) key
WHERE ({REACHED.format(about="reminders")}){{besides}}
ON CONFLICT (dedup_key) DO NOTHING
"""

# Of each division, who belongs to which audience.
PEOPLE = """people AS MATERIALIZED (
    SELECT DISTINCT d.id AS division_id, audience, r.user_id, r.email
    FROM workflow_division d
    CROSS JOIN unnest(%(kinds)s::text[]) audience
    JOIN roles r ON audience = 'leader_in_charge' AND r.post_id = d.leader_in_charge_id
        OR audience <> 'leader_in_charge' AND r.kind = audience
           AND (r.division_id IS NULL OR r.division_id = d.id)
    WHERE d.office_id = %(office)s
)"""

# A day's reminders of an office. `deadlines`, `rules` and `audiences` run in parallel: a node still open
# whose current deadline is the i-th one is told to the i-th audience under the i-th rule. Who belongs to
# several audiences hears the last of what is said to them, which is the most urgent.
SCAN = f"""
WITH {ROLES}, {OUTLETS}, {PEOPLE}, slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[])
        WITH ORDINALITY s (deadline, rule, audience, position)
), told AS (
    SELECT DISTINCT ON (people.user_id, n.id) people.user_id, people.email, n.id AS node_id,
        n.lead_division_id, slots.rule
    FROM slots
    JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
         AND n.state IN ('planned', 'in_progress')
    JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
    JOIN people ON people.division_id = n.lead_division_id AND people.audience = slots.audience
    ORDER BY people.user_id, n.id, slots.position DESC
)
{_WRITTEN.format(reach="o.division_id IS NULL OR o.division_id = told.lead_division_id", besides="")}
"""

# The office's own rules that the slots name by their place in `own`: which nodes each is about, null for all
# of them, and over which channels, null for all.
OWN = """own AS MATERIALIZED (
    SELECT r.place, r.weight, r.channels, CASE WHEN r.indicators IS NOT NULL THEN ARRAY(
            SELECT i.id FROM nodes_indicator i
            JOIN nodes_cycle c ON c.id = i.cycle_id AND c.office_id = %(office)s AND c.status = 'open'
            LEFT JOIN nodes_indicator above ON above.id = i.parent_id
            LEFT JOIN nodes_indicator top ON top.id = above.parent_id
            WHERE i.number::text = ANY(r.indicators) OR i.title = ANY(r.indicators)
               OR above.title = ANY(r.indicators) OR top.title = ANY(r.indicators)
        ) END AS indicators, CASE WHEN r.divisions IS NOT NULL THEN ARRAY(
            SELECT id FROM workflow_division WHERE office_id = %(office)s AND name = ANY(r.divisions)
        ) END AS divisions
    FROM jsonb_to_recordset(%(own)s::jsonb)
        r (place int, indicators text[], divisions text[], weight numeric, channels text[])
)"""
MEETS = f"""(own.indicators IS NULL OR n.indicator_id = ANY(own.indicators))
    AND (own.divisions IS NULL OR n.lead_division_id = ANY(own.divisions))
    AND CASE WHEN own.weight IS NULL THEN true ELSE {weight_sql("n.attributes")} >= own.weight END"""

# As `SCAN`, for a day on which an office's own rules speak too: which of the nodes a slot is about, to whom
# and by what, is the rule's to say. Of a node, everybody hears one thing on each channel: the last;
# also when the rules are others than at an earlier scan of the day. (What was told then is looked up in a
# hash: joined, it would be compared row by row, since nobody can estimate how many there are.)
SCAN_WITH_OWN = f"""
WITH {ROLES}, {OUTLETS}, {PEOPLE}, {OWN}, slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[], %(places)s::int[])
        WITH ORDINALITY s (deadline, rule, audience, place, position)
), due AS MATERIALIZED (
    SELECT slots.rule, slots.audience, slots.position, own.channels, n.id AS node_id, n.lead_division_id
    FROM slots
    JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
         AND n.state IN ('planned', 'in_progress')
    JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
    LEFT JOIN own USING (place)
    WHERE {MEETS}
), heard AS (
    SELECT due.*, people.user_id, people.email FROM due
    JOIN people ON people.division_id = due.lead_division_id AND people.audience = due.audience
    UNION ALL
    SELECT due.*, people.user_id, people.email FROM due
    JOIN nodes_worknode_supporting_divisions s ON s.worknode_id = due.node_id
    JOIN people ON people.division_id = s.division_id AND people.audience = 'handler'
    WHERE due.audience = 'supporting'
    UNION ALL
    SELECT due.*, u.id, u.email FROM due
    JOIN nodes_watch w ON w.node_id = due.node_id
    JOIN workflow_user u ON u.id = w.user_id AND u.is_active AND u.office_id = %(office)s
    WHERE due.audience = 'watchers'
), told AS (
    SELECT DISTINCT ON (heard.user_id, heard.node_id, o.channel, o.via_id)
        heard.user_id, heard.email, heard.node_id, heard.rule, o.channel, o.via_id
    FROM heard
    JOIN outlets o ON (o.division_id IS NULL OR o.division_id = heard.lead_division_id)
        AND (heard.channels IS NULL OR o.channel = ANY(heard.channels))
    ORDER BY heard.user_id, heard.node_id, o.channel, o.via_id, heard.position DESC
)
{
    _WRITTEN.format(
        reach="o.channel = told.channel AND o.via_id IS NOT DISTINCT FROM told.via_id",
        besides=''' AND concat_ws(':', told.user_id, told.node_id, o.channel, o.via_id) NOT IN (
            SELECT concat_ws(':', recipient_id, node_id, channel, via_id) FROM notifications_notification
            WHERE office_id = %(office)s AND happened_at = %(at)s AND slot = %(day_slot)s
        )''',
    )
}
"""
