"""The admin in the language of the house: sections by who needs them, a sentence above each list, words for flags."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from agents.models import User
from callcenter.administration import ABOUT, SECTIONS, yes_or_no
from escalations.models import Kind

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


def test_every_list_has_its_section_and_its_sentence() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    placed = [label for section in SECTIONS for label in section.lists]
    assert sorted(placed) == sorted(set(placed)), "each stands once"
    assert set(placed) == registered
    assert all(str(words) for words in ABOUT.values())


def test_what_the_program_is_made_of_stands_last(ines: User, signed_in: SignedIn) -> None:
    page = signed_in(ines).get("/admin/").content.decode()
    found = re.findall(r'<h2 id="section-(\w+)-of-all">', page)
    assert found == [section.slug for section in SECTIONS]
    assert found[-1] == "inside"
    assert str(ABOUT["escalations.kind"]) in page


def test_a_list_says_what_it_is_and_its_flags_are_words(ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    page = client.get("/admin/escalations/kind/").content.decode()
    assert f'<p class="admin-about">{ABOUT["escalations.kind"]}</p>' in page
    assert "<h1>Tipos de derivación</h1>" in page
    assert '<span class="yes">Sí</span>' in page
    assert '<span class="no">No</span>' in page
    assert "icon-no" not in page
    assert 'class="masthead' in page, "one frame on all pages"


def test_flags_that_cannot_be_changed_are_words_too(ines: User, signed_in: SignedIn, monkeypatch: Any) -> None:
    kind = Kind.objects.get(code="billing_claim")
    shown = admin.site._registry[Kind]
    monkeypatch.setattr(shown, "get_readonly_fields", lambda _request, _obj=None: ("is_active",))
    monkeypatch.setattr(shown, "get_fieldsets", lambda _request, _obj=None: [(None, {"fields": ("is_active",)})])
    page = signed_in(ines).get(f"/admin/escalations/kind/{kind.pk}/change/").content.decode()
    assert '<span class="yes">Sí</span>' in page


def test_a_flag_that_is_not_known_is_neither() -> None:
    assert (yes_or_no(None), yes_or_no(False)) == ('<span class="no">—</span>', '<span class="no">No</span>')


def test_a_list_nobody_gave_a_place_is_there_all_the_same(
    ines: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(SECTIONS[3].lists, "escalations.unit")
    page = signed_in(ines).get("/admin/").content.decode()
    assert 'id="section-others-of-all"' in page
    assert "/admin/escalations/unit/" in page
