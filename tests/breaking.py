"""`make break`: the rules of the house broken one at a time, to see that a test finds each.

Nothing of this tree is touched: its tracked files are copied to folders that are thrown away, one for each rule that is
broken at the same moment, with servers of their own. All the tests that are named hold first as the house stands.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from tests.a_rule import Rule
from tests.rules_to_break import RULES
from tests.sources import HOUSE

AT_ONCE = min(os.cpu_count() or 1, 4)
WITHOUT = ("cacheprovider", "schemathesis", "playwright")  # the last two take half the time until the first test runs
PYTEST = (sys.executable, "-m", "pytest", "-q", "--tb=line", *(f"-pno:{plugin}" for plugin in WITHOUT))
NO_END = 900.0  # seconds after which the tests of one broken rule are given up
FIRST_FAILURE = re.compile(r"^FAILED (tests/\S+?::\w+)", re.MULTILINE)  # an ERROR is of what comes before the test
OURS = ("DATABASE_URL", "REDIS_URL", "CALLCENTER_HOME", "PYTEST_ADDOPTS")  # of the real tree; a copy has its own


@dataclass(frozen=True)
class Tried:
    """What became of a rule: the first test that failed, empty when none did, and what pytest said."""

    found_by: str
    said: str


def main(words: Sequence[str]) -> int:
    """Break the rules whose name or file holds one of `words`, or all. 0 when a test found each."""
    chosen = [rule for rule in RULES if not words or any(word in f"{rule.name} {rule.file}" for word in words)]
    if not chosen:
        print("no rule is called so")
        return 1
    with tempfile.TemporaryDirectory(prefix="breaking-", ignore_cleanup_errors=True) as folder, ExitStack() as servers:
        trees = [copy_of_the_house(Path(folder) / str(number)) for number in range(min(AT_ONCE, len(chosen)))]
        for tree in trees:
            servers.enter_context(servers_stay(tree))
        named = sorted({test for rule in chosen for test in rule.tests})
        unbroken = run_tests(trees[0], named, "-n", str(len(trees)), "--dist", "loadgroup")
        if unbroken.returncode:
            print(f"{unbroken.stdout}\nthe tests do not hold as the house stands: nothing was broken")
            return 1
        print(f"as the house stands: {unbroken.stdout.strip().splitlines()[-1]}", flush=True)
        return tell(chosen, trees)


def tell(chosen: Sequence[Rule], trees: Sequence[Path]) -> int:
    """A line for each rule in the order of the table, and how many were found."""
    free: Queue[Path] = Queue()
    for tree in trees:
        free.put(tree)
    workers = ThreadPoolExecutor(len(trees))
    found = 0
    try:
        for rule, tried in zip(chosen, workers.map(lambda rule: try_one(rule, free), chosen), strict=True):
            found += bool(tried.found_by)
            print(f"{rule.name}: {f'found by {tried.found_by}' if tried.found_by else 'NOT FOUND'}", flush=True)
            if not tried.found_by:
                print(tried.said, flush=True)
    finally:
        workers.shutdown(cancel_futures=True)  # after Ctrl-C, which the tests under way have heard as well
    print(f"{found} of {len(chosen)} rules found")
    return int(found < len(chosen))


def try_one(rule: Rule, free: Queue[Path]) -> Tried:
    """Break a rule in a tree that is free, run its tests, take the break back."""
    tree = free.get()
    try:
        with broken(rule, tree):
            done = run_tests(tree, rule.tests, "-x")
    except subprocess.TimeoutExpired:
        return Tried("", f"the tests came to no end in {NO_END:.0f} s")
    finally:
        free.put(tree)
    first = FIRST_FAILURE.search(done.stdout)
    return Tried(first[1] if first else "", "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:]))


@contextmanager
def broken(rule: Rule, tree: Path) -> Iterator[None]:
    path = tree / rule.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(rule.stands) != 1:
        raise ValueError(f"{rule.name}: its text is not in {rule.file} exactly once")
    path.write_text(whole.replace(rule.stands, rule.broken), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")


def copy_of_the_house(tree: Path) -> Path:
    """The tracked files as they stand now, the environment linked, the translations compiled."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (HOUSE / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOUSE / name, tree / name)
    if (HOUSE / ".venv").exists():
        (tree / ".venv").symlink_to((HOUSE / ".venv").resolve())
    subprocess.run([sys.executable, "-m", "callcenter.catalogues"], cwd=tree, check=True, env=_environment())
    return tree


@contextmanager
def servers_stay(tree: Path) -> Iterator[None]:
    """Keep the copy's servers between two runs, and wait until they have ended: their folder goes with the copy."""
    home = tree / "var" / "tests"
    home.mkdir(parents=True)
    try:
        with (home / "in-use.lock").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield
    finally:
        with (home / "keeper.lock").open("a") as keeper:
            fcntl.flock(keeper, fcntl.LOCK_EX)


def run_tests(tree: Path, tests: Sequence[str], *options: str) -> subprocess.CompletedProcess[str]:
    """pytest in a tree. Raises TimeoutExpired."""
    return subprocess.run(
        [*PYTEST, *options, *tests], cwd=tree, env=_environment(), capture_output=True, text=True, check=False,
        timeout=NO_END,
    )  # fmt: skip


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
