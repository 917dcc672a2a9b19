"""What no process of the application wrote in its database: somebody with its password, or at the server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DataError, connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from agents import hands
from agents.accounts import Kind, note, unseen
from agents.audit_check import check_audit
from agents.models import AccountEvent, Agent, StrangersTold, StrangeWrite, User
from agents.strangers import AGAIN_AFTER, LATE, PLANTED_AT_MOST, REACHED_BEFORE, tell_of_strangers, untold_since
from callcenter.beat import SigningScheduler
from callcenter.celery import app as celery
from callcenter.doctor.servers import its_user
from callcenter.hand import word_of
from callcenter.health import look
from callcenter.ownership import refuse_to_start
from notices.models import Notice
from tests.audit import by_its_owner
from tests.callcenter.test_database_roles import WORKS, works
from tests.campaigns.conftest import december, house_rules, make_contact

__all__ = ["december", "house_rules", "make_contact", "works"]
pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def another(works: psycopg.Connection) -> psycopg.Connection:
    """Of the same user, in a transaction of its own."""
    whom = works.info
    return psycopg.connect(host=whom.host, port=whom.port, dbname=whom.dbname, user=whom.user, password=whom.password)


@pytest.fixture
def known() -> Iterator[None]:
    """The database knows whose hand is the application's."""
    with by_its_owner():
        call_command("know_hand")
    yield
    with by_its_owner():
        call_command("know_hand", forget=True)


def strange() -> list[tuple[str, str, str]]:
    return list(StrangeWrite.objects.order_by("pk").values_list("table_name", "operation", "key"))


def test_whoever_has_the_password_writes_nowhere_without_a_line_of_it(
    known: None, works: psycopg.Connection, ana: Agent, make_contact: Any
) -> None:
    contact = make_contact(ana)
    assert strange() == [], "what the application writes is none"
    works.execute("UPDATE campaigns_contact SET contract = contract || '9'")  # of no fact, and told nowhere else
    works.execute("UPDATE campaigns_listentry SET ready_at = now() + interval '20 days'")
    works.execute("INSERT INTO agents_team (name) VALUES ('Sombra')")
    works.execute("DELETE FROM agents_team WHERE name IN ('Sombra', 'Una', 'Otra')")
    told = [(table, operation) for table, operation, _key in strange()]
    assert told[0] == ("campaigns_contact", "update")
    assert ("campaigns_listentry", "update") in told
    assert told[-2:] == [("agents_team", "insert"), ("agents_team", "delete")]
    first = StrangeWrite.objects.earliest("pk")
    assert (first.key, first.database_user, first.address) == (str(contact.pk), works.info.user, None)


def test_every_table_is_watched() -> None:
    assert hands.unwatched() == []
    there = {*connection.introspection.table_names()} - hands.unwatched_on_purpose() - {"django_migrations"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [hands.TRIGGER])
        assert {table for (table,) in cursor.fetchall()} == there


def test_one_that_is_not_watched_is_wrong(known: None) -> None:
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agents_team DISABLE TRIGGER strange_write")
    assert [said for said in check_audit(now=timezone.now()).wrong if said.startswith("agents_team")]
    with by_its_owner():
        hands.watch_every_table()
    assert not [said for said in check_audit(now=timezone.now()).wrong if said.startswith("agents_team")]


@pytest.mark.parametrize(
    "way",
    [
        "SET callcenter.hand = 'anything'",
        "SELECT set_config('callcenter.hand', prosrc, FALSE) FROM pg_proc WHERE proname = 'is_a_stranger'",
        "SET search_path = staging, public;"
        " CREATE FUNCTION staging.is_a_stranger() RETURNS boolean LANGUAGE sql AS 'SELECT FALSE'",
        "SET search_path = staging, pg_catalog, public;"
        " CREATE FUNCTION staging.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'",
        "CREATE TEMP TABLE agents_strangewrite (LIKE public.agents_strangewrite)",
    ],
)
def test_no_way_around_it(way: str, known: None, works: psycopg.Connection) -> None:
    works.execute(way)  # type: ignore[arg-type]  # of this file
    works.execute("INSERT INTO public.agents_team (name) VALUES ('Sombra')")
    assert [table for table, *_rest in strange()] == ["agents_team"]
    works.execute("DROP FUNCTION IF EXISTS staging.is_a_stranger(); DROP FUNCTION IF EXISTS staging.sha256(bytea)")


