"""What the doors of a walk share: whose it is, what was sent, and the fragment that is shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from agents.access import signed_in_user
from agents.models import User
from inbound.fields import TELEPHONE
from inbound.models import Walk
from inbound.walks import naming
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import WalkRefused
from inbound.walks.page import Leaving, lay_walk
from inbound.walks.state import WalkState, read_state
from telephony import phone_numbers

View = Callable[..., HttpResponse]
NOTED = ("noted_name", "noted_number")  # who calls, typed beside the step and not noted yet
HIDDEN = {"csrfmiddlewaretoken", "position", "branch", "confirmed", "by_hand", *NOTED}


def own_walks_only(view: View) -> View:
    """Somebody else's walk is 404: the verbs look for it among the person's own."""

    @wraps(view)
    def guarded(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        try:
            return view(request, key)
        except Walk.DoesNotExist:
            raise Http404 from None

    return guarded


def caller_goes_along(view: View) -> View:
    """Who calls is noted with whatever is sent; after it where the step is given a telephone, which then counts."""

    @wraps(view)
    def noting(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        user, (name, telephone) = signed_in_user(request), noted_by(request)
        if not name and not telephone:
            return view(request, key)
        note = partial(naming.name_the_caller, by=user, key=own_key(user, key), name=name, telephone=telephone)
        is_given = bool(request.POST.get(TELEPHONE)) and state_of(user, key).step.kind == "hand_over"
        answered = view(request, key) if is_given else None
        with suppress(StepRefused, WalkRefused):  # half a number stays where it is typed
            note(now=timezone.now())
        if answered is None:
            return view(request, key)
        return show(request, user, state_of(user, key)) if answered.status_code == HTTPStatus.OK else answered

    return noting


def show(
    request: HttpRequest,
    user: User,
    here: WalkState,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    left: dict[str, str] | None = None,
    left_errors: dict[str, str] | None = None,
    noting: tuple[str, str] = ("", ""),
) -> HttpResponse:
    """The walk's fragment; a browser without scripts is sent to the page, or shown it with what is missing."""
    is_fragment = request.htmx  # type: ignore[attr-defined]
    errors_of_any = errors or left_errors
    if not is_fragment and not errors_of_any and not problem:
        return redirect("inbound:walk", key=here.walk.key)
    page = lay_walk(here=here, by=user, typed=typed, errors=errors, problem=problem)
    name, number = noting if any(noting) else noted_by(request)
    if number and phone_numbers.parse(number) is None:
        page.noting = name, number
    if left is not None:
        page.leaving = Leaving(page.here.walk, typed=left, errors=left_errors or {})
    template = "inbound/walks/_walk.html" if is_fragment else "inbound/walks/walk.html"
    return render(request, template, {"page": page}, status=422 if errors_of_any else 409 if problem else 200)


def own_key(user: User, key: uuid.UUID) -> uuid.UUID:
    """The key, if the walk is the person's own."""
    return get_object_or_404(Walk.objects.visible_to(user).walked_by(user), key=key).key


def state_of(user: User, key: uuid.UUID) -> WalkState:
    own = Walk.objects.visible_to(user).walked_by(user).select_related("line", "agent__user")
    return read_state(walk=get_object_or_404(own, key=key))


def sent_by(request: HttpRequest) -> dict[str, str]:
    return {name: str(text) for name, text in request.POST.items() if name not in HIDDEN}


def noted_by(request: HttpRequest) -> tuple[str, str]:
    name, number = (request.POST.get(one, "").strip() for one in NOTED)
    return name, number


def position_of(request: HttpRequest) -> int:
    text = request.POST.get("position", "")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Http404
    return int(text)
