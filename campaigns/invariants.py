"""What must hold of the data at any moment, checked from the rows themselves.

The database keeps most promises by constraints; these are the ones it cannot: keys between mass tables that are not
enforced row by row, sums that are kept in two places, and rules of the trade. Each check is one query for what breaks
it, told by business keys without personal data. Runs after every fault test, and in production whenever one likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext_lazy

from campaigns.calling.rulebook import NO_RESULT
from campaigns.closing.sealing import fingerprint
from campaigns.contacts.life import STEPS
from campaigns.models import Seal
from campaigns.payments.settling import PAID_ON
from campaigns.retention.anonymising import NOBODY
from notices.models import Attachment
from work.invariants import Rule

SHOWN = 5
TABLE_OF_STEPS = "VALUES " + ", ".join(f"('{step.verb}', '{step.from_state}', '{step.to_state}')" for step in STEPS)


@dataclass(frozen=True)
class Finding:
    """A broken promise: how many rows, and some of them."""

    name: str
    promise: str
    count: int
    examples: list[str] = field(default_factory=list)


def check_invariants(*, besides: Iterable[Rule] = ()) -> list[Finding]:
    """Everything that does not hold, of this room and of `besides`; empty when all is well."""
    found = [_check(rule) for rule in (*INVARIANTS, *orphans(), *besides)]
    return [finding for finding in found if finding is not None]


def orphans() -> list[Rule]:
    """One check for each foreign key that the database does not enforce."""
    return [
        Rule(
            name=f"orphan_{model._meta.model_name}_{key.name}",
            promise=gettext_lazy("Toda referencia lleva a una fila que existe."),
            sql=f"""
              SELECT '{model._meta.model_name} ' || r.{model._meta.pk.column} FROM {model._meta.db_table} r
               WHERE r.{key.column} IS NOT NULL AND NOT EXISTS (
                 SELECT FROM {key.related_model._meta.db_table} o
                  WHERE o.{key.target_field.column} = r.{key.column})""",
        )
        for model in apps.get_app_config("campaigns").get_models()
        for key in model._meta.concrete_fields
        if isinstance(key, models.ForeignKey) and not _is_enforced(key)
    ]


def _is_enforced(key: models.ForeignKey[Any, Any]) -> bool:
    """Whether the database keeps the key; those of history (pghistory events) need not lead anywhere."""
    return bool(getattr(key, "db_constraint", True)) or issubclass(key.model, pghistory.models.Event)


def _check(rule: Rule) -> Finding | None:
    if rule.look is not None:
        examples = rule.look()
        count = len(examples)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row_name, count(*) OVER () FROM ({rule.sql}) AS broken (row_name) LIMIT {SHOWN}")
            rows = cursor.fetchall()
        examples = [str(name) for name, _count in rows]
        count = rows[0][1] if rows else 0
    return Finding(rule.name, str(rule.promise), count, examples[:SHOWN]) if count else None


def _seals_that_changed() -> list[str]:
    return [
        f"{sealed.campaign} r{sealed.revision}"
        for sealed in Seal.objects.select_related("campaign").order_by("campaign__period", "revision")
        if fingerprint(campaign=sealed.campaign, figures=sealed.figures, evidence=sealed.evidence) != sealed.sha256
    ]


def _seals_beyond_their_base() -> list[str]:
    broken = []
    for sealed in Seal.objects.select_related("campaign").order_by("campaign__period", "revision"):
        for unit, rates in sealed.figures.get("rates", {}).items():
            broken += [
                f"{sealed.campaign} r{sealed.revision} {unit}.{name}"
                for name, rate in rates.items()
                if not 0 <= rate["part"] <= rate["base"]
            ]
    return broken


def _attachments_without_file() -> list[str]:
    return [
        f"{attachment.notice.key} {attachment.name}"
        for attachment in Attachment.objects.select_related("notice").order_by("pk")
        if not attachment.file.name or not attachment.file.storage.exists(attachment.file.name)
    ]


INVARIANTS = [
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
        "report_rows_add_up",
        gettext_lazy("Las filas de un reporte suman: tomadas, duplicadas, de otros servicios y rechazadas."),
        """SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.state = 'published' AND (r.rows <> r.taken + r.duplicates + r.other_service + r.rejected
               OR r.rejected <> (SELECT count(*) FROM campaigns_rejectedrow j
                                  WHERE j.report_id = r.id AND j.state <> 'admitted'))""",
    ),
    Rule(
        "taken_rows_are_renewals",
        gettext_lazy("Cada fila tomada del reporte es una renovación de su campaña."),
        """SELECT to_char(r.period, 'YYYY-MM') FROM campaigns_report r
            WHERE r.kind = 'ccvp' AND r.state = 'published' AND r.taken <> (
              SELECT count(*) FROM campaigns_renewal n JOIN campaigns_campaign c ON c.id = n.campaign_id
               WHERE c.period = r.period AND n.gone_at IS NULL)""",
    ),
    Rule(
        "gone_is_who_has_no_renewal_left",
        gettext_lazy("Ya no está en el reporte quien no tiene en él ninguna renovación, y nadie más."),
        """SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
            WHERE (e.state = 'gone') = EXISTS (
              SELECT FROM campaigns_renewal r WHERE r.contact_id = c.id AND r.gone_at IS NULL)""",
    ),
    Rule(
        "payment_is_its_receipts",
        gettext_lazy("Lo pagado de una renovación es la suma de sus recibos, cada uno una vez."),
        """SELECT r.service_number FROM campaigns_renewalpayment p
             FULL JOIN (SELECT renewal_id, sum(amount - refunded) AS amount FROM campaigns_receipt
                         WHERE standing IN ('counted', 'extra') GROUP BY renewal_id) s ON s.renewal_id = p.renewal_id
             JOIN campaigns_renewal r ON r.id = COALESCE(p.renewal_id, s.renewal_id)
            WHERE p.amount IS DISTINCT FROM s.amount""",
    ),
    Rule(
        "given_back_is_its_refunds",
        gettext_lazy("Lo devuelto de un recibo es la suma de sus devoluciones."),
        """SELECT r.number FROM campaigns_receipt r
             FULL JOIN (SELECT receipt_id, sum(amount) AS amount FROM campaigns_refund
                         WHERE receipt_id IS NOT NULL GROUP BY receipt_id) s ON s.receipt_id = r.id
            WHERE coalesce(r.refunded, 0) <> coalesce(s.amount, 0)""",
    ),
    Rule(
        "paid_when_nothing_is_owed",
        gettext_lazy("Una renovación está pagada cuando sus recibos alcanzan lo que debe."),
        """SELECT r.service_number FROM campaigns_renewalpayment p JOIN campaigns_renewal r ON r.id = p.renewal_id
            WHERE (p.paid_on IS NOT NULL) <> (p.amount >= r.amount_due) OR p.paid_on < p.first_paid_on""",
    ),
    Rule(
        "list_agrees_with_payments",
        gettext_lazy("Quien pagó todo salió de la lista, y nadie más."),
        f"""SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
             JOIN (SELECT renewal.contact_id, {PAID_ON} AS paid_on
                     FROM campaigns_renewal renewal
                     LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id
                    GROUP BY renewal.contact_id) s ON s.contact_id = e.contact_id
            WHERE e.state <> 'gone' AND e.paid_on IS DISTINCT FROM s.paid_on
               OR (e.paid_on IS NULL) <> (e.paid_known_at IS NULL)
               OR (e.state = 'paid' AND s.paid_on IS NULL) OR (e.state = 'open' AND s.paid_on IS NOT NULL)""",
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
        "entry_agrees_with_attempts",
        gettext_lazy("La lista dice de cada contacto lo que dicen sus intentos."),
        f"""SELECT c.contract FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
              LEFT JOIN (SELECT a.contact_id, bool_or(d.code <> '{NO_RESULT}') AS handled,
                                bool_or(d.party = 'right' AND d.code <> '{NO_RESULT}') AS contacted
                           FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
                          WHERE a.resulted_at IS NOT NULL GROUP BY a.contact_id) s ON s.contact_id = e.contact_id
             WHERE (e.handled_at IS NOT NULL) <> COALESCE(s.handled, FALSE)
                OR (e.contacted_at IS NOT NULL) <> COALESCE(s.contacted, FALSE)""",
    ),
    Rule(
        "cells_within_their_base",
        gettext_lazy("En las cifras, ninguna parte es mayor que su base."),
        """SELECT f.unit || ' ' || f.part || ' ' || f.zone FROM campaigns_figurecell f
            WHERE f.handled > f.items OR f.contacted > f.handled OR f.promised > f.contacted OR f.paid > f.items
               OR f.paid_after_contact > LEAST(f.paid, f.contacted) OR f.callable_paid > f.callable
               OR f.amount_paid > f.amount OR f.amount_paid_after_contact > f.amount_paid
               OR f.amount_contacted > f.amount_handled""",
    ),
    Rule(
        "seal_within_its_base",
        gettext_lazy("En lo sellado, ninguna parte es mayor que su base."),
        look=_seals_beyond_their_base,
    ),
    Rule("seal_unchanged", gettext_lazy("Lo sellado no cambió desde que se selló."), look=_seals_that_changed),
    Rule(
        "seal_was_mailed",
        gettext_lazy("De cada informe sellado sale su correo."),
        """SELECT to_char(c.period, 'YYYY-MM') || ' r' || s.revision FROM campaigns_seal s
             JOIN campaigns_campaign c ON c.id = s.campaign_id
            WHERE NOT EXISTS (SELECT FROM notices_notice n
                               WHERE n.key = 'seal:' || to_char(c.period, 'YYYY-MM') || ':' || s.revision)""",
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
    Rule(
        "outbox_has_its_files",
        gettext_lazy("Cada adjunto por enviar tiene su archivo."),
        look=_attachments_without_file,
    ),
]
