"""What the centre tells people and programs outside."""

from notices.models.mails import ABOUT_A_CUSTOMER, TO_ONE_PERSON, Attachment, Notice, NoticeKind, Recipient
from notices.models.webhooks import Delivery, EventKind, ProgramEvent, Webhook

__all__ = [
    "ABOUT_A_CUSTOMER",
    "TO_ONE_PERSON",
    "Attachment",
    "Delivery",
    "EventKind",
    "Notice",
    "NoticeKind",
    "Recipient",
    "Webhook",
    "ProgramEvent",
]
