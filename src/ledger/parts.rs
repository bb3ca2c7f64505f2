//! Spend read by several threads at once, each some months of it.
//!
//! Rollups are sorted by day, so where a month begins is found by halving. A name may hold anything, line ends and days
//! too; so such a place may lie inside a name, and then the part before it does not end with a row. Whenever a part is
//! not as it should be, all is read again in order, and that reading decides and says what is wrong.

use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use super::control::{self, Control};
use super::folder::Folder;
use super::spend::SpendStream;
use super::{Import, Ledger, LedgerError};
use crate::calendar::{Dated, Day, Instant, Period};

/// How spend is read. None of it changes what is read.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// How many threads read at most.
    threads: usize,
    /// How many bytes are worth a thread.
    bytes: u64,
    /// How many bytes are looked at to find a row.
    window: u64,
}

impl Pace {
    /// Uses what the machine has.
    fn full() -> Pace {
        const THREADS_MAX: usize = 8; // a year has twelve months
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Pace { threads: processors.min(THREADS_MAX), bytes: 4 * 1024 * 1024, window: 16 * 1024 }
    }
}

/// The days of a part: from one on, up to the day before another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    pub(super) from: Option<Day>,
    pub(super) end: Option<Day>,
}

impl Days {
    pub(super) fn contain(self, day: Dated) -> bool {
        let day = day.first_day();
        self.from.is_none_or(|from| from <= day) && self.end.is_none_or(|end| day < end)
    }
}

/// Some months of all rollups.
pub(super) struct Part {
    pub(super) days: Days,
    /// Where they stand in each rollup.
    pub(super) ranges: Vec<Range<u64>>,
}

impl Ledger {
    /// Reads the spend known then up to and including a day by several threads, each of which is given the days of some
    /// months, and returns what they return, in the order of days. It is held against the records as
    /// [`Control::Checksum`] says.
    pub(crate) fn spend_in_parts<T: Send, E: From<LedgerError> + Send>(
        &self,
        last: Day,
        as_known: Option<Instant>,
        read: impl Fn(&mut SpendStream) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        self.spend_at_pace(Pace::full(), last, as_known, read)
    }

    fn spend_at_pace<T: Send, E: From<LedgerError> + Send>(
        &self,
        pace: Pace,
        last: Day,
        as_known: Option<Instant>,
        read: impl Fn(&mut SpendStream) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let imports = self.imports(as_known);
        let parts = cut(&self.folder, &imports, last, pace).unwrap_or_default();
        if let Some(all) = self.read_parts(&imports, &parts, last, |stream| read(stream).ok()) {
            return Ok(all);
        }
        let mut stream = self.spend(as_known, Control::Checksum).until(last);
        Ok(vec![read(&mut stream)?])
    }

