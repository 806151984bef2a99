"""An exchange with a provider that broke, before anybody has said what that means for the call."""


class BrokenExchangeError(Exception):
    """The connection broke, or what came over it cannot be used; the message holds nothing of the body."""


class UnusableAnswerError(BrokenExchangeError):
    """The connection held, and what came over it cannot be used: the server's fault."""
