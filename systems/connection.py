"""How every client talks: one POST with JSON, one JSON answer, within its time, and an error with one meaning."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import quote

import httpx
from django.utils.translation import gettext as _

from systems.breaker import Resting
from systems.errors import CannotSay, NotThere, OutcomeUnknown, SystemRefused, SystemTrouble, SystemUnavailable
from systems.registry import name_of
from systems.shapes import Misshapen, flag, record, sound, text
from systems.wire import NO_PAPERS, Papers, seconds_left, whole_call, wire_to

log = logging.getLogger(__name__)

Read = TypeVar("Read")
LARGEST_ANSWER = 2**20  # bytes
LONGEST_SENTENCE = 300  # characters of a refusal
KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Of 4xx, those that say nothing of what was asked: no entry, no such address, too many, later.
LATER = (401, 403, 404, 405, 407, 408, 421, 425, 429)
TIMED_OUT = 408
ACCEPTED = 202  # and nobody knows yet whether it will be done
DOWN = 503  # with a sentence it says that nothing was done; any other 5xx may come after it was done
NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
HUNG_UP = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Done:
    """What the other system did, by the number it gave."""

    reference: str


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Whose word a write goes out on: the user name of the agent, and who asked her on the telephone."""

    agent: str = ""
    requester_name: str = ""
    requester_card: str = ""
    requester_kinship: str = ""

    def as_fields(self) -> dict[str, str]:
        """As they stand in the body of a write; what is not known is left out."""
        return {name: told for name, told in asdict(self).items() if told}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole; `body` is None when it is no JSON of bearable size."""

    status: int
    body: Any


class NotReached(Exception):
    """Nothing was sent."""


class Lost(Exception):
    """Something was sent, and no whole answer came."""


class Broken(Lost):
    """It answered that it broke: whatever was asked may be done."""


class Failing(Exception):
    """It answered that it cannot (5xx)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class SystemClient:
    """What the client of each system is made of. `system` is the system's code."""

    system: ClassVar[str]

    def __init__(self, address: str, *, token: str = "", timeout: float = 2.0, papers: Papers = NO_PAPERS) -> None:
        self._connection = Connection(self.system, address, token=token, timeout=timeout, papers=papers)

    def on_the_word_of(self, asked_by: AskedBy) -> Self:
        """The client, with every write it sends saying who asked for it."""
        self._connection.asked_by = asked_by
        return self


