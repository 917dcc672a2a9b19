"""What the procedure gives a new site: its lines in their order, and the kinds of what is handed over."""

from __future__ import annotations

LINES = (
    *("101", "102", "103", "104", "109", "4200224"),
    *("4251000", "4522222", "800131313", "800130001", "4639999"),
)
KINDS = (
    *("billing_claim", "priority_order", "overdue_installation", "callback_promise", "reentry_ticket"),
    *("priority_repair", "public_phone_fault", "nocc_fault", "sim_block", "guide_listing", "unforeseen_state"),
    *("broken_promise", "complaint", "wants_to_cancel", "write_not_done", "overdue_repair", "nocc_follow_up"),
    "lost_call",
)
