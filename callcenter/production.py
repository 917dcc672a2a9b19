"""What a production start refuses, one line each; `manage.py check --deploy` tells the same of a demo's settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core import checks

from systems.wire import papers_of

DEMO_SECRET_KEY = "demo-only-key-that-production-refuses-to-start-with"  # noqa: S105
MAIL_THAT_GOES_NOWHERE = ("filebased", "console", "locmem", "dummy")


def refusals(settings: Any) -> list[str]:
    """Each begins with the variable's name. `settings` has Django's attributes."""
    found = []
    if settings.SECRET_KEY == DEMO_SECRET_KEY or len(settings.SECRET_KEY) < 40:
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
    if not settings.RUNS_EMBEDDED:
        queue = urlsplit(settings.REDIS_URL)
        if queue.scheme != "unix" and not queue.password and not is_loopback(queue.hostname or ""):
            found.append("REDIS_URL: a queue on another machine needs a password: redis://:password@host:6379.")
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        found.append("METRICS_TOKEN: at least 20 characters, or leave it out.")
    for name, papers in (("SYSTEMS", {}), *settings.SYSTEM_PAPERS.items()):
        try:
            papers_of(settings.SYSTEMS_PAPERS, papers).context()
        except ValueError as unusable:
            of = name if name == "SYSTEMS" else f"SYSTEM_{name.upper()}"
            found.append(f"{of}_CERTIFICATE, _KEY, _AUTHORITIES: {unusable}.")
    return found


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
