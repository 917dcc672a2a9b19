"""Where the boxes of a flow stand when it is drawn in layers, top to bottom, and the lines between them.

The classical four stages (Sugiyama): turn back loops, put everything as high as what comes before it allows, order each
layer so that few lines cross, and place the boxes over the middle of their neighbours without touching.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SIDE_GAP = 18.0
LAYER_GAP = 26.0
BEND = ""  # how the layout calls the points at which a long line passes a layer
SWEEPS = 24


@dataclass(slots=True)
class Box:
    """A box, or a point of a long line (without a name): its size is given, its middle found."""

    name: str
    width: float
    height: float
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    above: list[Box] = field(default_factory=list)
    below: list[Box] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A line down from one box to another; where it passes a layer it goes straight down through each of `points`."""

    start: str
    end: str
    points: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A line up again: below `start` to the right, up at `x` past all it could hit, and down into `end`."""

    start: str
    end: str
    x: float


@dataclass(frozen=True, slots=True)
class Layout:
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    loops: tuple[Loop, ...]
    width: float
    height: float


def lay_out(sizes: Mapping[str, tuple[float, float]], ways: Mapping[str, Iterable[str]], *, start: str) -> Layout:
    """Boxes of such sizes (width, height) and where each leads. Everything hangs on `start`, the rest beside it."""
    boxes = {name: Box(name, *size) for name, size in sizes.items()}
    edges, back = _without_loops(boxes, ways, start)
    _put_in_layers(boxes, edges)
    layers: list[list[Box]] = [[] for _layer in range(max((box.layer for box in boxes.values()), default=-1) + 1)]
    for box in boxes.values():
        layers[box.layer].append(box)
    lines = tuple(_line(boxes, layers, a, b) for a, b in edges)
    _order(layers)
    width = _place(layers)
    height = _stack(layers)
    loops: list[Loop] = []
    for a, b in back:
        between = [box for layer in layers[boxes[b].layer : boxes[a].layer + 1] for box in layer]
        loops.append(Loop(a, b, max(box.x + box.width / 2 for box in between) + SIDE_GAP * (len(loops) + 1)))
    return Layout(boxes, lines, tuple(loops), max((width, *(loop.x for loop in loops))), height)


def _without_loops(
    boxes: Mapping[str, Box], ways: Mapping[str, Iterable[str]], start: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The lines that go down, and those that go up again. A line to itself is not drawn."""
    down: dict[tuple[str, str], None] = {}
    up: dict[tuple[str, str], None] = {}
    done: set[str] = set()
    for root in (start, *boxes):
        waiting = [] if root in done or root not in boxes else [(root, iter(ways.get(root, ())))]
        under_way = {root}
        while waiting:
            name, targets = waiting[-1]
            target = next((each for each in targets if each in boxes), None)
            if target is None:
                waiting.pop()
                under_way.discard(name)
                done.add(name)
            elif target in under_way:
                if target != name:
                    up[name, target] = None
            else:
                down[name, target] = None
                if target not in done:
                    waiting.append((target, iter(ways.get(target, ()))))
                    under_way.add(target)
    return list(down), list(up)


def _put_in_layers(boxes: Mapping[str, Box], edges: list[tuple[str, str]]) -> None:
    before: dict[str, list[str]] = {name: [] for name in boxes}
    for a, b in edges:
        before[b].append(a)
    left = dict(before)
    while left:
        ready = [name for name, those in left.items() if not any(other in left for other in those)]
        for name in ready:
            boxes[name].layer = max((boxes[other].layer + 1 for other in before[name]), default=0)
        left = {name: those for name, those in left.items() if name not in ready}


def _line(boxes: Mapping[str, Box], layers: list[list[Box]], a: str, b: str) -> Line:
    at, lower = boxes[a], boxes[b]
    points = []
    for layer in range(at.layer + 1, lower.layer):
        bend = Box(BEND, 6.0, 0.0, layer)
        layers[layer].append(bend)
        points.append(bend)
        _join(at, bend)
        at = bend
    _join(at, lower)
    return Line(a, b, tuple(points))


