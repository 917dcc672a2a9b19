"""How soon a damage with priority is attended, by segment, and the codes of places that everybody knows.

Limits of repairs, decoder guides, plans and prices are the centre's: an administrator writes them.
"""

from django.db import migrations

PRIORITY = {"Corporativo": "2", "A": "2", "B": "4", "C": "8"}
CODES = {
    "La Paz": "2", "Oruro": "2", "Potosí": "2", "Santa Cruz": "3", "Beni": "3", "Pando": "3", "Cochabamba": "4",
    "Chuquisaca": "4", "Tarija": "4", "Argentina": "54", "Brasil": "55", "Chile": "56", "Colombia": "57",
    "Ecuador": "593", "Paraguay": "595", "Perú": "51", "Uruguay": "598", "Venezuela": "58", "México": "52",
    "Estados Unidos": "1", "Canadá": "1", "España": "34", "Italia": "39", "Francia": "33", "Alemania": "49",
    "Reino Unido": "44", "Suiza": "41", "Suecia": "46", "China": "86", "Japón": "81",
}  # fmt: skip


def begin(apps, schema_editor):
    limit, content = apps.get_model("inbound", "RepairLimit"), apps.get_model("inbound", "Content")
    for segment, hours in PRIORITY.items():
        limit.objects.get_or_create(of="priority", segment=segment, component="", defaults={"working_hours": hours})
    for name, code in CODES.items():
        content.objects.get_or_create(topic="codes", name=name, defaults={"code": code})


class Migration(migrations.Migration):
    dependencies = [("inbound", "0004_limits_contents_and_signs")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
