"""`make release VERSION=1.1.0`: closes the changelog's chapter, notes which migrations a release has, commits and tags.

What comes after it is held against those migrations: tests/callcenter/test_migrations_in_two_steps.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPEN = "## Unreleased\n"


def leaves() -> str:
    """The last migration of each room, a line each."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    django.setup()
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    found = sorted(MigrationLoader(None).graph.leaf_nodes())
    return "".join(f"{app} {name}\n" for app, name in found if app in ours)


def main() -> None:
    version = sys.argv[1] if len(sys.argv) == 2 else ""
    changes, listed = ROOT / "CHANGELOG.md", ROOT / "docs" / "releases" / f"{version}.txt"
    words = changes.read_text(encoding="utf-8")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or listed.exists():
        sys.exit("VERSION=1.1.0, one that is not there yet")
    if subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=ROOT, check=False).returncode:
        sys.exit("Commit first: what is released is what is committed.")
    if OPEN not in words or words.split(OPEN)[1].lstrip().startswith("## "):
        sys.exit("The changelog says nothing of it.")
    listed.parent.mkdir(exist_ok=True)
    changes.write_text(words.replace(OPEN, f"{OPEN}\n## {version} · {date.today()}\n", 1), encoding="utf-8")
    listed.write_text(leaves(), encoding="utf-8")
    for command in (
        ["add", str(changes), str(listed)], ["commit", "--quiet", "--message", f"release: {version}"],
        ["tag", "--annotate", version, "--message", version],
    ):  # fmt: skip
        subprocess.run(["git", *command], cwd=ROOT, check=True)
    sys.stdout.write(f"{version} is tagged: git push --follow-tags\n")


if __name__ == "__main__":
    main()
