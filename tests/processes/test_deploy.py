"""What `deploy/` installs: the commands of the units make a whole house, nginx in front does what the application
counts on, and the script refuses what it cannot do before it touches anything.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from callcenter.heartbeats import NAMES
from callcenter.metrics import shared_folder
from callcenter.ports import a_free_port
from tests.processes.house import ROOT, House, wait_until
from tests.processes.proxy import NAME, NGINX, Proxy, asked, proxy_in_front

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
DEPLOY = ROOT / "deploy"
ASKED = 40  # pages, of four processes


def command_of(unit: str, **ports: int) -> list[str]:
    """What the unit starts, by this interpreter and on other ports."""
    text = (DEPLOY / "systemd" / f"{unit}.service").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    program, *words = shlex.split(line.replace("%%", "%").replace("%i", "8000"))
    assert program == "/opt/callcenter/current/deploy/python"
    return [str(ports.get(f"port_{word}", word)) for word in words]


@contextlib.contextmanager
def running(house: House, *command: str) -> Iterator[None]:
    with (house.home / "deploy.log").open("a") as log:
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=house.environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def test_the_units_together_are_a_whole_house(house: House) -> None:
    target = (DEPLOY / "systemd" / "callcenter.target").read_text(encoding="utf-8")
    wanted = re.findall(r"callcenter-(\w+)\.service", target)
    assert sorted(wanted) == ["beat", "jobs", "live", "ticks"]
    house.environment |= {"LIVE_BEAT": "1", **shared_folder(house.home)}
    house.manage("sync_schedule")
    web, live = a_free_port(), a_free_port()
    with (
        running(house, *command_of("callcenter-web@", port_8000=web)),
        running(house, *command_of("callcenter-live", port_8070=live)),
    ):
        for name in ("ticks", "jobs", "beat"):
            house.start(*command_of(f"callcenter-{name}"))
        wait_until(lambda: asked(f"http://127.0.0.1:{web}/livez") == 200, what="pages are answered")
        wait_until(lambda: house.signs() >= {*NAMES}, what="each gives a sign of life")
        for _time in range(ASKED):
            assert asked(f"http://127.0.0.1:{web}/livez") == 200
        told = httpx.get(f"http://127.0.0.1:{web}/metrics", timeout=60, trust_env=False).text
    counted = re.findall(r'^django_http_requests_total_by_method_total\{method="GET"\} (.+)$', told, re.MULTILINE)
    assert [float(number) >= ASKED for number in counted] == [True], "the web server's processes count together"
    names = set(re.findall(r"^# TYPE (\S+) ", told, re.MULTILINE))
    for file in ("alerts.yaml", "dashboard.json"):
        text = (DEPLOY / "monitoring" / file).read_text(encoding="utf-8")
        used = set(re.findall(r"\b((?:callcenter|django)_\w+)", text))
        unknown = {name for name in used if re.sub("_(bucket|sum|count)$", "", name) not in names}
        assert used
        assert unknown == set(), file


@pytest.fixture
def proxied(house: House) -> Iterator[Proxy]:
    """The web server behind nginx with the file of `deploy/`."""
    web = a_free_port()
    house.environment |= {"TRUSTED_PROXIES": "127.0.0.1", "ALLOWED_HOSTS": NAME}
    with running(house, *command_of("callcenter-web@", port_8000=web)), proxy_in_front(house.home, web=web) as proxy:
        wait_until(lambda: asked(f"http://127.0.0.1:{web}/livez") in (200, 400), what="pages are answered")
        yield proxy


@contextlib.contextmanager
def spoken_to(port: int, *protocols: str) -> Iterator[ssl.SSLSocket]:
    """A line by TLS, on which one of these is spoken."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([*protocols])
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    with context.wrap_socket(line, server_hostname=NAME) as spoken:
        yield spoken


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
def test_nginx_in_front_does_what_the_application_counts_on(house: House, proxied: Proxy) -> None:
    plain, tls = proxied.plain, proxied.tls
    assert asked(f"http://127.0.0.1:{proxied.near}/metrics") == asked(f"http://127.0.0.1:{proxied.near}/readyz") == 200
    assert asked(f"http://127.0.0.1:{proxied.near}/accounts/login/") == 404
    moved = httpx.get(f"http://127.0.0.1:{plain}/desk/", headers={"Host": NAME}, trust_env=False)
    assert (moved.status_code, moved.headers["Location"]) == (301, f"https://{NAME}/desk/")
    told = {"Host": NAME, "X-Forwarded-For": "200.87.1.1", "Referer": f"https://{NAME}/accounts/login/"}
    with httpx.Client(base_url=f"https://127.0.0.1:{tls}", verify=False, headers=told, trust_env=False) as visitor:  # noqa: S501
        for address, status in (("/livez", 200), ("/readyz", 403), ("/metrics", 403), ("/accounts/login/", 200)):
            assert visitor.get(address).status_code == status, address
        assert visitor.get("/livez", headers={"Host": "evil.example"}).status_code == 400
        page = visitor.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        sent = {"login": "nobody", "password": "x", "csrfmiddlewaretoken": token[1]}
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}
        assert visitor.post("/accounts/login/", data=sent, headers=cookies).status_code == 200
    address = house.value("SELECT host(ip_address) FROM axes_accessattempt WHERE username = 'nobody'")
    assert address == "127.0.0.1", "what a visitor says of his address is not believed"
    with spoken_to(tls, "h2", "http/1.1") as line:
        assert line.selected_alpn_protocol() == "h2"
    with spoken_to(tls, "http/1.1") as line:
        head = f"POST /reports/upload/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {400 * 2**20}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).split()[1] == b"413"


def test_containers_start_what_the_units_start() -> None:
    told = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for unit in ("web@", "live", "ticks", "jobs", "beat", "switchboard"):
        assert told[unit.strip("@")]["command"] == command_of(f"callcenter-{unit}"), unit
    inside = {name for name, service in told.items() if service.get("network_mode") == "service:net"}
    assert told.keys() - inside == {"net"}, "only its ports are reached from outside"


@pytest.mark.parametrize("script", sorted(str(file.relative_to(DEPLOY)) for file in DEPLOY.rglob("*.sh")))
def test_a_script_has_no_mistake_of_form(script: str) -> None:
    assert subprocess.run(["bash", "-n", DEPLOY / script], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"), [([], "name the host"), (["x; rm -rf /"], "name the host"), ([NAME], "/srv/callcenter")]
)
def test_the_script_refuses_before_it_touches_anything(arguments: list[str], says: str) -> None:
    if Path("/srv/callcenter") == ROOT:
        pytest.skip("here it would install")
    ended = subprocess.run(
        ["bash", DEPLOY / "install.sh", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert says in ended.stderr or (os.geteuid() and "root" in ended.stderr)
