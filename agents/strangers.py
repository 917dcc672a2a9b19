"""Who answers for the centre hears that somebody wrote in the database who is no process of the application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.accounts import Kind, note
from agents.hands import is_known, is_ours, unwatched
from agents.models import StrangersTold, StrangeWrite, User
from agents.naming import first_of
from agents.power import with_power_lately

AGAIN_AFTER = timedelta(minutes=3)  # of somebody who writes on
COPIES_OF_ACCOUNTS = "agents_userevent"
LATE = timedelta(minutes=5)  # by then it was told, or something keeps it from being told
STAYS_WRONG = timedelta(days=30)

# Transactions end in another order than they write: whatever one wrote that was still open is counted anew until none
# from before then is.
_NEWS = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS open_from,
       count(*) AS there,
       count(*) FILTER (WHERE transaction >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS again,
       coalesce(array_agg(DISTINCT table_name ORDER BY table_name), '{}') AS tables
  FROM agents_strangewrite WHERE transaction >= %s AND table_name <> 'agents_userevent'
"""
# Of each the newest that no stranger wrote.
_ADDRESSES = """
SELECT DISTINCT ON (copy.pgh_obj_id) copy.pgh_obj_id, copy.email FROM agents_userevent copy
 WHERE copy.pgh_obj_id = ANY(%s) AND NOT EXISTS (
       SELECT FROM agents_strangewrite written
        WHERE written.table_name = 'agents_userevent' AND written.key = copy.pgh_id::text)
 ORDER BY copy.pgh_obj_id, copy.pgh_id DESC
"""


@transaction.atomic
def tell_of_strangers(*, now: datetime) -> int:
    """On their next page and by mail; how many rows that is of. One who writes on is told of every three minutes."""
    if not StrangeWrite.objects.exists():
        return 0
    told, _made = StrangersTold.objects.select_for_update().get_or_create(pk=1)
    if told.at is not None and now - told.at < AGAIN_AFTER:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [told.open_from])
        open_from, there, again, tables = cursor.fetchone()
    rows = int(there) - told.told_of
    if rows > 0:
        words = ngettext("%(count)d fila: %(tables)s", "%(count)d filas: %(tables)s", rows)
        said = words % {"count": rows, "tables": first_of(tables)}
        if not (people := _who_answers(is_of_accounts=User._meta.db_table in tables, now=now)):
            return 0  # nobody was told: it stays to be told
        before = _addresses_before(people)
        for user in people:
            also_to = [before[user.pk]] if user.pk in before else []
            note(user=user, kind=Kind.STRANGER, now=now, words=said, also_to=also_to)
    if rows > 0 or again != told.told_of:
        StrangersTold.objects.filter(pk=1).update(open_from=open_from, told_of=again, at=now if rows > 0 else told.at)
    return rows


def _who_answers(*, is_of_accounts: bool, now: datetime) -> list[User]:
    """Supervision, audit and administration, and whoever was one of them lately: a stranger may have said otherwise."""
    people = with_power_lately(now=now)
    return list(people if is_of_accounts else people.filter(is_active=True))


def _addresses_before(people: Iterable[User]) -> dict[int, str]:
    """Where each was reached before a stranger put another address."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [[user.pk for user in people]])
        before = dict(cursor.fetchall())
    return {user.pk: before[user.pk] for user in people if before.get(user.pk, user.email) != user.email}


def untold_since(*, now: datetime) -> datetime | None:
    """Since when at the latest a row of a stranger's waits to be told; None where none does for longer than it may."""
    told = StrangersTold.objects.filter(pk=1).first() or StrangersTold(pk=1)
    new = _of_facts().filter(transaction__gte=told.open_from).aggregate(count=Count("pk"), first=Min("at"))
    if new["count"] <= told.told_of:
        return None
    since: datetime = max(filter(None, (new["first"], told.at)))  # some of it may have been told then, not all
    return since if now - since > LATE else None


def _of_facts() -> QuerySet[StrangeWrite]:
    """Without the copies that triggers make of accounts: those only say which of them is a stranger's."""
    return StrangeWrite.objects.exclude(table_name=COPIES_OF_ACCOUNTS)


def strangers_found(*, now: datetime) -> Iterator[tuple[bool, str]]:
    """For `verify_audit`: whether it is wrong, and the sentence."""
    for table, _key in unwatched():
        yield True, _("%(table)s: nadie anota quién escribe ahí (manage.py migrate).") % {"table": table}
    if not is_known():
        yield False, _("La base no distingue todavía quién escribe (manage.py know_hand).")
    elif not is_ours():
        yield True, _("Lo que este proceso escribe cuenta como ajeno: SECRET_KEY es otra (manage.py know_hand).")
    by_table = _of_facts().values("table_name", "database_user", "address").order_by("table_name")
    for one in by_table.annotate(rows=Count("pk"), first=Min("at"), last=Max("at")):
        words = ngettext(
            "%(table)s: %(user)s, que no es la aplicación, escribió %(rows)d fila desde %(where)s, %(when)s.",
            "%(table)s: %(user)s, que no es la aplicación, escribió %(rows)d filas desde %(where)s, %(when)s.",
            one["rows"],
        )
        where = one["address"] or _("la misma máquina")
        when = " – ".join(dict.fromkeys(_moment(one[name]) for name in ("first", "last")))
        is_wrong = now - one["last"] < STAYS_WRONG
        yield is_wrong, words % {
            "table": one["table_name"], "user": one["database_user"], "rows": one["rows"], "where": where, "when": when
        }  # fmt: skip


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
