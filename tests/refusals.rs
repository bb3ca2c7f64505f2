//! What is refused, word for word: the exit code, what is said, and that the folder stays as it was, byte for byte.
#![cfg(unix)] // what the system itself says has other words elsewhere

mod desk;

use desk::Desk;

/// A ledger without the columns it does not need, with a plan, a ban, spend in January, and one redirection that is proposed and one that is approved.
fn books() -> Desk {
    let desk = Desk::new();
    desk.write("books/ledger.toml", LEDGER);
    desk.write("books/budgets.csv", BUDGETS);
    desk.write("books/restrictions.csv", RESTRICTIONS);
    desk.write("books/redirections.csv", REDIRECTIONS);
    desk.write("january.csv", JANUARY);
    desk.done(&["--ledger", "books", "--today", "2018-03-31", "import", "january.csv"]);
    for (file, text) in EXPORTS {
        desk.write(file, text);
    }
    desk
}

const LEDGER: &str = r#"format = 1
name = "Books"
currency = "USD"

[[destination]]
id = "eff"
kind = "donation"

[[destination]]
id = "meta"
kind = "platform"

[[policy]]
id = "half"
[[policy.to]]
destination = "eff"
share = "50%"
"#;

const BUDGETS: &str = "\
line,entry,period,platform,currency,amount,effective,recorded,basis,reference
x-2018,original,2018,x,USD,94500.00,,,given,
eu-2018,original,2018,google,EUR,1000.00,,,given,
";

const RESTRICTIONS: &str = "\
id,kind,platform,account,campaign,from,until,recorded
x-ban,ban,x,,,2018-02-01,,2018-02-03
";

const REDIRECTIONS: &str = "\
id,event,date,recorded,line,destination,amount,by
eff-1,proposed,2018-04-20,2018-04-20,x-2018,eff,1000.00,ann
eff-2,proposed,2018-04-20,2018-04-20,x-2018,eff,500.00,ann
eff-2,approved,2018-04-21,2018-04-21,x-2018,eff,,bob
meta-1,proposed,2018-04-20,2018-04-20,x-2018,meta,200.00,ann
";

const JANUARY: &str = "\
Day,Platform,Account,Campaign,Currency,Spend
2018-01-01,x,acme,one,USD,100.00
2018-01-30,x,acme,one,USD,70.00
2018-01-30,x,acme,two,USD,30.00
";

const EXPORTS: &[(&str, &str)] = &[
    ("narrow.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-30,x,acme,one,USD,70.00\n"),
    ("raised.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-01,x,acme,one,USD,101.00\n"),
    ("lowered.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-01,x,acme,one,USD,99.00\n"),
    ("unknown.csv", "When,How much\n2018-01-05,3\n"),
    ("platform.csv", "Day,Campaign,Currency,Spend\n2018-01-05,one,USD,3.50\n"),
    ("currency.csv", "Day,Platform,Account,Campaign,Spend\n2018-01-05,x,acme,one,3.50\n"),
    ("days.csv", "Day,Platform,Account,Campaign,Currency,Spend\n01/02/2018,x,acme,one,USD,3.50\n"),
    ("decimals.csv", "Day;Platform;Account;Campaign;Currency;Spend\n2018-01-05;x;acme;one;USD;1.234\n"),
    ("total.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,acme,one,USD,3.50\nTotal,,,,USD,4.50\n"),
    ("cut.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,acme,one,USD,3.50\n2018-01-06,x,ac"),
    ("page.csv", "<!DOCTYPE html><title>Log in</title>\n"),
    ("empty.csv", ""),
    ("plan.csv", "line,period,platform,currency,amount,basis\n# agreed in March\n\nm,2018,meta,USD,12x,given\n"),
    ("twice.csv", "line,period,platform,currency,amount,basis\nm,2018,meta,USD,1,given\nm,2018,meta,USD,1,given\n"),
];

