"""The kinds of the procedure and those of what did not come about, the units it writes to, and the words of their mail.

The operations centre (101.11.1) and the operator of the customer's zone (103.7) are written to when the card is raised, and
what the customer said happens now goes to the former as well (101.11). A fault that stands at the NOCC already, or may, is
not mailed by itself. Who holds a role is an administrator's to say.
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
    # who was told that something would be done in another system, and it was not
    ("write_not_done", _("Pedido que no se hizo"), "supervisor", "2", "1", False, "informed"),
    # a damage that was not repaired by when its caller was told
    ("overdue_repair", _("Reparación fuera de plazo"), "supervisor", "2", "1", False, "informed"),
    # a fault the NOCC knows of already, or may
    ("nocc_follow_up", _("Seguimiento de una falla con el NOCC"), "supervisor", "4", "1", True, "informed"),
)
LANE_BUTTONS = {"billing_claim": _("Atender el reclamo")}
UNITS = (  # code, name, whether it is written to by the customer's zone
    ("jefe_de_sector", "Jefatura de sector", False),
    ("telefonia_publica", "Encargado de telefonía pública", False),
    ("nocc", "NOCC", False),
    ("operaciones", "Centro de Operaciones", False),
    ("operador_de_zona", "Operador de zona", True),
    ("facturacion", "Facturación", False),
    ("guia_comercial", "Guía Comercial", False),
)
END = "\n\nVence: {vence}\n\nCentro de Llamadas"
WHO = "Cliente: {cliente}\nContrato: {contrato}\nTeléfono: {telefono}\nZona: {zona}\n"
TO_THE_NOCC = (
    "Falla técnica de Boliviatel",
    "Un cliente comunica un problema técnico.\n\nNúmero del cliente: {number}\nQué ocurre: {fault}\n"
    "Cliente: {cliente}\nTeléfono para llamarle: {telefono}\nRecibido: {derivada}" + END,
)
LETTERS = {  # kind: unit, whether it goes out by itself, subject, text
    "billing_claim": ("facturacion", False, "", ""),
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
    "nocc_fault": ("nocc", True, *TO_THE_NOCC),
    "nocc_follow_up": ("nocc", False, *TO_THE_NOCC),
    "priority_repair": (
        "operaciones", True, "Reparación con prioridad: daño {damage}",
        "El daño figura atendido y el cliente sigue sin servicio: solicitamos atenderlo con prioridad.\n\n" + WHO
        + "Daño: {damage}\nCausal: {cause}\nSegmento: {segment}\nQué ocurre ahora: {note}\nSe le prometió: {prometido}"
        + END,
    ),
    "overdue_repair": (
        "operaciones", True, "Reparación fuera de plazo: daño {damage}",
        "Se dijo al cliente hasta cuándo se atendería su daño y ese plazo venció: solicitamos atenderlo con prioridad."
        "\n\n" + WHO + "Daño: {damage}\nServicio: {service_number}\nComponente: {component}\nSegmento: {segment}\n"
        "En Smartflex: {state}\nEl plazo era: {until}\nSe le dijo: {prometido}\n\nCentro de Llamadas",
    ),
    "priority_order": (
        "operador_de_zona", True, "Orden cerrada sin servicio: {order}",
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
    unit = apps.get_model("escalations", "Unit")
    for code, name, by_zone in UNITS:
        unit.objects.create(code=code, name=name, by_zone=by_zone)


def begin_with_the_kinds(apps, schema_editor):
    kind = apps.get_model("escalations", "Kind")
    units = {unit.code: unit for unit in apps.get_model("escalations", "Unit").objects.all()}
    for code, name, worked_by, limit, warn, stops, closes in KINDS:
        unit, at_once, subject, body = LETTERS.get(code, (None, False, "", ""))
        kind.objects.create(
            code=code, name=name, worked_by=worked_by, limit_hours=limit, warn_hours=warn, stops_while_waiting=stops,
            closes=closes, lane_button=LANE_BUTTONS.get(code, ""), unit=units.get(unit), writes_at_once=at_once,
            subject=subject, body=body,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("escalations", "0001_initial")]

    operations = [
        migrations.RunPython(begin_with_units, migrations.RunPython.noop),
        migrations.RunPython(begin_with_the_kinds, migrations.RunPython.noop),
    ]
