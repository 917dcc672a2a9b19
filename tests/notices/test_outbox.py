"""The outbox page: who sees it, what it shows, and what can be tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from agents.models import Agent, Disclosure, User
from notices.models import Notice, NoticeKind, Recipient
from work.claiming import claim

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


def test_a_supervisor_sees_what_went_out_and_what_did_not(
    elena: User, signed_in: SignedIn, owed: Callable[..., Notice], parked: Notice
) -> None:
    owed()
    page = signed_in(elena).get(reverse("notices:outbox")).content.decode()
    assert "El reporte no llegó" in page
    assert "Aviso detenido" in page
    assert "Reintentar 1 detenido" in page
    only = signed_in(elena).get(reverse("notices:outbox"), {"state": "waiting"}).content.decode()
    assert "El reporte no llegó" in only
    assert "Aviso detenido" not in only


def test_an_empty_outbox_says_what_it_is_for(elena: User, signed_in: SignedIn) -> None:
    assert "Todavía no hay avisos" in signed_in(elena).get(reverse("notices:outbox")).content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    elena: User, signed_in: SignedIn, owed: Callable[..., Notice], django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        owed(key=f"n{number}")
    client = signed_in(elena)
    client.get(reverse("notices:outbox"))
    with django_assert_max_num_queries(9):
        client.get(reverse("notices:outbox"))


def test_an_agent_sees_no_notice_and_an_auditor_changes_none(
    ana: Agent, oscar: User, signed_in: SignedIn, parked: Notice
) -> None:
    addresses = [reverse("notices:outbox"), reverse("notices:notice", args=[parked.pk])]
    assert [signed_in(ana).get(address).status_code for address in addresses] == [403, 403]
    assert [signed_in(oscar).get(address).status_code for address in addresses] == [200, 200]
    assert "Reintentar" not in signed_in(oscar).get(addresses[1]).content.decode()
    for name, args in (("notices:retry", [parked.pk]), ("notices:retry_all", [])):
        assert signed_in(oscar).post(reverse(name, args=args)).status_code == 403
    assert Notice.objects.visible_to(ana.user).count() == 0
    parked.refresh_from_db()
    assert parked.state == Notice.State.PARKED


def test_a_parked_notice_is_tried_again_from_its_page(elena: User, signed_in: SignedIn, parked: Notice) -> None:
    client = signed_in(elena)
    assert "se cayó" in client.get(reverse("notices:notice", args=[parked.pk])).content.decode()
    client.post(reverse("notices:retry", args=[parked.pk]))
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == (Notice.State.WAITING, 0)
    assert "se cayó" in client.get(reverse("notices:notice", args=[parked.pk])).content.decode()  # until it has gone
    answer = client.post(reverse("notices:retry", args=[parked.pk]), follow=True)
    assert "Solo se reintenta un aviso detenido" in answer.content.decode()


def test_while_a_notice_is_being_sent_its_page_says_until_when(
    elena: User, signed_in: SignedIn, owed: Callable[..., Notice], now: datetime
) -> None:
    address = reverse("notices:notice", args=[owed().pk])
    page = signed_in(elena).get(address).content.decode()
    assert ("Próximo intento" in page, "En curso hasta" in page) == (True, False)
    claimed = claim(Notice, now=now)
    assert claimed is not None
    page = signed_in(elena).get(address).content.decode()
    assert ("Próximo intento" in page, "En curso hasta" in page) == (False, True)
    assert date_format(timezone.localtime(claimed.lease_until), "d/m/Y H:i") in page


def test_all_parked_notices_are_tried_again_at_once(
    elena: User, signed_in: SignedIn, owed: Callable[..., Notice], parked: Notice
) -> None:
    owed()
    answer = signed_in(elena).post(reverse("notices:retry_all"), follow=True)
    assert "1 aviso se enviará de nuevo" in answer.content.decode()
    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.WAITING}


def test_changes_are_posts_only(elena: User, signed_in: SignedIn, parked: Notice) -> None:
    assert signed_in(elena).get(reverse("notices:retry", args=[parked.pk])).status_code == 405


def test_a_file_is_taken_away_and_written_in_the_book(
    elena: User, signed_in: SignedIn, owed: Callable[..., Notice], parked: Notice
) -> None:
    notice = owed(attachments=[("informe.xlsx", "application/vnd.ms-excel", b"bytes")])
    file = notice.attachments.get()
    answer = signed_in(elena).post(reverse("notices:attachment", args=[notice.pk, file.pk]))
    assert b"".join(answer) == b"bytes"  # type: ignore[arg-type]
    assert "attachment" in answer["Content-Disposition"]
    assert Disclosure.objects.get().kind == Disclosure.Kind.EXPORT
    other = signed_in(elena).post(reverse("notices:attachment", args=[parked.pk, file.pk]))
    assert other.status_code == 404


def test_a_body_is_text_and_never_markup(elena: User, signed_in: SignedIn, owed: Callable[..., Notice]) -> None:
    notice = owed(body="<script>alert(1)</script> http://127.0.0.1:8000/reports/1/")
    page = signed_in(elena).get(reverse("notices:notice", args=[notice.pk])).content.decode()
    assert "<script>alert" not in page
    assert 'href="http://127.0.0.1:8000/reports/1/"' in page


def test_the_admin_says_who_is_told_and_shows_no_mail(ines: User, signed_in: SignedIn, parked: Notice) -> None:
    client = signed_in(ines)
    Recipient.objects.create(kind=NoticeKind.REPORT_LATE, name="Turno", email="turno@comteco.example")
    assert client.get(reverse("admin:notices_recipient_changelist")).status_code == 200
    assert client.get(reverse("admin:notices_recipient_add")).status_code == 200
    assert client.get(f"/admin/notices/notice/{parked.pk}/change/").status_code == 404
