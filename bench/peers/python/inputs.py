"""The inputs of the benchmark's works, number by number as bench/catalogue.ts makes them. Python's own modules only."""

import math
from array import array
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A work on a batch. Arrays are 32-bit floats; parameters are [N, k] each, row by row."""

    work: str
    shape: tuple[int, int, int, int]
    x: array
    parameters: dict[str, array]
    learned: tuple[str, ...]
    seed: array


def spread(n, low, high):
    """N values spread evenly from one bound to the other."""
    return array("f", [low + ((high - low) * (i + 0.5)) / n for i in range(n)])


def coins(n, bit):
    """Coins: sample i has one where bit `bit` of a mixed-up i is set."""
    return array("f", [((((i + 1) * 0x9E3779B1) & 0xFFFFFFFF) >> (28 - bit)) & 1 for i in range(n)])


def affine_rows(degrees, scale, shift, shape):
    """Rows [a, b, tx, c, d, ty], source to destination in pixels: a turn, a scale and a shift about the centre."""
    n, _, h, w = shape
    rows = array("f")
    cx, cy = (w - 1) / 2, (h - 1) / 2
    for i in range(n):
        t = (degrees[i] * math.pi) / 180
        a, b = math.cos(t) * scale[i], math.sin(t) * scale[i]
        c, d = -b, a
        rows.extend([a, b, cx - a * cx - b * cy + shift[i], c, d, cy - c * cx - d * cy - shift[i]])
    return rows


def _colour(shape):
    n = shape[0]
    return {"b": spread(n, 0.8, 1.2), "c": spread(n, 0.7, 1.3), "s": spread(n, 0.6, 1.4), "h": spread(n, -0.1, 0.1)}


def _affine(shape):
    n = shape[0]
    return {"matrix": affine_rows(spread(n, -30, 30), spread(n, 0.8, 1.2), spread(n, -9, 9), shape)}


def _eight(shape):
    n = shape[0]
    return {
        "matrix": affine_rows(spread(n, -20, 20), spread(n, 0.9, 1.1), spread(n, -5, 5), shape),
        "b": spread(n, 0.8, 1.2),
        "c": spread(n, 0.7, 1.3),
        "s": spread(n, 0.6, 1.4),
        **{f"on_{name}": coins(n, bit) for bit, name in enumerate(["flip", "b", "c", "s", "grey"])},
    }


def _six(shape):
    n, _, h, w = shape
    homography, box = array("f"), array("f")
    for i in range(n):
        homography.extend([1, 0.03 * (i % 3), 0.01 * w, 0.02, 1, -0.01 * h])
        homography.extend([0.3 / (w * (2 + i)), 0.2 / (h * (2 + i)), 1])
        box.extend([math.floor((w * (i + 1)) / (n + 4)), math.floor(h / 4), math.floor(w / 5), math.floor(h / 4)])
    return {
        "b": spread(n, 0.8, 1.2),
        "c": spread(n, 1.2, 0.8),
        "s": spread(n, 0.8, 1.2),
        "h": spread(n, -0.1, 0.1),
        "matrix": affine_rows(spread(n, -15, 15), spread(n, 1, 1), spread(n, 0, 0), shape),
        "homography": homography,
        "sigma": spread(n, 0.1, 2),
        "box": box,
    }


# By work: the shape it is measured in, its parameters, and those that are learned.
CATALOGUE = {
    "colour": ((4, 3, 224, 224), _colour, ("b", "c", "s", "h")),
    "affine": ((4, 3, 224, 224), _affine, ("matrix",)),
    "eight": ((4, 3, 224, 224), _eight, ("matrix", "b", "c", "s")),
    "blur": ((4, 3, 224, 224), lambda shape: {"sigma": spread(shape[0], 1, 5)}, ("sigma",)),
    "choice": ((32, 3, 64, 64), lambda shape: {"v": spread(shape[0], 0.7, 1.3)}, ("v",)),
    "six": ((8, 3, 224, 224), _six, ()),
}

# Larger shapes that are measured on a GPU alone.
LARGE = {"eight": (128, 3, 256, 256)}


def output_shape(work, shape):
    """Shape of the result."""
    n, c, h, w = shape
    return (n, c, h * 7 // 8, w * 7 // 8) if work == "eight" else shape


def images_of(shape):
    """Images that are smooth with some grain."""
    n, channels, h, w = shape
    x = array("f", bytes(4 * n * channels * h * w))
    at = 0
    for i in range(n):
        for k in range(channels):
            for row in range(h):
                v = (row / h) * 5.1 - k * 0.9
                turn, grain = 2 * math.cos(v), 3.1 * v
                for column in range(w):
                    u = (column / w) * 6.3 + k * 1.7 + i
                    x[at] = 0.5 + 0.33 * math.sin(u + turn) + 0.15 * math.sin(grain - 2.3 * u + k)
                    at += 1
    return x


def task_of(work, shape=None):
    """The inputs of a work: images that are smooth with some grain, and a gradient of the result without a pattern."""
    own_shape, parameters, learned = CATALOGUE[work]
    shape = tuple(shape or own_shape)
    x = images_of(shape)
    size = math.prod(output_shape(work, shape))
    seed = array("f", [math.sin(i * 0.7 + 3 * math.sin(i * 0.013)) for i in range(size)])
    return Task(work, shape, x, parameters(shape), learned, seed)


def checksum(values):
    """A sum that the order of the numbers matters to. bench/peers/python/reference.ts has the same."""
    return sum(value * (i % 97 + 1) for i, value in enumerate(values)) / len(values)
