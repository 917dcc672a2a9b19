"""What the running house may ask of Valkey or Redis: what Celery, the cache and the health page use, and no more.

Whoever gets hold of the house's password then empties no database, reads no configuration, lists no keys, writes no
file and loads no module. Measured on running houses and read in the libraries (docs/decisions/0198). The embedded
server is asked as this user, so that every test shows that it is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from redis import Redis
from redis.exceptions import ResponseError

RUNS_AS = "callcenter"
COMMANDS = (
    *("auth", "hello", "select", "ping", "client|setinfo"),  # each connection
    *("get", "set", "mget", "mset", "incrby", "expire", "persist", "del", "exists"),  # the cache
    *("lpush", "rpush", "brpop", "rpop", "llen", "pexpire"),  # queues
    *("hset", "hget", "hdel", "zadd", "zrem", "zrange", "zrangebyscore"),  # what is not acknowledged yet
    *("sadd", "srem", "smembers"),  # which queue gets what
    *("publish", "subscribe", "unsubscribe", "psubscribe", "punsubscribe"),  # what workers tell each other
    *("multi", "exec", "discard", "watch", "unwatch"),
    *("evalsha", "script|load", "script|exists", "time"),  # the lock under which lost tasks come back
)
KEYS = ("callcenter:*", "ticks*", "jobs*", "unacked*", "_kombu.binding*", "*.celery.pidbox*", "celeryev*")
CHANNELS = ("/0.celery.pidbox", "/0.celeryev/*", "/0.celeryev/worker.*")  # as they stand here, patterns too
# What tells a user with more than the house needs: what it is called, and how it is asked for.
NEVER: Sequence[tuple[str, tuple[str, ...]]] = (
    ("FLUSHALL", ("FLUSHALL",)),
    ("FLUSHDB", ("FLUSHDB",)),
    ("KEYS", ("KEYS", "callcenter:none")),
    ("SCAN", ("SCAN", "0")),
    ("CONFIG", ("CONFIG", "GET", "maxmemory")),
    ("ACL", ("ACL", "LIST")),
    ("SCRIPT FLUSH", ("SCRIPT", "FLUSH")),
    ("FUNCTION", ("FUNCTION", "LIST")),
    ("EVAL", ("EVAL", "return 1", "0")),
    ("MODULE", ("MODULE", "LIST")),
    ("REPLICAOF", ("REPLICAOF", "NO", "ONE")),
    ("CLIENT LIST", ("CLIENT", "LIST")),
    ("SWAPDB", ("SWAPDB", "0", "0")),
)


def rules(*, password: str, more_keys: Sequence[str] = ()) -> list[str]:
    """What follows the name in a file of users, and `reset` in `ACL SETUSER`; the password as its digest."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    places = [*(f"~{keys}" for keys in (*KEYS, *more_keys)), *(f"&{channel}" for channel in CHANNELS)]
    return ["on", f"#{digest}", *places, "-@all", *(f"+{command}" for command in COMMANDS)]


def excess(client: Redis) -> list[str]:
    """What the client's user may do that the house never does. Raises RedisError.

    A server looks at rights when a command is queued in a transaction, and of one that is discarded nothing is done: so
    it is asked without doing it, and by a user who may not ask for her own rights.
    """
    connection = client.connection_pool.get_connection()

    def is_queued(command: Sequence[str]) -> bool:
        connection.send_command(*command)
        try:
            return bool(connection.read_response() == b"QUEUED")
        except ResponseError:
            return False

    try:
        is_queued(["MULTI"])
        found = [name for name, command in NEVER if is_queued(command)]
        is_queued(["DISCARD"])
    finally:
        connection.disconnect()  # whatever became of the transaction, it ends here
        client.connection_pool.release(connection)
    return found
