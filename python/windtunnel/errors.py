"""What can go wrong other than a check that fails, which is no exception but in the record."""

from __future__ import annotations


class WindtunnelError(Exception):
    """Any of the below."""


class ProgramMissing(WindtunnelError):
    """The program is not in this environment."""


class SpecError(WindtunnelError):
    """A spec or an option is wrong; the text shows each mistake at its place, with the way out."""


class NothingSelected(WindtunnelError):
    """No case matches the filter."""


class Interrupted(WindtunnelError):
    """Somebody stopped the program."""


class Unjudged(WindtunnelError):
    """A case could not be judged: neither passed nor failed."""
