"""Who calls whom: contacts of a campaign assigned to the agents on duty (procedure K.3).

The quotas are arithmetic on counts (`quotas.py`); the rows are written in one statement (`entries.py`, `turns.py`).
First the contacts whose customer an agent spoke with last month stay with that agent, as far as skill and quota allow;
the rest is assigned so that everybody has the same mix of priority. Locks: the campaign's row, then entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.assignment.answers import write_answers
from campaigns.assignment.entries import Assigned, Source, assign_all, let_go_of_the_paid, lock_entries
from campaigns.assignment.late import Changed, assign_unowned, open_late
from campaigns.assignment.participants import takers_of
from campaigns.models import AssignmentShare, Campaign, ChangedRows, ErrandKind, ListEntry
from campaigns.models.contacts import CallList
from campaigns.month import errands
from campaigns.month.changed_rows import note_changed_rows
from campaigns.month.lifecycle import CampaignRefused

State = Campaign.State
ASSIGNED_AT_ONCE = 50_000  # contacts; more are assigned in the background, a million takes seconds


def assign(*, campaign: Campaign, now: datetime) -> Assigned:
    """Assign the whole campaign again: same contacts, shares and seed give the same assignment. Only before the launch.

    Raises CampaignRefused.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        check_can_assign(locked)
        lock_entries(locked)
        let_go_of_the_paid(locked, now=now)
        source = Source(
            tables="campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id",
            where="e.campaign_id = %s AND e.state IN ('open', 'held_out')",
            is_callable="TRUE",
        )
        assigned = assign_all(locked, source, now=now, insert=False)
        write_answers(locked)
        _write_assignment(campaign, locked, assigned, now)
        note_changed_rows(campaign=locked, verb=ChangedRows.Verb.ASSIGNED, now=now)
    return assigned


@dataclass(frozen=True)
class ShareTerms:
    """What the supervisor decided for one agent."""

    agent_id: int
    weight: Decimal
    takes_internet: bool
    takes_tv: bool
    is_included: bool


@dataclass(frozen=True)
class Terms:
    """What the supervisor decided on the proposal page."""

    order: str
    hold_out_share: Decimal
    hold_out_seed: int
    script: str
    follows_answers: bool = False
    shares: tuple[ShareTerms, ...] = field(default=())


