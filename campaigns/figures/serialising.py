"""Figures as plain data: what the command prints and the seal keeps. Amounts are texts, so that no digit is lost."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from campaigns.figures.figures import Figures
from campaigns.figures.hold_out import Effect, Effects, Money
from campaigns.figures.measuring import Counts

COUNTS = ("assigned", "items", "callable", "handled", "contacted", "promised", "paid", "paid_after_contact")
DERIVED = ("paid_without_contact", "not_paid")
AMOUNTS = ("amount", "amount_handled", "amount_contacted", "amount_promised", "amount_paid")
DERIVED_AMOUNTS = (
    "amount_paid_after_contact",
    "amount_paid_without_contact",
    "amount_not_paid",
    "amount_received",
)


def as_plain(figures: Figures) -> dict[str, Any]:
    """Services lead (they are what is paid), contacts beside them; every rate with its base."""
    services = plain_counts(figures.services, money=True)
    head = {name: services[name] for name in (*COUNTS[3:], *DERIVED)}
    return {
        **head,
        "report": figures.report,
        "amounts": {name.removeprefix("amount_"): services[name] for name in (*AMOUNTS[1:], *DERIVED_AMOUNTS)},
        "services": services,
        "contacts": plain_counts(figures.contacts),
        "rates": {"services": plain_rates(figures.services), "contacts": plain_rates(figures.contacts)},
        "by_service": {
            service: {**plain_counts(counts, money=True), "rates": plain_rates(counts)}
            for service, counts in figures.by_service.items()
        },
        "by_list": {call_list: plain_counts(counts) for call_list, counts in figures.by_list.items()},
        "by_agent": [
            {
                "agent": line.name,
                "id": line.agent,
                "contacts": plain_counts(line.contacts),
                "services": plain_counts(line.services, money=True),
                "rates": plain_rates(line.services),
                "attempts": line.attempts,
                "hours": str(line.hours),
            }
            for line in figures.by_agent
        ],
        "by_zone": {
            zone: {"contacts": plain_counts(contacts), "services": plain_counts(services_, money=True)}
            for zone, (contacts, services_) in sorted(figures.by_zone.items())
        },
        "by_day": [
            {
                "day": line.day.isoformat(),
                "attempts": line.attempts,
                **{
                    unit: {name: getattr(counts, name) for name in (*COUNTS[3:], "paid_without_contact")}
                    for unit, counts in (("contacts", line.contacts), ("services", line.services))
                },
                "amount_paid": _money(line.services.amount_paid),
            }
            for line in figures.by_day
        ],
        "by_disposition": {disposition.code: attempts for disposition, attempts in figures.by_disposition},
        "credited": asdict(figures.credited) if figures.credited else None,
        "put_aside": figures.put_aside,
        "effect": plain_effect(figures),
    }


def plain_counts(counts: Counts, *, money: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(counts, name) for name in (*COUNTS, *DERIVED)}
    if money:
        told |= {name: _money(getattr(counts, name)) for name in (*AMOUNTS, *DERIVED_AMOUNTS)}
    return told


def plain_rates(counts: Counts) -> dict[str, Any]:
    return {
        name: {
            "part": rate.part,
            "base": rate.base,
            "of": rate.of,
            "share": None if rate.share is None else str(rate.share),
        }
        for name, rate in counts.rates.items()
    }


def _money(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def plain_effect(figures: Figures) -> dict[str, Any] | None:
    if figures.effect is None:
        return None
    told = {
        unit: {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
        for unit, found in asdict(figures.effect).items()
        if found is not None
    }
    return {"evaluated_on": figures.evaluated_on.isoformat() if figures.evaluated_on else None, **told}


def read_effect(told: dict[str, Any] | None) -> Effects | None:
    """The effect of a seal, from what `as_plain` told; seals of before told that of the contacts alone."""
    if not told:
        return None
    if "contacts" not in told:
        return Effects(Effect(**told))
    services, money = told.get("services"), told.get("money")
    return Effects(
        Effect(**told["contacts"]), Effect(**services) if services else None, Money(**money) if money else None
    )
