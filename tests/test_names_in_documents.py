"""Files, commands and targets the documents name are there. Decisions may speak of what is gone: they are history."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.sources import HOUSE

DOCUMENTS = [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *sorted((HOUSE / "docs").glob("*.md"))]
NOT_OURS = {".venv", ".git", "var"}
OF_A_SITE = ("var/", "CALLCENTER_HOME/")  # made where it runs
IS_A_FILE = re.compile(r"[\w-][\w./-]*(?:/[\w./-]*|\.(?:py|md|yaml|html|css|js|toml|po|txt))")


def files() -> set[str]:
    """Every file and folder by its path, as short as a document may write it: `month/lifecycle.py` too."""
    parts = []
    for folder, folders, names in os.walk(HOUSE):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        parts += [(*Path(folder).relative_to(HOUSE).parts, name) for name in (*folders, *names)]
    return {"/".join(of[start:]) for of in parts for start in range(len(of))}


@pytest.fixture(scope="module")
def there() -> set[str]:
    return files()


def named(text: str) -> list[str]:
    return [name.strip() for name in re.findall(r"`([^`\n]+)`", text)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(document: Path, there: set[str]) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", (HOUSE / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    paths = [name for name in named(text) if IS_A_FILE.fullmatch(name) and not name.startswith(OF_A_SITE)]
    assert [name for name in paths if name.rstrip("/") not in there] == []
    assert set(re.findall(r"manage\.py (\w+)", text)) - set(get_commands()) == set()
    assert set(re.findall(r"`make ([a-z-]+)", text)) - targets == set()


def test_this_test_would_see_a_name_that_is_gone(there: set[str]) -> None:
    assert {"inbound/flows/layout.py", "month/lifecycle.py", "docs"} <= there
    assert "flow_layout.py" not in there
    assert IS_A_FILE.fullmatch("flow_layout.py")
