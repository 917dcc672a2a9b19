"""A token takes two, ends by itself, and is taken from nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agents.models import AccountEvent, FactChange, User
from agents.people import activate, change_role, deactivate
from api.models import Scope, Token
from api.tokens import OF_ROLES, TokenRefused, confirm_token, make_token, revoke_token
from tests.api.conftest import Program

pytestmark = pytest.mark.django_db


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_it_works_once_another_administrator_confirmed_it(elena: User, ines: User, sonia: User, now: Any) -> None:
    token, secret = make_token(
        name="Datos", user=elena, scopes=["campaigns"], expires_at=now + timedelta(days=9), by=ines, now=now
    )
    ask = Program(secret)
    waits = ask("campaigns/")
    assert told(waits) == (401, "token_refused")
    assert "otra persona" in waits.json()["detail"]
    for who in (ines, elena):
        with pytest.raises(TokenRefused):
            confirm_token(token=token, by=who, now=now)
    confirm_token(token=token, by=sonia, now=now)
    assert ask("campaigns/").status_code == 200
    with pytest.raises(TokenRefused, match="Ya está"):
        confirm_token(token=token, by=sonia, now=now)
    events = AccountEvent.objects.filter(user=elena, kind=AccountEvent.Kind.TOKEN).order_by("pk")
    assert [(event.by, event.note) for event in events] == [(ines, "Datos: se pidió"), (sonia, "Datos: se confirmó")]
    token.refresh_from_db()
    assert (token.last_used_at, token.last_address) == (now, "127.0.0.1")
    assert secret not in str(vars(token)), "whoever reads the row cannot use it"


def test_another_secret_is_told_in_the_book_of_changes(make: Any, elena: User) -> None:
    token, _secret = make(elena, "campaigns")
    before = FactChange.objects.count()
    Token.objects.filter(pk=token.pk).update(secret_sha256="0" * 64)
    told = FactChange.objects.order_by("-pk")[0]
    assert (FactChange.objects.count(), told.table_name, told.columns) == (before + 1, "api_token", ["secret_sha256"])


def test_the_database_takes_no_token_of_one_hand(make: Any, elena: User, ines: User) -> None:
    token, _secret = make(elena, "campaigns")
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(confirmed_by=ines)


def test_when_it_is_not_taken_any_more(make: Any, elena: User, ines: User, now: Any) -> None:
    token, secret = make(elena, "campaigns")
    ask = Program(secret)
    assert ask("campaigns/").status_code == 200
    with time_machine.travel(now + timedelta(days=31)):
        assert "venció" in ask("campaigns/").json()["detail"]
    User.objects.filter(pk=elena.pk).update(is_active=False)
    assert told(ask("campaigns/")) == (401, "token_refused")
    User.objects.filter(pk=elena.pk).update(is_active=True)
    change_role(user=elena, role="auditor", by=ines, now=now)
    assert "anulado" in ask("campaigns/").json()["detail"]
    change_role(user=elena, role="supervisor", by=ines, now=now)
    assert "anulado" in ask("campaigns/").json()["detail"], "it does not come alive with her"
    token, secret = make(elena, "campaigns")
    assert Program(secret)("campaigns/").status_code == 200
    deactivate(user=elena, by=ines, now=now)
    activate(user=elena, by=ines, now=now)
    assert "anulado" in Program(secret)("campaigns/").json()["detail"]
    told_of = AccountEvent.objects.filter(user=elena, kind=AccountEvent.Kind.TOKEN, note="Almacén de datos: se anuló")
    assert [event.by for event in told_of] == [ines, ines]
    token, secret = make(elena, "campaigns")
    assert revoke_token(token=token, by=ines, now=now)
    assert not revoke_token(token=token, by=ines, now=now)
    assert "anulado" in Program(secret)("campaigns/").json()["detail"]


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer cc_nobody", "Basic YTpi", "cc_x", "Bearer \x01"])
def test_who_has_none_is_told_so(db: None, sent: str) -> None:
    answer = Client().get("/api/v1/campaigns/", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["reference"] == answer["X-Request-ID"]


def test_a_session_opens_nothing_of_it(elena: User, signed_in: Any) -> None:
    assert signed_in(elena).get("/api/v1/campaigns/").status_code == 401


def test_no_scope_lets_more_than_the_role(elena: User, ana: Any, ines: User, oscar: User, now: Any) -> None:
    later = now + timedelta(days=9)
    for user, scopes in ((ana.user, ["people"]), (elena, ["desk"]), (oscar, ["personal"]), (ines, ["campaigns"])):
        with pytest.raises(TokenRefused):
            make_token(name="x", user=user, scopes=scopes, expires_at=later, by=ines, now=now)
    for expires in (now, now + timedelta(days=800)):
        with pytest.raises(TokenRefused):
            make_token(name="x", user=elena, scopes=["campaigns"], expires_at=expires, by=ines, now=now)
    assert set().union(*OF_ROLES.values()) == {*Scope}


def test_without_its_scope_it_is_told_which(program: Any, elena: User) -> None:
    answer = program(elena, "campaigns")("agents/states/")
    assert told(answer) == (403, "scope_missing")
    assert 'scope="people"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("has_cache", [True, False])
def test_who_asks_too_often_waits_for_the_next_minute(
    has_cache: bool, program: Any, elena: User, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_cache:
        monkeypatch.setattr(type(cache._connections["default"]), "incr", _silent)  # type: ignore[attr-defined]
        monkeypatch.setattr(type(cache._connections["default"]), "add", lambda *_: False)  # type: ignore[attr-defined]
    ask = program(elena, "campaigns", requests_a_minute=3)
    assert [ask("campaigns/").status_code for _time in range(5)] == [200, 200, 200, 429, 429]
    assert 0 < int(ask("campaigns/")["Retry-After"]) <= 60
    with time_machine.travel(now + timedelta(minutes=1)):
        assert ask("campaigns/").status_code == 200


def _silent(*_: object) -> int:
    raise ValueError


def test_it_is_made_and_confirmed_in_the_admin(ines: User, sonia: User, elena: User, signed_in: Any, now: Any) -> None:
    hers, other = signed_in(ines), signed_in(sonia)
    sent = {
        "name": "Datos", "user": elena.pk, "scopes": ["campaigns"], "requests_a_minute": 60,
        "expires_at_0": f"{now + timedelta(days=9):%d/%m/%Y}", "expires_at_1": "10:00:00",
    }  # fmt: skip
    refused = hers.post(reverse("admin:api_token_add"), {**sent, "scopes": ["desk"]}).content.decode()
    assert "Alcances que Supervisión no tiene: desk" in refused
    page = hers.post(reverse("admin:api_token_add"), sent).content.decode()
    secret = page.split('value="cc_')[1].split('"')[0]
    token = Token.objects.get()
    listed = reverse("admin:api_token_changelist")
    ask = Program(f"cc_{secret}")
    for client, status in ((hers, 401), (other, 200)):
        client.post(listed, {"action": "confirm", "_selected_action": [token.pk]})
        assert ask("campaigns/").status_code == status
    assert secret not in hers.get(listed).content.decode()
    assert hers.get(reverse("admin:api_token_change", args=[token.pk])).status_code == 200
    assert secret not in hers.get(reverse("admin:api_token_change", args=[token.pk])).content.decode()
    hers.post(listed, {"action": "revoke", "_selected_action": [token.pk]})
    assert ask("campaigns/").status_code == 401
