"""A line that the program does not know: a file and a row, and a call on it to its end."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from inbound.flows import publishing
from inbound.flows.publishing import read_files
from inbound.models import FlowDraft, FlowVersion, OutsideWrite, ServiceLine
from inbound.walks.lines_page import KEYS
from tests.inbound.a_call import Call
from tests.inbound.lines_on_file import texts_with_a_row

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
FLOW = """\
line: 112
name: Emergencias de red
procedure: Instructivo de la línea 112
start: greet
steps:
  greet: {kind: say, ref: 112.1, title: Saludo, say: "{saludo}", next: what}
  what:
    kind: decide
    ref: 112.2
    question: ¿Qué ocurre?
    branches:
      - {name: fire, label: Fuego en una caja, when: {}, next: refer}
      - {name: noise, label: Ruido en la línea, when: {}, next: done}
  refer: {kind: refer, ref: 112.3, title: Bomberos, procedure: Llamar a bomberos, say: Llame al 119., next: done}
  done: {kind: end, ref: 112.4, result: attended, label: Atendida, say: "{despedida}"}
"""


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    """The program's flows and one more."""
    for name, text in texts_with_a_row().items():
        (tmp_path / name).write_text(text)
    (tmp_path / "112.yaml").write_text(FLOW)
    return tmp_path


@pytest.fixture
def row(ines: User, signed_in: SignedIn) -> Callable[[], Any]:
    """The line as an administrator adds it, where the page proposes to put it."""

    def add() -> Any:
        inside, address = signed_in(ines), reverse("admin:inbound_serviceline_add")
        proposed = inside.get(address).context["adminform"].form
        said = {
            "number": "112", "name": "Emergencias de red", "is_active": "on", "farewell": "Gracias por llamar.",
            "greeting": "Gracias por llamar a COMTECO, {linea}. Le atiende {agente}.",
            "position": proposed["position"].value(),
        }  # fmt: skip
        return inside.post(address, said, follow=True)

    return add


def publish(folder: Path, *more: str) -> tuple[str, str]:
    """What the command says on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command("publish_flows", "--folder", str(folder), *more, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_call_of_the_twelfth_line(folder: Path, row: Callable[[], Any], ana: Agent, signed_in: SignedIn) -> None:
    row()
    out, err = publish(folder)
    assert "112: publicada la versión 1\n" in out
    assert err == ""
    screen = signed_in(ana)
    page = screen.get("/lines/").content.decode()
    numbers = list(ServiceLine.objects.in_order().values_list("number", flat=True))
    assert numbers[-1] == "112", "the lines that were there keep their place and their keys"
    assert f'data-key="{KEYS[len(numbers) - 1]}"' in page
    assert "Emergencias de red" in page
    call = Call(screen, "112")
    assert "Gracias por llamar a COMTECO, Emergencias de red. Le atiende Ana" in call.page
    call.press()
    call.press(branch="fire")
    assert call.title == "Bomberos"
    call.finish()
    assert (call.walk.line.number, call.walk.result_label) == ("112", "Atendida")
    (interaction,) = OutsideWrite.objects.filter(walk=call.walk)
    assert interaction.payload["line"] == "112"


def test_a_file_without_its_row_keeps_nobody_waiting_and_is_said(folder: Path) -> None:
    out, err = publish(folder, "--quiet")
    assert out.startswith("Flujos publicados: 101 v1")
    assert err == ("112.yaml: no hay una línea «112». Agréguela en «Líneas», en Administración, y vuelva a publicar.\n")
    assert set(FlowVersion.objects.values_list("line__number", flat=True)) == {
        Path(name).stem for name in texts_with_a_row()
    }  # fmt: skip


def test_a_row_without_its_file_is_said_where_it_is_added_and_where_flows_are_published(
    folder: Path, row: Callable[[], Any], ana: Agent, signed_in: SignedIn
) -> None:
    (folder / "112.yaml").unlink()
    publish(folder)
    assert "La línea 112 todavía no se puede atender" in row().content.decode()
    _out, err = publish(folder)
    assert err.startswith("112: nadie puede atenderla. Falta su flujo, 112.yaml")
    ServiceLine.objects.filter(number="112").update(is_active=False)
    assert publish(folder)[1] == "", "one that nobody attends needs none"


def test_its_draft_begins_with_the_file_where_nobody_has_a_shell(
    folder: Path, row: Callable[[], Any], ines: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "FLOWS", folder)
    row()
    line = ServiceLine.objects.get(number="112")
    inside = signed_in(ines)
    add = reverse("admin:inbound_flowdraft_add")
    proposed = inside.get(add, {"line": line.pk}).context["adminform"].form["source"].value()
    assert proposed == FLOW
    inside.post(add, {"line": line.pk, "source": proposed, "note": ""})
    draft = FlowDraft.objects.get(line=line)
    page = reverse("admin:inbound_flowdraft_change", args=[draft.pk])
    inside.post(page, {"source": draft.source, "note": "", "_publish": "1"})
    assert FlowVersion.objects.get(line=line).source == FLOW


def test_its_pages_are_made_from_the_file_alone(folder: Path, settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    call_command("write_docs", "--folder", str(folder), stdout=StringIO())
    assert (tmp_path / "docs/flows/112.md").read_text().startswith("# 112 Emergencias de red")
    steps = (tmp_path / "docs/procedure-steps.md").read_text()
    assert "## Lines the paper does not have" in steps
    assert "[112 Emergencias de red](flows/112.md)" in steps


def test_a_number_no_flow_could_name_is_refused(ines: User, signed_in: SignedIn) -> None:
    said = {"number": "../112", "name": "x", "greeting": "x", "farewell": "x", "position": "1"}
    page = signed_in(ines).post(reverse("admin:inbound_serviceline_add"), said).content.decode()
    assert "De 3 a 12 cifras" in page
    assert not ServiceLine.objects.filter(name="x").exists()


def test_no_two_lines_share_a_key_and_none_takes_one_of_the_page(folder: Path) -> None:
    assert len(set(KEYS)) == len(KEYS) > 11
    assert not set(KEYS) & set("git/?")


def test_a_line_that_goes_on_as_the_twelfth_needs_its_file(folder: Path) -> None:
    flows = read_files({path.name: path.read_text() for path in folder.glob("*.yaml")})
    assert flows["112"].steps["done"].result == "attended"
