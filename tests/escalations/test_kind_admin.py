"""How kinds are worked and who holds a unit's role is an administrator's to say; which kinds there are is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from escalations.letters import letters_of
from escalations.models import Kind, Unit
from escalations.models.kinds import OF_THE_HOUSE

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


@pytest.fixture
def inside(ines, signed_in: SignedIn) -> Client:
    return signed_in(ines)


@pytest.fixture
def complaint(db) -> Kind:
    return Kind.objects.get(code="complaint")


def form_of(kind: Kind, **more: Any) -> dict[str, Any]:
    said = {
        "name": kind.name, "worked_by": kind.worked_by, "limit_hours": "4", "warn_hours": "1", "closes": kind.closes,
        "is_active": "on", "unit": kind.unit_id or "", "subject": kind.subject, "body": kind.body, **more,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def test_a_kind_is_changed_and_its_next_card_is_worked_by_it(inside, complaint, make_card, morning):
    path = reverse("admin:escalations_kind_change", args=[complaint.pk])
    assert inside.post(path, form_of(complaint, limit_hours="2", code="x")).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.code, complaint.limit_hours) == ("complaint", 2)
    made = make_card(kind="complaint", due_at=None)
    assert (made.due_at - morning).total_seconds() == 2 * 3600


def test_the_mail_is_seen_with_a_card_of_nobody_before_it_goes(inside, complaint, make_card):
    path = reverse("admin:escalations_kind_change", args=[complaint.pk])
    body = "Cliente: {cliente}\nPidió: {claim}\n<b>{zona}</b>"
    inside.post(path, form_of(complaint, subject="Queja de {contrato}", body=body))
    make_card(kind="complaint", details={"claim": "F-1", "telephone": "70712345"})
    page = inside.get(path).content.decode()
    for words in ("Queja de 1000001", "Cliente de Ejemplo", "Pidió: «claim»", "{claim} {telephone}", "&lt;b&gt;"):
        assert words in page
    assert "María Quispe" not in page
    assert "70712345" not in page


def test_what_goes_out_by_itself_needs_a_unit(inside, complaint):
    path = reverse("admin:escalations_kind_change", args=[complaint.pk])
    page = inside.post(path, form_of(complaint, writes_at_once="on")).content.decode()
    assert "Elija a qué unidad sale el correo por sí solo" in page
    nocc = Unit.objects.get(code="nocc")
    assert inside.post(path, form_of(complaint, writes_at_once="on", unit=nocc.pk)).status_code == 302


def test_who_holds_a_role_is_written_down_and_gets_the_next_mail(inside, make_card):
    nocc = Unit.objects.get(code="nocc")
    rows = {
        "name": "NOCC", "addresses-TOTAL_FORMS": "1", "addresses-INITIAL_FORMS": "0", "addresses-0-name": "Turno NOCC",
        "addresses-0-email": "nocc@comteco.example", "addresses-0-sector": "", "addresses-0-valid_from": "2026-01-01",
    }  # fmt: skip
    path = reverse("admin:escalations_unit_change", args=[nocc.pk])
    assert inside.get(path).status_code == 200
    wrong = {**rows, "addresses-0-email": "nocc@comteco.example\nBcc: x@y.example"}
    assert inside.post(path, wrong).status_code == 200
    backwards = {**rows, "addresses-0-valid_until": "2025-01-01"}
    assert inside.post(path, backwards).status_code == 200
    assert inside.post(path, rows).status_code == 302
    (letter,) = letters_of(make_card(kind="nocc_fault"))
    assert letter.notice.to == ["nocc@comteco.example"]
    found = inside.get(reverse("admin:escalations_unit_changelist"), {"q": "turno"}).content.decode()
    assert "Turno NOCC &lt;nocc@comteco.example&gt;" in found
    assert "Guía Comercial" not in found


def test_what_the_house_raises_by_itself_is_switched_off_and_not_deleted(inside):
    """With its row gone the callers nobody heard would be called by nobody, without a word."""
    named = re.compile(r"^(?:[A-Z_]+, )*KIND(?:, [A-Z_]+)* = (.+)$", re.MULTILINE)
    rooms = [path for room in ("campaigns", "inbound") for path in (settings.BASE_DIR / room).rglob("*.py")]
    said = " ".join(words for path in rooms for words in named.findall(path.read_text()))
    assert set(re.findall(r'"([a-z_]+)"', said)) == OF_THE_HOUSE
    for kind in Kind.objects.filter(code__in=OF_THE_HOUSE):
        inside.post(reverse("admin:escalations_kind_delete", args=[kind.pk]), {"post": "yes"})
    assert set(Kind.objects.filter(code__in=OF_THE_HOUSE).values_list("code", flat=True)) == OF_THE_HOUSE
    own = Kind.objects.create(code="own", name="De prueba")
    assert inside.post(reverse("admin:escalations_kind_delete", args=[own.pk]), {"post": "yes"}).status_code == 302
    assert not Kind.objects.filter(code="own").exists()


def test_a_unit_that_was_written_to_is_not_deleted_and_a_letter_names_no_recipients_besides(inside, make_card):
    nocc = Unit.objects.get(code="nocc")
    path = reverse("admin:escalations_unit_delete", args=[nocc.pk])
    inside.post(path, {"post": "yes"})
    assert Unit.objects.filter(pk=nocc.pk).exists()
    kinds = inside.get(reverse("admin:notices_recipient_add")).content.decode()
    assert "Derivaciones vencidas" in kinds
    assert "Correo a una unidad" not in kinds
