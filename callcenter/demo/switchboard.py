"""The demo's switchboard, where one is asked for (DEMO_SWITCHBOARD): a played one, and the process that holds its link.

It is a program beside the others, `python -m sandbox.switchboard`, and knows nothing of ours. Its row is an ordinary
one of the admin; without being asked for it is switched off, and agents dial by hand.
"""

from __future__ import annotations

import os
import secrets
import sys
from datetime import datetime

from django.conf import settings
from django.db import transaction

from agents.models import Agent
from callcenter.ports import next_free_port
from callcenter.processes import Program
from telephony.models import Extension, Switchboard, Trunk
from telephony.seats import sit_down

NAME = "Central de la demostración"
HOST = "127.0.0.1"  # its knobs ask nobody who he is: this machine only
BESIDE = 50  # its port is the web server's and this, or one of the next; that of its knobs comes after it
USER, SECRET_VARIABLE = "callcenter", "SWITCHBOARD_SECRET"
EXTENSIONS = range(1001, 1011)
SEATED = "ana"
# Who calls in reaches Ana: at a quiet pace, and her telephone is lifted after a while in which the flow may be opened,
# but before the queue gives up ringing there.
CALLS_IN = ["--callers", "--rate", "0.3", "--members", str(EXTENSIONS[0]), "--picks-up", "6"]


def choose_ports(web: int) -> tuple[int, int]:
    """Of the switchboard and of its knobs."""
    port = next_free_port(HOST, web + BESIDE)
    return port, next_free_port(HOST, port + 1)


@transaction.atomic
def write_down(*, port: int, now: datetime) -> None:
    """Its row with the port of this start, its extensions, and the first time Ana's seat."""
    row = {"host": HOST, "port": port, "user": USER, "secret_variable": SECRET_VARIABLE, "tls": False, "is_on": True}
    board, _is_new = Switchboard.objects.update_or_create(name=NAME, defaults=row)
    is_first = not Extension.objects.filter(switchboard=board).exists()  # the row may be there for its queue_log
    for number in EXTENSIONS:
        Extension.objects.get_or_create(switchboard=board, number=str(number), defaults={"place": "Sala"})
    Trunk.objects.get_or_create(switchboard=board, name="trunk", defaults={"leads_to": "Red pública"})
    ana = Agent.objects.filter(user__username=SEATED).first() if is_first else None
    if ana is not None:
        first = Extension.objects.select_related("switchboard").get(switchboard=board, number=str(EXTENSIONS[0]))
        sit_down(agent=ana, extension=first, now=now)


def switch_off() -> None:
    """Where none is asked for, nobody is to wait for the one of an earlier start."""
    Switchboard.objects.filter(name=NAME, is_on=True).update(is_on=False)


def programs(port: int, knobs: int) -> list[Program]:
    """The switchboard, and who holds the link to it. What they sign in with is made for this start, unless it is given:
    then other programs (`check_switchboard`) may know it too.
    """
    secret = {SECRET_VARIABLE: os.environ.get(SECRET_VARIABLE) or secrets.token_urlsafe(24)}
    played = [sys.executable, "-m", "sandbox.switchboard", "--port", str(port), "--knobs", str(knobs)]
    played += [*CALLS_IN, "--queue-log", str(settings.CALLCENTER_HOME / "queue_log"), "--user", USER]
    listening = [sys.executable, str(settings.BASE_DIR / "manage.py"), "listen_to_switchboard"]
    return [Program("pbx", played, secret), Program("listen", listening, secret)]
