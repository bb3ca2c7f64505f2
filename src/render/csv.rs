//! A document as comma-separated values.

use super::RenderError;
use super::cells::plain;
use super::formulas::neutral;
use crate::report::{Cell, Column, Document, Role, Row, Table};

/// Returns the document as csv: UTF-8, a header, LF at line ends, plain numbers, no total rows.
///
/// One table is written as it stands, every column included. Several become one long list that any tool can filter and
/// pivot: `table`, then every column that says what a row is about, then `figure` and `value`, a line per figure that
/// is not blank.
///
/// Text that a spreadsheet could take for a formula stands behind an apostrophe, and codes in it are written out; numbers
/// are never touched.
pub fn csv(document: &Document) -> Result<String, RenderError> {
    let records = match document.tables.as_slice() {
        [table] => wide(table),
        tables => long(tables),
    };
    let mut writer = ::csv::Writer::from_writer(vec![]);
    let refused = |reason: String| RenderError::Csv(reason);
    for record in records {
        writer.write_record(record.iter().map(|cell| cell.as_bytes())).map_err(|error| refused(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| refused(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| refused(error.to_string()))
}

fn wide(table: &Table) -> Vec<Vec<String>> {
    let header = table.columns.iter().map(|column| neutral(&column.key)).collect();
    let body = table.rows.iter().filter(|row| !row.total);
    let records = body.map(|row| (0..table.columns.len()).map(|at| value(row, at).unwrap_or_default()).collect());
    std::iter::once(header).chain(records).collect()
}

fn long(tables: &[Table]) -> Vec<Vec<String>> {
    let mut keys: Vec<&str> = vec![];
    for column in tables.iter().flat_map(|table| &table.columns).filter(|column| column.role == Role::Key) {
        if !keys.contains(&column.key.as_str()) {
            keys.push(&column.key);
        }
    }
    let framed = |table: &str, keys: &mut dyn Iterator<Item = String>, figure: &str, value: String| {
        let mut record = vec![neutral(table)];
        record.extend(keys);
        record.extend([neutral(figure), value]);
        record
    };
    let mut records = vec![framed("table", &mut keys.iter().map(|key| neutral(key)), "figure", "value".to_owned())];
    for table in tables {
        let position = |key: &&str| {
            table.columns.iter().position(|column: &Column| column.role == Role::Key && column.key == **key)
        };
        let positions: Vec<Option<usize>> = keys.iter().map(position).collect();
        for row in table.rows.iter().filter(|row| !row.total) {
            for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| column.role == Role::Figure) {
                let Some(figure) = value(row, at) else { continue };
                let mut about = positions.iter().map(|at| at.and_then(|at| value(row, at)).unwrap_or_default());
                records.push(framed(&table.key, &mut about, &column.key, figure));
            }
        }
    }
    records
}

fn value(row: &Row, at: usize) -> Option<String> {
    match row.cells.get(at)? {
        Cell::Text(text) => Some(neutral(text)),
        number => plain(number),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::formulas::acts_as_formula;
    use crate::render::samples;
    use crate::visible::visible;

    #[test]
    fn one_table_stands_as_it_is() {
        assert_eq!(
            csv(&samples::document(vec![samples::platforms()])).unwrap(),
            "\
platform,since,currency,blocked,cost,rows,share,recorded
meta,2018-02-01,USD,94500.00,20.83669,1234,0.35,2018-04-20T09:30:00Z
x,,JPY,-1250000,0,0,0.125,
vk,2018-03-15,KWD,0.125,,7,1,2018-04-20T09:30:00Z
"
        );
        assert_eq!(csv(&samples::document(vec![samples::empty()])).unwrap(), "month,blocked\n");
    }

    #[test]
    fn text_is_no_formula_and_numbers_are_left_alone() {
        assert_eq!(
            csv(&samples::document(vec![samples::hostile()])).unwrap(),
            "\
name,amount
'=1+1,-5.00
\\u{1b}[31mred\\nline,-5.00
a|b`c`*d*_e_<f>[g]\\,-5.00
\\u{202e}txet,-5.00
\"1,\"\"2\"\"\",-5.00
"
        );
    }

    #[test]
    fn several_tables_are_one_long_list() {
        let mut months = samples::empty();
        months.rows = vec![
            Row::body(vec![Cell::text("2018-02"), samples::money("7.50", "USD")]),
            Row::total(vec![Cell::text("Total"), samples::money("7.50", "USD")]),
        ];
        months.columns.insert(0, Column::key("platform", "Platform"));
        months.rows.iter_mut().for_each(|row| row.cells.insert(0, Cell::text("meta")));
        let document = samples::document(vec![samples::platforms(), samples::hostile(), months]);
        assert_eq!(
            csv(&document).unwrap(),
            "\
table,platform,since,currency,name,month,figure,value
platforms,meta,2018-02-01,USD,,,blocked,94500.00
platforms,meta,2018-02-01,USD,,,cost,20.83669
platforms,meta,2018-02-01,USD,,,rows,1234
platforms,meta,2018-02-01,USD,,,share,0.35
platforms,meta,2018-02-01,USD,,,recorded,2018-04-20T09:30:00Z
platforms,x,,JPY,,,blocked,-1250000
platforms,x,,JPY,,,cost,0
platforms,x,,JPY,,,rows,0
platforms,x,,JPY,,,share,0.125
platforms,vk,2018-03-15,KWD,,,blocked,0.125
platforms,vk,2018-03-15,KWD,,,rows,7
platforms,vk,2018-03-15,KWD,,,share,1
platforms,vk,2018-03-15,KWD,,,recorded,2018-04-20T09:30:00Z
hostile,,,,'=1+1,,amount,-5.00
hostile,,,,\\u{1b}[31mred\\nline,,amount,-5.00
hostile,,,,a|b`c`*d*_e_<f>[g]\\,,amount,-5.00
hostile,,,,\\u{202e}txet,,amount,-5.00
hostile,,,,\"1,\"\"2\"\"\",,amount,-5.00
months,meta,,,,2018-02,blocked,7.50
"
        );
        assert_eq!(csv(&samples::document(vec![])).unwrap(), "table,figure,value\n");
    }

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            any::<String>().prop_map(Cell::Text),
            "[ \t\r\n'\",;=+@-]{0,4}[a-z0-9]{0,2}".prop_map(Cell::Text),
            (-10_i64.pow(17)..10_i64.pow(17)).prop_map(|yen| samples::money(&yen.to_string(), "JPY")),
            any::<u64>().prop_map(Cell::Count),
            Just(Cell::Blank),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rows in prop::collection::vec(prop::collection::vec(cell(), 3), 0..6)) {
            let columns = ["a", "b", "c"].map(|key| Column::figure(key, key)).to_vec();
            let table = samples::table("t", "T", columns, rows.iter().cloned().map(Row::body).collect());
            let text = csv(&samples::document(vec![table])).unwrap();
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            let read: Vec<::csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read.len(), rows.len());
            for (cell, read) in rows.iter().flatten().zip(read.iter().flatten()) {
                match cell {
                    Cell::Text(text) => {
                        prop_assert!(!read.split(';').any(acts_as_formula) && visible(read) == read, "{:?}", read);
                        prop_assert_eq!(read.replace('\'', ""), visible(text).replace('\'', ""));
                    }
                    number => prop_assert_eq!(read, plain(number).unwrap_or_default()),
                }
            }
        }
    }
}
