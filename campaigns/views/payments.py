"""Pages of the payments: receipts and what became of them, and their age in the frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.payment_age import payment_age as age_of_payments


@require_GET
def payment_age(request: HttpRequest) -> HttpResponse:
    """The frame's words about the age of the payments, which renew themselves."""
    return render(request, "callcenter/_paid_until.html", {"payments": age_of_payments(now=timezone.now())})
