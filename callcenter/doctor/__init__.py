"""What a support person asks first, asked by the site itself; nothing it says is of a customer or a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.doctor import centre, machine, servers
from callcenter.doctor.answers import Answer, Level, Question

CHAPTERS = (
    (gettext_lazy("Programa y máquina"), machine.QUESTIONS),
    (gettext_lazy("Base de datos, cola y correo"), servers.QUESTIONS),
    (gettext_lazy("El centro"), centre.QUESTIONS),
)


def examine(*, now: datetime) -> Iterator[tuple[str, list[Answer]]]:
    """Each chapter with its answers. What cannot be asked is an answer too, and keeps none of the others waiting."""
    for title, questions in CHAPTERS:
        yield str(title), [answer for of, question in questions for answer in _asked(str(of), question, now)]


def _asked(of: str, question: Question, now: datetime) -> list[Answer]:
    try:
        return list(question(now=now))
    except Exception as error:  # whatever it is, the others are asked
        words = _("no se pudo preguntar: %(error)s") % {"error": type(error).__name__}
        return [Answer(of, words, Level.WRONG)]
