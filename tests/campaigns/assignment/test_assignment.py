"""Assigning contacts: skills, weights, continuity, hold-out, who comes later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agents.models import Agent, User
from campaigns.assignment.assigning import assign, assign_late, open_lists, unassigned_words
from campaigns.assignment.participants import takers_of
from campaigns.invariants import check_invariants
from campaigns.models import AssignmentShare, Campaign, Contact, ListEntry, RetiredTelephone
from campaigns.month import lifecycle
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.measurement import draw_fingerprint
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, owners, spoke
from tests.campaigns.some_receipts import owing, row, take

pytestmark = pytest.mark.django_db
MakeAgent = Callable[..., Agent]
NOW = moment("2026-11-25 08:00")


@pytest.mark.parametrize(
    ("people", "contacts", "expected"),
    [
        ({"Ana": {}, "Luis": {}}, {"INTERNET": 7}, [3, 4]),
        ({"Ana": {}, "Luis": {"weight": "0.5"}}, {"TV": 9}, [6, 3]),
        ({"Ana": {"skills": ("INTERNET",)}, "Luis": {"skills": ("TV",)}}, {"INTERNET": 4, "TV": 6}, [4, 6]),
        ({"Ana": {"skills": ("INTERNET",)}, "Luis": {}}, {"INTERNET": 4, "BOTH": 6}, [4, 6]),
        ({"Ana": {}, "Luis": {"is_on_duty": False}}, {"TV": 3}, [3, 0]),
        ({"Ana": {"skills": ()}, "Luis": {}}, {"TV": 3}, [0, 3]),
    ],
)
def test_contacts_go_to_agents_on_duty_by_skill_and_weight(
    make_agent: MakeAgent, people: dict[str, dict], contacts: dict[str, int], expected: list[int]
) -> None:
    for name, values in people.items():
        make_agent(name, **{**values, "weight": Decimal(values.get("weight", 1))})
    campaign = make_campaign()
    start = 1
    for call_list, number in contacts.items():
        add_contacts(campaign, number, call_list, start=start)
        start += number
    assigned = open_lists(campaign=campaign, now=NOW)
    found = owners(campaign)
    assert sorted(found.get(name, 0) for name in people) == sorted(expected)
    assert assigned.assigned == sum(contacts.values())
    assert campaign.assigned_at == NOW


def test_a_list_that_nobody_on_duty_works_stays_unassigned_and_says_so(make_agent: MakeAgent) -> None:
    make_agent("Ana", skills=("INTERNET",))
    campaign = make_campaign()
    add_contacts(campaign, 3, "TV")
    add_contacts(campaign, 2, "INTERNET", start=10)
    assigned = open_lists(campaign=campaign, now=NOW)
    assert assigned.unassigned == {"TV": 3}
    assert owners(campaign) == {None: 3, "Ana": 2}
    assert unassigned_words(assigned.unassigned) == [
        "3 contactos de la lista Televisión quedan sin asignar: nadie de turno la atiende."
    ]


def test_without_agents_everything_stays_unassigned() -> None:
    campaign = make_campaign()
    add_contacts(campaign, 3)
    assert open_lists(campaign=campaign, now=NOW).unassigned == {"INTERNET": 3}


def test_everybody_gets_the_same_mix_of_priority(ana: Agent, luis: Agent, marta: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 300)
    open_lists(campaign=campaign, now=NOW)
    ordered = list(
        ListEntry.objects.filter(campaign=campaign)
        .order_by("position", "contact_id")
        .values_list("owner_id", flat=True)
    )
    for end in (30, 60, 150, 240, 300):
        for agent in (ana, luis, marta):
            assert abs(ordered[:end].count(agent.pk) - end / 3) <= 2


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("due", lambda c: (c.due_on, -c.amount_due)),
        ("amount", lambda c: -c.amount_due),
        ("both", lambda c: (c.call_list != "BOTH", c.due_on, -c.amount_due)),
    ],
)
def test_the_order_of_priority_is_the_campaigns(ana: Agent, order: str, key: Callable[[Contact], object]) -> None:
    campaign = make_campaign(order=order)
    add_contacts(campaign, 40, "TV")
    add_contacts(campaign, 20, "BOTH", start=100)
    open_lists(campaign=campaign, now=NOW)
    entries = ListEntry.objects.filter(campaign=campaign).select_related("contact").order_by("position")
    keys = [key(entry.contact) for entry in entries]
    assert keys == sorted(keys)


def test_a_customer_stays_with_whom_spoke_last_with_her_last_month(ana: Agent, luis: Agent, marta: Agent) -> None:
    november = make_campaign(date(2026, 11, 1), launched_at=moment("2026-10-25 09:00"), state="closed")
    add_contacts(november, 6)
    spoke(november, "C1", luis, moment("2026-10-26 10:00"))
    spoke(november, "C1", ana, moment("2026-10-27 10:00"))
    spoke(november, "C2", marta, moment("2026-10-26 10:00"))
    spoke(november, "C3", luis, moment("2026-10-26 10:00"), party="none")
    december = make_campaign()
    add_contacts(december, 6)
    assigned = open_lists(campaign=december, now=NOW)
    whose = dict(ListEntry.objects.filter(campaign=december).values_list("contact__contract", "owner"))
    assert whose["C1"] == ana.pk
    assert whose["C2"] == marta.pk
    assert assigned.continued == december.contacts_continued == 2
    assert owners(december) == {"Ana": 2, "Luis": 2, "Marta": 2}


def test_continuity_never_goes_past_the_quota(ana: Agent, luis: Agent) -> None:
    november = make_campaign(date(2026, 11, 1), launched_at=moment("2026-10-25 09:00"), state="closed")
    add_contacts(november, 8)
    for number in range(1, 9):
        spoke(november, f"C{number}", ana, moment("2026-10-26 10:00"))
    december = make_campaign()
    add_contacts(december, 8)
    assert open_lists(campaign=december, now=NOW).continued == 4
    assert owners(december) == {"Ana": 4, "Luis": 4}


def test_continuity_asks_for_the_skill(ana: Agent, make_agent: MakeAgent) -> None:
    november = make_campaign(date(2026, 11, 1), launched_at=moment("2026-10-25 09:00"), state="closed")
    add_contacts(november, 4, "TV")
    for number in range(1, 5):
        spoke(november, f"C{number}", ana, moment("2026-10-26 10:00"))
    december = make_campaign()
    AssignmentShare.objects.create(campaign=december, agent=ana, takes_tv=False)
    make_agent("Luis")
    add_contacts(december, 4, "TV")
    open_lists(campaign=december, now=NOW)
    assert owners(december) == {"Luis": 4}


def test_the_hold_out_is_a_share_of_each_list_and_the_same_every_time(ana: Agent, luis: Agent) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.1"), hold_out_seed=7)
    add_contacts(campaign, 105, "INTERNET")
    add_contacts(campaign, 40, "TV", start=1000)
    assert open_lists(campaign=campaign, now=NOW).held_out == 15
    held = ListEntry.objects.filter(campaign=campaign, state="held_out")
    first = set(held.values_list("contact__contract", flat=True))
    assert held.filter(call_list="INTERNET").count() == 11
    assert held.filter(call_list="TV").count() == 4
    assert not held.filter(owner__isnull=False).exists()
    assign(campaign=campaign, now=NOW)
    assert set(held.values_list("contact__contract", flat=True)) == first
    by_hand = sorted(f"C{n}" for n in range(1000, 1040))
    by_hand.sort(key=lambda contract: hashlib.md5(f"{contract}:7".encode()).hexdigest()[:15])
    assert set(by_hand[:4]) == {contract for contract in first if len(contract) == 5}


def test_a_household_is_drawn_as_one_and_counts_in_the_list_of_its_first_contact(ana: Agent) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.25"), hold_out_seed=5)
    add_contacts(campaign, 80)
    add_contacts(campaign, 20, "TV", start=1000)
    shared = [f"C{number}" for number in range(1, 41)]
    for first, second in zip(shared[::2], shared[1::2], strict=True):
        card = f"48301{first[1:]:>02}"
        Contact.objects.filter(contract=first).update(identity_card=f"{card} CB")
        Contact.objects.filter(contract=second).update(identity_card=card)  # a cell of numbers
    Contact.objects.filter(contract__in=["C80", "C1000"]).update(telephones=["+59144400000"])
    open_lists(campaign=campaign, now=NOW)
    states = dict(ListEntry.objects.values_list("contact__contract", "state"))
    assert all(states[a] == states[b] for a, b in zip(shared[::2], shared[1::2], strict=True))
    assert states["C80"] == states["C1000"]
    held = [contract for contract, state in states.items() if state == "held_out"]
    assert 23 <= len(held) <= 25
    assert any(contract in shared for contract in held)
    assert ListEntry.objects.filter(household__isnull=False).count() == 42
    before = set(held)
    assign(campaign=campaign, now=NOW)
    held = ListEntry.objects.filter(state="held_out").values_list("contact__contract", flat=True)
    assert set(held) == before


def test_every_month_has_a_seed_of_its_own_and_its_draw_is_fixed_at_the_launch(ana: Agent, elena: User) -> None:
    assert len({Campaign().hold_out_seed for _month in range(20)}) == 20
    campaign = make_campaign(hold_out_share=Decimal("0.2"))
    add_contacts(campaign, 20)
    open_lists(campaign=campaign, now=NOW)
    campaign = lifecycle.launch(campaign=campaign, by=elena, now=NOW)
    held = ListEntry.objects.filter(state="held_out").values_list("contact__contract", flat=True)
    head = f"0.200 {campaign.hold_out_seed} 2026-12-05"
    told = "\n".join([head, *sorted(held)]).encode()
    assert campaign.draw_sha256 == hashlib.sha256(told).hexdigest() == draw_fingerprint(campaign)
    assert campaign.drawn_until == Contact.objects.latest("pk").pk
    assert campaign.evaluated_on == campaign.calls_until + timedelta(days=5)


def test_who_comes_before_the_launch_goes_with_her_household_and_afterwards_nobody_is_drawn(
    ana: Agent, elena: User
) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.5"))
    add_contacts(campaign, 20)
    open_lists(campaign=campaign, now=NOW)
    for state in ("held_out", "open"):
        known = ListEntry.objects.filter(state=state).first().contact
        number = Contact.objects.count() + 1
        add_contacts(campaign, 1, start=number)
        Contact.objects.filter(contract=f"C{number}").update(telephones=known.telephones)
        open_lists(campaign=campaign, now=NOW)
        entry = ListEntry.objects.get(contact__contract=f"C{number}")
        assert (entry.state, entry.household) == (state, known.pk)
        assert ListEntry.objects.get(contact=known).household == known.pk
    campaign = lifecycle.launch(campaign=campaign, by=elena, now=NOW)
    add_contacts(campaign, 30, start=100)
    known = ListEntry.objects.filter(state="held_out").first().contact
    Contact.objects.filter(contract="C100").update(telephones=known.telephones)
    assert open_lists(campaign=campaign, now=NOW).held_out == 1  # at a telephone that is left alone
    assert ListEntry.objects.get(contact__contract="C100").state == "held_out"
    assert draw_fingerprint(campaign) == campaign.draw_sha256


def test_large_households_are_drawn_as_often_as_others(ana: Agent) -> None:
    """Of sixty draws by the statement itself: the share of contacts left alone, and of those in households."""
    campaign = make_campaign(hold_out_share=Decimal("0.1"))
    add_contacts(campaign, 200)
    for first in range(1, 101, 5):
        Contact.objects.filter(contract__in=[f"C{n}" for n in range(first, first + 5)]).update(identity_card=f"{first}")
    open_lists(campaign=campaign, now=NOW)
    alone = together = 0
    for seed in range(1, 61):
        Campaign.objects.update(hold_out_seed=seed)
        assign(campaign=campaign, now=NOW)
        held = ListEntry.objects.filter(state="held_out")
        alone += held.filter(household__isnull=True).count()
        together += held.filter(household__isnull=False).count()
    assert 0.09 <= alone / (60 * 100) <= 0.11
    assert 0.085 <= together / (60 * 100) <= 0.115


def test_another_seed_or_no_share_assigns_the_hold_out_again(ana: Agent) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.2"))
    add_contacts(campaign, 50)
    open_lists(campaign=campaign, now=NOW)
    held = ListEntry.objects.filter(campaign=campaign, state="held_out")
    first = set(held.values_list("contact_id", flat=True))
    Campaign.objects.update(hold_out_seed=2)
    assign(campaign=campaign, now=NOW)
    assert held.count() == 10
    assert set(held.values_list("contact_id", flat=True)) != first
    Campaign.objects.update(hold_out_share=0)
    assign(campaign=campaign, now=NOW)
    assert held.count() == 0
    assert owners(campaign) == {"Ana": 50}


def test_assigning_again_changes_nothing_when_nothing_changed(ana: Agent, luis: Agent, marta: Agent) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.05"))
    add_contacts(campaign, 100)
    open_lists(campaign=campaign, now=NOW)
    before = list(ListEntry.objects.order_by("contact_id").values_list("contact_id", "owner", "position", "state"))
    assign(campaign=campaign, now=NOW)
    assert (
        list(ListEntry.objects.order_by("contact_id").values_list("contact_id", "owner", "position", "state")) == before
    )


def test_what_the_supervisor_set_for_an_agent_is_kept(ana: Agent, luis: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 9)
    open_lists(campaign=campaign, now=NOW)
    AssignmentShare.objects.filter(agent=ana).update(weight=2)
    assert assign(campaign=campaign, now=NOW).assigned == 9
    assert owners(campaign) == {"Ana": 6, "Luis": 3}
    AssignmentShare.objects.filter(agent=ana).update(is_included=False)
    assign(campaign=campaign, now=NOW)
    assert owners(campaign) == {"Luis": 9}
    assert [taker.agent_id for taker in takers_of(campaign)] == [luis.pk]


def test_who_is_not_on_duty_any_more_is_assigned_nothing_and_keeps_her_share(ana: Agent, luis: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 6)
    open_lists(campaign=campaign, now=NOW)
    Agent.objects.filter(pk=ana.pk).update(is_on_duty=False)
    assign(campaign=campaign, now=NOW)
    assert owners(campaign) == {"Luis": 6}
    assert AssignmentShare.objects.filter(campaign=campaign, agent=ana, is_included=True).exists()


def test_who_paid_or_has_no_telephone_is_not_assigned(ana: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 4)
    Contact.objects.filter(contract="C1").update(telephones=[])
    retired = Contact.objects.get(contract="C2")
    RetiredTelephone.objects.create(contract="C2", telephone=retired.telephones[0], reason="x", retired_at=NOW)
    assigned = open_lists(campaign=campaign, now=NOW)
    assert (assigned.assigned, assigned.not_callable) == (2, 2)
    ListEntry.objects.filter(contact__contract="C3").update(state="paid")
    assert assign(campaign=campaign, now=NOW).assigned == 1


def test_a_launched_campaign_is_not_assigned_again(ana: Agent) -> None:
    campaign = make_campaign(state="running", launched_at=NOW)
    with pytest.raises(CampaignRefused, match="reasignar"):
        assign(campaign=campaign, now=NOW)
    with pytest.raises(CampaignRefused, match="reporte"):
        assign(campaign=make_campaign(date(2027, 1, 1), state="expected"), now=NOW)


def test_assigning_again_does_not_open_who_was_held_out_and_has_paid(ana: Agent) -> None:
    campaign = make_campaign(hold_out_share=Decimal("0.5"))
    for number in range(10):
        owing(campaign, f"C{number}", "TV")
    ListEntry.objects.all().delete()
    open_lists(campaign=campaign, now=NOW)
    held_out = list(ListEntry.objects.filter(state="held_out").values_list("contact__contract", flat=True))
    take([row(f"R-{contract}", f"{contract}T", "11-24") for contract in held_out[:3]], now=NOW)
    Campaign.objects.update(hold_out_share=0)
    assign(campaign=campaign, now=NOW)
    states = dict(ListEntry.objects.values_list("contact__contract", "state"))
    assert {states[contract] for contract in held_out[:3]} == {"paid"}
    assert {states[contract] for contract in held_out[3:]} == {"open"}
    assert not ListEntry.objects.filter(paid_on__isnull=False, owner__isnull=False).exists()
    assert [found.name for found in check_invariants()] == []


def test_a_contact_that_comes_later_goes_to_whoever_has_least(ana: Agent, luis: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 10)
    open_lists(campaign=campaign, now=NOW)
    Campaign.objects.update(state="running", launched_at=NOW)
    ListEntry.objects.filter(owner=luis).first()
    done = ListEntry.objects.filter(owner=luis).values_list("pk", flat=True)[:3]
    ListEntry.objects.filter(pk__in=list(done)).update(state="done")
    add_contacts(campaign, 2, "BOTH", start=50)
    assigned = open_lists(campaign=campaign, now=moment("2026-11-26 10:00"))
    assert assigned.by_agent == {luis.pk: {"BOTH": 2}}
    late = ListEntry.objects.filter(call_list="BOTH")
    assert {entry.owner for entry in late} == {luis}
    assert {entry.ready_at for entry in late} == {moment("2026-11-26 10:00")}
    assert open_lists(campaign=campaign, now=NOW).assigned == 0


def test_a_contact_whose_list_changed_leaves_the_owner_without_the_skill(make_agent: MakeAgent) -> None:
    ana = make_agent("Ana", skills=("INTERNET",))
    make_agent("Luis")
    campaign = make_campaign()
    add_contacts(campaign, 4)
    open_lists(campaign=campaign, now=NOW)
    entry = ListEntry.objects.filter(owner=ana).first()
    assert entry is not None
    ListEntry.objects.filter(pk=entry.pk).update(call_list="BOTH")
    assign_late(campaign=campaign, now=NOW)
    assert owners(campaign) == {"Ana": 1, "Luis": 3}


def test_a_closed_campaign_assigns_nothing_more(ana: Agent) -> None:
    with pytest.raises(CampaignRefused):
        assign_late(campaign=make_campaign(state="closed"), now=NOW)
