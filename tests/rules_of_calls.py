"""Rules of calling: whom one may call and when, whose a contact is, and what one result does."""

from __future__ import annotations

from tests.a_rule import Rule

CALLING = "tests/campaigns/calling/test_calling.py"
DESK = "tests/campaigns/desk"
CHANGED = f"{DESK}/test_changed_while_open.py"
MONTH = "tests/campaigns/month"
ORDERS = "tests/telephony/test_call_orders.py"

WHEN_ONE_CALLS = (
    Rule(
        "customers are called in the minute in which the window closes",
        "campaigns/calling/calling_hours.py",
        "any(opens <= here.time() < closes for",
        "any(opens <= here.time() <= closes for",
        (f"{CALLING}::test_hours_and_days_hold_to_the_minute",),
    ),
    Rule(
        "customers are called on holidays",
        "campaigns/calling/rulebook.py",
        "WHERE h.is_day_off AND h.day BETWEEN",
        "WHERE NOT h.is_day_off AND h.day BETWEEN",
        (f"{CALLING}::test_a_confirmed_holiday_is_not_called_and_a_doubtful_one_is",),
    ),
    Rule(
        "the cap of the day is one call too high",
        "campaigns/calling/reasons.py",
        "e.attempts_on_day >= %(day_cap)s",
        "e.attempts_on_day > %(day_cap)s",
        (f"{CALLING}::test_the_cap_of_the_day_ends_at_midnight",),
    ),
    Rule(
        "the cap of the campaign is one call too high",
        "campaigns/calling/reasons.py",
        "e.attempts >= %(campaign_cap)s",
        "e.attempts > %(campaign_cap)s",
        (f"{CALLING}::test_a_state_or_a_cap_of_the_campaign_ends_the_calls",),
    ),
    Rule(
        "who asked not to be called is called",
        "campaigns/calling/reasons.py",
        "WHERE n.contract = c.contract AND n.contract <> ''",
        "WHERE n.contract = c.contract AND n.contract = ''",
        (f"{CALLING}::test_the_do_not_call_list_holds_for_the_contract_and_for_a_telephone",),
    ),
    Rule(
        "the control group is called",
        "campaigns/calling/reasons.py",
        "e.state = 'held_out'",
        "e.state = 'held'",
        (f"{CALLING}::test_a_state_or_a_cap_of_the_campaign_ends_the_calls",),
    ),
    Rule(
        "after a result the next call waits for nothing",
        "campaigns/calling/rules.py",
        "ready = book.now + timedelta(minutes=disposition.retry_minutes or 0)",
        "ready = book.now",
        (f"{CALLING}::test_a_result_says_when_the_contact_is_ready_again",),
    ),
    Rule(
        "calls begin on the 24th",
        "campaigns/month/periods.py",
        "CALLS_FROM_DAY = 25",
        "CALLS_FROM_DAY = 24",
        (f"{MONTH}/test_periods.py::test_calls_run_from_the_25th_to_the_last_day_of_the_month_before",),
    ),
    Rule(
        "a campaign closes on its last day of calls",
        "campaigns/month/lifecycle.py",
        "filter(calls_until__lt=day_of(now))",
        "filter(calls_until__lte=day_of(now))",
        (f"{MONTH}/test_lifecycle.py::test_a_campaign_closes_by_itself_after_its_last_day_and_once",),
    ),
    Rule(
        "a closed campaign can be resumed",
        "campaigns/month/lifecycle.py",
        "Step(Verb.RESUME, State.PAUSED, State.RUNNING, BOTH),",
        "Step(Verb.RESUME, State.PAUSED, State.RUNNING, BOTH), Step(Verb.RESUME, State.CLOSED, State.RUNNING, BOTH),",
        (f"{MONTH}/test_lifecycle.py::test_a_closed_campaign_stays_closed",),
    ),
    Rule(
        "a close forgets who was promised a call",
        "campaigns/month/letting_go.py",
        "(needless if call.contact.entry.state in SETTLED else owed).append(call)",
        "needless.append(call)",
        (f"{MONTH}/test_lifecycle.py::test_who_was_promised_a_call_is_still_called_after_the_close",),
    ),
    Rule(
        "the month is made a day late",
        "campaigns/month/planner.py",
        "if today < calls_from(due, policy.calls_from_day):",
        "if today <= calls_from(due, policy.calls_from_day):",
        (f"{MONTH}/test_planner.py::test_a_new_centre_has_the_month_that_is_called_now",),
    ),
)

