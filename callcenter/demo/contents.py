"""What agents of the demo's cooperative read out: plans as Smartflex bills them, how a decoder is set up, MIO."""

from __future__ import annotations

from decimal import Decimal

from inbound.models import Content, RepairLimit

PLANS = {
    "TV Esencial": "Cuesta Bs 95 al mes.",
    "TV Familiar": "Cuesta Bs 149 al mes.",
    "TV Total HD": "Cuesta Bs 215 al mes.",
    "TV Familiar y Go On": "Cuesta Bs 189 al mes, con Go On Tv.",
}
GUIDES = {
    "No enciende": "Revise que esté enchufado y con la luz de adelante encendida. Si no, pruebe otro tomacorriente.",
    "Sin señal": "Revise que el cable de atrás esté ajustado. Apáguelo, espere diez segundos y enciéndalo.",
    "Pide configuración": "Pulse Menú, elija Instalación y después Buscar canales. Espere a que termine.",
    "Imagen congelada": "Apague el decodificador de atrás, espere treinta segundos y enciéndalo.",
    "Sin sonido": "Suba el volumen con los dos controles. Revise que el cable HDMI esté ajustado en ambos lados.",
    "Pide clave": "La clave de fábrica es 0000. Pulse Menú, elija Control de padres y cámbiela.",
}
MIO = {
    "Cómo se marca desde MIO": "Marque los ocho números del celular, o el 4 y los siete del teléfono fijo.",
    "Cuándo vence el saldo": "El saldo dura 30 días desde el último incremento.",
    "Dónde se incrementa el saldo": "Aquí por teléfono, o en cualquier oficina de Atención al Cliente.",
}
OFFICES = {
    "Oficina Central": "Av. Ballivián esquina La Paz, de lunes a viernes de 8:00 a 16:30.",
    "Agencia Norte": "Av. América 1020, de lunes a viernes de 8:30 a 18:00.",
    "Agencia Sur": "Av. 6 de Agosto 2250, de lunes a viernes de 8:30 a 18:00.",
    "Agencia Quillacollo": "Plaza 15 de Agosto, de lunes a viernes de 8:30 a 16:00.",
}
REPAIRS = {"": "24", "Fibra de acometida": "48", "Acometida": "48"}  # working hours, by component


def write_what_is_read_out() -> int:
    """What is missing of it. Returns how many were written."""
    says = Content.Topic
    topics = {says.PLANS: PLANS, says.DECODER: GUIDES, says.MIO: MIO, says.OFFICES: OFFICES}
    made = 0
    for topic, texts in topics.items():
        for position, (name, text) in enumerate(texts.items(), 1):
            told = {"text": text, "position": position}
            made += Content.objects.get_or_create(topic=topic, name=name, defaults=told)[1]
    for component, hours in REPAIRS.items():
        of = {"of": RepairLimit.Of.REPAIR, "segment": "", "component": component}
        made += RepairLimit.objects.get_or_create(**of, defaults={"working_hours": Decimal(hours)})[1]
    return made
