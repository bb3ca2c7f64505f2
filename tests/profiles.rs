//! What kinds of export files are known: the list, one profile as it is written, and a ledger's own.

#![allow(clippy::unwrap_used)] // the helpers of tests are tests, too

mod desk;

use std::sync::LazyLock;

use desk::Desk;
use proptest::prelude::*;
use respend::import::Profiles;

const OWN: &str = r#"title = "X, as our agency sends it"
platform = "x"
unit = "currency"

[columns]
day = ["Date"]
spend = ["Net"]
campaign = ["Flight"]

[[proof]]
all = ["Net", "Flight"]
"#;

/// A ledger that replaces one built-in profile and adds another.
fn books() -> Desk {
    let desk = Desk::new();
    desk.write("books/ledger.toml", "format = 1\nname = \"Books\"\ncurrency = \"USD\"\n");
    desk.write("books/profiles/x-ads-ui.toml", OWN);
    desk.write("books/profiles/agency.toml", OWN);
    desk
}

fn row<'t>(list: &'t str, name: &str) -> &'t str {
    list.lines().find(|line| line.starts_with(&format!("{name},"))).unwrap_or("none")
}

#[test]
fn the_list_says_what_each_profile_reads_and_who_wrote_it() {
    let list = books().done(&["--ledger", "books", "--format", "csv", "profiles"]);
    assert!(list.starts_with("name,platform,title,origin\n"));
    assert_eq!(row(&list, "agency"), "agency,x,\"X, as our agency sends it\",this ledger");
    assert_eq!(row(&list, "x-ads-ui"), "x-ads-ui,x,\"X, as our agency sends it\",this ledger");
    assert_eq!(
        row(&list, "x-ads-api"),
        "x-ads-api,x,\"X (Twitter) Ads, campaign table of the API or a warehouse\",built in"
    );
    let names: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(names.is_sorted());
}

#[test]
fn without_a_ledger_only_the_built_in_profiles_are_there() {
    let desk = Desk::new();
    let list = desk.done(&["--format", "csv", "profiles"]);
    assert!(list.lines().skip(1).all(|line| line.ends_with(",built in")));
    assert_eq!(row(&list, "agency"), "none");
    for format in ["table", "json", "markdown"] {
        assert!(desk.done(&["--format", format, "profiles"]).contains("meta-ads-manager"), "{format}");
    }
}

#[test]
fn a_profile_is_shown_as_it_is_written() {
    let desk = books();
    assert_eq!(desk.done(&["--ledger", "books", "profiles", "show", "x-ads-ui"]), OWN);
    let built_in = desk.done(&["profiles", "show", "x-ads-ui"]);
    assert_eq!(built_in, include_str!("../src/import/profiles/x-ads-ui.toml"));
}

#[test]
fn what_is_wrong_in_several_profiles_is_said_together() {
    let desk = books();
    desk.write("books/profiles/agency.toml", &OWN.replace("unit = \"currency\"", "unit = 3"));
    desk.write("books/profiles/x-ads-ui.toml", &OWN.replace("[[proof]]\nall", "[proof]\nal"));
    let ran = desk.run(&["--ledger", "books", "profiles"]);
    let expected = "error: profiles/agency.toml:3:8: `unit` is a number; write unit = \"…\"\n\
                    error: profiles/x-ads-ui.toml:10:1: a [[proof]] asks for nothing, so every file would be one of these; \
                    name headers in `all` or `any`, or lines above the header in `lines`\n\
                    error: profiles/x-ads-ui.toml:11:1: `al` is no key of [[proof]]; perhaps `all`; its keys \
                    are `all`, `any`, `at_least`, `none`, `lines`\n\
                    hint: docs/profiles.md says what a profile holds\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, expected));
}

#[test]
fn a_profile_is_text_in_utf_8() {
    let desk = books();
    std::fs::write(desk.path("books/profiles/agency.toml"), b"title = \"Radio \xE9\"").unwrap();
    let ran = desk.run(&["--ledger", "books", "profiles"]);
    let expected = "error: profiles/agency.toml:1:1: the text is not UTF-8; save the file as UTF-8\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, expected));
}

/// A file of TOML that somebody may have written in haste.
fn hasty() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "title",
        "name",
        "unit",
        "columns",
        "columns.day",
        "columns.spend",
        "proof",
        "mark.any",
        "totals",
        "ids",
        "row_limit",
    ]);
    let value =
        prop::sample::select(vec!["3", "\"\"", "\"ä\"", "[]", "[\"a\", 2]", "true", "{}", "[{}]", "2026-03-01", "\""]);
    let line = (key, value, 0..4).prop_map(|(key, value, form)| match form {
        0 => format!("[{key}]"),
        1 => format!("[[{key}]]"),
        _ => format!("{key} = {value}"),
    });
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #[test]
    fn no_profile_is_too_strange(text in prop_oneof![hasty(), ".{0,200}"]) {
        let places = |error: &respend::import::ProfileError| error.faults.iter().all(|fault| fault.line > 0 && fault.column > 0);
        static BUILT_IN: LazyLock<Profiles> = LazyLock::new(Profiles::built_in);
        let added = BUILT_IN.clone().add("strange", &text);
        // None of these says what is needed.
        prop_assert!(added.is_err_and(|error| !error.faults.is_empty() && places(&error)));
    }
}
