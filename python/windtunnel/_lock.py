"""A lock between processes on a file: the system gives it back when its holder dies, however that happens."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[bytes]) -> None:
        # Its own way of waiting gives up after ten seconds.
        while True:
            try:
                return msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.1)
else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock at `path`, and waits for it as long as it takes."""
    os.makedirs(path.parent, exist_ok=True)
    with open(path, "ab") as file:
        _hold(file)
        # Closing the file lets it go.
        yield
