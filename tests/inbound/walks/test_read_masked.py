"""Who reads a call and does not attend it: an auditor sees nothing to dial or to identify until he says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from agents.models import Agent, Disclosure, Role, Search, User
from escalations.models import Escalation
from inbound.models import Walk
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import CONTRACT, DOWN, HOLDER, LINE, ROSA, Robbed, seen

pytestmark = pytest.mark.django_db
ADDRESS = "Calle Baptista 12"
DOORS = ("answer", "draft", "back", "leave", "caller")
OF_HERS = (LINE, "707-12345", "4251234", "425-1234", "1234567", "999999", "72222221", "722-22221", ADDRESS)


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


@pytest.fixture
def rosa(side: OtherSide, ana: Agent, now: datetime) -> Robbed:
    """A call whose suspension was refused: it has findings, a card, a write with an error, and her own telephone."""
    seen(side)
    side.answers["smartflex/customer"]["customer"]["address"] = ADDRESS
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, DOWN)
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    rosa.walk.refresh_from_db()
    return rosa


def pages_of(client: Any, rosa: Robbed) -> dict[str, str]:
    card = Escalation.objects.get()
    addresses = {
        "walk": reverse("inbound:walk", args=[rosa.walk.key]),
        "left": reverse("inbound:walk_left_behind", args=[rosa.walk.key]),
        "trail": reverse("inbound:card_trail", args=[card.pk]),
    }
    return {name: client.get(address).content.decode() for name, address in addresses.items()}


def test_an_auditor_reads_a_call_masked(rosa: Robbed, oscar: User, signed_in: Any) -> None:
    pages = pages_of(signed_in(oscar), rosa)
    assert [(name, one) for name, page in pages.items() for one in OF_HERS if one in page] == []
    assert CONTRACT in pages["walk"]
    assert HOLDER["name"] in pages["walk"]
    assert "(oculta)" in pages["walk"]
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("who", ["elena", "ana"])
def test_who_calls_her_back_or_attends_it_reads_it_whole(rosa: Robbed, who: str, request: Any, signed_in: Any) -> None:
    person = request.getfixturevalue(who)
    page = pages_of(signed_in(getattr(person, "user", person)), rosa)["walk"]
    assert "4251234" in page
    assert "999999" in page
    assert ADDRESS in page
    assert "Para qué necesita ver los datos" not in page


@pytest.mark.parametrize("reason", ["", "x", "     .", "1234567"])
def test_what_is_no_reason_shows_nothing(rosa: Robbed, oscar: User, signed_in: Any, reason: str) -> None:
    client = signed_in(oscar)
    answer = client.post(reverse("inbound:walk_reveal", args=[rosa.walk.key]), {"reason": reason}, follow=True)
    assert "Escriba en unas palabras" in answer.content.decode()
    assert ADDRESS not in answer.content.decode()
    assert not Disclosure.objects.exists()


def test_who_says_why_sees_it_and_is_in_the_book(
    rosa: Robbed, oscar: User, elena: User, ana: Agent, signed_in: Any
) -> None:
    address = reverse("inbound:walk_reveal", args=[rosa.walk.key])
    page = signed_in(oscar).post(address, {"reason": "Reclamo ante la ATT"}).content.decode()
    assert [one for one in ("4251234", "999999", ADDRESS, "1234567 CB") if one not in page] == []
    row = Disclosure.objects.get()
    assert (row.kind, row.user, row.reason) == ("reveal", oscar, "Reclamo ante la ATT")
    assert str(rosa.walk.key) in row.subject
    for person in (elena, ana.user):
        assert signed_in(person).post(address, {"reason": "Reclamo ante la ATT"}).status_code == 403


def test_who_has_another_role_by_now_reads_her_calls_as_any_other_and_goes_on_with_none(
    rosa: Robbed, ana: Agent, signed_in: Any, now: datetime
) -> None:
    User.objects.filter(pk=ana.user.pk).update(role=Role.AUDITOR)
    auditor = signed_in(User.objects.get(pk=ana.user.pk))
    pages = pages_of(auditor, rosa)
    assert [(name, one) for name, page in pages.items() for one in OF_HERS if one in page] == []
    assert Search.objects.filter(user=ana.user, call=rosa.walk.key).exists()
    sent = {"position": rosa.here.footstep.position, "telephone": "70000000"}
    answers = {name: auditor.post(reverse(f"inbound:walk_{name}", args=[rosa.walk.key]), sent) for name in DOORS}
    assert [name for name, answer in answers.items() if answer.status_code not in (403, 404)] == []
    assert not Walk.objects.walked_by(User.objects.get(pk=ana.user.pk)).exists()


def test_of_a_call_that_goes_on_the_number_she_calls_from_is_no_more_to_be_read(
    side: OtherSide, ana: Agent, now: datetime, oscar: User, signed_in: Any
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA)
    rosa.walk.refresh_from_db()
    rosa.walk.caller_number = "+59172222221"
    rosa.walk.save(update_fields=["caller_number"])
    page = signed_in(oscar).get(reverse("inbound:walk", args=[rosa.walk.key])).content.decode()
    assert "En curso" in page
    assert [one for one in ("72222221", "722-22221", "caller-form") if one in page] == []


def test_what_a_call_left_behind_leaves_a_row_of_who_does_not_attend_it(
    rosa: Robbed, ana: Agent, elena: User, signed_in: Any, time_machine: Any, now: datetime
) -> None:
    address = reverse("inbound:walk_left_behind", args=[rosa.walk.key])
    time_machine.move_to(now, tick=False)
    seen_before = Search.objects.filter(user=ana.user).count()
    for person in (ana, elena, elena):
        assert signed_in(person).get(address).status_code == 200
    time_machine.move_to(now + timedelta(minutes=11), tick=False)
    signed_in(elena).get(address)
    assert Search.objects.filter(user=ana.user).count() == seen_before
    looks = Search.objects.filter(user=elena).values_list("where", "asked")
    assert list(looks) == [("call", str(rosa.walk.key))] * 2, "an open page asks every two seconds"
