"""The pages of `docs/` that are made from the code: none is stale, none is missing and none is left over."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from callcenter.documents import made_pages, stale_pages, surplus_pages
from inbound.flows.publishing import FLOWS
from tests.sources import HOUSE

pytestmark = pytest.mark.django_db
OF_EACH_LIFE = {f"{name}-states.md" for name in ("agent", "campaign", "contact", "escalation", "write", "work")}


def write_docs(*arguments: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("write_docs", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def docs(settings: Any, tmp_path: Path) -> Path:
    """A `docs/` of this test's own, as the code would write it."""
    settings.BASE_DIR = tmp_path
    write_docs()
    return tmp_path / "docs"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The flows on file, to change."""
    return Path(shutil.copytree(FLOWS, tmp_path / "on_file", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def test_no_page_is_stale() -> None:
    pages = made_pages()
    assert [*stale_pages(pages), *surplus_pages(pages)] == [], "run make generate"


def test_every_life_is_drawn_and_every_flow_has_its_page() -> None:
    lives = {path.name for path in (HOUSE / "docs").glob("*-states.md")}
    assert lives == OF_EACH_LIFE
    assert all("stateDiagram-v2" in (HOUSE / "docs" / name).read_text(encoding="utf-8") for name in lives)
    assert set(made_pages()) == {
        *(*OF_EACH_LIFE, "systems.yaml", "openapi.json", "procedure-steps.md"),
        *(f"flows/{path.stem}.md" for path in FLOWS.glob("*.yaml")),
    }


def test_what_is_stale_is_named_and_written_and_nothing_else(docs: Path) -> None:
    write_docs("--check")
    (docs / "work-states.md").write_text("something else", encoding="utf-8")
    (docs / "systems.yaml").unlink()
    with pytest.raises(CommandError, match=r"stale in docs/: work-states\.md, systems\.yaml\."):
        write_docs("--check")
    assert write_docs() == "docs/work-states.md\ndocs/systems.yaml\n"
    assert write_docs() == ""


def test_the_page_of_a_flow_that_is_gone_is_stale_and_goes(docs: Path) -> None:
    (docs / "flows" / "100.md").write_text("# A line that was closed", encoding="utf-8")
    with pytest.raises(CommandError, match=r"flows/100\.md"):
        write_docs("--check")
    assert (docs / "flows" / "100.md").exists()
    assert write_docs() == "docs/flows/100.md\n"
    assert not (docs / "flows" / "100.md").exists()
    assert (docs / "flows" / "101.md").exists()


def test_flows_from_elsewhere_take_no_page_of_the_house_away(docs: Path, flows: Path) -> None:
    (flows / "104.yaml").unlink()
    write_docs("--folder", str(flows))
    assert (docs / "flows" / "104.md").exists()
    write_docs("--check", "--folder", str(flows))


def test_flows_that_are_wrong_or_not_there_write_nothing(docs: Path, flows: Path, tmp_path: Path) -> None:
    (flows / "104.yaml").write_text("line: 104", encoding="utf-8")
    with pytest.raises(CommandError, match=r"Nothing was written\.\n104\.yaml"):
        write_docs("--folder", str(flows))
    with pytest.raises(CommandError, match="There is no flow in"):
        write_docs("--folder", str(tmp_path / "nowhere"))
    assert write_docs("--check") == ""
