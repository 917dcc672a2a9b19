"""The flows on file that a test publishes: those of the rows there are, or every one, its row added first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from inbound.flows.publishing import files, files_without_a_line, publish_files
from inbound.models import Content, PersonInCharge, ServiceLine
from service_level.working_time import working_calendar


def texts_with_a_row() -> dict[str, str]:
    """The texts a new site publishes, by their names: a file whose line nobody added yet waits for its row."""
    texts = files()
    waiting = files_without_a_line(texts)
    return {name: text for name, text in texts.items() if name not in waiting}


def publish_every_flow(*, now: datetime) -> None:
    """Publish all that is on file; a line beyond those of a new site gets the row an administrator would add."""
    for position, number in enumerate(files_without_a_line(files()).values(), start=1000):
        ServiceLine.objects.create(number=number, name=number, greeting="{agente}", farewell="x", position=position)
    publish_files(texts=files(), now=now)


def a_day_to_visit() -> date:
    """A day of the week after today's on which the centre is at work at half past nine, whatever today is."""
    today = timezone.localdate()
    ahead = [today + timedelta(days=n) for n in range(2, 9)]
    calendar = working_calendar(first=today, last=ahead[-1])
    return next(day for day in ahead if day.weekday() < 5 and calendar.stretches_of(day))


def write_what_is_read_out() -> None:
    """What an administrator writes before the lines can read it out: a plan, a decoder's guide, how MIO is dialled, who
    sells Shopper.
    """
    Content.objects.get_or_create(topic=Content.Topic.PLANS, name="Hogar", defaults={"text": "Bs 149 al mes."})
    steps = {"text": "Apague y encienda el decodificador."}
    Content.objects.get_or_create(topic=Content.Topic.DECODER, name="Sin imagen", defaults=steps)
    told = {"text": "Marque los ocho números."}
    Content.objects.get_or_create(topic=Content.Topic.MIO, name="Cómo se marca", defaults=told)
    PersonInCharge.objects.update(name="Julia Rojas", telephone="+59170712345")
