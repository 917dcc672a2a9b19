"""What nobody types: it finds nothing, breaks nothing, and is kept without what a database cannot hold."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse

from callcenter.requests import sound
from campaigns.models import CallBack, DeskDraft, ListEntry
from escalations.models import Change, Escalation
from tests.callcenter.test_every_address import ADDRESSES, Address

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
HOSTILE = [
    *("\x00", "Rosa\x00", "²²²²²²²", "٣٣٣٣٣٣٣", "%", "___", "%_%", "\ud800abc"),
    *("x" * 10_000, "' OR 1=1 --", "ﷺ" * 80),
]
ids = [ascii(text)[:20] for text in HOSTILE]
FIELDS = (
    *("q", "zone", "state", "call_list", "list", "agent", "service", "day", "month", "reach", "reason", "kind"),
    *("period", "page", "sort", "show", "standing", "export"),
)


def send(client, name, fields, **of):
    """Post the bytes as a browser would, whatever they are; the status must not be an error of the server."""
    body = urlencode({key: str(value).encode("utf-8", "surrogatepass") for key, value in fields.items()})
    answer = client.post(reverse(name, kwargs=of), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500
    return answer


@pytest.mark.parametrize("text", HOSTILE, ids=ids)
def test_the_desks_search_answers(world, signed_in, text):
    world.furnish()
    answer = send(signed_in(world.ana), "campaigns:search", {"q": text})
    assert (answer.status_code == 302) == (text == "Rosa\x00")  # the only customer who is called so is opened
    assert answer.status_code in (200, 302)


LISTS = [address for address in ADDRESSES if address.sends is None and not address.form and not address.hidden]


@pytest.mark.parametrize("address", LISTS, ids=lambda address: address.name)
def test_every_filter_of_every_page_answers(world, signed_in, address: Address):
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    client = signed_in(world.user(next((one for one in address.opens_to if one != "nobody"), "elena")))
    for text in ("\x00", "²²²", "%_"):
        assert client.get(path, dict.fromkeys(FIELDS, text)).status_code < 500


@pytest.mark.parametrize("text", HOSTILE, ids=ids)
def test_what_is_typed_at_the_desk_is_kept_or_refused(world, signed_in, text):
    client, contact = signed_in(world.ana), world.contact
    given = {"contact": contact.pk, "fence": 0, "note": text, "reason": text, "telephone": text, "disposition": text}
    for name in ("desk_draft", "desk_result", "desk_call", "desk_pulse", "desk_give_back", "desk_pause"):
        send(client, f"campaigns:{name}", given)
        send(client, f"campaigns:{name}", {**given, "contact": text, "fence": text})
    pk = world.call_back.pk
    send(client, "campaigns:call_back", {"verb": "move", "day": text, "clock": text}, pk=pk)
    send(client, "campaigns:call_back", {"verb": "cancel", "reason": text}, pk=pk)
    assert "\x00" not in CallBack.objects.get().why
    send(signed_in(world.oscar), "campaigns:contact_reveal", {"reason": text}, pk=contact.pk)


NO_MOMENTS = ("9999-12-31T23:59", "0001-01-01T00:00", "10000-01-01T00:00", "2026-02-30T00:00")


@pytest.mark.parametrize("text", [*HOSTILE, "9" * 40, *NO_MOMENTS], ids=[*ids, "9s", *NO_MOMENTS])
def test_what_is_typed_on_a_card_is_kept_or_refused(world, signed_in, text):
    asked = ("reason", "note", "to", "unit", "outcome", "told_at", "into_id", "text", "sector", "subject", "number")
    given = {**dict.fromkeys(asked, text), "how": "telephone"}
    pk, client = world.escalation.pk, signed_in(world.elena)
    for verb in (
        "note",
        "take",
        "wait",
        "go_on",
        "hand_over",
        "merge",
        "reject",
        "inform",
        "reopen",
        "resolve",
        "inform",
    ):
        send(client, "escalations:escalation_step", given, pk=pk, verb=verb)
    send(client, "escalations:letter", given, pk=pk)
    send(client, "escalations:letter", {**given, "unit": world.escalation.kind.unit_id, "number": 1}, pk=pk)
    send(signed_in(world.oscar), "escalations:escalation_reveal", {"reason": text}, pk=pk)
    Escalation.objects.filter(pk=pk).update(kind="callback_promise")
    for name in ("call_take", "call_not_reached", "call_told", "call_give_back"):
        send(signed_in(world.ana), f"escalations:{name}", given, pk=pk)
    for change in Change.objects.filter(escalation=pk):
        assert "\x00" not in change.note
        assert len(change.note) <= 2000


def test_a_half_typed_note_is_kept_without_nul(world, signed_in):
    client, contact = signed_in(world.ana), world.contact
    ListEntry.objects.filter(contact=contact).update(lease_agent=world.ana, lease_until=world.now, fence=1)
    send(client, "campaigns:desk_draft", {"contact": contact.pk, "fence": 1, "note": "Pide\x00 rebaja"})
    assert DeskDraft.objects.get().fields["note"] == "Pide rebaja"


def test_what_is_sound_stays_the_same_object_and_what_is_not_keeps_its_order():
    fine = QueryDict("a=1&a=2&b=3")
    assert sound(fine) is fine
    cleaned = sound(QueryDict("a=1%00&a=%002&b%00=3"))
    assert (cleaned.getlist("a"), cleaned["b"]) == (["1", "2"], "3")
    with pytest.raises(AttributeError):
        cleaned["a"] = "x"
