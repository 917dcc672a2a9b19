"""The manual explains every page there is, in both languages; the help of a page opens there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from tests.browser.pictures import DOCS, KEPT, named
from tests.callcenter.test_every_address import ADDRESSES

SignedIn = Callable[[Any], Client]
EXPLAINED = re.compile(r"^\(page:([\w:-]+)\)=$", re.MULTILINE)
# no page of their own: pieces, files, answers for machines, what is shown to who is not in yet
IS_NONE = re.compile(
    r"^(api:|livez|readyz|metrics|manual|demo_|set_language|own_day|account_(log|inactive|signup|seen)|mfa_(auth|download)"
    r"|screens:fragment|telephony:|wallboard:|control_room:(now|campaigns|television|wallboard)|inbound:(ringing|card_|trial)"
    r"|inbound:walk_left|campaigns:(desk_|report_progress|payment_age|campaign_figures|assignment_progress|list_export_)"
    r"|campaigns:(seal_|close_)|escalations:(board_|changes|calls|call_phase|mention))"
)


def explained(language: str) -> set[str]:
    return {name for page in DOCS.glob(f"{language}/*.md") for name in EXPLAINED.findall(page.read_text("utf-8"))}


def pages() -> Iterator[str]:
    """Names of addresses at which a page is drawn, and of the tables of the admin."""
    for address in ADDRESSES:
        if address.sends is None and not IS_NONE.match(address.name):
            yield address.name
    for model in admin.site._registry:
        yield f"admin:{model._meta.app_label}_{model._meta.model_name}"


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_explained(language: str) -> None:
    assert sorted(set(pages()) - explained(language)) == []


def test_both_languages_explain_the_same() -> None:
    assert explained("es") == explained("en")


def test_every_picture_is_there_and_shown() -> None:
    assert {file.stem for file in KEPT.glob("*.png")} == {file.stem for file in KEPT.glob("*.words")} == named()


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Path:
    """A manual as `make manual` lays it out."""
    for language, first in (("es", "index.html"), ("en", "en/index.html")):
        for name in (first, "agents.html"):
            file = tmp_path / "built" / language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"<h1>{language}</h1>", encoding="utf-8")
        places = '{"campaigns:desk": "agents.html#desk", "admin:agents_user": "agents.html#people"}'
        (tmp_path / "built" / language / "pages.json").write_text(places, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    settings.MANUAL = tmp_path / "built"
    return tmp_path / "built"


@pytest.mark.django_db
class TestServing:
    def test_a_page_leads_to_where_it_is_explained(self, made: Path, ana: Agent, signed_in: SignedIn) -> None:
        client = signed_in(ana)
        assert 'href="/manual/es/agents.html#desk"' in client.get(reverse("campaigns:desk")).content.decode()
        assert 'href="/manual/es/index.html"' in client.get(reverse("campaigns:my_day")).content.decode()
        assert client.get("/manual/es/agents.html").headers["Content-Type"] == "text/html"

    def test_in_the_language_of_the_reader(self, made: Path, ines: User, signed_in: SignedIn) -> None:
        client = signed_in(ines)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        page = client.get(reverse("admin:agents_user_changelist"))
        assert 'href="/manual/en/agents.html#people"' in page.content.decode()
        assert 'href="/manual/en/en/index.html"' in client.get(reverse("account_change_password")).content.decode()

    def test_without_one_no_page_names_it(self, settings: Any, tmp_path: Path, ana: Agent, signed_in: SignedIn) -> None:
        settings.MANUAL = tmp_path
        client = signed_in(ana)
        assert "/manual/" not in client.get(reverse("campaigns:desk")).content.decode()
        assert client.get("/manual/es/index.html").status_code == 404

    @pytest.mark.parametrize(
        "path", ["../secret.txt", "es/../../secret.txt", "%2e%2e/secret.txt", "es", "es/x%00.html"]
    )
    def test_it_leads_nowhere_else(self, path: str, made: Path, ana: Agent, signed_in: SignedIn) -> None:
        assert signed_in(ana).get(f"/manual/{path}").status_code in (400, 404)

    def test_who_is_not_in_reads_none(self, made: Path, client: Client) -> None:
        assert client.get("/manual/es/index.html").status_code == 302


WRITTEN = re.compile(r'^(msgid|msgstr)\S* ("[^\n]*"(?:\n"[^\n]*")*)', re.MULTILINE)
NAMED = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")
# Titles of documents that are in English alone, and a word of HTTP.
TITLES = {
    *("the language of the screens", "for other programs", "the switchboard", "problem+json"),
    *("faults", "security", "many machines"),
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_it_names_by_its_words_is_on_the_screens(language: str) -> None:
    """Of a page, a button or a field that was given another name, the manual goes on telling the old one."""
    catalogue = (settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    side = "msgid" if language == "es" else "msgstr"
    told = "\n".join(text.replace('"\n"', "").lower() for kind, text in WRITTEN.findall(catalogue) if kind == side)
    named = [
        (page.name, part.strip(" …."))
        for page in sorted((settings.BASE_DIR / "docs" / language).glob("*.md"))
        for words in NAMED.findall(page.read_text(encoding="utf-8"))
        for part in words.lower().split(" › ")
    ]
    assert len(named) > 25
    assert [(page, name) for page, name in named if name not in told and name not in TITLES] == []
