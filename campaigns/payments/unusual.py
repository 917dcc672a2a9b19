"""A collections report that came by itself and looks wrong as a whole: a person looks before anybody is called less.

Looked for in the staged rows, before anything is believed. What a report of an ordinary day never is:

    of later days   more than one row in a hundred was paid after the day on which the file came
    given back      more than one row in twenty, and more than twenty, take payments back
    far above       more than one matched row in twenty brings more than five times what its service owes, or a single
                    one fifty times: more than years of it, and a comma was lost
    too many paid   with it a month would be paid by half more than the month before was in the end

`sum_of_a_day` looks once the receipts are matched and before they are committed. It adds up the renewals that one
person or program settled within 24 hours. It compares them with the open renewals and with the sender's earlier days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, Report, ReportKind
from campaigns.month.periods import day_of, month_before, write_period
from campaigns.payments.matching import span_of
from campaigns.rows.column_cleaning import ANNULLED
from campaigns.rows.staging import table_of

LATER_SHARE, FAR_SHARE, BACK_SHARE = 0.01, 0.05, 0.05
FAR_TIMES, LOST_COMMA_TIMES = 5, 50
MORE_PAID = 1.5  # times the paid share of the month before
FEW = 20  # rows: below this a share says nothing
DAY, REMEMBERED = timedelta(days=1), timedelta(days=31)
OPEN_SHARE = 0.05  # of the open renewals, settled by one origin within a day
TIMES_A_DAY, DAYS_KNOWN = 3, 5  # out of line: more than three times the median of at least five earlier days

_WHEN = f"""
SELECT count(*), count(*) FILTER (WHERE paid_on > %s), min(paid_on), max(paid_on),
       count(*) FILTER (WHERE amount < 0 OR status = '{ANNULLED}')
  FROM {{table}} WHERE reason IS NULL
"""
_AGAINST_THE_DEBT = """
SELECT count(*), count(*) FILTER (WHERE staged.amount > renewal.amount_due * %s),
       count(DISTINCT renewal.id) FILTER (WHERE payment.paid_on IS NULL AND staged.amount >= renewal.amount_due),
       count(*) FILTER (WHERE staged.amount > renewal.amount_due * %s AND renewal.amount_due > 0),
       max(staged.amount / nullif(renewal.amount_due, 0))
  FROM {table} staged
  JOIN campaigns_renewal renewal ON renewal.service_number = staged.service_number
                                AND staged.service IN (renewal.service, '')
  LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id
 WHERE staged.reason IS NULL AND staged.service_number <> '' AND renewal.campaign_id = %s AND renewal.gone_at IS NULL
   AND staged.paid_on BETWEEN %s AND %s
   AND NOT EXISTS (SELECT FROM campaigns_receipt known WHERE known.number = staged.receipt)
"""
_PAID = """
SELECT count(*), count(payment.paid_on)
  FROM campaigns_renewal renewal LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id
 WHERE renewal.campaign_id = %s AND renewal.gone_at IS NULL
"""
# A month that is closed has no lists that anybody could leave.
_SETTLED = f"""
SELECT count(DISTINCT payment.renewal_id)
  FROM campaigns_receipt receipt
  JOIN campaigns_renewalpayment payment ON payment.renewal_id = receipt.renewal_id AND payment.paid_on IS NOT NULL
  JOIN campaigns_campaign campaign ON campaign.id = receipt.campaign_id AND campaign.state <> '{Campaign.State.CLOSED}'
 WHERE receipt.report_id = %s AND receipt.standing = 'counted'
"""
_STILL_OPEN = f"""
SELECT count(*)
  FROM campaigns_renewal renewal
  JOIN campaigns_campaign campaign ON campaign.id = renewal.campaign_id AND campaign.state <> '{Campaign.State.CLOSED}'
  LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id
 WHERE renewal.gone_at IS NULL AND payment.paid_on IS NULL
