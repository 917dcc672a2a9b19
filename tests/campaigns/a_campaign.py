"""A campaign with contacts, made by SQL so that a test may have ten or ten thousand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from agents.models import Agent
from campaigns.models import Attempt, Campaign, Contact, Disposition, ListEntry

LA_PAZ = ZoneInfo("America/La_Paz")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA_PAZ)


def make_campaign(period: date = date(2026, 12, 1), **more: Any) -> Campaign:
    last = date.fromordinal(period.toordinal() - 1)
    first = last.replace(day=25)
    values = {
        "period": period,
        "state": Campaign.State.PROPOSED,
        "calls_from": first,
        "calls_until": last,
        "report_due_at": datetime(first.year, first.month, first.day, 9, tzinfo=LA_PAZ),
        "created_at": datetime(first.year, first.month, first.day, 0, 5, tzinfo=LA_PAZ),
        "hold_out_seed": 1,
    }
    return Campaign.objects.create(**{**values, **more})


def add_contacts(campaign: Campaign, number: int, call_list: str = "INTERNET", *, start: int = 1) -> None:
    """Contacts with contracts C1, C2…, due on different days, of different amounts and zones."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones,
                                           zone, address, segment, amount_due, due_on)
            SELECT %s, 'C' || n, %s, 'Cliente ' || n, 'CLIENTE ' || n, '', ARRAY['+591707' || lpad(n::text, 5, '0')],
                   (ARRAY['Sarco', 'Cala Cala', 'Quillacollo'])[1 + n %% 3], '', '', 100 + (n * 37) %% 400,
                   %s::date - (n * 7) %% 6
              FROM generate_series(%s, %s) AS n
            """,
            [campaign.pk, call_list, campaign.calls_until, start, start + number - 1],
        )


def owners(campaign: Campaign, **filters: Any) -> dict[str, int]:
    """Open contacts by the first name of their owner."""
    found: dict[str, int] = {}
    for name in ListEntry.objects.filter(campaign=campaign, state="open", **filters).values_list(
        "owner__user__first_name", flat=True
    ):
        found[name] = found.get(name, 0) + 1
    return found


def spoke(campaign: Campaign, contract: str, agent: Agent, at: datetime, party: str = "right") -> Attempt:
    """A call of an agent with a result."""
    disposition, _made = Disposition.objects.get_or_create(
        code=f"test-{party}", defaults={"name": party, "party": party, "is_final": True}
    )
    contact = Contact.objects.get(campaign=campaign, contract=contract)
    return Attempt.objects.create(
        campaign=campaign, contact=contact, agent=agent, fence=Attempt.objects.count(), dialled_at=at, day=at.date(),
        disposition=disposition, resulted_at=at,
    )  # fmt: skip
