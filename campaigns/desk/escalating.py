"""A result that supervision must settle, a complaint say, becomes a card in the transaction of the result."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.desk.answers import Answers
from campaigns.models import Attempt, Contact, Disposition
from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation


def escalate(
    *, attempt: Attempt, contact: Contact, disposition: Disposition, answers: Answers, now: datetime
) -> Escalation | None:
    """Raise the card of a result whose disposition says so. Call it inside the transaction of the result.

    One call raises one card: the result corrected within its minutes is written down on the card there is, also when
    what it says now needs nobody, since a supervisor may have begun with it.
    """
    is_corrected = attempt.corrected_from_id is not None
    if disposition.escalates_id is None and not is_corrected:
        return None
    key, by = f"attempt:{attempt.pk}", attempt.agent.user
    said = [disposition.name, *filter(None, (answers.reason, answers.note))]
    if is_corrected:
        corrected = _("El resultado se corrigió: %(said)s") % {"said": ". ".join(said)}
        if there := add_detail(key=key, text=corrected, by=by, now=now):
            return there
    if disposition.escalates_id is None:
        return None
    telephones = contact.telephones or [""]
    return raise_escalation(
        key=key,
        kind=disposition.escalates_id,
        line="",
        contract=contact.contract,
        customer_name=contact.name,
        telephone=answers.telephone or attempt.telephone or telephones[0],
        zone=contact.zone,
        reason=". ".join(said),
        details={},
        by=by,
        now=now,
    )
