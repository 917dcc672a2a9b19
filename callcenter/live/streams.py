"""The doors: one long answer for each open page. It names cards, versions and states, nobody and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from agents.models import User
from agents.presence import is_agent
from agents.second_factor import has_second_factor, needs_second_factor, used_second_factor
from agents.sessions import why_over
from callcenter.live.address import origin_of_the_web
from callcenter.live.hub import END, RETRY, Hub, Listener, TooMany
from callcenter.session_store import SessionStore

MayListen = Callable[[User], bool]

boards, agents = Hub(), Hub()


@require_GET
async def escalations(request: HttpRequest) -> HttpResponseBase:
    """Tell who sees the board which cards change: `event: card`, `data: id:version:state:boards`."""
    return await _stream(request, boards, lambda user: user.sees_the_centre)


@require_GET
async def own(request: HttpRequest) -> HttpResponseBase:
    """Tell an agent that something of hers changed, a call or a message, and nothing else of it: `event: own`."""
    return await _stream(request, agents, is_agent)


async def _stream(request: HttpRequest, hub: Hub, may_listen: MayListen) -> HttpResponseBase:
    origin, ours = request.headers.get("Origin"), origin_of_the_web(request)
    if origin not in (None, ours):
        return _refused(403)
    try:
        user_id = await sync_to_async(who_listens)(request, may_listen)
    except DatabaseError:
        return _refused(503)
    if user_id is None:
        return _refused(403)
    if not hub.has_room(user_id):
        return _refused(429)
    events = _events(hub, user_id, still=lambda: sync_to_async(who_listens)(request, may_listen))
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store, private"
    response["X-Accel-Buffering"] = "no"  # nginx hands on each event at once
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Origin, Cookie"
    if origin is not None:
        response["Access-Control-Allow-Origin"] = ours
        response["Access-Control-Allow-Credentials"] = "true"
    return response


def who_listens(request: HttpRequest, may_listen: MayListen) -> int | None:
    """Whose session this is, read afresh; None when it is nobody's, or of somebody who may not hear this."""
    close_old_connections()
    request.session = SessionStore.of_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not isinstance(user, User) or not may_listen(user) or why_over(request.session, user=user, now=timezone.now()):
        return None
    if needs_second_factor(user) and not (has_second_factor(user) and used_second_factor(request, user)):
        return None
    return user.pk


async def _events(hub: Hub, user_id: int, *, still: Callable[[], Awaitable[int | None]]) -> AsyncIterator[bytes]:
    """What a listener is told, until it leaves, its session ends (`still`: whose it is now), or the program does.

    It joins in here, not before: who is gone when the answer would begin has taken no place that nobody gives back.
    """
    try:
        listener = hub.join(user_id)
    except TooMany:
        return
    now = asyncio.get_running_loop().time
    look_again = now() + settings.LIVE_LOOKS_AGAIN
    try:
        yield RETRY
        while True:
            if now() >= look_again:
                if not await _still_listens(listener, still):
                    return
                look_again = now() + settings.LIVE_LOOKS_AGAIN
            try:
                async with asyncio.timeout_at(look_again):
                    event = await listener.next()
            except TimeoutError:
                continue
            if event == END:
                return
            yield event
    finally:
        hub.leave(listener)


async def _still_listens(listener: Listener, still: Callable[[], Awaitable[int | None]]) -> bool:
    """A database that is down ends no stream: nothing is heard either, and the next look tells."""
    try:
        return await still() == listener.user_id
    except DatabaseError:
        return True


def _refused(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain")
