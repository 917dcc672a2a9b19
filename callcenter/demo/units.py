"""Who receives the mail of the units at the demo's cooperative; it is written into files, and shown in the outbox."""

from __future__ import annotations

from datetime import date

from escalations.models import Unit, UnitAddress


def name_who_is_written_to(*, since: date) -> int:
    """Give each unit that has nobody somebody who is written to. Returns how many got one."""
    nobodys = Unit.objects.filter(addresses=None)
    made = [
        UnitAddress(unit=unit, name=unit.name, email=f"{unit.code.replace('_', '.')}@comteco.example", valid_from=since)
        for unit in nobodys
    ]
    return len(UnitAddress.objects.bulk_create(made))
