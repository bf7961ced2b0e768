"""Running specs, and asking which cases they have."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Union

from . import _program
from ._record import Record
from .errors import Interrupted, NothingSelected, SpecError, WindtunnelError

Specs = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]

# The program's exit codes; `windtunnel --help` lists them.
PASSED, FAILED, MISUSED, UNJUDGED, NOTHING_SELECTED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class ListedCase(NamedTuple):
    """A case that a run will judge."""

    id: str
    check: str | None
    file: Path
    line: int


class Listing(NamedTuple):
    """A spec with its cases, and where a run of them leaves its record."""

    name: str
    file: Path
    record: Path
    cases: list[ListedCase]


def run(
    specs: Specs = "specs",
    *,
    filter: str | Iterable[str] = (),
    set: Mapping[str, Any] | None = None,
    profile: str | Iterable[str] = (),
    limit: int | None = None,
    seed: int | None = None,
    options: Sequence[str] = (),
    folder: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Record:
    """Runs specs (a file, a folder of them, a glob, or several) and returns what was found.

    `filter` are globs of case ids, `set` are keys of the spec (`{"model.new.path": "best.onnx"}`), `profile`, `limit`
    and `seed` are as on the command line; `options` are further words of it, such as `["--no-cache", "--jobs", "2"]`. It
    works in `folder`, by default the current one. Checks that fail are in the record, as are those that could not be
    judged: look at `record.verdict`.

    Raises `SpecError` where a spec or an option is wrong, `NothingSelected`, and `Interrupted`.
    """
    return run_selected(_selection(specs, filter, set, profile, limit, seed), options, _path(folder), progress)


def list_cases(
    specs: Specs = "specs",
    *,
    filter: str | Iterable[str] = (),
    set: Mapping[str, Any] | None = None,
    profile: str | Iterable[str] = (),
    limit: int | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> list[Listing]:
    """The cases of specs, without running anything. Raises as `run` does."""
    return list_selected(_selection(specs, filter, set, profile, limit, None), _path(folder))


def run_selected(selection: Sequence[str], options: Sequence[str], folder: Path | None, progress: bool) -> Record:
    """Runs what the words of a command line select."""
    listed = list_selected(selection, folder)
    began = int(time.time())
    # Annotations and summaries of a job are for whoever calls the program itself.
    words = ["run", *selection, *options, "--no-github", "--color", "never"]
    done = _program.watch(*words, folder=folder) if progress else _program.ask(*words, "-q", folder=folder)
    if done.code not in (PASSED, FAILED, UNJUDGED):
        raise _error(done)
    record = Record.load([listing.record for listing in listed], report=done.out)
    stale = [str(path) for path, started in zip(record.paths, record.started) if started < began - 1]
    if stale:
        raise WindtunnelError(f"the run has left no record at {', '.join(stale)}: {done.err.strip() or done.out.strip()}")
    return record


def list_selected(selection: Sequence[str], folder: Path | None) -> list[Listing]:
    """The cases of what the words of a command line select."""
    done = _program.ask("list", *selection, "--json", "--color", "never", folder=folder)
    if done.code != PASSED:
        raise _error(done)
    found = json.loads(done.out)
    base = Path(found["folder"])

    def case(of: Mapping[str, Any]) -> ListedCase:
        return ListedCase(of["id"], of["check"], base / of["file"], of["line"])

    return [
        Listing(spec["name"], base / spec["file"], base / spec["record"], [case(of) for of in spec["cases"]])
        for spec in found["specs"]
    ]


def _error(done: _program.Done) -> WindtunnelError:
    """Why there is no record."""
    text = done.err.strip() or f"windtunnel ended with exit code {done.code}; what it said is above"
    kinds: dict[int, type[WindtunnelError]] = {
        MISUSED: SpecError,
        NOTHING_SELECTED: NothingSelected,
        INTERRUPTED: Interrupted,
    }
    kind = kinds.get(done.code)
    return kind(text) if kind else WindtunnelError(f"windtunnel ended with exit code {done.code}: {text}")


def _path(folder: str | os.PathLike[str] | None) -> Path | None:
    return None if folder is None else Path(folder)


def _selection(
    specs: Specs,
    filters: str | Iterable[str],
    assignments: Mapping[str, Any] | None,
    profiles: str | Iterable[str],
    limit: int | None,
    seed: int | None,
) -> list[str]:
    """The words of the command line that say which cases; options with their value in one word, whatever that begins with."""
    words = [f"--filter={glob}" for glob in _several(filters)]
    words += [f"--profile={name}" for name in _several(profiles)]
    words += [f"--set={key}={_toml(value)}" for key, value in (assignments or {}).items()]
    words += [] if limit is None else [f"--limit={limit}"]
    words += [] if seed is None else [f"--seed={seed}"]
    named = [specs] if isinstance(specs, (str, os.PathLike)) else specs
    return [*words, *(str(_plain(os.fspath(spec))) for spec in named)]


def _several(one_or_many: str | Iterable[str]) -> list[str]:
    return [one_or_many] if isinstance(one_or_many, str) else list(one_or_many)


def _plain(spec: str) -> str:
    """A path that is no option."""
    return f"./{spec}" if spec.startswith("-") else spec


def _toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {_toml(of)}" for key, of in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(of) for of in value) + "]"
    if isinstance(value, (str, os.PathLike)):
        # JSON's escapes are TOML's, but for letters beyond 16 bits.
        return json.dumps(os.fspath(value), ensure_ascii=False)
    raise TypeError(f"a key of a spec cannot be a {type(value).__name__}: {value!r}")
