"""`campaign_figures 2026-12 [--json]`: what a campaign came to, as figures/measuring.py defines it."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.figures.figures import read_figures
from campaigns.figures.refreshing import refresh_figures
from campaigns.figures.serialising import as_plain
from campaigns.models import Campaign
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Count a campaign: handled, contacted, promised, paid, in services and in Bs, with the base of each rate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month to be paid for, as 2026-12")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = parse_period(options["period"])
        except PeriodNotUnderstood as misread:
            raise CommandError(str(misread)) from None
        campaign = Campaign.objects.filter(period=period).first()
        if campaign is None:
            raise CommandError(_("No hay campaña de %(period)s.") % {"period": write_period(period)})
        refresh_figures(campaign=campaign, now=timezone.now(), afresh=True)
        told = as_plain(read_figures(campaign=campaign))
        if options["json"]:
            self.stdout.write(json.dumps({"period": write_period(period), "state": campaign.state, **told}))
            return
        for unit in ("contacts", "services"):
            self.stdout.write(f"{unit}:")
            for name, value in told[unit].items():
                rate = told["rates"][unit].get(name)
                share = f"  {float(rate['share']):.1%} of {rate['base']} {rate['of']}" if rate and rate["base"] else ""
                self.stdout.write(f"  {name:<28} {value}{share}")
