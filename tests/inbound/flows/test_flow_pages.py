"""The pages that are made from the flows: complete against the paper."""

from __future__ import annotations

import pytest

from inbound.flows.pages import not_in_the_procedure, pages, procedure, without_a_place
from tests.inbound.flows_to_read import LINES, flow_of

FLOWS = {line: flow_of(line) for line in LINES}


def test_every_numbered_step_of_the_procedure_has_its_place_in_a_flow() -> None:
    assert set(procedure()) == set(PRINTED)
    assert set(PRINTED) <= set(LINES)
    assert without_a_place(FLOWS) == []
    assert not_in_the_procedure(FLOWS) == []


# How many numbered steps and sub-steps are printed for each line (A to J and L; K is the campaign).
PRINTED = {
    "101": (12, 5),  # 1.1 2.1 3.1 4.1 11.1
    "102": (11, 6),  # 1.1 2.1 3.1 4.1 5.1 7.1
    "103": (15, 5),  # 1.1 2.1 (printed 1.1) 4.1 7.1 9.1
    "104": (5, 1),
    "109": (4, 5),  # 1.1 2.1 2.2 4.1 4.2
    "4200224": (7, 1),
    "4251000": (3, 1),
    "4522222": (7, 3),  # 1.1 2.1 6.1 (printed 5.1)
    "800131313": (8, 3),  # 1.1 2.1 6.1
    "800130001": (11, 3),  # 1.1 2.1 5.1
    "4639999": (8, 4),  # 1.1 2.1 6.1 7.1
}


@pytest.mark.parametrize("line", PRINTED)
def test_the_steps_are_as_many_as_are_printed(line: str) -> None:
    refs = list(procedure()[line]["steps"])
    assert all(ref.startswith(f"{line}.") for ref in refs)
    steps = [ref for ref in refs if ref.count(".") == 1]
    assert [ref.split(".")[1] for ref in steps] == [str(number) for number in range(1, len(steps) + 1)]
    assert (len(steps), len(refs) - len(steps)) == PRINTED[line]
    assert set(procedure()[line].get("read", {})) <= set(refs)


@pytest.mark.parametrize(
    ("ref", "ends"),
    [
        ("101.9", "correspondiente de Centro de Operaciones, concluyendo el procedimiento"),
        ("102.10", "continuando con procedimiento Atención Reclamos de Facturación (FIN-FAC-P03)"),
        ("103.6", "y se comunicaran mediante llamada telefónica en el transcurso del día"),
        ("103.15", "donde realizaron el trámite para la nueva digitación del servicio y concluye el procedimiento"),
        ("104.4", "usando protocolo de despedida establecido, concluyendo el procedimiento"),
        ("109.4.2", "(si no fuera el titular), concluyendo el procedimiento"),
        ("4251000.2", "interno correspondiente de acuerdo a información requerida"),
        ("800131313.7", "y el teléfono destino (fijo o móvil) para brindar el código correcto"),
        ("800130001.5.1", "Atención al cliente en un lapso no mayor a 5 días, concluyendo el procedimiento"),
        ("4639999.7", "si el daño es después de medio día del Viernes hasta el Domingo"),
    ],
)
def test_a_step_of_the_paper_is_shown_to_its_last_word(ref: str, ends: str) -> None:
    assert procedure()[ref.split(".")[0]]["steps"][ref].endswith(ends)


def test_a_step_without_a_place_would_be_seen() -> None:
    fewer = {line: flow for line, flow in FLOWS.items() if line != "104"}
    assert "104.3" in without_a_place(fewer)


def test_every_flow_has_its_page_beside_the_page_of_the_procedure() -> None:
    assert set(pages(FLOWS)) == {"procedure-steps.md", *(f"flows/{line}.md" for line in LINES)}
