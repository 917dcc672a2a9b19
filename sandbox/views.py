"""The doors of the sandbox: one for all operations, and those of the book and the knobs."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from sandbox import book, knobs
from sandbox.bodies import read_body
from sandbox.models import Knob
from sandbox.operations import ON_THE_WORD_OF, SYSTEMS, Operation
from sandbox.refusals import Refused, unknown

TOO_LATE = 12.0  # seconds after which nobody waits any more: a centre does for ten at most
SOMETHING_ELSE = {"resultado": "OK", "datos": [["A", 1], ["B", 2]]}
KEY = re.compile(r"[\x21-\x7e]{1,200}")

Door = Callable[..., JsonResponse]


def door(*methods: str, is_open: bool = False) -> Callable[[Door], Door]:
    """JSON out whatever happens; nobody in with another method or without the token, when there is one."""

    def fit(answer: Door) -> Door:
        @csrf_exempt  # no cookie opens these
        @wraps(answer)
        def fitted(request: HttpRequest, **more: Any) -> JsonResponse:
            if request.method not in methods:
                refused = _refusal("Ese método no se atiende.", 405)
                refused["Allow"] = ", ".join(methods)
                return refused
            if settings.TOKEN and not is_open and not _has_token(request):
                return _refusal("Falta el permiso.", 401)
            try:
                return answer(request, **more)
            except Refused as refusal:
                return _refusal(refusal.sentence, refusal.status)
            except RequestDataTooBig:
                return _refusal("Lo enviado es demasiado grande.", 413)

        return fitted

    return fit


@door("POST")
def operate(request: HttpRequest, *, operation: Operation) -> JsonResponse:
    """One operation, as the knob of its system lets it."""
    if request.content_type != "application/json":
        raise Refused("Se espera application/json.", status=415)
    knob = knobs.knob_of(system=operation.system)
    _wait(knob.latency_ms / 1000)
    if knob.mode == Knob.Mode.DOWN:
        return _refusal("El sistema está caído.", 503)
    body = read_body(request.body, operation.fields)
    answer = _write(request, operation, body) if operation.writes else _read(operation, body)
    if knob.mode == Knob.Mode.WRONG:
        answer = SOMETHING_ELSE
    elif knob.mode == Knob.Mode.TIMED_OUT_AFTER_DOING:
        _wait(TOO_LATE)
    return JsonResponse(answer, status=201 if operation.writes else 200)


@door("GET")
def was_done(request: HttpRequest, *, system: str, key: str) -> JsonResponse:
    """Whether a write with this key is in the book of the system."""
    if not KEY.fullmatch(key):
        raise unknown("Esa clave no tiene la forma de una.")
    knob = knobs.knob_of(system=system)
    _wait(knob.latency_ms / 1000)
    if knob.mode == Knob.Mode.DOWN:
        return _refusal("El sistema está caído.", 503)
    if knob.mode == Knob.Mode.WRONG:
        return JsonResponse(SOMETHING_ELSE)
    deed = next((one for one in book.told(key=key, system=system) if one["reference"]), None)
    return JsonResponse({"done": True, "reference": deed["reference"]} if deed else {"done": False})


@door("GET")
def read_book(request: HttpRequest) -> JsonResponse:
    """What was done: `?key=` and `?system=` narrow it."""
    key, system = request.GET.get("key", ""), request.GET.get("system", "")
    return JsonResponse({"deeds": book.told(key=key, system=system)})


@door("GET")
def read_knobs(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"knobs": [knobs.as_json(knobs.knob_of(system=system)) for system in SYSTEMS]})


@door("PUT")
def turn_knob(request: HttpRequest, *, system: str) -> JsonResponse:
    """`{"latency_ms": 0, "mode": "up"}`; what is left out is as at the beginning."""
    if system not in SYSTEMS:
        raise unknown("No existe ese sistema.")
    try:
        asked = json.loads(request.body)
    except ValueError:
        raise Refused("Lo enviado no es JSON.", status=400) from None
    if not isinstance(asked, dict) or set(asked) - {"latency_ms", "mode"}:
        raise Refused("Se espera un objeto con latency_ms y mode.", status=400)
    return JsonResponse(knobs.as_json(knobs.turn(system=system, **asked)))


@door("GET", is_open=True)
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


def _read(operation: Operation, body: dict[str, str]) -> Any:
    return operation.play(**body, now=timezone.now()) if operation.asks_the_hour else operation.play(**body)


def _write(request: HttpRequest, operation: Operation, body: dict[str, str]) -> dict[str, str]:
    now, key = timezone.now(), request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Refused("Falta la clave del pedido (Idempotency-Key).", status=400)

    asked = {name: told for name, told in body.items() if name not in ON_THE_WORD_OF}
    asked_by = {name: body[name] for name in ON_THE_WORD_OF if body.get(name)}

    def effect(reference: str) -> None:
        operation.play(**asked, reference=reference, now=now)

    reference = book.do_once(
        system=operation.system,
        verb=operation.verb,
        key=key,
        payload=asked,
        asked_by=asked_by,
        prefix=operation.prefix,
        effect=effect,
        now=now,
    )
    return {"reference": reference}


def _wait(seconds: float) -> None:
    """Be slow, without keeping others from the database."""
    if seconds > 0:
        connection.close()
        time.sleep(seconds)


def _has_token(request: HttpRequest) -> bool:
    told = request.headers.get("Authorization", "").encode()
    return secrets.compare_digest(told, f"Bearer {settings.TOKEN}".encode())


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
