"""One system more, which nobody has: its folder beside the others, its player in a sandbox, and nothing else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import systems
from systems.contract_page import contract_page
from systems.registry import cells
from tests.processes.house import ROOT
from tests.sandbox.running import RunningSandbox, manage, own_database, serving

INVENTED = Path(__file__).parent / "invented"  # its folders are put beside those of systems/


@contextmanager
def one_system_more() -> Iterator[None]:
    """While it lasts, `systems/` has the folder `satel` too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(systems, "__path__", [*systems.__path__, str(INVENTED)])
        cells.cache_clear()
        try:
            yield
        finally:
            patch.undo()
            cells.cache_clear()
            for name in [name for name in sys.modules if name.startswith("systems.satel")]:
                del sys.modules[name]


@contextmanager
def sandbox_that_plays_it(folder: Path) -> Iterator[RunningSandbox]:
    """A sandbox with one more file in `played/`, and the contract as the cells make it now; nothing is sown."""
    shutil.copytree(ROOT / "sandbox", folder / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(INVENTED / "played.py", folder / "sandbox" / "played" / "satel.py")
    (folder / "docs").mkdir()
    (folder / "docs" / "systems.yaml").write_text(contract_page(cells().values()), encoding="utf-8")
    with own_database() as database_url:
        manage(database_url, "migrate", "-v0", root=folder)
        with serving(database_url, root=folder) as address:
            yield RunningSandbox(address=address, database_url=database_url)
