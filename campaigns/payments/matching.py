"""Which renewal a receipt pays (procedure K.2, 5.1). Set-based: the rows come and go in temporary tables.

A receipt pays a renewal of its service number, of its service and contract as far as the receipt names them (one
without service number is looked for by its contract). The **span** of a renewal goes from the first day of the month
of calls to the end of the month that is paid for, or of the days of grace if they last longer:

    in time   until the due date and the days of grace: counts
    late      after them: belongs to the renewal while that still owes, but does not make it paid within grace

In time comes before late. Of several in time the one of the earliest month that still owes; when all are paid it is
*extra*, kept with the newest month. Anything else waits without renewal. Whatever does not count is matched again when
a report is published later, so the order in which reports arrive makes no difference (decision 0041).

Nearly every receipt has one renewal to choose from, and is matched by the join alone. Those of a contract where some
receipt has several (two months, no service number) are walked through in order of payment, one step for all contracts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper

from campaigns.models import Campaign
from campaigns.month.measurement import days_of_grace

FAR = timedelta(days=62)  # a due date may lie this far from its month

# `incoming` is a relation of the caller: key, number, contract, service_number, service, paid_on, amount.
_CHOICE = """
SELECT i.key, i.number, i.paid_on, i.amount, r.id AS renewal_id, r.campaign_id, r.contact_id, r.amount_due,
       '{standing}'::text AS standing, c.contract, g.period, r.due_on
"""
_SPANS = "JOIN (VALUES {spans}) AS g (id, period, begins, ends, grace) ON g.id = r.campaign_id"
_IN_TIME = "i.paid_on BETWEEN g.begins AND r.due_on + g.grace"
_LATE = """i.paid_on > r.due_on + g.grace AND i.paid_on <= g.ends
   AND NOT EXISTS (SELECT FROM campaigns_renewalpayment p WHERE p.renewal_id = r.id AND p.paid_on IS NOT NULL)
   AND NOT EXISTS (SELECT FROM matched_receipt had WHERE had.key = i.key)"""
_BY_SERVICE_NUMBER = f"""
{_CHOICE}
  FROM {{incoming}} AS i
  JOIN campaigns_renewal r ON r.service_number = i.service_number AND i.service IN (r.service, '')
   AND r.gone_at IS NULL
  {_SPANS}
  JOIN campaigns_contact c ON c.id = r.contact_id AND i.contract IN (c.contract, '')
 WHERE i.service_number <> ''
"""
_BY_CONTRACT = f"""
{_CHOICE}
  FROM {{incoming}} AS i
  JOIN campaigns_contact c ON c.contract = i.contract
  JOIN campaigns_renewal r ON r.contact_id = c.id AND i.service IN (r.service, '') AND r.gone_at IS NULL
  {_SPANS}
 WHERE i.service_number = '' AND i.contract <> ''
"""

# Contracts where a receipt has several renewals to choose from: in order of payment, one step for all of them at once.
_CONTESTED = """
CREATE TEMPORARY TABLE contested_contract ON COMMIT DROP AS
SELECT DISTINCT contract FROM (SELECT contract FROM matched_receipt GROUP BY contract, key HAVING count(*) > 1) several
"""
_PLACES = """
CREATE TEMPORARY TABLE contested_choice ON COMMIT DROP AS
SELECT choice.*, dense_rank() OVER (PARTITION BY contract ORDER BY period, due_on, renewal_id)::int AS place
  FROM matched_receipt choice JOIN contested_contract USING (contract);
DELETE FROM matched_receipt matched USING contested_contract contested WHERE contested.contract = matched.contract;
CREATE INDEX ON contested_choice (key);
CREATE TEMPORARY TABLE contested_turn ON COMMIT DROP AS
SELECT contract, key, amount, row_number() OVER (PARTITION BY contract ORDER BY paid_on, number) AS turn
  FROM (SELECT DISTINCT contract, key, amount, paid_on, number FROM contested_choice) receipts;
