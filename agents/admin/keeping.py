"""Whose data are held for a court, and what retention took: who needs to show it to somebody looks here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agents.access import signed_in_user
from agents.keeping import ask_to_lift, leave_in_force, lift_holds, place_hold
from agents.models import LegalHold, RemovalRun, User
from screens.admin_rights import NeverDeleted, ReadOnly
from screens.templatetags.screens import masked_text

ASKED = ("contract", "telephone", "of_everything", "asked_by", "reason")
KEPT = ("asked_by", "since", "placed_by", "lift_asked_at", "lift_asked_by", "lifted_at", "lifted_by", "settled_at")

OF = {
    "months": _("meses"),
    "contacts": _("contactos"),
    "files": _("archivos de reportes"),
    "calls": _("atenciones"),
    "escalations": _("derivaciones"),
    "mails": _("correos"),
    "calls_by_the_switchboard": _("números de llamadas"),
    "searches": _("palabras de búsquedas"),
    "disclosures": _("motivos de consultas"),
    "messages": _("textos de mensajes"),
    "questions": _("notas de turnos"),
}
KINDS = {
    "campaigns": _("campañas"),
    "calls": _("atenciones y derivaciones"),
    "numbers": _("números de llamadas"),
    "books": _("libros de consultas y mensajes"),
}
NEWS = (
    ("settled_at", _("lo que ya venció se quitó")),
    ("lifted_at", _("se levantó")),
    ("lift_asked_at", _("se pidió levantarla")),
)


class WhyLifted(ActionForm):  # type: ignore[misc]
    reason = forms.CharField(label=_("Por qué se levanta (al pedirlo)"), max_length=300, required=False)


@admin.register(LegalHold)
class LegalHoldAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Placed and lifted, never changed: another one is placed instead. Whose it is stays masked from then on."""

    history_is_shown = False  # its copies have it unmasked

    list_display = ("pk", "asked_by", "of_everything", "since", "placed_by", "lift_asked_by", "lifted_at", "lifted_by")
    list_filter = ("of_everything", "lifted_at")
    list_select_related = ("placed_by", "lift_asked_by", "lifted_by")
    search_fields = ("asked_by",)
    ordering = ("-since",)
    action_form = WhyLifted
    actions = ("ask_to_lift", "lift", "leave")

    def get_fieldsets(self, request: HttpRequest, obj: LegalHold | None = None) -> list[Any]:
        said = _(
            "Rige desde que se guarda. Si en ese momento corre la limpieza de la noche, la respeta desde la siguiente."
            " Un teléfono retiene también los contratos que las listas tienen con él; los archivos de reportes, que son"
            " de todos, solo quedan si la retención es de todo."
        )
        return [
            (
                None,
                {"fields": ("whose", *KEPT, "why_lifted", "what_happened")}
                if obj
                else {"fields": ASKED, "description": said},
            )
        ]

    @admin.display(description=_("de quién"))
    def whose(self, hold: LegalHold) -> str:
        if hold.of_everything:
            return str(_("de todo"))
        return " · ".join(masked_text(word) for word in (hold.contract, hold.telephone) if word)

    @admin.display(description=_("por qué se levanta"))
    def why_lifted(self, hold: LegalHold) -> str:
        return masked_text(hold.lift_reason)

    @admin.display(description=_("qué pasó"))
    def what_happened(self, hold: LegalHold) -> SafeString:
        """Who did what with it, also what left no trace in its own row: a request that was withdrawn."""
        kept: Any = hold.events  # type: ignore[attr-defined]  # of the library that keeps them
        copies = list(kept.select_related("pgh_context").order_by("pgh_id"))
        asked = [(one.pgh_context.metadata if one.pgh_context else {}).get("user") for one in copies]
        people: dict[Any, str] = {person.pk: str(person) for person in User.objects.filter(pk__in=filter(None, asked))}
        lines = [
            (
                date_format(timezone.localtime(copy.pgh_created_at), "d/m/Y H:i"),
                what,
                people.get(who, _("el programa")),
            )
            for before, copy, who in zip([None, *copies], copies, asked, strict=False)
            if (what := _what_happened(before, copy))
        ]
        return format_html_join("", "<div>{} · {} · {}</div>", lines)

    def has_change_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:  # noqa: FBT001
        place_hold(obj, by=signed_in_user(request), now=timezone.now())

    @admin.action(
        description=_("Pedir que se levante: dice por qué, y la levanta otra persona"), permissions=["change"]
    )
    def ask_to_lift(self, request: HttpRequest, holds: QuerySet[LegalHold]) -> None:
        reason = request.POST.get("reason", "").strip()[:300]
        if not reason:
            self.message_user(request, _("Escriba por qué se levanta: no cambió nada."), messages.ERROR)
            return
        count = ask_to_lift(holds, by=signed_in_user(request), reason=reason, now=timezone.now())
        if not count:
            self.message_user(request, _("Ya estaban levantadas o pedidas: no cambió nada."), messages.WARNING)
            return
        told = ngettext("Se pidió levantar %(count)d retención.", "Se pidió levantar %(count)d retenciones.", count)
        self.message_user(request, f"{told % {'count': count}} {_('Rige hasta que otra persona la levante.')}")

    @admin.action(description=_("No levantar: retirar lo que se pidió"), permissions=["change"])
    def leave(self, request: HttpRequest, holds: QuerySet[LegalHold]) -> None:
        count = leave_in_force(holds)
        told = ngettext("%(count)d retención sigue.", "%(count)d retenciones siguen.", count) % {"count": count}
        self.message_user(request, told if count else _("Nadie había pedido levantarlas: no cambió nada."))

    @admin.action(
        description=_("Levantar lo que pidió otra persona: lo que ya venció se quita esta noche"),
        permissions=["change"],
    )
    def lift(self, request: HttpRequest, holds: QuerySet[LegalHold]) -> None:
        count = lift_holds(holds, by=signed_in_user(request), now=timezone.now())
        if not count:
            nothing = _("No cambió nada: se levanta lo que otra persona pidió levantar, y todavía rige.")
            self.message_user(request, nothing, messages.WARNING)
            return
        told = ngettext("Se levantó %(count)d retención.", "Se levantaron %(count)d retenciones.", count)
        more = _("Si fue un error, póngala otra vez antes de la noche.")
        self.message_user(request, f"{told % {'count': count}} {more}")


