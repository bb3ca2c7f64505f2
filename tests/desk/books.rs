//! Books with a plan for x, exports of the account acme, and commands typed on them.

use serde_json::Value;

use super::{Desk, Ran};

pub const HEADER: &str = "Day,Platform,Account,Campaign,Currency,Spend\n";

/// A ledger with a plan for x, and a way to type commands on it.
pub fn books() -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,currency,amount,basis\nx,original,2018,x,USD,365,given\n",
    );
    desk
}

/// Writes an export with these rows: `2018-01-05 c1 100.10` or `2018-03 c1 100.10`, of the account acme on x in USD.
pub fn export(desk: &Desk, file: &str, rows: &[&str]) {
    let row = |row: &&str| {
        let cells: Vec<&str> = row.split(' ').collect();
        format!("{},x,acme,{},USD,{}\n", cells[0], cells[1], cells[2])
    };
    desk.write(file, &(HEADER.to_owned() + &rows.iter().map(row).collect::<String>()));
}

pub fn run(desk: &Desk, typed: &str) -> Ran {
    desk.run(&["--ledger", "books"].into_iter().chain(typed.split(' ')).collect::<Vec<_>>())
}

pub fn done(desk: &Desk, typed: &str) -> String {
    desk.done(&["--ledger", "books"].into_iter().chain(typed.split(' ')).collect::<Vec<_>>())
}

pub fn as_json(desk: &Desk, typed: &str) -> Value {
    serde_json::from_str(&done(desk, &format!("{typed} --format json"))).unwrap()
}

/// What is refused, and changes nothing.
#[track_caller]
pub fn refused(desk: &Desk, typed: &str) -> String {
    let before = desk.tree();
    let ran = run(desk, typed);
    assert_eq!(ran.code, 1, "{typed}: {ran:?}");
    assert!(desk.tree() == before, "{typed} changed the folder");
    ran.stderr
}

/// The id of the import recorded last.
pub fn last_import(desk: &Desk) -> String {
    let imports = as_json(desk, "imports");
    imports["tables"][0]["rows"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// Books with a fact of every kind, recorded on a day of its own from January to March 2018.
pub fn staged() -> Desk {
    let desk = books();
    let settings = desk.read("books/ledger.toml")
        + "[[destination]]\nid = \"eff\"\nkind = \"donation\"\ncountry = \"US\"\n\
           [[policy]]\nid = \"all\"\n[[policy.to]]\ndestination = \"eff\"\nshare = \"100%\"\n";
    desk.write("books/ledger.toml", &settings);
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,account,currency,amount,effective,recorded,by,basis,note,x_cost_centre\n\
         x,original,2018,x,,USD,365,,2018-01-01,ann,given,as agreed,\n",
    );
    let header = "id,event,date,recorded,policy,line,destination,currency,amount,by,reference,note,x_cost_centre\n";
    desk.write("books/redirections.csv", header);
    desk.write("notice.txt", "Dear advertiser,\n");
    done(&desk, "--today 2018-01-15 budget amend --line x --by 36.50 --effective 2018-03-01 --recorded-by ann");
    done(&desk, "--today 2018-01-20 encumbrance add --line x --reference PO-7 --date 2018-02-20 --amount 4.00");
    export(&desk, "january.csv", &["2018-01-05 c1 10.004", "2018-01-06 c2 20.00"]);
    done(&desk, "--today 2018-02-01 import january.csv --exported 2018-03-10");
    export(&desk, "wrong.csv", &["2018-01-07 c3 5.00"]);
    done(&desk, "--today 2018-02-02 import wrong.csv --exported 2018-03-10");
    let wrong = last_import(&desk);
    done(&desk, &format!("--today 2018-02-03 imports revoke {wrong} --reason wrong --by ann"));
    done(
        &desk,
        "--today 2018-02-05 ban add --platform x --from 2018-02-01 --id ban --evidence notice.txt --recorded-by ann",
    );
    done(&desk, "--today 2018-02-06 hold add --platform x --from 2018-12-01 --id hold --recorded-by ann");
    done(&desk, "--today 2018-03-01 redirect propose --write --by ann --allow-uncovered");
    let proposed = as_json(&desk, "redirect list --today 2018-03-01");
    let id = proposed["tables"][0]["rows"][0]["id"].as_str().unwrap().to_owned();
    done(&desk, &format!("--today 2018-03-05 redirect approve {id} --by ben"));
    done(&desk, &format!("--today 2018-03-06 redirect pledge {id} --by ben"));
    desk.write(
        "books/closes.csv",
        "event,period,date,recorded,by,reason\nclose,2018-01,2018-03-10,2018-03-10T09:00:00Z,ann,\n",
    );
    desk
}

/// What is recorded on staged books from April to November.
pub fn later(desk: &Desk) {
    let settings = desk.read("books/ledger.toml")
        + "[[destination]]\nid = \"aid\"\nkind = \"donation\"\n[[policy]]\nid = \"half\"\n[[policy.to]]\n\
           destination = \"aid\"\nshare = \"50%\"\n[accounts.\"meta/m-1\"]\ncurrency = \"USD\"\n";
    desk.write("books/ledger.toml", &settings);
    done(desk, "--today 2018-04-01 budget amend --line x --by 50 --effective 2018-05-01 --recorded-by cleo");
    done(
        desk,
        "--today 2018-04-02 --quiet --prior-period budget add --line meta --period 2018 --platform meta --amount 100 --basis given",
    );
    done(desk, "--today 2018-04-03 encumbrance release --line x --reference PO-7");
    export(desk, "late.csv", &["2018-01-05 c1 11.00", "2018-01-08 c1 1.00"]);
    done(desk, "--today 2018-04-04 import late.csv --restate --prior-period --absent keep");
    // Another spelling of the account, which comes first in the alphabet.
    desk.write("spelled.csv", &format!("{HEADER}2018-02-09,x,ac-me,c4,USD,2.00\n"));
    done(desk, "--today 2018-04-05 import spelled.csv");
    done(desk, "--today 2018-06-15 ban lift ban --until 2018-07-01 --recorded-by cleo");
    done(desk, "--today 2018-06-16 hold add --platform x --from 2018-11-01 --id second --recorded-by cleo");
    let listed = as_json(desk, "redirect list --today 2018-11-01");
    let id = listed["tables"][0]["rows"][0]["id"].as_str().unwrap().to_owned();
    done(desk, &format!("--today 2018-07-01 redirect pay {id} --by tom --reference wire-1"));
    done(desk, &format!("--today 2018-07-02 redirect acknowledge {id} --by ann"));
    let closes = desk.read("books/closes.csv");
    let late = "reopen,2018-01,2018-08-01,2018-08-01T09:00:00Z,ann,late credit\n";
    desk.write("books/closes.csv", &(closes + late));
    let first = as_json(desk, "imports")["tables"][0]["rows"][0]["id"].as_str().unwrap().to_owned();
    done(desk, &format!("--today 2018-09-01 imports revoke {first} --reason replaced --by cleo"));
}
