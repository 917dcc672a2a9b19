"""Translations are compiled without anything of the system's."""

import gettext
from pathlib import Path

import pytest

from callcenter.catalogues import CatalogueSpoilt, as_binary, compile_catalogues, read_catalogue

SOURCE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: campaigns/views.py
msgid "Lanzar campaña"
msgstr "Launch the campaign"
msgctxt "state"
msgid "Pagó"
msgstr "Paid"

msgid "%(n)s contacto"
msgid_plural "%(n)s contactos"
msgstr[0] "%(n)s contact"
msgstr[1] "%(n)s contacts"

#, fuzzy
msgid "Dudoso"
msgstr "Doubtful"

msgid "Sin traducir"
msgstr ""

msgid ""
"Una frase "
"larga «con \"comillas\"»\n"
msgstr "A long sentence \"quoted\"\n"
"""


@pytest.fixture
def english(tmp_path: Path) -> gettext.GNUTranslations:
    compiled = tmp_path / "django.mo"
    compiled.write_bytes(as_binary(read_catalogue(SOURCE)))
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def test_python_reads_what_was_compiled(english: gettext.GNUTranslations) -> None:
    assert english.gettext("Lanzar campaña") == "Launch the campaign"
    assert english.pgettext("state", "Pagó") == "Paid"
    assert english.ngettext("%(n)s contacto", "%(n)s contactos", 1) == "%(n)s contact"
    assert english.ngettext("%(n)s contacto", "%(n)s contactos", 5) == "%(n)s contacts"
    assert english.gettext('Una frase larga «con "comillas"»\n') == 'A long sentence "quoted"\n'


@pytest.mark.parametrize("text", ["Dudoso", "Sin traducir"])
def test_what_nobody_approved_stays_as_it_is(text: str, english: gettext.GNUTranslations) -> None:
    assert english.gettext(text) == text


def test_only_what_is_older_than_its_source_is_written(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    assert compile_catalogues(tmp_path) == []


@pytest.mark.parametrize("text", ["msgid", 'msgid "abierto', "hola", '"suelto"'])
def test_a_spoilt_file_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(CatalogueSpoilt, match="line 1"):
        read_catalogue(text)
