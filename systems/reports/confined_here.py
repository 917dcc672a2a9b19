"""How far this machine lets the reader of strangers' files be confined: asked as it is asked before a file is read."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Collection

from systems.reports.confinement import ALL
from systems.reports.reading import ENVIRONMENT, ROOT

PATIENCE = 30  # seconds
ASK = (
    "import json, pathlib, sys; sys.path.insert(0, sys.argv[1]); from systems.reports.confinement import confine;"
    "print(json.dumps(confine(pathlib.Path(sys.argv[1]))))"
)
WORDS = {"network": "no network", "files": "no file but its own", "programs": "no program"}


@functools.cache
def confined_here() -> tuple[str, ...]:
    """What is out of the reader's reach, of `ALL`. Asked once by each process: a kernel does not change its mind."""
    asked = [sys.executable, "-c", ASK, str(ROOT)]
    try:
        said = subprocess.run(asked, env=ENVIRONMENT, capture_output=True, timeout=PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(json.loads(said))


def in_words(out_of_reach: Collection[str]) -> str:
    """As the health page tells it."""
    has = ", ".join(WORDS[one] for one in ALL if one in out_of_reach) or "nothing"
    lacks = ", ".join(one for one in ALL if one not in out_of_reach)
    return f"out of its reach: {has}" + (f"; this system does not keep it from: {lacks}" if lacks else "")
