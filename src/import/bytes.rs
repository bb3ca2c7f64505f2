//! [`Scan`]: the first look at a file, as bytes.
//!
//! Says what it is if it is no text at all, and which encodings its bytes allow. Of a file that is UTF-8 for a megabyte
//! the rest may not be; who relies on the beginning alone has to check that.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::refusal::{Refusal, RefusalCode};
use super::text::Damage;

/// What the bytes of a file say.
#[derive(Debug)]
pub(super) struct Scan {
    bytes: u64,
    head: Vec<u8>,
    /// NUL bytes at even and at odd places.
    nuls: [u64; 2],
    first_nul: Option<u64>,
    /// Characters of more than one byte that are valid UTF-8.
    multibyte: u64,
    /// The line of the first byte that is not UTF-8.
    first_invalid: Option<u64>,
    /// The line of the first byte that Windows-1252 leaves undefined.
    first_undefined: Option<u64>,
}

/// Enough to know a file format by its first bytes.
const HEAD: usize = 4096;

impl Scan {
    /// Reads `input` to its end, which may be in the middle of a character unless `is_whole`.
    pub(super) fn of(mut input: impl Read, is_whole: bool) -> io::Result<Scan> {
        let mut scan = Scan {
            bytes: 0,
            head: Vec::new(),
            nuls: [0, 0],
            first_nul: None,
            multibyte: 0,
            first_invalid: None,
            first_undefined: None,
        };
        let mut line = 1;
        // The bytes of a character cut in two by a block's end lead the next block.
        let mut block: Vec<u8> = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = match input.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let fresh = buffer.get(..count).unwrap_or_default();
            if scan.head.len() < HEAD {
                scan.head.extend_from_slice(fresh.get(..fresh.len().min(HEAD)).unwrap_or_default());
            }
            scan.count_nuls(fresh, line);
            scan.bytes = scan.bytes.saturating_add(count as u64);
            block.extend_from_slice(fresh);
            let rest = scan.check_utf8(&block, &mut line, count == 0 && is_whole);
            block.drain(..rest);
            if count == 0 {
                break;
            }
        }
        Ok(scan)
    }

    fn count_nuls(&mut self, fresh: &[u8], line: u64) {
        if !fresh.contains(&0) {
            return;
        }
        let mut newlines = 0;
        for (place, &byte) in (self.bytes..).zip(fresh) {
            newlines += u64::from(byte == b'\n');
            if byte == 0 {
                let [even, odd] = &mut self.nuls;
                *(if place % 2 == 0 { even } else { odd }) += 1;
                self.first_nul.get_or_insert(line.saturating_add(newlines));
            }
        }
    }

    /// Looks at a block that begins at a character, and returns how much of it is done with.
    fn check_utf8(&mut self, block: &[u8], line: &mut u64, at_end: bool) -> usize {
        let mut done = 0;
        while let Some(rest) = block.get(done..).filter(|rest| !rest.is_empty()) {
            let (valid, invalid) = match std::str::from_utf8(rest) {
                Ok(_) => (rest.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let text = rest.get(..valid).unwrap_or_default();
            self.multibyte += text.iter().filter(|&&byte| byte >= 0xC0).count() as u64;
            *line += text.iter().filter(|&&byte| byte == b'\n').count() as u64;
            done += valid;
            let wrong = match invalid {
                Some(count) => count,
                None if at_end => rest.len() - valid,
                None => return done,
            };
            if wrong > 0 {
                self.first_invalid.get_or_insert(*line);
                let bytes = rest.get(valid..valid + wrong).unwrap_or_default();
                if bytes.iter().any(|byte| [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte)) {
                    self.first_undefined.get_or_insert(*line);
                }
                done += wrong;
            }
        }
        done
    }

    /// Refuses what is no text at all, nor unpacked before, by its first bytes and never by the file's name.
    pub(super) fn known_format(&self) -> Option<Refusal> {
        const AGAIN: &str = "export the report again as .csv";
        const UNPACK: &str = "unpack it and import the file inside; gzip and zip are unpacked by themselves";
        let blanks = |byte: &&u8| !(byte.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF, 0xFF, 0xFE, 0].contains(*byte));
        let text: Vec<u8> = self.head.iter().filter(blanks).take(2).copied().collect();
        let (what, hint) = match self.head.as_slice() {
            [0xD0, 0xCF, 0x11, 0xE0, ..] => (
                "an old Excel workbook (.xls), or a newer one with a password",
                "open it in a spreadsheet, with its password if it has one, and save it as .xlsx or CSV UTF-8",
            ),
            [b'%', b'P', b'D', b'F', ..] => ("a PDF document", AGAIN),
            [b'7', b'z', 0xBC, 0xAF, ..] => ("a 7z archive", UNPACK),
            [b'R', b'a', b'r', b'!', 0x1A, ..] => ("a RAR archive", UNPACK),
            [0xFD, b'7', b'z', b'X', b'Z', ..] => ("an xz archive", UNPACK),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => ("a Zstandard archive", UNPACK),
            [b'P', b'A', b'R', b'1', ..] => ("a Parquet file", "export it as .csv"),
            _ => match text.as_slice() {
                [b'<', ..] => (
                    "a web page or XML, perhaps a login or error page saved under the report's name",
                    "log in to the platform and export the report again as .csv",
                ),
                [b'{', ..] | [b'[', b'{' | b'['] => ("JSON", AGAIN),
                _ => return None,
            },
        };
        Some(Refusal::new(RefusalCode::NotText, format!("the file is {what}, not delimited text"), hint))
    }

    /// Returns the encoding that the bytes prove, and whether it is a legacy code page that they only allow.
    pub(super) fn encoding(&self) -> Result<Evidence, Refusal> {
        if let Some((encoding, _)) = Encoding::for_bom(&self.head) {
            return match (encoding == UTF_8, self.first_nul, self.first_invalid) {
                (true, Some(line), _) => Err(nul(line)),
                (true, None, Some(line)) => Err(Damage { line, what: "the text is not UTF-8" }.refusal()),
                _ => Ok(Evidence::Proven(encoding)),
            };
        }
        let [even, odd] = self.nuls;
        let nuls = even.saturating_add(odd);
        // Text in UTF-16 that is mostly of Latin letters has a NUL in nearly every second byte, always on one side.
        if nuls.saturating_mul(4) >= self.bytes && nuls > 0 && even.min(odd).saturating_mul(20) <= nuls {
            return Ok(Evidence::Proven(if odd > even { UTF_16LE } else { UTF_16BE }));
        }
        if let Some(line) = self.first_nul {
            return Err(nul(line));
        }
        match self.first_invalid {
            None => Ok(Evidence::Proven(UTF_8)),
            Some(line) if self.multibyte > 0 => {
                Err(Damage { line, what: "the file mixes UTF-8 with another encoding" }.refusal())
            }
            Some(_) => Ok(Evidence::Legacy { undefined_in_1252: self.first_undefined }),
        }
    }
}

