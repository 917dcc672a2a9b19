"""The samples, taken in by the commands, give their known answers; the same file again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import ListEntry, Receipt, RejectedRow, RenewalPayment
from tests.conftest import DATA

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLES = {"xlsx-300": "xlsx", "csv-300": "csv", "xlsx-5000": "xlsx"}


def said(*words: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def expected(truth: dict[str, Any]) -> dict[str, Any]:
    payments = truth["payments"]
    return {
        "rows": payments["rows"],
        "receipts": payments["receipts"],
        "new": payments["receipts"],
        "duplicates": payments["rows"] - payments["receipts"],
        "unmatched": payments["receipts_outside_the_campaign"],
        "rejected": 0,
        "renewals_paid": payments["items_paid"],
        "amount": float(payments["amount_paid"]),
    }


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_its_known_answers(name: str, truth: Callable[[str], dict[str, Any]]) -> None:
    answers = expected(truth(name))
    folder, ending = DATA / name, SAMPLES[name]
    said("take_in_report", folder / f"ccvp-2026-12.{ending}", "--period", "2026-12")
    payments = folder / f"recaudo-2026-12.{ending}"
    assert said("take_in_payments", payments) == answers
    before = list(ListEntry.objects.order_by("pk").values()), list(RenewalPayment.objects.order_by("pk").values())
    assert said("take_in_payments", payments) == {**answers, "new": 0, "duplicates": answers["rows"]}
    assert before == (
        list(ListEntry.objects.order_by("pk").values()), list(RenewalPayment.objects.order_by("pk").values())
    )  # fmt: skip


@pytest.mark.parametrize("name", ["csv-300", "xlsx-5000"])
def test_payments_that_came_before_the_report_count_when_it_comes(
    name: str, truth: Callable[[str], dict[str, Any]]
) -> None:
    answers = expected(truth(name))
    folder, ending = DATA / name, SAMPLES[name]
    first = said("take_in_payments", folder / f"recaudo-2026-12.{ending}")
    assert (first["unmatched"], first["renewals_paid"], first["amount"]) == (answers["receipts"], 0, 0.0)
    said("take_in_report", folder / f"ccvp-2026-12.{ending}", "--period", "2026-12")
    assert Receipt.objects.filter(standing="unmatched").count() == answers["unmatched"]
    assert RenewalPayment.objects.exclude(paid_on=None).count() == answers["renewals_paid"]
    again = said("take_in_payments", folder / f"recaudo-2026-12.{ending}")
    assert again == {**answers, "new": 0, "duplicates": answers["rows"]}


def test_the_same_receipts_in_another_file_are_all_duplicates(
    tmp_path: Path, truth: Callable[[str], dict[str, Any]]
) -> None:
    answers = expected(truth("csv-300"))
    folder = DATA / "csv-300"
    said("take_in_report", folder / "ccvp-2026-12.csv", "--period", "2026-12")
    said("take_in_payments", folder / "recaudo-2026-12.csv")
    lines = (folder / "recaudo-2026-12.csv").read_bytes().splitlines()
    shuffled = tmp_path / "otra-2026-12.csv"
    shuffled.write_bytes(b"\r\n".join([*lines[:3], *reversed(lines[3:-1]), lines[-1]]))
    assert said("take_in_payments", shuffled) == {**answers, "new": 0, "duplicates": answers["rows"]}


BAD = {
    "no such file": (None, "No such file"),
    "nothing in it": (b"", "vac"),
    "without its columns": (b"A,B\r\n1,2\r\n", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line_and_nothing_is_half_done(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    path = tmp_path / "recaudo.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        said("take_in_payments", path)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert not Receipt.objects.exists()


def test_every_row_of_an_untidy_file_ends_in_one_place(tmp_path: Path) -> None:
    said("take_in_report", DATA / "csv-300" / "ccvp-2026-12.csv", "--period", "2026-12")
    lines = [
        "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL",
        "R1;120100008;1201000081;Internet;28/11/2026;289,00;QR",
        "R1;120100008;1201000081;Internet;28/11/2026;289,00;QR",
        "R1;120100008;1201000081;Internet;28/11/2026;-289,00;QR",
        "R1;120100008;1201000081;Internet;28/11/2026;99,00;QR",
        ";120100008;1201000082;TV CABLE;28/11/2026;99;QR",
        "R2;120100008;1201000082;TV CABLE;31/02/2026;99;QR",
        "R3;120100008;1201000082;TV CABLE;;99;QR",
        "R4;120100008;1201000082;TV CABLE;28/11/2026;noventa;QR",
        "R5;120100008;1201000082;TV CABLE;28/11/2026;;QR",
        "R6;120100008;1201000082;TV CABLE;28/11/2026;0;QR",
        "R7;555;5551;Telefonía Fija;28/11/2026;40;QR",
        *[f"S{n};77{n};77{n}1;Internet;28/11/2026;149;Banco" for n in range(5)],
        "TOTAL REGISTROS;16",
    ]
    path = tmp_path / "recaudo.csv"
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    figures = said("take_in_payments", path)
    assert figures == {
        "rows": 16, "receipts": 7, "new": 7, "duplicates": 1, "unmatched": 6, "rejected": 7, "renewals_paid": 0,
        "amount": 0.0,
    }  # fmt: skip
    rejected = RejectedRow.objects.filter(report__kind="recaudo").order_by("line")
    assert list(rejected.values_list("reason", flat=True)) == [
        "conflict", "no_receipt", "bad_date", "no_date", "bad_amount", "no_amount",
        "amount_not_positive",
    ]  # fmt: skip
