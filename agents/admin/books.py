"""Books that are looked at: data that left its page, who looked for whom, what happened to accounts, sign-ins."""

from __future__ import annotations

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from agents import people
from agents.access import signed_in_user
from agents.accounts import place_of
from agents.models import AccountEvent, Disclosure, Search, StrangeWrite, User
from screens.admin_rights import LeadsToCustomers, ReadOnly


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
class SearchAdmin(LeadsToCustomers, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Who looked for customers, where and when. For whom, who reads the centre sees (`agents/views/books.py`)."""

    list_display = ("at", "user", "where", "what", "is_refused")
    list_filter = ("is_refused", "where", "at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "user", "where", "what", "is_refused")


@admin.register(Disclosure)
class DisclosureAdmin(LeadsToCustomers, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """What left its page, in words without personal data. The reason is whatever was typed."""

    list_display = ("at", "kind", "user", "subject", "rows")
    list_filter = ("kind", "at")
    list_select_related = ("user",)
    search_fields = ("user__username", "subject")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "kind", "user", "subject", "rows")


@admin.register(StrangeWrite)
class StrangeWriteAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """What no process of the application wrote: there should be nothing here that nobody can explain."""

    list_display = ("at", "table_name", "operation", "key", "database_user", "address", "program")
    list_filter = ("at", "operation", "table_name")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "transaction", "table_name", "operation", "key", "database_user", "address", "program")


admin.site.unregister((AccessAttempt, AccessLog, AccessFailureLog))


@admin.register(AccessAttempt)
class AttemptAdmin(AccessAttemptAdmin):  # type: ignore[misc]
    """Deleting one is unlocking. What was sent is not shown: it says where somebody was to go on, which may be the page
    of a customer.
    """

    actions = (delete_selected,)
    fieldsets = ((None, {"fields": ("username", "ip_address", "user_agent", "failures_since_start", "attempt_time")}),)

    def delete_model(self, request: HttpRequest, obj: AccessAttempt) -> None:
        self.delete_queryset(request, AccessAttempt.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> None:
        """Whose name it is hears of it, as when her account is unlocked."""
        names = [*queryset.values_list("username", flat=True)]  # as they are kept: in small letters
        for user in User.objects.alias(kept_as=Lower("username")).filter(kept_as__in=names):
            people.unlock(user=user, by=signed_in_user(request), now=timezone.now(), place=place_of(request))
        queryset.delete()


@admin.register(AccessLog)
class SignInAdmin(ReadOnly, AccessLogAdmin):  # type: ignore[misc]
    """Who signed in when: a book, as the next one."""


@admin.register(AccessFailureLog)
class FailedSignInAdmin(ReadOnly, AccessFailureLogAdmin):  # type: ignore[misc]
    """Who tried in vain."""
