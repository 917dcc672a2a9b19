"""How figures, money, telephones and times are written on every page, whatever language the person reads.

A number written two ways in one centre is read wrong once a day, so these do not follow the language of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

NOTHING = "—"
TIGHT = "\u00a0"  # a figure and its unit stay on one line
FIXED_LINE = re.compile(r"^\+591([234])(\d{3})(\d{4})$")
MOBILE = re.compile(r"^\+591([67]\d{2})(\d{5})$")
DIGIT = re.compile(r"\d")
LONG_NUMBER = re.compile(r"\d(?:[ .()_·–—-]{0,2}\d){5,}")  # a telephone, a card, however it was grouped
DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d|\d\d[-.]\d\d[-.](?:19|20)\d\d")
A_DAY_AND_HOUR = re.compile(r"(\b\d\d/\d\d/(?:19|20)\d\d(?: \d\d:\d\d)?\b)")
LEFT_LEGIBLE = 2  # digits a masked value still shows: enough to tell two apart, not enough to dial


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def _grouped(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole = f"{rounded if rounded else abs(rounded):,.{places}f}"  # a little less than nothing is nothing: no -0,0
    return whole.translate(str.maketrans(",.", ".,"))


@register.filter
def bs(value: Any) -> str:
    """Money: `1234.5` → `Bs 1.234,50`; nothing known → a dash."""
    amount = _decimal(value)
    return NOTHING if amount is None else f"Bs{TIGHT}{_grouped(amount, 2)}"


@register.filter
def figure(value: Any, places: int = 0) -> str:
    """A count: `3967` → `3.967`."""
    if type(value) is int and not places:  # nearly all there are: hundreds on a page
        return f"{value:,}".replace(",", ".")
    number = _decimal(value)
    return NOTHING if number is None else _grouped(number, places)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A fraction of one: `0.664` → `66 %`. A percentage always stands beside its base: see `share`."""
    fraction = _decimal(value)
    return NOTHING if fraction is None else f"{_grouped(fraction * 100, places)}{TIGHT}%"


@register.filter
def customer_page(contract: str) -> str:
    """The address of the page with all of a contract; the site says which one it is."""
    return reverse(settings.CUSTOMER_PAGE, args=[contract])


@register.simple_tag
def opens(words: str, href: str) -> str:
    """A figure that opens the rows it counts; without an address, the figure."""
    if not href:
        return words
    # by hand, and without Django's look for lazy words: a table of agents has three hundred of them
    told = words if isinstance(words, SafeString) else escape(words)
    return mark_safe(f'<a class="opens" href="{escape(href)}">{told}</a>')  # noqa: S308


@register.simple_tag
def options(choices: Iterable[Any], chosen: Any = None) -> str:
    """The options of a list: pairs of value and words, or words that are their own value."""
    pairs = (choice if isinstance(choice, tuple | list) else (choice, choice) for choice in choices)
    told = (  # by hand as in `opens`: a list of agents has two hundred of them
        f'<option value="{escape(str(value))}"{" selected" if value == chosen else ""}>{escape(str(words))}</option>'
        for value, words in pairs
    )
    return mark_safe("".join(told))  # noqa: S308


@register.simple_tag
def share(part: Any, base: Any, places: int = 0) -> str:
    """A part with its base: `803 1602` → `50 % de 1.602`; without a base there is no percentage."""
    counted, whole = _decimal(part), _decimal(base)
    if counted is None or not whole:
        return NOTHING
    return _("%(percent)s de %(base)s") % {"percent": percent(counted / whole, places), "base": figure(whole)}


@register.filter
def telephone(value: Any) -> str:
    """E.164 as it is read aloud: `+59144251000` → `+591 4 425-1000`, `+59170712345` → `+591 707-12345`."""
    text = str(value or "")
    if fixed := FIXED_LINE.match(text):
        return f"+591{TIGHT}{fixed[1]}{TIGHT}{fixed[2]}-{fixed[3]}"
    if mobile := MOBILE.match(text):
        return f"+591{TIGHT}{mobile[1]}-{mobile[2]}"
    return text or NOTHING


