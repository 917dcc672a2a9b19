"""What a switchboard is to have, gathered from the rooms: its row, its extensions and the queues of the lines."""

from __future__ import annotations

import ssl

from inbound.models import ServiceLine
from telephony.checking.findings import Telephone
from telephony.checking.trying import Wanted
from telephony.link import Address
from telephony.listening import secret_of
from telephony.models import Extension, Switchboard, Trunk


def wanted_of(board: Switchboard) -> Wanted:
    """For who tries the connection to it."""
    lines = ServiceLine.objects.filter(is_active=True).in_order()
    extensions = Extension.objects.filter(switchboard=board, is_active=True).select_related("switchboard")
    trunks = Trunk.objects.filter(switchboard=board, is_active=True).select_related("switchboard")
    tls = ssl.create_default_context() if board.tls else None
    others = Switchboard.objects.in_use().exclude(pk=board.pk)
    return Wanted(
        address=Address(board.host, board.port, board.user, secret_of(board.secret_variable), tls),
        secret_variable=board.secret_variable,
        context=board.context,
        transfer_context=board.transfer_context,
        telephones=[Telephone(one.number, one.telephone) for one in extensions.order_by("number")],
        queues=[(line.queue or line.number, str(line)) for line in lines],
        trunks=[one.device for one in trunks.order_by("name")],
        is_the_only_one=not others.exists(),
    )
