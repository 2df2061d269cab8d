"""Who may do what: the one table, as data. Roles add up; what is not here is refused."""

from enum import StrEnum


class Role(StrEnum):
    DESIGNER = "designer"
    LEADER = "leader"
    OWNER = "owner"
    AGENT = "agent"
    EMPLOYEE = "employee"
    ADMIN = "admin"


class Scope(StrEnum):
    """How far a capability reaches, widest last."""

    PUBLISHED = "published"  # aggregates of what is published to everyone
    OWN = "own"  # what one owns or is assigned
    UNIT = "unit"  # the units one holds the role in, and those below
    ALL = "all"


class Capability(StrEnum):
    SEE_SCORES = "see_scores"
    SEE_ANSWERS = "see_answers"  # answers and comments with identity
    LOOK_UP_CONTACT = "look_up_contact"
    MANAGE_CONTACTS = "manage_contacts"  # list, edit, import
    CHANGE_ADDRESSES = "change_addresses"  # e-mail and permission by import
    EXPORT_PERSONAL = "export_personal"
    MERGE_CONTACTS = "merge_contacts"
    ERASE_CONTACTS = "erase_contacts"
    SEE_SURVEYS = "see_surveys"
    MANAGE_SURVEYS = "manage_surveys"
    PLAN_DISTRIBUTIONS = "plan_distributions"
    SEND = "send"
    RELEASE = "release"  # the second person of a distribution above the limit
    STOP_SENDING = "stop_sending"
    MANAGE_METRICS = "manage_metrics"
    MANAGE_JOURNEYS = "manage_journeys"  # maps, touchpoints and what they listen to
    PROPOSE = "propose"  # propose, support and comment on initiatives, and read them
    VOTE = "vote"  # judge initiatives, never one's own; OWN: where one is seated
    SET_COALITION = "set_coalition"  # the councils' rules and seats
    ADMINISTER = "administer"  # users, units, roles, retention, senders, queues, trail


R, S, C = Role, Scope, Capability

GRANTS: dict[Capability, dict[Role, Scope]] = {
    C.SEE_SCORES: {
        R.DESIGNER: S.UNIT,
        R.LEADER: S.ALL,
        R.OWNER: S.UNIT,
        R.AGENT: S.UNIT,
        R.EMPLOYEE: S.PUBLISHED,
        R.ADMIN: S.ALL,
    },
    C.SEE_ANSWERS: {R.DESIGNER: S.UNIT, R.OWNER: S.OWN, R.AGENT: S.OWN},
    C.LOOK_UP_CONTACT: {R.DESIGNER: S.UNIT, R.AGENT: S.UNIT, R.ADMIN: S.ALL},
    C.MANAGE_CONTACTS: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.CHANGE_ADDRESSES: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.EXPORT_PERSONAL: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.MERGE_CONTACTS: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.ERASE_CONTACTS: {R.ADMIN: S.ALL},
    C.SEE_SURVEYS: {R.DESIGNER: S.UNIT, R.LEADER: S.ALL, R.OWNER: S.OWN, R.ADMIN: S.ALL},
    C.MANAGE_SURVEYS: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.PLAN_DISTRIBUTIONS: {R.DESIGNER: S.UNIT, R.ADMIN: S.ALL},
    C.SEND: {R.DESIGNER: S.UNIT},
    C.RELEASE: {R.LEADER: S.UNIT, R.ADMIN: S.ALL},
    C.STOP_SENDING: {R.ADMIN: S.ALL},
    C.MANAGE_METRICS: {R.DESIGNER: S.UNIT, R.OWNER: S.OWN, R.ADMIN: S.ALL},
    C.MANAGE_JOURNEYS: {R.DESIGNER: S.UNIT, R.OWNER: S.OWN, R.ADMIN: S.ALL},
    C.PROPOSE: dict.fromkeys(Role, S.ALL),
    C.VOTE: {R.LEADER: S.ALL, R.OWNER: S.OWN},
    C.SET_COALITION: {R.ADMIN: S.ALL},
    C.ADMINISTER: {R.ADMIN: S.ALL},
}
