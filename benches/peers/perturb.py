#!/usr/bin/env python3
"""Times image perturbations, one thread, on one real 640x480 photo (RGB uint8).

    cargo build --release --example time_perturbations
    python benches/peers/perturb.py --cmd 'windtunnel=target/release/examples/time_perturbations {image}' [--suites imagecorruptions,albumentations,opencv,nrtk,imaug] [--cpu 0] [--reps 3]
        [--nrtk-python PATH] [--imaug-dir DIR] [--json out.json] [--min-s 0.3] [--size 640x480] [--only sepia,rotate_90]

Needs .ci/requirements.txt, imagecorruptions==1.1.2 (--no-deps), numba==0.68.1, albumentations==2.0.8; for the others see
--nrtk-python and --imaug-dir (imagecorruptions-imaug==1.1.5, installed alone into a folder).

Every suite is a process of its own, pinned to one CPU with OpenCV/BLAS threads set to 1. Numbers are CPU
milliseconds per image (process time: steady when others use the machine), median over the samples of the
best repetition by median; `first` is the first call (imports of tables, JIT).
The rows are ordered by operation; severities are those of imagecorruptions, the other libraries are given the
same strength where they can express it (same sigma, radius, quality, ...).
Beside the time every program's PSNR against the clean photo is taken (in the JSON). A `*` in the table: mean PSNR (8 draws)
more than 1 dB and 3 standard errors from imagecorruptions' at the same severity, so not the same strength; the best peer is
chosen among those without it. Equal PSNR is not yet the same mathematics.
--cmd NAME=COMMAND adds another program: it gets {image} (a PNG of the same photo) and prints JSON lines
{"op": "gaussian_blur", "severity": 3, "ms": 1.23, "psnr": 30.1} (psnr may be left out; CPU ms per image, single thread, decoding not included).
"""
import argparse
import json
import math
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

for v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(v, "1")
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
warnings.filterwarnings("ignore")
CI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".ci")
SEV5 = ["gaussian_noise", "shot_noise", "gaussian_blur", "defocus_blur", "motion_blur", "zoom_blur", "glass_blur",
        "jpeg_compression", "snow", "spatter", "pixelate", "elastic_transform"]


def photo(width, height):
    """scikit-image's coffee (CC0, Rachel Michetti), centre-cropped to the aspect ratio and resized, RGB."""
    import cv2
    import numpy as np
    import skimage.data
    image = np.asarray(skimage.data.coffee())[..., :3]
    h, w = image.shape[:2]
    cut = (h, h * width // height) if w * height > h * width else (w * height // width, w)
    top, left = (h - cut[0]) // 2, (w - cut[1]) // 2
    image = image[top:top + cut[0], left:left + cut[1]]
    how = cv2.INTER_AREA if image.shape[0] > height else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(image, (width, height), interpolation=how))


def measure(fn, min_s):
    t = time.process_time()
    fn()
    first = time.process_time() - t
    n = 1
    if first < 0.05:
        t = time.process_time()
        fn()
        n = max(1, int(0.004 / max(time.process_time() - t, 1e-7)))       # one sample lasts at least about 4 ms
    xs, spent = [], 0.0
    while (spent < min_s or len(xs) < 5) and not (spent > 8 * min_s and len(xs) >= 2):
        t, w = time.process_time(), time.perf_counter()
        for _ in range(n):
            fn()
        d = time.process_time() - t
        spent += time.perf_counter() - w
        xs.append(d / n * 1e3)
    return dict(ms=statistics.median(xs), min=min(xs), first=first * 1e3, samples=len(xs))


def suite_imagecorruptions(img, path=None):
    if path:
        sys.path.insert(0, path)
    sys.path.insert(0, CI)
    import corruptions_reference
    import numpy as np
    np.random.seed(1)
    ic = corruptions_reference.load()
    for op in corruptions_reference.KINDS:
        for sev in [3] + ([5] if op in SEV5 else []):
            yield op, sev, lambda: ic.corrupt(img, severity=sev, corruption_name=op)


