"""Every path of every line of the paper, all systems connected to the sandbox, taking what the machine proposes.

What a path needs is found among the seeded customers. Where the procedure leaves the word to the agent although the
machine proposes something else, the path goes against the proposal; those decisions are listed here, and no other.
"""

from __future__ import annotations

import pytest

from escalations.models import Escalation
from inbound.fields import Field
from inbound.flows.choosing import offered
from inbound.flows.conditions import proposed_branch, value_at
from inbound.flows.publishing import publish_files
from inbound.models import Footstep, OutsideWrite, ServiceLine, Walk
from inbound.walks.asked import fields_of
from inbound.writes.delivering import deliver_due
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of, text_of
from tests.inbound.lines_on_file import write_what_is_read_out
from tests.inbound.of_the_procedure import LINES as OF_THE_PAPER
from tests.inbound.walks.test_every_line import PATHS, answers_itself, place_of, typed
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db
Way = tuple[tuple[str, str], ...]
Decision = tuple[str, str, str]  # line, step, branch
# What no customer of the sandbox comes to: a damage suspended without its product, a cause nobody knows, a line that
# Btel2 has and Boliviatel has not, a line that is not of the contract or has no card (test_who_asks.py).
NOBODY_HAS = {
    ("state", "suspended"),
    ("annulled_for", "other"),
    ("is_known", "unknown"),
    ("balance_found", "not_found"),
    ("is_known", "not_asked"),
    ("code_known", "not_known"),
    ("account_found", "not_found"),
    ("line_of_contract", "checked_by_hand"),
    ("line_of_contract", "not_theirs"),
    *(("found", "no_number"), ("registered", "address_only"), ("place_found", "found_by_code")),
    *(("registered", "too_many"), ("is_known", "seen_unknown"), ("is_known", "without_number")),
    *(("registered", "seen_not_registered"), ("found", "seen_not_found"), ("order_state", "seen_no_order")),
    *(("exists", "seen_none"), ("order_state", "no_date"), ("may_hear", "not_asked"), ("may_be_told", "not_asked")),
}
FROM_SEVERAL = ("order_state", "another")  # of several orders she means none
SOWN_FOR = [  # a line beyond the paper has nobody in the sandbox; what is not done is walked in test_outcomes.py
    (line, way)
    for line, way in PATHS
    if line in OF_THE_PAPER
    and all(branch == "done" for name, branch in way if flow_of(line).steps[name].waits)
    and not NOBODY_HAS & set(way)
]
IDS = [f"{line}-{way[-1][0]}-{number}" for number, (line, way) in enumerate(SOWN_FOR)]

