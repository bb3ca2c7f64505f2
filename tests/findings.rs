//! Every finding there is: a smallest ledger that shows it, and the mended one that does not. And what
//! docs/findings.md says of it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod desk;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{Books, Spend, day};
use desk::Desk;
use desk::books::{books, done, export, run};
use respend::Instant;
use respend::check::{Code, Finding, whole};
use respend::close::{self, Closing};
use respend::ledger::{Change, Ledger};
use serde_json::Value;

/// Everything that is found in a ledger at the end of 2018.
fn found(books: &Books) -> Vec<Finding> {
    let shelf = books.open().unwrap_or_else(|error| panic!("{error}\n{books:?}"));
    whole(&shelf.ledger, day("2018-12-31"), None, None).unwrap().findings
}

/// A plan of 365.00 USD for 2018 on x, and an import that speaks for all of its days.
fn year() -> Books {
    Books::new().plan("x", "x", "2018", "365.00 USD").spend(all())
}

fn all() -> Spend {
    Spend::of("2018-01-01..2018-12-31").account("x/main")
}

/// The same with something spent.
fn spent(day: &str, campaign: &str, amount: &str) -> Books {
    Books::new().plan("x", "x", "2018", "365.00 USD").spend(all().row(day, campaign, amount))
}

/// A ban of half the year, and a redirection to a destination, approved.
fn redirected(books: Books, to: &str, amount: &str) -> Books {
    proposed(books, to, amount, "by=ann")
}

fn proposed(books: Books, to: &str, amount: &str, more: &str) -> Books {
    let of = format!("line=x destination={to}");
    books
        .restrict("ban", "x-ban", "x", "2018-07-01..")
        .event(&format!("id=r event=proposed date=2018-07-02 {of} amount={amount} {more}"))
        .event(&format!("id=r event=approved date=2018-07-03 {of} by=bob"))
}

fn to_meta() -> Books {
    let books = Books::new().destination("meta", "platform").plan("x", "x", "2018", "365.00 USD");
    let books = books.plan("m", "meta", "2018", "10.00 USD").spend(all().account("meta/main"));
    redirected(books, "meta", "100.00")
}

fn noticed(sha256: &str) -> Books {
    let notice = format!("evidence=evidence/notice.txt evidence_sha256={sha256}");
    year().restriction(&format!("id=x-ban kind=ban scope=x from=2018-07-01 {notice}"))
}

/// The SHA-256 of `Dear customer`.
const NOTICE: &str = "a721d791f600743c55777631d66ef23af6471f6eac51ca0d42b34dbeec7384ed";

const US: &str = "[[destination]]\nid = \"eff\"\nkind = \"donation\"\ncountry = \"US\"";
const MAIN: &str = "[accounts.\"x/main\"]";
const CLOSED: &str = "event,period,date,recorded\nclose,2018,2019-01-15,2019-01-15\n";

/// Books with 2018 closed as it was in `then`.
fn closed_as(then: &Books, books: Books) -> Books {
    let folder = then.write();
    let mut change = Change::begin(folder.path()).unwrap();
    let closing = Closing { period: "2018", by: "ann", date: None, reason: None, despite_findings: true };
    let now = Instant::end_of(day("2019-01-15"));
    let sealed = close::close(&mut change, closing, day("2019-01-15"), now).unwrap();
    change.commit().unwrap();
    let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
    books.file("closes.csv", &read("closes.csv")).file(&sealed.file, &read(&sealed.file))
}

fn closed(books: Books) -> Books {
    closed_as(&books.clone(), books)
}