"""


@dataclass(frozen=True)
class SumOfADay:
    """What one origin settled within 24 hours, in renewals. `batches` counts the batch that is looked at as well.

    `usual` is the median of the origin's earlier days, None while fewer than five are known.
    """

    settled: int
    settled_in_a_day: int
    batches: int
    still_open: int
    usual: float | None

    @property
    def sentence(self) -> str:
        """Why a person has to look, or nothing."""
        before = self.still_open + self.settled_in_a_day
        if not self.settled or self.settled_in_a_day <= max(FEW, before * OPEN_SHARE):
            return ""
        if self.usual is not None and self.settled_in_a_day <= self.usual * TIMES_A_DAY:
            return ""
        if self.usual is None:
            known = _("Todavía no hay cinco días suyos con los que comparar.")
        else:
            known = _("Un día suyo suele pagar %(usual)s.") % {"usual": _n(round(self.usual))}
        words = _(
            "En 24 horas la misma persona o programa pagaría %(settled)s de %(open)s servicios pendientes "
            "(%(share)d %%). Envíos sumados: %(batches)s. %(known)s"
        )
        return words % {
            "settled": _n(self.settled_in_a_day),
            "open": _n(before),
            "share": round(100 * self.settled_in_a_day / before),
            "batches": _n(self.batches),
            "known": known,
        }


def sum_of_a_day(*, report: Report, now: datetime) -> SumOfADay:
    """Add up what the sender of `report` settled within 24 hours. Call it after its receipts are taken, under the turn
    of the payments: batches that come at the same time are added up one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [report.pk])
        (settled,) = cursor.fetchone()
        cursor.execute(_STILL_OPEN)
        (still_open,) = cursor.fetchone()
    earlier = Report.objects.filter(
        kind=ReportKind.RECAUDO, state=Report.State.PUBLISHED, uploaded_by=report.uploaded_by,
        published_at__gt=now - REMEMBERED,
    ).exclude(pk=report.pk)  # fmt: skip
    in_a_day, batches, days = settled, 1, Counter[int]()
    for published_at, figures in earlier.values_list("published_at", "figures"):
        number = int(figures.get("settled", 0))
        ago = (now - published_at) // DAY if published_at else 0
        if ago:
            days[ago] += number
        elif number:
            in_a_day, batches = in_a_day + number, batches + 1
    known = [number for number in days.values() if number]
    usual = median(known) if len(known) >= DAYS_KNOWN else None
    return SumOfADay(settled, in_a_day, batches, still_open, usual)


def what_is_unusual(*, report: Report) -> str:
    """A sentence for the supervisor who decides, or nothing. The rows of `report` are staged."""
    table = table_of(report)
    arrived = day_of(report.arrived_at)
    with connection.cursor() as cursor:
        cursor.execute(_WHEN.format(table=table), [arrived + timedelta(days=1)])
        rows, later, first, last, given_back = cursor.fetchone()
    if later > max(rows * LATER_SHARE, 1):
        return _("%(later)s de %(rows)s pagos son de días que todavía no llegaron, hasta el %(last)s.") % {
            "later": _n(later),
            "rows": _n(rows),
            "last": f"{last:%d/%m/%Y}",
        }
    if given_back > max(rows * BACK_SHARE, FEW):
        return _(
            "%(back)s de %(rows)s filas devuelven o anulan pagos: se llamaría otra vez a quienes los hicieron."
        ) % {
            "back": _n(given_back),
            "rows": _n(rows),
        }
    for campaign in Campaign.objects.exclude(state=Campaign.State.EXPECTED).order_by("-period")[:3]:
        begins, ends = span_of(campaign)
        if first <= ends and begins <= last and (sentence := _against(campaign, table)):
            return sentence
    return ""


def _against(campaign: Campaign, table: str) -> str:
    with connection.cursor() as cursor:
        values: list[Any] = [FAR_TIMES, LOST_COMMA_TIMES, campaign.pk, *span_of(campaign)]
        cursor.execute(_AGAINST_THE_DEBT.format(table=table), values)
        matched, far, newly_paid, lost_comma, most = cursor.fetchone()
    if lost_comma:
        words = ngettext(
            "Un pago es de %(times)s veces lo que debe su servicio: quizás perdió la coma.",
            "%(n)s pagos son de hasta %(times)s veces lo que deben sus servicios: quizás perdieron la coma.",
            lost_comma,
        )
        return words % {"n": _n(lost_comma), "times": _n(int(most))}
    if matched >= FEW and far > matched * FAR_SHARE:
        return _("%(far)s de %(matched)s pagos pasan de %(times)d veces lo que debe su servicio.") % {
            "far": _n(far),
            "matched": _n(matched),
            "times": FAR_TIMES,
        }
    earlier = Campaign.objects.filter(period=month_before(campaign.period)).first()
    if earlier is None or newly_paid < FEW:
        return ""
    (items, paid), (items_before, paid_before) = _paid(campaign), _paid(earlier)
    share, share_before = (paid + newly_paid) / max(items, 1), paid_before / max(items_before, 1)
    if share_before and share > share_before * MORE_PAID:
        return _("Con él estaría pagado el %(share)d %% de %(period)s; el mes anterior se pagó el %(before)d %%.") % {
            "share": round(share * 100),
            "period": write_period(campaign.period),
            "before": round(share_before * 100),
        }
    return ""


def _paid(campaign: Campaign) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_PAID, [campaign.pk])
        items, paid = cursor.fetchone()
    return int(items), int(paid)


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
