"""How each step of the first day stands: one look at the rows, and what is there in a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent, DataPolicy, Role, Skill, User
from agents.people import to_be_admitted
from callcenter.health import SIGNS_STOP_AFTER
from callcenter.heartbeats import NAMES, is_recent, last_sign
from campaigns.models import CallingPolicy, CallingWindow, Campaign, ReportKind, ReportSource
from inbound.models import FlowVersion, ServiceLine
from inbound.outside.reaching import Mode, use_of
from notices.models import Notice, NoticeKind, Recipient
from service_level.models import Holiday, WorkingHours
from systems.registry import asked_cells
from telephony.link_ages import link_ages

AHEAD = timedelta(days=400)  # holidays are known for the year that comes
TWO = 2


@dataclass(frozen=True)
class Seen:
    """Whether what is there is enough, and what is there."""

    is_done: bool
    words: str


def administrators(*, now: datetime) -> Seen:
    there = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count()
    return Seen(
        there >= TWO, ngettext("Administra %(n)d persona.", "Administran %(n)d personas.", there) % {"n": there}
    )


def people(*, now: datetime) -> Seen:
    supervise = User.objects.filter(role=Role.SUPERVISOR, is_active=True).count()
    attend = Agent.objects.on_duty().count()
    called = set(
        Skill.objects.filter(agent__is_on_duty=True, agent__user__is_active=True).values_list("code", flat=True)
    )
    uncalled = sorted(set(Skill.objects.values_list("code", flat=True)) - called)
    words = [_("Supervisan %(supervise)d y atienden %(attend)d.") % {"supervise": supervise, "attend": attend}]
    waiting = to_be_admitted().count()
    if waiting:
        told = ngettext(
            "%(n)d agente espera que supervisión la ponga de turno, en «Personas».",
            "%(n)d agentes esperan que supervisión las ponga de turno, en «Personas».", waiting,
        )  # fmt: skip
        words.append(told % {"n": waiting})
    if attend and uncalled:
        words.append(_("Nadie llama la lista %(lists)s.") % {"lists": ", ".join(uncalled)})
    return Seen(bool(supervise and attend and not uncalled), " ".join(words))


def hours(*, now: datetime) -> Seen:
    work = len(set(WorkingHours.objects.values_list("weekday", flat=True)))
    call = len(set(CallingWindow.objects.values_list("weekday", flat=True)))
    today = timezone.localdate(now)
    next_one = Holiday.objects.filter(is_day_off=True, day__gte=today, day__lte=today + AHEAD).order_by("day").first()
    words = [
        ngettext("Se trabaja %(n)d día de la semana", "Se trabaja %(n)d días de la semana", work) % {"n": work},
        ngettext("se llama %(n)d.", "se llama %(n)d.", call) % {"n": call},
    ]
    feast = _("No hay ningún feriado por venir.")
    if next_one:
        feast = _("Próximo feriado: %(day)s, %(name)s.") % {
            "day": date_format(next_one.day, "j F"), "name": next_one.name
        }  # fmt: skip
    return Seen(bool(work and call and next_one), f"{', '.join(words)} {feast}")


def lines(*, now: datetime) -> Seen:
    has_one = Exists(FlowVersion.objects.filter(line=OuterRef("pk")))
    there = ServiceLine.objects.filter(is_active=True).annotate(has_flow=has_one).in_order()
    without = [line.number for line in there if not line.has_flow]  # type: ignore[attr-defined]
    count = len(there)
    words = ngettext("%(n)d línea activa.", "%(n)d líneas activas.", count) % {"n": count}
    if without:
        words += " " + _("Sin flujo: %(lines)s.") % {"lines": ", ".join(without)}
    return Seen(bool(count) and not without, words)


def ccvp(*, now: datetime) -> Seen:
    return _source(ReportKind.CCVP)


def recaudo(*, now: datetime) -> Seen:
    return _source(ReportKind.RECAUDO)


def _source(kind: ReportKind) -> Seen:
    there = list(ReportSource.objects.filter(kind=kind, is_active=True).order_by("pk"))
    if not there:
        return Seen(False, _("Ningún origen de este reporte está activo."))
    failing = [one for one in there if one.last_error]
    if failing:
        return Seen(False, _("La última vez no se pudo: %(error)s") % {"error": failing[0].last_error})
    looked = [one.last_looked_at for one in there if one.last_looked_at]
    if len(looked) < len(there):
        return Seen(False, _("Todavía no se miró: pruébelo, o espere a que el reloj lo mire."))
    return Seen(True, _("Se miró por última vez %(when)s.") % {"when": _moment(min(looked))})


def mail(*, now: datetime) -> Seen:
    named = Recipient.objects.filter(is_active=True).values("email").distinct().count()
    if named:
        who = ngettext("Se avisa a %(n)d dirección.", "Se avisa a %(n)d direcciones.", named) % {"n": named}
    else:
        who = _("Sin destinatarios nombrados, se avisa a quien supervisa y tiene correo.")
    last = Notice.objects.filter(kind=NoticeKind.TRIAL).order_by("-pk").first()
    if last is None:
        return Seen(
            False, _("%(who)s Sale por %(host)s: envíese una prueba.") % {"who": who, "host": settings.EMAIL_HOST}
        )
    told = {"who": who, "to": ", ".join(last.to), "state": last.get_state_display().lower(), "error": last.last_error}
    if last.state == Notice.State.SENT and last.sent_at:
        words = _("%(who)s La última prueba, a %(to)s, salió %(when)s.")
        return Seen(True, words % {**told, "when": _moment(last.sent_at)})
    if last.last_error:
        return Seen(False, _("%(who)s La última prueba, a %(to)s, está %(state)s: %(error)s") % told)
    return Seen(False, _("%(who)s La última prueba, a %(to)s, está %(state)s.") % told)


def policy(*, now: datetime) -> Seen:
    data, calls = DataPolicy.objects.in_force(), CallingPolicy.objects.in_force()
    words = _(
        "De una campaña cerrada se guardan %(campaign)d meses, de una atención %(calls)d. Una persona consulta"
        " %(minute)d clientes por minuto y %(day)d por día."
    )
    return Seen(True, words % {
        "campaign": calls.personal_data_months, "calls": data.months_of_calls,
        "minute": data.searches_a_minute, "day": data.searches_a_day,
    })  # fmt: skip


def switchboard(*, now: datetime) -> Seen:
    links = link_ages(now=now)
    if not links:
        return Seen(False, _("Ninguna central está en uso."))
    down = [one for one in links if not one.is_up]
    if down:
        return Seen(False, _("Sin enlace con %(name)s. %(why)s") % {"name": down[0].name, "why": down[0].why})
    return Seen(True, _("Enlazada: %(names)s.") % {"names": ", ".join(one.name for one in links)})


def systems(*, now: datetime) -> Seen:
    used = Counter(use_of(code).mode for code in asked_cells())
    words = ", ".join(f"{Mode(mode).label}: {count}" for mode, count in sorted(used.items()))
    return Seen(used[Mode.CONNECTED] > 0, _("Cómo se usan: %(modes)s.") % {"modes": words})


def clock(*, now: datetime) -> Seen:
    signs = {name: last_sign(name=name) for name in NAMES}
    silent = [name for name, sign in signs.items() if not is_recent(sign, within=SIGNS_STOP_AFTER, now=now)]
    if silent:
        return Seen(False, _("No dan señal de vida: %(names)s.") % {"names": ", ".join(silent)})
    return Seen(True, _("Todos dan señal de vida."))


def month(*, now: datetime) -> Seen:
    there = Campaign.objects.order_by("-period").first()
    if there is None:
        return Seen(False, _("Todavía no hay ningún mes: comienza con su reporte."))
    launched = Campaign.objects.filter(launched_at__isnull=False).exists()
    return Seen(launched, f"{there}: {there.get_state_display().lower()}.")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
