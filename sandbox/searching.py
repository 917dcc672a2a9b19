"""What people say, made into what is searched: names without accents or dots, numbers without what is around them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery

from sandbox.models.customers import ACCENTED, PLAIN

MOST = 20  # hits an answer has
SHORTEST_BEGINNING = 3  # letters from which on a word may be the beginning of one
CARD = re.compile(r"([0-9]{4,12})(-[0-9A-Za-z]{1,2})?(\s+[A-Za-z]{2,3})?")
LONGEST_DOTTED = 5  # letters of what may be an abbreviation, of which nobody says whether it has dots: SRL, S.R.L.
WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")  # S.R.L. is one word, as the database's parser has it
_TO_PLAIN = str.maketrans(ACCENTED, PLAIN)


def digits_of(text: str) -> str:
    """The number in `425-1000`, `+591 4 4251000` or `591 70712345`, as it is kept; '' when the text is no number."""
    number = re.sub(r"[\s().+/-]", "", text)
    if not (number.isascii() and number.isdigit()):
        return ""
    if len(number) == 11 and number.startswith("591"):
        number = number[3:]
    if len(number) == 8 and number.startswith("44"):  # the digit of the area before seven of the line
        number = number[1:]
    return number


def card_of(text: str) -> tuple[str, str]:
    """Digits and complement of an identity card: ("5234567", "-1F"); ("", "") when it is none."""
    found = CARD.fullmatch(text.strip())
    return (found[1], (found[2] or "").upper()) if found else ("", "")


def named(text: str, *, whole: bool = False) -> dict[str, Any]:
    """A filter on `name_words`: every word must be there, the last one may be a beginning. Empty without a word.

    `whole`: the last one too must be there as it is, which costs the index a third of a beginning.
    """
    words = [_ways_to_write(word) for word in WORD.findall(text.translate(_TO_PLAIN).lower())[:8]]
    if not words:
        return {}
    if not whole and min(map(len, words[-1])) >= SHORTEST_BEGINNING:
        words[-1] = {f"{way}:*" for way in words[-1]}
    said = " & ".join(f"({' | '.join(sorted(ways))})" for ways in words)
    return {"name_words": SearchQuery(said, search_type="raw", config="simple")}


def _ways_to_write(word: str) -> set[str]:
    """`srl` and `s.r.l`: a name has either."""
    bare = word.replace(".", "")
    dotted = {".".join(bare)} if len(bare) <= LONGEST_DOTTED and bare.isalpha() else set()
    return {word, bare} | dotted
