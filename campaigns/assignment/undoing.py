"""The last change of hands is undone: contacts go back to whom they were taken from, but those something happened to.

One of many that was called meanwhile must not hold the others: it stays where it is, and the change says so with its
name. Locks: the change, entries by contact, then call-backs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.assignment.rebalancing import check_can_reassign, last_reassignment
from campaigns.models import ReassignedContact, Reassignment
from campaigns.month.lifecycle import CampaignRefused

Stayed = ReassignedContact.Stayed

# why a moved contact `m`, whose entry is `e`, does not go back; NULL: it does. One parameter: when the change was made
_STAYS = f"""CASE
  WHEN e.lease_agent_id IS NOT NULL THEN '{Stayed.OPEN}'
  WHEN EXISTS (SELECT FROM campaigns_attempt a WHERE a.contact_id = e.contact_id AND a.dialled_at >= %s)
    THEN '{Stayed.CALLED}'
  WHEN e.owner_id IS DISTINCT FROM m.to_agent_id THEN '{Stayed.ELSEWHERE}' END"""
_MOVED = """campaigns_reassignedcontact m JOIN campaigns_listentry e ON e.contact_id = m.contact_id
 WHERE m.reassignment_id = %s"""


@dataclass(frozen=True)
class Undone:
    """A change that was undone: how many went back, how many stay, and agreed calls that keep what happened since."""

    reassignment: Reassignment
    contacts: int
    contacts_left: int
    call_backs_left: int


def check_can_undo(reassignment: Reassignment) -> int:
    """How many contacts would go back. Raises CampaignRefused when none would, or it is not the last, or was undone."""
    check_can_reassign(reassignment.campaign)
    if reassignment.undone_at is not None:
        raise CampaignRefused(_("Ya se deshizo."))
    if last_reassignment(reassignment.campaign) != reassignment:
        raise CampaignRefused(_("Solo se deshace el último cambio."))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {_MOVED} AND {_STAYS} IS NULL",  # noqa: S608 - both of this file
            [reassignment.pk, reassignment.at],
        )
        (found,) = cursor.fetchone()
    if not found:
        raise CampaignRefused(
            _("Ya no hay qué devolver: esos contactos se llamaron, están abiertos o cambiaron otra vez.")
        )
    return int(found)


def undo(*, reassignment: Reassignment, by: User | None, now: datetime) -> Undone:
    """Give back to whom it was taken from what nothing happened to, agreed calls as they were. Raises CampaignRefused.

    An agreed call that was moved to another hour or person since, or is over, keeps what happened; one that time took
    to the team or to supervision meanwhile stays there.
    """
    with transaction.atomic():
        locked = (
            Reassignment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("campaign")
            .get(pk=reassignment.pk)
        )
        with connection.cursor() as cursor:
            # entries are locked before it is asked what happened to them, so no call begins between the two
            cursor.execute(f"SELECT FROM {_MOVED} ORDER BY e.contact_id FOR NO KEY UPDATE OF e", [locked.pk])  # noqa: S608
            check_can_undo(locked)
            cursor.execute(
                f"""
                UPDATE campaigns_reassignedcontact kept SET stayed = told.why
                  FROM (SELECT m.id, {_STAYS} AS why FROM {_MOVED}) told
                 WHERE told.id = kept.id AND told.why IS NOT NULL
                """,  # noqa: S608
                [locked.at, locked.pk],
            )
            stay = cursor.rowcount
            cursor.execute(
                """
                UPDATE campaigns_listentry e SET owner_id = m.from_agent_id
                  FROM campaigns_reassignedcontact m
                 WHERE m.reassignment_id = %s AND m.contact_id = e.contact_id AND m.stayed = ''
                """,
                [locked.pk],
            )
            contacts = cursor.rowcount
            cursor.execute(
                """
                WITH given_back AS (
                    UPDATE campaigns_callback b
                       SET agent_id = m.from_agent_id, team_id = m.call_back_team_id,
                           reach = CASE WHEN b.reach = m.call_back_reach OR m.to_agent_id IS NULL AND b.reach = 'team'
                                        THEN m.call_back_reach ELSE b.reach END
                      FROM campaigns_reassignedcontact m
                     WHERE m.reassignment_id = %s AND m.stayed = '' AND b.id = m.call_back_id AND b.state = 'pending'
                       AND b.due_at = m.call_back_due_at AND b.agent_id = coalesce(m.to_agent_id, m.from_agent_id)
                    RETURNING b.id
                )
                SELECT (SELECT count(call_back_id) FROM campaigns_reassignedcontact
                         WHERE reassignment_id = %s AND stayed = '') - (SELECT count(*) FROM given_back)
                """,
                [locked.pk, locked.pk],
            )
            (call_backs_left,) = cursor.fetchone()
        locked.undone_at, locked.undone_by = now, by
        locked.save(update_fields=["undone_at", "undone_by"])
    return Undone(locked, contacts, stay, call_backs_left)


def who_stayed(reassignment: Reassignment, *, at_most: int) -> Sequence[ReassignedContact]:
    """The contacts that an undo left with whom they were, with their names and whose they were made."""
    stayed = ReassignedContact.objects.filter(reassignment=reassignment).exclude(stayed="")
    return list(stayed.select_related("contact", "to_agent__user").order_by("contact__name_key", "pk")[:at_most])
