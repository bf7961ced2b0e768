"""A plain function as a classifier, here one that tells blood cells apart by what is dyed violet and by the width of the
picture, which is the crop of a cell."""

import numpy


def predict(image):
    red, green, blue = image.astype(float).transpose(2, 0, 1)
    violet = ((blue - green > 45) & (red - green > 5) & (green < 175)).mean()
    # How much speaks for each class, against a red cell; a platelet is narrow, a white cell's nucleus violet.
    weights = {"RBC": 1, "WBC": numpy.exp(80 * (violet - 0.09)), "Platelets": numpy.exp((90 - image.shape[1]) / 4)}
    return {label: weight / sum(weights.values()) for label, weight in weights.items()}
