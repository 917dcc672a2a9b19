"""The house talks to its database and its queue by TLS, to nobody whose certificate another authority signed or is of
another name; asked as production asks, of real servers where the machine has them built with TLS.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.callcenter.a_valkey import OWNER
from tests.callcenter.authorities import Authority
from tests.callcenter.test_environment import PRODUCTION, ROOT
from tests.callcenter.tls_servers import programs_of_postgresql, tls_postgresql, tls_valkey, valkey_of_the_machine
from tests.processes.house import outside_environment

pytestmark = pytest.mark.processes
ASK = """
import django, json
django.setup()
from django.core.cache import cache
from django.db import connection
from callcenter.celery import app

def broker():
    with app.connection_for_write() as connection:
        connection.default_channel.client.ping()

def tried(work):
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "answers"

ways = {"database": connection.ensure_connection, "cache": cache._cache.get_client(write=True).ping, "broker": broker}
print(json.dumps({name: tried(way) for name, way in ways.items()}))
"""


@dataclass(frozen=True)
class Servers:
    """Of `authority`, by the name 127.0.0.1; `other` signed neither."""

    database: str
    queue: str
    authority: Path
    other: Path

    def asked(self, *, authority: Path, host: str = "127.0.0.1", knows: bool = True) -> dict[str, str]:
        """What a production's settings make of it."""
        mode, wanted = ("verify-full", "required") if knows else ("require", "none")
        environment = {
            **PRODUCTION,
            "DATABASE_URL": f"{self.database.format(host=host)}?sslmode={mode}&sslrootcert={authority}",
            "REDIS_URL": f"{self.queue.format(host=host)}?ssl_cert_reqs={wanted}&ssl_ca_certs={authority}",
            "PRODUCTION_WITHOUT": "" if knows else "database-tls,queue-tls",
            "DJANGO_SETTINGS_MODULE": "callcenter.settings",
            "DATABASE_POOL": "false",  # whose waiting says less than a connection
        }
        said = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ASK], cwd=ROOT, env=outside_environment(**environment),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        told: dict[str, str] = json.loads(said.stdout.splitlines()[-1])
        return told


@pytest.fixture(scope="module", params=["of the machine", "an edge"])
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("tls")
    of_the_machine = request.param == "of the machine"
    if of_the_machine and not (programs_of_postgresql() and valkey_of_the_machine()):
        pytest.skip("PostgreSQL and Valkey with TLS are not installed (Debian: postgresql, valkey-server)")
    ours, other = Authority(folder, "ours"), Authority(folder, "other")
    papers = ours.signs("127.0.0.1")
    with (
        tls_postgresql(papers, settings.DATABASE_URL, of_the_machine=of_the_machine) as (port, who, name),
        tls_valkey(folder, papers, of_the_machine=of_the_machine) as queue,
    ):
        database = f"postgres://{who}@{{host}}:{port}/{name}"
        yield Servers(database, f"rediss://:{OWNER}@{{host}}:{queue}", ours.file, other.file)


def test_servers_of_the_authority_are_talked_to(servers: Servers) -> None:
    assert servers.asked(authority=servers.authority) == dict.fromkeys(("database", "cache", "broker"), "answers")


def test_a_certificate_of_another_authority_is_refused(servers: Servers) -> None:
    told = servers.asked(authority=servers.other)
    assert {name: "certificate verify failed" in said.lower() for name, said in told.items()} == {
        "database": True, "cache": True, "broker": True,
    }, told  # fmt: skip
    unknown = servers.asked(authority=servers.other, knows=False)
    assert unknown["cache"] == "answers", "without the word it would be taken"


def test_a_certificate_of_another_name_is_refused(servers: Servers) -> None:
    told = servers.asked(authority=servers.authority, host="localhost")
    assert "does not match" in told["database"]
    for name in ("cache", "broker"):
        assert "Hostname mismatch" in told[name], told
    assert set(servers.asked(authority=servers.authority, host="localhost", knows=False).values()) == {"answers"}
