"""A flow as a picture: Mermaid text for the documents, an SVG for the page with the current step lit.

The SVG brings no script, font, colour or identifier of its own: `inbound/css/flow.css` colours its classes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from html import escape

from django.utils.translation import gettext as _

from inbound.flows.layout import Box, Layout, Line, lay_out
from inbound.flows.shapes import Flow, Step

STEP = (164.0, 62.0)  # width and height
BRANCH = 136.0  # how wide the words of a branch may be
MARGIN = 14.0
HEADING = 30.0
LOOP_GAP = 10.0
SHAPES = {  # of a kind in Mermaid: what opens and closes its words
    "say": ("[", "]"), "ask": ("[/", "/]"), "look_up": ("[(", ")]"), "choose": ("[(", ")]"), "decide": ("{{", "}}"),
    "do": ("[[", "]]"),
    "hand_over": (">", "]"), "refer": ("[\\", "\\]"), "end": ("([", "])"),
}  # fmt: skip


def kind_words(kind: str) -> str:
    """How the screen calls a kind of step."""
    return {
        "say": _("Decir"), "ask": _("Preguntar"), "look_up": _("Consultar"), "choose": _("Elegir"),
        "decide": _("Decidir"),
        "do": _("Hacer"), "hand_over": _("Derivar"), "refer": _("Remitir"), "end": _("Final"),
    }[kind]  # fmt: skip


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid flowchart; what another lane walks stands in a box of its own."""
    lines = ["flowchart TD"]
    for step in flow.steps.values():
        opens, closes = SHAPES[step.kind]
        words = f"{step.ref} {step.title}".replace('"', "#quot;")
        lines.append(f'    {_word(step.name)}{opens}"{words}"{closes}')
    for step in flow.steps.values():
        if step.next:
            lines.append(f"    {_word(step.name)} --> {_word(step.next)}")
        for way in step.ways:
            label = way.label.replace('"', "#quot;")
            lines.append(f'    {_word(step.name)} -- "{label}" --> {_word(way.next)}')
    for lane in flow.lanes:
        lines.append(f"    subgraph {lane}")
        lines += [f"        {_word(step.name)}" for step in flow.steps.values() if step.lane == lane]
        lines.append("    end")
    return "\n".join(lines)


def _word(name: str) -> str:
    """A step's name as Mermaid takes it: `end` and others are words of its own."""
    return f"s_{name}"


def svg(
    flow: Flow, *, current: str = "", passed: Collection[str] = (), opens: Callable[[str], str] | None = None
) -> str:
    """The flow drawn in layers. The current step and those that were passed are marked by sign, word and colour.

    `opens`: where a click on a step leads, by its name.
    """
    parts = []
    top, widest = MARGIN, 0.0
    for start in flow.starts:
        reached = _reached(flow, start)
        layout = lay_out(_sizes(flow, reached), _ways(flow, reached), start=start)
        if start not in flow.steps:
            continue
        if start != flow.start:
            top += HEADING
            words = _("Supervisión, desde la tarjeta")
            parts.append(f'<text class="flow-lane" x="{MARGIN:.0f}" y="{top - 10:.0f}">{escape(words)}</text>')
        parts.append(f'<g transform="translate({MARGIN:.0f} {top:.0f})">')
        parts += _lines(layout)
        parts += _branches(flow, reached, layout)
        drawn = {name: _step(flow.steps[name], layout.boxes[name], current, passed) for name in reached}
        parts += (f'<a href="{escape(opens(name))}">{step}</a>' if opens else step for name, step in drawn.items())
        parts.append("</g>")
        top += layout.height + MARGIN
        widest = max(widest, layout.width)
    width, height = widest + 2 * MARGIN, top
    label = escape(_("Diagrama de %(line)s %(name)s") % {"line": flow.line, "name": flow.name})
    return (
        f'<svg class="flow-diagram" xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{label}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">'
        + "".join(parts)
        + "</svg>"
    )


def _reached(flow: Flow, start: str) -> list[str]:
    found: dict[str, None] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in flow.steps and name not in found:
            found[name] = None
            waiting.extend(reversed(flow.steps[name].leads_to))
    return list(found)


def _branch_box(step: str, branch: str) -> str:
    return f"{step}/{branch}"


def _sizes(flow: Flow, reached: list[str]) -> dict[str, tuple[float, float]]:
    sizes = {}
    for name in reached:
        sizes[name] = STEP
        for way in flow.steps[name].ways:
            lines = _wrapped(way.label, BRANCH)
            sizes[_branch_box(name, way.name)] = (max(map(_width, lines)) + 22, 9 + 15.0 * len(lines))
    return sizes


