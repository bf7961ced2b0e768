"""The program: where it lies, and how it is called. Its progress goes where Python's standard error goes: to a terminal,
a log, a notebook's cell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple, TextIO

from .errors import ProgramMissing

# Names another program than the installed one, as in the GitHub action.
VARIABLE = "WINDTUNNEL_BIN"

# How long an interrupted program may take to end in order, seconds.
PATIENCE = 60


class Done(NamedTuple):
    """What a call came to. `err` is empty where it went straight to a terminal."""

    code: int
    out: str
    err: str


def program() -> Path:
    """Where the program lies: what `WINDTUNNEL_BIN` names, else what `pip install windtunnel` has put beside this package."""
    named = os.environ.get(VARIABLE)
    if named:
        if Path(named).is_file():
            return Path(named).resolve()
        raise ProgramMissing(f"{VARIABLE} names {named}, where there is no program")
    name = "windtunnel" + (sysconfig.get_config_var("EXE") or "")
    # The environment's own, that of `pip install --user`, and that of `pip install --target`.
    user = sysconfig.get_path("scripts", f"{os.name}_user")
    folders = [sysconfig.get_path("scripts"), user, str(Path(__file__).resolve().parent.parent / "bin")]
    for folder in folders:
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    looked = ", ".join(folders)
    raise ProgramMissing(
        f"there is no {name} in {looked}: install the wheel (`pip install --force-reinstall windtunnel`), or name the"
        f" program in {VARIABLE}"
    )


def ask(*words: str, folder: Path | None = None) -> Done:
    """Calls the program and keeps all that it says."""
    return _call(words, folder, None)


def watch(*words: str, folder: Path | None = None) -> Done:
    """Calls the program and shows its progress while it works."""
    return _call(words, folder, sys.stderr)


def _call(words: Sequence[str], folder: Path | None, shown: TextIO | None) -> Done:
    # A terminal gets the program's own bar; everything else gets its lines.
    is_terminal = shown is not None and _is_terminal(shown)
    process = subprocess.Popen(
        [str(program()), *words],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if is_terminal else subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    # From here on: an interrupt while the readers start would leave the program to itself.
    try:
        readers = [_Reader(process.stdout, None), _Reader(process.stderr, shown)]
        process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise
    out, err = (reader.text() for reader in readers)
    return Done(process.returncode, out, err)


def _environment() -> dict[str, str]:
    """The environment, in which the `python` of a spec's command is this one, also where it was never activated."""
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), path])}


def _is_terminal(stream: TextIO) -> bool:
    """Whether the stream is a terminal that a child can write to, not something that looks like one."""
    try:
        return stream.isatty() and os.isatty(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return False


def _end(process: subprocess.Popen[str]) -> None:
    """Lets an interrupted program end in order, as it keeps what it has; a second interrupt ends it at once."""
    try:
        if os.name == "posix":
            # A terminal has interrupted it, too: what follows so soon is the same interrupt for it.
            process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.kill()
        process.wait()


class _Reader:
    """Reads a pipe to its end, and shows what comes as it comes."""

    def __init__(self, pipe: IO[str] | None, shown: TextIO | None) -> None:
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(pipe, shown), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[str] | None, shown: TextIO | None) -> None:
        for line in pipe or ():
            self._lines.append(line)
            if shown is not None:
                shown.write(line)
                shown.flush()

    def text(self) -> str:
        self._thread.join()
        return "".join(self._lines)
