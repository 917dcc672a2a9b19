"""What a person keeps of the board for herself: saving and forgetting a filter, and having seen a mention."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.access import centre_only, signed_in_user, steering_only
from agents.searched_lists import look_is_noted
from escalations.filters import Filters
from escalations.mentioning import see_mentions
from escalations.models import Escalation, SavedFilter
from escalations.saved_filters import NotSaved, save_filter
from escalations.views.cards import show_card
from escalations.views.filters import filters_of, query_of

PLACES = {"list": "escalations:escalation_list", "board": "escalations:board"}


@centre_only
@require_POST
def filter_save(request: HttpRequest, place: str) -> HttpResponse:
    """Keep the filters of the address under a name, and show the page with them again."""
    user = signed_in_user(request)
    if place not in PLACES:
        raise Http404
    at_first = place == "board" and user.steers_campaigns
    asked = filters_of(request, mine_at_first=at_first)
    try:
        saved = save_filter(user=user, name=request.POST.get("name", ""), asked=asked)
    except NotSaved as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Filtro «%(name)s» guardado.") % {"name": saved.name})
        if asked.search:
            messages.info(request, _("Lo que se buscaba no se guardó: es de un cliente."))
    return _back(request, place, asked, mine_at_first=at_first)


@require_POST
def filter_forget(request: HttpRequest, place: str, pk: int) -> HttpResponse:
    """Forget one of one's own."""
    user = signed_in_user(request)
    if place not in PLACES:
        raise Http404
    saved = get_object_or_404(SavedFilter.objects.visible_to(user), pk=pk)
    saved.delete()
    messages.success(request, _("Filtro «%(name)s» borrado.") % {"name": saved.name})
    at_first = place == "board" and user.steers_campaigns
    return _back(request, place, filters_of(request, mine_at_first=at_first), mine_at_first=at_first)


@steering_only
@require_POST
@look_is_noted("tarjeta")
def mentions_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """She has seen where she is named on this card."""
    user = signed_in_user(request)
    card = get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
    see_mentions(escalation=card, user=user, now=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        return show_card(request, pk)
    return redirect("escalations:escalation", pk=pk)


def _back(request: HttpRequest, place: str, asked: Filters, *, mine_at_first: bool) -> HttpResponse:
    return redirect(reverse(PLACES[place]) + query_of(request, asked, mine_at_first=mine_at_first))