def _ways(flow: Flow, reached: list[str]) -> dict[str, tuple[str, ...]]:
    ways: dict[str, tuple[str, ...]] = {}
    for name in reached:
        step = flow.steps[name]
        ways[name] = (*((step.next,) if step.next else ()), *(_branch_box(name, way.name) for way in step.ways))
        ways |= {_branch_box(name, way.name): (way.next,) for way in step.ways}
    return ways


def _width(words: str) -> float:
    """About how wide words are at 12 px, in whatever sans serif the system has."""
    return sum(
        3.8 if letter in " .,:;()ijlí¿?" else 8.2 if letter.isupper() or letter in "mw" else 6.8 for letter in words
    )


def _step(step: Step, box: Box, current: str, passed: Collection[str]) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    state, sign, told = "", "", ""
    if step.name == current:
        state, sign, told = " is-current", "▶ " + _("Aquí"), _("paso actual")
    elif step.name in passed:
        state, sign, told = " is-passed", "✓ " + _("Pasó"), _("ya pasó")
    kind = kind_words(step.kind)
    title = f"{step.ref} {kind}: {step.title}" + (f" ({told})" if told else "")
    radius = box.height / 2 if step.kind == "end" else 6
    room = box.width - (28 if step.kind == "end" else 18)
    lines = _words(_wrapped(step.title, room), box.x, box.y + 9)
    head = f"{step.ref} · {sign or kind}"
    return (
        f'<g class="flow-step is-{step.kind.replace("_", "-")}{state}" role="img"><title>{escape(title)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="{radius:.0f}"/>'
        f'<text class="flow-ref" x="{box.x:.1f}" y="{top + 17:.1f}">{escape(head)}</text>{lines}</g>'
    )


def _words(lines: list[str], x: float, y: float) -> str:
    """Lines of text around a middle."""
    first = y + 4 - 7.5 * (len(lines) - 1)
    return "".join(
        f'<text class="flow-words" x="{x:.1f}" y="{first + 15 * n:.1f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )


def _wrapped(words: str, room: float) -> list[str]:
    """Words in at most two lines of so much room; what does not fit is in the title of its box."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(lines) < 2 and _width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_cut(line, room) for line in lines]


def _cut(words: str, room: float) -> str:
    if _width(words) <= room:
        return words
    while words and _width(words + "…") > room:
        words = words[:-1].rstrip(" ,:;")
    return words + "…"


def _branches(flow: Flow, reached: list[str], layout: Layout) -> Iterator[str]:
    for name in reached:
        for way in flow.steps[name].ways:
            box = layout.boxes[_branch_box(name, way.name)]
            other = " is-other" if way is flow.steps[name].other else ""
            yield (
                f'<g class="flow-branch{other}" role="img"><title>{escape(way.label)}</title>'
                f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" width="{box.width:.1f}"'
                f' height="{box.height:.0f}" rx="12"/>'
                f"{_words(_wrapped(way.label, BRANCH), box.x, box.y)}</g>"
            )


def _lines(layout: Layout) -> Iterator[str]:
    for line in layout.lines:
        yield _down(layout.boxes[line.start], layout.boxes[line.end], line)
    for loop in layout.loops:
        yield _up(layout.boxes[loop.start], layout.boxes[loop.end], loop.x)


def _down(start: Box, end: Box, line: Line) -> str:
    x, y = start.x, start.y + start.height / 2
    path = f"M{x:.1f} {y:.1f}"
    for at in (*line.points, end):
        to = at.y - at.height / 2
        path += f"C{x:.1f} {(y + to) / 2:.1f} {at.x:.1f} {(y + to) / 2:.1f} {at.x:.1f} {to:.1f}"
        x, y = at.x, at.y + at.height / 2
        if at is not end:
            path += f"V{y:.1f}"
    return f'<path class="flow-way" d="{path}"/>' + ("" if "/" in line.end else _tip(x, to))


def _up(start: Box, end: Box, x: float) -> str:
    """Round the right side of everything in between, in the gaps of the layers, dashed."""
    below, above = start.y + start.height / 2 + LOOP_GAP, end.y - end.height / 2 - LOOP_GAP
    into = end.x + end.width / 3
    path = (
        f"M{start.x:.1f} {start.y + start.height / 2:.1f}V{below - 5:.1f}q0 5 5 5H{x - 5:.1f}q5 0 5 -5"
        f"V{above + 5:.1f}q0 -5 -5 -5H{into + 5:.1f}q-5 0 -5 5V{end.y - end.height / 2:.1f}"
    )
    return f'<path class="flow-way is-back" d="{path}"/>' + _tip(into, end.y - end.height / 2)


def _tip(x: float, y: float) -> str:
    return f'<path class="flow-tip" d="M{x - 4:.1f} {y - 7:.1f}L{x:.1f} {y:.1f}L{x + 4:.1f} {y - 7:.1f}Z"/>'
