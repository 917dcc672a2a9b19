"""What whoever owns the database finds, and may run any statement: nothing goes without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pghistory
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from agents.audit import IN_ONE_ROW, books, tables_of_facts
from agents.models import Agent, AgentMessage, AuditRemoval, DataPolicy, Disclosure, FactChange, User
from campaigns.models import Attempt, Campaign, Receipt, Seal
from tests.audit import CLOCK, by_its_owner, years_later

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _owns_the_database(db: None) -> Iterator[None]:
    with by_its_owner():
        yield


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        yield


def run(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@pytest.fixture
def shown(elena: User) -> Disclosure:
    return Disclosure.objects.create(kind="reveal", user=elena, subject="contacto 7", reason="reclamo", at=NOW)


@pytest.mark.parametrize("table", [one.table for one in [*books(), *tables_of_facts()]])
def test_nothing_is_emptied(table: str) -> None:
    with refused():
        run(f"TRUNCATE {table} CASCADE")


def test_events_are_neither_changed_nor_deleted(elena: User) -> None:
    for statement in ("UPDATE agents_userevent SET role = 'agent'", "DELETE FROM agents_userevent"):
        with refused():
            run(statement)


def test_disclosures_are_neither_changed_nor_deleted(shown: Disclosure) -> None:
    with refused():
        run("UPDATE agents_disclosure SET reason = 'otra'")
    with refused():
        run("DELETE FROM agents_disclosure")
    with refused():
        shown.delete()


def test_lines_of_the_admin_are_neither_changed_nor_deleted(elena: User) -> None:
    LogEntry.objects.create(user=elena, action_flag=2, object_repr="Ana")
    with refused():
        run("DELETE FROM django_admin_log")
    with refused():
        run("UPDATE django_admin_log SET user_id = user_id")


def test_an_audit_is_not_switched_off_for_a_session(shown: Disclosure, ana: Agent) -> None:
    """`pgtrigger.ignore` would leave out any trigger the libraries wrote."""
    run("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
    with refused():
        run("DELETE FROM agents_disclosure")
    before = FactChange.objects.count()
    AgentMessage.objects.create(agent=ana, sender=ana.user, text="Hola", sent_at=NOW)
    AgentMessage.objects.all().delete()
    assert FactChange.objects.count() == before + 1


def test_an_audit_does_not_write_into_a_table_of_the_session(ana: Agent) -> None:
    """A temporary table is found before one of the same name, where nobody says otherwise."""
    run("CREATE TEMP TABLE agents_factchange (LIKE public.agents_factchange)")
    run("CREATE TEMP TABLE agents_userevent (LIKE public.agents_userevent)")
    run("CREATE TEMP TABLE agents_auditremoval (LIKE public.agents_auditremoval)")
    AgentMessage.objects.create(agent=ana, sender=ana.user, text="Hola", sent_at=NOW)
    run("UPDATE agents_agentmessage SET text = 'Otra cosa'")
    run("UPDATE agents_user SET role = 'auditor'")
    for table, least in (("agents_factchange", 1), ("agents_userevent", 1)):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT (SELECT count(*) FROM public.{table}), (SELECT count(*) FROM pg_temp.{table})")
            kept, taken = cursor.fetchone()
            assert kept >= least
            assert taken == 0
    run("INSERT INTO agents_auditremoval SELECT 1, now(), 'escalations_change', '{}', 0, NULL, NULL, TRUE, 'x', NULL")
    run("SELECT public.audit_door_is_open('escalations_change')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_door_is_open('escalations_change')")
        assert cursor.fetchone() == (False,)
    run("DROP TABLE pg_temp.agents_factchange, pg_temp.agents_userevent, pg_temp.agents_auditremoval")


def kept(table: str, operation: str) -> FactChange:
    return FactChange.objects.filter(table_name=table, operation=operation).latest("id")


def was(change: FactChange, key: object) -> dict[str, Any]:
    return dict(zip(change.columns, change.rows[str(key)], strict=True))


def test_what_a_receipt_was_is_kept(ana: Agent) -> None:
    receipt = Receipt.objects.create(
        number="R-1", report_id=1, contract="C-1", service_number="4", paid_on="2026-11-02", amount=Decimal("170.00")
    )
    told = kept("campaigns_receipt", "insert")
    assert (told.count, told.rows) == (1, {"first": receipt.pk, "last": receipt.pk})
    run("UPDATE campaigns_receipt SET amount = 17 WHERE id = %s", receipt.pk)
    change = kept("campaigns_receipt", "update")
    assert was(change, receipt.pk)["amount"] == 170
    assert (change.count, change.database_user) == (1, connection.settings_dict["USER"])
    run("UPDATE campaigns_receipt SET id = id + 1000, amount = 1")
    assert was(kept("campaigns_receipt", "update"), receipt.pk)["amount"] == 17
    run("DELETE FROM campaigns_receipt")
    assert was(kept("campaigns_receipt", "delete"), receipt.pk + 1000)["amount"] == 1


def test_of_a_changed_telephone_only_that_it_changed_is_kept(ana: Agent) -> None:
    tried = attempt(ana)
    before = FactChange.objects.count()
    run("UPDATE campaigns_attempt SET telephone = '+59170000000', note = 'Otra'")
    change = FactChange.objects.latest("id")
    assert FactChange.objects.count() == before + 1
    assert list(change.rows) == [str(tried.pk)]
    assert "+591" not in str(change.rows)


def attempt(agent: Agent, **more: Any) -> Attempt:
    told = {"dialled_at": NOW, "day": NOW.date(), "fence": 1, "resulted_at": NOW, "telephone": "+59170712345"}
    return Attempt.objects.create(campaign_id=1, contact_id=1, agent=agent, **{**told, **more})


def test_what_an_attempt_was_is_kept_from_its_result_on(ana: Agent) -> None:
    """Until it has one it is no fact: each click would write two rows more than it does."""
    tried = attempt(ana, resulted_at=None)
    before = FactChange.objects.count()
    run("UPDATE campaigns_attempt SET resulted_at = %s, fence = 2", NOW)
    assert FactChange.objects.count() == before
    run("UPDATE campaigns_attempt SET resulted_at = NULL")
    assert was(kept("campaigns_attempt", "update"), tried.pk)["fence"] == 2


def test_a_statement_that_changes_nothing_leaves_nothing(ana: Agent) -> None:
    attempt(ana)
    before = FactChange.objects.count()
    run("UPDATE campaigns_attempt SET fence = fence")
    run("DELETE FROM campaigns_attempt WHERE id < 0")
    assert FactChange.objects.count() == before


def test_what_many_were_is_kept_in_few_rows(ana: Agent) -> None:
    rows = 2 * IN_ONE_ROW + 10
    run(
        """INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, ready_at, position, attempts,
                  attempts_on_day, fence)
           SELECT n, 1, 'both', 'open', now(), 0, 0, 0, 0 FROM generate_series(1, %s) n""",
        rows,
    )
    run("UPDATE campaigns_listentry SET paid_on = '2026-11-03', state = 'paid'")
    written = FactChange.objects.filter(table_name="campaigns_listentry", operation="update")
    assert sorted(change.count for change in written) == [10, IN_ONE_ROW, IN_ONE_ROW]
    assert len({key for change in written for key in change.rows}) == rows


def test_seals_stay_as_they_are(elena: User) -> None:
    campaign = Campaign.objects.create(
        period="2026-12-01", calls_from="2026-11-25", calls_until="2026-11-30", report_due_at=NOW, created_at=NOW
    )
    Seal.objects.create(campaign=campaign, revision=1, sealed_at=NOW, figures={}, evidence={}, sha256="0" * 64)
    with refused():
        run("UPDATE campaigns_seal SET figures = '{\"paid\": 9}'")
    with refused():
        run("DELETE FROM campaigns_seal")


def test_a_context_only_grows(ana: Agent) -> None:
    with pghistory.context(user=ana.user.pk, page="/a"):
        AgentMessage.objects.create(agent=ana, sender=ana.user, text="Hola", sent_at=NOW)
        AgentMessage.objects.update(text="Chau")
        pghistory.context(user=None, page="/b", more=1)
        AgentMessage.objects.update(text="Hola")
    context = FactChange.objects.latest("id").context
    assert context is not None
    context.refresh_from_db()
    assert context.metadata == {"user": ana.user.pk, "page": "/a", "more": 1}
    run("UPDATE pghistory_context SET metadata = '{}'")
    context.refresh_from_db()
    assert context.metadata["user"] == ana.user.pk
    with refused():
        run("DELETE FROM pghistory_context")


def test_what_opens_an_account_is_told_and_not_what_it_is(ana: Agent) -> None:
    """By whatever way it is changed: the page, the shell, or whoever has the database's password."""
    before = FactChange.objects.count()
    run("UPDATE agents_user SET password = 'pbkdf2$mine' WHERE id = %s", ana.user.pk)
    run("UPDATE agents_user SET password = password, last_login = now() WHERE id = %s", ana.user.pk)
    run(
        """INSERT INTO mfa_authenticator (type, data, user_id, created_at)
           VALUES ('totp', '{"secret": "mine"}', %s, now())""",
        ana.user.pk,
    )
    run("UPDATE mfa_authenticator SET last_used_at = now()")
    run("UPDATE mfa_authenticator SET data = '{}'")
    run("DELETE FROM mfa_authenticator")
    told = list(FactChange.objects.order_by("pk")[before:])
    assert [(one.table_name, one.operation) for one in told] == [
        ("agents_user", "update"), ("mfa_authenticator", "insert"), ("mfa_authenticator", "update"),
        ("mfa_authenticator", "delete"),
    ]  # fmt: skip
    assert told[0].rows == {str(ana.user.pk): []}
    assert "mine" not in str([one.rows for one in told])


