"""Looking for reports in folders, on SFTP servers and behind https addresses, good ones and bad ones."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest

from callcenter.ports import a_free_port
from systems.reports import folders, https
from systems.reports.sources import (
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    check_settings,
    fetch,
    look,
)
from tests.systems.reports.an_sftp_server import CLIENT_KEY, HELD

# the SFTP server of the tests has threads of its own, which take a client's good-bye for an error
pytestmark = [
    pytest.mark.waits,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

BODY = b"contenido de ccvp-2026-12.xlsx"


def names(settings: SourceSettings) -> list[str]:
    return [found.name for found in look(settings, period="2026-12").files]


def left_out(settings: SourceSettings) -> list[str]:
    """The beginnings of the sentences, up to why."""
    return sorted(one.why.partition(" no se tomó: ")[0] for one in look(settings, period="2026-12").left_out)


def folder(drop: Path, **more: Any) -> SourceSettings:
    place = {"transport": "file", "location": str(drop), "pattern": "ccvp-{period}.*", "folders": [drop]}
    return SourceSettings(**{**place, **more})


def sftp(server: Any, **more: Any) -> SourceSettings:
    place = {
        "transport": "sftp",
        "location": f"sftp://ccvp@127.0.0.1:{server.port}/",
        "pattern": "ccvp-{period}.*",
        "host_key": server.host_key,
        "secret": "secreto",
        "connect_seconds": HELD,
        "read_seconds": HELD,
        "hosts": ["127.0.0.1:*"],
    }
    return SourceSettings(**{**place, **more})


def web(address: str, **more: Any) -> SourceSettings:
    place = {"transport": "https", "location": address, "pattern": "ccvp-{period}.*", "read_seconds": HELD}
    place["hosts"] = ("127.0.0.1:*", "localhost:*", "::1:*")
    return SourceSettings(**{**place, **more})


# -- A folder ---------------------------------------------------------------------------------------------------------


def test_a_folder_gives_the_finished_files_of_the_month(drop: Path) -> None:
    found = look(folder(drop), period="2026-12").files
    assert [one.name for one in found] == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    assert [one.size for one in found] == [29, 30]
    assert all(one.modified is not None and one.modified.tzinfo for one in found)


def test_a_fetched_file_is_whole_and_known_by_its_hash(drop: Path, tmp_path: Path) -> None:
    fetched = fetch(folder(drop), "ccvp-2026-12.xlsx", to=tmp_path / "in", max_bytes=1000)
    assert (fetched.size, fetched.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert fetched.path.read_bytes() == BODY


def test_a_file_that_grows_is_left_for_the_next_look(drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing = drop / "ccvp-2026-12.ods"
    growing.write_bytes(b"x")
    monkeypatch.setattr(folders, "FRESH_SECONDS", 3600)
    with monkeypatch.context() as between_two_looks:
        between_two_looks.setattr(folders.time, "sleep", lambda _seconds: growing.write_bytes(b"xx"))
        assert names(folder(drop)) == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    assert "ccvp-2026-12.ods" in names(folder(drop))


@pytest.mark.parametrize("name", ["../secreto.txt", "/etc/passwd", "..", "", "a\x00b", "a\nb", "..\\secreto.txt"])
def test_a_name_never_leaves_its_folder(drop: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceRefused):
        fetch(folder(drop), name, to=tmp_path / "in", max_bytes=1000)


def test_links_and_folders_are_no_files(drop: Path, tmp_path: Path) -> None:
    with pytest.raises((SourceRefused, SourceUnavailable)):
        fetch(folder(drop), "ccvp-2026-12.lnk", to=tmp_path / "in", max_bytes=1000)
    with pytest.raises((SourceRefused, SourceUnavailable)):
        fetch(folder(drop), "ccvp-2026-12.folder", to=tmp_path / "in", max_bytes=1000)
    os.mkfifo(drop / "ccvp-2026-12.pipe")
    with pytest.raises(SourceRefused):
        fetch(folder(drop), "ccvp-2026-12.pipe", to=tmp_path / "in", max_bytes=1000)


def test_what_looks_like_a_file_of_the_month_and_is_none_is_named(drop: Path) -> None:
    os.mkfifo(drop / "ccvp-2026-12.pipe")
    (drop / "ccvp-2026-12.Recaudaci\udcf3n.csv").write_bytes(b"x")
    (drop / "ccvp-2026-12.\xa0\u202e.csv").write_bytes(b"x")
    assert names(folder(drop)) == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    assert left_out(folder(drop)) == [
        r"«ccvp-2026-12.Recaudaci\udcf3n.csv»", r"«ccvp-2026-12.\xa0\u202e.csv»", "«ccvp-2026-12.folder»",
        "«ccvp-2026-12.lnk»", "«ccvp-2026-12.pipe»",
    ]  # fmt: skip
    assert "«ccvp-2026-12.folder»" not in left_out(folder(drop, pattern="*")), "which anything fits"


def test_a_file_too_big_leaves_nothing_behind(drop: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="pesa más"):
        fetch(folder(drop), "ccvp-2026-12.xlsx", to=tmp_path / "in", max_bytes=10)
    assert not (tmp_path / "in").exists()


def test_a_folder_that_is_not_mounted_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="No se pudo leer la carpeta"):
        names(folder(tmp_path / "nowhere"))


def test_an_unknown_transport_is_refused(drop: Path) -> None:
    with pytest.raises(SourceRefused, match="ftp"):
        names(folder(drop, transport="ftp"))


def test_the_secret_is_not_told_by_the_settings(drop: Path) -> None:
    assert "secreto" not in repr(folder(drop, secret="secreto"))


# -- An SFTP server ---------------------------------------------------------------------------------------------------


def test_an_sftp_server_gives_its_files(sftp_server: Any, tmp_path: Path) -> None:
    assert names(sftp(sftp_server)) == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    fetched = fetch(sftp(sftp_server), "ccvp-2026-12.xlsx", to=tmp_path / "in", max_bytes=1000)
    assert fetched.path.read_bytes() == BODY


def test_what_an_sftp_server_has_that_looks_like_a_file_is_named(sftp_server: Any, drop: Path) -> None:
    (drop / "ccvp-2026-12.\xa0.csv").write_bytes(b"x")
    assert names(sftp(sftp_server)) == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    assert left_out(sftp(sftp_server)) == [
        r"«ccvp-2026-12.\xa0.csv»", "«ccvp-2026-12.folder»", "«ccvp-2026-12.lnk»"
    ]  # fmt: skip


def test_a_name_that_is_no_utf_8_is_said_and_is_no_fault_of_ours(
    sftp_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(self: Any, path: str) -> Any:
        return [paramiko.SFTPAttributes.from_stat(self.root.lstat(), b"Recaudaci\xf3n.xlsx")]

    monkeypatch.setattr(sftp_server.folder, "list_folder", listed)
    with pytest.raises(SourceUnavailable, match="no es UTF-8"):
        names(sftp(sftp_server))


def test_a_large_file_comes_whole(sftp_server: Any, drop: Path, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (drop / "ccvp-2026-12.big").write_bytes(content)
    fetched = fetch(sftp(sftp_server), "ccvp-2026-12.big", to=tmp_path / "in", max_bytes=4_000_000)
    assert fetched.sha256 == hashlib.sha256(content).hexdigest()


def test_any_pinned_kind_of_key_will_do(sftp_server: Any) -> None:
    rsa = sftp_server.keys[1]
    assert names(sftp(sftp_server, host_key=f"ssh-rsa {rsa.get_base64()} root@smartflex"))


def test_a_server_with_another_key_never_hears_the_password(sftp_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = paramiko.ECDSAKey.generate()
    told: list[object] = []
    monkeypatch.setattr(paramiko.Transport, "auth_password", lambda *args: told.append(args))
    with pytest.raises(SourceRefused, match="otra clave"):
        names(sftp(sftp_server, host_key=f"{stranger.get_name()} {stranger.get_base64()}"))
    assert told == []


@pytest.mark.parametrize("host_key", ["", "ssh-ed25519", "ssh-ed25519 ***", "ssh-dss AAAA"])
def test_without_a_usable_key_nothing_is_asked(sftp_server: Any, host_key: str) -> None:
    with pytest.raises(SourceRefused):
        names(sftp(sftp_server, host_key=host_key))


def test_a_server_without_the_pinned_kind_of_key_is_refused(sftp_server: Any) -> None:
    with pytest.raises(SourceRefused, match="tipo registrado"):
        names(sftp(sftp_server, host_key=sftp_server.host_key.replace("ecdsa-sha2-nistp256", "ssh-ed25519")))


def test_a_wrong_password_is_refused(sftp_server: Any) -> None:
    with pytest.raises(SourceRefused, match="no aceptó"):
        names(sftp(sftp_server, secret="otro"))


def test_a_private_key_signs_in_too(sftp_server: Any) -> None:
    pem = io.StringIO()
    CLIENT_KEY.write_private_key(pem)
    assert names(sftp(sftp_server, secret=pem.getvalue())) == ["CCVP-2026-12.csv", "ccvp-2026-12.xlsx"]
    with pytest.raises(SourceRefused, match="clave privada"):
        names(sftp(sftp_server, secret="-----BEGIN NOTHING-----"))


def test_a_missing_folder_is_unavailable(sftp_server: Any) -> None:
    with pytest.raises(SourceUnavailable, match="no existe"):
        names(sftp(sftp_server, location=f"sftp://ccvp@127.0.0.1:{sftp_server.port}/nowhere"))


def test_too_big_a_file_is_not_begun(sftp_server: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="pesa más"):
        fetch(sftp(sftp_server), "ccvp-2026-12.xlsx", to=tmp_path / "in", max_bytes=10)


def test_a_server_that_says_nothing_is_given_up(drop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = SourceSettings(
            transport="sftp",
            location=f"sftp://ccvp@127.0.0.1:{silent.getsockname()[1]}/",
            pattern="*",
            host_key="ssh-ed25519 AAAA",
            hosts=["127.0.0.1:*"],
            connect_seconds=1.0,
        )
        began = time.monotonic()
        with pytest.raises(SourceUnavailable):
            names(place)
        assert time.monotonic() - began < HELD / 2


def test_a_transfer_that_stops_in_the_middle_is_given_up(sftp_server: Any, drop: Path, tmp_path: Path) -> None:
    (drop / "ccvp-2026-12.stuck").write_bytes(b"x" * 100_000)
    began = time.monotonic()
    with pytest.raises(SourceUnavailable):
        fetch(sftp(sftp_server, read_seconds=0.5), "ccvp-2026-12.stuck", to=tmp_path / "in", max_bytes=10**6)
    assert time.monotonic() - began < HELD / 2
    assert not (tmp_path / "in").exists()


def test_a_server_that_is_down_is_unavailable(sftp_server: Any) -> None:
    sftp_server.close()
    with pytest.raises(SourceUnavailable):
        names(sftp(sftp_server))


# -- An https address -------------------------------------------------------------------------------------------------


def test_a_listing_of_links_is_looked_through(serve: Callable[..., str], drop: Path, tmp_path: Path) -> None:
    (drop / "ccvp-2026-12.lnk").unlink()
    (drop / "ccvp-2026-12.año 1.csv").write_bytes(b"ok")
    (drop / "ccvp-2026-12.folder").rmdir()
    place = web(serve(drop))
    found = {one.name: one for one in look(place, period="2026-12").files}
    assert set(found) == {"CCVP-2026-12.csv", "ccvp-2026-12.xlsx", "ccvp-2026-12.año 1.csv"}
    assert found["ccvp-2026-12.xlsx"].size == len(BODY)
    assert found["ccvp-2026-12.xlsx"].modified is not None
    assert fetch(place, "ccvp-2026-12.xlsx", to=tmp_path / "a", max_bytes=1000).path.read_bytes() == BODY
    assert fetch(place, "ccvp-2026-12.año 1.csv", to=tmp_path / "b", max_bytes=1000).path.read_bytes() == b"ok"


def test_a_link_whose_name_is_no_file_of_this_folder_is_named(serve: Callable[..., str], drop: Path) -> None:
    linked = (
        b"?C=N", b"../", b"ccvp-2026-12.xlsx", b"ccvp-2026-12.%F3.csv", b"ccvp-2026-12.\xe9.csv",
        b"ccvp-2026-12.%2Fa.csv", b"ccvp-2026-12.%C2%A0.csv", b"ccvp-2026-12.folder/", b"old/ccvp-2026-12.csv",
        b"ccvp-2026-12.folder/ccvp-2026-12.csv", b".ccvp-2026-12.%F3",
    )  # fmt: skip
    (drop / "index.html").write_bytes(b"".join(b'<a href="%s">x</a>' % link for link in linked))
    place = web(serve(drop))
    assert names(place) == ["ccvp-2026-12.xlsx"]
    assert left_out(place) == [
        "«ccvp-2026-12./a.csv»", r"«ccvp-2026-12.\udce9.csv»", r"«ccvp-2026-12.\udcf3.csv»",
        r"«ccvp-2026-12.\xa0.csv»", "«ccvp-2026-12.folder»",
    ]  # fmt: skip
    assert left_out(web(serve(drop), pattern="ccvp-{period}.\xa0")) == [r"«ccvp-2026-12.\xa0»"]
    assert "«»" not in left_out(web(serve(drop), pattern="*")), "which is the folder itself"


def test_a_file_that_a_server_lists_and_does_not_have_is_named(serve: Callable[..., str], drop: Path) -> None:
    place = web(serve(drop))
    (drop / "ccvp-2026-12.gone.csv").symlink_to(drop / "nowhere")
    assert sorted(names(place)) == ["CCVP-2026-12.csv", "ccvp-2026-12.lnk", "ccvp-2026-12.xlsx"]
    told = look(place, period="2026-12").left_out[-1]
    assert told.why == "«ccvp-2026-12.gone.csv» no se tomó: el servidor lo nombra en su lista y responde que no está."


def test_a_listing_of_more_files_than_are_asked_about_is_refused_whole(
    serve: Callable[..., str], drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drop / "ccvp-2026-12.folder").rmdir()
    place = web(serve(drop), pattern="*.xlsx")
    (drop / "otro.xlsx").write_bytes(b"ok")
    monkeypatch.setattr(https, "MOST_FILES", 2)
    assert names(place) == ["ccvp-2026-12.xlsx", "otro.xlsx"]
    (drop / "uno más.xlsx").write_bytes(b"ok")
    with pytest.raises(SourceRefused, match="más de 2 archivos"):
        names(place)


def test_a_name_that_follows_from_the_month_is_asked_for(serve: Callable[..., str], drop: Path) -> None:
    place = web(serve(drop), pattern="ccvp-{period}.xlsx")
    assert names(place) == ["ccvp-2026-12.xlsx"]
    assert look(place, period="2030-01").files == []


def test_only_https_is_spoken_outside_of_this_machine() -> None:
    with pytest.raises(SourceRefused, match="https"):
        names(web("http://smartflex.example/reports/"))


def test_redirects_stay_at_the_server(serve: Callable[..., str], tmp_path: Path) -> None:
    place = web(serve())
    assert fetch(place, "near", to=tmp_path / "in", max_bytes=1000).path.read_bytes() == b"here"
    with pytest.raises(SourceRefused, match="otro lugar"):
        fetch(place, "away", to=tmp_path / "in", max_bytes=1000)
    with pytest.raises(SourceRefused, match="sin fin"):
        fetch(place, "round", to=tmp_path / "in", max_bytes=1000)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("hangs", SourceUnavailable),
        ("drips", SourceUnavailable),
        ("short", SourceUnavailable),
        ("broken", SourceUnavailable),
        ("endless", SourceRefused),
        ("private", SourceRefused),
    ],
)
def test_a_bad_answer_has_a_name_and_leaves_no_file(
    serve: Callable[..., str], tmp_path: Path, name: str, error: type[Exception]
) -> None:
    limit = 1.0 if name in ("hangs", "drips") else HELD
    began = time.monotonic()
    with pytest.raises(error):
        fetch(web(serve(), total_seconds=limit, read_seconds=limit), name, to=tmp_path / "in", max_bytes=1_000_000)
    assert not (tmp_path / "in").exists()
    assert time.monotonic() - began < HELD / 2


def test_a_token_opens_what_is_private(serve: Callable[..., str], tmp_path: Path) -> None:
    place = web(serve(), secret="token")
    assert fetch(place, "private", to=tmp_path / "in", max_bytes=1000).size == 7


def test_a_server_that_refuses_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable):
        names(web(f"http://127.0.0.1:{a_free_port()}/"))


# -- Which servers may be asked at all --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/reports/",
        "https://127.0.0.1.elsewhere.example/",
        "https://127.0.0.1@elsewhere.example/",
        "https://169.254.169.254/latest/",
        "sftp://ccvp@elsewhere.example/",
    ],
)
def test_a_server_that_is_not_allowed_is_never_asked(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def knocks(*_: Any, **__: Any) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr("socket.create_connection", knocks)
    monkeypatch.setattr("httpx.Client.stream", knocks)
    place = SourceSettings(
        transport=location.split(":")[0],
        location=location,
        pattern="*",
        host_key="ssh-ed25519 AAAA",
        hosts=["127.0.0.1", "smartflex.example"],
        secret="secreto",
    )
    with pytest.raises(SourceRefused, match="no está entre los permitidos"):
        look(place, period="2026-12")
    with pytest.raises(SourceRefused, match="no está entre los permitidos"):
        fetch(place, "ccvp-2026-12.csv", to=Path("/dev/null"), max_bytes=1)


@pytest.mark.parametrize(
    ("location", "is_known"),
    [
        ("https://smartflex.example/reports/", True),
        ("https://smartflex.example:443/reports/", True),
        ("https://smartflex.example:6379/", False),
        ("https://smartflex.example:8443/", True),
        ("sftp://ccvp@smartflex.example/reports", True),
        ("sftp://ccvp@smartflex.example:25/reports", False),
        ("sftp://ccvp@smartflex.example:443/reports", False),
    ],
)
def test_a_server_is_asked_at_the_port_of_its_kind_or_one_that_is_named(location: str, is_known: bool) -> None:
    place = SourceSettings(
        transport=location.split(":")[0], location=location, pattern="*", host_key="ssh-ed25519 AAAA",
        hosts=["smartflex.example", "smartflex.example:8443"],
    )  # fmt: skip
    if is_known:
        check_settings(place)
        return
    with pytest.raises(SourceRefused, match="no lo llama por el puerto"):
        check_settings(place)


@pytest.mark.parametrize("location", ["/etc", "/proc/self", "/", "{below}/../elsewhere", "{below}-2", "{below}/link"])
def test_a_folder_lies_below_one_that_is_for_it_whatever_leads_there(location: str, tmp_path: Path) -> None:
    below = tmp_path / "drop"
    (below / "smartflex").mkdir(parents=True)
    (tmp_path / "drop-2").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (below / "link").symlink_to(tmp_path / "elsewhere")
    for right in (below, below / "smartflex", below / "smartflex" / ".."):
        check_settings(folder(right, folders=[below]))
    with pytest.raises(SourceRefused, match="no está dentro de las permitidas"):
        look(folder(Path(location.format(below=below)), folders=[below]), period="2026-12")
    with pytest.raises(SourceRefused, match="no está dentro de las permitidas"):
        check_settings(folder(below, folders=[]))


@pytest.mark.parametrize(
    ("transport", "location"),
    [("file", "var/drop"), ("file", "../etc"), ("https", "https://[::1"), ("https", "https://x:99999/"), ("sftp", "x")],
)
def test_what_is_no_place_is_refused_before_anybody_is_asked(transport: str, location: str) -> None:
    place = SourceSettings(transport=transport, location=location, pattern="*", hosts=["x"])
    with pytest.raises(SourceRefused, match="ubicación"):
        check_settings(place)
