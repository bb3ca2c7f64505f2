"""Reads a file with Beancount, and prints what each account changed by in each month.

usage: books_beancount.py FILE
"""
import collections
import sys

from beancount import loader
from beancount.core import data
from beancount.parser import printer


def main():
    entries, errors, _ = loader.load_file(sys.argv[1])
    if errors:
        printer.print_errors(errors, file=sys.stderr)
        sys.exit(1)
    sums = collections.Counter()
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                sums[posting.account, f"{entry.date:%Y-%m}", posting.units.currency] += posting.units.number
    for (account, month, currency), amount in sorted(sums.items()):
        print(account, month, currency, format(amount, "f"), sep="\t")


main()
