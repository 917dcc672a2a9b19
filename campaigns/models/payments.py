"""What came in: each receipt of the collections report once, and what it makes of the renewals."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from agents.gates import leads_to_customers
from agents.models import User
from campaigns.models.campaign import Campaign
from campaigns.models.contacts import Contact, Renewal, Service
from campaigns.models.reports import Report


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    @leads_to_customers
    def visible_to(self, user: User) -> ReceiptQuerySet:
        """An agent sees receipts of the contacts she may see; the centre sees all, the unmatched too."""
        if user.sees_the_centre:
            return self
        return self.filter(renewal__contact__in=Contact.objects.visible_to(user))

    def waiting(self) -> ReceiptQuerySet:
        """Those a report published later may give (another) renewal to: unmatched, late and more than was due."""
        return self.exclude(standing__in=[Receipt.Standing.COUNTED, Receipt.Standing.ANNULLED])

    def with_left(self) -> ReceiptQuerySet:
        """With `left`: Bs of the receipt that were not given back."""
        return self.annotate(left=F("amount") - F("refunded"))


@facts(
    "number", "report", "service", "paid_on", "amount", "refunded", "channel", "campaign", "renewal", "standing",
    personal=["contract", "service_number"], inserts=True,
)  # fmt: skip
class Receipt(models.Model):
    """One payment as collections reported it. Without a renewal it is unmatched: kept and shown."""

    class Standing(models.TextChoices):
        """What a receipt is to the renewal it belongs to (`campaigns/payments/matching.py` decides)."""

        COUNTED = "counted", _("Cuenta")
        EXTRA = "extra", _("De más")
        LATE = "late", _("Fuera de plazo")
        UNMATCHED = "unmatched", _("Sin renovación")
        ANNULLED = "annulled", _("Anulado")

    number = models.CharField(_("recibo"), max_length=40)
    report = models.ForeignKey(Report, models.PROTECT, db_constraint=False, related_name="receipts")
    contract = models.CharField(_("contrato"), max_length=32)
    service_number = models.CharField(_("número de servicio"), max_length=32)
    service = models.CharField(_("servicio"), max_length=8, choices=Service, blank=True)
    paid_on = models.DateField(_("fecha de pago"))
    amount = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    refunded = models.DecimalField(
        _("devuelto"), max_digits=10, decimal_places=2, default=0, db_default=0,
        help_text=_("Bs que se devolvieron o anularon (`Refund`); con todo devuelto el recibo está anulado."),
    )  # fmt: skip
    channel = models.CharField(_("canal"), max_length=60, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="receipts"
    )
    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="receipts"
    )
    standing = models.CharField(_("situación"), max_length=9, choices=Standing, default=Standing.UNMATCHED)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("recibo")
        verbose_name_plural = _("recibos")
        constraints = [
            models.UniqueConstraint(fields=["number"], name="receipt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_is_of_something"),
            models.CheckConstraint(
                condition=Q(standing__in=["unmatched", "annulled"], renewal__isnull=True, campaign__isnull=True)
                | (~Q(standing="unmatched") & Q(renewal__isnull=False, campaign__isnull=False)),
                name="receipt_stands_where_its_renewal_is",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="receipt_gives_back_what_it_is"
            ),
            models.CheckConstraint(
                condition=Q(standing="annulled", refunded=F("amount"))
                | (~Q(standing="annulled") & Q(refunded__lt=F("amount"))),
                name="receipt_given_back_is_annulled",
            ),
        ]
        indexes = [
            # receipts of a contact's renewals, and sums by renewal
            models.Index(fields=["renewal"], name="receipt_by_renewal", condition=Q(renewal__isnull=False)),
            # the lists of those that do not count, and matching them when a report comes later
            models.Index(fields=["service_number"], name="receipt_waiting", condition=~Q(standing="counted")),
            # those a report brought, for its page and its withdrawal: written together, so they lie together
            BrinIndex(fields=["report"], name="receipt_by_report", autosummarize=True),
        ]


class RefundQuerySet(models.QuerySet["Refund"]):
    @leads_to_customers
    def visible_to(self, user: User) -> RefundQuerySet:
        """As receipts are; those without a receipt are the centre's."""
        if user.sees_the_centre:
            return self
        return self.filter(receipt__renewal__contact__in=Contact.objects.visible_to(user))

    def waiting(self) -> RefundQuerySet:
        """Those of which nobody knows what payment they take back: it still counts."""
        return self.filter(receipt__isnull=True, confirms=None)


