"""Rules of a month of prepaid: what was paid, what came as a report, what leaves as a list, what is sealed."""

from __future__ import annotations

from tests.a_rule import Rule

CORRECTED = "tests/campaigns/intake/test_superseding.py"
PAYMENTS = "tests/campaigns/payments/test_receipts.py"

WHAT_WAS_PAID = (
    Rule(
        "a receipt that stands twice in a file is taken twice",
        "campaigns/payments/receipts.py",
        "WHERE staged.known_id IS NULL AND staged.first IS NULL",
        "WHERE staged.known_id IS NULL",
        (f"{PAYMENTS}::test_a_receipt_number_counts_once",),
    ),
    Rule(
        "a receipt of another amount passes for the one that was had",
        "campaigns/payments/receipts.py",
        "known.amount = staged.amount AND known.service_number = staged.service_number",
        "known.service_number = staged.service_number",
        (f"{PAYMENTS}::test_a_receipt_number_counts_once",),
    ),
    Rule(
        "a payment that counted already is counted for another month as well",
        "campaigns/payments/receipts.py",
        "WHERE standing <> 'counted' AND standing <> 'annulled' AND {which}",
        "WHERE {which}",
        (f"{PAYMENTS}::test_two_months_of_the_same_service",),
    ),
    Rule(
        "a refund takes back the payment of whoever has its number",
        "campaigns/payments/refunds.py",
        """given_back AND {OF_THE_SAME.format(row="w", of="r")}""",
        "given_back",
        ("tests/campaigns/payments/test_contradictions.py",),
    ),
    Rule(
        "who has paid is called because a telephone came",
        "campaigns/intake/following.py",
        'Verb.FIND_TELEPHONE: "entry.paid_on IS NULL"',
        'Verb.FIND_TELEPHONE: "TRUE"',
        ("tests/campaigns/intake/test_following.py",),
    ),
    Rule(
        "what comes too late to count makes a seal untrue",
        "campaigns/closing/evidence.py",
        "receipt.standing IN ('counted', 'extra')",
        "TRUE",
        ("tests/campaigns/closing/test_drifting.py::test_what_comes_too_late_to_count_leaves_the_seal_as_it_was",),
    ),
    Rule(
        "the days of grace are none",
        "campaigns/payments/matching.py",
        '_IN_TIME = "i.paid_on BETWEEN g.begins AND r.due_on + g.grace"',
        '_IN_TIME = "i.paid_on BETWEEN g.begins AND r.due_on"',
        (f"{PAYMENTS}::test_what_a_payment_makes_of_a_renewal",),
    ),
    Rule(
        "a part of the amount counts as the whole",
        "campaigns/payments/settling.py",
        "CASE WHEN amount >= amount_due THEN paid_on END",
        "paid_on",
        (f"{PAYMENTS}::test_what_a_payment_makes_of_a_renewal",),
    ),
    Rule(
        "one of two services paid takes the customer off the list",
        "campaigns/payments/settling.py",
        "payment.paid_on IS NULL) = 0",
        "payment.paid_on IS NULL) < count(*)",
        (f"{PAYMENTS}::test_one_of_two_services_paid_leaves_the_contact_on_its_list",),
    ),
    Rule(
        "a payment of the day of the contact counts as without it",
        "campaigns/figures/crediting.py",
        'return f"({paid_on} >= {day_in_sql(contacted_at)})"',
        'return f"({paid_on} > {day_in_sql(contacted_at)})"',
        ("tests/campaigns/figures/test_crediting.py::test_credit_by_day",),
    ),
    Rule(
        "a figure opens who is no more in the report too",
        "campaigns/figures/counted_rows.py",
        "FROM measured_contact WHERE state <> 'gone' AND {where}",
        "FROM measured_contact WHERE {where}",
        ("tests/campaigns/figures/test_openings.py::test_every_link_of_the_campaign_opens_as_many_rows_as_it_says",),
    ),
    Rule(
        "a figure of a day opens the rows of every day",
        "campaigns/figures/counted_rows.py",
        'words.append(f"{measuring.DAY_OF[figure]} = %(day)s")',
        "pass",
        ("tests/campaigns/figures/test_openings.py::test_every_link_of_the_campaign_opens_as_many_rows_as_it_says",),
    ),
    Rule(
        "a promise is kept by what came after its day",
        "campaigns/promises_and_callbacks/promise_outcomes.py",
        '            paid_on__lte=OuterRef("promised_on"),\n',
        "",
        ("tests/campaigns/promises_and_callbacks/test_promise_outcomes.py::test_what_became_of_a_promise",),
    ),
    Rule(
        "the interval of the effect holds nine times in ten, not nineteen in twenty",
        "campaigns/figures/hold_out.py",
        "Z_95 = 1.959963984540054",
        "Z_95 = 1.644853626951473",
        ("tests/campaigns/figures/test_hold_out.py::test_the_interval_is_newcombes",),
    ),
)

