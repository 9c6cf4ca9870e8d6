"""The rules of the whole server, from the chapters."""

from .recovery import Recovery
from .sign_in import SignIn
from .support import Support
from .test_support import OwnUsers


class Rules(SignIn, Recovery, Support, OwnUsers):
    """Every operation of the contract, by its name there. Knows nothing of HTTP but what a Request holds."""
