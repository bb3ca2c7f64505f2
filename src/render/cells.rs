//! One cell as a person reads it, and as a program does.

use rust_decimal::Decimal;

use crate::money::{Share, grouped};
use crate::report::Cell;

/// Returns the cell as people write it: `94,500.00`, `35%`. Text is returned as it stands.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Money(money) => money.grouped(),
        Cell::Cost(cost) => cost.grouped(),
        Cell::Count(count) => grouped(&count.to_string()),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(instant) => instant.to_string(),
        Cell::Share(share) => format!("{}%", percent(*share)),
        Cell::Ratio(ratio) => grouped(&format!("{:.1}", ratio.saturating_mul(Decimal::ONE_HUNDRED))) + "%",
    }
}

/// Returns the cell as programs read it: `94500.00`, `0.35`; `None` when there is nothing to say.
pub(super) fn plain(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Blank => None,
        Cell::Text(text) => Some(text.clone()),
        Cell::Money(money) => Some(money.to_string()),
        Cell::Cost(cost) => Some(cost.to_string()),
        Cell::Count(count) => Some(count.to_string()),
        Cell::Day(day) => Some(day.to_string()),
        Cell::Instant(instant) => Some(instant.to_string()),
        Cell::Share(share) => Some(share.to_string()),
        Cell::Ratio(ratio) => Some(format!("{ratio:.3}")),
    }
}

/// Returns whether the cell says how much.
pub(super) fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Money(_) | Cell::Cost(_) | Cell::Count(_) | Cell::Share(_) | Cell::Ratio(_))
}

/// Returns the share in hundredths of the whole, exactly.
pub(super) fn percent(share: Share) -> Decimal {
    // A share's weight counts billionths, so ten millionths of a percent.
    Decimal::from_i128_with_scale(i128::from(share.weight()), 7).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Cost, Money};

    #[test]
    fn numbers_for_people_and_for_programs() {
        let money = |text: &str, code: &str| Cell::Money(Money::parse(text, code.parse().unwrap()).unwrap());
        let cost = |text: &str, code: &str| Cell::Cost(Cost::parse(text, code.parse().unwrap()).unwrap());
        for (cell, people, program) in [
            (money("94500", "USD"), "94,500.00", "94500.00"),
            (money("-999", "USD"), "-999.00", "-999.00"),
            (money("-1000", "JPY"), "-1,000", "-1000"),
            (money("1234567.891", "KWD"), "1,234,567.891", "1234567.891"),
            (money("0", "USD"), "0.00", "0.00"),
            (cost("1020.83669", "USD"), "1,020.83669", "1020.83669"),
            (cost("1200.5", "JPY"), "1,200.5", "1200.5"),
            (Cell::Count(0), "0", "0"),
            (Cell::Count(18_446_744_073_709_551_615), "18,446,744,073,709,551,615", "18446744073709551615"),
            (Cell::Share("0.35".parse().unwrap()), "35%", "0.35"),
            (Cell::Share("12.5%".parse().unwrap()), "12.5%", "0.125"),
            (Cell::Share("0.000000001".parse().unwrap()), "0.0000001%", "0.000000001"),
            (Cell::Share(Share::ALL), "100%", "1"),
            (Cell::Ratio("0.986".parse().unwrap()), "98.6%", "0.986"),
            (Cell::Ratio("-12".parse().unwrap()), "-1,200.0%", "-12.000"),
        ] {
            assert_eq!(shown(&cell), people);
            assert_eq!(plain(&cell).as_deref(), Some(program));
        }
        assert_eq!((shown(&Cell::Blank), plain(&Cell::Blank)), (String::new(), None));
    }
}
