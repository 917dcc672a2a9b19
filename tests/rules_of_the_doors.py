"""Rules of the house's doors: who comes in, for how long, with which role, and what the clock rings."""

from __future__ import annotations

from tests.a_rule import Rule

SECOND_FACTOR = "tests/agents/test_second_factor.py"
SIGNING_IN = "tests/agents/test_signing_in.py"
MAKING = "tests/callcenter/test_making.py"
SEES_NO_CUSTOMER = "tests/callcenter/test_administrator_sees_no_customer.py"
SCHEDULING = "tests/callcenter/test_scheduling.py"

TOKENS = "tests/api/test_tokens.py"

RULES = (
    Rule(
        "a token works by the word of who made it",
        "api/models.py",
        "if self.confirmed_at is None:",
        "if False:",
        (f"{TOKENS}::test_it_works_once_another_administrator_confirmed_it",),
    ),
    Rule(
        "a token does what its scopes do not let it",
        "api/bearer.py",
        "if self.scope not in found.scopes or",
        "if",
        (f"{TOKENS}::test_without_its_scope_it_is_told_which",),
    ),
    Rule(
        "a token outlives the role it was made for",
        "api/models.py",
        "if self.user.role != self.role:",
        "if False:",
        (f"{TOKENS}::test_when_it_is_not_taken_any_more",),
    ),
    Rule(
        "what a program sends twice is done twice",
        "api/once.py",
        "before = Reply.objects.filter(token=token, key=key).first()",
        "before = Reply.objects.filter(token=token, key=key + sent).first()",
        ("tests/api/test_walkthrough.py::test_payments_become_a_report_and_what_they_pay",),
    ),
    Rule(
        "a program works a card it has not read as it is",
        "api/views/cards.py",
        """if version.strip('"') != str(there.version):""",
        "if False:",
        ("tests/api/test_walkthrough.py::test_a_card_is_worked_as_it_was_read",),
    ),
    Rule(
        "a program reads whole whoever is in a list",
        "api/views/campaigns.py",
        "@paginate(Newest, of=ContactOut.of)",
        "@paginate(Newest, of=lambda contact: ContactOut.of(contact, whole=True))",
        ("tests/api/test_reading.py::test_customers_are_masked_unless_one_is_looked_for",),
    ),
    Rule(
        "who a program looks for is in no book",
        "api/views/campaigns.py",
        "    if whole:\n        note_search",
        "    if False:\n        note_search",
        ("tests/api/test_reading.py::test_customers_are_masked_unless_one_is_looked_for",),
    ),
    Rule(
        "the pages of the supervisor open to agents",
        "agents/access.py",
        "if user.role not in roles:",
        "if user.role not in (*roles, Role.AGENT):",
        ("tests/campaigns/month/test_campaign_page.py::test_only_who_steers_takes_a_step",),
    ),
    Rule(
        "an agent whom one person made sees customers",
        "agents/access.py",
        "if user.waits_to_be_admitted:",
        "if False:",
        (
            "tests/agents/test_who_is_admitted.py::test_an_agent_one_person_made_sees_no_customer_until_supervision_says_so",
        ),
    ),
    Rule(
        "what somebody writes in the database who is not the application is told nowhere",
        "agents/hands.py",
        '" WHEN (public.is_a_stranger()) EXECUTE',
        '" WHEN (FALSE) EXECUTE',
        ("tests/callcenter/test_strange_hands.py::test_whoever_has_the_password_writes_nowhere_without_a_line_of_it",),
    ),
    Rule(
        "nobody hears of what a stranger wrote",
        "agents/strangers.py",
        "    if not StrangeWrite.objects.exists():",
        "    if True:",
        ("tests/callcenter/test_strange_hands.py::test_who_answers_for_the_centre_hears_of_it_once_in_a_while",),
    ),
    Rule(
        "who waits to be put on duty has calls ring for her",
        "agents/presence.py",
        "user.role == Role.AGENT and user.is_admitted",
        "user.role == Role.AGENT",
        (
            "tests/agents/test_who_is_admitted.py::test_whose_password_is_put_in_mid_shift_is_signed_out_and_supervision_hears_it",
        ),
    ),
    Rule(
        "an auditor changes what he reads",
        "agents/access.py",
        "steering_only = roles_only(Role.SUPERVISOR)",
        "steering_only = roles_only(Role.SUPERVISOR, Role.AUDITOR)",
        ("tests/campaigns/closing/test_sealing.py::test_an_auditor_verifies_and_seals_nothing",),
    ),
    Rule(
        "who configures keeps the customers of her earlier role",
        "agents/gates.py",
        "return gate(rows, user) if user.knows_customers else rows.none()",
        "return gate(rows, user)",
        (f"{SEES_NO_CUSTOMER}::test_every_gate_of_a_customers_row_is_shut",),
    ),
    Rule(
        "an administrator reads the centre",
        "agents/models/people.py",
        "return self.role in (Role.SUPERVISOR, Role.AUDITOR)",
        "return self.role in (Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)",
        (f"{SEES_NO_CUSTOMER}::test_she_hears_nothing_of_the_centre",),
    ),
    Rule(
        "the admin is asked letter by letter for what it hides",
        "screens/admin_rights.py",
        "        return any(\n            lookup == name",
        "        return True or any(\n            lookup == name",
        (f"{SEES_NO_CUSTOMER}::test_a_list_is_not_asked_for_what_it_hides",),
    ),
    Rule(
        "the admin is asked through a filter for what stands behind its relation",
        "screens/admin_rights.py",
        'in FILTERED_BY and lookup.startswith(f"{name}__")',
        'and lookup.startswith(f"{name}__")',
        (f"{SEES_NO_CUSTOMER}::test_a_filter_is_no_door_into_the_house",),
    ),
    Rule(
        "the history of any row is read in the admin",
        "agents/admin/changes.py",
        "if event.pgh_tracked_model in shown}",
        "}",
        (f"{SEES_NO_CUSTOMER}::test_no_address_of_the_admin_tells_her_of_a_customers_row",),
    ),
    Rule(
        "a password may be tried fifty times",
        "callcenter/settings.py",
        "AXES_FAILURE_LIMIT = 5",
        "AXES_FAILURE_LIMIT = 50",
        (f"{SIGNING_IN}::test_five_failures_lock_that_person_at_that_address_and_nobody_else",),
    ),
    Rule(
        "one agent who forgot her password locks out the floor",
        "callcenter/settings.py",
        'AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]',
        'AXES_LOCKOUT_PARAMETERS = ["ip_address"]',
        (f"{SIGNING_IN}::test_five_failures_lock_that_person_at_that_address_and_nobody_else",),
    ),
    Rule(
        "codes of the second factor may be tried without end",
        "agents/code_tries.py",
        "return bool(tries <= limit)",
        "return bool(tries)",
        (f"{SECOND_FACTOR}::test_five_wrong_codes_lock_a_persons_codes_from_anywhere",),
    ),
    Rule(
        "a code of the second factor opens twice",
        "callcenter/shared_cache.py",
        "return self._asked(lambda: RedisCache.add(self, key, value, timeout, version), True)",
        "return True",
        (f"{SECOND_FACTOR}::test_a_code_opens_once",),
    ),
    Rule(
        "a session that gave no code steers the centre",
        "agents/second_factor.py",
        "if not used_second_factor(request, user):",
        "if not has_second_factor(user):",
        (f"{SECOND_FACTOR}::test_a_session_that_gave_no_code_is_asked_for_one",),
    ),
    Rule(
        "a session lasts longer than a shift",
        "callcenter/settings.py",
        'env.int("SESSION_HOURS", 10) * 3600',
        'env.int("SESSION_HOURS", 100) * 3600',
        (f"{SIGNING_IN}::test_a_session_lasts_a_shift",),
    ),
    Rule(
        "a form is taken without its token",
        "callcenter/settings.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        ("tests/callcenter/test_errors.py::test_an_expired_form_says_that_nothing_was_recorded",),
    ),
    Rule(
        "a form of a page has no token",
        "campaigns/templates/campaigns/month/words.html",
        "{% csrf_token %}",
        "",
        ("tests/callcenter/test_forms.py::test_a_form_that_posts_carries_its_token",),
    ),
    Rule(
        "a page runs scripts that somebody typed into it",
        "callcenter/settings.py",
        '"script-src": [SELF, NONCE],',
        '"script-src": [SELF, "\'unsafe-inline\'"],',
        ("tests/callcenter/test_headers.py::test_the_policy_has_nothing_unsafe_and_the_page_needs_nothing_unsafe",),
    ),
    Rule(
        "a browser keeps the pages of customers on its disk",
        "callcenter/requests.py",
        'response["Cache-Control"] = "no-store, private"',
        'response["Cache-Control"] = "private"',
        ("tests/campaigns/lists/test_exporting.py::test_pages_of_who_signed_in_are_kept_nowhere",),
    ),
    Rule(
        "a stranger's upload is read whatever its size",
        "callcenter/requests.py",
        "if not sent.isdigit() or int(sent) > limit else None",
        "if not sent.isdigit() else None",
        ("tests/callcenter/test_bodies.py::test_a_stranger_puts_no_file_on_our_disk",),
    ),
    Rule(
        "whoever says so passes for another address",
        "callcenter/proxies.py",
        "if peer is not None and self._is_ours(peer):",
        "if peer is not None:",
        ("tests/callcenter/test_proxies.py::test_a_visitor_who_is_no_proxy_of_ours_keeps_her_address",),
    ),
    Rule(
        "a demo works on a production's database",
        "callcenter/purpose.py",
        "if kept not in (None, settings.CALLCENTER_ENV):",
        "if kept not in (None, *SENTENCES):",
        ("tests/callcenter/test_purpose.py::test_a_demo_leaves_a_productions_database_alone",),
    ),
    Rule(
        "a task of the clock is in no schedule",
        "callcenter/schedule.py",
        '    Tick("Liberar contactos abandonados", "campaigns.sweep_leases", 30 * SECOND),\n',
        "",
        (f"{SCHEDULING}::test_what_only_the_clock_can_ring_is_in_the_schedule",),
    ),
    Rule(
        "a deployment undoes what an administrator set in the schedule",
        "callcenter/scheduling.py",
        "if entry is None or (memory is not None and _was_edited(entry, memory)):",
        "if entry is None:",
        (f"{SCHEDULING}::test_an_edit_of_the_administrator_is_not_undone",),
    ),
    Rule(
        "half of the demo's last month is seen, and stays when it is cut short",
        "callcenter/demo/making.py",
        "        with transaction.atomic():\n            history.make_last_month(",
        "        if month:\n            history.make_last_month(",
        (f"{MAKING}::test_a_month_that_was_cut_short_was_never_there_and_is_made_whole_the_next_time",),
    ),
    Rule(
        "what pip left half installed counts as installed",
        "callcenter/installing.py",
        "if not _is_whole(site, folder):",
        "if not folder.exists():",
        ("tests/callcenter/test_installing.py::test_what_was_left_half_installed_is_installed_again",),
    ),
)
