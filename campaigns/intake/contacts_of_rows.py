"""From the usable rows of a staging table to contacts and renewals: one author, for a whole report and a mended row."""

from __future__ import annotations

from datetime import datetime

from django.db.backends.utils import CursorWrapper

from campaigns.models import Campaign

_GATHERED = """
CREATE TEMPORARY TABLE gathered ON COMMIT DROP AS
SELECT nextval(%s::regclass) AS id, FALSE AS is_known, *
FROM (
    SELECT contract, min(line) AS first, sum(amount) AS amount, min(due_on) AS due_on,
           CASE WHEN min(service) <> max(service) THEN 'BOTH' ELSE min(service) END AS call_list,
           min(telephones) <> max(telephones) AS telephones_differ
    FROM {table} WHERE reason IS NULL AND duplicate_of IS NULL AND service <> 'OTHER'
    GROUP BY contract ORDER BY min(line)
) grouped
"""
_JOINED_TELEPHONES = """
CREATE TEMPORARY TABLE joined_telephones ON COMMIT DROP AS
SELECT contract, array_agg(telephone ORDER BY place) AS telephones
FROM (
    SELECT staged.contract, telephone, min(staged.line::bigint * 1000 + place) AS place
    FROM gathered
    JOIN {table} staged ON staged.contract = gathered.contract AND staged.reason IS NULL
        AND staged.service <> 'OTHER'
    CROSS JOIN LATERAL unnest(staged.telephones) WITH ORDINALITY AS one (telephone, place)
    WHERE gathered.telephones_differ
    GROUP BY staged.contract, telephone
) once
GROUP BY contract
"""
WITH_THEIR_TELEPHONES = """
{table} staged
JOIN gathered ON gathered.first = staged.line
LEFT JOIN joined_telephones joined ON gathered.telephones_differ AND joined.contract = gathered.contract
"""
_NEW_CONTACTS = f"""
INSERT INTO campaigns_contact (id, campaign_id, contract, call_list, name, name_key, identity_card,
    telephones, zone, address, segment, amount_due, due_on)
SELECT gathered.id, %s, gathered.contract, gathered.call_list, staged.name,
       staged.name_key, staged.identity_card,
       coalesce(joined.telephones, staged.telephones), staged.zone, staged.address,
       staged.segment, gathered.amount, gathered.due_on
FROM {WITH_THEIR_TELEPHONES}
WHERE NOT gathered.is_known
"""
_RENEWALS = """
INSERT INTO campaigns_renewal (campaign_id, contact_id, report_line, service, service_number, plan, due_on,
    amount_due)
SELECT %s, gathered.id, staged.line, staged.service, staged.service_number, staged.plan,
       staged.due_on, staged.amount
FROM {table} staged
JOIN gathered ON gathered.contract = staged.contract
WHERE staged.reason IS NULL AND staged.duplicate_of IS NULL AND staged.service <> 'OTHER'
"""
# A service that a corrected report had left out, or has under another contract now: what was paid goes with it.
_RENEWED = """
ON CONFLICT (service_number, campaign_id, service) DO UPDATE
   SET contact_id = EXCLUDED.contact_id, report_line = EXCLUDED.report_line, plan = EXCLUDED.plan,
       due_on = EXCLUDED.due_on, amount_due = EXCLUDED.amount_due, gone_at = NULL
 WHERE (campaigns_renewal.contact_id, campaigns_renewal.report_line, campaigns_renewal.plan, campaigns_renewal.due_on,
        campaigns_renewal.amount_due, campaigns_renewal.gone_at)
       IS DISTINCT FROM (EXCLUDED.contact_id, EXCLUDED.report_line, EXCLUDED.plan, EXCLUDED.due_on,
                         EXCLUDED.amount_due, NULL)
"""
_PAYMENTS_GO_ALONG = """
UPDATE campaigns_renewalpayment payment SET contact_id = renewal.contact_id
  FROM campaigns_renewal renewal
 WHERE renewal.campaign_id = %s AND payment.renewal_id = renewal.id AND payment.contact_id <> renewal.contact_id
"""
# Rows that come later, to a campaign that has contacts. Name, address and what else is of the person stay as they were.
# Who owes nothing had left with a corrected report, and comes back.
_KNOWN = """
UPDATE gathered SET id = contact.id, is_known = TRUE
  FROM campaigns_contact contact WHERE contact.contract = gathered.contract AND contact.campaign_id = %s
"""
_ADD_TO_CONTACTS = f"""
UPDATE campaigns_contact contact
   SET call_list = CASE WHEN contact.amount_due = 0 OR contact.call_list = gathered.call_list THEN gathered.call_list
                        ELSE 'BOTH' END,
       telephones = contact.telephones || ARRAY(
           SELECT telephone
             FROM unnest(coalesce(joined.telephones, staged.telephones)) WITH ORDINALITY AS one (telephone, place)
            WHERE telephone <> ALL (contact.telephones) ORDER BY place),
       amount_due = contact.amount_due + gathered.amount,
       due_on = CASE WHEN contact.amount_due = 0 THEN gathered.due_on ELSE least(contact.due_on, gathered.due_on) END
  FROM {WITH_THEIR_TELEPHONES}
 WHERE gathered.is_known AND contact.id = gathered.id
"""
_SET_CONTACTS = f"""
UPDATE campaigns_contact contact
   SET call_list = gathered.call_list, name = staged.name, name_key = staged.name_key,
       identity_card = staged.identity_card, telephones = coalesce(joined.telephones, staged.telephones),
       zone = staged.zone, address = staged.address, segment = staged.segment,
       amount_due = gathered.amount, due_on = gathered.due_on
  FROM {WITH_THEIR_TELEPHONES}
 WHERE gathered.is_known AND contact.id = gathered.id
   AND (contact.call_list, contact.name, contact.identity_card, contact.telephones, contact.zone, contact.address,
        contact.segment, contact.amount_due, contact.due_on)
       IS DISTINCT FROM (gathered.call_list::varchar, staged.name::varchar, staged.identity_card::varchar,
                         coalesce(joined.telephones, staged.telephones), staged.zone::varchar,
                         staged.address::varchar, staged.segment::varchar, gathered.amount, gathered.due_on)
"""
_GONE = """
UPDATE campaigns_renewal renewal SET gone_at = %s
 WHERE renewal.campaign_id = %s AND renewal.gone_at IS NULL AND NOT EXISTS (
   SELECT FROM {table} staged
    WHERE staged.service_number = renewal.service_number AND staged.service = renewal.service
      AND staged.reason IS NULL AND staged.duplicate_of IS NULL)
"""
_OWES_NOTHING = """
UPDATE campaigns_contact contact SET amount_due = 0
 WHERE contact.campaign_id = %s AND contact.amount_due <> 0 AND NOT EXISTS (
   SELECT FROM campaigns_renewal renewal WHERE renewal.contact_id = contact.id AND renewal.gone_at IS NULL)
"""
_ENTRIES_FOLLOW = """
UPDATE campaigns_listentry entry SET call_list = contact.call_list
  FROM gathered JOIN campaigns_contact contact ON contact.id = gathered.id
 WHERE gathered.is_known AND entry.contact_id = contact.id AND entry.call_list <> contact.call_list
"""


