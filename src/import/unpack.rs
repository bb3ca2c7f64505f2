//! [`unpack`]: files that hold their text inside: gzip and zip archives, and workbooks.
//!
//! They are known by their first bytes, never by their name, and unpacked into a temporary file that has no name, so
//! that nothing is left behind however the program ends. From there on they are read as any other file; hash and size
//! on record are those of the file as it was given. Packed files are small and may hold anything: what comes out is
//! counted, and too much of it is refused before it fills a disk or the memory.
//!
//! Knows archives; what stands in them, it does not.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::bufread::MultiGzDecoder;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::Options;
use super::refusal::{Refusal, RefusalCode, Stop, shortened};
use super::workbook::{self, Kind};

/// What was inside a packed file.
pub(super) struct Unpacked {
    pub(super) text: File,
    /// What it was inside of, layer by layer, such as `zip, member spring.csv`.
    pub(super) what: String,
}

/// How deep packings are looked into: a workbook in an archive, an archive in an archive.
const LAYERS_MAX: usize = 2;
/// Nothing that unpacks to more is read.
const TEXT_MAX: u64 = 8 * GIB;
/// Text packs to a tenth of its size, seldom to a fiftieth. What is large and packs better yet is a trap; no archive of
/// these kinds packs better than a thousandfold.
const RATIO_MAX: u64 = 200;
const RATIO_FREE: u64 = GIB / 4;
/// A workbook's parts are held in memory while it is read.
const WORKBOOK_MAX: u64 = GIB / 2;
const GIB: u64 = 1024 * 1024 * 1024;

/// Unpacks a file, where it is packed, taking one layer off after the other.
pub(super) fn unpack(original: &File, options: &Options) -> Result<Option<Unpacked>, Stop> {
    let most = original.metadata()?.len().saturating_mul(RATIO_MAX).clamp(RATIO_FREE, TEXT_MAX);
    let (mut layers, mut unpacked, mut is_workbook) = (Vec::new(), None, false);
    while let Some(format) = Format::of(unpacked.as_ref().unwrap_or(original))? {
        if layers.len() == LAYERS_MAX {
            let message = format!("the file is packed more than twice: {}", layers.join("; "));
            return Err(Refusal::new(RefusalCode::NotText, message, "unpack it and import the file inside").into());
        }
        let mut text = Sink::into_temporary(most)?;
        layers.push(format.unpack(unpacked.as_ref().unwrap_or(original), options, &mut text)?);
        unpacked = text.finish()?;
        is_workbook = matches!(format, Format::Workbook(_));
    }
    if let (Some(sheet), false) = (&options.sheet, is_workbook) {
        let message = format!("the file is no workbook and has no sheet `{sheet}`");
        return Err(Refusal::new(RefusalCode::SheetUnknown, message, "leave --sheet out").into());
    }
    Ok(unpacked.map(|text| Unpacked { text, what: layers.join("; ") }))
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Gzip,
    Zip,
    Workbook(Kind),
}

impl Format {
    /// Looks at the first bytes, and into a zip archive: most workbooks are one.
    fn of(mut file: &File) -> Result<Option<Format>, Stop> {
        file.rewind()?;
        let mut head = Vec::new();
        file.take(4).read_to_end(&mut head)?;
        file.rewind()?;
        Ok(match head.as_slice() {
            [0x1F, 0x8B, ..] => Some(Format::Gzip),
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => {
                let mut archive = open(file)?;
                let mut is = |name: &str, begin: &[u8]| {
                    let Ok(member) = archive.by_name(name) else { return false };
                    let mut bytes = Vec::new();
                    member.take(64).read_to_end(&mut bytes).is_ok() && bytes.starts_with(begin)
                };
                Some(if is("[Content_Types].xml", b"") {
                    Format::Workbook(Kind::Xlsx)
                } else if is("mimetype", b"application/vnd.oasis.opendocument.spreadsheet") {
                    Format::Workbook(Kind::Ods)
                } else {
                    Format::Zip
                })
            }
            _ => None,
        })
    }

    /// Writes what is inside, and returns what it was inside of.
    fn unpack(self, file: &File, options: &Options, text: &mut Sink) -> Result<String, Stop> {
        match self {
            Format::Gzip => {
                pour(MultiGzDecoder::new(BufReader::new(file)), text)?;
                Ok("gzip".to_owned())
            }
            Format::Zip => unzip(file, text),
            Format::Workbook(kind) => {
                check_parts(file)?;
                // Its reader may stumble over parts that make no sense; that is a refusal like any other.
                let read = || workbook::to_text(file, kind, options.sheet.as_deref(), text);
                catch_unwind(AssertUnwindSafe(read))
                    .unwrap_or_else(|_| Err(workbook::damaged("its parts contradict each other").into()))
            }
        }
    }
}

fn open<F: Read + Seek>(file: F) -> Result<ZipArchive<BufReader<F>>, Stop> {
    ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => Stop::Io(error),
        error => Refusal::new(
            RefusalCode::Truncated,
            format!("the zip archive has no valid list of its files at its end ({error}); it seems to be cut off"),
            AGAIN,
        )
        .into(),
    })
}

