"""Smallest workbooks of the formats nothing here can write: xls (BIFF8 inside an OLE file) and ods."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | float
FREE, END_OF_CHAIN, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write_xls(path: Path, rows: list[list[Cell]]) -> None:
    """An Excel 97 workbook with one sheet of texts and numbers."""
    path.write_bytes(_ole("Workbook", _biff(rows)))


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _biff(rows: list[list[Cell]]) -> bytes:
    name = "Reporte".encode("latin-1")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0x0600))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(cell, float):
                sheet += _record(0x0203, place + struct.pack("<d", cell))
            elif cell:
                text = cell.encode("utf-16-le")
                sheet += _record(0x0204, place + struct.pack("<HB", len(cell), 1) + text)
    sheet += _record(0x000A, b"")
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0x0600))
    starts_at = len(opening) + 4 + 8 + len(name) + 4
    listing = _record(0x0085, struct.pack("<IBBBB", starts_at, 0, 0, len(name), 0) + name)
    return opening + listing + _record(0x000A, b"") + sheet


def _ole(name: str, content: bytes) -> bytes:
    """An OLE file with one stream: sector 0 holds the allocation table, sector 1 the directory."""
    content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
    sectors = len(content) // 512
    table = [FAT_SECTOR, END_OF_CHAIN, *range(3, sectors + 2), END_OF_CHAIN]
    fat = struct.pack("<128I", *table, *([FREE] * (128 - len(table))))
    root = _entry("Root Entry", 5, child=1, start=END_OF_CHAIN, size=0)
    stream = _entry(name, 2, child=FREE, start=2, size=len(content))
    directory = (root + stream).ljust(512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    head += struct.pack("<109I", 0, *([FREE] * 108))
    return head + fat + directory + content


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)


def write_ods(path: Path, rows: list[list[Cell]], *, dates: dict[str, str] | None = None) -> None:
    """An OpenDocument sheet; a text that is a key of `dates` is written as that date."""
    lines = []
    for row in rows:
        cells = ""
        for cell in row:
            if isinstance(cell, float):
                cells += f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            elif cell in (dates or {}):
                cells += f'<table:table-cell office:value-type="date" office:date-value="{(dates or {})[cell]}"/>'
            else:
                text = f"<text:p>{escape(cell)}</text:p>"
                cells += f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Reporte">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
