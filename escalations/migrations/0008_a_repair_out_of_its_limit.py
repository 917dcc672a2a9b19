"""The kind of card of a damage that was not repaired by when its caller was told."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

CODE = "overdue_repair"
BODY = """Se dijo al cliente hasta cuándo se atendería su daño y ese plazo venció: solicitamos atenderlo con prioridad.

Cliente: {cliente}
Contrato: {contrato}
Teléfono: {telefono}
Zona: {zona}
Daño: {damage}
Servicio: {service_number}
Componente: {component}
Segmento: {segment}
En Smartflex: {state}
El plazo era: {until}
Se le dijo: {prometido}

Centro de Llamadas"""


def begin_with_the_kind(apps, schema_editor):
    unit = apps.get_model("escalations", "Unit").objects.filter(code="operaciones").first()
    apps.get_model("escalations", "Kind").objects.get_or_create(
        code=CODE,
        defaults={
            "name": _("Reparación fuera de plazo"), "worked_by": "supervisor", "limit_hours": "2", "warn_hours": "1",
            "closes": "informed", "unit": unit, "writes_at_once": unit is not None,
            "subject": "Reparación fuera de plazo: daño {damage}", "body": BODY,
        },
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("escalations", "0007_choices_of_the_list")]

    operations = [migrations.RunPython(begin_with_the_kind, migrations.RunPython.noop)]
