"""Headers of every page: nothing unsafe in the CSP, no framing, no sniffing; and pages that live within them."""

import re

import pytest

from callcenter.shell import Frame

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


@pytest.mark.parametrize(
    ("live_port", "host", "may_connect_to", "stream"),
    [
        (0, "testserver", "'self'", "/live/escalations/"),
        (8070, "testserver", "'self' http://testserver:8070", "http://testserver:8070/live/escalations/"),
        (8070, "10.0.0.5:8000", "'self' http://10.0.0.5:8070", "http://10.0.0.5:8070/live/escalations/"),
        (8070, "[::1]:8000", "'self' http://[::1]:8070", "http://[::1]:8070/live/escalations/"),
    ],
)
def test_a_page_connects_to_its_own_origin_and_to_the_stream(
    settings, signed_in, elena, live_port, host, may_connect_to, stream
):
    settings.LIVE_PORT = live_port
    answer = signed_in(elena).get("/accounts/password/change/", headers={"Host": host})
    policy = dict(line.strip().split(" ", 1) for line in answer["Content-Security-Policy"].split(";"))
    assert policy["connect-src"] == may_connect_to
    assert Frame(answer.wsgi_request).live == stream