AT_THE_DESK = (
    Rule(
        "a lease that ran out is never swept",
        "campaigns/desk/lease_sweep.py",
        "lease_agent__isnull=False, lease_until__lte=now)",
        "lease_agent__isnull=False, lease_until=None)",
        (f"{DESK}/test_giving.py::test_the_sweep_frees_expired_leases_and_closes_the_call_of_a_dead_desk",),
    ),
    Rule(
        "a lease is kept by a page of an earlier one",
        "campaigns/desk/leases.py",
        "renewed = ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent, fence=fence)",
        "renewed = ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent)",
        (f"{DESK}/test_giving.py::test_a_lease_is_renewed_by_its_own_desk_and_fence_only",),
    ),
    Rule(
        "a result of an earlier lease is recorded",
        "campaigns/desk/results.py",
        "if entry.fence != fence or entry.lease_agent_id not in (None, agent.pk):",
        "if entry.lease_agent_id not in (None, agent.pk):",
        (f"{DESK}/test_results.py::test_a_form_of_an_earlier_lease_of_her_own_is_stale",),
    ),
    Rule(
        "a result is recorded of who was given back and not called",
        "campaigns/desk/results.py",
        "elif entry.lease_agent_id is None and not has_called:",
        "elif entry.lease_agent_id is None and not has_called and fence == 0:",
        (f"{DESK}/test_results_without_a_call.py::test_who_was_given_back_gets_no_result",),
    ),
    Rule(
        "a result without a call is recorded at any hour without a reason",
        "campaigns/desk/results.py",
        "if may_not_call and not answers.note:",
        "if may_not_call and answers.note:",
        (f"{DESK}/test_results_without_a_call.py::test_when_nobody_may_be_called_a_result_says_why",),
    ),
    Rule(
        "a result of somebody who was not dialled is recorded without a question",
        "campaigns/desk/results.py",
        "if not answers.undialled:",
        "if answers.undialled is None:",
        (f"{DESK}/test_desk_pages.py::test_a_result_of_nobody_who_was_dialled_is_asked_about_once",),
    ),
    Rule(
        "what arrives between giving and dialling stops no call",
        "campaigns/desk/dialling.py",
        "if against:",
        "if against and False:",
        (f"{DESK}/test_dialling.py::test_what_arrives_between_giving_and_dialling_stops_the_call",),
    ),
    Rule(
        "a result is corrected by whoever did not make the call",
        "campaigns/desk/correcting.py",
        "if attempt.agent_id != agent.pk:",
        "if attempt.agent_id is None:",
        (f"{DESK}/test_correcting.py::test_only_who_called_and_only_for_some_minutes",),
    ),
    Rule(
        "a lease that ran out counts as a contact that was handled",
        "campaigns/desk/tallying.py",
        "if disposition.code != NO_RESULT]",
        "if disposition.code]",
        (f"{DESK}/test_giving.py::test_the_sweep_frees_expired_leases_and_closes_the_call_of_a_dead_desk",),
    ),
    Rule(
        "an agreed call past its time stays with its agent for ever",
        "campaigns/promises_and_callbacks/call_backs.py",
        "due_at__lte=late).update(reach=CallBack.Reach.TEAM)",
        "due_at__lte=late).update(reach=CallBack.Reach.PERSONAL)",
        (
            "tests/campaigns/promises_and_callbacks/test_call_backs.py::test_past_its_time_a_call_goes_to_the_team_and_then_to_supervision",
        ),
    ),
    Rule(
        "an agent sees the customers of others",
        "campaigns/models/contacts.py",
        'own = ListEntry.objects.filter(Q(owner__user=user) | Q(lease_agent__user=user), contact=OuterRef("pk"))',
        'own = ListEntry.objects.filter(contact=OuterRef("pk"))',
        (f"{DESK}/test_desk_pages.py::test_the_contact_of_another_agent_does_not_exist",),
    ),
    Rule(
        "a second Enter on leaving a pause calls a customer",
        "campaigns/desk/desk_page.py",
        'return "m" if self.unseen else "Enter"',
        'return "Enter"',
        (f"{DESK}/test_desk_pages.py::test_leaving_a_pause_gives_the_contact_and_dials_on_another_key_than_enter",),
    ),
    Rule(
        "a payment that is given back dials its customer by itself",
        "campaigns/desk/desk_page.py",
        'replace(laid, countdown=0, waits="", is_lost=not is_kept)',
        'replace(laid, waits="", is_lost=not is_kept)',
        (f"{CHANGED}::test_the_pulse_counts_down_to_no_call_and_keeps_the_key_of_who_came_out_of_a_pause",),
    ),
    Rule(
        "an open card goes on as it was when its receipt is annulled",
        "campaigns/desk/desk_card.py",
        "(self.state, self.paid_on, self.services, self.given_back, self.promise, self.call_back)",
        "(self.promise, self.call_back)",
        (f"{CHANGED}::test_who_had_paid_when_the_desk_was_loaded_owes_again_when_her_receipt_is_annulled",),
    ),
    Rule(
        "the work of the day is gone when the campaign closes",
        "campaigns/desk/own_work.py",
        "Campaign.objects.filter(calls_from__lte=day)",
        "Campaign.objects.open().filter(calls_from__lte=day)",
        (f"{DESK}/test_desk_pages.py::test_what_was_done_today_stays_on_the_counters_when_the_campaign_closes",),
    ),
    Rule(
        "the list shows what the report said and not what is owed now",
        "campaigns/payments/owed.py",
        'Sum(F("amount_due") - _PAID, output',
        'Sum(F("amount_due"), output',
        (f"{DESK}/test_desk_pages.py::test_the_own_list_shows_what_is_owed_now_and_until_when",),
    ),
    Rule(
        "who is not on duty is assigned contacts",
        "campaigns/assignment/participants.py",
        "agent__is_on_duty=True, agent__user__is_active=True",
        "agent__user__is_active=True",
        (
            "tests/campaigns/assignment/test_assignment.py::test_who_is_not_on_duty_any_more_is_assigned_nothing_and_keeps_her_share",
        ),
    ),
    Rule(
        "the list of both services goes to who works one of them",
        "campaigns/assignment/participants.py",
        "if len(lists) == 2:",
        "if lists:",
        ("tests/campaigns/assignment/test_assignment.py::test_contacts_go_to_agents_on_duty_by_skill_and_weight",),
    ),
    Rule(
        "what was finished is counted among what would change hands",
        "campaigns/assignment/moving.py",
        "FROM campaigns_listentry e WHERE e.campaign_id = %s AND e.state = 'open'",
        "FROM campaigns_listentry e WHERE e.campaign_id = %s AND e.state <> 'paid'",
        ("tests/campaigns/assignment/test_rebalancing.py::test_paid_and_finished_contacts_stay_where_they_are",),
    ),
    Rule(
        "an attempt is taken back whose first call reached the customer",
        "campaigns/desk/uncalled.py",
        "all(asked.call.never_reached_the_customer for asked in found)",
        "any(asked.call.never_reached_the_customer for asked in found)",
        (f"{DESK}/test_placing.py::test_a_call_that_reached_the_customer_is_never_taken_back",),
    ),
    Rule(
        "an attempt is taken back that was dialled by hand before",
        "campaigns/desk/uncalled.py",
        "if any(asked.began_it for asked in found) and all(",
        "if all(",
        (f"{DESK}/test_placing.py::test_what_was_dialled_by_hand_before_is_never_taken_back",),
    ),
    Rule(
        "the next customer is dialled by hand while the call before goes on",
        "campaigns/desk/placing.py",
        "_check_no_other_is_under_way(agent, contact, telephone)\n        before",
        "before",
        (f"{DESK}/test_placing.py::test_while_her_last_call_goes_on_nobody_else_is_dialled",),
    ),
    Rule(
        "a call that was hung up before the customer's telephone rang counts as one to him",
        "telephony/models/calls.py",
        "return self.customer_rang_at is None",
        "return self.customer_rang_at is not None",
        (f"{DESK}/test_placing.py::test_a_call_that_ended_at_her_own_telephone_is_no_attempt_and_she_may_dial_again",),
    ),
    Rule(
        "a link that is away for some seconds ends the calls that go on",
        "telephony/dialling.py",
        "Q(lease_until__gt=since) | Q(lease_until=None, lost_at__isnull=False)",
        "Q(lease_until__gt=since)",
        ("tests/telephony/test_queue_calls.py::test_a_call_goes_on_while_the_link_is_away_for_less_than_a_minute",),
    ),
    Rule(
        "whoever sits at a telephone loses it without being asked about",
        "telephony/seats.py",
        "if there is not None and not instead:",
        "if there is not None and instead:",
        ("tests/telephony/test_seats.py::test_where_somebody_sits_nobody_else_does_unless_she_says_so",),
    ),
    Rule(
        "an order for a call is sent by who does not hold the link any more",
        "telephony/call_orders.py",
        "state=State.ASKED, call__switchboard__listening__in=still)",
        "state=State.ASKED)",
        (f"{ORDERS}::test_whoever_lost_the_hold_sends_nothing",),
    ),
    Rule(
        "a call is handed over to whatever was typed",
        "telephony/call_orders.py",
        "elif not DIGITS.fullmatch(number):",
        "elif not number:",
        (f"{ORDERS}::test_only_digits_are_dialled",),
    ),
    Rule(
        "an order for a call somebody else is in is given",
        "telephony/call_orders.py",
        "hers.filter(pk=call.pk, agent=agent, state=QueueCall.State.TALKING)",
        "hers.filter(pk=call.pk, state=QueueCall.State.TALKING)",
        (f"{ORDERS}::test_nobody_orders_for_a_call_she_is_not_in",),
    ),
)

RULES = (*WHEN_ONE_CALLS, *AT_THE_DESK)
