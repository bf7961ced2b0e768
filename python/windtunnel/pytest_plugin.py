"""The plugin of pytest: every case of a spec as a test under its id, and a fixture. Off unless asked for:

    pytest --windtunnel specs/              or, in pyproject.toml, [tool.pytest.ini_options] windtunnel = ["specs"]

A spec is run once, by the first of its tests, and only for the cases that are selected. This file is imported whenever pytest
starts; it must stay light.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .errors import Unjudged, WindtunnelError

if TYPE_CHECKING:
    from ._record import Record
    from ._run import ListedCase
    from ._shared_runs import SharedRuns
    from ._suite import Case

# More globs than these are not told to the program, whose command line the system limits: then it judges the whole spec.
MOST_LETTERS = 16_000


class WindtunnelWarning(pytest.PytestWarning):
    """A broken bound whose check only warns."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("windtunnel", "robustness of vision models")
    add = group.addoption
    add("--windtunnel", metavar="SPEC", action="append", default=[],
        help="collect every case of this spec, or of all in this folder, as a test; may be given several times")
    add("--windtunnel-set", metavar="KEY=VALUE", action="append", default=[],
        help="set a key of the specs (model.a.path=a.onnx); may be given several times")
    add("--windtunnel-profile", metavar="NAME", action="append", default=[],
        help="take the settings of [profile.NAME] of the specs; may be given several times")
    add("--windtunnel-limit", metavar="N", type=int, help="take at most N images of every dataset")
    parser.addini("windtunnel", "specs, or folders of them, whose cases are collected as tests", type="paths", default=[])


SESSION = pytest.StashKey["Session"]()


def pytest_configure(config: pytest.Config) -> None:
    session = Session(config)
    config.stash[SESSION] = session
    config.pluginmanager.register(session, "windtunnel-session")


@pytest.fixture
def windtunnel(request: pytest.FixtureRequest) -> Windtunnel:
    """Runs specs, each once in a session, and checks their cases: `windtunnel.check("specs/a.toml", on="blur@3")`."""
    return Windtunnel(request.config.stash[SESSION], request.path.parent)


class Session:
    """What is asked for in this session, and what was found."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        # Where the program works: there are its store and its reports.
        self.folder = config.rootpath if config.inipath else config.invocation_params.dir
        named = [(config.invocation_params.dir / path).resolve() for path in config.getoption("windtunnel")]
        self.wanted = [*named, *(Path(path).resolve() for path in config.getini("windtunnel"))]
        missing = [str(path) for path in self.wanted if not _has_specs(path)]
        if missing:
            raise pytest.UsageError(f"there is no spec at {', '.join(missing)}: `windtunnel init` drafts one")
        if self.wanted:
            self._add_to_what_is_collected(named)
        # How many cases each spec has, and the ids of those that are left after -k, --lf and the like.
        self.totals: dict[Path, int] = {}
        self.selected: dict[Path, list[str]] = {}
        worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.is_worker = worker is not None
        self._shared_folder = _shared_folder(worker["testrunuid"] if worker else uuid.uuid4().hex)
        self._runs: SharedRuns | None = None

    def _add_to_what_is_collected(self, named: Sequence[Path]) -> None:
        """Specs of the command line are collected beside the rest; those of the configuration where nothing else is asked for,
        as with `testpaths`. What lies below something that is collected is found there."""
        config = self.config
        is_whole = config.args_source is not pytest.Config.ArgsSource.ARGS
        given = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
        for path in self.wanted if is_whole else named:
            if not any(path == other or other in path.parents for other in given):
                config.args.append(str(path))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        path = file_path.resolve()
        is_wanted = path.suffix == ".toml" and any(path == one or one in path.parents for one in self.wanted)
        return SpecFile.from_parent(parent, path=file_path) if is_wanted else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            if isinstance(item, CaseItem):
                self.selected.setdefault(item.path, []).append(item.name)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist's: where the workers of this session meet."""
        self._shared_folder = _shared_folder(node.workerinput["testrunuid"])

    def pytest_unconfigure(self) -> None:
        if not self.is_worker:
            shutil.rmtree(self._shared_folder, ignore_errors=True)

    def find(self, spec: str | os.PathLike[str], beside: Path) -> Path:
        """The spec that a test in the folder `beside` names."""
        folders = (self.config.invocation_params.dir, self.folder, beside)
        places = [(folder / spec).resolve() for folder in folders]
        return next((place for place in places if place.exists()), places[0])

    def words(self, spec: Path) -> list[str]:
        """The words of a command line that select a spec as the session's options change it."""
        option = self.config.getoption
        words = [f"--set={assignment}" for assignment in option("windtunnel_set")]
        words += [f"--profile={name}" for name in option("windtunnel_profile")]
        words += [] if option("windtunnel_limit") is None else [f"--limit={option('windtunnel_limit')}"]
        # As somebody would type it: the record and the reports name it so.
        inside = self.folder in spec.parents
        return [*words, os.path.relpath(spec, self.folder) if inside else str(spec)]

    def globs(self, spec: Path) -> list[str]:
        """What selects the cases of a spec that the session's tests are about; nothing for all of them."""
        ids = self.selected.get(spec, [])
        globs = sorted(f"--filter={_literal(id)}" for id in set(ids))
        is_all = len(globs) >= self.totals.get(spec, 0)
        return [] if is_all or sum(map(len, globs)) > MOST_LETTERS else globs

    def run(self, spec: Path, globs: Sequence[str] = ()) -> Record:
        """The record of a spec; it is run once in the session."""
        from ._run import run_selected
        from ._shared_runs import SharedRuns

        words = [*globs, *self.words(spec)]
        options = ["--fail-fast"] if self.config.getoption("maxfail", 0) == 1 else []
        if self._runs is None:
            self._runs = SharedRuns(self._shared_folder)
        return self._runs.of([*words, *options], lambda: self._watched(lambda: run_selected(
            words, options, self.folder, progress=self._is_talkative())))

    def _is_talkative(self) -> bool:
        return not self.is_worker and self.config.get_verbosity() >= 0

    def _watched(self, make: Any) -> Record:
        """Runs with the program's progress on the terminal, where pytest would keep it from view."""
        capture = self.config.pluginmanager.getplugin("capturemanager")
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        is_shown = self._is_talkative() and capture is not None
        uncaptured: AbstractContextManager[Any] = capture.global_and_fixture_disabled() if is_shown else nullcontext()
        with uncaptured:
            if is_shown and terminal is not None:
                terminal.ensure_newline()
            record: Record = make()
        return record


