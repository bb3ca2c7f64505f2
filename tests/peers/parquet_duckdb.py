"""Sums Parquet files of spend with DuckDB.

usage: parquet_duckdb.py FOLDER
"""
import sys

import duckdb

ROWS = f"read_parquet('{sys.argv[1]}/*.parquet', filename = true)"

types = {name: kind for name, kind, *_ in duckdb.sql(f"describe select * from {ROWS}").fetchall()}
assert types["amount"] == types["cost"] == "DECIMAL(38,9)" and types["day"] == "DATE", types
sums = duckdb.sql(f"""
    select parse_filename(filename, true), platform, account, campaign, campaign_name, currency,
        case grain when 'month' then strftime(day, '%Y-%m') else strftime(day, '%Y-%m-%d') end,
        sum(amount), sum(cost), sum(rows)
    from {ROWS} group by all order by all
""")
for *keys, amount, cost, rows in sums.fetchall():
    print(*keys, f"{amount:f}", f"{cost:f}", rows, sep="\t")
