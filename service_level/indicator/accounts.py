"""The same calls by other accounts: what Asterisk and Asternic would say, and which calls make the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from agents.models import User
from service_level.indicator.calls import Asked, find_calls
from service_level.indicator.figures import percent
from service_level.indicator.which import BANDS, Variant, band_words, conditions, variants
from service_level.models import Formula
from telephony.queue_log.evidence import ODDITIES


@dataclass(frozen=True)
class Account:
    """What a variant says: `apart` in points of the indicator; None where one of them has no calls."""

    variant: Variant
    counted: int
    within: int
    differing: int
    apart: Decimal | None

    @property
    def level(self) -> Decimal | None:
        return percent(self.within, self.counted)


@dataclass(frozen=True)
class Band:
    """Those who waited so long. `so_far`: of those answered, percent who waited no longer."""

    begins: int
    words: str
    answered: int
    lost: int
    so_far: Decimal | None


@dataclass(frozen=True)
class Accounts:
    """`of_unknown_wait`: answered, and in no band. `oddities`: by kind, in words."""

    accounts: list[Account]
    bands: list[Band]
    of_unknown_wait: int
    oddities: list[tuple[str, str, int]]


def read_accounts(*, asked: Asked, formula: Formula, user: User) -> Accounts:
    """All of it in one pass over the calls that are asked for, whichever of them they are."""
    found, ours = conditions(formula), variants(formula)
    wanted = {name: condition for name, (_words, condition) in found.items() if name.startswith(_PARTS)}
    wanted |= {f"counted_{one.code}": one.counted for one in ours} | {f"within_{one.code}": one.within for one in ours}
    wanted |= {name: found[name][1] for name in ("answered", "unknown")}
    every = find_calls(asked=asked, user=user, every=True)
    counts = every.aggregate(**{f"n_{name}": Count("pk", filter=condition) for name, condition in wanted.items()})
    counted = {name.removeprefix("n_"): number for name, number in counts.items()}
    return Accounts(
        accounts=[_account(one, counted) for one in ours],
        bands=_bands(counted),
        of_unknown_wait=counted["unknown"],
        oddities=[
            (f"odd_{kind}", str(words), counted[f"odd_{kind}"])
            for kind, words in ODDITIES.items()
            if counted[f"odd_{kind}"]
        ],
    )


_PARTS = ("differs_", "answered_", "lost_", "odd_")


def _account(variant: Variant, counted: Mapping[str, int]) -> Account:
    level = percent(counted[f"within_{variant.code}"], counted[f"counted_{variant.code}"])
    indicator = percent(counted["within_"], counted["counted_"])
    return Account(
        variant,
        counted[f"counted_{variant.code}"],
        counted[f"within_{variant.code}"],
        counted.get(f"differs_{variant.code}", 0),
        None if level is None or indicator is None else level - indicator,
    )


def _bands(counted: Mapping[str, int]) -> list[Band]:
    bands, so_far = [], 0
    for begins in BANDS:
        so_far += counted[f"answered_{begins}"]
        share = percent(so_far, counted["answered"])
        bands.append(Band(begins, band_words(begins), counted[f"answered_{begins}"], counted[f"lost_{begins}"], share))
    return bands
