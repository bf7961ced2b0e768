"""A plain function as a detector, here one that finds the violet nucleus of a white blood cell."""

import numpy


def predict(image):
    red, green, blue = image.astype(float).transpose(2, 0, 1)
    rows, columns = numpy.nonzero((blue - green > 60) & (red - green > 18) & (green < 140))
    if len(rows) < 200:
        return [], [], []
    (top, bottom), (left, right) = numpy.percentile(rows, [5, 95]), numpy.percentile(columns, [5, 95])
    # The cell reaches beyond its nucleus, by a quarter on each side.
    wider, higher = (right - left) / 4, (bottom - top) / 4
    box = [left - wider, top - higher, right + wider, bottom + higher]
    return [box], ["WBC"], [min(1, len(rows) / 10_000)]
