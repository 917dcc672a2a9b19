"""What a production start refuses, one line each; `manage.py check --deploy` tells the same of a demo's settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.conf import settings as django_settings
from django.core import checks

from systems.wire import papers_of

DEMO_SECRET_KEY = "demo-only-key-that-production-refuses-to-start-with"  # noqa: S105
SHORTEST_SECRET, FEWEST_LETTERS = 40, 10
OF_THE_EXAMPLE = "password"  # noqa: S105  # as `.env.example` writes one
DEFENCES = (
    "second-factor",
    "https",
    "database-tls",
    "queue-tls",
    "systems-tls",
    "files-tls",
    "database-roles",
)  # a site may do without, and says
VERIFIED = "verify-full"  # by PostgreSQL's client: the authority, and that it is of this name
MAIL_THAT_GOES_NOWHERE = ("filebased", "console", "locmem", "dummy")


def refusals(settings: Any) -> list[str]:
    """Each begins with the variable's name. `settings` has Django's attributes."""
    found = []
    if settings.SECRET_KEY == DEMO_SECRET_KEY or not is_a_secret(settings.SECRET_KEY):
        found.append("SECRET_KEY: production needs a secret of its own of at least 40 characters.")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append("ALLOWED_HOSTS: production needs the names it is reached by, separated by commas.")
    if settings.DEBUG:
        found.append("DEBUG: its pages show settings and data; production never runs with it.")
    if any(kind in settings.EMAIL_BACKEND for kind in MAIL_THAT_GOES_NOWHERE):
        found.append("EMAIL_BACKEND: this one mails nobody; leave it out for SMTP, and name the server in EMAIL_HOST.")
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme not in ("http", "https") or not public.hostname or is_loopback(public.hostname):
        found.append("PUBLIC_URL: mails lead people there: production needs the address they reach it by.")
    elif settings.BEHIND_HTTPS and public.scheme != "https":
        found.append("PUBLIC_URL: behind https it begins with https://.")
    if not settings.FACTOR_KEYS or not all(map(is_a_secret, settings.FACTOR_KEYS)):
        found.append("FACTOR_KEYS: production needs keys of its own of at least 40 characters, the newest first.")
    if wrong := sorted({*settings.TOTP_NOT_FOR} - {"agent", "supervisor", "auditor"}):
        found.append(f"TOTP_NOT_FOR: agent, supervisor or auditor, not {', '.join(wrong)}.")
    found += [line for name, line in _missing_defences(settings) if name not in settings.PRODUCTION_WITHOUT]
    if wrong := sorted({*settings.PRODUCTION_WITHOUT} - {*DEFENCES}):
        found.append(f"PRODUCTION_WITHOUT: {', '.join(DEFENCES)}, not {', '.join(wrong)}.")
    if not settings.RUNS_EMBEDDED:
        found += _of_servers(settings)
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        found.append("METRICS_TOKEN: at least 20 characters, or leave it out.")
    for name, papers in (("SYSTEMS", {}), *settings.SYSTEM_PAPERS.items()):
        try:
            papers_of(settings.SYSTEMS_PAPERS, papers).context()
        except ValueError as unusable:
            of = name if name == "SYSTEMS" else f"SYSTEM_{name.upper()}"
            found.append(f"{of}_CERTIFICATE, _KEY, _AUTHORITIES: {unusable}.")
    return found


def is_a_secret(text: str) -> bool:
    """Long enough, and not one key that was held down."""
    return len(text) >= SHORTEST_SECRET and len({*text}) >= FEWEST_LETTERS


def _missing_defences(settings: Any) -> Iterator[tuple[str, str]]:
    """What production is without, each with the line that says how to have it or to say that it is meant."""
    if not settings.TOTP_REQUIRED:
        yield "second-factor", "TOTP_REQUIRED: leave it out, or name second-factor in PRODUCTION_WITHOUT."
    if not settings.BEHIND_HTTPS:
        yield "https", "BEHIND_HTTPS: leave it out, or name https in PRODUCTION_WITHOUT."
    if plain := sorted(filter(_is_plain_and_elsewhere, (settings.SYSTEMS_URL, *settings.SYSTEM_URLS.values()))):
        told = f"SYSTEMS_URL, SYSTEM_URLS: {', '.join(plain)} is asked about customers without TLS: https://…;"
        yield "systems-tls", f"{told} or name systems-tls in PRODUCTION_WITHOUT."
    if _is_plain_and_elsewhere(settings.FILES_URL):
        yield (
            "files-tls",
            "FILES_URL: reports go there without TLS: https://…; or name files-tls in PRODUCTION_WITHOUT.",
        )
    if settings.RUNS_EMBEDDED:
        return
    for name, database in settings.DATABASES.items():
        if _database_is_elsewhere(database) and database["OPTIONS"].get("sslmode") != VERIFIED:
            of = "DATABASE_URL" if name == "default" else f"DATABASE_{name.upper()}_URL"
            yield (
                "database-tls",
                (
                    f"{of}: a database on another machine is talked to by TLS, and known: ?sslmode=verify-full"
                    "&sslrootcert=…; or name database-tls in PRODUCTION_WITHOUT."
                ),
            )
    queue = urlsplit(settings.REDIS_URL)
    if queue.scheme != "rediss" and _queue_is_elsewhere(queue):
        yield (
            "queue-tls",
            (
                "REDIS_URL: a queue on another machine is talked to by TLS, and known: rediss://…?ssl_cert_reqs=required"
                "&ssl_ca_certs=…; or name queue-tls in PRODUCTION_WITHOUT."
            ),
        )
    if queue.scheme == "rediss" and not _knows_who_answers(queue.query):
        yield (
            "queue-tls",
            (
                "REDIS_URL: ?ssl_cert_reqs=required, once, and its name looked at, say who answers; or name queue-tls"
                " in PRODUCTION_WITHOUT."
            ),
        )


def _of_servers(settings: Any) -> Iterator[str]:
    database, queue = settings.DATABASES["default"], urlsplit(settings.REDIS_URL)
    if _database_is_elsewhere(database) and not database["PASSWORD"]:
        yield "DATABASE_URL: a database on another machine needs a password."
    if not queue.password and _queue_is_elsewhere(queue):
        yield "REDIS_URL: a queue on another machine needs a password: rediss://callcenter:…@host:6379."
    for name, password in (("DATABASE_URL", database["PASSWORD"]), ("REDIS_URL", queue.password)):
        if password == OF_THE_EXAMPLE:
            yield f"{name}: its password is the example's."


def _is_plain_and_elsewhere(address: str) -> bool:
    told = urlsplit(address)
    return told.scheme == "http" and _is_elsewhere(told.hostname or "")


def _database_is_elsewhere(database: Any) -> bool:
    """Whether any of the hosts it may be looked for at is another machine; a service's stand in a file of its own."""
    options = database["OPTIONS"]
    told = [database["HOST"], options.get("host", ""), options.get("hostaddr", "")]
    return "service" in options or any(_is_elsewhere(host) for hosts in told for host in hosts.split(","))


