"""Other tools doing what respend adds up, exact, as a sorted CSV.

    peers.py python|duckdb|polars meta|google|rollup THREADS FILE OUT.csv

Of an export (meta, google): spend per day, account, campaign and currency. Of a ledger's rollup: spend per platform, month
and currency. Each is told what respend has to find out: the encoding, the columns, and that amounts have two decimals.
"""
import csv
import decimal
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys

COLUMNS = {
    "meta": {"day": "Day", "account": "Account name", "campaign": "Campaign name", "currency": "Currency",
             "amount": "Amount spent (USD)"},
    "google": {"day": "Day", "account": "Account name", "campaign": "Campaign", "currency": "Currency code",
               "amount": "Cost"},
}
HEADERS = {
    "meta": ["Account name", "Campaign name", "Ad set name", "Ad name", "Day", "Currency", "Amount spent (USD)",
             "Impressions", "Clicks (all)"],
    "google": ["Day", "Account name", "Campaign", "Ad group", "Currency code", "Cost", "Impr.", "Clicks", "Conv. value"],
}
KEY = ["day", "account", "campaign", "currency"]
ROLLUP = {"day": "DATE", "platform": "VARCHAR", "account": "VARCHAR", "campaign": "VARCHAR", "currency": "VARCHAR",
          "campaign_name": "VARCHAR", "amount": "DECIMAL(18, 2)", "rows": "BIGINT", "first_row": "BIGINT"}
GROUP = ["platform", "month", "currency"]


def python(shape, _threads, export, out):
    """The standard library: slow, and what the others are held against where there are none."""
    if shape == "rollup":
        return python_rollup(export, out)
    at = [HEADERS[shape].index(column) for column in COLUMNS[shape].values()]
    sums = {}
    is_google = shape == "google"
    with open(export, encoding="utf-16" if is_google else "utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t" if is_google else ",", strict=True)
        for _ in range(3 if is_google else 1):
            next(rows)
        for row in rows:
            *key, amount = (row[place] for place in at)
            if key[0].startswith("Total:"):
                continue
            total = sums.setdefault(tuple(key), [decimal.Decimal(0), 0])
            total[0] += decimal.Decimal(amount.replace(",", ""))
            total[1] += 1
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*KEY, "amount", "rows"])
        writer.writerows([*key, *sums[key]] for key in sorted(sums, key=lambda key: [cell.encode() for cell in key]))


def python_rollup(rollup, out):
    sums = {}
    with open(rollup, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            total = sums.setdefault((row["platform"], row["day"][:7], row["currency"]), [decimal.Decimal(0), 0])
            total[0] += decimal.Decimal(row["amount"])
            total[1] += int(row["rows"])
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*GROUP, "amount", "rows"])
        writer.writerows([*group, *sums[group]] for group in sorted(sums))


def duckdb_sql(shape, threads, export, out):
    """Amounts are read as whole hundredths in 64 bits, DuckDB's quickest exact way."""
    def text(value):
        return "'" + str(value).replace("'", "''") + "'"

    def name(value):
        return '"' + value + '"'

    if shape == "rollup":
        typed = ", ".join(f"{text(header)}: {text(of)}" for header, of in ROLLUP.items())
        rows = (f"read_csv({text(export)}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
                f"columns = {{{typed}}})")
        return (f"SET threads = {threads}; SET preserve_insertion_order = false; "
                "COPY (SELECT platform, strftime(day, '%Y-%m') AS month, currency, sum(amount) AS amount, sum(rows) AS rows "
                f"FROM {rows} GROUP BY ALL ORDER BY ALL) TO {text(out)} (HEADER)")
    columns, headers = COLUMNS[shape], HEADERS[shape]
    key = ", ".join(name(columns[column]) for column in KEY)
    amount = name(columns["amount"])
    if shape == "meta":
        how = "delim = ','"
        types = {"Day": "DATE", columns["amount"]: "DECIMAL(18, 2)"}
        where = ""
    else:
        how = "delim = '\t', encoding = 'utf-16', skip = 2"
        types = {}
        amount = f"CAST(replace({amount}, ',', '') AS DECIMAL(18, 2))"
        where = "WHERE Day NOT LIKE 'Total:%'"
    typed = ", ".join(f"{text(header)}: {text(types.get(header, 'VARCHAR'))}" for header in headers)
    rows = (f"read_csv({text(export)}, auto_detect = false, header = true, quote = '\"', escape = '\"', {how}, "
            f"columns = {{{typed}}})")
    return (f"SET threads = {threads}; SET preserve_insertion_order = false; "
            f"COPY (SELECT {key}, sum({amount}) AS amount, count(*) AS rows FROM {rows} {where} "
            f"GROUP BY ALL ORDER BY {key}) TO {text(out)} (HEADER)")


