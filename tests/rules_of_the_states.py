"""Rules of agents' states: one at a time, without a gap, at the moment it happened."""

from __future__ import annotations

from tests.a_rule import Rule

STATES = "tests/agents/test_states.py"
SWEEP = "tests/agents/test_state_sweep.py"
PAUSES = "tests/telephony/test_pauses.py"

RULES = (
    Rule(
        "the control room asks for attention before the limit",
        "control_room/alerts.py",
        "lasted <= limit[kind]",
        "lasted >= limit[kind]",
        ("tests/control_room/test_room.py::test_what_lasts_too_long_is_an_alert_and_comes_first",),
    ),
    Rule(
        "what arrives late ends a stretch before it began",
        "agents/states.py",
        "moment = max(happened_at, there.began_at if there else _signed_out_at(agent) or happened_at)",
        "moment = happened_at",
        (f"{STATES}::test_what_happened_before_the_open_stretch_began_makes_one_of_no_length",),
    ),
    Rule(
        "a clock that is ahead begins a stretch in the future",
        "agents/states.py",
        "happened_at = min(happened_at or now, now)",
        "happened_at = happened_at or now",
        (f"{STATES}::test_a_clock_that_is_ahead_begins_nothing_in_the_future",),
    ),
    Rule(
        "late word brings an agent back to a call that is over",
        "agents/states.py",
        "if happened_at >= there.began_at:",
        "if True:",
        (f"{STATES}::test_late_word_of_a_call_that_went_on_changes_nothing",),
    ),
    Rule(
        "the end of one call ends another",
        "agents/states.py",
        "if event in ENDS_A_CALL and there is not None and None not in (call, there.call) and call != there.call:",
        "if False:",
        (f"{STATES}::test_the_end_of_one_call_does_not_end_another",),
    ),
    Rule(
        "who talks to two is let go when one of them is over",
        "telephony/agent_states.py",
        "if event in ENDS_A_CALL and (talks",
        "if not event and (talks",
        ("tests/telephony/test_queue_calls.py::test_who_talks_to_two_is_on_a_call_until_both_are_over",),
    ),
    Rule(
        "who pauses is given contacts",
        "agents/pausing.py",
        "return AgentState.objects.open().filter(agent=agent, state=PAUSED).exists()",
        "return False",
        ("tests/campaigns/calling/test_calling.py::test_a_pause_stops_the_agent_and_nobody_else",),
    ),
    Rule(
        "who is signed out is given calls by the queues",
        "telephony/pauses.py",
        "return Pause(True, SIGNED_OUT)",
        "return Pause(False)",
        (f"{PAUSES}::test_who_takes_calls_is_paused_in_no_queue_and_who_does_not_in_all",),
    ),
    Rule(
        "what the house asked for comes back as if it were done at the telephone",
        "telephony/pauses.py",
        "if self._is_echo(member, told, at=at) or told == before or not is_news:",
        "if told == before or not is_news:",
        (f"{PAUSES}::test_an_echo_that_is_late_undoes_nothing",),
    ),
    Rule(
        "house and switchboard undo each other's pauses without end",
        "telephony/pauses.py",
        "tries.again_from = tries.times[0] + IN_THE_TIME if often else None",
        "tries.again_from = None",
        (f"{PAUSES}::test_whoever_undoes_it_every_time_is_not_fought_without_end",),
    ),
    Rule(
        "a page left open is a sign that somebody is there",
        "campaigns/desk/views/desk.py",
        "@asks_by_itself\n@require_POST\n",
        "@require_POST\n",
        ("tests/agents/test_presence.py::test_what_a_page_asks_for_by_itself_is_no_sign",),
    ),
    Rule(
        "workers that were down lengthen everybody's wrap-up",
        "agents/state_sweep.py",
        "happened_at=due_at, ",
        "",
        (f"{SWEEP}::test_a_late_sweep_changes_at_the_moment_it_was_due",),
    ),
    Rule(
        "seconds of a day do not add up to the shift",
        "agents/day.py",
        "GREATEST(date_trunc('second', {of}.began_at), d.begins)",
        "GREATEST({of}.began_at, d.begins)",
        ("tests/agents/test_day.py::test_fractions_of_seconds_are_lost_once_and_not_in_every_stretch",),
    ),
)
