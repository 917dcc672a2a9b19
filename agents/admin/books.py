"""Books that are looked at: data that left its page, who looked for whom, what happened to accounts, sign-ins."""

from __future__ import annotations

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.utils.translation import gettext_lazy as _

from agents.models import AccountEvent, Disclosure, Search
from screens.admin_rights import ReadOnly
from screens.templatetags.screens import masked_text


@admin.register(AccountEvent)
class AccountEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    list_display = ("at", "user", "kind", "note", "by", "address", "browser")
    list_filter = ("kind", "at")
    list_select_related = ("user", "by")
    search_fields = ("user__username", "by__username")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "user", "kind", "note", "by", "address", "browser")


@admin.register(Search)
class SearchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Who looked for whom. What was asked is personal data: it stands on the page of one row, not in the list."""

    list_display = ("at", "user", "where", "what", "is_refused")
    list_filter = ("is_refused", "where", "at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "user", "where", "what", "masked", "call", "is_refused")

    @admin.display(description=_("qué preguntó"))
    def masked(self, search: Search) -> str:
        return masked_text(search.asked)


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    list_display = ("at", "kind", "user", "subject", "rows", "reason")
    list_filter = ("kind", "at")
    list_select_related = ("user",)
    search_fields = ("user__username", "subject", "reason")
    date_hierarchy = "at"
    ordering = ("-at",)


admin.site.unregister((AccessAttempt, AccessLog, AccessFailureLog))
admin.site.register(AccessAttempt, AccessAttemptAdmin, actions=[delete_selected])  # deleting one is unlocking


@admin.register(AccessLog)
class SignInAdmin(ReadOnly, AccessLogAdmin):  # type: ignore[misc]
    """Who signed in when: a book, as the next one."""


@admin.register(AccessFailureLog)
class FailedSignInAdmin(ReadOnly, AccessFailureLogAdmin):  # type: ignore[misc]
    """Who tried in vain."""
