"""The formula of the procedure, and the queues of its eleven lines, each called by the line's number (I, b)."""

from datetime import date

from django.db import migrations

SINCE = date(2000, 1, 1)
DOCUMENT = "GC-PRC-OPE-ASE-02: contestadas dentro de 20 segundos / registradas"
LINES = (  # number, name, whether the text names its calls among those the regulator measures
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


def fill_in(apps, schema_editor):
    apps.get_model("service_level", "Formula").objects.get_or_create(since=SINCE, defaults={"document": DOCUMENT})
    queues = apps.get_model("service_level", "MeasuredQueue").objects
    for number, name, counts_for_att in LINES:
        said = {"line": number, "name": name, "counts_for_att": counts_for_att}
        queues.get_or_create(queue=number, since=SINCE, defaults=said)


class Migration(migrations.Migration):
    dependencies = [("service_level", "0003_the_indicator")]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
