"""What must hold of escalations at any moment, checked from the rows themselves.

Each is a promise and the query for what breaks it: one column that names the row, as a text, without personal data.
What a constraint keeps (who has a card in which state, a wait with its moment) is not asked here again.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from escalations.lifecycle import STEPS, Verb
from work.invariants import Rule

ALLOWED = sorted(
    {(Verb.RAISE.value, "", "new")} | {(step.verb.value, step.from_state.value, step.to_state.value) for step in STEPS}
)
_LAST = """(SELECT c.{column} FROM escalations_change c
             WHERE c.escalation_id = e.id AND c.verb IN ({verbs}) ORDER BY c.id DESC LIMIT 1)"""
_HAD = "'take', 'give_back', 'hand_over', 'reopen'"

RULES = [
    Rule(
        "escalation_says_its_history",
        gettext_lazy("Cada derivación está donde su historia dice, y no le falta ningún paso."),
        """SELECT h.escalation_id::text FROM (
             SELECT c.escalation_id, c.from_state,
                    COALESCE(lag(c.to_state) OVER (PARTITION BY c.escalation_id ORDER BY c.id),
                             CASE c.verb WHEN 'raise' THEN '' ELSE 'new' END) AS before
               FROM escalations_change c) h WHERE h.from_state <> h.before
           UNION ALL
           SELECT e.id::text FROM escalations_escalation e
            WHERE e.state <> COALESCE((SELECT c.to_state FROM escalations_change c
                                        WHERE c.escalation_id = e.id ORDER BY c.id DESC LIMIT 1), 'new')""",
    ),
    Rule(
        "escalation_keeps_to_the_table",
        gettext_lazy("Ninguna derivación cambió de estado de un modo que la tabla no permite."),
        f"""SELECT c.escalation_id::text FROM escalations_change c
             WHERE c.from_state <> c.to_state AND (c.verb, c.from_state, c.to_state) NOT IN (
               {", ".join(f"('{verb}', '{was}', '{is_}')" for verb, was, is_ in ALLOWED)})""",
    ),
    Rule(
        "escalation_counts_its_changes",
        gettext_lazy("La versión de una derivación subió con cada cambio, y solo con ellos."),
        """SELECT e.id::text FROM escalations_escalation e LEFT JOIN (
             SELECT c.escalation_id, count(*) FILTER (WHERE c.verb NOT IN ('raise', 'note')) AS least,
                    count(*) FILTER (WHERE c.verb <> 'raise') AS most
               FROM escalations_change c GROUP BY c.escalation_id) h ON h.escalation_id = e.id
            WHERE e.version NOT BETWEEN COALESCE(h.least, 0) AND COALESCE(h.most, 0)""",
    ),
    Rule(
        "escalation_is_whose_history_says",
        gettext_lazy("Una derivación la tiene quien la tomó o recibió último, desde entonces."),
        f"""SELECT o.name FROM (
              SELECT e.id::text AS name, e.owner_id, e.taken_at,
                     {_LAST.format(column="verb", verbs=_HAD)} AS verb,
                     {_LAST.format(column="by_id", verbs=_HAD)} AS by_id,
                     {_LAST.format(column="at", verbs=_HAD)} AS at
                FROM escalations_escalation e) o
             WHERE CASE WHEN o.verb IN ('take', 'reopen') THEN o.owner_id IS DISTINCT FROM o.by_id
                        WHEN o.verb = 'hand_over' THEN o.owner_id IS NULL
                        ELSE o.owner_id IS NOT NULL END
                OR o.taken_at IS DISTINCT FROM CASE WHEN o.verb <> 'give_back' THEN o.at END""",
    ),
    Rule(
        "escalation_waits_since_it_said",
        gettext_lazy("Una derivación que espera dice a quién, desde que empezó a esperar."),
        f"""SELECT e.id::text FROM escalations_escalation e
             WHERE e.state = 'waiting' AND (e.waits_for = ''
                OR e.waiting_since IS DISTINCT FROM {_LAST.format(column="at", verbs="'wait'")})""",
    ),
    Rule(
        "escalation_closes_when_it_is_told",
        gettext_lazy(
            "Nada se cierra sin informar al cliente, salvo lo que su tipo cierra al resolverse o se une a otra."
        ),
        """SELECT e.id::text FROM escalations_escalation e JOIN escalations_kind k ON k.code = e.kind
            WHERE (e.closed_at IS NULL AND e.state IN ('informed', 'merged'))
               OR (e.state = 'informed' AND e.informed_by_id IS NULL)
               OR (e.state IN ('resolved', 'rejected') AND e.closed_at IS NOT NULL AND (
                     e.closed_at IS DISTINCT FROM e.settled_at
                     OR k.closes = 'informed' AND NOT EXISTS (  -- how a kind closes may have been changed since
                       SELECT FROM escalations_kindevent v
                        WHERE v.pgh_obj_id = k.id AND v.pgh_label = 'update' AND v.pgh_created_at >= e.closed_at)))""",
    ),
    Rule(
        "escalation_is_settled_as_it_says",
        gettext_lazy("Lo resuelto dice cuándo y qué se resolvió; lo que se trabaja, todavía no."),
        """SELECT e.id::text FROM escalations_escalation e
            WHERE (e.state IN ('resolved', 'rejected', 'informed')) <> (e.settled_at IS NOT NULL)
               OR e.settled_at IS NOT NULL AND e.outcome = '' AND e.anonymised_at IS NULL
               OR e.settled_at < e.raised_at OR e.closed_at < COALESCE(e.settled_at, e.raised_at)""",
    ),
    Rule(
        "escalation_is_merged_into_its_double",
        gettext_lazy("Una derivación se une a otra del mismo cliente y tipo, nunca en círculo."),
        """SELECT e.id::text FROM escalations_escalation e JOIN escalations_escalation o ON o.id = e.merged_into_id
            WHERE e.kind <> o.kind
               OR e.contract <> o.contract AND e.anonymised_at IS NULL AND o.anonymised_at IS NULL
           UNION ALL
           SELECT u.id::text FROM (
             WITH RECURSIVE up (id, into_id) AS (
               SELECT e.id, e.merged_into_id FROM escalations_escalation e WHERE e.merged_into_id IS NOT NULL
               UNION
               SELECT up.id, e.merged_into_id FROM up JOIN escalations_escalation e ON e.id = up.into_id
                WHERE e.merged_into_id IS NOT NULL)
             SELECT up.id FROM up WHERE up.id = up.into_id) u""",
    ),
    Rule(
        "escalation_is_marked_in_time",
        gettext_lazy("Ninguna derivación se marcó antes de su momento, y cada marca está en su historia."),
        """SELECT e.id::text FROM escalations_escalation e LEFT JOIN (
             SELECT c.escalation_id, count(*) FILTER (WHERE c.verb = 'warn') AS warnings,
                    count(*) FILTER (WHERE c.verb = 'breach') AS breaches,
                    min(c.at) FILTER (WHERE c.verb = 'warn') AS warned_at,
                    min(c.at) FILTER (WHERE c.verb = 'breach') AS breached_at,
                    bool_or(c.from_state = 'waiting' AND c.to_state <> 'waiting') AS waited
               FROM escalations_change c GROUP BY c.escalation_id) h ON h.escalation_id = e.id
            WHERE e.warned_at IS DISTINCT FROM h.warned_at OR e.breached_at IS DISTINCT FROM h.breached_at
               OR h.warnings > 1 OR h.breaches > 1 OR e.warned_at < e.raised_at OR e.breached_at < e.due_at
               OR e.warned_at < e.warn_at AND NOT h.waited  -- a clock that stood still, or a double, moves its warning
                  AND NOT EXISTS (SELECT FROM escalations_escalation d WHERE d.merged_into_id = e.id)""",
    ),
    Rule(
        "escalation_call_is_of_who_asked",
        gettext_lazy("Cada llamada de una derivación es de quien la pidió, desde el momento en que la pidió."),
        """SELECT l.call_id::text FROM escalations_escalationcall l
             JOIN telephony_outgoingcall c ON c.key = l.call_id JOIN agents_agent a ON a.id = c.agent_id
            WHERE l.by_id <> a.user_id OR l.asked_at <> c.asked_at""",
    ),
    Rule(
        "escalation_call_is_forgotten_with_its_card",
        gettext_lazy("Ninguna llamada guarda el número de una derivación que ya no tiene datos personales."),
        """SELECT l.call_id::text FROM escalations_escalationcall l
             JOIN escalations_escalation e ON e.id = l.escalation_id
             JOIN telephony_outgoingcall c ON c.key = l.call_id
            WHERE e.anonymised_at IS NOT NULL AND c.ended_at < e.anonymised_at AND c.number <> ''""",
    ),
]
