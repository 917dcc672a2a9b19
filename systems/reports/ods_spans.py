"""Merged cells of an OpenDocument sheet: the library that reads its rows does not tell them."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SPANNED, _SHEET, _ROW = f"{_TABLE}number-rows-spanned", f"{_TABLE}table", f"{_TABLE}table-row"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_WORD = b"number-rows-spanned"
_CHUNK = 1 << 20

Range = tuple[tuple[int, int], tuple[int, int]]


def merged_cells(path: Path) -> dict[str, list[Range]]:
    """By sheet its cells over several rows: first and last row and column, from 0. None of a file that is no such."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        if CONTENT not in archive.namelist():
            return {}
        with archive.open(CONTENT) as content:
            if not _speaks_of_them(content):
                return {}
        with archive.open(CONTENT) as content:
            found: dict[str, list[Range]] = defaultdict(list)
            for sheet, merged in _spans(content):
                found[sheet].append(merged)
            return found


def _speaks_of_them(content: IO[bytes]) -> bool:
    tail = b""
    while chunk := content.read(_CHUNK):
        if _WORD in tail + chunk:
            return True
        tail = chunk[-len(_WORD) :]
    return False


def _spans(content: IO[bytes]) -> Iterator[tuple[str, Range]]:
    sheet, row = "", 0
    for event, element in iterparse(content, events=("start", "end")):
        if event == "start" and element.tag == _SHEET:
            sheet, row = element.get(f"{_TABLE}name", ""), 0
        elif event == "end" and element.tag == _ROW:
            yield from ((sheet, merged) for merged in _of_row(element, row))
            row += _times(element, "rows")
            element.clear()


def _of_row(element: Element, row: int) -> Iterator[Range]:
    column = 0
    for cell in element:
        if cell.tag in _CELLS:
            spanned = int(cell.get(_SPANNED, "1"))
            if spanned > 1:
                yield (row, column), (row + spanned - 1, column)
            column += _times(cell, "columns")


def _times(element: Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
