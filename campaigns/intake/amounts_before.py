"""The amounts of a CCVP report against those of the month before: a comma that was lost makes 1.990 of 199,0."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Report
from campaigns.month.periods import write_period
from campaigns.rows.staging import table_of

FAR_TIMES = 5  # as its sentence says: above the highest of the month before, or below its lowest, by more than this
MEAN_TIMES = Decimal("1.5")  # the mean of a service, above or below that of the month before
FEW = 3  # services that may cost ten or a hundred times what they did

_BEFORE = """
SELECT service_number, service, amount_due FROM campaigns_renewal renewal
  JOIN campaigns_campaign campaign ON campaign.id = renewal.campaign_id
 WHERE campaign.period = %s AND renewal.gone_at IS NULL
"""
_FAR_AMOUNTS = f"""
SELECT count(*) FROM {{table}} staged,
       (SELECT max(amount_due) AS highest, min(amount_due) AS lowest FROM ({_BEFORE}) all_of_it) before
 WHERE staged.reason IS NULL AND staged.service <> 'OTHER'
   AND (staged.amount > before.highest * %s OR staged.amount < before.lowest / %s)
"""
# Each service by itself: a month of more Internet than the one before is no dearer month.
_MEANS = f"""
SELECT sum(now.sum) / sum(now.rows), sum(before.mean * now.rows) / sum(now.rows)
  FROM (SELECT service, count(*) AS rows, sum(amount) AS sum FROM {{table}} WHERE reason IS NULL GROUP BY 1) now
  JOIN (SELECT service, avg(amount_due) AS mean FROM ({_BEFORE}) all_of_it GROUP BY 1) before USING (service)
"""
_LOST_COMMAS = f"""
SELECT count(*) FROM {{table}} staged JOIN ({_BEFORE}) before USING (service_number, service)
 WHERE staged.reason IS NULL AND (staged.amount IN (before.amount_due * 10, before.amount_due * 100)
                                  OR before.amount_due IN (staged.amount * 10, staged.amount * 100))
"""


def amounts_unlike(*, report: Report, period: date) -> Iterator[str]:
    """Sentences about staged amounts of `report` that are not what the month `period` makes one expect."""
    table, words = table_of(report), {"period": write_period(period)}
    with connection.cursor() as cursor:
        cursor.execute(_FAR_AMOUNTS.format(table=table), [period, FAR_TIMES, FAR_TIMES])
        (far,) = cursor.fetchone()
        cursor.execute(_LOST_COMMAS.format(table=table), [period])
        (lost,) = cursor.fetchone()
        cursor.execute(_MEANS.format(table=table), [period])
        mean, before = cursor.fetchone()
    if far:
        yield ngettext(
            "Un monto pasa de 5 veces el mayor de %(period)s, o no llega a la quinta parte del menor.",
            "%(n)s montos pasan de 5 veces el mayor de %(period)s, o no llegan a la quinta parte del menor.",
            far,
        ) % {**words, "n": _n(far)}
    if lost > FEW:
        yield _(
            "%(n)s montos son justo 10 o 100 veces los del mismo servicio en %(period)s, o esa parte de ellos: quizás "
            "perdieron la coma."
        ) % {**words, "n": _n(lost)}
    if before and (mean > before * MEAN_TIMES or mean * MEAN_TIMES < before):
        yield _(
            "Cada fila es en promedio de Bs %(mean)s, y los mismos servicios fueron en %(period)s de Bs %(before)s."
        ) % {**words, "mean": _bs(mean), "before": _bs(before)}


def _bs(amount: Decimal) -> str:
    return str(number_format(amount, 2, force_grouping=True))


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