def _has_specs(path: Path) -> bool:
    return path.is_file() or any(path.rglob("*.toml"))


def _shared_folder(session: str) -> Path:
    return Path(tempfile.gettempdir()) / f"windtunnel-pytest-{session}"


def _literal(id: str) -> str:
    """A glob that matches this alone."""
    return re.sub(r"([*?\[\]])", r"[\1]", id)


class SpecFile(pytest.File):
    """A spec; its cases are its tests."""

    def collect(self) -> Iterator[CaseItem]:
        from ._run import list_selected

        session = self.config.stash[SESSION]
        try:
            listings = list_selected(session.words(self.path.resolve()), session.folder)
        except WindtunnelError as error:
            # The program's own words, which show the place.
            raise self.CollectError(str(error)) from None
        cases = [case for listing in listings for case in listing.cases]
        session.totals[self.path] = len(cases)
        for case in cases:
            yield CaseItem.from_parent(self, name=case.id, listed=case)


class CaseItem(pytest.Item):
    """A case; the first of a spec that is set up runs the spec."""

    def __init__(self, *, listed: ListedCase, **more: Any) -> None:
        super().__init__(**more)
        self.listed = listed
        self._case: Case | None = None

    def setup(self) -> None:
        session = self.config.stash[SESSION]
        try:
            record = session.run(self.path, session.globs(self.path))
        except WindtunnelError as error:
            pytest.fail(str(error), pytrace=False)
        self._case = next((case for case in record.cases if case.id == self.name), None)
        if self._case is None:
            pytest.fail(f"the run has not judged {self.name}: its spec, or what it names, has changed meanwhile", pytrace=False)
        self.user_properties += _properties(self._case)
        why_not = _why_not_judged(self._case)
        if why_not is not None:
            pytest.fail(why_not, pytrace=False)
        if self._case.outcome == "skipped":
            pytest.skip(self._case.message)

    def runtest(self) -> None:
        assert self._case is not None
        if self._case.is_waived:
            self.warn(WindtunnelWarning(f"{self._case.id}: {self._case.message}"))
        elif self._case.outcome == "fail":
            pytest.fail(_told(self._case), pytrace=False)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        # Not the name alone, which pytest would take for one of Python and spell `blur@0::5`.
        check = f" ({self.listed.check})" if self.listed.check else ""
        return self.listed.file, self.listed.line - 1, f"case {self.name}{check}"


