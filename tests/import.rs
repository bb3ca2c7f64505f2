//! Exports as platforms give them, byte for byte, and what becomes of them.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

use std::io::Write;
use std::sync::LazyLock;

use proptest::prelude::*;
use respend::import::{
    DayOrder, DecimalMark, Grain, Options, Profiles, Reading, Refusal, RefusalCode, Rollup, SpendRow, Unit, read,
};

// Bytes.

fn utf16le(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn with_bom(text: &str) -> Vec<u8> {
    [b"\xEF\xBB\xBF", text.as_bytes()].concat()
}

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn import_with(bytes: &[u8], options: &Options, profiles: &Profiles) -> Reading {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let (mut last, mut calls) = ((0, 0), 0);
    let reading = read(file.path(), options, profiles, &mut |done, all| {
        assert!(done <= all);
        (last, calls) = ((done, all), calls + 1);
    })
    .unwrap();
    assert_eq!(reading.bytes, bytes.len() as u64);
    assert!(calls > 0);
    if let Ok(rollup) = &reading.outcome {
        assert_eq!(rollup.rows_read, rollup.rows_kept + rollup.blank_rows + rollup.excluded_rows);
        assert_eq!(rollup.rows_kept, rollup.rows().map(|row| row.rows).sum::<u64>());
        assert_eq!(last.0, last.1, "progress ends at all");
    }
    reading
}

fn import(bytes: impl AsRef<[u8]>, options: &str) -> Reading {
    static BUILT_IN: LazyLock<Profiles> = LazyLock::new(Profiles::built_in);
    import_with(bytes.as_ref(), &parsed(options), &BUILT_IN)
}

/// `--currency USD --unit micros`, as typed.
fn parsed(text: &str) -> Options {
    let mut options = Options::default();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.chunks(2) {
        let [name, value] = pair else { panic!("{text}") };
        match *name {
            "--currency" => options.currency = Some(value.parse().unwrap()),
            "--unit" => options.unit = Some(value.parse().unwrap()),
            "--day-order" => options.day_order = Some(value.parse().unwrap()),
            "--decimal" => options.decimal_mark = Some(value.parse().unwrap()),
            "--spend-column" => options.spend_column = Some((*value).to_owned()),
            "--platform" => options.platform = Some(value.parse().unwrap()),
            "--account" => options.account = Some((*value).to_owned()),
            "--profile" => options.profile = Some((*value).to_owned()),
            "--exported" => options.exported = Some(value.parse().unwrap()),
            "--round" => options.round = Some(value.parse().unwrap()),
            "--spans" => options.spans = Some(value.parse().unwrap()),
            other => panic!("{other}"),
        }
    }
    options
}

fn taken(reading: &Reading) -> &Rollup {
    match &reading.outcome {
        Ok(rollup) => rollup,
        Err(refusal) => panic!("refused: {} {} ({})", refusal.code, refusal.message, refusal.hint),
    }
}

fn refused(reading: &Reading) -> &Refusal {
    match &reading.outcome {
        Ok(rollup) => panic!("taken: {:?}", rollup.rows().collect::<Vec<_>>()),
        Err(refusal) => {
            assert!(!refusal.message.is_empty() && !refusal.hint.is_empty(), "{refusal:?}");
            refusal
        }
    }
}

/// `day platform/account/campaign "name" cost currency ×rows @first_row`
fn rows(reading: &Reading) -> Vec<String> {
    let line = |row: SpendRow| {
        let (scope, cost) = (format!("{}/{}/{}", row.platform, row.account, row.campaign), row.cost);
        let currency = cost.currency();
        format!("{} {scope} \"{}\" {cost} {currency} ×{} @{}", row.day, row.campaign_name, row.rows, row.first_row)
    };
    taken(reading).rows().map(line).collect()
}

fn totals(reading: &Reading) -> Vec<String> {
    taken(reading).totals.iter().map(|sum| format!("{sum} {}", sum.currency())).collect()
}

fn warnings(reading: &Reading) -> Vec<&str> {
    reading.warnings.iter().map(|warning| warning.code).collect()
}

fn code(bytes: impl AsRef<[u8]>, options: &str) -> RefusalCode {
    refused(&import(bytes, options)).code
}

// Google.

const GOOGLE: &str = "Campaign report\n\
    \"July 1, 2026 - July 31, 2026\"\n\
    Campaign status\tCampaign\tDay\tBudget\tCurrency code\tImpr.\tClicks\tCost\tAvg. CPC\n\
    Enabled\tBrand\t2026-07-01\t50.00\tEUR\t100\t10\t1,234.56\t0.50\n\
    Enabled\tTotal recall\t2026-07-01\t50.00\tEUR\t100\t10\t10.00\t0.50\n\
    Paused\tBrand\t2026-07-02\t50.00\tEUR\t0\t0\t --\t --\n\
    Enabled\tBrand\t2026-07-02\t50.00\tEUR\t0\t0\t0.00\t0.50\n\
    Total: Campaigns\t --\t--\t--\tEUR\t200\t20\t1,244.56\t0.50\n\
    Total: Search\t --\t--\t--\tEUR\t200\t20\t1,234.56\t0.50\n\
    Total: Account\t --\t--\t--\tEUR\t200\t20\t1,250.00\t0.50\n";

#[test]
fn google_in_utf16_with_total_rows() {
    let reading = import(utf16le(&crlf(GOOGLE)), "--account 123");
    assert_eq!(
        rows(&reading),
        [
            "2026-07-01 google/123/Brand \"Brand\" 1234.56 EUR ×1 @4",
            "2026-07-01 google/123/Total recall \"Total recall\" 10.00 EUR ×1 @5",
            "2026-07-02 google/123/Brand \"Brand\" 0.00 EUR ×1 @7",
        ]
    );
    let rollup = taken(&reading);
    assert_eq!((rollup.rows_read, rollup.rows_kept, rollup.blank_rows, rollup.excluded_rows), (7, 3, 1, 3));
    assert_eq!(rollup.excluded[0].row, 8);
    assert_eq!(rollup.excluded[0].reason, "a total row, `Total: Campaigns`");
    assert_eq!(rollup.covered.to_string(), "2026-07-01..2026-07-31");
    assert_eq!(warnings(&reading), ["account_total_differs"]);
    assert!(reading.warnings[0].message.contains("5.44"), "{}", reading.warnings[0].message);
    assert_eq!(reading.profile.as_deref(), Some("google-ads-ui"));
    assert_eq!(reading.encoding.as_deref(), Some("UTF-16LE"));
    assert_eq!((reading.delimiter, reading.header_row), (Some('\t'), Some(3)));
    assert_eq!((reading.unit, reading.decimal_mark), (Some(Unit::Currency), Some(DecimalMark::Point)));
    assert_eq!((reading.day_order, reading.grain), (Some(DayOrder::YearMonthDay), Some(Grain::Day)));
    assert_eq!(reading.spend_column.as_deref(), Some("Cost"));
    assert_eq!(reading.preamble, ["Campaign report", "July 1, 2026 - July 31, 2026"]);
    assert_eq!((reading.first_rows.len(), reading.header.len()), (6, 9));
    assert_eq!(reading.sha256.len(), 64);
}

#[test]
fn google_in_utf8_with_commas_is_the_same() {
    let quoted =
        |cell: &str| if cell.contains(',') && !cell.contains('"') { format!("\"{cell}\"") } else { cell.into() };
    let line = |line: &str| line.split('\t').map(quoted).collect::<Vec<_>>().join(",");
    let reading = import(GOOGLE.lines().map(line).collect::<Vec<_>>().join("\n"), "--account 123");
    assert_eq!(rows(&reading), rows(&import(utf16le(GOOGLE), "--account 123")));
    assert_eq!(reading.delimiter, Some(','));
}

#[test]
fn google_in_german_proves_its_comma() {
    let text = "Kampagnenbericht\n1. Juli 2026 - 31. Juli 2026\n\
                Kampagnenstatus;Kampagne;Tag;Währungscode;Klicks;Kosten\n\
                Aktiviert;Büro;01.07.2026;EUR;1;1.234,5\nGesamt: Kampagnen;--;--;EUR;1;1.234,5\n";
    let (legacy, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let reading = import(&legacy, "");
    assert_eq!(rows(&reading), ["2026-07-01 google//Büro \"Büro\" 1234.50 EUR ×1 @4"]);
    assert_eq!(warnings(&reading), ["legacy_encoding", "account_unknown"]);
    assert_eq!(reading.encoding.as_deref(), Some("windows-1252"));
    assert_eq!((reading.delimiter, reading.decimal_mark), (Some(';'), Some(DecimalMark::Comma)));
    assert_eq!(reading.day_order, Some(DayOrder::DayMonthYear));
}

#[test]
fn google_total_is_a_control() {
    let reading = import(GOOGLE.replace("20\t1,244.56", "20\t1,244.57"), "");
    let refusal = refused(&reading);
    assert_eq!((refusal.code, refusal.row), (RefusalCode::TotalMismatch, Some(8)));
    for shown in ["1244.57", "1244.56", "0.01"] {
        assert!(refusal.message.contains(shown), "{}", refusal.message);
    }
    assert_eq!(code(GOOGLE.replace("1,250.00", "1,200.00"), ""), RefusalCode::TotalMismatch);
    // Of several parts none is checked; one alone stands for the whole.
    let without =
        |text: &str, label: &str| text.lines().filter(|line| !line.starts_with(label)).collect::<Vec<_>>().join("\n");
    let parts = without(GOOGLE, "Total: Campaigns").replace("Total: Account", "Total: Video");
    assert_eq!(warnings(&import(&parts, "--account 1")), ["totals_unchecked"]);
    assert_eq!(code(without(&parts, "Total: Video"), ""), RefusalCode::TotalMismatch);
}

#[test]
fn adwords_api_reports_do_not_prove_their_unit() {
    let text = "\"CAMPAIGN_PERFORMANCE_REPORT 1370029981335 (May 1, 2013-May 10, 2013)\"\n\
                Customer ID,Day,Account,Cost,Clicks,Impressions,Conv. (1-per-click),Currency,Campaign ID,Campaign state\n\
                1,2013-05-01,Acme,20836690,1,1,0,USD,77,enabled\n\
                Total, --, --,20836690,1,1,0, --, --, --\n";
    let reading = import(text, "");
    assert_eq!(refused(&reading).code, RefusalCode::UnitUnknown);
    assert!(refused(&reading).hint.contains("--unit micros"));
    let reading = import(text, "--unit micros");
    assert_eq!(rows(&reading), ["2013-05-01 google/1/77 \"\" 20.83669 USD ×1 @3"]);
    let headless = text.split_once('\n').unwrap().1;
    assert_eq!(code(headless, ""), RefusalCode::UnitUnknown);
    assert_eq!(totals(&import(headless, "--unit currency")), ["20836690.00 USD"]);
}

#[test]
fn google_editor_files_are_settings() {
    let text = "Campaign\tCampaign#Original\tBudget\tCost\tDay\nBrand\tBrand\t5\t1\t2026-01-01\n";
    assert_eq!(code(utf16le(text), ""), RefusalCode::NotSpend);
}

// Meta.

#[test]
fn meta_in_every_language() {
    for (start, end, day, campaign, spend, currency) in [
        ("Reporting starts", "Reporting ends", "Day", "Campaign name", "Amount spent (EUR)", "EUR"),
        ("Reporting Starts", "Reporting Ends", "Day", "Campaign", "Amount Spent (USD)", "USD"),
        ("Berichtsstart", "Berichtsende", "Tag", "Name der Kampagne", "Ausgegebener Betrag (EUR)", "EUR"),
        ("Début des rapports", "Fin des rapports", "Jour", "Nom de la campagne", "Montant dépensé (CHF)", "CHF"),
        ("Inicio del informe", "Fin del informe", "Día", "Nombre de la campaña", "Importe gastado (MXN)", "MXN"),
        ("Início dos relatórios", "Término dos relatórios", "Dia", "Nome da campanha", "Valor usado (BRL)", "BRL"),
        ("レポート開始日", "レポート終了日", "日", "キャンペーン名", "消化金額 （JPY）", "JPY"),
        ("보고 시작", "보고 종료", "일", "캠페인 이름", "지출 금액 (KRW)", "KRW"),
        ("分析報告開始", "分析報告結束", "天", "行銷活動名稱", "花費金額 (TWD)", "TWD"),
        ("报告开始日期", "报告结束日期", "日期", "广告系列名称", "已花费金额 (CNY)", "CNY"),
    ] {
        let text = format!(
            "{start},{end},{day},{campaign},{spend},Impressions\n\
             2026-07-01,2026-07-31,,,25.5,9\n\
             2026-07-01,2026-07-31,2026-07-01,\"Spring, \"\"sale\"\"\",12.75,4\n\
             2026-07-01,2026-07-31,2026-07-02,\"Spring, \"\"sale\"\"\",12.75,5\n"
        );
        let reading = import(with_bom(&text), "--account 7");
        let name = "Spring, \"sale\"";
        let expected = [("01", 3), ("02", 4)]
            .map(|(day, row)| format!("2026-07-{day} meta/7/{name} \"{name}\" 12.75 {currency} ×1 @{row}"));
        assert_eq!(rows(&reading), expected, "{spend}");
        assert_eq!(taken(&reading).covered.to_string(), "2026-07-01..2026-07-31");
        assert_eq!(taken(&reading).excluded[0].reason, "a total row without a label");
        assert_eq!(reading.profile.as_deref(), Some("meta-ads-manager"));
        // The total on top is a control.
        assert_eq!(code(text.replace(",25.5,", ",25.6,"), ""), RefusalCode::TotalMismatch);
    }
}

#[test]
fn meta_ids_breakdowns_and_currency_column() {
    let text = "Account ID,Campaign ID,Campaign name,Day,Age,Currency,Amount spent (USD),Reporting starts,Reporting ends\n\
                act_9,cg:120212345678901234,B name,07/13/2026,18-24,USD,\"1,000.10\",07/01/2026,07/31/2026\n\
                act_9,cg:120212345678901234,A name,07/13/2026,18-24,USD,\"1,000.10\",07/01/2026,07/31/2026\n\
                act_9,c:5,C,07/02/2026,25-34,USD,-$3.05,07/01/2026,07/31/2026\n";
    let reading = import(with_bom(text), "");
    assert_eq!(
        rows(&reading),
        [
            "2026-07-02 meta/9/5 \"C\" -3.05 USD ×1 @4",
            "2026-07-13 meta/9/120212345678901234 \"A name\" 2000.20 USD ×2 @2",
        ]
    );
    assert_eq!(reading.day_order, Some(DayOrder::MonthDayYear));
    assert_eq!(taken(&reading).covered.to_string(), "2026-07-01..2026-07-31");
    assert_eq!(code(text.replace(",USD,-$3", ",EUR,-$3"), ""), RefusalCode::CurrencyUnknown);
    assert_eq!(code(text, "--currency EUR"), RefusalCode::CurrencyUnknown);
    assert_eq!(code(text.replace("-$3.05", "-€3.05"), ""), RefusalCode::CurrencyUnknown);
}

#[test]
fn meta_without_days() {
    let text = |end: &str| {
        format!(
            "Reporting starts,Reporting ends,Campaign name,Reach,Amount spent (USD)\n\
             2026-07-01,{end},,9,5\n2026-07-01,{end},A,9,5\n"
        )
    };
    assert_eq!(rows(&import(text("2026-07-01"), "")), ["2026-07-01 meta//A \"A\" 5.00 USD ×1 @3"]);
    let reading = import(text("2026-07-31"), "");
    let refusal = refused(&reading);
    assert_eq!((refusal.code, refusal.row), (RefusalCode::NoDailyRows, Some(3)));
    assert!(refusal.hint.contains("By time > Day"), "{}", refusal.hint);
}

#[test]
fn meta_papers_that_are_not_spend() {
    let billing = "Acme Ltd\nAccount: 123\nBilling report: 01/07/2026 - 31/07/2026\nPayment Method: Visa\n\
                   Date\tTransaction ID\tAmount\tCurrency\n05-07-2026\t1-2\t100.00\tEUR\n\t\tTotal amount billed\t100.00\n";
    let reading = import(billing, "");
    assert_eq!(refused(&reading).code, RefusalCode::NotSpend);
    assert!(refused(&reading).message.contains("billing"));
    let library = "Page ID,Page name,Disclaimer,Amount spent (EUR),Number of ads in Library\n1,A,B,≤100,3\n";
    assert_eq!(code(library, ""), RefusalCode::NotSpend);
}

// X.

const X_2017: &str = "Id (ID),Campaign,Campaign url,Funding instrument name,Time,Campaign start date,Campaign end date,\
    Spend,Impressions,Engagements,Retweets,Favorites\n\
    abc1,Securelist,https://ads.twitter.com/1,Card,2017-12-30,2017-01-01,2018-12-31,12.34,10,1,0,0\n\
    abc1,Securelist,https://ads.twitter.com/1,Card,2017-12-31,2017-01-01,2018-12-31,0.66,10,1,0,0\n\
    abc2,Daily,https://ads.twitter.com/2,Card,2017-12-31,2017-01-01,2018-12-31,,10,1,0,0\n\
    ,,,,,,,13.00,30,3,0,0\n";

#[test]
fn x_of_2017_with_an_unlabelled_last_row() {
    let reading = import(crlf(X_2017), "--currency USD --account kaspersky");
    assert_eq!(
        rows(&reading),
        [
            "2017-12-30 x/kaspersky/abc1 \"Securelist\" 12.34 USD ×1 @2",
            "2017-12-31 x/kaspersky/abc1 \"Securelist\" 0.66 USD ×1 @3",
        ]
    );
    assert_eq!(taken(&reading).excluded[0].row, 5);
    assert_eq!(taken(&reading).blank_rows, 1);
    let without = import(X_2017, "");
    assert_eq!(refused(&without).code, RefusalCode::CurrencyUnknown);
    assert!(refused(&without).hint.contains("--currency"));
    assert_eq!(code(X_2017.replace(",13.00,", ",13.01,"), "--currency USD"), RefusalCode::TotalMismatch);
}

#[test]
fn x_of_today_by_the_hour() {
    let text = "Campaign name,Campaign ID,Time,Campaign start date,Spend,Currency,Reposts,Likes,Follows\n\
                Spring,9,2026-01-05 5:00:00,2026-01-01,1.10,USD,1,1,1\n\
                Spring,9,2026-01-05 17:00:00,2026-01-01,2.20,USD,1,1,1\n";
    let reading = import(text, "");
    assert_eq!(rows(&reading), ["2026-01-05 x//9 \"Spring\" 3.30 USD ×2 @2"]);
    assert_eq!(reading.grain, Some(Grain::Hour));
}

#[test]
fn x_api_sums_placements_of_millionths() {
    let text = "account_id,campaign_id,date,placement,billed_charge_local_micro,billed_engagements\n\
                18ce,77,2018-01-05T08:00:00Z,ALL_ON_TWITTER,20836690,4\n\
                18ce,77,2018-01-05T08:00:00Z,PUBLISHER_NETWORK,1.5,4\n\
                18ce,78,2018-01-06T08:00:00Z,ALL_ON_TWITTER,0,4\n";
    let reading = import(text, "--currency USD");
    assert_eq!(
        rows(&reading),
        ["2018-01-05 x/18ce/77 \"\" 20.8366915 USD ×2 @2", "2018-01-06 x/18ce/78 \"\" 0.00 USD ×1 @4"]
    );
    assert_eq!((reading.unit, reading.grain), (Some(Unit::Micros), Some(Grain::Day)));
    assert_eq!(code(text, "--currency USD --unit currency"), RefusalCode::UnitUnknown);
    assert_eq!(code(text, ""), RefusalCode::CurrencyUnknown);
}

// LinkedIn and Microsoft.

#[test]
fn linkedin_with_its_preamble() {
    let text = "Campaign Performance Report (in UTC)\nReport Start: 3/1/2026, 12:00 AM\n\
                Report End: 3/31/2026, 11:59 PM\nDate Generated: 4/2/2026, 8:12 AM\n\n\
                Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group Name\tCampaign Name\tCampaign ID\tCampaign Start Date\tTotal Spent\tClicks\n\
                3/4/2026\tAcme\tEUR\tGroup\tLeads\t300\t1/1/2025\t1,234.50\t3\n\
                3/5/2026\tAcme\tUSD\tGroup\tLeads\t300\t1/1/2025\t1.25\t3\n";
    let reading = import(utf16le(&crlf(text)), "");
    assert_eq!(
        rows(&reading),
        [
            "2026-03-04 linkedin/Acme/300 \"Leads\" 1234.50 EUR ×1 @7",
            "2026-03-05 linkedin/Acme/300 \"Leads\" 1.25 USD ×1 @8",
        ]
    );
    assert_eq!(totals(&reading), ["1234.50 EUR", "1.25 USD"]);
    assert_eq!(taken(&reading).covered.to_string(), "2026-03-01..2026-03-31");
    assert_eq!(reading.exported.unwrap().to_string(), "2026-04-02");
    assert_eq!(reading.day_order, Some(DayOrder::MonthDayYear));
    let outside = import(text.replace("3/5/2026", "4/5/2026"), "");
    assert_eq!((refused(&outside).code, refused(&outside).row), (RefusalCode::DayOutsidePeriod, Some(8)));
    let whole = import(text.replace("3/4/2026", "3/1/2026").replace("3/5/2026", "3/1/2026"), "");
    assert_eq!(warnings(&whole), ["one_day_of_period"]);
}

const MICROSOFT: &str = "\"Report Name: Campaigns\"\n\"Report Time: 3/1/2026,3/31/2026\"\n\"Time Zone: Various\"\n\
    \"Last Completed Available Day: 4/1/2026 11:59:00 PM (GMT)\"\n\"Report Aggregation: Daily\"\n\"Report Filter: \"\n\
    \"Potential Incomplete Data: true\"\n\"Rows: 3\"\n\n\
    \"Gregorian date\",\"Account name\",\"Account ID\",\"Campaign name\",\"Campaign ID\",\"Impressions\",\"Spend\",\"Currency code\",\"Extended cost\"\n\
    \"3/1/2026\",\"Acme\",\"[7]\",\"Brand\",\"[82945799304067]\",\"10\",\"5.25\",\"USD\",\"1,000.00\"\n\
    \"3/2/2026\",\"Acme\",\"[7]\",\"Brand\",\"[82945799304067]\",\"10\",\"4.75\",\"USD\",\"0.00\"\n\
    \"3/2/2026\",\"Acme\",\"[7]\",\"Other\",\"[5]\",\"10\",\"\",\"USD\",\"0.00\"\n\
    \"Total\",\"\",\"\",\"\",\"\",\"30\",\"10.00\",\"\",\"1,000.00\"\n\n\
    \"©2026 Microsoft Corporation. All rights reserved. \"\n";

#[test]
fn microsoft_with_preamble_and_footer() {
    let reading = import(with_bom(&crlf(MICROSOFT)), "");
    assert_eq!(
        rows(&reading),
        [
            "2026-03-01 microsoft/7/82945799304067 \"Brand\" 5.25 USD ×1 @11",
            "2026-03-02 microsoft/7/82945799304067 \"Brand\" 4.75 USD ×1 @12",
        ]
    );
    let rollup = taken(&reading);
    assert_eq!((rollup.rows_read, rollup.blank_rows, rollup.excluded_rows), (6, 2, 2));
    let reasons: Vec<&str> = rollup.excluded.iter().map(|row| row.reason.as_str()).collect();
    assert_eq!(reasons, ["a total row, `Total`", "a line below the table"]);
    assert_eq!(warnings(&reading), ["incomplete_data"]);
    assert_eq!(rollup.covered.to_string(), "2026-03-01..2026-03-31");
    assert_eq!(reading.spend_column.as_deref(), Some("Spend"));
    assert!(import(MICROSOFT.replace("Rows: 3", "Rows: 4"), "").outcome.is_ok(), "the total row may be counted");
    assert_eq!(code(MICROSOFT.replace("Rows: 3", "Rows: 14246"), ""), RefusalCode::RowCountMismatch);
    let monthly = import(MICROSOFT.replace("Aggregation: Daily", "Aggregation: Monthly"), "");
    assert_eq!(refused(&monthly).code, RefusalCode::NoDailyRows);
    assert!(refused(&monthly).message.contains("Monthly"));
    assert!(import(MICROSOFT.replace('©', "@"), "").outcome.is_ok());
}

// Generic.

#[test]
fn a_warehouse_table_of_several_platforms() {
    let text = "date_day,platform,account_id,campaign_id,campaign_name,currency,spend\n\
                2018-01-05,google_ads,1,10,A,USD,1.5\n\
                2018-01-05,twitter_ads,2,20,B,EUR,\"2.25\"\n\
                2018-01-05,facebook_ads,3,30,C,USD,0.000001\n";
    let reading = import(text, "");
    assert_eq!(
        rows(&reading),
        [
            "2018-01-05 google/1/10 \"A\" 1.50 USD ×1 @2",
            "2018-01-05 meta/3/30 \"C\" 0.000001 USD ×1 @4",
            "2018-01-05 x/2/20 \"B\" 2.25 EUR ×1 @3",
        ]
    );
    assert_eq!((reading.platform.as_ref(), reading.unit), (None, Some(Unit::Currency)));
    assert_eq!(taken(&reading).accounts.len(), 3);
    let bad = import(text.replace("google_ads", "my platform!"), "");
    assert_eq!((refused(&bad).code, refused(&bad).row), (RefusalCode::PlatformUnknown, Some(2)));
    assert_eq!(code(text, "--platform x"), RefusalCode::PlatformUnknown);
    let unstated = text.replace("currency", "money");
    assert_eq!(code(&unstated, ""), RefusalCode::CurrencyUnknown);
    assert_eq!(code(unstated.replace("USD", "1").replace("EUR", "2"), "--currency USD"), RefusalCode::UnitUnknown);
}

#[test]
fn a_bare_spend_column_proves_no_unit() {
    let text = "date,campaign,spend\n2018-01-05,A,1500000\n";
    let unknown = import(text, "");
    assert_eq!(refused(&unknown).code, RefusalCode::ProfileUnknown);
    assert_eq!((unknown.delimiter, unknown.first_rows.len()), (Some(','), 2));
    assert_eq!(code(text, "--profile generic"), RefusalCode::PlatformUnknown);
    assert_eq!(code(text, "--platform snapchat"), RefusalCode::CurrencyUnknown);
    let reading = import(text, "--platform snapchat --currency USD");
    assert_eq!(refused(&reading).code, RefusalCode::UnitUnknown);
    assert_eq!(refused(&reading).column.as_deref(), Some("spend"));
    assert_eq!(totals(&import(text, "--platform snapchat --currency USD --unit micros")), ["1.50 USD"]);
    assert_eq!(totals(&import(text, "--platform snapchat --currency USD --unit currency")), ["1500000.00 USD"]);
    // A header that says it, and neighbours that deny it.
    assert_eq!(totals(&import(text.replace("spend", "spend_micros"), "--platform x --currency USD")), ["1.50 USD"]);
    assert_eq!(totals(&import(text.replace("spend", "spend (USD)"), "--platform x")), ["1500000.00 USD"]);
    let swipes = "date,platform,currency,campaign,spend,swipes\n2018-01-05,snapchat,USD,A,1500000,1\n";
    assert_eq!(code(swipes, ""), RefusalCode::UnitUnknown);
    assert_eq!(totals(&import(swipes, "--unit micros")), ["1.50 USD"]);
}

#[test]
fn a_table_without_campaigns() {
    let reading = import("Date,Data source,Account,Currency,Cost\n2018-01-05,Bing Ads,Acme,USD,5\n", "");
    assert_eq!(rows(&reading), ["2018-01-05 microsoft/Acme/ \"\" 5.00 USD ×1 @2"]);
    assert_eq!(warnings(&reading), ["campaign_missing"]);
}

#[test]
fn a_ledgers_own_profile() {
    let toml = "title = 'House ads'\nplatform = 'house-ads'\nunit = 'currency'\nday_order = 'dmy'\n\
                legacy_encoding = 'windows-1251'\n\
                [columns]\nday = ['Дата']\nspend = ['Расход (руб.)']\ncampaign = ['Кампания']\n\
                [[proof]]\nall = ['Расход (руб.)']\n[totals]\nlabels = ['Итого']\n";
    let mut profiles = Profiles::built_in();
    profiles.add("house", toml).unwrap();
    let text = "Дата;Кампания;Расход (руб.)\n01/02/2018;Весна;1 234,50\nИтого;;1 234,50\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let reading = import_with(&bytes, &parsed("--currency RUB"), &profiles);
    assert_eq!(rows(&reading), ["2018-02-01 house-ads//Весна \"Весна\" 1234.50 RUB ×1 @2"]);
    assert_eq!(reading.encoding.as_deref(), Some("windows-1251"));
    assert_eq!(warnings(&reading), ["legacy_encoding", "account_unknown"]);
}

// Decisions over the whole file.

/// A table that proves everything but what its rows are to prove.
fn table(rows: &[&str]) -> String {
    format!("Day;Platform;Campaign;Currency;Spend\n{}\n", rows.join("\n"))
}

#[test]
fn the_decimal_mark_is_of_the_whole_column() {
    let open = table(&["2018-01-05;x;A;USD;1,234", "2018-01-06;x;A;USD;2,000"]);
    let reading = import(&open, "");
    let refusal = refused(&reading);
    assert_eq!((refusal.code, refusal.row), (RefusalCode::DecimalMarkUnknown, Some(2)));
    assert_eq!((refusal.column.as_deref(), refusal.cell.as_deref()), (Some("Spend"), Some("1,234")));
    assert_eq!(totals(&import(&open, "--decimal point")), ["3234.00 USD"]);
    assert_eq!(totals(&import(&open, "--decimal comma")), ["3.234 USD"]);
    let proven = open.clone() + "2018-01-07;x;A;USD;1,5\n";
    assert_eq!(totals(&import(&proven, "")), ["4.734 USD"]);
    let mixed = proven + "2018-01-07;x;A;USD;1.5\n";
    let reading = import(&mixed, "");
    assert_eq!(refused(&reading).code, RefusalCode::DecimalMarkUnknown);
    assert!(refused(&reading).message.contains("line 5") && refused(&reading).message.contains("line 4"));
    assert_eq!(import(table(&["2018-01-05;x;A;USD;12"]), "").decimal_mark, None);
}

#[test]
fn the_day_order_is_of_the_whole_file() {
    let open = table(&["01/02/2018;x;A;USD;1"]);
    let reading = import(&open, "");
    assert_eq!((refused(&reading).code, refused(&reading).row), (RefusalCode::DayOrderUnknown, Some(2)));
    assert!(rows(&import(&open, "--day-order dmy"))[0].starts_with("2018-02-01"));
    assert!(rows(&import(&open, "--day-order mdy"))[0].starts_with("2018-01-02"));
    let proven = import(open.clone() + "31/01/2018;x;A;USD;1\n", "");
    assert!(rows(&proven)[1].starts_with("2018-02-01"));
    assert_eq!(proven.day_order, Some(DayOrder::DayMonthYear));
    let mixed = open.clone() + "31/01/2018;x;A;USD;1\n01/31/2018;x;A;USD;1\n";
    assert_eq!(code(&mixed, ""), RefusalCode::DayOrderUnknown);
    let wrong = import(open + "31/01/2018;x;A;USD;1\n", "--day-order mdy");
    assert_eq!((refused(&wrong).code, refused(&wrong).row), (RefusalCode::BadDay, Some(3)));
    // The period in words decides.
    let google = "Campaign report\n\"February 1, 2026 - February 28, 2026\"\n\
                  Campaign status,Campaign,Day,Impr.,Currency code,Cost\n\
                  Enabled,A,2/3/2026,1,USD,1\nEnabled,A,2/4/2026,1,USD,1\n";
    assert_eq!(import(google, "").day_order, Some(DayOrder::MonthDayYear));
}

#[test]
fn a_report_period_beside_the_days_proves_their_order() {
    let text = "Reporting starts,Reporting ends,Day,Campaign name,Amount spent (USD)\n\
                07/01/2026,07/31/2026,07/02/2026,A,1\n07/01/2026,07/31/2026,07/03/2026,A,1\n";
    let reading = import(text, "");
    assert_eq!(reading.day_order, Some(DayOrder::MonthDayYear));
    assert_eq!(reading.stated_period.unwrap().to_string(), "2026-07-01..2026-07-31");
    let outside = import(text.replace("07/03/2026", "08/03/2026"), "");
    assert_eq!((refused(&outside).code, refused(&outside).row), (RefusalCode::DayOutsidePeriod, Some(3)));
}

#[test]
fn a_range_is_never_put_on_its_first_day() {
    let text = "date_start,date_stop,platform,campaign_id,account_currency,spend\n2018-01-01,2018-01-31,meta,1,USD,5\n";
    let reading = import(text, "");
    assert_eq!((refused(&reading).code, refused(&reading).row), (RefusalCode::NoDailyRows, Some(2)));
    assert_eq!(totals(&import(text.replace("01-31", "01-01"), "")), ["5.00 USD"]);
    let months = table(&["2018-01-01;x;A;USD;1", "2018-02-01;x;A;USD;1"]);
    assert_eq!(warnings(&import(months, "--account 1")), ["first_of_month_only"]);
}

#[test]
fn a_row_of_a_day_that_is_called_a_total_needs_the_id_of_a_campaign() {
    for name in ["Total", "total:", "Grand total", "Total: Account"] {
        let rows = table(&["2018-01-04;x;A;USD;1", &format!("2018-01-04;x;{name};USD;1")]);
        let reading = import(rows, "");
        let refusal = refused(&reading);
        assert_eq!((refusal.code, refusal.row), (RefusalCode::CampaignUnknown, Some(3)), "{name}");
        assert_eq!(refusal.cell.as_deref(), Some(name));
    }
    assert_eq!(totals(&import(table(&["2018-01-04;x;Total recall;USD;1"]), "")), ["1.00 USD"]);
    let with_ids = |id: &str| {
        format!(
            "date,platform,campaign,campaign_id,currency,spend\n2018-01-04,x,Total,{id},USD,1\n2018-01-04,x,A,2,USD,1\n"
        )
    };
    assert_eq!(totals(&import(with_ids("1"), "")), ["2.00 USD"]);
    assert_eq!(code(with_ids(""), ""), RefusalCode::CampaignUnknown);
    assert_eq!(code(with_ids("Total"), ""), RefusalCode::CampaignUnknown);
}

#[test]
fn a_total_is_of_the_currency_of_its_rows_and_agrees_to_its_last_decimal() {
    let with =
        |total: &str| table(&["2018-01-04;x;A;USD;1.2345", "2018-01-05;x;A;USD;1.2345", &format!("Total;;;;{total}")]);
    for total in ["2.469", "2.47", "$2.47", "US$2.469"] {
        assert_eq!(taken(&import(with(total), "")).agreed_totals, 1, "{total}");
    }
    for total in ["2.46", "2.48", "2.4685", "2", "2.5"] {
        assert_eq!(code(with(total), ""), RefusalCode::TotalMismatch, "{total}");
    }
    let reading = import(with("€2.469"), "");
    assert_eq!((refused(&reading).code, refused(&reading).row), (RefusalCode::CurrencyUnknown, Some(4)));
}

#[test]
fn rows_of_platforms_that_write_millionths_need_a_unit() {
    let with = |header: &str, platform: &str| {
        format!("date,platform,campaign,currency,{header}\n2018-01-04,x,A,USD,1\n2018-01-04,{platform},A,USD,1500000\n")
    };
    for (header, platform) in [("spend", "snapchat"), ("Spend", "reddit_ads"), ("Cost", "yandex")] {
        let reading = import(with(header, platform), "");
        let refusal = refused(&reading);
        assert_eq!((refusal.code, refusal.row), (RefusalCode::UnitUnknown, Some(3)), "{platform}");
        assert_eq!(totals(&import(with(header, platform), "--unit currency")), ["1500001.00 USD"]);
        assert_eq!(totals(&import(with(header, platform), "--unit micros")), ["1.500001 USD"]);
    }
    for (header, platform) in [("Cost", "snapchat"), ("cost", "google"), ("spend", "meta"), ("Spend (USD)", "snapchat")]
    {
        assert_eq!(totals(&import(with(header, platform), "")), ["1500001.00 USD"], "{header} of {platform}");
    }
    for header in ["cost_micros", "costMicros", "Cost (micros)", "spend_micros"] {
        assert_eq!(totals(&import(with(header, "google"), "")), ["1.500001 USD"], "{header}");
    }
}

#[test]
fn a_campaign_may_be_called_anything() {
    for name in
        ["Billing report", "Number of ads in Library", "A#Original", "©2026 Microsoft Corporation", "=1+1", "總計"]
    {
        let reading = import(format!("Campaign,Day,Platform,Currency,Spend\n{name},2018-01-05,x,USD,1\n"), "");
        assert_eq!(taken(&reading).rows().next().unwrap().campaign, name);
    }
}

#[test]
fn the_money_column_is_the_right_one() {
    let two = "Day,Platform,Campaign,Currency,Cost,Spend\n2018-01-05,x,A,USD,1,2\n";
    let reading = import(two, "");
    assert_eq!(refused(&reading).code, RefusalCode::SpendColumnUnknown);
    assert_eq!(totals(&import(two, "--spend-column Spend")), ["2.00 USD"]);
    assert_eq!(code(two, "--spend-column Costs"), RefusalCode::SpendColumnUnknown);
    let none = import("Day,Platform,Campaign,Currency,Budget,Avg. CPC,Revenue (USD)\n2018-01-05,x,A,USD,1,2,3\n", "");
    assert_eq!(refused(&none).code, RefusalCode::SpendColumnUnknown);
    assert!(refused(&none).message.contains("Avg. CPC"));
    let twice = "Day,Platform,Campaign,Currency,Cost,Cost\n2018-01-05,x,A,USD,1,2\n";
    assert_eq!(code(twice, ""), RefusalCode::AmbiguousHeader);
    let other = "Day,Platform,Campaign,Currency,Results,Results,Cost\n2018-01-05,x,A,USD,1,2,3\n";
    assert_eq!(totals(&import(other, "")), ["3.00 USD"]);
}

#[test]
fn rounding_is_recorded() {
    let text = table(&["2018-01-05;x;A;USD;0.0000000005", "2018-01-05;x;A;USD;1.0000000006"]);
    let reading = import(&text, "");
    assert_eq!((refused(&reading).code, refused(&reading).row), (RefusalCode::TooPrecise, Some(2)));
    assert!(refused(&reading).hint.contains("--round"));
    assert_eq!(totals(&import(&text, "--round 9")), ["1.000000001 USD"]);
    let text =
        table(&["2018-01-05;x;A;USD;0.125", "2018-01-05;x;A;USD;0.125", "2018-01-05;x;A;USD;0.139", "Total;;;;0.389"]);
    let rounded = import(text, "--round 2");
    assert_eq!(totals(&rounded), ["0.38 USD"]);
    let away = taken(&rounded).rounded.as_ref().unwrap();
    assert_eq!(away.iter().map(|away| away.to_string()).collect::<Vec<_>>(), ["0.009"]);
}

#[test]
fn scientific_amounts_are_exact_and_pointed_out() {
    let reading = import(table(&["2018-01-05;x;A;USD;1.2345E+3"]), "--account a");
    assert_eq!(totals(&reading), ["1234.50 USD"]);
    assert_eq!(warnings(&reading), ["scientific_notation"]);
}

#[test]
fn options_that_the_file_makes_needless_are_pointed_out() {
    let reading = import("Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,one,A,USD,1\n", "--account two");
    assert_eq!(warnings(&reading), ["account_option_unused"]);
    assert_eq!(import(GOOGLE, "--exported 2026-08-01").exported.unwrap().to_string(), "2026-08-01");
}

// Refusals.

#[test]
fn what_is_no_text() {
    for bytes in [
        &b"\xD0\xCF\x11\xE0\xA1\xB1"[..],
        b"<!DOCTYPE html><html>",
        b"%PDF-1.4",
        b"Day,Cost\n1,\0\n",
        b"Day,Co\xC3\xA9\n1,\xFF\n",
    ] {
        assert_eq!(code(bytes, ""), RefusalCode::NotText, "{bytes:?}");
    }
    let mut half = utf16le(GOOGLE);
    half.push(0x41);
    assert_eq!(code(half, ""), RefusalCode::NotText);
}

#[test]
fn what_has_no_rows() {
    let header = "Day;Platform;Campaign;Currency;Spend\n";
    for text in [
        "",
        "\u{feff}",
        "\n\n",
        header,
        &format!("{header}2018-01-05;x;A;USD;--\n"),
        &format!("{header};;;;\n"),
        &GOOGLE.lines().take(3).collect::<Vec<_>>().join("\n"),
    ] {
        assert_eq!(code(text, ""), RefusalCode::NoRows, "{text:?}");
    }
}

#[test]
fn what_has_no_days() {
    let text = "Campaign status,Campaign,Currency code,Impr.,Cost\nEnabled,A,USD,1,5\n";
    let reading = import(text, "");
    assert_eq!(refused(&reading).code, RefusalCode::NoDailyRows);
    assert!(refused(&reading).hint.contains("Time > Day"));
}

#[test]
fn what_lacks_a_column() {
    let text = "Time,Spend,Impressions,Retweets,Replies,Follows\n2018-01-05,5,1,1,1,1\n";
    let reading = import(text, "--currency USD");
    assert_eq!(refused(&reading).code, RefusalCode::ColumnMissing);
    assert!(refused(&reading).message.contains("campaign"));
}

#[test]
fn what_is_cut_off() {
    let whole = table(&["2018-01-05;x;A;USD;1", "2018-01-06;x;A;USD;1"]);
    assert_eq!(code(whole.trim_end().trim_end_matches(";1"), ""), RefusalCode::Truncated);
    let quote = import(whole + "2018-01-07;x;\"A", "");
    assert_eq!((refused(&quote).code, refused(&quote).row), (RefusalCode::Truncated, Some(4)));
    let early = import(table(&["2018-01-05;x;A;USD", "2018-01-06;x;A;USD;1"]), "");
    assert_eq!((refused(&early).code, refused(&early).row), (RefusalCode::RaggedRow, Some(2)));
    assert_eq!(code(table(&["2018-01-05;x;A;USD;1;2", "2018-01-06;x;A;USD;1"]), ""), RefusalCode::RaggedRow);
    assert_eq!(code(table(&["2018-01-05;x;\"A\"B;USD;1", "2018-01-06;x;A;USD;1"]), ""), RefusalCode::RaggedRow);
    assert!(import(table(&["2018-01-05;x;A;USD;1;", "2018-01-06;x;A;USD;1;"]), "").outcome.is_ok());
}

#[test]
fn all_faults_are_said_at_once() {
    let mut lines: Vec<String> = (0..30).map(|n| format!("2018-01-05;x;A;USD;< {n}")).collect();
    lines.insert(0, "2018-02-30;x;A;USD;1".to_owned());
    let reading = import(table(&lines.iter().map(String::as_str).collect::<Vec<_>>()), "");
    let refusal = refused(&reading);
    assert_eq!((refusal.code, refusal.row), (RefusalCode::BadDay, Some(2)));
    assert_eq!((refusal.column.as_deref(), refusal.cell.as_deref()), (Some("Day"), Some("2018-02-30")));
    assert_eq!((refusal.more.len(), refusal.more_rows), (20, 30));
    let next = &refusal.more[0];
    assert_eq!((next.row, next.column.as_str(), next.cell.as_str()), (Some(3), "Spend", "< 0"));
    assert_eq!((next.code, refusal.hints().len()), (RefusalCode::BadAmount, 2));
}

#[test]
fn what_nothing_proves_is_asked_for_at_once() {
    let codes = |text: &str, options: &str| -> Vec<RefusalCode> {
        let reading = import(text, options);
        let refusal = refused(&reading);
        assert_eq!(refusal.hints().len(), 1 + refusal.more.len());
        std::iter::once(refusal.code).chain(refusal.more.iter().map(|fault| fault.code)).collect()
    };
    let text = "date,campaign,spend\n02/03/2018,A,\"1,234\"\n";
    let (platform, currency, unit) =
        (RefusalCode::PlatformUnknown, RefusalCode::CurrencyUnknown, RefusalCode::UnitUnknown);
    let by_hand = "--profile generic";
    assert_eq!(codes(text, by_hand), [platform, currency, unit]);
    assert_eq!(codes(text, &format!("{by_hand} --platform x")), [currency, unit]);
    let said = format!("{by_hand} --platform x --currency USD --unit currency");
    assert_eq!(codes(text, &said), [RefusalCode::DecimalMarkUnknown, RefusalCode::DayOrderUnknown]);
    assert_eq!(codes(text, &format!("{said} --decimal point")), [RefusalCode::DayOrderUnknown]);
}

#[test]
fn what_a_single_cell_refuses() {
    for (row, expected) in [
        ("2018-01-05;x;A;USD;> 90%", RefusalCode::BadAmount),
        ("yesterday;x;A;USD;1", RefusalCode::BadDay),
        (";x;A;USD;1", RefusalCode::BadDay),
        ("2018-01-05;x;;USD;1", RefusalCode::CampaignUnknown),
        ("2018-01-05;;A;USD;1", RefusalCode::PlatformUnknown),
        ("2018-01-05;x;A;US$;1", RefusalCode::CurrencyUnknown),
        ("2018-01-05;x;A;;1", RefusalCode::CurrencyUnknown),
        ("2018-01-05;x;A;USD;€1", RefusalCode::CurrencyUnknown),
        ("2018-01-05;x;A;USD;1000000000000000000", RefusalCode::OutOfRange),
        ("2018-01-05;x;A;USD;0.12345678901", RefusalCode::TooPrecise),
    ] {
        let text = table(&["2018-01-04;x;A;USD;1", row, "2018-01-06;x;A;USD;1"]);
        let reading = import(text, "");
        assert_eq!((refused(&reading).code, refused(&reading).row), (expected, Some(3)), "{row}");
        assert_eq!(refused(&reading).more_rows, 0);
    }
    let damaged = "Day,Platform,Campaign ID,Currency,Spend\n2018-01-05,x,1.20212E+17,USD,1\n";
    assert_eq!(code(damaged, ""), RefusalCode::DamagedId);
    // What a spreadsheet is told to keep as text is the same id without the telling.
    let guarded =
        "Day,Platform,Campaign ID,Currency,Spend\n2018-01-05,x,\"=\"\"123\"\"\",USD,1\n2018-01-05,x,123,USD,2 CR\n";
    assert_eq!(rows(&import(guarded, "--account a")), ["2018-01-05 x/a/123 \"\" -1.00 USD ×2 @2"]);
    assert_eq!(code(table(&["2018-01-05;x;A;USD;999999999999999999"; 200]), ""), RefusalCode::OutOfRange);
}

#[test]
fn a_row_of_another_platform_far_below_is_not_taken_for_the_first_one() {
    let header = "Day,Platform,Campaign name,Ad set name,Clicks (all),Frequency,Amount spent (EUR)\n";
    let rows = |last: &str| {
        format!("{header}{}2018-01-01,{last},A,B,1,1,1.50\n", "2018-01-01,facebook,A,B,1,1,1.50\n".repeat(900))
    };
    assert_eq!(totals(&import(rows("instagram"), "")), ["1351.50 EUR"]);
    let reading = import(rows("google"), "");
    let refusal = refused(&reading);
    assert_eq!(
        (refusal.code, refusal.row, refusal.cell.as_deref()),
        (RefusalCode::PlatformUnknown, Some(902), Some("google"))
    );
}

#[test]
fn whose_file_it_is_must_be_proven_once() {
    let both = "Time,Campaign,Spend,Retweets,Replies,Gregorian date\n2018-01-05,A,1,1,1,1/5/2018\n";
    let reading = import(both, "--currency USD");
    assert_eq!(refused(&reading).code, RefusalCode::ProfileAmbiguous);
    assert!(refused(&reading).hint.contains("--profile x-ads-ui"));
    assert_eq!(totals(&import(both, "--currency USD --profile x-ads-ui")), ["1.00 USD"]);
    assert_eq!(code(X_2017, "--currency USD --platform meta"), RefusalCode::PlatformUnknown);
    assert_eq!(code("Jahr,Kanal,Cost\n2018,tv,5\n", ""), RefusalCode::ProfileUnknown);
}

#[test]
fn a_profile_may_know_footers_counts_and_rounded_rows() {
    let toml = "title = 'Y'\nplatform = 'yandex'\nunit = 'currency'\nfooters = ['Report time:*', 'Filter by*']\n\
                [columns]\nday = ['Date']\nspend = ['Cost']\ncampaign = ['CampaignName']\nknown = ['Clicks']\n\
                [[proof]]\nall = ['CampaignName', 'Cost']\n\
                [totals]\nlabels = ['Total']\nrows = ['Total rows']\nrows_are_rounded = true\n";
    let mut profiles = Profiles::built_in();
    profiles.add("yandex", toml).unwrap();
    let text = "Date,CampaignName,Clicks,Cost\n2018-01-05,A,1,0.33\n2018-01-05,B,1,0.33\nTotal,,2,0.67\n\
                Report time:,2022/12/10 03:34 GMT\nTotal rows: 2\n";
    let import = |text: &str| import_with(text.as_bytes(), &parsed("--currency RUB --account 1"), &profiles);
    let reading = import(text);
    assert_eq!((taken(&reading).excluded_rows, totals(&reading)), (3, vec!["0.66 RUB".to_owned()]));
    assert_eq!(refused(&import(&text.replace("0.67", "0.68"))).code, RefusalCode::TotalMismatch);
    assert_eq!(refused(&import(&text.replace("rows: 2", "rows: 5"))).code, RefusalCode::RowCountMismatch);
}

#[test]
fn a_profile_may_know_where_its_platform_cuts_reports_off() {
    let toml = "title = 'Y'\nplatform = 'vk'\nunit = 'currency'\nrow_limit = 3\n\
                [columns]\nday = ['Date']\nspend = ['Cost']\ncampaign = ['CampaignName']\nknown = ['Clicks']\n\
                [[proof]]\nall = ['CampaignName', 'Cost']\n[totals]\nlabels = ['Total']\n";
    let mut profiles = Profiles::built_in();
    profiles.add("house", toml).unwrap();
    let import = |rows: usize, total: &str| {
        let text = ["Date,CampaignName,Clicks,Cost\n", &"2018-01-05,A,1,2\n".repeat(rows), total].concat();
        import_with(text.as_bytes(), &parsed("--currency RUB --account 1"), &profiles)
    };
    assert_eq!(totals(&import(2, "")), ["4.00 RUB"]);
    assert_eq!(totals(&import(4, "")), ["8.00 RUB"]);
    assert_eq!(refused(&import(3, "")).code, RefusalCode::Truncated);
    assert_eq!(refused(&import(2, "Total,,,4\n")).code, RefusalCode::Truncated);
    assert!(profiles.get("vk-ads").unwrap().source().contains("\nrow_limit = 200000\n"));
}

#[test]
fn whoever_names_a_profile_is_believed() {
    let bank = "Date,Account,Campaign,Amount,Balance\n2026-03-01,A,B,5,6\n";
    let reading = import(bank, "--platform meta --currency USD --unit currency");
    assert_eq!(refused(&reading).code, RefusalCode::NotSpend);
    let reading = import(bank, "--platform meta --currency USD --unit currency --profile generic");
    assert_eq!(totals(&reading), ["5.00 USD"]);
    let toml = "title = 'Y'\nplatform = 'meta'\nunit = 'currency'\n\
                [columns]\nday = ['Date']\nspend = ['Amount']\ncampaign = ['Campaign']\n\
                [[proof]]\nall = ['Amount', 'Balance', 'Campaign']\n";
    let mut profiles = Profiles::built_in();
    profiles.add("house", toml).unwrap();
    let reading = import_with(bank.as_bytes(), &parsed("--currency USD"), &profiles);
    assert_eq!(totals(&reading), ["5.00 USD"]);
}

#[test]
fn totals_in_several_currencies() {
    let rows = ["2018-01-05;x;A;USD;1", "2018-01-05;x;A;EUR;2"];
    let with = |total: &str| import(table(&[rows[0], rows[1], total]), "--account 1");
    assert_eq!(totals(&with("Total;;;USD;1")), ["2.00 EUR", "1.00 USD"]);
    assert_eq!(refused(&with("Total;;;USD;3")).code, RefusalCode::TotalMismatch);
    assert_eq!(refused(&with("Total;;;GBP;3")).code, RefusalCode::TotalMismatch);
    assert_eq!(warnings(&with("Total;;;;3")), ["totals_unchecked"]);
}

#[test]
fn rows_left_out_are_all_counted_and_many_listed() {
    let mut lines = vec!["2018-01-05;x;A;USD;1"];
    lines.extend(vec!["Total;;;USD;1"; 1200]);
    let reading = import(table(&lines), "");
    assert_eq!((taken(&reading).excluded_rows, taken(&reading).excluded.len()), (1200, 1000));
}

#[test]
fn another_money_column_brings_another_unit() {
    let text = "Start Date (in UTC),Campaign Name,Campaign Group Name,Total Spent,cost_in_usd\n3/4/2026,A,G,5,6\n";
    assert_eq!(totals(&import(text, "--currency EUR")), ["5.00 EUR"]);
    assert_eq!(code(text, "--currency USD --spend-column cost_in_usd"), RefusalCode::UnitUnknown);
    let reading = import(text, "--currency USD --spend-column cost_in_usd --unit currency");
    assert_eq!((totals(&reading), reading.spend_column.as_deref()), (vec!["6.00 USD".to_owned()], Some("cost_in_usd")));
}

#[test]
fn line_ends_and_encodings_change_nothing() {
    let plain = rows(&import(GOOGLE, ""));
    let utf16be: Vec<u8> = GOOGLE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [utf16be, utf16le(GOOGLE)[2..].to_vec(), with_bom(&crlf(GOOGLE)), utf16le(GOOGLE.trim_end())] {
        assert_eq!(rows(&import(bytes, "")), plain);
    }
}

#[test]
fn a_preamble_may_be_cut_by_the_delimiter() {
    let text = "Campaign Performance Report (in UTC)\nReport Start: March 1, 2026\nReport End: March 31, 2026\n\
                Date Generated: April 2, 2026, 8:12 AM UTC\n\nStart Date (in UTC),Campaign Name,Currency,Total Spent\n\
                3/4/2026,C,EUR,\"1,234.50\"\n";
    let reading = import(text, "");
    assert_eq!(totals(&reading), ["1234.50 EUR"]);
    assert_eq!(taken(&reading).covered.to_string(), "2026-03-01..2026-03-31");
    assert_eq!(reading.exported.unwrap().to_string(), "2026-04-02");
}

#[test]
fn a_large_file_is_read_past_its_head() {
    let mut lines = vec!["2018-01-05;x;A campaign with quite a long name;USD;1.25"; 60_000];
    lines.push("2018-01-06;x;B;USD;1.234,5");
    let reading = import(table(&lines), "");
    assert_eq!((refused(&reading).code, refused(&reading).row), (RefusalCode::DecimalMarkUnknown, Some(60_002)));
    lines.pop();
    let reading = import(table(&lines), "");
    assert_eq!(
        (totals(&reading), taken(&reading).rows().next().unwrap().rows),
        (vec!["75000.00 USD".to_owned()], 60_000)
    );
}

#[test]
fn trouble_with_the_disk_is_an_error_and_no_refusal() {
    let missing = std::path::Path::new("no such export.csv");
    let error = read(missing, &Options::default(), &Profiles::built_in(), &mut |_, _| {}).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn every_refusal_of_this_stage_is_tested_here() {
    let tests = [include_str!("import.rs"), include_str!("packed.rs")].concat();
    let later = [RefusalCode::AbsentCells, RefusalCode::RestatedFinal, RefusalCode::ClosedPeriod];
    for code in RefusalCode::ALL.iter().filter(|code| !later.contains(code)) {
        assert!(tests.contains(&format!("RefusalCode::{code:?}")), "{code}");
    }
}

// Months.

const MONTHS: &str = "Month,Platform,Account,Campaign,Currency,Spend\n\
    2026-05,x,a,Spring,USD,10.00\n\
    June 2026,x,a,Spring,USD,20.00\n\
    07/2026,x,a,Spring,USD,30.00\n";

#[test]
fn months_are_figures_of_months_where_they_are_asked_for() {
    let reading = import(MONTHS, "--spans month");
    assert_eq!(
        rows(&reading),
        [
            "2026-05 x/a/Spring \"Spring\" 10.00 USD ×1 @2",
            "2026-06 x/a/Spring \"Spring\" 20.00 USD ×1 @3",
            "2026-07 x/a/Spring \"Spring\" 30.00 USD ×1 @4",
        ]
    );
    assert_eq!((reading.grain, warnings(&reading)), (Some(Grain::Month), vec![]));
    assert_eq!(taken(&reading).covered.to_string(), "2026-05-01..2026-07-31");
    let refusal = import(MONTHS, "");
    assert_eq!(refused(&refusal).code, RefusalCode::NoDailyRows);
    assert!(refused(&refusal).hint.ends_with("; or say --spans month, which keeps figures of one month as they are"));
    // Under `Day` a month is a month and a day a day; under `Month` a day stands for the month it begins.
    let days = MONTHS.replace("Month,", "Day,").replace("2026-05,", "2026-05-01,");
    assert!(rows(&import(&days, "--spans month"))[0].starts_with("2026-05-01 "));
    assert_eq!(code(&days, ""), RefusalCode::BadDay);
    assert_eq!(rows(&import(MONTHS.replace("2026-05,", "2026-05-01,"), "--spans month")), rows(&reading));
    assert_eq!(code(MONTHS.replace("2026-05,", "2026-05-02,"), "--spans month"), RefusalCode::BadDay);
    assert_eq!(code(MONTHS.replace("2026-05,", "2026,"), "--spans month"), RefusalCode::BadDay);
}

#[test]
fn spans_that_share_days_are_refused() {
    let with = |spans: [(u32, u32); 3]| {
        let row = |(first, last)| format!("2026-05-{first:02},2026-05-{last:02},x,Spring,USD,10.00\n");
        format!("Start date,End date,Platform,Campaign,Currency,Spend\n{}", spans.map(row).concat())
    };
    for spans in [[(1, 14), (15, 31), (1, 14)], [(1, 31), (1, 31), (1, 31)], [(8, 14), (1, 7), (15, 21)]] {
        assert_eq!(totals(&import(with(spans), "--account a --spans month")), ["30.00 USD"], "{spans:?}");
    }
    for (spans, row) in [
        ([(1, 31), (1, 14), (1, 31)], 3),
        ([(1, 31), (15, 31), (1, 31)], 3),
        ([(1, 7), (8, 14), (5, 10)], 4),
        ([(1, 20), (21, 31), (2, 3)], 4),
    ] {
        let reading = import(with(spans), "--account a --spans month");
        assert_eq!(
            (refused(&reading).code, refused(&reading).row),
            (RefusalCode::SpansOverlap, Some(row)),
            "{spans:?}"
        );
    }
}

#[test]
fn spans_are_of_a_month_or_refused() {
    let span = |first: &str, last: &str| {
        format!("Start date,End date,Platform,Campaign,Currency,Spend\n{first},{last},x,Spring,USD,10.00\n")
    };
    let month = import(span("2026-05-01", "2026-05-31"), "--account a --spans month");
    assert_eq!(rows(&month), ["2026-05 x/a/Spring \"Spring\" 10.00 USD ×1 @2"]);
    assert_eq!(warnings(&month), [""; 0]);
    let part = import(span("2026-05-04", "2026-05-10"), "--account a --spans month");
    assert_eq!((rows(&part), warnings(&part)), (rows(&month), vec!["month_in_part"]));
    assert_eq!(taken(&part).covered.to_string(), "2026-05-01..2026-05-31");
    let day = import(span("2026-05-04", "2026-05-04"), "--account a --spans month");
    assert_eq!(rows(&day), ["2026-05-04 x/a/Spring \"Spring\" 10.00 USD ×1 @2"]);
    assert_eq!((day.grain, taken(&day).covered.to_string().as_str()), (Some(Grain::Day), "2026-05-04..2026-05-04"));
    for (first, last) in [("2026-05-31", "2026-06-01"), ("2026-05-10", "2026-05-04"), ("2025-05-01", "2026-05-31")] {
        let reading = import(span(first, last), "--spans month");
        let refusal = refused(&reading);
        assert_eq!((refusal.code, refusal.row), (RefusalCode::NoDailyRows, Some(2)), "{first} {last}");
        assert!(
            refusal.message.ends_with("neither a single day nor days of one month")
                && !refusal.hint.contains("--spans")
        );
    }
    assert!(!refused(&import(span("2026-05-31", "2026-06-01"), "")).hint.contains("--spans"), "it would not help");
    assert!(refused(&import(span("2026-05-01", "2026-05-31"), "")).hint.contains("--spans month"));
}

#[test]
fn a_month_covers_no_more_than_its_report() {
    let report = |period: &str| {
        let rows =
            GOOGLE.replace("\tDay\t", "\tMonth\t").replace("2026-07-01", "2026-07").replace("2026-07-02", "2026-07");
        import(rows.replace("July 1, 2026 - July 31, 2026", period), "--account 123 --spans month")
    };
    let whole = report("July 1, 2026 - July 31, 2026");
    assert_eq!(rows(&whole)[0], "2026-07 google/123/Brand \"Brand\" 1234.56 EUR ×2 @4");
    assert_eq!(warnings(&whole), ["account_total_differs"]);
    let part = report("June 5, 2026 - July 20, 2026");
    assert_eq!((rows(&part), warnings(&part)), (rows(&whole), vec!["account_total_differs", "month_in_part"]));
    assert_eq!(taken(&part).covered.to_string(), "2026-06-05..2026-07-20");
    assert_eq!(refused(&report("June 5, 2026 - June 20, 2026")).code, RefusalCode::DayOutsidePeriod);
}

#[test]
fn a_month_and_its_days_are_not_of_one_campaign() {
    let text = |campaign: &str, currency: &str| {
        format!(
            "Date,Platform,Account,Campaign,Currency,Spend\n2026-04-30,x,a,Spring,USD,1.00\n2026-05,x,a,Spring,USD,10.00\n\
             2026-06-01,x,a,Spring,USD,1.00\n2026-05-31,x,a,{campaign},{currency},1.00\n"
        )
    };
    for currency in ["USD", "EUR"] {
        let reading = import(text("Spring", currency), "--spans month");
        let refusal = refused(&reading);
        assert_eq!((refusal.code, refusal.row), (RefusalCode::MixedGrains, Some(5)));
        assert!(
            refusal.message.contains("of 2026-05 on line 3 and one of 2026-05-31 on line 5"),
            "{}",
            refusal.message
        );
    }
    assert_eq!(rows(&import(text("Autumn", "USD"), "--spans month")).len(), 4);
}

// Laws.

fn shuffled() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let row = (1u32..=3, 0usize..3, 0usize..3, 0usize..2, -100_000i64..100_000);
    let row = row.prop_map(|(day, name, id, currency, cents)| {
        let (name, currency) = (["Spring", "Summer; late", "\"\"Q\"\""][name], ["USD", "EUR"][currency]);
        let sign = if cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        format!("2018-01-0{day};x;{id};\"{name}\";{currency};{amount}")
    });
    prop::collection::vec(row, 1..25).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rows_does_not_matter((rows, others) in shuffled()) {
        let read = |rows: &[String]| {
            let text = format!("Day;Platform;Campaign ID;Campaign;Currency;Spend\n{}\n", rows.join("\n"));
            taken(&import(&text, "")).clone()
        };
        let (one, other) = (read(&rows), read(&others));
        let but_place = |rollup: &Rollup| format!("{:?}", rollup.rows().map(|row| SpendRow { first_row: 0, ..row }).collect::<Vec<_>>());
        prop_assert_eq!(but_place(&one), but_place(&other));
        prop_assert_eq!((&one.totals, one.covered, &one.accounts), (&other.totals, other.covered, &other.accounts));
        for sum in one.totals.iter() {
            let mark = format!(";{};", sum.currency());
            let cents = rows.iter().filter(|row| row.contains(&mark)).map(|row| {
                row.rsplit(';').next().unwrap().replace('.', "").parse::<i128>().unwrap()
            });
            prop_assert_eq!(sum.nanos(), cents.sum::<i128>() * 10_000_000);
        }
        let keys: Vec<_> = one.rows().map(|row| (row.day, row.account, row.campaign, row.cost.currency())).collect();
        prop_assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        for row in one.rows() {
            let (start, end) = (format!("{};x;{};", row.day, row.campaign), format!(";{};", row.cost.currency()));
            let first = rows.iter().position(|line| line.starts_with(&start) && line.contains(&end));
            prop_assert_eq!(first, usize::try_from(row.first_row - 2).ok());
        }
    }

    #[test]
    fn no_bytes_are_too_strange(tail in prop::collection::vec(
        prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), Just(b'1'), Just(b'.'), any::<u8>()], 0..80,
    )) {
        let mut bytes = b"Day;Platform;Campaign;Currency;Spend\n2018-01-05;x;A;USD;1.50\n".to_vec();
        bytes.extend(tail);
        let _ = import(&bytes, "");
    }

    #[test]
    fn no_damage_is_too_strange(
        file in 0usize..4, as_utf16 in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 0..6),
    ) {
        let text = [GOOGLE, MICROSOFT, X_2017, "date,platform,campaign,currency,cost\n1/2/2018,x,A,USD,\"1,234\"\n"][file];
        let mut bytes = if as_utf16 { utf16le(text) } else { text.as_bytes().to_vec() };
        for (at, byte, edit) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        // The counts are checked by the reading itself.
        let _ = import(&bytes, "--currency USD");
    }
}
