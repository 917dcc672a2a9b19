"""What an agent says against a stretch of her day, once a stretch; and that somebody who steers the centre saw it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agents.models import AgentState, StretchQuestion, User


class QuestionRefused(Exception):
    """It is not kept; the message is the sentence for whoever asked."""


def question_stretch(*, stretch: AgentState, note: str, now: datetime) -> StretchQuestion:
    """Keep what its agent says of a stretch; what was said first stays. Raises QuestionRefused without a word."""
    note = " ".join(note.split())[:300]
    if not note:
        raise QuestionRefused(_("Escriba qué no coincide."))
    return StretchQuestion.objects.get_or_create(stretch=stretch, defaults={"note": note, "asked_at": now})[0]


def see_question(*, question: StretchQuestion, by: User, now: datetime) -> None:
    """Somebody who steers the centre has seen it; who saw it first stays named."""
    StretchQuestion.objects.filter(pk=question.pk, seen_at=None).update(seen_at=now, seen_by=by)
