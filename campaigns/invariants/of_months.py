"""What must hold of figures, of the draw, of what was sealed, of the files, and of who changed what."""

from __future__ import annotations

from typing import cast

import pghistory.models
from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy

from campaigns.invariants import looks
from work.invariants import Rule


def audit_rules() -> list[Rule]:
    """Of each audited model of the room: the newest event of a row is the row, and its first one is its insertion; of a
    row that is there no more the newest is its deletion.
    """
    return [
        Rule(
            f"{model._meta.model_name}_is_its_last_event",
            gettext_lazy("La historia de cambios está entera: su último registro es lo que hay."),
            _audit_sql(model),
        )
        for model in apps.get_app_config("campaigns").get_models()
        if issubclass(model, pghistory.models.Event)
    ]


def _audit_sql(event: type[pghistory.models.Event]) -> str:
    tracked = cast("type[models.Model]", event.pgh_tracked_model)
    kept = {field.column for field in event._meta.concrete_fields if not field.name.startswith("pgh_")}
    columns = [field.column for field in tracked._meta.concrete_fields if field.column in kept]
    row, last = (", ".join(f"{of}.{column}" for column in columns) for of in ("r", "e"))
    return f"""
      SELECT '{tracked._meta.model_name} ' || r.{tracked._meta.pk.column} FROM {tracked._meta.db_table} r
        LEFT JOIN LATERAL (SELECT * FROM {event._meta.db_table} e WHERE e.pgh_obj_id = r.{tracked._meta.pk.column}
                            ORDER BY e.pgh_id DESC LIMIT 1) e ON TRUE
       WHERE e.pgh_id IS NULL OR ROW({row}) IS DISTINCT FROM ROW({last}) OR NOT EXISTS (
         SELECT FROM {event._meta.db_table} first
          WHERE first.pgh_obj_id = r.{tracked._meta.pk.column} AND first.pgh_label = 'insert')
      UNION ALL
      SELECT '{tracked._meta.model_name} ' || last.pgh_obj_id
        FROM (SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, pgh_label FROM {event._meta.db_table}
               ORDER BY pgh_obj_id, pgh_id DESC) last
       WHERE last.pgh_label <> 'delete' AND NOT EXISTS (
         SELECT FROM {tracked._meta.db_table} r WHERE r.{tracked._meta.pk.column} = last.pgh_obj_id)"""


RULES = [
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
        look=looks.seals_beyond_their_base,
    ),
    Rule("seal_unchanged", gettext_lazy("Lo sellado no cambió desde que se selló."), look=looks.seals_that_changed),
    Rule(
        "seal_was_mailed",
        gettext_lazy("De cada informe sellado sale su correo."),
        """SELECT to_char(c.period, 'YYYY-MM') || ' r' || s.revision FROM campaigns_seal s
             JOIN campaigns_campaign c ON c.id = s.campaign_id
            WHERE NOT EXISTS (SELECT FROM notices_notice n
                               WHERE n.key = 'seal:' || to_char(c.period, 'YYYY-MM') || ':' || s.revision)""",
    ),
    Rule(
        "outbox_has_its_files",
        gettext_lazy("Cada adjunto por enviar tiene su archivo."),
        look=looks.attachments_without_file,
    ),
    Rule(
        "seal_has_its_files",
        gettext_lazy("El libro y el documento de cada informe sellado son los que se sellaron."),
        look=looks.seals_without_their_files,
    ),
    Rule(
        "seals_are_a_chain",
        gettext_lazy("Cada revisión sigue a la anterior y lleva su huella; ninguna falta."),
        look=looks.seals_out_of_their_chain,
    ),
    Rule(
        "mail_has_its_seal",
        gettext_lazy("De cada informe que salió por correo está el sello, con la misma huella."),
        """SELECT n.key FROM notices_notice n
            WHERE n.key LIKE 'seal:%' AND NOT EXISTS (
              SELECT FROM campaigns_seal s JOIN campaigns_campaign c ON c.id = s.campaign_id
               WHERE n.key = 'seal:' || to_char(c.period, 'YYYY-MM') || ':' || s.revision
                 AND (n.body = '' OR position(s.sha256 IN n.body) > 0
                      AND position(coalesce(s.files->>'document', '') IN n.body) > 0
                      AND position(coalesce(s.files->>'workbook', '') IN n.body) > 0))""",
    ),
    Rule(
        "sealed_month_is_closed",
        gettext_lazy(
            "Un mes sellado está cerrado, y cada mes está donde lo dejó el último de sus pasos, que se siguen."
        ),
        """SELECT to_char(c.period, 'YYYY-MM') FROM campaigns_campaign c
            WHERE c.state <> 'closed' AND EXISTS (SELECT FROM campaigns_seal s WHERE s.campaign_id = c.id)
           UNION ALL
           SELECT to_char(c.period, 'YYYY-MM') FROM campaigns_campaign c
             JOIN (SELECT DISTINCT ON (campaign_id) campaign_id, to_state FROM campaigns_campaignchange
                    ORDER BY campaign_id, id DESC) last ON last.campaign_id = c.id
            WHERE last.to_state <> c.state
           UNION ALL
           SELECT to_char(c.period, 'YYYY-MM') FROM campaigns_campaign c
             JOIN (SELECT campaign_id, from_state, lag(to_state) OVER (PARTITION BY campaign_id ORDER BY id) AS before
                     FROM campaigns_campaignchange) step ON step.campaign_id = c.id
            WHERE step.from_state <> step.before""",
    ),
    Rule(
        "closed_month_is_at_rest",
        gettext_lazy("De un mes cerrado nadie tiene un contacto abierto ni una llamada acordada pendiente."),
        """SELECT c.contract FROM campaigns_listentry e JOIN campaigns_campaign m ON m.id = e.campaign_id
             JOIN campaigns_contact c ON c.id = e.contact_id WHERE m.state = 'closed' AND e.lease_agent_id IS NOT NULL
           UNION ALL
           SELECT c.contract FROM campaigns_callback b JOIN campaigns_campaign m ON m.id = b.campaign_id
             JOIN campaigns_contact c ON c.id = b.contact_id WHERE m.state = 'closed' AND b.state = 'pending'
              AND b.created_at < now() - interval '15 minutes'""",
    ),
    Rule(
        "month_is_as_sealed",
        gettext_lazy("Un mes sellado, contado otra vez desde sus filas, da lo que se selló."),
        look=looks.months_that_differ_from_their_seal,
    ),
    Rule(
        "cells_are_what_the_rows_say",
        gettext_lazy("Las cifras contadas son las que dan las filas contadas otra vez."),
        look=looks.cells_that_differ_from_the_rows,
    ),
    Rule(
        "patterns_are_what_the_rows_say",
        gettext_lazy("Lo que la página del plan de un mes cerrado dice por hora y por día son sus filas."),
        look=looks.patterns_that_differ_from_the_rows,
    ),
    Rule(
        "draw_is_that_of_the_launch",
        gettext_lazy("El grupo de control, su sorteo y el día en que se mide son los del lanzamiento."),
        look=looks.draws_that_changed,
    ),
    Rule(
        "report_has_its_file",
        gettext_lazy("El archivo de cada reporte es el que llegó."),
        look=looks.reports_without_their_file,
    ),
    *audit_rules(),
]
