"""Every setting of the project, by room. `.env.example` lists what the environment may say.

Without any environment it runs as a demo on the embedded servers; `CALLCENTER_ENV=production` refuses placeholders.
"""

import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env
from kombu import Queue

from callcenter import beginnings, embedded, files_address, hand, production

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(BASE_DIR / ".env", recurse=False)

# -- Where it runs ---------------------------------------------------------------------------------------------------

CALLCENTER_ENV = env.str("CALLCENTER_ENV", "demo")
if CALLCENTER_ENV not in ("demo", "production"):
    raise ImproperlyConfigured("CALLCENTER_ENV must be 'demo' or 'production'.")
IS_DEMO = CALLCENTER_ENV == "demo"
TRAINING = env.bool("TRAINING", False)  # a demo for new agents, beside a site (deploy/training.sh)
if TRAINING and not IS_DEMO:
    raise ImproperlyConfigured("TRAINING is of a demo: its people's password is known to everybody.")
TRAINING_URL = env.str("TRAINING_URL", "")  # where this site's is, for the menu of who works here
CALLCENTER_HOME = (BASE_DIR / env.path("CALLCENTER_HOME", Path("var"))).resolve()
IS_TEST = "PYTEST_VERSION" in os.environ
if IS_TEST:
    CALLCENTER_HOME /= "tests"  # with servers of their own: a house may be running on the others
SECRET_KEY = env.str("SECRET_KEY", production.DEMO_SECRET_KEY)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])  # the one before, for a shift
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["*"] if IS_DEMO else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000")

# -- Database and queue: the embedded servers unless the environment names others ------------------------------------

DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")  # of who migrates; the others need not know it
DATABASE_POOLER_URL = env.str("DATABASE_POOLER_URL", "")  # of who makes the pooler's user, and its file
REDIS_URL = env.str("REDIS_URL", "")
PRODUCTION_WITHOUT: list[str] = env.list("PRODUCTION_WITHOUT", [])  # of production.DEFENCES, what the site does without
if bool(DATABASE_URL) != bool(REDIS_URL):
    raise ImproperlyConfigured("DATABASE_URL and REDIS_URL: give both, or neither to use the embedded servers.")
RUNS_EMBEDDED = not DATABASE_URL
if RUNS_EMBEDDED:
    if not IS_DEMO and not env.bool("ALLOW_EMBEDDED", False):
        raise ImproperlyConfigured("DATABASE_URL and REDIS_URL: production needs servers of its own.")
    _embedded = embedded.addresses(CALLCENTER_HOME, throwaway=IS_TEST)
    DATABASE_URL, REDIS_URL = _embedded.database_url, _embedded.redis_url
    DATABASE_OWNER_URL = _embedded.owner_url
if IS_TEST and DATABASE_OWNER_URL:
    DATABASE_URL, DATABASE_OWNER_URL = DATABASE_OWNER_URL, ""  # tests lay out what the application may not
QUEUE_OWNER_URL = _embedded.queue_owner_url if RUNS_EMBEDDED else REDIS_URL  # who may empty it: in a demo, and in tests
_queue = urlsplit(REDIS_URL)

_database: dict[str, Any] = env.dj_db_url("_CALLCENTER_DATABASE", DATABASE_URL, conn_health_checks=True)
_database["ENGINE"] = "django.db.backends.postgresql"
_options = _database.setdefault("OPTIONS", {})
_options["connect_timeout"] = 5
_options["application_name"] = "callcenter"
# What is written without this word stands in a book of its own (docs/decisions/0210).
DATABASE_HAND_KEYS = hand.words_of([SECRET_KEY, *SECRET_KEY_FALLBACKS])
DATABASE_BEGINS = beginnings.as_options(DATABASE_HAND_KEYS[0])
_options["options"] = " ".join(filter(None, [_options.get("options", ""), DATABASE_BEGINS]))
if IS_TEST:
    _options["options"] += " -c synchronous_commit=off"  # whichever server it is; what is lost are tests
if env.bool("DATABASE_POOL", False):
    _options["pool"] = {"min_size": 2, "max_size": env.int("DATABASE_POOL_SIZE", 16), "timeout": 10}
