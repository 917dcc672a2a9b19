"""Whether a flow can be walked to its end, and whether what it names exists. Everything that is wrong, at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from inbound.flows.brought import brought, given, paths_of
from inbound.flows.claims import NEVER, reached, untrue
from inbound.flows.conditions import PLACE
from inbound.flows.guards import COMPARED, OF_THE_CONTRACT, unguarded
from inbound.flows.shapes import (
    DONE,
    LANES,
    OTHER,
    PLACES,
    REFUSED,
    SERVICE_ASKED,
    UNKNOWN,
    Flow,
    FlowError,
    Step,
)
from inbound.flows.spoken import always_says_something, surely_known
from inbound.flows.stating import BY_PRESENCE, open_against_what_is_shown
from inbound.outside.actions import REQUESTER, Action
from inbound.outside.look_ups import LookUp
from inbound.outside.readings import HOUSE

ALWAYS_KNOWN = frozenset({*PLACES, "note", "caller_number", SERVICE_ASKED})
A_ROW_BY_ITS_PLACE = re.compile(r"\.[0-9]+\.", re.ASCII)
STRAY_BRACE = re.compile(r"[{}]")
SPOKEN = ("say", "ask", "choose", "hand_over", "refer", "end")


def lint(
    flow: Flow,
    *,
    look_ups: Mapping[str, LookUp],
    actions: Mapping[str, Action],
    escalations: Collection[str] | None,
    lines: Collection[str] = (),
    name: str = "",
) -> list[FlowError]:
    """What is wrong with a flow, given what there is: look-ups, actions, kinds of escalation.

    `escalations` None: not checked. `lines`: the lines one can go on as; empty: not checked. `name`: how the errors
    call it, `101.yaml` if not said.
    """
    checks = _Checks(flow, name or f"{flow.line}.yaml")
    checks.brings = brought(flow, look_ups)
    for step in flow.steps.values():
        checks.references(step)
        checks.ways(step)
        checks.names(step)
        checks.foreign_state(step)
        checks.lanes(step)
        checks.speaks(step)
        checks.braces(step)
        if step.look_up:
            checks.look_up(step, look_ups.get(step.look_up))
        if step.action:
            checks.action(step, actions.get(step.action))
        if escalations is not None and step.escalation and step.escalation not in escalations:
            checks.wrong(step, _("tipo de derivación desconocido «%(name)s»") % {"name": step.escalation})
        if step.continue_as == flow.line or (lines and step.continue_as and step.continue_as not in lines):
            checks.wrong(step, _("no se puede continuar como «%(line)s»") % {"line": step.continue_as})
    checks.claimed()
    checks.guarded(actions)
    checks.the_whole()
    return checks.errors


class _Checks:
    def __init__(self, flow: Flow, file: str) -> None:
        self.flow = flow
        self.file = file
        self.errors: list[FlowError] = []
        self.given = ALWAYS_KNOWN | set(given(flow))
        self.brings: Mapping[str, frozenset[str]] = {}  # by root, what stands in it, where that is known
        self.sure = surely_known(flow)

    def wrong(self, step: Step | None, what: str) -> None:
        error = FlowError(self.file, step.name if step else "", what)
        if error not in self.errors:  # a path that stands in a step four times is one thing to mend
            self.errors.append(error)

    def references(self, step: Step) -> None:
        for ref in step.refs:
            if not ref.startswith(f"{self.flow.line}."):
                self.wrong(step, _("la referencia «%(ref)s» no es de esta línea") % {"ref": ref})

    def ways(self, step: Step) -> None:
        """Where it goes on: a branch to nowhere, two branches of one name, a decision that decides nothing."""
        for name in step.leads_to:
            target = self.flow.steps.get(name)
            if target is None:
                self.wrong(step, _("lleva a «%(name)s», que no existe") % {"name": name})
            elif target.lane != step.lane:
                self.wrong(step, _("lleva a «%(name)s», que es de otro carril") % {"name": name})
        if step.kind != "decide":
            self.outcomes(step)
            return
        if len(step.ways) < 2:
            self.wrong(step, _("una decisión tiene al menos dos ramas"))
        names = [branch.name for branch in step.branches]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.wrong(step, _("hay dos ramas con el nombre «%(name)s»") % {"name": name})
        if OTHER in names:
            self.wrong(step, _("«other» se escribe aparte, no entre las ramas"))

    def outcomes(self, step: Step) -> None:
        """What is said once it was done is said in no other case, and a refusal ends with somebody who sees to it."""
        if not step.waits:
            return
        steps = self.flow.steps
        onward = {name: () if name == step.name else other.leads_to for name, other in steps.items()}
        ends = {name for name, other in steps.items() if other.kind == "end"}
        # of a later write as well only what follows when it was done
        done_only = {
            name: (other.way(DONE),) if other.waits and name != step.name else onward[name]
            for name, other in steps.items()
        }
        after_done = reached([step.way(DONE)], done_only)
        for outcome in (REFUSED, UNKNOWN):
            after = reached([step.way(outcome)], onward)
            if step.way(DONE) in after:
                words = _("«%(outcome)s» lleva a «%(name)s», que se dice cuando se hizo")
                self.wrong(step, words % {"outcome": outcome, "name": step.way(DONE)})
            elif shared := sorted(ends & after & after_done):
                words = _("«%(outcome)s» termina como «done», en «%(name)s»")
                self.wrong(step, words % {"outcome": outcome, "name": shared[0]})
        unseen = {
            name: () if steps[name].kind == "hand_over" else ways for name, ways in onward.items() if name in steps
        }
        if step.lane == LANES[0] and ends & reached([step.way(REFUSED)], unseen):  # a lane has its card already
            self.wrong(step, _("«refused» llega a un final sin derivar el caso a nadie"))

    def claimed(self) -> None:
        """What a write does is said to be done where it was, and where a system shows it; nowhere else."""
        for step, outcome, claim in untrue(self.flow, self.sure):
            if outcome in (REFUSED, UNKNOWN):
                words = _("«%(outcome)s» dice «%(said)s», y eso solo se sabe cuando se hizo")
            elif outcome == DONE:
                words = _("dice «%(said)s» antes de pedirlo")
            elif outcome == NEVER:
                words = _("dice «%(said)s», y se llega aquí sin haberlo pedido")
            else:
                words = _("dice «%(said)s», y nadie espera a saberlo")
            self.wrong(step, words % {"outcome": outcome, "said": claim.said})

    def guarded(self, actions: Mapping[str, Action]) -> None:
        """No way leads past what stands before money, a SIM or a balance."""
        for past in unguarded(self.flow, actions):
            if past.guard == COMPARED:
                words = _(
                    "toca dinero o un SIM, y por «%(by)s» se llega sin comparar a quien pide con el titular de esa"
                    " línea: falta un campo «holder»"
                )
            elif past.guard == OF_THE_CONTRACT:
                words = _(
                    "toca dinero o un SIM, y por «%(by)s» se llega sin ver que el número sea de ese contrato: falta"
                    " «needs»"
                )
            else:
                words = _(
                    "dice o consulta un saldo, y por «%(by)s» se llega sin saber que quien llama es el titular: falta"
                    " «needs» con el campo «holder»"
                )
            self.wrong(past.step, words % {"by": past.by})

    def names(self, step: Step) -> None:
        """Every path begins with something an earlier step may have brought, every field has a name of its own."""
        for path in paths_of(step):
            root = path.split(".")[0]
            if root not in self.given:
                self.wrong(step, _("«%(path)s»: ningún paso trae «%(root)s»") % {"path": path, "root": root})
            elif A_ROW_BY_ITS_PLACE.search(path):
                words = _("«%(path)s» toma la primera de varias: el cliente habla de una, falta un paso «choose»")
                self.wrong(step, words % {"path": path})
            else:
                self.within(step, path)
        for name in (*step.shows, *step.of, *step.unless):
            self.within(step, f"{step.among}.{name}")
        names = [field.name for field in step.fields]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.wrong(step, _("hay dos campos con el nombre «%(name)s»") % {"name": name})
        for field in step.fields:
            if field.type == "holder" and not (field.card and field.among):
                self.wrong(step, _("«%(name)s» compara dos carnets: faltan «card» y «among»") % {"name": field.name})
            if field.name in ALWAYS_KNOWN:
                self.wrong(step, _("un campo no se puede llamar «%(name)s»") % {"name": field.name})

    def within(self, step: Step, path: str) -> None:
        """What a path goes to stands in what was looked up: another look-up brings other things."""
        root, *parts = path.split(".")
        known = self.brings.get(root)
        missing = [part for part in parts if not part.isdigit() and part not in known] if known else []
        if missing:
            words = _("«%(path)s»: lo que se busca como «%(root)s» no trae «%(name)s»")
            self.wrong(step, words % {"path": path, "root": root, "name": missing[0]})

    def foreign_state(self, step: Step) -> None:
        """What another system calls its states is not ours to list: such a decision has *another state*, and its other
        ways are closed where it shows none of theirs.
        """
        foreign = {
            other.as_ for other in self.flow.steps.values() if other.look_up and not other.look_up.startswith(HOUSE)
        }
        chosen = [other for other in self.flow.steps.values() if other.kind == "choose"]
        foreign |= {other.as_ for other in chosen if other.among.split(".")[0] in foreign}
        compared = {
            path
            for branch in step.branches
            for path, expected in branch.when.items()
            if path.split(".")[0] in foreign and expected not in BY_PRESENCE
        }
        for path in sorted(compared - {step.on}):
            self.wrong(step, _("decide por «%(path)s», de otro sistema: falta «on: %(path)s»") % {"path": path})
        if step.on.split(".")[0] in foreign and step.other is None:
            self.wrong(step, _("decide por un estado de otro sistema y no tiene «other» (otro estado)"))
        for branch, path in open_against_what_is_shown(step, foreign):
            words = _("«%(branch)s» se puede elegir aunque se vea otro estado: falta «needs: %(path)s»")
            self.wrong(step, words % {"branch": branch.name, "path": path})

    def lanes(self, step: Step) -> None:
        """A lane is walked from the card of a step that hands over to it; its ends, and no others, settle the card."""
        if step.hands_to and step.hands_to not in self.flow.lanes:
            self.wrong(step, _("deriva al carril «%(name)s», que no está en «lanes»") % {"name": step.hands_to})
        if step.kind == "end" and step.lane != LANES[0] and not step.settles:
            self.wrong(step, _("termina un carril y no dice qué pasa con la tarjeta: falta «settles»"))
        if step.noted and step.lane == LANES[0]:
            self.wrong(step, _("«noted» va solo en otro carril que el del agente: se anota en su tarjeta"))
        sectors = [field for field in step.fields if field.type == "sector"]
        if bool(sectors) != step.letter or (step.letter and step.lane == LANES[0]):
            self.wrong(step, _("el correo de la tarjeta («letter») sale de un carril y pide un campo «sector»"))
        if step.settles and step.lane == LANES[0]:
            self.wrong(step, _("«settles» va solo en los finales de otro carril que el del agente"))

    def speaks(self, step: Step) -> None:
        """Where the agent has the caller on the line and something to ask or to tell, the step says in which words."""
        if step.kind in SPOKEN and step.lane == LANES[0] and not step.say:
            self.wrong(step, _("no tiene qué decirle al cliente: falta «say»"))
        elif not always_says_something(step, self.sure[step.name]):
            words = _("si no se sabe lo que va entre llaves no queda nada que decir: falta una frase sin ese dato")
            self.wrong(step, words)

    def braces(self, step: Step) -> None:
        """A place that is not closed would be read out as it is written."""
        for text in (step.say, step.question, step.promised, step.title, step.label, step.noted):
            if STRAY_BRACE.search(PLACE.sub("", text)):
                words = _("«%(text)s»: una llave sin su par, o que no encierra un dato como {customer.name}")
                self.wrong(step, words % {"text": text[:60]})

    def look_up(self, step: Step, look_up: LookUp | None) -> None:
        """It exists, and is given what it cannot be asked without."""
        if look_up is None:
            self.wrong(step, _("consulta desconocida «%(name)s»") % {"name": step.look_up})
            return
        for name in look_up.needs:
            if name not in step.with_:
                self.wrong(step, _("la consulta necesita «%(name)s» en «with»") % {"name": name})

    def action(self, step: Step, action: Action | None) -> None:
        """It exists, is given what it needs and nothing else, and where it touches money or a SIM it says so."""
        if action is None:
            self.wrong(step, _("acción desconocida «%(name)s»") % {"name": step.action})
            return
        who = REQUESTER if action.accountable else ()
        for name in (*action.needs, *who):
            if name not in step.with_:
                self.wrong(step, _("la acción necesita «%(name)s» en «with»") % {"name": name})
        for name in step.with_:
            if name not in (*action.needs, *action.may, *who):
                self.wrong(step, _("la acción no recibe «%(name)s»") % {"name": name})
        if not step.waits and not action.silent:
            self.wrong(step, _("al cliente se le dice cómo salió: falta «outcomes» (done, refused, unknown)"))
        if action.accountable and not step.accountable:
            self.wrong(step, _("toca dinero o un SIM: falta «accountable: true»"))

    def the_whole(self) -> None:
        """From every start each step is reached, and from each step an end."""
        for name in self.flow.starts:
            if name not in self.flow.steps:
                self.wrong(None, _("comienza en «%(name)s», que no existe") % {"name": name})
        for lane, name in self.flow.lanes.items():
            if name in self.flow.steps and self.flow.steps[name].lane != lane:
                self.wrong(self.flow.steps[name], _("comienza el carril «%(lane)s» y no es de él") % {"lane": lane})
            if not any(step.hands_to == lane for step in self.flow.steps.values()):
                self.wrong(None, _("nadie deriva al carril «%(lane)s»: falta «hands_to»") % {"lane": lane})
        if self.flow.start in self.flow.steps and self.flow.steps[self.flow.start].lane != LANES[0]:
            self.wrong(self.flow.steps[self.flow.start], _("el flujo comienza en el carril del agente"))
        found = reached(self.flow.starts, {name: step.leads_to for name, step in self.flow.steps.items()})
        back: dict[str, list[str]] = {}
        for name, step in self.flow.steps.items():
            for target in step.leads_to:
                back.setdefault(target, []).append(name)
        ending = reached([name for name, step in self.flow.steps.items() if step.kind == "end"], back)
        for name, step in self.flow.steps.items():
            if name not in found:
                self.wrong(step, _("no se llega nunca a este paso"))
            if name not in ending:
                refers = step.kind == "refer"
                self.wrong(step, _("remite y no termina") if refers else _("desde aquí no se llega a ningún final"))
