"""Reading an answer's JSON: each value has its type, or the answer is misshapen as a whole.

Amounts are texts with two decimals ("12.50"), days are ISO dates, moments are ISO with their offset. What real services
write instead is read too where it can mean one thing only: an amount as a number or with fewer decimals, a moment
without an offset (the hour of Bolivia, which changes no clock), a day as its midnight. A reference never is: what was
done has the number that was given, or nobody knows whether it was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from systems.contract import LONGEST, MOST, MOST_COUNTED

Made = TypeVar("Made")
AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2}0*)?")
DIGITS = 13  # of a number, on either side of its point
MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00(:00(\.0+)?)?(-04:00)?")
BOLIVIA = ZoneInfo("America/La_Paz")


class Misshapen(Exception):
    """The answer is not what the contract says; the message names what, never a value."""


def record(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise Misshapen("no object")
    return raw


def sound(words: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return words.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def text(raw: Mapping[str, Any], name: str) -> str:
    found = raw.get(name)
    if not isinstance(found, str) or len(found) > LONGEST:
        raise Misshapen(name)
    return sound(found)


def flag(raw: Mapping[str, Any], name: str) -> bool:
    found = raw.get(name)
    if not isinstance(found, bool):
        raise Misshapen(name)
    return found


def count(raw: Mapping[str, Any], name: str) -> int:
    """A whole number; JSON knows only one kind of number, so 1.0 is one too."""
    found = raw.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal) or not 0 <= found <= MOST_COUNTED:
        raise Misshapen(name)
    if found != int(found):
        raise Misshapen(name)
    return int(found)


def amount(raw: Mapping[str, Any], name: str) -> Decimal:
    return as_amount(raw.get(name), name)


def as_amount(found: Any, name: str) -> Decimal:
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        raise Misshapen(name)
    if isinstance(found, Decimal) and not -DIGITS < found.adjusted() < DIGITS:  # written out it would fill the memory
        raise Misshapen(name)
    written = f"{found:f}" if isinstance(found, Decimal) else str(found)
    if not AMOUNT.fullmatch(written):
        raise Misshapen(name)
    return Decimal(written).quantize(Decimal("0.01"))


def amount_text(amount: Decimal) -> str:
    """An amount as it is sent. Raises ValueError for one that is no positive number of whole cents."""
    if not amount.is_finite() or not 0 < amount < 1_000_000 or amount != round(amount, 2):
        raise ValueError("an amount is positive, below a million, and of whole cents")
    return f"{amount:.2f}"


def day(raw: Mapping[str, Any], name: str) -> date:
    found = text(raw, name)
    midnight = MIDNIGHT.fullmatch(found)
    try:
        return date.fromisoformat(midnight[1] if midnight else found)
    except ValueError:
        raise Misshapen(name) from None


def day_or_none(raw: Mapping[str, Any], name: str) -> date | None:
    return None if raw.get(name, "") is None else day(raw, name)


def moment(raw: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(text(raw, name))
    except ValueError:
        raise Misshapen(name) from None
    return found if found.tzinfo else found.replace(tzinfo=BOLIVIA)


def many(raw: Mapping[str, Any], name: str, make: Callable[[Mapping[str, Any]], Made]) -> tuple[Made, ...]:
    """Each thing of a list, made by `make`."""
    return tuple(make(record(one)) for one in _list(raw, name))


def texts(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(text({name: one}, name) for one in _list(raw, name))


def amounts(raw: Mapping[str, Any], name: str) -> tuple[Decimal, ...]:
    return tuple(as_amount(one, name) for one in _list(raw, name))


def one_or_none(raw: Mapping[str, Any], name: str, make: Callable[[Mapping[str, Any]], Made]) -> Made | None:
    """What stands under a name that must be there; null is None."""
    if name not in raw:
        raise Misshapen(name)
    return None if raw[name] is None else make(record(raw[name]))


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    found = raw.get(name)
    if not isinstance(found, list) or len(found) > MOST:
        raise Misshapen(name)
    return found