def test_who_has_the_password_neither_makes_nor_ends_the_watch(known: None, works: psycopg.Connection) -> None:
    for refused in (
        "CREATE OR REPLACE FUNCTION public.is_a_stranger() RETURNS boolean LANGUAGE sql STABLE RETURN FALSE",
        "DROP TRIGGER strange_write ON agents_team",
        "DELETE FROM agents_strangewrite",
        "INSERT INTO agents_strangewrite DEFAULT VALUES",
        "SELECT public.strange_write()",
    ):
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
            works.execute(refused)  # type: ignore[arg-type]


def test_the_word_is_in_no_place_its_password_reads(known: None, works: psycopg.Connection) -> None:
    word = django_settings.DATABASE_HAND_KEYS[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('callcenter.hand')")
        assert cursor.fetchone() == (word,)
        connection.ensure_connection()
        seen = works.execute("SELECT to_jsonb(s)::text FROM pg_stat_activity s").fetchall()
    seen += works.execute("SELECT pg_get_functiondef('public.is_a_stranger'::regproc)").fetchall()
    seen += works.execute("SELECT to_jsonb(s)::text FROM pg_settings s WHERE name LIKE '%hand%'").fetchall()
    assert seen
    assert not [one for (one,) in seen if word in one]


def test_until_it_is_known_everybody_is_the_application(works: psycopg.Connection) -> None:
    """A release that says no word may still be at work."""
    works.execute("INSERT INTO agents_team (name) VALUES ('Vieja')")
    assert strange() == []
    assert [one for one in check_audit(now=timezone.now()).told if "know_hand" in one]
    assert [one for one in its_user(now=timezone.now()) if "know_hand" in one.to_do]


def test_a_process_with_another_key_counts_as_a_stranger_and_is_told_so(known: None) -> None:
    with by_its_owner():
        hands.know([word_of("another key altogether")])
    assert not hands.is_ours()
    assert [said for said in check_audit(now=timezone.now()).wrong if "SECRET_KEY" in said]
    with by_its_owner():
        hands.know(
            [word_of("another key altogether"), *django_settings.DATABASE_HAND_KEYS]
        )  # while one follows the other
    assert hands.is_ours()


def test_production_does_not_start_as_a_stranger(known: None, settings: Any) -> None:
    """It could tell nobody of what happens, and its own writes would be told as another's."""
    settings.CALLCENTER_ENV, settings.DATABASE_WORKS_AS = "production", WORKS
    refuse_to_start()
    with by_its_owner():
        hands.know([word_of("another key")])
    with pytest.raises(ImproperlyConfigured, match="know_hand"):
        refuse_to_start()


def test_who_answers_for_the_centre_hears_of_it_once_in_a_while(
    known: None, works: psycopg.Connection, elena: User, ines: User, ana: Agent
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    now = timezone.now()
    assert tell_of_strangers(now=now) == 0
    works.execute("INSERT INTO agents_team (name) VALUES ('Una'), ('Otra')")
    later = timezone.now()
    assert tell_of_strangers(now=later) == 2
    told = AccountEvent.objects.filter(kind=AccountEvent.Kind.STRANGER)
    assert {event.user for event in told} == {elena, ines}
    assert {event.note for event in told} == {"2 filas: agents_team"}
    assert "Escrituras ajenas" in Notice.objects.get(to=["elena@example.org"]).body
    works.execute("DELETE FROM agents_team WHERE name IN ('Sombra', 'Una', 'Otra')")
    assert tell_of_strangers(now=later) == 0, "not of each row"
    assert tell_of_strangers(now=later + AGAIN_AFTER) == 2
    assert tell_of_strangers(now=later + 3 * AGAIN_AFTER) == 0
    (said,) = [one for one in check_audit(now=later).wrong if one.startswith("agents_team")]
    assert "escribió 4 filas desde la misma máquina" in said


def test_what_was_written_is_named_as_far_as_there_is_room_and_how_much_more_there_is(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    several = ("agents_team", "agents_skill", "agents_pausereason", "inbound_repairlimit", "campaigns_callingwindow")
    for table in (*several, "service_level_holiday", "service_level_workinghours", "campaigns_disposition"):
        works.execute(f"UPDATE {table} SET id = id WHERE id IN (SELECT min(id) FROM {table})")  # type: ignore[arg-type]
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    tables = set(StrangeWrite.objects.values_list("table_name", flat=True))
    tell_of_strangers(now=timezone.now())
    said = AccountEvent.objects.filter(kind=Kind.STRANGER).first()
    assert said is not None
    assert len(tables) > 4
    named = said.note.partition(": ")[2].partition(" y ")[0].split(", ")
    assert {*named} < tables
    assert said.note.endswith(f" y {len(tables) - len(named)} más")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO agents_accountevent (user_id, kind, at, note, browser, mark)"
        " SELECT min(id), 'stranger', now() + interval '2 seconds', '', '', '' FROM agents_user",
        "INSERT INTO agents_strangerstold (id, open_from, told_of, at) VALUES (1, 99999, 0, now())",
        "UPDATE agents_strangerstold SET open_from = 99999, told_of = 99999, at = now()",
        "INSERT INTO agents_accountseen (user_id, at) SELECT id, '2099-01-01' FROM agents_user",
        "INSERT INTO agents_accounteventseen (event_id, at) SELECT id, now() FROM agents_accountevent",
        "DELETE FROM agents_strangerstold",
    ],
)
def test_a_stranger_does_not_say_that_they_were_told(
    statement: str, known: None, works: psycopg.Connection, elena: User
) -> None:
    StrangersTold.objects.create(pk=1)
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        works.execute(statement)  # type: ignore[arg-type]
    assert tell_of_strangers(now=timezone.now() + MINUTE) >= 1
    assert AccountEvent.objects.filter(user=elena, kind=AccountEvent.Kind.STRANGER).exists()


def test_what_was_written_before_and_ends_later_is_told_as_well(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    now = timezone.now()
    with another(works) as first:
        first.execute("INSERT INTO agents_skill (code, name) VALUES ('X', 'X')")
        works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
        assert tell_of_strangers(now=now) == 1
        first.commit()
    assert tell_of_strangers(now=now + AGAIN_AFTER) >= 1
    told = AccountEvent.objects.filter(user=elena, kind=AccountEvent.Kind.STRANGER).order_by("pk")
    assert "agents_team" in told[0].note
    assert "agents_skill" in told[1].note
    assert tell_of_strangers(now=now + 2 * AGAIN_AFTER) == 0
    works.execute("DELETE FROM agents_team WHERE name = 'Una'")
    assert tell_of_strangers(now=now + 3 * AGAIN_AFTER) == 1


def test_retentions_door_is_no_strangers(known: None, works: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is for the application"):
        works.execute("SELECT public.audit_forget('campaigns_callbackevent', 'contact_id', '{1}', '{note}')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_forget('campaigns_callbackevent', 'contact_id', '{1}', '{note}')")
        assert cursor.fetchone() == (0,)


def test_many_rows_of_the_application_are_none(known: None, ines: User) -> None:
    LogEntry.objects.bulk_create(
        LogEntry(user=ines, object_repr=str(n), action_flag=2, change_message="") for n in range(2_000)
    )
    assert strange() == []


def test_who_was_said_to_have_no_power_is_told_all_the_same(
    known: None, works: psycopg.Connection, elena: User, ines: User
) -> None:
    """The stranger makes everybody an agent for as long as it takes to be told."""
    works.execute("UPDATE agents_user SET role = 'agent', is_active = FALSE WHERE role <> 'agent'")
    assert tell_of_strangers(now=timezone.now()) >= 2
    told = AccountEvent.objects.filter(kind=AccountEvent.Kind.STRANGER)
    assert {elena, ines} <= {event.user for event in told}


def test_who_was_given_another_address_is_told_where_she_was_reached_before(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    with works.transaction(), works.transaction():  # the inner one is a savepoint, with a number of its own
        works.execute("UPDATE agents_user SET email = 'first@evil.example'")
        works.execute("UPDATE agents_user SET email = 'second@evil.example'")
    assert tell_of_strangers(now=timezone.now()) == 2 * User.objects.count()
    reached = {address for notice in Notice.objects.all() for address in notice.to}
    assert reached == {"second@evil.example", "elena@example.org"}
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")  # nothing about accounts
    assert tell_of_strangers(now=timezone.now() + AGAIN_AFTER) == 1
    assert Notice.objects.filter(to=["elena@example.org"]).count() == 2
    User.objects.filter(pk=elena.pk).update(email="new@example.org")
    works.execute("INSERT INTO agents_team (name) VALUES ('Otra')")
    assert tell_of_strangers(now=timezone.now() + 2 * AGAIN_AFTER) == 1
    assert Notice.objects.filter(to__contains=["elena@example.org"]).count() == 3, "for a month"
    works.execute("INSERT INTO agents_team (name) VALUES ('Tercera')")
    assert tell_of_strangers(now=timezone.now() + 2 * REACHED_BEFORE) == 1
    assert Notice.objects.filter(to__contains=["elena@example.org"]).count() == 3


def test_a_copy_the_application_made_of_a_strangers_address_hides_none(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    works.execute("UPDATE agents_user SET email = 'elena@evil.example'")
    for language in ("en", "es"):
        User.objects.filter(pk=elena.pk).update(language=language)  # as she clicks it
    tell_of_strangers(now=timezone.now())
    reached = {address for notice in Notice.objects.all() for address in notice.to}
    assert reached == {"elena@example.org", "elena@evil.example"}


def test_people_a_stranger_added_are_told_last_and_not_all_of_them(
    known: None, works: psycopg.Connection, elena: User, ines: User
) -> None:
    columns = [field.column for field in User._meta.concrete_fields]
    copied = ", ".join({"id": "-n", "username": "'planted' || n"}.get(name, name) for name in columns)
    works.execute(
        f"INSERT INTO agents_user ({', '.join(columns)}) SELECT {copied} FROM agents_user, generate_series(1, 300) n"
        f" WHERE username = '{elena.username}'"  # type: ignore[arg-type]
    )
    assert tell_of_strangers(now=timezone.now()) == 300
    told = list(AccountEvent.objects.filter(kind=Kind.STRANGER).order_by("pk").values_list("user_id", flat=True))
    assert {*told[:2]} == {elena.pk, ines.pk}
    assert len(told) == 2 + PLANTED_AT_MOST


@pytest.mark.parametrize(
    "way",
    [
        "INSERT INTO agents_accountevent (id, user_id, kind, at, browser, note, mark)"
        " SELECT 1000 + n, u.id, 'signed_in', '2027-01-01', '', '', '' FROM agents_user u, generate_series(1, 9) n",
        "UPDATE agents_accountevent SET user_id = user_id",
        "UPDATE notices_notice SET state = 'sent'",
        "DELETE FROM notices_notice",
        "INSERT INTO notices_attachment (notice_id, name, content_type, file)"
        " SELECT min(id), 'x', 'text/plain', 'reports/of-customers.xlsx' FROM notices_notice",
        "INSERT INTO agents_auditdigest (table_name, until, count, columns, sha256, sha256_whole, chain, made_at,"
        " snapshot) VALUES ('agents_search', 'infinity', 0, '{}', '', '', '', now(), '')",
        "INSERT INTO agents_removalrun (at, before, taken, holds) VALUES (now(), '{}', '{}', '{}')",
    ],
)
def test_what_tells_people_of_a_stranger_is_none_of_his(
    way: str, known: None, works: psycopg.Connection, elena: User
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    tell_of_strangers(now=timezone.now())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        works.execute(way)  # type: ignore[arg-type]


def test_what_strangers_did_is_read_first_whatever_else_happened(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    tell_of_strangers(now=timezone.now())
    for _time in range(9):
        note(user=elena, kind=Kind.SIGNED_IN, now=timezone.now())
    assert [event.kind for event in unseen(user=elena, mark="")][:2] == [Kind.STRANGER, Kind.SIGNED_IN]


def test_that_nobody_is_told_for_too_long_is_told_to_who_watches_the_machines(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    now = timezone.now()
    assert untold_since(now=now) is None
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    assert untold_since(now=now) is None, "within a minute somebody is"
    assert untold_since(now=now + 2 * LATE) is not None
    tell_of_strangers(now=timezone.now())
    assert untold_since(now=now + 2 * LATE) is None
    works.execute("INSERT INTO agents_team (name) VALUES ('Otra')")
    assert untold_since(now=now + 2 * LATE) is not None


def test_what_was_written_before_a_telling_and_ends_after_it_is_late_as_well(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    with another(works) as first:
        first.execute("INSERT INTO agents_skill (code, name) VALUES ('X', 'X')")
        works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
        now = timezone.now()
        assert tell_of_strangers(now=now) == 1
        first.commit()
    assert untold_since(now=now + LATE / 2) is None
    assert untold_since(now=now + 2 * LATE) == now


def test_a_mail_cannot_be_put_there_before_it_is_owed(known: None, works: psycopg.Connection, elena: User) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    tell_of_strangers(now=timezone.now())
    (owed,) = Notice.objects.filter(to=["elena@example.org"])
    event = AccountEvent.objects.get(user=elena)
    assert str(event.pk) not in owed.key.removeprefix("account:").split("-")


def test_a_person_who_joined_at_no_moment_there_is_keeps_nobody_from_being_told(
    known: None, works: psycopg.Connection, elena: User
) -> None:
    vera = User.objects.create_user("vera", role="supervisor")
    works.execute("UPDATE agents_user SET date_joined = 'infinity' WHERE id = %s", [vera.pk])
    assert tell_of_strangers(now=timezone.now()) == 1
    assert AccountEvent.objects.filter(user=elena, kind=Kind.STRANGER).exists()


@pytest.mark.parametrize("way", ["DELETE FROM agents_user", "UPDATE agents_user SET id = id + 90000"])
def test_nobody_is_made_somebody_else(way: str, known: None, works: psycopg.Connection, elena: User) -> None:
    """Put in again, in the same transaction, she was one of those he had added: told last, or not at all."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        works.execute(way)  # type: ignore[arg-type]
    works.execute("UPDATE agents_user SET first_name = 'X'")


def test_whom_a_stranger_switched_off_hears_of_what_he_does_next(
    known: None, works: psycopg.Connection, elena: User, ines: User
) -> None:
    works.execute("UPDATE agents_user SET is_active = false WHERE id = %s", [ines.pk])
    tell_of_strangers(now=timezone.now())
    before = AccountEvent.objects.latest("pk").pk
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    tell_of_strangers(now=timezone.now() + AGAIN_AFTER)
    told = {event.user for event in AccountEvent.objects.filter(kind=Kind.STRANGER, pk__gt=before)}
    assert told >= {elena, ines}


def test_a_lock_that_keeps_it_from_being_told_is_told(known: None, works: psycopg.Connection) -> None:
    assert {finding.name: finding.holds for finding in look(now=timezone.now())}["strangers"]
    with works.transaction():
        works.execute("LOCK TABLE agents_strangerstold IN ACCESS EXCLUSIVE MODE")
        found = {finding.name: finding for finding in look(now=timezone.now())}["strangers"]
        assert (found.holds, found.seen) == (False, "perhaps not told: OperationalError")


def test_beat_rings_whatever_the_schedule_says(db: None) -> None:
    """A row of it is a stranger's to write."""
    PeriodicTask.objects.update(enabled=False)
    rung: list[str] = []
    with patch.object(celery, "send_task", rung.append):
        scheduler = SigningScheduler(app=celery, lazy=True)
        scheduler.tick()
        scheduler.tick()
        assert rung == ["agents.tell_of_strangers", "notices.deliver_due"]


def test_beat_rings_before_it_reads_a_schedule_that_ends_it(db: None) -> None:
    """It is started again and again, and rings each time."""
    rung: list[str] = []
    with (
        patch.object(celery, "send_task", rung.append),
        patch.object(SigningScheduler, "setup_schedule", side_effect=DataError),
        pytest.raises(DataError),
    ):
        SigningScheduler(app=celery)
    assert rung == ["agents.tell_of_strangers", "notices.deliver_due"]


def test_what_nobody_could_be_told_stays_to_be_told(known: None, works: psycopg.Connection, ana: Agent) -> None:
    works.execute("INSERT INTO agents_team (name) VALUES ('Una')")
    assert tell_of_strangers(now=timezone.now()) == 0
    User.objects.create_user("vera", role="supervisor")
    assert tell_of_strangers(now=timezone.now()) == 1
