"""What a flow tells a caller came about, held against what was done by then.

A text claims a deed by a verb that is over: `quedó registrado`, `generé`, `se incrementó`, `figura registrado`; not in
a question, nor after a `no` of the same clause. A deed is known by the beginning of its word. Which deeds there are the
flow says itself: what each write is called, and what is said once it was done.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from inbound.flows.conditions import OF_THE_HOUSE
from inbound.flows.shapes import DONE, REFUSED, UNKNOWN, Flow, Step

NEVER = "never"  # beside the outcomes of a write: nobody asked for it on the way
SHORTEST = 4  # letters by which two words are of one deed
# Words of one deed; those of ANY are said of whatever was done.
ANY = frozenset({
    *("hac", "realiz", "realic", "efectu", "gener", "cre", "ingres", "proces", "complet", "tramit", "ejecut"),
    *("confirm", "concret", "list", "grab", "guard"),
})  # fmt: skip
SAME_DEED = (
    frozenset({"registr", "anot", "asent"}),
    frozenset({"recarg", "carg", "abon", "acredit", "increment", "aument", "deposit"}),
    frozenset({"comunic", "report", "notific"}),
    frozenset({"suspend", "suspen", "suspens", "cort"}),
    frozenset({"reiter", "repet"}),
)
OF_THE_HAND_OVER = frozenset({"deriv", "inform"})  # true of whatever is handed over or told
OF_NOBODY = frozenset({"envi", *ANY})  # said of a write nobody waits for

_TOKEN = re.compile(r"\{[^}]*\}|\w+|[^\w\s]")
_ENDS_A_CLAUSE = frozenset({*".;:,!?¿¡()", "pero", "aunque"})
_NOT = frozenset({"no", "ni", "tampoco", "sin", "si", "cuando", "hasta"})
_SHOWN = frozenset({
    *("está", "están", "figura", "figuran", "consta", "constan", "aparece", "aparecen", "sale", "salen"),
    *("tengo", "tenemos", "tiene", "tienen", "veo", "vemos"),
})  # fmt: skip
_CAME_ABOUT = frozenset({
    *("quedó", "quedaron", "queda", "quedan", "fue", "fueron", "ha", "han", "he", "hemos", "ya"),
    *("dejé", "dejamos", "dejó", "dejo"),
})  # fmt: skip
_WITHIN = 4  # words after one of those in which its participle stands: `quedó ya bien registrado`
_PARTICIPLE = re.compile(r"(\w+?)(?:ad|id)[oa]s?")
_PRETERITE = re.compile(r"(\w+?)(?:é|í|ó|ió|amos|imos|aron|ieron)")
_IRREGULAR = {
    **dict.fromkeys(("hice", "hizo", "hicimos", "hicieron", "hecho", "hecha", "hechos", "hechas"), "hac"),
    **dict.fromkeys(("listo", "lista", "listos", "listas"), "list"),
}
_IS_OVER = ("hice", "hizo", "hicimos", "hicieron")
_NOUN = re.compile(r"(\w+?)(?:aci[óo]n|ici[óo]n|ci[óo]n|i[óo]n|ar|er|ir|[aeo])")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a text says came about: its deed, the words it is said in, and all words of that clause.

    `is_shown`: as something that is so, which a system may show; else as something that happened.
    """

    deed: str
    said: str
    clause: tuple[str, ...]
    is_shown: bool


def claims(text: str) -> list[Claim]:
    """What a text says came about, each deed once."""
    found: dict[str, Claim] = {}
    for clause in _clauses(text):
        for claim in _of_clause(text, clause):
            found.setdefault(claim.deed, claim)
    return list(found.values())


def claimed_by_name(label: str) -> list[Claim]:
    """What the name of a result says came about: *Daño registrado*."""
    found = []
    for clause in _clauses(label):
        words = [one[0].lower() for one in clause]
        for at, word in enumerate(words):
            if (deed := _participle(word)) and not _NOT.intersection(words[:at]):
                found.append(Claim(deed, clause[at][0], tuple(words), is_shown=True))
    return found


