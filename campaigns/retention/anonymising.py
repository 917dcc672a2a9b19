"""Personal data of months long closed are taken away; what the month came to stays as it was sealed.

A contact keeps its list, zone, services, amounts, calls and payments, which the figures are made of. Its name, card,
address and telephones go, and so do notes; contract and service number, which lead to a person in Smartflex, become
numbers of our own, the same ones on its receipts, so that all still add up. Receipt numbers stay: by them an old file
is known again. Files of reports are deleted, and the cells of rejected rows with them (docs/decisions/0104).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from agents.keeping import NOBODY, Held, last_digits
from campaigns.closing.sealing import is_provisional, last_seal
from campaigns.models import Campaign, CampaignChange, Contact, DeskDraft, Report
from campaigns.month.periods import write_period
from work.ending import settle

BATCH = 20_000  # contacts in one transaction: a month is a million, and nobody waits for these rows

# Which contacts of a campaign have a name and may lose it; then one pass over them, the contacts themselves last.
NOT_HELD = f"""contract <> ALL(%(held_contracts)s) AND NOT EXISTS (
                 SELECT FROM unnest(telephones) one WHERE {last_digits("one")} = ANY(%(held_telephones)s))"""
PICKED = f"""SELECT id FROM campaigns_contact
              WHERE campaign_id = %(campaign)s AND id BETWEEN %(low)s AND %(high)s AND contract <> 'anon-' || id
                AND {NOT_HELD}"""
DUE = f"""SELECT count(*) FROM campaigns_contact
            WHERE campaign_id = ANY(%(campaigns)s) AND contract <> 'anon-' || id AND {NOT_HELD}"""
NAMED = "SELECT unnest(%(ids)s::bigint[])"
STEPS = (
    f"""UPDATE campaigns_attempt a SET note = '', note_before = '', reason = '',
               telephone = CASE WHEN a.telephone = '' THEN '' ELSE 'tel-' || told.place END
          FROM (SELECT id, dense_rank() OVER (PARTITION BY contact_id ORDER BY telephone) AS place
                  FROM campaigns_attempt WHERE contact_id IN ({NAMED})) told
         WHERE told.id = a.id""",
    f"UPDATE campaigns_callback SET note = '', telephone = '', why = '' WHERE contact_id IN ({NAMED})",
    "SELECT audit_forget('campaigns_callbackevent', 'contact_id', %(ids)s, '{note,telephone,why}')",
    f"""UPDATE campaigns_receipt r SET contract = 'anon-' || n.contact_id, service_number = 'anon-' || n.id
          FROM campaigns_renewal n WHERE n.id = r.renewal_id AND n.contact_id IN ({NAMED})""",
    f"""UPDATE campaigns_refund f SET contract = 'anon-' || n.contact_id, service_number = 'anon-' || n.id, reason =
               CASE WHEN f.by_id IS NULL THEN '' ELSE '—' END
          FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
         WHERE r.id = f.receipt_id AND n.contact_id IN ({NAMED})""",
    f"UPDATE campaigns_renewal SET service_number = 'anon-' || id WHERE contact_id IN ({NAMED})",
    f"""UPDATE campaigns_contact SET contract = 'anon-' || id, name = %(nobody)s, name_key = upper(%(nobody)s),
               identity_card = '', address = '',
               telephones = ARRAY(SELECT 'tel-' || place FROM generate_series(1, cardinality(telephones)) place)
         WHERE id IN ({NAMED})""",
)
REJECTED = """
    UPDATE campaigns_rejectedrow j
       SET cells = '{}', detail = '', mended = NULL,
           state = CASE WHEN j.state = 'waiting' THEN 'dismissed' ELSE j.state END,
           settled_at = COALESCE(j.settled_at, %(now)s)
      FROM campaigns_report r
     WHERE r.id = j.report_id AND r.arrived_at < %(before)s AND j.cells <> '{}'
       AND coalesce(j.cells->>'contract', '') <> ALL(%(held_contracts)s)"""
CHANGED = """
    DELETE FROM campaigns_reportdifference d USING campaigns_report r
     WHERE r.id = d.report_id AND r.arrived_at < %(before)s AND d.contract <> ALL(%(held_contracts)s)"""
UNMATCHED = """
    UPDATE campaigns_receipt SET contract = 'anon', service_number = 'anon'
     WHERE renewal_id IS NULL AND paid_on < %(before)s AND service_number <> 'anon'
       AND contract <> ALL(%(held_contracts)s)"""
GIVEN_BACK = """
    UPDATE campaigns_refund f
       SET contract = 'anon', service_number = 'anon', reason = CASE WHEN f.by_id IS NULL THEN '' ELSE '—' END
     WHERE f.refunded_on < %(before)s AND f.service_number <> 'anon' AND f.contract <> ALL(%(held_contracts)s)
       AND NOT EXISTS (SELECT FROM campaigns_receipt r WHERE r.id = f.receipt_id AND r.renewal_id IS NOT NULL)"""
RETIRED = """
    DELETE FROM campaigns_retiredtelephone t
     WHERE t.retired_at < %(before)s AND NOT EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = t.contract)"""
EXPORTED = """
    UPDATE campaigns_listexport SET filters = '{}', last_error = '' WHERE asked_at < %(before)s AND filters <> '{}'"""


LEFT_BEHIND = f"""
    SELECT contact.id FROM campaigns_contact contact JOIN campaigns_campaign c ON c.id = contact.campaign_id
     WHERE c.anonymised_at IS NOT NULL AND contact.contract <> 'anon-' || contact.id AND {NOT_HELD}
       AND (contact.contract = ANY(%(contracts)s) OR EXISTS (
            SELECT FROM unnest(telephones) one WHERE {last_digits("one")} = ANY(%(telephones)s)))"""
REACHED_AT = f"""
    SELECT DISTINCT contract FROM campaigns_contact contact
     WHERE contract <> 'anon-' || id AND EXISTS (
           SELECT FROM unnest(telephones) one WHERE {last_digits("one")} = ANY(%s))"""


@dataclass(frozen=True)
class Anonymised:
    """What was, or would be, taken away."""

    months: list[str]
    contacts: int
    files: int


def anonymise_due(*, before: datetime, now: datetime, held: Held, lifted: Held, only_look: bool = False) -> Anonymised:
    """Take away what is of before a moment; with `only_look` say what that is. Again and again does no harm.

    `held` customers stay as they are, but their files are everybody's and go. `lifted`: whose hold ended since the last
    run, who lose what their months lost already.
    """
    campaigns = due_campaigns(before=before)
    files = _old_files(before)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"campaigns": [one.pk for one in campaigns], **held.values()})
        (contacts,) = cursor.fetchone()
    left = _left_behind(lifted, held)
    if not only_look:
        for campaign in campaigns:
            _anonymise(campaign, held, now)
        _take(left, now)
        _anonymise_reports(files, before, held, now)
    return Anonymised([write_period(campaign.period) for campaign in campaigns], contacts + len(left), len(files))


def with_contracts(held: Held) -> Held:
    """A hold of a telephone is of the contracts that lists name it for, too: receipts have a contract alone."""
    if not held.telephones:
        return held
    with connection.cursor() as cursor:
        cursor.execute(REACHED_AT, [list(held.telephones)])
        return held.and_contracts(contract for (contract,) in cursor.fetchall())


def due_campaigns(*, before: datetime) -> list[Campaign]:
    """Closed longer than the policy keeps, and sealed for the last time: before that, figures may still be counted."""
    closed = Campaign.objects.filter(state=Campaign.State.CLOSED, anonymised_at=None, closed_at__lt=before)
    closed = closed.order_by("period")
    return [campaign for campaign in closed if (last := last_seal(campaign=campaign)) and not is_provisional(last)]


def _left_behind(lifted: Held, held: Held) -> list[int]:
    """Contacts of months that lost their names, whom a hold kept that ended."""
    if not (lifted.contracts or lifted.telephones):
        return []
    whom = {**held.values(), "contracts": [*lifted.contracts], "telephones": [*lifted.telephones]}
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND, whom)
        return [pk for (pk,) in cursor.fetchall()]


def _take(ids: list[int], now: datetime) -> int:
    """All that leads from these contacts to somebody, in one transaction. Returns how many they were."""
    with transaction.atomic(), connection.cursor() as cursor:
        for step in STEPS:
            cursor.execute(step, {"ids": ids, "nobody": NOBODY, "now": now})
    return len(ids)


def _anonymise(campaign: Campaign, held: Held, now: datetime) -> None:
    """One month, in batches that may each be the last one done: whoever comes next goes on."""
    ends = Contact.objects.filter(campaign=campaign).aggregate(low=Min("id"), high=Max("id"))
    done = 0
    for low in range(ends["low"] or 0, (ends["high"] or 0) + 1, BATCH):
        values: dict[str, Any] = {"campaign": campaign.pk, "low": low, "high": low + BATCH - 1, **held.values()}
        with connection.cursor() as cursor:
            cursor.execute(PICKED, values)
            done += _take([pk for (pk,) in cursor.fetchall()], now)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.anonymised_at is not None:
            return  # another process was here, too
        DeskDraft.objects.filter(contact__campaign=locked).delete()  # half a sentence is nobody's evidence
        locked.anonymised_at = now
        locked.save(update_fields=["anonymised_at"])
        CampaignChange.objects.create(
            campaign=locked,
            verb="anonymise",
            from_state=locked.state,
            to_state=locked.state,
            at=now,
            note=_("Se quitaron los datos personales de %(count)d contactos.") % {"count": done},
        )


def _old_files(before: datetime) -> list[tuple[int, str]]:
    return list(Report.objects.filter(arrived_at__lt=before).exclude(file="").values_list("pk", "file"))


def _anonymise_reports(files: list[tuple[int, str]], before: datetime, held: Held, now: datetime) -> None:
    for _pk, name in files:
        default_storage.delete(name)  # first: a name that is left over is deleted again, a file without one never is
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (REJECTED, CHANGED, UNMATCHED, GIVEN_BACK, RETIRED, EXPORTED):
            cursor.execute(statement, {"before": before, "now": now, **held.values()})
        old = Report.objects.filter(pk__in=[pk for pk, _name in files])
        undecided = old.filter(state__in=[Report.State.WAITING, Report.State.HELD, Report.State.PARKED])
        for report in undecided.order_by("pk").select_for_update(no_key=True):
            settle(owed=report, to=Report.State.DISCARDED, now=now)
        old.update(file="", other_products=None, last_error="", held_because="")
