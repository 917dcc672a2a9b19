"""Every column of text in the database gets something personal put in, and after the policy's months none has it.

What stays is named here with its reason; a new column is taken away by retention, or named as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from agents.audit import books
from agents.models import Disclosure, Search
from callcenter.retention import take_away_personal_data
from campaigns.closing import sealing
from campaigns.models import Campaign, CampaignChange, DeskDraft, ReportDifference, RetiredTelephone
from escalations.models import Escalation
from inbound.models import LimitGivenBack, OutsideWrite, Walk
from telephony.models import CallOrder, OutgoingCall, QueueCall
from tests.audit import behind_the_audit, years_later
from tests.callcenter.world import World, drawn_once

pytestmark = pytest.mark.django_db
PLANTED = "zqxplant|71999999|9199999"
OF_TEXT = ("CharField", "TextField", "JSONField", "EmailField", "FileField", "SlugField", "GenericIPAddressField")
OF_LIBRARIES = ("account", "auth", "axes", "contenttypes", "django_celery_beat", "mfa", "sessions", "usersessions")

OUR_WORDS, FIGURES, CODES = "what the centre says of itself", "counts, of nobody", "codes, keys and digests"
STAFF = "who works here: kept as long as what they did"
# Models of which nothing is a customer's.
WHOLE = {
    **dict.fromkeys((
        "agents.PauseReason", "agents.Skill", "agents.Team", "callcenter.DatabasePurpose", "callcenter.ScheduleMemory",
        "callcenter.SettledStep",
        "campaigns.ColumnAlias", "campaigns.Disposition", "campaigns.ReportSource", "campaigns.Campaign",
        "control_room.Wallboard", "escalations.Kind", "escalations.SavedFilter", "inbound.Content",
        "inbound.FlowDraft", "inbound.FlowVersion", "inbound.RepairLimit", "inbound.ServiceLine",
        "service_level.Formula", "service_level.Holiday", "service_level.MeasuredQueue", "telephony.Extension",
        "telephony.LogSource", "telephony.Switchboard", "telephony.Trunk",
    ), OUR_WORDS),
    **dict.fromkeys((
        "agents.Agent", "agents.AccountEvent", "agents.PowerRequest", "agents.User", "api.Token", "escalations.Unit",
        "escalations.UnitAddress", "escalations.Letter", "inbound.PersonInCharge", "notices.Recipient",
        "notices.Webhook",
    ), STAFF),
    **dict.fromkeys((
        "campaigns.AttemptFigure", "campaigns.DayFigure", "campaigns.FigureCell", "campaigns.FigureRefresh",
        "campaigns.MeasuredAttempts", "campaigns.MeasuredContact", "campaigns.PatternRefresh", "campaigns.Seal",
        "service_level.AsternicDifference", "service_level.AsternicExport", "service_level.ForecastTrial",
        "service_level.LineFigure", "service_level.MonthSeal", "service_level.SealOrder", "service_level.StaffingNeed",
    ), FIGURES),
    **dict.fromkeys((
        "agents.AgentState", "agents.AuditDigest", "agents.AuditRemoval", "agents.RemovalRun", "api.Reply",
        "campaigns.ChangedRows",
        "campaigns.ContactChange", "campaigns.Errand", "campaigns.ReassignedContact", "campaigns.SeenFile",
        "control_room.ToldAlert", "inbound.WatchedRepair", "pghistory.Context", "telephony.HeardDevice",
        "telephony.Listening", "telephony.LogFile", "telephony.LogLook", "telephony.Monitoring", "telephony.QueueRing",
    ), CODES),
    "admin.LogEntry": "names of what is configured; nothing of a customer is edited there",
    "campaigns.DoNotCall": "she asked not to be called: kept as long as that holds",
    "telephony.HeardEvent": "kept for some days, whatever the policy says",
    "agents.LegalHold": "goes when it was lifted so long ago: test_whom_a_hold_was_of_goes_as_well",
}  # fmt: skip
# Columns of the others that stay.
KEPT = {
    "agents.Disclosure": {"subject": "what was exported or shown, without whose"},
    "agents.FactChange": {
        "rows": "what triggers kept of everything planted: looked into with the rest",
        **dict.fromkeys(("table_name", "operation", "columns", "database_user", "address"), CODES),
    },
    "agents.Search": {"what": CODES},
    "agents.StrangeWrite": dict.fromkeys(
        ("table_name", "operation", "key", "database_user", "address", "program"), CODES
    ),
    "campaigns.Attempt": {},
    "campaigns.CampaignChange": {"verb": CODES, "note": "why a month was changed"},
    "campaigns.Contact": {"zone": FIGURES, "segment": FIGURES},
    "campaigns.ListExport": {"file": "deleted after a day"},
    "campaigns.Reassignment": {"reason": "why lists were moved"},
    "campaigns.Receipt": {"number": "by which an old file is known again (decision 0104)", "channel": FIGURES},
    "campaigns.Refund": {"number": "by which an old file is known again (decision 0104)"},
    "campaigns.RejectedRow": {"reason": CODES},
    "campaigns.Renewal": {"plan": FIGURES},
    "campaigns.Report": dict.fromkeys(("sha256", "name", "sheets", "figures"), CODES),
    "campaigns.ReportDifference": {},
    "campaigns.ReportWithdrawal": {"reason": "why a report was withdrawn"},
    "campaigns.RetiredTelephone": {"reason": CODES},
    "escalations.Change": {"verb": CODES},
    "escalations.Escalation": {"key": CODES, "line": CODES, "zone": FIGURES, "waits_for": CODES},
    "inbound.Footstep": dict.fromkeys(("step", "kind", "proposed", "chosen"), CODES),
    "inbound.OutsideWrite": {
        "key": CODES,
        "action": CODES,
        "said": CODES,
        "reference": "the other system's own number of it",
    },
    "inbound.Walk": {"result": CODES, "result_label": OUR_WORDS},
    "notices.Attachment": dict.fromkeys(("name", "content_type", "file"), "seals and reports of figures"),
    "notices.Delivery": {"subject": CODES, "last_error": "a status, or why nobody was there"},
    "notices.ProgramEvent": dict.fromkeys(("kind", "subject", "facts"), CODES),
    "notices.Notice": {"key": CODES, "to": STAFF, "reached": STAFF},
    "telephony.CallOrder": {"said": CODES},
    "telephony.LoggedLine": {"call": CODES},
    "telephony.LoggedVisit": dict.fromkeys(("call", "queue", "agent", "ended", "moved_to", "oddities"), CODES),
    "telephony.OutgoingCall": {"telephone": STAFF, "agent_uid": CODES},
    "telephony.QueueCall": dict.fromkeys(("queue", "uid", "telephone", "agent_uid", "agent_channel"), CODES),
}


def models_with_text() -> Iterator[tuple[type[models.Model], list[tuple[str, str, int | None]]]]:
    """Each of ours, with the columns of it that may hold something personal: name, kind, and how long."""
    for model in apps.get_models():
        followed = getattr(model, "pgh_tracked_model", model)
        label = followed._meta.label
        if model._meta.app_label in OF_LIBRARIES or model._meta.proxy or not model._meta.managed or label in WHOLE:
            continue
        kept = {*KEPT.get(label, {}), "pgh_label"}
        columns = [
            (field.column, field.get_internal_type(), field.max_length)
            for field in model._meta.concrete_fields
            if not (field.is_relation or field.choices or field.primary_key or field.name in kept)
            and (field.get_internal_type() in OF_TEXT or field.get_internal_type() == "ArrayField")
        ]
        if columns:
            yield model, columns


def ways(kind: str, length: int | None, key: str) -> list[str]:
    """What may be put into a column of a kind; the first that the database takes is."""
    if kind == "JSONField":
        return ["""'{"zqxplant": "zqxplant"}'""", """'["zqxplant"]'"""]
    if kind == "ArrayField":
        return ["ARRAY['zqxplant']", "ARRAY['+59171999999']"]
    words = (f"'zqxplant' || {key}", "'+59171999999'", "'71999999'", "'9199999 CB'")
    return [f"left({word}, {length})" if length else word for word in words]


def plant(model: type[models.Model], column: str, kind: str, length: int | None) -> None:
    """Put it into each row, twice: what a trigger keeps of the first time is looked for as well."""
    table, key = model._meta.db_table, str(model._meta.pk.column)  # type: ignore[union-attr]
    is_book = table in {book.table for book in books()}
    for _time in range(2):
        for way in ways(kind, length, f'"{key}"'):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    if is_book:
                        cursor.execute("SAVEPOINT before_the_book")
                        with behind_the_audit():
                            cursor.execute(f'UPDATE {table} SET "{column}" = {way}')
                    else:
                        cursor.execute(f'UPDATE {table} SET "{column}" = {way}')
                break
            except DatabaseError as error:
                refused = error
        else:
            pytest.fail(f"{table}.{column}: {refused}")


def where_it_is() -> set[str]:
    """`table.column` of everything in the database in which something planted is found."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
                USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'inet', 'bytea', 'USER-DEFINED')"""
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM {table} WHERE "{column}"::text ~ %s)', [PLANTED])
            if cursor.fetchone() == (True,):
                found.add(f"{table}.{column}")
    return found


@pytest.fixture
def planted(world: World, settings: Any, tmp_path: Any) -> World:
    """A day of everything, which is over, and something personal in every corner of it."""
    settings.MEDIA_ROOT = tmp_path
    world.furnish()
    now, campaign, board = world.now, world.campaign, world.queue_call.switchboard
    Search.objects.create(user=world.ana.user, at=now, where="line", what="x", asked="x")
    Disclosure.objects.create(kind="reveal", user=world.elena, subject="x", reason="x", at=now)
    CampaignChange.objects.create(campaign=campaign, verb="x", from_state="running", to_state="running", at=now)
    DeskDraft.objects.create(contact=world.contact, agent=world.ana, fence=1, saved_at=now)
    ReportDifference.objects.create(report=world.report, kind="gone", contract="x", name="x")
    RetiredTelephone.objects.create(contract="x", telephone="x", reason="wrong", retired_at=now)
    OutgoingCall.objects.create(
        switchboard=board, agent=world.ana, telephone="PJSIP/1001", number="+59171234567", dialled="71234567",
        asked_at=now, ended_at=now, state="over", outcome="done",
    )  # fmt: skip
    CallOrder.objects.create(
        call=world.queue_call,
        agent=world.ana,
        kind="blind",
        number="71999999",
        asked_at=now,
        sent_at=now,
        fence=1,
        ended_at=now,
        state="done",
    )
    Campaign.objects.update(state="closed", closed_at=now)
    with patch.object(sealing, "draw_document", drawn_once):
        for one in Campaign.objects.all():
            if one.seals.count() == 0:
                sealing.seal(campaign=one, by=None, now=now)
            sealing.reseal(campaign=one, by=None, reason="fin", now=now + timedelta(days=40))
    Escalation.objects.update(state="rejected", settled_at=now, closed_at=now)
    Walk.objects.update(ended_at=now, result="x", result_label="x")
    OutsideWrite.objects.update(state="not_done", settled_at=now, settled_by=world.elena)
    LimitGivenBack.objects.create(write=world.write, at=now, by=world.elena, reason="x")
    QueueCall.objects.update(state="over", outcome="done", ended_at=now)
    connection.check_constraints()
    for model, columns in models_with_text():
        for column, kind, length in columns:
            plant(model, column, kind, length)
    with connection.cursor() as cursor:  # as a switchboard writes them: what is no line of a call has no number
        cursor.execute(
            "UPDATE telephony_loggedline SET text = '1|9.1|101|NONE|ENTERQUEUE||71999999|1' WHERE text <> ''"
        )
    return world


def test_nothing_personal_is_left(planted: World) -> None:
    later = planted.now + timedelta(days=4 * 365)
    should_be = {
        f"{model._meta.db_table}.{column}" for model, columns in models_with_text() for column, *_more in columns
    }  # fmt: skip
    assert should_be - where_it_is() == set(), "it was put there"
    with years_later():
        take_away_personal_data(now=later)
    assert where_it_is() == set()
    _folders, files = default_storage.listdir("")
    assert files == []
