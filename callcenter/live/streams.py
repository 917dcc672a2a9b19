"""The door: one long answer for each open board. It names cards, versions and states, nobody and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from agents.models import User
from agents.second_factor import has_second_factor, needs_second_factor, used_second_factor
from callcenter.live.address import origin_of_the_web
from callcenter.live.hub import END, RETRY, Hub, Listener, TooMany

hub = Hub()


@require_GET
async def escalations(request: HttpRequest) -> HttpResponseBase:
    """Tell who sees the board which cards change: `event: card`, `data: id:version:state:boards`."""
    origin, ours = request.headers.get("Origin"), origin_of_the_web(request)
    if origin not in (None, ours):
        return _refused(403)
    try:
        user_id = await sync_to_async(who_listens)(request)
    except DatabaseError:
        return _refused(503)
    if user_id is None:
        return _refused(403)
    if not hub.has_room(user_id):
        return _refused(429)
    response = StreamingHttpResponse(_events(request, user_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store, private"
    response["X-Accel-Buffering"] = "no"  # nginx hands on each event at once
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Origin, Cookie"
    if origin is not None:
        response["Access-Control-Allow-Origin"] = ours
        response["Access-Control-Allow-Credentials"] = "true"
    return response


def who_listens(request: HttpRequest) -> int | None:
    """Whose session this is, read afresh; None when it is nobody's, or of somebody who sees no board."""
    close_old_connections()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not isinstance(user, User) or not user.sees_the_centre:
        return None
    if needs_second_factor(user) and not (has_second_factor(user) and used_second_factor(request, user)):
        return None
    return user.pk


async def _events(request: HttpRequest, user_id: int) -> AsyncIterator[bytes]:
    """What a listener is told, until it leaves, its session ends, or the program does.

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
                if not await _still_listens(request, listener):
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


async def _still_listens(request: HttpRequest, listener: Listener) -> bool:
    """A database that is down ends no stream: nothing is heard either, and the next look tells."""
    try:
        return await sync_to_async(who_listens)(request) == listener.user_id
    except DatabaseError:
        return True


def _refused(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain")
