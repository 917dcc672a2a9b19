"""What a seal was made of, in words."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.closing.words import evidence_lines


@pytest.mark.parametrize(("reason", "ends"), [("", ""), ("Fin de la gracia", " · motivo Fin de la gracia")])
def test_a_seal_of_the_system_leaves_no_blanks(reason: str, ends: str) -> None:
    (line,) = evidence_lines(
        {"sealing": {"sealed_at": "2026-12-01T00:10:00+00:00", "sealed_by": "", "reason": reason}},
        on=date(2026, 12, 10),
    )
    assert line.words == "El sello"
    assert line.told == f"sellado el 30/11/2026 20:10 · por el sistema, por sí solo{ends}"
