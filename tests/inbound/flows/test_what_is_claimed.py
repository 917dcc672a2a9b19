"""What a flow tells a caller came about is said where it did: whoever edits a draft is told of any other word of it."""

from __future__ import annotations

import pytest

from inbound.flows.claims import claims
from inbound.flows.lint import lint
from inbound.flows.schema import parse_flow
from inbound.outside.actions import actions
from inbound.outside.look_ups import look_ups
from tests.inbound.flows_to_read import LINES, text_of
from tests.inbound.of_the_procedure import KINDS

# Where each is said: a sentence of the flow on file, in whose place the wording stands.
NOT_REGISTERED = "El registro no se hizo. Permítame verificar los datos."
REGISTER_PENDING = "Tomé su reclamo y su registro todavía no está confirmado."
NOT_REITERATED = "No pude reiterar su reclamo."
REITERATION_PENDING = "La reiteración todavía no está confirmada."
UNFORESEEN = "Su caso necesita que lo revise supervisión."
NOT_TOPPED_UP = "La recarga no se hizo ahora. Permítame verificar los datos."
TOP_UP_PENDING = "La recarga todavía no está confirmada."
NOT_RAISED = "El crédito no se incrementó ahora. Permítame verificar los datos."
NOT_AT_THE_NOCC = "No pude dejar su caso en el NOCC."
NOCC_PENDING = "Su caso todavía no está confirmado en el NOCC."
NOT_IN_MIO = "No tengo ese número a la vista."
NOT_SUSPENDED = "No pude suspender esa línea, y por eso no bloqueo su SIM en esta llamada."
NOT_BLOCKED = "pero el bloqueo de su SIM no se hizo."


def wrong_with(line: str, before: str, after: str) -> list[str]:
    text = text_of(line)
    assert before in text
    flow = parse_flow(text.replace(before, after), name=f"{line}.yaml")
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    return [f"{error.step}: {error.what}" for error in found]


REFUSED, UNKNOWN = (f"«{one}» dice «%s», y eso solo se sabe cuando se hizo" for one in ("refused", "unknown"))
NEVER = "dice «%s», y se llega aquí sin haberlo pedido"


