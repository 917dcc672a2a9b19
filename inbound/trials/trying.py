"""A draft walked as a call would be, by the engine of the calls, in a transaction that never ends: nothing of it stays.

A trial is its moves. Each look at it walks them all again on a version made of the draft, and then one more; so what a
trial shows is what a call will show, and whoever tries leaves no call, no card, no write and no mail. No system of the
site is asked: look-ups go to the trial's own, the sandbox, or are written by hand; and whether a write was done, was
refused or is not known is chosen by whoever tries it. Nor is anything told of what calls asked for.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.models import Agent, Role, User
from escalations import working
from escalations.models import Escalation, Letter
from inbound.flows.conditions import arguments
from inbound.flows.publishing import fingerprint
from inbound.flows.shapes import DONE, OUTCOMES, REFUSED
from inbound.models import FlowDraft, FlowVersion, OutsideWrite, Walk
from inbound.outside.reaching import Looked, look_up
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.beginning import begin_walk
from inbound.walks.footsteps import StaleStep, WalkRefused
from inbound.walks.lanes import begin_lane
from inbound.walks.state import NoFlow, WalkState, read_state
from inbound.writes.limits import only_what_is_asked_by
from notices.models import Notice

LONGEST = 200  # moves
Move = dict[str, Any]
Question = tuple[str, dict[str, str]]  # a look-up of the registry, and what it is asked with


class TrialOver(Exception):
    """A move that was made cannot be made any more, with the sentence why: the trial begins anew."""


@dataclass
class Trial:
    """What a trial is kept as: of which text of the draft, at which moment it plays, and its moves so far."""

    seen: str
    at: datetime
    key: str = field(default_factory=lambda: secrets.token_hex(4))  # of a form of this trial and of no other
    moves: list[Move] = field(default_factory=list)

    def as_kept(self) -> dict[str, Any]:
        """JSON-able."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def kept(cls, what: Any) -> Trial:
        """Raises KeyError, TypeError and ValueError for what was not kept by `as_kept`."""
        at = datetime.fromisoformat(what["at"])
        return cls(str(what["seen"]), at, key=str(what["key"]), moves=list(what["moves"]))


def begin(draft: FlowDraft, *, at: datetime) -> Trial:
    """A trial of the draft as its text is now, as if it were `at`."""
    return Trial(fingerprint(draft.source), at)


def is_of(draft: FlowDraft, trial: Trial) -> bool:
    """Whether the draft still has the text that is tried."""
    return trial.seen == fingerprint(draft.source)


@contextmanager
def tried(trial: Trial, *, draft: FlowDraft) -> Iterator[Trier]:
    """Where the trial stands after all its moves; what is read of it must be read inside. Nothing of it stays.

    Call it for a draft that check_draft finds nothing wrong with.
    """
    with transaction.atomic():
        trier = Trier(draft, trial.at)
        with only_what_is_asked_by(trier.by, trier.supervisor):
            try:
                for move in trial.moves:
                    trier.take(move)
            except (StepRefused, StaleStep, WalkRefused, NoFlow) as changed:  # what it stood on is otherwise now
                raise TrialOver(str(changed)) from changed
            yield trier
        transaction.set_rollback(True)


def ask(question: Question, *, at: datetime) -> Move:
    """The move of what was found. Goes over the network, to the sandbox and nowhere else: call it where nothing is
    tried, or the transaction of the trial waits for it, and whoever publishes that line for the transaction.
    """
    name, said = question
    looked = look_up(name=name, arguments=said, now=at, instead=settings.TRIAL_SYSTEMS_URL)
    return {"verb": "found", "found": looked.found, "trouble": looked.trouble, "by_hand": looked.by_hand}


