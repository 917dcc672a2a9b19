"""One connection to the database that hears what was committed, and finds its way back when it is cut."""

from __future__ import annotations

import asyncio
import re

import psycopg
import structlog
from django.conf import settings
from django.utils import timezone
from psycopg import AsyncConnection, sql

from agents.telling import CHANNEL as OF_AGENTS
from callcenter import heartbeats
from callcenter.live.hub import CHANGED, RESYNC, Hub, card
from escalations.lifecycle import CHANNEL as OF_CARDS

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries; each is twice the one before
ASKS_EVERY, ANSWERS_WITHIN = 20.0, 5.0  # seconds: a peer that is gone without a word is found this way only

OF_A_CARD, OF_AN_AGENT = re.compile(r"[0-9]+:[0-9]+:[a-z_]+"), re.compile(r"[0-9]{1,18}")

log = structlog.get_logger(__name__)


class Ear:
    """Hears for the whole process: of cards, which boards are told, and of what is an agent's, which she is told."""

    def __init__(self, boards: Hub, agents: Hub) -> None:
        self._boards, self._agents = boards, agents

    async def run(self) -> None:
        """Hear until cancelled. What happened while nobody heard is made good by `resync`."""
        pause, is_first = FIRST_PAUSE, True
        while True:
            try:
                async with await self._connect() as connection:
                    for channel in (OF_CARDS, OF_AGENTS):
                        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    for hub in (self._boards, self._agents):
                        hub.hears = True
                        if not is_first:
                            hub.publish(RESYNC)
                    pause, is_first = FIRST_PAUSE, False
                    await self._hear(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("live_does_not_hear", error=type(error).__name__, again_in=pause)
            self._boards.hears = self._agents.hears = is_first = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, connection: AsyncConnection) -> None:
        while True:
            async for notice in connection.notifies(timeout=ASKS_EVERY):
                self._tell(notice.channel, notice.payload)
            async with asyncio.timeout(ANSWERS_WITHIN):
                await connection.execute("SELECT 1")

    def _tell(self, channel: str, payload: str) -> None:
        """Whoever may connect may notify: what is none of ours goes to nobody, and stops nothing."""
        if channel == OF_CARDS and OF_A_CARD.fullmatch(payload):
            self._boards.publish(card(payload, len(self._boards)))
        elif channel == OF_AGENTS and OF_AN_AGENT.fullmatch(payload):
            self._agents.tell(int(payload), CHANGED)
        else:
            log.warning("live_told_what_is_none_of_ours", channel=channel)

    async def _connect(self) -> AsyncConnection:
        return await AsyncConnection.connect(
            settings.DATABASE_SESSION_URL or settings.DATABASE_URL,  # through a pooler nobody is told anything
            autocommit=True,
            connect_timeout=5,
            application_name="callcenter-live",
            options=settings.DATABASE_BEGINS,
        )


async def sign_of_life(hub: Hub) -> None:
    """With each beat, write for the health page that what happens in the database is heard.

    In a thread of its own: a cache that does not answer keeps no listener waiting.
    """
    while True:
        if hub.hears:
            await asyncio.to_thread(heartbeats.sign, name="live", now=timezone.now())
        await asyncio.sleep(settings.LIVE_BEAT)
