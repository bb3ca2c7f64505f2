//! What kinds of export files are known: the list, one profile as it is written, and a ledger's own.

mod desk;

use desk::Desk;

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
