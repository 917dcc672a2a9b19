"""One played switchboard of each generation for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.switchboard.playing import AS_AT_THE_BEGINNING, Board, playing

VERSIONS = ("13.0.0", "1.3")


def _as_at_the_beginning(board: Board) -> Board:
    board.turn(**AS_AT_THE_BEGINNING)
    return board


@pytest.fixture(scope="module")
def newer_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with playing("13.0.0", tmp_path_factory.mktemp("newer")) as board:
        yield board


@pytest.fixture(scope="module")
def older_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with playing("1.3", tmp_path_factory.mktemp("older")) as board:
        yield board


@pytest.fixture
def newer(newer_program: Board) -> Board:
    return _as_at_the_beginning(newer_program)


@pytest.fixture(params=VERSIONS)
def board(request: pytest.FixtureRequest) -> Board:
    """Each generation in turn, its knobs as at the beginning."""
    program = "older_program" if request.param == "1.3" else "newer_program"
    return _as_at_the_beginning(request.getfixturevalue(program))
