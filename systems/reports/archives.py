"""A look into a file before anything opens it: what it is by its content, and whether a zip would explode.

calamine is fast and trusts what it reads; a zip's own directory tells enough to turn away what is not a workbook.
Sizes in that directory may lie: the limits of the reading process are the second fence.
"""

import errno
import re
import zipfile
import zlib
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from systems.reports.refusals import ReportRefused

MOST_ENTRIES = 2_000
MOST_UNPACKED = 3 * 2**30  # a sheet of a million rows is about 700 MB of XML
MOST_RATIO = 250  # rows of a report pack about 10 to 1, an emptied sheet of styles 100 to 1
RATIO_MATTERS_FROM = 16 * 2**20
PREFIX = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OF_THE_SYSTEM = re.compile(r"\(os error (\d+)\)")
ZIP = b"PK\x03\x04"


def format_of(path: Path) -> str:
    """'xlsx', 'xls', 'ods' or 'csv', by content. Raises ReportRefused for anything else."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise ReportRefused("empty")
    if start.startswith(OLE):
        if _ole_is_encrypted(path):
            raise ReportRefused("encrypted")
        return "xls"
    if start.startswith(ZIP):
        return _look_into_zip(path)
    if start.startswith(b"PK") or start[:4] in (b"%PDF", b"Rar!", b"7z\xbc\xaf") or start[:2] in (b"\x1f\x8b", b"MZ"):
        raise ReportRefused("not_a_table")
    opening = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        raise ReportRefused("web_page")
    if opening.startswith(b"<?xml"):
        raise ReportRefused("not_a_table")
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReportRefused("not_a_table")
    return "csv"


def _ole_is_encrypted(path: Path) -> bool:
    """An encrypted xlsx is an OLE file with a stream of this name; its directory may be anywhere in the file."""
    name = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if name in tail + chunk:
                return True
            tail = chunk[-len(name) :]
    return False


def _look_into_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ReportRefused("bomb", detail=f"{len(entries)} partes")
            if any(entry.flag_bits & 1 for entry in entries):
                raise ReportRefused("encrypted")
            kind = _kind_of(archive)
            _weigh(entries)
            _forbid_entities(archive, entries)
            return kind
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        if disk := fault_of_the_disk(error):
            raise disk from error
        raise ReportRefused("damaged", detail=type(error).__name__) from error


def fault_of_the_disk(error: BaseException) -> OSError | None:
    """The fault of the disk that is or lies behind `error`; None where it is the file's own.

    `zipfile` calls a zip bad whose end it could not read, and the readers of workbooks tell the number in their words.
    A place before the file's start is the file's fault, and so is the memory it asks for.
    """
    found: BaseException | None = error
    while found is not None:
        told = _OF_THE_SYSTEM.search(str(found))
        number = getattr(found, "errno", None) or (int(told[1]) if told else None)
        if number not in (None, errno.EINVAL, errno.ENOMEM):
            return found if isinstance(found, OSError) else OSError(number, type(found).__name__)
        found = found.__cause__ or found.__context__
    return None


def _kind_of(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if len(names) != len(archive.namelist()):
        raise ReportRefused("damaged", detail="partes repetidas")  # two readers would see two different files
    if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        with archive.open("mimetype") as file:
            mimetype = file.read(100)
        if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            if "META-INF/manifest.xml" in names:
                with archive.open("META-INF/manifest.xml") as file:
                    if b"encryption-data" in file.read(1 << 20):
                        raise ReportRefused("encrypted")
            return "ods"
    raise ReportRefused("not_a_workbook")


def _weigh(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise ReportRefused("bomb", detail=f"{unpacked // 2**20} MB")
    for entry in entries:
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise ReportRefused("bomb", detail=f"{entry.file_size // max(entry.compress_size, 1)} : 1")


def _forbid_entities(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """A DTD stands before the first element, so the first bytes of each part are enough."""
    for number, entry in enumerate(entries, start=1):
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as file:
            start = file.read(PREFIX)
        parser = DefusedXMLParser(forbid_dtd=True)
        try:
            parser.feed(start)
        except DefusedXmlException as error:
            raise ReportRefused("entities") from error
        except ParseError as error:
            raise ReportRefused("damaged", detail=f"parte {number}") from error