/// What the bytes say about the encoding.
#[derive(Debug, PartialEq)]
pub(super) enum Evidence {
    /// It is this one.
    Proven(&'static Encoding),
    /// It is a code page of one byte per character; which one, the bytes cannot say.
    Legacy {
        /// The line of the first byte that rules out Windows-1252.
        undefined_in_1252: Option<u64>,
    },
}

impl Evidence {
    /// Returns the encoding to read the head with: the proven one, else Windows-1252 where it is possible.
    pub(super) fn first_guess(&self) -> Result<&'static Encoding, Refusal> {
        match self {
            Evidence::Proven(encoding) => Ok(encoding),
            Evidence::Legacy { undefined_in_1252: None } => Ok(WINDOWS_1252),
            Evidence::Legacy { undefined_in_1252: Some(line) } => {
                Err(Damage { line: *line, what: "the text is neither UTF-8 nor Windows-1252" }.refusal())
            }
        }
    }
}

/// Returns whether a text that was read as Windows-1252 is Windows-1251: letters with marks stand alone in western
/// languages and side by side in Russian, most of them small.
pub(super) fn is_cyrillic(text: &str) -> bool {
    let is_letter = |char: char| ('À'..='ÿ').contains(&char);
    let (mut letters, mut small, mut joined, mut others) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut before = ' ';
    for char in text.chars() {
        if is_letter(char) {
            letters += 1;
            small += usize::from(char >= 'à');
            joined += usize::from(is_letter(before));
        } else {
            others += usize::from(!char.is_ascii() && !"¨¸¹«»–—…\u{a0}".contains(char));
        }
        before = char;
    }
    let (letters, others) = (letters as u128, others as u128);
    letters >= 4 && joined as u128 * 10 >= letters * 6 && small as u128 * 2 >= letters && others * 10 <= letters
}

