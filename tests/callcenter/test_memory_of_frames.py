"""Whatever the depth a page is drawn at, a loop there does not take memory from the system at every call."""

import resource

import pytest
from django.http import HttpResponse

from callcenter.requests import OnePieceOfMemoryMiddleware

DEPTHS = range(240)
CALLS = 300


def _inner(value):
    return value


def _loop_at(depth):
    return _loop_at(depth - 1) if depth else [_inner(turn) for turn in range(CALLS)]


def _respond(_request):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    taken = []
    for depth in DEPTHS:
        _loop_at(depth)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        taken.append(after - before)
        before = after
    response = HttpResponse()
    response.taken = taken
    return response


@pytest.fixture
def request_of_a_page(rf):
    return rf.get("/")


def test_no_depth_of_a_request_takes_memory_at_every_call(request_of_a_page):
    answer = OnePieceOfMemoryMiddleware(_respond)
    answer(request_of_a_page)  # its pages of memory are there by now
    assert max(answer(request_of_a_page).taken) < CALLS


def test_it_is_around_all_others(settings):
    assert settings.MIDDLEWARE[0] == "callcenter.requests.OnePieceOfMemoryMiddleware"
