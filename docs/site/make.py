"""Makes the manual in both languages, whole or not at all: `make manual`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import main as build

DOCS = Path(__file__).resolve().parents[1]
SOURCES = {"es": DOCS / "es", "en": DOCS}


def make(built: Path) -> int:
    """Into that folder, in the place of what was there. Returns the first failure of Sphinx, or 0."""
    with tempfile.TemporaryDirectory(dir=built.parent, prefix=".manual-") as making:
        for language, source in SOURCES.items():
            out, doctrees = Path(making, "new", language), Path(making, "doctrees", language)
            said = ["-q", "-W", "--keep-going", "-c", DOCS / "site", "-t", language, "-d", doctrees, source, out]
            if failed := build([str(one) for one in said]):
                return failed
            (out / ".buildinfo").unlink(missing_ok=True)
            (out / "objects.inv").unlink(missing_ok=True)
        if built.exists():
            built.rename(Path(making, "old"))
        Path(making, "new").rename(built)
    return 0


if __name__ == "__main__":
    sys.exit(make(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DOCS / "built"))
