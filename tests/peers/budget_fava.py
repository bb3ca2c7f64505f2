"""Prints what Fava reckons the budget of an account to be, from the first day to the last, both included."""

import datetime
import sys

from beancount.core.data import Custom
from beancount.loader import load_file
from fava.core.budgets import calculate_budget, calculate_budget_children, parse_budgets

file, account, first, last, *options = sys.argv[1:]
entries, _, _ = load_file(file)
budgets, errors = parse_budgets([entry for entry in entries if isinstance(entry, Custom)])
assert not errors, errors
begin = datetime.date.fromisoformat(first)
end = datetime.date.fromisoformat(last) + datetime.timedelta(days=1)
calculate = calculate_budget_children if options == ["--children"] else calculate_budget
for currency, amount in sorted(calculate(budgets, account, begin, end).items()):
    print(amount, currency)
