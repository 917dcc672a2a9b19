"""A call about a stolen line of MIO, connected to another side that shows it as each test says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agents.models import Agent
from escalations.models import Escalation
from inbound.flows.publishing import publish_files
from inbound.models import OutsideWrite, ServiceLine
from inbound.walks.leaving import leave_call
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.writes.mistaken import MISTAKEN, NO_LONGER
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import text_of
from tests.inbound.other_side import OtherSide

LINE = "70712345"
ANOTHER = "70799999"
CONTRACT = "1011018"
ROSA, JUAN = ("Rosa Flores", "1234567 CB", "72222221"), ("Juan Pérez", "7654321 CB", "73333331")
Who = tuple[str, str, str]
HOLDER = {"name": "Titular Uno", "identity_card": "999999 CB"}
CUSTOMER = {
    **HOLDER, "contract": CONTRACT, "segment": "B", "address": "Calle 1", "zone": "Norte", "telephones": ["4251234"],
}  # fmt: skip
REFUSED = (422, {"error": "No se permite."})
DOWN = (503, {"error": "Caído."})


def seen(side: OtherSide, *, number: str = LINE, smartflex: str = "active", mio: str = "active") -> None:
    """What both systems show of the line from now on."""
    product = {"service": "MIO", "service_number": number, "plan": "P", "state": smartflex, "suspended_for": ""}
    line = {
        "number": number,
        "holder": HOLDER["name"],
        "plan": "P",
        "state": mio,
        "balance": "1.00",
        "amounts": ["10.00"],
    }
    side.answers["smartflex/customer"] = {"customer": {**CUSTOMER, "products": [product]}}
    side.answers["mio/line"] = {"line": {**line, "identity_card": HOLDER["identity_card"]}}


class Robbed(Caller):
    """Somebody whose line was stolen; `said`: all she heard."""

    def __init__(self, agent: Agent, now: datetime, who: Who, *, knows_contract: bool = True) -> None:
        publish_files(texts={"800130001": text_of("800130001")}, now=now)
        super().__init__(agent, ServiceLine.objects.get(number="800130001"), now)
        self.who, self.heard = who, list[str]()
        self.answer()
        self.answer(**({"customer": CONTRACT, "customer_name": HOLDER["name"]} if knows_contract else {}))
        if self.step == "find":
            self.look()
        if self.step == "find":  # nothing to be found by
            self.by_hand()
        self.answer("mio")
        self.answer(number=LINE)
        self.look()

    @property
    def said(self) -> str:
        return " ".join([*self.heard, lay_walk(here=self.here, by=self.by).say])

    def to_the_suspension(self) -> Robbed:
        self.answer("theft")
        self.answer(contract=CONTRACT)
        self.look()
        if self.step == "find_line_contract":  # its system did not answer
            raise AssertionError(self.step)
        return self.asks()

    def asks(self) -> Robbed:
        name, card, _telephone = self.who
        if self.step == "which_line":
            self.answer("0")
        self.answer("theirs")
        self.answer(
            requester_name=name, requester_card=card, requester_is="other", requester_kinship="spouse", reason="Robo"
        )
        assert self.step == "suspend"
        return self

    def does(self, side: OtherSide, answer: Any = None) -> None:
        """Have the step done, which its system answers so; `doubt`: it hangs up."""
        step, operation = self.step, str(self.here.step.action).replace(".", "/")
        if answer == "doubt":
            side.hangs_up.add(operation)
        elif answer:
            side.says[operation] = answer
        self.answer(confirmed=True)
        if self.step == step:
            self.outcome()
        side.says.pop(operation, None)
        side.hangs_up.discard(operation)
        self.heard.append(lay_walk(here=self.here, by=self.by).say)

    def back_to(self, step: str) -> None:
        self.back(next(one.position for one in reversed(self.here.path) if one.step == step))

    def goes_back_for(self, number: str = LINE) -> Robbed:
        """Says its number again, or another, which is looked up anew."""
        self.back_to("mio_number")
        self.answer(number=number)
        self.look()
        return self

    def leaves(self) -> None:
        leave_call(
            by=self.by, key=self.walk.key, position=self.here.footstep.position, how="hung_up", reason="", name="",
            telephone="", now=self.now,
        )  # fmt: skip

    def has_another_suspended(self, side: OtherSide, number: str = ANOTHER) -> None:
        """Goes back, has another number suspended and blocked, and stands at the end."""
        seen(side, number=number)
        self.goes_back_for(number).to_the_suspension()
        self.does(side)
        self.does(side)
        self.answer(telephone=self.who[2])
        self.look()
        self.answer("none")
        for _step in range(5):
            if self.step != "sim_blocked":
                self.answer()
        assert self.step == "sim_blocked"

    def ends_by(self, said: str) -> None:
        """Answers each question of the end so, with where she is called where that is asked."""
        fields = lay_walk(here=self.here, by=self.by).fields
        told = {one.name: "corrected" if one.name.startswith("heard_of") else said for one in fields if one.options}
        self.answer(**told, **{one.name: self.who[2] for one in fields if one.name == "telephone"})

    def suspends_another_and_says_the_first_was_a_mistake(self, side: OtherSide) -> Escalation:
        """Returns the card that undoes the suspension."""
        self.has_another_suspended(side)
        self.ends_by(NO_LONGER)
        first = OutsideWrite.objects.filter(walk=self.walk, action="lbc.suspend").earliest("pk")
        return Escalation.objects.get(key=MISTAKEN % first.pk)


class ToppedUp(Robbed):
    """Somebody who wants a top-up of her MIO line."""

    def __init__(self, agent: Agent, now: datetime, who: Who) -> None:
        super().__init__(agent, now, who, knows_contract=False)
        self.asks_for_her_top_up()

    def asks_for_her_top_up(self) -> None:
        name, card, _telephone = self.who
        self.answer("balance")
        self.answer(
            amount="10.00", requester_name=name, requester_card=card, requester_is="other", requester_kinship="spouse"
        )

    def says_it_was_for_another(self, side: OtherSide) -> None:
        """Goes back, has another number topped up, and says at the end that the first was a mistake."""
        seen(side, number=ANOTHER)
        self.goes_back_for(ANOTHER)
        self.asks_for_her_top_up()
        self.does(side)
        self.ends_by(NO_LONGER)


def suspended_and_blocked(ana: Agent, side: OtherSide, now: datetime) -> Robbed:
    """Rosa's call, which had both done."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.does(side)
    rosa.answer(telephone=ROSA[2])
    rosa.leaves()
    return rosa


def clock(now: datetime, *minutes: int) -> None:
    for one in minutes:
        see_to_the_let_down(now=now + timedelta(minutes=one))


def told(card: Escalation) -> str:
    return " | ".join(card.changes.order_by("pk").values_list("note", flat=True))
