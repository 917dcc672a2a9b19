"""The state of each agent now, as the room shows it."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from agents.access import signed_in_user
from agents.models import AgentState
from api.bearer import Bearer
from api.models import Scope

router = Router(auth=Bearer(Scope.PEOPLE), tags=["People"])


class StateOut(Schema):
    """Who is not named is signed out."""

    agent: str
    team: str
    state: str
    reason: str
    since: datetime

    @classmethod
    def of(cls, state: AgentState) -> "StateOut":
        agent, reason = state.agent, str(state.reason or "")
        return cls(
            agent=agent.user.username,
            team=str(agent.team or ""),
            state=state.state,
            reason=reason,
            since=state.began_at,
        )


@router.get("agents/states/", response=list[StateOut], summary="Who is at work, in which state and since when")
def states(request: HttpRequest) -> list[StateOut]:
    found = AgentState.objects.visible_to(signed_in_user(request)).open()
    rows = found.select_related("agent__user", "agent__team", "reason").order_by("agent")
    return list(map(StateOut.of, rows))
