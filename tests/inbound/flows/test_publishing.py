"""Flows on file and drafts become frozen versions: once, all or nothing, and never over an administrator's work."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from agents.models import User
from inbound.flows.publishing import (
    Outcome,
    PublishingRefused,
    difference,
    files,
    publish_draft,
    publish_files,
)
from inbound.flows.schema import FlowErrors, parse_flow
from inbound.models import FlowDraft, FlowVersion, ServiceLine
from tests.audit import by_its_owner
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import texts_with_a_row
from tests.inbound.of_the_procedure import LINES

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]


@pytest.fixture
def now(at: At) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def line(db: None) -> ServiceLine:
    return ServiceLine.objects.get(number="104")


@pytest.fixture
def draft(line: ServiceLine, ines: User, now: datetime) -> Callable[..., FlowDraft]:
    """Inés' draft of 104: `draft("title: Guiatel", "title: Guía")` replaces a word of the flow on file."""

    def make(before: str = "title: Guiatel", after: str = "title: Guía de abonados", **more: Any) -> FlowDraft:
        source = text_of("104").replace(before, after)
        return FlowDraft.objects.create(line=line, source=source, saved_at=now, saved_by=ines, **more)

    return make


def versions(number: str) -> list[int]:
    found = FlowVersion.objects.filter(line__number=number).order_by("version")
    return list(found.values_list("version", flat=True))


def outcomes(done: list[Any]) -> set[Outcome]:
    return {one.outcome for one in done}


def publish(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("publish_flows", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    """The flows on file, to change."""
    for name, text in texts_with_a_row().items():
        (tmp_path / name).write_text(text)
    return tmp_path


def change(folder: Path, number: str, before: str, after: str) -> None:
    path = folder / f"{number}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


# The lines of a new site


def test_a_new_site_begins_with_the_eleven_lines() -> None:
    found = ServiceLine.objects.order_by("position")
    assert [one.number for one in found] == list(LINES)
    assert all("{agente}" in one.greeting and one.farewell and one.is_active for one in found)


def test_every_line_of_a_new_site_has_its_flow_on_file() -> None:
    """A file beyond them is a line an administrator adds: it waits for its row."""
    assert {f"{number}.yaml" for number in ServiceLine.objects.values_list("number", flat=True)} <= set(files())
    assert set(texts_with_a_row()) == {f"{number}.yaml" for number in LINES}


# Flows on file


def test_what_changed_is_published_as_the_next_version_and_nothing_twice(now: datetime) -> None:
    texts = texts_with_a_row()
    first = publish_files(texts=texts, now=now)
    assert outcomes(first) == {Outcome.PUBLISHED}
    assert {one.version for one in first} == {1}
    assert outcomes(publish_files(texts=texts, now=now)) == {Outcome.UNCHANGED}
    texts["104.yaml"] = texts["104.yaml"].replace("title: Guiatel", "title: Guía de abonados")
    second = publish_files(texts=texts, now=now)
    assert [(one.line, one.version) for one in second if one.outcome is Outcome.PUBLISHED] == [("104", 2)]
    assert versions("104") == [1, 2]
    assert versions("101") == [1]
    newest = FlowVersion.objects.get(line__number="104", version=2)
    assert (newest.source, newest.published_by, newest.published_at) == (texts["104.yaml"], None, now)
    assert parse_flow(newest.source, name="x").steps["search"].title == "Guía de abonados"


def test_what_goes_back_to_an_older_text_is_a_version_too(now: datetime) -> None:
    texts = texts_with_a_row()
    other = {**texts, "104.yaml": texts["104.yaml"] + "# otra\n"}
    for one in (texts, other, texts):
        publish_files(texts=one, now=now)
    assert versions("104") == [1, 2, 3]


def test_nothing_is_half_done_when_one_of_them_is_wrong(now: datetime) -> None:
    texts = texts_with_a_row()
    texts["104.yaml"] = texts["104.yaml"].replace("next: not_registered", "next: nowhere")
    texts["101.yaml"] = "line: 101"
    with pytest.raises(FlowErrors) as refused:
        publish_files(texts=texts, now=now)
    said = {(error.file, error.step) for error in refused.value.errors}
    assert ("104.yaml", "tell_not_registered") in said
    assert ("101.yaml", "") in said
    assert not FlowVersion.objects.exists()


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("105.yaml", text_of("104").replace("104", "105"), "no hay una línea «105»"),
        ("otra.yaml", text_of("104"), "ya hay otro flujo de la línea «104»"),
    ],
)
def test_a_flow_of_no_line_or_a_second_one_is_refused(now: datetime, name: str, source: str, said: str) -> None:
    with pytest.raises(FlowErrors) as refused:
        publish_files(texts={**texts_with_a_row(), name: source}, now=now)
    assert [(error.file, error.what) for error in refused.value.errors] == [(name, said)]


