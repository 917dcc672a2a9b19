"""Rules of what leaves the house, what is read of strangers, and what everybody counts on: days, numbers, systems."""

from __future__ import annotations

from tests.a_rule import Rule

ODD_FILES = "tests/campaigns/intake/test_odd_files.py"
VALUES = "tests/systems/reports/test_values.py"

WHAT_LEAVES = (
    Rule(
        "what begins with = leaves as a formula",
        "screens/spreadsheets.py",
        'page.write_string(line, column, str(value)[:CELL_LENGTH], formats["text"])',
        'page.write_formula(line, column, str(value)) if value[:1] == "=" else page.write_string(line, column, value)',
        ("tests/screens/test_spreadsheets.py::test_no_text_becomes_a_formula_a_link_or_a_number",),
    ),
    Rule(
        "a masked telephone can be dialled",
        "screens/templatetags/screens.py",
        "LEFT_LEGIBLE = 2",
        "LEFT_LEGIBLE = 8",
        ("tests/screens/test_filters.py::test_telephones",),
    ),
    Rule(
        "what was searched for stands in the address",
        "screens/searching.py",
        'name in (TYPED, KEY, "csrfmiddlewaretoken") or not asked[name]',
        'name in (KEY, "csrfmiddlewaretoken") or not asked[name]',
        ("tests/campaigns/lists/test_exporting.py::test_what_is_searched_is_posted_and_stands_in_no_address",),
    ),
    Rule(
        "an amount with a comma is read as ten times as much",
        "screens/amounts.py",
        "if mark and len(cents) <= 2:",
        "if mark and len(cents) == 2:",
        ("tests/screens/test_amounts.py::test_an_amount_is_read_as_it_was_meant",),
    ),
    Rule(
        "nobody writes down that data were exported",
        "agents/disclosure.py",
        "return Disclosure.objects.create(kind=Disclosure.Kind.EXPORT,",
        "return Disclosure(kind=Disclosure.Kind.EXPORT,",
        ("tests/campaigns/payments/test_payment_pages.py::test_the_export_is_what_is_filtered_and_is_in_the_book",),
    ),
    Rule(
        "who has got a mail gets it again",
        "notices/mailing.py",
        "if address in notice.reached:",
        "if address in ():",
        (
            "tests/notices/test_mail_servers.py::test_of_several_the_refused_are_told_and_tried_again_and_nobody_gets_it_twice",
        ),
    ),
    Rule(
        "a line break in a subject begins another header",
        "notices/mailing.py",
        '" ".join(subject.split())[:200]',
        "subject[:200]",
        ("tests/notices/test_mailing.py::test_a_line_break_in_a_subject_begins_no_header",),
    ),
)