/// The codes a ledger shows, that ledger, and the mended one.
fn cases() -> Vec<(Vec<Code>, Books, Books)> {
    use Code::*;
    let eff = || year().destination("eff", "donation");
    let paid = || {
        redirected(Books::new().table(US).plan("x", "x", "2018", "730.00 USD").spend(all()), "eff", "300.00")
            .event("id=r event=pledged date=2018-07-04 line=x destination=eff by=bob")
            .event("id=r event=paid date=2018-07-05 line=x destination=eff by=bob reference=wire-1")
    };
    let linkedin = |amount| {
        let books = Books::new().plan("x", "x", "2018", "365.00 USD").plan("l", "linkedin", "2018", "100.00 USD");
        books.restrict("ban", "x-ban", "x", "2018-07-01..").spend(all().row("2018-05-01", "linkedin/main/c", amount))
    };
    let march = |books: Books| books.spend(all().row("2018-03", "x/main/c", "31.00 USD"));
    let plan = || Books::new().plan("x", "x", "2018", "365.00 USD");
    let december = || all().row("2018-12-05", "x/main/c", "1.00 USD");
    let early = || plan().spend(december().recorded("2018-12-31T10:00:00Z").provisional_from("2018-12-03"));
    let billed = |currency: &str| {
        spent("2018-01-05", "x/main/c", "10.00 USD").table(&format!("{MAIN}\ncurrency = \"{currency}\""))
    };
    // A record that somebody edited: the last file of a name stands.
    let recorded = |amount: &str| {
        let books = spent("2018-01-05", "x/main/c", "5.00 USD");
        let file = "spend/2018-12-31-000000000000.toml";
        books.clone().file(file, &books.read(file).replace("amount = \"5.00\"", &format!("amount = \"{amount}\"")))
    };
    let held = |scope: &str| year().table(MAIN).restrict_in_part("hold", "h", scope, "2018-07-01..", "0.1");
    let amended = |recorded: &str| {
        let cells = "line=x entry=amendment amount=1.00 effective=2018-12-01 basis=given";
        year().budget(&format!("{cells} recorded={recorded}"))
    };
    let policy = "[[policy]]\nid = \"p\"\nremainder = \"eff\"";
    let takes = format!("{policy}\ntakes = {{ restrictions = [\"x-ban\"] }}");
    vec![
        (
            vec![NeedsOtherFunding, OverRedirected],
            redirected(eff(), "eff", "200.00"),
            redirected(eff(), "eff", "184.00"),
        ),
        (
            vec![OverRedirected, NeedsOtherFunding],
            redirected(eff(), "eff", "200.00"),
            redirected(eff(), "eff", "184.00"),
        ),
        (
            vec![RedirectInDiffers],
            to_meta().budget("line=m entry=redirect-in amount=90.00 reference=r"),
            to_meta().budget("line=m entry=redirect-in amount=100.00 reference=r"),
        ),
        (vec![RedirectInMissing], to_meta(), to_meta().budget("line=m entry=redirect-in amount=100.00 reference=r")),
        (vec![EvidenceMissing], noticed(NOTICE), noticed(NOTICE).file("evidence/notice.txt", "Dear customer")),
        (
            vec![EvidenceDiffers],
            noticed(NOTICE).file("evidence/notice.txt", "Dear customers"),
            noticed(NOTICE).file("evidence/notice.txt", "Dear customer"),
        ),
        (
            vec![EvidenceUnhashed],
            noticed("").file("evidence/notice.txt", "Dear customer"),
            noticed(NOTICE).file("evidence/notice.txt", "Dear customer"),
        ),
        (vec![ControlDiffers], recorded("6.00"), recorded("5.00")),
        (vec![AccountCurrency], billed("EUR"), billed("USD")),
        (
            vec![SpendDuringRestriction],
            spent("2018-07-02", "x/main/c", "5.00 USD").restrict("ban", "x-ban", "x", "2018-07-01.."),
            spent("2018-06-30", "x/main/c", "5.00 USD").restrict("ban", "x-ban", "x", "2018-07-01.."),
        ),
        (
            vec![BlockedNetNegative, SpendDuringRestriction],
            spent("2018-07-02", "x/main/c", "200.00 USD").restrict("ban", "x-ban", "x", "2018-07-01.."),
            spent("2018-06-30", "x/main/c", "200.00 USD").restrict("ban", "x-ban", "x", "2018-07-01.."),
        ),
        (vec![UncoveredDays], plan().spend(Spend::of("2018-01-05..2018-12-31").account("x/main")), year()),
        (
            vec![LetterMissing],
            paid(),
            paid().event("id=r event=acknowledged date=2018-07-20 line=x destination=eff by=ann reference=wire-1"),
        ),
        (
            vec![RateMissing],
            spent("2018-01-05", "x/main/c", "10.00 EUR"),
            spent("2018-01-05", "x/main/c", "10.00 EUR").file("rates/hist.csv", "Date,USD,\n2018-01-05,1.2045,\n"),
        ),
        (
            vec![RestrictionWithoutPlan],
            year().restrict("ban", "x-ban", "meta", "2018-07-01.."),
            year().restrict("ban", "x-ban", "x", "2018-07-01.."),
        ),
        (vec![RedirectableAboveFree], linkedin("300.00 USD"), linkedin("80.00 USD")),
        (
            vec![MonthFigureRestricted],
            march(plan()).restrict("ban", "x-ban", "x", "2018-03-11.."),
            march(plan()).restrict("ban", "x-ban", "x", "2018-04-01.."),
        ),
        (
            vec![MonthFigureCut],
            march(Books::new().plan("x", "x", "2018-03-15..2018-12-31", "365.00 USD")),
            march(Books::new().plan("x", "x", "2018-03-01..2018-12-31", "365.00 USD")),
        ),
        (vec![ProvisionalClosed, ProvisionalRows], closed(early()), closed(early().spend(december()))),
        (
            vec![CloseBroken, CloseBroken],
            closed_as(&year(), Books::new().plan("x", "x", "2018", "366.00 USD").spend(all())),
            closed(year()),
        ),
        (vec![LateFact], closed_as(&year(), amended("2019-02-01")), closed(amended("2019-01-14"))),
        (vec![CloseTextMissing], year().file("closes.csv", &closed(year()).read("closes.csv")), closed(year())),
        (vec![CloseUnproven], year().file("closes.csv", CLOSED), closed(year())),
        (
            vec![UnknownAccount],
            spent("2018-01-05", "x/acme/c", "10.00 USD").table(MAIN),
            spent("2018-01-05", "x/acme/c", "10.00 USD").table(&format!("{MAIN}\naliases = [\"acme\"]")),
        ),
        (vec![UnknownAccount], held("x/mian/c"), held("x/main/c")),
        (
            vec![UnknownAccount],
            eff().table(MAIN).table(&format!("{policy}\ntakes = {{ platform = \"x\", account = \"mian\" }}")),
            eff().table(MAIN).table(&format!("{policy}\ntakes = {{ platform = \"x\", account = \"ma-in\" }}")),
        ),
        (vec![ProposerUnknown], proposed(eff(), "eff", "100.00", ""), proposed(eff(), "eff", "100.00", "by=ann")),
        (
            vec![PolicyRestriction],
            eff().table(&takes),
            eff().table(&takes).restrict("ban", "x-ban", "x", "2018-07-01.."),
        ),
        (
            vec![UnbudgetedSpend],
            spent("2018-01-05", "meta/main/c", "10.00 USD"),
            spent("2018-01-05", "meta/main/c", "10.00 USD").plan("m", "meta", "2018", "10.00 USD"),
        ),
        (vec![ProvisionalRows], early(), early().spend(december())),
        (
            vec![RecordedLate],
            year().restriction("id=x-ban kind=ban scope=x from=2018-02-01 recorded=2018-03-04"),
            year().restriction("id=x-ban kind=ban scope=x from=2018-02-01 recorded=2018-03-03"),
        ),
        (
            vec![PolicyUnknown],
            proposed(eff(), "eff", "100.00", "by=ann policy=p"),
            proposed(eff().table(policy), "eff", "100.00", "by=ann policy=p"),
        ),
        (vec![UnusedFile], year().file("spend/2018-01-31-x-000000000000.csv", "day\n"), year()),
    ]
}

