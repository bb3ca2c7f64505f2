//! Spend is read back quickly, and the same: held to a reading that does everything one row at a time.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Books, Spend};
use proptest::prelude::*;
use respend::calendar::Dated;
use respend::ledger::{Absent, Ledger};
use respend::statement::{SpendBy, spend_by};
use respend::{Cost, Currency, Money, Platform};

const ACCOUNTS: [&str; 4] = ["x/1-2", "x/12", "x/b", "meta/Alias"];
const CAMPAIGNS: [&str; 3] = ["one", "two", "two 2"];

#[derive(Clone, Debug)]
struct Row {
    account: usize,
    campaign: usize,
    /// Days from 2018-03-01; months of campaigns that are known by month.
    at: u32,
    is_month: bool,
    in_eur: bool,
    nanos: i64,
}

#[derive(Clone, Debug)]
struct Import {
    rows: Vec<Row>,
    recorded: u32,
    is_complete: bool,
}

fn imports() -> impl Strategy<Value = Vec<Import>> {
    let nanos = prop_oneof![-30_000_000_i64..30_000_000, -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000];
    let row = (0usize..4, 0usize..3, 0u32..75, prop::bool::weighted(0.1), prop::bool::weighted(0.2), nanos).prop_map(
        |(account, campaign, at, is_month, in_eur, nanos)| Row { account, campaign, at, is_month, in_eur, nanos },
    );
    let import = (prop::collection::vec(row, 1..60), 1u32..9, any::<bool>())
        .prop_map(|(rows, recorded, is_complete)| Import { rows, recorded, is_complete });
    prop::collection::vec(import, 1..5)
}

fn books(imports: &[Import]) -> Books {
    let books = Books::new()
        .setting("fiscal_year_start = \"04-06\"\nfiscal_year_named_by = \"start\"")
        .table("[accounts.\"meta/main\"]\naliases = [\"Alias\"]");
    imports.iter().fold(books, |books, import| {
        let spend = Spend::of("2018-03-01..2018-05-31").recorded(&format!("2019-01-0{}", import.recorded));
        let spend = if import.is_complete { spend.complete() } else { spend };
        let mut rows = BTreeMap::new();
        for row in &import.rows {
            let (month, day) = (3 + row.at / 28, 1 + row.at % 28);
            let (date, known) = match row.is_month {
                true => (format!("2018-{month:02}"), "by month"),
                false => (format!("2018-{month:02}-{day:02}"), CAMPAIGNS[row.campaign]),
            };
            let currency = if row.in_eur { "EUR" } else { "USD" };
            rows.insert((date, format!("{}/{known}", ACCOUNTS[row.account]), currency), row.nanos);
        }
        books.spend(rows.into_iter().fold(spend, |spend, ((date, campaign, currency), nanos)| {
            let cost = Cost::from_nanos(nanos.into(), currency.parse().unwrap()).unwrap();
            spend.row(&date, &campaign, &format!("{cost} {currency}"))
        }))
    })
}

type Account = (Platform, String, Currency);
/// The campaigns of a day or month, with their cost and their rows.
type Campaigns = BTreeMap<(Account, String), (Cost, u64)>;
type Groups = BTreeMap<(Vec<String>, Currency), (Money, u64)>;

