class DistributionRefused(Exception):
    """It cannot be done as asked; `str()` says what to change, `step` on which page."""

    def __init__(self, message: str, *, step: str = "") -> None:
        super().__init__(message)
        self.step = step
