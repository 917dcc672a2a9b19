"""Attended calls of the lines, and the regulator's indicator."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.pagination import paginate

from agents.access import signed_in_user
from api.bearer import Bearer
from api.models import Scope
from api.shapes import Month, Newest
from inbound.models import Walk
from service_level.indicator.figures import as_plain, counted_until, read_month
from service_level.months import read_month_name

router = Router(auth=Bearer(Scope.LINES), tags=["Lines"])


class WalkOut(Schema):
    """One attended call. What was said in it stays in the house."""

    key: UUID
    line: str
    agent: str
    contract: str
    began_at: datetime
    ended_at: datetime | None
    result: str
    result_label: str

    @classmethod
    def of(cls, walk: Walk) -> "WalkOut":
        return cls(
            key=walk.key, line=walk.line.number, agent=walk.agent.user.username if walk.agent else "",
            contract=walk.contract, began_at=walk.began_at, ended_at=walk.ended_at, result=walk.result,
            result_label=walk.result_label,
        )  # fmt: skip


class LevelOut(Schema):
    """`totals.att` is what is owed to the regulator; `level` is a percentage, empty without calls."""

    month: str
    counted_until: datetime | None
    target: str
    within_seconds: int
    holds: bool | None
    totals: dict[str, Any]
    lines: dict[str, Any]


@router.get("walks/", response=list[WalkOut], summary="Attended calls, the newest first")
@paginate(Newest, of=WalkOut.of)
def walks(request: HttpRequest) -> QuerySet[Walk]:
    return Walk.objects.visible_to(signed_in_user(request)).calls().select_related("line", "agent__user")


@router.get("walks/{key}/", response=WalkOut, summary="One attended call")
def walk(request: HttpRequest, key: UUID) -> WalkOut:
    found = Walk.objects.visible_to(signed_in_user(request)).calls().select_related("line", "agent__user")
    return WalkOut.of(get_object_or_404(found, key=key))


@router.get("service-level/{month}/", response=LevelOut, summary="Calls answered in time, of a month and by line")
def service_level(request: HttpRequest, month: Month) -> dict[str, Any]:
    day = read_month_name(month)
    if day is None or not signed_in_user(request).sees_the_centre:
        raise Http404
    found = read_month(day)
    return {
        "month": month,
        "counted_until": counted_until(day),
        "target": str(found.formula.target),
        "within_seconds": found.formula.seconds,
        "holds": found.holds,
        **as_plain(found),
    }
