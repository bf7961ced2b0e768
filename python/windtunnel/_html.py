"""What a notebook shows of a record: the verdict, the cases that are no plain pass, and the pictures of those that failed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from ._suite import Case, Setup

# A notebook keeps what it shows: more pictures than these are in the report.
MOST_PICTURES = 3

COLOURS = {"pass": "#1a7f37", "fail": "#cf222e", "error": "#8250df", "skipped": "#6e7781", "warned": "#9a6700"}


def page(title: str, counts: Mapping[str, int], setups: Sequence[Setup], cases: Sequence[Case], reports: Sequence[Path]) -> str:
    """A record as HTML."""
    return "".join(_parts(title, counts, setups, cases, reports))


def _parts(
    title: str, counts: Mapping[str, int], setups: Sequence[Setup], cases: Sequence[Case], reports: Sequence[Path]
) -> Iterator[str]:
    counted = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield f"<p><b>{escape(title)}</b> ({escape(counted)})</p>"
    for setup in setups:
        what = f"dataset {setup.dataset}" if setup.dataset else f"model {setup.model}"
        yield f"<p><b style='color:{COLOURS['error']}'>error</b> {escape(what)}: {escape(setup.message)}</p>"
    told = [case for case in cases if case.outcome != "pass"]
    if told:
        yield "<table>" + "".join(_row(case) for case in told) + "</table>"
    pictures = [case.picture for case in told if case.picture is not None and case.picture.is_file()]
    for picture in list(dict.fromkeys(pictures))[:MOST_PICTURES]:
        yield _picture(picture)
    for report in reports:
        if report.is_file():
            yield f"<p>The whole report: <code>{escape(str(report))}</code></p>"


def _row(case: Case) -> str:
    outcome = "warned" if case.is_waived else case.outcome
    cells = [f"<b style='color:{COLOURS[outcome]}'>{outcome}</b>", f"<code>{escape(case.id)}</code>", escape(case.message)]
    return "<tr>" + "".join(f"<td style='text-align:left'>{cell}</td>" for cell in cells) + "</tr>"


def _picture(path: Path) -> str:
    kind = "png" if path.suffix == ".png" else "jpeg"
    data = base64.b64encode(path.read_bytes()).decode()
    return f"<img alt='{escape(path.stem, quote=True)}' style='max-width:100%' src='data:image/{kind};base64,{data}'>"
