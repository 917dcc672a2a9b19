"""The eleven lines of the procedure, for a new site, and a charge nobody has yet; what an administrator changed stays.

How soon a damage with priority is attended, by segment (101.11), and the codes of places that everybody knows
(800131313.7): who asks for Sucre, USA or Madrid finds them too. Codes of countries are a topic of their own: by its length
the code of the United States looks like a city's. Limits of repairs, decoder guides, plans and prices are the centre's: an
administrator writes them.
"""

from django.db import migrations

GREETING = "Gracias por llamar a COMTECO, {linea}. Le atiende {agente}."
FAREWELL = "Gracias por llamar a COMTECO, que tenga un buen día."
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
PRIORITY = {"Corporativo": "2", "A": "2", "B": "4", "C": "8"}
DEPARTMENTS = {  # its code, its capital and its larger towns
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
COUNTRIES = {  # its code, what else people call it
    "Argentina": ("54", ""), "Brasil": ("55", "Brazil"), "Chile": ("56", ""), "Colombia": ("57", ""),
    "Ecuador": ("593", ""), "Paraguay": ("595", ""), "Perú": ("51", ""), "Uruguay": ("598", ""),
    "Venezuela": ("58", ""), "México": ("52", "Méjico"),
    "Estados Unidos": ("1", "Estados Unidos de América, EE. UU., EEUU, USA, Norteamérica"), "Canadá": ("1", ""),
    "España": ("34", "Reino de España, Spain"), "Italia": ("39", ""), "Francia": ("33", ""),
    "Alemania": ("49", "República Federal de Alemania, Deutschland"),
    "Reino Unido": ("44", "Inglaterra, Gran Bretaña, Escocia, Gales, Irlanda del Norte, UK"),
    "Suiza": ("41", "Confederación Suiza, Helvecia"), "Suecia": ("46", ""), "China": ("86", "República Popular China"),
    "Japón": ("81", "Japan"), "Países Bajos": ("31", "Holanda"), "Bélgica": ("32", ""), "Portugal": ("351", ""),
    "Austria": ("43", ""), "Irlanda": ("353", "Eire"), "Dinamarca": ("45", ""), "Noruega": ("47", ""),
    "Finlandia": ("358", ""), "Polonia": ("48", ""), "Rusia": ("7", ""), "Ucrania": ("380", ""), "Grecia": ("30", ""),
    "Rumania": ("40", "Rumanía"), "Turquía": ("90", ""), "Israel": ("972", ""), "India": ("91", ""),
    "Corea del Sur": ("82", "República de Corea"), "Taiwán": ("886", ""), "Australia": ("61", ""),
    "Nueva Zelanda": ("64", "Nueva Zelandia"), "Sudáfrica": ("27", "África del Sur"), "Panamá": ("507", ""),
    "Costa Rica": ("506", ""), "Nicaragua": ("505", ""), "Honduras": ("504", ""), "El Salvador": ("503", ""),
    "Guatemala": ("502", ""), "Cuba": ("53", ""), "Haití": ("509", ""),
}  # fmt: skip
OF_A_CITY = "De un teléfono fijo, el código de la ciudad es el {}."
BEGINS = "Un número fijo de la ciudad comienza con {}."
OF_AN_AREA = "El código de área es el {}."
CITIES = {  # those abroad that are called most: the country's code, what else people call the city, what is said of it
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


def begin_with_lines(apps, schema_editor):
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


def begin_with_limits(apps, schema_editor):
    limit = apps.get_model("inbound", "RepairLimit")
    for segment, hours in PRIORITY.items():
        limit.objects.get_or_create(of="priority", segment=segment, component="", defaults={"working_hours": hours})


def begin_with_places(apps, schema_editor):
    contents = apps.get_model("inbound", "Content").objects
    for topic, places in (("codes", DEPARTMENTS), ("countries", COUNTRIES), ("countries", CITIES)):
        for name, (code, names, *text) in places.items():
            said = {"code": code, "other_names": names, "text": "".join(text)}
            contents.get_or_create(topic=topic, name=name, defaults=said)


class Migration(migrations.Migration):
    dependencies = [("inbound", "0001_initial")]

    operations = [
        migrations.RunPython(begin_with_lines, migrations.RunPython.noop),
        migrations.RunPython(nobody_yet, migrations.RunPython.noop),
        migrations.RunPython(begin_with_limits, migrations.RunPython.noop),
        migrations.RunPython(begin_with_places, migrations.RunPython.noop),
    ]
