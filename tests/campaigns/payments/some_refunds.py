"""Collections reports in short words, for a month whose contacts owe Bs 99 a service."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from agents.models import Agent
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Campaign, ListEntry, Report
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.some_receipts import owing

HEAD = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL;ESTADO"
NOW = moment("2026-11-28 20:00")
LATER = moment("2026-11-29 20:00")
PAID = ("R1 C1T 26/11/2026 99", "R2 C2T 26/11/2026 99")
PRODUCTS = {"T": "TV Cable", "I": "Internet"}


def collected(*rows: str, now: datetime = NOW, footer: str = "") -> Report:
    """A recaudo of rows `R1 C1T 27/11/2026 99 [state]` after its work was done; all are ordinary."""
    lines = []
    for row in rows:
        number, service, day, amount, *state = row.split()
        product = PRODUCTS[service[-1]]
        lines.append(f"{number};{service[:-1]};{service};{product};{day};{amount};QR;{state[0] if state else ''}")
    file = BytesIO("\n".join([HEAD, *lines, *filter(None, [footer]), ""]).encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    return take_in(report_id=report.pk, now=now)


def entry(contract: str) -> ListEntry:
    return ListEntry.objects.get(contact__contract=contract)


def owing_december(ana: Agent) -> Campaign:
    """C1 to C3 owe Bs 99 for television, C4 for two services; all in Ana's list."""
    campaign = make_campaign(state="running", launched_at=moment("2026-11-25 09:00"))
    for contract in ("C1", "C2", "C3"):
        owing(campaign, contract, "TV", owner=ana)
    owing(campaign, "C4", "TV", "INTERNET", owner=ana)
    return campaign
