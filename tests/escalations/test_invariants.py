"""Every promise of the escalations: a sound house breaks none, and each kind of breach is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agents.keeping import Held
from agents.models import Agent, User
from escalations import working
from escalations.anonymising import anonymise_escalations
from escalations.invariants import RULES
from escalations.marks import mark_times
from escalations.models import Escalation, EscalationCall, Kind
from telephony.models import OutgoingCall, Switchboard
from tests.audit import damaging
from tests.databases import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_written"), pytest.mark.sweep]
Make = Callable[..., Escalation]


@pytest.fixture
def sound(make_card: Make, elena: User, rosa: User, at: Callable[..., datetime]) -> None:
    """Cards by their keys: new, taken, waits, told (late, reopened once), done, double; and an old one, of nobody."""

    def hour(clock: str) -> datetime:
        return at(f"2026-11-25 {clock}")

    new, taken, waits, told, double = (make_card(key=key) for key in ("new", "taken", "waits", "told", "double"))
    done = make_card(key="done", kind="public_phone_fault")
    long_ago = hour("09:00") - timedelta(days=900)
    old = make_card(key="old", kind="public_phone_fault", now=long_ago)
    working.take(escalation_id=old.pk, by=elena, now=long_ago)
    working.resolve(escalation_id=old.pk, outcome="Reparado", by=elena, now=long_ago)
    for one in (taken, waits, told, done):
        working.take(escalation_id=one.pk, by=elena, now=hour("09:30"))
    working.hand_over(escalation_id=taken.pk, to=rosa, by=elena, now=hour("09:40"))
    working.note(escalation_id=taken.pk, text="Se llamó a la zona", by=rosa, now=hour("09:45"))
    working.wait(escalation_id=waits.pk, unit="Facturación", by=elena, now=hour("09:50"))
    working.resolve(escalation_id=done.pk, outcome="Reparado", by=elena, now=hour("10:00"))
    working.resolve(escalation_id=told.pk, outcome="Se explicó", by=elena, now=hour("10:00"))
    working.reopen(escalation_id=told.pk, reason="No entendió", by=rosa, now=hour("10:10"))
    assert mark_times(now=told.due_at) > 0
    working.wait(escalation_id=told.pk, unit="Facturación", by=rosa, now=told.due_at)
    late = told.due_at + timedelta(hours=1)
    working.reject(escalation_id=told.pk, reason="La factura es correcta", by=rosa, now=late)
    working.inform(escalation_id=told.pk, how="telephone", told_at=late, by=elena, now=late)
    working.take(escalation_id=double.pk, by=elena, now=late)
    working.merge(escalation_id=double.pk, into_id=new.pk, by=elena, now=late)
    working.take(escalation_id=new.pk, by=elena, now=late)
    working.give_back(escalation_id=new.pk, by=elena, now=late)
    called(told, by=elena, at=late)
    called(old, by=elena, at=long_ago)
    assert anonymise_escalations(held=Held(), before=hour("09:00") - timedelta(days=1), now=late) == 1


def called(card: Escalation, *, by: User, at: datetime) -> None:
    """A call about it that was answered."""
    board, _new = Switchboard.objects.get_or_create(name="Central", defaults={"host": "127.0.0.1", "user": "x"})
    agent, _new = Agent.objects.get_or_create(user=by, defaults={"is_on_duty": False})
    call = OutgoingCall.objects.create(
        switchboard=board, agent=agent, telephone="PJSIP/1001", number=card.telephone, dialled=card.telephone,
        state="over", outcome="answered", asked_at=at, ended_at=at,
    )  # fmt: skip
    EscalationCall.objects.create(call=call, escalation=card, by=by, asked_at=at)


def broken() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = {}
        for rule in RULES:
            cursor.execute(rule.sql)
            found[rule.name] = [row for (row,) in cursor.fetchall()]
    return {name: rows for name, rows in found.items() if rows}


def of(key: str) -> str:
    return f"(SELECT id FROM escalations_escalation WHERE key = '{key}')"


def change(key: str, columns: str) -> str:
    return f"UPDATE escalations_escalation SET {columns} WHERE key = '{key}'"


def step(key: str, verb: str, was: str, is_: str) -> str:
    return (
        "INSERT INTO escalations_change (escalation_id, verb, from_state, to_state, at, note)"
        f" VALUES ({of(key)}, '{verb}', '{was}', '{is_}', now(), '')"
    )


def forget(key: str, verb: str) -> str:
    return f"DELETE FROM escalations_change WHERE escalation_id = {of(key)} AND verb = '{verb}'"


def closed(sign: str) -> str:
    """Closed a day before (`-`) or after (`+`) the changes of kinds that this database knows of."""
    when = f"now() {sign} interval '1 day'"
    return f"raised_at = {when}, settled_at = {when}, closed_at = {when}"


SETTLED = "settled_at = raised_at + interval '1 hour'"
BREAKS: dict[str, dict[str, str]] = {
    "escalation_says_its_history": {
        "a state nobody wrote down": change("taken", f"state = 'resolved', outcome = 'x', {SETTLED}"),
        "no history at all": f"DELETE FROM escalations_change WHERE escalation_id = {of('waits')}",
        "a step that is missing": forget("told", "take"),
    },
    "escalation_keeps_to_the_table": {
        "told without being settled": step("taken", "inform", "taken", "informed"),
        "a note that moves it": step("new", "note", "new", "taken"),
        "raised in the middle": f"""UPDATE escalations_change SET to_state = 'taken'
            WHERE escalation_id = {of("new")} AND verb = 'raise'""",
    },
    "escalation_counts_its_changes": {
        "begun again": change("told", "version = 0"),
        "a change nobody wrote down": change("waits", "version = version + 1"),
    },
    "escalation_is_whose_history_says": {
        "another has it": change("waits", f"owner_id = (SELECT id FROM {User._meta.db_table} WHERE username = 'rosa')"),
        "nobody has what was handed over": change("done", "owner_id = NULL"),
        "since another moment": change("taken", "taken_at = raised_at"),
        "given back, and kept since": change("new", "taken_at = raised_at"),
    },
    "escalation_waits_since_it_said": {
        "for nobody": change("waits", "waits_for = ''"),
        "since another moment": change("waits", "waiting_since = raised_at"),
    },
    "escalation_closes_when_it_is_told": {
        "told, and open": change("told", "closed_at = NULL"),
        "merged, and open": change("double", "closed_at = NULL"),
        "told by nobody": change("told", "informed_by_id = NULL"),
        "resolved, not told, closed": change("done", f"kind = 'billing_claim', {closed('+')}"),
        "closed after it was resolved": change("done", "closed_at = closed_at + interval '1 second'"),
    },
    "escalation_is_settled_as_it_says": {
        "resolved at no moment": change("done", "settled_at = NULL"),
        "settled while it is worked": change("taken", SETTLED),
        "nobody knows how": change("done", "outcome = ''"),
        "before it was raised": change("done", "settled_at = raised_at - interval '1 second'"),
        "closed before": change("told", "closed_at = raised_at"),
    },
    "escalation_is_merged_into_its_double": {
        "of another customer": change("double", "contract = '2002'"),
        "of another kind": change("double", "kind = 'complaint'"),
        "in a circle": change("new", f"state = 'merged', closed_at = raised_at, merged_into_id = {of('double')}"),
        "into itself": change("double", f"merged_into_id = {of('double')}"),
    },
    "escalation_is_marked_in_time": {
        "overdue before it was due": change("told", "due_at = breached_at + interval '1 second'"),
        "a mark that is not in its history": forget("told", "breach"),
        "marked twice": step("told", "breach", "informed", "informed"),
        "a mark that was taken away": change("told", "warned_at = NULL"),
        "warned too early": change("taken", "warn_at = warned_at + interval '1 second'"),
    },
    "escalation_call_is_of_who_asked": {
        "of another": f"""UPDATE escalations_escalationcall SET by_id =
            (SELECT id FROM {User._meta.db_table} WHERE username = 'rosa')""",
        "at another moment": "UPDATE telephony_outgoingcall SET asked_at = asked_at + interval '1 second'",
    },
    "escalation_call_is_forgotten_with_its_card": {
        "the number is still there": "UPDATE telephony_outgoingcall SET number = '+59171712345'",
    },
}  # fmt: skip


def test_a_sound_house_breaks_no_promise(sound: None) -> None:
    assert broken() == {}
    call_command("check_invariants")


def test_each_kind_of_breach_is_found(sound: None, subtests: pytest.Subtests) -> None:
    for name, ways in BREAKS.items():
        for how, statement in ways.items():
            with subtests.test(name, how=how), undone():
                with damaging(statement), connection.cursor() as cursor:
                    cursor.execute(statement)
                    assert cursor.rowcount > 0
                assert broken().get(name)
                with pytest.raises(CommandError, match=name):
                    call_command("check_invariants")


def test_a_kind_that_closes_otherwise_from_now_on_breaks_nothing(sound: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change("done", closed("-")))
        cursor.execute(change("old", closed("-")))
    Kind.objects.filter(code="public_phone_fault").update(closes=Kind.Closes.INFORMED)
    assert broken() == {}


def test_every_promise_has_its_proof() -> None:
    assert {rule.name for rule in RULES} == set(BREAKS)
