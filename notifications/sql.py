"""The ledger's statements: one to tell the people an event concerns, and
one to claim what is due."""

from __future__ import annotations

from workflow.policy import GOES_OUT_AFTER, GOES_OUT_WITHIN

COLUMNS = """office_id, recipient_id, channel, via_id, rule, node_id, request_id, slot, dedup_key, batch,
    happened_at, due_at, state, attempts, last_error, message_id, sent_at"""


def roles_on(days: str) -> str:
    """Who acts for which post of the office on each `day` of a table; where nobody acts as a division's
    handler, its head does."""
    return f"""acting AS MATERIALIZED (
    SELECT days.day, p.id AS post_id, p.kind, p.division_id, u.id AS user_id, u.email
    FROM ({days}) days
    CROSS JOIN LATERAL jiedian_acting(days.day) a
    JOIN workflow_post p ON p.id = a.post_id AND p.office_id = %(office)s
    JOIN workflow_user u ON u.id = a.user_id AND u.is_active
), roles AS MATERIALIZED (
    SELECT * FROM acting
    UNION ALL
    SELECT head.day, head.post_id, 'handler', head.division_id, head.user_id, head.email
    FROM acting head
    WHERE head.kind = 'division_head' AND NOT EXISTS (
        SELECT FROM acting h
        WHERE h.day = head.day AND h.kind = 'handler' AND h.division_id = head.division_id)
)"""


ROLES = roles_on("SELECT %(day)s::date AS day")

# What the office has to tell people by, of the kinds that are wanted; a division's robot speaks of its nodes.
OUTLETS = """outlets AS MATERIALIZED (
    SELECT kind AS channel, NULL::bigint AS via_id, NULL::bigint AS division_id
    FROM unnest(ARRAY['in_app', 'email']) kind
    WHERE kind = ANY(%(channels)s::text[])
    UNION ALL
    SELECT kind, id, division_id FROM notifications_channel
    WHERE office_id = %(office)s AND is_active AND kind = ANY(%(channels)s::text[])
)"""

# Whether `told` is reached by outlet `o`, and wants to be; %s is what the preference is about.
REACHED = """o.channel = 'in_app'
    OR o.channel = 'email' AND told.email <> '' AND coalesce(p.email_{about}, true)
    OR o.channel = 'wecom_app' AND coalesce(a.wecom, '') <> '' AND coalesce(p.messenger_{about}, true)
    OR o.channel NOT IN ('in_app', 'email', 'wecom_app') AND coalesce(p.messenger_{about}, true)"""
MUST = REACHED.replace("coalesce(p.email_{about}, true)", "true").replace(
    "coalesce(p.messenger_{about}, true)", "true"
)

# A digest goes out a few minutes after its hour, to each person and group at a time of their own: the scan
# has been by then, and no vendor's full hour is hit. So does what waits for the end of quiet hours.
DEST = """CASE
    WHEN o.via_id IS NULL THEN told.user_id::text
    WHEN o.channel = 'wecom_app' THEN concat_ws(':', o.via_id, told.user_id)
    ELSE o.via_id::text
END"""
_SPREAD = 60 * (GOES_OUT_WITHIN - GOES_OUT_AFTER)
JITTER = f"""({60 * GOES_OUT_AFTER} + mod(abs(hashtextextended(key.dest, 0)), {_SPREAD}))
    * interval '1 second'"""
_JITTER_OF_WHAT_WAITS = f"CASE WHEN %(waits)s THEN {JITTER} ELSE interval '0' END"


def _after_quiet(due: str, starts: str, ends: str) -> str:
    """`due`, or soon after the quiet hours that it falls into; they may pass midnight, or be null.

    OFFSET 0 keeps the planner from writing out `due` wherever it is named, which three times nested is long.
    """
    return f"""(
        SELECT CASE
            WHEN CASE WHEN {starts} <= {ends} THEN clock >= {starts} AND clock < {ends}
                      ELSE clock >= {starts} OR clock < {ends} END
                THEN (local::date + {ends} + CASE WHEN clock < {ends} THEN interval '0' ELSE '1 day' END)
                     AT TIME ZONE %(zone)s + {JITTER}
            ELSE due
        END
        FROM (SELECT {due} AS due OFFSET 0) wanted
        CROSS JOIN LATERAL (SELECT due AT TIME ZONE %(zone)s AS local) here
        CROSS JOIN LATERAL (SELECT local::time AS clock) dial
    )"""


