"""The reasons of the rules of calling in two or three words, for the column of a list."""

from django.utils.translation import gettext_lazy as _

SHORT = {
    "paid": _("ya pagó"),
    "held_out": _("grupo de control"),
    "final_result": _("resultado final"),
    "not_callable": _("sin teléfono"),
    "no_telephone": _("teléfonos retirados"),
    "exhausted": _("sin más intentos"),
    "campaign_cap": _("sin más intentos"),
    "campaign_not_running": _("campaña detenida"),
    "campaign_not_begun": _("campaña sin empezar"),
    "campaign_over": _("campaña terminada"),
    "do_not_call": _("pidió no ser llamado"),
    "leased": _("abierto por otra persona"),
    "call_back_later": _("llamada acordada"),
    "call_back_of_another": _("acordada con otra persona"),
    "of_another": _("de otra lista"),
    "day_cap": _("tope del día"),
    "too_soon": _("llamado hace poco"),
    "same_part_of_day": _("ya llamado en esta parte del día"),
    "retry_delay": _("en espera"),
}


# These do not end by themselves: beside one of them it is no news that the customer was called a short while ago.
FOR_GOOD = (
    "paid",
    "held_out",
    "final_result",
    "not_callable",
    "no_telephone",
    "exhausted",
    "campaign_cap",
    "do_not_call",
)


def in_short(codes: list[str]) -> str:
    """`["too_soon", "retry_delay"]` → «llamado hace poco, en espera»; `["paid", "too_soon"]` → «ya pagó»."""
    lasting = [code for code in codes if code in FOR_GOOD]
    return ", ".join(dict.fromkeys(str(SHORT.get(code, code)) for code in lasting or codes))