def ask_to_assign(*, campaign: Campaign, terms: Terms, now: datetime) -> Assigned | None:
    """Keep what the supervisor decided and assign by it: at once, or, when there are many, in the background (None).

    Raises CampaignRefused.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        check_can_assign(locked)
        _keep_terms(locked, terms)
        many = ListEntry.objects.filter(campaign=locked)[: ASSIGNED_AT_ONCE + 1].count() > ASSIGNED_AT_ONCE
        if not many:
            return assign(campaign=campaign, now=now)
        locked.assignment_asked_at = now
        locked.save(update_fields=["assignment_asked_at"])
        errands.try_again(campaign=locked, kind=ErrandKind.ASSIGNMENT, now=now)
    return None


def assign_what_was_asked(*, now: datetime) -> list[Campaign]:
    """Assign every campaign whose supervisor waits for it; asked twice it is done once. Returns those done."""
    asked = Campaign.objects.filter(assignment_asked_at__isnull=False, state=State.PROPOSED).order_by("period")
    tried = [
        errands.attempt(
            partial(_assign_as_asked, campaign, now), kind=ErrandKind.ASSIGNMENT, campaign=campaign, now=now
        )
        for campaign in asked
    ]
    return [campaign for campaign in tried if campaign is not None]


def _assign_as_asked(campaign: Campaign, now: datetime) -> Campaign | None:
    with transaction.atomic():
        locked = _locked(campaign)
        if locked.assignment_asked_at is None or locked.state != State.PROPOSED:
            return None  # another was first, or the month closed meanwhile: nobody is to be assigned any more
        assign(campaign=campaign, now=now)
    return campaign


def _keep_terms(campaign: Campaign, terms: Terms) -> None:
    campaign.order, campaign.script = terms.order, terms.script
    campaign.hold_out_share, campaign.hold_out_seed = terms.hold_out_share, terms.hold_out_seed
    campaign.follows_answers = terms.follows_answers
    campaign.save(update_fields=["order", "script", "hold_out_share", "hold_out_seed", "follows_answers"])
    takers_of(campaign)
    wanted = {share.agent_id: share for share in terms.shares}
    shares = list(AssignmentShare.objects.filter(campaign=campaign, agent_id__in=wanted))
    for share in shares:
        decided = wanted[share.agent_id]
        share.weight, share.is_included = decided.weight, decided.is_included
        share.takes_internet, share.takes_tv = decided.takes_internet, decided.takes_tv
    AssignmentShare.objects.bulk_update(shares, ["weight", "is_included", "takes_internet", "takes_tv"], batch_size=500)


def check_can_assign(campaign: Campaign) -> None:
    """Raise CampaignRefused unless the whole campaign may be assigned now."""
    if campaign.state == State.EXPECTED:
        raise CampaignRefused(_("El reporte de este mes todavía no se tomó."))
    if campaign.state == State.CLOSED:
        raise CampaignRefused(_("La campaña ya está cerrada."))
    if campaign.state != State.PROPOSED:
        raise CampaignRefused(_("La campaña ya se lanzó: use reasignar, retirar o equilibrar."))


def open_lists(*, campaign: Campaign, now: datetime, changed: Changed = Changed()) -> Assigned:  # noqa: B008
    """Write the list entries of contacts that have none, already assigned: rows written once, never moved again.

    The first time this is the campaign's assignment; contacts that come later go to whoever has least, and with them
    those that a later row `changed`. What else is without owner stays so: somebody may have taken it back.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        first = locked.assigned_at is None and locked.launched_at is None
        source = Source(
            tables="""campaigns_contact c
                      LEFT JOIN (SELECT contract, array_agg(telephone) AS telephones
                                   FROM campaigns_retiredtelephone GROUP BY contract) retired
                             ON retired.contract = c.contract""",
            where="c.campaign_id = %s AND NOT EXISTS (SELECT FROM campaigns_listentry e WHERE e.contact_id = c.id)",
            is_callable="cardinality(c.telephones) > 0 AND NOT coalesce(c.telephones <@ retired.telephones, FALSE)",
        )
        if first:
            assigned = assign_all(locked, source, now=now, insert=True)
            _write_assignment(campaign, locked, assigned, now)
        else:
            assigned = open_late(campaign=locked, source=source, now=now, changed=changed)
        note_changed_rows(campaign=locked, verb=ChangedRows.Verb.ASSIGNED, now=now)
    return assigned


def assign_late(*, campaign: Campaign, now: datetime) -> Assigned:
    """Give every open contact without owner, or whose owner does not work its list, to whoever has least.

    Raises CampaignRefused when the campaign is not assigned yet or is closed.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        if locked.state not in (State.PROPOSED, State.RUNNING, State.PAUSED):
            raise CampaignRefused(_("Solo se reparte en una campaña propuesta o en curso."))
        note_changed_rows(campaign=locked, verb=ChangedRows.Verb.ASSIGNED, now=now)
        return assign_unowned(locked)


def unassigned_words(unassigned: Mapping[str, int]) -> list[str]:
    """A sentence for each list whose contacts nobody can take."""
    sentences = []
    for name, number in unassigned.items():
        if number:
            sentences.append(
                ngettext(
                    "%(n)d contacto de la lista %(list)s queda sin asignar: nadie de turno la atiende.",
                    "%(n)d contactos de la lista %(list)s quedan sin asignar: nadie de turno la atiende.",
                    number,
                )
                % {"n": number, "list": CallList(name).label}
            )
    return sentences


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _write_assignment(campaign: Campaign, locked: Campaign, assigned: Assigned, now: datetime) -> None:
    campaign.assigned_at = locked.assigned_at = now
    campaign.contacts_continued = locked.contacts_continued = assigned.continued
    campaign.assignment_asked_at = locked.assignment_asked_at = None
    locked.save(update_fields=["assigned_at", "contacts_continued", "assignment_asked_at"])
    errands.forget(campaign=locked, kind=ErrandKind.ASSIGNMENT)  # whoever assigned it, it is done
