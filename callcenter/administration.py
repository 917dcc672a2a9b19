"""The admin as administrators need it: by who needs what, each list with its sentence, the program's inside last.

No row of a customer is in it: an administrator has every permission of Django's, so what she is not to see is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from screens.admin_rights import AskedForWhatItShows

Words = str | Promise


@dataclass(frozen=True)
class Section:
    """Lists that belong together, in order: the label of each model, and what it is for."""

    slug: str
    title: Words
    lists: dict[str, Words]


SECTIONS = (
    Section("people", _("Personas"), {
        "agents.user": _("Quién ingresa, con qué papel. Una cuenta se apaga, no se borra."),
        "agents.agent": _("Quién llama y atiende: su equipo, sus habilidades y cuántos contactos puede tener."),
        "agents.team": _("Los equipos, que el tablero y las listas nombran."),
        "agents.pausereason": _("Por qué se puede pausar, cuánto tiempo y como qué cuenta."),
        "agents.datapolicy": _("Cuántos clientes consulta y exporta una persona, y cuánto se guardan sus datos."),
        "agents.statepolicy": _("Cuándo el reloj cierra una llamada, da por ausente y cierra un turno."),
        "agents.skill": _("Lo que un agente sabe atender: una lista puede pedirlo."),
    }),
    Section("campaigns", _("Campañas"), {
        "campaigns.campaign": _("Los meses de prepago: sus días de llamada y su plazo de gracia."),
        "campaigns.disposition": _("Cómo termina una llamada de campaña, y qué sigue de eso."),
        "campaigns.callingpolicy": _("Cuántas veces y cada cuánto se llama, y cuánto tiempo se guardan los datos."),
        "campaigns.callingwindow": _("A qué horas se puede llamar a clientes."),
        "campaigns.reportsource": _("De dónde vienen los reportes CCVP y de recaudos, y cómo se leen."),
        "campaigns.columnalias": _("Cómo se llama cada columna en los archivos que llegan."),
    }),
    Section("lines", _("Líneas y flujos"), {
        "inbound.serviceline": _("Las once líneas: su saludo, su despedida y si cuentan para la ATT."),
        "inbound.flowdraft": _("El flujo que vendrá: se cambia, se prueba y se publica aquí."),
        "inbound.flowversion": _("Lo que se publicó y corre. A una versión anterior se vuelve con un borrador."),
        "inbound.content": _("Lo que los agentes leen al cliente: guías, planes, oficinas y códigos."),
        "inbound.repairlimit": _("En cuántas horas se repara cada daño; se dice al cliente y se vigila."),
        "inbound.personincharge": _("A quién se deriva por teléfono lo que el procedimiento nombra por cargo."),
    }),
    Section("board", _("Tablero"), {
        "escalations.kind": _("Qué se puede derivar, quién lo trabaja, en cuánto tiempo y a qué unidad se escribe."),
        "escalations.unit": _("A quién se escribe: cada unidad, con quien la tiene hoy en cada sector o zona."),
        "service_level.workinghours": _("Cuándo trabaja el centro: los plazos se cuentan en estas horas."),
        "service_level.holiday": _("Los días en que no se trabaja."),
    }),
    Section("systems", _("Sistemas"), {
        "inbound.outsidesystem": _("Cada sistema externo: conectado, a mano o apagado, y sus límites del día."),
        "notices.recipient": _("Quién recibe los avisos del centro por correo."),
        "notices.webhook": _("A qué otros programas se les avisa de lo que pasa, y de qué."),
        "notices.delivery": _("Qué se envió a cada uno, cuándo llegó y por qué no."),
    }),
    Section("telephony", _("Telefonía"), {
        "control_room.alertlimit": _("Desde cuándo avisa la sala de control: esperas, llamadas largas, listas cortas."),
        "control_room.wallboard": _("Los televisores que muestran cómo están las líneas, cada uno con su enlace."),
        "service_level.formula": _("Con qué fórmula y meta se cuenta el indicador de la ATT, desde qué mes."),
        "service_level.measuredqueue": _("De qué línea es cada cola de la central, y cuáles se informan a la ATT."),
        "service_level.staffingpolicy": _("Con qué ausencias y paciencia se calcula cuántos agentes hacen falta."),
        "telephony.switchboard": _("Cada central: dónde escucha, cómo llama y si está en uso."),
        "telephony.logsource": _("De qué archivos se lee lo que cada central escribe de sus colas, y qué falló."),
        "telephony.extension": _("Los internos en que se sientan los agentes."),
        "telephony.trunk": _("Por dónde salen y entran las llamadas, y si se alcanza."),
        "telephony.listening": _("Quién tiene el enlace con cada central, desde cuándo y qué falló."),
        "telephony.monitoring": _("Quién escuchó la llamada de qué agente, cómo y cuánto tiempo, para mirar."),
        "telephony.callorder": _("Lo que los agentes pidieron de sus llamadas y qué fue de eso, para mirar."),
        "telephony.outgoingcall": _("Cómo terminó lo que la central marcó por los agentes, sin el número."),
        "telephony.queuecall": _("Lo que entró a las colas, quién lo atendió y cómo terminó, sin el número."),
    }),
    Section("audit", _("Auditoría"), {
        "pghistory.events": _("Quién cambió qué de lo que se configura aquí y cuándo, con lo que decía antes."),
        "api.token": _("Qué programa actúa por quién, para qué y hasta cuándo; otra persona lo confirma."),
        "agents.powerrequest": _("Lo que da poder sobre otros y espera a que otra persona lo confirme."),
        "agents.accountevent": _("Qué pasó con cada cuenta: contraseñas, factores, funciones e ingresos nuevos."),
        "agents.search": _("Quién buscó clientes, dónde y cuándo, y lo que se le rechazó; a quiénes, no."),
        "agents.disclosure": _("Quién vio o exportó datos personales, de qué y cuántos."),
        "agents.strangewrite": _("Filas que alguien escribió en la base sin ser la aplicación; debería estar vacío."),
        "agents.legalhold": _("De quién no se quita nada mientras lo pida un juez o la ATT."),
        "agents.removalrun": _("Qué datos personales se quitaron, cuándo y hasta qué fecha."),
        "inbound.reservedsearch": _("Búsquedas de 104 que encontraron números en reserva; cuáles, no se guarda."),
        "axes.accesslog": _("Quién ingresó, desde dónde y cuándo salió."),
        "axes.accessfailurelog": _("Ingresos que fallaron."),
        "axes.accessattempt": _("A quién se le cerró el ingreso por fallar; borrar uno lo abre."),
    }),
    Section("inside", _("El programa por dentro"), {
        "django_celery_beat.periodictask": _("Lo que hace el reloj: se apaga o se hace más lento, no se inventa."),
        "django_celery_beat.intervalschedule": _("Cada cuánto puede tocar el reloj."),
    }),
)  # fmt: skip
ABOUT: dict[str, Words] = {label: words for section in SECTIONS for label, words in section.lists.items()}


class CentreAdmin(AdminSite):
    """Django's own, in the sections above."""

    site_header = _("Administración del Centro de Llamadas")
    site_title = _("Centro de Llamadas")
    index_title = _("Administración")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Each list is asked for what it shows, whoever wrote it: those of the libraries as well."""
        kind = admin_class or ModelAdmin
        kind = type(kind.__name__, (AskedForWhatItShows, kind), {"__module__": kind.__module__})
        super().register(model_or_iterable, kind, **options)

    def get_urls(self) -> list[Any]:
        """Without Django's way from any row to its page on the site: no list here leads there."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:  # type: ignore[override]
        """The sections with what this person may see of them; of one application, Django's own list."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        there = {
            _label(model["model"]): {**model, "about": ABOUT.get(_label(model["model"]), "")}
            for application in super().get_app_list(request)
            for model in application["models"]
        }
        placed = [
            (section.slug, section.title, [there.pop(label) for label in section.lists if label in there])
            for section in SECTIONS
        ]
        if there:  # a new list is there before somebody gives it its place
            placed.append(("others", _("Otros"), list(there.values())))
        return [
            {"name": title, "app_label": slug, "app_url": "", "has_module_perms": True, "models": models}
            for slug, title, models in placed
            if models
        ]


def yes_or_no(value: bool | None) -> SafeString:
    """How a flag stands in a list and among what cannot be changed."""
    words = {True: _("Sí"), False: _("No")}
    look = "yes" if value else "no"
    return format_html('<span class="{}">{}</span>', look, words.get(value, "—") if value is not None else "—")


def _label(model: type[Model]) -> str:
    return str(model._meta.label_lower)