else:
    _database["CONN_MAX_AGE"] = 60
DATABASES = {"default": _database}


def _another_way(url: str, **options: Any) -> dict[str, Any]:
    """To the same database, as the same user."""
    way: dict[str, Any] = env.dj_db_url("_CALLCENTER_WAY", url, conn_health_checks=True)
    way["OPTIONS"] = {**_options, **way.get("OPTIONS", {}), **options}
    return way | {"ENGINE": _database["ENGINE"], "CONN_MAX_AGE": _database.get("CONN_MAX_AGE", 0)}


DATABASE_COPY_URL = env.str("DATABASE_COPY_URL", "")  # a replica that follows it: pages that only read ask it
if DATABASE_COPY_URL:
    _only_reads = f"{_options['options']} -c default_transaction_read_only=on"
    DATABASES["copy"] = _another_way(DATABASE_COPY_URL, connect_timeout=2, options=_only_reads)
# Where DATABASE_URL leads to a pooler that hands out connections by transaction: the server itself.
DATABASE_SESSION_URL = env.str("DATABASE_SESSION_URL", "")
if DATABASE_SESSION_URL:
    DATABASES["session"] = _another_way(DATABASE_SESSION_URL)
    _database["DISABLE_SERVER_SIDE_CURSORS"] = True  # they outlive a transaction
DATABASE_WORKS_AS = _database["USER"]
DATABASE_OWNER: dict[str, Any] | None = None
if DATABASE_OWNER_URL:
    DATABASE_OWNER = dict(env.dj_db_url("_CALLCENTER_OWNER", DATABASE_OWNER_URL))
    _owners = DATABASE_OWNER.setdefault("OPTIONS", {})
    _owners["options"] = " ".join(filter(None, [_owners.get("options", ""), DATABASE_BEGINS]))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "callcenter.shared_cache.ForgivingRedisCache",
        "LOCATION": _queue._replace(path="/1").geturl(),
        "KEY_PREFIX": "callcenter",
        "KEY_FUNCTION": "callcenter.shared_cache.kept_as",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = _queue._replace(path="/0").geturl()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3 * 3600,  # longer than the longest task: CELERY_TASK_TIME_LIMIT
    "unacked_restore_interval": 1,  # a killed worker's task comes back in about ten seconds instead of ninety
    "unacked_restore_throttle": 1,
    "socket_timeout": 3,  # a broker that accepts and never answers must not hold a click
    "socket_connect_timeout": 3,
    "retry_on_timeout": False,
    "max_retries": 1,  # kombu's own patience is six seconds for a broker that is down: a click does not wait for it
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_TRANSPORT = "redis"
# Two queues, each with workers of its own: what takes minutes must not keep the ticks of the clock waiting. A worker
# that is told no queue serves both.
CELERY_TASK_DEFAULT_QUEUE = "ticks"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("ticks", "jobs")]
CELERY_TASK_ROUTES = {
    name: {"queue": "jobs"}
    for name in (
        "campaigns.take_in_report",
        "campaigns.look_for_reports",  # fetches files over the network
        "campaigns.assign_what_was_asked",
        "campaigns.close_overdue",
        "campaigns.seal_closed",
        "campaigns.count_patterns",  # three million attempts are numbered the first time
        "callcenter.take_away_personal_data",
        "agents.sum_up_days",  # the first time all there is, later the books of a day
        "work.do_one",
    )
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 2 * 3600  # the worker keeps 0.6 kB of each task for as long: some megabytes
CELERY_TASK_SOFT_TIME_LIMIT = 2 * 3600 - 60
CELERY_TASK_PUBLISH_RETRY = False  # the row is the work, the message only rings: a sweeper rings again
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A child grows by some three megabytes in an hour of ticks (benchmarks/soak.py), for ever: it ends after some hours of
# them, with nothing at hand, and another takes its place.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 10_000
CELERY_DB_REUSE_MAX = CELERY_WORKER_MAX_TASKS_PER_CHILD  # callcenter/celery.py sees to connections (0215)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # whoever has the queue's password would stop workers, and read settings
TIME_ZONE = CELERY_TIMEZONE = "America/La_Paz"  # where the centre is: the one clock of days, hours and deadlines
CELERY_BEAT_SCHEDULER = "callcenter.beat:SigningScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

# -- Rooms and libraries ---------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "callcenter.apps.CallcenterConfig",
    "api",
    "control_room",
    "campaigns",
    "inbound",
    "escalations",
    "notices",
    "service_level",
    "telephony",
    "agents",
    "work",
    "screens",
    "callcenter.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "callcenter.apps.SignInsConfig",
    "csp",
    "ninja",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "django_celery_beat",
    "pgtrigger",
    "callcenter.apps.HistoryConfig",
    "pghistory.admin",
    "django_prometheus",
]
MIDDLEWARE = [
    "callcenter.requests.OnePieceOfMemoryMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "callcenter.requests.ReferenceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "callcenter.requests.LiveOriginMiddleware",
    "callcenter.session_store.SecretSessionMiddleware",
    "callcenter.requests.ChosenLanguageMiddleware",
    "callcenter.requests.SessionEndedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "callcenter.requests.BodySizeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "callcenter.requests.SoundTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "callcenter.requests.PrivatePagesMiddleware",
    "agents.sessions.SessionsEndMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "agents.initial_passwords.ChooseOwnMiddleware",
    "agents.second_factor.SecondFactorMiddleware",
    "agents.signing_in.SignOfLifeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "callcenter.requests.TooMuchMiddleware",
    "agents.audit_context.RequestContextMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
_built = BASE_DIR / "RELEASE"  # where deploy/build.sh made this folder
RELEASE = _built.read_text(encoding="utf-8").strip() if _built.exists() else ""
ROOT_URLCONF = "callcenter.urls"
WSGI_APPLICATION = "callcenter.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],  # the site's shell; the pages of a room lie in the room
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "callcenter.shell.page_frame",
            ],
        },
    }
]
CARD_PIECES = {  # what the lines show on a card of the board, which knows no lines
    "below_verbs": ["inbound:card_lane"],
    "below_history": ["inbound:card_trail"],
}
CUSTOMER_PAGE = "customer"  # all of a contract, which stands above the rooms that lead to it
DJANGO_TABLES2_TEMPLATE = "components/table.html"
PROMETHEUS_EXPORT_MIGRATIONS = False
CSRF_FAILURE_VIEW = "callcenter.errors.form_expired"

