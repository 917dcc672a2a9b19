"""Of one reference one amount is paid, whoever wrote it down; and what was written down wrongly can be put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, User
from escalations.models import Escalation
from inbound.models import OutsideSystem, OutsideWrite
from inbound.walks.done_after_all import ask_once_more
from inbound.walks.let_down import _done_after_its_card
from inbound.writes import asking, references
from inbound.writes.asking import Said, ask_about_doubts, confirm, named_otherwise
from inbound.writes.delivering import deliver_due
from inbound.writes.references import _paid_under, question
from inbound.writes.restored import doubt_what_may_be_done
from inbound.writes.second_person import approve
from inbound.writes.settling import settle
from inbound.writes.states import WriteRefused
from inbound.writes.writing import write_by_hand
from tests.audit import by_its_owner
from tests.inbound.cards import card_of, heard_on
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = pytest.mark.django_db
Owe = Callable[..., OutsideWrite]
SetMode = Callable[..., None]
MINUTES = timedelta(minutes=6)


@pytest.fixture
def now() -> datetime:
    """The pages ask the clock."""
    return timezone.now()


@pytest.fixture
def two(owe: Owe, side: OtherSide, now: datetime) -> tuple[OutsideWrite, OutsideWrite]:
    """Two top-ups of two numbers whose answers were lost."""
    both = owe("qbc.top_up"), owe("qbc.top_up", key="walk:1:8", position=8, number="70712399")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)
    deliver_due(now=now + MINUTES)
    for write in both:
        write.refresh_from_db()
        assert write.state == "uncertain"
    return both


def found_done(write: OutsideWrite, reference: str, by: User, now: datetime) -> Said:
    said = settle(write=write, outcome="done", reference=reference, reason="La vi", by=by, now=now)
    write.refresh_from_db()
    return said


def last_heard_on(card: Escalation) -> str:
    return heard_on(card)[-1]


@pytest.mark.parametrize("written", ["Rb-1", "rB 1", "RB\u20111.", "Rb-\u00b9", "\uff32b-\u200b1"])
def test_nobody_settles_a_doubt_under_the_reference_of_other_money(
    written: str, two: tuple[OutsideWrite, OutsideWrite], elena: User, signed_in: Any, now: datetime
) -> None:
    first, second = two
    found_done(first, "Rb-1", elena, now)
    with pytest.raises(WriteRefused, match=f"Rb-1 ya está en la operación n.º {first.pk}.*la pone en duda"):
        found_done(second, written, elena, now)
    told = {"outcome": "done", "reference": written, "reason": "La vi"}
    page: Client = signed_in(elena)
    shown = page.post(reverse("inbound:write_settle", args=[second.pk]), told).content.decode()
    assert f'<a href="{reverse("inbound:write", args=[first.pk])}">Ver la otra operación</a>' in shown
    second.refresh_from_db()
    assert second.state == "uncertain"
    for nobody_gave in ("—", "\u0420b-1", "\u0661"):  # a dash, and signs that look like the letters and digits of one
        with pytest.raises(WriteRefused, match="letras de la A a la Z"):
            found_done(second, nobody_gave, elena, now)
    found_done(second, "R-2", elena, now)
    assert broken() == {}


def test_nobody_is_sent_to_doubt_what_its_system_confirmed(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, now: datetime
) -> None:
    first, second = two
    confirm(first, "R-1", now=now)
    with pytest.raises(WriteRefused, match="La confirmó su propio sistema: busque la de esta") as refused:
        found_done(second, "R-1", elena, now)
    assert "en duda" not in str(refused.value)


def test_nor_writes_down_by_hand_what_another_paid(
    owe: Owe, set_mode: SetMode, ana: Agent, oscar: User, now: datetime
) -> None:
    set_mode("qbc", "by_hand")
    first, second = owe("qbc.top_up"), owe("qbc.top_up", key="walk:1:8", position=8, number="70712399")
    write_by_hand(write=first, reference="R-1", by=ana.user, now=now)
    with pytest.raises(WriteRefused, match="de una referencia sale un solo monto"):
        write_by_hand(write=second, reference="R-1", by=ana.user, now=now)
    with pytest.raises(WriteRefused, match="lo resuelve supervisión"):
        write_by_hand(write=second, reference="R-1", by=oscar, now=now)


def test_two_who_block_one_line_share_theirs(owe: Owe, set_mode: SetMode, ana: Agent, now: datetime) -> None:
    set_mode("mio", "by_hand")
    first, second = owe("mio.block_sim"), owe("mio.block_sim", key="walk:1:8", position=8, number="70712399")
    write_by_hand(write=first, reference="R-1", by=ana.user, now=now)
    write_by_hand(write=second, reference="R-1", by=ana.user, now=now)


def test_what_its_system_gives_for_other_money_leaves_a_persons_word_in_doubt(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, elena: User, now: datetime
) -> None:
    """The first customer's money is known, and the second one's is looked for again."""
    first, second = two
    card = card_of(second, now)
    found_done(second, "R-1", elena, now)
    side.knows = (200, {"done": True, "reference": "R-1"})
    assert ask_about_doubts(now=now + 2 * MINUTES) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reference, first.settled_by) == ("done", "R-1", None)
    assert (second.state, second.reference, second.settled_by) == ("uncertain", "", None)
    words = f"QBC dice que la referencia R-1 es de la operación n.º {first.pk}."
    assert (second.last_error, last_heard_on(card).endswith(words)) == (words, True)
    side.knows = (200, {"done": True, "reference": "R-2"})
    assert ask_about_doubts(now=now + 3 * MINUTES) == 1
    second.refresh_from_db()
    assert (second.state, second.reference) == ("done", "R-2")
    assert broken() == {}


def test_an_answer_in_time_does_so_too(owe: Owe, side: OtherSide, elena: User, now: datetime) -> None:
    first = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)
    found_done(first, "R-7", elena, now)
    side.hangs_up.clear()
    side.says["qbc/top_up"] = (200, {"reference": "R-7"})
    second = owe("qbc.top_up", key="walk:1:8", position=8, number="70712399")
    assert deliver_due(now=now + MINUTES) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.reference) == ("uncertain", "done", "R-7")


def test_what_it_says_while_somebody_settles_it_stands_in_its_history(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = two

    def meanwhile(*_any: object) -> tuple[Said, str]:
        monkeypatch.setattr(asking, "answer_of", lambda *_any: (Said.NOTHING, ""))
        found_done(first, "R-8", elena, now)
        return Said.DONE, "R-9"

    monkeypatch.setattr(asking, "answer_of", meanwhile)
    OutsideWrite.objects.exclude(pk=first.pk).update(not_before=now + 9 * MINUTES)
    assert ask_about_doubts(now=now + 2 * MINUTES) == 0
    first.refresh_from_db()
    last = first.changes.order_by("pk").last()
    assert (first.state, first.reference) == ("done", "R-8")
    assert last is not None
    assert last.note == "QBC respondió que se hizo con otra referencia: R-9. Vea si es la misma operación."


def test_another_supervisor_puts_a_persons_word_in_doubt_and_it_is_settled_anew(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, elena: User, rosa: User, signed_in: Any, now: datetime
) -> None:
    first, second = two
    found_done(first, "R-1", elena, now)
    page: Client = signed_in(rosa)
    shown = page.get(reverse("inbound:write", args=[first.pk])).content.decode()
    assert "Si no se hizo, o la referencia es de otra" in shown
    assert "Último error" not in shown, "it was found done"
    doubted = page.post(
        reverse("inbound:write_question", args=[first.pk]), {"reason": "R-1 es de la otra"}, follow=True
    )
    assert "Está en duda: resuélvala cuando lo haya visto." in doubted.content.decode()
    found_done(second, "R-1", rosa, now)
    side.knows = (200, {"done": False})
    settle(write=first, outcome="not_done", reference="", reason="No está", by=rosa, now=now)
    first.refresh_from_db()
    assert (first.state, first.reference) == ("not_done", "")
    assert broken() == {}


def test_only_another_of_supervision_does_and_only_of_a_persons_word(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, ana: Agent, elena: User, now: datetime
) -> None:
    first, second = two
    found_done(first, "R-1", elena, now)
    side.knows = (200, {"done": True, "reference": "R-2"})
    assert ask_about_doubts(now=now + 2 * MINUTES) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    for write, by, why in (
        (first, ana.user, "lo resuelve supervisión"),
        (first, elena, "La anotó usted"),
        (second, elena, "Lo confirmó su propio sistema"),
    ):
        with pytest.raises(WriteRefused, match=why):
            question(write=write, reason="Dudo", by=by, now=now)
    with pytest.raises(WriteRefused, match="Escriba qué vio"):
        question(write=first, reason=" ", by=elena, now=now)


def test_what_its_system_confirmed_in_that_moment_is_not_questioned(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    found_done(first, "R-1", elena, now)
    as_the_page_read_it = OutsideWrite.objects.get(pk=first.pk)
    question(write=first, reason="Dudo", by=rosa, now=now)
    assert confirm(first, "R-1", now=now)
    with pytest.raises(WriteRefused, match="Lo confirmó su propio sistema"):
        question(write=as_the_page_read_it, reason="Dudo", by=rosa, now=now)


def test_a_block_that_stands_on_anothers_word_may_be_doubted(
    owe: Owe, side: OtherSide, set_mode: SetMode, ana: Agent, luis: Agent, elena: User, walk_of: Any, now: datetime
) -> None:
    set_mode("mio", "by_hand", cool_down_minutes=0)
    first = owe("mio.block_sim")
    write_by_hand(write=first, reference="H-1", by=ana.user, now=now)
    set_mode("mio", "connected")
    second = owe("mio.block_sim", key="walk:2:7", of=walk_of(luis), by=luis, at=now + MINUTES)
    side.says["mio/block_sim"] = (422, {"error": "Ya está bloqueado."})
    deliver_due(now=now + MINUTES)
    for write in (first, second):
        write.refresh_from_db()
        assert (write.state, write.reference) == ("done", "H-1")
        question(write=write, reason="Sigue en servicio", by=elena, now=now + 2 * MINUTES)


def test_what_its_system_said_of_its_key_still_counts(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    side.knows = (200, {"done": True})
    found_done(first, "R-1", elena, now)
    question(write=first, reason="Dudo", by=rosa, now=now + MINUTES)
    side.knows = (500, {})
    with pytest.raises(WriteRefused, match="respondió que sí se hizo"):
        settle(write=first, outcome="not_done", reference="", reason="No está", by=rosa, now=now + 3 * MINUTES * 20)


def test_of_what_was_done_by_hand_its_system_cannot_say_by_our_key(
    owe: Owe, side: OtherSide, set_mode: SetMode, ana: Agent, elena: User, now: datetime
) -> None:
    set_mode("qbc", "by_hand")
    write = owe("qbc.top_up")
    write_by_hand(write=write, reference="H-1", by=ana.user, now=now)
    set_mode("qbc", "connected")
    question(write=write, reason="H-1 no es", by=elena, now=now)
    side.knows = (200, {"done": False})
    assert ask_about_doubts(now=now + MINUTES) == 0
    write.refresh_from_db()
    assert (write.state, write.said) == ("uncertain", "cannot_say")


def test_its_own_reference_is_taken_from_whoever_has_it_though_a_person_was_faster(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, now: datetime
) -> None:
    first, second = two
    found_done(second, "R-9", elena, now)
    found_done(first, "R-8", elena, now)
    assert named_otherwise(first, "R-9", now=now)
    second.refresh_from_db()
    assert (second.state, second.reference) == ("uncertain", "")


def test_the_same_reference_in_other_letters_is_no_other_one(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, now: datetime
) -> None:
    first, _second = two
    found_done(first, "r 8", elena, now)
    told = first.changes.count()
    assert named_otherwise(first, "R-8", now=now)
    assert first.changes.count() == told


def test_what_is_known_of_one_stands_whatever_becomes_of_the_other(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    found_done(second, "R-1", elena, now)

    def too_late(**_any: object) -> None:
        raise WriteRefused("Ya está en duda.")

    monkeypatch.setattr(references, "_doubt", too_late)
    assert confirm(first, "R-1", now=now)
    first.refresh_from_db()
    assert (first.state, first.reference) == ("done", "R-1")


def test_of_two_answers_in_one_moment_one_pays(two: tuple[OutsideWrite, OutsideWrite], now: datetime) -> None:
    first, second = two
    assert confirm(first, "R-1", now=now)
    assert not confirm(second, "R-1", now=now)
    second.refresh_from_db()
    assert second.state == "uncertain"


def test_what_hangs_on_it_hears_that_it_is_in_doubt_and_how_that_ends(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    follow = card_of(first, now)
    OutsideWrite.objects.filter(pk=first.pk).update(card=None, follow_card=follow)
    first.refresh_from_db()
    found_done(first, "R-1", elena, now)
    question(write=first, reason="No está.", by=rosa, now=now)
    assert last_heard_on(follow).endswith("se había anotado como hecha, y está en duda. No está.")
    side.knows = (200, {"done": False})
    settle(write=first, outcome="not_done", reference="", reason="No está", by=rosa, now=now)
    assert last_heard_on(follow).endswith("se resolvió que no se hizo.")


def test_what_was_in_doubt_again_did_not_go_out_by_itself(
    two: tuple[OutsideWrite, OutsideWrite], elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    card = card_of(first, now)
    found_done(first, "R-1", elena, now)
    Escalation.objects.filter(pk=card.pk).update(state="resolved", settled_at=now)
    question(write=first, reason="No está.", by=rosa, now=now + MINUTES)
    assert confirm(first, "R-2", now=now + MINUTES)
    assert _done_after_its_card(now + MINUTES) == []


def test_what_nobody_approved_before_a_restore_is_settled_and_doubted_as_well(
    owe: Owe, elena: User, rosa: User, now: datetime
) -> None:
    write = owe("qbc.top_up", amount="250.00")
    assert doubt_what_may_be_done(why="El sitio se restauró.", now=now) == 1
    found_done(write, "R-1", elena, now)
    question(write=write, reason="No está", by=rosa, now=now)
    found_done(write, "R-2", rosa, now)
    assert named_otherwise(write, "R-3", now=now)
    assert broken() == {}


@pytest.mark.parametrize("has_open_card", [True, False])
def test_somebody_looks_after_what_is_in_doubt_again(
    has_open_card: bool, two: tuple[OutsideWrite, OutsideWrite], elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    card = card_of(first, now)
    found_done(first, "R-1", elena, now)
    if not has_open_card:
        Escalation.objects.filter(pk=card.pk).update(state="resolved", settled_at=now)
    question(write=first, reason="No está en su libro.", by=rosa, now=now + MINUTES)
    assert ask_once_more(now=now + 2 * MINUTES) == (not has_open_card)
    assert ask_once_more(now=now + 3 * MINUTES) == 0
    if has_open_card:
        assert "se había anotado como hecha, y está en duda. No está en su libro." in last_heard_on(card)
    else:
        raised = Escalation.objects.get(key__startswith=f"write:{first.pk}:after_all:")
        assert f"{elena} anotó que se hizo, y quedó en duda. Estaba anotada con la referencia R-1." in raised.reason
        assert "No está en su libro." in raised.reason


def test_who_was_told_that_it_was_done_is_called_however_fast_the_doubt_is_settled(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    card = card_of(first, now)
    found_done(first, "R-1", elena, now)
    Escalation.objects.filter(pk=card.pk).update(state="resolved", settled_at=now)
    question(write=first, reason="No está en su libro.", by=rosa, now=now + MINUTES)
    side.knows = (200, {"done": False})
    settle(write=first, outcome="not_done", reference="", reason="No está", by=rosa, now=now + MINUTES)
    OutsideWrite.objects.update(not_before=now + 9 * MINUTES)
    assert ask_once_more(now=now + 2 * MINUTES) == 1
    assert ask_once_more(now=now + 3 * MINUTES) == 0


def test_what_its_system_said_was_done_the_one_it_contradicted_does_not_settle_otherwise(
    two: tuple[OutsideWrite, OutsideWrite], side: OtherSide, set_mode: SetMode, elena: User, rosa: User, now: datetime
) -> None:
    first, _second = two
    side.knows = (200, {"done": False})
    settle(write=first, outcome="not_done", reference="", reason="No está", by=elena, now=now)
    side.knows = (200, {"done": True})
    assert ask_once_more(now=now + MINUTES) == 1
    set_mode("qbc", "by_hand")
    later = now + 2 * MINUTES
    with pytest.raises(WriteRefused, match="que lo verifique otra persona de supervisión"):
        settle(write=first, outcome="not_done", reference="", reason="Sigue sin estar", by=elena, now=later)
    settle(write=first, outcome="not_done", reference="", reason="Miré su libro", by=rosa, now=later)
    first.refresh_from_db()
    assert (first.state, first.settled_by) == ("not_done", rosa)


# what was refused is done by hand


def refused(owe: Owe, side: OtherSide, now: datetime, **more: Any) -> OutsideWrite:
    side.says["qbc/top_up"] = (422, {"error": "Número sin plan."})
    write = owe("qbc.top_up", **more)
    deliver_due(now=now)
    side.says.clear()
    write.refresh_from_db()
    assert write.state == "refused"
    return write


def test_what_was_refused_is_no_way_round_the_limit_of_a_day(
    owe: Owe, side: OtherSide, set_mode: SetMode, ana: Agent, elena: User, signed_in: Any, now: datetime
) -> None:
    set_mode("qbc", daily_limit=50)
    several = [
        refused(owe, side, now, key=f"walk:1:{n}", position=n, number=f"7071230{n}", amount="20.00") for n in range(3)
    ]
    for n, write in enumerate(several[:2]):
        write_by_hand(write=write, reference=f"H-{n}", by=ana.user, now=now)
        write.refresh_from_db()
        assert (write.state, write.last_error) == ("done", "")
    page: Client = signed_in(ana)
    address = reverse("inbound:write", args=[several[2].pk])
    shown = page.get(address).content.decode().replace("\xa0", " ")
    why = "Pasaría su límite del día en QBC: Bs 40,00 de Bs 50,00."
    assert why in shown
    assert "Si ya se hizo a mano, lo anota otra persona, de supervisión." in shown
    assert "Anotar como hecho" not in shown
    page.post(reverse("inbound:write_by_hand", args=[several[2].pk]), {"reference": "H-2"})
    several[2].refresh_from_db()
    assert several[2].state == "refused"
    write_by_hand(write=several[2], reference="H-2", by=elena, now=now)  # it was done, and another has seen it


def test_its_index_finds_a_reference_as_it_is_compared(owe: Owe) -> None:
    with connection.cursor() as cursor:
        with by_its_owner():
            cursor.execute("DROP INDEX outside_write_paid_under")  # on a table of one row both may cost the same
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "outside_write_paid_plain" in _paid_under(owe("qbc.top_up"), "R-1").explain()


def test_nor_round_what_was_done_for_the_number_a_moment_ago(
    owe: Owe, side: OtherSide, ana: Agent, luis: Agent, walk_of: Any, now: datetime
) -> None:
    first = refused(owe, side, now)
    again = owe("qbc.top_up", key="walk:2:1", of=walk_of(luis), by=luis)
    with pytest.raises(WriteRefused, match="todavía no se sabe si se hizo"):
        write_by_hand(write=first, reference="H-1", by=ana.user, now=now)
    assert deliver_due(now=now) == 1
    again.refresh_from_db()
    with pytest.raises(
        WriteRefused, match=r"ya se hizo para .* Si ya se hizo a mano, lo anota otra persona, de supervisión"
    ):
        write_by_hand(write=first, reference="H-1", by=ana.user, now=now)
    assert OutsideWrite.objects.filter(state="done").count() == 1


def test_nor_round_what_the_same_call_asked_for_once_more(
    owe: Owe, side: OtherSide, ana: Agent, elena: User, now: datetime
) -> None:
    first = refused(owe, side, now)
    again = owe("qbc.top_up", position=9, at=now + timedelta(minutes=1))
    assert (again.pk != first.pk, again.state) == (True, "waiting")
    with pytest.raises(WriteRefused, match=f"otra vez para el mismo número: vea la operación n.º {again.pk}"):
        write_by_hand(write=first, reference="H-1", by=ana.user, now=now)
    deliver_due(now=now + timedelta(minutes=1))
    write_by_hand(write=first, reference="H-1", by=elena, now=now)  # it was done all the same
    assert broken() == {}


# what is approved goes out as its system is used


@pytest.mark.parametrize(
    ("mode", "said", "state"),
    [
        ("connected", "Aprobada. Está por enviarse a QBC.", "waiting"),
        ("by_hand", "Aprobada. QBC se usa a mano: hágala allí y anote su referencia.", "by_hand"),
        ("off", "Aprobada. QBC está apagado: se envía cuando vuelva.", "waiting"),
    ],
)
def test_whoever_approves_reads_how_it_goes_out(
    mode: str, said: str, state: str, owe: Owe, set_mode: SetMode, elena: User, signed_in: Any, side: OtherSide
) -> None:
    write = owe("qbc.top_up", amount="250.00")
    assert write.state == "approval"
    set_mode("qbc", mode)
    page: Client = signed_in(elena)
    shown = page.post(reverse("inbound:write_approve", args=[write.pk]), follow=True).content.decode()
    write.refresh_from_db()
    assert said in shown
    assert write.state == state
    assert ("Hágalo en la pantalla de QBC" in shown) == (state == "by_hand")


def test_its_card_hears_that_it_is_done_by_hand(owe: Owe, side: OtherSide, elena: User, now: datetime) -> None:
    write = owe("qbc.top_up", amount="250.00")
    card = card_of(write, now)
    approve(write=write, by=elena, now=now)
    assert last_heard_on(card).endswith("se aprobó. Todavía no está hecha.")
    OutsideSystem.objects.filter(code="qbc").update(mode="by_hand")
    deliver_due(now=now)
    write.refresh_from_db()
    assert write.state == "by_hand"
    words = "QBC se usa a mano: hay que hacerla allí y anotar su referencia."
    assert last_heard_on(card).endswith(words)
