"""What every request carries: a reference for the page and the log, and a way back after a session ended."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from agents.searching import TooMuch
from callcenter.errors import too_large, too_much
from callcenter.live.address import origin_of_the_stream
from callcenter.memory import in_one_piece

# Read aloud over a telephone: nothing that sounds or looks like another, and without vowels, so that it spells no word.
ALPHABET = "BCDFGHJKMNPQRSTVWXYZ23456789"
REFERENCE = re.compile(r"^[A-Za-z0-9-]{6,64}$")

Responder = Callable[[HttpRequest], HttpResponseBase]


def new_reference() -> str:
    """Eight letters and digits: `K7QF-2M9D`."""
    letters = "".join(secrets.choice(ALPHABET) for _turn in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class OnePieceOfMemoryMiddleware:
    """Lays the frames of all that a request calls together."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    @in_one_piece
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


class ReferenceMiddleware:
    """Gives each request its reference (the proxy's, when it sends one) and binds it to every line of the log.

    The log gets the pattern of the address, never the address itself nor its query: they may hold personal data.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        reference = given if REFERENCE.match(given) else new_reference()
        request.reference = reference  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(reference=reference, method=request.method, route="", user=None):
            response = self.get_response(request)
        response["X-Request-ID"] = reference
        if settings.RELEASE:
            response["X-Release"] = settings.RELEASE  # a page of the one before learns that there is another
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        match = request.resolver_match
        user = getattr(request, "user", None)
        structlog.contextvars.bind_contextvars(route=match.route if match else "", user=getattr(user, "pk", None))


class ChosenLanguageMiddleware:
    """The language somebody chose on the page (a cookie of the browser), else Spanish.

    Django's own follows the browser's settings, and half the browsers of a floor are installed in English.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            language = get_supported_language_variant(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
        except LookupError:
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class LiveOriginMiddleware:
    """Lets pages connect to the stream of changes where it is not of their own origin, and to nothing else."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.LIVE_PORT:
            response._csp_update = {"connect-src": [origin_of_the_stream(request)]}  # type: ignore[attr-defined]
        return response


class SessionEndedMiddleware:
    """A fragment asked for after the session ended opens the sign-in page, instead of landing inside the page."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code not in (301, 302):
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if urlsplit(response["Location"]).path != sign_in:
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        back = page.path + (f"?{page.query}" if page.query else "")
        return HttpResponse(headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': back})}"})


class BodySizeMiddleware:
    """Refuses what is too large before anything of it is read; a whole report only from who may bring one.

    Before the check of the form's token: that reads the form, and Django puts files of any size on the disk meanwhile.
    """

    AROUND_A_FILE = 2**20  # the other fields of the form that carries it

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_arguments: object) -> object:
        sent = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        match = request.resolver_match
        takes_reports = match is not None and match.view_name in settings.TAKES_REPORTS
        if takes_reports and getattr(request.user, "role", None) in getattr(view, "roles", ()):
            limit = settings.MAX_REPORT_BYTES + self.AROUND_A_FILE
        return too_large(request, limit) if not sent.isdigit() or int(sent) > limit else None


class TooMuchMiddleware:
    """Answers whoever asks for more personal data than one person's work needs."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_much(request, str(exception)) if isinstance(exception, TooMuch) else None


class SoundTextMiddleware:
    """Leaves NUL characters out of what is sent: nobody types them, and no text of the database can hold them.

    Behind the check of the form's token, which has read the form already.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        request.GET = sound(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = sound(request.POST)  # type: ignore[assignment]


def sound(sent: QueryDict) -> QueryDict:
    """`sent` without NUL characters; itself when there are none."""
    if not any("\x00" in text for name, texts in sent.lists() for text in (name, *texts)):
        return sent
    cleaned = QueryDict(mutable=True, encoding=sent.encoding)
    for name, texts in sent.lists():
        cleaned.setlist(name.replace("\x00", ""), [text.replace("\x00", "") for text in texts])
    cleaned._mutable = False
    return cleaned


class PrivatePagesMiddleware:
    """Pages of who signed in hold customers' data: neither a browser's disk nor anything in between keeps them."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response