def duckdb(*task):
    import duckdb as module

    module.connect().execute(duckdb_sql(*task))


def polars(shape, _threads, export, out):
    import polars as pl

    if shape == "rollup":
        types = {header: pl.String for header in ROLLUP} | {"amount": pl.Decimal(18, 2), "rows": pl.Int64}
        rows = pl.scan_csv(export, schema_overrides=types)
        sums = rows.with_columns(pl.col("day").str.slice(0, 7).alias("month")).group_by(GROUP)
        sums = sums.agg(pl.col("amount").sum(), pl.col("rows").sum()).sort(GROUP)
        return sums.collect(engine="streaming").write_csv(out)
    columns = COLUMNS["meta"]
    types = {columns[column]: pl.String for column in KEY} | {columns["amount"]: pl.Decimal(18, 2)}
    rows = pl.scan_csv(export, schema_overrides=types)
    sums = rows.select(pl.col(columns[column]).alias(column) for column in [*KEY, "amount"])
    sums = sums.group_by(KEY).agg(pl.col("amount").sum(), pl.len().alias("rows")).sort(KEY)
    sums.collect(engine="streaming").write_csv(out)


class Peer:
    """A tool that is there, and how it is run."""

    def __init__(self, name, version, command, shapes=("meta", "google", "rollup"), is_exact=True, environment=None):
        self.name, self.version, self.command, self.shapes = name, version, command, shapes
        self.is_exact, self.environment = is_exact, environment or {}


def by_module(name, threads, **rest):
    def command(shape, export, out):
        return [sys.executable, os.path.abspath(__file__), name, shape, str(threads), export, out]

    version = f"{importlib.metadata.version(name)}, in Python" if name != "python" else sys.version.split()[0]
    return Peer(name, version, command, **rest)


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]


def installed(threads):
    """The peers of this machine, to be run on so many threads."""
    if shutil.which("duckdb"):
        def command(*task):
            return ["duckdb", "-c", duckdb_sql(task[0], threads, *task[1:])]

        yield Peer("duckdb", said("duckdb", "--version"), command)
    elif importlib.util.find_spec("duckdb"):
        yield by_module("duckdb", threads)
    if importlib.util.find_spec("polars"):
        # It reads no UTF-16.
        yield by_module("polars", threads, shapes=["meta", "rollup"], environment={"POLARS_MAX_THREADS": str(threads)})
    if shutil.which("xan"):
        def command(shape, export, out):
            columns = COLUMNS[shape]
            key = ",".join(columns[column] for column in KEY)
            sums = f'sum(col("{columns["amount"]}")) as amount, count() as rows'
            pipe = 'xan groupby -t "$1" "$2" "$3" "$4" | xan sort -s "$2" -o "$5"'
            return ["sh", "-c", pipe, "xan", str(threads), key, sums, export, out]

        # It sums binary fractions, and reads no UTF-16.
        yield Peer("xan", said("xan", "--version"), command, shapes=["meta"], is_exact=False)


if __name__ == "__main__":
    {"python": python, "duckdb": duckdb, "polars": polars}[sys.argv[1]](*sys.argv[2:])
