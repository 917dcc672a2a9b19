"""Every form that changes something carries its token: whoever works without scripts posts it as the others do."""

from __future__ import annotations

import re

import pytest

from tests.sources import HOUSE

FORM = re.compile(r"<form\b(.*?)</form>", re.DOTALL)
POSTS = re.compile(r"""method=["']post["']|\bhx-post=""")
PAGES = (*HOUSE.glob("*/templates/**/*.html"), *(HOUSE / "templates").rglob("*.html"))
POSTED = {
    path.relative_to(HOUSE).as_posix(): forms
    for path in sorted(PAGES)
    if (forms := [form for form in FORM.findall(path.read_text(encoding="utf-8")) if POSTS.search(form)])
}


def test_the_forms_are_found() -> None:
    assert sum(map(len, POSTED.values())) > 50


@pytest.mark.parametrize("page", POSTED)
def test_a_form_that_posts_carries_its_token(page: str) -> None:
    assert [form[:200] for form in POSTED[page] if "{% csrf_token %}" not in form] == []