/// Reads the rollups of a ledger a row at a time, sums exactly, and rounds each account's running sum.
fn slowly(ledger: &Ledger, last: respend::Day, by: &[SpendBy]) -> Groups {
    let mut days: BTreeMap<Dated, Campaigns> = BTreeMap::new();
    let mut taken: BTreeSet<(Dated, Platform, String, String)> = BTreeSet::new();
    let mut closed: BTreeSet<(Dated, Platform, String)> = BTreeSet::new();
    let all_days: BTreeSet<Dated> =
        ledger.imports(None).iter().flat_map(|import| rows(ledger, import.id.as_str())).map(|row| row.0).collect();
    for import in ledger.imports(None).into_iter().rev() {
        let mut seen = Vec::new();
        for (day, platform, account, campaign, cost, count) in rows(ledger, import.id.as_str()) {
            let account = ledger.account_spelling(&platform, &account);
            let campaign_day = (day, platform.clone(), account.clone(), campaign.clone());
            if taken.contains(&campaign_day) || closed.contains(&(day, platform.clone(), account.clone())) {
                continue;
            }
            seen.push(campaign_day);
            let at = ((platform, account, cost.currency()), campaign);
            let sum = days.entry(day).or_default().entry(at).or_insert((Cost::zero(cost.currency()), 0));
            *sum = (sum.0.plus(cost).unwrap(), sum.1 + count);
        }
        taken.extend(seen);
        if import.absent == Absent::Gone {
            for day in all_days.iter().filter(|day| day.is_within(import.covered)) {
                closed.extend(
                    import.accounts.iter().map(|(platform, account)| {
                        (*day, platform.clone(), ledger.account_spelling(platform, account))
                    }),
                );
            }
        }
    }
    // A month counts after its last day.
    let mut order: Vec<Dated> = days.keys().copied().filter(|day| day.last_day() <= last).collect();
    order.sort_by_key(|day| (day.last_day(), day.is_month()));
    let mut running: BTreeMap<(Account, respend::Day), Cost> = BTreeMap::new();
    let mut groups = Groups::new();
    for day in order {
        let mut accounts: BTreeMap<Account, Vec<(String, Cost, u64)>> = BTreeMap::new();
        for ((account, campaign), (cost, count)) in &days[&day] {
            accounts.entry(account.clone()).or_default().push((campaign.clone(), *cost, *count));
        }
        for (account, campaigns) in accounts {
            let year = ledger.settings().fiscal_year.first_day(day.last_day());
            let running = running.entry((account.clone(), year)).or_insert(Cost::zero(account.2));
            let before = running.to_money().unwrap();
            campaigns.iter().for_each(|(_, cost, _)| *running = running.plus(*cost).unwrap());
            let mut left = running.to_money().unwrap().minus(before).unwrap();
            let floors: Vec<(Money, u64)> =
                campaigns.iter().map(|(_, cost, _)| cost.floor_and_rest().unwrap()).collect();
            floors.iter().for_each(|(floor, _)| left = left.minus(*floor).unwrap());
            let mut by_rest: Vec<usize> = (0..floors.len()).collect();
            by_rest.sort_by_key(|&at| std::cmp::Reverse(floors[at].1));
            let larger: BTreeSet<usize> = by_rest.into_iter().take(usize::try_from(left.minor()).unwrap()).collect();
            for (at, (campaign, _, count)) in campaigns.iter().enumerate() {
                let cent = Money::from_minor(i128::from(larger.contains(&at)), account.2).unwrap();
                let amount = floors[at].0.plus(cent).unwrap();
                let key = |by: &SpendBy| match by {
                    SpendBy::Platform => account.0.to_string(),
                    SpendBy::Account => account.1.clone(),
                    SpendBy::Campaign => campaign.clone(),
                    SpendBy::Month => day.month().to_string(),
                    SpendBy::Day => day.to_string(),
                };
                let sum =
                    groups.entry((by.iter().map(key).collect(), account.2)).or_insert((Money::zero(account.2), 0));
                *sum = (sum.0.plus(amount).unwrap(), sum.1 + count);
            }
        }
    }
    groups
}

fn rows(ledger: &Ledger, import: &str) -> Vec<(Dated, Platform, String, String, Cost, u64)> {
    let mut reader = csv::Reader::from_path(ledger.dir().join(format!("spend/{import}.csv"))).unwrap();
    let row = |row: csv::StringRecord| {
        let cost = Cost::parse(&row[6], row[4].parse().unwrap()).unwrap();
        (
            row[0].parse().unwrap(),
            row[1].parse().unwrap(),
            row[2].to_owned(),
            row[3].to_owned(),
            cost,
            row[7].parse().unwrap(),
        )
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn spend_is_the_same_however_it_is_read(imports in imports(), cut in 0u32..95) {
        let shelf = books(&imports).open().unwrap();
        let period = shelf.ledger.extent().unwrap();
        let as_of = period.start().plus_days(cut);
        for by in [
            &[SpendBy::Platform, SpendBy::Month][..],
            &[SpendBy::Account, SpendBy::Day],
            &[SpendBy::Account, SpendBy::Campaign, SpendBy::Day],
            &[],
        ] {
            let groups = spend_by(&shelf.ledger, period, as_of, None, by).unwrap();
            let quick: Groups = groups.into_iter().map(|group| ((group.keys, group.amount.currency()), (group.amount, group.rows))).collect();
            prop_assert_eq!(&quick, &slowly(&shelf.ledger, as_of.min(period.last()), by));
        }
    }
}
