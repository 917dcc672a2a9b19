"""How programs are answered: what is unchanged is not sent again, and every refusal is a problem."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from api.problems import answers_for
from api.told import problem_response


def tells_its_methods(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the library refuses by itself is a problem too: a method an address does not take."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        response = view(request, *args, **more)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response["Allow"]
        problem = problem_response(
            request, 405, "method_not_allowed", _("Aquí se pide con %(how)s.") % {"how": allowed}
        )
        problem["Allow"] = allowed
        return problem

    return told


class Api(NinjaAPI):
    """A tag for what is read, and one shape for what is refused."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for kind, answer in answers_for().items():
            self.add_exception_handler(kind, answer)

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        if request.method != "GET" or response.status_code != 200:
            return response
        if "ETag" not in response:
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        told = get_conditional_response(request, response["ETag"], response=response)
        return told if isinstance(told, HttpResponse) else response
