"""A plain function, here one that finds the violet nucleus of a white blood cell:
command = ["python", "function_predictor.py"]"""

import numpy

from windtunnel_predictor import serve


def detect(picture):
    red, green, blue = numpy.asarray(picture, dtype=float).transpose(2, 0, 1)
    rows, columns = numpy.nonzero((blue - green > 60) & (red - green > 18) & (green < 140))
    if len(rows) < 200:
        return []
    (top, bottom), (left, right) = numpy.percentile(rows, [5, 95]), numpy.percentile(columns, [5, 95])
    width, height = right - left, bottom - top
    # The cell reaches beyond its nucleus, by a quarter on each side.
    return [(left - width / 4, top - height / 4, 1.5 * width, 1.5 * height, "WBC", min(1, len(rows) / 10_000))]


serve(detect)
