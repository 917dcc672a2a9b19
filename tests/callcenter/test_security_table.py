"""Every defence of docs/security.md is shown by tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# By the line of the table: the file, and the tests in it.
SHOWN_BY: dict[str, dict[str, list[str]]] = {
    "S1": {
        "agents/test_signing_in.py": [
            "test_five_failures_lock_that_person_at_that_address_and_nobody_else",
            "test_a_wrong_password_says_so_without_saying_which_part_was_wrong",
            "test_a_floor_behind_one_address_signs_in_at_the_start_of_the_shift",
        ],
        "agents/test_searching.py": [
            "test_one_password_tried_with_many_names_is_stopped_and_who_is_known_there_still_signs_in"
        ],
    },
    "S2": {
        "agents/test_second_factor.py": [
            *("test_everybody_needs_one", "test_a_code_opens_once_though_the_cache_forgot_it"),
            *("test_one_code_given_by_many_at_once_opens_once", "test_many_tries_at_once_are_as_many_tries"),
        ],
        "agents/test_factor_secrets.py": ["test_neither_the_secret_nor_the_recovery_codes_stand_in_the_database"],
    },
    "S3": {
        "agents/test_passwords.py": [
            *("test_words_of_the_house_or_of_her_name_are_none", "test_one_that_is_too_long_is_none"),
        ],
        "agents/test_accounts.py": ["test_a_password_of_somebody_else_opens_once_and_only_to_choose_another"],
    },
    "S4": {
        "agents/test_sessions.py": [
            *("test_a_shift_after_it_began_it_is_over_whatever_is_done_in_it", "test_one_that_nobody_used_is_over"),
            *("test_an_old_one_does_not_come_alive_when_she_is_let_in_again", "test_another_role_ends_it"),
        ],
        "agents/test_asked_by_itself.py": ["test_an_open_page_lets_its_session_end"],
        "agents/test_session_store.py": [
            *("test_a_key_that_was_read_opens_nothing", "test_a_session_put_under_a_key_of_ones_own_is_nobodys"),
        ],
        "agents/test_accounts.py": [
            "test_ones_sessions_are_listed_and_the_others_can_be_closed",
            "test_a_new_place_is_told_in_the_other_session_and_by_mail_and_a_known_one_is_not",
        ],
    },
    "S5": {
        "callcenter/test_headers.py": ["test_the_policy_has_nothing_unsafe_and_the_page_needs_nothing_unsafe"],
        "callcenter/test_hostile_words.py": ["test_no_page_holds_markup_somebody_typed"],
    },
    "S6": {
        "callcenter/test_every_address.py": ["test_it_opens_to_whom_it_should_and_to_nobody_else"],
        "agents/test_who_is_admitted.py": [
            "test_an_agent_one_person_made_sees_no_customer_until_supervision_says_so",
            "test_who_is_opened_by_somebody_else_waits_again",
            "test_who_becomes_an_agent_waits_as_well",
            "test_who_was_to_have_power_and_was_not_confirmed_waits_as_well",
        ],
    },
    "S7": {
        "inbound/walks/test_read_masked.py": [
            *("test_an_auditor_reads_a_call_masked", "test_who_says_why_sees_it_and_is_in_the_book"),
        ],
        "callcenter/test_typed_texts_are_masked.py": ["test_who_only_reads_sees_no_number_that_was_typed"],
        "callcenter/test_administrator_sees_no_customer.py": [
            "test_no_page_of_the_house_tells_her_of_a_customer",
            "test_no_page_of_the_admin_tells_her_of_a_customer",
            "test_every_gate_of_a_customers_row_is_shut",
        ],
    },
    "S8": {
        "campaigns/retention/test_anonymising.py": ["test_nobody_is_left_in_any_table"],
        "callcenter/test_retention.py": ["test_calls_and_escalations_go_by_the_same_months"],
        "callcenter/test_nothing_personal_is_left.py": ["test_nothing_personal_is_left"],
        "callcenter/test_legal_holds.py": [
            *("test_who_is_held_stays_and_the_others_go", "test_an_administrator_places_and_lifts_one"),
        ],
        "agents/test_digests.py": ["test_what_retention_took_is_told_and_is_not_wrong"],
    },
    "S9": {
        "campaigns/intake/test_intake_races.py": [
            "test_rows_that_somebody_wrote_meanwhile_are_published_by_nobody",
            "test_while_the_house_looks_at_its_rows_nobody_runs_a_program_of_his_there",
            "test_a_view_that_came_while_the_house_waited_for_its_rows_is_not_read",
            "test_what_is_swept_is_called_by_its_name_whatever_it_is",
        ],
        "callcenter/test_strange_hands.py": [
            *("test_whoever_has_the_password_writes_nowhere_without_a_line_of_it", "test_every_table_is_watched"),
            *("test_no_way_around_it", "test_who_has_the_password_neither_makes_nor_ends_the_watch"),
            *("test_the_word_is_in_no_place_its_password_reads", "test_one_that_is_not_watched_is_wrong"),
            "test_who_answers_for_the_centre_hears_of_it_once_in_a_while",
            *("test_a_stranger_does_not_say_that_they_were_told", "test_retentions_door_is_no_strangers"),
            "test_what_was_written_before_and_ends_later_is_told_as_well",
        ],
        "agents/test_audit_that_stays.py": [
            *("test_events_are_neither_changed_nor_deleted", "test_an_audit_is_not_switched_off_for_a_session"),
            *("test_what_a_receipt_was_is_kept", "test_seals_stay_as_they_are"),
            *("test_what_opens_an_account_is_told_and_not_what_it_is", "test_a_task_that_is_switched_off_is_told"),
        ],
        "agents/test_digests.py": ["test_what_is_deleted_changed_or_inserted_is_told"],
        "agents/test_what_is_audited.py": ["test_every_model_is_one_of_these"],
        "callcenter/test_database_roles.py": [
            *("test_it_changes_and_deletes_nothing_of_a_book", "test_it_empties_drops_and_alters_nothing"),
            "test_production_does_not_work_as_who_owns_the_database",
            "test_the_path_it_told_itself_leads_nowhere",
        ],
    },
    "S10": {"screens/test_spreadsheets.py": ["test_no_text_becomes_a_formula_a_link_or_a_number"]},
    "S11": {
        "systems/reports/test_hostile_files.py": [
            *("test_a_part_that_explodes_is_not_opened", "test_entities_are_not_unfolded"),
            "test_the_reading_process_can_write_no_file_and_knows_no_secret",
        ],
        "systems/reports/test_confinement.py": [
            "test_a_file_that_took_the_reader_over_reaches_nothing",
            "test_what_the_kernel_refuses_is_told_and_the_file_is_read",
        ],
        "callcenter/test_bodies.py": ["test_a_stranger_puts_no_file_on_our_disk"],
    },
    "S12": {
        "telephony/test_ami.py": ["test_nothing_anybody_typed_becomes_a_second_header_or_action"],
        "inbound/ringing/test_handing_over.py": ["test_a_caller_is_connected_to_nobody_outside"],
    },
    "S13": {
        "systems/reports/test_sources.py": [
            *("test_a_server_that_is_not_allowed_is_never_asked", "test_redirects_stay_at_the_server"),
            "test_a_server_is_asked_at_the_port_of_its_kind_or_one_that_is_named",
            "test_a_folder_lies_below_one_that_is_for_it_whatever_leads_there",
        ],
        "telephony/queue_log/test_sources.py": [
            "test_a_server_this_installation_does_not_know_is_not_asked",
            "test_what_lies_outside_of_the_folders_for_it_is_not_read",
        ],
        "telephony/test_admin.py": ["test_a_switchboard_is_written_down_at_a_server_and_a_port_that_are_known"],
    },
    "S14": {"systems/reports/test_sources.py": ["test_a_server_with_another_key_never_hears_the_password"]},
    "S15": {
        "callcenter/test_environment.py": [
            "test_all_that_is_refused_is_told_at_once",
            "test_the_check_for_deployment_tells_a_demo_what_production_would_refuse",
        ],
        "callcenter/test_supply.py": ["test_everything_asked_for_is_locked_with_its_hashes"],
    },
    "S16": {
        "callcenter/test_looks_leave_rows.py": ["test_the_page_of_a_customer_leaves_a_row"],
        "escalations/test_card_page.py": ["test_a_step_that_is_refused_shows_no_more_cards_than_looks_do"],
        "agents/test_looking_is_noted.py": [
            "test_cards_letters_notices_and_calls_are_looked_at_as_well",
            "test_who_goes_through_the_pages_of_a_list",
            "test_the_first_page_of_a_month_that_is_over_is_none_of_the_menus",
            "test_what_was_searched_in_one_list_opens_no_other",
        ],
        "agents/test_searching.py": [
            "test_a_loop_through_the_customers_ends_with_429_a_trace_and_an_alert",
            "test_exports_are_counted_and_large_ones_are_supervisions",
        ],
        "inbound/outside/test_outside.py": ["test_who_asks_for_more_than_her_work_needs_is_not_answered"],
    },
    "S17": {
        "inbound/writes/test_looked_at_twice.py": [
            "test_what_was_done_for_a_number_is_not_asked_for_again_in_another_call",
            "test_much_money_waits_for_another_and_nothing_is_sent",
            "test_much_money_that_stands_in_the_queue_without_anybody_else_is_not_sent",
            "test_who_asked_does_not_settle_her_own_doubt_in_whatever_role",
            "test_not_done_gives_nothing_back_by_itself",
        ],
    },
    "S18": {
        "callcenter/test_looking_changes_nothing.py": ["test_looking_changes_nothing"],
        "callcenter/test_forms.py": ["test_a_form_that_posts_carries_its_token"],
    },
    "S19": {
        "callcenter/test_errors.py": ["test_each_error_says_what_was_kept_and_what_to_do_with_a_reference"],
        "callcenter/test_every_address.py": ["test_what_does_not_exist_is_404_for_everybody"],
    },
    "S20": {
        "callcenter/test_proxies.py": [
            "test_what_a_visitor_writes_before_the_proxys_word_gives_no_new_tries",
            "test_nobody_from_outside_passes_for_this_machine",
        ],
        "callcenter/test_environment.py": ["test_production_starts_with_secrets_and_servers_of_its_own"],
        "callcenter/test_tls.py": [
            "test_a_certificate_of_another_authority_is_refused",
            "test_a_certificate_of_another_name_is_refused",
        ],
    },
    "S21": {
        "callcenter/test_health.py": [
            "test_a_part_that_fell_silent_is_told_and_turns_nobody_away",
            "test_a_stranger_learns_only_yes_or_no",
        ],
    },
    "S22": {
        "campaigns/desk/test_results_without_a_call.py": ["test_who_was_given_back_gets_no_result"],
        "campaigns/desk/test_results.py": [
            *("test_a_call_of_another_day_gets_no_result", "test_a_call_told_hours_later_says_why"),
            "test_a_reservation_that_ran_out_and_was_not_swept_yet_is_over",
        ],
        "agents/test_accounts.py": ["test_the_role_of_supervisor_takes_a_second_administrator"],
    },
    "S23": {
        "callcenter/test_queue_rights.py": [
            "test_what_the_house_never_does_is_refused",
            "test_one_right_too_many_is_told_by_its_name",
            "test_production_tells_of_a_user_who_may_do_more",
        ],
        "processes/test_queue_user.py": [
            "test_workers_hear_of_each_other_obey_nobody_and_are_refused_nothing"
        ],
    },
    "S24": {
        "api/test_tokens.py": [
            *("test_it_works_once_another_administrator_confirmed_it", "test_no_scope_lets_more_than_the_role"),
            *("test_when_it_is_not_taken_any_more", "test_who_asks_too_often_waits_for_the_next_minute"),
        ],
        "api/test_reading.py": ["test_customers_are_masked_unless_one_is_looked_for"],
        "callcenter/test_every_address.py": ["test_what_is_for_programs_takes_no_session"],
    },
}  # fmt: skip


def test_the_document_has_the_same_lines() -> None:
    told = re.findall(r"^\| (S\d+) \|", (ROOT / "docs/security.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told == list(SHOWN_BY) == [f"S{number}" for number in range(1, 25)]


@pytest.mark.parametrize("line", SHOWN_BY)
def test_what_shows_it_is_there(line: str) -> None:
    for name, tests in SHOWN_BY[line].items():
        text = (ROOT / "tests" / name).read_text(encoding="utf-8")
        assert [test for test in tests if f"def {test}(" not in text] == [], name