@audited(exclude=["contract", "service_number", "reason"])  # which lead to a person, and go with her name
class Refund(models.Model):
    """Money of a receipt that was given back, or a receipt that was annulled: by a report, or by hand with a reason.

    Without a receipt it waits for it, and is shown: nobody's payment is taken back by guess.
    """

    number = models.CharField(_("recibo o nota"), max_length=40)
    by_number = models.BooleanField(default=False, help_text=_("Es del recibo de su número, y de ningún otro."))
    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="refunds"
    )
    contract = models.CharField(_("contrato"), max_length=32, blank=True)
    service_number = models.CharField(_("número de servicio"), max_length=32, blank=True)
    amount = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    part = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("De una fila que devolvió varios recibos, cuál: desde 0.")
    )
    refunded_on = models.DateField(_("fecha"))
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="refunds")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("motivo"), max_length=300, blank=True)
    at = models.DateTimeField()
    confirms = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="confirmed_by_note",
        help_text=_("La anulación a mano de la que esta nota es la palabra del sistema."),
    )  # fmt: skip
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("devolución")
        verbose_name_plural = _("devoluciones")
        constraints = [
            # the same file again, or the growing file of a day; who lost her name may share what is left of it
            models.UniqueConstraint(
                fields=["number", "amount", "refunded_on", "contract", "service_number", "part"],
                condition=Q(report__isnull=False) & ~Q(contract__startswith="anon"),
                name="refund_reported_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_of_something"),
            models.CheckConstraint(
                condition=Q(confirms=None, confirmed_by=None)
                | Q(confirms__isnull=False, confirmed_by__isnull=False, receipt=None, report__isnull=False),
                name="refund_confirms_and_takes_nothing_back",
            ),
            models.CheckConstraint(
                condition=Q(report__isnull=False, by__isnull=True)
                | (Q(report__isnull=True, by__isnull=False) & ~Q(reason="")),
                name="refund_is_of_a_report_or_of_a_person_with_a_reason",
            ),
        ]
        indexes = [
            # those that wait for their receipt: asked for after every report
            models.Index(fields=["id"], name="refund_waiting", condition=Q(receipt__isnull=True)),
            # annulments by hand, of which a note may be the word
            models.Index(fields=["amount"], name="refund_by_hand", condition=Q(by__isnull=False)),
        ]

    @property
    def told_by(self) -> str:
        """Who says so: a report's file, or a person with the reason."""
        return self.report.name if self.report else f"{self.by}: {self.reason}"


class RenewalPaymentQuerySet(models.QuerySet["RenewalPayment"]):
    @leads_to_customers
    def visible_to(self, user: User) -> RenewalPaymentQuerySet:
        """As receipts are."""
        if user.sees_the_centre:
            return self
        return self.filter(contact__in=Contact.objects.visible_to(user))

    def underpaid(self) -> RenewalPaymentQuerySet:
        """Less than was due came in; what a corrected report no longer has is not due."""
        return self.filter(paid_on__isnull=True, renewal__gone_at__isnull=True)

    def overpaid(self) -> RenewalPaymentQuerySet:
        return self.filter(amount__gt=F("renewal__amount_due"))


class RenewalPayment(models.Model):
    """What the receipts of a renewal add up to; a narrow ledger derived from them in the statement that takes them in.

    `paid_on` is the day the sum reached the amount due; empty while it has not (underpaid). Late receipts are not in
    it: `amount` is what was paid within the days of grace.
    """

    renewal = models.OneToOneField(
        Renewal, models.CASCADE, primary_key=True, db_constraint=False, related_name="payment"
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False, related_name="payments")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    first_paid_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)

    objects = RenewalPaymentQuerySet.as_manager()

    # No index on the contact: everybody comes by the renewals, and it costs a tenth of writing the payments.
