"""What other systems say, for who reads a call and does not attend it: nothing to dial, to identify or to visit."""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from inbound.outside.found_words import FoundInWords, Table, label_of
from screens.templatetags.screens import masked_card, masked_text

LEGIBLE = ("period",)
CARDS = ("identity_card", "requester_card")
ADDRESS = "address"
A_CODE = re.compile(r"(\b[A-Z]{1,4}-\d+)")  # of a damage, an order, an operation: nobody's


def masked(told: FoundInWords) -> FoundInWords:
    """The same, each value masked by what it is."""
    facts = [(label, _masked(label, words)) for label, words in told.facts]
    return FoundInWords(facts, [_masked_table(table) for table in told.tables])


def masked_answer(name: str, words: str) -> str:
    """What was answered in the field of that name."""
    return _masked(label_of(name), words)


def masked_free(words: str) -> str:
    """Free text, or a row in a line."""
    parts = A_CODE.split(words)  # every second one is a code
    parts[::2] = [masked_text(part) for part in parts[::2]]
    return "".join(parts)


def _masked_table(table: Table) -> Table:
    heads = table.heads or [table.title]
    rows = [[_masked(head, cell) for head, cell in zip(heads, row, strict=True)] for row in table.rows]
    return replace(table, title=masked_free(table.title), rows=rows)


def _masked(label: str, words: str) -> str:
    if label in map(label_of, LEGIBLE):
        return words
    if label == label_of(ADDRESS):
        return _("(oculta)")
    return masked_card(words) if label in map(label_of, CARDS) else masked_free(words)
