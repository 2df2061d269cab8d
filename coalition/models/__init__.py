"""What the coalition works with, by subject."""

from coalition.models.ballots import (
    Ballot,
    BallotState,
    Choice,
    Elector,
    Outcome,
    Vote,
)
from coalition.models.councils import Council, Majority, QuorumKind, Seat
from coalition.models.initiatives import (
    Comment,
    Direction,
    Evidence,
    EvidenceKind,
    Initiative,
    State,
    Support,
)
from coalition.models.log import LogCheck, LogEntry, LogKind

__all__ = [
    "Ballot",
    "BallotState",
    "Choice",
    "Comment",
    "Council",
    "Direction",
    "Elector",
    "Evidence",
    "EvidenceKind",
    "Initiative",
    "LogCheck",
    "LogEntry",
    "LogKind",
    "Majority",
    "Outcome",
    "QuorumKind",
    "Seat",
    "State",
    "Support",
    "Vote",
]
