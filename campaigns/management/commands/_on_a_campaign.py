"""What the commands on one campaign share: the month, `--json`, and one clear line with exit code 1 on bad input."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.month.lifecycle import CampaignRefuses
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period


class CampaignCommand(BaseCommand):
    """A door to one verb of one campaign."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._bad_arguments  # type: ignore[method-assign]  # argparse would leave with 2 and a page of usage
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month to be paid for, as 2026-12")
        parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = parse_period(options["period"])
            campaign = Campaign.objects.filter(period=period).first()
            if campaign is None:
                raise CommandError(_("No hay campaña de %(period)s.") % {"period": write_period(period)})
            figures = self.act(campaign, timezone.now())
        except (PeriodNotUnderstood, CampaignRefuses) as refusal:
            raise CommandError(str(refusal)) from refusal
        figures = {"period": write_period(period), "state": campaign.state, **figures}
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, default=str))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name}: {value}")

    def act(self, campaign: Campaign, now: datetime) -> dict[str, Any]:
        """Call the verb; return what it came to."""
        raise NotImplementedError

    def _bad_arguments(self, message: str) -> NoReturn:
        sys.stderr.write(f"CommandError: {message}\n")
        sys.exit(1)
