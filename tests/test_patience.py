"""No test depends on how fast the machine is: none waits for a while, and none bounds what a thing may take.

A test waits for what happens (`wait_until`, an event, `expect`). Where the subject is that a call comes back although
the other side hangs, the other side hangs for a minute and the test asks for half of it. What is fast is measured in
`benchmarks/`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources import HOUSE

LONGEST_PAUSE = 0.2  # seconds between two looks, from which on it is a wait
SHORTEST_BOUND = 20  # seconds; a busy machine takes a few for what is over at once on an idle one
PAUSE = re.compile(r"((time|asyncio)\.)?sleep|(threading\.)?(Event\(\)\.wait|Timer)")
CLOCKS = re.compile(r"(time\.)?(monotonic|perf_counter|process_time)|time\.time|timeit\.default_timer")
SUSPECT = re.compile(
    r"sleep|wait_for_timeout|Timer\(|monotonic|perf_counter|process_time|time\.time\(|default_timer|Event\(\)\."
    r"|wait_until|\.wait\(|\.join\("
)


def _suspects() -> dict[str, ast.Module]:
    """Parsed while tests are collected, as `tests/sources.py` says."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((HOUSE / "tests").rglob("*.py"))}
    return {path.relative_to(HOUSE).as_posix(): ast.parse(text) for path, text in texts.items() if SUSPECT.search(text)}


TREES = _suspects()


def number(node: ast.AST, known: dict[str, float]) -> float | None:
    """The value of a literal, or of a name of the module that stands for one; None for all else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return known.get(node.id) if isinstance(node, ast.Name) else None


def literals(tree: ast.Module) -> dict[str, float]:
    """The numbers that have a name in the module."""
    named = (node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name))
    return {node.targets[0].id: value for node in named if (value := number(node.value, {})) is not None}  # type: ignore[attr-defined]


def waits(tree: ast.Module) -> Iterator[int]:
    """Lines that wait for a while, whatever happens meanwhile."""
    known = literals(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        pause = number(node.args[0], known) if PAUSE.fullmatch(name) and node.args else None
        if name.endswith("wait_for_timeout") or (pause or 0) >= LONGEST_PAUSE or gives_up_soon(node, name, known):
            yield node.lineno


def gives_up_soon(call: ast.Call, name: str, known: dict[str, float]) -> bool:
    """Whether it waits for something, and not as long as a busy machine may take."""
    if name == "wait_until":
        given = [keyword.value for keyword in call.keywords if keyword.arg == "seconds"]
    elif re.fullmatch(r"\w*(event|thread|process|worker|server|told|began|ready)\w*\.(wait|join)", name):
        given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "timeout")]
    else:
        return False
    return any((seconds := number(one, known)) is not None and seconds < SHORTEST_BOUND for one in given)


def reads_a_clock(node: ast.AST, timed: set[str]) -> bool:
    """Whether seconds that passed are in it: a clock is asked, or something that was found by asking one."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and CLOCKS.fullmatch(ast.unparse(part.func)):
            return True
        if isinstance(part, ast.Name) and part.id in timed:
            return True
    return False


def seconds_by_name(tree: ast.Module) -> set[str]:
    """Variables that hold, and functions that return, how long something took: the difference of two looks."""
    timed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and takes_a_difference(node.value):
            timed |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.FunctionDef) and any(
            isinstance(part, ast.Return) and part.value and takes_a_difference(part.value) for part in ast.walk(node)
        ):
            timed.add(node.name)
        elif isinstance(node, ast.Call) and any(map(takes_a_difference, node.args)):
            timed.add(ast.unparse(node.func).removesuffix(".append"))  # a list of them
    return timed


def takes_a_difference(node: ast.AST) -> bool:
    differences = (part for part in ast.walk(node) if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub))
    return any(reads_a_clock(part, set()) for part in differences)


def bounds(tree: ast.Module) -> Iterator[int]:
    """Lines that ask for less than so many seconds."""
    known, timed = literals(tree), seconds_by_name(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        terms = [node.left, *node.comparators]
        for less, how, more in zip(terms, node.ops, terms[1:], strict=False):
            if isinstance(how, ast.Gt | ast.GtE):
                less, more = more, less
            elif not isinstance(how, ast.Lt | ast.LtE):
                continue
            limit = number(more, known)
            if limit is not None and limit < SHORTEST_BOUND and reads_a_clock(less, timed):
                yield node.lineno


@pytest.mark.parametrize("look", [waits, bounds], ids=["waits", "bounds"])
def test_no_test_depends_on_how_fast_the_machine_is(look) -> None:
    assert [f"{path}:{line}" for path, tree in TREES.items() for line in look(tree)] == []


def test_this_test_would_see_a_breach() -> None:
    breach = ast.parse(
        "QUICK = 2\n"
        "time.sleep(0.5)\n"
        "page.wait_for_timeout(400)\n"
        "threading.Event().wait(1)\n"
        "threading.Timer(0.3, may_commit.set).start()\n"
        "assert time.monotonic() - began < 1\n"
        "took = time.perf_counter() - began\n"
        "assert 0.5 < took <= QUICK\n"
        "def press(): return monotonic() - began\n"
        "assert 3 > press()\n"
        "waits.append(time.monotonic() - began)\n"
        "assert max(waits) < 2\n"
        "asyncio.sleep(1)\n"
        "thread.join(0.5)\n"
        "wait_until(ready, seconds=5, what='it')\n"
    )
    assert sorted(waits(breach)) == [2, 3, 4, 5, 13, 14, 15]
    assert list(bounds(breach)) == [6, 8, 10, 12]
    sound = ast.parse(
        "time.sleep(0.05)\nassert time.monotonic() - began < HELD / 2\nassert 1.9 < took\ntold.wait(60)\n"
        "thread.join(60)\n', '.join(names)\nwait_until(ready, what='it')\n"
    )
    assert list(waits(sound)) == list(bounds(sound)) == []