def test_a_published_version_is_frozen(now: datetime) -> None:
    publish_files(texts=texts_with_a_row(), now=now)
    with by_its_owner():
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            FlowVersion.objects.filter(line__number="104").update(source="x")
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            connection.cursor().execute("DELETE FROM inbound_flowversion")


# Drafts


def test_a_draft_becomes_the_next_version_and_is_put_away(
    line: ServiceLine, draft: Callable[..., FlowDraft], ines: User, now: datetime
) -> None:
    publish_files(texts=texts_with_a_row(), now=now)
    draft(note="Otro título")
    version = publish_draft(line=line, by=ines, now=now)
    assert (version.version, version.published_by, version.note) == (2, ines, "Otro título")
    assert line.running_version() == version
    assert not FlowDraft.objects.exists()


def test_a_draft_published_twice_is_published_once(
    line: ServiceLine, draft: Callable[..., FlowDraft], ines: User, now: datetime
) -> None:
    draft()
    publish_draft(line=line, by=ines, now=now)
    with pytest.raises(PublishingRefused, match="Ya no hay un borrador"):
        publish_draft(line=line, by=ines, now=now)
    assert versions("104") == [1]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("next: not_registered", "next: nowhere", "lleva a «nowhere», que no existe"),
        ("kind: decide", "kind: elect", "«kind» no puede ser «elect»"),
        ("line: 104", "line: 103", "«line» dice 103"),
    ],
)
def test_a_draft_with_something_wrong_stays_a_draft(
    line: ServiceLine, draft: Callable[..., FlowDraft], ines: User, now: datetime, before: str, after: str, said: str
) -> None:
    draft(before, after) if before != "line: 104" else FlowDraft.objects.create(
        line=line, source=text_of("103"), saved_at=now, saved_by=ines
    )
    with pytest.raises(FlowErrors) as refused:
        publish_draft(line=line, by=ines, now=now)
    assert said in str(refused.value)
    assert FlowDraft.objects.count() == 1
    assert not FlowVersion.objects.exists()


SUSPENDED = """\
      - name: suspended
        label: El servicio está suspendido
        when: {product.state: suspended}
        needs: {product.state: suspended}
        next: suspended
"""
LOST = "de 101.5 ya no se llega a 101.10 por «El servicio está suspendido», como en la versión que corre: diga por qué"


def draft_of_101(by: User, now: datetime, *changes: tuple[str, str], **more: Any) -> FlowDraft:
    source = text_of("101")
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    return FlowDraft.objects.create(
        line=ServiceLine.objects.get(number="101"), source=source, saved_at=now, saved_by=by, **more
    )


def test_a_way_to_a_step_of_the_procedure_is_not_lost_without_a_reason(ines: User, now: datetime) -> None:
    """The step is reached from elsewhere; without a damage nobody is told any more that her service is suspended."""
    publish_files(texts=texts_with_a_row(), now=now)
    made = draft_of_101(ines, now, (SUSPENDED, ""))
    with pytest.raises(FlowErrors) as refused:
        publish_draft(line=made.line, by=ines, now=now)
    assert [error.what for error in refused.value.errors] == [LOST]
    FlowDraft.objects.update(left_out_because="Lo dice otra unidad")
    assert publish_draft(line=made.line, by=ines, now=now).left_out_because == "Lo dice otra unidad"


OPEN = "needs: {damage.state: [registered, assigned, in_execution]}"


@pytest.mark.parametrize(
    ("before", "after", "label", "ref", "to"),
    [
        (OPEN, "needs: {damage.state: [registered, assigned]}",
         "Registrado, asignado o en ejecución", "101.6", "101.8"),
        ("        needs: {product.state: suspended}", "        needs: {product.state: suspended, damages: answered}",
         "El servicio está suspendido", "101.5", "101.10"),
        ("        needs: {customer.is_nobodys: true}\n        next: customer",
         "        needs: {customer.is_nobodys: true}\n        unless: {damages: answered}\n        next: customer",
         "Nadie tiene ese contrato: corregirlo", "101.5", "101.2"),
    ],
)  # fmt: skip
def test_a_case_in_which_a_way_is_closed_from_now_on_needs_a_reason(
    ines: User, now: datetime, before: str, after: str, label: str, ref: str, to: str
) -> None:
    publish_files(texts=texts_with_a_row(), now=now)
    made = draft_of_101(ines, now, (before, after))
    with pytest.raises(FlowErrors) as refused:
        publish_draft(line=made.line, by=ines, now=now)
    lost = f"de {ref} ya no se llega a {to} por «{label}» en todos los casos de antes: diga por qué"
    assert lost in [error.what for error in refused.value.errors]


