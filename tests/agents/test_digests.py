"""What is changed, deleted, inserted or put in another order behind the audit's back is found, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from agents import audit_check, audit_sums, digests
from agents.audit_check import check_audit
from agents.digests import NotSummed, link, make_digests, summed_tables
from agents.models import Agent, AgentMessage, AuditDigest, Disclosure, User
from campaigns.models import Attempt, Receipt
from tests.audit import behind_the_audit, by_its_owner, years_later

# commits: what a digest sees of changes is told by the transactions that were over
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The server's own clock dates the book of changes: what is changed here is changed today, after all digests."""
    now = timezone.localtime()
    monkeypatch.setattr(digests, "_installed_at", lambda: now - timedelta(days=9))
    return now


@pytest.fixture
def days(ana: Agent, elena: User, now: datetime) -> list[datetime]:
    """Three days of disclosures, messages and attempts, each summed up in the night after it."""
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    found = [noon - timedelta(days=back) for back in (3, 2, 1)]
    for day in found:
        for number in range(3):
            at = day + timedelta(minutes=number)
            Disclosure.objects.create(kind="reveal", user=elena, subject=f"contacto {number}", reason="reclamo", at=at)
            AgentMessage.objects.create(agent=ana, sender=elena, text=f"Hola {number}", sent_at=at)
            Attempt.objects.create(
                campaign_id=1, contact_id=number, agent=ana, telephone=f"+5917071{number}", fence=day.day,
                dialled_at=at, day=at.date(), resulted_at=at,
            )  # fmt: skip
        make_digests(now=night_after(day))
    return found


def night_after(day: datetime) -> datetime:
    return day.replace(hour=4) + timedelta(days=1)


