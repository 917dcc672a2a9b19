"""`manage.py why_not`: the same answer as the pages, for scripts."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def ask(*arguments):
    out = StringIO()
    call_command("why_not", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_every_reason_and_until_when(make_contact, ana, at):
    contact = make_contact(ana, attempts=1, attempts_on_day=1, last_attempt_at=at("2026-11-26 10:00"))
    with time_machine.travel(at("2026-11-26 10:30"), tick=False):
        answer = json.loads(ask("2026-12", contact.contract, "--json"))
        words = ask("2026-12", contact.contract)
    assert not answer["callable"]
    assert [reason["code"] for reason in answer["reasons"]] == ["too_soon", "same_part_of_day"]
    assert answer["callable_from"] == "2026-11-26T12:30:00-04:00"
    assert "Se puede llamar desde el 26/11/2026 12:30." in words


def test_it_says_callable(make_contact, ana, at):
    contact = make_contact(ana)
    with time_machine.travel(at("2026-11-26 10:30"), tick=False):
        assert json.loads(ask("2026-12", contact.contract, "--json"))["callable"] is True


@pytest.mark.parametrize(("period", "contract"), [("2026-13", "C00001"), ("diciembre", "C00001"), ("2026-12", "nada")])
def test_bad_input_is_one_clear_line(december, period, contract):
    with pytest.raises(CommandError) as error:
        ask(period, contract)
    assert "\n" not in str(error.value)
