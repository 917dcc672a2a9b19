"""A result nobody dialled for: only of who is open at the desk, and when nobody may be called with a reason, marked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.desk.answers import Answers, ResultRefused
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.leases import release_desk
from campaigns.desk.results import StaleResult, record_result
from campaigns.models import Attempt, ListEntry
from campaigns.month.lifecycle import pause

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def opened(make_contact, ana, now):
    contact = make_contact(ana)
    give_next(agent=ana, now=now)
    return contact


@pytest.fixture
def record(ana, opened, result):
    def write(code, *, now, fence=1, **more):
        return record_result(
            agent=ana, contact=opened, fence=fence, disposition=result(code), answers=Answers(**more), now=now
        )

    return write


def test_who_was_given_back_gets_no_result(record, opened, ana, now):
    release_desk(agent=ana, now=now)
    with pytest.raises(StaleResult, match="no está abierto en su escritorio.*Lo que escribió: «Vino a caja»"):
        record("already_paid", note="Vino a caja", now=now + timedelta(minutes=1))
    assert not Attempt.objects.exists()
    row = ListEntry.objects.get()
    assert (row.state, row.handled_at, row.attempts) == ("open", None, 0)


def test_what_was_dialled_gets_its_result_whenever_it_ended(record, opened, ana, elena, december, now, at):
    """The call was made in time; it may end and be written up later."""
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 19:59"))
    pause(campaign=december, by=elena, now=at("2026-11-26 20:01"))
    attempt = record("no_answer", now=at("2026-11-26 20:02")).attempt
    assert (attempt.is_out_of_hours, attempt.resulted_at) == (False, at("2026-11-26 20:02"))


@pytest.mark.parametrize(
    ("moment", "is_paused", "why"),
    [
        ("2026-11-26 21:00", False, "Está fuera del horario de llamadas."),
        ("2026-11-26 10:05", True, "La campaña está en pausa."),
    ],
)
@pytest.mark.parametrize("names_a_telephone", [True, False])
def test_when_nobody_may_be_called_a_result_says_why(
    record, opened, ana, elena, december, at, signed_in, moment, is_paused, why, names_a_telephone
):
    if is_paused:
        pause(campaign=december, by=elena, now=at("2026-11-26 10:01"))
    ListEntry.objects.update(lease_until=at(moment) + timedelta(minutes=5))
    with pytest.raises(ResultRefused) as refused:
        record("already_paid", now=at(moment))
    assert refused.value.errors == {"note": f"{why} Escriba en la nota por qué hay un resultado sin haber marcado."}
    assert not Attempt.objects.exists()
    told = {"note": "Pasó por la oficina con su recibo", "telephone": opened.telephones[0] if names_a_telephone else ""}
    attempt = record("already_paid", **told, now=at(moment)).attempt
    assert attempt.is_out_of_hours
    page = signed_in(elena).get(reverse("campaigns:contact", args=[opened.pk])).content.decode()
    assert "sin marcar, cuando no se podía llamar" in page
    assert "Pasó por la oficina con su recibo" in page


def test_when_one_may_call_nothing_is_marked(record, now):
    assert not record("already_paid", now=now).attempt.is_out_of_hours
