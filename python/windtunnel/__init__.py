"""windtunnel for Python: runs specs by the program that comes in the same wheel, and reads its records.

    import windtunnel

    record = windtunnel.run("specs/", set={"model.new.path": "runs/best.onnx"})
    assert record.passed, record.failures
    record.figures.to_pandas()

Everything is judged by the program; nothing of it is done a second time here. `windtunnel.serve` is the other way round: it
lets the program ask a Python function. `pytest --windtunnel specs/` makes every case a test.
"""

from ._figures import Figure, Figures
from ._program import program
from ._record import Record, read
from ._run import Listing, list_cases, run
from ._suite import Case, Setup, Suite
from .errors import Interrupted, NothingSelected, ProgramMissing, SpecError, Unjudged, WindtunnelError

__all__ = [
    "Case",
    "Figure",
    "Figures",
    "Interrupted",
    "Listing",
    "NothingSelected",
    "ProgramMissing",
    "Record",
    "Setup",
    "SpecError",
    "Suite",
    "Unjudged",
    "WindtunnelError",
    "list_cases",
    "program",
    "read",
    "run",
]
