"""The program, its settings and the machine it runs on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import django
import psutil
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.backup.files import the_files, whereabouts
from callcenter.backup.last_one import last_backup
from callcenter.doctor.answers import Answer, Level, Questions, ago, look_if, wrong_if
from callcenter.production import refusals

GB = 2**30
ROOM, LITTLE_ROOM = 10, 1  # GB free below which it is worth a look, and below which work stops
CROWDED = 90  # of a hundred parts of the memory
BACKUP_EACH = timedelta(days=2)


def versions(*, now: datetime) -> Iterator[Answer]:
    changes = (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (.+)$", changes, re.MULTILINE)
    yield Answer(_("versión"), settings.RELEASE or (newest[1] if newest else "?"))
    yield Answer("Python, Django", f"{platform.python_version()}, {django.get_version()} · {platform.platform()}")


def the_settings(*, now: datetime) -> Iterator[Answer]:
    if settings.IS_DEMO:
        yield Answer("CALLCENTER_ENV", "demo", Level.LOOK, _("Para un centro: CALLCENTER_ENV=production."))
        return
    for line in refusals(settings):
        yield Answer("CALLCENTER_ENV", line, Level.WRONG)
    without = ", ".join(settings.PRODUCTION_WITHOUT)
    yield Answer("CALLCENTER_ENV", "production" + (f", PRODUCTION_WITHOUT={without}" if without else ""))
    written = settings.BASE_DIR / ".env"
    if written.exists() and stat.S_IMODE(written.stat().st_mode) & 0o007:
        yield Answer(".env", _("lo leen otros usuarios de la máquina"), Level.LOOK, "chmod o= .env")


def room(*, now: datetime) -> Iterator[Answer]:
    home = settings.CALLCENTER_HOME
    disk = shutil.disk_usage(home)
    free = disk.free / GB
    words = _("%(free).1f GB libres de %(all).1f en %(home)s") % {"free": free, "all": disk.total / GB, "home": home}
    level = Level.WRONG if free < LITTLE_ROOM else look_if(free < ROOM)
    yield Answer(_("disco"), words, level, _("Haga lugar: sin él no entra un reporte ni se sella un mes."))
    if not os.access(home, os.W_OK):
        yield Answer(_("disco"), _("no se puede escribir en %(home)s") % {"home": home}, Level.WRONG)


def files(*, now: datetime) -> Iterator[Answer]:
    where = the_files()
    if isinstance(where, FileSystemStorage):  # the room for them is told above
        yield Answer(_("archivos"), whereabouts(where))
        return
    began = time.perf_counter()
    where.exists("doctor")  # what it does not answer is told as what it is
    words = _("%(where)s respondió en %(ms).0f ms") % {
        "where": whereabouts(where), "ms": (time.perf_counter() - began) * 1000
    }  # fmt: skip
    yield Answer(_("archivos"), words)


def strength(*, now: datetime) -> Iterator[Answer]:
    memory = psutil.virtual_memory()
    words = _("%(free).1f GB libres de %(all).1f, %(cores)s núcleos, carga %(load).1f") % {
        "free": memory.available / GB, "all": memory.total / GB, "cores": os.cpu_count(), "load": os.getloadavg()[0],
    }  # fmt: skip
    yield Answer(_("memoria"), words, look_if(memory.percent > CROWDED))


def pages(*, now: datetime) -> Iterator[Answer]:
    if settings.STATIC_ROOT is None:
        return
    can_be_read = os.access(settings.STATIC_ROOT / "staticfiles.json", os.R_OK)
    words = _("reunidos") if can_be_read else _("no se reunieron, o este usuario no los lee")
    yield Answer(_("estilos y guiones"), words, wrong_if(not can_be_read), "manage.py collectstatic")


def manual(*, now: datetime) -> Iterator[Answer]:
    is_made = (settings.MANUAL / "es" / "pages.json").exists()
    words = _("está") if is_made else _("no se hizo: la ayuda de las páginas no lleva a ninguna parte")
    yield Answer(_("manual"), words, look_if(not is_made), "make manual")


def backup(*, now: datetime) -> Iterator[Answer]:
    last = last_backup()
    is_late = not settings.IS_DEMO and (last is None or now - last > BACKUP_EACH)
    yield Answer(_("última copia desde esta máquina"), ago(last, now=now), look_if(is_late), "manage.py backup")


QUESTIONS: Questions = (
    (gettext_lazy("versión"), versions),
    (gettext_lazy("configuración"), the_settings),
    (gettext_lazy("disco"), room),
    (gettext_lazy("archivos"), files),
    (gettext_lazy("memoria"), strength),
    (gettext_lazy("estilos y guiones"), pages),
    (gettext_lazy("manual"), manual),
    (gettext_lazy("última copia desde esta máquina"), backup),
)