NIGHT = "2026-11-25 22:30"
WEDNESDAY, SATURDAY = "2026-11-25 10:00", "2026-11-28 10:00"  # the day the sandbox is sown for, and one after it
# Of whom there is one service, and one damage or order: nobody is asked which one she means.
ONE = (
    "SELECT contract FROM sandbox_{table} WHERE contract IN"
    " (SELECT contract FROM sandbox_{of} GROUP BY 1 HAVING count(*) = 1)"
)
DAMAGE = (
    f"{ONE.format(table='damage', of='product')} AND contract IN (SELECT contract FROM sandbox_product WHERE"
    " state = 'active') AND contract IN (SELECT contract FROM sandbox_damage GROUP BY 1 HAVING count(*) = 1) AND"
)
ORDER = f"{ONE.format(table='workorder', of='workorder')} AND"
AGE = "date '2026-11-25' - sold_on"
ANYBODY = "SELECT contract FROM sandbox_invoice JOIN sandbox_certificate USING (contract) WHERE paid_on IS NULL"
OWES_NOTHING = "SELECT contract FROM sandbox_invoice GROUP BY contract HAVING every(paid_on IS NOT NULL)"
# Whom a path is about: the customers for whom the last of its decisions that stands here is proposed.
CUSTOMERS: dict[Decision, str] = {
    ("101", "exists", "suspended"): f"{ONE.format(table='product', of='product')} AND state = 'suspended'",
    ("101", "exists", "another_fault"): f"{DAMAGE} state = 'assigned'",
    ("101", "exists", "none"): f"{DAMAGE} state IN ('closed', 'annulled')",
    ("101", "state", "open"): f"{DAMAGE} state IN ('in_execution', 'assigned')",
    ("101", "works", "works"): f"{DAMAGE} state = 'attended' AND has_service",
    ("101", "works", "without_service"): f"{DAMAGE} state = 'executed' AND NOT has_service",
    ("101", "works", "other"): f"{DAMAGE} state = 'attended' AND has_service",
    ("101", "state", "other"): f"{DAMAGE} state = 'diferido'",
    ("103", "inside_term", "inside"): f"{ORDER} state = 'registered' AND {AGE} <= 5",
    ("103", "inside_term", "overdue"): f"{ORDER} state = 'registered' AND {AGE} > 12",
    ("103", "inside_term", "overdue_told"): f"{ORDER} state = 'registered' AND {AGE} > 12",
    ("103", "order_state", "assigned"): f"{ORDER} state IN ('assigned', 'in_execution')",
    ("103", "order_state", "no_order"): (
        "SELECT contract FROM sandbox_customer WHERE contract NOT IN (SELECT contract FROM sandbox_workorder)"
    ),
    ("102", "topic", "nothing_owed"): OWES_NOTHING,
    ("4522222", "account_found", "nothing_owed"): OWES_NOTHING,
    ("4639999", "account_found", "nothing_owed"): OWES_NOTHING,
    ("102", "topic", "paid"): "SELECT contract FROM sandbox_invoice WHERE paid_on IS NOT NULL",
    ("102", "topic", "certificates"): "SELECT contract FROM sandbox_certificate WHERE paid < amount",
    ("102", "topic", "certificates_paid"): (
        "SELECT contract FROM sandbox_certificate GROUP BY contract HAVING every(paid = amount)"
    ),
    ("102", "topic", "no_certificates"): (
        "SELECT contract FROM sandbox_customer WHERE contract NOT IN (SELECT contract FROM sandbox_certificate)"
    ),
    ("103", "order_state", "another"): ONE.format(table="workorder", of="workorder").replace("= 1", "> 1"),
    ("103", "works", "works"): f"{ORDER} state = 'closed' AND has_service",
    ("103", "works", "without_service"): f"{ORDER} state IN ('executed', 'attended') AND NOT has_service",
    ("103", "works", "closed_without_service"): f"{ORDER} state = 'closed' AND has_service",
    ("103", "works", "other"): f"{ORDER} state = 'closed' AND has_service",
    ("103", "order_state", "closed_without_service"): f"{ORDER} state = 'closed' AND NOT has_service",
    ("103", "order_state", "other"): f"{ORDER} state = 'paralizada'",
    **{
        ("103", "annulled_for", branch): f"{ORDER} state = 'annulled' AND annulled_for = '{cause}'"
        for branch, cause in {
            "technical_data": "technical_data", "subscriber_absent": "subscriber_absent",
            "wrong_address": "wrong_address", "at_request": "at_request",
        }.items()
    },
    ("4639999", "topic", "fault"): "SELECT contract FROM sandbox_product WHERE service = 'PUBLIC'",
    ("800130001", "topic", "mio"): (
        "SELECT contract FROM sandbox_product JOIN sandbox_mioline ON number = service_number"
        " WHERE service = 'MIO' AND sandbox_product.state = 'active' AND sandbox_mioline.state = 'active'"
    ),
}  # fmt: skip
NOBODY = "4999998"
NOBODYS = "9999999"  # a contract
# What is typed so that the next decision is proposed: the branch it is to be (None: any other) and the first row found.
TYPED: dict[tuple[str, str], dict[str | None, str]] = {
    ("104", "sought"): {
        "registered": "SELECT name FROM sandbox_directoryentry WHERE name NOT IN"
        " (SELECT name FROM sandbox_directoryentry WHERE is_reserved) ORDER BY number",
        # only in reserve: answered as if there were nothing
        "not_registered": "SELECT name FROM sandbox_directoryentry GROUP BY name HAVING every(is_reserved) ORDER BY 1",
    },
    ("104", "address"): {None: "SELECT ''"},
    ("4200224", "words"): {
        "registered": "SELECT name FROM sandbox_commercialentry ORDER BY number",
        "not_registered": "SELECT 'Nadie Vende Esto'",
    },
    ("4251000", "words"): {
        "not_found": "SELECT 'Nadie Trabaja Aquí'",
        None: "SELECT name FROM sandbox_employee ORDER BY extension",
    },
    ("109", "number"): {
        "shown": "SELECT number FROM sandbox_fijacomline ORDER BY number",
        None: f"SELECT '{NOBODY}'",
    },
    ("800131313", "number"): {
        "credit": "SELECT number FROM sandbox_longdistancecustomer WHERE error_62 ORDER BY number",
        "credit_of": "SELECT ''",
        "other": f"SELECT '{NOBODY}'",
        None: "SELECT number FROM sandbox_longdistancecustomer WHERE NOT error_62 ORDER BY number",
    },
    ("800131313", "balance_number"): {
        None: "SELECT number FROM sandbox_longdistancecustomer WHERE NOT error_62 ORDER BY 1"
    },
    ("800131313", "identity_card"): {"credit_of": "SELECT '9999998'", None: "SELECT ''"},
    ("800131313", "name"): {None: "SELECT ''"},
    ("800131313", "destination"): {"mobile": "SELECT 'mobile'", None: "SELECT 'fixed'"},
    ("800131313", "reach"): {"country": "SELECT 'abroad'", None: "SELECT 'national'"},
    ("800130001", "contract"): {None: "SELECT %s"},
    ("800130001", "number"): {
        "blocked": "SELECT number FROM sandbox_mioline WHERE state = 'blocked' ORDER BY number",
        "other": "SELECT '70999999'",
        "not_in_mio": "SELECT '70999999'",
        None: "SELECT service_number FROM sandbox_product WHERE contract = %s AND service = 'MIO' AND state = 'active'",
    },
    ("4639999", "service_number"): {
        None: "SELECT service_number FROM sandbox_product WHERE contract = %s AND service = 'PUBLIC'"
    },
    ("101", "service_number"): {None: "SELECT service_number FROM sandbox_product WHERE contract = %s ORDER BY id"},
}
# The agent's word against the machine's: she sees or is told what no system says.
AGAINST = {
    ("101", "exists", "other"),
    ("101", "exists", "another_fault"),
    ("103", "inside_term", "overdue_told"),
    ("104", "registered", "not_asked"),
    ("4200224", "registered", "not_asked"),
    ("4251000", "found", "again"),
    ("4251000", "found", "not_asked"),
    ("4522222", "has_plan", "again"),
    ("4522222", "has_plan", "nothing"),
    ("102", "invoice_paid", "not_seen"),
    ("800130001", "has_seller", "known"),
    ("800130001", "line_of_contract", "correct"),
    ("800131313", "place_found", "again"),
    ("800131313", "may_be_told", "own_line"),
}