    /// Reads parts; `None` where there are none, or anything is wrong.
    fn read_parts<T: Send>(
        &self,
        imports: &[&Import],
        parts: &[Part],
        last: Day,
        read: impl Fn(&mut SpendStream) -> Option<T> + Sync,
    ) -> Option<Vec<T>> {
        if parts.is_empty() {
            return None;
        }
        let hashing = Control::Checksum.hash(&self.folder, imports);
        let read_part = |part: &Part| {
            let mut stream = SpendStream::of_part(&self.folder, &self.accounts, imports, part).until(last);
            Some((read(&mut stream)?, stream.end_part()?))
        };
        let read: Vec<Option<(T, control::Sums)>> = thread::scope(|scope| {
            let threads: Vec<_> = parts.iter().map(|part| scope.spawn(|| read_part(part))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        let (mut all, mut sums) = (Vec::new(), control::Sums::default());
        for part in read {
            let (read, sums_of_part) = part?;
            all.push(read);
            sums.append(sums_of_part);
        }
        let is_whole = hashing.is_none_or(|hashing| hashing.end().is_empty()) && sums.damage(imports).is_empty();
        is_whole.then_some(all)
    }
}

/// Cuts rollups where months begin, so that each part has about as many bytes as any other; `None` where there is nothing
/// to cut, or it is not clear where.
fn cut(folder: &Folder, imports: &[&Import], last: Day, pace: Pace) -> Option<Vec<Part>> {
    let mut files = Vec::new();
    for import in imports {
        let file = import.rollup_file();
        let size = folder.open_to_seek(&file).ok()??.metadata().ok()?.len();
        files.push((file, size, import.reach()));
    }
    let total: u64 = files.iter().map(|(_, size, _)| size).sum();
    let threads = u64::try_from(pace.threads).ok()?.min(total / pace.bytes.max(1));
    let first = files.iter().map(|(.., days)| days.start()).min()?;
    let mut parts = Vec::new();
    let (mut from, mut begins) = (None, vec![0; files.len()]);
    for (_, month) in Period::new(first, last.next())?.months().skip(1) {
        // As though each rollup had the same number of rows every day. The nearest month is the one in whose middle a part has
        // its share.
        let middle = month.start().plus_days(month.days() / 2);
        let before = |(_, size, days): &(String, u64, Period)| {
            let done = days.until(middle.minus_days(1)).map_or(0, Period::days);
            size * u64::from(done) / u64::from(days.days())
        };
        let done: u64 = files.iter().map(before).sum();
        if done * threads < total * (parts.len() as u64 + 1) {
            continue;
        }
        let cut = month.start();
        let mut ends = Vec::new();
        for ((file, size, days), begin) in files.iter().zip(&begins) {
            let end = match days {
                days if days.end() <= cut => *size,
                days if cut <= days.start() => 0,
                _ => first_row(&mut folder.open_to_seek(file).ok()??, *size, cut, pace.window).ok()??,
            };
            ends.push(end.max(*begin));
        }
        let ranges = begins.iter().zip(&ends).map(|(begin, end)| *begin..*end).collect();
        parts.push(Part { days: Days { from: from.replace(cut), end: Some(cut) }, ranges });
        begins = ends;
        if parts.len() as u64 + 1 >= threads {
            break;
        }
    }
    let ranges = begins.iter().zip(&files).map(|(begin, (_, size, _))| *begin..*size).collect();
    parts.push(Part { days: Days { from, end: None }, ranges });
    Some(parts).filter(|parts| parts.len() > 1)
}

/// Returns where the first row stands that is not of a day before `day`; `None` where that is not clear.
fn first_row(file: &mut (impl Read + Seek), size: u64, day: Day, look: u64) -> io::Result<Option<u64>> {
    // A row that is before, or the header, and one that is not, or the end.
    let (mut low, mut high) = (0, size);
    let mut window = Vec::new();
    loop {
        let is_near = high - low <= look;
        let at = if is_near { low } else { low + (high - low) / 2 };
        file.seek(SeekFrom::Start(at))?;
        window.clear();
        file.take(look).read_to_end(&mut window)?;
        let starts = memchr::memchr_iter(b'\n', &window).map(|end| (at + end as u64 + 1, window.get(end + 1..)));
        let mut rows = starts.filter_map(|(at, text)| Some((at, dated(text?)?)));
        if is_near {
            let found = rows.find(|(_, dated)| dated.first_day() >= day);
            return Ok(Some(found.map_or(high, |(at, _)| at.min(high))));
        }
        match rows.next() {
            Some((at, dated)) if at < high && dated.first_day() < day => low = at,
            Some((at, _)) if at < high => high = at,
            _ => return Ok(None),
        }
    }
}

/// Reads the day that a row begins with.
fn dated(row: &[u8]) -> Option<Dated> {
    let cell = row.get(..memchr::memchr(b',', row.get(..16)?)?)?;
    std::str::from_utf8(cell).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::disk;
    use crate::ledger::{ImportRecord, init};

    /// Writes an import of rows given as day, account, campaign and amount, with or without a CRC-32 on record.
    fn import(dir: &std::path::Path, number: u32, rows: &[(String, String, String, String)], how: (bool, bool)) {
        let mut text = b"day,platform,account,campaign,currency,campaign_name,amount,rows,first_row\n".to_vec();
        let mut writer = csv::Writer::from_writer(Vec::new());
        for (day, account, campaign, amount) in rows {
            writer.write_record([day, "x", account, campaign, "USD", campaign, amount, "1", "2"]).unwrap();
        }
        text.extend(writer.into_inner().unwrap());
        let (is_summed, is_complete) = how;
        let mut sum = crc32fast::Hasher::new();
        sum.update(&text);
        let crc32 =
            if is_summed { format!("rollup_crc32 = \"{}\"\n", control::crc32(sum.finalize())) } else { String::new() };
        let id = format!("2018-12-31-x-{number:012}");
        // Every second one speaks for the days of its rows alone.
        let days = || rows.iter().map(|(day, ..)| day.as_str()).filter(|_| number % 2 == 1);
        let (first, last) = (days().min().unwrap_or("2018-01-01"), days().max().unwrap_or("2018-12-31"));
        let record = format!(
            "id = \"{id}\"\nexport = \"\"\nexport_sha256 = \"\"\nexport_bytes = 0\nrecorded = \"2019-01-{:02}\"\nplatform = \"x\"\n\
             profile = \"\"\nencoding = \"\"\ndelimiter = \"\"\nspend_column = \"\"\nunit = \"\"\nday_order = \"\"\ndecimal_mark = \"\"\n\
             grain = \"month\"\nexported = \"2019-01-01\"\nprovisional_from = \"2018-06-01\"\nfirst_day = \"{first}\"\n\
             last_day = \"{last}\"\nabsent = \"{}\"\nrows_read = 0\nrows_kept = 0\nblank_rows = 0\nexcluded_rows = 0\n\
             rollup_sha256 = \"{}\"\n{crc32}account = [{{ platform = \"x\", account = \"a-b\" }}]\ntotal = []\n",
            number + 1,
            if is_complete { "gone" } else { "keep" },
            crate::ledger::sha256(&text),
        );
        toml::from_str::<ImportRecord>(&record).unwrap();
        disk::make(&dir.join("spend")).unwrap();
        disk::replace(&dir.join(format!("spend/{id}.csv")), &text).unwrap();
        disk::replace(&dir.join(format!("spend/{id}.toml")), record.as_bytes()).unwrap();
    }

    /// All that a stream says.
    fn said(stream: &mut SpendStream) -> Result<Vec<String>, LedgerError> {
        let mut said = Vec::new();
        while let Some(next) = stream.next_day()? {
            for spent in &next.spend {
                said.push(format!(
                    "{} {:?} {} {} {}",
                    next.day, spent.campaign, spent.cost, spent.rows, spent.import.id
                ));
            }
        }
        Ok(said)
    }

    #[test]
    fn rollups_are_cut_where_months_begin() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("books");
        init(&dir, "Books", "USD".parse().unwrap()).unwrap();
        let row = |at: u32| {
            let day = format!("2018-{:02}-{:02}", 1 + at / 28, 1 + at % 28);
            (day, "a".to_owned(), format!("\"{at}\", of a name"), format!("{at}.5"))
        };
        let rows: Vec<_> = (0..12 * 28).map(row).collect();
        import(&dir, 0, &rows, (true, false));
        import(&dir, 2, rows.get(100..150).unwrap(), (false, false));
        let ledger = Ledger::open(&dir).unwrap();
        let (imports, last) = (ledger.imports(None), Day::new(2018, 12, 31).unwrap());
        let parts = cut(&ledger.folder, &imports, last, Pace { threads: 3, bytes: 1, window: 200 }).unwrap();
        let days: Vec<Day> = parts.iter().filter_map(|part| part.days.from).collect();
        assert_eq!(days.iter().map(Day::to_string).collect::<Vec<_>>(), ["2018-05-01", "2018-09-01"]);
        let read = ledger.read_parts(&imports, &parts, last, |stream| said(stream).ok()).unwrap();
        assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [112, 112, 112]);
        assert!(ledger.read_parts(&imports, &parts[1..], last, |stream| said(stream).ok()).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

        #[test]
        fn parts_are_the_whole(
            imports in prop::collection::vec((
                prop::collection::btree_map(
                    ("2018-0[1-9]-(0[1-9]|1[0-9]|2[0-8])", "a-?b|c", "[a-e]{1,2}( 2|,|\"|\n)?|k\n2018-0[1-9]-01,"),
                    "-?(0|[1-9][0-9]{0,12})([.][0-9]{1,9})?", 1..60,
                ),
                (any::<bool>(), any::<bool>()),
            ), 1..4),
            threads in 2usize..6, window in 120_u64..2000, edited in prop::option::of((0usize..4, 0usize..6000)), until in 1u32..=28,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let dir = folder.path().join("books");
            init(&dir, "Books", "USD".parse().unwrap()).unwrap();
            for (number, (rows, how)) in (0..).zip(&imports) {
                let rows: Vec<_> = rows.iter().map(|((day, account, campaign), amount)| (day.clone(), account.clone(), campaign.clone(), amount.clone())).collect();
                import(&dir, number, &rows, *how);
            }
            if let Some((number, at)) = edited.filter(|(number, _)| *number < imports.len()) {
                let file = dir.join(format!("spend/2018-12-31-x-{number:012}.csv"));
                let mut bytes = fs::read(&file).unwrap();
                let at = at % bytes.len();
                bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
                disk::replace(&file, &bytes).unwrap();
            }
            let ledger = Ledger::open(&dir).unwrap();
            let last = Day::new(2018, 8, until).unwrap();
            let in_order = said(&mut ledger.spend(None, Control::Hash).until(last));
            let pace = Pace { threads, bytes: 1, window };
            let in_parts = ledger.spend_at_pace(pace, last, None, said).map(|parts| parts.concat());
            let is_edited = edited.is_some_and(|(number, _)| number < imports.len());
            prop_assert_eq!(in_order.is_err(), is_edited);
            prop_assert_eq!(in_parts.is_err(), is_edited);
            prop_assert_eq!(in_parts.ok(), in_order.ok());
        }
    }
}
