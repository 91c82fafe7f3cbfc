"""
Measures Kornia, eager and compiled, and torchvision on the works of bench/catalogue.ts, on this machine:

    python kornia_bench.py --device cuda --json kornia.json

or, with --transforms, Kornia alone on the single transforms of transforms.json, forward and with gradients:

    python kornia_bench.py --device cpu --threads 2 --transforms --json transforms-kornia.json

The record is one that `npm run bench` can lay beside its own (bench/record.schema.json).
"""

import argparse
import platform
import sys

from check import compare, reference, transform_reference
from engines import start_engines
from inputs import CATALOGUE, LARGE, checksum, task_of
from measure import milliseconds, summary, take_loops, take_turns
from record import new_record, row_of, sentence, write_record
from transforms import table, task_of_transform
from works import Missing


def assert_inputs(task, sums):
    """@raise ValueError where the inputs are not those of bench/catalogue.ts"""
    for name, values in {"x": task.x, "seed": task.seed, **task.parameters}.items():
        found, expected = checksum(values), sums[name]
        if abs(found - expected) > 1e-6 * max(1, abs(expected)):
            raise ValueError(f"The input {name} of {task.work} is not that of bench/catalogue.ts.")


def measure(engines, record, cells, rounds, seconds, say=print):
    """Adds a row per engine, cell and mode. A cell is a work and a shape."""
    known = reference()
    for work, shape in cells:
        small = task_of(work, known[work]["shape"])
        assert_inputs(small, known[work]["sums"])
        task = task_of(work, shape)
        for mode in ("forward", "both"):
            rows, runs = {}, {}
            for engine in engines:
                row = row_of(work, mode, task.shape, engine.name)
                rows[engine.name] = row
                try:
                    row["check"] = compare(known[work]["expected"], engine.prepare(small, mode)[1]())
                    if not row["check"]["agrees"]:
                        row["problem"] = f"it {row['check']['text']}, and was not timed"
                        continue
                    run, _ = engine.prepare(task, mode)
                    row["first"] = milliseconds(run)
                    runs[engine.name] = run
                except Missing as missing:
                    row["problem"] = str(missing)
                except Exception as error:
                    row["problem"] = f"it failed: {sentence(error)}"
            time_runs(rows, runs, rounds, seconds)
            record["rows"].extend(rows.values())
            for row in rows.values():
                said = f"{row['wall']['median']:.2f} ms" if "wall" in row else row["problem"]
                say(f"{work} {mode} {'x'.join(map(str, task.shape))}, {row['engine']}: {said}")


def measure_transforms(engines, record, names, shape, rounds, seconds, say=print):
    """
    Adds two rows per transform. One that computes something else than augrad is not timed; where only its gradients are
    others, forward is.
    """
    known = transform_reference()
    for name in names:
        small = task_of_transform(name, known["shape"])
        task = task_of_transform(name, shape) if shape else task_of_transform(name)
        for mode in ("forward", "both"):
            for engine in engines:
                row = row_of(task.work, mode, task.shape, engine.name)
                try:
                    row["check"] = compare(known["expected"][name], engine.prepare(small, mode)[1](), "augrad")
                    if row["check"]["agrees"]:
                        run, _ = engine.prepare(task, mode)
                        row["first"] = milliseconds(run)
                        [times] = take_turns({engine.name: run}, rounds, seconds).values()
                        if isinstance(times, Exception):
                            raise times
                        row["wall"] = summary(times)
                    else:
                        row["problem"] = f"it {row['check']['text']}, and was not timed"
                except Missing as missing:
                    row["problem"] = str(missing)
                except Exception as error:
                    row["problem"] = f"it failed: {sentence(error)}"
                record["rows"].append(row)
                said = f"{row['wall']['median']:.2f} ms" if "wall" in row else row["problem"]
                say(f"{name} {mode}, {row['engine']}: {said}")


def time_runs(rows, runs, rounds, seconds):
    """Puts times into the rows: of single runs, and of loops."""
    for name, times in take_turns(runs, rounds, seconds).items():
        if isinstance(times, Exception):
            rows[name]["problem"] = f"it failed: {sentence(times)}"
        else:
            rows[name]["wall"] = summary(times)
    once = {name: rows[name]["wall"]["median"] for name in runs if "wall" in rows[name]}
    loops = {name: runs[name] for name in once}
    for name, times in take_loops(loops, once, max(1, rounds // 3), seconds / 2).items():
        if isinstance(times, Exception):
            del rows[name]["wall"]
            rows[name]["problem"] = f"it failed: {sentence(times)}"
        else:
            rows[name]["stream"] = summary(times)


def cells_of(works, shape, is_gpu):
    """The cells to measure: every work in its shape or the one asked for, and on a GPU those with a larger one in that too."""
    own = [(work, shape) for work in works]
    return own if shape or not is_gpu else own + [(work, LARGE[work]) for work in works if work in LARGE]


def positive(text):
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("It has to be more than 0.")
    return value


def count(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("It has to be a whole number, at least 1.")
    return value


def shape_of(text):
    sizes = tuple(int(size) if size.isdigit() else 0 for size in text.split("x"))
    if len(sizes) != 4 or min(sizes) < 1 or sizes[1] != 3:
        raise argparse.ArgumentTypeError("It has to be Nx3xHxW, such as 4x3x224x224.")
    return sizes


def main(arguments=None, start=start_engines):
    parser = argparse.ArgumentParser(description="Measures Kornia and torchvision on augrad's benchmark.")
    parser.add_argument("--device", default="auto", help="cpu, cuda or cuda:1 (default: cuda where there is one)")
    parser.add_argument("--threads", type=count, help="threads of torch on the processor (default: torch's own)")
    parser.add_argument("--rounds", type=count, default=30, help="timed rounds (default: 30)")
    parser.add_argument("--seconds", type=positive, default=20, help="at most, per engine and cell (default: 20)")
    parser.add_argument("--shape", type=shape_of, help="batch of images (default: each work's own)")
    parser.add_argument("--only", choices=list(CATALOGUE), action="append", help="only this work; may be given again")
    parser.add_argument(
        "--transforms", nargs="*", metavar="NAME", help="instead of works single transforms, at 8x3x224x224: these, or all"
    )
    parser.add_argument("--note", help="a sentence about this machine that the record keeps")
    parser.add_argument("--json", default="kornia.json", help="where the record goes (default: kornia.json)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.transforms or [] if name not in table()]
    if unknown:
        parser.error(f"--transforms: there is no {unknown[0]}; there are {', '.join(table())}.")
    try:
        engines, runtime, device, problems = start(options.device, options.threads)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    record = new_record(f"Python {platform.python_version()}, {runtime}", device)
    record["problems"].extend(problems)
    if options.note:
        record["problems"].append(options.note)
    for problem in problems:
        print(problem)
    record["engines"] = [{"name": e.name, "version": e.version, "where": "python"} for e in engines]
    try:
        if options.transforms is not None:
            engines = [engine for engine in engines if engine.name == "kornia"]
            names = options.transforms or list(table())
            measure_transforms(engines, record, names, options.shape, options.rounds, options.seconds)
        else:
            cells = cells_of(options.only or list(CATALOGUE), options.shape, not device.startswith("the processor"))
            measure(engines, record, cells, options.rounds, options.seconds)
    except KeyboardInterrupt:
        record["problems"].append("The benchmark was interrupted.")
    write_record(record, options.json)
    print(f"The record is in {options.json}.")
    return 0 if any("wall" in row for row in record["rows"]) else 1


if __name__ == "__main__":
    sys.exit(main())
