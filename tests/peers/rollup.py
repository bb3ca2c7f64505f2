"""Sums export files per day and campaign with Python's csv and decimal, and nothing of respend's.

    rollup.py CASES.json OUT.csv

CASES.json says of each file how it is written, see tests/peers.rs. Any error ends the run.
"""
import csv
import datetime
import decimal
import json
import sys

COLUMNS = ["case", "day", "platform", "account", "campaign", "currency", "amount", "rows"]
DAYS = {"ymd": "%Y-%m-%d", "dmy": "%d.%m.%Y", "mdy": "%m/%d/%Y"}


def amount(cell, mark, micros):
    cell = cell.strip()
    digits = [letter for letter in cell if letter in "0123456789" + mark]
    value = decimal.Decimal("".join(digits).replace(mark, "."))
    if any(sign in cell for sign in "-\u2212("):
        value = -value
    return value.scaleb(-6) if micros else value


def rollup(case):
    with open(case["file"], encoding=case["encoding"], newline="") as file:
        for _ in range(case["lines_above"]):
            file.readline()
        rows = csv.reader(file, delimiter=case["delimiter"], strict=True)
        at = {header: place for place, header in enumerate(next(rows))}
        sums = {}
        for row in rows:
            day, cell = row[at[case["day_column"]]].strip(), row[at[case["amount_column"]]]
            if not day[:1].isdigit() or cell.strip() in ("", "--"):
                continue  # a total row, or a row without an amount
            day = datetime.datetime.strptime(day, DAYS[case["day_order"]]).date().isoformat()

            def text(key):
                name = case.get(key + "_column")
                return case[key] if name is None else row[at[name]].strip().replace("\r\n", "\n")

            key = (day, text("platform"), text("account"), text("campaign"), text("currency"))
            value, count = sums.get(key, (decimal.Decimal(0), 0))
            sums[key] = value + amount(cell, case["decimal_mark"], case["micros"]), count + 1
    return sums


def main(cases, out):
    # Nothing may be rounded; a sum that would be ends the run.
    decimal.setcontext(decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation]))
    with open(cases, encoding="utf-8") as file:
        cases = json.load(file)
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, case in enumerate(cases):
            for key, (value, count) in rollup(case).items():
                writer.writerow([number, *key, f"{value.quantize(decimal.Decimal((0, (1,), -9))):f}", count])


main(*sys.argv[1:])
