"""Products that are none of ours as they stand, and look as if they were meant to be: `Intemet`, `1nternet`, `Int.`

Pure, and rather asks once too often: a misspelt service is a customer whom nobody calls.
"""

import re

from systems.reports.values import plain, services, visible

INTERNET = ("internet", "fibra", "ftth", "adsl")
TELEVISION = ("television", "cable", "iptv")
OF_TWO_WORDS = "banda ancha"
SHORTENED = {"INTERNET": "internet", "TV": "television"}
SHORTEST = {"INTERNET": 3, "TV": 4}  # letters of a shortened word: `tel` may well be a telephone
COMPARED = 4  # letters a word needs to be taken for another with one letter wrong
# signs and letters that look alike, in print or to whoever reads a scan
_LOOKS = str.maketrans({"1": "i", "l": "i", "!": "i", "|": "i", "0": "o", "3": "e", "5": "s", "8": "b"})
_WORD = re.compile(r"[^\W_][^\s_/,;()+-]*")


def looks_like(product: str) -> str:
    """'INTERNET' or 'TV' where a product that names neither was probably meant to; '' for any other, and for ours."""
    if services(product):
        return ""
    text = plain(visible(product))
    words = [word.strip(".:") for word in _WORD.findall(text)]
    undotted = text.replace(".", "").replace(" ", "")
    if undotted == "tv" or any(re.search(r"^tv|tv$", word.replace(".", "")) for word in words):
        return "TV"
    for word in words:
        for service, meant in (("INTERNET", INTERNET), ("TV", TELEVISION)):
            is_shortened = len(word) >= SHORTEST[service] and SHORTENED[service].startswith(word)
            if is_shortened or any(_may_be(word, one) for one in meant):
                return service
    pairs = map(" ".join, zip(words, words[1:], strict=False))
    return "INTERNET" if any(_may_be(pair, OF_TWO_WORDS) for pair in pairs) else ""


def _may_be(word: str, meant: str) -> bool:
    if len(word) < COMPARED:
        return False
    return _is_a_slip(word, meant) or _is_a_slip(_look(word), _look(meant))


def _look(word: str) -> str:
    return word.translate(_LOOKS).replace("rn", "m")


def _is_a_slip(one: str, other: str) -> bool:
    """Whether a single letter is wrong, missing or too many, or two neighbours changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    begins = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[begins:], other[begins:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
