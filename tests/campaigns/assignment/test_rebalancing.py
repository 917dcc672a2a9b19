"""Contacts change hands: reassign, take back, rebalance, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.models import Agent, Team, User
from campaigns.assignment.assigning import open_lists
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import (
    preview_reassign,
    preview_rebalance,
    reassign,
    rebalance,
    take_back,
)
from campaigns.assignment.undoing import check_can_undo, undo, who_stayed
from campaigns.models import CallBack, Campaign, Contact, ListEntry, Reassignment
from campaigns.month.lifecycle import CampaignRefused
from campaigns.promises_and_callbacks.call_backs import reschedule, widen_overdue
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, owners, spoke

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-28 09:00")


@pytest.fixture
def running(ana: Agent, luis: Agent, marta: Agent) -> Campaign:
    """Thirty contacts of Internet and fifteen of both, assigned to three."""
    campaign = make_campaign()
    add_contacts(campaign, 30)
    add_contacts(campaign, 15, "BOTH", start=100)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    Campaign.objects.update(state="running", launched_at=moment("2026-11-25 09:00"))
    campaign.refresh_from_db()
    return campaign


def call_back_for(entry: ListEntry, agent: Agent, **more: object) -> CallBack:
    return CallBack.objects.create(
        campaign=entry.campaign,
        contact=entry.contact,
        agent=agent,
        team=agent.team,
        due_at=moment("2026-11-28 11:00"),
        created_at=NOW,
        **more,
    )


def test_an_absent_agents_contacts_go_to_the_chosen_by_weight(
    running: Campaign, ana: Agent, luis: Agent, marta: Agent, elena: User
) -> None:
    selection = Selection(agents=(ana.pk,))
    seen = preview_reassign(campaign=running, selection=selection, to=[luis, marta])
    assert (seen.contacts, owners(running)["Ana"]) == (15, 15)
    change = reassign(campaign=running, selection=selection, to=[luis, marta], by=elena, now=NOW, reason="Baja médica")
    assert (change.contacts, change.by, change.reason, change.verb) == (15, elena, "Baja médica", "reassign")
    found = owners(running)
    assert sorted(found) == ["Luis", "Marta"]
    assert abs(found["Luis"] - found["Marta"]) <= 1
    assert list(change.from_agents.all()) == [ana]
    assert set(change.to_agents.all()) == {luis, marta}


@pytest.mark.parametrize(
    ("selection", "moved"),
    [
        ({"lists": ("BOTH",)}, 5),
        ({"lists": ("TV",)}, 0),
        ({"tried": "tried"}, 2),
        ({"tried": "untried"}, 13),
        ({"tried": "untried", "lists": ("INTERNET",)}, 8),
    ],
)
def test_only_what_the_filters_name_moves(
    running: Campaign, ana: Agent, luis: Agent, selection: dict, moved: int
) -> None:
    tried = ListEntry.objects.filter(owner=ana, call_list="INTERNET").values_list("pk", flat=True)[:2]
    ListEntry.objects.filter(pk__in=list(tried)).update(attempts=1)
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,), **selection), to=[luis], by=None, now=NOW)
    assert change.contacts == moved


def test_a_zone_or_a_single_contact_may_be_chosen(running: Campaign, ana: Agent, luis: Agent) -> None:
    in_zone = Contact.objects.filter(campaign=running, zone="Sarco", entry__owner=ana).count()
    change = reassign(
        campaign=running, selection=Selection(agents=(ana.pk,), zone="Sarco"), to=[luis], by=None, now=NOW
    )
    assert change.contacts == in_zone > 0
    one = ListEntry.objects.filter(owner=ana).first()
    assert one is not None
    assert reassign(
        campaign=running, selection=Selection(contacts=(one.pk,)), to=[luis], by=None, now=NOW
    ).contacts == 1  # fmt: skip


def test_contacts_stay_when_none_of_the_chosen_works_their_list(
    running: Campaign, ana: Agent, make_agent: Callable[..., Agent]
) -> None:
    sara = make_agent("Sara", skills=("INTERNET",))
    selection = Selection(agents=(ana.pk,))
    assert preview_reassign(campaign=running, selection=selection, to=[sara]).staying == {"BOTH": 5}
    assert reassign(campaign=running, selection=selection, to=[sara], by=None, now=NOW).contacts == 10
    assert owners(running, call_list="BOTH")["Ana"] == 5


def test_paid_and_finished_contacts_stay_where_they_are(running: Campaign, ana: Agent, luis: Agent) -> None:
    done = list(ListEntry.objects.filter(owner=ana).values_list("pk", flat=True)[:4])
    ListEntry.objects.filter(pk__in=done[:2]).update(state="paid")
    ListEntry.objects.filter(pk__in=done[2:]).update(state="done")
    still_open, selection = ListEntry.objects.filter(owner=ana, state="open").count(), Selection(agents=(ana.pk,))
    assert preview_reassign(campaign=running, selection=selection, to=[luis]).contacts == still_open
    reassign(campaign=running, selection=selection, to=[luis], by=None, now=NOW)
    assert ListEntry.objects.filter(owner=ana).count() == 4


def test_an_open_contact_keeps_its_lease_and_changes_its_owner(running: Campaign, ana: Agent, luis: Agent) -> None:
    entry = ListEntry.objects.filter(owner=ana).first()
    assert entry is not None
    until = moment("2026-11-28 09:10")
    ListEntry.objects.filter(pk=entry.pk).update(lease_agent=ana, lease_until=until, fence=4)
    selection = Selection(agents=(ana.pk,))
    assert preview_reassign(campaign=running, selection=selection, to=[luis]).open_now == 1
    reassign(campaign=running, selection=selection, to=[luis], by=None, now=NOW)
    entry.refresh_from_db()
    assert (entry.owner, entry.lease_agent, entry.lease_until, entry.fence) == (luis, ana, until, 4)


def test_personal_call_backs_move_with_the_contact(running: Campaign, ana: Agent, luis: Agent, marta: Agent) -> None:
    first, second = ListEntry.objects.filter(owner=ana)[:2]
    mine, of_another = call_back_for(first, ana), call_back_for(second, marta)
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=None, now=NOW)
    assert change.call_backs == 1
    mine.refresh_from_db()
    of_another.refresh_from_db()
    assert (mine.agent, mine.reach, of_another.agent) == (luis, "personal", marta)


def test_taken_back_contacts_belong_to_nobody_and_their_call_backs_to_the_team(running: Campaign, ana: Agent) -> None:
    first = ListEntry.objects.filter(owner=ana).first()
    assert first is not None
    call_back = call_back_for(first, ana)
    change = take_back(campaign=running, selection=Selection(agents=(ana.pk,)), by=None, now=NOW)
    assert change.contacts == 15
    assert owners(running)[None] == 15
    call_back.refresh_from_db()
    assert (call_back.agent, call_back.reach, call_back.state) == (ana, "team", "pending")
    given = reassign(campaign=running, selection=Selection(unassigned=True), to=[ana], by=None, now=NOW)
    assert given.contacts == 15


def test_rebalancing_evens_out_what_remains_and_moves_no_more_than_that(
    running: Campaign, ana: Agent, luis: Agent, marta: Agent
) -> None:
    done = list(ListEntry.objects.filter(owner=luis).values_list("pk", flat=True)[:9])
    ListEntry.objects.filter(pk__in=done).update(state="done")
    tried = list(ListEntry.objects.filter(owner=ana).values_list("pk", flat=True)[:5])
    ListEntry.objects.filter(pk__in=tried).update(attempts=1)
    seen = preview_rebalance(campaign=running, among=[ana, luis, marta])
    change = rebalance(campaign=running, among=[ana, luis, marta], by=None, now=NOW)
    assert change.contacts == seen.contacts
    assert owners(running) == {"Ana": 12, "Luis": 12, "Marta": 12}
    assert not change.moved.filter(contact_id__in=tried).exists()
    assert rebalance(campaign=running, among=[ana, luis, marta], by=None, now=NOW).contacts == 0


def test_rebalancing_without_an_absent_agent_empties_that_list(
    running: Campaign, ana: Agent, luis: Agent, marta: Agent
) -> None:
    ListEntry.objects.filter(owner=luis).update(owner=None)
    rebalance(campaign=running, among=[ana, luis], by=None, now=NOW)
    found = owners(running)
    assert set(found) == {"Ana", "Luis"}
    assert abs(found["Ana"] - found["Luis"]) <= 1


def test_the_last_change_can_be_undone_while_nobody_called(
    running: Campaign, ana: Agent, luis: Agent, elena: User
) -> None:
    entry = ListEntry.objects.filter(owner=ana).first()
    assert entry is not None
    call_back = call_back_for(entry, ana)
    before = dict(ListEntry.objects.values_list("pk", "owner"))
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=elena, now=NOW)
    undone = undo(reassignment=change, by=elena, now=moment("2026-11-28 09:05")).reassignment
    assert (undone.undone_at, undone.undone_by) == (moment("2026-11-28 09:05"), elena)
    assert dict(ListEntry.objects.values_list("pk", "owner")) == before
    call_back.refresh_from_db()
    assert call_back.agent == ana
    with pytest.raises(CampaignRefused, match="Ya se deshizo"):
        undo(reassignment=change, by=elena, now=NOW)


def test_an_undone_take_back_gives_the_call_backs_back(running: Campaign, ana: Agent) -> None:
    entry = ListEntry.objects.filter(owner=ana).first()
    assert entry is not None
    call_back = call_back_for(entry, ana)
    change = take_back(campaign=running, selection=Selection(agents=(ana.pk,)), by=None, now=NOW)
    undo(reassignment=change, by=None, now=NOW)
    call_back.refresh_from_db()
    assert (call_back.agent, call_back.reach) == (ana, "personal")
    assert owners(running)["Ana"] == 15


@pytest.mark.parametrize("verb", ["reassign", "take_back"])
@pytest.mark.parametrize("reach", ["personal", "team", "supervisor"])
def test_undoing_puts_the_team_and_reach_of_an_agreed_call_back_as_they_were(
    running: Campaign, ana: Agent, luis: Agent, verb: str, reach: str
) -> None:
    """Luis is of another team; the call went to whoever got the contact, and comes back to Ana's team."""
    luis.team = Team.objects.get_or_create(name="Sur")[0]
    luis.save(update_fields=["team"])
    ana.team = Team.objects.get_or_create(name="Este")[0]
    ana.save(update_fields=["team"])
    entry = ListEntry.objects.filter(owner=ana).first()
    assert entry is not None
    call_back = call_back_for(entry, ana, reach=reach)
    before = CallBack.objects.values().get()
    selection = Selection(agents=(ana.pk,))
    if verb == "reassign":
        change = reassign(campaign=running, selection=selection, to=[luis], by=None, now=NOW)
        call_back.refresh_from_db()
        assert (call_back.agent, call_back.team) == (luis, luis.team)
    else:
        change = take_back(campaign=running, selection=selection, by=None, now=NOW)
    undone = undo(reassignment=change, by=None, now=NOW)
    assert (undone.contacts_left, undone.call_backs_left) == (0, 0)
    assert CallBack.objects.values().get() == before


