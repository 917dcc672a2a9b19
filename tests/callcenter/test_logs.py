"""The log says what went wrong and quotes nobody: neither ours nor PostgreSQL's."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from agents.models import User
from callcenter.logs import line_formatter

WHO = "+59170712345"


def logged(error: Exception | None = None, words: str = "it failed") -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(line_formatter())
    log = logging.Logger("test")  # noqa: LOG001  # of this test alone
    log.addHandler(handler)
    log.error(words, exc_info=error)
    return stream.getvalue()


def refused(name: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        User.objects.create(username=name, role="nobody")
    return caught.value


@pytest.mark.django_db
@pytest.mark.parametrize("name", [WHO, f"x{WHO}\nHINT: {WHO}", f"DETAIL: {WHO}"])
def test_a_row_that_was_refused_is_not_in_the_log(name: str) -> None:
    error = refused(name)
    assert WHO in str(error)  # as the database said it
    told = logged(error)
    assert WHO not in told
    assert "user_role_is_known" in told
    assert "Traceback" in told


@pytest.mark.django_db
def test_an_error_that_came_of_another_quotes_it_neither() -> None:
    try:
        try:
            raise refused(WHO)
        except DatabaseError as error:
            raise RuntimeError("it was not recorded") from error
    except RuntimeError as caught:
        told = logged(caught)
    assert "it was not recorded" in told
    assert WHO not in told


def test_what_is_only_told_as_words_is_cut_as_well() -> None:
    told = logged(words=f"new row violates check\nDETAIL:  Failing row contains (7, {WHO}).")
    assert "new row violates check" in told
    assert WHO not in told


@pytest.mark.django_db
def test_the_log_of_postgresql_quotes_nobody_either() -> None:
    kept = Path(settings.CALLCENTER_HOME) / "postgres" / "log"
    refused("cuyo nombre nadie lee")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_settings WHERE name = 'log_error_verbosity' AND setting = 'terse'")
        assert cursor.fetchone() == (1,)
    if kept.exists():  # the servers of the house; elsewhere it is another machine's
        assert b"cuyo nombre nadie lee" not in kept.read_bytes()
