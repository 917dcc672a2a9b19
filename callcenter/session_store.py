"""Sessions whose cookie stands nowhere: the database, its copies and the cache know a session by the hash of it.

Whoever reads them can be nobody by it. The engine of `SESSION_ENGINE`, and the middleware that puts the cookie.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

LONG, BEFORE = 48, 32  # letters of a cookie; and of those given out before 1.1, which end with their shift


class SessionStore(CachedStore):
    """`secret` is the cookie of this session, where it came with one or was made here."""

    secret: str | None = None

    def __init__(self, session_key: str | None = None) -> None:
        """By its key, as the house knows it, or by its cookie."""
        is_cookie = session_key is not None and len(session_key) == LONG
        super().__init__(key_of(session_key) if session_key and is_cookie else session_key)
        self.secret = session_key if is_cookie else None

    @property
    def key_salt(self) -> str:
        """What a session holds is signed for its own key: put under another one by whoever may write here, it is
        nobody's.
        """
        key = self.session_key
        return str(super().key_salt) if key is None or len(key) == BEFORE else f"{super().key_salt} {key}"

    @classmethod
    def of_cookie(cls, cookie: str | None) -> SessionStore:
        """Of whatever a browser sends: a key that somebody read is no cookie."""
        store = cls(key_of(cookie) if cookie else None)
        store.secret = cookie
        return store

    def _get_new_session_key(self) -> str:
        while True:
            secret = get_random_string(LONG)
            if not self.exists(key := key_of(secret)):
                self.secret = secret
                return key


def key_of(cookie: str) -> str:
    """By what a session is known. A key is longer than any cookie that was one: it opens nothing itself."""
    return cookie if len(cookie) == BEFORE else hashlib.sha256(cookie.encode(errors="replace")).hexdigest()[:40]


class SecretSessionMiddleware(SessionMiddleware):
    """Django's, with the cookie instead of the key in the browser."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = SessionStore.of_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = super().process_response(request, response)
        secret = getattr(request.session, "secret", None)
        if (cookie := answer.cookies.get(settings.SESSION_COOKIE_NAME)) is not None and cookie.value and secret:
            answer.cookies[settings.SESSION_COOKIE_NAME] = secret  # its attributes stay
        return answer
