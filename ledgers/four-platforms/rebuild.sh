#!/bin/sh
# Builds this ledger anew, as its finance team would have typed it, in a folder that is not there yet:
#   sh ledgers/four-platforms/rebuild.sh DIR
# Every command is given its day, so the ledger is the same bytes whenever it is built.
set -eu
from=$(cd "$(dirname "$0")" && pwd)

respend init "$1" --name "Alder Bedding, 2022 (illustrative)" --currency USD --today 2022-01-03
cp -R "$from/exports" "$from/notices" "$from/scenarios" "$1"
cd "$1"

# January: the plans, and the rates of the European Central Bank.
respend budget add --line google-2022 --period 2022 --platform google --amount 146000 --basis given \
  --recorded-by controller --today 2022-01-03
respend budget add --line meta-2022 --period 2022 --platform meta --amount 109500 --basis given \
  --recorded-by controller --today 2022-01-03
respend budget add --line linkedin-2022 --period 2022 --platform linkedin --amount 54750 --currency EUR --basis given \
  --recorded-by controller --today 2022-01-03
respend budget add --line x-2022 --period 2022 --platform x --amount 73000 --basis given \
  --recorded-by controller --today 2022-01-03

# March: X bans the company; an order for X is open.
respend ban add --platform x --from 2022-03-01 --id x-ban-2022-03 --reason "health claims" --notified 2022-03-01 \
  --evidence notices/x-2022-03-01.txt --recorded-by controller --today 2022-03-02
respend encumbrance add --line x-2022 --reference IO-118 --date 2022-03-20 --amount 1200 \
  --recorded-by controller --today 2022-03-02

# May: what was spent up to April; Meta stops one campaign, a quarter of what ran there.
respend rates import exports/eurofxref-hist.csv --today 2022-05-01
respend import exports/google-2022-01-bis-04.csv --account 481-220-7731 --today 2022-05-01
respend import exports/meta-2022-01-a-04.csv --account act_20220131 --today 2022-05-01
respend import exports/linkedin-2022-01-to-04.csv --today 2022-05-01
respend import exports/x-2022-01-to-03.csv --account alderbedding --currency USD --exported 2022-05-01 --today 2022-05-01
respend ban add --platform meta --campaign 23850111222330003 --from 2022-04-01 --share 0.25 --id meta-ban-2022-04 \
  --reason "supplements" --evidence notices/meta-2022-04-01.txt --recorded-by controller --today 2022-05-01

# Where the money may go is written into ledger.toml by hand; then it is proposed, approved, pledged and paid.
sed -n '/^\[\[destination/,$p' "$from/ledger.toml" >> ledger.toml
respend redirect propose --policy x-money --date 2022-04-30 --write --by controller --today 2022-05-02
respend redirect approve eff-2022-04-05895c google-2022-04-e6293d contingency-2022-04-0e1507 --by cfo --today 2022-05-04
respend redirect pledge eff-2022-04-05895c --by cfo --today 2022-05-05
respend hold add --platform x --from 2022-05-15 --until 2022-10-01 --id x-hold-2022-05 \
  --reason "no X before the autumn collection, ban or no ban" --recorded-by controller --today 2022-05-13
respend redirect pay eff-2022-04-05895c --amount 10000 --reference wire-0520 --by treasury --today 2022-05-20
respend redirect pay google-2022-04-e6293d contingency-2022-04-0e1507 --by treasury --today 2022-05-31

# June: the letter for the first payment; a second one from the account in euros, for which the donation says that it
# received 4,200 dollars; and other plans for the second half.
respend redirect acknowledge eff-2022-04-05895c --reference wire-0520 --by controller --today 2022-06-10
respend redirect pay eff-2022-04-05895c --amount 4000 --currency EUR --settles 4200 --reference wire-0615 \
  --by treasury --today 2022-06-15
respend ban lift meta-ban-2022-04 --until 2022-08-01 --recorded-by controller --today 2022-06-20
respend budget amend --line google-2022 --by 9200 --effective 2022-07-01 --basis given \
  --recorded-by controller --today 2022-06-20
respend budget transfer --from google-2022 --to meta-2022 --amount 4600 --effective 2022-07-01 --reference board-2022-06 \
  --recorded-by controller --today 2022-06-20
respend encumbrance add --line google-2022 --reference PO-31 --date 2022-09-15 --amount 5000 \
  --recorded-by controller --today 2022-06-20

# July: what was spent in May and June.
respend import exports/google-2022-05-bis-06.csv --account 481-220-7731 --today 2022-07-01
respend import exports/meta-2022-05-a-06.csv --account act_20220131 --today 2022-07-01
respend import exports/linkedin-2022-05-to-06.csv --today 2022-07-01
