"""Measured figures as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    import pandas

# Rows that a notebook shows.
MOST_ROWS = 20


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

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in Figure._fields)
        rows = "".join(f"<tr>{''.join(f'<td>{_shown(of)}</td>' for of in row)}</tr>" for row in self._rows[:MOST_ROWS])
        rest = len(self) - MOST_ROWS
        more = f"<p>and {rest} more: <code>.where(...)</code> chooses, <code>.to_pandas()</code> has all</p>" if rest > 0 else ""
        return f"<table><tr>{head}</tr>{rows}</table>{more}"

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


def _shown(value: str | float | None) -> str:
    """A column's value as people read it."""
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else escape(str(value))
