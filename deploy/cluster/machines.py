"""The machines of the trial: where each is, what runs there, and what it is told."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

NAME, FRONT, NETWORK = "centro.comteco.example", "10.77.0.10", "10.77.0.0/24"
PROGRAM = Path(__file__).resolve().parent.parent.parent
SECRETS = (
    *("key", "factor", "owner", "works", "pooler", "files"),
    *("queue", "queue_owner", "superuser", "replicator", "patroni"),
)


@dataclass(frozen=True)
class Program:
    command: list[str]
    environment: dict[str, str]
    folder: Path = PROGRAM
    user: str | None = None


@dataclass(frozen=True)
class Machine:
    name: str
    address: str

    @property
    def runs_the_program(self) -> bool:
        return self.name.startswith(("web", "work"))

    def programs(self, site: Site) -> dict[str, Program]:
        """What its units would start, by name."""
        at, plain = site.folder / self.name, site.system
        match self.name.rstrip("0123456789"):
            case "db":
                return {"patroni": Program(["patroni", f"{at}/patroni.yaml"], plain, at, "postgres")}
            case "queue":
                return {"valkey": Program(["valkey-server", f"{at}/valkey.conf"], plain, at, "valkey")}
            case "quorum":
                told = dict(
                    line.split("=", 1) for line in (at / "etcd.env").read_text().splitlines() if line[:1] != "#"
                )
                sentinel = ["valkey-sentinel", f"{at}/sentinel.conf"]
                return {
                    "etcd": Program(["etcd"], plain | told, at, "etcd"),
                    "sentinel": Program(sentinel, plain, at, "valkey"),
                }
            case "front":
                nginx = ["nginx", "-p", str(at), "-c", f"{at}/nginx.conf", "-e", f"{at}/errors.log"]
                alive = [
                    "keepalived",
                    "-n",
                    "-l",
                    "-f",
                    f"{at}/keepalived.conf",
                    "-p",
                    f"{at}/k.pid",
                    "-r",
                    f"{at}/v.pid",
                ]
                return {"nginx": Program(nginx, plain, at), "keepalived": Program(alive, plain, at)}
            case "files":
                return {"files": Program([str(site.tool("moto_server")), "-H", self.address, "-p", "9000"], plain, at)}
        ours = site.environment(self)
        python = str(site.tool("python"))
        haproxy = {"haproxy": Program(["haproxy", "-db", "-f", f"{at}/haproxy.cfg"], plain, at)}
        if self.name == "office":
            return haproxy
        if self.name.startswith("web"):
            granian = [python, "-m", "granian", "--host", self.address, "--no-access-log", "--respawn-failed-workers"]
            pages = [*granian, "--interface", "wsgi", "--port", "8000", "--workers", "2", "--blocking-threads", "4"]
            pages += ["--backpressure", "4"]
            boards = [
                *granian,
                "--interface",
                "asgi",
                "--port",
                "8070",
                "--workers",
                "1",
                "--workers-kill-timeout",
                "5",
            ]
            return haproxy | {
                "pgbouncer": Program(["pgbouncer", f"{at}/pgbouncer.ini"], plain, at, "postgres"),
                "pages": Program([*pages, "--workers-kill-timeout", "10", "callcenter.wsgi:application"], ours),
                "boards": Program([*boards, "callcenter.live.asgi:application"], ours),
            }
        celery = [python, "-m", "celery", "--app", "callcenter"]
        worker = [*celery, "worker", "--pool", "prefork", "--loglevel", "WARNING", "--hostname"]
        return haproxy | {
            "ticks": Program([*worker, f"ticks@{self.name}", "--queues", "ticks", "--concurrency", "2"], ours),
            "jobs": Program([*worker, f"jobs@{self.name}", "--queues", "jobs", "--concurrency", "1"], ours),
            "beat": Program([*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""], ours),
            "switchboard": Program([python, "manage.py", "listen_to_switchboard"], ours),
        }


KINDS = (
    ("front", 11, 2),
    ("web", 21, 3),
    ("work", 31, 3),
    ("db", 41, 2),
    ("queue", 51, 2),
    ("quorum", 61, 3),
    ("files", 71, 1),
    ("office", 81, 1),
)
MACHINES = [
    Machine(f"{kind}{nth + 1}" if several > 1 else kind, f"10.77.0.{first + nth}")
    for kind, first, several in KINDS
    for nth in range(several)
]
TOLD = {  # which of the files beside this one each kind is told by
    "front": ("keepalived.conf", "web.conf"), "web": ("haproxy.cfg",), "work": ("haproxy.cfg",),
    "office": ("haproxy.cfg",), "db": ("patroni.yaml",), "queue": ("valkey.conf",),
    "quorum": ("etcd.env", "sentinel.conf"), "files": (),
}  # fmt: skip
OWNERS = {"db": "postgres", "queue": "valkey"}  # of a machine's folder


@dataclass(frozen=True)
class Site:
    """What is so on all of them. `folder`: where their disks are, and their secrets."""

    folder: Path
    program: Path = PROGRAM
    system: dict[str, str] = field(
        default_factory=lambda: {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": "/root", "LANG": "C.UTF-8"}
    )

    @cached_property
    def secrets(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())
        return kept

    def tool(self, name: str) -> Path:
        return self.program / ".venv" / "bin" / name

    @property
    def postgresql(self) -> Path:
        return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))

    def environment(self, machine: Machine, *, owns: bool = False) -> dict[str, str]:
        """What /etc/callcenter/env says there."""
        one, home = self.secrets, self.folder / machine.name / "home"
        server = f"postgres://callcenter:{one['works']}@127.0.0.1:5000/callcenter"
        is_web = machine.name.startswith("web")
        said = {
            "CALLCENTER_HOME": str(home), "SECRET_KEY": one["key"], "FACTOR_KEYS": one["factor"],
            "ALLOWED_HOSTS": NAME, "PUBLIC_URL": f"https://{NAME}", "BEHIND_HTTPS": "yes",
            "TRUSTED_PROXIES": ",".join(machine.address for machine in MACHINES if machine.name.startswith("front")),
            "DATABASE_URL": server.replace(":5000/", ":6432/") if is_web else server,
            "DATABASE_COPY_URL": server.replace(":5000/", ":5001/"),
            "REDIS_URL": f"redis://callcenter:{one['queue']}@127.0.0.1:6379/0",
            "FILES_URL": f"http://callcenter:{one['files']}@{address_of('files')}:9000/callcenter",
        }  # fmt: skip
        if is_web:
            said |= {
                "DATABASE_SESSION_URL": server,
                "PROMETHEUS_MULTIPROC_DIR": str(self.folder / machine.name / "metrics"),
            }
        if owns:
            ours = f"callcenter:{one['works']}@"
            said["DATABASE_OWNER_URL"] = server.replace(ours, f"callcenter_owner:{one['owner']}@")
            said["DATABASE_POOLER_URL"] = server.replace(ours, f"callcenter_pooler:{one['pooler']}@")
        return self.system | said

    def prepare(self) -> None:
        """The folders of all machines, and what each is told; secrets once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        kept = self.folder / "secrets.json"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(json.dumps({name: secrets.token_urlsafe(36).replace("-", "a") for name in SECRETS}))
        for machine in MACHINES:
            at = self.folder / machine.name
            for folder in (at, at / "home", at / "metrics", at / "etcd"):
                folder.mkdir(exist_ok=True, mode=0o755)
            kind = machine.name.rstrip("0123456789")
            for name in TOLD[kind]:
                if name == "sentinel.conf" and (at / name).exists():
                    continue  # it writes there what it knows by now
                self._write(at / name, self._filled((Path(__file__).parent / name).read_text(), machine))
            if machine.name == "queue2":
                self._write(
                    at / "valkey.conf", f"{(at / 'valkey.conf').read_text()}replicaof {address_of('queue1')} 6379\n"
                )
            getattr(self, f"_prepare_{kind}", lambda *_: None)(machine, at)
            owner = OWNERS.get(kind)
            if owner:
                shutil.chown(at, owner, owner)
                at.chmod(0o700)

    def as_superuser(self, address: str, statement: str) -> None:
        asked = [
            str(self.postgresql / "psql"),
            "-qAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            address,
            "-U",
            "postgres",
            "-c",
            statement,
        ]
        subprocess.run(asked, check=True, env=self.system | {"PGPASSWORD": self.secrets["superuser"]})

    def _prepare_queue(self, machine: Machine, at: Path) -> None:
        ours = subprocess.run(
            [str(self.tool("python")), "manage.py", "queue_user", "--file"], cwd=self.program, check=True, text=True,
            capture_output=True, env=self.environment(machine),
        ).stdout  # fmt: skip
        owner = f"user owner on >{self.secrets['queue_owner']} ~* &* +@all\n"
        self._write(at / "users.acl", f"user default off\n{owner}{ours}")
        shutil.chown(at / "users.acl", "valkey", "valkey")

    def _prepare_quorum(self, machine: Machine, at: Path) -> None:
        shutil.chown(at / "etcd", "etcd", "etcd")
        (at / "etcd").chmod(0o700)
        shutil.chown(at, "valkey", "valkey")  # the sentinel writes beside its file
        shutil.chown(at / "sentinel.conf", "valkey", "valkey")

    def _prepare_web(self, machine: Machine, at: Path) -> None:
        for words, name in ((["--users"], "userlist.txt"), (["--users-at", f"{at}/userlist.txt"], "pgbouncer.ini")):
            said = subprocess.run(
                [str(self.tool("python")), "manage.py", "pooler", *words], cwd=self.program, check=True, text=True,
                capture_output=True, env=self.environment(machine, owns=True),
            ).stdout  # fmt: skip
            self._write(at / name, said)
            shutil.chown(at / name, "postgres", "postgres")

    def _prepare_front(self, machine: Machine, at: Path) -> None:
        papers = [f"{at}/key.pem", f"{at}/certificate.pem"]
        if not Path(papers[1]).exists():
            made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={NAME}"]
            subprocess.run([*made, "-keyout", papers[0], "-out", papers[1]], check=True, capture_output=True)
        page = (self.program / "deploy" / "nginx" / "callcenter.conf").read_text()
        for there, here in (
            ("/etc/callcenter/web.conf", f"{at}/web.conf"), ("/etc/callcenter/tls/key.pem", papers[0]),
            ("/etc/callcenter/tls/certificate.pem", papers[1]), ("/var/log/nginx/callcenter.log", f"{at}/access.log"),
            ("http://127.0.0.1:8070", "http://callcenter_live"), ("@NAME@", NAME),
        ):  # fmt: skip
            page = page.replace(there, here)
        page = "\n".join(line for line in page.splitlines() if "[::]" not in line)
        head = f"daemon off; pid {at}/nginx.pid; worker_processes 1; user root;\nevents {{}}\n"
        self._write(at / "nginx.conf", f"{head}http {{\n{page}\n}}\n")

    def _filled(self, text: str, machine: Machine) -> str:
        quorum = [one for one in MACHINES if one.name.startswith("quorum")]
        one = self.secrets
        known = {
            "HOST": machine.name, "ADDRESS": machine.address, "NETWORK": NETWORK,
            "DATA": str(self.folder / machine.name),
            "QUORUM_PEERS": ",".join(f"{each.name}=http://{each.address}:2380" for each in quorum),
            "QUORUM_CLIENTS": ", ".join(f'"{each.address}:2379"' for each in quorum),
            "PATRONI": one["patroni"], "SUPERUSER": one["superuser"], "REPLICATOR": one["replicator"],
            "POSTGRESQL": str(self.postgresql), "QUEUE_USER": "callcenter", "QUEUE_PASSWORD": one["queue"],
            "QUEUE_OWNER": one["queue_owner"], "FRONT": FRONT, "INTERFACE": "eth0",
            "PRIORITY": "100" if machine.name.endswith("1") else "90",
            **{each.name.upper(): each.address for each in MACHINES},
        }  # fmt: skip
        for name, value in known.items():
            text = text.replace(f"@{name}@", value)
        return text

    def _write(self, path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text)
        for kind, owner in OWNERS.items():
            if path.parent.name.startswith(kind):
                shutil.chown(path, owner, owner)


def address_of(name: str) -> str:
    return next(machine.address for machine in MACHINES if machine.name == name)
