"""What must hold of the indicator: every line of evidence is in a visit, and every visit in one figure of each grain.

A day that is marked as changed is about to be counted; what it says meanwhile is of before.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy

from service_level.indicator.counting import days_to_be_counted
from service_level.models import MonthSeal
from service_level.sealing.sealing import broken_seals, what_differs_now
from work.invariants import Rule

_SUMS = ("answered", "within", "hung_up", "timed_out", "other", "waiting", "counted", "wait_total", "talk_total")
_OF_ALL = ", ".join(f"sum({name})::bigint AS {name}" for name in _SUMS)
_ZONE = settings.TIME_ZONE


def _grain(grain: str, by: str) -> str:
    """The sums of a grain by line and by a longer time."""
    return f"""SELECT line, counts_for_att, date_trunc('{by}', began_at AT TIME ZONE '{_ZONE}') AS begins, {_OF_ALL}
                 FROM service_level_linefigure WHERE grain = '{grain}' GROUP BY 1, 2, 3"""


def _same(one: str, other: str, by: str) -> str:
    """What one grain says of a line and a time, and the other does not."""
    told = f"line, counts_for_att, begins, {', '.join(_SUMS)}"
    return f"""SELECT DISTINCT line || ' ' || begins::date FROM (
          (SELECT {told} FROM ({_grain(one, by)}) a EXCEPT SELECT {told} FROM ({_grain(other, by)}) b)
          UNION ALL
          (SELECT {told} FROM ({_grain(other, by)}) b EXCEPT SELECT {told} FROM ({_grain(one, by)}) a)) differ"""


def _seals_that_are_told_otherwise() -> list[str]:
    newest = MonthSeal.objects.order_by("month", "-revision").distinct("month")
    return [str(one) for one in newest if not days_to_be_counted(one.month) and what_differs_now(one)]


RULES = [
    Rule(
        "month_seals_are_a_chain",
        gettext_lazy("Cada sello del indicador es el que se hizo y sigue al anterior; ninguno falta."),
        look=broken_seals,
    ),
    Rule(
        "sealed_indicator_is_told_so",
        gettext_lazy("El indicador de un mes sellado dice lo que se selló en su última revisión."),
        look=_seals_that_are_told_otherwise,
    ),
    Rule(
        "service_level_counts_every_call",
        gettext_lazy("Las cifras de un día tienen todas las llamadas que la central escribió de él."),
        f"""WITH v AS (SELECT (entered_at AT TIME ZONE '{_ZONE}')::date AS day, count(*) AS calls
                         FROM telephony_loggedvisit GROUP BY 1),
                    f AS (SELECT (began_at AT TIME ZONE '{_ZONE}')::date AS day,
                                 sum(answered + hung_up + timed_out + other + waiting) AS calls
                            FROM service_level_linefigure WHERE grain = 'day' GROUP BY 1)
            SELECT day::text FROM v FULL JOIN f USING (day)
             WHERE v.calls IS DISTINCT FROM f.calls AND day NOT IN (SELECT c.day FROM telephony_changedday c)""",
    ),
    Rule(
        "service_level_half_hours_add_up",
        gettext_lazy("Las medias horas de un día suman ese día."),
        _same("half_hour", "day", "day"),
    ),
    Rule(
        "service_level_days_add_up",
        gettext_lazy("Los días de un mes suman ese mes."),
        _same("day", "month", "month"),
    ),
    Rule(
        "staffing_is_of_all_lines",
        gettext_lazy("Las llamadas que se esperan en cada media hora son las de sus líneas."),
        """SELECT began_at::text FROM service_level_staffingneed GROUP BY began_at
            HAVING abs(COALESCE(sum(calls) FILTER (WHERE line = ''), -1)
                       - COALESCE(sum(calls) FILTER (WHERE line <> ''), 0)) > 0.001""",
    ),
    Rule(
        "queue_log_every_call_is_told",
        gettext_lazy("Cada entrada a una cola que la central escribió es una llamada, y ninguna lo es sin sus líneas."),
        """WITH entered AS (
              SELECT switchboard_id, call, count(*) AS times FROM telephony_loggedline
               WHERE call <> '' AND split_part(text, '|', 5) = 'ENTERQUEUE' GROUP BY 1, 2),
            told AS (
              SELECT switchboard_id, call, count(*) FILTER (WHERE NOT oddities @> '{without_entering}') AS times
                FROM telephony_loggedvisit GROUP BY 1, 2)
           SELECT call FROM entered FULL JOIN told USING (switchboard_id, call)
            WHERE coalesce(entered.times, 0) <> coalesce(told.times, 0)
               OR told.times IS NOT NULL AND NOT EXISTS (
                    SELECT FROM telephony_loggedline l
                     WHERE l.switchboard_id = told.switchboard_id AND l.call = told.call)""",
    ),
]
