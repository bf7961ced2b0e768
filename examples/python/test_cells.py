"""The classifier's robustness among its other tests: `pytest` in this folder."""

import numpy
from cells import predict


def test_a_wide_white_picture_is_taken_for_a_red_cell():
    scores = predict(numpy.full((128, 128, 3), 255, dtype="uint8"))
    assert max(scores, key=scores.get) == "RBC" and abs(sum(scores.values()) - 1) < 1e-9


def test_blur(windtunnel):
    windtunnel.check("cells.toml", on="blur")


def test_a_pale_stain_costs_white_cells_first(windtunnel):
    figures = windtunnel.run("cells.toml").figures.where(metric="recall", condition="stain@1")
    found = {figure.category: figure.value for figure in figures}
    assert found["WBC"] < found["RBC"]
