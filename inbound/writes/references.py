"""The reference another system gave for what was done: of one reference one amount of money is paid.

Two calls that have a line blocked share theirs; of money each has its own. What the system itself says of its keys
counts for more than what a person wrote down: a reference of hers that it gives for other money leaves hers in doubt.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from unicodedata import normalize

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import OutsideWrite
from inbound.models.outside import PLAIN_REFERENCE, REFERENCE_LENGTH
from inbound.writes.giving_back import required
from inbound.writes.states import State, Verb, WriteRefused, take_step


class OfAnother(WriteRefused):
    """The reference stands at other money, `write`."""

    def __init__(self, sentence: str, write: OutsideWrite) -> None:
        super().__init__(sentence)
        self.write = write


def reference_given(text: str) -> str:
    """What the other system gave, on one line. Raises WriteRefused where there is none, and at letters no system gives:
    a Cyrillic Р is no P, and two that look alike would be two references.
    """
    text = required(normalize("NFKC", text), _("Escriba la referencia que dio el otro sistema."))[:REFERENCE_LENGTH]
    is_one = plain(text) and not any(sign.isalnum() and not sign.isascii() for sign in text)
    return required(
        text if is_one else "", _("Una referencia tiene letras de la A a la Z y números: escriba la que dio.")
    )


def hold_reference(write: OutsideWrite, reference: str) -> None:
    """Hold it until the transaction ends, before any row is: of two who write down the same one the second sees it."""
    if write.amount is None:
        return
    with connection.cursor() as cursor:
        held = f"reference {write.system} {plain(reference)}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [held])


def is_of_another(write: OutsideWrite, reference: str) -> bool:
    """Whether its system itself gave this reference for other money before."""
    return _paid(write).filter(reference=reference, settled_by=None).exists()


def check_is_its_own(write: OutsideWrite, reference: str) -> None:
    """Raise OfAnother where a person writes down a reference that pays other money. The reference is held."""
    if (other := _paid_under(write, reference).order_by("pk").first()) is None:
        return
    words = _(
        "No cambió nada: la referencia %(reference)s ya está en la operación n.º %(pk)d, y de una referencia sale un "
        "solo monto."
    ) % {"reference": other.reference, "pk": other.pk}
    if other.settled_by_id is None:
        advice = _("La confirmó su propio sistema: busque la de esta.")
    else:
        advice = _("Busque la de esta; si la equivocada es la otra, supervisión la pone en duda en su página.")
    raise OfAnother(f"{words} {advice}", other)


def take_from_others(write: OutsideWrite, reference: str, *, now: datetime) -> None:
    """Its system gave it for this one: other money a person found done under it is in doubt. The reference is held."""
    words = _("%(system)s dice que la referencia %(reference)s es de la operación n.º %(pk)d.")
    words %= {"system": write.get_system_display(), "reference": reference, "pk": write.pk}
    for other in _paid_under(write, reference).exclude(settled_by=None).order_by("pk"):
        with suppress(WriteRefused):  # somebody put it in doubt in this moment; what is known of this one stands
            _doubt(write=other, words=words, by=None, now=now)


def question(*, write: OutsideWrite, reason: str, by: User, now: datetime) -> OutsideWrite:
    """A supervisor, not whoever asked for it or wrote it down, has seen that what is written down as done may not be
    so, or stands under a reference of something else: it is in doubt, and settled anew. Raises WriteRefused.
    """
    reason = required(reason, _("Escriba qué vio en el otro sistema."))
    with transaction.atomic():
        locked = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk)
        if why := why_not_questioned(write=locked, by=by):
            raise WriteRefused(why)
        return _doubt(write=locked, words=reason, by=by, now=now)


def why_not_questioned(*, write: OutsideWrite, by: User) -> str:
    """The sentence why this person cannot put in doubt that it was done; empty when she can."""
    if not by.steers_campaigns:
        return _("Esto lo resuelve supervisión.")
    if write.owed_by_id == by.pk:
        return _("La pidió usted: la pone en duda otra persona de supervisión.")
    if not write.is_accountable or write.state != State.DONE:
        return _("Solo se pone en duda lo que se anotó como hecho.")
    if write.settled_by_id == by.pk:
        return _("La anotó usted: la pone en duda otra persona de supervisión.")
    if write.settled_by_id is None and write.amount is not None:  # a line that was blocked before may have another's
        return _("Lo confirmó su propio sistema: no se pone en duda.")
    return ""


def _doubt(*, write: OutsideWrite, words: str, by: User | None, now: datetime) -> OutsideWrite:
    """What a person found done is in doubt; its system is asked about it at once. Raises WriteRefused."""
    was = _("Estaba anotada con la referencia %(reference)s.") % {"reference": write.reference}
    return take_step(
        Verb.QUESTION, write=write, by=by, now=now, note=f"{was} {words}", last_error=words, reference="",
        settled_at=None, settled_by=None, not_before=now,
    )  # fmt: skip


def _paid_under(write: OutsideWrite, reference: str) -> QuerySet[OutsideWrite]:
    """Other money that was done under it, however it is written."""
    written = plain(reference)  # one without a letter or a digit is nobody else's
    return _paid(write).alias(plain=PLAIN_REFERENCE).filter(plain=written) if written else _paid(write).none()


def _paid(write: OutsideWrite) -> QuerySet[OutsideWrite]:
    paid = OutsideWrite.objects.filter(system=write.system, state=State.DONE, amount__isnull=False)
    return paid.exclude(pk=write.pk) if write.amount is not None else paid.none()


def plain(reference: str) -> str:
    """Its letters and digits, as `PLAIN_REFERENCE` has them of a row: by them two are one, however they are written."""
    return "".join(sign for sign in normalize("NFKC", reference) if sign.isascii() and sign.isalnum()).upper()
