#!/usr/bin/env python3
"""Measures `respend import` beside other tools that add up the same export. docs/performance.md explains the figures.

    benches/import.py                      a million rows
    benches/import.py --rows 10000000      the full one; 2 GB of disk
    benches/import.py --check              no times: a few rows, and every sum held against Python's decimals
"""
import argparse
import csv
import decimal
import itertools
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the folder stays as it is

import inputs
import peers
import program
import race

# Name, shape, one row in so many of those asked for, campaigns, order.
CASES = {
    "days": ("Meta, day by day", "meta", 1, 500, "day"),
    "ads": ("Meta, ad by ad", "meta", 1, 500, "ad"),
    "campaigns": ("Meta, many campaigns", "meta", 1, 10_000, "day"),
    "google": ("Google, UTF-16", "google", 10, 500, "day"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the Meta exports; Google's have a tenth")
    parser.add_argument("--rounds", type=int, default=5, help="after one to warm up")
    parser.add_argument("--threads", type=int, default=race.cores(),
                        help="of the other tools; by default as many as there are cores, which is what respend takes")
    parser.add_argument("--case", action="append", choices=CASES, help="only these; may be given several times")
    parser.add_argument("--folder", help="where exports and ledgers are written, and removed again")
    parser.add_argument("--respend", help="the program, if it is not to be built")
    parser.add_argument("--check", action="store_true", help="compare only, with Python's csv and decimal")
    given = parser.parse_args()
    if given.check:
        given.rows = min(given.rows, 2000)
    return given


class Respend:
    """Imports an export into a ledger that is new each time."""

    def __init__(self, program, folder):
        self.program, self.ledger = program, os.path.join(folder, "ledger")

    def run(self, export):
        shutil.rmtree(self.ledger, ignore_errors=True)
        subprocess.run([self.program, "init", self.ledger, "--name", "Bench", "--currency", "USD", "--quiet"], check=True)
        return race.run([self.program, "--ledger", self.ledger, "--quiet", "import", export])

    def rollup(self):
        spend = os.path.join(self.ledger, "spend")
        return next(os.path.join(spend, file) for file in os.listdir(spend) if file.endswith(".csv"))


def sums(path, is_exact):
    """Every group of a roll-up, with its exact sum and how many rows it has."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        at = {header: place for place, header in enumerate(next(rows))}
        # respend, duckdb and polars call a column by its name; others keep the export's
        key = [next(at[name] for name in names if name in at) for names in
               [("day", "Day"), ("account", "Account name"), ("campaign", "Campaign name", "Campaign"),
                ("currency", "Currency", "Currency code")]]
        for row in rows:
            amount = decimal.Decimal(row[at["amount"]])
            if not is_exact:
                amount = amount.quantize(decimal.Decimal("0.01"))
            yield tuple(row[place] for place in key), amount, int(row[at["rows"]])


def compare(ours, name, theirs, is_exact):
    """Ends the run where a group differs."""
    groups = 0
    for own, other in itertools.zip_longest(sums(ours, True), sums(theirs, is_exact)):
        if own != other:
            sys.exit(f"respend and {name} differ: {own} and {other}")
        groups += 1
    return groups


def hashing(export):
    """What does nothing but reckon the file's SHA-256."""
    tools = {"openssl": ["dgst", "-sha256"], "sha256sum": []}
    return next(([tool, *options, export] for tool, options in tools.items() if shutil.which(tool)), None)


def measure(case, given, respend, others, folder):
    title, shape, part, campaigns, order = CASES[case]
    export, out = os.path.join(folder, "export.csv"), os.path.join(folder, "out.csv")
    rows = max(given.rows // part, 1)
    campaigns = min(campaigns, max(rows // len(inputs.DAYS) // 2, 1))  # so that there is something to add up
    subprocess.run([sys.executable, inputs.__file__, shape, str(rows), str(campaigns), order, export], check=True)

    respend.run(export)
    racers, agreeing, groups = [("respend import", lambda: respend.run(export))], [], 0
    for peer in (peer for peer in others if shape in peer.shapes):
        def once(command=peer.command(shape, export, out), environment=peer.environment):
            return race.run(command, environment)

        try:
            once()
        except race.Failed as failed:
            print(f"{peer.name} is left out: {failed}", file=sys.stderr)
            continue
        groups = compare(respend.rollup(), peer.name, out, peer.is_exact)
        os.remove(out)
        racers.append((peer.name, once))
        agreeing.append(peer.name)
    if not agreeing:
        sys.exit("there is nothing to compare with, so nothing is measured")
    size = os.path.getsize(export) / 2**20
    print(f"\n{title}: {rows:,} rows, {size:,.0f} MiB; the sums and rows of {groups:,} campaign-days are the same in "
          f"respend and {', '.join(agreeing)}", flush=True)
    if given.check:
        return
    if hash_of := hashing(export):
        racers.append((f"SHA-256 ({hash_of[0]})", lambda: race.run(hash_of)))
    race.race(racers, 1)  # to warm up
    print("", *race.table(race.race(racers, given.rounds), "duckdb"), sep="\n", flush=True)


def main():
    given = arguments()
    respend = os.path.abspath(given.respend) if given.respend else program.built()
    others = [] if given.check else list(peers.installed(given.threads))
    others = others or [peers.by_module("python", 1)]
    print(race.machine(), *program.versions(respend, others), sep="; ")
    if not given.check:
        print(f"Median of {given.rounds} rounds; {given.threads} threads each")
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="respend-bench-") as folder:
        for case in given.case or CASES:
            measure(case, given, Respend(respend, folder), others, folder)


main()
