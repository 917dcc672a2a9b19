"""Whether the audit is what it was: each day's digest counted again, their chain, and the triggers that write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.audit import Book, Facts
from agents.audit_sums import Day, Sum, sums
from agents.digests import GRACE, link, summed_tables
from agents.models import AuditDigest, AuditRemoval
from agents.strangers import strangers_found

OF_A_REPORT = "^report_[0-9]+_[0-9]+$"  # where a report stands while it is taken (campaigns/rows/staging.py)


@dataclass(frozen=True)
class Checked:
    """`wrong` and `told`: sentences, of what should not be and of what retention took; `newest`: the chain's end."""

    days: int
    rows: int
    newest: str
    wrong: list[str]
    told: list[str]


def check_audit(*, now: datetime, known: str = "") -> Checked:
    """Count everything again. `known`: an end of the chain that was kept outside, which has to be in it."""
    digests = list(AuditDigest.objects.order_by("id"))
    wrong, told = [*_triggers_missing(), *_doubles(), *_broken_links(digests, known)], [*_works_as_owner()]
    for is_wrong, sentence in strangers_found(now=now):
        (wrong if is_wrong else told).append(sentence)
    tables = {table.table: table for table in summed_tables()}
    of_a_table = sorted(digests, key=lambda digest: (digest.table_name, digest.id))
    for name, group in groupby(of_a_table, key=lambda digest: digest.table_name):
        mine = list(group)
        if name not in tables:
            wrong.append(_("%(table)s: tiene huellas y no se audita más.") % {"table": name})
            continue
        wrong += _gaps(mine)
        try:
            with transaction.atomic():
                found = [*_differences(tables[name], mine)]
        except DatabaseError as error:  # whose words may quote a row; the others are counted and told all the same
            found = [
                (True, _("%(table)s: no se puede sumar (%(why)s).") % {"table": name, "why": type(error).__name__})
            ]
        for is_wrong, sentence in found:
            (wrong if is_wrong else told).append(sentence)
    if digests:
        wrong += _late([digest for digest in digests if digest.table_name in tables], now)
    else:
        told.append(_("Todavía no se hizo ninguna huella: la hace el reloj, cada noche."))
    newest = digests[-1].chain if digests else ""
    return Checked(len({digest.until for digest in digests}), sum(one.count for one in digests), newest, wrong, told)


def _broken_links(digests: Sequence[AuditDigest], known: str) -> Iterator[str]:
    before = ""
    for digest in digests:
        if digest.chain != link(digest, before=before):
            where = {"table": digest.table_name, "day": _day(digest)}
            yield _("%(table)s, %(day)s: la cadena de huellas se rompe aquí.") % where
        before = digest.chain
    if known and known not in {digest.chain for digest in digests}:
        yield _("La huella que se guardó fuera no está en la cadena: se quitaron o se rehicieron huellas.")


def _gaps(digests: Sequence[AuditDigest]) -> Iterator[str]:
    for before, after in zip([None, *digests], digests, strict=False):
        if after.since != (before.until if before else None):
            where = {"table": after.table_name, "day": _day(after)}
            yield _("%(table)s, %(day)s: falta la huella de antes.") % where


def _late(digests: Sequence[AuditDigest], now: datetime) -> Iterator[str]:
    """A chain that nobody goes on with proves less every day."""
    if ahead := [digest for digest in digests if digest.until > now]:  # none is made of a day that is not over
        for digest in ahead:
            yield _("%(table)s: hay una huella de un día que no terminó.") % {"table": digest.table_name}
    newest: dict[str, datetime] = {}
    for digest in digests:
        if digest.until <= now:
            newest[digest.table_name] = max(digest.until, newest.get(digest.table_name, digest.until))
    late = {table: until for table, until in newest.items() if now - until > GRACE + timedelta(days=2)}
    if late and len(late) == len(newest):  # the clock stands still; else one table alone is the matter
        day = timezone.localtime(max(late.values())).strftime("%d/%m/%Y")
        yield _("No se hacen huellas desde el %(day)s.") % {"day": day}
        return
    for table, until in late.items():
        day = timezone.localtime(until).strftime("%d/%m/%Y")
        yield _("%(table)s: no se hacen huellas desde el %(day)s.") % {"table": table, "day": day}