const WELL_WRITTEN: &str = r#"title = "Radio"
platform = "radio"
unit = "currency"
[columns]
day = ["Tag"]
spend = ["Kosten"]
campaign = ["Spot"]
[[proof]]
all = ["Spot"]
"#;

/// What is typed, what stands elsewhere in the ledger then, and what comes of it.
struct Case {
    typed: &'static str,
    files: &'static [(&'static str, &'static str)],
    code: i32,
    said: &'static str,
}

const fn case(typed: &'static str, code: i32, said: &'static str) -> Case {
    Case { typed, files: &[], code, said }
}

const fn with(
    files: &'static [(&'static str, &'static str)],
    typed: &'static str,
    code: i32,
    said: &'static str,
) -> Case {
    Case { typed, files, code, said }
}

const CASES: &[Case] = &[
    // the command line
    case(
        "--ledger books report 2018 --colour",
        2,
        "\
         error: unexpected argument '--colour' found\n\
         \n\
         \x20 tip: a similar argument exists: '--color'\n\
         \n\
         Usage: respend report --color <COLOR> <PERIOD>\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "report",
        2,
        "\
         error: the following required arguments were not provided:\n\
         \x20 <PERIOD>\n\
         \n\
         Usage: respend report <PERIOD>\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books report 2018-13",
        2,
        "\
         error: `2018-13` is not a period; write 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10\n",
    ),
    case(
        "--ledger books --as-of 2018-02-30 report 2018",
        2,
        "\
         error: invalid value '2018-02-30' for '--as-of <DAY>': `2018-02-30` is not in the calendar\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books --as-known noon report 2018",
        2,
        "\
         error: invalid value 'noon' for '--as-known <DAY>': `noon` is not a moment in UTC; write 2018-04-20T09:30:00Z, or a day alone\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books --format xlsx report 2018",
        2,
        "\
         error: an xlsx file is not for the screen\n\
         hint: say where it goes with --output FILE\n",
    ),
    case(
        "--ledger books --output none/report.txt report 2018",
        2,
        "\
         error: cannot write `none/report.txt`: `none` is no folder\n\
         hint: make the folder, or name another\n",
    ),
    case(
        "--ledger books budget amend --line x-2018 --by 1 --to 2",
        2,
        "\
         error: the argument '--by <BY>' cannot be used with '--to <TO>'\n\
         \n\
         Usage: respend budget amend --line <LINE> --by <BY>\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books redirect propose --write",
        2,
        "\
         error: the following required arguments were not provided:\n\
         \x20 --by <NAME>\n\
         \n\
         Usage: respend redirect propose --write --by <NAME>\n\
         \n\
         For more information, try '--help'.\n",
    ),
    // no ledger, or none that can be read
    case(
        "report 2018",
        2,
        "\
         error: there is no ledger here: neither this folder nor one above it has a ledger.toml\n\
         hint: make one with `respend init DIR --name NAME --currency USD`, or name one with --ledger DIR\n",
    ),
    case(
        "--ledger none report 2018",
        2,
        "\
         error: `none` is no ledger: it has no ledger.toml\n\
         hint: make one with `respend init DIR --name NAME --currency USD`, or name one with --ledger DIR\n",
    ),
    case(
        "--ledger january.csv report 2018",
        2,
        "\
         error: `january.csv` is no ledger: it has no ledger.toml\n\
         hint: make one with `respend init DIR --name NAME --currency USD`, or name one with --ledger DIR\n",
    ),
    case(
        "init books --name N --currency USD",
        1,
        "\
         error: `books` is a ledger already\n\
         hint: choose another folder\n",
    ),
    case(
        "init new --name N --currency XXY",
        2,
        "\
         error: invalid value 'XXY' for '--currency <CURRENCY>': `XXY` is not a currency code of ISO 4217; write one like `USD`\n\
         \n\
         For more information, try '--help'.\n",
    ),
    with(
        &[("books/ledger.toml", "format = 2\n")],
        "--ledger books report 2018",
        2,
        "\
         error: ledger.toml:1:10: format = 2 is newer than this program, which reads format 1; use a respend that knows format 2\n",
    ),
    with(
        &[("books/ledger.toml", "format = 1\nname = \"B\"\ncurrency = \"USX\"\nprovisional_days = -1\n")],
        "--ledger books report 2018",
        2,
        "\
         error: ledger.toml:3:12: currency: `USX` is not a currency code of ISO 4217; write one like `USD`\n\
         error: ledger.toml:4:20: provisional_days: -1 is not a number of days; write 0 to 366\n",
    ),
    with(
        &[("books/ledger.toml", "format = 1\nname = \"B\"\ncurrency = \"USD\"\nfiscal_year_start = \"04-01\"\n")],
        "--ledger books report 2018",
        2,
        "\
         error: ledger.toml:4:21: a fiscal year that starts on 04-01 needs a name; add fiscal_year_named_by = \"start\" or \"end\"\n",
    ),
    with(
        &[
            (
                "books/budgets.csv",
                "line,entry,period,platform,currency,amount,effective,basis\na,original,2018,x,USD,12x,,given\nb,original,2018-99,zzz,USX,1,2018-02-30,guess\n",
            ),
            (
                "books/restrictions.csv",
                "id,kind,platform,from,until,recorded\nr,bann,x,2018-02-01,,\nr,ban,x,2018-02-01,2018-01-01,yesterday\n",
            ),
        ],
        "--ledger books report 2018",
        2,
        "\
         error: budgets.csv:2:23: amount: `12x` is not a plain decimal; write it like 1234.50, without thousands separators or signs of currency\n\
         error: budgets.csv:3:12: period: `2018-99` is not a period; write 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10\n\
         error: budgets.csv:3:24: currency: `USX` is not a currency code of ISO 4217; write one like `USD`\n\
         error: budgets.csv:3:30: effective: `2018-02-30` is not in the calendar\n\
         error: budgets.csv:3:41: basis: `guess` is no basis; write given, prior-year-actual, run-rate, forecast\n\
         error: restrictions.csv:2:3: kind: `bann` is no kind of restriction; write ban, hold\n\
         error: restrictions.csv:3:20: until: `2018-01-01` is not after 2018-02-01, the day it begins; until is the first day ads may run again\n\
         error: restrictions.csv:3:31: recorded: `yesterday` is not a moment in UTC; write 2018-04-20T09:30:00Z, or a day alone\n",
    ),
    with(
        &[
            (
                "books/budgets.csv",
                "line,entry,period,platform,currency,amount,effective,basis\na,original,2018,zzz,USD,1,,given\n",
            ),
            ("books/redirections.csv", ""),
        ],
        "--ledger books ban add --platform x --from 2018-05-01",
        2,
        "\
         error: budgets.csv:2:1: `zzz` is no platform this ledger knows; known are google, meta, x, linkedin, microsoft, tiktok, pinterest, snapchat, reddit, amazon, dv360, cm360, trade-desk, apple, yandex, vk, taboola, outbrain, criteo; to use another, name one of its accounts in ledger.toml: [accounts.\"zzz/<account>\"]\n\
         error: redirections.csv:1:1: the file has no header row; begin it with `id,event,date,recorded,policy,line,destination,currency,amount,by,reference,condition,from,paid_currency,paid_amount,note`\n",
    ),
    with(
        &[("books/budgets.csv", "line,entry,period,platform,currency,amount,cost centre,basis\n")],
        "--ledger books budget list",
        2,
        "\
         error: budgets.csv:1:44: `cost centre` is no column of budgets.csv; its columns are line, entry, period, platform, account, campaign, currency, amount, effective, recorded, by, basis, reference, note; name a column of your own `x_cost centre`\n",
    ),
    with(
        &[("books/budgets.csv", "line,entry\n\"a,b\n")],
        "--ledger books budget list",
        2,
        "\
         error: budgets.csv:1:1: the header lacks `period`, `platform`, `currency`, `amount`, `basis`; add the column\n",
    ),
    with(
        &[(
            "books/redirections.csv",
            "id,event,date,recorded,line,destination,amount,by\ne,approved,2018-04-21,2018-04-21,x-2018,eff,,bob\n",
        )],
        "--ledger books redirect list",
        2,
        "\
         error: redirections.csv:2:1: redirection `e`: `approved` without a proposal before it; the first event of a redirection is `proposed`\n",
    ),
    with(
        &[(
            "books/ledger.toml",
            "format = 1\nname = \"B\"\ncurrency = \"USD\"\n\n[[destination]]\nid = \"eff\"\nkind = \"donation\"\n\n[[policy]]\nid = \"p\"\n[[policy.to]]\ndestination = \"eff\"\namount = \"10\"\nmin = \"20\"\n",
        )],
        "--ledger books report 2018",
        2,
        "\
         error: ledger.toml:12:15: `eff` has a min and no share; a named amount is its own minimum; leave min out\n",
    ),
    // the plan
    case(
        "--ledger books budget add --line x-2018 --period 2019 --platform x --amount 1 --basis given",
        1,
        "\
         error: there is a plan line `x-2018` already\n\
         hint: amend it with `respend budget amend`, or choose another id\n",
    ),
    case(
        "--ledger books budget add --line x-2 --period 2018-03 --platform x --amount 1 --basis given",
        1,
        "\
         error: line `x-2` (x) overlaps line `x-2018` (x, budgets.csv:2:1) on 2018-03-01..2018-03-31; their spend would count twice\n\
         hint: split the wider line so that no spend is on both\n",
    ),
    case(
        "--ledger books budget add --line new --period 2018 --platform myspace --amount 1 --basis given",
        1,
        "\
         error: `myspace` is no platform this ledger knows\n\
         hint: known are google, meta, x, linkedin, microsoft, tiktok, pinterest, snapchat, reddit, amazon, dv360, cm360, trade-desk, apple, yandex, vk, taboola, outbrain, criteo; to use another, name one of its accounts in ledger.toml: [accounts.\"myspace/<account>\"]\n",
    ),
    case(
        "--ledger books budget add --line new --period 2018 --platform meta --amount 1.005 --basis given",
        1,
        "\
         error: `1.005` has more than 2 decimals\n",
    ),
    case(
        "--ledger books budget add --line new --period 2018 --platform meta --amount 1,000 --basis given",
        1,
        "\
         error: `1,000` is not a plain decimal; write it like 1234.50, without thousands separators or signs of currency\n",
    ),
    case(
        "--ledger books budget add --line New --period 2018 --platform meta --amount 1 --basis given",
        2,
        "\
         error: invalid value 'New' for '--line <LINE>': `New` is not an id; use small letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books budget add --line new --period 2018 --platform meta --amount 1 --basis hope",
        2,
        "\
         error: invalid value 'hope' for '--basis <BASIS>': `hope` is no basis; write given, prior-year-actual, run-rate, forecast\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books budget amend --line none --by 1",
        1,
        "\
         error: there is no plan line `none`\n\
         hint: the lines are eu-2018, x-2018\n",
    ),
    case(
        "--ledger books budget amend --line x-2018 --by -90000 --effective 2018-07-01",
        1,
        "\
         error: line `x-2018` is 4,500.00 USD from 2018-07-01 on, but 46,861.64 of it is planned for the days before\n\
         hint: at most 47,638.36 USD can be taken away from that day on\n",
    ),
    case(
        "--ledger books budget amend --line x-2018 --to -5 --effective 2018-07-01",
        1,
        "\
         error: line `x-2018` is -5.00 USD from 2018-07-01 on, but 46,861.64 of it is planned for the days before\n\
         hint: at most 47,638.36 USD can be taken away from that day on\n",
    ),
    case(
        "--ledger books budget amend --line x-2018 --by 1 --effective 2019-01-01",
        1,
        "\
         error: effective: 2019-01-01 is after the last day of line `x-2018`, 2018-12-31\n\
         hint: date it inside the line's period, or enter it on a line of the next period\n",
    ),
    case(
        "--ledger books budget transfer --from x-2018 --to eu-2018 --amount 1",
        1,
        "\
         error: line `x-2018` is in USD and line `eu-2018` in EUR\n\
         hint: what moves between lines stays in one currency; amend both lines instead\n",
    ),
    case(
        "--ledger books budget transfer --from x-2018 --to x-2018 --amount 1",
        1,
        "\
         error: a line cannot give to itself\n\
         hint: name two lines\n",
    ),
    case(
        "--ledger books budget transfer --from x-2018 --to none --amount 1",
        1,
        "\
         error: there is no plan line `none`\n\
         hint: the lines are eu-2018, x-2018\n",
    ),
    case(
        "--ledger books budget import none.csv",
        2,
        "\
         error: cannot read `none.csv`: No such file or directory (os error 2)\n\
         hint: name a CSV file in UTF-8 with the columns of budgets.csv\n",
    ),
    case(
        "--ledger books budget import plan.csv",
        1,
        "\
         error: plan.csv:4: amount: `12x` is not a plain decimal; write it like 1234.50, without thousands separators or signs of currency\n",
    ),
    case(
        "--ledger books budget import empty.csv",
        1,
        "\
         error: `empty.csv` holds no entries\n\
         hint: give it a header row and a row an entry\n",
    ),
    case(
        "--ledger books budget import january.csv",
        1,
        "\
         error: `Day` is no column of budgets.csv\n\
         hint: its columns are line, entry, period, platform, account, campaign, currency, amount, effective, recorded, by, basis, reference, note, and your own, named `x_…`\n",
    ),
    case(
        "--ledger books budget import twice.csv",
        1,
        "\
         error: twice.csv:3: line `m` has a second original entry\n\
         hint: enter a change as an amendment, or give the new plan a line id of its own\n",
    ),
    case(
        "--ledger books encumbrance release --line x-2018 --reference none",
        1,
        "\
         error: there is no order `none` on line `x-2018`\n\
         hint: the line has no orders\n",
    ),
    case(
        "--ledger books encumbrance add --line none --reference po-1 --date 2018-01-05 --amount 1",
        1,
        "\
         error: there is no plan line `none`\n\
         hint: the lines are eu-2018, x-2018\n",
    ),
    // restrictions
    case(
        "--ledger books ban add --platform x --from 2018-03-01 --id x-ban",
        1,
        "\
         error: there is a restriction `x-ban` already\n\
         hint: ids are never used again; choose another, or lift that one\n",
    ),
    case(
        "--ledger books ban add --platform myspace --from 2018-03-01",
        1,
        "\
         error: `myspace` is no platform this ledger knows\n\
         hint: known are google, meta, x, linkedin, microsoft, tiktok, pinterest, snapchat, reddit, amazon, dv360, cm360, trade-desk, apple, yandex, vk, taboola, outbrain, criteo; to use another, name one of its accounts in ledger.toml: [accounts.\"myspace/<account>\"]\n",
    ),
    case(
        "--ledger books ban add --platform x --from 2018-03-01 --until 2018-03-01 --id new",
        1,
        "\
         error: until: `2018-03-01` is not after 2018-03-01, the day it begins\n\
         hint: until is the first day ads may run again\n",
    ),
    case(
        "--ledger books ban add --platform x --from 2018-02-01 --account acme --campaign two --id new",
        1,
        "\
         error: ban `new` on x/acme/two is narrower than plan line `x-2018` (x) and has no share\n\
         hint: add the share; in the 365 days before 2018-02-01 it was 0.15\n",
    ),
    case(
        "--ledger books ban add --platform x --from 2018-03-01 --share 1.5",
        2,
        "\
         error: invalid value '1.5' for '--share <SHARE>': `1.5` is not a share; write a part of the whole above 0 and at most 1, like 0.35 or 35%\n\
         \n\
         For more information, try '--help'.\n",
    ),
    case(
        "--ledger books ban add --platform x --from 2018-03-01 --evidence none.txt",
        2,
        "\
         error: cannot read `none.txt`: No such file or directory (os error 2)\n",
    ),
    case(
        "--ledger books ban add --platform x --from 2018-03-01 --recorded-by ann",
        1,
        "\
         error: restrictions.csv has no column `by`, which this entry needs\n\
         hint: add `by` to its header, and a cell to each of its rows, empty where there is nothing to say\n",
    ),
    case(
        "--ledger books ban lift none --until 2018-05-01",
        1,
        "\
         error: there is no ban `none`\n\
         hint: the bans are x-ban\n",
    ),
    case(
        "--ledger books hold lift x-ban --until 2018-05-01",
        1,
        "\
         error: there is no hold `x-ban`\n\
         hint: there are no holds\n",
    ),
    // exports
    case(
        "--ledger books inspect none.csv",
        2,
        "\
         error: cannot read `none.csv`: No such file or directory (os error 2)\n\
         hint: name a file that exists and may be read\n",
    ),
    case(
        "--ledger books import books",
        2,
        "\
         error: cannot read `books`: it is a folder\n\
         hint: name a file that exists and may be read\n",
    ),
    case(
        "--ledger books import unknown.csv",
        1,
        "\
         error: unknown.csv:1: no header is known to be spend; the headers found are: When, How much [spend_column_unknown]\n\
         hint: add the cost or spend column to the report and export it again, or say --spend-column with its header; files of a kind not known yet are described once in a profile of your own (docs/profiles.md)\n",
    ),
    case(
        "--ledger books import platform.csv",
        1,
        "\
         error: platform.csv: nothing proves which platform this file is from; its headers are: Day, Campaign, Currency, Spend [profile_unknown]\n\
         hint: say --profile generic with --platform, --currency and --unit, or describe such files once in a profile of your own (docs/profiles.md)\n",
    ),
    case(
        "--ledger books import currency.csv",
        1,
        "\
         error: currency.csv: nothing in the file says in which currency its money is [currency_unknown]\n\
         error: currency.csv: nothing proves whether the amounts under `Spend` are in units of the currency or in millionths of it [unit_unknown]\n\
         hint: say --currency with the account's currency, such as --currency USD\n\
         hint: compare one figure with the account; then say --unit currency or --unit micros\n",
    ),
    case(
        "--ledger books import days.csv",
        1,
        "\
         error: days.csv:2: `01/02/2018` may have the day or the month first, and no other day in the file tells [day_order_unknown]\n\
         hint: say --day-order dmy (day first) or --day-order mdy (month first)\n",
    ),
    case(
        "--ledger books import decimals.csv",
        1,
        "\
         error: decimals.csv:2: `1.234` may be a thousand or a fraction, and no other amount in the file tells [decimal_mark_unknown]\n\
         hint: say --decimal point or --decimal comma\n",
    ),
    case(
        "--ledger books import total.csv",
        1,
        "\
         error: total.csv:3: `Total` says 4.50 USD, but the rows add up to 3.50 USD; the difference is 1.00 [total_mismatch]\n\
         hint: rows are missing or were changed: download the report again and import it without editing it; if it was filtered, export it without the filter or without the total row\n",
    ),
    case(
        "--ledger books import cut.csv",
        1,
        "\
         error: cut.csv:3: the row has 3 cells, the header 6; it is the last one, so the file seems to be cut off [truncated]\n\
         hint: download the report again from the platform\n",
    ),
    case(
        "--ledger books import page.csv",
        1,
        "\
         error: page.csv: the file is a web page or XML, perhaps a login or error page saved under the report's name, not delimited text [not_text]\n\
         hint: log in to the platform and export the report again as .csv\n",
    ),
    case(
        "--ledger books import empty.csv",
        1,
        "\
         error: empty.csv: the file is empty [no_rows]\n\
         hint: export the report again for a period with spend\n",
    ),
    case(
        "--ledger books import platform.csv --platform myspace",
        1,
        "\
         error: platform.csv: nothing proves whether the amounts under `Spend` are in units of the currency or in millionths of it [unit_unknown]\n\
         hint: compare one figure with the account; then say --unit currency or --unit micros\n",
    ),
    case(
        "--ledger books import january.csv --profile none",
        1,
        "\
         error: january.csv: there is no profile `none` [profile_unknown]\n\
         hint: `respend profiles` lists them\n",
    ),
    case(
        "--ledger books --today 2018-04-01 import narrow.csv",
        1,
        "\
         error: narrow.csv: campaign `two` of x/acme on 2018-01-30, known before, is not in this export although it covers the account and the day [absent_cells]\n\
         hint: say --absent keep if this export is narrower (a part of the campaigns), or --absent gone if it is complete and they are gone\n",
    ),
    case(
        "--ledger books --today 2018-04-01 import raised.csv --absent keep",
        1,
        "\
         error: raised.csv: campaign `one` on 2018-01-01 was 100.00 USD and final, and is 101.00 USD in this export [restated_final]\n\
         hint: say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing\n",
    ),
    case(
        "--ledger books --today 2018-01-02 import lowered.csv --absent keep",
        1,
        "\
         error: lowered.csv: campaign `one` on 2018-01-01 was 100.00 USD and final, and is 99.00 USD in this export [restated_final]\n\
         hint: say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing\n",
    ),
    // profiles
    case(
        "profiles show googel-ads-ui",
        1,
        "\
         error: there is no profile `googel-ads-ui`\n\
         hint: perhaps google-ads-ui; `respend profiles` lists them all\n",
    ),
    case(
        "profiles show banana",
        1,
        "\
         error: there is no profile `banana`\n\
         hint: `respend profiles` lists them\n",
    ),
    with(
        &[
            (
                "books/profiles/house.toml",
                "title = \"House ads\"\nunit = \"cents\"\n\n[columns]\nspend = [\"Kosten\"]\n\n[ids]\nstrip_prefix = [\"act_\"]\n",
            ),
            ("books/profiles/radio.toml", "title = \"Radio\nplatform = \"radio\"\n"),
        ],
        "--ledger books inspect january.csv",
        2,
        "\
         error: profiles/house.toml:1:1: no [[proof]] says how its files are told from others; add [[proof]] with headers that only they have: all = [\"…\", \"…\"]\n\
         error: profiles/house.toml:2:8: `unit`: `cents` is none of currency, micros\n\
         error: profiles/house.toml:4:1: `columns` names none of `day`, `period_start` and `month`; add day = [\"…\"], the header of the days\n\
         error: profiles/house.toml:4:1: neither `platform` nor `columns.platform` says where the ads ran; add platform = \"…\" above the sections, or platform = [\"…\"] where a column says it\n\
         error: profiles/house.toml:8:1: `strip_prefix` is no key of [ids]; perhaps `strip_prefixes`; its keys are `strip_prefixes`, `strip_brackets`, `last_of_path`\n\
         error: profiles/radio.toml:1:15: this is not TOML: invalid basic string, expected `\"`; correct it\n\
         hint: docs/profiles.md says what a profile holds\n",
    ),
    with(
        &[("books/profiles/Radio.toml", WELL_WRITTEN)],
        "--ledger books profiles",
        2,
        "\
         error: profiles/Radio.toml:1:1: `Radio` is no name of a profile; give the file a name of small letters, digits, `.`, `_` and `-`, such as house-ads.toml\n\
         hint: docs/profiles.md says what a profile holds\n",
    ),
    with(
        &[("books/profiles/radio.toml", "title = 3\nplatform = \"radio\"\n[[columns]]\nday = \"Tag\"\n")],
        "--ledger books import january.csv",
        2,
        "\
         error: profiles/radio.toml:1:1: no [[proof]] says how its files are told from others; add [[proof]] with headers that only they have: all = [\"…\", \"…\"]\n\
         error: profiles/radio.toml:1:9: `title` is a number; write title = \"…\"\n\
         error: profiles/radio.toml:3:1: `columns` is a list; write [columns] and its keys below\n\
         hint: docs/profiles.md says what a profile holds\n",
    ),
    // redirections
    case(
        "--ledger books redirect propose --policy none",
        1,
        "\
         error: there is no policy `none`\n\
         hint: the policies are half\n",
    ),
    case(
        "--ledger books redirect propose --date 2018-04-30 --write --by ann",
        1,
        "\
         error: plan line `eu-2018` has open days that no import covers: 2018-01-01..2018-04-30\n\
         error: plan line `x-2018` has open days that no import covers: 2018-01-31\n\
         hint: import the exports of those days, or say --allow-uncovered; spend in them lowers what is free\n",
    ),
    case(
        "--ledger books redirect approve none --by bob",
        1,
        "\
         error: there is no redirection `none`\n\
         hint: the redirections are eff-1, eff-2, meta-1\n",
    ),
    case(
        "--ledger books redirect approve eff-1 --by ann --date 2018-04-21",
        1,
        "\
         error: redirection `eff-1`: approved by ann, who is not someone other than the proposer\n\
         hint: let somebody else approve, or set four_eyes = false in ledger.toml\n",
    ),
    case(
        "--ledger books redirect approve eff-1 --by bob --date 2018-04-19",
        1,
        "\
         error: redirection `eff-1`: `approved` without a proposal before it\n\
         hint: the first event of a redirection is `proposed`\n",
    ),
    case(
        "--ledger books redirect approve eff-1 --by bob --amount 1000.01 --date 2018-04-21",
        1,
        "\
         error: redirection `eff-1`: 1,000.01 USD is more than the 1,000.00 proposed\n\
         hint: give at most 1000.00, or no amount for all of it\n",
    ),
    case(
        "--ledger books redirect approve eff-1 --by bob --amount -5 --date 2018-04-21",
        1,
        "\
         error: redirection `eff-1`: an event's amount is not below zero\n\
         hint: what came back is a `refunded` event\n",
    ),
    case(
        "--ledger books redirect approve meta-1 --by bob --date 2018-04-21",
        1,
        "\
         error: meta has no plan line in USD that is open on 2018-04-21, to take what redirection `meta-1` brings\n\
         hint: add one with `respend budget add`, if need be with --amount 0\n",
    ),
    case(
        "--ledger books redirect pledge eff-1 --by bob --date 2018-04-21",
        1,
        "\
         error: redirection `eff-1`: `pledged` is not possible: it is proposed\n\
         hint: have it approved first\n",
    ),
    case(
        "--ledger books redirect pay eff-2 --by bob --date 2018-04-22",
        1,
        "\
         error: redirection `eff-2`: `paid` is not possible: it is approved\n\
         hint: pledge it first\n",
    ),
    case(
        "--ledger books redirect acknowledge eff-2 --by bob --date 2018-04-22",
        1,
        "\
         error: redirection `eff-2`: `acknowledged` without a payment before it\n\
         hint: record the payment first\n",
    ),
    case(
        "--ledger books redirect approve eff-2 --by cat --date 2018-04-22",
        1,
        "\
         error: redirection `eff-2`: `approved` is not possible: it is approved\n\
         hint: it is approved once\n",
    ),
    case(
        "--ledger books redirect approve eff-1 eff-2 --by cat --date 2018-04-22",
        1,
        "\
         error: redirection `eff-2`: `approved` is not possible: it is approved\n\
         hint: it is approved once\n",
    ),
];

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let mut wrong = Vec::new();
    for Case { typed, files, code, said } in CASES {
        let desk = books();
        for (file, text) in *files {
            desk.write(file, text);
        }
        let before = desk.tree();
        let words: Vec<&str> = typed.split(' ').collect();
        let ran = desk.run(&words);
        if (ran.code, ran.stderr.as_str()) != (*code, *said) {
            wrong.push(format!("respend {typed}\nexit {}\n{}", ran.code, ran.stderr));
        }
        assert!(desk.tree() == before, "`respend {typed}` changed the folder");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
