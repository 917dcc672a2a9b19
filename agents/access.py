"""Which role may open which page. Objects have their own gate: `Model.objects.visible_to(user)`, and answer 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from agents.models import Agent, Role, User

View = Callable[..., HttpResponseBase]


def signed_in_user(request: HttpRequest) -> User:
    """The person behind a request that passed LoginRequiredMiddleware."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Ingrese con su usuario para ver esta página."))
    return request.user


class NotAdmittedYet(PermissionDenied):
    """Her account was opened by somebody else, and supervision has not said yet that she is there."""

    def __init__(self) -> None:
        super().__init__(_("Supervisión todavía no la puso de turno con esta cuenta, y hasta entonces no ve clientes."))
        self.todo = _("Pida a su supervisión que la ponga de turno en «Personas», y vuelva a intentar.")


def agent_of(request: HttpRequest) -> Agent:
    """The agent behind the request; somebody with the role but not yet set up as an agent has no desk (404)."""
    user = signed_in_user(request)
    agent = get_object_or_404(Agent.objects.visible_to(user).select_related("team"), user=user)
    agent.user = user
    return agent


def to_another_page(request: HttpRequest, address: str) -> HttpResponse:
    """The whole page goes there, also where only a piece of it was asked for: that would swallow the other."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def roles_only(*roles: Role) -> Callable[[View], View]:
    """View decorator: only these roles pass; others get 403 with a sentence that says whose page it is."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = signed_in_user(request)
            if user.role not in roles:
                named = ", ".join(str(role.label) for role in roles)
                raise PermissionDenied(_("Esta página es de: %(roles)s.") % {"roles": named})
            if user.waits_to_be_admitted:
                raise NotAdmittedYet
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]  # the test of every address × role reads it
        return guarded

    return decorate


def asks_by_itself(view: View) -> View:
    """View decorator, the outermost: an open page asks for it by itself, so it is no sign that anybody is there."""
    view.asks_by_itself = True  # type: ignore[attr-defined]  # SignOfLifeMiddleware reads it
    return view


agents_only = roles_only(Role.AGENT)
working_only = roles_only(Role.AGENT, Role.SUPERVISOR)
steering_only = roles_only(Role.SUPERVISOR)
centre_only = roles_only(Role.SUPERVISOR, Role.AUDITOR)
customers_only = roles_only(Role.AGENT, Role.SUPERVISOR, Role.AUDITOR)  # a page on which a customer may stand
overseeing_only = roles_only(Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)  # how the house runs: no customer in it
operating_only = roles_only(Role.SUPERVISOR, Role.ADMINISTRATOR)  # what keeps it running, and decides about no customer