def _why_not_judged(case: Case) -> str | None:
    """Why there is no verdict; not that there is nothing to compare with yet, which is a skip."""
    blocked = case.blocked_by
    if blocked is not None:
        what = f"dataset `{blocked.dataset}`" if blocked.dataset else f"model `{blocked.model}`"
        return f"{what} cannot be used ({blocked.file}:{blocked.line}): {blocked.message}"
    return _told(case) if case.outcome == "error" else None


def _told(case: Case) -> str:
    """The case's text, and where its picture is."""
    picture = [] if case.picture is None else [f"picture: {case.picture}"]
    return "\n".join([case.text, *picture, f"report: {case.report}"])


def _properties(case: Case) -> list[tuple[str, object]]:
    """What `--junit-xml` keeps of a case beside its verdict."""
    named = {"check": case.check, "value": case.value, "threshold": case.threshold, "low": case.low, "high": case.high,
             "picture": case.picture}
    return [(name, str(value)) for name, value in named.items() if value is not None]


def _is_on(case: Case, condition: str | None) -> bool:
    """Whether a case is on a condition, or on a level of a perturbation; None is any."""
    return condition is None or case.on == condition or case.on.startswith(f"{condition}@")


def _no_case(spec: str | os.PathLike[str], given: Mapping[str, str], cases: Sequence[Case]) -> str:
    """What a spec has instead of the case that is asked for: the nearest names, or else all of its cases."""
    asked = ", ".join(f"{name} = {value!r}" for name, value in given.items())
    hints = []
    for name, value in given.items():
        known = {str(getattr(case, name)) for case in cases}
        if name == "on":
            known |= {one.split("@")[0] for one in known}
        if value not in known:
            near = difflib.get_close_matches(value, sorted(known), n=1)
            hints += [f"did you mean {name} = {near[0]!r}?" if near else f"`{name}` is one of {', '.join(sorted(known))}"]
    if hints:
        return f"{spec} has no case with {asked}: {'; '.join(hints)}"
    ids = "\n  ".join(case.id for case in cases)
    return f"{spec} has no case with {asked}; it has\n  {ids}"


class Windtunnel:
    """What the fixture gives to a test."""

    def __init__(self, session: Session, beside: Path) -> None:
        self._session, self._beside = session, beside

    def run(self, spec: str | os.PathLike[str]) -> Record:
        """The record of a spec, which is run at most once in the session. A relative path starts from the folder where pytest
        was started, from pytest's root, or from the test's own folder, whichever has it."""
        __tracebackhide__ = True
        try:
            return self._session.run(self._session.find(spec, self._beside))
        except WindtunnelError as error:
            # The test's own line is the place, not those in here.
            raise error.with_traceback(None) from None

    def check(
        self,
        spec: str | os.PathLike[str],
        *,
        on: str | Sequence[str] | None = None,
        model: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
        category: str | None = None,
        check: str | None = None,
    ) -> list[Case]:
        """Fails the test where one of these cases of the spec fails; the cases. `on` is a condition (`blur@3`), or a
        perturbation with all its levels (`blur`), or a list of these; `check` is a check's name.

        Raises `Unjudged` where one of them could not be judged, and where there is no such case, for any of several conditions.
        """
        __tracebackhide__ = True
        wanted = {"model": model, "dataset": dataset, "metric": metric, "category": category, "check": check}
        given = {name: value for name, value in wanted.items() if value is not None}
        all_cases = self.run(spec).cases
        cases = [case for case in all_cases if all(getattr(case, name) == value for name, value in given.items())]
        conditions = [on] if isinstance(on, str) else on
        asked: list[str | None] = [None] if conditions is None else list(conditions)
        if not asked:
            raise Unjudged(f"{spec}: `on` names no condition")
        for one in asked:
            if not any(_is_on(case, one) for case in cases):
                raise Unjudged(_no_case(spec, given if one is None else {**given, "on": one}, all_cases))
        cases = [case for case in cases if any(_is_on(case, one) for one in asked)]
        unjudged = [why for why in map(_why_not_judged, cases) if why is not None]
        if unjudged:
            raise Unjudged("\n".join(unjudged))
        failed = [_told(case) for case in cases if case.outcome == "fail" and not case.is_waived]
        if failed:
            pytest.fail("\n".join(failed))
        if all(case.outcome == "skipped" for case in cases):
            pytest.skip(cases[0].message)
        return cases
