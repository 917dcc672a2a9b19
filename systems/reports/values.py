"""What cells of the exports mean: amounts, days, services, numbers of contracts. Pure, and strict where it counts."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FIRST_YEAR, LAST_YEAR = 2000, 2099
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of a spreadsheet's serial dates
SERIALS = (36_526, 73_050)  # 2000-01-01 … 2099-12-31

# Unicode's control and format signs, what it lets a font leave out (fillers, variants, tags), and the blank of Braille.
# Control signs that part words (a tab, the end of a line) stay: they are blanks.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4"
    "\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# its own hyphen goes with it: `Bs.- 199` and `199 Bs.-` give nothing back, `Bs. -199` and `Bs.-199` do
_CURRENCY = re.compile(r"\b(?:bs|bob|bolivianos?)\b(?:\.-(?= |$)|\.)?", re.IGNORECASE)
# stands for cents that are none, `199.-` or `199,--`, or behind them, `149,00.-`, and is no minus
_EVEN = re.compile(r"(?<=\d) ?[.,] ?[-\u2010-\u2015]{1,3}$")
_AMOUNT = re.compile(r"(?:\d+|\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*)(?:[.,]\d*)?|[.,]\d+")
_THOUSANDS_ONLY = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})+")
_THOUSANDS_OR_DECIMALS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DECIMAL_MARK = re.compile(r"(?:\d|^)(?:([.,])\d{1,2})$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?")
_NAMED_MONTH = re.compile(r"(\d{1,2})[-/. ]+(?:de )?([a-z]{3})[a-z]*[-/. ]+(?:de |del )?(\d{4}|\d{2})(?:[T ,].*)?")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_SHORTENED = re.compile(r"(\d{1,3})(?:[.,](\d+)E\+?|E\+)(\d\d?)")
_WHOLE_NUMBER = re.compile(r"(?!\d{1,3}[.,]000$)(\d+)[.,]0+")  # 600.000 may be as many thousands
_MONTH_NAMES = (
    ("ene", "jan"), ("feb",), ("mar",), ("abr", "apr"), ("may",), ("jun",),
    ("jul",), ("ago", "aug"), ("sep", "set"), ("oct",), ("nov",), ("dic", "dec"),
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_BOLIVIANOS = frozenset({"", "bs", "b$", "bob", "boliviano", "bolivianos"})
_ANNULLED = re.compile(
    r"anul|reversa|revert|revers|extorn|devuel|devol|reembols|contracargo|(?:si|s|x|1|true|verdadero)$"
)
# in the middle of a state that begins as one that holds: `Pagado - anulado`
_TAKEN_BACK = re.compile(r"\b(?:anul|revers|revert|extorn|devuel|devol|reembols|contracargo)")
# `Cancelado` is said of what was paid
_IN_FORCE = re.compile(
    r"vigent|pagad|cancelad|cobrad|acept|aprob|valid|confirm|activ|emitid|procesad|registrad|normal|(?:ok|no|n|0|false|falso|-)$"
)
_INTERNET = re.compile(r"internet|\bftth\b|\bfibra\b|banda ancha|\badsl\b|\bcable ?modem\b")
_TELEVISION = re.compile(r"televisi|\btv\b|\bcable\b(?! ?modem)|\biptv\b")


class NotReadable(ValueError):
    """A cell that does not say what its column asks for. `code` tells how."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


def visible(text: str) -> str:
    """The text without soft hyphens, zero-width blanks, marks of direction and other signs that nobody sees."""
    return _INVISIBLE.sub("", text) if _may_hide(text) else text


def normal(text: str) -> str:
    """The text as numbers are compared: nothing that nobody sees, and `７７` is 77."""
    return text if text.isascii() and text.isprintable() else unicodedata.normalize("NFKC", visible(text))


def _may_hide(text: str) -> bool:
    """Whether a sign that nobody sees may stand in it; what Latin letters have of them cannot be printed. Told fast."""
    return not text.isprintable() or not is_latin(text)


