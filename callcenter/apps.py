"""The wiring, as Django knows it; it remembers whether its database is a demo's or production's."""

from axes.apps import AppConfig as AxesAppConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _
from pghistory.apps import PGHistoryConfig


class CallcenterConfig(AppConfig):
    name = "callcenter"
    verbose_name = _("Centro de Llamadas")

    def ready(self) -> None:
        from agents.accounts import account_changed
        from agents.hands import watch_every_table
        from callcenter.account_mail import mail_event
        from callcenter.any_moment import read_any_moment
        from callcenter.database_rights import give_rights_after_migrating
        from callcenter.purpose import refuse_another_purpose, remember_purpose
        from callcenter.references import listen
        from callcenter.slow_statements import watch
        from callcenter.told_roles import hear_nothing_of_it

        listen()
        connection_created.connect(watch, dispatch_uid="callcenter.slow_statements")
        connection_created.connect(hear_nothing_of_it, dispatch_uid="callcenter.told_roles")
        connection_created.connect(read_any_moment, dispatch_uid="callcenter.any_moment")
        account_changed.connect(mail_event, dispatch_uid="callcenter.account_mail")
        pre_migrate.connect(refuse_another_purpose, sender=self, dispatch_uid="callcenter.purpose")
        post_migrate.connect(remember_purpose, sender=self, dispatch_uid="callcenter.purpose")
        post_migrate.connect(watch_every_table, sender=self, dispatch_uid="callcenter.hands")
        post_migrate.connect(give_rights_after_migrating, sender=self, dispatch_uid="callcenter.database_rights")


class AdministrationConfig(AdminConfig):
    """Django's admin in the sections of the centre; yes and no stand there as words, not as green and red marks."""

    default_site = "callcenter.administration.CentreAdmin"

    def ready(self) -> None:
        super().ready()
        from django.contrib.admin.templatetags import admin_list

        from callcenter.administration import yes_or_no

        admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]  # the one place lists and read-only fields ask


class SignInsConfig(AxesAppConfig):
    """The library that counts failed sign-ins, in the words administrators know: it brings no Spanish."""

    verbose_name = _("Ingresos al sistema")

    def ready(self) -> None:
        super().ready()
        for model, (one, many) in SIGN_INS.items():
            name = self.get_model(model)._meta
            name.verbose_name, name.verbose_name_plural = one, many
            for field in name.get_fields():
                if words := SIGN_IN_FIELDS.get(field.name):
                    field.verbose_name = words  # type: ignore[union-attr]


class HistoryConfig(PGHistoryConfig):  # type: ignore[misc]
    """The library that keeps the audit, under the name administrators know; its own words are not translatable."""

    verbose_name = _("Historia de cambios")

    def ready(self) -> None:
        super().ready()
        names = self.get_model("Events")._meta
        names.verbose_name, names.verbose_name_plural = _("cambio"), _("cambios")
        for field in names.get_fields():
            if words := HISTORY_FIELDS.get(field.name):
                field.verbose_name = words  # type: ignore[union-attr]


HISTORY_FIELDS = {
    "pgh_created_at": _("cuándo"),
    "pgh_obj_model": _("de qué"),
    "pgh_obj_id": _("número"),
    "pgh_label": _("qué pasó"),
    "pgh_data": _("cómo quedó"),
    "pgh_diff": _("qué cambió"),
    "pgh_context": _("con qué pedido"),
}
SIGN_INS = {
    "AccessAttempt": (_("intento de ingreso fallido"), _("intentos de ingreso fallidos")),
    "AccessFailureLog": (_("ingreso fallido"), _("ingresos fallidos")),
    "AccessLog": (_("ingreso"), _("ingresos")),
}
SIGN_IN_FIELDS = {
    "username": _("usuario"),
    "ip_address": _("dirección IP"),
    "user_agent": _("navegador"),
    "attempt_time": _("hora"),
    "logout_time": _("hora de salida"),
    "path_info": _("página"),
    "http_accept": _("formatos que acepta"),
    "failures_since_start": _("intentos fallidos"),
    "get_data": _("datos de la dirección"),
    "post_data": _("datos enviados"),
    "locked_out": _("bloqueado"),
    "session_hash": _("huella de la sesión"),
}
