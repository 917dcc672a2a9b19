"""The example of the environment and the settings speak of the same variables, and production refuses placeholders."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'\benv\.(?:str|bool|int|float|list|path|dj_db_url)\(\s*"([A-Z][A-Z_]+)"')
EXAMPLES_OF_SECRETS = {"SOURCE_SMARTFLEX_PASSWORD", "QUEUE_LOG_SECRET"}  # named by whoever sets up a source


def test_the_example_names_every_variable_the_settings_read_and_no_other() -> None:
    read = set(READ.findall((ROOT / "callcenter" / "settings.py").read_text()))
    example = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example - EXAMPLES_OF_SECRETS == read


def start(code: str = "import django; django.setup()", **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    servers = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "callcenter.settings", **servers, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


SECRET = "a-secret-of-this-house-and-of-no-other-one-at-all"
PRODUCTION = {
    "CALLCENTER_ENV": "production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "centro.example",
    "PUBLIC_URL": "https://centro.example",
    "FACTOR_KEYS": SECRET[::-1],
}
DATABASE, QUEUE = "postgres://callcenter:p@db.internal/c", "rediss://:p@queue.internal:6379"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"CALLCENTER_ENV": "staging"}, "CALLCENTER_ENV must be"),
        ({"DATABASE_URL": ""}, "give both"),
        ({"SESSION_HOURS": "ten"}, "SESSION_HOURS"),
        ({**PRODUCTION, "TRAINING": "yes"}, "TRAINING is of a demo"),
        ({"TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "proxy.internal"}, "TRUSTED_PROXIES"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY: "),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "40 characters"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS: "),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: "),
        ({**PRODUCTION, "DEBUG": "1"}, "DEBUG: "),
        ({**PRODUCTION, "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "EMAIL_BACKEND: "),
        ({**PRODUCTION, "PUBLIC_URL": "http://127.0.0.1:8000"}, "PUBLIC_URL: mails"),
        ({**PRODUCTION, "PUBLIC_URL": "http://centro.example"}, "PUBLIC_URL: behind https"),
        ({**PRODUCTION, "REDIS_URL": "redis://queue.internal:6379"}, "REDIS_URL: a queue on another machine needs a"),
        ({**PRODUCTION, "REDIS_URL": "redis://:p@queue.internal:6379"}, "REDIS_URL: a queue on another machine is"),
        ({**PRODUCTION, "REDIS_URL": QUEUE}, "REDIS_URL: ?ssl_cert_reqs=required, once"),
        ({**PRODUCTION, "DATABASE_URL": DATABASE}, "DATABASE_URL: a database on another machine is talked to by TLS"),
        (
            {**PRODUCTION, "DATABASE_URL": f"{DATABASE}?sslmode=require"},
            "DATABASE_URL: a database on another machine is",
        ),
        *(
            ({**PRODUCTION, "DATABASE_URL": address}, "DATABASE_URL: a database on another machine is")
            for address in (
                *(f"{DATABASE}?sslmode={mode}" for mode in ("disable", "prefer", "verify-ca")),
                *(
                    f"postgres://callcenter:p@{host}"
                    for host in ("/c?host=db.internal", "127.0.0.1/c?hostaddr=10.0.0.9")
                ),
                *(f"postgres://c:p@{host}" for host in ("/c?service=centre", "127.0.0.1,db.internal/c")),
            )
        ),
        *(
            ({**PRODUCTION, "REDIS_URL": f"{QUEUE}?{query}"}, "REDIS_URL: ?ssl_cert_reqs=required, once")
            for query in (
                *("ssl_cert_reqs=none", "ssl_cert_reqs=optional", "ssl_cert_reqs=required&ssl_cert_reqs=none"),
                *("ssl_cert_reqs=none&ssl_cert_reqs=required", "ssl_cert_reqs=required&ssl_check_hostname=false"),
                *("xssl_cert_reqs=required", "ssl_cert_reqs=required&ssl_exclude_verify_flags=VERIFY_X509_STRICT"),
            )
        ),
        ({**PRODUCTION, "REDIS_URL": "redis://:p@/0?host=10.0.0.9"}, "REDIS_URL: a queue on another machine is"),
        (
            {**PRODUCTION, "DATABASE_URL": "postgres://callcenter@db.internal/c?sslmode=verify-full"},
            "DATABASE_URL: a database on another machine needs a password",
        ),
        ({**PRODUCTION, "TOTP_REQUIRED": "false"}, "TOTP_REQUIRED: leave it out, or name second-factor in"),
        ({**PRODUCTION, "TOTP_NOT_FOR": "administrator"}, "TOTP_NOT_FOR: agent, supervisor or auditor"),
        ({**PRODUCTION, "BEHIND_HTTPS": "false"}, "BEHIND_HTTPS: leave it out, or name https in"),
        ({**PRODUCTION, "PRODUCTION_WITHOUT": "passwords"}, "PRODUCTION_WITHOUT: second-factor, https"),
        ({**PRODUCTION, "FACTOR_KEYS": ""}, "FACTOR_KEYS: production needs keys"),
        ({**PRODUCTION, "SECRET_KEY": "a" * 50}, "SECRET_KEY: production needs a secret"),
        ({**PRODUCTION, "FACTOR_KEYS": "b" * 50}, "FACTOR_KEYS: production needs keys"),
        ({**PRODUCTION, "DATABASE_URL": "postgres://callcenter:password@127.0.0.1/c"}, "DATABASE_URL: its password is"),
        ({**PRODUCTION, "REDIS_URL": "redis://callcenter:password@127.0.0.1:6379"}, "REDIS_URL: its password is"),
        ({**PRODUCTION, "SYSTEMS_URL": "http://systems.internal"}, "SYSTEMS_URL, SYSTEM_URLS: http://systems.internal"),
        ({**PRODUCTION, "SYSTEM_URLS": "mio=http://mio.internal"}, "SYSTEMS_URL, SYSTEM_URLS: http://mio.internal"),
        ({**PRODUCTION, "FACTOR_KEYS": f"{SECRET},short"}, "FACTOR_KEYS: production needs keys"),
        ({**PRODUCTION, "METRICS_TOKEN": "1234"}, "METRICS_TOKEN: "),
        (
            {**PRODUCTION, "SYSTEMS_CERTIFICATE": "/nowhere.pem"},
            "SYSTEMS_CERTIFICATE, _KEY, _AUTHORITIES: /nowhere.pem: ",
        ),
        (
            {**PRODUCTION, "SYSTEM_LBC_AUTHORITIES": "manage.py"},
            "SYSTEM_LBC_CERTIFICATE, _KEY, _AUTHORITIES: manage.py: ",
        ),
        ({**PRODUCTION, "DATABASE_URL": "", "REDIS_URL": ""}, "production needs servers of its own"),
    ],
)
@pytest.mark.processes
def test_a_placeholder_or_a_misspelt_setting_stops_the_start_with_one_line(
    environment: dict[str, str], says: str
) -> None:
    answer = start(**environment)
    assert answer.returncode != 0
    assert says in answer.stderr.splitlines()[-1]


@pytest.mark.processes
def test_the_cookies_of_training_are_no_others() -> None:
    """A browser keeps one of a name for a host, whatever the port."""
    told = []
    for training in ("no", "yes"):
        asked = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
        told += start(asked, TRAINING=training, BEHIND_HTTPS="yes").stdout.split()
    assert len(set(told)) == 4
    assert all(name.startswith("__Host-") for name in told)


@pytest.mark.processes
def test_all_that_is_refused_is_told_at_once() -> None:
    answer = start(CALLCENTER_ENV="production", DEBUG="1", REDIS_URL="redis://10.0.0.9:6379")
    told = [line.split(": ")[0] for line in answer.stderr.splitlines()[-7:]]
    assert told == ["SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "PUBLIC_URL", "FACTOR_KEYS", "REDIS_URL", "REDIS_URL"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"DATABASE_URL": f"{DATABASE}?sslmode=verify-full", "REDIS_URL": f"{QUEUE}?ssl_cert_reqs=required"},
        {"TRUSTED_PROXIES": "10.0.0.0/28"},
        {
            "DATABASE_URL": DATABASE,
            "REDIS_URL": "redis://:p@queue.internal:6379",
            "TOTP_REQUIRED": "false",
            "BEHIND_HTTPS": "false",
            "PRODUCTION_WITHOUT": "second-factor,https,database-tls,queue-tls",
        },
    ],
)
@pytest.mark.processes
def test_production_starts_with_secrets_and_servers_of_its_own(more: dict[str, str]) -> None:
    answer = start(**PRODUCTION, **more)
    assert answer.returncode == 0, answer.stderr


def test_the_check_for_deployment_tells_a_demo_what_production_would_refuse(settings: Any) -> None:
    settings.REDIS_URL = "redis://queue.internal:6379"
    settings.RUNS_EMBEDDED = False
    told = [
        message.msg.split(":")[0]
        for message in run_checks(include_deployment_checks=True)
        if "callcenter" in message.id
    ]
    of_servers = ["TOTP_REQUIRED", "BEHIND_HTTPS", "REDIS_URL", "REDIS_URL"]
    assert told == ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_BACKEND", "PUBLIC_URL", *of_servers]
