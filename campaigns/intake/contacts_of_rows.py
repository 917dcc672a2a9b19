"""From the usable rows of a staging table to contacts and renewals: one author, for a whole report and a mended row."""

from __future__ import annotations

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
_WITH_THEIR_TELEPHONES = """
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
FROM {_WITH_THEIR_TELEPHONES}
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
# Rows that come later, to a campaign that has contacts. Name, address and what else is of the person stay as they were.
_KNOWN = """
UPDATE gathered SET id = contact.id, is_known = TRUE
  FROM campaigns_contact contact WHERE contact.contract = gathered.contract AND contact.campaign_id = %s
"""
_ADD_TO_CONTACTS = f"""
UPDATE campaigns_contact contact
   SET call_list = CASE WHEN contact.call_list = gathered.call_list THEN contact.call_list ELSE 'BOTH' END,
       telephones = contact.telephones || ARRAY(
           SELECT telephone
             FROM unnest(coalesce(joined.telephones, staged.telephones)) WITH ORDINALITY AS one (telephone, place)
            WHERE telephone <> ALL (contact.telephones) ORDER BY place),
       amount_due = contact.amount_due + gathered.amount, due_on = least(contact.due_on, gathered.due_on)
  FROM {_WITH_THEIR_TELEPHONES}
 WHERE gathered.is_known AND contact.id = gathered.id
"""
_ADD_TO_ENTRIES = """
UPDATE campaigns_listentry entry SET call_list = contact.call_list
  FROM gathered JOIN campaigns_contact contact ON contact.id = gathered.id
 WHERE gathered.is_known AND entry.contact_id = contact.id AND entry.call_list <> contact.call_list
"""


def write_contacts(cursor: CursorWrapper, *, table: str, campaign: Campaign, adds: bool = False) -> None:
    """Write the contacts and renewals of the usable rows of `table`; list entries of new contacts are the assignment's.

    The rows have their verdicts: `reason`, `duplicate_of`. With `adds` the campaign has contacts already: a row of one
    of their contracts adds its service, telephones and amount to it; the caller holds those contacts locked.
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
    cursor.execute(_NEW_CONTACTS.format(table=table), [campaign.pk])
    if adds:
        cursor.execute(_ADD_TO_CONTACTS.format(table=table))
        cursor.execute(_ADD_TO_ENTRIES)
    cursor.execute(_RENEWALS.format(table=table), [campaign.pk])