WHAT_IS_READ_AND_COUNTED = (
    Rule(
        "the reader of strangers' files keeps network, files and programs",
        "systems/reports/process.py",
        "json.dumps(confine(Path(request.path)))",
        "json.dumps([str(confine)][:0])",
        ("tests/systems/reports/test_confinement.py::test_a_file_that_took_the_reader_over_reaches_nothing",),
    ),
    Rule(
        "a workbook that explodes is opened",
        "systems/reports/archives.py",
        "MOST_RATIO = 250",
        "MOST_RATIO = 250_000",
        ("tests/systems/reports/test_hostile_files.py::test_a_part_that_explodes_is_not_opened",),
    ),
    Rule(
        "entities of a workbook are unfolded",
        "systems/reports/archives.py",
        "            _forbid_entities(archive, entries)\n",
        "",
        ("tests/systems/reports/test_hostile_files.py::test_entities_are_not_unfolded",),
    ),
    Rule(
        "the process that reads strangers' files may write some",
        "systems/reports/process.py",
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n",
        "",
        (
            "tests/systems/reports/test_hostile_files.py::test_the_reading_process_can_write_no_file_and_knows_no_secret",
        ),
    ),
    Rule(
        "a server with another key than the pinned one hears the password",
        "systems/reports/sftp.py",
        "if transport.get_remote_server_key().asbytes() != blob:",
        "if not transport.get_remote_server_key().asbytes():",
        ("tests/systems/reports/test_sources.py::test_a_server_with_another_key_never_hears_the_password",),
    ),
    Rule(
        "a copy that was cut is whole as soon as something ends its last line",
        "systems/reports/separated.py",
        "return line if cells < self._fewest else 0",
        "return 0",
        (f"{ODD_FILES}::test_a_file_cut_in_the_middle_is_held_though_something_ended_its_last_line",),
    ),
    Rule(
        "rows at the end with nothing but their numbers go without a word",
        "systems/reports/sifting.py",
        "return not _is_numbering(number) or identifier(number) == str(self._rows)",
        "return True",
        (f"{ODD_FILES}::test_rows_with_nothing_but_their_numbers_are_rejected_at_the_end_too",),
    ),
    Rule(
        "customers on a sheet without headings are left out of the month",
        "systems/reports/workbooks.py",
        'replace(one, why="untitled")',
        "one",
        (f"{ODD_FILES}::test_a_sheet_of_rows_without_their_headings_holds_the_report",),
    ),
    Rule(
        "a report of lost commas is taken as long as none is five times the highest",
        "campaigns/intake/amounts_before.py",
        "    if lost > FEW:\n",
        "    if lost < 0:\n",
        (
            "tests/campaigns/intake/test_amounts_before.py::test_amounts_of_the_same_services_unlike_last_months_hold_the_report",
        ),
    ),
    Rule(
        "a contract written with thousands is another customer",
        "campaigns/rows/reading.py",
        '        thousands.join_thousands(report=report, columns=told.findings["parted_numbers"])\n',
        "",
        ("tests/campaigns/intake/test_thousands.py",),
    ),
    Rule(
        "Bs 1.149 is read as a boliviano and some cents",
        "systems/reports/values.py",
        "if _THOUSANDS_ONLY.fullmatch(bare):",
        "if not bare:",
        (f"{VALUES}::test_an_amount_is_read_as_meant",),
    ),
    Rule(
        "cable is no television",
        "systems/reports/values.py",
        r"televisi|\btv\b|\bcable\b(?! ?modem)|\biptv\b",
        r"televisi|\btv\b|\biptv\b",
        (f"{VALUES}::test_the_service_of_a_product",),
    ),
    Rule(
        "the month is read before the day",
        "systems/reports/values.py",
        "return date(_year(match[4]), int(match[3]), int(match[1]))",
        "return date(_year(match[4]), int(match[1]), int(match[3]))",
        (f"{VALUES}::test_a_day_is_read_as_meant",),
    ),
    Rule(
        "a number of Cochabamba is called without its area digit",
        "telephony/phone_numbers.py",
        "return COUNTRY + COCHABAMBA + national",
        "return COUNTRY + national",
        ("tests/telephony/test_phone_numbers.py::test_the_telephones_of_a_cell",),
    ),
    Rule(
        "a masked number keeps three of its digits",
        "telephony/phone_numbers.py",
        "shown[:-2]) + shown[-2:]",
        "shown[:-3]) + shown[-3:]",
        ("tests/telephony/test_phone_numbers.py::test_a_masked_number_keeps_its_last_two_digits",),
    ),
    Rule(
        "holidays count as working time",
        "service_level/working_time.py",
        "if day in self.days_off:",
        "if day in ():",
        ("tests/service_level/test_working_time.py::test_only_the_hours_of_the_centre_count",),
    ),
    Rule(
        "a warning comes when its hours of the clock begin",
        "service_level/working_time.py",
        "return when_worked(since, whole - amount, until=due, calendar=calendar) or since",
        "return due - amount",
        ("tests/service_level/test_working_time.py::test_a_warning_comes_so_much_working_time_before",),
    ),
    Rule(
        "a day begins at midnight of Greenwich",
        "service_level/days.py",
        "return datetime.combine(day, time.min, LA_PAZ)",
        'return datetime.combine(day, time.min, ZoneInfo("UTC"))',
        ("tests/service_level/test_days.py::test_a_day_is_that_of_la_paz_and_not_of_greenwich",),
    ),
    Rule(
        "who was thought dead hands in her work",
        "work/steps.py",
        "pk=owed.pk, fence=owed.fence)",
        "pk=owed.pk)",
        ("tests/work/test_a_new_kind.py::test_a_worker_that_was_thought_dead_hands_nothing_in",),
    ),
    Rule(
        "a number in reserve leaves the directory",
        "systems/guiatel/client.py",
        "if not reserved and _digits(entry) not in hidden)",
        "if _digits(entry) or hidden)",
        ("tests/systems/test_clients.py::test_whoever_is_in_reserve_does_not_leave_the_client",),
    ),
    Rule(
        "a write whose connection broke is sent again by itself",
        "systems/connection.py",
        "tries=1 if writes else 2",
        "tries=2",
        ("tests/systems/test_connection.py::test_a_write_tells_what_was_not_done_from_what_may_have_been",),
    ),
    Rule(
        "a system that failed three times is asked again and again",
        "systems/breaker.py",
        "if hangs or self._in_a_row >= self._failures:",
        "if hangs:",
        ("tests/systems/test_breaker.py::test_three_in_a_row_open_it_for_ten_seconds",),
    ),
    Rule(
        "in the sandbox a key may be used for something else",
        "sandbox/book.py",
        "if (before.verb, before.payload) != (verb, payload):",
        "if before.verb != verb:",
        ("tests/sandbox/test_book.py::test_of_twenty_that_say_different_things_with_one_key_one_is_heard",),
    ),
)

