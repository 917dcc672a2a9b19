"""Doors of the outbox: what the centre mailed or still owes, and trying again what was parked."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from agents.disclosure import record_export
from agents.searched_lists import look_is_noted, part_is_noted
from notices import mailing
from notices.models import ABOUT_A_CUSTOMER, Notice
from notices.tables import BADGES, NoticeTable
from screens.templatetags.screens import masked_text


@centre_only
@require_GET
@part_is_noted
def outbox(request: HttpRequest) -> HttpResponse:
    """Notices, the newest first, by state."""
    user = signed_in_user(request)
    notices = Notice.objects.visible_to(user)
    counts = dict(notices.values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    if state in Notice.State.values:
        notices = notices.filter(state=state)
    tabs = [{"href": "?", "words": _("Todos"), "current": not state, "count": sum(counts.values())}]
    tabs += [
        {"href": f"?state={value}", "words": word, "current": state == value, "count": counts.get(value, 0)}
        for value, (_look, word) in BADGES.items()
    ]
    context = {
        "table": NoticeTable(notices, hides=_hides(request)).shown_to(request),
        "tabs": tabs,
        "any": bool(counts),
        "parked": counts.get(Notice.State.PARKED, 0),
        "may_steer": user.steers_campaigns,
    }
    return render(request, "notices/outbox.html", context)


@centre_only
@require_GET
@look_is_noted("aviso")
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its text, its files, and what became of it."""
    found = _notice_of(request, pk)
    masked = found.kind in _hides(request)
    subject = masked_text(found.subject) if masked else found.subject
    context = {
        "notice": found,
        "subject": subject,
        "body": masked_text(found.body) if masked else found.body,
        "masked": masked,
        "files": found.attachments.order_by("pk"),
        "may_retry": signed_in_user(request).steers_campaigns and found.state == Notice.State.PARKED,
        "trail": [(reverse("notices:outbox"), _("Correo")), ("", subject)],
    }
    return render(request, "notices/notice.html", context)


@centre_only
@require_POST
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of a notice. It may hold customers, so it is written in the book of exports."""
    found = get_object_or_404(_notice_of(request, pk).attachments, pk=file)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("El archivo ya no está guardado.")) from error
    user = signed_in_user(request)
    subject = _("Archivo del correo %(pk)d: %(name)s") % {"pk": pk, "name": found.name}
    record_export(user=user, subject=subject, rows=1, now=timezone.now())
    return FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)


@steering_only
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a parked notice be tried again."""
    found = _notice_of(request, pk)
    try:
        mailing.retry(notice=found, now=timezone.now())
    except mailing.NoticeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("El aviso se enviará en unos segundos."))
    return redirect("notices:notice", pk=found.pk)


@steering_only
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Let every parked notice be tried again."""
    count = mailing.retry_parked(now=timezone.now())
    said = ngettext("%(n)s aviso se enviará de nuevo.", "%(n)s avisos se enviarán de nuevo.", count)
    messages.success(request, said % {"n": count})
    return redirect("notices:outbox")


def _hides(request: HttpRequest) -> tuple[str, ...]:
    """Kinds whose numbers this person does not see: an auditor has nobody to call. The card's page reveals them."""
    return () if signed_in_user(request).steers_campaigns else ABOUT_A_CUSTOMER


def _notice_of(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(signed_in_user(request)), pk=pk)