def _differences(table: Book | Facts, digests: Sequence[AuditDigest]) -> Iterator[tuple[bool, str]]:
    removals = list(AuditRemoval.objects.filter(table_name=table.table, count__gt=0))
    there = _columns_there(table.table)
    for columns, group in groupby(digests, key=lambda digest: tuple(digest.columns)):
        mine = list(group)
        where = {"table": table.table, "day": _day(mine[0])}
        if gone := [column for column in columns if column not in there]:
            yield True, _("%(table)s, desde %(day)s: ya no tiene %(gone)s.") % {**where, "gone": ", ".join(gone)}
            continue
        days = [Day(digest.since, digest.until, digest.made_at, digest.snapshot) for digest in mine]
        found, _seen = sums(table, days, columns=columns)
        for digest, now in zip(mine, found, strict=True):
            if (now.count, now.sha256, now.whole) != (digest.count, digest.sha256, digest.sha256_whole):
                yield _said(digest, now, removals)


def _said(digest: AuditDigest, now: Sum, removals: Sequence[AuditRemoval]) -> tuple[bool, str]:
    """Whether it is wrong, and the sentence."""
    where = {"table": digest.table_name, "day": _day(digest)}
    taken = [one for one in removals if _reaches(one, digest)]
    if replace(now, whole=digest.sha256_whole) == Sum(digest.count, digest.sha256, digest.sha256_whole) and taken:
        return False, _("%(table)s, %(day)s: sin datos personales, que se quitaron por su plazo.") % where
    more = now.count - digest.count
    if more < 0:
        words = ngettext("falta una fila.", "faltan %(count)d filas.", -more) % {"count": -more}
    elif more > 0:
        words = ngettext("hay una fila de más.", "hay %(count)d filas de más.", more) % {"count": more}
    else:
        words = _("algo se cambió.")
    return True, f"{where['table']}, {where['day']}: {words}"


def _reaches(removal: AuditRemoval, digest: AuditDigest) -> bool:
    begins = digest.since is None or removal.until is not None and removal.until >= digest.since
    return begins and removal.since is not None and removal.since < digest.until


def _day(digest: AuditDigest) -> str:
    """The day it is of; the first digest is of all that was before."""
    last = timezone.localtime(digest.until) - timedelta(days=1)
    words = last.strftime("%d/%m/%Y")
    return _("hasta el %(day)s") % {"day": words} if digest.since is None else words


def _columns_there(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _doubles() -> Iterator[str]:
    """What a session with another path would take for a table or a function of the house, and who has such a path."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT made.identity FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_namespace n
                   ON d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid
              CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) made
             WHERE n.nspname NOT IN ('public', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%%'
               AND has_schema_privilege(%s, n.oid, 'CREATE')  -- where it may have made them
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE d.classid = 'pg_catalog.pg_class'::regclass
                                  AND c.oid = d.objid AND c.relkind = 'r' AND c.relname ~ %s)
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
             ORDER BY 1
            """,
            [settings.DATABASE_WORKS_AS, OF_A_REPORT],
        )
        for (name,) in cursor.fetchall():
            yield _("%(name)s: no es de la aplicación.") % {"name": name}
        cursor.execute(
            """SELECT said FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r ON r.oid = s.setrole,
                      pg_catalog.unnest(s.setconfig) said
                WHERE r.rolname = %s AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database
                                                                             WHERE datname = current_database()))""",
            [settings.DATABASE_WORKS_AS],
        )
        for (said,) in cursor.fetchall():
            yield _("%(role)s: alguien le puso %(said)s (ALTER ROLE … RESET).") % {
                "role": settings.DATABASE_WORKS_AS, "said": said
            }  # fmt: skip


def owns_the_tables(user: str) -> bool:
    """Whether triggers do not hold this user of the database back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT FROM pg_roles r WHERE r.rolname = %s AND (r.rolsuper OR EXISTS (
                   SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace))""",
            [user],
        )
        return cursor.fetchone() is not None


def _works_as_owner() -> Iterator[str]:
    """A site that named the exception, or a demo: told, and not wrong."""
    if owns_the_tables(settings.DATABASE_WORKS_AS):
        yield _("La aplicación trabaja como dueña de la base: los disparadores no la detienen (manage.py make_roles).")


def _triggers_missing() -> Iterator[str]:
    """Those that are declared and are off, or gone, or would look into a table of the session."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgenabled = 'O' AND p.prosecdef
                  AND 'search_path=pg_catalog, public, pg_temp' = ANY(p.proconfig)"""
        )
        on = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", []):
            if trigger.get_pgid(model) not in on:
                where = {"table": model._meta.db_table, "trigger": trigger.name}
                yield _("%(table)s: el disparador %(trigger)s falta o está apagado.") % where
