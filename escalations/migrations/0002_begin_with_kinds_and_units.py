"""The fourteen kinds of the procedure, the units it writes to, and the words of their mail.

Who holds a role is an administrator's to say.
"""

from django.db import migrations
from django.utils.translation import gettext_noop as _

KINDS = (  # code, who works it, working hours, warns so many before, its clock stops while a unit is waited for, closes
    ("billing_claim", _("Reclamo de facturación"), "supervisor", "8", "2", True, "informed"),
    ("priority_order", _("Orden cerrada sin servicio"), "supervisor", "4", "1", False, "informed"),
    ("overdue_installation", _("Instalación fuera de plazo"), "supervisor", "4", "1", False, "informed"),
    ("callback_promise", _("Llamada prometida al cliente"), "agent", "8", "1", False, "informed"),
    ("reentry_ticket", _("Boleta de nueva digitación"), "supervisor", "8", "2", True, "informed"),
    ("priority_repair", _("Reparación prioritaria"), "supervisor", "4", "1", False, "informed"),
    ("public_phone_fault", _("Falla de teléfono público"), "supervisor", "4", "1", False, "resolved"),
    ("nocc_fault", _("Falla comunicada al NOCC"), "supervisor", "4", "1", True, "informed"),
    ("sim_block", _("Bloqueo temporal de SIM"), "supervisor", "40", "8", False, "informed"),
    ("guide_listing", _("Registro en la Guía Comercial"), "supervisor", "16", "4", True, "informed"),
    ("unforeseen_state", _("Estado no previsto"), "supervisor", "4", "1", False, "informed"),
    ("broken_promise", _("Compromiso de pago incumplido"), "supervisor", "16", "4", False, "resolved"),
    ("complaint", _("Queja del cliente"), "supervisor", "8", "2", True, "informed"),
    ("wants_to_cancel", _("Quiere dar de baja"), "supervisor", "4", "1", False, "informed"),
)


def begin_with_the_kinds(apps, schema_editor):
    kind = apps.get_model("escalations", "Kind")
    for code, name, worked_by, limit, warn, stops, closes in KINDS:
        kind.objects.create(
            code=code, name=name, worked_by=worked_by, limit_hours=limit, warn_hours=warn, stops_while_waiting=stops,
            closes=closes,
        )  # fmt: skip


LANE_BUTTONS = {"billing_claim": _("Atender el reclamo")}


def begin_with_the_buttons(apps, schema_editor):
    kind = apps.get_model("escalations", "Kind")
    for code, words in LANE_BUTTONS.items():
        kind.objects.filter(code=code).update(lane_button=words)


UNITS = (
    ("jefe_de_sector", "Jefatura de sector"),
    ("telefonia_publica", "Encargado de telefonía pública"),
    ("nocc", "NOCC"),
    ("operaciones", "Centro de Operaciones"),
    ("operador_de_zona", "Operador de zona"),
    ("facturacion", "Facturación"),
    ("guia_comercial", "Guía Comercial"),
)
END = "\n\nVence: {vence}\n\nCentro de Llamadas"
WHO = "Cliente: {cliente}\nContrato: {contrato}\nTeléfono: {telefono}\nZona: {zona}\n"
LETTERS = {  # kind: unit, whether it goes out by itself, subject, text
    "reentry_ticket": (
        "jefe_de_sector", False, "Nueva digitación: contrato {contrato}",
        "Solicitamos una nueva digitación del servicio: la orden se anuló por una causa del cliente, quien pide que se"
        " instale.\n\n" + WHO + "Orden anulada: {order}\nSector donde se hizo el trámite: {sector}\n\n"
        "Día de la visita: {day}\nHora aproximada: {hour}\nDirección exacta: {address}" + END,
    ),
    "public_phone_fault": (
        "telefonia_publica", True, "Falla de teléfono público",
        "El Centro de Llamadas recibió el reclamo de una falla de teléfono público fuera del horario de registro de"
        " daños.\n\nTeléfono público: {service_number}\nQué ocurre: {description}\nDirección: {address}\n"
        "Reclama: {cliente}\nSu teléfono: {telefono}\nRecibido: {derivada}" + END,
    ),
    "nocc_fault": (
        "nocc", True, "Falla técnica de Boliviatel",
        "Un cliente comunica un problema técnico.\n\nNúmero del cliente: {number}\nQué ocurre: {fault}\n"
        "Cliente: {cliente}\nTeléfono para llamarle: {telefono}\nRecibido: {derivada}" + END,
    ),
    "priority_repair": (
        "operaciones", False, "Reparación con prioridad: daño {damage}",
        "El daño figura atendido y el cliente sigue sin servicio: solicitamos atenderlo con prioridad.\n\n" + WHO
        + "Daño: {damage}\nCausal: {cause}\nSegmento: {segment}\nSe le prometió: {prometido}" + END,
    ),
    "priority_order": (
        "operador_de_zona", False, "Orden cerrada sin servicio: {order}",
        "La orden figura cerrada y el cliente no tiene servicio: solicitamos atenderlo con prioridad.\n\n" + WHO
        + "Orden: {order}\nSector: {sector}\nSe le prometió: {prometido}" + END,
    ),
    "guide_listing": (
        "guia_comercial", False, "Registro en la Guía Comercial",
        "Solicitamos registrar en la Guía Comercial:\n\nNombre: {name}\nTeléfono que se publica: {number}\n"
        "Dirección: {address}\nContrato en que se cobra: {contract}\n\nLo pide: {cliente}\n"
        "Teléfono para llamarle: {telefono}" + END,
    ),
}  # fmt: skip


def begin_with_units(apps, schema_editor):
    unit, kind = apps.get_model("escalations", "Unit"), apps.get_model("escalations", "Kind")
    made = {code: unit.objects.create(code=code, name=name) for code, name in UNITS}
    for code, (role, at_once, subject, body) in LETTERS.items():
        kind.objects.filter(code=code).update(
            unit=made[role], writes_at_once=at_once, subject=subject, body=body
        )
    kind.objects.filter(code="billing_claim").update(unit=made["facturacion"])


class Migration(migrations.Migration):
    dependencies = [("escalations", "0001_initial")]

    operations = [
        migrations.RunPython(begin_with_the_kinds, migrations.RunPython.noop),
        migrations.RunPython(begin_with_the_buttons, migrations.RunPython.noop),
        migrations.RunPython(begin_with_units, migrations.RunPython.noop),
    ]
