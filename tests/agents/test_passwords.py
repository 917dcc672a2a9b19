"""A password is twelve to 128 letters, none of the world's common ones, and none somebody who knows the house tries."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from agents.passwords import LONGEST, LongestValidator, OwnWordsValidator
from tests.agents.conftest import sign_in


@pytest.mark.parametrize(
    "password",
    [
        "comteco2026!!",
        "cochabamba2026",
        "callcenter123",
        "Call-Center.2026",
        "C0mt3c0_Pr3pag0s",
        "centrodellamadas",
        "Noviembre2026.",
        "Contraseña2026",
        "1234567890123",
        "anaquispe1985",
        "Quispe.Ana.2026",
        "c0mt3c0-2026!",
        "C0mt3c02026!!",
        "fijacom12345",
        "quillacollo26",
        "aaaaaaaaaaaa",
        "1212121212121212",
    ],
)
def test_words_of_the_house_or_of_her_name_are_none(password: str) -> None:
    with pytest.raises(ValidationError, match="palabras del centro o de su nombre"):
        OwnWordsValidator().validate(password, User(username="ana.q", first_name="Ana", last_name="Quispe Íñiguez"))


@pytest.mark.parametrize(
    "password", ["agua-clara-en-tunari", "tres tristes tigres", "Xk7#comteco-vuela", "ñandú-lila-42-mesa"]
)
def test_others_are(password: str) -> None:
    OwnWordsValidator().validate(password, User(username="ana.q", first_name="Ana", last_name="Quispe"))
    LongestValidator().validate(password)


def test_one_that_is_too_long_is_none() -> None:
    LongestValidator().validate("x" * LONGEST)
    with pytest.raises(ValidationError, match="a lo sumo 128 letras"):
        LongestValidator().validate("x" * 5_000)


def test_neither_is_it_where_passwords_are_invented(client: Client, ana: Agent) -> None:
    """The demo lets every password be; hashing five thousand letters costs its machine all the same."""
    ana.user.set_password("prepago")
    ana.user.save()
    assert sign_in(client, ana.user, "prepago").status_code == 302
    sent = {"oldpassword": "prepago", "password1": "x" * 5_000, "password2": "x" * 5_000}
    page = client.post(reverse("account_change_password"), sent)
    assert "La contraseña tiene a lo sumo 128 letras." in page.content.decode()
    ana.user.refresh_from_db()
    assert ana.user.check_password("prepago")
