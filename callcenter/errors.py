"""Pages for what went wrong: what happened, what was kept, what to do, and a reference to tell.

None is wrapped in `requires_csrf_token`: it reads the whole body of what was just refused, to look for a token in it.
The token of the page's own forms comes from the cookie.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from agents.access import NotAdmittedYet
from api.told import problem_response

API = "/api/"  # below it programs ask, and pages answer nobody

log = structlog.get_logger(__name__)


def _page(
    request: HttpRequest, status: int, happened: str, kept: str, todo: str, *, is_for_now: bool = False
) -> HttpResponse:
    """`is_for_now`: the same page opens as soon as somebody else has done her part."""
    context: dict[str, Any] = {
        "is_for_now": is_for_now,
        "status": status,
        "happened": happened,
        "kept": kept,
        "todo": todo,
        "reference": getattr(request, "reference", ""),
    }
    if request.path.startswith(API):
        return problem_response(
            request, status, HTTPStatus(status).phrase.lower().replace(" ", "_"), f"{happened} {kept}"
        )
    if request.headers.get("HX-Request") == "true":
        return render(request, "errors/_error.html", context, status=status)
    return render(request, "errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        400,
        _("El pedido no se entiende."),
        _("No se cambió nada."),
        _("Vuelva a la página anterior y repita lo que hacía."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, NotAdmittedYet):
        todo, is_for_now = exception.todo, True
    else:
        todo = _("Si la necesita para su trabajo, pida a quien administra el centro que revise su función.")
        is_for_now = False
    happened = str(exception) or _("Esta página no es de su función.")
    return _page(request, 403, happened, _("No se cambió nada."), todo, is_for_now=is_for_now)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        404,
        _("Esa página no existe, o no es de su trabajo."),
        _("No se cambió nada."),
        _("Revise la dirección, o siga desde el menú."),
    )


def too_many(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        429,
        _("Hubo demasiados intentos seguidos."),
        _("No se cambió nada."),
        _("Espere unos minutos y vuelva a intentar."),
    )


def too_much(request: HttpRequest, why: str) -> HttpResponse:
    """More personal data was asked for than one person's work needs."""
    log.warning("too_much_asked_for")
    return _page(
        request,
        429,
        why,
        _("No se mostró ni se exportó nada; lo que tenía abierto sigue como estaba."),
        _("Quedó anotado. Si su trabajo lo necesita, quien administra el centro puede cambiar el límite."),
    )


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """More was sent than this address takes; none of it was read."""
    return _page(
        request,
        413,
        _("Lo que envió pasa de %(limit)d MB, lo máximo que se recibe aquí.") % {"limit": limit // 2**20},
        _("No se leyó ni se guardó nada."),
        _("Si es un reporte, quite las hojas y columnas que sobran, o guárdelo como CSV, y súbalo de nuevo."),
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form does not match: the page was open since before signing in again, or cookies are off."""
    log.warning("csrf_refused", reason=reason)
    return _page(
        request,
        403,
        _("La página estaba abierta desde antes de ingresar, y su formulario venció."),
        _("No se registró nada de este formulario."),
        _("Vuelva atrás, copie lo que escribió, recargue la página y regístrelo de nuevo."),
    )


def server_failed(request: HttpRequest) -> HttpResponse:
    """Something of ours broke. Drawn without the frame: the frame asks the database, which may be what broke."""
    context = {
        "status": 500,
        "happened": _("Algo falló en el sistema; no es por lo que usted hizo."),
        "kept": _("Lo que ya estaba registrado sigue registrado. Lo último que envió pudo no guardarse: revíselo."),
        "todo": _("Vuelva a intentar en un momento. Si se repite, avise a su supervisión con esta referencia."),
        "reference": getattr(request, "reference", ""),
    }
    if request.path.startswith(API):
        return problem_response(request, 500, "server_failed", f"{context['happened']} {context['kept']}")
    fragment = request.headers.get("HX-Request") == "true"
    template = "errors/_error.html" if fragment else "errors/error_alone.html"
    return HttpResponse(render_to_string(template, context), status=500)
