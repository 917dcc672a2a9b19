"""Addresses of this program: the stream, and bare answers to everything else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from callcenter.live import streams
from callcenter.live.address import PATH

urlpatterns = [path(PATH.removeprefix("/"), streams.escalations, name="live_escalations")]


def bad_request(request: HttpRequest, *_more: Any, **_named: Any) -> HttpResponse:
    return HttpResponse(status=400, content_type="text/plain")


def forbidden(request: HttpRequest, *_more: Any, **_named: Any) -> HttpResponse:
    return HttpResponse(status=403, content_type="text/plain")


def not_found(request: HttpRequest, *_more: Any, **_named: Any) -> HttpResponse:
    return HttpResponse(status=404, content_type="text/plain")


def failed(request: HttpRequest, *_more: Any, **_named: Any) -> HttpResponse:
    return HttpResponse(status=500, content_type="text/plain")


handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, failed
