"""Named people and the clock of every test."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vl_convert
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client, TransactionTestCase
from django.test.client import ClientMixin
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from agents.models import Agent, Role, Skill, Team, User
from tests.audit import years_later
from tests.databases import Restorer, own_database

# A machine that does several things at once is slow now and then; that is not what the properties are about.
hypothesis_settings.register_profile("centre", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("centre")

LA_PAZ = ZoneInfo("America/La_Paz")
DATA = Path(__file__).parent / "data"


def is_transactional(item: pytest.Item) -> bool:
    """Whether a test commits for real, so that the database is restored after it."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or bool(marker and marker.kwargs.get("transaction"))


def is_in_a_browser(item: pytest.Item) -> bool:
    """Whether a test drives a browser."""
    return "page" in getattr(item, "fixturenames", ()) or item.get_closest_marker("browser") is not None


def is_long(item: pytest.Item) -> bool:
    """Whether a test in a browser is a whole day, or all the pages: begun last, it would run on alone at the end."""
    return any(name in item.nodeid for name in ("test_every_page", "_a_day_by_", "_pages_are_accessible"))


def has_a_browser(item: pytest.Item) -> bool:
    """Whether a browser is started for a test: others lie beside those, and look at the same pages without one."""
    return bool({"page", "browser"} & set(getattr(item, "fixturenames", ())))