fn nul(line: u64) -> Refusal {
    Damage { line, what: "there is a NUL byte in the text" }.refusal()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(bytes: &[u8]) -> Scan {
        Scan::of(bytes, true).unwrap()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_proven_by_all_bytes() {
        let proven = |bytes: &[u8]| match scan(bytes).encoding() {
            Ok(Evidence::Proven(encoding)) => encoding.name().to_owned(),
            Ok(legacy) => format!("{legacy:?}"),
            Err(refusal) => format!("{} {:?}", refusal.message, refusal.row),
        };
        assert_eq!(proven("a,é\n".as_bytes()), "UTF-8");
        assert_eq!(proven(&utf16("day,cost\n", u16::to_le_bytes)), "UTF-16LE");
        assert_eq!(proven(&utf16("day,cost\n", u16::to_be_bytes)), "UTF-16BE");
        assert_eq!(proven(&utf16("\u{feff}消化", u16::to_le_bytes)), "UTF-16LE");
        assert_eq!(proven(b"a\nCo\xFBt\n"), "Legacy { undefined_in_1252: None }");
        assert_eq!(proven(b"a\nCo\x81t\n"), "Legacy { undefined_in_1252: Some(2) }");
        assert!(proven(b"\xC3\xA9\n\nCo\xFBt\n").ends_with("Some(3)"));
        assert!(proven(b"a,b\n1,\0\n2,3\n").ends_with("Some(2)"));
        assert!(proven(b"\xEF\xBB\xBFa\n\xFB\n").ends_with("Some(2)"));
    }

    #[test]
    fn russian_is_told_from_western_letters() {
        let legacy = |text: &str, page: &'static Encoding| is_cyrillic(&WINDOWS_1252.decode(&page.encode(text).0).0);
        for russian in ["Тест", "Дата;Кампания;№ Кампании;Расход (руб.)", "date;spend\n1;Тестовая кампания\n"]
        {
            assert!(legacy(russian, encoding_rs::WINDOWS_1251), "{russian}");
        }
        for western in ["Coût;Téléphone;déjà créées", "Währung;Ausgegebener Betrag;Größe", "São João; ação; ÇÃO", "a"]
        {
            assert!(!legacy(western, WINDOWS_1252), "{western}");
        }
    }

    #[test]
    fn known_formats_are_named() {
        for (bytes, name) in [
            (&b"\xD0\xCF\x11\xE0"[..], "xls"),
            (b"%PDF-1.7", "PDF"),
            (b"7z\xBC\xAF\x27\x1C", "7z"),
            (b"Rar!\x1A\x07", "RAR"),
            (b"\xFD7zXZ\0", "xz"),
            (b"\x28\xB5\x2F\xFD", "Zstandard"),
            (b"\xEF\xBB\xBF \n<!doctype html>", "web page"),
            (b"\xFF\xFE<\0h\0", "web page"),
            (b"[\n {\"spend\":1}]", "JSON"),
        ] {
            let refusal = scan(bytes).known_format().unwrap();
            assert!(refusal.message.contains(name), "{}", refusal.message);
            assert_eq!(refusal.code, RefusalCode::NotText);
        }
        assert!(scan(b"Day,Cost\n").known_format().is_none());
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'\n'), any::<u8>()], 0..40)) {
            let scan = scan(&text);
            prop_assert_eq!(scan.first_invalid.is_none(), std::str::from_utf8(&text).is_ok());
            prop_assert_eq!(scan.bytes, text.len() as u64);
            prop_assert!(Scan::of(text.as_slice(), false).unwrap().first_invalid.is_none() || scan.first_invalid.is_some());
        }
    }
}
