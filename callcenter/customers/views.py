"""The page of a customer, shown at once; what other systems say comes in by itself, each as soon as it answers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agents.access import customers_only, signed_in_user
from agents.models import Role, Search
from agents.searching import note_search
from callcenter.customers.standing import PARTS, PENDING, Standing, part_of

LONGEST = 24  # letters of a contract


@require_GET
@customers_only
def customer(request: HttpRequest, contract: str) -> HttpResponse:
    """All of a contract; with `part=` what one other system says of it."""
    user, now = signed_in_user(request), timezone.now()
    if len(contract) > LONGEST or "\x00" in contract:
        raise Http404
    asks_systems = user.role != Role.AUDITOR  # who only reads needs no telephones of another system
    part = request.GET.get("part", "")
    # whatever is there: who goes through numbers that are not hers leaves as many rows, and has the same limit
    note_search(user=user, where=Search.Where.CUSTOMER, what=PARTS.get(part, ""), asked=contract, now=now)
    standing = Standing(contract=contract, user=user, now=now)
    if not standing.may_be_seen:
        raise Http404
    if part:
        if part not in PARTS or not asks_systems:
            raise Http404
        found = part_of(name=part, contract=contract, user=user, now=now)
        return render(request, "callcenter/customers/_part.html", {"found": found})
    context = {
        "standing": standing,
        "contract": contract,
        "pending_parts": PENDING if asks_systems else (),
        "other_parts": [part for part in PARTS if part not in PENDING] if asks_systems else (),
    }
    return render(request, "callcenter/customers/customer.html", context)
