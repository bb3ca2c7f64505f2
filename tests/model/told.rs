//! What a statement says, in the words of the model.

use std::collections::BTreeMap;

use respend::ledger::RestrictionKind;
use respend::statement::{Figure, Figures, Statement};
use respend::{Id, Money, Scope};

use crate::reckoned::{Said, say};

pub(crate) fn of(statement: &Statement) -> Said {
    let mut said = Said::new();
    said.insert("provisional rows".into(), statement.provisional_rows.to_string());
    for spend in &statement.unbudgeted {
        let (account, campaign) = (Some(spend.account.clone()), Some(spend.campaign.clone()));
        let place = Scope { platform: spend.platform.clone(), account, campaign };
        let amounts = [("actual", spend.actual.minor()), ("inside", spend.during_restriction.minor())];
        say(&mut said, &format!("unbudgeted {place} {}", spend.actual.currency()), amounts);
    }
    for rate in &statement.rates {
        let days: Vec<String> = rate.legs.iter().map(|leg| leg.published.day.to_string()).collect();
        said.insert(format!("rate of {} in {} of {}", rate.rate.base(), rate.rate.quote(), rate.day), days.join(" "));
    }
    for one in &statement.missing_rates {
        let what = format!("line {} lacks {} in {} of {}", one.line, one.amount.currency(), one.quote, one.day);
        said.insert(what, one.amount.minor().to_string());
    }
    for line in &statement.lines {
        let name = format!("line {}", line.line.id);
        for month in &line.months {
            let name = format!("{name} {}", month.month);
            say(&mut said, &name, all(&month.figures));
            say(&mut said, &format!("{name} blocked by"), parts(&month.blocked_by));
        }
        say(&mut said, &name, all(&line.figures));
        say(&mut said, &format!("{name} blocked by"), parts(&line.blocked_by));
        say(&mut said, &format!("{name} whole, blocked by"), parts(&line.blocked_by_whole));
        let whole = [("plan", line.plan_whole), ("actual", line.actual_whole), ("carried out", line.carried_out)];
        say(&mut said, &format!("{name} whole"), whole.map(|(what, amount)| (what, amount.minor())));
        let days = line.uncovered.iter().flat_map(|days| (0..days.days()).map(|at| days.start().plus_days(at)));
        let days: Vec<String> = days.map(|day| day.to_string()).collect();
        said.insert(format!("{name}: uncovered"), days.join(" "));
    }
    for one in &statement.redirections {
        let name = format!("redirection {}", one.redirection.id);
        said.insert(format!("{name}: state"), one.state.to_string());
        let amounts = [
            ("proposed", one.progress.proposed),
            ("approved", one.progress.approved.map_or(Money::zero(one.paid.currency()), |approval| approval.amount)),
            ("conditional", one.progress.conditional.unwrap_or(Money::zero(one.paid.currency()))),
            ("pledged", one.progress.pledged.unwrap_or(Money::zero(one.paid.currency()))),
            ("paid", one.paid),
            ("acknowledged", one.acknowledged),
            ("outstanding", one.outstanding),
            ("awaiting letter", one.awaiting_letter),
            ("taken on", one.taken_on),
            ("needs other funding", one.needs_other_funding),
        ];
        say(&mut said, &name, amounts.map(|(what, amount)| (what, amount.minor())));
    }
    for ((platform, currency), sums) in &statement.platforms {
        say(&mut said, &format!("{platform} {currency}"), all(sums));
    }
    for (currency, sums) in &statement.totals {
        say(&mut said, &currency.to_string(), all(sums));
    }
    let shown: Vec<String> = statement.restrictions.iter().map(|one| one.id.to_string()).collect();
    said.insert("restrictions".into(), shown.join(" "));
    said.retain(|_, value| value != "0");
    said
}

fn all(figures: &Figures) -> impl Iterator<Item = (&'static str, i128)> {
    let keys = Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM);
    keys.map(|figure| (figure.key(), figures.get(figure).minor()))
}

fn parts(parts: &BTreeMap<(RestrictionKind, Id), Money>) -> impl Iterator<Item = (String, i128)> {
    parts.iter().map(|((kind, id), part)| (format!("{kind} {id}"), part.minor()))
}
