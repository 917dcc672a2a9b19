"""Doors that show an auditor what is masked: she says why, and it is written in the book before anything is shown."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agents.access import signed_in_user
from agents.disclosure import record_reveal
from agents.models import Search
from agents.searching import note_search

SHORTEST_REASON = 5  # letters: «Arqueo» says why, a key that was hit does not


def is_revealed(request: HttpRequest, *, subject: str, now: datetime) -> bool:
    """Whether the reason that was sent says why `subject` (words without personal data) is to be seen: then the book
    has it. Else she is told what is missing. Raises TooMuch, as any look for a customer does.
    """
    reason = " ".join(request.POST.get("reason", "").split())
    if sum(letter.isalpha() for letter in reason) < SHORTEST_REASON:
        messages.error(request, _("Escriba en unas palabras para qué necesita ver los datos."))
        return False
    user = signed_in_user(request)
    note_search(user=user, where=Search.Where.REVEAL, asked=subject, now=now)
    record_reveal(user=user, subject=subject, reason=reason, now=now)
    return True
