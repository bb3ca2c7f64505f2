"""Sums Parquet files of spend with pandas.

usage: parquet_pandas.py FOLDER
"""
import pathlib
import sys

import pandas

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.parquet")):
    rows = pandas.read_parquet(file)
    days = pandas.to_datetime(rows["day"])
    rows["when"] = days.dt.strftime("%Y-%m-%d").where(rows["grain"] == "day", days.dt.strftime("%Y-%m"))
    keys = ["platform", "account", "campaign", "campaign_name", "currency", "when"]
    for key, group in rows.groupby(keys, sort=True):
        # Python's decimals: sum() keeps them exact.
        print(file.stem, *key, f"{sum(group['amount']):f}", f"{sum(group['cost']):f}", sum(group["rows"]), sep="\t")
