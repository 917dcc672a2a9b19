"""Every promise of the lines: a sound house breaks none, and each kind of breach is found."""

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
from escalations.raising import raise_escalation
from inbound.anonymising import anonymise_walks
from inbound.invariants import RULES
from inbound.models import OutsideWrite, Walk
from inbound.writes import second_person, settling
from inbound.writes.delivering import LEASE, deliver_due, recover
from inbound.writes.states import Verb, take_step
from tests.audit import damaging
from tests.databases import undone
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_written"), pytest.mark.sweep]
Owe = Callable[..., OutsideWrite]
DONE, DOUBTED, WAITS, MUCH = "done", "doubted", "waits", "much"  # keys of the writes


@pytest.fixture
def sound(owe: Owe, walk_of: Callable[..., Walk], ana: Agent, elena: User, side: OtherSide, now: datetime) -> datetime:
    """A life of writes: done, doubted and settled, waiting; and an old call and escalation without personal data."""
    long_ago = now - timedelta(days=900)
    old = walk_of(ana, contract="C-9", customer_name="Rosa Flores")
    old.footsteps.create(position=1, version=old.version, step="x", kind="ask", entered_at=now, answer={"name": "Rosa"})
    owe("qbc.top_up", key="old", of=old)
    handed = raise_escalation(
        key="1", kind="public_phone_fault", line="101", reason="x", details={"x": "y"}, due_at=long_ago, by=ana.user,
        now=long_ago, contract="C-9", customer_name="Rosa Flores",
    )  # fmt: skip
    working.take(escalation_id=handed.pk, by=elena, now=long_ago)
    working.resolve(escalation_id=handed.pk, outcome="Reparado", by=elena, now=long_ago)
    assert deliver_due(now=now) == 1
    Walk.objects.filter(pk=old.pk).update(began_at=long_ago)
    yesterday = now - timedelta(days=1)
    assert (
        anonymise_walks(held=Held(), before=yesterday, now=now)
        == anonymise_escalations(held=Held(), before=yesterday, now=now)
        == 1
    )
    owe("qbc.top_up", key=DONE)
    assert deliver_due(now=now) == 1
    doubted = owe("qbc.top_up", key=DOUBTED, number="70799999")
    take_step(Verb.SEND, write=doubted, by=None, now=now, attempts=1, fence=1, lease_until=now + LEASE)
    assert recover(now=now + LEASE) == 1
    settling.settle(write=doubted, outcome="done", reference="R-2", reason="Libro", by=elena, now=now)
    much = owe("qbc.top_up", key=MUCH, number="70788888", amount="300")
    second_person.approve(write=much, by=elena, now=now)
    assert deliver_due(now=now) == 1
    owe("smartflex.reiterate_damage", key=WAITS)
    return now


def of(key: str) -> str:
    return f"(SELECT id FROM inbound_outsidewrite WHERE key = '{key}')"


def changes(key: str, was: str, is_: str) -> str:
    return (
        "INSERT INTO inbound_outsidewritechange (write_id, from_state, to_state, at, note)"
        f" VALUES ({of(key)}, '{was}', '{is_}', now(), '')"
    )


