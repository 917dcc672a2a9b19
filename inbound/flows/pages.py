"""`docs/flows/*.md` and `docs/procedure-steps.md`, made from the flows so that they cannot lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inbound.flows.diagram import mermaid
from inbound.flows.paths import every_path
from inbound.flows.shapes import Due, Flow, Step
from inbound.flows.text import plain

PROCEDURE = Path(__file__).parents[1] / "procedure.yaml"
MADE = "a test fails when stale.\n"


def pages(flows: Mapping[str, Flow]) -> dict[str, str]:
    """All pages, by their place in `docs/`."""
    made = {f"flows/{line}.md": flow_page(flow) for line, flow in flows.items()}
    return made | {"procedure-steps.md": procedure_page(flows)}


def procedure() -> Mapping[str, Any]:
    """The numbered steps of the paper: line → its `title`, `steps` (number → sentence) and how some are `read`."""
    found: Mapping[str, Any] = plain(PROCEDURE.read_text())
    return found


def without_a_place(flows: Mapping[str, Flow]) -> list[str]:
    """Numbered steps of the paper that no step of a flow refers to."""
    placed = {ref for flow in flows.values() for step in flow.steps.values() for ref in step.refs}
    return [ref for line in procedure().values() for ref in line["steps"] if ref not in placed]


def not_in_the_procedure(flows: Mapping[str, Flow]) -> list[str]:
    """References of steps to what the paper does not have. A line that the paper does not know is not held to it."""
    paper = procedure()
    printed = {ref for line in paper.values() for ref in line["steps"]}
    return [
        f"{flow.line}: {step.name} ({ref})"
        for flow in flows.values()
        if flow.line in paper
        for step in flow.steps.values()
        for ref in step.refs
        if ref not in printed
    ]


def procedure_page(flows: Mapping[str, Flow]) -> str:
    """Each numbered step of the procedure, and where in the flows it is."""
    steps = [ref for line in procedure().values() for ref in line["steps"]]
    followed = len(steps) - sum(len(line.get("otherwise", {})) for line in procedure().values())
    lines = [
        "# The procedure, step by step\n",
        f"Made from `inbound/procedure.yaml` and `inbound/flows/` by `manage.py write_docs`; {MADE}",
        "Every numbered step of GC-PRC-OPE-ASE-02 (A–J and L), in all its words, and the steps of the flow that do it:"
        f" {followed} of {len(steps)} are followed, and of the others the fourth column says how they are not. The last"
        " one says how a step is read where the paper is silent, contradicts itself or is misprinted. Where to go on"
        " from a step stands in its flow; *(Supervisora)* is the heading it is printed under.\n",
    ]
    for line, printed in procedure().items():
        flow = flows.get(line)
        lines += [
            f"## {printed['title']}\n",
            "| step | in the paper | in the flow | followed | read as |",
            "|---|---|---|---|---|",
        ]
        for ref, sentence in printed["steps"].items():
            does = [step for step in flow.steps.values() if ref in step.refs] if flow else []
            places = ", ".join(f"`{step.name}` ({step.kind})" for step in does)
            otherwise = printed.get("otherwise", {}).get(ref)
            held = f"No. {_cell(otherwise)}" if otherwise else "yes"
            read = _cell(printed.get("read", {}).get(ref, ""))
            lines.append(f"| {ref} | {_cell(sentence)} | {places} | {held} | {read} |")
        lines.append("")
    if beyond := [flow for line, flow in flows.items() if line not in procedure()]:
        lines += ["## Lines the paper does not have\n"]
        lines += [f"- [{flow.line} {flow.name}](flows/{flow.line}.md), {flow.procedure}" for flow in beyond]
        lines.append("")
    return "\n".join(lines)


def flow_page(flow: Flow) -> str:
    """One flow: how many ways lead through it, its diagram, its steps."""
    ways = " and ".join(f"{sum(1 for _ in every_path(flow, start=start))} from `{start}`" for start in flow.starts)
    head = (
        f"# {flow.line} {flow.name}\n\n"
        f"{flow.procedure}. Made from `inbound/flows/{flow.line}.yaml` by `manage.py write_docs`; {MADE}\n"
        f"Ways to an end, a loop taken at most once: {ways}.\n"
    )
    rows = ["| step | ref | kind | title | does | then |", "|---|---|---|---|---|---|", *map(_row, flow.steps.values())]
    return f"{head}\n```mermaid\n{mermaid(flow)}\n```\n\n" + "\n".join(rows) + "\n"


def _row(step: Step) -> str:
    refs = ", ".join(step.refs)
    kind = step.kind if step.lane == "agent" else f"{step.kind} ({step.lane})"
    then = "<br>".join(_ways_on(step))
    return f"| `{step.name}` | {refs} | {kind} | {_cell(step.title)} | {_cell('; '.join(_does(step)))} | {then} |"


def _does(step: Step) -> Iterator[str]:
    if step.look_up:
        yield f"{step.look_up} → {step.as_}"
    if step.kind == "choose":
        yield f"one of {step.among} → {step.as_}"
    if step.action:
        yield step.action + (", accountable" if step.accountable else "")
        if step.among:
            yield f"tells what there is already in {step.among}"
    if step.escalation:
        yield f"{step.escalation}, {_due(step.due)}"
    if step.hands_to:
        yield f"worked by the {step.hands_to}'s lane"
    if step.procedure:
        yield step.procedure
    if step.fields:
        yield "asks " + ", ".join(field.name for field in step.fields)
    if step.noted:
        yield f"notes on the card: {step.noted}"
    if step.result:
        yield f"result {step.result}"
    if step.settles:
        yield f"settles the card: {step.settles}"
    if step.continue_as:
        yield f"may go on as {step.continue_as}"


def _due(due: Due | None) -> str:
    if due is None:
        return "due by the limit of its kind"
    if due.end_of_day:
        return "due by the end of the working day"
    if due.hours:
        return f"due in {due.hours} working hours"
    amounts = (("working hours", due.working_hours), ("working days", due.working_days), ("days", due.days))
    return "due in " + ", ".join(f"{amount} {name}" for name, amount in amounts if amount)


def _ways_on(step: Step) -> Iterator[str]:
    if step.next:
        yield f"`{step.next}`"
    for way in step.ways:
        when, needs, unless = (
            ", ".join(f"{path}: {_value(value)}" for path, value in condition.items())
            for condition in (way.when, way.needs, way.unless)
        )
        barred = (f"only with {needs}" if needs else "", f"never with {unless}" if unless else "")
        told = "; ".join(filter(None, (when, *barred)))
        yield f"{_cell(way.label)} → `{way.next}`" + (f" ({_cell(told)})" if told else "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " or ".join(value) if isinstance(value, tuple) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
