"""A record as bench/record.schema.json describes it. Python's own modules only."""

import json
import math
import os
import platform
from datetime import datetime, timezone
from pathlib import Path

WHERE = "python"


def processor():
    """Number and model of the processors."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{os.cpu_count()} x {model}"


def new_record(runtime, device):
    """An empty record. `device`: what computes, in words."""
    package = Path(__file__).resolve().parents[3] / "package.json"
    try:
        version = json.loads(package.read_text())["version"]
    except (OSError, KeyError, ValueError):
        version = "unknown"
    return {
        "format": 1,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "augrad": version,
        "processor": processor(),
        "environments": [
            {"where": WHERE, "runtime": runtime, "device": {"description": device, "software": False}},
        ],
        "engines": [],
        "rows": [],
        "copies": [],
        "roofline": [],
        "scaling": [],
        "problems": [],
    }


def row_of(work, mode, shape, engine, **found):
    """A row; `found` are its further fields, those that are None left out."""
    fields = {"where": WHERE, "work": work, "mode": mode, "shape": list(shape), "engine": engine}
    return {**fields, **{name: value for name, value in found.items() if value is not None}}


def sentence(error):
    """The first line of an exception, with its kind."""
    text = str(error).strip().split("\n")[0][:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def is_json(value):
    """Whether there is no NaN and no infinity in it: JSON has none."""
    if isinstance(value, dict):
        return all(is_json(part) for part in value.values())
    if isinstance(value, list):
        return all(is_json(part) for part in value)
    return not isinstance(value, float) or math.isfinite(value)


def write_record(record, path):
    """Writes a record, whole or not at all."""
    if not is_json(record):
        raise ValueError("The record has a number that is not finite.")
    unfinished = Path(f"{path}.part")
    unfinished.write_text(json.dumps(record, indent=2) + "\n")
    unfinished.replace(path)
