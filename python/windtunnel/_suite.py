"""What was found with one spec: its cases, and what could not be used."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from . import _program
from ._figures import Figure
from .errors import WindtunnelError


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

    def __init__(self, path: Path) -> None:
        """Reads what lies at `path`; the program finds out whether it can be used."""
        raw = _read(path)
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


def _read(path: Path) -> Mapping[str, Any]:
    done = _program.ask("report", str(path), "--to", "json")
    if done.code != 0:
        raise WindtunnelError(done.err.strip())
    raw: Mapping[str, Any] = json.loads(done.out)
    return raw


def _setup(raw: Mapping[str, Any]) -> Setup:
    failure = raw["failure"]
    return Setup(raw["dataset"], raw["model"], raw["file"], raw["line"], failure["kind"], failure["message"])
