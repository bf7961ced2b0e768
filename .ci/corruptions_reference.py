"""The original imagecorruptions 1.1.2, importable with current numpy, scipy and scikit-image by patches at run time
(nothing of the installed package is changed), and with all of its randomness tied to numpy's global seed."""
import importlib.util
import os
import sys
import types
import warnings

import numpy as np

warnings.filterwarnings("ignore")

KINDS = ["gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow",
         "frost", "fog", "brightness", "contrast", "elastic_transform", "pixelate", "jpeg_compression", "speckle_noise",
         "gaussian_blur", "spatter", "saturate"]
DETERMINISTIC = ["defocus_blur", "zoom_blur", "brightness", "contrast", "pixelate", "jpeg_compression", "gaussian_blur",
                 "saturate"]


def load():
    """The module."""
    if not hasattr(np, "float_"):
        np.float_ = np.float64  # removed in numpy 2
    import scipy.ndimage
    interpolation = types.ModuleType("scipy.ndimage.interpolation")  # removed from scipy
    interpolation.map_coordinates, interpolation.zoom = scipy.ndimage.map_coordinates, scipy.ndimage.zoom
    sys.modules["scipy.ndimage.interpolation"] = interpolation
    import skimage.filters
    import skimage.util
    gaussian, random_noise = skimage.filters.gaussian, skimage.util.random_noise

    def gaussian_with_channels(image, *args, multichannel=None, **options):  # became channel_axis
        if multichannel is not None:
            options["channel_axis"] = -1 if multichannel else None
        return gaussian(image, *args, **options)

    def seeded_noise(image, mode="gaussian", rng=None, clip=True, **options):  # draws from a fresh generator otherwise
        rng = np.random.default_rng(np.random.randint(0, 2**31 - 1)) if rng is None else rng
        return random_noise(image, mode, rng, clip, **options)

    skimage.filters.gaussian, skimage.util.random_noise = gaussian_with_channels, seeded_noise
    if importlib.util.find_spec("pkg_resources") is None:  # gone from setuptools
        resources = types.ModuleType("pkg_resources")
        folder = os.path.dirname(importlib.util.find_spec("imagecorruptions").origin)
        resources.resource_filename = lambda _package, path: os.path.join(os.path.dirname(folder), path)
        sys.modules["pkg_resources"] = resources
    import imagecorruptions
    return imagecorruptions


def corrupt(module, picture, kind, severity, seed):
    """One output; the seed of numpy's generator depends on kind and severity too."""
    np.random.seed(seed * 100000 + KINDS.index(kind) * 10 + severity)
    return module.corrupt(picture, severity=severity, corruption_name=kind)
