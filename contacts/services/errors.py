"""What contacts' services refuse; `str()` of each is the sentence for the page."""


class ContactRefused(Exception):
    """The change cannot be made; `field` names what to change where it is one field."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class MergeRefused(ContactRefused):
    """The two cannot be made one, or not be parted again."""
