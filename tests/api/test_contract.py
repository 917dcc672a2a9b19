"""What the document says is so: made-up requests are understood or refused with a sentence, and nothing breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.generation import GenerationMode

from agents.models import Agent, User
from agents.presence import sign_in
from api.bearer import Bearer
from api.models import Scope
from api.tokens import OF_ROLES
from callcenter.programs import api
from tests.api.conftest import Program

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture
def ask(make: Any, make_contact: Any, ana: Agent, elena: User, now: Any) -> dict[str, Program]:
    """A token of each role with all its scopes, and something to find."""
    make_contact(ana, "Rosa Flores")
    sign_in(user=ana.user, now=now)
    people = {"ana": ana.user, "elena": elena}
    return {
        name: Program(make(user, *OF_ROLES[user.role], requests_a_minute=10**6)[1]) for name, user in people.items()
    }


def answered(case: Case, *, by: Program) -> httpx.Response:
    """As a program would ask; Django's client is in the test's transaction."""
    told = case.as_transport_kwargs(base_url="http://testserver")
    if isinstance(body := told.pop("data", None), bytes):
        told["content"] = body
    asked = httpx.Request(**told)
    content_type = asked.headers.pop("content-type", "application/json")
    answer = by.client.generic(
        asked.method, asked.url.raw_path.decode(), asked.read(), content_type, headers={**asked.headers, **by.headers}
    )
    response = httpx.Response(answer.status_code, headers=dict(answer.items()), content=answer.content, request=asked)
    response.elapsed = timedelta(0)
    return response


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_its_document_says(
    ask: dict[str, Program], label: str, mode: GenerationMode
) -> None:
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    @settings(
        max_examples=10,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    def asked(case: Case) -> None:
        answer = answered(case, by=ask["ana" if "/desk/" in label else "elena"])
        if answer.status_code >= 400:
            assert answer.status_code < 500, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            assert told["detail"]
            assert told["code"]
        else:
            case.operation.validate_response(schemathesis.Response.from_any(answer))

    asked()


def test_its_document_is_read_by_who_oversees(elena: User, ana: Agent, signed_in: Any) -> None:
    told = signed_in(elena).get(reverse("api:openapi-json"))
    assert told.status_code == 200
    assert {one for path in told.json()["paths"].values() for one in path} == {"get", "post"}
    for client, status in ((signed_in(ana), 403), (Client(), 302)):
        assert client.get(reverse("api:openapi-json")).status_code == status
        assert client.get(reverse("api:openapi-view")).status_code == status


def test_every_scope_opens_something() -> None:
    routers = [router for _prefix, router in api._routers if router.path_operations]
    views = [view for router in routers for view in router.path_operations.values()]
    asked_by = [router.auth for router in routers] + [door.auth_param for view in views for door in view.operations]
    used = {one.scope for one in asked_by if isinstance(one, Bearer)}
    assert used == {*Scope} - {Scope.PERSONAL}