WHAT_CAME_AND_WHAT_LEAVES = (
    Rule(
        "a report much smaller than last month's is believed",
        "campaigns/intake/odd_files.py",
        "SMALL_SHARE = 0.5",
        "SMALL_SHARE = 0.0",
        (
            "tests/campaigns/intake/test_intake_verdicts.py::test_a_report_much_smaller_than_last_months_waits_for_the_supervisors_word",
        ),
    ),
    Rule(
        "a hidden sheet is read as the report",
        "systems/reports/workbooks.py",
        "            if known.visible == SheetVisibleEnum.Visible:\n",
        "            if rows:\n",
        ("tests/systems/reports/test_sheets.py",),
    ),
    Rule(
        "a file is taken whatever its footer says",
        "campaigns/intake/odd_files.py",
        "    yield from (Odd(HeldFor.TOTALS, differs) for differs in totals_that_differ(report=report, told=told))\n",
        "",
        ("tests/campaigns/intake/test_declared_totals.py::test_a_file_that_is_not_what_its_footer_says_is_held",),
    ),
    Rule(
        "thousands or decimals is guessed",
        "systems/reports/values.py",
        "    if _THOUSANDS_OR_DECIMALS.fullmatch(bare):\n",
        "    if not bare:\n",
        ("tests/systems/reports/test_values.py",),
    ),
    Rule(
        "a report without a usable row is accepted and closes the month for the right one",
        "campaigns/intake/deciding.py",
        "    if report.held_for == HeldFor.EMPTY:\n",
        "    if not report.held_for:\n",
        (
            "tests/campaigns/intake/test_odd_files.py::test_a_report_without_a_usable_row_is_held_and_cannot_be_accepted",
        ),
    ),
    Rule(
        "a customer with two services stands on the list of one",
        "campaigns/intake/contacts_of_rows.py",
        "CASE WHEN min(service) <> max(service) THEN 'BOTH' ELSE min(service) END AS call_list",
        "min(service) AS call_list",
        ("tests/campaigns/intake/test_intake_verdicts.py::test_each_row_has_exactly_one_verdict",),
    ),
    Rule(
        "a file beyond the limit is stored",
        "campaigns/intake/receiving.py",
        "if self.length > settings.MAX_REPORT_BYTES:",
        "if self.length < 0:",
        ("tests/campaigns/intake/test_intake_verdicts.py::test_what_is_no_report_is_turned_away_at_the_door",),
    ),
    Rule(
        "an export is served past its day",
        "campaigns/lists/exporting.py",
        ".filter(asked_at__gt=now - KEPT)",
        ".filter(asked_at__gt=now - 100 * KEPT)",
        ("tests/campaigns/lists/test_exporting.py::test_an_export_expires_even_when_nobody_swept",),
    ),
    Rule(
        "what an auditor takes away is not masked",
        "campaigns/lists/exporting.py",
        "masked = not by.steers_campaigns",
        "masked = not by.sees_the_centre",
        ("tests/campaigns/lists/test_exporting.py::test_the_auditor_gets_masked_what_he_sees_masked",),
    ),
    Rule(
        "all telephones of a customer leave in one cell",
        "campaigns/lists/contact_sheet.py",
        "*in_columns(dialled, most), zone",
        '", ".join(dialled), *[""] * (most - 1), zone',
        (
            "tests/campaigns/lists/test_exporting.py::"
            "test_each_telephone_has_a_column_of_its_own_and_amounts_and_days_are_typed",
        ),
    ),
    Rule(
        "a seal does not change when a row does",
        "campaigns/closing/evidence.py",
        "digest.update(told)",
        "digest.update(b'')",
        ("tests/campaigns/closing/test_sealing.py::test_what_moved_since_is_told",),
    ),
    Rule(
        "the fingerprint of a seal says nothing of its figures",
        "campaigns/closing/sealing.py",
        '"figures": figures, "evidence": evidence}',
        '"evidence": evidence}',
        ("tests/campaigns/closing/test_sealing.py::test_a_seal_somebody_changed_is_not_intact",),
    ),
    Rule(
        "the invariants find nothing, whatever is broken",
        "campaigns/invariants/__init__.py",
        "count, examples[:SHOWN]) if count else None",
        "count, examples[:SHOWN]) if count < 0 else None",
        ("tests/campaigns/test_invariants.py::test_what_breaks_a_promise_is_reported",),
    ),
    Rule(
        "a file in which some numbers lost their zeros is published without a word",
        "campaigns/rows/digits.py",
        "    if not columns:\n        return []\n",
        "    if not columns:\n        return []\n    return []\n",
        (
            "tests/campaigns/intake/test_lost_zeros.py::test_a_file_in_which_some_lost_theirs_is_held_and_proposes_the_digits",
        ),
    ),
    Rule(
        "zeros that are filled up lose the customers of another month",
        "campaigns/rows/digits.py",
        "            if contracts:\n",
        "            if contracts < 0:\n",
        (
            "tests/campaigns/intake/test_lost_zeros.py::test_zeros_that_would_lose_another_months_customers_are_refused_with_why",
        ),
    ),
    Rule(
        "what was given back stays paid",
        "campaigns/payments/settling.py",
        "receipt.amount - receipt.refunded AS amount",
        "receipt.amount AS amount",
        ("tests/campaigns/payments/test_refunds.py::test_a_part_given_back_leaves_the_rest_paid_in_part",),
    ),
    Rule(
        "more is given back than a receipt was",
        "campaigns/payments/refunds.py",
        "WHERE r.amount - r.refunded >= given_back",
        "WHERE r.refunded = 0",
        ("tests/campaigns/payments/test_refunds.py::test_more_than_the_receipt_is_never_given_back",),
    ),
    Rule(
        "a receipt of another day passes for the one that was had",
        "campaigns/payments/receipts.py",
        "(known.paid_on = staged.paid_on OR staged.status IS NOT DISTINCT FROM '{ANNULLED}')",
        "(known.paid_on = staged.paid_on OR TRUE)",
        (
            "tests/campaigns/payments/test_refunds.py::test_the_same_number_with_something_else_is_a_conflict_somebody_sees",
        ),
    ),
    Rule(
        "who is no more in a corrected report stays in the lists",
        "campaigns/intake/following.py",
        'Verb.LEAVE_REPORT: "NOT there.is_in_it"',
        'Verb.LEAVE_REPORT: "FALSE"',
        (f"{CORRECTED}::test_what_was_called_promised_and_paid_stays_and_who_left_is_not_called",),
    ),
    Rule(
        "who is no more in the report is counted all the same",
        "campaigns/figures/counting.py",
        "WHERE state <> 'gone') AS still_there",
        "WHERE TRUE) AS still_there",
        (f"{CORRECTED}::test_what_was_called_promised_and_paid_stays_and_who_left_is_not_called",),
    ),
    Rule(
        "a correction is taken though the month moved since it was shown",
        "campaigns/intake/taking_in.py",
        "is_accepted = is_accepted and superseding.accepted_digest(report) == summary.digest",
        "is_accepted = is_accepted and bool(summary.digest)",
        (f"{CORRECTED}::test_what_it_changes_is_what_was_shown_or_it_is_shown_again",),
    ),
    Rule(
        "a month that is called is emptied by withdrawing its report",
        "campaigns/intake/withdrawing.py",
        "if state != Campaign.State.PROPOSED:",
        "if state == Campaign.State.EXPECTED:",
        (f"{CORRECTED}::test_after_the_launch_it_is_corrected_instead",),
    ),
    Rule(
        "identity cards outlive the months they are kept",
        "campaigns/retention/anonymising.py",
        "identity_card = '', address = '',",
        "address = '',",
        ("tests/campaigns/retention/test_anonymising.py::test_nobody_is_left_in_any_table",),
    ),
)

