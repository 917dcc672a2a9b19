"""A system that lets nobody in without a certificate, and one whose own is signed by the cooperative's authority."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from systems import wire
from systems.errors import SystemUnavailable
from systems.mio.client import Mio
from systems.wire import Papers

AMPLE = 20.0


class Authority:
    """Signs certificates for this test."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.file = self._write(f"{name}.pem", self._certificate(self.name, self.key, is_authority=True))

    def issue(self, name: str) -> tuple[str, str]:
        """The files of a certificate and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        of = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self._write(f"{name}.pem", self._certificate(of, key)), self._write(f"{name}.key", secret)

    def _certificate(self, of: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(of)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            # without these Python 3.13 and newer believe none
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
        )
        if is_authority:
            use = dict.fromkeys(
                (
                    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
                    *("key_agreement", "crl_sign", "encipher_only", "decipher_only"),
                ),
                False,
            )
            built = built.add_extension(x509.KeyUsage(**use, key_cert_sign=True), critical=True)
        return built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _write(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.dumps({"line": None}).encode()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Says nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "comteco")


@pytest.fixture
def address(authority: Authority) -> Iterator[str]:
    """A server that asks for a certificate of the authority, and shows one."""
    wire.forget_wires()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("server"))
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_who_shows_a_certificate_is_let_in(authority: Authority, address: str) -> None:
    papers = Papers(*authority.issue("client"), authorities=authority.file)
    assert Mio(address, timeout=AMPLE, papers=papers).line(number="70000000") is None


def test_without_one_or_with_anothers_nobody_is_let_in(authority: Authority, address: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    others = Authority(tmp_path / "other", "otra")
    for papers in (
        Papers(authorities=authority.file),
        Papers(*others.issue("client"), authorities=authority.file),
        Papers(*authority.issue("client")),  # nor do we speak to a server whose authority nobody vouches for
    ):
        with pytest.raises(SystemUnavailable):
            Mio(address, timeout=AMPLE, papers=papers).line(number="70000000")


def test_papers_that_cannot_be_used_are_told_by_their_file(authority: Authority, tmp_path: Path) -> None:
    certificate, _key = authority.issue("client")
    _certificate, key_of_another = authority.issue("other")
    for papers, said in (
        (Papers(certificate="/nowhere.pem"), "/nowhere.pem: No such file"),
        (Papers(certificate, key_of_another), "other.key"),
        (Papers(authorities=key_of_another), "other.key"),
    ):
        with pytest.raises(ValueError, match=said):
            papers.context()


def test_each_system_may_have_papers_of_its_own(settings: Any) -> None:
    from inbound.outside.reaching import let_in_by

    settings.SYSTEMS_PAPERS = {"certificate": "all.pem", "key": "all.key", "authorities": ""}
    settings.SYSTEM_PAPERS = {"lbc": {"certificate": "lbc.pem"}}
    assert let_in_by("mio")["papers"] == Papers("all.pem", "all.key")
    assert let_in_by("lbc")["papers"] == Papers("lbc.pem"), "with its key within, and not with another's"
