"""From the first administrator to the first launched month: each step looks, is tried, settled and taken up again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents import power
from agents.models import Agent, PowerRequest, Role, User
from agents.people import set_duty
from callcenter.first_day.steps import STEPS, State, how_it_stands, settle, step_named
from callcenter.first_day.trying import try_step
from callcenter.models import SettledStep
from campaigns.models import ReportKind, ReportSource
from campaigns.month.periods import period_of, write_period
from notices.mailing import deliver_due
from notices.models import Notice
from telephony.models import Listening, Switchboard

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
PASTED = "usuario;nombre;funcion;listas\nmquispe;María;agente;ambas\nrflores;Rosa;supervisora;"


def state_of(code: str) -> State:
    return next(one.state for one in how_it_stands(now=timezone.now()) if one.step.code == code)


def words_of(code: str) -> str:
    return next(one.seen.words for one in how_it_stands(now=timezone.now()) if one.step.code == code)


def source(kind: ReportKind, folder: Path, settings: Any) -> ReportSource:
    settings.REPORT_SOURCE_FOLDERS = [str(folder)]
    named = {"name": "Carpeta", "transport": "file", "location": str(folder), "pattern": "CCVP_{period}*.csv"}
    return ReportSource.objects.create(kind=kind, is_active=True, **named)


def test_who_sets_the_house_up_is_led_there_until_a_month_is_launched(
    ines: User, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    client = signed_in(ines)
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("setup")
    request.getfixturevalue("december")
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("owed_work")
    assert state_of("month") == State.DONE


def test_or_until_nothing_is_left_to_settle(ines: User, signed_in: SignedIn) -> None:
    for step in STEPS:
        settle(step=step, how=SettledStep.How.SKIPPED, by=ines, now=timezone.now())
    client = signed_in(ines)
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("owed_work")
    assert "Todo está resuelto" in client.get(reverse("setup")).content.decode()


def test_what_is_there_by_itself_needs_no_word(ines: User, signed_in: SignedIn) -> None:
    for stand in how_it_stands(now=timezone.now()):
        if stand.state == State.MISSING and not stand.waits_for_a_word:
            settle(step=stand.step, how=SettledStep.How.SKIPPED, by=ines, now=timezone.now())
    client = signed_in(ines)
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("setup")  # words are still to be given
    for stand in how_it_stands(now=timezone.now()):
        if stand.waits_for_a_word:
            settle(step=stand.step, how=SettledStep.How.RIGHT, by=ines, now=timezone.now())
    assert SettledStep.objects.count() < len(STEPS)
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("owed_work")


def test_a_switchboard_that_is_linked_is_not_told_to_lack_what_only_its_listener_has() -> None:
    now = timezone.now()
    board = Switchboard.objects.create(
        name="Central", host="127.0.0.1", user="x", secret_variable="SWITCHBOARD_NONE", is_on=True
    )
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(minutes=1), connected_at=now)
    (tried,) = try_step("switchboard", by=User(), now=timezone.now())
    assert tried.kind == "ok"
    assert "enlazada" in tried.words


def test_people_are_pasted_looked_at_and_made_once(ines: User, signed_in: SignedIn) -> None:
    client, page = signed_in(ines), reverse("setup_people")
    wrong = client.post(page, {"people": PASTED.replace("supervisora", "jefa")}).content.decode()
    assert "Hay 1 fila por corregir" in wrong
    assert 'name="make"' not in wrong
    looked = client.post(page, {"people": PASTED})
    assert "Crear 2 cuentas" in looked.content.decode()
    assert not User.objects.filter(username="mquispe").exists()
    other = client.post(page, {"people": PASTED + "\nxyz;Xenia;agente;", "make": looked.context["mark"]})
    assert "Crear 3 cuentas" in other.content.decode(), "what was changed is looked at first"
    made = client.post(page, {"people": PASTED, "make": looked.context["mark"]})
    assert [one.newcomer.username for one in made.context["hired"]] == ["mquispe", "rflores"]
    assert made.context["hired"][0].password in made.content.decode()
    again = client.post(page, {"people": PASTED, "make": looked.context["mark"]}).content.decode()
    assert "ya hay una cuenta con ese usuario" in again
    assert (state_of("people"), state_of("administrators")) == (State.MISSING, State.MISSING)
    rosa = User.objects.create(username="rosa", role=Role.ADMINISTRATOR)
    power.confirm(request=PowerRequest.objects.get(), by=rosa, now=timezone.now())
    assert (state_of("people"), state_of("administrators")) == (State.MISSING, State.DONE)
    assert "1 agente espera que supervisión la ponga de turno" in words_of("people")
    set_duty(agent=Agent.objects.get(user__username="mquispe"), on_duty=True)
    assert state_of("people") == State.DONE
    assert words_of("people") == "Supervisan 1 y atienden 1."


def test_a_list_nobody_calls_is_missing(elena: User, ana: Agent) -> None:
    ana.skills.set([skill for skill in ana.skills.all() if skill.code == "TV"])
    assert (state_of("people"), "INTERNET" in words_of("people")) == (State.MISSING, True)


def test_what_the_program_brings_along_waits_for_a_word(ines: User, signed_in: SignedIn) -> None:
    client, word = signed_in(ines), reverse("setup_word", args=["hours"])
    assert state_of("hours") == State.MISSING
    assert "Está bien así" in client.post(word, {"how": "right"}, follow=True).content.decode()
    assert state_of("hours") == State.DONE
    assert SettledStep.objects.get().by == ines
    client.post(word, {"how": ""})
    assert state_of("hours") == State.MISSING


def test_what_is_left_out_says_what_happens_then_and_is_done_once_it_is_there(ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    page = client.post(reverse("setup_word", args=["switchboard"]), {"how": "skipped"}, follow=True).content.decode()
    assert state_of("switchboard") == State.SKIPPED
    assert "Se marca y se contesta a mano" in page


def test_a_source_is_tried(ines: User, signed_in: SignedIn, tmp_path: Path, settings: Any) -> None:
    client, door = signed_in(ines), reverse("setup_try", args=["ccvp"])
    assert "Ningún origen" in client.post(door, HTTP_HX_REQUEST="true").content.decode()
    there = source(ReportKind.CCVP, tmp_path, settings)
    month = write_period(period_of(timezone.localdate()))
    empty = client.post(door, HTTP_HX_REQUEST="true").content.decode()
    assert "no hay ningún archivo" in empty
    assert state_of("ccvp") == State.MISSING
    (tmp_path / f"CCVP_{month}_a.csv").write_text("x")
    found = client.post(door).content.decode()
    assert f"responde, con 1 archivo de {month}" in found
    assert "Puesta en marcha" in found, "a whole page, for a browser without scripts"
    (tmp_path / f"CCVP_{month}_b.csv").symlink_to(tmp_path / f"CCVP_{month}_a.csv")
    (tmp_path / f"CCVP_{month}_0.csv").mkdir()
    os.utime(tmp_path / f"CCVP_{month}_0.csv", (1, 1))
    said = client.post(door, HTTP_HX_REQUEST="true").content.decode()
    assert 'class="badge warn"' in said
    assert said.index("es un enlace") < said.index("no es un archivo."), "the newest first"
    settings.REPORT_SOURCE_FOLDERS = []
    assert 'class="badge bad"' in client.post(door, HTTP_HX_REQUEST="true").content.decode()
    ReportSource.objects.update(last_looked_at=timezone.now())
    assert state_of("ccvp") == State.DONE
    ReportSource.objects.filter(pk=there.pk).update(last_error="no responde")
    assert (state_of("ccvp"), "no responde" in words_of("ccvp")) == (State.MISSING, True)


def test_the_mail_is_tried_with_one_to_who_asks(ines: User, signed_in: SignedIn) -> None:
    client, door = signed_in(ines), reverse("setup_try", args=["mail"])
    assert "no tiene correo" in client.post(door, HTTP_HX_REQUEST="true").content.decode()
    User.objects.filter(pk=ines.pk).update(email="ines@example.com")
    client.post(door, HTTP_HX_REQUEST="true")
    assert Notice.objects.get().to == ["ines@example.com"]
    assert (state_of("mail"), "por enviar" in words_of("mail")) == (State.MISSING, True)
    assert deliver_due(now=timezone.now()) == 1
    assert state_of("mail") == State.DONE


def test_a_switchboard_that_is_not_there_says_so(ines: User) -> None:
    now = timezone.now()
    assert [one.kind for one in try_step("switchboard", by=ines, now=now)] == ["bad"]
    Switchboard.objects.create(name="Central", host="127.0.0.1", port=9, user="callcenter", is_on=True)
    assert "bad" in {one.kind for one in try_step("switchboard", by=ines, now=now)}
    assert state_of("switchboard") == State.MISSING


def test_what_is_no_step_is_not_found(ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    assert client.post(reverse("setup_word", args=["nada"])).status_code == 404
    assert client.post(reverse("setup_try", args=["hours"])).status_code == 404
    with pytest.raises(LookupError):
        step_named("nada")