#[test]
fn each_code_has_a_ledger_that_shows_it_and_a_mended_one_that_shows_nothing() {
    let mut shown: Vec<Code> = Vec::new();
    for (codes, broken, mended) in cases() {
        let mut expected: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        expected.sort_unstable();
        let mut found_codes: Vec<&str> = found(&broken).iter().map(|finding| finding.code.as_str()).collect();
        found_codes.sort_unstable();
        assert_eq!(found_codes, expected, "{broken:?}");
        assert_eq!(found(&mended), [], "{mended:?}");
        shown.push(codes[0]);
    }
    for code in Code::ALL {
        assert!(shown.contains(code), "{code} has no case");
    }
}

/// What docs/findings.md says under the heading of each code: severity, and an example.
fn documented() -> Vec<(String, String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md")).unwrap();
    let sections = page.split("\n### `").skip(1);
    let said = |section: &str| {
        let (code, rest) = section.split_once("`\n\n").unwrap();
        let (severity, _) = rest.split_once(": ").unwrap();
        let example = rest.lines().filter_map(|line| line.strip_prefix("> ")).collect::<Vec<_>>().join(" ");
        (code.to_owned(), severity.to_lowercase(), example)
    };
    sections.map(said).collect()
}

#[test]
fn the_page_lists_every_code_in_order_with_its_severity_and_a_true_example() {
    let mut examples = BTreeMap::new();
    for (codes, broken, _) in cases() {
        let finding = found(&broken).into_iter().find(|finding| finding.code == codes[0]).unwrap();
        examples.entry(codes[0].as_str()).or_insert(format!("{}: {}", finding.place, finding.message));
        assert!(!finding.hint.is_empty() && !finding.hint.ends_with('.'), "{finding:?}");
    }
    let expected: Vec<_> = Code::ALL
        .iter()
        .map(|code| (code.to_string(), code.severity().to_string(), examples[code.as_str()].clone()))
        .collect();
    let documented = documented();
    for (documented, expected) in documented.iter().zip(&expected) {
        assert_eq!(documented, expected);
    }
    assert_eq!(documented.len(), expected.len());
}