# -- Language, time, money -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
FORMAT_MODULE_PATH = ["callcenter.formats"]
USE_THOUSAND_SEPARATOR = False  # grouping is a filter's work: a key of 1,000 or more must not become 1.000

# -- Files -----------------------------------------------------------------------------------------------------------

FILES_URL = env.str("FILES_URL", "")  # of an object storage, where several machines keep the same files
MANUAL = BASE_DIR / "docs" / "built"  # `make manual`
STATIC_URL = "static/"
STATIC_ROOT: Path | None = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STORAGES = {
    "default": {
        "BACKEND": "callcenter.whole_files.WholeFiles",
        "OPTIONS": {"location": CALLCENTER_HOME / "files"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # whoever serves reads them
    },
}
if FILES_URL:
    STORAGES["default"] = {
        "BACKEND": "callcenter.object_storage.Objects",
        "OPTIONS": files_address.options_of(FILES_URL),
    }
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False
if IS_DEMO:  # served where they lie: nothing is collected, and no folder for it is missed
    STATIC_ROOT = None
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Servers that reports may be fetched from, and folders below which they may lie; a source in the admin names no other.
LOOPBACK = ["127.0.0.1:*", "::1:*", "localhost:*"]
WEBHOOK_HOSTS: list[str] = env.list("WEBHOOK_HOSTS", [])
REPORT_SOURCE_HOSTS: list[str] = env.list("REPORT_SOURCE_HOSTS", LOOPBACK if IS_DEMO else [])
REPORT_SOURCE_FOLDERS: list[str] = env.list("REPORT_SOURCE_FOLDERS", [str(CALLCENTER_HOME)] if IS_DEMO else [])
MAX_REPORT_BYTES = env.int("MAX_REPORT_BYTES", 300 * 2**20)
TAKES_REPORTS = {"campaigns:report_upload"}  # the addresses that read more than what follows
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a proposal has four fields for each of a thousand agents
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o640

# -- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agents.User"
PGHISTORY_ADMIN_CLASS = "agents.admin.changes.ChangesAdmin"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "agents.spraying.KnownHereBackend",
    "agents.initial_passwords.UsedOnceBackend",
    "agents.accounts.PersonBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [{"NAME": "agents.passwords.LongestValidator"}]
if not IS_DEMO:
    AUTH_PASSWORD_VALIDATORS += [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        {"NAME": "agents.passwords.OwnWordsValidator"},
    ]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "agents.signing_in.SignInForm"}
