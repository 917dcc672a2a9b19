"""Every path of every flow, walked to its end; and every numbered step of the procedure has its place."""

from __future__ import annotations

import pytest

from inbound.flows.paths import every_path
from inbound.flows.schema import Flow
from inbound.flows.shapes import OUTCOMES
from tests.inbound.flows_to_read import LINES, flow_of
from tests.inbound.of_the_procedure import LINES as OF_THE_PAPER

# How many ways there are through each flow of the paper, a loop taken at most once: (agent's, supervisor's)
WAYS = {
    "101": (56,),
    "102": (46, 25),
    "103": (42, 1),
    "104": (8,),
    "109": (12,),
    "4200224": (120,),
    "4251000": (14,),
    "4522222": (34,),
    "4639999": (22,),
    "800130001": (98,),
    "800131313": (82,),
}


def results(flow: Flow, start: str = "") -> set[str]:
    return {flow.steps[way[-1][0]].result for way in every_path(flow, start=start)}


@pytest.mark.parametrize("line", LINES)
def test_every_path_comes_to_an_end_with_a_named_result(line: str) -> None:
    flow = flow_of(line)
    counted = []
    for start in flow.starts:
        ways = list(every_path(flow, start=start))
        assert ways, start
        assert len(set(ways)) == len(ways)
        for way in ways:
            last = flow.steps[way[-1][0]]
            assert (last.kind, bool(last.result), bool(last.label)) == ("end", True, True)
        counted.append(len(ways))
    assert tuple(counted) == WAYS.get(line, tuple(counted))
    walked = {name for start in flow.starts for way in every_path(flow, start=start) for name, _branch in way}
    assert walked == set(flow.steps)


def test_the_ways_of_every_line_of_the_paper_are_counted() -> None:
    assert set(WAYS) == set(OF_THE_PAPER)


def refs_by(line: str, *choices: str, start: str = "") -> list[str]:
    """The steps of the procedure one goes by, deciding so, where all that is asked of other systems is done; the result
    comes last.
    """
    flow, left, refs = flow_of(line), list(choices), []
    name = start or flow.start
    while (step := flow.steps[name]).kind != "end":
        refs += [ref for ref in step.refs if ref not in refs]
        name = step.way("done") if step.waits else step.way(left.pop(0)) if step.kind == "decide" else step.next
    assert left == []
    return [*refs, step.ref, step.result]


def numbers(line: str, *choices: str, start: str = "") -> str:
    """The same, short: `1 2 3 …` without the line and without sub-steps, each once."""
    refs = [ref.removeprefix(f"{line}.").split(".")[0] for ref in refs_by(line, *choices, start=start)]
    return " ".join(dict.fromkeys(refs))


