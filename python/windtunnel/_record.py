"""What a run found. Records are read by the program, which refuses damaged ones and knows those of before; here they are
only given names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import _html
from ._figures import Figures
from ._suite import Case, Setup, Suite

# A record's exit codes in words, the one that wins over the others last.
VERDICTS = {0: "passed", 1: "failed", 3: "could not be judged", 130: "interrupted"}


class Record:
    """What was found: of one spec, or of all specs that were run together."""

    def __init__(self, suites: Sequence[Suite], report: str = "") -> None:
        self.suites = list(suites)
        # The report as `windtunnel run` prints it, where it was run from here.
        self.report = report

    @classmethod
    def load(cls, paths: Sequence[Path], report: str = "") -> Record:
        """Reads what lies at the paths; the program finds out whether it can be used."""
        return cls([Suite(path) for path in paths], report)

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
        title = ", ".join(suite.name for suite in self.suites)
        return _html.page(f"{title}: {self.verdict}", self.counts, self.suites)


def read(path: str | os.PathLike[str]) -> Record:
    """Reads a record that a run wrote (`target/windtunnel/NAME/record.json`)."""
    return Record.load([Path(path)])
