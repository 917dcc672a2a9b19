"""`make bench`: every benchmark, one after the other, each in a process of its own.

    python -m benchmarks               all of them
    python -m benchmarks desk_load     one, with its own options after it: python -m benchmarks desk_load --help

Each prints what it measured, the machine's limit measured in the same run, and the ratio of the two.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """Benchmarks of this folder: every module that can be run by itself."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(arguments: list[str]) -> int:
    known = names()
    chosen, options = (arguments[:1], arguments[1:]) if arguments else (known, [])
    if unknown := set(chosen) - set(known):
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.platform()}", flush=True)
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], cwd=HERE.parent, check=False)
        print(f"   ({time.monotonic() - began:.0f} s in all)", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"\nDid not finish: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
