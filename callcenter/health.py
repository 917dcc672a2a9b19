"""What machines ask: is it alive, is it ready, and its figures. Anybody learns yes or no; details have a gate."""

from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from prometheus_client import CONTENT_TYPE_LATEST
from redis import Redis
from redis.exceptions import RedisError

from agents.strangers import untold_since
from callcenter.celery import app
from callcenter.heartbeats import CALLERS, NAMES, is_recent, last_sign, reader_told
from callcenter.metrics import figures
from callcenter.queue_rights import excess
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import standing_still
from campaigns.intake import fetching
from systems.reports.confined_here import confined_here, in_words
from systems.reports.confinement import ALL
from telephony.link_ages import LinkAge, link_ages
from telephony.queue_log import sources
from work.kinds import Kind, kinds
from work.sweeping import unattended_since

SIGNS_STOP_AFTER = timedelta(minutes=2)
JOBS_WAIT_AT_MOST = timedelta(minutes=10)
SOURCES_WAIT_AT_MOST = timedelta(minutes=15)
KEPT_FOR = 1.0  # seconds: whoever asks /readyz in a loop costs a look a second, not a look a question
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it holds, whether the service cannot be used without it, and what was seen."""

    name: str
    holds: bool
    vital: bool
    seen: str


def may_see_details(request: HttpRequest) -> bool:
    """Whoever asks from this machine itself (not through a proxy), or shows the token."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and secrets.compare_digest(bearer.encode(), settings.METRICS_TOKEN.encode()):
        return True
    if any(header in request.headers for header in PROXY_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else: a database that is down is no reason to restart the web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponseBase:
    """200 when people can work, 503 when they cannot; what lags behind is told, and is no reason to turn them away."""
    findings = _lately.findings(timezone.now())
    ready = all(finding.holds for finding in findings if finding.vital)
    body: dict[str, object] = {"ready": ready}
    if may_see_details(request):
        body["well"] = all(finding.holds for finding in findings)
        body["findings"] = {
            finding.name: {"holds": finding.holds, "vital": finding.vital, "seen": finding.seen} for finding in findings
        }
    return JsonResponse(body, status=200 if ready else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponseBase:
    """Prometheus' figures, behind the same gate."""
    if not may_see_details(request):
        return HttpResponse(status=404)
    now = timezone.now()
    found = [(finding.name, finding.holds) for finding in _lately.findings(now)]
    return HttpResponse(figures(findings=found, now=now), content_type=CONTENT_TYPE_LATEST)


def look(*, now: datetime) -> list[Finding]:
    """Look at everything the centre stands on."""
    ways: list[tuple[str, bool, Callable[[datetime], tuple[bool, str]]]] = [
        ("database", True, _database),
        ("cache", False, _cache),
        ("broker", False, _broker),
        ("switchboards", False, _switchboards),
        ("reader", False, _reader),
        ("strangers", False, _strangers),
        ("sources", False, _sources),
        ("callers", False, _callers),
        ("schedule", False, _schedule),
        *([] if settings.IS_DEMO else [("queue_user", False, _queue_user)]),
        *((f"oldest_{kind.name}", False, _oldest_of(kind)) for kind in kinds()),
    ]
    findings = [_found(name, vital, way, now) for name, vital, way in ways]
    for name in NAMES:
        findings.append(_found(name, False, _sign_of(name), now))
    return findings


class Lately:
    """What was found a moment ago. Each process looks for itself; who asks meanwhile waits for the same look."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._findings: list[Finding] = []
        self._looked = 0.0

    def findings(self, now: datetime) -> list[Finding]:
        with self._alone:
            if not self._findings or time.monotonic() - self._looked >= KEPT_FOR:
                self._findings, self._looked = look(now=now), time.monotonic()
                for finding in self._findings:
                    if not finding.holds:
                        log.warning("health", of=finding.name, seen=finding.seen)
            return self._findings

    def forget(self) -> None:
        self._findings = []


_lately = Lately()


def _found(name: str, vital: bool, way: Callable[[datetime], tuple[bool, str]], now: datetime) -> Finding:
    try:
        holds, seen = way(now)
    except Exception as error:  # whatever it is: what cannot be looked at does not keep the others from being told
        if not isinstance(error, (DatabaseError, RedisError, OperationalError, OSError)):
            log.exception("health", of=name)
        holds, seen = False, type(error).__name__
    return Finding(name, holds, vital, seen)


def _database(now: datetime) -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True, "answers"


def _cache(now: datetime) -> tuple[bool, str]:
    cache.set("health", now.isoformat(), 60)
    return cache.get("health") is not None, "answers"


def _broker(now: datetime) -> tuple[bool, str]:
    with app.connection_for_write() as connection:
        connection.default_channel  # noqa: B018  # opening it asks the broker
    return True, "answers"


def _queue_user(now: datetime) -> tuple[bool, str]:
    """Of production: a server that is asked as who may do anything there is lost with the password of the house."""
    with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        found = excess(client)
    return not found, f"may do more than it needs: {', '.join(found)}" if found else "may do what it needs"


def _switchboards(now: datetime) -> tuple[bool, str]:
    """Without a link agents dial by hand: it turns nobody away."""
    ages = link_ages(now=now)
    return all(link.is_up for link in ages), "; ".join(map(_link_in_words, ages)) or "none in use"


def _reader(now: datetime) -> tuple[bool, str]:
    """Of strangers' files: as the worker that reads them tells it, and until one did as it is on this machine."""
    told = reader_told()
    out_of_reach = confined_here() if told is None else told
    return {*ALL} <= {*out_of_reach}, in_words(out_of_reach)


def _strangers(now: datetime) -> tuple[bool, str]:
    """Of the rows no process of ours wrote: who answers for the centre was told, and is not kept from it by a lock."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            since = untold_since(now=now)
    except DatabaseError as error:  # so may be whoever tells of them
        return False, f"perhaps not told: {type(error).__name__}"
    return since is None, f"not told since {since.isoformat()}" if since else "told"


def _sources(now: datetime) -> tuple[bool, str]:
    """Of reports and of queue_log: the clock looks at each, and nobody keeps it from that without a word."""
    last = {**fetching.looked_at(), **sources.looked_at()}
    late = [
        f"{name}: not looked at {f'since {at.isoformat()}' if at else 'yet'}"
        for name, at in last.items()
        if at is None or now - at > SOURCES_WAIT_AT_MOST
    ]
    return not late, "; ".join(late) or ("looked at" if last else "none in use")


def _callers(now: datetime) -> tuple[bool, str]:
    """Of who was not answered: somebody looks for them, and is not kept from it by a lock."""
    sign = last_sign(name=CALLERS)
    if sign is None:
        return False, "not looked for yet"
    return is_recent(sign, within=SOURCES_WAIT_AT_MOST, now=now), f"looked for {sign.isoformat()}"


def _schedule(now: datetime) -> tuple[bool, str]:
    """Of the clock: whoever switches part of it off, in the admin or behind it, is not the only one to know."""
    off = standing_still(ticks=SCHEDULE, now=now)
    return not off, f"standing still: {', '.join(off)}" if off else "ticks"


def _link_in_words(link: LinkAge) -> str:
    stands = "linked" if link.is_up else "not linked"
    since = f" since {link.since.isoformat()}" if link.since else ""
    return f"{link.name}: {stands}{since}{f' ({link.why})' if link.why and not link.is_up else ''}"


def _oldest_of(kind: Kind[Any]) -> Callable[[datetime], tuple[bool, str]]:
    """Since it is owed: while the mail server is down, when to try next lies always ahead."""
    return lambda now: _waited(unattended_since(kind.model, now=now), now)


def _waited(since: datetime | None, now: datetime) -> tuple[bool, str]:
    if since is None or since > now:
        return True, "nothing waits"
    return now - since <= JOBS_WAIT_AT_MOST, f"waits since {since.isoformat()}"


def _sign_of(name: str) -> Callable[[datetime], tuple[bool, str]]:
    def way(now: datetime) -> tuple[bool, str]:
        sign = last_sign(name=name)
        seen = f"last seen {sign.isoformat()}" if sign else "never seen"
        return is_recent(sign, within=SIGNS_STOP_AFTER, now=now), seen

    return way