def is_latin(text: str) -> bool:
    """Whether every sign is one of Latin-1. Told fast."""
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def plain(text: str) -> str:
    """Lower case without accents, blanks run together."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def money(text: str) -> Decimal:
    """An amount in bolivianos with two decimals: `Bs. 1,149.00`, `1.149,00`, `149,00`, `1149`, `149.0`, `199.-`.

    Raises NotReadable: no_amount (empty), amount_not_positive (zero or less), under_a_cent, two_readings (`1.149` may
    be a thousand or three decimals: the whole column must tell, `decimal_mark`), bad_amount (anything else).
    """
    text = normal(text)
    if not text.strip():
        raise NotReadable("no_amount", text)
    negative = is_given_back(text)
    bare = _bare(text)
    match = _AMOUNT.fullmatch(bare)
    if match is None:
        raise NotReadable("bad_amount", text)
    if _THOUSANDS_OR_DECIMALS.fullmatch(bare):
        raise NotReadable("amount_not_positive" if negative else "two_readings", text)
    amount = Decimal(_point_decimal(bare, parted=match[1]))
    if negative or amount <= 0:
        raise NotReadable("amount_not_positive", text)
    if amount < CENT:
        raise NotReadable("under_a_cent", text)
    if amount >= Decimal(10) ** 8:
        raise NotReadable("bad_amount", text)
    return amount.quantize(CENT, ROUND_HALF_UP)


def signed_money(text: str) -> Decimal:
    """An amount of a collections report: as `money`, or below zero where it is given back (`-289,00`, `(289)`, `289-`).

    Raises NotReadable as `money` does; amount_not_positive only for zero.
    """
    if not is_given_back(text):
        return money(text)
    bare = _without_currency(normal(text)).strip("()")
    whole = _EVEN.sub("", bare)
    return -money(whole.replace("-", "") + bare[len(whole) :])


def is_in_bolivianos(text: str) -> bool:
    """Whether a column of currencies says so: `Bs`, `BOB`, `Bolivianos`; where it says nothing it is."""
    return plain(visible(text)).replace(".", "").strip() in _BOLIVIANOS


def is_annulled(text: str) -> bool:
    """Whether the state of a receipt says that it does not hold any more: `Anulado`, `Revertido`; in a column called so
    `Sí`. Raises NotReadable (bad_status) for a state nobody knows, or that says both.
    """
    word = plain(visible(text))
    if _ANNULLED.match(word):
        return True
    if word and (not _IN_FORCE.match(word) or _TAKEN_BACK.search(word)):
        raise NotReadable("bad_status", text)
    return False


def is_given_back(text: str) -> bool:
    """Whether an amount is below zero: a minus before or behind it, or brackets. `289-` is, `289.-` is not."""
    bare = _EVEN.sub("", _without_currency(normal(text)))
    return "-" in bare.lstrip("= ")[:6] or bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))


def decimal_mark(text: str) -> str:
    """The sign with which an amount parts its decimals, `.` or `,`, or '' when it does not tell.

    `149,50` tells, and so does `1.149.000`, where the point can only part thousands.
    """
    bare = _bare(normal(text))
    if not _AMOUNT.fullmatch(bare):
        return ""
    if match := _THOUSANDS_ONLY.fullmatch(bare):
        return "." if match[1] == "," else ","
    match = _DECIMAL_MARK.search(bare)
    return match[1] if match else ""


def _bare(text: str) -> str:
    """The digits and marks of an amount, without its currency and sign. In `1.149.-` the point parts no cents."""
    written = _without_currency(text)
    whole = _EVEN.sub("", written)
    bare = whole.lstrip(" :-=(").rstrip(" .:-=)")
    if whole != written and _THOUSANDS_OR_DECIMALS.fullmatch(bare):
        return re.sub(r"[.,]", "", bare)
    return bare


def _without_currency(text: str) -> str:
    return _CURRENCY.sub("", text).replace("\xa0", " ").strip()


def _point_decimal(bare: str, *, parted: str | None) -> str:
    if _THOUSANDS_ONLY.fullmatch(bare):
        return re.sub(r"[.,]", "", bare)
    if parted is not None:
        head, tail = bare, ""
        mark = max(bare.rfind("."), bare.rfind(","))
        if mark >= 0 and bare[mark] == parted:
            raise NotReadable("bad_amount", bare)  # 1.149.00: the same mark cannot part thousands and cents
        if mark >= 0:
            head, tail = bare[:mark], bare[mark + 1 :]
        return f"{re.sub(r'[^0-9]', '', head)}.{tail or '0'}"
    whole, _, cents = bare.replace(",", ".").partition(".")
    return f"{whole or '0'}.{cents or '0'}"


def day(text: str) -> date:
    """A day: dd/mm/yyyy, dd-mm-yyyy, ISO, with or without a time of day, `30-nov-2026`, or a spreadsheet's serial.

    Days come before months, as in Bolivia. Raises NotReadable: no_date (empty) or bad_date (31/02/2026, 99999).
    """
    bare = normal(text).strip()
    if not bare:
        raise NotReadable("no_date", text)
    try:
        found = _day_of(bare)
    except ValueError:
        raise NotReadable("bad_date", text) from None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NotReadable("bad_date", text)
    return found


def _day_of(bare: str) -> date | None:
    if match := _YEAR_FIRST.fullmatch(bare):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _DAY_FIRST.fullmatch(bare):
        return date(_year(match[4]), int(match[3]), int(match[1]))
    if match := _COMPACT.fullmatch(bare):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SERIAL.fullmatch(bare):
        serial = int(match[1])
        return SERIAL_ZERO + timedelta(days=serial) if SERIALS[0] <= serial <= SERIALS[1] else None
    if (match := _NAMED_MONTH.fullmatch(plain(bare))) and match[2] in _MONTHS:
        return date(_year(match[3]), _MONTHS[match[2]], int(match[1]))
    return None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def services(text: str) -> tuple[str, ...]:
    """The services a product names: 'INTERNET', 'TV', both, or none of ours."""
    words = plain(visible(text)).replace("_", " ").replace("-", " ")
    return tuple(name for name, said in (("INTERNET", _INTERNET), ("TV", _TELEVISION)) if said.search(words))


def service(text: str) -> str | None:
    """'INTERNET', 'TV', or None for any other product (and for one that names both)."""
    found = services(text)
    return found[0] if len(found) == 1 else None


def identifier(text: str) -> str:
    """A contract, service or receipt number: no blanks, capitals, and no `.0` of a number. '' when it has no digit.

    '' as well for a number of which a spreadsheet has kept the first digits only (`1,201E+08`, `6E+05`).
    """
    bare = normal("".join(normal(text).split()).upper())
    if match := _WHOLE_NUMBER.fullmatch(bare):
        bare = match[1]
    elif match := _SHORTENED.fullmatch(bare):
        digits, length = match[1] + (match[2] or ""), int(match[3]) + len(match[1])
        bare = digits[:length] if len(digits) >= length and not digits[length:].strip("0") else ""
    return bare if any(letter.isdigit() for letter in bare) and bare.strip("0.-") else ""


def contract(text: str) -> str:
    """A contract number, or '' when the cell has none (empty, `S/N`, `0`)."""
    return identifier(text)


def identity_card(text: str) -> str:
    """An identity card or tax number as written, without the `.0` of a number."""
    bare = " ".join(normal(text).split())
    match = _WHOLE_NUMBER.fullmatch(bare)
    return match[1] if match else bare
