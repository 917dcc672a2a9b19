"""`/api/v1/`: the interface for other programs as a whole, with the doors of its room and of the wiring's own pages."""

import json

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern
from ninja import Swagger
from ninja.responses import NinjaJSONEncoder

from agents.access import overseeing_only
from api.answering import Api, tells_its_methods
from api.views import campaigns, cards, desk, lines, payments, people
from callcenter.customers import for_programs as customers

ABOUT = """For the systems beside the call centre. A token acts for one person and sees what she sees: an
administrator makes it, another confirms it (`/admin/api/token/`).

**Errors** are `application/problem+json` (RFC 9457): `code` for programs, `detail` for people, `errors` by field,
`reference` as in the log. **Lists** come in pages: follow `next` as it is. **ETags**: ask again with `If-None-Match`.
**Writes** take an `Idempotency-Key`; a card also an `If-Match` of the version that was read. Amounts are texts in
bolivianos, days `2026-12-25`, moments ISO 8601 with their zone."""
OF_A_PERSON = ("openapi-json", "openapi-view")  # of the others a token is the sign-in

api = Api(
    title="Call centre", version="1", description=ABOUT, urls_namespace="api", docs=Swagger(),
    docs_url="docs/", openapi_url="openapi.json", docs_decorator=overseeing_only,
)  # fmt: skip
for _door in (campaigns, desk, payments, cards, customers, lines, people):
    api.add_router("", _door.router)
app_name = "api"
urlpatterns, _app_name, _namespace = api.urls
for _pattern in urlpatterns:
    if isinstance(_pattern, URLPattern) and _pattern.name not in OF_A_PERSON:
        _pattern.callback = login_not_required(tells_its_methods(_pattern.callback))


def document() -> str:
    """`docs/openapi.json`, for whoever writes a program."""
    told = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(told, indent=1, ensure_ascii=False, cls=NinjaJSONEncoder) + "\n"
