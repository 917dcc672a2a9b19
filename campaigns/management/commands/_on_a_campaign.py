"""What the commands on one campaign share: the month, `--json`, and one clear line when the step is refused."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period
from screens.terminal import TerminalCommand


class CampaignCommand(TerminalCommand, ABC):
    """A door to one verb of one campaign."""

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
        except (PeriodNotUnderstood, CampaignRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        figures = {"period": write_period(period), "state": campaign.state, **figures}
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, default=str))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name}: {value}")

    @abstractmethod
    def act(self, campaign: Campaign, now: datetime) -> dict[str, Any]:
        """Call the verb; return what it came to."""
