"""A model of a library, ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ._answers import Predict


class Opened(NamedTuple):
    """A model as a function, with what it answers."""

    task: str
    predict: Predict
    classes: Sequence[str]
