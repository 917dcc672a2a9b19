"""Doors of the people's page, who is on duty today, and of the switch of languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from agents.access import centre_only, signed_in_user, steering_only
from agents.models import Agent, User
from agents.people import remember_language, set_duty
from agents.tables import AgentTable


@centre_only
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody who works call lists, with who is on duty."""
    user = signed_in_user(request)
    agents = Agent.objects.visible_to(user).filter(user__is_active=True).with_what_a_list_shows()
    search = request.GET.get("q", "").strip()
    if search:
        agents = agents.named_like(search)
    table = AgentTable(agents, may_change=user.steers_campaigns).shown_to(request)
    on_duty = Agent.objects.visible_to(user).on_duty().count()
    return render(request, "agents/people.html", {"table": table, "on_duty": on_duty, "search": search})


@require_POST
@steering_only
def change_duty(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put an agent on duty or off duty."""
    agent = get_object_or_404(Agent.objects.visible_to(signed_in_user(request)).select_related("user"), pk=pk)
    on_duty = request.POST.get("on_duty") == "yes"
    set_duty(agent=agent, on_duty=on_duty)
    said = (
        _("%(agent)s está de turno.") if on_duty else _("%(agent)s quedó fuera de turno; sus contactos siguen suyos.")
    )
    messages.success(request, said % {"agent": agent})
    return redirect("agents:people")


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Django's switch: a cookie for this browser; of who is signed in it is kept for every other one, too."""
    response = set_language(request)
    chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen and isinstance(request.user, User):
        remember_language(user=request.user, language=chosen.value)
    return response
