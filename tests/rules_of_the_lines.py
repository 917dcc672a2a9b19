"""Rules of the lines and the board: what a caller is told and owed, money of hers, and until when a card is settled."""

from __future__ import annotations

from tests.a_rule import Rule

WALKS = "tests/inbound/walks/test_walking.py"
DELIVERING = "tests/inbound/writes/test_delivering.py"
OUTCOMES = "tests/inbound/walks/test_outcomes.py"
ANEW = "tests/inbound/walks/test_said_anew.py"
WRITING = "tests/inbound/writes/test_writing.py"
WORKING = "tests/escalations/test_working.py"

ON_THE_LINES = (
    Rule(
        "a flow that never ends passes",
        "inbound/flows/lint.py",
        "if name not in ending:",
        "if name not in ending and name not in found:",
        ("tests/inbound/flows/test_flow_lint.py::test_what_cannot_be_walked_is_refused",),
    ),
    Rule(
        "a version that was published can be changed",
        "inbound/admin/flows.py",
        "def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:\n        return False",
        "def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:\n        return True",
        ("tests/inbound/flows/test_flow_admin.py::test_versions_are_looked_at_and_never_changed",),
    ),
    Rule(
        "a release undoes an administrator's version",
        "inbound/flows/publishing.py",
        "if running and not is_ours and not replace:",
        "if running and not is_ours and replace:",
        ("tests/inbound/flows/test_publishing.py::test_a_new_release_does_not_undo_an_administrators_version",),
    ),
    Rule(
        "a call goes on in a version that was published while it lasted",
        "inbound/walks/walking.py",
        "enter(walk, here.trail, footstep.version_id, following, known=known, now=now)",
        "enter(walk, here.trail, running_version(line=walk.line).pk, following, known=known, now=now)",
        (f"{WALKS}::test_a_walk_stays_on_its_version",),
    ),
    Rule(
        "the walk of a call that rings is begun with another number than the switchboard told",
        "inbound/walks/beginning.py",
        "if call is None and key.version != RANDOM:",
        "if call is None and key.version == 0:",
        ("tests/inbound/ringing/test_own_calls.py::test_no_line_begins_it_before_with_a_number_somebody_typed",),
    ),
    Rule(
        "a state that no flow knows is taken for none",
        "inbound/flows/conditions.py",
        "return step.other",
        "return None",
        (
            "tests/inbound/flows/test_conditions.py::test_the_first_branch_that_holds_is_proposed_and_an_unknown_state_is_another",
        ),
    ),
    Rule(
        "a step is answered twice from two tabs",
        "inbound/walks/footsteps.py",
        "if walk.position != position:",
        "if walk.position < position:",
        (f"{WALKS}::test_a_step_is_answered_once_whoever_clicks_twice",),
    ),
    Rule(
        "money moves without the second word",
        "inbound/walks/confirming.py",
        "if not confirmed:",
        "if confirmed:",
        (f"{WALKS}::test_a_top_up_needs_the_second_word_and_the_requester",),
    ),
    Rule(
        "what is not known yet is told as done",
        "inbound/writes/states.py",
        "return OUTCOME_OF.get(State(write.state), UNKNOWN)",
        "return OUTCOME_OF.get(State(write.state), DONE)",
        (f"{OUTCOMES}::test_the_last_words_are_true_and_nobody_is_let_down",),
    ),
    Rule(
        "a flow may say of a refusal what it says of what was done",
        "inbound/flows/lint.py",
        "if step.way(DONE) in after:",
        "if step.way(DONE) not in after:",
        ("tests/inbound/flows/test_flow_lint.py::test_what_cannot_be_walked_is_refused",),
    ),
    Rule(
        "a flow says done what its system refused",
        "inbound/flows/claims.py",
        "elif let_down := there & {REFUSED, UNKNOWN}:",
        "elif let_down := there & {UNKNOWN}:",
        ("tests/inbound/flows/test_what_is_claimed.py::test_what_did_not_come_about_is_claimed_in_no_words",),
    ),
    Rule(
        "a flow may come to money past the question who asks",
        "inbound/flows/guards.py",
        "if here == (target.name, False):",
        "if here == (target.name, None):",
        ("tests/inbound/flows/test_what_is_guarded.py::test_no_way_leads_past_a_guard",),
    ),
    Rule(
        "a way that says a state may be taken against the one that is shown",
        "inbound/flows/stating.py",
        "return needed is not None and all(",
        "return needed is not None or all(",
        ("tests/inbound/flows/test_flow_lint.py::test_what_cannot_be_walked_is_refused",),
    ),
    Rule(
        "who was told that it is not known yet has no card when it fails",
        "inbound/walks/let_down.py",
        "told = asked.exclude(chosen=REFUSED).filter(over, left_at__isnull=False)",
        "told = asked.exclude(chosen=REFUSED).filter(over, left_at__isnull=True)",
        (f"{OUTCOMES}::test_what_a_person_finds_not_done_later_becomes_a_card_with_the_words_that_were_said",),
    ),
    Rule(
        "what was done for one number is told of another",
        "inbound/writes/writing.py",
        "if _is_one_line(there.to_whom, to_whom) and (is_so or (there.payload == sent and not is_anew)):",
        "if is_so or (there.payload == sent and not is_anew):",
        ("tests/inbound/writes/test_writing.py::test_for_another_number_it_is_another_write",),
    ),
    Rule(
        "a stranger is taken for the holder",
        "inbound/walks/answering.py",
        'if same_card(str(known.get(field.card) or ""), shown):',
        "if same_card(shown, shown):",
        ("tests/inbound/walks/test_who_asks.py::test_a_stranger_is_not_taken_for_the_holder_and_is_asked_for_kinship",),
    ),
    Rule(
        "a branch is taken that the system does not show",
        "inbound/walks/walking.py",
        "if not is_open(chosen, known):",
        "if False:",
        (
            "tests/inbound/walks/test_who_asks.py"
            "::test_a_line_of_another_contract_goes_to_supervision_and_nothing_is_blocked",
        ),
    ),
    Rule(
        "the first of several is taken for the one that is meant",
        "inbound/walks/footsteps.py",
        "few = len(rows) < (1 if asks else 2)",
        "few = True",
        ("tests/inbound/walks/test_choosing.py::test_the_damage_of_the_service_she_speaks_of_is_reiterated",),
    ),
    Rule(
        "a program that broke is said to have done nothing",
        "systems/connection.py",
        "if not (failing.answer.status == DOWN and told):",
        "if failing.answer.status in (502, 504):",
        (f"{DELIVERING}::test_how_one_request_may_end",),
    ),
    Rule(
        "going back and passing a step again does it a second time",
        "inbound/walks/consequences.py",
        "{here.flow.line}:{here.step.name}",
        "{here.flow.line}:{here.footstep.position}",
        (f"{WALKS}::test_what_was_done_is_not_done_again_after_going_back",),
    ),
    Rule(
        "a correction nobody told the other side of lets its card be settled",
        "inbound/walks/lane_news.py",
        "return bool(out) and max(out) <= ",
        "return not out and max(out) <= ",
        (f"{ANEW}::test_a_claim_corrected_after_it_was_registered_is_not_settled_until_that_is_told",),
    ),
    Rule(
        "other words for what was asked for are taken for told",
        "inbound/walks/asked_otherwise.py",
        'return text != before if name == "amount" else text not in before',
        "return not before",
        (f"{ANEW}::test_a_damage_described_anew_after_it_was_registered_goes_to_supervision",),
    ),
    Rule(
        "an amount is taken for told whose figures are in the other",
        "inbound/walks/asked_otherwise.py",
        'if name == "amount" else text not in before',
        "if False else text not in before",
        ("tests/inbound/walks/test_two_of_a_kind.py::test_an_amount_is_another_though_its_figures_are_in_the_other",),
    ),
    Rule(
        "what is in doubt is told as not done",
        "inbound/walks/owed_to_her.py",
        "if write.state not in NOT_HAPPENING:",
        "if False:",
        ("tests/inbound/walks/test_two_of_a_kind.py::test_who_is_handed_over_is_not_said_to_lack_what_may_be_done",),
    ),
    Rule(
        "a top-up whose answer was lost is sent again",
        "inbound/writes/delivering.py",
        "if write.is_accountable:",
        "if write.is_accountable and not error:",
        (f"{DELIVERING}::test_how_one_request_may_end",),
    ),
    Rule(
        "an answer that comes late ends what another is still sending",
        "inbound/writes/states.py",
        "if sent_as is not None and locked.fence != sent_as:",
        "if sent_as is not None and locked.fence < sent_as:",
        (f"{DELIVERING}::test_a_late_answer_does_not_end_what_another_is_still_sending",),
    ),
    Rule(
        "the agent who is in doubt settles it herself",
        "inbound/writes/states.py",
        "Step(Verb.FIND_DONE, State.UNCERTAIN, State.DONE, ANOTHER, ",
        "Step(Verb.FIND_DONE, State.UNCERTAIN, State.DONE, PERSON, ",
        (f"{WRITING}::test_who_may_do_what",),
    ),
    Rule(
        "the last top-up of a day may pass its limit",
        "inbound/writes/limits.py",
        "moved + amount > policy.daily_limit",
        "moved > policy.daily_limit",
        (f"{WRITING}::test_an_agents_day_has_a_limit_in_bolivianos",),
    ),
    Rule(
        "a top-up may be of any amount, whatever the plan offers",
        "inbound/writes/limits.py",
        "if offered and amount not in offered:",
        "if offered and amount in ():",
        (f"{WRITING}::test_only_amounts_of_the_plan",),
    ),
    Rule(
        "a form of the lines leads to whatever address it names",
        "inbound/writes/views.py",
        'if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):',
        "if back:",
        ("tests/inbound/writes/test_write_pages.py::test_nobody_is_led_elsewhere",),
    ),
    Rule(
        "whose card it was outlives the months it is kept",
        "inbound/anonymising.py",
        "requester_card = '', requester_kinship = '',",
        "requester_kinship = '',",
        ("tests/inbound/test_anonymising.py::test_nobody_is_left_in_any_table",),
    ),
)

