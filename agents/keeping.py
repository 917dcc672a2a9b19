"""How long personal data are kept, by what they are of, and whose are left alone meanwhile (docs/decisions/0199)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.lookups import In
from django.utils import timezone

from agents.models import AgentMessage, Disclosure, LegalHold, Search, StretchQuestion, User

NOBODY = "Anonimizado"  # stands where words about somebody stood; data, as they were
BATCH = 5_000  # rows in one transaction
DIGITS = 8  # of a telephone of Bolivia without its country
_LAST_DIGITS = rf"right(regexp_replace(%s, '\D', '', 'g'), {DIGITS})"


def last_digits(telephone: str) -> str:
    """SQL of the digits a hold names a telephone by, in whatever form the column has it."""
    return _LAST_DIGITS % telephone


class LastDigits(Func):
    """The same as an expression."""

    template = _LAST_DIGITS % "%(expressions)s"
    output_field = TextField()


AREAS, WITH_AREA = "234", 8  # what a fixed line begins with, and its digits with that
GROUPED = r"\D{0,2}"  # between two digits of a telephone, as people write it


@dataclass(frozen=True)
class Held:
    """Whose data stay: customers by contract or by the last digits of a telephone, or everybody's."""

    everything: bool = False
    contracts: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    pks: tuple[int, ...] = ()

    def and_contracts(self, more: Iterable[str]) -> Held:
        """The same, with contracts its telephones are known of."""
        return replace(self, contracts=tuple(sorted({*self.contracts, *more})))

    def theirs(self, *, contract: str = "", telephone: str = "") -> Q:
        """Rows of these customers, by the fields that hold a contract and a telephone."""
        found = Q(pk__in=[])
        if contract and self.contracts:
            found |= Q((f"{contract}__in", self.contracts))
        if telephone and self.telephones:
            found |= Q(In(LastDigits(F(telephone)), self.telephones))
        return found

    def named_in(self, field: str) -> Q:
        """Rows whose words name one of them; a telephone however it is grouped, and one of a house without its area."""
        found = Q(pk__in=[])
        for contract in self.contracts:
            found |= Q((f"{field}__contains", contract))
        for telephone in self.telephones:
            digits = telephone[1:] if telephone[0] in AREAS and len(telephone) == WITH_AREA else telephone
            found |= Q((f"{field}__regex", GROUPED.join(digits)))
        return found

    def values(self) -> dict[str, list[str]]:
        """For statements: `held_contracts`, `held_telephones`."""
        return {"held_contracts": [*self.contracts], "held_telephones": [*self.telephones]}


def keeps_from(*, months: int, now: datetime) -> datetime:
    """What is older than this moment is not kept: so many months back, the 28th at most."""
    local = timezone.localtime(now)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, 28))


def holds_now() -> tuple[Held, Held]:
    """Which are in force, and which were lifted whose data have not been looked at since. Read in one statement, so
    that one which is lifted meanwhile is of the first, and looked at by the next run.
    """
    rows = list(LegalHold.objects.filter(settled_at=None))
    return _held(one for one in rows if one.lifted_at is None), _held(one for one in rows if one.lifted_at)


def place_hold(hold: LegalHold, *, by: User, now: datetime) -> None:
    """Retention leaves alone whom it names from its next run on; one that goes on has read its holds already."""
    hold.since, hold.placed_by = now, by
    hold.save()


def ask_to_lift(holds: QuerySet[LegalHold], *, by: User, reason: str, now: datetime) -> int:
    """Another administrator may lift them from now on. Returns how many were in force and nobody had asked for."""
    return holds.filter(lifted_at=None, lift_asked_by=None).update(
        lift_asked_at=now, lift_asked_by=by, lift_reason=reason
    )


def lift_holds(holds: QuerySet[LegalHold], *, by: User, now: datetime) -> int:
    """Those another administrator asked for: retention takes what is due with its next run. Returns how many."""
    asked = holds.filter(lifted_at=None, lift_asked_by__isnull=False).exclude(lift_asked_by=by)
    return asked.update(lifted_at=now, lifted_by=by)


def leave_in_force(holds: QuerySet[LegalHold]) -> int:
    """Nobody asks any more that they be lifted. Returns of how many somebody had."""
    asked = holds.filter(lifted_at=None, lift_asked_by__isnull=False)
    return asked.update(lift_asked_at=None, lift_asked_by=None, lift_reason="")


def forget_words(*, before: datetime, held: Held, only_look: bool = False) -> dict[str, int]:
    """Take what was asked from look-ups before a moment, why something was shown, and what was written to an agent, or
    by one about a stretch of hers; who, when and for which call stays. Returns how many of each.
    """
    searches = Search.objects.filter(at__lt=before).exclude(asked="").exclude(held.named_in("asked"))
    shown = Disclosure.objects.filter(at__lt=before).exclude(reason="").exclude(held.named_in("reason"))
    messages = AgentMessage.objects.filter(sent_at__lt=before).exclude(text=NOBODY).exclude(held.named_in("text"))
    questions = StretchQuestion.objects.filter(asked_at__lt=before).exclude(note=NOBODY)
    questions = questions.exclude(held.named_in("note"))
    if only_look:
        named = {"searches": searches, "disclosures": shown, "messages": messages, "questions": questions}
        return {name: rows.count() for name, rows in named.items()}
    return {
        "searches": forget_of_a_book(searches.order_by("at"), column="asked"),
        "disclosures": forget_of_a_book(shown.order_by("at"), column="reason"),
        "messages": messages.update(text=NOBODY),
        "questions": questions.update(note=NOBODY),
    }


def forget_of_a_book(rows: QuerySet[Any], *, column: str) -> int:
    """Take a personal column of these rows through the audit's own door (docs/decisions/0192). Returns how many."""
    done = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_forget(%s, 'id', %s, %s)", [rows.model._meta.db_table, keys, [column]])
            (gone,) = cursor.fetchone()
        done += gone
        if gone < len(keys):  # younger than the door of retention lets go
            break
    return done


def settle_holds(*, lifted: Held, before: datetime, now: datetime) -> None:
    """Say of these holds that what was due went, and take from those lifted before a moment whom they were of."""
    LegalHold.objects.filter(pk__in=lifted.pks).update(settled_at=now)
    old = LegalHold.objects.filter(settled_at__isnull=False, lifted_at__lt=before).exclude(reason=NOBODY)
    keys = list(old.values_list("pk", flat=True))
    if keys:
        LegalHold.objects.filter(pk__in=keys).update(contract="", telephone="", reason=NOBODY, lift_reason="")
        with connection.cursor() as cursor:
            taken = ["contract", "telephone", "reason", "lift_reason"]
            cursor.execute("SELECT audit_forget('agents_legalholdevent', 'pgh_obj_id', %s, %s)", [keys, taken])


def _held(holds: Iterable[LegalHold]) -> Held:
    rows = list(holds)
    return Held(
        any(one.of_everything for one in rows),
        tuple(sorted({one.contract for one in rows if one.contract})),
        tuple(sorted({one.telephone for one in rows if one.telephone})),
        tuple(one.pk for one in rows),
    )
