"""What went wrong is told with what was kept, what to do, and a reference that is in the log as well."""

import io
import json
import logging
import logging.config
import re

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import path

from callcenter import urls as real
from callcenter.logs import line_formatter

pytestmark = pytest.mark.django_db


def breaks(request):
    raise RuntimeError("it broke")


def suspicious(request):
    raise SuspiciousOperation("no")


def too_many(request):
    from allauth.core.ratelimit import respond_429

    return respond_429(request)


urlpatterns = [*real.urlpatterns, path("breaks/", breaks), path("bad/", suspicious), path("many/", too_many)]
handler400, handler403, handler404 = real.handler400, real.handler403, real.handler404
handler429, handler500 = real.handler429, real.handler500


@pytest.fixture
def visitor(settings, signed_in, ana):
    settings.ROOT_URLCONF = __name__
    client = signed_in(ana)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("address", "status"), [("/breaks/", 500), ("/bad/", 400), ("/many/", 429), ("/nowhere/", 404), ("/people/", 403)]
)
def test_each_error_says_what_was_kept_and_what_to_do_with_a_reference(visitor, address, status):
    answer = visitor.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "Qué se conservó" in page
    assert "Qué hacer" in page
    assert answer["X-Request-ID"] in page
    assert "Traceback" not in page


def test_a_fragment_gets_a_fragment(visitor):
    page = visitor.get("/breaks/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'role="alert"' in page
    assert "pudo no guardarse" in page


def test_an_expired_form_says_that_nothing_was_recorded(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana.user)
    answer = client.post("/accounts/logout/")
    assert answer.status_code == 403
    assert "No se registró nada" in answer.content.decode()


def test_the_reference_of_the_page_is_in_the_log_and_the_address_is_not(visitor, caplog):
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    keep = Keep()
    keep.setFormatter(line_formatter())
    logging.getLogger("django.request").addHandler(keep)
    try:
        answer = visitor.get("/breaks/?telefono=70712345")
    finally:
        logging.getLogger("django.request").removeHandler(keep)
    (line,) = written
    assert answer["X-Request-ID"] in line
    assert "70712345" not in line
    assert "it broke" in line


def test_a_proxys_reference_is_kept_when_it_is_one(client):
    assert client.get("/livez", headers={"X-Request-ID": "abc-123456"})["X-Request-ID"] == "abc-123456"
    assert re.match(r"^[A-Z2-9]{4}-[A-Z2-9]{4}$", client.get("/livez", headers={"X-Request-ID": "<x>"})["X-Request-ID"])


def test_a_fragment_after_the_session_ended_opens_the_sign_in_page(client):
    answer = client.get("/people/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=ana"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fpeople%2F%3Fq%3Dana"


def test_one_request_does_not_lend_its_words_to_the_next(signed_in, ana):
    import structlog

    signed_in(ana).get("/accounts/2fa/")
    assert not {"user", "route", "reference"} & set(structlog.contextvars.get_contextvars())


def test_json_lines_are_json():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "hola", (), None)
    assert json.loads(line_formatter().format(record))["event"] == "hola"


def test_a_name_in_an_address_is_not_in_the_log(visitor):
    told = io.StringIO()
    console = logging.config.DictConfigurator(settings.LOGGING)
    handler = console.configure_handler({"class": "logging.StreamHandler", "filters": [], "stream": told})
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(console.configure_filter(dict(settings.LOGGING["filters"][name])))
    handler.setFormatter(line_formatter())
    logging.getLogger("django.request").addHandler(handler)
    try:
        for address in ("/customers/Maria Perez 70712345/", "/nowhere/Maria 70712345", "/reports/70712345/"):
            assert visitor.get(address).status_code in (403, 404)
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    lines = told.getvalue()
    assert len(lines.splitlines()) == 3
    assert "Maria" not in lines
    assert "70712345" not in lines
    assert "/customers/<path:contract>/" in lines
