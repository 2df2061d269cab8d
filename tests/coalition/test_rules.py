"""The arithmetic of a vote, worked by hand."""

import pytest

from coalition.rules import Tally, majority_sentence, outcome, quorum_sentence, votes_needed


@pytest.mark.parametrize(
    ("kind", "quorum", "electors", "needed"),
    [
        ("share", 50, 6, 3),
        ("share", 50, 7, 4),  # half of seven is three and a half: four
        ("share", 1, 7, 1),
        ("share", 100, 7, 7),
        ("share", 66, 3, 2),
        ("share", 67, 3, 3),
        ("number", 5, 7, 5),
        ("number", 5, 3, 5),  # out of reach, which opening refuses
    ],
)
def test_counts_the_votes_a_quorum_needs(kind, quorum, electors, needed):
    assert votes_needed(kind, quorum, electors=electors) == needed


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "quorum", "majority", "expected"),
    [
        (3, 2, 0, 5, "simple", "approved"),
        (2, 2, 1, 5, "simple", "rejected"),  # a tie rejects
        (1, 0, 4, 5, "simple", "approved"),  # abstentions count towards the quorum alone
        (0, 0, 5, 5, "simple", "rejected"),
        (4, 0, 0, 5, "simple", "undecided"),  # nobody against, yet one vote short
        (0, 0, 0, 1, "simple", "undecided"),
        (2, 1, 0, 3, "two_thirds", "approved"),  # exactly two thirds
        (3, 2, 0, 5, "two_thirds", "rejected"),
        (4, 2, 1, 7, "two_thirds", "approved"),
        (0, 0, 3, 3, "two_thirds", "rejected"),
    ],
)
def test_decides_by_quorum_and_majority(yes, no, abstain, quorum, majority, expected):
    tally = Tally(yes, no, abstain)
    assert outcome(tally, quorum=quorum, majority=majority) == expected


def test_tallies_choices():
    assert Tally.of(["yes", "no", "yes", "abstain"]) == Tally(2, 1, 1)


def test_says_the_rule_before_anybody_votes():
    assert "3 of 5" in quorum_sentence(3, electors=5)
    assert "tie rejects" in majority_sentence("simple")
    assert "two thirds" in majority_sentence("two_thirds")
