"""What a corrected report changes, customer by customer: written down before anybody decides, and read by its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.intake.contacts_of_rows import WITH_THEIR_TELEPHONES, gather
from campaigns.models import Campaign, Report, ReportDifference
from campaigns.rows.staging import table_of

_SERVICE = """jsonb_build_object('service', {of}.service, 'number', {of}.service_number, 'plan', {of}.plan,
                                 'due_on', {of}.due_on, 'amount', {of}.{amount}::text)"""
_SERVICES = "jsonb_agg({one} ORDER BY {of}.service, {of}.service_number)"
_CUSTOMER = """jsonb_build_object('name', {of}.name, 'telephones', {of}.telephones, 'amount', {of}.amount::text,
                                  'due_on', {of}.due_on, 'services', {of}.services)"""
_NUMBERS = "(SELECT array_agg(concat(one->>'service', one->>'number')) FROM jsonb_array_elements({of}.services) one)"
_AMOUNTS = "(SELECT array_agg(one->>'amount') FROM jsonb_array_elements({of}.services) one)"
_WAS_SERVICES = _SERVICES.format(one=_SERVICE.format(of="r", amount="amount_due"), of="r")
_NOW_SERVICES = _SERVICES.format(one=_SERVICE.format(of="s", amount="amount"), of="s")
_COMPARE = f"""
INSERT INTO campaigns_reportdifference (report_id, contact_id, kind, contract, name, changes, before, after,
                                        was_called, has_promised, has_paid)
WITH was AS (
  SELECT c.id, c.contract, c.name, c.telephones, c.amount_due AS amount, c.due_on,
         ARRAY[c.name, c.identity_card, c.zone, c.address, c.segment]::text[] AS person, r.services
    FROM campaigns_contact c
    JOIN (SELECT r.contact_id, {_WAS_SERVICES} AS services FROM campaigns_renewal r
           WHERE r.campaign_id = %(campaign)s AND r.gone_at IS NULL GROUP BY r.contact_id) r ON r.contact_id = c.id
   WHERE c.campaign_id = %(campaign)s
), becomes AS (
  SELECT gathered.contract, CASE WHEN gathered.is_known THEN gathered.id END AS id, staged.name,
         coalesce(joined.telephones, staged.telephones) AS telephones, gathered.amount, gathered.due_on,
         ARRAY[staged.name, staged.identity_card, staged.zone, staged.address, staged.segment]::text[] AS person,
         s.services
    FROM {WITH_THEIR_TELEPHONES}
    JOIN (SELECT s.contract, {_NOW_SERVICES} AS services FROM {{table}} s
           WHERE s.reason IS NULL AND s.duplicate_of IS NULL AND s.service <> 'OTHER'
           GROUP BY s.contract) s ON s.contract = gathered.contract
), both_sides AS (
  SELECT coalesce(was.id, becomes.id) AS contact_id, coalesce(becomes.contract, was.contract) AS contract,
         coalesce(becomes.name, was.name) AS name,
         CASE WHEN was.contract IS NULL THEN 'new' WHEN becomes.contract IS NULL THEN 'gone' ELSE 'changed' END AS kind,
         CASE WHEN was.contract IS NULL AND becomes.id IS NOT NULL THEN '{{{{back}}}}'::varchar[]
              WHEN was.contract IS NULL OR becomes.contract IS NULL THEN '{{{{}}}}'::varchar[] ELSE array_remove(ARRAY[
           CASE WHEN {_NUMBERS.format(of="was")} <> {_NUMBERS.format(of="becomes")} THEN 'services' END,
           CASE WHEN was.amount <> becomes.amount OR {_NUMBERS.format(of="was")} = {_NUMBERS.format(of="becomes")}
                 AND {_AMOUNTS.format(of="was")} <> {_AMOUNTS.format(of="becomes")} THEN 'amount' END,
           CASE WHEN was.due_on <> becomes.due_on THEN 'due_on' END,
           CASE WHEN was.telephones <> becomes.telephones THEN 'telephones' END,
           CASE WHEN was.person <> becomes.person THEN 'person' END]::varchar[], NULL) END AS changes,
         CASE WHEN was.contract IS NOT NULL THEN {_CUSTOMER.format(of="was")} END AS before,
         CASE WHEN becomes.contract IS NOT NULL THEN {_CUSTOMER.format(of="becomes")} END AS after,
         was.services IS DISTINCT FROM becomes.services OR was.person IS DISTINCT FROM becomes.person
           OR was.telephones IS DISTINCT FROM becomes.telephones AS differs
    FROM was FULL JOIN becomes ON becomes.contract = was.contract
)
SELECT %(report)s, both_sides.contact_id, kind, contract, name, changes, before, after,
       coalesce(e.handled_at IS NOT NULL, FALSE),
       EXISTS (SELECT FROM campaigns_paymentpromise p WHERE p.contact_id = both_sides.contact_id),
       EXISTS (SELECT FROM campaigns_renewal r JOIN campaigns_renewalpayment p ON p.renewal_id = r.id
                WHERE r.contact_id = both_sides.contact_id)
  FROM both_sides LEFT JOIN campaigns_listentry e ON e.contact_id = both_sides.contact_id
 WHERE differs