@pytest.mark.parametrize(
    ("line", "choices", "goes_by"),
    [
        # 101.6: registered or in execution → 8 → 9; suspended → 10; attended without service → 11 → 12; none → 7
        ("101", ("registered", "open"), "1 2 3 4 5 6 8 9 reiterated"),
        ("101", ("suspended",), "1 2 3 4 5 10 suspension_told"),
        ("101", ("registered", "suspended"), "1 2 3 4 5 6 10 suspension_told"),
        ("101", ("registered", "attended", "works"), "1 2 3 4 5 6 11 12 service_restored"),
        ("101", ("registered", "attended", "without_service"), "1 2 3 4 5 6 11 12 priority_requested"),
        ("101", ("registered", "other"), "1 2 3 4 5 6 12 unforeseen_state"),
        ("101", ("none",), "1 2 3 4 5 7 damage_registered"),
        ("101", ("correct_contract", "none"), "1 2 3 4 5 7 damage_registered"),
        ("101", ("seen_none",), "1 2 3 4 5 7 damage_registered"),
        ("101", ("another_fault",), "1 2 3 4 5 7 damage_registered"),
        # 102.4 has three branches; 8 to 11 are the supervisor's
        ("102", ("amounts",), "1 2 3 4 5 amounts_told"),
        ("102", ("nothing_owed",), "1 2 3 4 5 amounts_told"),
        ("102", ("paid", "paid", "again", "not_paid", "nothing"), "1 2 3 4 5 amounts_told"),
        ("102", ("paid", "not_paid", "says_paid"), "1 2 3 4 5 unforeseen_state"),
        ("102", ("certificates",), "1 2 3 4 5 amounts_told"),
        ("102", ("certificates_paid",), "1 2 3 4 5 amounts_told"),
        ("102", ("no_certificates",), "1 2 3 4 5 amounts_told"),
        ("102", ("paid_without_service",), "1 2 3 4 6 told_to_dial_101"),
        ("102", ("overcharge",), "1 2 3 4 7 claim_handed_over"),
        # 103.4: registered → 5; assigned → 6 → 8 (and not 7); closed without service → 7 → 8; annulled → 9
        ("103", ("registered", "inside"), "1 2 3 4 5 term_told"),
        ("103", ("registered", "overdue"), "1 2 3 4 5 overdue_handed_over"),
        ("103", ("registered", "overdue_told"), "1 2 3 4 5 overdue_told"),
        ("103", ("no_date",), "1 2 3 4 8 unforeseen_state"),
        ("103", ("assigned", "today"), "1 2 3 4 6 8 call_promised"),
        ("103", ("assigned", "later"), "1 2 3 4 6 8 call_promised_later"),
        ("103", ("no_order",), "1 2 3 4 8 no_order"),
        ("103", ("done", "works"), "1 2 3 4 8 installed"),
        ("103", ("done", "without_service"), "1 2 3 4 8 told_to_dial_101"),
        ("103", ("done", "closed_without_service"), "1 2 3 4 7 8 priority_requested"),
        ("103", ("correct_contract", "no_order"), "1 2 3 4 8 no_order"),
        ("103", ("annulled", "at_request", "asked"), "1 2 3 4 9 10 annulled_at_request"),
        ("103", ("closed_without_service",), "1 2 3 4 7 8 priority_requested"),
        ("103", ("annulled", "technical_data"), "1 2 3 4 9 10 11 not_feasible"),
        ("103", ("annulled", "subscriber_absent"), "1 2 3 4 9 10 12 13 reentry_requested"),
        ("103", ("annulled", "wrong_address"), "1 2 3 4 9 10 12 13 reentry_requested"),
        ("103", ("annulled", "other"), "1 2 3 4 9 8 unforeseen_state"),
        ("104", ("registered",), "1 2 3 5 number_told"),
        ("104", ("not_registered",), "1 2 3 4 not_registered"),
        ("109", ("shown",), "1 2 3 4 topped_up"),
        # the guide's loop: 5 → 6 → 2 until nothing else is needed
        ("4200224", ("registered", "nothing"), "1 2 3 5 7 informed"),
        ("4200224", ("not_registered", "nothing"), "1 2 4 5 7 informed"),
        ("4200224", ("registered", "again", "not_registered", "again", "registered", "nothing"),
         "1 2 3 5 6 4 7 informed"),
        ("4200224", ("address_only", "nothing"), "1 2 3 5 7 informed"),
        ("4200224", ("registered", "be_listed", "nothing"), "1 2 3 5 7 listing_requested"),
        ("4200224", ("registered", "be_listed", "again", "registered", "nothing"), "1 2 3 5 6 7 informed"),
        ("4200224", ("not_asked", "again", "registered", "nothing"), "1 2 5 6 3 7 informed"),
        ("4251000", ("found", "passed_on"), "1 2 3 transferred"),
        # 4522222.2 by meaning: billing → 3, 4; no service → 5; decoder → 6; commercial → 7
        ("4522222", ("billing", "found"), "1 2 3 4 billing_told"),
        ("4522222", ("billing", "nothing_owed"), "1 2 3 4 billing_told"),
        ("4522222", ("no_service",), "1 2 5 told_to_dial_101"),
        ("4522222", ("decoder", "found", "configured"), "1 2 6 decoder_configured"),
        ("4522222", ("decoder", "found", "not_configured"), "1 2 6 derived_to_101"),
        ("4522222", ("decoder", "not_found"), "1 2 6 derived_to_101"),
        ("4522222", ("commercial", "found", "again", "found", "nothing"), "1 2 7 commercial_told"),
        ("4522222", ("commercial", "nothing"), "1 2 7 no_plan"),
        ("4522222", ("commercial", "again", "found", "nothing"), "1 2 7 commercial_told"),
        # 800131313.3: Error 62 → 4; balances → 5; technical → 6; codes → 7; all go on to 8
        ("800131313", ("credit",), "1 2 3 4 8 credit_raised"),
        ("800131313", ("credit_of", "credit"), "1 2 3 4 8 credit_raised"),
        ("800131313", ("balance", "known", "holder", "found"), "1 2 3 5 8 balance_told"),
        ("800131313", ("balance", "known", "not_holder"), "1 2 3 5 8 balance_not_told"),
        ("800131313", ("balance", "unknown", "own_line", "found"), "1 2 3 5 8 balance_told"),
        ("800131313", ("balance", "unknown", "other_line"), "1 2 3 5 8 balance_not_told"),
        ("800131313", ("technical",), "1 2 3 6 8 fault_reported"),
        ("800131313", ("codes", "mobile"), "1 2 3 7 8 code_told"),
        ("800131313", ("codes", "city", "found"), "1 2 3 7 8 code_told"),
        ("800131313", ("codes", "country", "found"), "1 2 3 7 8 code_told"),
        ("800131313", ("codes", "country", "found_by_code"), "1 2 3 7 8 code_told"),
        ("800131313", ("codes", "country", "not_found"), "1 2 3 7 8 unforeseen_state"),
        ("800130001", ("mio", "theft", "theirs"), "1 2 3 4 5 sim_blocked"),
        ("800130001", ("mio", "theft", "not_theirs"), "1 2 3 4 line_not_suspended"),
        ("800130001", ("mio", "balance"), "1 2 3 6 7 topped_up"),
        ("800130001", ("mio", "not_in_mio", "correct_number", "balance"), "1 2 3 6 7 topped_up"),
        ("800130001", ("mio", "information", "of_the_line", "holder"), "1 2 3 8 informed"),
        ("800130001", ("mio", "information", "of_the_line", "not_holder"), "1 2 3 8 not_informed"),
        ("800130001", ("mio", "information", "general", "found"), "1 2 3 8 information_given"),
        ("800130001", ("shopper", "interested", "named"), "1 2 9 10 seller_told"),
        ("800130001", ("shopper", "interested", "known"), "1 2 9 10 seller_told"),
        ("800130001", ("shopper", "not_interested"), "1 2 9 11 page_told"),
        ("4639999", ("billing", "found"), "1 2 3 4 5 8 billing_told"),
        ("4639999", ("billing", "nothing_owed"), "1 2 3 4 5 8 billing_told"),
        ("4639999", ("fault", "weekdays"), "1 2 3 6 8 damage_registered"),
        ("4639999", ("fault", "weekend"), "1 2 3 6 7 8 fault_mailed"),
    ],
)  # fmt: skip
def test_a_call_goes_by_the_steps_of_the_procedure(line: str, choices: tuple[str, ...], goes_by: str) -> None:
    assert numbers(line, *choices) == goes_by


