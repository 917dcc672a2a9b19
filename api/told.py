"""How a problem is told: RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse


def problem_response(request: HttpRequest, status: int, code: str, detail: str, *, errors: Any = None) -> HttpResponse:
    """For a program, by RFC 9457: what happened, under the reference that stands in the log."""
    reference = getattr(request, "reference", "")
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    more = {"errors": errors} if errors else {}
    told |= {"reference": reference, **more}
    return JsonResponse(
        told, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
