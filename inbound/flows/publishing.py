"""Publishing flows: what is on file or in a draft becomes the next frozen version of its line, when nothing is wrong.

A walk stays on the version it began with; whoever begins one gets the newest. All or nothing: every flow is read and
checked before the first is published, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Kind
from inbound.flows.comparing import steps_left_out, ways_left_out, ways_narrowed
from inbound.flows.editing import EditRefused, Place, add_branch, remove_branch, set_word
from inbound.flows.lint import lint
from inbound.flows.schema import Flow, FlowError, FlowErrors, parse_flow
from inbound.models import FlowDraft, FlowKind, FlowVersion, ServiceLine
from inbound.outside.actions import actions
from inbound.outside.look_ups import look_ups

FLOWS = Path(__file__).parent


class Outcome(StrEnum):
    """What became of a flow on file."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # an administrator's version is running: the program does not undo it


@dataclass(frozen=True, slots=True)
class Published:
    """One line: the version that is running now, and what was done for it."""

    line: str
    version: int
    outcome: Outcome


@dataclass(frozen=True)
class StepChanges:
    """What a step is to say: words by their way within it, branches to remove by their place, and one to add (its name,
    its label, the step it leads to).
    """

    words: Mapping[Place, str]
    removed: Collection[int] = ()
    added: tuple[str, str, str] | None = None


class PublishingRefused(Exception):
    """The draft says what is running already, or is gone; the message is the sentence people read."""


