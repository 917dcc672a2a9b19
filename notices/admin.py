"""Django admin for who is told of what, and the outbox to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notices import mailing
from notices.models import TO_ONE_PERSON, Attachment, Notice, Recipient


@admin.register(Recipient)
class RecipientAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Without anybody named for a kind of notice, every active supervisor with an address is told."""

    list_display = ("kind", "name", "email", "is_active")
    list_display_links = ("name",)
    list_editable = ("is_active",)
    list_filter = ("kind", "is_active")
    search_fields = ("name", "email")
    ordering = ("kind", "name")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        """A letter goes to whom it names: nobody is told of it besides."""
        more["choices"] = [choice for choice in db_field.get_choices() if choice[0] not in TO_ONE_PERSON]
        return super().formfield_for_choice_field(db_field, request, **more)

    fieldsets = (
        (
            None,
            {
                "fields": ("kind", "name", "email", "is_active"),
                "description": _(
                    "Si nadie está nombrado para un aviso, lo reciben todas las personas activas con rol de "
                    "supervisión que tengan correo. Si hay alguien nombrado, lo recibe solo quien esté nombrado."
                ),
            },
        ),
    )


class AttachmentInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Attachment
    fields = ("name", "content_type")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was mailed or is still owed. Nothing is written or deleted here; a parked notice can be tried again."""

    list_display = ("subject", "kind", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("subject", "to", "key")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    actions = ("try_again",)
    inlines = (AttachmentInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Reintentar"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        retried = 0
        for notice in queryset:
            try:
                mailing.retry(notice=notice, now=timezone.now())
                retried += 1
            except mailing.NoticeRefused as refusal:
                self.message_user(request, f"{notice.subject}: {refusal}", messages.WARNING)
        said = ngettext("%(n)s aviso se enviará de nuevo.", "%(n)s avisos se enviarán de nuevo.", retried)
        self.message_user(request, said % {"n": retried}, messages.SUCCESS if retried else messages.WARNING)
