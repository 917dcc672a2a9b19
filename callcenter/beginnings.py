"""What each connection of the application begins with, whatever its role was told before.

A role of the database may tell itself what its next sessions begin with (`ALTER ROLE … SET`): another path of names, a
moment after which statements end. Whoever has its password would keep people from being told of him so (0210).
"""

from __future__ import annotations

from callcenter import hand

# Names are looked up where the owner made them, and what is asked is waited for: reports, checks, a stream.
BEGINS = {
    "search_path": "public",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    # Together they wait for everybody else's transactions, before the first statement.
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
}
# PostgreSQL before 17 knows it not, and would turn a connection away that names it as it is made.
ANY_LENGTH = (
    "CASE WHEN current_setting('server_version_num')::int >= 170000"
    " THEN set_config('transaction_timeout', '0', false) END"
)


def as_options(word: str) -> str:
    """As libpq's `options` say it; `word`: of `callcenter.hand`."""
    said = {name: value.replace(" ", r"\ ") for name, value in (BEGINS | {hand.SAID_AS: word}).items()}
    return " ".join(f"-c {name}={value}" for name, value in said.items())


def as_statement(word: str) -> str:
    """As whoever cannot say options says it once it is connected: PgBouncer, out of a buffer of 512 bytes. A longer one
    it does not send, and ends each connection without a word.
    """
    lengths = [*(name for name in BEGINS if name.endswith("_timeout")), "transaction_timeout"]  # where it is known
    named = ", ".join(f"'{name}'" for name in lengths)
    said = {name: value for name, value in BEGINS.items() if name not in lengths} | {hand.SAID_AS: word}
    first = "; ".join(f"SET {name} = '{value}'" for name, value in said.items())
    return f"{first}; SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ({named})"
