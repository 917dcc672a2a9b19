"""What the process that opens files of strangers gives up before it opens one, as far as the kernel takes it.

Three things that any process may ask of Linux without being root (docs/decisions/0197): namespaces with nobody else in
them, Landlock (it opens its file alone, and none to write), and the list of system calls that reading takes. Whatever
is refused, as containers often do, is left out and told: the limits of `process.bind` hold all the same.
"""

import ctypes
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from systems.reports.system_calls import FREELY, MACHINES, OF_ITSELF, OPENING, numbers

NETWORK, FILES, PROGRAMS = ALL = ("network", "files", "programs")  # what may be out of its reach

NEW_USER, NEW_IPC, NEW_NETWORK = 0x10000000, 0x08000000, 0x40000000  # <linux/sched.h>
NO_NEW_PRIVILEGES, SET_SECCOMP, BY_FILTER = 38, 22, 2  # <linux/prctl.h>, <linux/seccomp.h>
MAKE_RULES, ADD_RULE, KEEP_TO_THEM = 444, 445, 446  # Landlock's system calls, the same on every machine
READ_FILE, READ_FOLDER, BELOW_A_PATH = 1 << 2, 1 << 3, 1  # <linux/landlock.h>
OVER_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # rights, by the version that brought them
OVER_TCP, OVER_SOCKETS_AND_SIGNALS = {4: 3}, {6: 3}
LOAD, IF_EQUAL, IF_ANY_OF, ANSWER = 0x20, 0x15, 0x45, 0x06  # <linux/bpf_common.h>
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # where they stand in struct seccomp_data
ALLOWED, NOT_THERE, FORBIDDEN = 0x7FFF0000, 0x50000 | 38, 0x50000 | 13  # ENOSYS: a library tries another way; EACCES
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_libc = ctypes.CDLL(None, use_errno=True)


def confine(file: Path) -> list[str]:
    """Give up all but reading `file`. Returns what is out of reach from here on, of `ALL`."""
    if not sys.platform.startswith("linux"):
        return []
    gone = set()
    # whoever is root needs no other user for it, and would lose the right to read files that are not root's
    if _took(_unshare, NEW_IPC | NEW_NETWORK) or _took(_unshare, NEW_USER | NEW_IPC | NEW_NETWORK):
        gone.add(NETWORK)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # holds for whoever is not root
    if _took(_ask, _libc.prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        if _took(_open_only, file):
            gone.add(FILES)
        if _took(_call_only_what_reading_takes):
            gone |= {NETWORK, PROGRAMS}
    return [one for one in ALL if one in gone]


def _took(step: Callable[..., object], *given: object) -> bool:
    try:
        step(*given)
    except OSError:
        return False
    return True


def _ask(function: Callable[..., int], *given: object) -> int:
    """Raises OSError."""
    answer = function(*(ctypes.c_long(one) if isinstance(one, int) else one for one in given))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


def _unshare(what: int) -> None:
    _ask(_libc.unshare, what)


def _open_only(file: Path) -> None:
    """Of the file, and of what Python may yet import, reading; of nothing else anything."""
    version = _ask(_libc.syscall, MAKE_RULES, None, 0, 1)
    rights = [sum(bits for since, bits in kind.items() if since <= version)
              for kind in (OVER_FILES, OVER_TCP, OVER_SOCKETS_AND_SIGNALS)]  # fmt: skip
    known = (ctypes.c_uint64 * 3)(*rights)
    size = 8 * (1 + (version >= min(OVER_TCP)) + (version >= min(OVER_SOCKETS_AND_SIGNALS)))
    rules = _ask(_libc.syscall, MAKE_RULES, ctypes.byref(known), size, 0)
    libraries = [Path(os.__file__).parent, *(Path(place) for place in sys.path if place.endswith("-packages"))]
    for place, right in [(file, READ_FILE), *((library, READ_FILE | READ_FOLDER) for library in libraries)]:
        if place.exists():
            opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
            rule = ctypes.create_string_buffer(right.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder))
            _ask(_libc.syscall, ADD_RULE, rules, BELOW_A_PATH, rule, 0)
            os.close(opened)
    _ask(_libc.syscall, KEEP_TO_THEM, rules, 0)
    os.close(rules)


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint32),
    )  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def _call_only_what_reading_takes() -> None:
    machine = os.uname().machine
    if machine not in MACHINES or sys.maxsize < 2**32:
        raise OSError(f"its system calls are not known here: {machine}")
    steps = list(_filter(machine))
    program = _Program(len(steps), (_Step * len(steps))(*(_Step(*step) for step in steps)))
    _ask(_libc.prctl, SET_SECCOMP, BY_FILTER, ctypes.byref(program), 0, 0)


def _filter(machine: str) -> Iterator[tuple[int, int, int, int]]:
    """What the kernel runs at each call: of `IF_…` how many steps are left out when it is so, and when it is not."""
    yield LOAD, 0, 0, MACHINE
    yield from [(IF_EQUAL, 1, 0, MACHINES[machine]), (ANSWER, 0, 0, NOT_THERE)]
    yield LOAD, 0, 0, NUMBER
    for number in numbers(FREELY, machine):
        yield from [(IF_EQUAL, 0, 1, number), (ANSWER, 0, 0, ALLOWED)]
    for number in numbers(OF_ITSELF, machine):
        yield from [(IF_EQUAL, 0, 4, number), (LOAD, 0, 0, ARGUMENTS), (IF_EQUAL, 0, 1, os.getpid())]
        yield from [(ANSWER, 0, 0, ALLOWED), (ANSWER, 0, 0, FORBIDDEN)]
    for call, what_for in OPENING.items():
        for number in numbers(call, machine):
            yield from [(IF_EQUAL, 0, 4, number), (LOAD, 0, 0, ARGUMENTS + 8 * what_for), (IF_ANY_OF, 1, 0, TO_WRITE)]
            yield from [(ANSWER, 0, 0, ALLOWED), (ANSWER, 0, 0, FORBIDDEN)]
    yield ANSWER, 0, 0, NOT_THERE