class Trier:
    """A call of nobody: an agent and a supervisor who are there as long as the transaction."""

    def __init__(self, draft: FlowDraft, at: datetime) -> None:
        self.now = at
        self.by = User.objects.create(username=f"{uuid.uuid4()}", first_name=_("Prueba"), role=Role.AGENT)
        self.supervisor = User.objects.create(username=f"{uuid.uuid4()}", role=Role.SUPERVISOR)
        agent = Agent.objects.create(user=self.by)
        highest = FlowVersion.objects.filter(line=draft.line).aggregate(Max("version"))["version__max"] or 0
        FlowVersion.objects.create(
            line=draft.line, version=highest + 1, source=draft.source, published_at=at,
            sha256=hashlib.sha256(draft.source.encode()).hexdigest(),
        )  # fmt: skip
        self.key = begin_walk(agent=agent, line=draft.line, key=uuid.uuid4(), now=at).key

    @property
    def here(self) -> WalkState:
        return read_state(walk=Walk.objects.select_related("line", "agent__user", "walked_by").get(key=self.key))

    @property
    def cards(self) -> list[Escalation]:
        """What the trial handed over."""
        return list(Escalation.objects.filter(raised_by=self.by).select_related("kind").order_by("pk"))

    @property
    def writes(self) -> list[OutsideWrite]:
        """What it asked of other systems."""
        return list(OutsideWrite.objects.filter(walk__key=self.key).order_by("pk"))

    @property
    def lane_of(self) -> Escalation | None:
        """The card whose lane may be tried now that the call is over."""
        here = self.here
        if here.walk.ended_at is None or here.walk.escalation_id is not None:
            return None
        handed = [one.escalation for one in here.path if here.step_of(one).hands_to and one.escalation]
        return handed[-1] if handed else None

    @property
    def question(self) -> Question | None:
        """What the present step looks up; None where it looks nothing up."""
        here = self.here
        return (here.step.look_up, arguments(here.step.with_, here.known)) if here.step.kind == "look_up" else None

    def take(self, move: Move) -> None:
        """Make one move. Raises StepRefused, StaleStep and WalkRefused as the call would; then it was not made."""
        here = self.here
        position = here.footstep.position
        told: dict[str, Any] = {"by": self.by, "key": self.key, "now": self.now}
        match move["verb"]:
            case "answer":
                self._deliver_mail(here)
                more = {"sent": move["sent"], "branch": move["branch"], "confirmed": move["confirmed"]}
                walking.answer_step(position=position, **told, **more)
            case "found":
                looked = Looked(move["found"], move["trouble"], move["by_hand"])
                walking.take_found(position=position, looked=looked, **told)
            case "by_hand":
                walking.write_what_is_seen(position=position, sent=move["sent"], **told)
            case "outcome":
                self._comes_to(move["outcome"], here)
                walking.follow_outcome(position=position, leaves=True, **told)
            case "back":
                walking.go_back(position=position, **told)
            case "continue":
                walking.continue_as(position=position, **told)
            case "lane":
                self._begin_lane()
            case verb:
                raise WalkRefused(_("La prueba no conoce «%(verb)s».") % {"verb": str(verb)[:20]})

    def _comes_to(self, outcome: str, here: WalkState) -> None:
        if outcome not in OUTCOMES:
            raise WalkRefused(_("Elija en qué quedó."))
        change: dict[str, Any] = {"state": OutsideWrite.State.WAITING}
        if outcome == DONE:
            change = {"state": OutsideWrite.State.DONE, "reference": "PRUEBA-1", "settled_at": self.now}
        elif outcome == REFUSED:
            change = {"state": OutsideWrite.State.REFUSED, "last_error": _("Rechazado, para probar.")}
        if here.footstep.write_id is None:
            raise WalkRefused(_("Aquí todavía no se pidió nada a otro sistema."))
        OutsideWrite.objects.filter(pk=here.footstep.write_id).update(**change)

    def _deliver_mail(self, here: WalkState) -> None:
        """An end that waits for its mail does not wait in a trial."""
        if here.step.mailed:
            letters = Letter.objects.filter(escalation=here.walk.escalation).values("notice")
            Notice.objects.filter(pk__in=letters).update(state=Notice.State.SENT, sent_at=self.now)

    def _begin_lane(self) -> None:
        card = self.lane_of
        if card is None:
            raise WalkRefused(_("Aquí no hay un carril que seguir."))
        working.take(escalation_id=card.pk, by=self.supervisor, now=self.now)
        self.key = begin_lane(escalation_id=card.pk, by=self.supervisor, now=self.now).key
        self.by = self.supervisor