def files(folder: Path = FLOWS) -> dict[str, str]:
    """The texts on file, by their names. FlowErrors when one is no text."""
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            texts[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise FlowErrors((FlowError(path.name, "", _("no está escrito en UTF-8")),)) from None
    return texts


def file_of(line: str) -> str:
    """The text on file of a line; empty when the program has none."""
    path = FLOWS / f"{line}.yaml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def files_without_a_line(texts: Mapping[str, str]) -> dict[str, str]:
    """Names of files whose line nobody has added yet, each with its number. What is no flow is left to its check."""
    there_are = set(ServiceLine.objects.values_list("number", flat=True))
    return {name: line for name, line in _lines_of(texts).items() if line not in there_are}


def lines_without_a_flow() -> QuerySet[ServiceLine]:
    """Lines that are attended and have no flow published, in their order: whoever begins a call of one is refused."""
    return ServiceLine.objects.filter(is_active=True, versions=None).in_order()


def check_flow(*, source: str, name: str) -> Flow:
    """The flow of a text that may be published now. Raises FlowErrors with all that is wrong."""
    lines = ServiceLine.objects.filter(is_active=True).values_list("number", flat=True)
    return _checked(source, name, lines=set(lines), kinds=_kinds())


def lanes_left_out(flow: Flow) -> list[str]:
    """Sentences on lanes that the program's flow of this line has and this one has not: no fault, and worth knowing."""
    source = file_of(flow.line)
    if not source:
        return []
    there = parse_flow(source, name=f"{flow.line}.yaml").lanes
    sentence = _(
        "El flujo del programa tiene el carril «%(lane)s» y este no: las tarjetas que deriva se resuelven sin pasos,"
        " hasta que el paso que deriva diga «hands_to: %(lane)s» y «lanes» diga dónde comienza."
    )
    return [sentence % {"lane": lane} for lane in there if lane not in flow.lanes]


def read_files(texts: Mapping[str, str]) -> dict[str, Flow]:
    """The flows of all texts, by line, each held against the others and the program; no database is asked.

    Raises FlowErrors with what is wrong in any of them.
    """
    return check_files(texts, lines=set(_lines_of(texts).values()), kinds=None)


def check_files(
    texts: Mapping[str, str], *, lines: Collection[str], kinds: Collection[str] | None
) -> dict[str, Flow]:  # fmt: skip
    """The flows of all texts, by line. Raises FlowErrors with what is wrong in any of them, or is of no line.

    `kinds`: codes that may be handed over; None: not checked.
    """
    flows: dict[str, Flow] = {}
    errors: list[FlowError] = []
    for name, source in texts.items():
        try:
            flow = _checked(source, name, lines=lines, kinds=kinds)
        except FlowErrors as refused:
            errors += refused.errors
            continue
        if flow.line not in lines:
            errors.append(FlowError(name, "", _("no hay una línea «%(line)s»") % {"line": flow.line}))
        if flow.line in flows:
            errors.append(FlowError(name, "", _("ya hay otro flujo de la línea «%(line)s»") % {"line": flow.line}))
        flows[flow.line] = flow
    if errors:
        raise FlowErrors(tuple(errors))
    return flows


def publish_files(*, texts: Mapping[str, str], now: datetime, replace: bool = False) -> list[Published]:
    """Publish what changed on file since the program published it last. Raises FlowErrors; then nothing was done.

    Where an administrator's version is running it is kept, unless `replace`: a new release does not undo her work.
    """
    flows = check_files(texts, lines=set(ServiceLine.objects.values_list("number", flat=True)), kinds=_kinds())
    sources = dict(zip(flows, texts.values(), strict=True))
    with transaction.atomic():
        return [
            _publish_file(line, flows[line.number], sources[line.number], now, replace=replace)
            for line in _locked(flows)
        ]


def check_draft(draft: FlowDraft) -> Flow:
    """The flow of a draft that may be published now. Raises FlowErrors with all that is wrong.

    A step of the procedure that the running version has is not lost without a reason, nor a way that comes to one.
    """
    file = f"{draft.line.number}.yaml"
    flow = check_flow(source=draft.source, name=file)
    if flow.line != draft.line.number:
        raise FlowErrors((FlowError(file, "", _("«line» dice %(line)s") % {"line": flow.line}),))
    if not draft.left_out_because.strip() and (lost := left_out(draft, flow)):
        raise FlowErrors(tuple(FlowError(file, "", sentence) for sentence in lost))
    return flow


def left_out(draft: FlowDraft, flow: Flow) -> list[str]:
    """Sentences on what `flow` no longer has of the procedure and the running version has; empty where it has all."""
    running = draft.line.running_version()
    try:
        there = parse_flow(running.source, name=f"{draft.line.number}.yaml") if running else None
    except FlowErrors:  # of an earlier release: it cannot be compared, and must not stand in the way of a sound one
        return []
    if there is None:
        return []
    sentences = []
    if steps := steps_left_out(there, flow):
        words = _("ya no tiene %(steps)s del procedimiento, que la versión que corre sí tiene: diga por qué")
        sentences.append(words % {"steps": ", ".join(steps)})
    for ref, label, to in ways_left_out(there, flow):
        words = _("de %(ref)s ya no se llega a %(to)s por «%(label)s», como en la versión que corre: diga por qué")
        sentences.append(words % {"ref": ref, "to": to, "label": label})
    for ref, label, to in ways_narrowed(there, flow):
        words = _("de %(ref)s ya no se llega a %(to)s por «%(label)s» en todos los casos de antes: diga por qué")
        sentences.append(words % {"ref": ref, "to": to, "label": label})
    return sentences


def draft_of(*, version: FlowVersion, by: User, now: datetime) -> FlowDraft:
    """A draft that goes back to an earlier version, to be looked at and published. Raises PublishingRefused."""
    line = version.line
    if (running := line.running_version()) and running.sha256 == version.sha256:
        raise PublishingRefused(_("Esa versión dice lo mismo que la que corre."))
    note = _("Vuelve a la versión %(version)d") % {"version": version.version}
    told = {"source": version.source, "note": note, "saved_at": now, "saved_by": by}
    draft, is_new = FlowDraft.objects.get_or_create(line=line, defaults=told)
    if not is_new:
        raise PublishingRefused(_("Esta línea ya tiene un borrador: publíquelo o bórrelo primero."))
    return draft


def change_step(*, draft_id: int, step: str, changes: StepChanges, seen: str, by: User, now: datetime) -> FlowDraft:
    """Change what one step of a draft says. `seen`: the fingerprint of the text the form was made of.

    Raises EditRefused, also where somebody changed the draft meanwhile; then nothing was changed.
    """
    with transaction.atomic():
        draft = FlowDraft.objects.select_for_update(no_key=True, of=("self",)).get(pk=draft_id)
        if fingerprint(draft.source) != seen:
            told = _("El borrador cambió mientras lo miraba: no se guardó nada. Lo que escribió sigue aquí.")
            raise EditRefused(told)
        source = draft.source
        for way, word in changes.words.items():
            source = set_word(source, ("steps", step, *way), word)
        if changes.added:
            name, label, leads_to = changes.added
            source = add_branch(source, step, name=name, label=label, leads_to=leads_to)
        for place in sorted(changes.removed, reverse=True):
            source = remove_branch(source, step, place)
        draft.source, draft.saved_at, draft.saved_by = source, now, by
        draft.save()
    return draft


def publish_draft(*, line: ServiceLine, by: User, now: datetime) -> FlowVersion:
    """Make the draft of a line its next version and put the draft away.

    Raises FlowErrors, and PublishingRefused where there is no draft any more or it changes nothing.
    """
    with transaction.atomic():
        (line,) = _locked([line.number])
        draft = FlowDraft.objects.filter(line=line).first()
        if draft is None:
            raise PublishingRefused(_("Ya no hay un borrador de esta línea."))
        flow = check_draft(draft)
        running = line.running_version()
        if running and running.sha256 == fingerprint(draft.source):
            raise PublishingRefused(_("El borrador dice lo mismo que la versión que corre."))
        because = draft.left_out_because.strip() if left_out(draft, flow) else ""
        version = _next(line, flow, draft.source, now=now, by=by, note=draft.note, left_out_because=because)
        draft.delete()
    return version


def difference(*, before: str, after: str) -> list[str]:
    """What changes between two texts, line by line: `-` goes, `+` comes, `@@` where."""
    changes = unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    return [line for line in changes if not line.startswith(("---", "+++"))]


def fingerprint(source: str) -> str:
    """SHA-256 of a flow's text, in hexadecimal: two texts with the same one are the same flow."""
    return sha256(source.encode()).hexdigest()


def _lines_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Which line each file is of, by the file's name; one that cannot be read is left out."""
    lines: dict[str, str] = {}
    for name, source in texts.items():
        with suppress(FlowErrors):
            lines[name] = parse_flow(source, name=name).line
    return lines


def _checked(source: str, name: str, *, lines: Collection[str], kinds: Collection[str] | None) -> Flow:
    flow = parse_flow(source, name=name)
    if errors := lint(flow, look_ups=look_ups(), actions=actions(), escalations=kinds, lines=lines, name=name):
        raise FlowErrors(tuple(errors))
    return flow


def _kinds() -> set[str]:
    """Codes of the kinds there are, switched off or not: a release must start whatever was switched off."""
    return set(Kind.objects.values_list("code", flat=True))


def _locked(numbers: Collection[str]) -> Iterator[ServiceLine]:
    """Lines, locked in one order: of two who publish at once the second sees the version of the first."""
    yield from (
        ServiceLine.objects.select_for_update(no_key=True).filter(number__in=numbers).order_by("position", "number")
    )


def _publish_file(line: ServiceLine, flow: Flow, source: str, now: datetime, *, replace: bool) -> Published:
    running = line.running_version()
    of_the_program = FlowVersion.objects.filter(line=line, published_by=None).order_by("-version").first()
    is_ours = running is None or running.published_by_id is None
    changed = of_the_program is None or of_the_program.sha256 != fingerprint(source)
    if running and not is_ours and not replace:
        return Published(line.number, running.version, Outcome.KEPT if changed else Outcome.UNCHANGED)
    if running and running.sha256 == fingerprint(source):
        return Published(line.number, running.version, Outcome.UNCHANGED)
    version = _next(line, flow, source, now=now, by=None, note="")
    return Published(line.number, version.version, Outcome.PUBLISHED)


def _next(
    line: ServiceLine, flow: Flow, source: str, *, now: datetime, by: User | None, note: str, left_out_because: str = ""
) -> FlowVersion:
    running = line.running_version()
    version = FlowVersion.objects.create(
        line=line, version=running.version + 1 if running else 1, source=source, sha256=fingerprint(source),
        note=note, left_out_because=left_out_because, published_at=now, published_by=by,
    )  # fmt: skip
    kinds = sorted({step.escalation for step in flow.steps.values() if step.escalation})
    FlowKind.objects.bulk_create(FlowKind(version=version, kind_id=kind) for kind in kinds)
    return version
