"""Whether an engine computes what the catalogue says: against numbers of the float64 reference. Python's own modules only."""

import json
import math
from pathlib import Path

# torchvision's luma has 0.2989 for 0.299, and Kornia's HSV a small number in its divisions.
TOLERANCE = {"y": 3e-3, "gradient": 5e-3}


def reference():
    """By work: the small shape, checksums of its inputs, and samples of the result and of the gradients."""
    return json.loads((Path(__file__).parent / "reference.json").read_text())


def transform_reference():
    """`shape`, and by transform samples of augrad's result and gradients."""
    return json.loads((Path(__file__).parent / "transform-reference.json").read_text())


def compare(expected, found, against="the reference"):
    """
    A row's `check`. `expected`: by name `{"at": [...], "values": [...]}`; `found`: by name flat lists. Gradients are
    compared in units of the largest one.
    """
    differences = {}
    wrong = []
    for name, samples in expected.items():
        if name not in found:
            continue
        values, at = samples["values"], samples["at"]
        is_result = name == "y"
        unit = 1 if is_result else max(1, *(abs(value) for value in values))
        apart = [abs(found[name][place] - value) / unit for place, value in zip(at, values)]
        limit = TOLERANCE["y" if is_result else "gradient"]
        # A NaN is beyond every limit.
        beyond = sum(not difference <= limit for difference in apart)
        finite = [difference for difference in apart if math.isfinite(difference)]
        magnitude = max(sum(abs(value) for value in values) / len(values) / unit, 1e-12)
        mean = sum(finite) / len(apart) / magnitude if len(finite) == len(apart) else 1.8e308
        differences[name] = {"beyond": beyond / len(apart), "mean": min(mean, 1.7976931348623157e308)}
        # At a kink rounding decides the side.
        if beyond > 0.02 * len(apart):
            label = "the result" if is_result else f"the gradient of {name}"
            wrong.append(f"{beyond} of {len(apart)} values of {label} are beyond the tolerance")
    text = f"differs from {against}: {'; '.join(wrong)}" if wrong else f"agrees with {against}, on a small batch"
    return {"against": against.removeprefix("the "), "agrees": not wrong, "text": text, "differences": differences}
