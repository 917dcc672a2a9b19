"""What must hold of contacts, their services and their place in the lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from campaigns.contacts.life import STEPS
from campaigns.retention.anonymising import NOBODY
from work.invariants import Rule

TABLE_OF_STEPS = "VALUES " + ", ".join(f"('{step.verb}', '{step.from_state}', '{step.to_state}')" for step in STEPS)

RULES = [
    Rule(
        "contact_has_one_entry",
        gettext_lazy("Cada contacto está en una lista, y en una sola."),
        """SELECT c.contract FROM campaigns_contact c
            WHERE NOT EXISTS (SELECT FROM campaigns_listentry e WHERE e.contact_id = c.id)""",
    ),
    Rule(
        "contact_has_a_renewal",
        gettext_lazy("Cada contacto tiene al menos una renovación, o ya no está en el reporte."),
        """SELECT c.contract FROM campaigns_contact c JOIN campaigns_listentry e ON e.contact_id = c.id
            WHERE e.state <> 'gone' AND NOT EXISTS (SELECT FROM campaigns_renewal r WHERE r.contact_id = c.id)""",
    ),
    Rule(
        "same_campaign",
        gettext_lazy("Un contacto, su lista, sus renovaciones, intentos y pagos son de la misma campaña."),
        """SELECT c.contract FROM campaigns_contact c JOIN campaigns_listentry e ON e.contact_id = c.id
            WHERE e.campaign_id <> c.campaign_id OR e.call_list <> c.call_list
           UNION ALL
           SELECT r.service_number FROM campaigns_renewal r JOIN campaigns_contact c ON c.id = r.contact_id
            WHERE r.campaign_id <> c.campaign_id
           UNION ALL
           SELECT c.contract FROM campaigns_attempt a JOIN campaigns_contact c ON c.id = a.contact_id
            WHERE a.campaign_id <> c.campaign_id
           UNION ALL
           SELECT r.service_number FROM campaigns_renewalpayment p JOIN campaigns_renewal r ON r.id = p.renewal_id
            WHERE p.campaign_id <> r.campaign_id OR p.contact_id <> r.contact_id
           UNION ALL
           SELECT r.number FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
            WHERE r.campaign_id <> n.campaign_id""",
    ),
    Rule(
        "call_list_says_the_services",
        gettext_lazy("La lista de un contacto dice los servicios que tiene."),
        """SELECT c.contract FROM campaigns_contact c JOIN campaigns_renewal r ON r.contact_id = c.id
            WHERE r.gone_at IS NULL GROUP BY c.id, c.contract, c.call_list
           HAVING c.call_list <> CASE WHEN count(DISTINCT r.service) = 2 THEN 'BOTH' ELSE min(r.service) END""",
    ),
    Rule(
        "gone_is_who_has_no_renewal_left",
        gettext_lazy("Ya no está en el reporte quien no tiene en él ninguna renovación, y nadie más."),
        """SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
            WHERE (e.state = 'gone') = EXISTS (
              SELECT FROM campaigns_renewal r WHERE r.contact_id = c.id AND r.gone_at IS NULL)""",
    ),
    Rule(
        "who_is_to_be_called_comes_up",
        gettext_lazy("A quien falta llamar le toca en su mes, y no nunca."),
        """SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
             JOIN campaigns_campaign m ON m.id = e.campaign_id
            WHERE e.state = 'open' AND m.state <> 'closed' AND e.ready_at > m.calls_until + 31""",
    ),
    Rule(
        "state_is_its_history",
        gettext_lazy("La situación de un contacto es la del último paso de su historia, y los pasos se siguen."),
        """SELECT coalesce(c.contract, 'contact ' || h.contact_id) FROM (
             SELECT one.contact_id, h.from_state, h.to_state, lag(h.to_state) OVER steps AS before,
                    lead(h.id) OVER steps IS NULL AS is_last
               FROM campaigns_contactchange h
               CROSS JOIN LATERAL unnest(coalesce(h.contacts, ARRAY[h.contact_id])) AS one (contact_id)
             WINDOW steps AS (PARTITION BY one.contact_id ORDER BY h.id)) h
             LEFT JOIN campaigns_listentry e ON e.contact_id = h.contact_id
             LEFT JOIN campaigns_contact c ON c.id = h.contact_id
            WHERE h.from_state <> h.before OR (h.is_last AND e.state IS DISTINCT FROM h.to_state)
           UNION ALL  -- the report begins with who can be called, who cannot, and who is held out: the rest is a step
           SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
             LEFT JOIN (SELECT DISTINCT unnest(coalesce(h.contacts, ARRAY[h.contact_id])) AS contact_id
                          FROM campaigns_contactchange h) h ON h.contact_id = e.contact_id
            WHERE e.state IN ('done', 'paid', 'exhausted') AND h.contact_id IS NULL""",
    ),
    Rule(
        "history_is_of_the_table",
        gettext_lazy("Cada paso de la historia de un contacto está en la tabla de sus pasos."),
        f"""SELECT h.id || ' ' || h.verb FROM campaigns_contactchange h
            WHERE (h.verb, h.from_state, h.to_state) NOT IN ({TABLE_OF_STEPS})""",
    ),
    Rule(
        "anonymised_names_nobody",
        gettext_lazy("De un mes sin datos personales no queda nombre, contrato, carnet ni teléfono."),
        f"""SELECT to_char(m.period, 'YYYY-MM') FROM campaigns_campaign m
             WHERE m.anonymised_at IS NOT NULL AND EXISTS (
               SELECT FROM campaigns_contact c WHERE c.campaign_id = m.id
                  AND (c.contract <> 'anon-' || c.id OR c.name <> '{NOBODY}' OR c.identity_card <> ''
                       OR c.address <> '' OR array_to_string(c.telephones, '') ~ '[+]'))""",
    ),
]
