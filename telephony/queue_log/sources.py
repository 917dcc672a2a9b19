"""The clock reads the queue_log of each switchboard where its source says: what is new, of files that changed, or of a
table. Files here are read apart from what other machines have: who does not answer keeps nobody else waiting.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from screens.connections import one_session
from telephony.models import LogLook, LogSource, Switchboard
from telephony.queue_log.copies import brought, check_source, copies_of, found_here, secret_of
from telephony.queue_log.databases import read_table
from telephony.queue_log.files import NotALog, read_file

ALONE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
NOT_ALONE = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
HERE, ELSEWHERE = "queue_log sources here", "queue_log sources elsewhere"  # who reads them is alone with them
# until a server is asked again that gives a file whole, or that was waited for in vain; and a file that is broken
AFAR = timedelta(minutes=1)
FILES = 1_000  # of one source: more is a path that means something else


class WhichBoard(ValueError):
    """There are several switchboards, and it is not said of which one a log is; the message names them."""


def board_of_a_log(*, named: str | None) -> Switchboard:
    """The one that is named, or the only one. Where there is none yet, *Central*, without a link: what it wrote has an
    owner all the same. Raises WhichBoard.
    """
    boards = Switchboard.objects.order_by("name")
    known = list(boards.values_list("name", flat=True))
    if not known and not named:
        return Switchboard.objects.get_or_create(name="Central", defaults={"host": ""})[0]
    found = list(boards.filter(name=named) if named else boards)
    if len(found) != 1:
        words = _("¿De qué central? --switchboard NOMBRE, una de: %(known)s")
        raise WhichBoard(words % {"known": ", ".join(known) or _("ninguna")})
    return found[0]


def read_sources(*, now: datetime, which: str = HERE) -> int:
    """Read what is new in the files here, or in the tables and the files of other machines. Returns how many lines
    were; 0 too where somebody reads them already.
    """
    with _alone(which) as is_alone:
        if not is_alone:
            return 0
        sources = LogSource.objects.filter(is_on=True).select_related("switchboard", "look").order_by("pk")
        asked = [source for source in sources if (source.is_afar or source.is_a_table) == (which == ELSEWHERE)]
        return sum(_read(source, now) for source in asked)


def looked_at() -> dict[str, datetime | None]:
    """When the clock looked last at each source in use, by its path."""
    return dict(LogSource.objects.filter(is_on=True).values_list("path", "look__looked_at"))


def unread() -> list[LogLook]:
    """Of the sources in use, those of which something could not be read."""
    return list(_looks().exclude(problem=""))


def left_out() -> list[LogLook]:
    """Of the sources in use, those beside which something fits the name and is not taken."""
    return list(_looks().exclude(left_out=""))


def unreadable_lines() -> int:
    """Of the sources in use: how many of what they hold were no lines of queue_log."""
    return _looks().aggregate(lines=Sum("unreadable"))["lines"] or 0


def _looks() -> QuerySet[LogLook]:
    return LogLook.objects.filter(source__is_on=True).select_related("source__switchboard").order_by("source")


@contextmanager
def _alone(which: str) -> Iterator[bool]:
    """Of two readers one: a long file is read for longer than from one tick to the next."""
    with one_session(), connection.cursor() as cursor:
        cursor.execute(ALONE, [which])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute(NOT_ALONE, [which])


def _read(source: LogSource, now: datetime) -> int:
    look = getattr(source, "look", None) or LogLook(source=source, looked_at=now)
    if look.pk and now - look.looked_at < AFAR and (source.is_afar or (source.is_a_table and look.problem)):
        return 0
    look.left_out = ""
    try:
        check_source(source)  # what may be asked may have changed since it was saved
        new, problems = (_read_the_table if source.is_a_table else _read_the_files)(source, look, now)
    except ValidationError as refusal:
        new, problems = 0, refusal.messages
    look.looked_at, look.problem = now, "\n".join(problems)
    look.took_at = now if new else look.took_at
    look.save()
    return new


def _read_the_table(source: LogSource, look: LogLook, now: datetime) -> tuple[int, list[str]]:
    try:
        taken, until = read_table(
            board=source.switchboard, address=source.path, secret=secret_of(source), tls=source.tls, now=now,
            until=str(look.seen.get(source.path, "")),
        )  # fmt: skip
    except NotALog as refusal:
        return 0, [str(refusal)]
    look.seen = {source.path: until}
    look.unreadable += taken.unreadable
    return taken.new, []


def _read_the_files(source: LogSource, look: LogLook, now: datetime) -> tuple[int, list[str]]:
    """How many lines are new, and what could not be read."""
    try:
        found, look.left_out = copies_of(source) if source.is_afar else (_files_of(source), "")
    except NotALog as refusal:
        return 0, [str(refusal)]
    seen, new, problems = dict[str, list[Any]](), 0, list[str]()
    if not found:
        problems.append(_("No hay ningún archivo en %(path)s.") % {"path": source.path})
    for path, state in found.items():
        before = look.seen.get(path, [])
        if before == state:
            seen[path] = state
            continue
        if before[: len(state)] == state and now.timestamp() - before[-1] < AFAR.total_seconds():
            seen[path] = before  # what could not be read a moment ago
            problems.append(before[-2])
            continue
        try:
            with brought(source, path) if source.is_afar else found_here(path) as here:
                taken, is_cut = read_file(board=source.switchboard, path=here, now=now)
        except NotALog as refusal:
            problems.append(str(refusal))
            seen[path] = [*state, str(refusal), now.timestamp()]
            continue
        new += taken.new
        look.unreadable += taken.unreadable
        if not is_cut:  # else it is looked at again, whether it grew or not
            seen[path] = state
    look.seen = seen
    return new, problems


def _files_of(source: LogSource) -> dict[str, list[int]]:
    """Its files, the one that was changed longest ago first, with what tells whether they changed again."""
    found = {}
    for path in glob.glob(source.path)[:FILES]:  # noqa: PTH207  # it may be anywhere, and be no pattern at all
        try:
            told = Path(path).stat()
        except OSError:  # rotated away in this very moment: its next name is found at the next look
            continue
        found[path] = [told.st_mtime_ns, told.st_size]
    return dict(sorted(found.items(), key=lambda one: one[1]))
