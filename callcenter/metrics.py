"""What Prometheus asks: what the web processes counted, all of them together, and how the centre stands now.

Each web process counts for itself. Where they share a folder (`PROMETHEUS_MULTIPROC_DIR`, which the unit and `manage.py
run` name) whichever is asked tells what all counted; without it, what it counted itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from callcenter.clocks import clocks_differ_by
from telephony.link_ages import link_ages
from work.overview import all_kinds

SHARED = "PROMETHEUS_MULTIPROC_DIR"

log = structlog.get_logger(__name__)


def shared_folder(home: Path) -> dict[str, str]:
    """Environment of the web processes of a house: an empty folder of their own, in which they count together."""
    folder = home / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {SHARED: str(folder)}


def figures(*, findings: Sequence[tuple[str, bool]], now: datetime) -> bytes:
    """The page. `findings`: what the health page looks at, and whether it holds."""
    return _counted() + _standing(findings, now)


def _counted() -> bytes:
    if SHARED not in os.environ:
        return bytes(generate_latest(REGISTRY))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return bytes(generate_latest(registry))


def _standing(findings: Sequence[tuple[str, bool]], now: datetime) -> bytes:
    """Made for each answer: nothing of a switchboard or a kind that is gone stays in it."""
    registry = CollectorRegistry()
    holds = Gauge("callcenter_holds", "Whether a thing the centre stands on holds.", ["of"], registry=registry)
    for name, is_well in findings:
        holds.labels(name).set(is_well)
    try:
        _of_the_clock(registry)
        _of_links(registry, now)
        _of_owed_work(registry, now)
    except DatabaseError as error:
        log.warning("figures_not_measured", error=type(error).__name__)
    return bytes(generate_latest(registry))


def _of_the_clock(registry: CollectorRegistry) -> None:
    differs = Gauge(
        "callcenter_database_clock_seconds", "By how much the clock of the database differs from this machine's.",
        registry=registry,
    )  # fmt: skip
    differs.set(clocks_differ_by())


def _of_links(registry: CollectorRegistry, now: datetime) -> None:
    linked = Gauge(
        "callcenter_switchboard_linked", "Whether the link to a switchboard in use is up.", ["switchboard"],
        registry=registry,
    )  # fmt: skip
    age = Gauge(
        "callcenter_switchboard_link_age_seconds", "Seconds since that link came up, or was lost.", ["switchboard"],
        registry=registry,
    )  # fmt: skip
    for link in link_ages(now=now):
        linked.labels(link.name).set(link.is_up)
        if link.since is not None:
            age.labels(link.name).set((now - link.since).total_seconds())


def _of_owed_work(registry: CollectorRegistry, now: datetime) -> None:
    owed = Gauge("callcenter_owed", "Owed work, by kind and how it stands.", ["kind", "stands"], registry=registry)
    oldest = Gauge(
        "callcenter_owed_oldest_seconds", "For how long the oldest that waits is owed; 0 where none does.", ["kind"],
        registry=registry,
    )  # fmt: skip
    for one in all_kinds(now=now):
        for stands in ("waiting", "at_work", "held", "parked"):
            owed.labels(one.kind.name, stands).set(getattr(one, stands))
        oldest.labels(one.kind.name).set((now - one.since).total_seconds() if one.since else 0)