def untrue(flow: Flow, sure: Mapping[str, Collection[str]]) -> Iterator[tuple[Step, str, Claim]]:
    """Each claim of a step that may be untrue there, with the outcome after which it is said: `refused`, `unknown`,
    `never`; DONE where the step itself would only ask for it, and empty where nobody waits to know.

    `sure`: by step, the paths known on it whichever way was taken; what a system shows may be said as it is.
    """
    writes = {step.name: step for step in flow.steps.values() if step.waits}
    deeds = {name: _deeds_of(flow, step) for name, step in writes.items()}
    objects = {name: frozenset(re.findall(r"\w{4,}", step.title.lower())) for name, step in writes.items()}
    looked_up = set(_looked_up(flow))
    stands: dict[frozenset[str], Mapping[str, set[str]]] = {}
    for step in flow.steps.values():
        is_seen = any("." in path and path.split(".")[0] in looked_up for path in sure.get(step.name, ()))
        for claim in _told_on(step):
            named = _named_with(claim, deeds, objects) if claim.deed in ANY else frozenset()
            of_it = named or _writes_of(claim, deeds)
            if of_it not in stands:
                stands[of_it] = _outcomes(flow, of_it) if of_it else {}
            there = stands[of_it].get(step.name, set())
            if step.kind == "do" and not step.waits:
                own = {*_by_name(step.title), *OF_NOBODY}
                if there != {DONE} and any(is_same_deed(claim.deed, one) for one in own):
                    yield step, "", claim
            elif step.name in of_it:
                if there != {DONE}:
                    yield step, DONE, claim
            elif let_down := there & {REFUSED, UNKNOWN}:
                yield from ((step, outcome, claim) for outcome in sorted(let_down))
            elif NEVER in there and not (claim.is_shown and is_seen) and (named or claim.deed not in ANY):
                yield step, NEVER, claim


def is_same_deed(one: str, other: str) -> bool:
    """Whether two beginnings of words are of one deed."""
    if one == other or any(one in group and other in group for group in SAME_DEED):
        return True
    return min(len(one), len(other)) >= SHORTEST and (one.startswith(other) or other.startswith(one))


def _clauses(text: str) -> Iterator[list[re.Match[str]]]:
    """The words of each clause that is no question."""
    clause: list[re.Match[str]] = []
    is_asked = False
    for token in _TOKEN.finditer(text):
        if token[0].lower() not in _ENDS_A_CLAUSE:
            clause += [] if token[0].startswith("{") else [token]
            continue
        if clause and not is_asked:
            yield clause
        clause = []
        is_asked = token[0] == "¿" or (is_asked and token[0] != "?")
    if clause and not is_asked:
        yield clause


def _of_clause(text: str, clause: list[re.Match[str]]) -> Iterator[Claim]:
    words = [one[0].lower() for one in clause]
    for at, word in enumerate(words):
        if _NOT.intersection(words[:at]):
            return
        if word in _SHOWN or word in _CAME_ABOUT:
            for there in range(at + 1, min(at + 1 + _WITHIN, len(words))):
                deed = _participle(words[there])
                if deed and not _NOT.intersection(words[at:there]):
                    said = text[clause[at].start() : clause[there].end()]
                    is_shown = word in _SHOWN or (word == "ya" and bool(_SHOWN.intersection(words[at:there])))
                    yield Claim(deed, said, tuple(words), is_shown)
        if word not in _CAME_ABOUT and (deed := _preterite(word)):
            yield Claim(deed, clause[at][0], tuple(words), is_shown=False)
    if 1 < len(words) <= 3 and (deed := _participle(words[-1])) and not _NOT.intersection(words):  # `Daño registrado.`
        yield Claim(deed, clause[-1][0], tuple(words), is_shown=True)


