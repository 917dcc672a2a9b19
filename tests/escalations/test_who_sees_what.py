"""Whose cards an agent sees beyond her own, and where an auditor could still read a telephone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from escalations import working
from escalations.lists import Asked, find_escalations, sheet_of
from escalations.models import Escalation

pytestmark = pytest.mark.django_db


@pytest.fixture
def made_by_ana(make_card, ana, morning):
    """A call Ana promised, took and made."""
    card = make_card(kind="callback_promise")
    said = {"escalation_id": card.pk, "by": ana.user, "now": morning}
    working.take(**said)
    working.resolve(outcome="Van mañana", **said)
    return working.inform(how="telephone", told_at=morning, **said)


def test_a_call_that_was_made_is_nobody_elses_to_read(made_by_ana, ana, luis, elena, signed_in):
    address = reverse("escalations:escalation", args=[made_by_ana.pk])
    statuses = {person: signed_in(person).get(address).status_code for person in (ana, luis, elena)}
    assert statuses == {ana: 200, luis: 404, elena: 200}
    assert [Escalation.objects.visible_to(one.user).exists() for one in (ana, luis)] == [True, False]


def test_who_comes_too_late_for_a_call_is_told_who_made_it(made_by_ana, luis, signed_in):
    answer = signed_in(luis).post(reverse("escalations:call_take", args=[made_by_ana.pk]))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ya la tomó Ana" in page
    assert "Quispe" not in page


def test_who_told_the_customer_for_another_still_sees_it(make_card, ana, luis, morning):
    card = make_card(kind="callback_promise")
    said = {"escalation_id": card.pk, "now": morning}
    working.take(by=ana.user, **said)
    working.resolve(outcome="Van mañana", by=ana.user, **said)
    working.inform(how="telephone", told_at=morning, by=luis.user, **said)
    assert Escalation.objects.visible_to(luis.user).get() == card


def test_a_double_that_another_agent_handed_over_is_not_shown_to_her(make_card, ana, luis, elena, signed_in):
    make_card(by=luis.user, reason="Lo que oyó Luis")
    address = reverse("escalations:escalation", args=[make_card().pk])
    assert "Lo que oyó Luis" in signed_in(elena).get(address).content.decode()
    assert "Lo que oyó Luis" not in signed_in(ana).get(address).content.decode()


def test_a_telephone_in_a_promise_or_in_who_is_waited_for_is_masked_too(make_card, elena, oscar, morning, signed_in):
    card = make_card(promised="Le llamamos al 70712345")
    working.take(escalation_id=card.pk, by=elena, now=morning)
    working.wait(escalation_id=card.pk, unit="Redes, 70754321", by=elena, now=morning)
    places = (reverse("escalations:escalation", args=[card.pk]), reverse("escalations:escalation_list"))
    assert "Le llamamos al 70712345" in signed_in(elena).get(places[0]).content.decode()
    for place in places:
        page = signed_in(oscar).get(place).content.decode()
        assert "Le llamamos al" in page
        assert "70712345" not in page
        assert "70754321" not in page
    found = find_escalations(asked=Asked(), user=oscar, now=morning)
    assert "70712345" not in str(list(sheet_of(found, masked=True).rows))
    assert "70712345" in str(list(sheet_of(found, masked=False).rows))


def test_no_card_is_joined_to_one_that_is_not_seen_however_its_number_is_written(make_card, ana, luis, signed_in):
    """Python reads ٣ as 3."""
    his, hers = make_card(by=luis.user), make_card()
    hers.kind.worked_by = "agent"
    hers.kind.save()
    Escalation.objects.filter(pk=his.pk).update(closed_at=his.raised_at, state="rejected")
    address = reverse("escalations:escalation_step", args=[hers.pk, "merge"])
    arabic = str(his.pk).translate({ord(digit): 0x660 + int(digit) for digit in "0123456789"})
    for number in (str(his.pk), arabic, arabic + "٣" * 9):
        assert signed_in(ana).post(address, {"into_id": number}).status_code == 404
