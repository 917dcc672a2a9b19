"""Telephone numbers of Bolivia as people write them, in E.164, and back.

Fixed lines are an area digit (2, 3 or 4) and seven digits, in Cochabamba often written without the 4; mobiles are
eight digits that begin with 6 or 7. Anything else in a cell ("S/N", "0", "99999999") is no telephone, and neither is
a service line such as 101 or 800131313: those are a catalogue, not telephones. Source: the numbering plan of Bolivia.
"""

import re
from collections.abc import Iterable

COUNTRY = "+591"
COCHABAMBA = "4"
LINE_DIGITS = 7  # of a fixed line, without its area's
LONGEST_CELL = 200  # letters of a cell that are looked at: ten numbers with words between them
LONGEST_NUMBER = 16  # digits, with every prefix somebody may write

_NATIONAL = re.compile(r"(?:[67]\d|2[2568]|3[3489]|4[46])\d{6}")  # the beginnings in use of the numbering plan
_LOCAL = re.compile(r"[46]\d{6}")  # a line of Cochabamba without its area digit
_FILLER = re.compile(r"(\d)\1{6,7}|\d0{6,7}")  # 77777777, 70000000: typed so that the field is not empty
_PREFIX = re.compile(r"0*591|0(?:1\d)?")
_BETWEEN = re.compile(r"[/,;|\n]+|\s+[YyOoEeUu]\s+")
_EXTENSION = re.compile(r"\b(?:int|ext|interno|extensi[oó]n|anexo)\b.*", re.IGNORECASE | re.DOTALL)
_AS_NUMBER = re.compile(r"(\d+)\.0*")  # a spreadsheet's number as text: 44387086.0
_SHORTENED = re.compile(r"(\d)[.,](\d+)[Ee]\+?(\d\d?)")  # 5.9178131975E10
_DIGITS = re.compile(r"\d+", re.ASCII)
_FROM_ABROAD = re.compile(r"\+591 (?:4 (?=\d{3}-))?(?=\d)")


def parse_cell(text: str) -> list[str]:
    """The telephones of a cell in E.164, in the order written and without repeats; none when there is none.

    Only the first 200 letters are looked at: what is longer is no cell of telephones, and must not cost the time of
    one whose cost grows with the square of its length. A number that is cut there is left out.
    """
    if len(text) == 8 and text[0] in "67" and text.isdigit() and text.isascii() and not _FILLER.fullmatch(text):
        return [COUNTRY + text]  # nearly every cell of a real report
    found: list[str] = []
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL].rstrip("0123456789")
    if len(text) > 6:
        pieces = [text] if _SHORTENED.fullmatch(text) else _BETWEEN.split(text)
        for piece in pieces:
            for number in _numbers(piece):
                if number not in found:
                    found.append(number)
    return found


def parse(text: str) -> str | None:
    """The first telephone of a cell in E.164, or None."""
    found = parse_cell(text)
    return found[0] if found else None


def best_first(numbers: Iterable[str]) -> list[str]:
    """Mobiles before fixed lines, otherwise in the order given, without repeats: who is away answers a mobile."""
    once = dict.fromkeys(numbers)
    return sorted(once, key=lambda number: kind(number) != "mobile")


def kind(e164: str) -> str:
    """'mobile' or 'fixed'."""
    return "mobile" if e164[len(COUNTRY) : len(COUNTRY) + 1] in ("6", "7") else "fixed"


def display(e164: str) -> str:
    """As it is read aloud: `+591 4 425-1000`, `+591 707-12345`. What is no number of ours stays as it is."""
    national = _national_of(e164)
    if national is None:
        return e164
    if kind(e164) == "mobile":
        return f"{COUNTRY} {national[:3]}-{national[3:]}"
    return f"{COUNTRY} {national[0]} {national[1:4]}-{national[4:]}"


def as_said(text: str) -> str:
    """A sentence with the numbers that `display` wrote as one says them in Cochabamba: `425-1000`, `707-12345`."""
    return _FROM_ABROAD.sub("", text)


def local(e164: str) -> str:
    """As the number of a service is written: a mobile with its eight digits, a fixed line of Cochabamba with seven."""
    national = e164.removeprefix(COUNTRY)
    return national[-LINE_DIGITS:] if kind(e164) == "fixed" else national


def mask(e164: str) -> str:
    """The number with only its last two digits legible, in the shape of `display`."""
    if _national_of(e164) is None:
        return "•" * max(len(e164) - 2, 0) + e164[-2:]
    shown = display(e164)[len(COUNTRY) :]
    return COUNTRY + re.sub(r"\d", "•", shown[:-2]) + shown[-2:]


def _national_of(e164: str) -> str | None:
    national = e164[len(COUNTRY) :]
    return national if e164.startswith(COUNTRY) and _NATIONAL.fullmatch(national) else None


def _numbers(piece: str) -> list[str]:
    """The telephones of a piece in which nothing but blanks and punctuation may part two of them."""
    piece = _EXTENSION.sub("", piece).strip()
    if as_number := _AS_NUMBER.fullmatch(piece):
        piece = as_number[1]
    elif shortened := _SHORTENED.fullmatch(piece):
        piece, lost = _written_out(shortened)
        if lost:
            return []
    groups = _DIGITS.findall(piece)
    whole = _normal("".join(groups))
    if whole is not None:
        return [whole]
    found: list[str] = []
    start = 0
    while start < len(groups):
        for end in range(min(len(groups), start + LONGEST_NUMBER), start, -1):
            number = _normal("".join(groups[start:end]))
            if number is not None:
                found.append(number)
                start = end - 1
                break
        start += 1
    return found


def _written_out(shortened: re.Match[str]) -> tuple[str, bool]:
    """The digits of a number in powers of ten, and whether a spreadsheet has swallowed some of them."""
    digits, length = shortened[1] + shortened[2], int(shortened[3]) + 1
    return digits[:length], len(digits) < length or digits[length:].strip("0") != ""


def _normal(digits: str) -> str | None:
    """Digits as a number in E.164, with or without area digit, trunk prefix (0, 01x) or country code."""
    if len(digits) > LONGEST_NUMBER:
        return None
    for national in (digits, _PREFIX.sub("", digits, count=1) if _PREFIX.match(digits) else digits):
        if _FILLER.fullmatch(national):
            return None
        if _NATIONAL.fullmatch(national):
            return COUNTRY + national
        if _LOCAL.fullmatch(national):
            return COUNTRY + COCHABAMBA + national
    return None