class Connected:
    """A call on connected systems, about somebody for whom a path is what the machine proposes."""

    def __init__(self, caller: Caller, line: str, way: Way, sandbox: RunningSandbox) -> None:
        self.caller, self.line, self.way, self.sandbox = caller, line, way, sandbox
        queries = [CUSTOMERS[found] for step, branch in way if (found := (line, step, branch)) in CUSTOMERS]
        sql = f"SELECT contract, name FROM sandbox_customer WHERE contract IN ({(queries or [ANYBODY])[-1]})"
        self.contract, self.name = sandbox.rows(f"{sql} ORDER BY contract LIMIT 1")[0]
        self.went_against: set[Decision] = set()

    def walk(self) -> None:
        """Answer step by step to the end."""
        for place, (name, branch) in enumerate(self.way):
            here = self.caller.here
            if here.step.name != name:  # a reading of the house has answered itself
                assert answers_itself(here.flow.steps[name]), f"at {here.step.name}, not at {name}"
                continue
            if here.step.kind == "choose":
                means_none = FROM_SEVERAL in self.way or self.coming(place) in ("not_found", "not_paid")
                self.caller.answer("none" if means_none and here.step.none else "0")
                continue
            if here.step.kind == "look_up":
                self.caller.look()
                if self.caller.step == name:  # nothing found: that is seen, and she goes on
                    assert self.caller.here.footstep.trouble == "No se encontró nada con ese dato."
                    self.caller.by_hand()
                continue
            if here.step.kind == "decide" and here.footstep.proposed != branch:
                chosen = next(way for way in here.step.ways if way.name == branch)
                assert not chosen.when, f"{name}: {branch} is not proposed"
                if here.footstep.proposed:
                    self.went_against.add((self.line, name, branch))
            asked = fields_of(here.step, walk=here.walk, known=here.known)
            sent = {key: text for field in asked for key, text in self.said(field, place).items()}
            self.caller.answer("" if here.step.waits else branch, confirmed=True, **sent)
            if here.step.waits:
                self.caller.outcome()

    def said(self, field: Field, place: int) -> dict[str, str]:
        if field.type == "customer":
            said = NOBODYS if self.coming(place) == "correct_contract" else self.contract
            return {field.name: said, f"{field.name}_name": self.name}
        if field.type == "holder":
            told = {("may_be_told", "holder"), ("may_hear", "holder")} & set(self.way)
            return {field.name: "owner" if told else "other"}
        if field.name in ("balance_card", "asker_card"):
            shown = self.caller.here.known["line" if field.name == "balance_card" else "mio"]
            return {field.name: shown["identity_card"]}
        if field.name == "place":
            return {field.name: place_of(self.way)}
        if field.among:
            return {field.name: value_at(self.caller.here.known, field.among)[0]}
        coming = self.coming(place)
        queries = TYPED.get((self.line, field.name), {})
        if sql := queries.get(coming, queries.get(None)):
            return {field.name: str(self.sandbox.value(f"{sql} LIMIT 1", *([self.contract] if "%s" in sql else [])))}
        return typed(field, self.caller)

    def coming(self, place: int) -> str | None:
        """The branch that is taken next."""
        steps = flow_of(self.line).steps
        return next((way for step, way in self.way[place:] if steps[step].kind == "decide"), None)


