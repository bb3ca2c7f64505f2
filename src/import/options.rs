//! [`Options`]: what the user says about a file, and the words it is said in.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::calendar::Day;
use crate::money::Currency;
use crate::scope::Platform;

/// What the user gave on the command line; nothing of it is needed where the file proves it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The currency of the file's money.
    pub currency: Option<Currency>,
    /// What one unit of the money column is.
    pub unit: Option<Unit>,
    /// How numeric days are written.
    pub day_order: Option<DayOrder>,
    /// The decimal mark of the money column.
    pub decimal_mark: Option<DecimalMark>,
    /// The header of the money column.
    pub spend_column: Option<String>,
    /// The platform the file is from.
    pub platform: Option<Platform>,
    /// The account, for files that name none.
    pub account: Option<String>,
    /// The profile to read the file with.
    pub profile: Option<String>,
    /// The sheet of a workbook, where more than one has a table.
    pub sheet: Option<String>,
    /// The day the file was exported, for files that do not say.
    pub exported: Option<Day>,
    /// Round each row half-even to so many decimals, at most nine.
    pub round: Option<u32>,
    /// What to make of rows of more than one day; they are refused where nothing is said.
    pub spans: Option<Spans>,
}

impl Options {
    /// Returns the options given, as typed.
    pub fn typed(&self) -> Vec<String> {
        let given = [
            ("currency", self.currency.map(|value| value.to_string())),
            ("unit", self.unit.map(|value| value.to_string())),
            ("day-order", self.day_order.map(|value| value.to_string())),
            ("decimal", self.decimal_mark.map(|value| value.to_string())),
            ("spend-column", self.spend_column.clone()),
            ("platform", self.platform.as_ref().map(|value| value.to_string())),
            ("account", self.account.clone()),
            ("profile", self.profile.clone()),
            ("sheet", self.sheet.clone()),
            ("exported", self.exported.map(|value| value.to_string())),
            ("round", self.round.map(|value| value.to_string())),
            ("spans", self.spans.map(|value| value.to_string())),
        ];
        given.into_iter().filter_map(|(name, value)| Some(format!("--{name} {}", value?))).collect()
    }

    /// Reads options as [`Options::typed`] returns them.
    pub fn of_typed(typed: &[String]) -> Result<Options, String> {
        fn read<T: FromStr<Err: fmt::Display>>(typed: &str, value: &str) -> Result<Option<T>, String> {
            value.parse().map(Some).map_err(|error| format!("`{typed}`: {error}"))
        }
        let mut options = Options::default();
        for typed in typed {
            let (name, value) = typed.split_once(' ').unwrap_or((typed, ""));
            let text = || Some(value.to_owned());
            match name {
                "--currency" => options.currency = read(typed, value)?,
                "--unit" => options.unit = read(typed, value)?,
                "--day-order" => options.day_order = read(typed, value)?,
                "--decimal" => options.decimal_mark = read(typed, value)?,
                "--spend-column" => options.spend_column = text(),
                "--platform" => options.platform = read(typed, value)?,
                "--account" => options.account = text(),
                "--profile" => options.profile = text(),
                "--sheet" => options.sheet = text(),
                "--exported" => options.exported = read(typed, value)?,
                "--round" => options.round = read(typed, value)?,
                "--spans" => options.spans = read(typed, value)?,
                _ => return Err(format!("`{typed}` is no option this program knows")),
            }
        }
        Ok(options)
    }
}

/// Why a word is not one of a choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is none of {choices}")]
pub struct ChoiceError {
    given: String,
    choices: &'static str,
}

/// Gives an enum one word per value: read, written and serialised.
macro_rules! words {
    ($type:ident, $choices:literal, $($value:ident = $word:literal $(| $other:literal)*),+) => {
        impl FromStr for $type {
            type Err = ChoiceError;

            fn from_str(text: &str) -> Result<$type, ChoiceError> {
                match text.trim().to_ascii_lowercase().as_str() {
                    $($word $(| $other)* => Ok($type::$value),)+
                    _ => Err(ChoiceError { given: text.to_owned(), choices: $choices }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $($type::$value => $word),+ })
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

/// What one unit of a money column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A unit of the currency: 1 is a dollar.
    Currency,
    /// A millionth of it: 1,000,000 is a dollar.
    Micros,
}
words!(Unit, "currency, micros", Currency = "currency", Micros = "micros");

/// In which order a day's numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOrder {
    /// `2018-02-01`.
    YearMonthDay,
    /// `01/02/2018` is the first of February.
    DayMonthYear,
    /// `02/01/2018` is the first of February.
    MonthDayYear,
}
words!(DayOrder, "ymd, dmy, mdy", YearMonthDay = "ymd", DayMonthYear = "dmy", MonthDayYear = "mdy");

/// The mark before an amount's decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecimalMark {
    /// `1,234.50`.
    Point,
    /// `1.234,50`.
    Comma,
}
words!(DecimalMark, "point, comma", Point = "point" | ".", Comma = "comma" | ",");

/// What to make of rows of more than one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spans {
    /// A row whose days lie in one month is a figure of that month.
    Month,
}
words!(Spans, "month", Month = "month");

/// What one row of a file speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// A day.
    Day,
    /// An hour; hours are summed to their day.
    Hour,
    /// A month.
    Month,
}
words!(Grain, "day, hour, month", Day = "day", Hour = "hour", Month = "month");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_reads_back() {
        let options = Options {
            currency: Some("USD".parse().unwrap()),
            unit: Some(Unit::Micros),
            day_order: Some(DayOrder::MonthDayYear),
            decimal_mark: Some(DecimalMark::Comma),
            spend_column: Some("Amount spent (USD)".into()),
            platform: Some("x".parse().unwrap()),
            account: Some("".into()),
            profile: Some("generic".into()),
            sheet: Some(" a  b ".into()),
            exported: Some("2018-03-01".parse().unwrap()),
            round: Some(6),
            spans: Some(Spans::Month),
        };
        let typed = options.typed();
        assert_eq!(typed.len(), 12);
        assert_eq!(format!("{:?}", Options::of_typed(&typed).unwrap()), format!("{options:?}"));
        assert_eq!(
            Options::of_typed(&["--colour red".into()]).unwrap_err(),
            "`--colour red` is no option this program knows"
        );
    }

    #[test]
    fn words_read_back() {
        for unit in [Unit::Currency, Unit::Micros] {
            assert_eq!(unit.to_string().parse(), Ok(unit));
        }
        for order in [DayOrder::YearMonthDay, DayOrder::DayMonthYear, DayOrder::MonthDayYear] {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        assert_eq!(",".parse(), Ok(DecimalMark::Comma));
        assert_eq!(" Point ".parse(), Ok(DecimalMark::Point));
        assert_eq!("hour".parse(), Ok(Grain::Hour));
        assert_eq!(Spans::Month.to_string().parse(), Ok(Spans::Month));
        assert_eq!("cents".parse::<Unit>().unwrap_err().to_string(), "`cents` is none of currency, micros");
    }
}