ACCOUNT_ADAPTER = "agents.signing_in.ClosedAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True  # the cookie lasts the shift, see SESSION_COOKIE_AGE
# axes locks by user and address; by address alone one agent would lock out the floor. Codes are counted by
# agents/code_tries.py: allauth's count is shared with passwords, outlives a success, and is gone with the cache.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "signup": "1/m/ip"}
MFA_ADAPTER = "agents.factor_secrets.EncryptedFactors"
MFA_FORMS = {"authenticate": "agents.signing_in.CodeForm", "reauthenticate": "agents.signing_in.CodeAgainForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "COMTECO Centro de Llamadas"
TOTP_REQUIRED = env.bool("TOTP_REQUIRED", not IS_DEMO)  # of everybody
TOTP_NOT_FOR: list[str] = env.list("TOTP_NOT_FOR", [])  # but for these roles
FACTOR_KEYS: list[str] = env.list("FACTOR_KEYS", [SECRET_KEY] if IS_DEMO else [])  # newest first
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # by address alone one agent would lock out the floor
AXES_USERNAME_CALLABLE = "agents.signing_in.name_that_tries"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_ENABLE_ADMIN = True
SESSION_ENGINE = "callcenter.session_store"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 10) * 3600  # one shift
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)
SESSION_EXPIRE_AT_BROWSER_CLOSE = False  # a crashed browser must find its desk again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "callcenter_session"

# -- Headers ---------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_HTTPS = env.bool("BEHIND_HTTPS", not IS_DEMO)
# Whose X-Forwarded-For and X-Forwarded-Proto are believed (callcenter/wsgi.py); from anybody else they change nothing.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", ["127.0.0.1", "::1"] if BEHIND_HTTPS else [])
if wrong := production.not_addresses(TRUSTED_PROXIES):
    raise ImproperlyConfigured(f"TRUSTED_PROXIES: addresses or networks, not {', '.join(wrong)}.")
if BEHIND_HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-callcenter_session", "__Host-callcenter_csrf"  # of this host alone
    if TRAINING:  # a cookie knows no ports: it is beside the site's own, in the same browser
        SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-training_session", "__Host-training_csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]

# -- Live: the program that tells open boards what changed ------------------------------------------------------------

# Where pages find it. 0: on their own origin, where the proxy hands /live/ on to it. `manage.py run` has no proxy: it
# says on which port of the same host the pages find it, and on which port it is that the pages come from.
LIVE_PORT = env.int("LIVE_PORT", 0)
WEB_PORT = env.int("WEB_PORT", 0)
LIVE_BEAT = env.float("LIVE_BEAT", 15.0)  # seconds between two signs of life in a stream
LIVE_LOOKS_AGAIN = env.float("LIVE_LOOKS_AGAIN", 60.0)  # seconds until it is asked again whether a session still holds

# -- Mail ------------------------------------------------------------------------------------------------------------

_mail = "filebased" if IS_DEMO else "smtp"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", f"django.core.mail.backends.{_mail}.EmailBackend")
EMAIL_FILE_PATH = CALLCENTER_HOME / "mail"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Centro de Llamadas <centro.llamadas@comteco.example>")

# -- Outside systems: where they are. How each is used, connected, by hand or off, is a row of the admin. --------------

