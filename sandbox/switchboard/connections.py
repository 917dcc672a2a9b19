"""Who is connected to the switchboard: signed in, asking, listening; and how the wire is made to misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import random
from dataclasses import dataclass, field

from sandbox.switchboard.actions import ACTIONS, error, success
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.wire import Action, Reader, Said, encode

READ_AT_ONCE = 64 * 1024
MOST_WAITING = 3 * 2**20  # bytes nobody reads, after which a listener is dropped in the middle of a message
AFTER_A_WRONG_SECRET = 1.0  # seconds
LONGEST_PIECE = 7  # bytes
OF_A_QUEUE = [("Event", "QueueParams"), ("Event", "QueueMember"), ("Event", "QueueEntry")]
LOOKS_ONLY = "readonly"  # the user who may ask and not act


@dataclass
class Faults:
    """How the wire is. `slow`: seconds before an answer; `is_split`: everything arrives in small pieces."""

    slow: float = 0.0
    is_split: bool = False
    is_latin_1: bool = False


@dataclass
class Users:
    """Who may sign in: both with the same secret."""

    name: str
    secret: str

    def allows(self, user: str) -> bool:
        return user in (self.name, LOOKS_ONLY)


@dataclass(eq=False)
class Connection:
    """One client. `user` is empty until somebody signed in; `held`: events that come after the answer under way."""

    writer: asyncio.StreamWriter
    user: str = ""
    hears: bool = False
    challenge: str = ""
    held: list[Said] | None = None


@dataclass(eq=False)
class Connections:
    """All of them. `dice` splits; `exchange` is asked."""

    exchange: Exchange
    users: Users
    version: str
    dice: random.Random
    faults: Faults = field(default_factory=Faults)
    _all: list[Connection] = field(default_factory=list)
    _dropped: int = 0

    def say(self, message: Said) -> None:
        """To all who signed in and hear."""
        for one in [one for one in self._all if one.hears]:
            if one.held is None:
                self._write(one, message)
            else:
                one.held.append(message)

    def drop(self) -> None:
        """Cut every connection, now."""
        for one in list(self._all):
            self._dropped += 1
            self._close(one)

    def counted(self) -> dict[str, int]:
        return {"open": len(self._all), "signed_in": sum(bool(one.user) for one in self._all), "dropped": self._dropped}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the greeting to its end."""
        connection, asked = Connection(writer), Reader()
        self._all.append(connection)
        writer.write(f"Asterisk Call Manager/{self.version}\r\n".encode())
        try:
            while data := await reader.read(READ_AT_ONCE):
                for action in asked.feed(data):
                    if not await self._answer(connection, action):
                        return
        except OSError:
            return  # whoever asked is gone; what she asked for goes on
        finally:
            self._close(connection)

    async def _answer(self, connection: Connection, action: Action) -> bool:
        """Returns whether the connection goes on. What an action brings about is told after its answer."""
        if self.faults.slow:
            await self.exchange.clock.wait(seconds=self.faults.slow)
        self.exchange.clock.hold()
        name = action.name.lower()
        goes_on, connection.held = True, []
        try:
            if name == "login" and not action.fault and not connection.user:
                goes_on = await self._sign_in(connection, action)
            elif name == "logoff" and connection.user:
                goes_on = False
                bye: Said = [("Response", "Goodbye"), ("Message", "Thanks for all the fish.")]
                self._write(connection, _marked(bye, action.get("actionid")))
            else:
                for message in await self._ask(connection, action, name):
                    self._write(connection, _marked(message, action.get("actionid")))
        finally:
            held, connection.held = connection.held, None
        for message in held:
            self._write(connection, message)
        return goes_on

    async def _ask(self, connection: Connection, action: Action, name: str) -> list[Said]:
        if action.fault:
            return error(action.fault)
        if not name:
            return error("Missing action in request")
        if name == "challenge":
            if action.get("authtype").upper() != "MD5":
                return error("Must specify AuthType")
            connection.challenge = str(self.dice.randrange(10**8, 10**9))
            return success("", ("Challenge", connection.challenge))
        if not connection.user:
            return error("Permission denied")
        if name == "login":
            return success("Already authenticated")
        known = ACTIONS.get(name)
        if known is None or not known.is_known(is_older=self.exchange.words.is_older):
            listed = "Use Action: ListCommands to show available commands."
            return error(f"Invalid/unknown command: {action.name}. {listed}")
        if connection.user == LOOKS_ONLY and not known.is_for_all:
            return error("Permission denied")
        return await known.do(self.exchange, action)

    async def _sign_in(self, connection: Connection, action: Action) -> bool:
        """Whoever is not let in is told so after a while, and is cut off."""
        user, asked_as = action.get("username"), action.get("actionid")
        proof = hashlib.md5((connection.challenge + self.users.secret).encode(), usedforsecurity=False).hexdigest()
        if action.get("authtype").upper() == "MD5":
            is_right = bool(connection.challenge) and action.get("key").lower() == proof
        else:
            is_right = action.get("secret") == self.users.secret
        if not is_right or not self.users.allows(user):
            await self.exchange.clock.wait(seconds=AFTER_A_WRONG_SECRET)
            self._write(connection, _marked(error("Authentication failed")[0], asked_as))
            return False
        connection.user = user
        connection.hears = action.get("events", "on").lower() not in ("off", "false", "no", "0")
        self._write(connection, _marked(success("Authentication accepted")[0], asked_as))
        passed = str(int(self.exchange.clock.passed()))
        since = [] if self.exchange.words.is_older else [("Uptime", passed), ("LastReload", passed)]
        booted = [("Event", "FullyBooted"), ("Privilege", "system,all"), *since, ("Status", "Fully Booted")]
        self._write(connection, booted)
        return True

    def _write(self, connection: Connection, message: Said) -> None:
        transport = connection.writer.transport
        if connection not in self._all or transport.is_closing():  # whoever it was has gone, and will be noticed
            return
        data = encode(message, charset="latin-1" if self.faults.is_latin_1 else "utf-8")
        while self.faults.is_split and len(data) > 1 and not transport.is_closing():  # each piece goes out by itself
            first = self.dice.randint(1, min(len(data) - 1, LONGEST_PIECE))
            connection.writer.write(data[:first])
            data = data[first:]
        if transport.is_closing():
            return
        connection.writer.write(data)
        if transport.get_write_buffer_size() > MOST_WAITING:
            transport.abort()
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        if connection in self._all:
            self._all.remove(connection)
            connection.writer.close()


def _marked(message: Said, action_id: str) -> Said:
    """With the `ActionID` of who asked, where Asterisk puts it: second, or last in what it tells of a queue."""
    if not action_id:
        return message
    mark = ("ActionID", action_id)
    return [*message, mark] if message[0] in OF_A_QUEUE else [message[0], mark, *message[1:]]
