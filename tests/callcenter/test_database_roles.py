"""What whoever has the application's own password to the database may do there, signed in as it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone
from psycopg import sql

from agents.audit import books, tables_of_facts
from agents.audit_check import check_audit
from agents.models import Agent
from callcenter.celery import app, ticks_wait_for_no_lock
from callcenter.database_rights import NoRights, give_rights, make_role, only_added_to, only_read
from callcenter.management.commands import make_roles
from callcenter.ownership import as_owner, refuse_to_start
from callcenter.told_roles import hear_nothing_of_it
from tests.audit import by_its_owner
from tests.databases import WORKS, own_nothing

pytestmark = pytest.mark.django_db(transaction=True)  # it comes in from outside, and sees what is committed


@pytest.fixture
def works(ana: Agent) -> Iterator[psycopg.Connection]:
    """A connection of the user who owns nothing."""
    name, password = f"works_{secrets.token_hex(4)}", secrets.token_hex(12)
    with by_its_owner():
        make_role(name=name, password=password)
        give_rights(to=name)
        give_rights(to=name)  # twice does no harm
    known = connection.get_connection_params()
    place = {key: known[key] for key in ("host", "port", "dbname") if key in known}
    with psycopg.connect(**place, user=name, password=password, autocommit=True) as signed_in:
        yield signed_in
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def refused(works: psycopg.Connection, statement: str) -> bool:
    try:
        works.execute(statement)  # type: ignore[arg-type]  # of this file
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType):
        return True
    return False


def test_it_changes_and_deletes_nothing_of_a_book(works: psycopg.Connection) -> None:
    for book in books():
        for statement in (f"DELETE FROM {book.table}", f'UPDATE {book.table} SET "{book.at}" = now()'):
            assert refused(works, statement), statement
    for table in only_read():
        assert refused(works, f"INSERT INTO {table} DEFAULT VALUES"), table


def test_it_empties_drops_and_alters_nothing(works: psycopg.Connection) -> None:
    for one in [*books(), *tables_of_facts()]:
        for statement in (
            "TRUNCATE {}",
            "DROP TABLE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD x int",
        ):
            assert refused(works, statement.format(one.table)), statement.format(one.table)


def test_the_poolers_user_may_as_much_and_what_it_says_is_not_read(works: psycopg.Connection) -> None:
    """It says whose hand it is in a statement, which who signs in as the same user would read in the list of them."""
    name, password = f"pooler_{secrets.token_hex(4)}", secrets.token_hex(12)
    with by_its_owner():
        assert make_role(name=name, password=password, like=works.info.user)
        assert not make_role(name=name, password=password, like=works.info.user), "twice does no harm"
    try:
        place = {"host": works.info.host, "port": works.info.port, "dbname": works.info.dbname}
        with psycopg.connect(**place, user=name, password=password, autocommit=True) as pooler:
            pooler.execute("INSERT INTO agents_team (name) VALUES ('Una')")
            pooler.execute("SELECT set_config('callcenter.hand', 'the word', false)")
            asked = "SELECT query FROM pg_stat_activity WHERE pid = %s"
            assert works.execute(asked, [pooler.info.backend_pid]).fetchall() == [("<insufficient privilege>",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                works.execute("SELECT pg_terminate_backend(%s)", [pooler.info.backend_pid])
    finally:
        with by_its_owner(), connection.cursor() as cursor:
            cursor.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE TABLE public.another (id int)",
        "CREATE SCHEMA another",
        "CREATE ROLE another SUPERUSER",
        "DROP FUNCTION public.audit_forget(text, text, bigint[], text[])",
        "CREATE OR REPLACE FUNCTION public.audit_clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT TRUE'",
        "SELECT public._pgh_attach_context()",
        "SET ROLE postgres",
        "SELECT setval('agents_factchange_id_seq', 1)",
        "SELECT nextval('agents_userevent_pgh_id_seq')",  # of the short ones: used up within minutes, without a row
        "SELECT nextval('axes_accesslog_id_seq')",
        "COPY agents_factchange TO PROGRAM 'true'",
        "INSERT INTO agents_auditremoval (at, table_name, columns, database_user)"
        " VALUES (now(), 'agents_userevent', '{}', 'x')",
        "CREATE TEMP TABLE mine (id int); CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW"
        " EXECUTE FUNCTION public.audit_context_grows()",
    ],
)
def test_it_makes_nothing_of_its_own_and_switches_nothing_off(works: psycopg.Connection, statement: str) -> None:
    assert refused(works, statement)


def test_it_owns_nothing(works: psycopg.Connection) -> None:
    found = works.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    ).fetchone()
    assert found == (0,)


def test_what_it_changes_leaves_its_trace(works: psycopg.Connection) -> None:
    """Its own rights do not reach the book: the trigger writes as its owner."""
    works.execute(
        """INSERT INTO campaigns_receipt (number, report_id, contract, service_number, service, paid_on, amount,
                  channel, standing) VALUES ('R-1', 1, 'C', '4', '', '2026-11-02', 170, '', 'unmatched')"""
    )
    works.execute("UPDATE campaigns_receipt SET amount = 17")
    works.execute("DELETE FROM campaigns_receipt")
    works.execute("UPDATE agents_user SET first_name = 'Otra'")
    told = works.execute(
        "SELECT operation, database_user = current_user FROM agents_factchange"
        " WHERE table_name = 'campaigns_receipt' ORDER BY id"
    ).fetchall()
    assert told == [("insert", True), ("update", True), ("delete", True)]
    assert works.execute("SELECT count(*) FROM agents_userevent WHERE first_name = 'Otra'").fetchone() != (0,)


def test_it_stages_reports_makes_tables_of_its_session_and_analyses(works: psycopg.Connection) -> None:
    works.execute("CREATE UNLOGGED TABLE staging.report_1_1 (line int)")
    works.execute("ALTER TABLE staging.report_1_1 ADD COLUMN duplicate_of integer")
    works.execute("DROP TABLE staging.report_1_1")
    works.execute("CREATE TEMP TABLE moving (id int); ANALYZE moving; DROP TABLE moving")
    works.execute("ANALYZE campaigns_contact, campaigns_receipt")
    works.execute("SELECT pg_advisory_lock(1); LISTEN cards; NOTIFY cards, '1'")
    for table in only_added_to():
        assert works.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table))) is not None


def test_retention_has_its_door(works: psycopg.Connection) -> None:
    taken = works.execute(
        "SELECT public.audit_forget('campaigns_callbackevent', 'contact_id', '{1}', '{note}')"
    ).fetchone()
    assert taken == (0,)


def test_the_owner_is_given_no_rights() -> None:
    with pytest.raises(NoRights, match="owns the database"):
        give_rights(to=str(connection.settings_dict["USER"]))


def test_who_may_make_no_table_is_told_who_migrates() -> None:
    with pytest.raises(CommandError, match=r"may make no table here. Name who owns the database in DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0, interactive=False)


def test_the_user_is_made_with_its_own_password_and_not_the_owners(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, str]] = []
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "its-own")
    settings.DATABASE_OWNER = {**connection.settings_dict, "USER": "owner", "PASSWORD": "the-owners"}
    monkeypatch.setattr(make_roles, "make_role", lambda **asked: made.append(asked))
    monkeypatch.setattr(make_roles, "give_rights", lambda **_asked: None)
    make_roles.Command().handle()
    assert made == [{"name": settings.DATABASE_WORKS_AS, "password": "its-own"}]
    assert connection.settings_dict["PASSWORD"] == "its-own"


def test_the_settings_stay_what_they_are_while_something_is_done_as_the_owner(settings: Any) -> None:
    configured = dict(settings.DATABASES["default"])
    settings.DATABASE_OWNER = {**configured, "USER": "owner"}
    with as_owner():
        assert connection.settings_dict["USER"] == "owner"
        assert settings.DATABASES["default"] == configured
    assert connection.settings_dict is settings.DATABASES["default"]


@pytest.mark.parametrize(("without", "starts"), [([], False), (["database-roles"], True)])
def test_production_does_not_work_as_who_owns_the_database(settings: Any, without: list[str], *, starts: bool) -> None:
    settings.CALLCENTER_ENV, settings.PRODUCTION_WITHOUT = "production", without
    with nullcontext() if starts else pytest.raises(ImproperlyConfigured, match="make_roles"):
        refuse_to_start()


def test_who_holds_the_links_does_not_own_it_either(settings: Any) -> None:
    settings.CALLCENTER_ENV, settings.PRODUCTION_WITHOUT = "production", []
    with pytest.raises(ImproperlyConfigured, match="make_roles"):
        call_command("listen_to_switchboard")


def test_production_works_as_another(settings: Any) -> None:
    settings.CALLCENTER_ENV, settings.DATABASE_WORKS_AS = "production", WORKS
    refuse_to_start()


def test_the_path_it_told_itself_leads_nowhere(works: psycopg.Connection) -> None:
    """A role may set what its next sessions begin with: the house asks by its own path all the same."""
    works.execute("ALTER ROLE CURRENT_USER SET search_path = staging, public")
    told = works.info
    place = {"host": told.host, "port": told.port, "dbname": told.dbname, "user": told.user, "password": told.password}
    with psycopg.connect(**place) as next_one:
        assert next_one.execute("SHOW search_path").fetchone() == ("staging, public",)
    options = connection.get_connection_params()["options"]
    with psycopg.connect(**place, options=options) as of_the_house:
        assert of_the_house.execute("SHOW search_path").fetchone() == ("public",)


def test_the_worker_of_the_ticks_says_the_path_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", dict(connection.settings_dict["OPTIONS"]))
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {"ticks": None})
    ticks_wait_for_no_lock()
    said = connection.settings_dict["OPTIONS"]["options"]
    assert settings.DATABASE_BEGINS in said
    assert "lock_timeout" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((f"{what}_timeout", "5s") for what in ("statement", "lock", "idle_session", "idle_in_transaction_session")),
        ("transaction_timeout", "5s"), ("default_transaction_isolation", "serializable"), ("datestyle", "German"),
        ("standard_conforming_strings", "off"), ("exit_on_error", "on"), ("random_page_cost", "1e300"),
        ("synchronous_commit", "local"),
        ("default_transaction_read_only", "on"), ("default_transaction_deferrable", "on"),
    ],
)  # fmt: skip
def test_nothing_it_told_itself_holds_for_the_house(name: str, value: str, works: psycopg.Connection) -> None:
    """Any of them would keep people from being told what somebody with its password did."""
    if name == "transaction_timeout" and works.info.server_version < 170000:
        pytest.skip("PostgreSQL 17 brought it")
    before = shown_to_the_house(name, works)
    works.execute(f"ALTER ROLE CURRENT_USER SET {name} = '{value}'")  # type: ignore[arg-type]
    place = works.info
    password = {"host": place.host, "port": place.port, "dbname": place.dbname, "password": place.password}
    with psycopg.connect(**password, user=place.user) as of_its_password:
        assert of_its_password.execute(f"SHOW {name}").fetchone() != before  # type: ignore[arg-type]
    assert shown_to_the_house(name, works) == before


def test_what_it_took_back_since_a_connection_began_holds_for_nothing_either(works: psycopg.Connection) -> None:
    works.execute("ALTER ROLE CURRENT_USER SET datestyle = 'German'")
    place = works.info
    password = {"host": place.host, "port": place.port, "dbname": place.dbname, "password": place.password}
    with psycopg.connect(**password, user=place.user, autocommit=True) as of_the_house:
        works.execute("ALTER ROLE CURRENT_USER RESET datestyle")
        hear_nothing_of_it(SimpleNamespace(connection=of_the_house))  # type: ignore[arg-type]
        assert of_the_house.execute("SHOW datestyle").fetchone() == ("ISO, MDY",)


def test_no_connection_of_the_house_waits_for_somebody_elses_transaction(works: psycopg.Connection) -> None:
    """A serializable read-only deferrable session waits at its first statement: before anything is put back."""
    place = works.info
    password = {"host": place.host, "port": place.port, "dbname": place.dbname, "password": place.password}
    with psycopg.connect(**password, user=place.user, options="-c default_transaction_isolation=serializable") as open_:
        open_.execute("SELECT count(*) FROM agents_user")  # and stays open
        for told in ("isolation = serializable", "read_only = on", "deferrable = on"):
            works.execute(f"ALTER ROLE CURRENT_USER SET default_transaction_{told}")  # type: ignore[arg-type]
        assert shown_to_the_house("default_transaction_read_only", works) == ("off",)


def shown_to_the_house(name: str, works: psycopg.Connection) -> Any:
    """In a new connection of the application, as the user who owns nothing."""
    of_the_house = connection.copy()
    of_the_house.settings_dict |= {"USER": works.info.user, "PASSWORD": works.info.password}
    connection_created.disconnect(dispatch_uid="tests.databases")  # it is that user as it is
    try:
        with of_the_house.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            return cursor.fetchone()
    finally:
        of_the_house.close()
        connection_created.connect(own_nothing, dispatch_uid="tests.databases")


@pytest.mark.parametrize(
    "said",
    [
        "search_path=staging, public", "standard_conforming_strings=off", "transform_null_equals=on",
        "debug_print_parse=on", "work_mem='64kB'", "random_page_cost='1e300'", "statement_timeout='25ms'",
        "lock_timeout=1",
    ],
)  # fmt: skip
def test_whoever_told_it_anything_is_found(said: str, works: psycopg.Connection, settings: Any) -> None:
    settings.DATABASE_WORKS_AS = works.info.user
    assert not [one for one in check_audit(now=timezone.now()).wrong if "ALTER ROLE" in one]
    name, _equals, value = said.partition("=")
    works.execute(f"ALTER ROLE CURRENT_USER SET {name} = {value}")  # type: ignore[arg-type]  # of this file
    assert [one for one in check_audit(now=timezone.now()).wrong if name in one]
