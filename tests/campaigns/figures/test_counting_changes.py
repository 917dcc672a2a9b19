"""Counting what changed comes to the same as counting afresh, whatever happened in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction

from agents.models import Agent, User
from campaigns.desk.answers import Answers
from campaigns.desk.correcting import correct_result
from campaigns.desk.dialling import dial
from campaigns.desk.giving import open_contact
from campaigns.desk.results import record_result
from campaigns.figures import keeping, refreshing
from campaigns.figures.refreshing import refresh_figures
from campaigns.invariants import looks
from campaigns.invariants.looks import CELLS, _cells
from campaigns.models import (
    Attempt,
    AttemptFigure,
    Campaign,
    ChangedRows,
    Contact,
    DayFigure,
    Disposition,
    FigureCell,
    FigureRefresh,
    ListEntry,
    MeasuredAttempts,
    MeasuredContact,
    Receipt,
)
from campaigns.payments import refunds
from tests.campaigns.some_receipts import row, take

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
At = Callable[..., datetime]
Make = Callable[..., Contact]


@pytest.fixture
def contacts(december: Campaign, make_contact: Make, ana: Agent, luis: Agent) -> list[Contact]:
    made = [make_contact([ana, luis][n % 2], zone=["Sarco", "Sacaba", ""][n % 3]) for n in range(24)]
    ListEntry.objects.filter(contact__in=made[20:22]).update(state="held_out", owner=None)
    return made


def call(contact: Contact, code: str, now: datetime) -> Attempt:
    entry = ListEntry.objects.select_related("owner").get(contact=contact)
    ListEntry.objects.filter(contact=contact).update(ready_at=now, last_attempt_at=None, state="open")
    given = open_contact(agent=entry.owner, contact_id=contact.pk, now=now)
    assert not isinstance(given, list), given
    attempt = dial(agent=entry.owner, contact=contact, telephone=contact.telephones[0], now=now)
    return answer(attempt, code, now + timedelta(seconds=40))


def answer(attempt: Attempt, code: str, now: datetime) -> Attempt:
    disposition = Disposition.objects.get(code=code)
    done = record_result(
        agent=attempt.agent, contact=attempt.contact, fence=attempt.fence, disposition=disposition, now=now,
        answers=answers_for(disposition, attempt.telephone, now),
    )  # fmt: skip
    return done.attempt


def answers_for(disposition: Disposition, telephone: str, now: datetime) -> Answers:
    return Answers(
        telephone=telephone,
        promised_on=now.date() if disposition.requires_promise else None,
        promised_amount=100 if disposition.requires_promise else None,
        call_back_at=now + timedelta(hours=3) if disposition.requires_call_back else None,
        reason="Precio" if disposition.requires_reason else "",
        note="Nota" if disposition.requires_note else "",
    )


def counted(campaign: Campaign) -> tuple[dict[str, str], dict[str, int]]:
    return _cells(campaign), FigureRefresh.objects.get(campaign=campaign).by_state


def counted_afresh(campaign: Campaign, now: datetime) -> tuple[dict[str, str], dict[str, int]]:
    """The same counted from all rows, and undone."""
    with transaction.atomic():
        refresh_figures(campaign=campaign, now=now, afresh=True)
        found = counted(campaign)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_changes_come_to_what_a_count_afresh_does(
    december: Campaign, contacts: list[Contact], at: At, elena: User, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, now = Random(seed), at("2026-11-26 09:00")
    refresh_figures(campaign=december, now=now)
    afresh: list[int] = []
    count = refreshing._count_afresh
    monkeypatch.setattr(refreshing, "_count_afresh", lambda *a, **k: (afresh.append(1), count(*a, **k))[1])
    callable_ones, receipts = contacts[:20], 0
    last: Attempt | None = None
    for _step in range(18):
        now += timedelta(minutes=chance.choice((1, 2, 7, 21)))
        what = chance.choice(("call", "call", "call", "pay", "part", "correct", "refund"))
        contact = chance.choice(callable_ones)
        if what == "call" and not contact.entry.paid_on:
            last = call(contact, chance.choice(("no_answer", "refused", "promise", "third_party", "busy")), now)
        elif what in ("pay", "part"):
            receipts += 1
            number = contact.renewals.get().service_number
            amount = "289" if what == "pay" else "100"
            take([row(f"R{receipts}", number, "11-26", amount, contract=contact.contract, service="INTERNET")], now=now)
        elif what == "refund" and (receipt := Receipt.objects.exclude(standing="annulled").first()):
            refunds.annul(receipt_id=receipt.pk, by=elena, now=now, reason="Prueba")
        elif what == "correct" and last and now - last.resulted_at < timedelta(minutes=10):
            disposition = Disposition.objects.get(code="refused")
            correct_result(
                agent=last.agent, attempt=Attempt.objects.get(pk=last.pk), disposition=disposition, now=now,
                answers=answers_for(disposition, last.telephone, now),
            )  # fmt: skip
            last = None
        contact.refresh_from_db()
        refresh_figures(campaign=december, now=now)
        made, by_state = counted(december)
        told, by_state_afresh = counted_afresh(december, now)
        assert made == told, what
        assert sorted(by_state.pop("credited")) == sorted(by_state_afresh.pop("credited")), what
        assert {**by_state, "broken_promises": 0} == {**by_state_afresh, "broken_promises": 0}
    # each comparison counts once; what is left is what could not be told by its contacts
    assert len(afresh) == 18


def test_how_a_call_without_a_result_ended_may_be_told_hours_later(
    december: Campaign, contacts: list[Contact], at: At
) -> None:
    attempt = call(contacts[0], "no_answer", at("2026-11-26 09:00"))
    no_result = Disposition.objects.get(code="no_result")
    Attempt.objects.filter(pk=attempt.pk).update(disposition=no_result)
    for place, minute in enumerate(range(1, 60, 10), 1):  # others are called meanwhile, so it is counted for good
        call(contacts[place], "no_answer", at(f"2026-11-26 09:{minute:02}"))
        refresh_figures(campaign=december, now=at(f"2026-11-26 09:{minute + 1:02}"))
    now, refused = at("2026-11-26 11:00"), Disposition.objects.get(code="refused")
    answers = replace(answers_for(refused, attempt.telephone, now), note="La llamada fue larga")
    attempt = Attempt.objects.get(pk=attempt.pk)
    correct_result(agent=attempt.agent, attempt=attempt, disposition=refused, answers=answers, now=now)
    refresh_figures(campaign=december, now=now)
    assert counted(december)[0] == counted_afresh(december, now)[0]


def test_a_change_nobody_can_name_is_counted_afresh(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    ListEntry.objects.filter(contact=contacts[0]).update(owner=None)
    ChangedRows.objects.create(campaign=december, at=at("2026-11-26 09:01"))
    refresh_figures(campaign=december, now=at("2026-11-26 09:02"))
    assert counted(december)[1]["unassigned"] == 1


def test_who_counts_as_before_is_not_counted_again(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    call(contacts[0], "no_answer", at("2026-11-26 09:10"))
    refresh_figures(campaign=december, now=at("2026-11-26 09:11"))
    call(contacts[1], "no_answer", at("2026-11-26 09:12"))
    refresh_figures(campaign=december, now=at("2026-11-26 09:13"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT contact_id FROM measured_contact")
        assert cursor.fetchall() == [(contacts[1].pk,)]


def test_a_cell_is_there_once(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    call(contacts[0], "no_answer", at("2026-11-26 09:10"))
    refresh_figures(campaign=december, now=at("2026-11-26 09:11"))
    for cells in (FigureCell, DayFigure, AttemptFigure):
        cell = cells.objects.filter(cut="zone").first()
        cell.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            cell.save(force_insert=True)


def test_too_many_changes_are_counted_afresh(
    december: Campaign, contacts: list[Contact], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    monkeypatch.setattr(keeping, "AT_MOST", 1)
    call(contacts[0], "no_answer", at("2026-11-26 09:10"))
    call(contacts[1], "no_answer", at("2026-11-26 09:12"))
    refresh_figures(campaign=december, now=at("2026-11-26 09:13"))
    assert counted(december)[0] == counted_afresh(december, at("2026-11-26 09:13"))[0]


def test_what_is_kept_is_of_every_contact_and_names_nobody(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    assert MeasuredContact.objects.count() == len(contacts)
    with connection.cursor() as cursor:
        keeping.forget(cursor, campaign=december)
    assert not MeasuredContact.objects.exists()
    assert len(CELLS) == 4


def test_whoever_counts_with_an_older_clock_counts_no_call_twice(
    december: Campaign, contacts: list[Contact], at: At
) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 10:00"))
    call(contacts[0], "no_answer", at("2026-11-26 10:05"))
    refresh_figures(campaign=december, now=at("2026-11-26 10:10"))
    refresh_figures(campaign=december, now=at("2026-11-26 10:35:04"))
    refresh_figures(campaign=december, now=at("2026-11-26 10:34:59"))
    call(contacts[1], "no_answer", at("2026-11-26 10:35:06"))
    now = at("2026-11-26 10:36:10")
    refresh_figures(campaign=december, now=now)
    assert counted(december)[0] == counted_afresh(december, now)[0]


def test_a_verb_whose_hour_is_long_past_when_it_ends_is_counted(
    december: Campaign, contacts: list[Contact], at: At, luis: Agent
) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 10:00"))
    ListEntry.objects.filter(contact=contacts[0]).update(owner=luis)
    named = [contacts[0].pk]
    ChangedRows.objects.create(campaign=december, at=at("2026-11-26 09:00"), verb="received", contacts=named)
    now = at("2026-11-26 10:01")
    refresh_figures(campaign=december, now=now)
    assert counted(december)[0] == counted_afresh(december, now)[0]


def test_kept_rows_that_do_not_fit_the_cells_stop_nobody(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    MeasuredContact.objects.filter(contact=contacts[0]).update(handled_on=at("2026-11-25 09:00").date())
    named = [contacts[0].pk]
    ChangedRows.objects.create(campaign=december, at=at("2026-11-26 09:01"), verb="received", contacts=named)
    now = at("2026-11-26 09:02")
    assert refresh_figures(campaign=december, now=now)
    assert counted(december)[0] == counted_afresh(december, now)[0]


def test_the_first_count_of_a_day_is_afresh(december: Campaign, contacts: list[Contact], at: At, luis: Agent) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 19:00"))
    ListEntry.objects.filter(contact=contacts[0]).update(owner=luis)  # by hand: nobody is told
    call(contacts[1], "no_answer", at("2026-11-27 09:00"))
    now = at("2026-11-27 09:01")
    refresh_figures(campaign=december, now=now)
    assert counted(december)[0] == counted_afresh(december, now)[0]


def test_of_a_month_that_is_over_nothing_is_kept(december: Campaign, contacts: list[Contact], at: At) -> None:
    refresh_figures(campaign=december, now=at("2026-11-26 09:00"))
    Campaign.objects.update(state="closed", closed_at=at("2026-11-30 20:00"))
    refreshing.refresh_running(now=at("2026-12-20 09:00"))
    assert MeasuredContact.objects.exists()
    refreshing.refresh_running(now=at("2027-02-20 09:00"))
    assert not MeasuredContact.objects.exists()
    assert "kept" not in FigureRefresh.objects.get().mark


def test_counts_by_state_that_are_not_those_of_the_rows_are_found(
    december: Campaign, contacts: list[Contact], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(contacts[0], "no_answer", at("2026-11-26 09:00"))
    for moment in ("09:01", "09:10", "09:20", "09:30", "09:40"):
        refresh_figures(campaign=december, now=at(f"2026-11-26 {moment}"))
    monkeypatch.setattr(looks, "_moment", lambda: at("2026-11-26 09:41"))
    assert looks.cells_that_differ_from_the_rows() == []
    told = FigureRefresh.objects.get()
    told.by_state["open"] -= 1
    told.save()
    (found,) = looks.cells_that_differ_from_the_rows()
    assert found.endswith("by_state")


def test_of_the_last_quarters_only_what_changed_is_written(december: Campaign, contacts: list[Contact], at: At) -> None:
    def kept() -> set[int]:
        refresh_figures(campaign=december, now=now)
        return set(MeasuredAttempts.objects.values_list("pk", flat=True))

    now = at("2026-11-26 09:00")
    assert not kept()
    call(contacts[0], "no_answer", now)
    now += timedelta(minutes=1)
    first = kept()
    call(contacts[1], "no_answer", now)
    now += timedelta(minutes=1)
    both = kept()
    assert (len(first), len(both), first < both) == (1, 2, True)
    call(contacts[2], "no_answer", now + timedelta(hours=1))
    now += timedelta(hours=1, minutes=1)
    last = kept()
    assert (len(last), last & both) == (1, set())