@pytest.mark.parametrize(
    ("line", "choices", "goes_by"),
    [
        ("102", ("applies",), "8 9 10 claim_registered"),
        ("102", ("does_not_apply",), "8 9 11 bill_explained"),
        ("103", (), "14 15 reentry_sent"),
    ],
)
def test_the_supervisors_lane_goes_by_hers(line: str, choices: tuple[str, ...], goes_by: str) -> None:
    flow = flow_of(line)
    assert numbers(line, *choices, start=flow.lanes["supervisor"]) == goes_by
    assert {step.lane for step in flow.steps.values() if step.name in walked_from(flow, flow.lanes["supervisor"])} == {
        "supervisor"
    }


def walked_from(flow: Flow, start: str) -> set[str]:
    return {name for way in every_path(flow, start=start) for name, _branch in way}


@pytest.mark.parametrize(
    ("line", "decision"),
    [("101", "exists"), ("101", "state"), ("103", "order_state"), ("103", "annulled_for"), ("109", "customer_shown"),
     ("800130001", "request"), ("102", "topic"), ("4522222", "topic"), ("800131313", "topic"), ("4639999", "topic")],
)  # fmt: skip
def test_another_state_is_written_down_and_handed_over(line: str, decision: str) -> None:
    flow = flow_of(line)
    other = flow.steps[decision].other
    assert other is not None
    step = flow.steps[other.next]
    assert (step.kind, step.escalation) == ("hand_over", "unforeseen_state")
    seen = next(field for field in step.fields if field.name == "seen")
    assert (seen.type, seen.required) == ("text", True)
    assert flow.steps[step.next].result == "unforeseen_state"


