"""Which receipts and renewals the payments page shows, for page and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.models import (
    Campaign,
    Contact,
    Receipt,
    Refund,
    RejectedRow,
    Renewal,
    RenewalPayment,
    Report,
    ReportKind,
)
from campaigns.payments import matching

RECEIPTS: dict[str, str | Promise] = {
    "receipts": gettext_lazy("Recibos"),
    "unmatched": gettext_lazy("Sin renovación"),
    "late": gettext_lazy("Fuera de plazo"),
}
RENEWALS: dict[str, str | Promise] = {
    "underpaid": gettext_lazy("Pagados en parte"),
    "overpaid": gettext_lazy("Pagados de más"),
}
REPORTS = "reports"
REFUNDS = "refunds"
LISTS: dict[str, str | Promise] = {
    **RECEIPTS,
    **RENEWALS,
    REFUNDS: gettext_lazy("Devoluciones"),
    REPORTS: gettext_lazy("Recaudos tomados"),
}

REPORTS_TOLD = 5  # with receipts that contradict others
# Why a receipt has no renewal; the first that holds.
WHY: dict[str, str | Promise] = {
    "other_product": gettext_lazy("El producto no es Internet ni televisión"),
    "unknown": gettext_lazy("El servicio no está en ningún reporte CCVP"),
    "product_differs": gettext_lazy("El servicio está en el reporte con otro producto"),
    "contract_differs": gettext_lazy("El servicio está en el reporte con otro contrato"),
    "gone": gettext_lazy("El servicio salió del mes con un reporte corregido"),
    "other_days": gettext_lazy("El pago no cae en el plazo de ningún mes, o el mes ya estaba pagado"),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked the page for; everything but the list may be empty."""

    show: str = "receipts"
    campaign: Campaign | None = None
    search: str = ""
    since: date | None = None
    until: date | None = None
    channel: str = ""
    why: str = ""
    report: int | None = None  # of refunds: only those that came in it
    waits: bool = False  # of refunds: only those without receipt

    @property
    def words(self) -> str:
        """For the book of exports: which list, without personal data."""
        days = " – ".join(f"{day:%d/%m/%Y}" for day in (self.since, self.until) if day)
        searched = _("con búsqueda") if self.search else ""
        of_report = _("del reporte n.º %(n)d") % {"n": self.report} if self.report else ""
        parts = [
            LISTS.get(self.show, ""),
            _("sin recibo") if self.waits else "",
            of_report,
            self.campaign or "",
            days,
            self.channel,
            WHY.get(self.why, ""),
            searched,
        ]
        return ", ".join(str(part) for part in parts if part)


@dataclass(frozen=True)
class Total:
    """The foot of a list: rows and Bs of everything that is filtered, not of the page."""

    rows: int
    amount: Decimal


def find_receipts(*, asked: Asked, user: User) -> QuerySet[Receipt]:
    """Receipts asked for, as far as `user` may see them. Unmatched ones have no month, so no month filters them."""
    found: QuerySet[Receipt] = Receipt.objects.visible_to(user).with_left()
    if asked.show == "unmatched":
        found = with_why(found.filter(standing=Receipt.Standing.UNMATCHED))
        if asked.why in WHY:
            found = found.filter(Q(why=asked.why))
    else:
        if asked.show == "late":
            found = found.filter(standing=Receipt.Standing.LATE)
        if asked.campaign:
            found = found.filter(campaign=asked.campaign)
    if asked.since:
        found = found.filter(paid_on__gte=asked.since)
    if asked.until:
        found = found.filter(paid_on__lte=asked.until)
    if asked.channel:
        found = found.filter(channel=asked.channel)
    if asked.search:
        found = found.filter(_matches(asked.search))
    return found.select_related("campaign", "renewal__contact", "report")


