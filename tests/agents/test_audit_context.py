"""Who is named behind what the audit keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management.base import BaseCommand
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from agents.audit_context import RequestContextMiddleware, acting
from agents.models import Agent, AgentMessage, FactChange, User
from callcenter.celery import app
from callcenter.commanding import _name_in_the_audit
from callcenter.requests import ReferenceMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(ana: Agent, elena: User, at: Any) -> AgentMessage:
    return AgentMessage.objects.create(agent=ana, sender=elena, text="100 %", sent_at=at("2026-11-25 09:30"))


def named() -> dict[str, Any]:
    context = FactChange.objects.latest("id").context
    assert context is not None
    return dict(context.metadata)


def change_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agents_agentmessage SET text = text || '!' WHERE text LIKE '100 %'")


def test_a_request_names_the_person_the_page_her_address_and_the_line_of_the_log(
    message: AgentMessage, elena: User, rf: RequestFactory
) -> None:
    request = rf.post("/agents/7/", REMOTE_ADDR="10.1.2.3")
    request.user = elena

    def view(request: HttpRequest) -> HttpResponse:
        change_it()
        return HttpResponse()

    ReferenceMiddleware(RequestContextMiddleware(view))(request)
    told = {"user": elena.pk, "url": "/agents/7/", "address": "10.1.2.3"}
    assert {name: named()[name] for name in told} == told
    assert len(named()["request"]) == 9  # the one its log has, and its page


def test_who_signs_out_stays_named(client: Client, elena: User) -> None:
    client.force_login(elena)
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_task_is_named(message: AgentMessage) -> None:
    @app.task(name="agents.of_a_test")
    def of_a_test() -> None:
        change_it()

    try:
        of_a_test()
    finally:
        app.tasks.unregister(of_a_test.name)
    assert named() == {"task": "agents.of_a_test"}
    message.refresh_from_db()
    assert message.text == "100 %!"


def test_a_command_is_named(message: AgentMessage) -> None:
    class Command(BaseCommand):
        def handle(self, *args: Any, **options: Any) -> None:
            change_it()

    command = Command()
    _name_in_the_audit(command, "of_a_test")
    command.execute(force_color=False, no_color=True, skip_checks=True)
    assert named() == {"command": "of_a_test"}


def test_a_task_inside_a_command_is_of_it(message: AgentMessage) -> None:
    with acting(command="one"), acting(task="two"):
        change_it()
    assert named() == {"command": "one", "task": "two"}
