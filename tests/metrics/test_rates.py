import pytest

from metrics.rates import Dispositions, ResponseRates, response_rates


def test_reproduces_the_six_published_rates():
    people = Dispositions(
        complete=400, partial=50, refused=20, not_contacted=380, other=10, unknown=140
    )
    rates = response_rates(people, eligible_share=0.9)
    found = (rates.rr1, rates.rr2, rates.rr3, rates.rr4, rates.rr5, rates.rr6)
    assert [round(rate, 4) for rate in found] == [0.4, 0.45, 0.4057, 0.4564, 0.4651, 0.5233]


def test_gives_no_rate_where_nobody_was_asked():
    assert response_rates(Dispositions()) == ResponseRates(None, None, None, None, None, None)


def test_gives_no_known_rate_where_all_are_unknown():
    rates = response_rates(Dispositions(unknown=3), eligible_share=0.0)
    assert (rates.rr1, rates.rr3, rates.rr5) == (0.0, None, None)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_refuses_an_eligible_share_off_the_scale(share):
    with pytest.raises(ValueError, match="eligible share"):
        response_rates(Dispositions(complete=1), eligible_share=share)


def test_refuses_fewer_than_nobody():
    with pytest.raises(ValueError, match="below zero"):
        Dispositions(complete=1, unknown=-1)