@pytest.mark.parametrize(("line", "way"), SOWN_FOR, ids=IDS)
def test_every_path_is_walked_as_the_systems_propose(line, way, ana, at, settings, sandbox):
    connect(settings, sandbox)
    publish_files(texts={line: text_of(line)}, now=at(WEDNESDAY))
    read_out = {("has_seller", "named"), ("has_plan", "found"), ("guide_found", "found"), ("has_guide", "found")}
    if read_out & set(way):
        write_what_is_read_out()
    now = at(SATURDAY if ("when", "weekend") in way else NIGHT if ("today", "later") in way else WEDNESDAY)
    call = Connected(Caller(ana, ServiceLine.objects.get(number=line), now), line, way, sandbox)
    call.walk()
    walk, flow = Walk.objects.get(), flow_of(line)
    assert walk.result == flow.steps[way[-1][0]].result
    assert call.went_against == {(line, step, branch) for step, branch in way} & AGAINST
    troubles = Footstep.objects.exclude(trouble="").values_list("trouble", flat=True)
    assert set(troubles) <= {"No se encontró nada con ese dato."}
    assert Escalation.objects.count() == len({step for step, _b in way if flow.steps[step].kind == "hand_over"})
    silent = {step for step, _branch in way if flow.steps[step].kind == "do" and not flow.steps[step].waits}
    assert deliver_due(now=now) == len(silent) + 1
    for write in OutsideWrite.objects.all():
        assert write.state == "done", (write.action, write.last_error)
        (deed,) = sandbox.book(key=write.key)
        assert (f"{deed['system']}.{deed['verb']}", deed["reference"]) == (write.action, write.reference)


@pytest.mark.parametrize(("line", "among", "a_thousand"), [("101", "damages", 10), ("103", "orders", 16)])
def test_few_calls_are_about_a_state_the_flow_has_no_word_for(line, among, a_thousand, sandbox):
    """Of a thousand calls, one of each customer about any of her services or orders; by what the machine proposes. A
    sixteenth of the sandbox's damages and a fourteenth of its orders are in a state that no procedure knows.
    """
    flow = flow_of(line)
    products: dict[str, list[dict[str, object]]] = {}
    for contract, number, state in sandbox.rows("SELECT contract, service_number, state FROM sandbox_product"):
        if state != "retired":
            products.setdefault(contract, []).append({"service_number": number, "state": state})
    table, names = {
        "101": ("damage", ("number", "service_number", "state", "has_service")),
        "103": ("workorder", ("number", "state", "has_service", "annulled_for")),
    }[line]
    rows: dict[str, list[dict[str, object]]] = {}
    for contract, *values in sandbox.rows(f"SELECT contract, {', '.join(names)} FROM sandbox_{table}"):
        rows.setdefault(contract, []).append(dict(zip(names, values, strict=True)))
    customers = int(sandbox.value("SELECT count(*) FROM sandbox_customer"))
    lost = 0.0
    for contract, of_her in rows.items():
        meant = products.get(contract, []) if line == "101" else of_her
        lost += sum(comes_to_no_word(flow, line, among, of_her, one) for one in meant) / max(len(meant), 1)
    assert 0 < 1000 * lost / customers <= a_thousand


def comes_to_no_word(flow, line, among, rows, meant) -> bool:
    """Whether *another state* is proposed on the way of one service, or one order."""
    known = {"customer": {"contract": "1"}, among: rows}
    if line == "101":
        known["product"] = meant
        chosen = offered(flow.steps["which_damage"], known)
        for damage in chosen or [None]:
            known["damage"] = damage
            first = proposed_branch(flow.steps["exists"], known)
            second = proposed_branch(flow.steps["state"], known) if first and first.name == "registered" else None
            if "other" in {branch.name for branch in (first, second) if branch}:
                return True
        return False
    known["order"] = meant
    state = proposed_branch(flow.steps["order_state"], known)
    cause = proposed_branch(flow.steps["annulled_for"], known) if state and state.name == "annulled" else None
    return "other" in {branch.name for branch in (state, cause) if branch}