class Connection:
    """One system at its address, `<address>/<system>/<operation>`; cheap to make, what is costly is shared."""

    def __init__(self, system: str, address: str, *, token: str, timeout: float, papers: Papers = NO_PAPERS) -> None:
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
            raise ValueError(f"{system}: the address must be like https://server/path")
        if not token.isascii() or not token.isprintable():
            raise ValueError(f"{system}: the token has characters no header takes")
        self.system = system
        self._root = f"{address.rstrip('/')}/{system}/"
        self._wire = wire_to(system, self._root, papers)
        self._token, self._timeout = token, timeout
        self.asked_by: AskedBy | None = None

    def ask(self, operation: str, body: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Read]) -> Read:
        """Read something. Raises SystemUnavailable and SystemRefused."""
        try:
            answer = self._call(operation, body, {})
            if sentence := _only_told(answer):  # a refusal of those that answer 200 to everything
                raise SystemRefused(sentence)
            return read(_good(answer))
        except SystemTrouble as trouble:
            raise self._named(trouble, operation) from None
        except Broken:
            raise self._named(SystemUnavailable(_("%(system)s no puede atender ahora.")), operation) from None
        except Lost:
            raise self._named(SystemUnavailable(_("%(system)s no respondió a tiempo.")), operation) from None
        except Misshapen as wrong:
            log.warning("system %s: %s answered in another shape: %s", self.system, operation, wrong)
            raise self._named(
                SystemUnavailable(_("%(system)s respondió algo que no se entiende.")), operation
            ) from None

    def tell(self, operation: str, body: Mapping[str, Any], *, key: str) -> Done:
        """Change something there, once for each key. Raises SystemUnavailable, SystemRefused and OutcomeUnknown."""
        if not KEY.fullmatch(key):
            raise ValueError("an idempotency key is 1 to 200 printable ASCII characters")
        try:
            said = {**body, **self.asked_by.as_fields()} if self.asked_by else body
            answer = self._call(operation, said, {"Idempotency-Key": key}, writes=True)
            if sentence := _only_told(answer):  # a 2xx says that it was done, and this says something else
                words = _("%(system)s no confirmó: no se sabe si lo hizo. Dijo: «%(sentence)s»")
                raise OutcomeUnknown(words.replace("%(sentence)s", sentence))
            if _says_otherwise(answer):
                raise Misshapen("done and not done")
            return Done(text(_good(answer), "reference"))
        except SystemTrouble as trouble:
            raise self._named(trouble, operation) from None
        except (Lost, Misshapen):
            words = _("%(system)s no confirmó: no se sabe si lo hizo.")
            raise self._named(OutcomeUnknown(words), operation) from None

    def was_done(self, *, key: str) -> Done | None:
        """Whether a write with this key was done: its reference, empty where it gives none; None when it was not.

        Raises SystemUnavailable when the system does not say: CannotSay where it answers that it has no such thing.
        Any other refusal says nothing: it may be at work on that key, or something between the two answered.
        """
        operation = f"operations/{quote(key, safe='')}"
        try:
            answer = self._call(operation, None, {})
            found = _good(answer)
            if answer.status == ACCEPTED or found.get("error"):
                raise Misshapen("it is not known yet")
            reference, is_done = found.get("reference"), flag(found, "done")
            if reference and not is_done:
                raise Misshapen("not done, with a reference")
            return Done(sound(reference) if isinstance(reference, str) else "") if is_done else None
        except NotThere:
            raise self._named(CannotSay(_("%(system)s no sabe decir si lo hizo.")), "operations") from None
        except (SystemTrouble, Broken, Lost, Misshapen):
            words = _("%(system)s no dice si lo hizo.")
            raise self._named(SystemUnavailable(words), "operations") from None

    def _call(
        self, operation: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], *, writes: bool = False
    ) -> Answer:
        """One answer, with the breaker watching; without a body it is a GET. Raises Lost, SystemUnavailable, and
        SystemRefused for a 4xx. What writes is asked once, and only what says that nothing was done is taken for it.
        """
        began = time.monotonic()
        try:
            with (
                self._wire.breaker.watching(NotReached, Lost, Failing, patience=self._timeout),
                whole_call(self._timeout),
            ):
                content = None if body is None else json.dumps(body).encode()
                answer = self._exchange(operation, content, headers, tries=1 if writes else 2)
        except Resting:
            raise SystemUnavailable(_("%(system)s no responde desde hace un momento; se volverá a probar.")) from None
        except NotReached:
            raise SystemUnavailable(_("No se pudo llegar a %(system)s.")) from None
        except Failing as failing:
            told = (_only_told if writes else _told)(failing.answer)
            if not (failing.answer.status == DOWN and told):
                raise Broken from None
            raise SystemUnavailable(told) from None
        finally:
            log.debug("system %s: %s in %.0f ms", self.system, operation, 1000 * (time.monotonic() - began))
        if 200 <= answer.status < 300:
            return answer
        if writes and _may_be_done(answer):
            raise Lost
        if answer.status >= 400 and answer.status not in LATER:
            raise SystemRefused(_told(answer) or _("%(system)s rechazó lo pedido."))
        sentence = _told(answer) if answer.status == 404 else ""
        if sentence:  # an unknown contract, say; a wrong address has no sentence
            raise NotThere(sentence) if _only_told(answer) else SystemRefused(sentence)
        log.warning("system %s: %s was answered with status %s", self.system, operation, answer.status)
        raise SystemUnavailable(_("%(system)s no dejó entrar o no está donde se lo busca."))

    def _exchange(self, operation: str, content: bytes | None, headers: Mapping[str, str], tries: int) -> Answer:
        """Send and read to the end. Raises NotReached, Lost and Failing."""
        while True:
            tries -= 1
            try:
                answer = self._send(operation, content, headers)
            except NOT_REACHED as error:
                raise NotReached from error
            except HUNG_UP as error:
                if tries and seconds_left() > 0:  # a kept connection that the other side had just closed
                    continue
                raise Lost from error
            except httpx.HTTPError as error:
                raise Lost from error
            if answer.status >= 500:
                raise Failing(answer)
            return answer

    def _send(self, operation: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        always = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "callcenter"}
        if content is not None:
            always["Content-Type"] = "application/json"
        if self._token:
            always["Authorization"] = f"Bearer {self._token}"
        request = self._wire.client.build_request(
            "GET" if content is None else "POST",
            self._root + operation,
            content=content,
            headers={**always, **headers},
            timeout=max(seconds_left(), 0.001),
        )
        response = self._wire.client.send(request, stream=True)
        try:
            received = bytearray()
            for piece in response.iter_raw():
                received += piece
                if len(received) > LARGEST_ANSWER:
                    return Answer(response.status_code, None)
        finally:
            response.close()
        return Answer(response.status_code, _json(bytes(received)))

    def _named(self, trouble: SystemTrouble, operation: str) -> SystemTrouble:
        """The same trouble, with the system's name in its sentence."""
        log.info("system %s: %s ended with %s", self.system, operation, type(trouble).__name__)
        sentence = trouble.sentence.replace("%(system)s", name_of(self.system))
        return type(trouble)(sentence, system=self.system)


def _json(content: bytes) -> Any:
    """What it says, whatever it calls itself; numbers keep their digits. None when it is no JSON."""
    try:
        return json.loads(_decoded(content), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _decoded(content: bytes) -> str:
    """UTF-8, as JSON is; where it cannot be, Latin-1, as services older than it write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _good(answer: Answer) -> Mapping[str, Any]:
    return record(answer.body)


def _says_otherwise(answer: Answer) -> bool:
    """Whether an answer with a reference tells of a fault beside it, or that it is not done, or not yet."""
    found = _good(answer)
    return answer.status == ACCEPTED or bool(found.get("error")) or found.get("done", True) is not True


def _only_told(answer: Answer) -> str:
    """The sentence of an answer that has nothing but it."""
    return _told(answer) if isinstance(answer.body, dict) and answer.body.keys() == {"error"} else ""


def _may_be_done(answer: Answer) -> bool:
    """Whether an answer to a write, which is no 2xx, leaves open whether it was done: it leads elsewhere, gave up
    waiting, or refuses without a sentence, as what stands between the two does and no system that keeps to its word.
    """
    refuses = answer.status >= 400 and answer.status not in LATER
    return answer.status < 400 or answer.status == TIMED_OUT or (refuses and not _told(answer))


def _told(answer: Answer) -> str:
    """The sentence of a refusal, or an empty text."""
    found = answer.body.get("error") if isinstance(answer.body, dict) else None
    return " ".join(sound(found).split())[:LONGEST_SENTENCE] if isinstance(found, str) else ""
