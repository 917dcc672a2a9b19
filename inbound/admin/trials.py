"""The page on which a draft is tried as a call, step by step, before it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from inbound.flows.shapes import OUTCOMES
from inbound.models import FlowDraft
from inbound.outside.actions import actions
from inbound.trials.trying import LONGEST, Move, Trial, TrialOver, Trier, ask, begin, is_of, tried
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import StaleStep, WalkRefused
from inbound.walks.page import diagram_of, lay_walk
from inbound.walks.state import NoFlow
from service_level.days import LA_PAZ

HIDDEN = ("csrfmiddlewaretoken", "position", "branch", "confirmed", "verb", "outcome")
MOST_OF_A_FIELD = 500  # letters


def trial_page(request: HttpRequest, draft: FlowDraft, context: dict[str, Any]) -> HttpResponse:
    """Look at the trial of a draft, or make one move of it; it is kept in the session of whoever tries."""
    key, here = f"trial:{draft.pk}", HttpResponseRedirect(request.path)
    trial, notice = _kept(request, key, draft)
    if request.method == "POST" and request.POST.get("verb") == "begin":
        request.session[key] = begin(draft, at=_moment(request.POST.get("at", ""))).as_kept()
        return here
    try:
        return _shown(request, draft, trial, notice, key, context)
    except TrialOver as over:
        anew = begin(draft, at=trial.at)
        request.session[key] = anew.as_kept()
        words = _("Lo que la prueba usaba cambió, y comienza otra vez: %(why)s") % {"why": over}
        return _shown(request, draft, anew, words, key, context, moves=False)


def _shown(
    request: HttpRequest, draft: FlowDraft, trial: Trial, notice: str, key: str, context: dict[str, Any],
    *, moves: bool = True,
) -> HttpResponse:  # fmt: skip
    """The page; with the move that was sent, unless the trial had to begin anew."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    is_move = moves and request.method == "POST"
    answer = _answer(request, draft, trial) if is_move and request.POST.get("verb") == "ask" else None
    with tried(trial, draft=draft) as trier:
        problem = ""
        if is_move and request.POST.get("position") == _at(trial, trier) and len(trial.moves) < LONGEST:
            try:
                move = _move(request, answer)
                trier.take(move)
            except StepRefused as refused:
                typed, errors = _sent(request), refused.errors
            except (StaleStep, WalkRefused) as refusal:
                problem = str(refusal)
            except NoFlow as missing:
                problem = _("La línea %(line)s no tiene un flujo publicado.") % {"line": missing}
            else:
                trial.moves.append(move)
                request.session[key] = trial.as_kept()
                return HttpResponseRedirect(request.path)
        elif is_move and len(trial.moves) >= LONGEST:
            problem = _("La prueba es demasiado larga: comience otra.")
        page = lay_walk(here=trier.here, by=None, typed=typed, errors=errors, problem=problem)
        told = {
            **context, "draft": draft, "page": page, "trial": trial, "notice": notice, "cards": trier.cards,
            "writes": [(write, str(actions()[write.action].words)) for write in trier.writes],
            "lane": trier.lane_of, "outcomes": list(OUTCOMES.items()), "diagram": diagram_of(trier.here),
            "at_step": _at(trial, trier), "at": timezone.localtime(trial.at, LA_PAZ),
            "trail": [
                (reverse("admin:inbound_flowdraft_steps", args=[draft.pk]), str(draft.line)),
                ("", _("Prueba")),
            ],
        }  # fmt: skip
        written = render_to_string("inbound/trials/trial.html", told, request=request)
    return HttpResponse(written, status=422 if errors else 409 if problem else 200)


def _kept(request: HttpRequest, key: str, draft: FlowDraft) -> tuple[Trial, str]:
    """The trial of this session, or a new one where there is none or the text is another by now; and why."""
    try:
        trial = Trial.kept(request.session[key])
        if is_of(draft, trial):
            return trial, ""
        new, notice = begin(draft, at=trial.at), _("El borrador cambió: la prueba comienza otra vez.")
    except (KeyError, TypeError, ValueError):
        new, notice = begin(draft, at=timezone.now()), ""
    request.session[key] = new.as_kept()
    return new, notice


def _at(trial: Trial, trier: Trier) -> str:
    """Of which trial and step a form is: one of an earlier look, or pressed twice, makes no move."""
    return f"{trial.key}.{len(trial.moves)}.{trier.here.footstep.position}"


def _answer(request: HttpRequest, draft: FlowDraft, trial: Trial) -> Move | None:
    """What a system says to the step the form is of, asked before the trial is walked to it again; None: not asked."""
    with tried(trial, draft=draft) as trier:
        question = trier.question if request.POST.get("position") == _at(trial, trier) else None
    return ask(question, at=trial.at) if question else None


def _move(request: HttpRequest, answer: Move | None) -> Move:
    verb = request.POST.get("verb", "answer")
    match verb:
        case "ask":
            if answer is None:
                raise StaleStep(_("Ese paso ya se respondió: este es el paso en que está la prueba."))
            return answer
        case "answer":
            branch, confirmed = request.POST.get("branch", "")[:40], request.POST.get("confirmed") == "yes"
            return {"verb": verb, "sent": _sent(request), "branch": branch, "confirmed": confirmed}
        case "by_hand":
            return {"verb": verb, "sent": _sent(request)}
        case "outcome":
            return {"verb": verb, "outcome": request.POST.get("outcome", "")}
    return {"verb": verb}


def _sent(request: HttpRequest) -> dict[str, str]:
    return {name: str(text)[:MOST_OF_A_FIELD] for name, text in request.POST.items() if name not in HIDDEN}


def _moment(text: str) -> datetime:
    """The moment the trial plays at, as the page's field writes it; now where nothing can be read."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or not 2000 < found.year < 2200:
        return timezone.now()
    return found.replace(tzinfo=LA_PAZ)
