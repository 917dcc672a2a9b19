"""Whether the centre's work goes on: who gives a sign of life, what stands still, what was never set up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agents.models import Role, User
from callcenter.doctor.answers import Answer, Level, Questions, ago, look_if, wrong_if
from callcenter.health import SIGNS_STOP_AFTER, SOURCES_WAIT_AT_MOST
from callcenter.heartbeats import NAMES, is_recent, last_sign
from callcenter.retention import keeps_each_from
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import standing_still
from campaigns.models import ReportKind, ReportSource
from escalations.models import Escalation
from inbound.anonymising import FINISHED
from inbound.models import FlowVersion, OutsideWrite, ServiceLine
from inbound.outside.reaching import Mode, use_of
from service_level.models import Holiday, WorkingHours
from systems.registry import asked_cells
from work.overview import all_kinds

LATE = timedelta(minutes=10)
AT_LEAST = 2  # who administer: what gives power over others takes two


def processes(*, now: datetime) -> Iterator[Answer]:
    for name in NAMES:
        sign = last_sign(name=name)
        is_silent = not is_recent(sign, within=SIGNS_STOP_AFTER, now=now)
        yield Answer(name, ago(sign, now=now), wrong_if(is_silent), _("Arranque ese proceso; no se perdió nada."))


def clock(*, now: datetime) -> Iterator[Answer]:
    off = standing_still(ticks=SCHEDULE, now=now)
    words = ngettext("apagada: %(names)s", "apagadas: %(names)s", len(off)) % {"names": ", ".join(off)}
    seen = words if off else _("todas encendidas")
    yield Answer(_("tareas del reloj"), seen, look_if(bool(off)), _("Tareas periódicas, en el admin."))


def owed(*, now: datetime) -> Iterator[Answer]:
    for one in all_kinds(now=now):
        counted = {"waiting": one.waiting, "held": one.held, "parked": one.parked}
        words = _("%(waiting)d esperan, %(held)d por decidir, %(parked)d detenidos") % counted
        if one.since is not None:
            words += " · " + _("el más viejo %(ago)s") % {"ago": ago(one.since, now=now)}
        is_late = one.since is not None and now - one.since > LATE
        level = Level.WRONG if is_late else look_if(one.parked > 0 or one.held > 0)
        yield Answer(str(one.kind.words), words, level, _("Vea «Trabajo pendiente»."))


def sources(*, now: datetime) -> Iterator[Answer]:
    """What failed is told on its page: it may name somebody."""
    there = list(ReportSource.objects.filter(is_active=True).order_by("pk"))
    for kind in ReportKind:
        if kind not in {one.kind for one in there}:
            yield Answer(
                str(kind.label), _("ningún origen activo"), Level.LOOK, _("Orígenes de reportes, en el admin.")
            )
    for one in there:
        words = _("se miró %(ago)s") % {"ago": ago(one.last_looked_at, now=now)}
        named = f"{one.get_kind_display()} #{one.pk}"
        is_late = not is_recent(one.last_looked_at, within=SOURCES_WAIT_AT_MOST, now=now)
        cure = _("Nadie lo mira: arranque callcenter-ticks y callcenter-jobs, y vea sus registros.")
        if one.last_error:
            cure = _("Falló: su página en el admin dice por qué.")
        yield Answer(named, words, wrong_if(bool(one.last_error) or is_late), cure)


def systems(*, now: datetime) -> Iterator[Answer]:
    used = Counter(use_of(code).mode for code in asked_cells())
    said = ", ".join(f"{Mode(mode).label}: {count}" for mode, count in sorted(used.items()))
    yield Answer(
        _("otros sistemas"), said, look_if(not used[Mode.CONNECTED]), _("Sin SYSTEMS_URL todo se atiende a mano.")
    )


def people(*, now: datetime) -> Iterator[Answer]:
    active = Counter(User.objects.filter(is_active=True).values_list("role", flat=True))
    said = ", ".join(f"{Role(role).label}: {count}" for role, count in sorted(active.items())) or _("ninguna")
    level = look_if(active[Role.ADMINISTRATOR] < AT_LEAST)
    yield Answer(_("cuentas activas"), said, level, _("Administran dos al menos: manage.py createsuperuser."))


def set_up(*, now: datetime) -> Iterator[Answer]:
    published = set(FlowVersion.objects.values_list("line", flat=True))
    without = [one.number for one in ServiceLine.objects.order_by("position") if one.pk not in published]
    if without:
        yield Answer(_("líneas sin flujo"), ", ".join(without), Level.LOOK, "manage.py publish_flows")
    if not WorkingHours.objects.exists():
        yield Answer(_("horario del centro"), _("no está puesto"), Level.LOOK, _("Horarios, en el admin."))
    if not Holiday.objects.filter(day__year=now.year).exists():
        of_year = _("feriados de %(year)d") % {"year": now.year}
        yield Answer(of_year, _("ninguno"), Level.LOOK, f"manage.py seed_holidays {now.year}")


def personal_data(*, now: datetime) -> Iterator[Answer]:
    """What is older than the policy keeps and stays, because somebody has still to see to it."""
    before = keeps_each_from(now=now)["calls"]
    cards = Escalation.objects.open().filter(raised_at__lt=before).count()
    writes = OutsideWrite.objects.exclude(state__in=FINISHED).filter(walk__began_at__lt=before).count()
    for words, count, cure in (
        (_("derivaciones abiertas"), cards, _("Guardan de quién son hasta que alguien las cierre.")),
        (_("operaciones sin resolver"), writes, _("Su llamada guarda de quién es hasta que alguien las resuelva.")),
    ):
        seen = _("%(n)d de antes de lo que se guarda") % {"n": count}
        yield Answer(words, seen, look_if(count > 0), cure)


QUESTIONS: Questions = (
    (gettext_lazy("procesos"), processes),
    (gettext_lazy("tareas del reloj"), clock),
    (gettext_lazy("trabajo pendiente"), owed),
    (gettext_lazy("orígenes de reportes"), sources),
    (gettext_lazy("sistemas externos"), systems),
    (gettext_lazy("personas"), people),
    (gettext_lazy("datos personales"), personal_data),
    (gettext_lazy("configuración del centro"), set_up),
)
