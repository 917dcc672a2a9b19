"""Personal data of months long closed are taken away; what the month came to stays as it was sealed.

A contact keeps its list, zone, services, amounts, calls and payments, which the figures are made of. Its name, card,
address and telephones go, and so do notes; contract and service number, which lead to a person in Smartflex, become
numbers of our own, the same ones on its receipts, so that all still add up. Receipt numbers stay: by them an old file
is known again. Files of reports are deleted, and the cells of rejected rows with them (docs/decisions/0104).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.closing.sealing import is_provisional, last_seal
from campaigns.models import CallingPolicy, Campaign, CampaignChange, Contact, DeskDraft, Report
from campaigns.month.periods import write_period
from work.ending import settle

NOBODY = "Anonimizado"  # stands where the name stood; data, as the name was
BATCH = 20_000  # contacts in one transaction: a month is a million, and nobody waits for these rows

# One pass over the contacts %(low)s to %(high)s of a campaign that still have a name; the contacts themselves last.
NAMED = """SELECT id FROM campaigns_contact
            WHERE campaign_id = %(campaign)s AND id BETWEEN %(low)s AND %(high)s AND contract <> 'anon-' || id"""
STEPS = (
    f"""UPDATE campaigns_attempt a SET note = '', reason = '',
               telephone = CASE WHEN a.telephone = '' THEN '' ELSE 'tel-' || told.place END
          FROM (SELECT id, dense_rank() OVER (PARTITION BY contact_id ORDER BY telephone) AS place
                  FROM campaigns_attempt WHERE contact_id IN ({NAMED})) told
         WHERE told.id = a.id""",
    f"UPDATE campaigns_callback SET note = '', telephone = '' WHERE contact_id IN ({NAMED})",
    f"SELECT audit_forget('campaigns_callbackevent', 'contact_id', ARRAY({NAMED}), '{{note,telephone}}')",
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
      FROM campaigns_report r WHERE r.id = j.report_id AND r.arrived_at < %(before)s AND j.cells <> '{}'"""
CHANGED = """
    DELETE FROM campaigns_reportdifference d USING campaigns_report r
     WHERE r.id = d.report_id AND r.arrived_at < %(before)s"""
UNMATCHED = """
    UPDATE campaigns_receipt SET contract = 'anon', service_number = 'anon'
     WHERE renewal_id IS NULL AND paid_on < %(before)s AND service_number <> 'anon'"""
GIVEN_BACK = """
    UPDATE campaigns_refund f
       SET contract = 'anon', service_number = 'anon', reason = CASE WHEN f.by_id IS NULL THEN '' ELSE '—' END
     WHERE f.refunded_on < %(before)s AND f.service_number <> 'anon'
       AND NOT EXISTS (SELECT FROM campaigns_receipt r WHERE r.id = f.receipt_id AND r.renewal_id IS NOT NULL)"""
RETIRED = """
    DELETE FROM campaigns_retiredtelephone t
     WHERE t.retired_at < %(before)s AND NOT EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = t.contract)"""


@dataclass(frozen=True)
class Anonymised:
    """What was, or would be, taken away."""

    months: list[str]
    contacts: int
    files: int


def anonymise_due(*, now: datetime, only_look: bool = False) -> Anonymised:
    """Take away what is older than the policy says; with `only_look` say what that is. Again and again does no harm."""
    before = keeps_from(now=now)
    campaigns = due_campaigns(now=now)
    files = _old_files(before)
    contacts = Contact.objects.filter(campaign__in=campaigns).count()
    if not only_look:
        for campaign in campaigns:
            _anonymise(campaign, now)
        _anonymise_reports(files, before, now)
    return Anonymised([write_period(campaign.period) for campaign in campaigns], contacts, len(files))


def due_campaigns(*, now: datetime) -> list[Campaign]:
    """Closed longer than the policy keeps, and sealed for the last time: before that, figures may still be counted."""
    closed = Campaign.objects.filter(
        state=Campaign.State.CLOSED, anonymised_at=None, closed_at__lt=keeps_from(now=now)
    ).order_by("period")
    return [campaign for campaign in closed if (last := last_seal(campaign=campaign)) and not is_provisional(last)]


def keeps_from(*, now: datetime) -> datetime:
    """What is older than this moment is not kept: the policy's months back, the 28th at most."""
    local = timezone.localtime(now)
    months = CallingPolicy.objects.in_force().personal_data_months
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, 28))


def _anonymise(campaign: Campaign, now: datetime) -> None:
    """One month, in batches that may each be the last one done: whoever comes next goes on."""
    ends = Contact.objects.filter(campaign=campaign).aggregate(low=Min("id"), high=Max("id"))
    done = 0
    for low in range(ends["low"] or 0, (ends["high"] or 0) + 1, BATCH):
        values: dict[str, int | str] = {"campaign": campaign.pk, "low": low, "high": low + BATCH - 1, "nobody": NOBODY}
        with transaction.atomic(), connection.cursor() as cursor:
            for step in STEPS:
                cursor.execute(step, values)
            done += cursor.rowcount
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.anonymised_at is not None:
            return  # another process was here, too
        DeskDraft.objects.filter(contact__campaign=locked).delete()
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


def _anonymise_reports(files: list[tuple[int, str]], before: datetime, now: datetime) -> None:
    for _pk, name in files:
        default_storage.delete(name)  # first: a name that is left over is deleted again, a file without one never is
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (REJECTED, CHANGED, UNMATCHED, GIVEN_BACK, RETIRED):
            cursor.execute(statement, {"before": before, "now": now})
        old = Report.objects.filter(pk__in=[pk for pk, _name in files])
        undecided = old.filter(state__in=[Report.State.WAITING, Report.State.HELD, Report.State.PARKED])
        for report in undecided.order_by("pk").select_for_update(no_key=True):
            settle(owed=report, to=Report.State.DISCARDED, now=now)
        old.update(file="", other_products=None)
