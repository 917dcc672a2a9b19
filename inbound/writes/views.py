"""Pages of what is owed to other systems: what waits for a person, one of them, and the day to reconcile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, customers_only, roles_only, signed_in_user, steering_only
from agents.disclosure import record_export
from agents.models import Role, Search
from agents.revealing import is_revealed
from agents.searched_lists import part_is_noted
from agents.searching import note_search
from inbound.fields import kinship_words
from inbound.models import OutsideWrite
from inbound.outside.found_words import label_of
from inbound.tasks import deliver_writes
from inbound.writes import giving_back, references, second_person, settling, writing
from inbound.writes.asking import Said, asked_in_vain, found_done_since, it_says, silent_until, what_it_said
from inbound.writes.limits import MAY_STILL_GO_OUT
from inbound.writes.lists import (
    SHOWN,
    Asked,
    count_writes,
    day_sheets,
    find_writes,
    of_day,
    totals_of,
    words_of,
)
from inbound.writes.states import Verb, WriteRefused, can, how_it_goes_out, why_not
from inbound.writes.tables import DayTable, WriteTable, state_badge
from screens.spreadsheets import workbook_response
from service_level.days import read_day
from systems.registry import cells, choices


@require_GET
@customers_only
@part_is_noted
def write_list(request: HttpRequest) -> HttpResponse:
    """Writes by what is to be done about them; an agent sees her own."""
    user, asked = signed_in_user(request), _asked_for(request)
    counts = count_writes(asked=asked, user=user)
    kept = {"system": asked.system} if asked.system else {}
    context = {
        "asked": asked,
        "table": WriteTable(find_writes(asked=asked, user=user), masked=user.reads_masked).shown_to(request),
        "tabs": [
            {
                "href": "?" + urlencode({"show": show, **kept}),
                "words": words,
                "current": show == asked.show,
                "count": counts[show],
            }
            for show, (words, _states) in SHOWN.items()
        ],
        "systems": choices(),
        "may_steer": user.steers_campaigns,
        "sees_the_centre": user.sees_the_centre,
    }
    return render(request, "inbound/writes/write_list.html", context)


@centre_only
@require_GET
@part_is_noted
def write_day(request: HttpRequest) -> HttpResponse:
    """Money and SIMs of one day, with what they come to by system."""
    user = signed_in_user(request)
    day, system = _day_of(request), _system_of(request)
    writes = of_day(day=day, user=user, system=system)
    today = timezone.localdate()
    context = {
        "day": day,
        "system": system,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "table": DayTable(writes, masked=user.reads_masked).shown_to(request),
        "totals": totals_of(writes),
        "systems": choices(),
        "query": request.GET.urlencode(),
        "trail": [(reverse("inbound:write_list"), _("Operaciones")), ("", _("Conciliar el día"))],
    }
    return render(request, "inbound/writes/write_day.html", context)


@centre_only
@require_POST
def write_day_export(request: HttpRequest) -> HttpResponseBase:
    """The day as a workbook; it is written in the book of exports."""
    user, now, day = signed_in_user(request), timezone.now(), _day_of(request)
    writes = of_day(day=day, user=user, system=_system_of(request))
    subject = _("Operaciones del %(day)s") % {"day": f"{day:%d/%m/%Y}"}
    record_export(user=user, subject=subject, rows=writes.count(), now=now)
    name = _("operaciones %(day)s") % {"day": f"{day:%Y-%m-%d}"}
    return workbook_response(name, day_sheets(writes, masked=user.reads_masked), today=timezone.localdate(now))


@require_GET
@customers_only
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """One write: what was asked, for whom, its history, and what may be done about it."""
    found = _write_of(request, pk)
    _note_look(request, found)
    return _show(request, found)


@roles_only(Role.AUDITOR)
@require_POST
def write_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an auditor who says why what is masked; the reason is logged."""
    found = _write_of(request, pk)
    subject = _("Datos de la operación %(pk)d") % {"pk": pk}
    if not is_revealed(request, subject=subject, now=timezone.now()):
        return redirect("inbound:write", pk=pk)
    return _show(request, found, revealed=True)


@steering_only
@require_POST
def write_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """An uncertain one was found done, or not done. Its system is asked first: what it says stands in the history."""
    found, sent = _write_of(request, pk), request.POST
    outcome, told = sent.get("outcome", ""), {name: sent.get(name, "") for name in ("reference", "reason")}
    try:
        said = settling.settle(write=found, outcome=outcome, by=signed_in_user(request), now=timezone.now(), **told)
    except WriteRefused as refusal:
        messages.error(request, _in_words(refusal, request))
        _note_look(request, found)
        return _show(request, _write_of(request, pk), told={"outcome": outcome, **told})  # its system was asked
    words, is_otherwise = what_it_said(said, write=found), said == Said.DONE and outcome == settling.NOT_DONE
    how = _("Quedó como hecha.") if said == Said.DONE else _("Quedó resuelta como usted dijo.")
    words = f"{how} {words}"
    messages.add_message(request, messages.WARNING if is_otherwise else messages.SUCCESS, words)
    return redirect("inbound:write", pk=pk)


