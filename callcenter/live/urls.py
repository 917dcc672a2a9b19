"""Addresses of this program: the streams, and bare answers to everything else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from callcenter.live import streams
from callcenter.live.address import BOARDS, OWN

urlpatterns = [
    path(BOARDS.removeprefix("/"), streams.escalations, name="live_escalations"),
    path(OWN.removeprefix("/"), streams.own, name="live_own"),
]


def _bare(status: int) -> Callable[..., HttpResponse]:
    """Django's own answers are pages of the web, with what stands between it and its visitors."""

    def answer(_request: HttpRequest, *_more: Any, **_named: Any) -> HttpResponse:
        return HttpResponse(status=status, content_type="text/plain")

    return answer


handler400, handler403, handler404, handler500 = map(_bare, (400, 403, 404, 500))