@pytest.mark.parametrize(
    ("line", "before", "after", "step", "wrong", "said"),
    [
        ("101", NOT_REITERATED, "Su reclamo quedó reiterado.", "reiterate_for_her", REFUSED, "quedó reiterado"),
        ("101", REITERATION_PENDING, "Su reclamo quedó reiterado.", "reiteration_pending", UNKNOWN, "quedó reiterado"),
        ("101", "Reiteración por confirmar", "Daño reiterado", "reiteration_pending", UNKNOWN, "reiterado"),
        ("101", NOT_REGISTERED, "Listo, generé su daño.", "not_registered", REFUSED, "generé"),
        ("101", NOT_REGISTERED, "Su daño quedó ingresado.", "not_registered", REFUSED, "quedó ingresado"),
        ("101", NOT_REGISTERED, "Su daño ha quedado registrado.", "not_registered", REFUSED, "ha quedado registrado"),
        ("101", NOT_REGISTERED, "Su daño figura registrado.", "not_registered", REFUSED, "figura registrado"),
        ("101", NOT_REGISTERED, "Ya lo tengo registrado.", "not_registered", REFUSED, "Ya lo tengo registrado"),
        ("101", NOT_REGISTERED, "No se preocupe, su daño se registró.", "not_registered", REFUSED, "registró"),
        ("101", NOT_REGISTERED, "No pude verlo, pero quedó registrado.", "not_registered", REFUSED, "quedó registrado"),
        ("101", REGISTER_PENDING, "Su registro está hecho.", "registration_pending", UNKNOWN, "está hecho"),
        ("101", REGISTER_PENDING, "Dejé su reclamo registrado.", "registration_pending", UNKNOWN,
         "Dejé su reclamo registrado"),
        ("101", UNFORESEEN, "Su daño quedó registrado.", "unforeseen", NEVER, "quedó registrado"),
        ("101", UNFORESEEN, "Su daño ya está registrado.", "unforeseen", NEVER, "ya está registrado"),
        ("101", UNFORESEEN, "Listo, generé su daño.", "unforeseen", NEVER, "generé"),
        ("101", "No se hizo y se derivó", "Daño reiterado", "not_done", REFUSED, "reiterado"),
        ("109", NOT_TOPPED_UP, "La recarga ya se hizo.", "not_topped_up", REFUSED, "hizo"),
        ("109", NOT_TOPPED_UP, "Le cargué el monto.", "not_topped_up", REFUSED, "cargué"),
        ("109", TOP_UP_PENDING, "Su saldo está acreditado.", "top_up_to_confirm", UNKNOWN, "está acreditado"),
        ("109", TOP_UP_PENDING, "Su recarga quedó lista.", "top_up_to_confirm", UNKNOWN, "quedó lista"),
        ("800131313", NOT_RAISED, "Su crédito quedó incrementado.", "credit_refused", REFUSED, "quedó incrementado"),
        ("800131313", NOT_RAISED, "Le aumentamos el crédito.", "credit_refused", REFUSED, "aumentamos"),
        ("800131313", NOT_AT_THE_NOCC, "Su caso está comunicado al NOCC.", "nocc_by_mail", REFUSED, "está comunicado"),
        ("800131313", NOCC_PENDING, "Su caso está comunicado al NOCC.", "nocc_to_confirm", UNKNOWN, "está comunicado"),
        ("800131313", NOCC_PENDING, "Comuniqué su caso.", "nocc_to_confirm", UNKNOWN, "Comuniqué"),
        ("800130001", NOT_IN_MIO, "Su SIM quedó bloqueado.", "not_in_mio", NEVER, "quedó bloqueado"),
        ("800130001", NOT_SUSPENDED, "Su línea quedó suspendida.", "not_suspended", REFUSED, "quedó suspendida"),
        ("800130001", NOT_BLOCKED, "y su SIM fue bloqueado.", "not_blocked", REFUSED, "fue bloqueado"),
    ],
)  # fmt: skip
def test_what_did_not_come_about_is_claimed_in_no_words(
    line: str, before: str, after: str, step: str, wrong: str, said: str
) -> None:
    assert f"{step}: {wrong % said}" in wrong_with(line, before, after)


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ("101", NOT_REGISTERED, "Su daño no quedó registrado."),
        ("101", NOT_REGISTERED, "Todavía no sabemos si quedó registrado."),
        ("101", NOT_REGISTERED, "Supervisión lo registra y le llama."),
        ("101", NOT_REGISTERED, "Cuando quede registrado le llamamos."),
        ("101", NOT_REGISTERED, "No tengo registrado su daño."),
        ("101", NOT_REGISTERED, "Voy a registrarlo otra vez."),
        ("101", NOT_REGISTERED, "Se registrará hoy."),
        ("101", NOT_REGISTERED, "¿Quedó registrado su carnet?"),
        ("101", NOT_REGISTERED, "Su línea quedó suspendida."),  # which is no deed of this flow
        ("101", NOT_REITERATED, "Su reclamo figura registrado, y no pude reiterarlo."),  # as the system shows it
        ("101", UNFORESEEN, "Su teléfono está dañado."),
        ("101", UNFORESEEN, "Ya hice la consulta."),
        ("101", "Registro del daño por confirmar", "Daño no registrado todavía"),
        ("109", NOT_TOPPED_UP, "No pude recargar su línea."),
        ("109", TOP_UP_PENDING, "No la pida otra vez hasta que esté hecha."),
        ("800131313", NOT_AT_THE_NOCC, "Su caso quedó derivado a supervisión."),
        ("800130001", NOT_IN_MIO, "No figura bloqueado ni activo."),
        ("800130001", NOT_BLOCKED, "pero no pude bloquear su SIM."),
        ("102", "El registro del reclamo todavía no está confirmado.", "Su factura figura pagada."),
    ],
)
def test_what_is_so_may_be_said(line: str, before: str, after: str) -> None:
    assert wrong_with(line, before, after) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Su reclamo {damage.number} quedó reiterado.", ["quedó reiterado"]),
        ("¿Quedó configurado? Ya está hecho.", ["Ya está hecho"]),
        ("Listo: daño registrado.", ["registrado"]),
        ("No está registrado ni quedó bloqueado.", []),
        ("Su daño quedó ya bien registrado.", ["quedó ya bien registrado"]),
        ("Listo, le llaman.", []),
    ],
)
def test_a_claim_is_a_verb_that_is_over(text: str, said: list[str]) -> None:
    assert [one.said for one in claims(text)] == said
