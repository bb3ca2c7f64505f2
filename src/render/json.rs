//! A document as JSON.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::RenderError;
use crate::report::{Cell, Document, Row, Table};
use crate::visible::visible_json;

/// Returns the document as JSON: an object a row, under the columns' keys and in their order, total rows left out.
///
/// Money, costs and shares are decimal strings, so that no reader rounds them; counts are numbers, days and moments
/// ISO strings, blanks `null`. Codes that would steer a terminal are escaped as JSON does, so that nothing is lost.
pub fn json(document: &Document) -> Result<String, RenderError> {
    Ok(visible_json(serde_json::to_string_pretty(&DocumentAsJson(document))? + "\n"))
}

struct DocumentAsJson<'a>(&'a Document);
struct TableAsJson<'a>(&'a Table);
struct RowAsJson<'a>(&'a Table, &'a Row);
struct CellAsJson<'a>(&'a Cell);

impl Serialize for DocumentAsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("title", &self.0.title)?;
        map.serialize_entry("facts", &self.0.facts)?;
        map.serialize_entry("tables", &self.0.tables.iter().map(TableAsJson).collect::<Vec<_>>())?;
        map.end()
    }
}

impl Serialize for TableAsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.0.rows.iter().filter(|row| !row.total);
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("key", &self.0.key)?;
        map.serialize_entry("title", &self.0.title)?;
        map.serialize_entry("rows", &body.map(|row| RowAsJson(self.0, row)).collect::<Vec<_>>())?;
        map.serialize_entry("notes", &self.0.notes)?;
        map.end()
    }
}

impl Serialize for RowAsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RowAsJson(table, row) = self;
        let cell = |at: usize| CellAsJson(row.cells.get(at).unwrap_or(&Cell::Blank));
        serializer.collect_map(table.columns.iter().enumerate().map(|(at, column)| (&column.key, cell(at))))
    }
}

impl Serialize for CellAsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Blank => serializer.serialize_unit(),
            Cell::Text(text) => text.serialize(serializer),
            Cell::Money(money) => money.serialize(serializer),
            Cell::Cost(cost) => serializer.collect_str(cost),
            Cell::Count(count) => count.serialize(serializer),
            Cell::Day(day) => day.serialize(serializer),
            Cell::Instant(instant) => instant.serialize(serializer),
            Cell::Share(share) => share.serialize(serializer),
            Cell::Ratio(ratio) => serializer.collect_str(&format_args!("{ratio:.3}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn an_object_a_row_in_the_order_of_the_columns() {
        let mut platforms = samples::platforms();
        platforms.rows.remove(2);
        let document = samples::document(vec![platforms, samples::empty()]);
        assert_eq!(
            json(&document).unwrap(),
            "\
{
  \"title\": \"Blocked budget of acme\",
  \"facts\": [
    \"as of 2018-12-31\"
  ],
  \"tables\": [
    {
      \"key\": \"platforms\",
      \"title\": \"By platform\",
      \"rows\": [
        {
          \"platform\": \"meta\",
          \"since\": \"2018-02-01\",
          \"currency\": \"USD\",
          \"blocked\": \"94500.00\",
          \"cost\": \"20.83669\",
          \"rows\": 1234,
          \"share\": \"0.35\",
          \"recorded\": \"2018-04-20T09:30:00Z\"
        },
        {
          \"platform\": \"x\",
          \"since\": null,
          \"currency\": \"JPY\",
          \"blocked\": \"-1250000\",
          \"cost\": \"0\",
          \"rows\": 0,
          \"share\": \"0.125\",
          \"recorded\": null
        }
      ],
      \"notes\": []
    },
    {
      \"key\": \"months\",
      \"title\": \"By month\",
      \"rows\": [],
      \"notes\": [
        \"Days that no import covers are not zero spend: they are counted as uncovered, for every platform, and listed.\",
        \"= Two identities hold.\"
      ]
    }
  ]
}
"
        );
    }
}
