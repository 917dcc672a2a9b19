"""The eleven lines of the procedure, for a new site, and a charge nobody has yet; what an administrator changed stays."""

from django.db import migrations

GREETING = "Gracias por llamar a COMTECO, {linea}. Le atiende {agente}."
FAREWELL = "¿Puedo ayudarle en algo más? Gracias por llamar a COMTECO, que tenga un buen día."
LINES = (  # number, name, whether the text names its calls among those the regulator measures (I, b)
    ("101", "Reclamos técnicos", True),
    ("102", "Facturación", False),
    ("103", "Instalaciones", False),
    ("104", "Números telefónicos", True),
    ("109", "Recarga Fijacom", False),
    ("4200224", "Guía Comercial", False),
    ("4251000", "Central telefónica", False),
    ("4522222", "TV paga y Go On", False),
    ("800131313", "Boliviatel", True),
    ("800130001", "MIO y Shopper", False),
    ("4639999", "Telefonía pública", True),
)


def begin(apps, schema_editor):
    line = apps.get_model("inbound", "ServiceLine")
    for place, (number, name, counts_for_att) in enumerate(LINES, 1):
        line.objects.get_or_create(
            number=number,
            defaults={
                "name": name,
                "greeting": GREETING,
                "farewell": FAREWELL,
                "counts_for_att": counts_for_att,
                "position": place * 10,
            },
        )


def nobody_yet(apps, schema_editor):
    apps.get_model("inbound", "PersonInCharge").objects.get_or_create(charge="shopper_sales")


class Migration(migrations.Migration):
    dependencies = [("inbound", "0001_initial")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(nobody_yet, migrations.RunPython.noop),
    ]
