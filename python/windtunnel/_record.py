"""What a run found. Records are read by the program, which refuses damaged ones and knows those of before; here they are
only given names."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as xml
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _html, _program
from .errors import WindtunnelError

if TYPE_CHECKING:
    import pandas

# A record's exit codes in words, the one that wins over the others last.
VERDICTS = {0: "passed", 1: "failed", 3: "could not be judged", 130: "interrupted"}


class Figure(NamedTuple):
    """A measured figure. `category` is None over all categories; `value` is None where it is not defined (no such objects);
    `low` and `high` are the ends of its interval, where one was drawn."""

    model: str
    dataset: str
    condition: str
    metric: str
    category: str | None
    value: float | None
    low: float | None
    high: float | None
    suite: str


class Figures(Sequence[Figure]):
    """Figures as rows."""

    def __init__(self, rows: Iterable[Figure]) -> None:
        self._rows = list(rows)

    @overload
    def __getitem__(self, at: int) -> Figure: ...

    @overload
    def __getitem__(self, at: slice) -> Figures: ...

    def __getitem__(self, at: int | slice) -> Figure | Figures:
        return Figures(self._rows[at]) if isinstance(at, slice) else self._rows[at]

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<{len(self)} figures>"

    def where(self, **wanted: str | float | None) -> Figures:
        """Those whose columns have these values: `where(model="a", metric="map", category=None)`."""
        if unknown := set(wanted) - set(Figure._fields):
            raise TypeError(f"figures have no {', '.join(sorted(unknown))}, but {', '.join(Figure._fields)}")
        return Figures(row for row in self if all(getattr(row, name) == value for name, value in wanted.items()))

    def to_pandas(self) -> pandas.DataFrame:
        """As a table of pandas, which has to be installed."""
        import pandas

        table: pandas.DataFrame = pandas.DataFrame.from_records(self._rows, columns=list(Figure._fields))
        return table


class Setup(NamedTuple):
    """A dataset or a model that could not be used."""

    dataset: str | None
    model: str | None
    file: str
    line: int
    kind: str
    message: str


class Case:
    """A judged case. `raw` is all that the record has of it."""

    def __init__(self, raw: Mapping[str, Any], of: Suite) -> None:
        self.raw, self._of = raw, of
        verdict = raw["verdict"]
        interval = verdict.get("interval") or {}
        self.id: str = raw["id"]
        self.suite: str = of.name
        self.check: str | None = raw["check"]
        self.file: str = raw["file"]
        self.line: int = raw["line"]
        self.model: str | None = raw["model"]
        self.dataset: str = raw["dataset"]
        self.on: str = raw["on"]
        self.conditions: list[str] = raw["conditions"]
        self.metric: str = raw["metric"]
        self.category: str | None = raw["category"]
        self.slice: str | None = raw.get("slice")
        self.bound: str = raw["bound"]
        self.threshold: float = raw["threshold"]
        self.value: float | None = verdict["value"]
        self.low: float | None = interval.get("low")
        self.high: float | None = interval.get("high")
        # "pass", "fail", "error" or "skipped".
        self.outcome: str = verdict["outcome"]["outcome"]
        # Whether the bound is broken and its check only warns.
        self.is_waived: bool = raw["waiver"] is not None and self.outcome == "fail"
        self.message: str = raw["message"]
        self.picture: Path | None = of.folder / raw["picture"] if raw["picture"] else None
        # The page with all cases of the run.
        self.report: Path = of.folder / "report.html"

    @property
    def text(self) -> str:
        """What the program tells of it in its reports: the numbers, what was lost most, how to repeat it."""
        return self._of.texts.get(self.id, self.message)

    @property
    def blocked_by(self) -> Setup | None:
        """The dataset or the model that could not be used, where it was skipped for that."""
        if self.outcome != "skipped":
            return None
        other = self.raw["other"]
        models = [self.model, other["model"] if isinstance(other, dict) else None]
        failed = (setup for setup in self._of.setup if setup.dataset == self.dataset or setup.model in models)
        return next((setup for setup in failed if setup.dataset or setup.model), None)

    def __repr__(self) -> str:
        return f"<{'warned' if self.is_waived else self.outcome} {self.id}: {self.message}>"


class Suite:
    """What was found with one spec."""

    def __init__(self, path: Path, raw: Mapping[str, Any]) -> None:
        self.path, self.folder, self.raw = path, path.parent, raw
        self.name: str = raw["spec"]["name"]
        self.setup = [_setup(of) for of in raw["setup"]]
        self.cases = [Case(of, self) for of in raw["cases"]]

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What JUnit XML says of the cases that failed or could not be judged."""
        done = _program.ask("report", str(self.path), "--to", "junit")
        if done.code != 0:
            raise WindtunnelError(f"{self.path} cannot be reported: {done.err.strip()}")
        texts = {}
        for case in xml.fromstring(done.out).iter("testcase"):
            told = case.find("failure") if case.find("failure") is not None else case.find("error")
            if told is not None and told.text:
                texts[case.get("name", "")] = told.text.strip()
        return texts

    def figures(self) -> Iterator[Figure]:
        """Cell by cell."""
        table = self.raw["spec"]["metric"]
        for cell in self.raw["cells"]:
            place = (cell["model"], cell["dataset"], cell["condition"])
            for metric, value in cell["figures"].items():
                # Cells have an interval of one figure: of the one that tables show.
                interval = (cell["interval"] if metric == table else None) or {}
                yield Figure(*place, metric, None, value, interval.get("low"), interval.get("high"), self.name)
            for category, figures in cell["per_category"].items():
                for metric, value in figures.items():
                    yield Figure(*place, metric, category, value, None, None, self.name)