BREAKS: dict[str, dict[str, str]] = {
    "write_says_its_history": {
        "a state nobody wrote down": f"UPDATE inbound_outsidewrite SET state = 'parked' WHERE id = {of(WAITS)}",
        "no history at all": f"DELETE FROM inbound_outsidewritechange WHERE write_id = {of(WAITS)}",
        "a step that is missing": f"""DELETE FROM inbound_outsidewritechange
            WHERE write_id = {of(DONE)} AND to_state = 'sending'""",
    },
    "write_keeps_to_the_table": {
        "done without being sent": changes(WAITS, "waiting", "done"),
        "settled, and changed": changes(DONE, "done", "waiting"),
        "begun in the middle": f"""UPDATE inbound_outsidewritechange SET from_state = '', to_state = 'sending'
            WHERE write_id = {of(WAITS)}""",
    },
    "doubt_is_never_sent_again": {
        "it was": changes(DOUBTED, "waiting", "sending"),
    },
    "every_sending_is_fenced": {
        "a request nobody counted": f"UPDATE inbound_outsidewrite SET fence = 0 WHERE id = {of(DONE)}",
        "one too many": f"UPDATE inbound_outsidewrite SET fence = 2 WHERE id = {of(DOUBTED)}",
    },
    "money_once_a_call": {
        "twice to one number": f"UPDATE inbound_outsidewrite SET to_whom = '+59170712345' WHERE id = {of(DOUBTED)}",
    },
    "much_money_is_approved_by_another": {
        "sent, and nobody approved it": f"UPDATE inbound_outsidewrite SET approve_until = now() WHERE id = {of(DONE)}",
        "approved by whoever asked": f"""UPDATE inbound_outsidewritechange SET by_id = w.owed_by_id
            FROM inbound_outsidewrite w WHERE w.id = write_id AND w.id = {of(MUCH)} AND from_state = 'approval'""",
    },
    "limit_is_given_back_by_another": {
        "by whoever asked": f"""INSERT INTO inbound_limitgivenback (write_id, at, by_id, reason)
            SELECT id, now(), owed_by_id, 'x' FROM inbound_outsidewrite WHERE id = {of(DOUBTED)}""",
        "and it was done": f"""INSERT INTO inbound_limitgivenback (write_id, at, by_id, reason)
            SELECT id, now(), settled_by_id, 'x' FROM inbound_outsidewrite WHERE id = {of(DOUBTED)}""",
    },
    "nobody_is_let_down_unseen": {
        "refused, and nobody knows": f"""
            INSERT INTO inbound_footstep (walk_id, position, version_id, step, kind, entered_at, left_at, answer,
                                          by_hand, trouble, proposed, chosen, reason, write_id)
            SELECT w.walk_id, 90, k.version_id, 'x', 'do', now(), now(), '{{}}', FALSE, '', '', 'unknown', '', w.id
              FROM inbound_outsidewrite w JOIN inbound_walk k ON k.id = w.walk_id WHERE w.id = {of(WAITS)};
            UPDATE inbound_outsidewrite SET state = 'refused', owed_at = now() - interval '2 hours'
             WHERE id = {of(WAITS)}""",
        "told not known yet, and still waiting": f"""
            INSERT INTO inbound_footstep (walk_id, position, version_id, step, kind, entered_at, left_at, answer,
                                          by_hand, trouble, proposed, chosen, reason, write_id)
            SELECT w.walk_id, 90, k.version_id, 'x', 'do', now(), now(), '{{}}', FALSE, '', '', 'unknown', '', w.id
              FROM inbound_outsidewrite w JOIN inbound_walk k ON k.id = w.walk_id WHERE w.id = {of(WAITS)};
            UPDATE inbound_outsidewrite SET owed_at = now() - interval '3 hours' WHERE id = {of(WAITS)}""",
    },
    "told_limit_is_watched": {
        "registered, and not watched": f"""UPDATE inbound_outsidewrite
            SET action = 'smartflex.register_damage', settled_at = now() - interval '3 hours'
            WHERE id = {of(DONE)}""",
        "over, and nobody looked": f"""INSERT INTO inbound_watchedrepair (write_id, segment, component, due_at, state,
                                                                           found)
            VALUES ({of(DONE)}, '', '', now() - interval '4 hours', 'watched', '')""",
    },
    "anonymised_call_names_nobody": {
        "a contract": "UPDATE inbound_walk SET contract = 'C-9' WHERE anonymised_at IS NOT NULL",
        "who called": "UPDATE inbound_walk SET caller_name = 'Rosa' WHERE anonymised_at IS NOT NULL",
        "an answer": """UPDATE inbound_footstep SET answer = '{"name": "Rosa"}'""",
        "what was found": """UPDATE inbound_footstep SET found = '[]'""",
        "a payload": f"""UPDATE inbound_outsidewrite SET payload = '{{"number": "1"}}' WHERE id = {of("old")}""",
        "a card": f"UPDATE inbound_outsidewrite SET requester_card = '1234567' WHERE id = {of('old')}",
    },
    "anonymised_escalation_names_nobody": {
        "in its row": "UPDATE escalations_escalation SET customer_name = 'Rosa Flores'",
        "in its audit": "UPDATE escalations_escalationevent SET contract = 'C-9'",
    },
}  # fmt: skip


def test_a_sound_house_breaks_no_promise(sound: datetime) -> None:
    assert broken() == {}
    call_command("check_invariants")


def test_each_kind_of_breach_is_found(sound: datetime, subtests: pytest.Subtests) -> None:
    for name, ways in BREAKS.items():
        for how, statements in ways.items():
            with subtests.test(name, how=how), undone():
                with damaging(statements), connection.cursor() as cursor:
                    cursor.execute(statements)
                assert broken().get(name)
                with pytest.raises(CommandError, match=name):
                    call_command("check_invariants")


def test_every_promise_has_its_proof() -> None:
    assert {rule.name for rule in RULES} == set(BREAKS)
