"""An export made as the kernel's worker makes it when it is rung."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import ListExport
from work.doing import Outcome, do_one


def make_export(*, export_id: int, now: datetime) -> bool:
    """Whether it was made: not when it was done already, is somebody else's, or failed."""
    return do_one(ListExport, pk=export_id, now=now) == Outcome.OVER