_OWN_QUIET = ("p.quiet_from", "p.quiet_until")
_OFFICES_QUIET = ("%(office_quiet_from)s::time", "%(office_quiet_until)s::time")


def unless_quiet(due: str) -> str:
    """`due`, but for what goes to one person never in the hours that they want to be quiet."""
    quiet = _after_quiet(_after_quiet(_after_quiet(due, *_OWN_QUIET), *_OFFICES_QUIET), *_OWN_QUIET)
    return f"""CASE
        WHEN p.quiet_from IS NULL OR o.channel NOT IN ('email', 'wecom_app') THEN {due}
        ELSE {quiet}
    END"""


# People of a node by audience. `audiences` are kinds of post seen from the lead division, and
# "supporting" for the handlers of the supporting divisions; posts and users may be named outright. Who
# wants no news outside the system is told in the system only, unless it `must` be told. Who watches the
# node and is not told of this act anyway is told under `watched`, in the system only. What has a `digest`
# joins that message of its reader; anything else is a message of its own.
TELL = f"""
WITH {ROLES}, {OUTLETS}, concerned AS (
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
), told AS (
    SELECT *, %(rule)s::text AS rule FROM concerned
    UNION ALL
    SELECT u.id, u.email, %(watched)s::text
    FROM nodes_watch w
    JOIN workflow_user u ON u.id = w.user_id AND u.is_active
    WHERE w.node_id = %(node)s AND %(watched)s::text IS NOT NULL
        AND NOT EXISTS (SELECT FROM concerned c WHERE c.user_id = u.id)
        AND NOT EXISTS (
            SELECT FROM notifications_notification n
            WHERE n.recipient_id = u.id AND n.happened_at = %(at)s AND n.node_id = %(node)s
                AND n.channel = 'in_app' AND n.read_at IS NULL)
)
INSERT INTO notifications_notification ({COLUMNS})
SELECT %(office)s, told.user_id, o.channel, o.via_id, told.rule, %(node)s, %(request)s::bigint, %(slot)s,
       key.dedup, CASE
           WHEN o.channel <> 'in_app' AND %(digest)s::text IS NOT NULL
               THEN concat_ws(':', %(digest)s::text, o.channel, key.dest)
           WHEN o.via_id IS NULL OR o.channel = 'wecom_app' THEN key.dedup
           ELSE concat_ws(':', told.rule, %(node)s::bigint, %(slot)s::text, o.channel, o.via_id)
       END,
       %(at)s, CASE
           WHEN o.channel = 'in_app' THEN %(at)s::timestamptz
           ELSE {unless_quiet(f"%(due_at)s::timestamptz + {_JITTER_OF_WHAT_WAITS}")}
       END,
       CASE o.channel WHEN 'in_app' THEN 'sent' ELSE %(state)s END,
       0, '', '', CASE o.channel WHEN 'in_app' THEN %(at)s::timestamptz END
FROM told
JOIN outlets o ON o.division_id IS NULL OR o.division_id = %(division)s
LEFT JOIN notifications_preference p ON p.user_id = told.user_id
LEFT JOIN notifications_address a ON a.user_id = told.user_id
CROSS JOIN LATERAL (
    SELECT concat_ws(':', told.rule, %(node)s::bigint, %(slot)s::text, told.user_id, o.channel, o.via_id)
               AS dedup,
           {DEST} AS dest
) key
WHERE told.user_id <> %(actor)s AND (told.rule = %(rule)s::text OR o.channel = 'in_app')
    AND CASE WHEN %(must)s THEN {MUST} ELSE {REACHED.format(about="news")} END
ON CONFLICT (dedup_key) DO NOTHING
RETURNING id, channel
"""

