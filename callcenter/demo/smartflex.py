"""The demo's Smartflex: a clock-driven clerk who saves exports into the drop folder and knows nothing else of us.

The reports are pulled from there by the scheduled job, as any site's would be.
"""

from __future__ import annotations

import os
import random
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from callcenter.demo.customers import customers_of
from callcenter.demo.exports import Payment, payments_csv, prepaid_rows, prepaid_workbook
from campaigns.models import Campaign, Renewal
from campaigns.month.periods import period_of, write_period

BETWEEN_COLLECTIONS = timedelta(minutes=10)
CHANNELS = ("Caja COMTECO", "Banco Unión", "QR Simple", "Tigo Money", "Débito automático")
PAID_BEFOREHAND = 0.06  # share of renewals paid before anybody called
PAYS_AFTER = {"promised": 0.30, "contacted": 0.10, "": 0.004}  # chance of a payment in one collections report


def drop_folder() -> Path:
    """The folder the demo's sources look into."""
    return Path(settings.CALLCENTER_HOME) / "drop"


def save_what_is_missing(*, now: datetime) -> list[Path]:
    """Save the prepaid report of the month under way and, when it is time, a collections report. Returns the files."""
    folder = drop_folder()
    folder.mkdir(parents=True, exist_ok=True)
    period = period_of(timezone.localdate(now))
    saved = [
        save_prepaid_report(folder=folder, period=period, now=now),
        save_collections(folder=folder, period=period, now=now),
    ]
    return [path for path in saved if path is not None]


def save_prepaid_report(*, folder: Path, period: date, now: datetime) -> Path | None:
    """Save the CCVP report of `period`, unless a file of that month stands there, whoever put it."""
    if any(folder.glob(f"ccvp-{write_period(period)}.*")):
        return None
    content = prepaid_workbook(prepaid_rows(customers_of(period), period), period)
    return _save(folder / f"ccvp-{write_period(period)}.xlsx", content, now)


def save_collections(*, folder: Path, period: date, now: datetime) -> Path | None:
    """Save what was collected since the last collections report; nothing before the campaign has its contacts."""
    campaign = Campaign.objects.filter(period=period).exclude(state__in=["expected", "closed"]).first()
    earlier = sorted(folder.glob(f"recaudo-{write_period(period)}-*.csv"), key=lambda path: path.stat().st_mtime)
    if campaign is None or (earlier and _age(earlier[-1], now) < BETWEEN_COLLECTIONS):
        return None
    payments = collected(campaign=campaign, number=len(earlier), now=now)
    if not payments:
        return None
    moment = timezone.localtime(now)
    return _save(folder / f"recaudo-{write_period(period)}-{moment:%d-%H%M%S}.csv", payments_csv(payments), now)


def collected(*, campaign: Campaign, number: int, now: datetime) -> list[Payment]:
    """Payments of the collections report `number` (from 0): a few at random, more of those we spoke with.

    A few are in parts or too much, and one belongs to nobody we know, as in life.
    """
    draw = random.Random(f"{write_period(campaign.period)} collections {number}")  # noqa: S311  # believable, not secret
    today = timezone.localdate(now)
    unpaid = Renewal.objects.filter(campaign=campaign, payment__isnull=True).order_by("pk")
    payments = []
    for renewal in unpaid.select_related("contact__entry", "contact").iterator(chunk_size=2000):
        entry = renewal.contact.entry
        spoke = "promised" if entry.promised_at else "contacted" if entry.contacted_at else ""
        if draw.random() >= (PAID_BEFOREHAND if number == 0 else PAYS_AFTER[spoke]):
            continue
        paid_on = today if number else max(today - timedelta(days=draw.randint(0, 3)), today.replace(day=1))
        amount = int(renewal.amount_due) + draw.choice((0,) * 14 + (-40, 10))
        receipt = f"{renewal.service_number}-{number:03}"
        product = "Internet" if renewal.service == "INTERNET" else "TV Cable"
        details = (renewal.contact.contract, renewal.service_number, product, paid_on, amount, draw.choice(CHANNELS))
        payments.append(Payment(receipt, *details))
    if payments:
        stray = f"{998_000 + number}"
        payments.append(Payment(f"{stray}-{number:03}", stray, f"{stray}01", "Internet", today, 155, CHANNELS[0]))
    return payments


def _save(path: Path, content: bytes, now: datetime) -> Path:
    """Whole or not at all: the job may look into the folder at any moment.

    Dated a moment back, because a source leaves a file alone while it may still be growing; this one does not.
    """
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    finished = now.timestamp() - 60
    os.utime(unfinished, (finished, finished))
    os.replace(unfinished, path)
    return path


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