// over the years

#[test]
fn what_is_of_a_whole_line_is_said_once_and_what_is_of_a_year_names_it() {
    let books = Books::new()
        .destination("eff", "donation")
        .plan("x", "x", "2017-07-01..2018-12-31", "549.00 USD")
        .spend(all().row("2018-08-05", "x/main/c", "7.00 USD"));
    let books = redirected(books, "eff", "200.00").spend(
        Spend::of("2016-01-01..2017-12-31").row("2016-03-05", "x/main/c", "99.00 USD").row(
            "2017-03-05",
            "x/main/c",
            "5.00 USD",
        ),
    );
    let said: Vec<String> = found(&books)
        .into_iter()
        .map(|one| {
            let days = one.period.map(|period| format!(" {period}")).unwrap_or_default();
            format!("{}{days}: {}: {}", one.code, one.place, one.message)
        })
        .collect();
    // 2016 is history: no plan line or restriction had begun.
    assert_eq!(
        said,
        [
            "needs_other_funding: redirection r: 23.00 USD of it is not, or no longer, blocked and free",
            "over_redirected: line x: redirections take 23.00 USD more than is blocked and free",
            "spend_during_restriction 2018-01-01..2018-12-31: line x: 7.00 USD was spent on days and campaigns a \
             restriction covers",
            "unbudgeted_spend 2017-01-01..2017-12-31: platform x: 5.00 USD was spent that no plan line covers",
        ]
    );
}

#[test]
fn years_are_the_companys_own_and_named_as_periods_are() {
    for (named_by, names) in [("start", ["FY2017", "FY2018"]), ("end", ["FY2018", "FY2019"])] {
        let books =
            year().setting("fiscal_year_start = \"04-01\"").setting(&format!("fiscal_year_named_by = \"{named_by}\""));
        let shelf = books.open().unwrap();
        let checked = whole(&shelf.ledger, day("2018-12-31"), None, None).unwrap();
        assert_eq!(checked.years.iter().map(|year| year.name.as_str()).collect::<Vec<_>>(), names);
        for year in checked.years {
            assert_eq!(shelf.period(&year.name), year.period);
        }
    }
}

#[test]
fn a_ledger_with_a_ban_and_nothing_else_is_looked_into() {
    let said = found(&Books::new().restrict("ban", "x-ban", "x", "2018-07-01.."));
    assert_eq!(said.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["restriction_without_plan"]);
    // Also one that begins after all that is planned, and not for the years before an import.
    let said = found(&year().restrict("ban", "x-ban", "x", "2019-07-01.."));
    assert_eq!(said.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["restriction_without_plan"]);
    assert_eq!(found(&year().restrict("ban", "x-ban", "x", "2015-07-01..2016-01-01")), []);
    assert_eq!(found(&Books::new()), []);
}

// typed

#[test]
fn the_ledgers_of_the_project_show_what_their_pages_say() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spent = "spend_during_restriction";
    let four = ["letter_missing", spent, spent, "provisional_rows"];
    for (name, today, expected) in
        [("kaspersky-2018", "2026-11-25", &[][..]), ("four-platforms", "2022-06-30", &four[..])]
    {
        let ledger = Ledger::open_whole(&project.join("ledgers").join(name)).unwrap();
        let findings = whole(&ledger, day(today), None, None).unwrap().findings;
        assert_eq!(findings.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), expected, "{name}");
    }
    assert_eq!(fs::read_dir(project.join("ledgers")).unwrap().count(), 2);
}

/// Books with spend on a day under a ban.
fn banned() -> Desk {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-01 c1 100.00", "2018-03-05 c1 50.00"]);
    done(&desk, "--today 2018-06-01 import a.csv");
    done(&desk, "--today 2018-02-01 ban add --platform x --from 2018-02-01 --id x-ban --reason policy");
    desk
}

const CHECK: &str = "check --as-of 2018-06-30";

