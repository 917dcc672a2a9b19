"""Door: one process that holds the links to all switchboards in use, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.utils import timezone

from callcenter.ownership import refuse_to_start
from screens.terminal import TerminalCommand
from telephony.listening import House, secret_of


class Command(TerminalCommand):
    help = "Holds the link to each switchboard in use. A second one waits, and takes over within ten seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_start()
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        house = House(clock=timezone.now, secret=secret_of)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, house.stop)
        await house.run()
