"""The frame and the living page, as each person gets them."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_living_page_shows_every_component_to_an_administrator(signed_in, ines):
    page = signed_in(ines).get("/ui/")
    assert page.status_code == 200
    for part in (
        "tile",
        "badge ok",
        "progress",
        'class="field',
        "table-frame",
        "pager",
        "tabs",
        "<dialog",
        "empty",
        "trail",
    ):
        assert part in page.content.decode()


@pytest.mark.parametrize("who", ["ana", "elena", "oscar"])
def test_the_living_page_is_nobody_elses(signed_in, who, request):
    assert signed_in(request.getfixturevalue(who)).get("/ui/").status_code == 404


def test_the_frame_names_the_person_and_offers_the_way_out_by_post(signed_in, ines):
    page = signed_in(ines).get("/ui/").content.decode()
    assert "Inés" in page
    assert '<form method="post" action="/accounts/logout/" data-signs-out>' in page


def test_a_list_keeps_its_filters_when_it_is_sorted_and_goes_back_to_the_first_page(signed_in, ines):
    page = signed_in(ines).get("/ui/?q=rojas&page=2&sort=amount").content.decode()
    assert 'aria-sort="ascending"' in page
    assert "?q=rojas&amp;sort=-amount" in page
    assert "51–100 de 120" in page
