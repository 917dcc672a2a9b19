"""What a desk knows of one contact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from campaigns.models import Service


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service to be paid for."""

    kind: Service
    number: str
    plan: str
    due_on: date
    amount_due: Decimal
    paid: Decimal
    paid_on: date | None
    is_gone: bool = False  # a corrected report no longer has it: nothing is owed

    @property
    def service(self) -> str:
        return str(self.kind.label)

    @property
    def left(self) -> Decimal:
        return Decimal(0) if self.paid_on or self.is_gone else max(self.amount_due - self.paid, Decimal(0))


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Bs of a payment of the month that were given back; `told_by`: the report, or the person with the reason."""

    service: str
    amount: Decimal
    on: date
    paid_on: date
    told_by: str


@dataclass(frozen=True, slots=True)
class TelephoneLine:
    """A telephone of the contact. `against` says why it is not to be dialled; `last` how it went last time.

    `rests`: only for now, because another contract was called on it.
    """

    number: str
    is_mobile: bool
    against: str
    last: str
    last_at: datetime | None
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One call of this month's history."""

    attempt_id: int
    at: datetime
    telephone: str
    result: str
    code: str
    party: str
    by: str
    agent_id: int
    note: str
    promised: str
    is_open: bool
    is_out_of_hours: bool = False
    note_before: str = ""


@dataclass(frozen=True, slots=True)
class EarlierMonth:
    """How an earlier month of the same contract went, in words."""

    period: date
    words: str
    by: str
    paid: bool


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another contract of the household. `left`: what it owes (Bs); `shared`: telephones it has in common."""

    pk: int
    contract: str
    name: str
    call_list: str
    state: str
    owner: str
    is_own: bool
    last_result: str
    left: Decimal
    due_on: date
    shared: list[str]
    has_same_card: bool

    @property
    def owes(self) -> bool:
        return self.left > 0 and self.state not in ("paid", "gone")


@dataclass(frozen=True)
class Card:
    """A contact as a desk shows it."""

    pk: int
    campaign_id: int
    household: int | None
    contract: str
    name: str
    call_list: str
    identity_card: str
    zone: str
    address: str
    segment: str
    period: date
    script: str
    dialling: str
    calls_until: date
    state: str
    owner: str
    fence: int
    lease_agent_id: int | None
    attempts_made: int
    ready_at: datetime
    paid_on: date | None
    services: list[ServiceLine]
    telephones: list[TelephoneLine]
    history: list[Happening]
    earlier: list[EarlierMonth]
    promise: dict[str, Any] | None
    call_back: dict[str, Any] | None
    draft: dict[str, Any]
    given_back: list[GivenBack]
    neighbours: list[Neighbour] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Another one as soon as something is otherwise that others may change while she is open at a desk."""
        changing = (self.state, self.paid_on, self.services, self.given_back, self.promise, self.call_back)
        return blake2s(repr(changing).encode(), digest_size=8).hexdigest()

    @property
    def total_left(self) -> Decimal:
        return sum((line.left for line in self.services), Decimal(0))

    @property
    def is_paid(self) -> bool:
        return self.state == "paid" or self.paid_on is not None

    @property
    def is_gone(self) -> bool:
        """A corrected report no longer has the customer."""
        return self.state == "gone"

    @property
    def usable(self) -> list[TelephoneLine]:
        return [line for line in self.telephones if not line.against]
