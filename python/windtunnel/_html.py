"""What a notebook shows of a record: the verdict, the figures, the cases that are no plain pass, and the pictures of those that
failed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from ._suite import Case, Suite

# A notebook keeps what it shows: more pictures than these are in the report.
MOST_PICTURES = 3

COLOURS = {"pass": "#1a7f37", "fail": "#cf222e", "error": "#8250df", "skipped": "#6e7781", "warned": "#9a6700"}


def page(title: str, counts: Mapping[str, int], suites: Sequence[Suite]) -> str:
    """A record as HTML."""
    return "".join(_parts(title, counts, suites))


def _parts(title: str, counts: Mapping[str, int], suites: Sequence[Suite]) -> Iterator[str]:
    setups = [setup for suite in suites for setup in suite.setup]
    cases = [case for suite in suites for case in suite.cases]
    counted = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield f"<p><b>{escape(title)}</b> ({escape(counted)})</p>"
    for setup in setups:
        what = f"dataset {setup.dataset}" if setup.dataset else f"model {setup.model}"
        yield f"<p><b style='color:{COLOURS['error']}'>error</b> {escape(what)}: {escape(setup.message)}</p>"
    for suite in suites:
        yield from _tables(suite)
    told = [case for case in cases if case.outcome != "pass"]
    if told:
        yield "<table>" + "".join(_row(case) for case in told) + "</table>"
    pictures = [case.picture for case in told if case.picture is not None and case.picture.is_file()]
    for picture in list(dict.fromkeys(pictures))[:MOST_PICTURES]:
        yield _picture(picture)
    for report in (suite.folder / "report.html" for suite in suites):
        if report.is_file():
            yield f"<p>The whole report: <code>{escape(str(report))}</code></p>"


def _tables(suite: Suite) -> Iterator[str]:
    """The figure that the suite's tables show, condition by condition, a table for each dataset."""
    figures: dict[str, dict[str, dict[str, float | None]]] = {}
    metric = suite.raw["spec"]["metric"]
    for cell in suite.raw["cells"]:
        of_dataset = figures.setdefault(cell["dataset"], {})
        of_dataset.setdefault(cell["condition"], {})[cell["model"]] = cell["figures"].get(metric)
    for dataset, conditions in figures.items():
        models = list(dict.fromkeys(model for row in conditions.values() for model in row))
        head = "".join(f"<th>{escape(name)}</th>" for name in [f"{metric} on {dataset}", *models])
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(condition)}</td>"
            + "".join(f"<td>{_figure(row.get(model))}</td>" for model in models)
            + "</tr>"
            for condition, row in conditions.items()
        )
        yield f"<table><tr>{head}</tr>{rows}</table>"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _row(case: Case) -> str:
    outcome = "warned" if case.is_waived else case.outcome
    cells = [f"<b style='color:{COLOURS[outcome]}'>{outcome}</b>", f"<code>{escape(case.id)}</code>", escape(case.message)]
    return "<tr>" + "".join(f"<td style='text-align:left'>{cell}</td>" for cell in cells) + "</tr>"


def _picture(path: Path) -> str:
    kind = "png" if path.suffix == ".png" else "jpeg"
    data = base64.b64encode(path.read_bytes()).decode()
    return f"<img alt='{escape(path.stem, quote=True)}' style='max-width:100%' src='data:image/{kind};base64,{data}'>"
