"""Headers of every page: nothing unsafe in the CSP, no framing, no sniffing; and pages that live within them."""

import re

import pytest

pytestmark = pytest.mark.django_db
PAGES = ["/accounts/login/", "/ui/", "/people/", "/accounts/2fa/", "/nowhere/", "/admin/", "/admin/agents/user/add/"]


@pytest.mark.parametrize("address", PAGES)
def test_the_policy_has_nothing_unsafe_and_the_page_needs_nothing_unsafe(signed_in, ines, address):
    answer = signed_in(ines).get(address)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    page = answer.content.decode()
    assert not re.search(r"<[^>]+\sstyle=", page), "inline style"
    assert not re.search(r"<[^>]+\son[a-z]+=\"", page), "inline handler"
    assert "<style" not in page
    for script in re.findall(r"<script([^>]*)>", page):
        assert "src=" in script or "application/json" in script, script
    assert "javascript:" not in page


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_the_other_headers(client, header, value):
    assert client.get("/accounts/login/")[header] == value


def test_nothing_of_a_page_comes_from_another_place(signed_in, ines):
    page = signed_in(ines).get("/ui/").content.decode()
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert not address.startswith(("http:", "https:", "//")), address
