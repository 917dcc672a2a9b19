"""Files of a site with several machines: a real server that speaks S3, on this machine."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from agents.models import User
from callcenter import production
from callcenter.backup.files import move_in, names_of, put_together, take_apart, whereabouts
from callcenter.backup.parts import Hashed
from callcenter.files_address import options_of
from callcenter.object_storage import Objects, StorageUnreachable
from callcenter.ports import a_free_port
from campaigns.intake.receiving import FileRefused, NotKept, receive_report
from campaigns.models import Contact, Report
from tests.campaigns.some_reports import ccvp, many, received, taken

Signed = Callable[[Any], Client]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Where it answers, with a key of its own."""
    port = a_free_port()
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    running.start()
    yield f"http://key:secret@127.0.0.1:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, settings: Any, request: pytest.FixtureRequest) -> str:
    """The site's files lie there."""
    name = f"files-{abs(hash(request.node.nodeid)) % 10**8}"
    options = options_of(f"{server}/{name}")
    keys = {"aws_access_key_id": options["access_key"], "aws_secret_access_key": options["secret_key"]}
    boto3.client("s3", endpoint_url=options["endpoint_url"], region_name="us-east-1", **keys).create_bucket(Bucket=name)
    kept = {"BACKEND": "callcenter.object_storage.Objects", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    return name


@pytest.fixture
def nobody_answers(settings: Any) -> None:
    options = options_of(f"http://key:secret@127.0.0.1:{a_free_port()}/files")
    kept = {"BACKEND": "callcenter.object_storage.Objects", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": kept}


@pytest.mark.django_db
def test_a_report_is_kept_there_and_taken_in_from_there(bucket: str, at: Callable[[str], datetime]) -> None:
    assert whereabouts(storages["default"]) == f"s3://{bucket}"
    report = taken(*many(40), now=at("2026-11-25 06:10"))
    assert (report.state, report.taken, Contact.objects.count()) == (Report.State.PUBLISHED, 40, 40)
    assert list(names_of(default_storage)) == [report.file.name]
    with report.file.open("rb") as kept:
        assert kept.read() == ccvp(*many(40)).getvalue()
    report.file.delete(save=False)
    assert list(names_of(default_storage)) == []


@pytest.mark.django_db
def test_the_same_bytes_twice_are_one_file(bucket: str, at: Callable[[str], datetime]) -> None:
    now = at("2026-11-25 06:10")
    first = received(ccvp(*many(3)), now=now)
    assert received(ccvp(*many(3)), now=now).pk == first.pk
    assert received(ccvp(*many(4)), now=now).pk != first.pk
    assert len(list(names_of(default_storage))) == 2


@pytest.mark.django_db
def test_a_file_over_the_limit_leaves_nothing_there(bucket: str, settings: Any, at: Callable[[str], datetime]) -> None:
    settings.MAX_REPORT_BYTES = 100
    with pytest.raises(FileRefused):
        received(ccvp(*many(30)), now=at("2026-11-25 06:10"))
    assert list(names_of(default_storage)) == []


def test_no_file_takes_the_place_of_another(bucket: str) -> None:
    first, second = (default_storage.save("seals/2026/one.pdf", ContentFile(text)) for text in (b"one", b"two"))
    assert first != second
    assert default_storage.open(first).read() == b"one"


@pytest.mark.django_db
def test_one_that_does_not_answer_is_said_and_keeps_nothing_half(
    nobody_answers: None, elena: User, signed_in: Signed, at: Callable[[str], datetime]
) -> None:
    with pytest.raises(NotKept) as said:
        receive_report(
            kind="ccvp", name="ccvp-2026-12.csv", file=ccvp(*many(3)), period=None, now=at("2026-11-25 06:10")
        )
    assert "El almacén de archivos no responde: no se guardó nada" in str(said.value)
    sent = ccvp(*many(3))
    sent.name = "ccvp-2026-12.csv"  # type: ignore[attr-defined]
    answer = signed_in(elena).post(
        reverse("campaigns:report_upload"), {"kind": "ccvp", "period": "2026-12", "file": sent}
    )
    assert answer.status_code == 422
    assert "El almacén de archivos no responde" in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_a_report_that_cannot_be_had_for_now_waits(
    bucket: str, settings: Any, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))

    def gone(*_asked: Any) -> None:
        raise StorageUnreachable(113, "S3: it does not answer")

    monkeypatch.setattr(Objects, "_open", gone)
    from campaigns.intake.taking_in import take_in

    take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    report.refresh_from_db()
    assert (report.state, report.attempts) == (Report.State.WAITING, 1)
    monkeypatch.undo()
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:11")).state == Report.State.PUBLISHED


def test_a_copy_takes_them_and_brings_them_to_another(bucket: str, server: str, tmp_path: Path) -> None:
    for name in ("reports/2026/11/one.csv", "seals/2026/two.pdf"):
        default_storage.save(name, ContentFile(name.encode()))
    with (tmp_path / "files.tar").open("xb") as file:
        assert put_together(default_storage, Hashed(file), tell=lambda _words: None) == (2, 41)
    with tarfile.open(tmp_path / "files.tar") as archive:
        assert archive.getnames() == ["reports/2026/11/one.csv", "seals/2026/two.pdf"]
    options = options_of(f"{server}/another")
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    boto3.client("s3", endpoint_url=options["endpoint_url"], region_name="us-east-1", **keys).create_bucket(
        Bucket="another"
    )
    other = Objects(**options)
    arriving = take_apart(tmp_path / "files.tar", other)
    move_in(arriving, other)
    assert {name: other.open(name).read() for name in names_of(other)} == {
        name: name.encode() for name in ("reports/2026/11/one.csv", "seals/2026/two.pdf")
    }
    assert whereabouts(other) == "s3://another"


@pytest.mark.parametrize(
    "wrong", ["s3://key:secret@host/bucket", "https://host/bucket", "https://key:secret@host/", "https://key@host/b"]
)
def test_an_address_that_lacks_something_is_refused_before_anything_begins(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        options_of(wrong)


def test_what_an_address_says() -> None:
    told = options_of("https://a%2Fkey:s%40cret@files.example:9000/reports?region=bo-1&ca=/etc/ssl/own.pem")
    assert (told["access_key"], told["secret_key"], told["bucket_name"]) == ("a/key", "s@cret", "reports")
    assert (told["endpoint_url"], told["region_name"]) == ("https://files.example:9000", "bo-1")
    assert told["verify"] == "/etc/ssl/own.pem"


def test_production_asks_for_tls_to_it(settings: Any) -> None:
    settings.FILES_URL = "http://key:secret@files.example/reports"
    assert "files-tls" in dict(production._missing_defences(settings))
    settings.FILES_URL = "http://key:secret@127.0.0.1:9000/reports"
    assert "files-tls" not in dict(production._missing_defences(settings))


def test_a_part_that_is_read_while_it_is_written_counts_once(bucket: str) -> None:
    """What counts its chunks is asked for each of them once."""
    seen: list[int] = []

    class Counted(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            for part in super().chunks(chunk_size):
                seen.append(len(part))
                yield part

    default_storage.save("one", Counted(b"x" * 100_000))
    assert sum(seen) == 100_000
    assert BytesIO(default_storage.open("one").read()).getbuffer().nbytes == 100_000