IN_BETWEEN = """\
  told_first: {kind: say, ref: 101.5, title: Antes, say: Un momento., next: suspended}
  seen_elsewhere:
"""


@pytest.mark.parametrize(
    "changes",
    [
        (("label: El servicio está suspendido", "label: Suspendido"),),
        (
            (f"        {OPEN}", "        needs: {damage.state: [registered, assigned, in_execution, nuevo]}"),
            (
                "when: {damage.state: [registered, assigned, in_execution]}",
                "when: {damage.state: [registered, assigned, in_execution, nuevo]}",
            ),
        ),
        ((SUSPENDED, SUSPENDED.replace("next: suspended", "next: told_first")), ("  seen_elsewhere:\n", IN_BETWEEN)),
    ],
)
def test_a_way_that_still_comes_to_its_step_needs_no_reason(
    ines: User, now: datetime, changes: tuple[tuple[str, str], ...]
) -> None:
    publish_files(texts=texts_with_a_row(), now=now)
    made = draft_of_101(ines, now, *changes, left_out_because="No hace falta")
    assert publish_draft(line=made.line, by=ines, now=now).left_out_because == ""


def test_a_draft_that_changes_nothing_is_not_published(
    line: ServiceLine, draft: Callable[..., FlowDraft], ines: User, now: datetime
) -> None:
    publish_files(texts=texts_with_a_row(), now=now)
    draft("title: Guiatel", "title: Guiatel")
    with pytest.raises(PublishingRefused, match="lo mismo"):
        publish_draft(line=line, by=ines, now=now)


def test_a_new_release_does_not_undo_an_administrators_version(
    line: ServiceLine, draft: Callable[..., FlowDraft], ines: User, now: datetime
) -> None:
    texts = texts_with_a_row()
    publish_files(texts=texts, now=now)
    draft()
    hers = publish_draft(line=line, by=ines, now=now)
    assert outcomes(publish_files(texts=texts, now=now)) == {Outcome.UNCHANGED}
    newer = {**texts, "104.yaml": texts["104.yaml"] + "# otra\n"}
    kept = [one for one in publish_files(texts=newer, now=now) if one.outcome is Outcome.KEPT]
    assert [(one.line, one.version) for one in kept] == [("104", hers.version)]
    assert line.running_version() == hers
    replaced = [one for one in publish_files(texts=newer, now=now, replace=True) if one.outcome is Outcome.PUBLISHED]
    assert [(one.line, one.version) for one in replaced] == [("104", 3)]


def test_the_difference_is_told_line_by_line() -> None:
    assert difference(before="a\nb\nc", after="a\nB\nc") == ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"]
    assert difference(before="a\n", after="a\n") == []
    assert difference(before="", after="a") == ["@@ -0,0 +1 @@", "+a"]


# The command


def test_the_command_says_what_it_did(folder: Path) -> None:
    assert "101: publicada la versión 1\n" in publish("--folder", str(folder))
    assert "101: sin cambios, corre la versión 1\n" in publish("--folder", str(folder))
    assert publish("--folder", str(folder), "--quiet") == ""
    change(folder, "104", "title: Guiatel", "title: Guía de abonados")
    assert publish("--folder", str(folder), "--quiet") == "Flujos publicados: 104 v2\n"
    change(folder, "104", "title: Guía de abonados", "title: Guía")
    told = json.loads(publish("--folder", str(folder), "--json"))["flows"]
    assert {"line": "104", "version": 3, "outcome": "published"} in told
    assert len(told) == len(texts_with_a_row())


def test_the_command_says_all_that_is_wrong_and_does_nothing(folder: Path) -> None:
    change(folder, "104", "next: not_registered", "next: nowhere")
    change(folder, "109", "c_cli4g.top_up", "gsi.xyz")
    with pytest.raises(CommandError) as refused:
        publish("--folder", str(folder), "--json")
    said = str(refused.value)
    assert said.startswith("No se publicó nada.\n")
    assert "104.yaml: tell_not_registered: lleva a «nowhere», que no existe" in said
    assert "109.yaml: top_up: acción desconocida «gsi.xyz»" in said
    assert not FlowVersion.objects.exists()


def test_the_command_says_when_there_is_nothing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No hay ningún flujo"):
        publish("--folder", str(tmp_path))
    (tmp_path / "101.yaml").write_bytes(b"line: \xff")
    with pytest.raises(CommandError, match=r"101\.yaml: no está escrito en UTF-8"):
        publish("--folder", str(tmp_path))
