"""What must hold of calls, of what was said in them, and of what a list entry tells of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from campaigns.calling.rulebook import NO_RESULT
from campaigns.month.letting_go import HANDED_OVER
from work.invariants import Rule

RULES = [
    Rule(
        "promised_call_has_its_card",
        gettext_lazy("Cada llamada prometida que un cierre entregó tiene su tarjeta."),
        f"""SELECT c.contract FROM campaigns_callback b JOIN campaigns_contact c ON c.id = b.contact_id
            WHERE b.state = 'cancelled' AND b.why = '{HANDED_OVER}' AND NOT EXISTS (
              SELECT FROM escalations_escalation e WHERE e.key = 'call_back:' || b.id)""",
    ),
    Rule(
        "one_desk_a_contact",
        gettext_lazy("Nadie tiene abierto el contacto que otro está llamando."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_listentry e ON e.contact_id = a.contact_id
             JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.resulted_at IS NULL AND e.lease_agent_id IS NOT NULL AND e.fence = a.fence
              AND e.lease_agent_id <> a.agent_id
           UNION ALL
           SELECT min(c.contract) FROM campaigns_attempt a JOIN campaigns_contact c ON c.id = a.contact_id
            GROUP BY a.contact_id, a.fence HAVING count(DISTINCT a.agent_id) > 1
           UNION ALL
           SELECT 'agent ' || lease_agent_id FROM campaigns_listentry WHERE lease_agent_id IS NOT NULL
            GROUP BY lease_agent_id HAVING count(*) > 1""",
    ),
    Rule(
        "open_call_has_its_lease",
        gettext_lazy("Ninguna llamada en curso es de una reserva pasada: su agente no podría registrarla."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_listentry e ON e.contact_id = a.contact_id
             JOIN campaigns_contact c ON c.id = a.contact_id WHERE a.resulted_at IS NULL AND a.fence <> e.fence""",
    ),
    Rule(
        "fence_only_rises",
        gettext_lazy("Ningún intento es de una reserva que todavía no hubo."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_listentry e ON e.contact_id = a.contact_id
             JOIN campaigns_contact c ON c.id = a.contact_id WHERE a.fence > e.fence""",
    ),
    Rule(
        "paid_is_not_dialled",
        gettext_lazy("No se marcó a nadie después de saber que había pagado."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_listentry e ON e.contact_id = a.contact_id
             JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.telephone <> '' AND a.dialled_at > e.paid_known_at""",
    ),
    Rule(
        "held_out_is_not_dialled",
        gettext_lazy("No se marcó a nadie del grupo de control."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_listentry e ON e.contact_id = a.contact_id
             JOIN campaigns_contact c ON c.id = a.contact_id WHERE e.state = 'held_out' AND a.telephone <> ''""",
    ),
    Rule(
        "entry_agrees_with_attempts",
        gettext_lazy("La lista dice de cada contacto lo que dicen sus intentos."),
        f"""WITH told AS (
              SELECT a.contact_id, a.agent_id, a.resulted_at, a.id, d.id AS disposition_id, d.party,
                     d.counts_as_attempt, d.requires_promise, d.code <> '{NO_RESULT}' AS handles
                FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
               WHERE a.resulted_at IS NOT NULL
            ), first_of AS (
              SELECT DISTINCT ON (contact_id) contact_id, agent_id, resulted_at FROM told WHERE handles
               ORDER BY contact_id, resulted_at, id
            ), spoke_of AS (
              SELECT DISTINCT ON (contact_id) contact_id, agent_id, resulted_at FROM told
               WHERE handles AND party = 'right' ORDER BY contact_id, resulted_at, id
            ), last_of AS (
              SELECT DISTINCT ON (contact_id) contact_id, disposition_id FROM told WHERE handles
               ORDER BY contact_id, resulted_at DESC, id DESC
            ), counted AS (
              SELECT contact_id, count(*) FILTER (WHERE counts_as_attempt) AS attempts,
                     min(resulted_at) FILTER (WHERE handles AND requires_promise) AS promised_at
                FROM told GROUP BY contact_id
            )
            SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
              LEFT JOIN first_of USING (contact_id) LEFT JOIN spoke_of USING (contact_id)
              LEFT JOIN last_of USING (contact_id) LEFT JOIN counted USING (contact_id)
             WHERE (e.handled_at, e.handled_by_id, e.contacted_at, e.contacted_by_id, e.last_disposition_id,
                    e.attempts, e.promised_at)
                   IS DISTINCT FROM (first_of.resulted_at, first_of.agent_id, spoke_of.resulted_at, spoke_of.agent_id,
                                     last_of.disposition_id, coalesce(counted.attempts, 0), counted.promised_at)""",
    ),
    Rule(
        "promise_gave_way_to_another",
        gettext_lazy("Un compromiso solo se reemplaza con otro del mismo cliente."),
        """SELECT p.id FROM campaigns_paymentpromise p
             LEFT JOIN campaigns_paymentpromise later
               ON later.attempt_id = p.superseded_in_id AND later.contact_id = p.contact_id
            WHERE p.superseded_at IS NOT NULL AND later.id IS NULL""",
    ),
    Rule(
        "promise_is_of_its_call",
        gettext_lazy("Cada llamada en que se prometió tiene su compromiso, y cada compromiso es de su llamada."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
             JOIN campaigns_contact c ON c.id = a.contact_id
             LEFT JOIN campaigns_paymentpromise p ON p.attempt_id = a.id
            WHERE a.resulted_at IS NOT NULL AND d.requires_promise <> (p.id IS NOT NULL)
               OR (p.agent_id, p.contact_id, p.campaign_id) <> (a.agent_id, a.contact_id, a.campaign_id)
               OR p.promised_on < a.day""",
    ),
    Rule(
        "agreed_call_is_of_its_call",
        gettext_lazy("Cada llamada en que se acordó otra la tiene en la agenda, pendiente o resuelta."),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
             JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.resulted_at IS NOT NULL AND d.requires_call_back
              AND NOT EXISTS (SELECT FROM campaigns_callback b WHERE b.attempt_id = a.id)""",
    ),
    Rule(
        "who_refused_calls_is_not_forgotten",
        gettext_lazy(
            "Quien pidió que no le llamen y el teléfono que no era suyo siguen anotados; quitarlos tiene autor."
        ),
        """SELECT c.contract FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
             JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.resulted_at IS NOT NULL AND d.forbids_calling AND c.contract NOT LIKE 'anon-%'
              AND NOT EXISTS (SELECT FROM campaigns_donotcall n WHERE n.contract = c.contract AND n.telephone = '')
              AND NOT EXISTS (SELECT FROM campaigns_donotcallevent e WHERE e.contract = c.contract
                                 AND e.pgh_label = 'delete' AND e.pgh_context_id IS NOT NULL)
           UNION ALL
           SELECT 'donotcall ' || e.pgh_obj_id FROM campaigns_donotcallevent e
            WHERE e.pgh_label = 'delete' AND e.pgh_context_id IS NULL AND e.attempt_id IS NULL
           UNION ALL
           SELECT c.contract FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
             JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.resulted_at IS NOT NULL AND d.retires_telephone AND a.telephone <> ''
              AND c.contract NOT LIKE 'anon-%' AND NOT EXISTS (
                SELECT FROM campaigns_retiredtelephone t
                 WHERE t.contract = c.contract AND t.telephone = a.telephone)""",
    ),
]
