"""Each promise, broken on purpose, is reported; a sound month breaks none."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns.closing import sealing
from campaigns.figures.refreshing import refresh_figures
from campaigns.invariants import INVARIANTS, check_invariants, orphans
from campaigns.invariants.of_months import audit_rules
from campaigns.models import Seal
from campaigns.month.letting_go import HANDED_OVER
from notices.models import Attachment
from tests.audit import behind_the_audit
from tests.campaigns.a_month import make_month
from tests.databases import undone

pytestmark = pytest.mark.sweep


@pytest.fixture
def sound(ana, luis, elena, at, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    campaign = make_month({"ana": ana, "luis": luis}, state="closed")
    refresh_figures(campaign=campaign, now=at("2026-11-30 21:00"))
    sealing.seal(campaign=campaign, by=elena, now=at("2026-11-30 21:01"))
    return campaign


def entry(sql: str) -> str:
    return f"UPDATE campaigns_listentry SET {sql} FROM campaigns_contact c WHERE c.id = contact_id AND "


BREAKS = {
    "contact_has_one_entry": "DELETE FROM campaigns_listentry WHERE state = 'not_callable'",
    "contact_has_a_renewal": "DELETE FROM campaigns_renewal WHERE service_number = 'A4INTERNET'",
    "same_campaign": "UPDATE campaigns_renewal SET campaign_id = campaign_id + 1 WHERE service_number = 'A4INTERNET'",
    "call_list_says_the_services": "UPDATE campaigns_renewal SET service = 'TV' WHERE service_number = 'A4INTERNET'",
    "one_desk_a_contact": """
        UPDATE campaigns_attempt a SET telephone = '+59170799999', agent_id = (SELECT max(id) FROM agents_agent)
          FROM campaigns_contact c WHERE c.id = a.contact_id AND c.contract = 'A4' AND a.fence = 2;
        UPDATE campaigns_attempt a SET fence = 2
          FROM campaigns_contact c WHERE c.id = a.contact_id AND c.contract = 'A4' AND a.fence = 1""",
    "open_call_has_its_lease": entry("fence = fence + 1") + """c.contract = 'A1';
        UPDATE campaigns_attempt a SET resulted_at = NULL FROM campaigns_contact c
         WHERE c.id = a.contact_id AND c.contract = 'A1'""",
    "fence_only_rises": entry("fence = 0") + "c.contract = 'A1'",
    "report_rows_add_up": """
        ALTER TABLE campaigns_report DROP CONSTRAINT report_rows_add_up; UPDATE campaigns_report SET rows = rows + 1""",
    "taken_rows_are_renewals": """
        UPDATE campaigns_report SET kind = 'ccvp', period = '2026-12-01', rows = 5, taken = 5""",
    "gone_is_who_has_no_renewal_left": """
        UPDATE campaigns_renewal SET gone_at = now() WHERE service_number = 'A4INTERNET'""",
    "payment_is_its_receipts": "DELETE FROM campaigns_receipt WHERE number = 'R-L3-INTERNET-1'",
    "given_back_is_its_refunds": "UPDATE campaigns_receipt SET refunded = 1 WHERE number = 'R-L3-INTERNET-1'",
    "paid_when_nothing_is_owed": """
        UPDATE campaigns_renewalpayment SET paid_on = NULL WHERE renewal_id = (
          SELECT id FROM campaigns_renewal WHERE service_number = 'A1INTERNET')""",
    "list_agrees_with_payments": entry("state = 'open'") + "c.contract = 'A1'",
    "paid_is_not_dialled": """
        UPDATE campaigns_attempt a SET dialled_at = '2026-11-29 10:00-04' FROM campaigns_contact c
         WHERE c.id = a.contact_id AND c.contract = 'A1'""",
    "held_out_is_not_dialled": entry("state = 'held_out'") + "c.contract = 'A3'",
    "who_is_to_be_called_comes_up": "UPDATE campaigns_campaign SET state = 'running';"
    + entry("state = 'open', ready_at = '2031-01-01'") + "c.contract = 'A1'",
    "state_is_its_history": """
        INSERT INTO campaigns_contactchange (contact_id, verb, from_state, to_state, at)
        SELECT id, 'exhaust', 'open', 'exhausted', now() FROM campaigns_contact WHERE contract = 'A1'""",
    "history_is_of_the_table": """
        INSERT INTO campaigns_contactchange (contact_id, verb, from_state, to_state, at)
        SELECT contact_id, 'pay', 'exhausted', state, now() FROM campaigns_listentry""",
    "orphan_contactchange_attempt": """
        INSERT INTO campaigns_contactchange (contact_id, verb, from_state, to_state, at, attempt_id)
        SELECT contact_id, 'finish', 'open', 'done', now(), 999999 FROM campaigns_listentry LIMIT 1""",
    "entry_agrees_with_attempts": entry("contacted_at = NULL") + "c.contract = 'A3'",
    "cells_within_their_base": """
        ALTER TABLE campaigns_figurecell DROP CONSTRAINT figure_cell_parts_within_their_whole;
        UPDATE campaigns_figurecell SET handled = items + 1 WHERE items > 0""",
    "seal_within_its_base": """
        UPDATE campaigns_seal SET figures = jsonb_set(figures, '{rates,services,paid,part}', '9999')""",
    "seal_unchanged": "UPDATE campaigns_seal SET evidence = '{}'",
    "seal_was_mailed": "DELETE FROM notices_attachment; DELETE FROM notices_notice",
    "anonymised_names_nobody": "UPDATE campaigns_campaign SET anonymised_at = now()",
    "contact_owes_what_its_services_do": "UPDATE campaigns_contact SET amount_due = amount_due + 1",
    "what_a_correction_changed_is_written": "UPDATE campaigns_report SET state = 'withdrawn'",
    "rejected_rows_are_all_there": "UPDATE campaigns_report SET rejected_at_first = 3",
    "receipts_are_those_of_their_report": """UPDATE campaigns_report SET figures = '{"new": 99}'""",
    "receipts_are_as_they_came": """UPDATE campaigns_report SET figures = '{"brought": "x"}' WHERE kind = 'recaudo'""",
    "refunds_are_as_they_came": """UPDATE campaigns_report SET figures = '{"refunds": 9}' WHERE kind = 'recaudo'""",
    "who_refused_calls_is_not_forgotten": """
        UPDATE campaigns_disposition SET forbids_calling = TRUE WHERE code = 'month-third'""",
    "receipt_is_of_its_service": "UPDATE campaigns_receipt SET service_number = 'X' WHERE number = 'R-L3-INTERNET-1'",
    "payment_days_are_those_of_its_receipts": "UPDATE campaigns_receipt SET paid_on = paid_on - 1",
    "promise_gave_way_to_another": "UPDATE campaigns_paymentpromise SET superseded_at = now()",
    "promise_is_of_its_call": "DELETE FROM campaigns_paymentpromise",
    "agreed_call_is_of_its_call": """
        UPDATE campaigns_disposition SET requires_call_back = TRUE WHERE code = 'month-third'""",
    "promised_call_has_its_card": f"""
        INSERT INTO campaigns_callback (campaign_id, contact_id, attempt_id, agent_id, telephone, due_at, note, reach,
                                        state, why, created_at, settled_at, cancelled_by_payment, cancelled_by_leaving)
        SELECT campaign_id, contact_id, id, agent_id, '', now(), '', 'personal', 'cancelled', '{HANDED_OVER}', now(),
               now(), FALSE, FALSE FROM campaigns_attempt LIMIT 1""",
    "seal_has_its_files": "UPDATE campaigns_seal SET workbook = document",
    "seals_are_a_chain": "UPDATE campaigns_seal SET revision = 2",
    "mail_has_its_seal": "UPDATE notices_notice SET body = 'otra cosa'",
    "sealed_month_is_closed": "UPDATE campaigns_campaign SET state = 'running'",
    "closed_month_is_at_rest": """
        UPDATE campaigns_listentry SET lease_agent_id = owner_id, lease_until = now() WHERE contact_id = (
          SELECT min(contact_id) FROM campaigns_listentry WHERE owner_id IS NOT NULL)""",
    "month_is_as_sealed": "UPDATE campaigns_campaign SET hold_out_seed = 99",
    "cells_are_what_the_rows_say": "DELETE FROM campaigns_seal; UPDATE campaigns_dayfigure SET paid = paid + 1",
    "patterns_are_what_the_rows_say": """
        INSERT INTO campaigns_patternrefresh (campaign_id, counted_at, open, unassigned, halves)
        SELECT id, now(), 99, 0, '{}' FROM campaigns_campaign WHERE state = 'closed'""",
    "draw_is_that_of_the_launch": "UPDATE campaigns_campaign SET draw_sha256 = 'x'",
    "report_has_its_file": "UPDATE campaigns_report SET file = 'nowhere.csv'",
    "campaignevent_is_its_last_event": "DELETE FROM campaigns_campaignevent",
    "orphan_attempt_agent": "UPDATE campaigns_attempt SET agent_id = 999999",
    "orphan_attempt_contact": "UPDATE campaigns_attempt SET contact_id = 999999, fence = id",
    "orphan_listentry_owner": "UPDATE campaigns_listentry SET owner_id = 999999 WHERE owner_id IS NOT NULL",
    "orphan_receipt_report": "UPDATE campaigns_receipt SET report_id = 999999",
    "orphan_renewal_contact": "UPDATE campaigns_renewal SET contact_id = 999999",
    "orphan_renewalpayment_renewal": "UPDATE campaigns_renewalpayment SET renewal_id = renewal_id + 999999",
}  # fmt: skip


def test_a_first_step_that_was_never_written_down_is_found(sound, subtests):
    for state in ("done", "paid", "exhausted"):
        with subtests.test(state), undone():
            with connection.cursor() as cursor:
                cursor.execute(entry(f"state = '{state}'") + "c.contract = 'L4'")
            broken = {found.name: found.examples for found in check_invariants()}
            assert broken["state_is_its_history"] == ["L4"]


def test_a_sound_month_breaks_no_promise(sound):
    assert check_invariants() == []
    call_command("check_invariants")


def test_what_breaks_a_promise_is_reported(sound, subtests):
    for name, statements in BREAKS.items():
        with subtests.test(name), undone():
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                with behind_the_audit():
                    for statement in statements.split(";"):
                        cursor.execute(statement)
            found = {finding.name: finding for finding in check_invariants()}
            assert name in found
            assert found[name].count >= 1
            assert found[name].examples


def test_a_missing_file_of_the_outbox_is_reported(sound):
    attachment = Attachment.objects.first()
    attachment.file.storage.delete(attachment.file.name)
    assert [finding.name for finding in check_invariants()] == ["outbox_has_its_files"]


def test_every_promise_has_its_proof():
    made_alike = {rule.name for rule in audit_rules()}
    proven = {*BREAKS, *made_alike, "outbox_has_its_files"}
    assert {invariant.name for invariant in INVARIANTS} <= proven


def test_every_key_that_is_not_enforced_is_checked():
    names = {invariant.name for invariant in orphans()}
    assert {"orphan_renewal_contact", "orphan_listentry_contact", "orphan_receipt_renewal"} <= names


def test_the_command_says_what_is_wrong_and_fails(sound):
    with behind_the_audit():
        Seal.objects.update(sha256="0" * 64)
    out = io.StringIO()
    with pytest.raises(CommandError, match="seal_unchanged"):
        call_command("check_invariants", "--json", stdout=out)
    broken = {one["name"]: one for one in json.loads(out.getvalue())["broken"]}
    assert set(broken) == {"seal_unchanged", "mail_has_its_seal"}
    assert (broken["seal_unchanged"]["count"], broken["seal_unchanged"]["examples"]) == (1, ["2026-12 r1"])