@admin.register(RemovalRun)
class RemovalRunAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """What was taken away, when, and what was older than which moment."""

    list_display = ("at", "what", "holds")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "what", "from_when", "holds")

    @admin.display(description=_("se quitó"))
    def what(self, run: RemovalRun) -> SafeString:
        counted = [(words, _counted(run.taken[name])) for name, words in OF.items() if run.taken.get(name)]
        return format_html_join(", ", "{}: {}", counted)

    @admin.display(description=_("anterior a"))
    def from_when(self, run: RemovalRun) -> SafeString:
        days = [
            (words, date_format(_moment(run.before[of]), "d/m/Y")) for of, words in KINDS.items() if of in run.before
        ]
        return format_html_join(", ", "{}: {}", days)


def _what_happened(before: Any, copy: Any) -> str:
    """Between two copies of a hold; empty where it is none of these."""
    if before is None:
        return str(_("se puso"))
    if before.lift_asked_at and not copy.lift_asked_at:
        return str(_("se retiró el pedido de levantarla: sigue"))
    return next((str(words) for name, words in NEWS if getattr(copy, name) and not getattr(before, name)), "")


def _counted(value: int | list[str]) -> str:
    """How many; of months which, `2024-09` as `09/2024`."""
    if isinstance(value, int):
        return str(value)
    return " ".join("/".join(reversed(month.split("-"))) for month in value)


def _moment(written: str) -> datetime:
    return timezone.localtime(datetime.fromisoformat(written))