def _queue_is_elsewhere(queue: SplitResult) -> bool:
    if queue.scheme == "unix":
        return False
    return _is_elsewhere(queue.hostname or "") or _is_elsewhere(dict(parse_qsl(queue.query)).get("host", ""))


def _knows_who_answers(query: str) -> bool:
    """Of the query of a rediss address. Of two words about one thing Celery takes the last and the cache the first."""
    told = parse_qsl(query)
    wanted = [value for name, value in told if name == "ssl_cert_reqs"]
    looks = {value.lower() for name, value in told if name == "ssl_check_hostname"} <= {"true", "1", "yes"}
    return wanted == ["required"] and looks and "ssl_exclude_verify_flags" not in dict(told)


def _is_elsewhere(host: str) -> bool:
    return bool(host) and not host.startswith("/") and not is_loopback(host)


def not_addresses(names: Sequence[str]) -> list[str]:
    """Those that are neither an address nor a network smaller than the whole internet."""
    wrong = []
    for name in names:
        try:
            if ipaddress.ip_network(name).prefixlen == 0:
                wrong.append(name)
        except ValueError:
            wrong.append(name)
    return wrong


def is_loopback(host: str) -> bool:
    """Whether a name or an address is of this machine only."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


@checks.register(checks.Tags.security, deploy=True)
def what_production_refuses(app_configs: Any, **_more: Any) -> list[checks.CheckMessage]:
    """The same lines for `check --deploy`."""
    numbered = enumerate(refusals(django_settings), start=1)
    return [checks.Error(line, id=f"callcenter.E{number:03}") for number, line in numbered]
