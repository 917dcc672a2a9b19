"""The servers the house stands on: what they are, whether they answer, and as whom they are asked."""

from __future__ import annotations

import os
import re
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from redis import Redis

from agents.audit_check import owns_the_tables
from agents.hands import is_known, is_ours
from callcenter.clocks import clocks_differ_by
from callcenter.doctor.answers import Answer, Level, Questions, look_if, wrong_if
from callcenter.queue_rights import excess
from telephony.link_ages import link_ages

OLDEST_POSTGRESQL = 150_000
CLOCKS_DIFFER = 2.0  # seconds
PROXY_FILES = (Path("/etc/callcenter/web.conf"), Path("/etc/nginx/sites-enabled/callcenter"))
KEEPS = re.compile(r"""\bkeepalive\s+\d+\s*;|\bconnection\s+(?:""|'')\s*;""", re.IGNORECASE)
LONG = timedelta(minutes=10)  # of one transaction: it holds back what autovacuum clears
CROWDED = 0.8
_DATABASE = """
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
       pg_size_pretty(pg_database_size(current_database())), current_setting('max_connections')::int,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       (SELECT max(clock_timestamp() - xact_start) FROM pg_stat_activity WHERE datname = current_database())"""


def front_door(*, now: datetime) -> Iterator[Answer]:
    """Asked as people come in, through the proxy."""
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('livez')}"
    try:
        answer = httpx.get(address, timeout=5)
    except httpx.HTTPError as error:
        is_of_papers = "CERTIFICATE" in str(error).upper()
        seen = _("su certificado no vale para esta máquina") if is_of_papers else type(error).__name__
        yield Answer(address, seen, Level.LOOK if is_of_papers else Level.WRONG, _("El proxy, su certificado, el DNS."))
        return
    yield Answer(
        address, str(answer.status_code), wrong_if(answer.status_code != 200), "systemctl status 'callcenter-web@*'"
    )


def kept_connections(*, now: datetime) -> Iterator[Answer]:
    """A process takes few connections: those the proxy keeps take the places of people who wait."""
    for file in PROXY_FILES:
        if os.access(file, os.R_OK) and KEEPS.search(re.sub("#.*", "", file.read_text(errors="replace"))):
            words = _("guarda conexiones con las páginas: quien llega puede esperar")
            yield Answer(str(file), words, Level.LOOK, _("Sin «keepalive», y «proxy_set_header Connection close;»."))


def database(*, now: datetime) -> Iterator[Answer]:
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        number, version, size, most, used, longest = cursor.fetchone()
    is_old = number < OLDEST_POSTGRESQL
    yield Answer("PostgreSQL", f"{version} · {size}", wrong_if(is_old), _("Hace falta PostgreSQL 15 o más nuevo."))
    words = _("%(used)d de %(most)d") % {"used": used, "most": most}
    cure = _("Menos procesos, un DATABASE_POOL_SIZE menor o un repartidor de conexiones.")
    yield Answer(_("conexiones"), words, look_if(used > CROWDED * most), cure)
    if longest is not None and longest > LONG:
        words = _("una está abierta hace %(minutes)d min") % {"minutes": longest.total_seconds() // 60}
        yield Answer(_("transacciones"), words, Level.LOOK, "SELECT * FROM pg_stat_activity")


def its_clock(*, now: datetime) -> Iterator[Answer]:
    differs = clocks_differ_by()
    words = _("difiere %(seconds).1f s del de esta máquina") % {"seconds": differs}
    yield Answer(_("reloj de la base"), words, look_if(differs > CLOCKS_DIFFER), _("Póngalos en hora (chrony, NTP)."))


def its_user(*, now: datetime) -> Iterator[Answer]:
    owns = owns_the_tables(settings.DATABASE_WORKS_AS)
    words = _("es la dueña de la base") if owns else _("no es dueña de nada")
    level = look_if(owns and not settings.IS_DEMO)
    yield Answer(f"DATABASE_URL: {settings.DATABASE_WORKS_AS}", words, level, "manage.py make_roles")
    if not is_known():
        yield Answer(_("quién escribe"), _("no se distingue"), Level.LOOK, "manage.py know_hand")
        return
    ours = is_ours()
    words = _("se anota lo que no escribe la aplicación") if ours else _("lo de esta máquina cuenta como ajeno")
    yield Answer(_("quién escribe"), words, wrong_if(not ours), _("La misma SECRET_KEY en todas; manage.py know_hand."))


def migrations(*, now: datetime) -> Iterator[Answer]:
    executor = MigrationExecutor(connection)
    due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    words = ngettext("falta %(count)d", "faltan %(count)d", due) % {"count": due} if due else _("al día")
    yield Answer(_("migraciones"), words, wrong_if(bool(due)), "manage.py migrate")


def queue(*, now: datetime) -> Iterator[Answer]:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        waiting = {name: client.llen(name) for name in ("ticks", "jobs")}
        more = excess(client)
    yield Answer(_("cola"), ", ".join(f"{name}: {count}" for name, count in waiting.items()))
    if more and not settings.IS_DEMO:
        yield Answer(_("usuario de la cola"), _("puede más de lo que hace falta"), Level.LOOK, "manage.py queue_user")


def mail(*, now: datetime) -> Iterator[Answer]:
    if "smtp" not in settings.EMAIL_BACKEND:
        yield Answer(_("correo"), settings.EMAIL_BACKEND.split(".")[-2])
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as server:
            server.ehlo()
            is_bare = server.has_extn("starttls") and not settings.EMAIL_USE_TLS
    except (OSError, smtplib.SMTPException) as error:
        yield Answer(_("correo"), f"{where}: {type(error).__name__}", Level.WRONG, "EMAIL_HOST, EMAIL_PORT")
        return
    yield Answer(_("correo"), where, look_if(is_bare), "EMAIL_USE_TLS=true")


def switchboards(*, now: datetime) -> Iterator[Answer]:
    for link in link_ages(now=now):
        words = _("enlazada") if link.is_up else _("sin enlace: %(why)s") % {"why": link.why or "—"}
        if link.clock_ahead is not None:
            words += " · " + _("su reloj va %(seconds)+.1f s") % {"seconds": link.clock_ahead}
        named = _("central %(name)s") % {"name": link.name}
        yield Answer(named, words, wrong_if(not link.is_up), "manage.py check_switchboard")


QUESTIONS: Questions = (
    (gettext_lazy("entrada por el proxy"), front_door),
    (gettext_lazy("archivos del proxy"), kept_connections),
    (gettext_lazy("PostgreSQL"), database),
    (gettext_lazy("reloj de la base"), its_clock),
    (gettext_lazy("usuario de la base"), its_user),
    (gettext_lazy("migraciones"), migrations),
    (gettext_lazy("cola"), queue),
    (gettext_lazy("correo"), mail),
    (gettext_lazy("centrales telefónicas"), switchboards),
)
