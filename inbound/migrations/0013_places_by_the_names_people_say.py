"""The towns of each department and what else people call a country: who said Sucre, El Alto or Holanda found nothing.

Only rows that still stand as the site began with them are given names, and no country is added that somebody wrote.
"""

from django.db import migrations

BEGUN = {"text": "", "position": 100, "is_active": True}  # of a row nobody has touched
TOWNS = {  # department: its code, its capital and its larger towns
    "La Paz": ("2", "El Alto, Viacha, Achocalla, Laja, Achacachi, Copacabana, Caranavi, Coroico, Palos Blancos"),
    "Oruro": ("2", "Huanuni, Challapata, Caracollo, Machacamarca, Poopó, Eucaliptus"),
    "Potosí": ("2", "Llallagua, Uncía, Uyuni, Tupiza, Villazón, Betanzos, Atocha, Colquechaca"),
    "Santa Cruz": (
        "3",
        "Santa Cruz de la Sierra, Montero, Warnes, La Guardia, El Torno, Cotoca, Camiri, Yapacaní, Puerto Suárez",
    ),
    "Beni": ("3", "Trinidad, Riberalta, Guayaramerín, Rurrenabaque, San Borja, Santa Ana del Yacuma, Reyes, San Ignacio"),
    "Pando": ("3", "Cobija, Porvenir, Puerto Rico"),
    "Cochabamba": (
        "4", "Sacaba, Quillacollo, Colcapirhua, Tiquipaya, Vinto, Sipe Sipe, Punata, Cliza, Villa Tunari, Ivirgarzama"
    ),
    "Chuquisaca": ("4", "Sucre, Monteagudo, Camargo, Padilla, Tarabuco, Yotala, Muyupampa"),
    "Tarija": ("4", "Yacuiba, Bermejo, Villamontes, Villa Montes, Entre Ríos, San Lorenzo, Caraparí"),
}  # fmt: skip
SAID_BEFORE = {  # country: its code, the names it has by now, the names it is given
    "Estados Unidos": (
        "1", "EE. UU., EEUU, USA, Norteamérica", "Estados Unidos de América, EE. UU., EEUU, USA, Norteamérica"
    ),
    "Reino Unido": (
        "44", "Inglaterra, Gran Bretaña, UK", "Inglaterra, Gran Bretaña, Escocia, Gales, Irlanda del Norte, UK"
    ),
    "Brasil": ("55", "", "Brazil"),
    "México": ("52", "", "Méjico"),
    "Alemania": ("49", "", "República Federal de Alemania, Deutschland"),
    "China": ("86", "", "República Popular China"),
    "Japón": ("81", "", "Japan"),
    "España": ("34", "", "Reino de España, Spain"),
    "Suiza": ("41", "", "Confederación Suiza, Helvecia"),
}  # fmt: skip
COUNTRIES = {
    "Países Bajos": ("31", "Holanda"), "Bélgica": ("32", ""), "Portugal": ("351", ""), "Austria": ("43", ""),
    "Irlanda": ("353", "Eire"), "Dinamarca": ("45", ""), "Noruega": ("47", ""), "Finlandia": ("358", ""),
    "Polonia": ("48", ""), "Rusia": ("7", ""), "Ucrania": ("380", ""), "Grecia": ("30", ""),
    "Rumania": ("40", "Rumanía"), "Turquía": ("90", ""), "Israel": ("972", ""), "India": ("91", ""),
    "Corea del Sur": ("82", "República de Corea"), "Taiwán": ("886", ""), "Australia": ("61", ""),
    "Nueva Zelanda": ("64", "Nueva Zelandia"), "Sudáfrica": ("27", "África del Sur"), "Panamá": ("507", ""),
    "Costa Rica": ("506", ""), "Nicaragua": ("505", ""), "Honduras": ("504", ""), "El Salvador": ("503", ""),
    "Guatemala": ("502", ""), "Cuba": ("53", ""), "Haití": ("509", ""),
}  # fmt: skip


def begin(apps, schema_editor):
    contents = apps.get_model("inbound", "Content").objects
    for name, (code, towns) in TOWNS.items():
        there = contents.filter(topic="codes", name=name, code=code, other_names="", **BEGUN)
        there.update(other_names=towns)
    for name, (code, before, names) in SAID_BEFORE.items():
        there = contents.filter(topic="countries", name=name, code=code, other_names=before, **BEGUN)
        there.update(other_names=names)
    codes = set(contents.filter(topic="countries").values_list("code", flat=True))
    for name, (code, names) in COUNTRIES.items():
        if code not in codes:
            contents.get_or_create(topic="countries", name=name, defaults={"code": code, "other_names": names})


class Migration(migrations.Migration):
    dependencies = [("inbound", "0012_what_should_follow_has_its_card")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
