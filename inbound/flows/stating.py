"""Whether a way on that says in which state something is stands open only where it was shown so.

Where a system shows another state, the agent would tell the caller something else than what is so (103.9: refused for
good for a cause that is not hers). What a decision asks the caller is hers to say, whatever is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from inbound.fields import Condition
from inbound.flows.shapes import Branch, Step

BY_PRESENCE = ("present", "absent", "empty", "answered", True, False)


def open_against_what_is_shown(step: Step, looked_up: Collection[str]) -> Iterator[tuple[Branch, str]]:
    """Each way that is proposed because a thing that was looked up is so, and stays open where it is not; and the path
    by which it is proposed.
    """
    if "?" in step.say:
        return
    for branch in step.branches:
        for path, expected in branch.when.items():
            says_it = expected not in BY_PRESENCE or (path == step.on and expected not in ("absent", "empty"))
            if says_it and path.split(".")[0] in looked_up and not _is_needed(branch, path, expected):
                yield branch, path


def _is_needed(branch: Branch, path: str, expected: Condition) -> bool:
    """Whether nothing else at the path leaves the way open."""
    needed = branch.needs.get(path)
    allowed = expected if isinstance(expected, tuple) else (expected,)
    return needed is not None and all(one in allowed for one in (needed if isinstance(needed, tuple) else (needed,)))
