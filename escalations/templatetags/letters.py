"""What a card shows of its letters, wherever the card is shown."""

from __future__ import annotations

from django import template

from escalations.letters import letters_of
from escalations.models import Escalation, Letter

register = template.Library()


@register.simple_tag
def letters_about(escalation: Escalation) -> list[Letter]:
    """What was written to units about a card, the oldest first: `{% letters_about escalation as letters %}`."""
    return letters_of(escalation)