def find_renewals(*, asked: Asked, user: User) -> QuerySet[RenewalPayment]:
    """What was paid of renewals that got less, or more, than they owed."""
    payments = RenewalPayment.objects.visible_to(user)
    found = payments.overpaid() if asked.show == "overpaid" else payments.underpaid()
    if asked.campaign:
        found = found.filter(campaign=asked.campaign)
    if asked.since:
        found = found.filter(first_paid_on__gte=asked.since)
    if asked.until:
        found = found.filter(first_paid_on__lte=asked.until)
    if asked.search:
        found = found.filter(Q(renewal__service_number=asked.search) | Q(contact__contract=asked.search))
    over = F("amount") - F("renewal__amount_due")
    found = found.annotate(difference=over if asked.show == "overpaid" else -over)
    return found.select_related("renewal", "contact", "campaign")


def find_refunds(*, asked: Asked, user: User) -> QuerySet[Refund]:
    """What was given back, of a month or of none yet; those that wait for their receipt belong to every month."""
    found = Refund.objects.visible_to(user)
    if asked.waits:
        found = found.waiting()
    if asked.campaign:
        found = found.filter(Q(receipt__campaign=asked.campaign) | Q(receipt__campaign=None))
    if asked.report:
        found = found.filter(report=asked.report)
    if asked.since:
        found = found.filter(refunded_on__gte=asked.since)
    if asked.until:
        found = found.filter(refunded_on__lte=asked.until)
    if asked.search:
        named = (Q(number=asked.search), Q(receipt__number=asked.search), Q(service_number=asked.search))
        found = found.filter(named[0] | named[1] | named[2] | Q(contract=asked.search))
    return found.select_related("receipt__renewal", "report", "by")


@dataclass(frozen=True)
class RefundsWaiting:
    """How many refunds wait without a receipt, of days whose payments may still count.

    `beside_a_payment`: where something was paid that still counts, by that day, for their service or contract.
    """

    beside_a_payment: int
    without_any: int


def refunds_to_look_at(*, user: User, today: date) -> RefundsWaiting:
    """Those that wait for their receipt: where a payment may be one that was given back, and where there is none."""
    waiting = Refund.objects.visible_to(user).waiting().filter(refunded_on__gte=today - matching.FAR)
    paid = Renewal.objects.filter(
        gone_at=None,
        payment__first_paid_on__lte=OuterRef("refunded_on"),
        payment__first_paid_on__gte=OuterRef("refunded_on") - matching.FAR,
    )
    of_service = ~Q(service_number="") & Exists(paid.filter(service_number=OuterRef("service_number")))
    of_contract = Q(service_number="") & Exists(paid.filter(contact__contract=OuterRef("contract")))
    counted = waiting.aggregate(all=Count("pk"), beside=Count("pk", filter=of_service | of_contract))
    return RefundsWaiting(beside_a_payment=counted["beside"], without_any=counted["all"] - counted["beside"])


def refunds_waiting_of(*, contact: Contact) -> QuerySet[Refund]:
    """What was given back of the contract of a contact and waits for its receipt, the oldest first. Who may see the
    contact may see it.

    Also a row that names a service of the contract and no contract.
    """
    contract = contact.contract
    if not contract:
        return Refund.objects.none()
    numbers = Renewal.objects.filter(contact__contract=contract).exclude(service_number="").values("service_number")
    hers = Q(contract=contract) | Q(contract="", service_number__in=numbers)
    return Refund.objects.waiting().filter(hers).select_related("report", "by").order_by("refunded_on", "pk")


def conflicts(*, user: User) -> list[tuple[Report, int]]:
    """Reports whose receipts contradict some that were had, with how many nobody has looked at; the newest first."""
    waiting = Q(rejected_rows__reason="conflict", rejected_rows__state=RejectedRow.State.WAITING)
    found = find_reports(user=user).filter(waiting).annotate(waiting=Count("rejected_rows", filter=waiting))
    return [(report, report.waiting) for report in found[:REPORTS_TOLD]]


def find_reports(*, user: User) -> QuerySet[Report]:
    """Collections reports that were taken in, the newest first."""
    taken = Report.objects.visible_to(user).filter(kind=ReportKind.RECAUDO, state=Report.State.PUBLISHED)
    return taken.order_by("-published_at")


