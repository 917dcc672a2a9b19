"""What beat, and a step that owes a write, ring of this room."""

from celery import shared_task
from django.utils import timezone

from inbound.lost_callers import calling_back
from inbound.repairs import watching
from inbound.walks import done_after_all, leaving, let_down
from inbound.writes import asking, delivering


@shared_task(name="inbound.deliver_writes")
def deliver_writes() -> None:
    delivering.deliver_due(now=timezone.now())


@shared_task(name="inbound.ask_about_doubts")
def ask_about_doubts() -> None:
    asking.ask_about_doubts(now=timezone.now())
    done_after_all.ask_once_more(now=timezone.now())


@shared_task(name="inbound.close_left_calls")
def close_left_calls() -> None:
    leaving.close_left_calls(now=timezone.now())


@shared_task(name="inbound.see_to_the_let_down")
def see_to_the_let_down() -> None:
    let_down.see_to_the_let_down(now=timezone.now())


@shared_task(name="inbound.call_back_the_lost")
def call_back_the_lost() -> None:
    calling_back.call_back_the_lost(now=timezone.now())


@shared_task(name="inbound.watch_repairs")
def watch_repairs() -> None:
    watching.watch_repairs(now=timezone.now())
