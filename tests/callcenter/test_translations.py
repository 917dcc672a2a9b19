"""English is complete: every message, both plural forms, the same placeholders; and pages without a word of Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import trans_real

from callcenter.catalogues import ROOT, compile_catalogues, read_catalogue
from tests.callcenter.messages import Message, all_messages
from tests.callcenter.test_every_address import ADDRESSES, ADMIN, Address
from tests.callcenter.world import World

CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
TO_ADD = "run `make messages` and write the English of what is empty in locale/en/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w*\}|</?\w+>")
SPANISH = re.compile(
    r"[¿¡«»]|\b(?:el|la|los|las|una|que|para|con|del|por|está|están|sus|todavía|contactos?|llamadas?|campaña|reportes?"
    r"|pagos?|ningún|ninguna|quién|cuándo|guardar|buscar|nombre|equipo)\b",
    re.IGNORECASE,
)


def catalogue() -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Plural (empty where there is none) and translations, by context and message."""
    found = {}
    for key, text in read_catalogue(CATALOGUE.read_text(encoding="utf-8")).items():
        context, _, rest = key.rpartition("\4")
        message, _, plural = rest.partition("\0")
        if message:
            found[context, message] = (plural, text.split("\0"))
    return found


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The catalogue as it stands, whatever was compiled and read before."""
    compile_catalogues()
    trans_real._translations.clear()
    trans_real._default = None


def test_the_scan_of_the_sources_finds_all_kinds_of_messages() -> None:
    found = all_messages()
    assert len(found) > 1000
    assert any(plural for _context, _message, plural in found)
    assert {place.rsplit(".", 1)[1] for place in found.values()} >= {"py", "html"}


def test_every_message_has_an_english_translation() -> None:
    known = catalogue()

    def is_missing(message: Message) -> bool:
        context, text, plural = message
        there, english = known.get((context, text), ("", []))
        return not english or not all(english) or (bool(plural) and (there != plural or len(english) != 2))

    missing = [f"{place}: {message[1]}" for message, place in all_messages().items() if is_missing(message)]
    assert missing == [], TO_ADD


def test_nothing_is_fuzzy() -> None:
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("#,") and "fuzzy" in line] == []
    assert not [line for line in lines if line.startswith("#~")], "remove the messages that are no longer used"


def test_placeholders_and_marks_agree_on_both_sides() -> None:
    wrong = []
    for (_context, message), (plural, english) in catalogue().items():
        for source, text in zip([message, plural] if plural else [message], english, strict=True):
            if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text)):
                wrong.append(f"{source!r} → {text!r}")
    assert wrong == []


def test_the_edges_of_a_message_are_kept() -> None:
    def edges(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    for (_context, message), (_plural, english) in catalogue().items():
        assert all(edges(text) == edges(message) for text in english), message


def test_english_has_no_spanish_letters_or_quotes() -> None:
    wrong = [text for _plural, english in catalogue().values() for text in english if re.search("[«»¿¡ñáéíóú]", text)]
    assert wrong == []


# -- Pages -------------------------------------------------------------------------------------------------------------


class Sentences(HTMLParser):
    """What a person reads or hears on a page; not the customer's data, which is in no language (`lang` marks it)."""

    HEARD = ("aria-label", "title", "placeholder", "alt", "data-confirm", "data-confirm-verb")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "style") or (self.silent and tag == self.silent[0]) or told.get("lang") == "es":
            self.silent.append(tag)
        self.found += [value for name in self.HEARD if (value := told.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


def spanish_sentences(page: str) -> Iterator[str]:
    return (text for text in Sentences(page).found if SPANISH.search(text))


def english_page(visitor: str, world: World, path: str) -> str:
    client = Client(raise_request_exception=False)
    client.cookies["callcenter_language"] = "en"
    if visitor != "nobody":
        client.force_login(world.user(visitor))
    answer = client.get(path, follow=True)
    kind = answer.get("Content-Type", "")
    return answer.content.decode() if kind.startswith("text/html") and not answer.streaming else ""


SHOWN = [address for address in ADDRESSES if address.opens_to and (address.sends is None or address.form)]


@pytest.mark.sweep
@pytest.mark.django_db
@pytest.mark.parametrize("address", SHOWN, ids=lambda address: address.name)
def test_a_page_in_english_holds_no_spanish(address: Address, world: World) -> None:
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    for visitor in {address.opens_to[0], address.opens_to[-1]}:
        assert list(spanish_sentences(english_page(visitor, world, path))) == [], f"{address.name} for {visitor}"


FORMS = [name for name in ADMIN if name.endswith("_add") and "celery" not in name]  # nothing of the centre's in them


@pytest.mark.sweep
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["admin:index", *FORMS])
def test_the_admin_in_english_holds_no_spanish(name: str, world: World) -> None:
    assert list(spanish_sentences(english_page("ines", world, reverse(name)))) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "sentence"),
    [("", "la contraseña que ha indicado no son correctos"), ("en", "you specified are not correct")],
)
def test_what_the_libraries_say_follows_the_switch_and_not_the_browser(
    client: Client, cookie: str, sentence: str
) -> None:
    client.cookies["callcenter_language"] = cookie
    entered = {"login": "nobody", "password": "wrong"}
    answer = client.post("/accounts/login/", entered, headers={"Accept-Language": "en-US,en;q=0.9"})
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(("language", "month"), [("es", "diciembre de 2026"), ("en", "December 2026")])
def test_figures_and_days_are_written_one_way_and_only_words_change(language: str, month: str) -> None:
    with translation.override(language):
        assert date_format(date(2026, 12, 1), "YEAR_MONTH_FORMAT") == month
        assert date_format(datetime(2026, 11, 25, 14, 5), "SHORT_DATETIME_FORMAT") == "25/11/2026 14:05"
        assert number_format(Decimal("1234.50"), 2, force_grouping=True) == "1.234,50"
