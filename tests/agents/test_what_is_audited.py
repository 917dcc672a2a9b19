"""Every model is audited, a table of facts, or a book of which nothing goes; or it is neither, with its reason."""

from __future__ import annotations

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection, models

from agents.audit import books, tables_of_facts

NEITHER = {
    # what is counted from facts, and again whenever one likes
    "campaigns.AgentDay": "counted from attempts",
    "campaigns.AttemptFigure": "counted from attempts",
    "campaigns.DayFigure": "counted from entries",
    "campaigns.FigureCell": "counted from entries and payments",
    "campaigns.FigureRefresh": "when figures were counted",
    "campaigns.HourFigure": "counted from attempts",
    "campaigns.LeftFigure": "counted from entries",
    "campaigns.MeasuredAttempts": "as they were counted last",
    "campaigns.MeasuredContact": "as it was counted last",
    "campaigns.ChangedRows": "what has to be counted again",
    "campaigns.PatternRefresh": "when patterns were counted",
    "campaigns.RenewalPayment": "what receipts add up to; an invariant adds them up again",
    "service_level.AsternicDifference": "worked out from an export and the log",
    "service_level.ForecastTrial": "a trial of a forecast",
    "service_level.LineFigure": "counted from visits",
    "service_level.MonthForecast": "a forecast",
    "service_level.StaffingNeed": "a forecast",
    "service_level.StaffingRun": "when a forecast was made",
    "telephony.ChangedDay": "what has to be counted again",
    # what a report brought: the file and what a correction changed in it are kept, amounts are facts of the renewals
    "campaigns.Contact": "its facts are those of its renewals and its entry; the rest leads to a person",
    "campaigns.RejectedRow": "what of a report was not taken; the report is a fact",
    "campaigns.ReportDifference": "what a corrected report changed in contacts; goes with their names",
    "campaigns.SeenFile": "what a source has shown",
    "api.Reply": "what was answered to a program, to be answered again; what it did is a fact elsewhere",
    # work in hand: what becomes of it is a fact elsewhere
    "campaigns.AssignmentShare": "a proposal; what was dealt stands in the entries",
    "campaigns.DeskDraft": "what is being typed",
    "campaigns.Errand": "work that is owed",
    "campaigns.ListExport": "work that is owed; that a list left is a disclosure",
    "control_room.ToldAlert": "what was mailed; the mail is a fact",
    "escalations.Mention": "what a person has not seen yet; the note is a fact",
    "escalations.SavedFilter": "of a person's own page",
    "inbound.WatchedRepair": "what the clock has still to look at",
    "notices.Attachment": "of a mail",
    "notices.Delivery": "on its way to a program; what it tells is a fact elsewhere",
    "notices.ProgramEvent": "what programs are told; what happened is a fact elsewhere",
    "telephony.HeardDevice": "what a link tells now",
    "telephony.HeardEvent": "kept for some days",
    "telephony.Listening": "who listens to a switchboard now",
    "telephony.LogFile": "how far a file was read",
    "telephony.LogLook": "when a source was looked at",
    "telephony.Seat": "who sits where now; attempts and calls say who called",
    "telephony.SupervisorSeat": "who sits where now",
    # lists of codes, and who tries to get in
    "agents.AccountEventSeen": "what a person has seen; what happened is a book",
    "agents.AccountSeen": "what a person had seen; what happened is a book",
    "agents.CodeTries": "a count that a success takes back",
    "agents.Skill": "a list of codes",
    "agents.StrangersTold": "how far a book was told; only the application writes it",
    "agents.Team": "a list; who is of which team is audited with the agent",
    "inbound.FlowKind": "follows from the frozen text of its version",
    "callcenter.DatabasePurpose": "written once",
    "callcenter.ScheduleMemory": "what the code wrote of the schedule",
    "pghistory.Context": "guarded by the first migration: what it said stays",
    "admin.LogEntry": "guarded by the first migration: append-only",
}
OF_LIBRARIES = ("account", "auth", "axes", "contenttypes", "django_celery_beat", "mfa", "sessions", "usersessions")


def all_models() -> list[type[models.Model]]:
    """Those with a table of their own, but not the joins of many to many."""
    found = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return [model for model in found if model._meta.app_label not in OF_LIBRARIES]


def what_it_is(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    libraries = ("django_admin_log", "pghistory_context")
    return [
        word
        for word, holds in {
            "audited": hasattr(model, "pgh_event_model"),
            "facts": table in {one.table for one in tables_of_facts()},
            "book": table in {one.table for one in books() if one.table not in libraries},
            "neither": model._meta.label in NEITHER,
        }.items()
        if holds
    ]


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model._meta.label)
def test_every_model_is_one_of_these(model: type[models.Model]) -> None:
    assert len(what_it_is(model)) == 1, f"{model._meta.label}: {what_it_is(model)}; see agents/audit.py"


def test_the_reasons_are_of_models_there_are() -> None:
    assert NEITHER.keys() - {model._meta.label for model in apps.get_models()} == set()


def test_every_copy_is_in_a_book() -> None:
    tables = {book.table for book in books()}
    copies = {m._meta.db_table for m in apps.get_models() if issubclass(m, pghistory.models.Event) and m._meta.managed}
    assert copies - tables == set()


@pytest.mark.django_db
def test_the_database_has_what_is_declared() -> None:
    """Each trigger is there, and each of its functions looks for tables in `public` before the session's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, array_agg(split_part(t.tgname, '_', 2)), bool_and(p.prosecdef),
                      bool_and(array_to_string(p.proconfig, ';') LIKE '%public, pg_temp%')
                 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgname LIKE 'pgtrigger%' GROUP BY 1"""
        )
        found = {table: (set(names), definer, pinned) for table, names, definer, pinned in cursor.fetchall()}
    libraries = ("django_admin_log", "pghistory_context")
    for one in [*books(), *tables_of_facts()]:
        if one.table not in libraries:
            assert found[one.table][1:] == (True, True), one.table


def test_nothing_that_is_kept_of_a_fact_leads_to_a_customer() -> None:
    personal = {"name", "telephone", "number_of", "contract", "service_number", "identity_card", "address", "note"}
    personal |= {"customer_name", "caller_number", "requester_card", "cells", "payload", "answer", "found"}
    for one in tables_of_facts():
        kept = set(one.columns)
        if one.table == "agents_stretchquestion":
            kept -= {"note"}  # of a supervisor to an agent, about a pause
        if one.table == "telephony_queuering":
            kept -= {"telephone"}  # of a seat
        assert kept & personal == set(), one.table
