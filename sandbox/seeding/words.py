"""What the customers are made of. The order of a list is part of the seed: new words go to its end."""

from __future__ import annotations

WOMEN = (
    *("María", "Ana", "Carla", "Daniela", "Gabriela", "Juana", "Lidia", "Marlene", "Nayra", "Paola", "Rosa", "Silvia"),
    *("Teresa", "Verónica", "Ximena", "Yolanda", "Zulma", "Elizabeth", "Jhoselin", "Wara", "Mónica", "Norah", "Inés"),
    *("Cinthia", "Bertha", "Sonia", "Patricia", "Roxana", "Felipa", "Graciela", "Lourdes", "Miriam"),
)
MEN = (
    *("Juan", "José", "Luis", "Carlos", "Jorge", "Wilson", "Freddy", "Ramiro", "Óscar", "Iván", "Rubén", "Edwin"),
    *("Grover", "Limbert", "Saúl", "Boris", "Hernán", "Víctor", "Álvaro", "Rolando", "Mario", "Ángel", "Félix"),
    *("Crispín", "Néstor", "Gonzalo", "Adalid", "Remberto", "Wilfredo", "Severo", "Primo", "Efraín"),
)
SECOND_OF_WOMEN = (
    *("", "", "", "Elena", "del Carmen", "Beatriz", "Luz", "Isabel", "Fernanda", "Cristina", "Eugenia", "Rosario"),
    *("Esther", "Leonor", "Guadalupe", "Virginia"),
)
SECOND_OF_MEN = (
    *("", "", "", "José", "Alberto", "Antonio", "Eduardo", "Rodrigo", "Marcelo", "Ernesto", "Germán", "Orlando"),
    *("Fernando", "Alfredo", "Mauricio", "Adolfo"),
)
SURNAMES = (
    *("Quispe", "Mamani", "Rojas", "Vargas", "Flores", "Condori", "Choque", "Gutiérrez", "López", "García", "Rocha"),
    *("Terrazas", "Camacho", "Zurita", "Claros", "Soliz", "Orellana", "Guzmán", "Rodríguez", "Fernández", "Mercado"),
    *("Antezana", "Villarroel", "Arnez", "Montaño", "Vallejos", "Pereira", "Crespo", "Torrico", "Sejas", "Ledezma"),
    *("Ferrufino", "Heredia", "Jaldín", "Zambrana", "Balderrama", "Cossío", "Pérez", "Sánchez", "Ramírez", "Nina"),
    *("Huanca", "Colque", "Apaza", "Ticona", "Copa", "Veizaga", "Muñoz", "Ibáñez", "Peñaloza", "Rosales", "Escóbar"),
    *("Iriarte", "Canedo", "Galarza", "Maldonado", "Prado", "Trujillo", "Uriona", "Saavedra", "Lazarte", "Almanza"),
)
ZONES = (
    *("Cala Cala", "Queru Queru", "Sarco", "Hipódromo", "Las Cuadras", "Muyurina", "Alalay", "Jaihuayco"),
    *("La Chimba", "Temporal", "Mayorazgo", "Villa Busch", "Tupuraya", "Pacata Baja", "Aranjuez", "Recoleta"),
    *("La Cancha", "Villa Pagador", "Cerro Verde", "Quillacollo Centro", "Colcapirhua", "Tiquipaya", "Sacaba Centro"),
    *("Huayllani", "Vinto", "Sipe Sipe", "El Paso", "Chimoré"),
)
STREETS = (
    *("Av. Heroínas", "Av. América", "Av. Blanco Galindo", "Av. Oquendo", "Av. Villazón", "Av. Panamericana"),
    *("Av. Ayacucho", "Av. San Martín", "Av. Melchor Pérez", "Av. Uyuni", "Av. Petrolera", "Av. Beijing"),
    *("Calle Lanza", "Calle Hamiraya", "Calle Jordán", "Calle Baptista", "Calle Esteban Arze", "Calle 25 de Mayo"),
    *("Calle Nataniel Aguirre", "Calle Sucre", "Calle Ecuador", "Calle Mayor Rocha", "Calle Tarija", "Pasaje Bolívar"),
)
PLACES_OF_ISSUE = ("CB", "CB", "CB", "CB", "CB", "CB", "CB", "CB", "LP", "OR", "PT", "SC", "CH", "TJ", "BE", "PD")
SEGMENTS = ("A", "B", "B", "C", "C", "C", "C", "Corporativo")
FIRMS = (
    *("Farmacia", "Ferretería", "Restaurante", "Panadería", "Librería", "Consultorio Dental", "Hostal", "Taller"),
    *("Imprenta", "Óptica", "Lavandería", "Peluquería", "Veterinaria", "Estudio Jurídico", "Agencia de Viajes"),
    *("Salteñería", "Florería", "Gimnasio", "Mueblería", "Laboratorio Clínico", "Chichería", "Heladería"),
)
FIRM_NAMES = (
    *("El Tornillo", "San Antonio", "Tunari", "La Llajta", "Los Molles", "Kanata", "Del Valle", "Sumaj", "Illimani"),
    *("Copacabana", "La Coronilla", "El Prado", "Inti", "Wayra", "Rocha", "La Colina", "Señor de Mayo", "Urkupiña"),
    *("Jatun", "Alalay", "Bolívar", "Heroínas", "Amistad", "Nueva Esperanza", "Central", "Universal", "Trébol"),
)
UNITS = (
    *("Atención al Cliente", "Facturación", "Cobranzas", "Centro de Operaciones", "Recursos Humanos", "Contabilidad"),
    *("Sistemas", "Planta Externa", "Almacenes", "Comercial", "Televisión", "Internet", "Asesoría Legal"),
    *("Auditoría Interna", "Gerencia General", "Telefonía Pública", "Relaciones Públicas", "Compras"),
)
INTERNET_PLANS = ("Hogar 40 Mbps", "Hogar 80 Mbps", "Fibra 150 Mbps", "Fibra 300 Mbps", "ADSL 10 Mbps")
INTERNET_PRICES = ("155", "209", "279", "419", "119")
TV_PLANS = ("TV Esencial", "TV Familiar", "TV Total HD", "TV Familiar y Go On")
TV_PRICES = ("95", "149", "215", "189")
FIXED_PLANS = ("Línea Residencial", "Línea Comercial", "Línea Control")
FIXED_PRICES = ("38", "92", "45")
FIJACOM_PLANS = ("Fijacom Básico", "Fijacom Familia", "Fijacom Datos 4G")
MIO_PLANS = ("MIO Diario", "MIO Semanal", "MIO Joven", "MIO Control")
CAUSES = (
    *("Sin tono", "Ruido en la línea", "Sin señal de internet", "Navegación lenta", "Cortes intermitentes"),
    *("Sin señal de TV", "Imagen congelada", "Decodificador apagado", "Cable cortado", "Poste caído"),
)
COMPONENTS = ("Par de cobre", "Módem", "ONT", "Decodificador", "Acometida", "Fibra de acometida")
SECTORS = ("Central", "Norte", "Sur", "Quillacollo", "Sacaba")
# The last of each is a state no procedure knows: a flow must have its own way out of it.
DAMAGE_STATES = (
    *("registered", "registered", "registered", "assigned", "assigned", "in_execution", "in_execution", "executed"),
    *("attended", "attended", "attended", "closed", "closed", "closed", "closed", "closed", "annulled", "diferido"),
)
ORDER_STATES = (
    *("registered", "registered", "registered", "registered", "assigned", "assigned", "in_execution", "executed"),
    *("attended", "closed", "closed", "closed", "annulled", "annulled", "annulled", "paralizada"),
)
ANNULLED_FOR = ("technical_data", "technical_data", "subscriber_absent", "wrong_address", "at_request")

LISTS: dict[str, tuple[str, ...]] = {
    name.lower(): value for name, value in dict(globals()).items() if name.isupper() and isinstance(value, tuple)
}