def _participle(word: str) -> str:
    if word in _IRREGULAR:
        return "" if word in _IS_OVER else _IRREGULAR[word]
    found = _PARTICIPLE.fullmatch(word)
    return found[1] if found else ""


def _preterite(word: str) -> str:
    if word in _IS_OVER:
        return _IRREGULAR[word]
    found = _PRETERITE.fullmatch(word)
    if not found:
        return ""
    return re.sub(r"gu$", "g", re.sub(r"qu$", "c", found[1]))  # `recargué`, `comuniqué`


def _by_name(title: str) -> Iterator[str]:
    """The deeds of the name of a write: its first word, and whatever else in it is something done."""
    words = re.findall(r"\w+", title.lower())
    for at, word in enumerate(words):
        found = _NOUN.fullmatch(word)
        if found and len(found[1]) >= SHORTEST and (at == 0 or re.search(r"(?:[aei]r|i[óo]n)$", word)):
            yield found[1]


def _deeds_of(flow: Flow, write: Step) -> frozenset[str]:
    """The deeds by which a write is known: of its name, and of what is said only once it was done."""
    onward = {step.name: () if step.waits else step.leads_to for step in flow.steps.values()}
    after_done, elsewhere = (
        reached([write.way(one) for one in outcomes], onward) for outcomes in ((DONE,), (REFUSED, UNKNOWN))
    )
    own = {write.way(DONE), *(after_done - elsewhere)} & flow.steps.keys()
    said = {claim.deed for name in own for claim in _told_on(flow.steps[name])}
    return frozenset({*_by_name(write.title), *said} - OF_THE_HAND_OVER - ANY)


def _told_on(step: Step) -> Iterator[Claim]:
    yield from claims(f"{step.say} {step.promised} {step.noted}")
    if step.kind == "end":
        yield from claimed_by_name(step.label)


def _writes_of(claim: Claim, deeds: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The writes a claim speaks of; what fits any deed speaks of each."""
    if claim.deed in ANY:
        return frozenset(deeds)
    return frozenset(name for name, own in deeds.items() if any(is_same_deed(claim.deed, one) for one in own))


def _named_with(
    claim: Claim, deeds: Mapping[str, frozenset[str]], objects: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The writes a clause names by their deed or by what they are about: `la recarga ya se hizo`, `generé su daño`."""
    nouns = [found[1] for word in claim.clause if (found := _NOUN.fullmatch(word))]
    by_deed = {name for name, own in deeds.items() if any(is_same_deed(one, noun) for one in own for noun in nouns)}
    return frozenset(by_deed or {name for name, words in objects.items() if words.intersection(claim.clause)})


def _outcomes(flow: Flow, writes: Collection[str]) -> Mapping[str, set[str]]:
    """By each step, what the last of some writes came to on any of the ways to it."""
    there: dict[str, set[str]] = {name: set() for name in flow.steps}
    waiting = [(flow.start, NEVER)]
    while waiting:
        name, outcome = waiting.pop()
        if name not in there or outcome in there[name]:
            continue
        there[name].add(outcome)
        step = flow.steps[name]
        if name in writes:
            waiting += [(way.next, way.name) for way in step.ways]
        else:
            waiting += [(target, outcome) for target in step.leads_to]
        if step.hands_to in flow.lanes:
            waiting.append((flow.lanes[step.hands_to], outcome))
    return there


def _looked_up(flow: Flow) -> Iterator[str]:
    """The names of what other systems showed, and of the rows chosen among it."""
    shown = {one.as_ for one in flow.steps.values() if one.look_up and not one.look_up.startswith(OF_THE_HOUSE)}
    yield from shown
    yield from (one.as_ for one in flow.steps.values() if one.kind == "choose" and one.among.split(".")[0] in shown)


def reached(begin: Collection[str], ways: Mapping[str, Collection[str]]) -> set[str]:
    """Names reached from some along the ways, themselves among them."""
    found: set[str] = set()
    waiting = list(begin)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(ways.get(name, ()))
    return found