def in_lanes(items: list[pytest.Item], workers: int) -> None:
    """What waits for a page half of its time is begun first, in lanes of some of the workers, one test after another:
    meanwhile the others compute, and single tests fill all of them up to the end.
    """
    lanes = max(1, workers // 2)
    for number, item in enumerate(sorted(filter(has_a_browser, items), key=lambda item: not is_long(item))):
        item.add_marker(pytest.mark.xdist_group(f"browser-{number % lanes + 1}"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Those that ask the sandbox or commit are marked; the latter come last, and the browser's at the very end, the
    longest first. On several workers they are in lanes instead.
    """
    if workers := getattr(config, "workerinput", {}).get("workercount"):
        in_lanes(items, workers)
    for item in items:
        if is_transactional(item):
            item.add_marker(pytest.mark.commits)
        if "sandbox_process" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.sandbox)
    yield
    items.sort(key=lambda item: (is_in_a_browser(item), is_transactional(item), not is_long(item)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """The loop of a browser stays in the thread of the tests: who is not in one, and comes after it, has none running.

    From the first fixture to the last: Django has another connection to the database where a loop is running, and what
    one of them undoes at the end of a test must be what was done on it. Playwright itself sets the loop so when it
    comes back from its page.
    """
    loop = None if has_a_browser(item) else asyncio._get_running_loop()
    if loop is None:
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector looks for none in it, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Restorer]:
    """A database of the worker's own, as the migrations make it; each test that commits leaves it so."""
    with (
        django_db_blocker.unblock(),
        own_database(afresh=request.config.getvalue("create_db")) as restorer,
        pytest.MonkeyPatch.context() as changing,
    ):
        changing.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: restorer.restore())
        with django_db_blocker.block():
            yield restorer


@pytest.fixture(scope="session", autouse=True)
def one_look_at_the_static_files() -> Iterator[None]:
    """Every `Client` makes the middleware anew, and WhiteNoise would look at each static file on the disk each time."""
    look, seen = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not seen:
            look(middleware)
            seen.update(middleware.files)
        middleware.files.update(seen)

    with pytest.MonkeyPatch.context() as changing:
        changing.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def cookies_as_browsers_have_them() -> Iterator[None]:
    """Django's client keeps the key of its session for a cookie; a browser has the cookie it was given."""
    sets = ClientMixin._set_login_cookies  # type: ignore[attr-defined]  # not in the stubs

    def sets_the_cookie(self: Any, request: Any) -> None:
        sets(self, request)
        self.cookies[settings.SESSION_COOKIE_NAME] = request.session.secret

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientMixin, "_set_login_cookies", sets_the_cookie)
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_at_once() -> Iterator[None]:
    """By argon2 as always; without the memory and the rounds that make guessing slow."""
    with pytest.MonkeyPatch.context() as changing:
        for name, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            changing.setattr(Argon2PasswordHasher, name, least)
        yield


@pytest.fixture(scope="session", autouse=True)
def each_chart_drawn_once() -> Iterator[None]:
    """What is drawn follows from its specification alone, and most tests draw the charts of the same small month."""
    draw, drawn = vl_convert.vegalite_to_svg, dict[str, str]()

    def draw_once(*told: Any, **ways: Any) -> str:
        key = repr((told, ways))
        if key not in drawn:
            drawn[key] = draw(*told, **ways)
        return drawn[key]

    with pytest.MonkeyPatch.context() as changing:
        changing.setattr(vl_convert, "vegalite_to_svg", draw_once)
        yield


@pytest.fixture(autouse=True)
def in_spanish() -> None:
    """A page that was asked for in English leaves its language to the thread: each test begins in Spanish."""
    translation.activate("es")


@pytest.fixture
def long_written(db: None) -> Iterator[None]:
    """What is written in this test was, for the door of retention, written before any policy's months."""
    with years_later():
        yield


@pytest.fixture
def at() -> Callable[..., datetime]:
    """A moment of La Paz: `at("2026-11-25 09:30")`."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=LA_PAZ)


@pytest.fixture
def truth() -> Callable[[str], dict[str, Any]]:
    """The known answers of a sample: `truth("xlsx-300")`."""
    return lambda name: json.loads(next((DATA / name).glob("truth-*.json")).read_text())


@pytest.fixture
def make_agent(db: None) -> Callable[..., Agent]:
    """An agent by name: `make_agent("Ana", skills=("INTERNET",), team="Norte")`."""

    def make(name: str, *, skills: tuple[str, ...] = ("INTERNET", "TV"), team: str = "Norte", **more: Any) -> Agent:
        user = User.objects.create(username=name.lower(), first_name=name, role=Role.AGENT)
        agent = Agent.objects.create(user=user, team=Team.objects.get_or_create(name=team)[0], **more)
        agent.skills.set([Skill.objects.get_or_create(code=code, defaults={"name": code})[0] for code in skills])
        return agent

    return make


@pytest.fixture
def ana(make_agent: Callable[..., Agent]) -> Agent:
    """An agent."""
    return make_agent("Ana")


@pytest.fixture
def luis(make_agent: Callable[..., Agent]) -> Agent:
    """Ana's teammate."""
    return make_agent("Luis")


@pytest.fixture
def marta(make_agent: Callable[..., Agent]) -> Agent:
    """A stranger to Ana: an agent of another team."""
    return make_agent("Marta", team="Sur")


@pytest.fixture
def elena(db: None) -> User:
    """A supervisor."""
    return User.objects.create(username="elena", first_name="Elena", role=Role.SUPERVISOR)


@pytest.fixture
def rosa(db: None) -> User:
    """Another supervisor than Elena."""
    return User.objects.create(username="rosa", first_name="Rosa", role=Role.SUPERVISOR)


@pytest.fixture
def oscar(db: None) -> User:
    """An auditor: reads, changes nothing."""
    return User.objects.create(username="oscar", first_name="Óscar", role=Role.AUDITOR)


@pytest.fixture
def ines(db: None) -> User:
    """An administrator."""
    return User.objects.create(
        username="ines", first_name="Inés", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True
    )


@pytest.fixture
def signed_in() -> Callable[[User | Agent], Client]:
    """A browser in which somebody signed in: `signed_in(ana)`."""

    def sign_in(person: User | Agent) -> Client:
        client = Client()
        client.force_login(person.user if isinstance(person, Agent) else person)
        return client

    return sign_in
