"""A bare machine becomes one of many by one script, and goes to another release by the same."""

from __future__ import annotations

import subprocess

import pytest

from tests.faults.machine import Machine

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SCRIPT, ADDRESS = "/srv/callcenter/deploy/cluster/machine.sh", "127.0.0.2"
SETTINGS = """
CALLCENTER_ENV=production
CALLCENTER_HOME=/var/lib/callcenter
SECRET_KEY={secret}
FACTOR_KEYS={secret}
STATIC_ROOT=/opt/callcenter/static
ALLOWED_HOSTS=centro.prueba.example
PUBLIC_URL=https://centro.prueba.example
DATABASE_URL=postgres://callcenter:{secret}@127.0.0.1:5432/callcenter
REDIS_URL=redis://callcenter:{secret}@127.0.0.1:6379
"""
OWNER = """
DATABASE_OWNER_URL=postgres://callcenter_owner:{secret}@127.0.0.1:5432/callcenter
DATABASE_POOLER_URL=postgres://callcenter_pooler:{secret}@127.0.0.1:5432/callcenter
"""
SECRET = "abcdefghijklmnopqrstuvwxyz" * 2
PAGES, CLOCK = ("callcenter-web@8000", "callcenter-live"), ("callcenter-ticks", "callcenter-jobs", "callcenter-beat")


def asked(machine: Machine, database: str, sql: str) -> str:
    return machine.done("runuser", "-u", "postgres", "--", "psql", "-qAtc", sql, database).strip()


def a_database(machine: Machine) -> None:
    """As the machines of the database hold one, with its owner."""
    machine.done("apt-get", "update", "-qq", seconds=300)
    machine.done("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "postgresql", seconds=900)
    asked(machine, "postgres", f"CREATE ROLE callcenter_owner LOGIN CREATEROLE PASSWORD '{SECRET}'")
    asked(machine, "postgres", "CREATE DATABASE callcenter OWNER callcenter_owner")


def stand(machine: Machine, *units: str) -> set[str]:
    return {machine.said("systemctl", "is-active", unit) for unit in units}


def works_in(machine: Machine, unit: str) -> tuple[str, str]:
    """Its process and the folder of its release."""
    pid = machine.said("systemctl", "show", "-P", "MainPID", unit)
    return pid, machine.said("readlink", f"/proc/{pid}/cwd")


def test_a_bare_machine_becomes_one_of_many(machine: Machine) -> None:
    refused = machine.run(SCRIPT, "web", ADDRESS)
    assert (refused.returncode, "/etc/callcenter/env comes first" in refused.stderr) == (1, True)
    settings = machine.root / "etc" / "callcenter" / "env"
    settings.parent.mkdir()
    settings.write_text(SETTINGS.format(secret=SECRET))
    assert "/etc/callcenter/owner comes first" in machine.run(SCRIPT, "tables").stderr
    a_database(machine)
    settings.with_name("owner").write_text(OWNER.format(secret=SECRET))
    machine.done(SCRIPT, "tables", seconds=1500)
    assert asked(machine, "callcenter", "SELECT count(*) > 100 FROM pg_tables WHERE schemaname = 'public'") == "t"
    roles = "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'callcenter%'"
    assert asked(machine, "callcenter", roles) == "callcenter callcenter_owner callcenter_pooler"
    assert machine.run("ls", "/opt/callcenter/current").returncode != 0, "nothing works there yet"
    machine.done(SCRIPT, "web", ADDRESS, seconds=1500)
    assert stand(machine, *PAGES) == {"active"}
    assert stand(machine, *CLOCK) == {"inactive"}
    page = ["curl", "-so", "/dev/null", "-w", "%{http_code}", "-H", "Host: centro.prueba.example"]
    page += [
        "-H",
        "X-Forwarded-For: 10.1.2.3",
        "-H",
        "X-Forwarded-Proto: https",
        f"http://{ADDRESS}:8000/accounts/login/",
    ]
    assert subprocess.run(page, capture_output=True, text=True, check=True).stdout == "200"
    assert machine.said("stat", "-c", "%U:%G %a", "/etc/callcenter/env") == "root:callcenter 640"
    first = [works_in(machine, unit) for unit in PAGES]
    machine.done(SCRIPT, "web", ADDRESS, seconds=600)
    assert [works_in(machine, unit) for unit in PAGES] == first, "twice starts nothing anew"

    by = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    machine.done("git", "-C", "/srv/callcenter", *by, "commit", "-q", "--allow-empty", "-m", "another release")
    machine.done(SCRIPT, "web", ADDRESS, seconds=600)
    then = [works_in(machine, unit) for unit in PAGES]
    assert {folder for _pid, folder in then}.isdisjoint({folder for _pid, folder in first})
    machine.done(SCRIPT, "work", seconds=600)
    assert stand(machine, *CLOCK) == {"active"}
    releases = machine.done("sh", "-c", "ls -d /opt/callcenter/*/RELEASE").split()
    assert len({*releases} - {"/opt/callcenter/current/RELEASE"}) == 1, "the one before is gone"
