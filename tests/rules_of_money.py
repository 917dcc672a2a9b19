"""Rules of money and SIM that are looked at twice: not again so soon, typed again, and by another person."""

from __future__ import annotations

from tests.a_rule import Rule

ROWS = "tests/inbound/writes/test_looked_at_twice.py"
RACES = "tests/inbound/writes/test_looked_at_twice_races.py"
CALLS = "tests/inbound/walks/test_looked_at_twice.py"

SUMS = "tests/campaigns/payments/test_unusual_sums.py"

RULES = (
    Rule(
        "slices of a day are not added up",
        "campaigns/payments/unusual.py",
        "in_a_day, batches = in_a_day + number, batches + 1",
        "in_a_day, batches = in_a_day, batches + 1",
        (f"{SUMS}::test_slices_of_one_day_are_added_up",),
    ),
    Rule(
        "the sender of unusual payments admits them",
        "campaigns/intake/deciding.py",
        "if report.held_for == HeldFor.UNUSUAL and report.uploaded_by_id == by.pk:",
        "if False:",
        (f"{SUMS}::test_the_sender_cannot_admit_the_batch",),
    ),
    Rule(
        "a number is topped up again in the next call, a moment later",
        "inbound/writes/writing.py",
        "            check_cool_down(policy=policy, action=action, to_whom=to_whom, now=now)\n",
        "",
        (
            f"{ROWS}::test_what_was_done_for_a_number_is_not_asked_for_again_in_another_call",
            f"{RACES}::test_of_calls_that_ask_at_once_for_a_number_one_tops_it_up",
        ),
    ),
    Rule(
        "an amount that was typed otherwise the second time is moved",
        "inbound/walks/confirming.py",
        "if read_amount(again) != amount:",
        "if read_amount(again) is None:",
        (f"{CALLS}::test_an_amount_that_is_not_typed_again_moves_nothing",),
    ),
    Rule(
        "much money goes out without a second person",
        "inbound/writes/writing.py",
        "until = approved_until(policy, amount, now=now)",
        "until = None",
        (f"{ROWS}::test_much_money_waits_for_another_and_nothing_is_sent",),
    ),
    Rule(
        "what stands in the queue is sent, however it came there",
        "inbound/writes/delivering.py",
        "if error := why_not_sent(write):",
        "if False:",
        (f"{ROWS}::test_much_money_that_stands_in_the_queue_without_anybody_else_is_not_sent",),
    ),
    Rule(
        "whoever asked is her own second person",
        "inbound/writes/states.py",
        "ANOTHER = frozenset({Actor.ANOTHER})",
        "ANOTHER = frozenset({Actor.ANOTHER, Actor.SUPERVISION})",
        (
            f"{ROWS}::test_who_asked_is_no_second_person_and_an_agent_never_is",
            f"{ROWS}::test_who_asked_does_not_settle_her_own_doubt_in_whatever_role",
        ),
    ),
    Rule(
        "what nobody approved waits for ever",
        "inbound/writes/delivering.py",
        "    expire_unapproved(now=now)\n",
        "",
        (f"{ROWS}::test_what_nobody_approved_in_time_is_not_done",),
    ),
    Rule(
        "what nobody approved in time is approved all the same",
        "inbound/writes/second_person.py",
        "if locked.approve_until is not None and locked.approve_until <= now:",
        "if locked.approve_until is None:",
        (f"{ROWS}::test_what_nobody_approved_in_time_is_not_done",),
    ),
    Rule(
        "a step that can only say done asks for what waits",
        "inbound/walks/consequences.py",
        "if footstep.write.state == OutsideWrite.State.APPROVAL and not step.waits:",
        "if footstep.write.state == OutsideWrite.State.APPROVAL and step.waits:",
        (f"{CALLS}::test_a_step_that_has_only_words_for_done_does_not_ask_for_so_much",),
    ),
    Rule(
        "who hangs up while it waits to be approved is seen by nobody",
        "inbound/walks/let_down.py",
        "State.NOT_DONE, State.APPROVAL)",
        "State.NOT_DONE)",
        (f"{CALLS}::test_who_hangs_up_while_it_waits_has_a_card_that_tells_what_became_of_it",),
    ),
    Rule(
        "not done gives the limit of the day back by itself",
        "inbound/writes/limits.py",
        "that_count(found).aggregate",
        "found.exclude(state__in=NOT_HAPPENING).aggregate",
        (
            f"{ROWS}::test_not_done_gives_nothing_back_by_itself",
            f"{RACES}::test_two_tabs_do_not_share_what_not_done_left_of_a_day",
        ),
    ),
    Rule(
        "whoever asked gives her own limit back",
        "inbound/writes/giving_back.py",
        "if write.owed_by_id == by.pk:",
        "if write.owed_by_id != by.pk:",
        (f"{ROWS}::test_who_gives_back_is_another_and_once",),
    ),
)