CREATE INDEX ON contested_turn (contract, turn);
ANALYZE contested_choice, contested_turn;
"""
# `owed` holds what each renewal of the contract still owes, in order of its place.
_WALKED = """
INSERT INTO matched_receipt
WITH RECURSIVE contract_owes AS (
  SELECT contract, array_agg(amount_due - had ORDER BY place) AS owed
    FROM (SELECT DISTINCT contract, place, renewal_id, amount_due FROM contested_choice) renewals
    CROSS JOIN LATERAL (SELECT coalesce(sum(known.amount - known.refunded), 0) AS had FROM campaigns_receipt known
                         WHERE known.renewal_id = renewals.renewal_id AND known.standing = 'counted') paid
   GROUP BY contract
), walk AS (
  SELECT contract, 0::bigint AS turn, NULL::bigint AS key, NULL::bigint AS renewal_id, NULL::text AS standing, owed
    FROM contract_owes
  UNION ALL
  SELECT walk.contract, now.turn, now.key, chosen.renewal_id, chosen.standing,
         CASE WHEN chosen.standing = 'counted'
              THEN walk.owed[:chosen.place - 1] || (walk.owed[chosen.place] - now.amount)
                   || walk.owed[chosen.place + 1:]
              ELSE walk.owed END
    FROM walk
    JOIN contested_turn now ON now.contract = walk.contract AND now.turn = walk.turn + 1
    LEFT JOIN LATERAL (
      SELECT choice.renewal_id, choice.place,
             CASE WHEN choice.standing = 'late' THEN 'late' WHEN walk.owed[choice.place] > 0 THEN 'counted'
                  ELSE 'extra' END AS standing
        FROM contested_choice choice
       WHERE choice.key = now.key AND (choice.standing = 'counted' OR walk.owed[choice.place] > 0)
       ORDER BY walk.owed[choice.place] <= 0,
                CASE WHEN walk.owed[choice.place] > 0 THEN choice.period END,
                CASE WHEN walk.owed[choice.place] > 0 THEN walk.owed[choice.place] <> now.amount END,
                CASE WHEN walk.owed[choice.place] > 0 THEN choice.place ELSE -choice.place END
       LIMIT 1
    ) chosen ON true
)
SELECT choice.key, choice.number, choice.paid_on, choice.amount, choice.renewal_id, choice.campaign_id,
       choice.contact_id, choice.amount_due, walk.standing, choice.contract, choice.period, choice.due_on
  FROM walk JOIN contested_choice choice ON choice.key = walk.key AND choice.renewal_id = walk.renewal_id
"""


@dataclass(frozen=True)
class Incoming:
    """What is known of the receipts before they are matched."""

    first: date | None
    last: date | None
    some_without_number: bool
    some_without_service: bool


def match(cursor: CursorWrapper, *, incoming: str, count: int) -> None:
    """Lay out `matched_receipt` (key, number, paid_on, amount, renewal_id, campaign_id, contact_id, amount_due,
    standing and more) from the relation `incoming`, which has `count` receipts. One that is not in it has no renewal.
    Nothing lasting is written.
    """
    for table in ("matched_receipt", "contested_contract", "contested_choice", "contested_turn"):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    looked = _look(cursor, incoming)
    spans = _spans(looked=looked)
    words = {"incoming": incoming, "spans": ", ".join(spans or [_NO_SPAN])}
    in_time, late = {**words, "standing": "counted"}, {**words, "standing": "late"}
    cursor.execute(
        "CREATE TEMPORARY TABLE matched_receipt ON COMMIT DROP AS"
        + f"{_BY_SERVICE_NUMBER} AND {_IN_TIME}".format(**in_time)
    )
    matched = int(cursor.rowcount)
    if looked.some_without_number:
        cursor.execute("INSERT INTO matched_receipt" + f"{_BY_CONTRACT} AND {_IN_TIME}".format(**in_time))
    has_choice = len(spans) > 1 or looked.some_without_number or looked.some_without_service
    cursor.execute("ANALYZE matched_receipt")
    if has_choice or matched < count:
        cursor.execute("INSERT INTO matched_receipt" + f"{_BY_SERVICE_NUMBER} AND {_LATE}".format(**late))
        if looked.some_without_number:
            cursor.execute("INSERT INTO matched_receipt" + f"{_BY_CONTRACT} AND {_LATE}".format(**late))
    if has_choice:
        cursor.execute(_CONTESTED)
        if cursor.rowcount:
            cursor.execute(_PLACES)
            cursor.execute(_WALKED)


def span_of(campaign: Campaign) -> tuple[date, date]:
    """First and last day of payments that may belong to renewals of `campaign`; some of them for a part of the days."""
    grace = timedelta(days=days_of_grace(campaign=campaign))
    return campaign.calls_from.replace(day=1), _last_day(campaign.period) + FAR + grace


_NO_SPAN = "(0::bigint, DATE '1900-01-01', DATE '1900-01-01', DATE '1900-01-01', 0)"


def _look(cursor: CursorWrapper, incoming: str) -> Incoming:
    cursor.execute(
        f"""
        SELECT min(paid_on), max(paid_on), coalesce(bool_or(service_number = ''), false),
               coalesce(bool_or(service = ''), false)
          FROM {incoming} AS i
        """
    )
    return Incoming(*cursor.fetchone())


def _spans(*, looked: Incoming) -> list[str]:
    """The campaigns payments of these days may belong to, as rows of VALUES: numbers and dates of ours."""
    rows = []
    for campaign in Campaign.objects.all():
        begins, ends = campaign.calls_from.replace(day=1), _last_day(campaign.period)
        if looked.first is None or looked.last is None:
            continue
        grace = days_of_grace(campaign=campaign)
        if begins <= looked.last and looked.first <= ends + FAR + timedelta(days=grace):
            days = f"DATE '{campaign.period}', DATE '{begins}', DATE '{ends}'"
            rows.append(f"({int(campaign.pk)}::bigint, {days}, {int(grace)})")
    return rows


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