@steering_only
@require_POST
def write_question(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person wrote down as done is in doubt."""
    reason = request.POST.get("reason", "")
    return _change(request, pk, _("Está en duda: resuélvala cuando lo haya visto."), references.question, reason=reason)


@require_POST
@customers_only
def write_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """It was done on the old screen."""
    reference = request.POST.get("reference", "")
    return _change(request, pk, _("Anotada como hecha."), writing.write_by_hand, reference=reference)


@require_POST
@customers_only
def write_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not going to be done."""
    reason = request.POST.get("reason", "")
    return _change(request, pk, _("Anotada como no hecha."), writing.give_up, reason=reason)


@steering_only
@require_POST
def write_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person lets it go out."""
    return _goes_out(request, pk, _("Aprobada."), second_person.approve)


@steering_only
@require_POST
def write_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person does not."""
    reason = request.POST.get("reason", "")
    return _change(request, pk, _("No se aprobó: no se hace."), second_person.decline, reason=reason)


@steering_only
@require_POST
def write_give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What was not done no longer counts in the day of whoever asked for it."""
    reason = request.POST.get("reason", "")
    return _change(request, pk, _("Devuelta: ya no cuenta en su día."), giving_back.give_back, reason=reason)


@steering_only
@require_POST
def write_try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a parked one again."""
    return _goes_out(request, pk, _("Ya no está detenida."), writing.try_again)


@steering_only
@require_POST
def writes_try_again(request: HttpRequest) -> HttpResponse:
    """Send all parked ones again, but those of money and SIMs, which are looked at one by one."""
    count = writing.try_parked_again(by=signed_in_user(request), now=timezone.now())
    deliver_writes.delay_on_commit()
    said = ngettext("%(n)s operación se enviará de nuevo.", "%(n)s operaciones se enviarán de nuevo.", count)
    messages.success(request, said % {"n": count})
    return redirect("inbound:write_list")


def _goes_out(request: HttpRequest, pk: int, said: str, verb: Callable[..., Any]) -> HttpResponse:
    """Let it go out, and say how: not every system is connected."""
    how = how_it_goes_out(_write_of(request, pk).system)
    answer = _change(request, pk, f"{said} {how}", verb)
    deliver_writes.delay_on_commit()
    return answer


def _change(request: HttpRequest, pk: int, said: str, verb: Callable[..., Any], **more: str) -> HttpResponse:
    """Do one thing to a write, say how it ended, and go back to where the person was."""
    found = _write_of(request, pk)
    try:
        verb(write=found, by=signed_in_user(request), now=timezone.now(), **more)
    except WriteRefused as refusal:
        messages.error(request, _in_words(refusal, request))
    else:
        messages.success(request, said)
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("inbound:write", pk=pk)


def _in_words(refusal: WriteRefused, request: HttpRequest) -> str:
    """Its sentence, with a link to the other operation it is about where she may open that."""
    other = refusal.write if isinstance(refusal, references.OfAnother) else None
    if other is None or not OutsideWrite.objects.visible_to(signed_in_user(request)).filter(pk=other.pk).exists():
        return str(refusal)
    link, words = reverse("inbound:write", args=[other.pk]), _("Ver la otra operación")
    return format_html('{} <a href="{}">{}</a>', refusal, link, words)


def _note_look(request: HttpRequest, found: OutsideWrite) -> None:
    """Somebody else's operation is a customer she looks at."""
    user, asked = signed_in_user(request), found.to_whom or f"operación {found.pk}"
    if found.owed_by_id != user.pk or user.reads_masked:
        note_search(user=user, where=Search.Where.CARD, asked=asked, now=timezone.now())


def _show(
    request: HttpRequest, found: OutsideWrite, *, revealed: bool = False, told: Mapping[str, str] | None = None
) -> HttpResponse:
    """`told`: what she said of a doubt and was refused; it stays in its fields."""
    user = signed_in_user(request)
    masked = user.reads_masked and not revealed
    is_doubted = found.state == OutsideWrite.State.UNCERTAIN
    may_go_out = found.is_accountable and found.state in MAY_STILL_GO_OUT
    first = found_done_since(found) if may_go_out else None
    context = {
        "write": found,
        "told": told,
        "it_says": it_says(found) if is_doubted else "",
        "first": first,
        "asked_in_vain": asked_in_vain(first) if first else "",
        "silent_until": silent_until(found, now=timezone.now()) if is_doubted else None,
        "words": words_of(found.action),
        "badge": state_badge(found),
        "masked": masked,
        "kinship": kinship_words(found.requester_kinship),
        "payload": [(label_of(name), value) for name, value in found.payload.items()],
        "changes": found.changes.select_related("by").order_by("pk"),
        "may": {verb.value: can(verb, write=found, by=user) for verb in Verb},
        "why_not": {verb.value: why_not(verb, write=found, by=user) for verb in Verb},
        "given_back": giving_back.given_back(found),
        "why_not_given_back": giving_back.why_not_given_back(write=found, by=user),
        "why_not_by_hand": writing.why_not_by_hand(write=found, by=user, now=timezone.now()),
        "may_question": not references.why_not_questioned(write=found, by=user),
        "counts": giving_back.counts_though_not_done(found),
        "steers": user.steers_campaigns,
        "trail": [(reverse("inbound:write_list"), _("Operaciones")), ("", words_of(found.action))],
    }
    return render(request, "inbound/writes/write.html", context, status=422 if told else 200)


def _write_of(request: HttpRequest, pk: int) -> OutsideWrite:
    writes = OutsideWrite.objects.visible_to(signed_in_user(request))
    return get_object_or_404(writes.select_related("owed_by", "settled_by", "walk__line"), pk=pk)


def _asked_for(request: HttpRequest) -> Asked:
    show = request.GET.get("show", "")
    return Asked(show=show if show in SHOWN else "person", system=_system_of(request))


def _system_of(request: HttpRequest) -> str:
    system = request.GET.get("system", "")
    return system if system in cells() else ""


def _day_of(request: HttpRequest) -> date:
    """The day of the address; today when there is none or it is no day."""
    return read_day(request.GET.get("day")) or timezone.localdate()
