"""A kernel that refuses what a process would give up, as a container's does: by a filter on the process itself."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator

from systems.reports import confinement
from systems.reports.confinement import ANSWER, ARGUMENTS, IF_EQUAL, LOAD, NUMBER, SET_SECCOMP

CALLS = {"unshare": {"x86_64": 272, "aarch64": 97}, "landlock": {"x86_64": 444, "aarch64": 444}}
CONTROL = {"x86_64": 157, "aarch64": 167}  # prctl
REFUSED = 0x50000 | 1  # EPERM


def refuse(what: Collection[str]) -> None:
    """Of `unshare`, `landlock` and `seccomp`; from here on, for this process."""
    machine = os.uname().machine
    steps = list(_filter(what, machine))
    program = confinement._Program(
        len(steps), (confinement._Step * len(steps))(*(confinement._Step(*step) for step in steps))
    )
    confinement._ask(confinement._libc.prctl, confinement.NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    by_address = confinement.ctypes.byref(program)
    confinement._ask(confinement._libc.prctl, SET_SECCOMP, confinement.BY_FILTER, by_address, 0, 0)


def _filter(what: Collection[str], machine: str) -> Iterator[tuple[int, int, int, int]]:
    yield LOAD, 0, 0, NUMBER
    for call, number in CALLS.items():
        if call in what:
            yield from [(IF_EQUAL, 0, 1, number[machine]), (ANSWER, 0, 0, REFUSED)]
    if "seccomp" in what:
        yield from [(IF_EQUAL, 0, 3, CONTROL[machine]), (LOAD, 0, 0, ARGUMENTS), (IF_EQUAL, 0, 1, SET_SECCOMP)]
        yield ANSWER, 0, 0, REFUSED
    yield ANSWER, 0, 0, confinement.ALLOWED
