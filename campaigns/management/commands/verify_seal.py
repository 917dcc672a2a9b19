"""`verify_seal 2026-12 [--json]`: count a sealed month again from its rows; exit 1 when it does not give the same."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.closing import sealing
from campaigns.models import Campaign
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Count a sealed campaign again and compare figures, evidence and fingerprint with the last seal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month to be paid for, as 2026-12")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = parse_period(options["period"])
        except PeriodNotUnderstood as misread:
            raise CommandError(str(misread)) from None
        campaign = Campaign.objects.filter(period=period).first()
        sealed = sealing.last_seal(campaign=campaign) if campaign else None
        if sealed is None:
            raise CommandError(_("No hay un informe sellado de %(period)s.") % {"period": write_period(period)})
        found = sealing.verify(sealed=sealed, now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"revision": sealed.revision, "agrees": found.agrees, **asdict(found)}))
        if not found.agrees:
            changed = len(found.differences)
            raise CommandError(
                _("La revisión %(revision)d no coincide: %(changed)d cifras; datos de origen: %(moved)s.")
                % {"revision": sealed.revision, "changed": changed, "moved": ", ".join(found.moved) or "—"}
            )
        if not options["json"]:
            self.stdout.write(f"{write_period(period)} r{sealed.revision}: {sealed.sha256}")
