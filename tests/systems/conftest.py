"""The running sandbox, and clients that give it as long as a busy machine takes."""

import pytest

from systems.registry import asked_cells
from tests.sandbox.running import sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture(autouse=True)
def ample_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is told no time-out waits for a minute; a system that hangs is asked with one."""
    for cell in asked_cells().values():
        monkeypatch.setitem(cell.client.__init__.__kwdefaults__, "timeout", 60.0)  # type: ignore[misc, union-attr]