@pytest.mark.parametrize(("line", "ref"), [("102", "102.6"), ("4522222", "4522222.5"), ("4522222", "4522222.6.1")])
def test_who_is_told_to_dial_101_may_be_attended_at_once(line: str, ref: str) -> None:
    (told,) = [step for step in flow_of(line).steps.values() if step.ref == ref and step.kind == "say"]
    assert told.continue_as == "101"


def test_a_referral_records_its_procedure() -> None:
    referred = {
        (step.ref, step.procedure, bool(step.fields))
        for line in OF_THE_PAPER
        for step in flow_of(line).steps.values()
        if step.kind == "refer"
    }
    assert referred == {
        ("101.7", "OPE-PAS-P04", False),
        ("102.10", "FIN-FAC-P03", False),
        ("4639999.6.1", "OPE-PAS-P04", False),
        ("800130001.10", "COM-DSC-P15", True),
        ("800130001.10", "COM-DSC-P15", False),  # the number was asked for before, to be said
    }


def test_each_kind_of_escalation_has_its_step_and_its_time() -> None:
    raised = {
        (step.ref, step.escalation, due)
        for line in OF_THE_PAPER
        for step in flow_of(line).steps.values()
        if step.due and step.escalation not in ("unforeseen_state", "write_not_done")
        for due in [
            step.due.hours or (step.due.working_hours, step.due.working_days, step.due.days, step.due.end_of_day)
        ]
    }
    assert raised == {
        ("101.11.1", "priority_repair", "priority.hours"),  # by the segment
        ("102.7", "billing_claim", (0, 1, 0, False)),
        ("103.5", "overdue_installation", (4, 0, 0, False)),
        ("103.6", "callback_promise", (0, 0, 0, True)),  # in the course of the day
        ("103.6", "callback_promise", (3, 0, 0, False)),  # in the morning of the next one
        ("103.7", "priority_order", (4, 0, 0, False)),
        ("103.13", "reentry_ticket", (0, 1, 0, False)),
        ("4200224.5", "guide_listing", (0, 2, 0, False)),
        ("800130001.5", "sim_block", (1, 0, 0, False)),  # one that was blocked before: since when?
        ("800130001.5.1", "sim_block", (0, 0, 5, False)),  # not more than five days
        ("800131313.6", "nocc_follow_up", (8, 0, 0, False)),
        ("800131313.6.1", "nocc_follow_up", (4, 0, 0, False)),  # it may stand there
        ("800131313.6.1", "nocc_fault", (4, 0, 0, False)),  # its own system did not take it: by mail
        ("4639999.7", "public_phone_fault", (4, 0, 0, False)),
    }


def test_what_is_told_of_a_write_is_told_by_its_outcome() -> None:
    """Every write of which the caller is told waits, and each of its outcomes goes a way of its own."""
    waiting = {
        (line, step.name): tuple(step.way(outcome) for outcome in OUTCOMES)
        for line in OF_THE_PAPER
        for step in flow_of(line).steps.values()
        if step.waits
    }
    assert len(waiting) == 10
    assert all(done not in (refused, unknown) for done, refused, unknown in waiting.values())