def suite_opencv(img):
    """What a careful user writes by hand with OpenCV + numpy, at the strength of imagecorruptions."""
    import cv2
    import numpy as np
    h, w = img.shape[:2]
    cv2.setRNGSeed(1)
    r = np.random.default_rng(1)

    def noise(std):
        n = np.empty(img.shape, np.int16)
        cv2.randn(n, (0, 0, 0), (std * 255,) * 3)
        return cv2.add(img, n, dtype=cv2.CV_8U)

    def noise_np(std):
        x = img.astype(np.float32) + r.standard_normal(img.shape, dtype=np.float32) * (std * 255)
        return np.clip(x, 0, 255).astype(np.uint8)

    def speckle(std):
        n = np.empty(img.shape, np.float32)
        cv2.randn(n, (1, 1, 1), (std,) * 3)
        return cv2.multiply(img, n, dtype=cv2.CV_8U)

    def impulse(a):
        u = r.random(img.shape, dtype=np.float32)
        o = img.copy()
        o[u < a / 2] = 0
        o[u > 1 - a / 2] = 255
        return o

    def disk(radius, alias):
        L = np.arange(-8, 9) if radius <= 8 else np.arange(-radius, radius + 1)
        X, Y = np.meshgrid(L, L)
        k = ((X**2 + Y**2) <= radius**2).astype(np.float32)
        return cv2.GaussianBlur(k / k.sum(), (3, 3) if radius <= 8 else (5, 5), alias)

    def line_kernel(n, angle):
        k = np.zeros((n, n), np.float32)
        c = n // 2
        dx, dy = np.cos(angle) * c, np.sin(angle) * c
        cv2.line(k, (int(round(c - dx)), int(round(c - dy))), (int(round(c + dx)), int(round(c + dy))), 1.0)
        return k / k.sum()

    def zoom(stop, step):
        zs = np.arange(1, stop, step)
        acc = img.astype(np.float32)
        for z in zs:
            ch, cw = int(np.ceil(h / z)), int(np.ceil(w / z))
            t, l = (h - ch) // 2, (w - cw) // 2
            acc += cv2.resize(img[t:t + ch, l:l + cw], (w, h), interpolation=cv2.INTER_LINEAR)
        return cv2.convertScaleAbs(acc, alpha=1.0 / (len(zs) + 1))

    def hsv(dv=0.0, smul=1.0, sadd=0.0, dh=0):
        x = cv2.cvtColor(img, cv2.COLOR_RGB2HSV)
        a = np.arange(256)
        if dv:
            x[..., 2] = cv2.LUT(x[..., 2], np.clip(a + dv * 255, 0, 255).astype(np.uint8))
        if smul != 1 or sadd:
            x[..., 1] = cv2.LUT(x[..., 1], np.clip(a * smul + sadd * 255, 0, 255).astype(np.uint8))
        if dh:
            x[..., 0] = cv2.LUT(x[..., 0], ((a + dh) % 180).astype(np.uint8))
        return cv2.cvtColor(x, cv2.COLOR_HSV2RGB)

    def contrast(c):
        m = cv2.mean(img)
        o = [np.clip((np.arange(256) - m[k]) * c + m[k], 0, 255).astype(np.uint8) for k in range(3)]
        return cv2.LUT(img, np.stack(o, 1)[None])

    def elastic(alpha, sigma, amp):
        dx = cv2.GaussianBlur(r.uniform(-amp, amp, (h, w)).astype(np.float32), (0, 0), sigma) * alpha
        dy = cv2.GaussianBlur(r.uniform(-amp, amp, (h, w)).astype(np.float32), (0, 0), sigma) * alpha
        x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        return cv2.remap(img, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

    def jpeg(q):
        return cv2.imdecode(cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, q])[1], cv2.IMREAD_COLOR)

    def pixelate(c):
        return cv2.resize(cv2.resize(img, (int(w * c), int(h * c)), interpolation=cv2.INTER_AREA), (w, h),
                          interpolation=cv2.INTER_NEAREST)

    def rotate(deg):
        return cv2.warpAffine(img, cv2.getRotationMatrix2D((w / 2, h / 2), deg, 1.0), (w, h), flags=cv2.INTER_LINEAR)

    def persp():
        s = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
        d = s + np.float32([[30, 20], [-20, 10], [-10, -25], [15, -15]])
        return cv2.warpPerspective(img, cv2.getPerspectiveTransform(s, d), (w, h), flags=cv2.INTER_LINEAR)

    clahe = cv2.createCLAHE(4.0, (8, 8))

    def clahe_rgb():
        x = cv2.cvtColor(img, cv2.COLOR_RGB2LAB)
        x[..., 0] = clahe.apply(x[..., 0])
        return cv2.cvtColor(x, cv2.COLOR_LAB2RGB)

    def gamma(g):
        return cv2.LUT(img, (np.linspace(0, 1, 256) ** g * 255).astype(np.uint8))

    K = np.float32([[w, 0, w / 2], [0, w, h / 2], [0, 0, 1]])

    def optical(k):
        m1, m2 = cv2.initUndistortRectifyMap(K, np.float32([k, k, 0, 0, 0]), None, K, (w, h), cv2.CV_32FC1)
        return cv2.remap(img, m1, m2, cv2.INTER_LINEAR)

    def dropout():
        o = img.copy()
        for y, x in zip(r.integers(0, h - 48, 8), r.integers(0, w - 48, 8)):
            o[y:y + 48, x:x + 48] = 0
        return o

    yield "gaussian_noise", 3, lambda: noise(0.18)
    yield "gaussian_noise(numpy f32)", 3, lambda: noise_np(0.18)
    yield "speckle_noise", 3, lambda: speckle(0.35)
    yield "impulse_noise", 3, lambda: impulse(0.09)
    yield "gaussian_blur", 3, lambda: cv2.GaussianBlur(img, (0, 0), 3)
    yield "gaussian_blur", 5, lambda: cv2.GaussianBlur(img, (0, 0), 6)
    yield "defocus_blur", 3, lambda: cv2.filter2D(img, -1, disk(6, 0.5))
    yield "defocus_blur", 5, lambda: cv2.filter2D(img, -1, disk(10, 0.5))
    yield "motion_blur", 3, lambda: cv2.filter2D(img, -1, line_kernel(31, 0.5))
    yield "motion_blur", 5, lambda: cv2.filter2D(img, -1, line_kernel(41, 0.5))
    yield "zoom_blur", 3, lambda: zoom(1.21, 0.02)
    yield "zoom_blur", 5, lambda: zoom(1.31, 0.03)
    yield "brightness", 3, lambda: hsv(dv=0.3)
    yield "contrast", 3, lambda: contrast(0.2)
    yield "saturate", 3, lambda: hsv(smul=2.0)
    yield "elastic_transform", 3, lambda: elastic(21.25, 4.8, 2.4)
    yield "pixelate", 3, lambda: pixelate(0.4)
    yield "pixelate", 5, lambda: pixelate(0.25)
    yield "jpeg_compression", 3, lambda: jpeg(15)
    yield "jpeg_compression", 5, lambda: jpeg(7)
    yield "horizontal_flip", 3, lambda: cv2.flip(img, 1)
    yield "vertical_flip", 3, lambda: cv2.flip(img, 0)
    yield "rotate", 3, lambda: rotate(15)
    yield "rotate_90", 3, lambda: cv2.rotate(img, cv2.ROTATE_90_CLOCKWISE)
    yield "grayscale", 3, lambda: cv2.cvtColor(cv2.cvtColor(img, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    yield "invert", 3, lambda: cv2.bitwise_not(img)
    yield "perspective", 3, persp
    yield "clahe", 3, clahe_rgb
    yield "hue_saturation_value", 3, lambda: hsv(dh=12, sadd=0.12, dv=0.08)
    yield "gamma", 3, lambda: gamma(1.5)
    yield "coarse_dropout", 3, dropout
    yield "lens_distortion", 3, lambda: optical(0.15)
    yield "median_blur", 1, lambda: cv2.medianBlur(img, 3)
    yield "median_blur", 2, lambda: cv2.medianBlur(img, 5)
    yield "median_blur", 3, lambda: cv2.medianBlur(img, 7)
    yield "median_blur", 5, lambda: cv2.medianBlur(img, 11)
    yield "box_blur", 3, lambda: cv2.blur(img, (7, 7))
    yield "resize_352", 3, lambda: cv2.resize(img, (352, 352), interpolation=cv2.INTER_LINEAR)


def suite_albumentations(img):
    import random
    import numpy as np
    import albumentations as A
    import cv2
    random.seed(1)
    np.random.seed(1)
    AREA = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_NEAREST}      # default: nearest both ways
    T = [
        ("gaussian_noise", 3, lambda: A.GaussNoise(std_range=(0.18, 0.18), p=1)),
        ("gaussian_noise", 5, lambda: A.GaussNoise(std_range=(0.38, 0.38), p=1)),
        ("shot_noise", 3, lambda: A.ShotNoise(scale_range=(1 / 12, 1 / 12), p=1)),
        ("impulse_noise", 3, lambda: A.SaltAndPepper(amount=(0.09, 0.09), p=1)),
        ("speckle_noise", 3, lambda: A.MultiplicativeNoise(multiplier=(0.65, 1.35), per_channel=True, elementwise=True, p=1)),
        ("iso_noise", 3, lambda: A.ISONoise(color_shift=(0.03, 0.03), intensity=(0.3, 0.3), p=1)),
        ("gaussian_blur", 3, lambda: A.GaussianBlur(blur_limit=0, sigma_limit=(3, 3), p=1)),
        ("gaussian_blur", 5, lambda: A.GaussianBlur(blur_limit=0, sigma_limit=(6, 6), p=1)),
        ("defocus_blur", 3, lambda: A.Defocus(radius=(6, 6), alias_blur=(0.5, 0.5), p=1)),
        ("defocus_blur", 5, lambda: A.Defocus(radius=(10, 10), alias_blur=(0.5, 0.5), p=1)),
        ("motion_blur", 3, lambda: A.MotionBlur(blur_limit=(31, 31), p=1)),
        ("motion_blur", 5, lambda: A.MotionBlur(blur_limit=(41, 41), p=1)),
        ("zoom_blur", 3, lambda: A.ZoomBlur(max_factor=(1.21, 1.21), step_factor=(0.02, 0.02), p=1)),
        ("zoom_blur", 5, lambda: A.ZoomBlur(max_factor=(1.31, 1.31), step_factor=(0.03, 0.03), p=1)),
        ("glass_blur", 3, lambda: A.GlassBlur(sigma=1, max_delta=2, iterations=3, mode="fast", p=1)),
        ("jpeg_compression", 3, lambda: A.ImageCompression(quality_range=(15, 15), p=1)),
        ("jpeg_compression", 5, lambda: A.ImageCompression(quality_range=(7, 7), p=1)),
        ("webp_compression", 3, lambda: A.ImageCompression(compression_type="webp", quality_range=(20, 20), p=1)),
        ("brightness", 3, lambda: A.RandomBrightnessContrast(brightness_limit=(0.3, 0.3), contrast_limit=(0, 0), p=1)),
        ("contrast", 3, lambda: A.RandomBrightnessContrast(brightness_limit=(0, 0), contrast_limit=(-0.8, -0.8), p=1)),
        ("fog", 3, lambda: A.RandomFog(fog_coef_range=(0.5, 0.5), p=1)),
        ("rain", 3, lambda: A.RandomRain(p=1)),
        ("snow", 3, lambda: A.RandomSnow(snow_point_range=(0.3, 0.3), method="texture", p=1)),
        ("snow(bleach)", 3, lambda: A.RandomSnow(snow_point_range=(0.3, 0.3), method="bleach", p=1)),
        ("sun_flare", 3, lambda: A.RandomSunFlare(p=1)),
        ("shadow", 3, lambda: A.RandomShadow(p=1)),
        ("spatter", 3, lambda: A.Spatter(mode="rain", p=1)),
        ("spatter", 5, lambda: A.Spatter(mode="mud", p=1)),
        ("elastic_transform", 3, lambda: A.ElasticTransform(alpha=50, sigma=4.8, p=1)),
        ("pixelate", 3, lambda: A.Downscale(scale_range=(0.4, 0.4), interpolation_pair=AREA, p=1)),
        ("pixelate", 5, lambda: A.Downscale(scale_range=(0.25, 0.25), interpolation_pair=AREA, p=1)),
        ("saturate", 3, lambda: A.ColorJitter(brightness=(1, 1), contrast=(1, 1), saturation=(2, 2), hue=(0, 0), p=1)),
        ("hue_saturation_value", 3, lambda: A.HueSaturationValue(hue_shift_limit=(12, 12), sat_shift_limit=(31, 31), val_shift_limit=(20, 20), p=1)),
        ("horizontal_flip", 3, lambda: A.HorizontalFlip(p=1)),
        ("vertical_flip", 3, lambda: A.VerticalFlip(p=1)),
        ("rotate", 3, lambda: A.Rotate(limit=(15, 15), p=1)),
        ("affine", 3, lambda: A.Affine(rotate=(10, 10), scale=(0.9, 0.9), shear=(5, 5), p=1)),
        ("perspective", 3, lambda: A.Perspective(scale=(0.05, 0.05), p=1)),
        ("clahe", 3, lambda: A.CLAHE(clip_limit=(4, 4), p=1)),
        ("gamma", 3, lambda: A.RandomGamma(gamma_limit=(150, 150), p=1)),
        ("coarse_dropout", 3, lambda: A.CoarseDropout(num_holes_range=(8, 8), hole_height_range=(48, 48), hole_width_range=(48, 48), p=1)),
        ("lens_distortion", 3, lambda: A.OpticalDistortion(distort_limit=(0.15, 0.15), p=1)),
        ("median_blur", 2, lambda: A.MedianBlur(blur_limit=(5, 5), p=1)),
        ("median_blur", 3, lambda: A.MedianBlur(blur_limit=(7, 7), p=1)),
        ("box_blur", 3, lambda: A.Blur(blur_limit=(7, 7), p=1)),
        ("grid_distortion", 3, lambda: A.GridDistortion(p=1)),
        ("sharpen", 3, lambda: A.Sharpen(p=1)),
        ("posterize", 3, lambda: A.Posterize(num_bits=3, p=1)),
        ("grayscale", 3, lambda: A.ToGray(p=1)),
        ("sepia", 3, lambda: A.ToSepia(p=1)),
        ("invert", 3, lambda: A.InvertImg(p=1)),
        ("solarize", 3, lambda: A.Solarize(threshold_range=(0.7, 0.7), p=1)),
        ("equalize", 3, lambda: A.Equalize(by_channels=True, p=1)),
        ("rgb_shift", 3, lambda: A.RGBShift(r_shift_limit=(20, 20), g_shift_limit=(-10, -10), b_shift_limit=(-20, -20), p=1)),
        ("channel_drop", 3, lambda: A.ChannelDropout(p=1)),
        ("channel_shuffle", 3, lambda: A.ChannelShuffle(p=1)),
        ("color_jitter", 3, lambda: A.ColorJitter(brightness=(1.2, 1.2), contrast=(1.2, 1.2), saturation=(1.2, 1.2), hue=(0.06, 0.06), p=1)),
        ("chromatic_aberration", 3, lambda: A.ChromaticAberration(p=1)),
        ("translate", 3, lambda: A.Affine(translate_px={"x": (40, 40), "y": (30, 30)}, p=1)),
        ("scale", 3, lambda: A.Affine(scale=(0.85, 0.85), p=1)),
        ("shear", 3, lambda: A.Affine(shear={"x": (10, 10), "y": (0, 0)}, p=1)),
        ("rotate_90", 3, lambda: A.RandomRotate90(p=1)),
        ("random_crop", 3, lambda: A.RandomResizedCrop(size=img.shape[:2], scale=(0.67, 0.67), ratio=(4 / 3, 4 / 3), p=1)),
    ]
    for op, sev, make in T:
        try:
            t = make()
        except Exception as e:                         # not in this version
            print("albumentations %s: %r" % (op, e), file=sys.stderr)
            continue
        yield op, sev, lambda: t(image=img)["image"]


def suite_nrtk(img):
    from nrtk.impls.perturb_image.photometric import blur, noise, enhance
    from nrtk.impls.perturb_image import environment, optical
    from nrtk.impls.perturb_image.optical import otf
    T = [
        ("gaussian_noise", 3, lambda: noise.GaussianNoisePerturber(mean=0.0, var=0.18**2, seed=1)),
        ("speckle_noise", 3, lambda: noise.SpeckleNoisePerturber(mean=0.0, var=0.35**2, seed=1)),
        ("impulse_noise", 3, lambda: noise.SaltAndPepperNoisePerturber(amount=0.09, salt_vs_pepper=0.5, seed=1)),
        ("gaussian_blur", 3, lambda: blur.GaussianBlurPerturber(ksize=17)),
        ("median_blur", 2, lambda: blur.MedianBlurPerturber(ksize=5)),
        ("median_blur", 3, lambda: blur.MedianBlurPerturber(ksize=7)),
        ("box_blur", 3, lambda: blur.AverageBlurPerturber(ksize=7)),
        ("brightness", 3, lambda: enhance.BrightnessPerturber(factor=1.3)),
        ("contrast", 3, lambda: enhance.ContrastPerturber(factor=0.2)),
        ("saturate", 3, lambda: enhance.ColorPerturber(factor=2.0)),
        ("sharpen", 3, lambda: enhance.SharpnessPerturber(factor=2.0)),
        ("fog", 3, lambda: environment.HazePerturber(factor=1.0)),
        ("water_droplet", 3, lambda: environment.WaterDropletPerturber(size_range=[0.0, 1.0], num_drops=20, seed=1)),
        ("lens_distortion", 3, lambda: optical.RadialDistortionPerturber(k=[0.15, 0.0, 0.0])),
        ("defocus_blur", 3, lambda: otf.DefocusPerturber(w_x=0.1, w_y=0.1)),
        ("motion_blur", 3, lambda: otf.JitterPerturber(s_x=0.01, s_y=0.01)),
        ("turbulence", 3, lambda: otf.TurbulenceAperturePerturber(D=40e-3, altitude=75)),
    ]
    for op, sev, make in T:
        try:
            p = make()
            p.perturb(image=img)
        except Exception as e:
            print("nrtk %s: %r" % (op, e), file=sys.stderr)
            try:
                p = make()
                p.perturb(image=img, img_gsd=0.15)
            except Exception as e2:
                print("nrtk %s (with img_gsd): %r" % (op, e2), file=sys.stderr)
                continue
            yield op, sev, lambda: p.perturb(image=img, img_gsd=0.15)[0]
            continue
        yield op, sev, lambda: p.perturb(image=img)[0]


def run_suite(name, png, min_s, imaug, only):
    import cv2
    cv2.setNumThreads(1)
    img = cv2.cvtColor(cv2.imread(png), cv2.COLOR_BGR2RGB)
    gen = {"imagecorruptions": lambda: suite_imagecorruptions(img), "imaug": lambda: suite_imagecorruptions(img, imaug),
           "opencv": lambda: suite_opencv(img), "albumentations": lambda: suite_albumentations(img),
           "nrtk": lambda: suite_nrtk(img)}[name]()
    from importlib import metadata
    vs = {}
    for p in ("numpy", "opencv-python-headless", "scikit-image", "scipy", "numba", "pillow", "albumentations", "nrtk", "pybsm"):
        try:
            vs[p] = metadata.version(p)
        except metadata.PackageNotFoundError:
            pass
    if name == "imagecorruptions":
        vs["imagecorruptions"] = metadata.version("imagecorruptions")
    print(json.dumps({"versions": vs}), flush=True)
    for op, sev, fn in gen:
        if only and op not in only:
            continue
        try:
            r = measure(fn, min_s)
        except Exception as e:
            print("%s %s: %r" % (name, op, e), file=sys.stderr)
            continue
        q = []
        for _ in range(8 if r["ms"] < 200 else 1):                  # strength of what was timed, over random draws
            out = fn()
            if getattr(out, "shape", None) == img.shape and out.dtype == img.dtype:
                m = float(((out.astype("f8") - img) ** 2).mean())
                q.append(99.0 if m == 0 else 10 * math.log10(255.0**2 / m))
        if q:
            r["psnr"] = statistics.mean(q)
            r["psnr_se"] = statistics.stdev(q) / math.sqrt(len(q)) if len(q) > 1 else 0.0
        print(json.dumps(dict(op=op, severity=sev, **r)), flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--suites", default="imagecorruptions,imaug,albumentations,opencv,nrtk")
    ap.add_argument("--cpu", default="0")
    ap.add_argument("--reps", type=int, default=3)
    ap.add_argument("--min-s", type=float, default=0.3)
    ap.add_argument("--size", default="640x480")
    ap.add_argument("--only", type=lambda s: s.split(","), help="these operations of the suites (a --cmd chooses for itself)")
    ap.add_argument("--nrtk-python", default=sys.executable)
    ap.add_argument("--imaug-dir")
    ap.add_argument("--cmd", action="append", default=[])
    ap.add_argument("--json")
    ap.add_argument("--run", help=argparse.SUPPRESS)
    ap.add_argument("--png", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.run:
        return run_suite(a.run, a.png, a.min_s, a.imaug_dir, a.only)
    import cv2
    w, h = map(int, a.size.split("x"))
    tmp = tempfile.mkdtemp()
    png = os.path.join(tmp, "photo.png")
    cv2.imwrite(png, photo(w, h)[..., ::-1])
    jobs = []
    for s in a.suites.split(","):
        if s == "imaug" and not a.imaug_dir:
            continue
        py = a.nrtk_python if s == "nrtk" else sys.executable
        jobs.append((s, [py, os.path.abspath(__file__), "--run", s, "--png", png, "--min-s", str(a.min_s)]
                     + (["--imaug-dir", a.imaug_dir] if a.imaug_dir else []) + (["--only", ",".join(a.only)] if a.only else [])))
    for c in a.cmd:
        n, c = c.split("=", 1)
        jobs.append((n, shlex.split(c.format(image=png))))
    cpus = {int(x) for x in a.cpu.split(",")}
    res, vers = {}, {}
    for rep in range(a.reps):
        for name, argv in jobs:
            t = time.time()
            p = subprocess.run(argv, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
            print("rep %d %s: %.0f s, load %.1f, rc %d" % (rep, name, time.time() - t, os.getloadavg()[0], p.returncode), file=sys.stderr)
            if rep == 0 and p.stderr.strip():
                print(p.stderr.strip()[-3000:], file=sys.stderr)
            for line in p.stdout.splitlines():
                try:
                    d = json.loads(line)
                except ValueError:
                    continue
                if "versions" in d:
                    vers[name] = d["versions"]
                elif "op" in d:
                    res.setdefault((d["op"], d.get("severity", 3)), {}).setdefault(name, []).append(d)
    mp = w * h / 1e6
    names = [n for n, _ in jobs]
    peers = [n for n, _ in jobs if n not in [c.split("=", 1)[0] for c in a.cmd]]
    rows = []
    for (op, sev), by in sorted(res.items(), key=lambda k: (re.sub(r"\(.*", "", k[0][0]), k[0][1])):
        row = dict(op=op, severity=sev)
        for n, ds in by.items():
            row[n] = dict(ms=min(d["ms"] for d in ds), psnr=ds[0].get("psnr"), psnr_se=ds[0].get("psnr_se", 0.0), spread=max(d["ms"] for d in ds) / min(d["ms"] for d in ds),
                          min=min(d.get("min", d["ms"]) for d in ds), first=ds[0].get("first"))
        ref = row.get("imagecorruptions", {})
        for n in by:
            q, q0 = row[n]["psnr"], ref.get("psnr")
            row[n]["other_strength"] = q is not None and q0 is not None and (
                abs(q - q0) > max(1.0, 3 * math.hypot(row[n]["psnr_se"], ref["psnr_se"])))
        cand = [(row[n]["ms"], n) for n in peers if n in row and not row[n]["other_strength"]]
        row["best"] = min(cand)[1] if cand else None
        rows.append(row)
    print("versions:", json.dumps(vers))
    print("size %dx%d (%.3f MPix), ms per image (CPU); MPix/s of the best peer" % (w, h, mp))
    print("| op | sev | " + " | ".join(names) + " | best peer | MPix/s |")
    print("|---|---|" + "---|" * (len(names) + 2))
    for r in rows:
        b = r["best"]
        print("| %s | %d | %s | %s | %s |" % (r["op"], r["severity"], " | ".join("%.2f" % r[n]["ms"] + ("*" if r[n]["other_strength"] else "") if n in r else "" for n in names),
                                             b or "", "%.0f" % (mp / (r[b]["ms"] / 1e3)) if b else ""))
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"versions": vers, "size": [w, h], "rows": rows}, f, indent=1)


if __name__ == "__main__":
    main()