def test_an_agreed_call_moved_since_keeps_what_happened_and_is_told(
    running: Campaign, ana: Agent, luis: Agent, house_rules: None
) -> None:
    first, second = ListEntry.objects.filter(owner=ana)[:2]
    moved, waited = call_back_for(first, ana), call_back_for(second, ana)
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=None, now=NOW)
    reschedule(call_back=CallBack.objects.get(pk=moved.pk), due_at=moment("2026-11-28 12:00"), now=NOW)
    widen_overdue(now=moment("2026-11-28 13:30"))  # the other one waited too long and is supervision's now
    undone = undo(reassignment=change, by=None, now=moment("2026-11-28 13:31"))
    assert undone.call_backs_left == 1
    moved.refresh_from_db()
    waited.refresh_from_db()
    assert (moved.agent, moved.due_at) == (luis, moment("2026-11-28 12:00"))
    assert (waited.agent, waited.reach) == (ana, "supervisor")


def test_one_that_was_called_and_one_that_is_open_do_not_hold_the_others_of_an_undo(
    running: Campaign, ana: Agent, luis: Agent, marta: Agent, elena: User
) -> None:
    called, opened, moved_on = ListEntry.objects.filter(owner=ana).order_by("pk")[:3]
    agreed = call_back_for(called, ana)
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=elena, now=NOW)
    spoke(running, called.contact.contract, luis, moment("2026-11-28 09:05"), "none")
    ListEntry.objects.filter(pk=opened.pk).update(lease_agent=luis, lease_until=moment("2026-11-28 09:20"))
    ListEntry.objects.filter(pk=moved_on.pk).update(owner=marta)
    assert check_can_undo(change) == 12
    undone = undo(reassignment=change, by=elena, now=moment("2026-11-28 09:10"))
    assert (undone.contacts, undone.contacts_left, undone.call_backs_left) == (12, 3, 0)
    assert owners(running) == {"Ana": 12, "Luis": 17, "Marta": 16}
    assert {one.contact_id: one.stayed for one in who_stayed(change, at_most=10)} == {
        called.pk: "called", opened.pk: "open", moved_on.pk: "elsewhere",
    }  # fmt: skip
    agreed.refresh_from_db()
    assert agreed.agent == luis  # it goes with its contact


