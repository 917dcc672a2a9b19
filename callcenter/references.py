"""What was asked for on a page keeps its reference through the queue: a line of the log says which click it belongs to.

A task carries the reference of whoever rang it; one that the clock rang gets its own. `job` is the task's own id.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import signals

from callcenter.requests import new_reference

HEADER = "callcenter_reference"


def listen() -> None:
    """To Celery's signals, in whatever process rings for tasks or does them."""
    signals.before_task_publish.connect(goes_along, dispatch_uid="callcenter.references")
    signals.task_prerun.connect(is_told, dispatch_uid="callcenter.references")
    signals.task_postrun.connect(is_over, dispatch_uid="callcenter.references")


def goes_along(headers: dict[str, Any] | None = None, **_told: Any) -> None:
    """Whoever rings for a task says why."""
    if headers is not None:
        headers.setdefault(HEADER, structlog.contextvars.get_contextvars().get("reference") or new_reference())


def is_told(task_id: str = "", task: Any = None, **_told: Any) -> None:
    """Every line a task writes says which it is, and what it was rung for."""
    reference = task.request.get(HEADER) or new_reference()
    structlog.contextvars.bind_contextvars(reference=reference, job=task_id, task=task.name)


def is_over(**_told: Any) -> None:
    """Nothing of it stands on the lines of the next."""
    structlog.contextvars.unbind_contextvars("reference", "job", "task")
