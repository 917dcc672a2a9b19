"""Many names tried from one address: after so many only who is known there signs in there, until it has been quiet.

axes locks a name at an address; whoever tries one password with each name of a list is never locked by it. The floor
may have one address for everybody, so it is not closed: who signed in from there this month still does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.exceptions import AxesBackendPermissionDenied
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from agents.models import DataPolicy

KNOWN_FOR = timedelta(days=30)


def names_tried(*, now: datetime) -> dict[str, int]:
    """How many different names failed lately, by address."""
    failed = AccessAttempt.objects.filter(attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    rows = failed.exclude(ip_address=None).values("ip_address").annotate(names=Count("username", distinct=True))
    return {one["ip_address"]: one["names"] for one in rows}


def is_known(*, name: str, address: str, now: datetime) -> bool:
    """Whether somebody of this name signed in from there this month."""
    signed_in = AccessLog.objects.filter(attempt_time__gt=now - KNOWN_FOR, ip_address=address)
    return signed_in.filter(username__iexact=name).exists()


class KnownHereBackend:
    """Lets nobody in: it stops whoever is not known at an address from which many names are tried."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **_more: Any) -> None:
        address = get_client_ip_address(request) if request is not None else None
        if request is None or not address:
            return
        now = timezone.now()
        most = DataPolicy.objects.in_force().names_of_an_address
        if names_tried(now=now).get(address, 0) >= most and not is_known(name=username or "", address=address, now=now):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            raise AxesBackendPermissionDenied("many names are tried from this address")