class Record:
    """What was found: of one spec, or of all specs that were run together."""

    def __init__(self, suites: Sequence[Suite], report: str = "") -> None:
        self.suites = list(suites)
        # The report as `windtunnel run` prints it, where it was run from here.
        self.report = report

    @classmethod
    def load(cls, paths: Sequence[Path], report: str = "") -> Record:
        """Reads what lies at the paths; the program finds out whether it can be used."""
        return cls([Suite(path, _read(path)) for path in paths], report)

    @property
    def paths(self) -> list[Path]:
        """The records' files; reports and pictures lie beside them."""
        return [suite.path for suite in self.suites]

    @property
    def started(self) -> list[int]:
        """When each spec's run began, seconds since 1970-01-01 UTC."""
        return [suite.raw["times"]["started_unix"] for suite in self.suites]

    @property
    def raw(self) -> list[Mapping[str, Any]]:
        """All that the records hold, one for each spec."""
        return [suite.raw for suite in self.suites]

    @property
    def cases(self) -> list[Case]:
        """The judged cases, in the order of the specs."""
        return [case for suite in self.suites for case in suite.cases]

    @property
    def failures(self) -> list[Case]:
        """The cases that failed or could not be judged."""
        return [case for case in self.cases if case.outcome in ("fail", "error") and not case.is_waived]

    @property
    def setup(self) -> list[Setup]:
        """Datasets and models that could not be used; their cases are skipped, and the verdict is no pass."""
        return [setup for suite in self.suites for setup in suite.setup]

    @property
    def figures(self) -> Figures:
        """Every figure that was measured."""
        return Figures(figure for suite in self.suites for figure in suite.figures())

    @property
    def verdict(self) -> str:
        """`passed`, `failed`, `could not be judged` or `interrupted`."""
        return VERDICTS[max(suite.raw["exit_code"] for suite in self.suites)]

    @property
    def passed(self) -> bool:
        """Whether all checks hold."""
        return self.verdict == "passed"

    @property
    def counts(self) -> dict[str, int]:
        """How many passed, failed, were errors, skipped, or only warned."""
        total: dict[str, int] = {}
        for suite in self.suites:
            for name, count in suite.raw["counts"].items():
                total[name] = total.get(name, 0) + count
        return total

    def __repr__(self) -> str:
        names = ", ".join(suite.name for suite in self.suites)
        return f"<windtunnel record of {names}: {self.verdict}, {len(self.cases)} cases>"

    def _repr_html_(self) -> str:
        return _html.page(self)


def read(path: str | os.PathLike[str]) -> Record:
    """Reads a record that a run wrote (`target/windtunnel/NAME/record.json`)."""
    return Record.load([Path(path)])


def _read(path: Path) -> Mapping[str, Any]:
    done = _program.ask("report", str(path), "--to", "json")
    if done.code != 0:
        raise WindtunnelError(done.err.strip())
    raw: Mapping[str, Any] = json.loads(done.out)
    return raw


def _setup(raw: Mapping[str, Any]) -> Setup:
    failure = raw["failure"]
    return Setup(raw["dataset"], raw["model"], raw["file"], raw["line"], failure["kind"], failure["message"])