# As `TELL`, for the office's own rules: nobody is told again of what they heard of on the same channel.
TELL_OTHERS = TELL.replace(
    "ON CONFLICT",
    """AND NOT EXISTS (
        SELECT FROM notifications_notification n
        WHERE n.office_id = %(office)s AND n.happened_at = %(at)s AND n.node_id = %(node)s
            AND n.recipient_id = told.user_id AND n.channel = o.channel)
ON CONFLICT""",
)

DUE = """n.state IN ('pending', 'sending') AND n.due_at <= now()
    AND (n.state = 'pending' OR n.lease_until < now())"""
# Where messages go, by the ledger's channel, 0 for the mail server, as `holds.destination` names it.
PLACES = """
    SELECT 0 AS via, 'email' AS destination
    UNION ALL
    SELECT id, concat_ws(':', kind, coalesce(nullif(settings ->> 'mark', ''), id::text))
    FROM notifications_channel
"""
TO = "coalesce(n.via_id, 0)"
# The oldest that may be sent, of all there is or of some.
OLDEST = f"""
    SELECT free.* FROM free CROSS JOIN LATERAL (
        SELECT n.due_at FROM notifications_notification n WHERE {DUE} AND {TO} = free.via
        ORDER BY n.due_at LIMIT 1
    ) n
    ORDER BY n.due_at LIMIT 1
"""
AMONG = "n.id = ANY(%(ids)s::bigint[])"
OLDEST_AMONG = f"""
    SELECT free.* FROM free JOIN notifications_notification n ON {TO} = free.via WHERE {DUE} AND {AMONG}
    ORDER BY n.due_at LIMIT 1
"""

# Whole messages at a time, and of one channel: every due row of a batch goes to the worker that holds the
# batch's advisory lock, so that no digest is torn in two. A lease that ran out makes a row due again. To a
# place that was held only one worker goes, with one message, of the oldest that which was tried least: what
# killed its worker keeps no place shut. One row with null says that something is due, but that others are
# just taking it.
_CLAIM = f"""
WITH free AS MATERIALIZED (
    SELECT place.via, h.destination AS held, h.tries
    FROM ({PLACES}) place
    LEFT JOIN notifications_hold h ON h.destination = place.destination
    LEFT JOIN notifications_notification probe
        ON probe.id = h.probe_id AND probe.state = 'sending' AND probe.lease_until > now()
    WHERE h.destination IS NULL OR h.until <= now() AND probe.id IS NULL
), oldest AS MATERIALIZED (
    {{oldest}}
), next AS MATERIALIZED (
    SELECT n.id, n.batch, n.attempts, n.due_at FROM notifications_notification n
    WHERE {DUE} AND {TO} = (SELECT via FROM oldest) AND {{among}}
    ORDER BY n.due_at LIMIT %(messages)s
), due AS MATERIALIZED (
    SELECT id, batch FROM next
    ORDER BY attempts, due_at LIMIT CASE WHEN (SELECT held FROM oldest) IS NOT NULL THEN 1 END
), probing AS (
    UPDATE notifications_hold h SET tries = h.tries + 1, probe_id = due.id
    FROM oldest, due
    WHERE h.destination = oldest.held AND h.tries = oldest.tries
    RETURNING h.destination
), mine AS MATERIALIZED (
    SELECT batch FROM (SELECT DISTINCT batch FROM due) batches
    WHERE ((SELECT held FROM oldest) IS NULL OR EXISTS (SELECT FROM probing))
        AND pg_try_advisory_xact_lock(hashtextextended(batch, 0))
), claimed AS (
    UPDATE notifications_notification SET
        state = 'sending', claim_token = %(token)s,
        lease_until = now() + %(lease)s * interval '1 second'
    WHERE id IN (
        SELECT n.id FROM notifications_notification n JOIN mine USING (batch) WHERE {DUE}
        FOR UPDATE OF n SKIP LOCKED
    )
    RETURNING id
)
SELECT id FROM claimed
UNION ALL SELECT NULL FROM oldest WHERE NOT EXISTS (SELECT FROM claimed)
"""
CLAIM = _CLAIM.format(oldest=OLDEST, among="true")
CLAIM_AMONG = _CLAIM.format(oldest=OLDEST_AMONG, among=AMONG)

