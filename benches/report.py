#!/usr/bin/env python3
"""Measures how `respend` reads a ledger back, beside other tools that add up the same rollup. docs/performance.md explains
the figures.

    benches/report.py                      a ledger year of 365,000 campaign-days
    benches/report.py --rows 3650000       the full one; 1 GB of disk
    benches/report.py --check              no times: a few rows, and every sum held against Python's decimals
"""
import argparse
import csv
import decimal
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the folder stays as it is

import inputs
import peers
import program
import race


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=365_000, help="campaign-days of the year")
    parser.add_argument("--rounds", type=int, default=5, help="after one to warm up")
    parser.add_argument("--threads", type=int, default=race.cores(),
                        help="of the other tools; by default as many as there are cores, which is what respend takes")
    parser.add_argument("--folder", help="where export and ledger are written, and removed again")
    parser.add_argument("--respend", help="the program, if it is not to be built")
    parser.add_argument("--check", action="store_true", help="compare only, with Python's csv and decimal")
    given = parser.parse_args()
    if given.check:
        given.rows = min(given.rows, 2000)
    return given


def ledger_of(respend, rows, folder):
    """Takes an export in that has a row for each campaign-day, and returns the ledger and its rollup."""
    export, ledger = os.path.join(folder, "export.csv"), os.path.join(folder, "ledger")
    campaigns = -(-rows // len(inputs.DAYS))
    subprocess.run([sys.executable, inputs.__file__, "meta", str(rows), str(campaigns), "day", export], check=True)
    subprocess.run([respend, "init", ledger, "--name", "Bench", "--currency", "USD", "--quiet"], check=True)
    subprocess.run([respend, "--ledger", ledger, "--quiet", "import", export], check=True)
    os.remove(export)
    spend = os.path.join(ledger, "spend")
    return ledger, next(os.path.join(spend, file) for file in os.listdir(spend) if file.endswith(".csv"))


def groups(path):
    """Every group of a result, with its exact sum and how many rows of exports it has."""
    with open(path, encoding="utf-8", newline="") as file:
        return [(*(row[column] for column in peers.GROUP), decimal.Decimal(row["amount"]), int(row["rows"]))
                for row in csv.DictReader(file)]


def main():
    given = arguments()
    respend = os.path.abspath(given.respend) if given.respend else program.built()
    others = [] if given.check else [peer for peer in peers.installed(given.threads) if "rollup" in peer.shapes]
    others = others or [peers.by_module("python", 1)]
    print(race.machine(), *program.versions(respend, others), sep="; ")
    if not given.check:
        print(f"Median of {given.rounds} rounds; {given.threads} threads each")
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="respend-bench-") as folder:
        ledger, rollup = ledger_of(respend, given.rows, folder)
        ours, theirs = os.path.join(folder, "ours.csv"), os.path.join(folder, "theirs.csv")

        def command(*words):
            return [respend, "--ledger", ledger, "--quiet", "--output", ours, *words]

        spend = command("spend", "--by", "platform,month", "--format", "csv")
        race.run(spend)
        own, racers = groups(ours), [("respend spend", lambda: race.run(spend))]
        for peer in others:
            def once(command=peer.command("rollup", rollup, theirs), environment=peer.environment):
                return race.run(command, environment)

            once()
            if groups(theirs) != own:
                sys.exit(f"respend and {peer.name} differ: {own} and {groups(theirs)}")
            racers.append((peer.name, once))
        size = os.path.getsize(rollup) / 2**20
        print(f"\nSpend by platform and month: {given.rows:,} campaign-days, {size:,.0f} MiB; {len(own)} sums are the same "
              f"in respend and {', '.join(peer.name for peer in others)}", flush=True)
        if given.check:
            return
        report = command("report", inputs.DAYS[0][:4], "--format", "json")
        racers.append(("respend report", lambda: race.run(report)))
        race.race(racers, 1)  # to warm up
        print("", *race.table(race.race(racers, given.rounds), "duckdb"), sep="\n", flush=True)


main()
