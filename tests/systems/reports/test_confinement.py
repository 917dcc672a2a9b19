"""What opens files of strangers reaches neither network, nor other files, nor programs; what the system does not take
of that is told, and the file is read all the same.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from systems.reports.confined_here import confined_here, in_words
from systems.reports.confinement import ALL, FILES, NETWORK, PROGRAMS
from systems.reports.reading import read_report
from systems.reports.system_calls import FREELY, OF_ITSELF, OPENING, numbers

Attempt = Callable[[str, str], str]
ROOT = Path(__file__).resolve().parents[3]
BEGIN = f"import sys; sys.path[:0] = [sys.argv[1], {str(ROOT)!r}]; from systems.reports import process; "
COLUMNS = {"contract": ("CONTRATO",), "amount": ("MONTO",)}
SPY = """
import os, pathlib, signal, socket, subprocess

class Spy:
    def __init__(self, fields): pass
    def findings(self): return {}
    def clean(self, lines, columns):
        try:
            %s
            told = "done"
        except OSError as error:
            told = type(error).__name__
        return [[told for _ in lines]]
"""
# What a file would have done that took the reader over, and any of which keeps it from it.
HOSTILE = {
    "socket.create_connection(('127.0.0.1', {port}), 5)": {NETWORK},
    "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))": {NETWORK},
    "socket.socket(socket.AF_UNIX).connect({door!r})": {PROGRAMS},
    "socket.socket(socket.AF_UNIX).connect({abstract!r})": {PROGRAMS, NETWORK},
    "pathlib.Path({secret!r}).read_text()": {FILES},
    "os.listdir({folder!r})": {FILES},
    "pathlib.Path({environ!r}).read_bytes()": {FILES},
    "os.close(os.open({fresh!r}, os.O_CREAT | os.O_WRONLY))": {FILES, PROGRAMS},
    "os.truncate({secret!r}, 0)": {FILES, PROGRAMS},
    "os.unlink({fresh_too!r})": {FILES, PROGRAMS},
    "os.chmod({secret!r}, 0o666)": {PROGRAMS},
    "os._exit(0) if os.fork() == 0 else None": {PROGRAMS},
    "subprocess.run(['/bin/sh', '-c', ''], check=True)": {PROGRAMS},
    "os.kill({parent}, 0)": {PROGRAMS},
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as open_:
        yield open_


@pytest.fixture
def tell(tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attempt]:
    """What came of an attempt in a reader that was begun so, and that it read its file."""
    files = tmp_path / "house"
    files.mkdir()
    (files / "secret").write_text("SECRET_KEY=of-the-house")
    (files / "fresh_too").write_text("x")
    report = tmp_path / "report.csv"
    report.write_bytes(b"CONTRATO;MONTO\n1;149\n")
    door, abstract = files / "door", f"\0{tmp_path.name}-{os.getpid()}"
    names = {name: str(files / name) for name in ("secret", "fresh", "fresh_too")}
    told = {
        **names, "port": listener.getsockname()[1], "door": str(door), "abstract": abstract, "folder": str(files),
        "environ": f"/proc/{os.getpid()}/environ", "parent": os.getpid(),
    }  # fmt: skip

    def attempt(body: str, start: str) -> str:
        (tmp_path / "spy.py").write_text(SPY % body.format(**told))
        monkeypatch.setattr("systems.reports.reading.ROOT", tmp_path)
        monkeypatch.setattr("systems.reports.reading.START", BEGIN + start)
        with read_report(report, columns=COLUMNS, required=COLUMNS, cleaner="spy:Spy") as reading:
            (said,) = b"".join(reading.chunks()).split()
        return said.decode()

    with socket.socket(socket.AF_UNIX) as at_a_path, socket.socket(socket.AF_UNIX) as at_a_name:
        for one, place in ((at_a_path, str(door)), (at_a_name, abstract)):
            one.bind(place)
            one.listen()
        yield attempt


@pytest.mark.parametrize("body", HOSTILE)
def test_a_file_that_took_the_reader_over_reaches_nothing(body: str, tell: Attempt) -> None:
    assert tell(body, "process.confine = lambda file: []; process.main()") == "done", "without the defence it would"
    if not HOSTILE[body] & {*confined_here()}:
        pytest.skip(in_words(confined_here()))
    assert tell(body, "process.main()") in ("OSError", "PermissionError", "ConnectionRefusedError")


def begun(refused: Collection[str]) -> str:
    return f"from tests.systems.reports.refusing_kernel import refuse; refuse({sorted(refused)!r}); process.main()"


@pytest.mark.parametrize(
    ("refused", "out_of_reach"),
    [
        ({"unshare"}, ALL),
        ({"landlock"}, (NETWORK, PROGRAMS)),
        ({"seccomp"}, (NETWORK, FILES)),
        ({"unshare", "seccomp"}, (FILES,)),
        ({"unshare", "landlock", "seccomp"}, ()),
    ],
)
def test_what_the_kernel_refuses_is_told_and_the_file_is_read(
    refused: Collection[str], out_of_reach: Collection[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if {*confined_here()} != {*ALL}:
        pytest.skip(in_words(confined_here()))
    report = tmp_path / "report.csv"
    report.write_bytes(b"CONTRATO;MONTO\n1;149\n2;150\n")
    monkeypatch.setattr("systems.reports.reading.START", BEGIN + begun(refused))
    with read_report(report, columns=COLUMNS, required=COLUMNS) as reading:
        assert len(list(reading)) == 2
    assert tuple(reading.out_of_reach) == tuple(out_of_reach)


def test_where_only_the_namespace_holds_nobody_is_reached(tell: Attempt) -> None:
    if {*confined_here()} != {*ALL}:
        pytest.skip(in_words(confined_here()))
    for body in list(HOSTILE)[:2]:
        assert tell(body, begun({"landlock", "seccomp"})) == "OSError"


def test_it_is_said_in_words() -> None:
    assert in_words(ALL) == "out of its reach: no network, no file but its own, no program"
    assert in_words([NETWORK]) == ("out of its reach: no network; this system does not keep it from: files, programs")
    assert in_words([]).startswith("out of its reach: nothing; this system does not keep it from: network, files, pro")


def test_no_call_that_opens_a_way_out_is_on_the_list() -> None:
    """By name, on both machines: none of the network, of other processes, or of what a file is beside its content."""
    words = f"{FREELY} {OF_ITSELF} {' '.join(OPENING)}".split()
    names = words[::3]
    assert len(words) % 3 == 0
    for machine in ("x86_64", "aarch64"):
        found = numbers(" ".join(words), machine)
        assert len({*found}) == len(found)
    ways = ("sock", "connect", "send", "clone", "fork", "exec", "ptrace", "uring", "mount", "link", "chmod", "limit64")
    assert [name for name in names if any(way in name for way in ways)] == ["readlink", "readlinkat"]
    assert {*names} & {"unshare", "setns", "bpf", "process_vm_readv", "openat2", "memfd_create"} == set()
