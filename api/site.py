"""`/api/v1/`: its routers, how it answers, and its document."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja import NinjaAPI, Swagger

from agents.access import overseeing_only
from api.doors import campaigns, cards, desk, lines, payments, people
from api.problems import answers_for

ABOUT = """For the systems beside the call centre. A token acts for one person and sees what she sees: an
administrator makes it, another confirms it (`/admin/api/token/`).

**Errors** are `application/problem+json` (RFC 9457): `code` for programs, `detail` for people, `errors` by field,
`reference` as in the log. **Lists** come in pages: follow `next` as it is. **ETags**: ask again with `If-None-Match`.
**Writes** take an `Idempotency-Key`; a card also an `If-Match` of the version that was read. Amounts are texts in
bolivianos, days `2026-12-25`, moments ISO 8601 with their zone."""


class Api(NinjaAPI):
    """What is read again unchanged is not sent again."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        if request.method != "GET" or response.status_code != 200:
            return response
        if "ETag" not in response:
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        told = get_conditional_response(request, response["ETag"], response=response)
        return told if isinstance(told, HttpResponse) else response


api = Api(
    title="Centro de contacto", version="1", description=ABOUT, urls_namespace="api", docs=Swagger(),
    docs_url="docs/", openapi_url="openapi.json", docs_decorator=overseeing_only,
)  # fmt: skip
for _kind, _answer in answers_for().items():
    api.add_exception_handler(_kind, _answer)
for _door in (campaigns, desk, payments, cards, lines, people):
    api.add_router("", _door.router)