def gather(cursor: CursorWrapper, *, table: str, campaign: Campaign, adds: bool) -> None:
    """Lay out `gathered`, a row a contract of the usable rows of `table`, and `joined_telephones`, for what follows.

    With `adds` the contracts that the campaign has are known by it.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.gathered, pg_temp.joined_telephones")
    # asked once: inside the statement the catalogue would be read for every row, half of its time
    cursor.execute("SELECT pg_get_serial_sequence('campaigns_contact', 'id')")
    (sequence,) = cursor.fetchone()
    cursor.execute(_GATHERED.format(table=table), [sequence])
    if adds:
        cursor.execute(_KNOWN, [campaign.pk])
    cursor.execute("ANALYZE gathered")
    cursor.execute(_JOINED_TELEPHONES.format(table=table))
    cursor.execute("ANALYZE joined_telephones")


def write_contacts(cursor: CursorWrapper, *, table: str, campaign: Campaign, adds: bool = False) -> None:
    """Write the contacts and renewals of the usable rows of `table`; list entries of new contacts are the assignment's.

    The rows have their verdicts: `reason`, `duplicate_of`. With `adds` the campaign has contacts already: a row of one
    of their contracts adds its service, telephones and amount to it; the caller holds those contacts locked.
    """
    gather(cursor, table=table, campaign=campaign, adds=adds)
    cursor.execute(_NEW_CONTACTS.format(table=table), [campaign.pk])
    if adds:
        cursor.execute(_ADD_TO_CONTACTS.format(table=table))
        cursor.execute(_ENTRIES_FOLLOW)
    cursor.execute(_RENEWALS.format(table=table) + (_RENEWED if adds else ""), [campaign.pk])
    if adds:
        cursor.execute(_PAYMENTS_GO_ALONG, [campaign.pk])


def set_contacts(cursor: CursorWrapper, *, table: str, campaign: Campaign, now: datetime) -> None:
    """Make contacts and renewals of the campaign what the usable rows of `table` say, once they were gathered.

    A row of a contract that the campaign has replaces what was known of it. A renewal that no row has any more is
    `gone_at` now; nothing is deleted, and the places in the lists are left to the caller.
    """
    cursor.execute(_NEW_CONTACTS.format(table=table), [campaign.pk])
    cursor.execute(_SET_CONTACTS.format(table=table))
    cursor.execute(_ENTRIES_FOLLOW)
    cursor.execute(_GONE.format(table=table), [now, campaign.pk])
    cursor.execute(_RENEWALS.format(table=table) + _RENEWED, [campaign.pk])
    for statement in (_PAYMENTS_GO_ALONG, _OWES_NOTHING):
        cursor.execute(statement, [campaign.pk])


def refresh_statistics(cursor: CursorWrapper) -> None:
    """Let the database know of the new contacts before they are assigned: without it it takes a million for a few.

    They stay for the month, so they are as full as any, whatever is enough for tables in between. Whoever is at it
    already is not waited for.
    """
    cursor.execute("SHOW default_statistics_target")
    (target,) = cursor.fetchone()
    cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
    cursor.execute("ANALYZE (SKIP_LOCKED) campaigns_contact")
    cursor.execute("SELECT set_config('default_statistics_target', %s, TRUE)", [target])
