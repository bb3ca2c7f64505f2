"""Sums export files per day and campaign with DuckDB: every cell is read as text, and cast to a decimal in SQL.

    rollup_duckdb.py CASES.json OUT.csv

CASES.json says of each file how it is written, see tests/peers.rs. Any error ends the run.
"""
import csv
import json
import sys

import duckdb

COLUMNS = ["case", "day", "platform", "account", "campaign", "currency", "amount", "rows"]
DAYS = {"ymd": "%Y-%m-%d", "dmy": "%d.%m.%Y", "mdy": "%m/%d/%Y"}


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def name(text):
    return '"' + text.replace('"', '""') + '"'


def utf8(case):
    """DuckDB reads no letters beyond the first plane of UTF-16; such files it gets in UTF-8."""
    if case["encoding"] == "utf-8-sig":
        return case["file"]
    with open(case["file"], encoding=case["encoding"], newline="") as file:
        text = file.read()
    with open(case["file"] + ".utf8", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return file.name


def query(case):
    columns = ", ".join(f"{literal(header)}: 'VARCHAR'" for header in case["header"])

    def text(key):
        column = case.get(key + "_column")
        if column is None:
            return literal(case[key])
        return f"replace(trim(coalesce({name(column)}, '')), e'\\r\\n', e'\\n')"

    mark = case["decimal_mark"]
    digits = f"replace(regexp_replace(cell, '[^0-9{mark}]', '', 'g'), '{mark}', '.')"
    signed = f"CASE WHEN regexp_matches(cell, '[-\u2212(]') THEN '-' ELSE '' END || {digits}"
    if case["micros"]:
        amount = f"CAST({signed} AS DECIMAL(28, 3)) * 0.000001::DECIMAL(6, 6)"
    else:
        amount = f"CAST({signed} AS DECIMAL(38, 9))"
    return f"""
        WITH cells AS (
            SELECT *, trim(coalesce({name(case["day_column"])}, '')) AS day_cell, trim(coalesce({name(case["amount_column"])}, '')) AS cell
            FROM read_csv({literal(utf8(case))}, auto_detect = false, header = true, skip = {case["lines_above"]},
                          delim = {literal(case["delimiter"])}, quote = '"', escape = '"', columns = {{{columns}}})
        ), spend AS (
            SELECT strptime(day_cell, {literal(DAYS[case["day_order"]])})::DATE::VARCHAR AS key_day, {text("platform")} AS key_platform,
                   {text("account")} AS key_account, {text("campaign")} AS key_campaign, {text("currency")} AS key_currency,
                   {amount} AS key_amount
            FROM cells
            WHERE regexp_matches(day_cell, '^[0-9]') AND cell NOT IN ('', '--')
        )
        SELECT key_day, key_platform, key_account, key_campaign, key_currency,
               CAST(sum(key_amount) AS DECIMAL(38, 9))::VARCHAR, count(*)
        FROM spend GROUP BY ALL"""


def main(cases, out):
    with open(cases, encoding="utf-8") as file:
        cases = json.load(file)
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, case in enumerate(cases):
            for row in connection.execute(query(case)).fetchall():
                writer.writerow([number, *row])


main(*sys.argv[1:])