"""
# In one order: what was shown and what is done are compared by it.
DIGEST = """coalesce(md5(string_agg(concat_ws('|', kind, contract, changes::text, before::text, after::text), '||'
                               ORDER BY kind, contract)), '')"""
_SUMMARY = f"""
SELECT count(*) FILTER (WHERE kind = 'new'), count(*) FILTER (WHERE kind = 'gone'),
       count(*) FILTER (WHERE kind = 'changed'), count(*) FILTER (WHERE kind = 'gone' AND was_called),
       count(*) FILTER (WHERE kind = 'gone' AND has_promised), count(*) FILTER (WHERE kind = 'gone' AND has_paid),
       coalesce(sum((before->>'amount')::numeric), 0), coalesce(sum((after->>'amount')::numeric), 0), {DIGEST}
  FROM campaigns_reportdifference WHERE report_id = %s
"""


@dataclass(frozen=True)
class Summary:
    """What a corrected report changes in all: customers, and what those who change owe before and after (Bs, text).

    `gone_called`, `gone_promised`, `gone_paid`: of those who leave, with whom something had been done. `digest` stands
    for every row of it.
    """

    new: int
    gone: int
    changed: int
    gone_called: int
    gone_promised: int
    gone_paid: int
    amount_before: str
    amount_after: str
    digest: str

    @property
    def is_nothing(self) -> bool:
        return not self.new + self.gone + self.changed

    @property
    def sentence(self) -> str:
        """How many customers come, leave and change."""
        parts = [
            ngettext("%(n)s cliente nuevo", "%(n)s clientes nuevos", self.new) % {"n": _n(self.new)},
            ngettext("%(n)s que sale", "%(n)s que salen", self.gone) % {"n": _n(self.gone)},
            ngettext("%(n)s que cambia", "%(n)s que cambian", self.changed) % {"n": _n(self.changed)},
        ]
        return _("%(new)s, %(gone)s y %(changed)s") % dict(zip(("new", "gone", "changed"), parts, strict=True))


def compare(cursor: CursorWrapper, *, report: Report, campaign: Campaign) -> Summary:
    """Write what the staged rows of `report` would change in `campaign`, in place of what was written before.

    The rows have their verdicts. Leaves `gathered` and `joined_telephones` to whoever writes the contacts next.
    """
    table = table_of(report)
    gather(cursor, table=table, campaign=campaign, adds=True)
    cursor.execute("DELETE FROM campaigns_reportdifference WHERE report_id = %s", [report.pk])
    cursor.execute(_COMPARE.format(table=table), {"campaign": campaign.pk, "report": report.pk})
    return summary_of(report=report)


def summary_of(*, report: Report) -> Summary:
    """What is written of `report`."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARY, [report.pk])
        new, gone, changed, called, promised, paid, before, after, digest = cursor.fetchone()
    return Summary(new, gone, changed, called, promised, paid, str(before), str(after), digest)


def kinds_of(*, report: Report) -> Mapping[str, int]:
    """How many customers of each kind, in the order of `ReportDifference.Kind`."""
    summary = summary_of(report=report)
    return {kind: getattr(summary, kind) for kind in ReportDifference.Kind.values}


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
