"""The cities abroad that are called most: who asked for Madrid or Buenos Aires was told that nobody knows its code.

A city somebody wrote already stays as it is.
"""

from django.db import migrations

OF_A_CITY = "De un teléfono fijo, el código de la ciudad es el {}."
BEGINS = "Un número fijo de la ciudad comienza con {}."
OF_AN_AREA = "El código de área es el {}."
CITIES = {  # the country's code, what else people call the city, what is said of it
    "Buenos Aires": ("54", "Capital Federal", OF_A_CITY.format("11")),
    "São Paulo": ("55", "Sao Paulo, San Pablo", OF_A_CITY.format("11")),
    "Santiago de Chile": ("56", "", OF_A_CITY.format("2")),
    "Lima": ("51", "", OF_A_CITY.format("1")),
    "Madrid": ("34", "", BEGINS.format("91")),
    "Barcelona": ("34", "", BEGINS.format("93")),
    "Milán": ("39", "Milano, Milan", BEGINS.format("02, con el cero")),
    "Miami": ("1", "", OF_AN_AREA.format("305 o el 786")),
    "Nueva York": ("1", "New York", OF_AN_AREA.format("212 en Manhattan")),
    "Washington": ("1", "Washington D. C.", OF_AN_AREA.format("202")),
}


def begin(apps, schema_editor):
    contents = apps.get_model("inbound", "Content").objects
    for name, (code, names, text) in CITIES.items():
        said = {"code": code, "other_names": names, "text": text}
        contents.get_or_create(topic="countries", name=name, defaults=said)


class Migration(migrations.Migration):
    dependencies = [("inbound", "0015_what_a_call_brings")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
