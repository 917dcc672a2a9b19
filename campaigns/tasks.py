"""Doors of the queue: each rings one verb. The row is the work; the message carries only its key."""

from celery import shared_task
from django.utils import timezone

from campaigns.assignment import assigning
from campaigns.closing import drifting, sealing
from campaigns.desk import lease_sweep
from campaigns.figures import patterns, refreshing
from campaigns.intake import fetching, ringing, taking_in
from campaigns.lists import exporting
from campaigns.models import ErrandKind
from campaigns.month import lifecycle, planner
from campaigns.promises_and_callbacks import broken_promises, call_backs


@shared_task(name="campaigns.take_in_report")
def take_in_report(report_id: int) -> None:
    taking_in.take_in(report_id=report_id, now=timezone.now())


@shared_task(name="campaigns.make_months_exist")
def make_months_exist() -> None:
    planner.make_months_exist(now=timezone.now())


@shared_task(name="campaigns.look_for_reports")
def look_for_reports() -> None:
    for report in fetching.look_for_reports(now=timezone.now()):
        take_in_report.delay_on_commit(report_id=report.pk)


@shared_task(name="campaigns.sweep_reports")
def sweep_reports() -> None:
    for report_id in ringing.sweep_reports(now=timezone.now()):
        take_in_report.delay_on_commit(report_id=report_id)


@shared_task(name="campaigns.refresh_figures")
def refresh_figures() -> None:
    now = timezone.now()
    drifting.tell_of_drift(campaigns=refreshing.refresh_running(now=now), now=now)


@shared_task(name="campaigns.count_patterns")
def count_patterns() -> None:
    patterns.count_running(now=timezone.now())


@shared_task(name="campaigns.sweep_leases")
def sweep_leases() -> None:
    lease_sweep.sweep_leases(now=timezone.now())


@shared_task(name="campaigns.widen_call_backs")
def widen_call_backs() -> None:
    call_backs.widen_overdue(now=timezone.now())


@shared_task(name="campaigns.raise_broken_promises")
def raise_broken_promises() -> None:
    broken_promises.raise_broken_promises(now=timezone.now())


@shared_task(name="campaigns.assign_what_was_asked")
def assign_what_was_asked() -> None:
    assigning.assign_what_was_asked(now=timezone.now())


@shared_task(name="campaigns.close_overdue")
def close_overdue() -> None:
    lifecycle.close_overdue(now=timezone.now())


@shared_task(name="campaigns.seal_closed")
def seal_closed() -> None:
    sealing.seal_closed(now=timezone.now())


@shared_task(name="campaigns.delete_old_exports")
def delete_old_exports() -> None:
    exporting.delete_old_exports(now=timezone.now())


OF_ERRANDS = {ErrandKind.ASSIGNMENT: assign_what_was_asked, ErrandKind.SEAL: seal_closed}