ON_THE_BOARD = (
    Rule(
        "of two who take a card both have it",
        "escalations/lifecycle.py",
        "Step(Verb.TAKE, State.NEW, State.TAKEN),",
        "Step(Verb.TAKE, State.NEW, State.TAKEN), Step(Verb.TAKE, State.TAKEN, State.TAKEN),",
        (f"{WORKING}::test_the_second_to_take_it_is_told_who_was_first",),
    ),
    Rule(
        "of fifty who take a card at once more than one has it",
        "escalations/lifecycle.py",
        "return Escalation.objects.select_for_update(no_key=True).get(pk=pk)",
        "return Escalation.objects.get(pk=pk)",
        ("tests/escalations/test_working_races.py::test_of_fifty_who_take_a_card_exactly_one_has_it",),
    ),
    Rule(
        "a card is settled by who does not have it",
        "escalations/lifecycle.py",
        "Step(Verb.RESOLVE, State.TAKEN, State.RESOLVED, Who.OWNER),",
        "Step(Verb.RESOLVE, State.TAKEN, State.RESOLVED),",
        (f"{WORKING}::test_only_who_has_it_settles_it_and_it_can_be_handed_over",),
    ),
    Rule(
        "a card is closed before its customer was told",
        "escalations/working.py",
        "if there.kind.closes == Kind.Closes.RESOLVED:",
        "if there.kind.closes:",
        (f"{WORKING}::test_from_new_to_the_customer_told",),
    ),
    Rule(
        "an agent works the cards of supervision",
        "escalations/lifecycle.py",
        "(kind.worked_by == Kind.Worker.AGENT and by.role == Role.AGENT)",
        "by.role == Role.AGENT",
        ("tests/escalations/test_lifecycle.py::test_an_agent_and_an_auditor_work_no_card_of_supervision",),
    ),
    Rule(
        "a card is due in hours of the clock, nights and Sundays too",
        "escalations/raising.py",
        "return when_worked(now, amount, until=until, calendar=calendar) or now + amount",
        "return now + amount",
        ("tests/escalations/test_raising.py::test_when_it_is_due",),
    ),
    Rule(
        "a card is warned of and overdue a moment after its time",
        "escalations/marks.py",
        "e.{moment} <= %(now)s AND {running}",
        "e.{moment} < %(now)s AND {running}",
        (f"{WORKING}::test_marks_of_time_are_set_once_and_stay",),
    ),
    Rule(
        "a card whose clock stands still becomes overdue",
        "escalations/marks.py",
        "k.code = e.kind AND k.stops_while_waiting))",
        "k.code = e.kind AND NOT k.stops_while_waiting))",
        ("tests/escalations/test_marks.py::test_a_clock_that_stood_still_past_the_time_was_not_late",),
    ),
    Rule(
        "a digest tells again what an earlier one told",
        "escalations/digest.py",
        "breached_at__isnull=False, mailed_at=None, due_at__lte=slot.begins",
        "breached_at__isnull=False, due_at__lte=slot.begins",
        ("tests/escalations/test_digest.py::test_a_day_of_ticks_tells_each_breach_once",),
    ),
    Rule(
        "telephones in the words of a card are told to who does not call",
        "screens/templatetags/screens.py",
        'LONG_NUMBER = re.compile(r"\\d(?:[ .()_·–—-]{0,2}\\d){5,}")',
        'LONG_NUMBER = re.compile(r"\\d(?:[ .()_·–—-]{0,2}\\d){50,}")',
        (
            "tests/escalations/test_who_sees_what.py::test_a_telephone_in_a_promise_or_in_who_is_waited_for_is_masked_too",
        ),
    ),
    Rule(
        "whom a card is about is called though another has it",
        "escalations/dialling.py",
        "escalation.owner_id not in (None, by.pk)",
        "escalation.owner_id == by.pk and not by.pk",
        ("tests/escalations/test_dialling.py::test_the_rules_are_asked_at_the_moment_of_dialling",),
    ),
    Rule(
        "an end nobody knows is told as one",
        "escalations/dialling.py",
        "    Outcome.ANSWERED: INFORM,",
        "    Outcome.ANSWERED: INFORM,\n    Outcome.UNKNOWN: NOT_REACHED,",
        (
            "tests/escalations/test_dialling.py::test_the_history_tells_the_true_result_and_nothing_is_recorded_by_itself",
        ),
    ),
    Rule(
        "a card that is still open loses its customer",
        "escalations/anonymising.py",
        "Escalation.objects.filter(closed_at__lt=before, anonymised_at=None)",
        "Escalation.objects.filter(raised_at__lt=before, anonymised_at=None)",
        ("tests/escalations/test_anonymising.py::test_what_is_open_waits_for_its_end",),
    ),
)

RULES = (*ON_THE_LINES, *ON_THE_BOARD)
