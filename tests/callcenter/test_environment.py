"""The example of the environment and the settings speak of the same variables, and production refuses placeholders."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'\benv\.(?:str|bool|int|list|path|dj_db_url)\(\s*"([A-Z][A-Z_]+)"')
EXAMPLES_OF_SECRETS = {"SMARTFLEX_SFTP_PASSWORD"}  # named by whoever sets up a source


def test_the_example_names_every_variable_the_settings_read_and_no_other() -> None:
    read = set(READ.findall((ROOT / "callcenter" / "settings.py").read_text()))
    example = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example - EXAMPLES_OF_SECRETS == read


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    servers = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "callcenter.settings", **servers, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


SECRET = "a-secret-of-this-house-and-of-no-other-one-at-all"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"CALLCENTER_ENV": "staging"}, "CALLCENTER_ENV must be"),
        ({"CALLCENTER_ENV": "production", "ALLOWED_HOSTS": "centro.example"}, "SECRET_KEY"),
        (
            {"CALLCENTER_ENV": "production", "ALLOWED_HOSTS": "centro.example", "SECRET_KEY": "short"},
            "40 characters",
        ),
        ({"CALLCENTER_ENV": "production", "SECRET_KEY": SECRET}, "ALLOWED_HOSTS"),
        ({"CALLCENTER_ENV": "production", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "give both"),
        ({"SESSION_HOURS": "ten"}, "SESSION_HOURS"),
    ],
)
def test_a_placeholder_or_a_misspelt_setting_stops_the_start_with_a_hint(
    environment: dict[str, str], says: str
) -> None:
    answer = start(**environment)
    assert answer.returncode != 0
    assert says in answer.stderr.splitlines()[-1]


def test_production_starts_with_secrets_and_servers_of_its_own() -> None:
    answer = start(CALLCENTER_ENV="production", SECRET_KEY=SECRET, ALLOWED_HOSTS="centro.example")
    assert answer.returncode == 0, answer.stderr
