"""The pages of `docs/` that are made from the code, so that they cannot lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from campaigns.contacts.state_diagram import LIFE as OF_A_CONTACT
from campaigns.month.state_diagram import LIFE as OF_A_CAMPAIGN
from escalations.state_page import LIFE as OF_AN_ESCALATION
from inbound.flows.pages import pages as flow_pages
from inbound.flows.publishing import FLOWS, files, read_files
from inbound.writes.diagram import LIFE as OF_A_WRITE
from screens.lives import states_page
from systems.contract_page import contract_page
from systems.registry import cells
from work.diagram import life as life_of_owed_work

LIVES = (OF_A_CAMPAIGN, OF_A_CONTACT, OF_AN_ESCALATION, OF_A_WRITE)


def made_pages() -> dict[str, str]:
    """Every page by its name in `docs/`: lives, the contract with outside systems, flows. Raises FlowErrors."""
    lives = {life.page: states_page(life) for life in (*LIVES, life_of_owed_work())}
    return {**lives, "systems.yaml": contract_page(cells().values()), **flow_pages(read_files(files(FLOWS)))}


def stale_pages() -> list[str]:
    """Names of the pages that are not what the code would make of them."""
    return [name for name, page in made_pages().items() if not _of(name).exists() or _of(name).read_text() != page]


def write_pages() -> list[str]:
    """Write what is stale. Returns its names."""
    pages, stale = made_pages(), stale_pages()
    for name in stale:
        _of(name).parent.mkdir(parents=True, exist_ok=True)
        _of(name).write_text(pages[name], encoding="utf-8")
    return stale


def _of(name: str) -> Path:
    return Path(settings.BASE_DIR) / "docs" / name
