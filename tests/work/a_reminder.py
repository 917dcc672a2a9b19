"""A kind of owed work the house does not have: one model, one verb, one declaration."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.test.utils import isolate_apps

from work.kinds import Kind
from work.models import RungWork

SENT: list[str] = []  # to whom a message went out
TROUBLE: dict[str, BaseException] = {}  # what sending to somebody meets

with isolate_apps("work"):  # the house itself never hears of this model

    class ReminderQuerySet(models.QuerySet["Reminder"]):
        def visible_to(self, user: Any) -> ReminderQuerySet:
            return self if user.sees_the_centre else self.none()

    class Reminder(RungWork):
        """A message that is owed to somebody."""

        class State(models.TextChoices):
            WAITING = "waiting"
            SENT = "sent"
            PARKED = "parked"

        to_whom = models.CharField(max_length=40)
        state = models.CharField(max_length=7, choices=State, default=State.WAITING)
        owed_at = models.DateTimeField()

        objects = ReminderQuerySet.as_manager()

        class Meta:
            app_label = "work"
            indexes = [models.Index(fields=["not_before"], name="reminder_due", condition=models.Q(state="waiting"))]


def send_reminder(reminder: Reminder, *, now: datetime) -> None:
    """The verb: it sends, or raises what went wrong."""
    if trouble := TROUBLE.get(reminder.to_whom):
        raise trouble
    SENT.append(reminder.to_whom)


REMINDERS = Kind(
    name="reminder",
    model=Reminder,
    words="Recordatorios",
    since="owed_at",
    waiting=Reminder.State.WAITING,
    parked=Reminder.State.PARKED,
    over=(Reminder.State.SENT,),
    lease=timedelta(minutes=5),
    waits=(timedelta(minutes=1), timedelta(minutes=10)),
    verb=send_reminder,
    title=lambda reminder: f"recordatorio {reminder.to_whom}",
)
