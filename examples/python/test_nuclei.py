"""The function's robustness among its other tests: `pytest` in this folder."""

import numpy
from nuclei import predict


def test_a_white_picture_has_no_cell():
    assert predict(numpy.full((48, 64, 3), 255, dtype="uint8")) == ([], [], [])


def test_blur(windtunnel):
    windtunnel.check("nuclei.toml", on="blur")


def test_dusk_costs_more_than_blur(windtunnel):
    figures = windtunnel.run("nuclei.toml").figures.where(metric="map50", category=None)
    found = {figure.condition: figure.value for figure in figures}
    assert found["dusk@-0.3"] < found["blur@3"]
