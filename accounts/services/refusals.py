"""Why a command was not carried out; each message says what to do instead."""

from django.utils.translation import gettext as _


class AccountsRefusal(Exception):
    """The command is refused; the message is for the person who gave it."""


class SelfElevation(AccountsRefusal):
    """Nobody gives rights to themselves."""

    def __init__(self) -> None:
        super().__init__(
            _("You cannot give yourself a role. Ask another administrator to give it to you.")
        )


class LastAdmin(AccountsRefusal):
    """Without this person nobody could administer the installation."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This is the last administrator. Make somebody else an administrator first, "
                "and let them sign in once."
            )
        )
