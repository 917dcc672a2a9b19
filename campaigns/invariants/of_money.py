"""What must hold of reports, receipts, and what they make of services and lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from campaigns.intake.differences import DIGEST
from campaigns.payments.recaudo_figures import BROUGHT
from campaigns.payments.settling import PAID_ON
from work.invariants import Rule

RULES = [
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
        "rejected_rows_are_all_there",
        gettext_lazy("Cada fila que un reporte rechazó está, también las que después se corrigieron."),
        """SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.state IN ('published', 'superseded') AND r.rejected_at_first <> (
              SELECT count(*) FROM campaigns_rejectedrow j WHERE j.report_id = r.id)""",
    ),
    Rule(
        "what_a_correction_changed_is_written",
        gettext_lazy(
            "Lo que cambió un reporte corregido está escrito como se aceptó, y de uno retirado, quién y por qué."
        ),
        f"""SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.state IN ('published', 'superseded') AND r.figures ? 'differences' AND r.file <> ''
              AND r.figures->'differences'->>'digest'
                  <> (SELECT {DIGEST} FROM campaigns_reportdifference WHERE report_id = r.id)
           UNION ALL
           SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.state = 'withdrawn'
              AND NOT EXISTS (SELECT FROM campaigns_reportwithdrawal w WHERE w.report_id = r.id)""",
    ),
    Rule(
        "receipts_are_those_of_their_report",
        gettext_lazy("De cada reporte de pagos están los recibos que trajo, ni más ni menos."),
        """SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.kind = 'recaudo' AND r.state = 'published' AND r.figures ? 'new'
              AND (r.figures->>'new')::int <> (SELECT count(*) FROM campaigns_receipt c WHERE c.report_id = r.id)""",
    ),
    Rule(
        "receipts_are_as_they_came",
        gettext_lazy("Los recibos de cada reporte, también los que no tienen renovación, son los que trajo."),
        f"""SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.kind = 'recaudo' AND r.state = 'published' AND r.figures ? 'brought'
              AND NOT EXISTS (SELECT FROM campaigns_receipt c WHERE c.report_id = r.id AND c.contract LIKE 'anon%')
              AND r.figures->>'brought'
                  <> (SELECT coalesce({BROUGHT.replace("r.", "c.")}, '') FROM campaigns_receipt c
                       WHERE c.report_id = r.id)""",
    ),
    Rule(
        "refunds_are_as_they_came",
        gettext_lazy("Cada devolución está como se dijo, también la que espera su recibo; a mano no se borra ninguna."),
        """SELECT left(r.sha256, 12) FROM campaigns_report r
            WHERE r.kind = 'recaudo' AND r.state = 'published' AND r.figures ? 'refunds'
              AND (r.figures->>'refunds')::int
                  <> (SELECT count(*) FROM campaigns_refund f WHERE f.report_id = r.id AND f.part = 0)
           UNION ALL
           SELECT min(f.number) FROM campaigns_refund f
             LEFT JOIN campaigns_refundevent told ON told.pgh_obj_id = f.id AND told.pgh_label = 'insert' AND f.part = 0
            WHERE f.contract NOT LIKE 'anon%'
            GROUP BY coalesce(f.report_id, -f.id), f.number, f.refunded_on, f.contract, f.service_number
           HAVING sum(f.amount) <> sum(told.amount)
           UNION ALL
           SELECT e.number FROM campaigns_refundevent e WHERE e.pgh_label = 'delete' AND e.report_id IS NULL""",
    ),
    Rule(
        "receipt_is_of_its_service",
        gettext_lazy("Un recibo está en la renovación de su servicio y de su contrato."),
        """SELECT r.number FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
             JOIN campaigns_contact c ON c.id = n.contact_id
            WHERE r.service_number NOT IN ('', n.service_number)
               OR r.service_number = '' AND r.contract NOT IN ('', c.contract)
               OR r.service NOT IN ('', n.service)""",
    ),
    Rule(
        "payment_days_are_those_of_its_receipts",
        gettext_lazy("Los días de pago de una renovación son los de sus recibos."),
        """SELECT n.service_number FROM campaigns_renewalpayment p JOIN campaigns_renewal n ON n.id = p.renewal_id
             JOIN (SELECT renewal_id, min(paid_on) AS first, min(paid_on) FILTER (WHERE reached >= amount_due) AS whole
                     FROM (SELECT r.renewal_id, r.paid_on, n.amount_due,
                                  sum(r.amount - r.refunded) OVER (PARTITION BY r.renewal_id
                                    ORDER BY r.paid_on, r.number ROWS UNBOUNDED PRECEDING) AS reached
                             FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
                            WHERE r.standing IN ('counted', 'extra')) ledger
                    GROUP BY renewal_id) s ON s.renewal_id = p.renewal_id
            WHERE (p.first_paid_on, p.paid_on) IS DISTINCT FROM (s.first, s.whole)""",
    ),
    Rule(
        "contact_owes_what_its_services_do",
        gettext_lazy("Lo que debe un contacto es la suma de sus servicios, y vence con el primero."),
        """SELECT c.contract FROM campaigns_contact c
             JOIN (SELECT contact_id, coalesce(sum(amount_due) FILTER (WHERE gone_at IS NULL), 0) AS amount,
                          min(due_on) FILTER (WHERE gone_at IS NULL) AS due_on
                     FROM campaigns_renewal GROUP BY contact_id) s ON s.contact_id = c.id
            WHERE c.amount_due <> s.amount OR c.due_on <> s.due_on""",
    ),
]
