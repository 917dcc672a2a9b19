"""A collections report that came by itself and looks wrong as a whole: a person looks before anybody is called less.

Looked for in the staged rows, before anything is believed. What a report of an ordinary day never is:

    of later days   more than one row in a hundred was paid after the day on which the file came
    given back      more than one row in twenty, and more than twenty, take payments back
    far above       more than one matched row in twenty brings more than five times what its service owes, or a single
                    one fifty times: more than years of it, and a comma was lost
    too many paid   with it a month would be paid by half more than the month before was in the end
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, Report
from campaigns.month.periods import day_of, month_before, write_period
from campaigns.payments.matching import span_of
from campaigns.rows.column_cleaning import ANNULLED
from campaigns.rows.staging import table_of

LATER_SHARE, FAR_SHARE, BACK_SHARE = 0.01, 0.05, 0.05
FAR_TIMES, LOST_COMMA_TIMES = 5, 50
MORE_PAID = 1.5  # times the paid share of the month before
FEW = 20  # rows: below this a share says nothing

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
