"""What a file says of itself beside its rows, above their headings or below the last: how many they are, what they add
up to.
"""

import re
from collections.abc import Iterator, Sequence

from systems.reports.values import NotReadable, money, normal, plain

MOST_TOTALS = 20  # of a sheet, above its rows and below them
LONGEST_TOTAL = 80  # letters of each of their cells
DAY_OR_MONTH = re.compile(
    r"\d{1,4}[/-]\d{1,4}(?:[/-]\d{1,4})?(?: +\d\d?:\d\d)?|[a-z]{3,} (?:de |del )?20\d\d\b", re.IGNORECASE
)
_WHOM = "clientes|contratos|abonados|servicios|suscripciones"  # who or what a row is of
_HEAD = f"total(?:es)?|sumas?|sumatoria|acumulad[oa]s?|registros|filas|renglones|records|rows|cantidad|{_WHOM}"
# what may stand beside it, and nothing else: `Filas por página: 50` and `Total zonas: 12` say nothing of the rows
_BESIDE = (
    "(?:gran|general(?:es)?|cantidad|cant|nro|numero|de|del|el|la|los|las|en|a|al|por|importes?|montos?|valor|bs|bob"
    r"|bolivianos|pagar|cobrar|deuda|saldos?|pagado|cobrado|recaudado|recaudo|reporte|archivo"
    r"|(?:leid|exportad|procesad|generad|emitid|listad|incluid|encontrad|impres)[oa]s?)\b\.?"
)
_LABEL = rf"\b(?:{_BESIDE} +)*(?:{_HEAD})\b(?: +(?:{_BESIDE}|(?:{_HEAD})\b))*"
_NUMBER = r"(?:\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d[\d.,']*)"
_A_LABEL = re.compile(rf"{_LABEL} *[:=]?")
# no part of a day, of a share or of a span (`Registros 1 a 40`)
_SAID = re.compile(rf"({_LABEL}) *[:=]? *(?:bs\.?|bob)? *({_NUMBER})(?! *[\d/%:-]| +(?:a|al|hasta|de) +\d)")
_COUNTED = re.compile(rf"({_NUMBER}) +(registros|filas|renglones|records|rows|{_WHOM})\b")


def totals_said(cells: Sequence[str]) -> list[list[str]]:
    """What the filled cells of a row say of the whole: a label and its numbers, for each thing that is said.

    `Suma | 9999` is said in several cells, `Son 500 registros` in one.
    """
    if is_labelled(cells):
        return [[cell[:LONGEST_TOTAL] for cell in cells]]
    return [list(said) for cell in cells for said in _in_one_cell(cell)]


def is_labelled(cells: Sequence[str]) -> bool:
    """Whether they are a label of what is said of all rows (`Importe total`), and numbers."""
    label, *others = cells
    return bool(others) and bool(_A_LABEL.fullmatch(plain(normal(label)))) and all(map(is_number, others))


def is_number(text: str) -> bool:
    """Whether a cell is a number, a sum or a count, and nothing else."""
    try:
        money(text)
    except NotReadable as error:
        return error.code in ("two_readings", "amount_not_positive", "under_a_cent")
    return True


def _in_one_cell(text: str) -> Iterator[tuple[str, str]]:
    words = DAY_OR_MONTH.sub(" ", plain(normal(text[:LONGEST_TOTAL])))
    if counted := _COUNTED.search(words):
        yield counted[2], counted[1]
    else:
        yield from ((said[1], said[2]) for said in _SAID.finditer(words))
