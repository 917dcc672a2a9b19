"""What came in: each receipt of the collections report once, and what it makes of the renewals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.contacts import Contact, Renewal, Service
from campaigns.models.reports import Report


class Receipt(models.Model):
    """One payment as collections reported it. Without a renewal it is unmatched: kept and shown."""

    number = models.CharField(_("recibo"), max_length=40, unique=True)
    report = models.ForeignKey(Report, models.PROTECT, db_constraint=False, related_name="receipts")
    contract = models.CharField(_("contrato"), max_length=32)
    service_number = models.CharField(_("número de servicio"), max_length=32)
    service = models.CharField(_("servicio"), max_length=8, choices=Service, blank=True)
    paid_on = models.DateField(_("fecha de pago"))
    amount = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    channel = models.CharField(_("canal"), max_length=60, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="receipts"
    )
    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="receipts"
    )

    class Meta:
        verbose_name = _("recibo")
        verbose_name_plural = _("recibos")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_is_of_something")]
        indexes = [
            # receipts of a contact's renewals, and sums by renewal
            models.Index(fields=["renewal"], name="receipt_by_renewal", condition=Q(renewal__isnull=False)),
            # the unmatched list, and matching when a report comes later
            models.Index(fields=["service_number"], name="receipt_unmatched", condition=Q(renewal__isnull=True)),
        ]


class RenewalPayment(models.Model):
    """What the receipts of a renewal add up to; a narrow ledger derived from them in the statement that takes them in.

    `paid_on` is the day the sum reached the amount due; empty while it has not (underpaid).
    """

    renewal = models.OneToOneField(
        Renewal, models.CASCADE, primary_key=True, db_constraint=False, related_name="payment"
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False, related_name="payments")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    first_paid_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            # figures of a campaign, and payments of one contact
            models.Index(fields=["contact"], name="renewal_payment_by_contact"),
        ]