# A message's turn: of its rows that are still ours, those that `stand` are counted, the others lapse and
# come back without a number. A server that crashes just then may forget it, for which nobody has to wait:
# what was claimed is known, and its lease runs out.
BEGIN = """
WITH at_ease AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)
), stand (id) AS MATERIALIZED (
    {stand}
)
UPDATE notifications_notification n SET
    state = CASE WHEN stand.id IS NULL THEN 'lapsed' ELSE 'sending' END,
    claim_token = CASE WHEN stand.id IS NULL THEN NULL ELSE n.claim_token END,
    lease_until = CASE WHEN stand.id IS NULL THEN NULL ELSE now() + %(lease)s * interval '1 second' END,
    attempts = n.attempts + CASE WHEN stand.id IS NULL THEN 0 ELSE 1 END, message_id = %(message_id)s
FROM at_ease, notifications_notification ours
LEFT JOIN stand USING (id)
WHERE ours.batch = %(batch)s AND n.id = ours.id AND n.claim_token = %(token)s AND n.state = 'sending'
RETURNING n.id, CASE WHEN stand.id IS NOT NULL THEN n.attempts END
"""

# What came of an attempt: the message's rows, where they are still ours, whether its channel works, that its
# place is held no longer where the other side answered, and the attempt itself.
RECORD = """
WITH rows AS (
    UPDATE notifications_notification SET
        state = %(state)s::text, claim_token = NULL, lease_until = NULL,
        sent_at = CASE %(state)s::text WHEN 'sent' THEN %(ended_at)s::timestamptz END,
        due_at = CASE %(state)s::text
            WHEN 'pending' THEN coalesce(%(due_at)s::timestamptz, due_at)
            ELSE due_at
        END,
        attempts = attempts - %(forgiven)s, last_error = %(last_error)s::text
    WHERE batch = %(batch)s AND claim_token = %(token)s AND state = 'sending'
), health AS (
    UPDATE notifications_channel SET
        worked_at = CASE WHEN %(works)s THEN %(ended_at)s::timestamptz ELSE worked_at END,
        failing_since = CASE WHEN NOT %(works)s THEN coalesce(failing_since, %(ended_at)s::timestamptz) END,
        trouble = %(last_error)s::text
    WHERE id = %(via)s::bigint AND %(works)s::boolean IS NOT NULL
), free AS (
    DELETE FROM notifications_hold WHERE destination = %(answered)s::text AND until <= now()
)
INSERT INTO notifications_attempt (office_id, batch, channel, via_id, recipient_id, number,
    began_at, ended_at, result, vendor_code, vendor_message, provider_id, subject, text)
VALUES (%(office)s, %(batch)s, %(channel)s, %(via)s, %(recipient)s, %(number)s, %(began_at)s, %(ended_at)s,
    %(result)s, %(vendor_code)s, %(vendor_message)s, %(provider_id)s, %(subject)s, %(text)s)
"""

# A place is left alone: one row says so, whatever waits. Who finds out too leaves the longer pause as it is,
# and what was said. What was claimed for it is due as before.
HOLD = """
WITH held AS (
    INSERT INTO notifications_hold AS h (destination, since, until, code, said, tries)
    VALUES (%(destination)s, now(), now() + %(seconds)s * interval '1 second', %(code)s, %(said)s, 0)
    ON CONFLICT (destination) DO UPDATE SET
        until = excluded.until + least(h.tries, %(grows)s) * %(growth)s * interval '1 second',
        code = coalesce(nullif(excluded.code, ''), h.code),
        said = coalesce(nullif(excluded.said, ''), h.said)
    WHERE h.until < excluded.until
)
UPDATE notifications_notification SET state = 'pending', claim_token = NULL, lease_until = NULL
WHERE id = ANY(%(ids)s) AND claim_token = %(token)s AND state = 'sending'
"""
