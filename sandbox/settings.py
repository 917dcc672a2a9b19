"""Settings of the sandbox alone. It is never anybody's production: what it holds is invented."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent

if not os.environ.get("SANDBOX_DATABASE_URL"):
    raise ImproperlyConfigured(
        "SANDBOX_DATABASE_URL: a PostgreSQL database of the sandbox's own, never the call centre's."
    )
_database: dict[str, Any] = env.dj_db_url("SANDBOX_DATABASE_URL", conn_health_checks=True)
_options = _database.setdefault("OPTIONS", {})
_options["connect_timeout"] = 5
_options["application_name"] = "sandbox"
if env.bool("SANDBOX_SERVES", False):  # the server's threads share connections; a command has its own
    _options["pool"] = {"min_size": 2, "max_size": 16, "timeout": 10}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions of its admin end with the server: `serve` makes a key for all its workers.
SECRET_KEY = env.str("SANDBOX_SECRET_KEY", "") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("SANDBOX_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
TOKEN = env.str("SANDBOX_TOKEN", "")  # when it is set, every call must carry it

INSTALLED_APPS = [
    "sandbox",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "sandbox.urls"
WSGI_APPLICATION = "sandbox.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_COOKIE_NAME = "sandbox_session"  # cookies know no ports: the centre's has another name
CSRF_COOKIE_NAME = "sandbox_csrf"
LANGUAGE_CODE = "es"
USE_TZ = True
TIME_ZONE = "America/La_Paz"
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 2**10
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refusal is an answer like any other: it is no line of its log.
    "loggers": {"django.request": {"level": "ERROR"}},
}
