"""What can go wrong before the platform runs, said to a person."""


class LaunchError(Exception):
    """Something stands in the way of starting; the text says what, then what to do."""