#[test]
fn a_table_for_readers_ends_with_counts_and_warnings_do_not_fail() {
    let ran = run(&banned(), CHECK);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md")).unwrap();
    let shown = page.split("$ respend check --as-of 2018-06-30\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(shown, Some(ran.stdout.as_str()), "docs/findings.md shows it");
}

#[test]
fn programs_find_what_is_found_under_keys() {
    let desk = banned();
    let csv = done(&desk, &format!("{CHECK} --format csv"));
    assert_eq!(
        csv,
        "severity,code,period,place,message,hint\n\
         warning,spend_during_restriction,2018,line x,50.00 USD was spent on days and campaigns a restriction covers,\
         \"find out why ads ran, and check scope and days\"\n"
    );
    let json: Value = serde_json::from_str(&done(&desk, &format!("{CHECK} --format json"))).unwrap();
    let (table, row) = (&json["tables"][0], &json["tables"][0]["rows"][0]);
    assert_eq!(
        (&row["severity"], &row["code"], &row["period"]),
        (&"warning".into(), &"spend_during_restriction".into(), &"2018".into())
    );
    assert_eq!(table["notes"][1], "0 errors, 1 warning, 0 notes.");
}

#[test]
fn nothing_found_is_said() {
    let said = done(&books(), "check --as-of 2017-12-31");
    assert_eq!(said, "Books\nFiscal year 2018, as of 2017-12-31.\n\nFindings\n(none)\n\nNo findings.\n");
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    let said = done(&desk, "check");
    assert!(said.contains("no plan, no restriction and no spend yet.\n") && said.ends_with("No findings.\n"), "{said}");
}

#[test]
fn an_error_is_what_the_books_say_no_to() {
    let desk = banned();
    desk.write("notice.txt", "Dear customer");
    done(&desk, "--today 2018-02-02 hold add --platform x --from 2018-02-02 --id h --reason own --evidence notice.txt");
    assert_eq!(run(&desk, CHECK).code, 0);
    let notice = fs::read_dir(desk.path("books/evidence")).unwrap().next().unwrap().unwrap().path();
    fs::write(notice, "Dear customers").unwrap();
    let ran = run(&desk, CHECK);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "what was found is said on standard output");
    assert!(ran.stdout.contains("error     evidence_differs"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("1 error, 1 warning, 0 notes.\n"), "{}", ran.stdout);
    // Every other command goes on.
    done(&desk, "report 2018");
}

#[test]
fn missing_letters_say_how_many_days_are_left() {
    let desk = books();
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + US + "\n"));
    let steps = "r,proposed,2018-04-20,x,eff,300,ann,\nr,approved,2018-04-20,x,eff,,bob,\nr,pledged,2018-04-20,x,eff,,bob,\n\
                 r,paid,2018-04-20,x,eff,,bob,w\n";
    desk.write("books/redirections.csv", &format!("id,event,date,line,destination,amount,by,reference\n{steps}"));
    let said = run(&desk, "check --as-of 2018-06-30 --filing-date 2018-07-10").stdout;
    assert!(said.contains("ask for it; 10 days are left to the filing date 2018-07-10."), "{said}");
}

#[test]
fn what_cannot_be_read_is_said_together_with_every_rollup_that_is_not_what_it_was() {
    let desk = banned();
    export(&desk, "b.csv", &["2018-04-01 c1 1.00"]);
    done(&desk, "--today 2018-06-01 import b.csv");
    let rollups = || {
        let files = fs::read_dir(desk.path("books/spend")).unwrap().map(|entry| entry.unwrap().path());
        let mut rollups: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "csv")).collect();
        rollups.sort();
        rollups
    };
    let [first, second] = <[_; 2]>::try_from(rollups()).unwrap();
    let text = fs::read_to_string(&first).unwrap();
    fs::write(&first, text.replace("50.00", "5.00")).unwrap();
    fs::remove_file(&second).unwrap();
    desk.write("books/encumbrances.csv", "line,reference,date,amount\nx,PO,2018-13-01,1\n");
    let ran = run(&desk, CHECK);
    let name = |path: &Path| format!("spend/{}", path.file_name().unwrap().to_string_lossy());
    let mend = "a rollup is not edited; restore the file, or remove it and its record and import the export again";
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr),
        (
            2,
            "",
            format!(
                "error: encumbrances.csv:2:6: date: `2018-13-01` is not in the calendar\n\
                 error: {}:1:1: the file is not what its record says it was: its SHA-256 differs; {mend}\n\
                 error: {}:1:1: the file is missing, and there is a record of it; {mend}\n",
                name(&first),
                name(&second)
            )
        )
    );
    desk.write("books/encumbrances.csv", "line,reference,date,amount\n");
    for typed in [CHECK, "spend"] {
        let ran = run(&desk, typed);
        assert_eq!((ran.code, ran.stderr.lines().count()), (2, 2), "{ran:?}");
    }
}
