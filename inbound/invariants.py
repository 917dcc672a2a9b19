"""What must hold of calls and their writes to other systems at any moment, checked from the rows themselves.

Each is a promise and the query for what breaks it: one column that names the row, as a text, without personal data.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from escalations.anonymising import NOBODY
from inbound.flows.shapes import UNKNOWN
from inbound.repairs.watching import LOOKED_BACK as WATCH_BEGINS
from inbound.repairs.watching import REGISTERED
from inbound.walks.consequences import INTERACTION
from inbound.walks.let_down import LOOKED_BACK, NOT_ABOUT_TO_BE, STILL_TO_BE_DONE
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.states import ANSWERED, STEPS, State
from work.invariants import Rule

BEGINS = (State.WAITING, State.BY_HAND, State.APPROVAL)
ALLOWED = sorted(
    {("", state.value) for state in BEGINS}
    | {(s.from_state.value, s.to_state.value) for s in STEPS}
    | {(state.value, state.value) for state in ANSWERED}
)
_AFTER_ALL = """EXISTS (SELECT FROM inbound_outsidewritechange a
                         WHERE a.write_id = w.id AND a.from_state = 'not_done' AND a.to_state = 'uncertain')"""
_SEEN_BY_ANOTHER = """EXISTS (SELECT FROM inbound_outsidewritechange a
                                WHERE a.write_id = w.id AND a.from_state = 'refused' AND a.to_state = 'done'
                                  AND a.by_id <> w.owed_by_id)"""
_CHAIN = """
  SELECT w.key, w.is_accountable, c.from_state, c.to_state, c.id,
         lag(c.to_state, 1, '') OVER (PARTITION BY c.write_id ORDER BY c.id) AS before
    FROM inbound_outsidewritechange c JOIN inbound_outsidewrite w ON w.id = c.write_id"""

RULES = [
    Rule(
        "write_says_its_history",
        gettext_lazy("Cada operación en otro sistema está donde su historia dice, y no le falta ningún paso."),
        f"""SELECT h.key FROM ({_CHAIN}) h WHERE h.from_state <> h.before
            UNION ALL
            SELECT w.key FROM inbound_outsidewrite w
             WHERE w.state IS DISTINCT FROM (SELECT c.to_state FROM inbound_outsidewritechange c
                                              WHERE c.write_id = w.id ORDER BY c.id DESC LIMIT 1)""",
    ),
    Rule(
        "write_keeps_to_the_table",
        gettext_lazy("Ninguna operación en otro sistema cambió de un modo que la tabla no permite."),
        f"""SELECT w.key FROM inbound_outsidewritechange c JOIN inbound_outsidewrite w ON w.id = c.write_id
             WHERE (c.from_state, c.to_state) NOT IN ({", ".join(f"('{was}', '{is_}')" for was, is_ in ALLOWED)})""",
    ),
    Rule(
        "doubt_is_never_sent_again",
        gettext_lazy("Lo que tocaba dinero o un SIM y quedó incierto no se volvió a enviar."),
        """SELECT w.key FROM inbound_outsidewrite w
            WHERE w.is_accountable AND EXISTS (
              SELECT FROM inbound_outsidewritechange d JOIN inbound_outsidewritechange s ON s.write_id = d.write_id
               WHERE d.write_id = w.id AND d.to_state = 'uncertain' AND s.to_state = 'sending' AND s.id > d.id)""",
    ),
    Rule(
        "every_sending_is_fenced",
        gettext_lazy("Cada envío a otro sistema está contado."),
        """SELECT w.key FROM inbound_outsidewrite w
            WHERE w.fence <> (SELECT count(*) FROM inbound_outsidewritechange c
                               WHERE c.write_id = w.id AND c.to_state = 'sending')""",
    ),
    Rule(
        "money_once_a_call",
        gettext_lazy("En una llamada, a un número se le hace una vez cada operación de dinero o de SIM."),
        # what was found done after all may have been asked for again: a person looks, by its card; and what was refused
        # and done by hand all the same another writes down
        f"""SELECT min(w.key) FROM inbound_outsidewrite w
            WHERE w.is_accountable AND w.state NOT IN ('refused', 'not_done')
              AND NOT {_AFTER_ALL} AND NOT {_SEEN_BY_ANOTHER}
            GROUP BY w.walk_id, w.action, w.to_whom HAVING count(*) > 1""",
    ),
    Rule(
        "much_money_is_approved_by_another",
        gettext_lazy("Lo que esperaba a una segunda persona no se envió sin que otra que quien lo pidió lo aprobara."),
        """SELECT w.key FROM inbound_outsidewrite w
            WHERE w.approve_until IS NOT NULL AND EXISTS (
              SELECT FROM inbound_outsidewritechange s
               WHERE s.write_id = w.id AND s.to_state NOT IN ('approval', 'not_done', 'uncertain')
                 AND s.from_state NOT IN ('uncertain', s.to_state)
                 AND NOT EXISTS (SELECT FROM inbound_outsidewritechange a
                                  WHERE a.write_id = w.id AND a.id <= s.id AND a.from_state = 'approval'
                                    AND a.to_state = 'waiting' AND a.by_id <> w.owed_by_id))""",
    ),
    Rule(
        "limit_is_given_back_by_another",
        gettext_lazy("El límite de un día lo devolvió otra persona que quien pidió la operación, y no se hizo."),
        f"""SELECT w.key FROM inbound_limitgivenback g JOIN inbound_outsidewrite w ON w.id = g.write_id
             WHERE g.by_id = w.owed_by_id OR w.state <> 'not_done' AND NOT {_AFTER_ALL} OR NOT w.is_accountable""",
    ),
    Rule(
        "nobody_is_let_down_unseen",
        gettext_lazy("A quién se le dijo que algo se haría y no se hizo, alguien lo atiende: tiene su derivación."),
        f"""SELECT w.key FROM inbound_outsidewrite w JOIN inbound_walk k ON k.id = w.walk_id
             WHERE (w.state IN ({", ".join(f"'{state.value}'" for state in NOT_ABOUT_TO_BE)})
                    OR w.state IN ({", ".join(f"'{state.value}'" for state in STILL_TO_BE_DONE)}) AND EXISTS (
                      SELECT FROM inbound_footstep told WHERE told.walk_id = w.walk_id AND told.write_id = w.id
                         AND told.chosen = '{UNKNOWN}' AND w.owed_at < now() - interval '2 hours'))
               AND w.card_id IS NULL AND w.action <> '{INTERACTION}'
               AND k.escalation_id IS NULL AND k.anonymised_at IS NULL
               AND w.owed_at BETWEEN now() - interval '{LOOKED_BACK.days} days' AND now() - interval '1 hour'
               AND EXISTS (SELECT FROM inbound_footstep f WHERE f.walk_id = w.walk_id AND f.write_id = w.id)
               AND NOT EXISTS (SELECT FROM inbound_outsidewrite again
                                WHERE again.walk_id = w.walk_id AND again.action = w.action AND again.id > w.id
                                  AND (again.state NOT IN ({", ".join(f"'{s.value}'" for s in NOT_HAPPENING)})
                                       OR again.card_id IS NOT NULL))""",
    ),
    Rule(
        "told_limit_is_watched",
        gettext_lazy("Cada daño que se registró en una llamada tiene su plazo vigilado, y ninguno venció sin verse."),
        f"""SELECT w.key FROM inbound_outsidewrite w JOIN inbound_walk k ON k.id = w.walk_id
             WHERE w.action = '{REGISTERED}' AND w.state = 'done' AND k.anonymised_at IS NULL
               AND w.settled_at BETWEEN now() - interval '{WATCH_BEGINS.days} days' AND now() - interval '2 hours'
               AND NOT EXISTS (SELECT FROM inbound_watchedrepair r WHERE r.write_id = w.id)
            UNION ALL
            SELECT w.key FROM inbound_watchedrepair r JOIN inbound_outsidewrite w ON w.id = r.write_id
             WHERE r.state = 'watched' AND r.due_at < now() - interval '3 hours'""",
    ),
    Rule(
        "anonymised_call_names_nobody",
        gettext_lazy("De una llamada sin datos personales no queda quién llamó, qué se escribió ni qué se encontró."),
        f"""SELECT w.key::text FROM inbound_walk w
             WHERE w.anonymised_at IS NOT NULL AND (
               w.contract <> '' OR w.caller_number <> '' OR w.caller_name <> ''
               OR w.customer_name NOT IN ('', '{NOBODY}') OR w.draft <> '{{}}'
               OR w.brought <> '{{}}'
               OR EXISTS (SELECT FROM inbound_footstep f WHERE f.walk_id = w.id
                           AND (f.answer <> '{{}}' OR f.found IS NOT NULL OR f.reason <> '' OR f.trouble <> ''))
               OR EXISTS (SELECT FROM inbound_outsidewrite o WHERE o.walk_id = w.id
                           AND (o.payload <> '{{}}' OR o.requester_card <> '' OR o.to_whom NOT IN ('', 'anon-' || o.id)
                                OR o.requester_name NOT IN ('', '{NOBODY}'))))""",
    ),
    Rule(
        "anonymised_escalation_names_nobody",
        gettext_lazy(
            "De una derivación sin datos personales no queda quién era el cliente, ni en auditoría ni en correo."
        ),
        f"""SELECT e.id::text FROM escalations_escalation e
             WHERE e.anonymised_at IS NOT NULL AND (EXISTS (
               SELECT FROM escalations_escalationevent v WHERE v.pgh_obj_id = e.id
                  AND (v.contract <> '' OR v.telephone <> '' OR v.details <> '{{}}' OR v.reason NOT IN ('', '{NOBODY}')
                       OR v.outcome NOT IN ('', '{NOBODY}') OR v.customer_name NOT IN ('', '{NOBODY}')))
               OR EXISTS (SELECT FROM escalations_change c WHERE c.escalation_id = e.id AND c.note <> '')
               OR EXISTS (SELECT FROM escalations_letter l JOIN notices_notice n ON n.id = l.notice_id
                           WHERE l.escalation_id = e.id AND (n.subject <> '{NOBODY}' OR n.body <> '{NOBODY}')))""",
    ),
]
