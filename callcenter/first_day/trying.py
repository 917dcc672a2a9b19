"""Trying a step at once: asks what is outside, changes nothing there, and says what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from callcenter.switchboards import wanted_of
from campaigns.intake.fetching import settings_of
from campaigns.models import ReportKind, ReportSource, SeenFile
from campaigns.month.periods import period_of, write_period
from notices import mailing
from notices.models import NoticeKind
from systems.reports.places import in_words, newest_first
from systems.reports.sources import Found, SourceRefused, SourceUnavailable, look
from telephony.checking.findings import State
from telephony.checking.trying import Patience, check
from telephony.link_ages import link_ages
from telephony.models import Switchboard

PATIENCE = Patience(answer=4.0, hear=1.0)  # somebody looks at the page meanwhile


@dataclass(frozen=True)
class Tried:
    """One thing that was tried: `kind` is how it looks (ok, warn, bad, calm), `do` what to do about it."""

    kind: str
    words: str
    do: str = ""


def try_step(code: str, *, by: User, now: datetime) -> list[Tried]:
    """Raises LookupError for a step that is not tried. Outside of any transaction: it may ask over the network."""
    return _TRIES[code](by, now)


def _sources(kind: ReportKind, now: datetime) -> list[Tried]:
    there = list(ReportSource.objects.filter(kind=kind, is_active=True).order_by("name"))
    if not there:
        return [
            Tried("bad", _("Ningún origen de este reporte está activo."), _("Agréguelo en «Orígenes de reportes»."))
        ]
    return [tried for source in there for tried in _source(source, now)]


def _source(source: ReportSource, now: datetime) -> list[Tried]:
    month = write_period(period_of(timezone.localdate(now)))
    try:
        listing = look(settings_of(source), period=month)
    except (SourceUnavailable, SourceRefused) as error:
        return [Tried("bad", f"{source}: {error}", _("Corrija su dirección, su clave o su clave de servidor."))]
    left_out = in_words(newest_first(listing.left_out))
    return [_found(source, listing.files, month), *([Tried("warn", f"{source}: {left_out}")] if left_out else [])]


def _found(source: ReportSource, files: list[Found], month: str) -> Tried:
    known = SeenFile.objects.filter(source=source).count()
    said = {"source": source, "month": month, "known": known}
    if not files:
        words = _("%(source)s: responde, y no hay ningún archivo de %(month)s. Ya se conocen %(known)d.") % said
        return Tried("calm", words, _("Si ya debería estar, mire el patrón del nombre."))
    newest = files[-1]
    when = f" · {date_format(timezone.localtime(newest.modified), 'SHORT_DATETIME_FORMAT')}" if newest.modified else ""
    count = ngettext("%(n)d archivo", "%(n)d archivos", len(files)) % {"n": len(files)}
    words = _("%(source)s: responde, con %(count)s de %(month)s; el último, %(name)s.") % {
        **said, "count": count, "name": f"{newest.name}{when}"
    }  # fmt: skip
    return Tried("ok", words)


def _mail(by: User, now: datetime) -> list[Tried]:
    if not by.email:
        return [Tried("bad", _("Su cuenta no tiene correo."), _("Escríbalo en su cuenta, en «Personas» del admin."))]
    with transaction.atomic():
        mailing.owe(
            key=f"trial:{by.pk}:{now:%Y%m%d%H%M%S}", kind=NoticeKind.TRIAL, now=now, to=[by.email],
            subject=_("Prueba del correo de %(site)s") % {"site": settings.SITE_NAME},
            body=_("Si lee esto, el correo del centro sale. No hay nada que responder."),
        )  # fmt: skip
    said = {"host": settings.EMAIL_HOST, "to": by.email}
    return [Tried("calm", _("Queda por enviar a %(to)s, por %(host)s: en un minuto esta página dice si salió.") % said)]


def _switchboard(by: User, now: datetime) -> list[Tried]:
    boards = list(Switchboard.objects.in_use().order_by("name"))
    if not boards:
        return [Tried("bad", _("Ninguna central está en uso."), _("Agréguela en «Centrales» y márquela en uso."))]
    linked = {one.name for one in link_ages(now=now) if one.is_up}
    return [tried for board in boards for tried in _board(board, is_linked=board.name in linked)]


def _board(board: Switchboard, *, is_linked: bool) -> list[Tried]:
    wanted = wanted_of(board)
    if is_linked and not wanted.address.secret:  # it is given to the listener alone, which is as good
        words = _(
            "%(name)s: enlazada. La clave la tiene quien la escucha y esta página no: no se prueba más desde aquí."
        )
        do = _("Para probarla entera: manage.py check_switchboard, en el equipo de quien la escucha.")
        return [Tried("ok", words % {"name": board.name}, do)]
    looks = {State.OK: "ok", State.MISSING: "bad", State.UNKNOWN: "calm"}
    found = asyncio.run(check(wanted, clock=timezone.now, patience=PATIENCE))
    return [Tried(looks[one.state], f"{board.name}: {one.words}", one.do) for one in found]


_TRIES: dict[str, Callable[[User, datetime], list[Tried]]] = {
    "ccvp": lambda _by, now: _sources(ReportKind.CCVP, now),
    "recaudo": lambda _by, now: _sources(ReportKind.RECAUDO, now),
    "mail": _mail,
    "switchboard": _switchboard,
}