def damage(*statements: str) -> None:
    """By whoever may switch triggers off."""
    with behind_the_audit(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def wrong(now: datetime, **more: Any) -> list[str]:
    return check_audit(now=now, **more).wrong


def day_of(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d/%m/%Y")


def newest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        return int(cursor.fetchone()[0])


def test_a_table_that_cannot_be_summed_is_named_and_the_others_are(
    days: list[datetime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row may hold more than can be: neither the check nor the sealing of all others ends with it."""
    real, later = audit_sums.sums, night_after(now + timedelta(days=4))

    def sums(table: Any, *given: Any, **named: Any) -> Any:
        if table.table == "agents_disclosure":
            with connection.cursor() as cursor:
                cursor.execute("SELECT repeat('x', 1100000000)")
        return real(table, *given, **named)

    for module in (digests, audit_check):
        monkeypatch.setattr(module, "sums", sums)
    damage("DELETE FROM agents_agentmessage WHERE id = (SELECT max(id) FROM agents_agentmessage)")
    said = wrong(now)
    assert any(one.startswith("agents_disclosure: no se puede sumar") for one in said)
    assert any(one.startswith("agents_agentmessage") for one in said)
    with pytest.raises(NotSummed, match="agents_disclosure"):
        make_digests(now=later)
    monkeypatch.undo()
    sealed = AuditDigest.objects.filter(until__gt=now)
    assert sealed.values("table_name").distinct().count() == len(summed_tables()) - 1
    assert any(one.startswith("agents_disclosure: no se hacen huellas desde") for one in wrong(later))


def test_an_audit_that_nobody_touched_is_what_it_was(days: list[datetime], now: datetime) -> None:
    checked = check_audit(now=now)
    assert (checked.wrong, checked.days) == ([], 3)
    assert make_digests(now=now) == 0
    assert AuditDigest.objects.count() == 3 * len(summed_tables())


@pytest.mark.parametrize("table", ["agents_disclosure", "agents_agentmessage", "campaigns_attempt"])
def test_what_is_deleted_changed_or_inserted_is_told(days: list[datetime], now: datetime, table: str) -> None:
    column, moment = {
        "agents_disclosure": ("kind = 'export'", "at"),
        "agents_agentmessage": ("seen_at = sent_at", "sent_at"),
        "campaigns_attempt": ("fence = 99", "resulted_at"),
    }[table]
    last = newest(table)
    damage(f"UPDATE {table} SET {column} WHERE id = {last}")
    assert wrong(now) == [f"{table}, {day_of(days[2])}: algo se cambió."]
    damage(f"DELETE FROM {table} WHERE id = {last - 3}")
    assert wrong(now)[0] == f"{table}, {day_of(days[1])}: falta una fila."
    columns = "id, " + ", ".join(
        name for name in _columns(table) if name not in ("id", "contact_id", "fence", "telephone")
    )
    more = {"campaigns_attempt": ("contact_id, fence, telephone, ", "id, 77, '', ")}.get(table, ("", ""))
    damage(
        f"INSERT INTO {table} ({more[0]}{columns}) SELECT {more[1]}{columns.replace('id, ', '9000 + id, ', 1)}"
        f" FROM {table} WHERE {moment} < '{days[0].isoformat()}'::timestamptz + interval '90 seconds'"
    )
    assert any("hay 2 filas de más." in sentence for sentence in wrong(now))


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def test_two_rows_that_changed_places_are_told(days: list[datetime], now: datetime) -> None:
    last = newest("agents_disclosure")
    damage(
        f"""UPDATE agents_disclosure a SET subject = b.subject FROM agents_disclosure b
             WHERE a.id IN ({last}, {last - 1}) AND b.id IN ({last}, {last - 1}) AND a.id <> b.id"""
    )
    assert wrong(now) == [f"agents_disclosure, {day_of(days[2])}: algo se cambió."]


def test_a_change_that_left_its_trace_is_no_difference(days: list[datetime], now: datetime) -> None:
    """And a trace that is changed is one itself."""
    first, second = Attempt.objects.order_by("id")[:2]
    Attempt.objects.filter(pk=first.pk).update(fence=98)
    Attempt.objects.filter(pk=first.pk).update(fence=99)
    second.delete()
    AgentMessage.objects.filter(text="Hola 1").update(seen_at=now)
    assert wrong(now) == []
    damage("UPDATE agents_factchange SET rows = '{}' WHERE table_name = 'campaigns_attempt'")
    assert wrong(now) == [
        f"campaigns_attempt, hasta el {day_of(days[0])}: falta una fila.",
    ]


def test_a_receipt_that_was_not_inserted_when_it_says_is_told(ana: Agent, now: datetime) -> None:
    """Receipts do not say when they were taken in: the book of changes does, and the server's clock with it."""
    told: dict[str, Any] = {
        "report_id": 1,
        "contract": "C",
        "service_number": "4",
        "paid_on": "2026-11-02",
        "amount": 170,
    }
    first = [Receipt.objects.create(number=f"R-{number}", **told) for number in range(3)]
    damage("UPDATE agents_factchange SET at = at - interval '2 days'")
    make_digests(now=night_after(now - timedelta(days=2)))
    Receipt.objects.create(number="R-later", **told)
    first[0].amount = 90
    first[0].save()
    assert wrong(now) == []
    damage("UPDATE campaigns_receipt SET amount = 17 WHERE number = 'R-1'")
    assert [sentence.split(",")[0] for sentence in wrong(now)] == ["campaigns_receipt"]


def test_what_retention_took_is_told_and_is_not_wrong(now: datetime) -> None:
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO campaigns_callbackevent (pgh_created_at, pgh_label, pgh_obj_id, id, campaign_id, contact_id,
                      agent_id, telephone, due_at, reach, state, note, why, created_at, cancelled_by_payment,
                      cancelled_by_leaving)
               VALUES (%s, 'insert', 1, 1, 1, 7, 1, '+59170712345', now(), 'personal', 'pending', 'Rosa', '', now(),
                      FALSE, FALSE)""",
            [now - timedelta(days=1)],
        )
        make_digests(now=night_after(now - timedelta(days=1)))
        with years_later():
            cursor.execute("SELECT audit_forget('campaigns_callbackevent', 'contact_id', '{7}', '{note,telephone}')")
        checked = check_audit(now=now)
        assert checked.wrong == []
        where = f"campaigns_callbackevent, hasta el {day_of(now - timedelta(days=1))}"
        assert where in [sentence.split(":")[0] for sentence in checked.told]
        damage("UPDATE campaigns_callbackevent SET state = 'done'")
        assert wrong(now) == [f"{where}: algo se cambió."]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agents_auditdigest SET sha256 = repeat('0', 64) WHERE table_name = 'agents_userevent'",
        "DELETE FROM agents_auditdigest WHERE id = (SELECT min(id) + 1 FROM agents_auditdigest)",
        "UPDATE agents_auditdigest SET count = count + 1 WHERE id = (SELECT max(id) FROM agents_auditdigest)",
    ],
)
def test_a_digest_that_is_changed_breaks_the_chain(days: list[datetime], now: datetime, statement: str) -> None:
    damage(statement)
    assert any("se rompe aquí" in sentence for sentence in wrong(now))


def test_a_chain_that_was_made_anew_lacks_the_end_that_was_kept(days: list[datetime], now: datetime) -> None:
    kept = check_audit(now=now).newest
    assert wrong(now, known=kept) == []
    damage("DELETE FROM agents_auditdigest", "DELETE FROM agents_disclosure")
    make_digests(now=now)
    assert wrong(now) == []
    assert "La huella que se guardó fuera no está" in wrong(now, known=kept)[0]


def test_a_trigger_that_is_off_is_told(days: list[datetime], now: datetime) -> None:
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE campaigns_receipt DISABLE TRIGGER USER")
        try:
            assert any("campaigns_receipt: el disparador facts_changed" in sentence for sentence in wrong(now))
        finally:
            cursor.execute("ALTER TABLE campaigns_receipt ENABLE TRIGGER USER")


def test_a_table_that_would_be_written_instead_is_told(days: list[datetime], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE staging.agents_user (id int); CREATE VIEW staging.pg_class AS SELECT 1 AS oid")
        cursor.execute("CREATE TABLE staging.report_1_1 (id int)")  # one that a report stands in meanwhile
        cursor.execute("CREATE TYPE staging.made AS (a int); CREATE CAST (staging.made AS text) WITH INOUT")
        cursor.execute("CREATE FUNCTION staging.told() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        try:
            names = ("agents_user", "made", "pg_class", "told()")
            assert wrong(now) == [f"staging.{name}: no es de la aplicación." for name in names]
        finally:
            cursor.execute("DROP VIEW staging.pg_class; DROP TABLE staging.agents_user, staging.report_1_1")
            cursor.execute("DROP TYPE staging.made CASCADE; DROP FUNCTION staging.told()")


def test_who_works_as_the_owner_is_told(days: list[datetime], now: datetime) -> None:
    assert "La aplicación trabaja como dueña de la base" in check_audit(now=now).told[0]


def test_a_chain_nobody_goes_on_with_is_told(days: list[datetime], now: datetime) -> None:
    assert wrong(now + timedelta(days=1)) == []
    assert "No se hacen huellas desde el" in wrong(now + timedelta(days=4))[0]


def test_a_digest_of_a_day_to_come_hides_no_silence(days: list[datetime], now: datetime) -> None:
    """Whoever has the application's password may add digests: one of the next hundred years would say all is well."""
    last = AuditDigest.objects.latest("id")
    ahead = AuditDigest(
        table_name=last.table_name, since=last.until, until=now + timedelta(days=36500), made_at=now,
        columns=last.columns, count=0, sha256=last.sha256, sha256_whole=last.sha256_whole, snapshot=last.snapshot,
    )  # fmt: skip
    ahead.chain = link(ahead, before=last.chain)
    ahead.save()
    said = wrong(now + timedelta(days=9))
    assert any("de un día que no terminó" in one for one in said)
    assert any("No se hacen huellas desde el" in one for one in said)


def test_nothing_is_summed_up_before_the_first_night(ana: Agent) -> None:
    assert make_digests(now=timezone.now()) == 0


def test_the_command_says_what_it_found(days: list[datetime]) -> None:
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert "Última huella, para guardar fuera de la base" in told.getvalue()
    damage("DELETE FROM agents_disclosure")
    told = StringIO()
    with pytest.raises(CommandError, match="no son como eran"):
        call_command("verify_audit", stdout=told)
    assert f"agents_disclosure, {day_of(days[1])}: faltan 3 filas." in told.getvalue()