def _join(above: Box, below: Box) -> None:
    above.below.append(below)
    below.above.append(above)


def _order(layers: list[list[Box]]) -> None:
    """Sweep down and up, each box over the mean of its neighbours; what crossed least is kept."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            mean = {}
            for place, box in enumerate(layer):
                others = box.above if down else box.below
                mean[id(box)] = sum(other.x for other in others) / len(others) if others else float(place)
            layer.sort(key=lambda box: mean[id(box)])
            _number(layer)
        if (crossed := _crossings(layers)) < fewest:
            best, fewest = [list(layer) for layer in layers], crossed
    for layer, kept in zip(layers, best, strict=True):
        layer[:] = kept
        _number(layer)


def _number(layer: list[Box]) -> None:
    for place, box in enumerate(layer):
        box.x = float(place)


def _crossings(layers: list[list[Box]]) -> int:
    for layer in layers:
        _number(layer)
    found = 0
    for layer in layers:
        ends = [(box.x, below.x) for box in layer for below in box.below]
        found += sum(1 for n, (a, b) in enumerate(ends) for c, d in ends[n + 1 :] if (a - c) * (b - d) < 0)
    return found


def _place(layers: list[list[Box]]) -> float:
    """Give every box its x; returns the width of it all."""
    for layer in layers:
        right = 0.0
        for box in layer:
            box.x = right + box.width / 2
            right += box.width + SIDE_GAP
    for sweep in range(SWEEPS * 2):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            wanted, weights = [], []
            for box in layer:
                near = [*box.above, *box.below] if sweep >= SWEEPS else (box.above if down else box.below)
                wanted.append(_middle([other.x for other in near]) if near else box.x)
                weights.append(4.0 if not box.name else 1.0 + 0.2 * len(near))
            _settle(layer, wanted, weights)
    for layer in layers:  # whoever follows only one that leads only there stands exactly below it
        chained = [len(box.above) == 1 and len(box.above[0].below) == 1 for box in layer]
        wanted = [box.above[0].x if chain else box.x for box, chain in zip(layer, chained, strict=True)]
        _settle(layer, wanted, [1.0 if chain else 4.0 for chain in chained])
    leftmost = min((box.x - box.width / 2 for layer in layers for box in layer), default=0.0)
    for layer in layers:
        for box in layer:
            box.x -= leftmost
    return max((box.x + box.width / 2 for layer in layers for box in layer), default=0.0)


def _middle(places: list[float]) -> float:
    ordered = sorted(places)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _settle(layer: list[Box], wanted: list[float], weights: list[float]) -> None:
    """As near as possible to where each wants to be, in this order and without touching (isotonic regression)."""
    shifts, shift = [], 0.0
    for place, box in enumerate(layer):
        if place:
            shift += layer[place - 1].width / 2 + SIDE_GAP + box.width / 2
        shifts.append(shift)
    blocks: list[tuple[float, float, int]] = []  # the mean of a block, its weight, how many boxes it holds
    for want, weight, shift in zip(wanted, weights, shifts, strict=True):
        mean, heavy, many = want - shift, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, weight_before, many_before = blocks.pop()
            mean = (mean * heavy + other * weight_before) / (heavy + weight_before)
            heavy, many = heavy + weight_before, many + many_before
        blocks.append((mean, heavy, many))
    settled = [mean for mean, _weight, many in blocks for _box in range(many)]
    for box, mean, shift in zip(layer, settled, shifts, strict=True):
        box.x = mean + shift


def _stack(layers: list[list[Box]]) -> float:
    top = 0.0
    for layer in layers:
        tallest = max(box.height for box in layer)
        for box in layer:
            box.y = top + tallest / 2
            if box.name == BEND:
                box.height = tallest
        top += tallest + LAYER_GAP
    return max(top - LAYER_GAP, 0.0)
