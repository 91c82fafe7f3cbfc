"""Times of several engines that take turns, so that a busy machine disturbs all of them alike. Python's own modules only."""

import time


def milliseconds(run):
    """How long a call takes. It has to return when the device has finished."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def summary(times):
    """Median and quartiles, between values where they lie between."""
    ordered = sorted(times)

    def at(q):
        place = q * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return {"median": at(0.5), "quartiles": [at(0.25), at(0.75)], "runs": len(ordered)}


def runs_of_loop(once):
    """Runs of a loop that waits at its end only, for a run of `once` milliseconds: as bench/turns.ts has it."""
    return max(3, min(32, round(400 / max(once, 1e-3))))


def take_loops(runs, once, rounds, seconds):
    """Like `take_turns`, of loops; the times are those of one run. `once` is what a run takes, by name."""
    lengths = {name: runs_of_loop(once[name]) for name in runs}
    loops = {name: (lambda run=run, times=lengths[name]: run(times)) for name, run in runs.items()}
    found = take_turns(loops, rounds, seconds)
    return {
        name: times if isinstance(times, Exception) else [time / lengths[name] for time in times]
        for name, times in found.items()
    }


def take_turns(runs, rounds, seconds):
    """
    Times every run once per round, and returns their times by name. A run that would take more than `seconds` in all gets
    fewer rounds, at least three. One that fails is given up; its exception stands in the place of its times.
    """
    found = {}
    share = {}
    for name, run in runs.items():
        try:
            run()
            once = milliseconds(run) / 1000
            share[name] = min(rounds, max(3, int(seconds / max(once, 1e-9))))
            found[name] = []
        except Exception as error:
            found[name] = error
    for turn in range(rounds):
        for name, count in share.items():
            is_due = (turn + 1) * count // rounds > turn * count // rounds
            if not is_due or isinstance(found[name], Exception):
                continue
            try:
                found[name].append(milliseconds(runs[name]))
            except Exception as error:
                found[name] = error
    return found