SYSTEMS_URL = env.str("SYSTEMS_URL", "http://127.0.0.1:8090" if IS_DEMO else "")  # each at <address>/<system>/
PLAYS_SYSTEMS = IS_DEMO and "SYSTEMS_URL" not in os.environ  # then `manage.py run` starts the sandbox
PLAYS_SWITCHBOARD = env.bool("DEMO_SWITCHBOARD", False) and IS_DEMO  # then `manage.py run` starts one, and its listener
# Who answers the trial of a flow's draft: a sandbox, never a system of the site; empty: who tries writes what she sees.
TRIAL_SYSTEMS_URL = env.str("TRIAL_SYSTEMS_URL", SYSTEMS_URL if PLAYS_SYSTEMS else "")
_elsewhere: list[str] = env.list("SYSTEM_URLS", [])
SYSTEM_URLS = {code: address for code, _is, address in (pair.partition("=") for pair in _elsewhere)}
SYSTEM_TOKENS = {  # one token for all, and SYSTEM_<CODE>_TOKEN for one of them
    _found[1].lower(): _value
    for _name, _value in os.environ.items()
    if (_found := re.fullmatch(r"SYSTEM_(\w+)_TOKEN", _name))
}
SYSTEMS_TOKEN = env.str("SYSTEMS_TOKEN", "")
SYSTEMS_PAPERS = {  # files of PEM, of systems.wire; SYSTEM_<CODE>_CERTIFICATE and so on for one of them
    "certificate": env.str("SYSTEMS_CERTIFICATE", ""),
    "key": env.str("SYSTEMS_KEY", ""),
    "authorities": env.str("SYSTEMS_AUTHORITIES", ""),
}
SYSTEM_PAPERS: dict[str, dict[str, str]] = {}
for _name, _value in os.environ.items():
    if _found := re.fullmatch(r"SYSTEM_(\w+)_(CERTIFICATE|KEY|AUTHORITIES)", _name):
        SYSTEM_PAPERS.setdefault(_found[1].lower(), {})[_found[2].lower()] = _value

# -- Health and figures for machines ---------------------------------------------------------------------------------

METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # without it /metrics and the details of /readyz answer loopback only

if not IS_DEMO and (refused := production.refusals(SimpleNamespace(**globals()))):
    raise ImproperlyConfigured("\n".join(["this is no production yet:", *refused]))

# -- Logs ------------------------------------------------------------------------------------------------------------

SLOW_STATEMENT_SECONDS = env.float("SLOW_STATEMENT_SECONDS", 1.0)  # what takes longer is told
LOG_LEVEL = env.str("LOG_LEVEL", "INFO" if not IS_DEMO else "WARNING")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "callcenter.logs.line_formatter"},
    },
    "filters": {"patterns": {"()": "callcenter.logs.PatternsForAddresses"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["patterns"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it writes whole addresses, and in one may be somebody's key
        "paramiko": {"level": "CRITICAL"},  # what fails reaches us as an exception; its own lines are tracebacks
    },
}

# -- Languages of the interface as the switch shows them -------------------------------------------------------------

LANGUAGE_COOKIE_NAME = "callcenter_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
SITE_NAME = _("Centro de Llamadas")

# -- Tests: nothing they put into the cache or the queue may meet a house that runs on the same servers ---------------

if IS_TEST:
    # each worker of a run has a database of its own: emptying the cache empties the whole of it
    _number = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 14
    CACHES["default"]["LOCATION"] = _queue._replace(path=f"/{_number}").geturl()
    CACHES["default"]["KEY_PREFIX"] = "test"
    CACHES["default"]["OPTIONS"] = {"socket_timeout": 60, "socket_connect_timeout": 60}  # slow is not yet down
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT = "memory"
    TRIAL_SYSTEMS_URL = ""
    REPORT_SOURCE_FOLDERS = [*REPORT_SOURCE_FOLDERS, tempfile.gettempdir()]
    SYSTEMS_URL, SYSTEM_URLS = "http://127.0.0.1:9", {}  # where nobody answers, until a test says where