def test_a_change_is_not_undone_when_all_were_called_or_after_another_change(
    running: Campaign, ana: Agent, luis: Agent, marta: Agent
) -> None:
    first = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=None, now=NOW)
    later = moment("2026-11-28 10:00")
    second = reassign(campaign=running, selection=Selection(agents=(marta.pk,)), to=[luis], by=None, now=later)
    with pytest.raises(CampaignRefused, match="último"):
        check_can_undo(first)
    for moved in second.moved.all():
        spoke(running, Contact.objects.get(pk=moved.contact_id).contract, luis, moment("2026-11-28 10:05"), "none")
    with pytest.raises(CampaignRefused, match="no hay qué devolver"):
        undo(reassignment=second, by=None, now=later)


@pytest.mark.parametrize(("state", "sentence"), [("proposed", "propuesta"), ("closed", "cerrada")])
def test_contacts_change_hands_only_while_they_are_called(
    running: Campaign, ana: Agent, luis: Agent, state: str, sentence: str
) -> None:
    running.state = state
    for change in (
        lambda: reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=None, now=NOW),
        lambda: take_back(campaign=running, selection=Selection(agents=(ana.pk,)), by=None, now=NOW),
        lambda: rebalance(campaign=running, among=[luis], by=None, now=NOW),
    ):
        with pytest.raises(CampaignRefused, match=sentence):
            change()
    assert not Reassignment.objects.exists()


def test_somebody_must_receive_them(running: Campaign, ana: Agent) -> None:
    with pytest.raises(CampaignRefused, match="al menos un agente"):
        reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[], by=None, now=NOW)
