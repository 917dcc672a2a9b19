"""`manage.py why_not 2026-12 CONTRACT`: every reason against calling a contact now, or that it may be called."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from campaigns.calling.calling_hours import local
from campaigns.calling.rules import callable_from, why_not
from campaigns.models import Contact
from campaigns.month.periods import PeriodNotUnderstood, parse_period
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Says every reason against calling a contract's customer now, or that nothing speaks against it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month to be paid for, as 2026-12")
        parser.add_argument("contract", help="the contract as the report writes it")
        parser.add_argument("--json", action="store_true", help="write JSON on stdout")

    def handle(self, *args: Any, period: str, contract: str, **options: Any) -> None:
        try:
            month = parse_period(period)
        except PeriodNotUnderstood as wrong:
            raise CommandError(str(wrong)) from wrong
        found = Contact.objects.filter(campaign__period=month, contract=contract).first()
        if found is None:
            raise CommandError(f"El contrato {contract} no está en la campaña {period}.")
        reasons = why_not(contact=found, now=timezone.now())
        until = callable_from(reasons)
        if options["json"]:
            answer = {
                "period": period,
                "contract": contract,
                "callable": not reasons,
                "reasons": [
                    {"code": reason.code, "sentence": reason.sentence, "until": _written(reason.until)}
                    for reason in reasons
                ],
                "callable_from": _written(until),
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        if not reasons:
            self.stdout.write("Se puede llamar ahora.")
        for reason in reasons:
            self.stdout.write(f"{reason.code}: {reason.sentence}")
        if until:
            self.stdout.write(f"Se puede llamar desde el {local(until):%d/%m/%Y %H:%M}.")


def _written(moment: Any) -> str | None:
    return local(moment).isoformat() if moment else None
