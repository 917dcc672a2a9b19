"""What went wrong, as RFC 9457 says it: one shape for every refusal, with a sentence a person can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from agents.searching import TooMuch
from api.told import problem_response
from campaigns.calling.rules import CallRefused
from campaigns.desk.answers import ResultRefused
from campaigns.desk.results import StaleResult
from campaigns.intake.receiving import FileRefused, NotKept
from escalations.lifecycle import EscalationRefused

REFUSALS = (ResultRefused, StaleResult, CallRefused, EscalationRefused)  # of a verb: what was sent is understood


class Problem(Exception):
    """A refusal. `code` names it for programs, `errors` is a sentence for each field."""

    def __init__(
        self, status: int, code: str, detail: str, *, errors: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors, self.headers = status, code, detail, errors, headers or {}


def problem_of(error: Exception) -> Problem:
    """What is told of an exception of ours or of the library's."""
    match error:
        case Problem():
            return error
        case AuthenticationError():
            told = _("Falta el token: Authorization: Bearer …")
            return Problem(401, "no_token", told, headers={"WWW-Authenticate": "Bearer"})
        case ValidationError():
            return Problem(422, "not_valid", _("Lo enviado no tiene la forma pedida."), errors=_places(error.errors))
        case ResultRefused():
            return Problem(422, "answers_missing", str(error), errors=error.errors)
        case StaleResult():
            return Problem(409, "reservation_over", str(error))
        case CallRefused():
            reasons = [{"code": reason.code, "sentence": reason.sentence} for reason in error.reasons]
            return Problem(409, "not_to_be_called", str(error), errors=reasons)
        case EscalationRefused():
            return Problem(409, "card_refused", str(error))
        case FileRefused():
            return Problem(422, "file_refused", str(error))
        case NotKept():
            return Problem(507, "no_room", str(error)) if error.is_full else Problem(503, "not_kept", str(error))
        case TooMuch():
            return Problem(429, "too_much", str(error), headers={"Retry-After": "60"})
        case PermissionDenied():
            return Problem(403, "not_yours", str(error) or _("No es de la función de la persona del token."))
        case Http404():
            return Problem(404, "not_found", _("No existe, o no es del trabajo de la persona del token."))
        case HttpError():
            return Problem(error.status_code, "not_understood", _("El pedido no se entiende: %(why)s") % {"why": error})
    raise error


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Of any of them, the response."""
    told = problem_of(error)
    response = problem_response(request, told.status, told.code, told.detail, errors=told.errors)
    for name, value in told.headers.items():
        response[name] = value
    return response


def answers_for() -> Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]:
    kinds = (Problem, AuthenticationError, ValidationError, HttpError, Http404, PermissionDenied, TooMuch)
    return dict.fromkeys((*kinds, *REFUSALS, FileRefused, NotKept), answer)


def _places(errors: Any) -> list[dict[str, str]]:
    """Where and what, without what was sent: it may be somebody's name."""
    told = []
    for one in errors:
        if "loc" in one:
            told.append({"where": ".".join(map(str, one["loc"])), "what": str(one.get("msg", one.get("type", "")))})
        else:
            told += [{"where": str(name), "what": str(what)} for name, what in one.items()]
    return told
