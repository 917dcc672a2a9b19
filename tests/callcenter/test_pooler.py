"""What PgBouncer of a web machine is told: by transaction, and each connection says what ours say."""

from __future__ import annotations

import configparser
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from callcenter.beginnings import BEGINS, as_statement
from callcenter.pooler import NoPooler, ini_of, users_of

POOLED = "postgres://callcenter:s%22cret@127.0.0.1:6432/callcenter"
SERVER = "postgres://callcenter_pooler:it%27s@db.internal:5000/callcenter?sslmode=verify-full&sslrootcert=/etc/ca.pem"

LENGTHS = ("statement_timeout", "lock_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout")


def read(text: str) -> configparser.ConfigParser:
    told = configparser.ConfigParser(interpolation=None)
    told.read_string(text)
    return told


def test_it_says_the_path_and_the_word_and_asks_the_server_by_tls() -> None:
    told = read(ini_of(pooled=POOLED, server=SERVER, word="0f" * 32, users="/etc/pgbouncer/userlist.txt"))
    there = told["databases"]["callcenter"]
    assert "host=db.internal port=5000 dbname=callcenter user='callcenter_pooler' password='it''s'" in there
    assert "connect_query='SET search_path = ''public'';" in there
    assert f"SET callcenter.hand = ''{'0f' * 32}''" in there
    pooler = told["pgbouncer"]
    assert (pooler["pool_mode"], pooler["ignore_startup_parameters"]) == ("transaction", "options")
    assert (pooler["listen_addr"], pooler["listen_port"], pooler["unix_socket_dir"]) == ("127.0.0.1", "6432", "")
    assert (pooler["server_tls_sslmode"], pooler["server_tls_ca_file"]) == ("verify-full", "/etc/ca.pem")
    assert (pooler["auth_type"], pooler["auth_file"]) == ("scram-sha-256", "/etc/pgbouncer/userlist.txt")
    assert users_of(pooled=POOLED) == '"callcenter" "s""cret"'


@pytest.mark.django_db
def test_what_it_says_first_undoes_what_its_role_was_told_and_fits_its_buffer() -> None:
    """Of a statement longer than that PgBouncer sends nothing: each click waited ten seconds for a connection."""
    word = "0f" * 32
    said = as_statement(word)
    assert len(said.encode()) < 500  # of 512, with what goes before and behind
    with connection.cursor() as cursor:
        for name, value in {**dict.fromkeys(LENGTHS, "7000"), "default_transaction_read_only": "on"}.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
        cursor.execute(said)
        for name, value in (BEGINS | {"callcenter.hand": word}).items():
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (value,), name


@pytest.mark.parametrize(
    ("pooled", "server", "says"),
    [
        ("postgres://callcenter@127.0.0.1:6432/callcenter", SERVER, "DATABASE_URL: postgres://user:password"),
        (POOLED, "", "DATABASE_POOLER_URL: postgres://user:password"),
        (POOLED, SERVER.replace("callcenter_pooler", "callcenter"), "a user of its own"),
        (POOLED.replace("127.0.0.1", "10.0.0.1"), SERVER, "of this machine alone"),
    ],
)
def test_what_is_missing_is_said(pooled: str, server: str, says: str) -> None:
    with pytest.raises(NoPooler, match=says):
        ini_of(pooled=pooled, server=server, word="0f", users="")


def test_the_command_says_what_the_environment_is_missing(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DATABASE_URL, settings.DATABASE_POOLER_URL = POOLED, ""
    with pytest.raises(CommandError, match="DATABASE_POOLER_URL"):
        call_command("pooler")
    out = StringIO()
    call_command("pooler", "--users", stdout=out)
    assert out.getvalue() == '"callcenter" "s""cret"\n'
