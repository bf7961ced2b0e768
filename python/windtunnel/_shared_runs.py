"""One run per spec and selection for a whole test session, also where its tests are spread over processes: the first that
needs a run makes it, the others wait, and read its record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Callable

from . import errors
from ._lock import locked
from ._record import Record
from .errors import WindtunnelError


class SharedRuns:
    """Runs by what was asked for. `folder` is one that all processes of the session have, and no other session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}

    def of(self, asked: Sequence[str], make: Callable[[], Record]) -> Record:
        """The record of what is `asked` for; made by `make` where nobody of the session has made it.

        Raises what `make` raised, whoever called it.
        """
        key = sha256(json.dumps(asked).encode()).hexdigest()
        if key not in self._known:
            self._known[key] = self._shared(key, make)
        found = self._known[key]
        if isinstance(found, WindtunnelError):
            raise found
        record: Record = found
        return record

    def _shared(self, key: str, make: Callable[[], Record]) -> Any:
        place = self._folder / f"{key}.json"
        with locked(self._folder / f"{key}.lock"):
            if place.exists():
                return _told(json.loads(place.read_text(encoding="utf-8")))
            found, notice = _made(make)
            place.write_text(json.dumps(notice), encoding="utf-8")
            return found


def _made(make: Callable[[], Record]) -> tuple[Any, Mapping[str, Any]]:
    try:
        record = make()
    except WindtunnelError as error:
        return error, {"error": type(error).__name__, "message": str(error)}
    return record, {"records": [str(path) for path in record.paths]}


def _told(notice: Mapping[str, Any]) -> Any:
    """What another process has found."""
    kind: str | None = notice.get("error")
    if kind is not None:
        made: WindtunnelError = getattr(errors, kind)(notice["message"])
        return made
    paths: Sequence[str] = notice["records"]
    return Record.load([Path(path) for path in paths])