WORK = "tests/work/test_a_new_kind.py"

WHAT_IS_OWED = (
    Rule(
        "what a killed worker had is nobody's for ever",
        "work/claiming.py",
        "is_nobodys = Q(lease_until__isnull=True) | Q(lease_until__lte=now)",
        "is_nobodys = Q(lease_until__isnull=True)",
        (f"{WORK}::test_a_killed_worker_has_used_up_its_attempt_and_another_takes_over_when_the_lease_ends",),
    ),
    Rule(
        "what somebody is at is claimed by another",
        "work/claiming.py",
        "kind.rows.filter(is_nobodys, state_in(kind.open_states), not_before__lte=now)",
        "kind.rows.filter(state_in(kind.open_states), not_before__lte=now)",
        (f"{WORK}::test_a_lease_that_is_renewed_is_nobody_elses",),
    ),
    Rule(
        "what is parked is claimed",
        "work/claiming.py",
        "filter(is_nobodys, state_in(kind.open_states), not_before__lte=now)",
        "filter(is_nobodys, not_before__lte=now)",
        (f"{WORK}::test_it_is_tried_three_times_ever_later_and_then_waits_for_a_person",),
    ),
    Rule(
        "what kills every worker is tried once too often",
        "work/claiming.py",
        "if owed.attempts < kind.attempts:",
        "if owed.attempts <= kind.attempts:",
        (f"{WORK}::test_what_killed_its_last_worker_is_parked_by_whoever_would_claim_it",),
    ),
    Rule(
        "what failed for the last time waits for another attempt",
        "work/ending.py",
        "if owed.attempts >= kind.attempts:",
        "if owed.attempts > kind.attempts:",
        (f"{WORK}::test_it_is_tried_three_times_ever_later_and_then_waits_for_a_person",),
    ),
    Rule(
        "money of which nobody knows is sent again",
        "work/steps.py",
        "and was not in kind.tried_again_from:",
        "and was not in kind.held:",
        ("tests/work/test_a_kind_with_doubts.py::test_what_is_held_goes_back_only_from_the_states_its_kind_names",),
    ),
    Rule(
        "rows that somebody wrote meanwhile are published",
        "campaigns/rows/staging.py",
        "if not is_the_same:",
        "if False:",
        (
            "tests/campaigns/intake/test_intake_races.py::test_rows_that_somebody_wrote_meanwhile_are_published_by_nobody",
        ),
    ),
    Rule(
        "what was ended and rolled back loses two attempts",
        "work/doing.py",
        'rows.values("state", "lease_until", "attempts").first()',
        'rows.values("state", "lease_until").first()',
        (
            "tests/work/test_a_kind_with_doubts.py::test_not_now_after_an_end_that_was_rolled_back_gives_the_attempt_back_once",
        ),
    ),
)

RULES = (*WHAT_LEAVES, *WHAT_IS_READ_AND_COUNTED, *WHAT_IS_OWED)
