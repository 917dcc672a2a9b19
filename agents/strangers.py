"""Who answers for the centre hears that somebody wrote in the database who is no process of the application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.accounts import Kind, note
from agents.hands import is_known, is_ours, unwatched
from agents.models import AccountEvent, StrangersTold, StrangeWrite, User
from agents.naming import first_of
from agents.power import with_power_lately

AGAIN_AFTER = timedelta(minutes=3)  # of somebody who writes on
COPIES_OF_ACCOUNTS = "agents_userevent"
LATE = timedelta(minutes=5)  # by then it was told, or something keeps it from being told
STAYS_WRONG = REACHED_BEFORE = timedelta(days=30)
NOTE_LENGTH = AccountEvent._meta.get_field("note").max_length or 0
PLANTED_AT_MOST = 20  # people a stranger added, who are told last: whoever they are, they may be many

# Transactions end in another order than they write: whatever one wrote that was still open is counted anew until none
# from before then is.
_NEWS = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS open_from,
       count(*) AS there,
       count(*) FILTER (WHERE transaction >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS again,
       coalesce(array_agg(DISTINCT table_name ORDER BY table_name), '{}') AS tables
  FROM agents_strangewrite WHERE transaction >= %s AND table_name <> 'agents_userevent'
"""
# Of each those of a month, and the one before: what a stranger wrote, the application's next copy has as well.
_ADDRESSES = """
WITH copies AS (
  SELECT copy.pgh_obj_id AS person, copy.pgh_id, copy.pgh_created_at AS at, copy.email FROM agents_userevent copy
   WHERE copy.pgh_obj_id = ANY(%s) AND NOT EXISTS (
         SELECT FROM agents_strangewrite written
          WHERE written.table_name = 'agents_userevent' AND written.key = copy.pgh_id::text))
SELECT person, array_agg(DISTINCT email ORDER BY email) FROM copies
 WHERE email <> '' AND pgh_id >= coalesce(
       (SELECT max(older.pgh_id) FROM copies older WHERE older.person = copies.person AND older.at < %s), 0)
 GROUP BY person
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
        said = _as_many_as_fit(words % {"count": rows, "tables": "%s"}, tables)
        if not (people := _who_answers(is_of_accounts=User._meta.db_table in tables, now=now)):
            return 0  # nobody was told: it stays to be told
        before = _addresses_before(people, now=now)
        for user in people:
            note(user=user, kind=Kind.STRANGER, now=now, words=said, also_to=before.get(user.pk, []))
    if rows > 0 or again != told.told_of:
        StrangersTold.objects.filter(pk=1).update(open_from=open_from, told_of=again, at=now if rows > 0 else told.at)
    return rows


def _who_answers(*, is_of_accounts: bool, now: datetime) -> list[User]:
    """Supervision, audit and administration, and whoever was one of them lately: a stranger may have said otherwise."""
    people = with_power_lately(now=now)
    of_hers = StrangeWrite.objects.filter(table_name=User._meta.db_table, key=Cast(OuterRef("pk"), CharField()))
    if not is_of_accounts:  # whom he switched off hears of what he does next as well
        people = people.filter(Q(is_active=True) | Exists(of_hers.filter(at__gt=now - STAYS_WRONG)))
    people = people.alias(is_planted=Exists(of_hers.filter(operation="insert")))
    return [*people.filter(is_planted=False), *people.filter(is_planted=True)[:PLANTED_AT_MOST]]


def _as_many_as_fit(words: str, tables: Sequence[str]) -> str:
    """Named where there is room for their names, and how many more there are: one that is cut off hides itself."""
    several = (words % first_of(tables, most=most) for most in range(len(tables), -1, -1))
    return next(said for said in several if len(said) <= NOTE_LENGTH)


def _addresses_before(people: Iterable[User], *, now: datetime) -> dict[int, list[str]]:
    """Where each was reached this last month, beside where she is now: a stranger may have put another address."""
    now_at = {user.pk: user.email for user in people}
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [[*now_at], now - REACHED_BEFORE])
        return {person: [one for one in emails if one != now_at[person]] for person, emails in cursor.fetchall()}


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
