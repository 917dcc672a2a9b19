"""Doors of the list of who asked not to be called: looked at, added to, taken off."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from agents.searched_lists import part_is_noted, search_is_noted
from campaigns.calling.do_not_call import allow_calling_again, forbid_calling, found_by
from campaigns.calling.forms import DoNotCallForm
from campaigns.calling.tables import DoNotCallTable
from campaigns.models import DoNotCall
from screens.searching import searched


@require_http_methods(["GET", "POST"])
@centre_only
@search_is_noted
def do_not_call(request: HttpRequest) -> HttpResponse:
    """Who is not called; supervision adds and takes off."""
    return _show(request, DoNotCallForm())


@require_POST
@steering_only
@part_is_noted
def do_not_call_add(request: HttpRequest) -> HttpResponse:
    """Write a contract or a telephone down."""
    form = DoNotCallForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    row = forbid_calling(**form.cleaned_data, by=signed_in_user(request), now=timezone.now())
    if row is None:
        messages.warning(request, _("Ya estaba en la lista: nadie le llama."))
    else:
        messages.success(request, _("Agregado: nadie le llama desde ahora."))
    return redirect("campaigns:do_not_call")


@require_POST
@steering_only
def do_not_call_take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody be called again."""
    allow_calling_again(get_object_or_404(DoNotCall.objects.visible_to(signed_in_user(request)), pk=pk))
    messages.success(request, _("Quitado de la lista: se le puede volver a llamar."))
    return redirect("campaigns:do_not_call")


def _show(request: HttpRequest, form: DoNotCallForm, *, status: int = 200) -> HttpResponse:
    user, search = signed_in_user(request), searched(request, most=40)
    rows = found_by(DoNotCall.objects.visible_to(user), search=search).select_related("added_by")
    empty = {} if search else {"empty_text": _("Todavía nadie pidió que no se le llame.")}
    table = DoNotCallTable(rows, masked=user.reads_masked, may_change=user.steers_campaigns, **empty).shown_to(request)
    trail = [(reverse("campaigns:campaign_list"), _("Campañas")), ("", _("No llamar"))]
    context = {"table": table, "form": form, "search": search, "may_change": user.steers_campaigns, "trail": trail}
    return render(request, "campaigns/calling/do_not_call.html", context, status=status)
