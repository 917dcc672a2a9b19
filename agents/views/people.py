"""Doors of the people's page, of who is on duty, of an agent's own shift, and of the switch of languages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from agents.access import agent_of, agents_only, centre_only, overseeing_only, signed_in_user, steering_only
from agents.day import day_of_agent, stretches_of_day
from agents.messages import see_message
from agents.models import Agent, AgentMessage, AgentState, StretchQuestion, User
from agents.own_state import wrap_up
from agents.people import remember_language, set_duty
from agents.questions import QuestionRefused, question_stretch, see_question
from agents.tables import AgentTable


@overseeing_only
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody who works call lists, with who is on duty."""
    user = signed_in_user(request)
    agents = Agent.objects.visible_to(user).filter(user__is_active=True).with_what_a_list_shows()
    search = request.GET.get("q", "").strip()
    if search:
        agents = agents.named_like(search)
    table = AgentTable(agents, may_change=user.steers_campaigns).shown_to(request)
    on_duty = Agent.objects.visible_to(user).on_duty().count()
    questions = StretchQuestion.objects.visible_to(user).filter(seen_at=None).order_by("asked_at")
    context = {"table": table, "on_duty": on_duty, "search": search, "may_change": user.steers_campaigns}
    context["questions"] = questions.select_related("stretch__agent__user", "stretch__reason")
    return render(request, "agents/people.html", context)


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


@require_GET
@agents_only
def my_shift(request: HttpRequest) -> HttpResponseBase:
    """What an agent did on a day, stretch by stretch, and its sums; `?day=` shows an earlier one."""
    return render(request, "agents/my_shift.html", {**_shift(request, agent_of(request)), "is_own": True})


@require_GET
@centre_only
def shift(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same of any agent, for who sees the centre."""
    agent = get_object_or_404(Agent.objects.visible_to(signed_in_user(request)).select_related("user"), pk=pk)
    found = _shift(request, agent)
    trail = [(reverse("agents:people"), _("Personas")), ("", _("Jornada"))]
    return render(request, "agents/my_shift.html", {**found, "agent": agent, "trail": trail})


def _shift(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now)
    try:
        day = min(date.fromisoformat(request.GET.get("day", "") or today.isoformat()), today)
    except ValueError as wrong:
        raise BadRequest(_("El día se escribe como 2026-11-28.")) from wrong
    stretches = stretches_of_day(agent=agent, day=day, now=now).select_related("reason", "question__seen_by", "person")
    sums = day_of_agent(agent=agent.pk, day=day, now=now)
    return {"day": day, "today": today, "now": now, "stretches": stretches, "sums": sums}


@require_http_methods(["GET", "POST"])
@agents_only
def question(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what is wrong with a stretch of one's own."""
    own = AgentState.objects.visible_to(signed_in_user(request)).filter(agent=agent_of(request))
    stretch = get_object_or_404(own.select_related("reason"), pk=pk)
    back = f"{reverse('agents:my_shift')}?day={timezone.localtime(stretch.began_at):%Y-%m-%d}"
    error = ""
    if request.method == "POST":
        try:
            question_stretch(stretch=stretch, note=request.POST.get("note", ""), now=timezone.now())
        except QuestionRefused as refused:
            error = str(refused)
        else:
            messages.success(request, _("Supervisión verá lo que escribió."))
            return redirect(back)
    trail = [(reverse("agents:my_shift"), _("Mi jornada")), ("", _("No coincide"))]
    context = {"stretch": stretch, "back": back, "error": error, "trail": trail}
    return render(request, "agents/question.html", context, status=422 if error else 200)


@require_POST
@steering_only
def question_seen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take note of what an agent says of a stretch."""
    user = signed_in_user(request)
    see_question(
        question=get_object_or_404(StretchQuestion.objects.visible_to(user), pk=pk), by=user, now=timezone.now()
    )
    return redirect("agents:people")


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Django's switch: a cookie for this browser; of who is signed in it is kept for every other one, too."""
    response = set_language(request)
    chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen and isinstance(request.user, User):
        remember_language(user=request.user, language=chosen.value)
    return response


@require_POST
@agents_only
def message_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """She has seen what was written to her."""
    written = AgentMessage.objects.visible_to(signed_in_user(request))
    see_message(message=get_object_or_404(written, pk=pk), now=timezone.now())
    return HttpResponse(status=204) if request.htmx else redirect("home")  # type: ignore[attr-defined]


@require_POST
@agents_only
def ready(request: HttpRequest) -> HttpResponse:
    """She has wrapped up the call, before the clock says so. Pressed twice, or too late, it changes nothing."""
    wrap_up(agent=agent_of(request), now=timezone.now())
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("home")
    return HttpResponse(status=204, headers={"HX-Trigger": "calls-changed"})  # the head shows it, stream or none
