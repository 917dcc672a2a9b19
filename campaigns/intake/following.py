"""Places in the lists after rows came, changed or left: who is no more in the report, and who is back in it."""

from __future__ import annotations

from datetime import datetime

from django.db.backends.utils import CursorWrapper

from agents.models import User
from campaigns.contacts.life import LAST_RESULT_IS_FINAL, Verb, take_steps
from campaigns.models import Campaign

# Who comes back stands where she stood: her state before is that of the step with which she left. A result of a call
# that was open while she left may be final. Nobody who has paid comes back to be called, wherever she stood.
_STEPS = {
    Verb.LEAVE_REPORT: "NOT there.is_in_it",
    Verb.RETURN_HELD_OUT: "there.is_in_it AND entry.state_before = 'held_out'",
    Verb.RETURN_PAID: "there.is_in_it AND entry.paid_on IS NOT NULL AND entry.state_before <> 'done'",
    Verb.RETURN_DONE: f"there.is_in_it AND (entry.state_before = 'done' OR {LAST_RESULT_IS_FINAL})",
    Verb.RETURN_OPEN: "there.is_in_it",
}
_FOLLOW = """
UPDATE campaigns_listentry entry SET {steps}
  FROM (SELECT e.contact_id, EXISTS (SELECT FROM campaigns_renewal r
                                      WHERE r.contact_id = e.contact_id AND r.gone_at IS NULL) AS is_in_it
          FROM campaigns_listentry e
         WHERE e.campaign_id = %s AND (%s::bigint IS NULL OR e.contact_id = %s) AND (e.state = 'gone') = EXISTS (
           SELECT FROM campaigns_renewal r WHERE r.contact_id = e.contact_id AND r.gone_at IS NULL)
         ORDER BY e.contact_id FOR NO KEY UPDATE) there
 WHERE there.contact_id = entry.contact_id
"""
_CANCEL_CALL_BACKS = """
UPDATE campaigns_callback agreed
   SET state = 'cancelled', settled_at = greatest(%s, agreed.created_at), why = %s, cancelled_by_leaving = TRUE
  FROM campaigns_listentry entry
 WHERE agreed.campaign_id = %s AND agreed.state = 'pending' AND entry.contact_id = agreed.contact_id
   AND entry.state = 'gone'
"""
# The last call that was agreed with a customer, and no older one. Who comes back to have paid loses it to her payment.
_BRING_BACK_CALL_BACKS = """
UPDATE campaigns_callback agreed SET state = 'pending', settled_at = NULL, why = '', cancelled_by_leaving = FALSE
  FROM campaigns_listentry entry
 WHERE agreed.campaign_id = %s AND agreed.state = 'cancelled' AND agreed.cancelled_by_leaving
   AND entry.contact_id = agreed.contact_id AND entry.state = 'open'
   AND NOT EXISTS (SELECT FROM campaigns_callback later
                    WHERE later.contact_id = agreed.contact_id AND later.id > agreed.id)
"""
# Who has paid leaves the list instead of coming into it; should the payment be taken back, she is called.
_FOUND_A_TELEPHONE = """
UPDATE campaigns_listentry entry SET {steps}
  FROM campaigns_contact contact
  LEFT JOIN (SELECT contract, array_agg(telephone) AS telephones FROM campaigns_retiredtelephone GROUP BY contract)
    retired ON retired.contract = contact.contract
 WHERE contact.id IN ({contacts}) AND entry.contact_id = contact.id AND entry.state = 'not_callable'
   AND cardinality(contact.telephones) > 0 AND NOT coalesce(contact.telephones <@ retired.telephones, FALSE)
"""
_FOUND = {Verb.FIND_TELEPHONE: "entry.paid_on IS NULL", Verb.LEAVE_PAID: "entry.paid_on IS NOT NULL"}


def follow_renewals(
    cursor: CursorWrapper, *, campaign: Campaign, by: User, now: datetime, contact: int | None = None
) -> int:
    """Let contacts without a renewal of the report leave the lists, and others come back, with their agreed calls.

    All of the campaign, or one `contact`. Returns how many left or came back.

    Owners stay, and so does an open call at a desk: its result still enters. The caller holds the payments' turn and
    the campaign; the entries are locked here, in the order of their contacts.
    """
    one = (contact, contact)
    moved = take_steps(cursor, update=_FOLLOW, values=[campaign.pk, *one], steps=_STEPS, now=now, by=by)
    cursor.execute(_CANCEL_CALL_BACKS, [now, "El cliente ya no está en el reporte.", campaign.pk])
    cursor.execute(_BRING_BACK_CALL_BACKS, [campaign.pk])
    return moved


def follow_telephones(cursor: CursorWrapper, *, contacts: str, by: User, now: datetime) -> int:
    """Let those of `contacts` (SQL of ours that gives ids) be called who could not, and have a telephone now.

    Returns how many it was. Their payments are settled: who has paid everything goes where payments lead.
    """
    update = _FOUND_A_TELEPHONE.replace("{contacts}", contacts)
    return take_steps(cursor, update=update, steps=_FOUND, now=now, by=by)
