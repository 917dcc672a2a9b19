"""A kind of card that nobody foresaw, from the admin to the mail: rows and a flow, neither code nor a migration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agents.models import Agent, User
from campaigns.models import Disposition
from escalations.models import Escalation, Kind, Unit, UnitAddress
from escalations.raising import due_by
from inbound.models import FlowDraft, FlowKind, FlowVersion, ServiceLine
from notices.models import Notice
from tests.inbound.a_call import Call
from tests.inbound.of_the_procedure import KINDS

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
FLOW = """\
line: 104
name: Números telefónicos
procedure: Instructivo de cortes de fibra
start: greet
steps:
  greet: {kind: say, ref: 104.1, title: Saludo, say: "{saludo}", next: cut}
  cut:
    kind: hand_over
    ref: 104.2
    title: Corte de fibra
    say: ¿Dónde se ve el corte?
    fields: [{name: place, type: address, label: Dónde se ve el corte}]
    escalation: fibre_cut
    with: {place: place}
    promised: Le llamamos en cuanto se repare.
    next: done
  done: {kind: end, ref: 104.5, result: handed_over, label: Derivado, say: "{despedida}"}
"""


@pytest.fixture
def inside(ines: User, signed_in: SignedIn) -> Client:
    return signed_in(ines)


@pytest.fixture
def crew(db: None) -> Unit:
    """The unit that is written to, and who gets its mail."""
    unit = Unit.objects.create(code="cuadrilla", name="Cuadrilla de fibra")
    UnitAddress.objects.create(
        unit=unit, name="Turno", email="fibra@comteco.example", valid_from=date(2026, 1, 1)
    )  # fmt: skip
    return unit


@pytest.fixture
def fibre_cut(inside: Client, crew: Unit) -> Kind:
    """As an administrator adds it."""
    add = reverse("admin:escalations_kind_add")
    assert "Así sale, con una derivación de ejemplo" in inside.get(add).content.decode()
    said = {
        "code": "fibre_cut", "name": "Corte de fibra", "lane_button": "Atender el corte", "worked_by": "supervisor",
        "is_active": "on", "limit_hours": "2", "warn_hours": "0.5", "closes": "informed", "unit": crew.pk,
        "writes_at_once": "on", "subject": "{tipo}: {place}", "body": "Cortado en {place}.\nVence: {vence}",
    }  # fmt: skip
    assert inside.post(add, said).status_code == 302
    return Kind.objects.get(code="fibre_cut")


@pytest.fixture
def published(inside: Client, fibre_cut: Kind, ines: User) -> FlowVersion:
    """A flow that hands it over, published from a draft."""
    line = ServiceLine.objects.get(number="104")
    draft = FlowDraft.objects.create(line=line, source=FLOW, saved_at=timezone.now(), saved_by=ines)
    page = reverse("admin:inbound_flowdraft_change", args=[draft.pk])
    assert "Nada: se puede publicar." in inside.get(page).content.decode()
    inside.post(page, {"source": FLOW, "note": "Cortes", "_publish": "1"})
    return FlowVersion.objects.get(line=line)


CALLED_BACK = {"caller_name": "Rosa Flores", "telephone": "70712345"}


@pytest.fixture
def card(published: FlowVersion, ana: Agent, signed_in: SignedIn) -> Escalation:
    """As a call leaves it."""
    call = Call(signed_in(ana), "104")
    call.press()
    assert call.press(place="Av. Blanco Galindo km 4", **CALLED_BACK) == 200
    call.finish()
    return Escalation.objects.get()


def test_its_card_comes_from_a_flow_with_its_limit_and_its_mail(card: Escalation, fibre_cut: Kind) -> None:
    assert (card.kind, card.details, card.line) == (fibre_cut, {"place": "Av. Blanco Galindo km 4"}, "104")
    assert card.due_at == due_by(now=card.raised_at, working_hours=2)
    notice = Notice.objects.get()
    assert notice.to == ["fibra@comteco.example"]
    assert notice.subject == "Corte de fibra: Av. Blanco Galindo km 4"
    assert "Cortado en Av. Blanco Galindo km 4." in notice.body


def test_it_stands_on_the_board_in_the_filters_and_in_the_charts(
    card: Escalation, elena: User, signed_in: SignedIn
) -> None:
    office = signed_in(elena)
    board = office.get("/escalations/?whose=all").content.decode()
    assert f'id="card-{card.pk}"' in board
    assert 'value="fibre_cut"' in board
    only = office.get("/escalations/?whose=all&kind=fibre_cut").content.decode()
    assert f'id="card-{card.pk}"' in only
    assert "Corte de fibra" in only
    assert f'id="card-{card.pk}"' not in office.get("/escalations/?whose=all&kind=complaint").content.decode()
    listed = office.get("/escalations/list/?kind=fibre_cut").content.decode()
    assert '<option value="fibre_cut" selected>Corte de fibra</option>' in listed
    figures = office.get("/escalations/times/?kind=fibre_cut").content.decode()
    assert '<option value="fibre_cut" selected>Corte de fibra</option>' in figures
    charts = office.get("/escalations/times/?kind=fibre_cut&part=charts").content.decode()
    assert "Derivadas por tipo" in charts
    assert "Corte de fibra" in charts
    assert "Corte de fibra" in office.get(f"/escalations/{card.pk}/").content.decode()


def test_a_result_of_a_campaign_may_hand_it_over(inside: Client, fibre_cut: Kind) -> None:
    refused = Disposition.objects.get(code="refused")
    page = reverse("admin:campaigns_disposition_change", args=[refused.pk])
    offered = '<option value="fibre_cut">Corte de fibra</option>'
    assert offered in inside.get(page).content.decode()
    Kind.objects.filter(code="fibre_cut").update(is_active=False)
    assert offered not in inside.get(page).content.decode(), "one that is switched off is not offered"
    Disposition.objects.filter(code="refused").update(escalates="fibre_cut")
    chosen = '<option value="fibre_cut" selected>Corte de fibra</option>'
    assert chosen in inside.get(page).content.decode(), "and stays where it was chosen"


def test_it_is_switched_off_and_not_deleted_once_it_has_cards(
    inside: Client, card: Escalation, fibre_cut: Kind
) -> None:
    delete = reverse("admin:escalations_kind_delete", args=[fibre_cut.pk])
    change = reverse("admin:escalations_kind_change", args=[fibre_cut.pk])
    assert delete not in inside.get(change).content.decode()
    assert inside.post(delete, {"post": "yes"}).status_code == 403
    said = {
        "name": "Corte de fibra óptica", "worked_by": "supervisor", "limit_hours": "3", "warn_hours": "1",
        "closes": "informed", "unit": fibre_cut.unit_id, "subject": "", "body": "", "code": "other",
    }  # fmt: skip
    assert inside.post(change, said).status_code == 302
    fibre_cut.refresh_from_db()
    assert (fibre_cut.code, fibre_cut.name, fibre_cut.is_active) == ("fibre_cut", "Corte de fibra óptica", False)


def test_what_names_it_keeps_it(inside: Client, published: FlowVersion, fibre_cut: Kind) -> None:
    delete = reverse("admin:escalations_kind_delete", args=[fibre_cut.pk])
    assert str(published) in inside.get(delete).content.decode(), "the page says which version of a flow it is"
    inside.post(delete, {"post": "yes"})
    assert Kind.objects.filter(pk=fibre_cut.pk).exists()


def test_what_nothing_names_is_deleted(inside: Client, fibre_cut: Kind) -> None:
    inside.post(reverse("admin:escalations_kind_delete", args=[fibre_cut.pk]), {"post": "yes"})
    assert not Kind.objects.filter(pk=fibre_cut.pk).exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "Corte-1"}, "Minúsculas sin acento, cifras y _"),
        ({"code": "complaint"}, "Ya existe"),
        ({"name": "Queja del cliente"}, "Ya existe"),
        ({"limit_hours": "0"}, "0.25"),
    ],
)
def test_a_kind_no_flow_could_name_or_that_is_there_already_is_refused(
    inside: Client, changed: dict[str, str], said: str
) -> None:
    kind = {
        "code": "fibre_cut", "name": "Corte de fibra", "worked_by": "supervisor", "limit_hours": "2",
        "warn_hours": "1", "closes": "informed", "is_active": "on",
    }  # fmt: skip
    page = inside.post(reverse("admin:escalations_kind_add"), {**kind, **changed}).content.decode()
    assert said in page
    assert set(Kind.objects.values_list("code", flat=True)) == set(KINDS)


def test_a_kind_that_is_gone_all_the_same_is_a_sentence_on_the_agents_page(
    published: FlowVersion, ana: Agent, signed_in: SignedIn
) -> None:
    FlowKind.objects.all().delete()
    Kind.objects.filter(code="fibre_cut").delete()
    call = Call(signed_in(ana), "104")
    call.press()
    assert call.press(place="Av. Blanco Galindo km 4", **CALLED_BACK) == 409
    assert "No hay un tipo de derivación «fibre_cut»" in call.page
    assert not Escalation.objects.exists()


def test_the_kinds_of_the_procedure_are_english_in_english_and_the_centres_own_as_it_wrote_them(
    fibre_cut: Kind, card: Escalation, elena: User, signed_in: SignedIn
) -> None:
    with translation.override("en"):
        kinds = Kind.objects.exclude(code="fibre_cut")
        assert [kind.code for kind in kinds if kind.label == kind.name] == []
        claim = Kind.objects.get(code="billing_claim")
        assert (claim.lane_label, claim.label) == ("Attend the claim", "Billing claim")
        assert (fibre_cut.label, fibre_cut.lane_label) == ("Corte de fibra", "Atender el corte")
    office = signed_in(elena)
    office.cookies["callcenter_language"] = "en"
    page = office.get("/escalations/list/").content.decode()
    assert ">Billing claim</option>" in page
    assert ">Corte de fibra</option>" in page