def test_another_link_of_a_wallboard_is_told(db: None) -> None:
    run("INSERT INTO control_room_wallboard (name, sha256, is_on) VALUES ('Sala', 'a', TRUE)")
    before = FactChange.objects.count()
    run("UPDATE control_room_wallboard SET sha256 = 'mine'")
    told = FactChange.objects.order_by("pk")[before]
    assert (told.table_name, told.operation, "mine" in str(told.rows)) == ("control_room_wallboard", "update", False)


def test_a_task_that_is_switched_off_is_told(db: None) -> None:
    every = IntervalSchedule.objects.create(every=5, period="seconds")
    PeriodicTask.objects.create(name="Señal", task="callcenter.heartbeat", interval=every)
    before = FactChange.objects.count()
    run("UPDATE django_celery_beat_periodictask SET last_run_at = now(), total_run_count = total_run_count + 1")
    assert FactChange.objects.count() == before
    for change in ("enabled = FALSE", "expires = '2020-01-01'", "start_time = '2100-01-01'", "queue = 'nowhere'"):
        changed = run(f"UPDATE django_celery_beat_periodictask SET {change}")
        assert changed
        assert FactChange.objects.count() == before + changed, change
        before += changed
    run("UPDATE django_celery_beat_intervalschedule SET every = 86400")
    assert FactChange.objects.count() == before + 1


