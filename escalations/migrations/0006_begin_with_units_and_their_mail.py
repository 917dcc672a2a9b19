"""The units the procedure writes to, and the words of their mail. Who holds a role is an administrator's to say."""

from django.db import migrations

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

    dependencies = [
        ("escalations", "0005_write_to_units_at_once"),
    ]

    operations = [migrations.RunPython(begin_with_units, migrations.RunPython.noop)]