/// Unpacks the one file that an archive holds.
fn unzip(file: &File, text: &mut Sink) -> Result<String, Stop> {
    let mut archive = open(file)?;
    let mut candidates = Vec::new();
    for at in 0..archive.len() {
        let member = archive.by_index_raw(at)?;
        let name = member.name()?.into_owned();
        let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
        // What systems add on their own.
        if !(member.is_dir() || name.starts_with("__MACOSX/") || base.starts_with('.')) {
            candidates.push((at, name));
        }
    }
    match candidates.as_slice() {
        [(at, name)] => {
            pour(archive.by_index(*at)?, text)?;
            Ok(format!("zip, member {}", shortened(name)))
        }
        [] => Err(Refusal::new(RefusalCode::NoRows, "the zip archive is empty", "export the report again").into()),
        several => {
            let names: Vec<String> = several.iter().map(|(_, name)| format!("`{}`", shortened(name))).collect();
            let message = format!("the zip archive holds {} files: {}", names.len(), names.join(", "));
            Err(Refusal::new(RefusalCode::MemberUnknown, message, "unpack it and import the files one by one").into())
        }
    }
}

/// Refuses a workbook that would not fit into memory. What a zip archive says of its sizes may be wrong, so that its
/// parts are unpacked to be counted, and their checksums hold before they are read.
fn check_parts(file: impl Read + Seek) -> Result<(), Stop> {
    let mut archive = open(file)?;
    let mut count = Sink { file: None, left: WORKBOOK_MAX, most: WORKBOOK_MAX };
    for at in 0..archive.len() {
        pour(archive.by_index(at)?, &mut count)?;
        if archive.by_index_raw(at)?.name()?.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            check_promise(archive.by_index(at)?)?;
        }
    }
    Ok(())
}

/// Says why a workbook cannot be read, whatever stands in it: it is cut off, damaged, protected or too large.
pub(crate) fn unreadable(workbook: &[u8]) -> Option<String> {
    check_parts(io::Cursor::new(workbook)).err().map(|stop| match stop {
        Stop::Io(error) => error.to_string(),
        Stop::Refused(refusal) => refusal.message,
    })
}

/// Refuses a workbook that says it has more texts than it has room for: its reader would reserve memory for them all.
fn check_promise(texts: impl Read) -> Result<(), Stop> {
    const TEXTS_MAX: u64 = 50_000_000;
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(texts));
    // What is no XML its reader will say.
    while let Ok(event) = xml.read_event_into(&mut Vec::new()) {
        match event {
            Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "sst" => {
                let promise = start.try_get_attribute("uniqueCount")?.and_then(|count| count.value.parse::<u64>().ok());
                return if promise.is_some_and(|count| count > TEXTS_MAX) {
                    Err(workbook::damaged("it is said to hold more texts than fit into it").into())
                } else {
                    Ok(())
                };
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(())
}

/// Where unpacked bytes go: into a temporary file, or nowhere, to be counted only.
pub(super) struct Sink {
    file: Option<BufWriter<File>>,
    left: u64,
    most: u64,
}

impl Sink {
    fn into_temporary(most: u64) -> io::Result<Sink> {
        let file = tempfile::tempfile().map_err(no_room)?;
        Ok(Sink { file: Some(BufWriter::with_capacity(128 * 1024, file)), left: most, most })
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| too_large(self.most))?;
        match &mut self.file {
            Some(file) => Ok(file.write_all(bytes).map_err(no_room)?),
            None => Ok(()),
        }
    }

    fn finish(self) -> io::Result<Option<File>> {
        self.file.map(|file| file.into_inner().map_err(|error| no_room(error.into_error()))).transpose()
    }
}

/// Whatever it is that keeps a temporary file from being written, another folder or more room helps.
fn no_room(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, format!("it cannot be unpacked into a temporary file: {error}"))
}

/// Reads packed bytes to their end.
fn pour(mut packed: impl Read, to: &mut Sink) -> Result<(), Stop> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match packed.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.put(buffer.get(..count).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.raw_os_error().is_some() => return Err(error.into()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                let message = "the archive ends too early; it seems to be cut off";
                return Err(Refusal::new(RefusalCode::Truncated, message, AGAIN).into());
            }
            Err(error) => return Err(damaged(&error.to_string()).into()),
        }
    }
}

const AGAIN: &str = "download the report again from the platform";

fn damaged(why: &str) -> Refusal {
    Refusal::new(RefusalCode::NotText, format!("the archive is damaged: {}", shortened(why)), AGAIN)
}

fn too_large(most: u64) -> Refusal {
    let most = if most >= GIB { format!("{} GiB", most / GIB) } else { format!("{} MiB", most / (GIB / 1024)) };
    Refusal::new(
        RefusalCode::TooLarge,
        format!("the file unpacks to more than {most}, which is more than is read of a file of its kind and size"),
        "export a shorter period, or export it as .csv and import that",
    )
}

impl From<ZipError> for Stop {
    fn from(error: ZipError) -> Stop {
        match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => workbook::protected().into(),
            ZipError::Io(error) if error.raw_os_error().is_some() => Stop::Io(error),
            error => damaged(&error.to_string()).into(),
        }
    }
}
