"""A clock that stands still until it is moved by hand."""


class HandClock:
    """Seconds since the epoch, as ``time.time`` would tell them."""

    def __init__(self, now=1_800_000_000.0):
        self.now = now

    def __call__(self):
        """The time."""
        return self.now

    def forward(self, seconds):
        """Moves the hands."""
        self.now += seconds
