"""The pages of `docs/` that are made from the code, so that they cannot lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from django.conf import settings

from agents.diagram import LIFE as OF_AN_AGENT
from callcenter.programs import document
from campaigns.contacts.diagram import LIFE as OF_A_CONTACT
from campaigns.month.diagram import LIFE as OF_A_CAMPAIGN
from escalations.diagram import LIFE as OF_AN_ESCALATION
from inbound.flows.pages import pages as flow_pages
from inbound.flows.publishing import FLOWS, files, read_files
from inbound.writes.diagram import LIFE as OF_A_WRITE
from screens.lives import states_page
from systems.contract_page import contract_page
from systems.registry import cells
from work.diagram import life as life_of_owed_work

LIVES = (OF_AN_AGENT, OF_A_CAMPAIGN, OF_A_CONTACT, OF_AN_ESCALATION, OF_A_WRITE)
MADE_WHOLE = ("flows",)  # folders of `docs/` with nothing but made pages


def made_pages(*, flows: Path = FLOWS) -> dict[str, str]:
    """Every page by its name in `docs/`: lives, the contract with outside systems, flows. Raises FlowErrors.

    `flows`: the folder of the lines' flows.
    """
    lives = {life.page: states_page(life) for life in (*LIVES, life_of_owed_work())}
    return {
        **lives,
        "systems.yaml": contract_page(cells().values()),
        "openapi.json": document(),
        **flow_pages(read_files(files(flows))),
    }


def stale_pages(pages: Mapping[str, str]) -> list[str]:
    """Names of the pages that are not what the code makes of them: changed or missing."""
    return [name for name, page in pages.items() if _on_file(name) != page]


def surplus_pages(pages: Mapping[str, str]) -> list[str]:
    """Names of the pages that are made no more, if `pages` are all there are: those of another folder never are."""
    there = [f"{folder}/{path.name}" for folder in MADE_WHOLE for path in sorted(_of(folder).glob("*.md"))]
    return [name for name in there if name not in pages]


def write_pages(pages: Mapping[str, str], *, taken_away: Collection[str] = ()) -> list[str]:
    """Write what is stale and take away what is named. Returns the names of both."""
    stale = stale_pages(pages)
    for name in stale:
        _of(name).parent.mkdir(parents=True, exist_ok=True)
        _of(name).write_text(pages[name], encoding="utf-8")
    for name in taken_away:
        _of(name).unlink()
    return [*stale, *taken_away]


def _on_file(name: str) -> str | None:
    return _of(name).read_text(encoding="utf-8") if _of(name).exists() else None


def _of(name: str) -> Path:
    return Path(settings.BASE_DIR) / "docs" / name
