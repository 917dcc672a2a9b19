"""The interface for other programs as a whole: the doors of its room, and of the wiring's own pages."""

import json

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern
from ninja.responses import NinjaJSONEncoder

from api.site import api
from callcenter.customers.for_programs import router

OF_A_PERSON = ("openapi-json", "openapi-view")  # of the others a token is the sign-in

api.add_router("", router)
app_name = "api"
urlpatterns, _app_name, _namespace = api.urls
for _pattern in urlpatterns:
    if isinstance(_pattern, URLPattern) and _pattern.name not in OF_A_PERSON:
        login_not_required(_pattern.callback)


def document() -> str:
    """`docs/openapi.json`, for whoever writes a program."""
    told = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(told, indent=1, ensure_ascii=False, cls=NinjaJSONEncoder) + "\n"
