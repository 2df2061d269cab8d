from accounts.models import User
from cxplatform.shared import http


class Request(http.Request):
    """A request behind login: whoever asks is one of us."""

    user: User