ANSWERS = "tests/campaigns/assignment/test_answers.py"
FORECAST = "tests/campaigns/steering/test_forecasting.py"
PLAN = "tests/campaigns/steering/test_plan_page.py"

HOW_IT_IS_STEERED = (
    Rule(
        "a launched month is held against the policy of today",
        "campaigns/steering/pace.py",
        "return campaign.planned_calls_an_hour or policy.calls_an_hour, float(attempts)",
        "return policy.calls_an_hour, float(attempts)",
        (f"{PLAN}::test_a_launched_month_is_held_against_the_plan_of_its_launch",),
    ),
    Rule(
        "contacts of nobody are forecast to be called",
        "campaigns/steering/forecasting.py",
        "an_hour * pace.hours_left - 1e-6)) + pace.unassigned",
        "an_hour * pace.hours_left - 1e-6))",
        (f"{FORECAST}::test_the_last_day_in_words",),
    ),
    Rule(
        "numbers that nobody confirmed become the plan",
        "campaigns/steering/next_plan.py",
        "if (offer.calls_an_hour, offer.attempts) != (calls_an_hour, attempts):",
        "if calls_an_hour < 0:",
        (f"{PLAN}::test_numbers_that_changed_since_they_were_shown_are_not_taken_over",),
    ),
    Rule(
        "everybody is called when such customers answer, and nothing is left to compare with",
        "campaigns/assignment/answers.py",
        "CASE WHEN {FOLLOWS} THEN coalesce",
        "CASE WHEN {FOLLOWS} OR TRUE THEN coalesce",
        (f"{ANSWERS}::test_half_of_the_contacts_by_lot_are_called_first_when_their_zone_answered",),
    ),
    Rule(
        "the attempts of a contact begin again at one each day",
        "campaigns/figures/patterns.py",
        "least(greatest(e.attempts + 1 - row_number() OVER (",
        "least(greatest(row_number() OVER (",
        (
            "tests/campaigns/steering/test_patterns.py::test_later_attempts_go_on_with_the_number_without_counting_past_days_again",
        ),
    ),
)

RULES = (*WHAT_WAS_PAID, *WHAT_CAME_AND_WHAT_LEAVES, *HOW_IT_IS_STEERED)