def _masked(text: str) -> str:
    digits = len(DIGIT.findall(text))
    return DIGIT.sub("•", text, count=digits - LEFT_LEGIBLE if digits > LEFT_LEGIBLE else digits)


@register.filter
def masked_telephone(value: Any) -> str:
    """A telephone where nobody has to dial it: `+591 • •••-••00`."""
    text = telephone(value)
    if text.startswith("+591"):
        return "+591" + _masked(text[4:])
    return _masked(text)


@register.filter
def masked_card(value: Any) -> str:
    """An identity card where nobody has to read it: `4567890-1F CB` → `•••••90 …`, its complement left out."""
    digits = re.match(r"\s*\D*(\d+)", str(value or ""))
    return _masked(digits[1]) if digits else NOTHING


@register.filter
def masked_name(value: Any) -> str:
    """A name where it is enough to tell two people apart: `María José Quispe Mamani` → `María J. Q. M.`."""
    first, *others = str(value or "").split() or [NOTHING]
    return " ".join([first, *(f"{word[0]}." for word in others)])


def _masked_unless_a_day(found: re.Match[str]) -> str:
    return found[0] if DAY.fullmatch(found[0]) else _masked(found[0])


@register.filter
def masked_text(value: Any) -> str:
    """Free text where nobody has to dial or identify: whatever has six digits or more in a row is masked, days not."""
    parts = A_DAY_AND_HOUR.split(str(value or ""))  # every second one is a day
    parts[::2] = [LONG_NUMBER.sub(_masked_unless_a_day, part) for part in parts[::2]]
    return "".join(parts)


@register.filter
def moment(value: Any) -> str:
    """A moment or day of this year, short: `25/11 18:00`, `25/11`; of another year with the year."""
    if not isinstance(value, date):
        return NOTHING
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    year = "" if local.year == timezone.localdate().year else f"/{local:%Y}"
    clock = f" {local:%H:%M}" if isinstance(local, datetime) else ""
    return f"{local:%d/%m}{year}{clock}"


@register.filter
def age(value: Any, now: Any) -> str:
    """How old a figure is at `now`, in words: `hace 5 min`, `hace 3 h`, `hace 2 días`; the first minute is `recién`."""
    if not isinstance(value, datetime) or not isinstance(now, datetime):
        return NOTHING
    seconds = (now - value).total_seconds()
    if seconds < 60:
        return _("recién")
    if seconds < 3600:
        return _("hace %(count)d min") % {"count": seconds // 60}
    if seconds < 86400:
        return _("hace %(count)d h") % {"count": seconds // 3600}
    days = int(seconds // 86400)
    return ngettext("hace %(count)d día", "hace %(count)d días", days) % {"count": days}


@register.filter
def time_left(seconds: Any) -> str:
    """What a bar still has before it, in words: `quedan unos 40 s`, `quedan unos 3 min`, `quedan unas 2 h`."""
    left = _decimal(seconds)
    if left is None or left < 0:
        return ""
    if left < 60:
        return _("quedan unos %(count)s s") % {"count": max(int(left / 5) * 5, 5)}
    if left < 5400:
        return _("quedan unos %(count)s min") % {"count": int(left / 60 + Decimal("0.5"))}
    return _("quedan unas %(count)s h") % {"count": number_format(left / 3600, 1)}


@register.filter
def lasting(seconds: Any) -> str:
    """How long something took: `4:07`, `1:04:07`; hours, minutes and seconds as clocks write them."""
    took = _decimal(seconds)
    if took is None:
        return NOTHING
    hours, rest = divmod(max(int(took), 0), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.filter
def part_of(value: Any, total: Any) -> str:
    """How far a bar is, for its text: `250` of `1000` → `25 %`; unknown total → nothing."""
    done, whole = _decimal(value), _decimal(total)
    return percent(done / whole) if done is not None and whole else ""


@register.filter
def widget_kind(field: Any) -> str:
    """The input type of a bound field's widget (`checkbox`, `text`, …), for its layout."""
    return getattr(field.field.widget, "input_type", "") or ""