def name_of_report(*, asked: Asked, user: User) -> str:
    """The file a list is only of; '' where it is of all."""
    if asked.report is None:
        return ""
    return Report.objects.visible_to(user).filter(pk=asked.report).values_list("name", flat=True).first() or ""


def receipts_of(*, contact: Contact, user: User) -> QuerySet[Receipt, Receipt]:
    """What came in for a contact, oldest first, with what was given back; none for who may not see the contact.

    Also what waits without a renewal under the number of one of its services: it may be what she says she paid.
    """
    if not Contact.objects.visible_to(user).filter(pk=contact.pk).exists():
        return Receipt.objects.none()
    renewals = list(contact.renewals.values_list("pk", "service_number"))
    numbers = {number for _renewal, number in renewals if number}
    waiting = Q(service_number__in=numbers, standing=Receipt.Standing.UNMATCHED)
    found = Receipt.objects.filter(Q(renewal__in=[renewal for renewal, _number in renewals]) | waiting)
    return found.with_left().prefetch_related("refunds__by", "refunds__report").order_by("paid_on", "number")


def total_of(rows: QuerySet[Any], *, column: str = "amount") -> Total:
    counted = rows.order_by().aggregate(rows=Count("pk"), amount=Sum(column))
    return Total(rows=counted["rows"], amount=counted["amount"] or Decimal(0))


def waiting_counts(*, user: User, campaign: Campaign | None) -> dict[str, int]:
    """How many stand in the lists that somebody has to look at, as they open; by small indexes."""
    waiting = Receipt.objects.visible_to(user).waiting()
    late = waiting.filter(standing=Receipt.Standing.LATE)
    if campaign:
        late = late.filter(campaign=campaign)
    refunds = find_refunds(asked=Asked(show=REFUNDS, campaign=campaign), user=user).count()
    unmatched = waiting.filter(standing=Receipt.Standing.UNMATCHED).count()
    return {"unmatched": unmatched, "late": late.count(), "refunds": refunds}


def channels() -> list[str]:
    """Channels the reports of late named, for the filter."""
    told = Report.objects.filter(kind=ReportKind.RECAUDO, state=Report.State.PUBLISHED).order_by("-published_at")
    return sorted(
        {name for figures in told.values_list("figures", flat=True)[:30] for name in figures.get("channels", [])}
    )


def with_why(receipts: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """`receipts` without renewal with `why`, a key of WHY: asked now, so it is never out of date."""
    of_number = Renewal.objects.filter(service_number=OuterRef("service_number"))
    of_contract = Renewal.objects.filter(contact__contract=OuterRef("contract"))
    is_known = (~Q(service_number="") & Exists(of_number)) | (Q(service_number="") & Exists(of_contract))
    of_product = of_number.filter(service=OuterRef("service"))
    gone = of_number.filter(
        gone_at__isnull=False,
        campaign__calls_from__lte=OuterRef("paid_on"),
        due_on__gt=OuterRef("paid_on") - matching.FAR,
    )
    of_both = of_number.filter(contact__contract=OuterRef("contract"))
    return receipts.annotate(
        why=Case(
            When(service="OTHER", then=Value("other_product")),
            When(~is_known, then=Value("unknown")),
            When(~Q(service_number="") & ~Q(service="") & ~Exists(of_product), then=Value("product_differs")),
            When(~Q(service_number="") & ~Q(contract="") & ~Exists(of_both), then=Value("contract_differs")),
            When(Exists(gone), then=Value("gone")),
            default=Value("other_days"),
            output_field=CharField(),
        )
    )


def _matches(search: str) -> Q:
    """A receipt's number, a service number or a contract, by index: of renewals, or of what waits without one."""
    renewals = Renewal.objects.filter(Q(service_number=search) | Q(contact__contract=search)).values("pk")
    without = Q(standing=Receipt.Standing.UNMATCHED) & (Q(service_number=search) | Q(contract=search))
    return Q(number=search) | Q(renewal__in=renewals) | without