AGREED = """
INSERT INTO campaigns_callbackevent (pgh_created_at, pgh_label, pgh_obj_id, id, campaign_id, contact_id, agent_id,
       telephone, due_at, reach, state, note, why, created_at, cancelled_by_payment, cancelled_by_leaving)
VALUES (%s, 'insert', 1, 1, 1, 7, 1, '+59170712345', now(), 'personal', 'pending', 'Rosa', '', now(), FALSE, FALSE)"""


class TestTheDoor:
    """`audit_forget`: personal columns of books, older than any policy keeps them; it writes down what it took."""

    @pytest.fixture
    def agreed(self, ana: Agent) -> int:
        return run(AGREED, NOW)

    def forget(self, columns: list[str], table: str = "campaigns_callbackevent") -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_forget(%s, 'contact_id', %s, %s)", [table, [7], columns])
            return int(cursor.fetchone()[0])

    def test_it_takes_and_says_what_it_took(self, agreed: int) -> None:
        with years_later():
            assert self.forget(["note", "telephone"]) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT note, telephone, state FROM campaigns_callbackevent")
            assert cursor.fetchall() == [("", "", "pending")]
        told = AuditRemoval.objects.get()
        assert (told.table_name, told.count, told.since, told.is_open) == ("campaigns_callbackevent", 1, NOW, False)

    def test_what_is_younger_stays(self, agreed: int) -> None:
        """By the server's own clock, whatever the caller's says."""
        young = AuditRemoval.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(CLOCK.format("timestamptz ''2028-10-25 13:29:00+00''"))
            assert self.forget(["note"]) == 0, "two years, as long as nobody has said another policy, less a month"
            cursor.execute(CLOCK.format("timestamptz ''2028-10-25 13:31:00+00''"))
            assert self.forget(["note"]) == 1
            DataPolicy.objects.create(months_of_calls=3, months_of_numbers=12)
            cursor.execute(CLOCK.format("timestamptz ''2027-01-25 13:29:00+00''"))
            assert self.forget(["why"]) == 0
            cursor.execute(CLOCK.format("timestamptz ''2027-01-25 13:31:00+00''"))
            assert self.forget(["why"]) == 1, "the shortest there is"
            cursor.execute(CLOCK.format("pg_catalog.clock_timestamp()"))
        assert AuditRemoval.objects.count() > young

    def test_what_was_shortened_today_opens_nothing_for_a_week(self, ana: Agent) -> None:
        """Nor does another row of the policy, which only the database's password writes."""
        run(AGREED, timezone.now() - timedelta(days=100))
        DataPolicy.objects.create(months_of_calls=24)
        DataPolicy.objects.update(months_of_calls=3)
        run(
            "INSERT INTO agents_datapolicy SELECT 2, searches_a_minute, searches_a_day, exports_a_day,"
            " rows_of_an_export, names_of_an_address, 3, 3, 3 FROM agents_datapolicy WHERE id = 1"
        )
        assert self.forget(["note"]) == 0
        with connection.cursor() as cursor:
            cursor.execute(CLOCK.format("pg_catalog.clock_timestamp() + interval ''8 days''"))
            assert self.forget(["note"]) == 1
            cursor.execute(CLOCK.format("pg_catalog.clock_timestamp()"))

    @pytest.mark.parametrize("columns", [["state"], ["note", "agent_id"], ["pgh_created_at"]])
    def test_it_takes_nothing_else(self, agreed: int, columns: list[str]) -> None:
        with years_later(), refused():
            self.forget(columns)

    @pytest.mark.parametrize("table", ["campaigns_receipt", "agents_user"])
    def test_it_opens_no_other_table(self, table: str) -> None:
        with pytest.raises(ProgrammingError, match="no book"), transaction.atomic():
            self.forget(["contract"], table)

    def test_it_is_closed_again(self, agreed: int) -> None:
        with years_later():
            self.forget(["note"])
            with refused():
                run("UPDATE campaigns_callbackevent SET telephone = ''")
            with refused():
                run("UPDATE agents_auditremoval SET is_open = TRUE")
