"""nginx with the file of `deploy/`, on ports of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from callcenter.ports import a_free_port
from tests.processes.house import ROOT, wait_until

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NAME = "centro.comteco.example"
SITE = ROOT / "deploy" / "nginx" / "callcenter.conf"


@dataclass(frozen=True)
class Proxy:
    """Where it answers: http, https, and what only this machine asks."""

    folder: Path
    process: subprocess.Popen[bytes]
    plain: int
    tls: int
    near: int

    def turn_to(self, web: int) -> None:
        """Pages are answered at that port from now on; who waits for the other is answered there."""
        write_upstream(self.folder, web)
        subprocess.run([*nginx_of(self.folder), "-s", "reload"], check=True, capture_output=True)

    def is_of_one_mind(self) -> bool:
        """Nobody of it still serves who came before it turned."""
        titles = [" ".join(child.cmdline()) for child in psutil.Process(self.process.pid).children()]
        return bool(titles) and not any("shutting down" in title for title in titles)


def nginx_of(folder: Path) -> list[str]:
    assert NGINX is not None
    return [NGINX, "-p", str(folder), "-e", str(folder / "errors.log"), "-c", str(folder / "nginx.conf")]


def write_upstream(folder: Path, web: int) -> None:
    """As deploy/release.sh does."""
    words = f"upstream callcenter_web {{ server 127.0.0.1:{web}; }}\n"
    (folder / "web.conf").write_text(words)


@contextlib.contextmanager
def proxy_in_front(home: Path, *, web: int) -> Iterator[Proxy]:
    """In front of pages at that port, and of no boards."""
    plain, tls, near, live = (a_free_port() for _port in range(4))
    folder = home / "nginx"
    folder.mkdir(mode=0o755)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-keyout", key, "-out", certificate], check=True, capture_output=True,
    )  # fmt: skip
    write_upstream(folder, web)
    site = SITE.read_text(encoding="utf-8")
    for here, there in (
        ("@NAME@", NAME), ("/etc/callcenter/web.conf", str(folder / "web.conf")),
        ("/var/log/nginx/callcenter.log", str(folder / "access.log")),
        ("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("listen 127.0.0.1:8010;", f"listen 127.0.0.1:{near};"), ("127.0.0.1:8070;", f"127.0.0.1:{live};"),
        ("/etc/callcenter/tls/certificate.pem", str(certificate)), ("/etc/callcenter/tls/key.pem", str(key)),
    ):  # fmt: skip
        assert here in site
        site = site.replace(here, there)
    site = "\n".join(line for line in site.splitlines() if "[::]" not in line)
    temporary = "".join(
        f"{of}_temp_path {folder}/{of};\n" for of in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(f"daemon off; pid {folder}/pid; events {{}}\nhttp {{\n{temporary}{site}\n}}\n")
    process = subprocess.Popen(nginx_of(folder))
    try:
        wait_until(lambda: asked(f"http://127.0.0.1:{plain}/") == 301, what="nginx answers")
        yield Proxy(folder, process, plain, tls, near)
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder)


def asked(address: str) -> int:
    """What is answered, or 0."""
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(address, timeout=60, trust_env=False).status_code
    return 0
