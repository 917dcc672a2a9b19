"""PgBouncer for the web server of one machine, which hands out connections by transaction (docs/decisions/0213).

What each connection of the application says to the database when it begins, the pooler says in its place: where names
are looked up, and whose hand it is. So it is of that machine alone; whoever asks it needs the password all the same.
In the database it is a user of its own: what it says is read there by whoever is the same user.
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from callcenter import beginnings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
TLS = {"sslmode": "server_tls_sslmode", "sslrootcert": "server_tls_ca_file"}  # as the address says them


class NoPooler(ValueError):
    """The addresses do not say where it is and whom it asks; the message says what is missing."""


def ini_of(*, pooled: str, server: str, word: str, users: str) -> str:
    """Its pgbouncer.ini. `pooled`, `server`: DATABASE_URL and DATABASE_POOLER_URL; `users`: where its users stand.

    Raises NoPooler.
    """
    here, there = _read(pooled, "DATABASE_URL"), _read(server, "DATABASE_POOLER_URL")
    if here.username == there.username:
        raise NoPooler("DATABASE_POOLER_URL: a user of its own: the word is read by who signs in as the same.")
    if here.hostname not in LOOPBACK:
        raise NoPooler("DATABASE_URL: the pooler says whose hand it is, so it is of this machine alone: 127.0.0.1.")
    asked = parse_qs(there.query)
    where = {
        "host": asked.get("hostaddr", [there.hostname])[0], "port": there.port or 5432,
        "dbname": unquote(there.path.lstrip("/")), "user": _quoted(unquote(there.username or "")),
        "password": _quoted(unquote(there.password or "")), "connect_query": _quoted(beginnings.as_statement(word)),
    }  # fmt: skip
    settings = {
        "listen_addr": here.hostname, "listen_port": here.port or 5432, "unix_socket_dir": "",
        "auth_type": "scram-sha-256", "auth_file": users,
        "pool_mode": "transaction", "default_pool_size": 16, "max_client_conn": 1000,
        "ignore_startup_parameters": "options",  # said by connect_query
        "server_connect_timeout": 3, "server_login_retry": 1,  # seconds: another takes over meanwhile
        "query_wait_timeout": 10,  # seconds of a click without a server
        "log_connections": 0, "log_disconnections": 0,
    } | {said: asked[ours][0] for ours, said in TLS.items() if ours in asked}  # fmt: skip
    name = unquote(here.path.lstrip("/"))
    lines = ["[databases]", f"{name} = " + " ".join(f"{key}={value}" for key, value in where.items()), "[pgbouncer]"]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in settings.items())])


def _quoted(told: str) -> str:
    return "'" + told.replace("'", "''") + "'"


def users_of(*, pooled: str) -> str:
    """Its file of users: the one of the application. Raises NoPooler."""
    here = _read(pooled, "DATABASE_URL")
    return " ".join('"' + unquote(told or "").replace('"', '""') + '"' for told in (here.username, here.password))


def _read(address: str, name: str) -> SplitResult:
    told = urlsplit(address)
    if not (told.hostname and told.username and told.password and told.path.strip("/")):
        raise NoPooler(f"{name}: postgres://user:password@host:port/database, with all of its parts.")
    return told
