"""Runs commands one after the other, round by round, and measures each: time, processor and memory.

Every round runs every command once, so that a machine that slows down slows them all; they are compared within rounds.
"""
import os
import platform
import statistics
import subprocess
import sys
import time


class Failed(Exception):
    """A command that did not end well, and what it said."""


class Run:
    """What one run of a command took: seconds of the clock, seconds of all processors, MiB at most."""

    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def run(command, environment=None):
    """Runs a command to its end. Memory is that of the largest of its processes, and never less than this one's."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env={**os.environ, **(environment or {})})
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode != 0:
        raise Failed(f"{command[0]} ended with {child.returncode}: {said.decode(errors='replace').strip()[-1000:]}")
    unit = 1 if platform.system() == "Darwin" else 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 2**20)


def race(racers, rounds):
    """Runs every racer (a name and what runs it once) in each round, and returns its runs."""
    runs = {name: [] for name, _ in racers}
    for turn in range(rounds):
        for name, once in racers:
            show(f"round {turn + 1} of {rounds}: {name}")
            runs[name].append(once())
    show("")
    return runs


def show(progress):
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)


def table(runs, base):
    """The medians as a table; ratios are the medians of those within a round."""
    yield f"| | wall, s | CPU, s | peak, MiB | × {base} |"
    yield "|---|--:|--:|--:|--:|"
    for name, own in runs.items():
        def median(of):
            return statistics.median(of(turn) for turn in own)

        ratio = "–"
        if base in runs:
            ratio = f"{statistics.median(turn.wall / other.wall for turn, other in zip(own, runs[base])):.2f}"
        wall, cpu, peak = median(lambda turn: turn.wall), median(lambda turn: turn.cpu), max(turn.peak for turn in own)
        yield f"| {name} | {wall:.3f} | {cpu:.3f} | {peak:,.0f} | {ratio} |"


def machine():
    """The processor, and how many of its cores may be used."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {cores()} cores, {platform.system()}"


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
