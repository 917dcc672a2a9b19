"""The internal policy a centre starts with, and the headings its reports have; all of it is editable."""

from datetime import time

from django.db import migrations
from django.utils.translation import gettext_noop as _

from systems.reports import known_headings
from systems.reports.reading import heading_key

WEEK = [(weekday, time(8, 30), time(20, 0)) for weekday in range(5)]
SATURDAY = (5, time(9, 0), time(13, 0))

# code, name, key, party and what else differs from: counts as an attempt, vale para el contacto
DISPOSITIONS = [
    ("promise", _("Pagará"), "1", "right", {"retry_minutes": 1440, "requires_promise": True}),
    ("already_paid", _("Ya pagó"), "2", "right", {"retry_minutes": 2880}),
    ("call_back", _("Volver a llamar"), "3", "right", {"retry_minutes": 120, "requires_call_back": True}),
    ("no_answer", _("No contesta"), "4", "none", {"retry_minutes": 120, "pbx_result": "NOANSWER"}),
    ("busy", _("Ocupado"), "5", "none", {"retry_minutes": 30, "pbx_result": "BUSY"}),
    (
        "wrong_number",
        _("Equivocado"),
        "6",
        "none",
        {"retry_minutes": 0, "scope": "telephone", "retires_telephone": True, "counts_as_attempt": False},
    ),
    ("third_party", _("Tercero"), "7", "third", {"retry_minutes": 240}),
    ("refused", _("No desea"), "8", "right", {"is_final": True, "requires_reason": True}),
    ("voicemail", _("Buzón de voz"), "", "none", {"retry_minutes": 180, "pbx_result": "MACHINE"}),
    ("switched_off", _("Apagado o sin cobertura"), "", "none", {"retry_minutes": 180, "pbx_result": "CHANUNAVAIL"}),
    ("hung_up", _("Cortó la llamada"), "", "none", {"retry_minutes": 240, "pbx_result": "REJECTED"}),
    (
        "out_of_service",
        _("Número fuera de servicio"),
        "",
        "technical",
        {
            "retry_minutes": 0,
            "scope": "telephone",
            "retires_telephone": True,
            "counts_as_attempt": False,
            "pbx_result": "UNALLOCATED",
        },
    ),
    (
        "technical_failure",
        _("Falla técnica"),
        "",
        "technical",
        {"retry_minutes": 15, "counts_as_attempt": False, "pbx_result": "CONGESTION"},
    ),
    (
        "claim",
        _("Tiene un reclamo"),
        "",
        "right",
        {"retry_minutes": 2880, "requires_note": True, "escalates_id": "complaint"},  # what supervision settles
    ),
    ("moved", _("Se trasladó o ya no tiene el servicio"), "", "right", {"is_final": True, "requires_note": True}),
    ("deceased", _("Falleció el titular"), "", "third", {"is_final": True, "requires_note": True}),
    ("do_not_call", _("Pide no ser llamado"), "", "right", {"is_final": True, "forbids_calling": True}),
    # never chosen by hand: a desk that stopped answering in the middle of a call
    ("no_result", _("Sin resultado"), "", "technical", {"retry_minutes": 30, "is_active": False}),
]


def begin_with_the_policy(apps, schema_editor):
    apps.get_model("campaigns", "CallingPolicy").objects.get_or_create(id=1)
    window = apps.get_model("campaigns", "CallingWindow")
    for weekday, opens, closes in (*WEEK, SATURDAY):
        window.objects.get_or_create(weekday=weekday, opens=opens, defaults={"closes": closes})
    disposition = apps.get_model("campaigns", "Disposition")
    for place, (code, name, key, party, more) in enumerate(DISPOSITIONS, 1):
        disposition.objects.get_or_create(
            code=code, defaults={"name": name, "key": key, "party": party, "position": place * 10, **more}
        )


def know_headings(apps, schema_editor):
    alias_of = apps.get_model("campaigns", "ColumnAlias")
    for kind, headings in (("ccvp", known_headings.CCVP), ("recaudo", known_headings.RECAUDO)):
        seen = set(alias_of.objects.filter(kind=kind).values_list("alias_key", flat=True))
        for field, names in headings.items():
            for name in names:
                key = heading_key(name)
                if key not in seen:
                    seen.add(key)
                    alias_of.objects.create(kind=kind, field=field, alias=name, alias_key=key)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("escalations", "0002_begin_with_kinds_and_units"), ("service_level", "0001_initial")]

    operations = [
        migrations.RunPython(begin_with_the_policy, migrations.RunPython.noop),
        migrations.RunPython(know_headings, migrations.RunPython.noop),
    ]
