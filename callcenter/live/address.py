"""Where the stream of changes is, as a page sees it.

Behind a proxy it is an address of the same origin. `manage.py run` has no proxy: there it is the page's own host name
on another port, which is the same *site*, so the session's cookie goes along.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

BOARDS, OWN = "/live/escalations/", "/live/own/"
DEFAULT_PORTS = {"http": 80, "https": 443}


def stream_of(request: HttpRequest, path: str) -> str:
    """The address of one of the streams for the page of this request."""
    return f"{origin_of_the_stream(request)}{path}"


def origin_of_the_stream(request: HttpRequest) -> str:
    """The stream's origin when it is not the page's; else empty."""
    return _on_port(request, settings.LIVE_PORT) if settings.LIVE_PORT else ""


def origin_of_the_web(request: HttpRequest) -> str:
    """Asked of the stream: the one origin whose pages may read it."""
    return _on_port(request, settings.WEB_PORT)


def _on_port(request: HttpRequest, port: int) -> str:
    """`port` on the host name of this request; 0: the port it was asked on."""
    scheme = "https" if settings.BEHIND_HTTPS else "http"
    host = request.get_host()
    if port:
        host = split_domain_port(host)[0]
        host += f":{port}" if port != DEFAULT_PORTS[scheme] else ""
    return f"{scheme}://{host}"
