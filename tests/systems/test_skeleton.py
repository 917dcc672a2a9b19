"""The service of docs/skeleton, against a database view and a SOAP service: tried as a site's own would be."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any
from wsgiref.simple_server import make_server

import httpx
import psycopg
import pytest

from systems import wire
from systems.conformance import Service, Verdict, try_service
from systems.registry import cells
from tests.processes.house import ROOT, wait_until
from tests.sandbox.running import own_database

WSDL = """<?xml version="1.0"?>
<definitions name="Lbc" targetNamespace="urn:lbc" xmlns:tns="urn:lbc" xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <message name="SuspendIn">
    <part name="contract" type="xsd:string"/><part name="number" type="xsd:string"/>
    <part name="reason" type="xsd:string"/><part name="key" type="xsd:string"/>
  </message>
  <message name="SuspendOut"><part name="reference" type="xsd:string"/></message>
  <portType name="LbcPort">
    <operation name="Suspend"><input message="tns:SuspendIn"/><output message="tns:SuspendOut"/></operation>
  </portType>
  <binding name="LbcBinding" type="tns:LbcPort">
    <soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Suspend">
      <soap:operation soapAction="suspend"/>
      <input><soap:body use="literal" namespace="urn:lbc"/></input>
      <output><soap:body use="literal" namespace="urn:lbc"/></output>
    </operation>
  </binding>
  <service name="LbcService">
    <port name="LbcPort" binding="tns:LbcBinding"><soap:address location="{address}"/></port>
  </service>
</definitions>"""
ENVELOPE = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
<s:Body>{body}</s:Body></s:Envelope>"""
DONE = '<r:SuspendResponse xmlns:r="urn:lbc"><reference>{reference}</reference></r:SuspendResponse>'
FAULT = "<s:Fault><faultcode>s:{code}</faultcode><faultstring>{words}</faultstring></s:Fault>"
ASKED = {"contract": "204117", "number": "70712345", "reason": "robo"}


class Soap:
    """A SOAP service that does what it is told, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.mood = "done"
        self.goes_on = threading.Event()  # for the mood "takes its time"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(200, WSDL.format(address=outer.address))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append(re.search(r"<key>(.*?)</key>", sent)[1])  # type: ignore[index]
                if outer.mood == "takes its time":
                    outer.goes_on.wait(60)
                if outer.mood == "hangs up":
                    self.close_connection = True
                    return
                time.sleep(0.05)  # two at once would both be in here
                fault = {
                    "refuses": ("Client", "Ese contrato no tiene ese número."),
                    "breaks": ("Server", "NullPointer"),
                }
                if outer.mood in fault:
                    code, words = fault[outer.mood]
                    self._say(500, ENVELOPE.format(body=FAULT.format(code=code, words=words)))
                else:
                    self._say(200, ENVELOPE.format(body=DONE.format(reference=f"LBC-{len(outer.asked)}")))

            def _say(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_words: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/lbc"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def skeleton() -> ModuleType:
    spec = spec_from_file_location("skeleton_service", ROOT / "docs" / "skeleton" / "service.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def soap() -> Iterator[Soap]:
    service = Soap()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture
def address(skeleton: ModuleType, soap: Soap) -> Iterator[str]:
    wire.forget_wires()
    with own_database() as database_url:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute((ROOT / "docs" / "skeleton" / "keys.sql").read_text())
            connection.execute(
                "CREATE VIEW internal_numbers AS SELECT * FROM (VALUES ('Rosa Peña', 'Cobranzas', '1204'),"
                " ('Luis Flores', 'Redes', '1310')) told (name, unit, extension)"
            )
        site = skeleton.Site(database_url=database_url, wsdl=f"{soap.address}?wsdl")
        server = make_server("127.0.0.1", 0, skeleton.application_of(site, token="secreto"), skeleton.Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()


def suspend(address: str, key: str, **more: str) -> httpx.Response:
    headers = {"Idempotency-Key": key, "Authorization": "Bearer secreto"}
    return httpx.post(f"{address}/lbc/suspend", json={**ASKED, **more}, headers=headers, trust_env=False, timeout=30)


def was_done(address: str, key: str) -> httpx.Response:
    headers = {"Authorization": "Bearer secreto"}
    return httpx.get(f"{address}/lbc/operations/{key}", headers=headers, trust_env=False, timeout=30)


def test_it_keeps_the_contract(address: str, soap: Soap) -> None:
    examples = {"p_empleados.search": {"words": "cobranzas"}, "lbc.suspend": ASKED}
    service = Service(address, token="secreto", timeout=30, examples=examples, writes=True)
    found = list(try_service(service, [cells()["p_empleados"], cells()["lbc"]]))
    assert [str(one) for one in found if one.verdict != Verdict.HOLDS] == []
    assert len(found) > 8
    assert len(soap.asked) == 1, "however often it was asked for"


def test_a_refusal_says_why_and_frees_the_key(address: str, soap: Soap) -> None:
    soap.mood = "refuses"
    refused = suspend(address, "k-1")
    assert (refused.status_code, refused.json()) == (422, {"error": "Ese contrato no tiene ese número."})
    assert was_done(address, "k-1").json() == {"done": False}
    soap.mood = "done"
    assert suspend(address, "k-1").status_code == 201


@pytest.mark.parametrize("mood", ["hangs up", "breaks"])
def test_what_may_have_been_done_is_asked_for_once_and_left_to_a_person(address: str, soap: Soap, mood: str) -> None:
    soap.mood = mood
    assert suspend(address, "k-2").status_code == 504
    soap.mood = "done"
    assert suspend(address, "k-2").status_code == 504
    assert soap.asked == ["k-2"]
    assert was_done(address, "k-2").status_code == 404


def test_while_it_is_being_done_nobody_is_told_that_it_cannot_be_said(address: str, soap: Soap) -> None:
    soap.mood = "takes its time"
    asking = threading.Thread(target=suspend, args=(address, "k-5"))
    asking.start()
    wait_until(lambda: soap.asked == ["k-5"], what="the other side is asked")
    assert was_done(address, "k-5").status_code == 409
    soap.goes_on.set()
    asking.join()
    assert was_done(address, "k-5").json() == {"done": True, "reference": "LBC-1"}


def test_where_nobody_is_to_be_had_nothing_was_sent(address: str, soap: Soap) -> None:
    soap.server.shutdown()
    soap.server.server_close()
    assert suspend(address, "k-3").status_code == 503
    assert was_done(address, "k-3").json() == {"done": False}


def test_what_was_done_and_could_not_be_written_down_is_not_said_to_be_undone(
    address: str, soap: Soap, skeleton: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = skeleton.Site.suspend

    def done_and_cut_off(site: Any, body: dict[str, str], key: str) -> str:
        reference = real(site, body, key)
        with psycopg.connect(site.database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
        return str(reference)

    monkeypatch.setitem(skeleton.WRITES, "lbc/suspend", (skeleton.WRITES["lbc/suspend"][0], done_and_cut_off))
    assert suspend(address, "k-4").status_code == 504
    assert len(soap.asked) == 1
    assert was_done(address, "k-4").status_code == 404


@pytest.mark.parametrize("key", ["%00", "a%20b"])
def test_a_key_that_is_none_is_told_so(address: str, key: str) -> None:
    assert was_done(address, key).status_code == 400


def test_a_key_may_end_with_a_stroke(address: str) -> None:
    assert suspend(address, "k/").status_code == 201
    assert was_done(address, "k%2F").json()["done"] is True
