//! [`Decoded`]: bytes of any encoding read as UTF-8, and nothing replaced on the way.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::refusal::{Refusal, RefusalCode};

/// A place where the bytes are not the text they should be.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub(super) struct Damage {
    pub(super) line: u64,
    pub(super) what: &'static str,
}

impl Damage {
    pub(super) fn refusal(&self) -> Refusal {
        let hint = "download the report again from the platform; if it was edited, save it as CSV UTF-8";
        Refusal::new(RefusalCode::NotText, self.to_string(), hint).at_row(self.line)
    }
}

/// Reads `input` as text of an encoding, giving UTF-8.
///
/// A character that does not exist in the encoding ends the reading with [`Damage`]: an unnoticed replacement
/// character would make one campaign of two.
pub(super) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    /// Bytes read and not yet decoded.
    pending: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    line: u64,
    ended: bool,
}

const BLOCK: usize = 32 * 1024;

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Decoded<R> {
        Decoded {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            pending: Vec::new(),
            ready: Vec::new(),
            given: 0,
            line: 1,
            ended: false,
        }
    }

    fn decode_block(&mut self) -> io::Result<()> {
        let mut fresh = vec![0; BLOCK];
        let count = self.input.read(&mut fresh)?;
        let last = count == 0;
        self.pending.extend_from_slice(fresh.get(..count).unwrap_or_default());
        self.ready.clear();
        self.given = 0;
        let room = self.decoder.max_utf8_buffer_length_without_replacement(self.pending.len()).unwrap_or(BLOCK * 4);
        self.ready.resize(room, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.pending, &mut self.ready, last);
        self.ready.truncate(written);
        self.pending.drain(..read);
        let newlines = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        if let Some(place) = self.ready.iter().position(|&byte| byte == 0) {
            let before = newlines(self.ready.get(..place).unwrap_or_default());
            return Err(self.damage(before, "there is a NUL character in the text"));
        }
        let lines = newlines(&self.ready);
        if let DecoderResult::Malformed(..) = result {
            return Err(self.damage(lines, "a character is damaged"));
        }
        self.line = self.line.saturating_add(lines);
        self.ended = last;
        Ok(())
    }

    fn damage(&self, lines: u64, what: &'static str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Damage { line: self.line.saturating_add(lines), what })
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.ready.len() && !self.ended {
            match self.decode_block() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => other?,
            }
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_16LE, WINDOWS_1252};

    use super::*;

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Result<String, String> {
        let mut text = String::new();
        let read = Decoded::new(bytes, encoding).read_to_string(&mut text);
        read.map(|_| text).map_err(|error| error.to_string())
    }

    #[test]
    fn text_comes_out_whole() {
        let long = "é😀,消化金額\r\n".repeat(9000);
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(long.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decoded(&bytes, UTF_16LE).unwrap(), long);
        assert_eq!(decoded(b"Co\xFBt \x80", WINDOWS_1252).unwrap(), "Coût €");
    }

    #[test]
    fn nothing_is_replaced() {
        let mut bytes: Vec<u8> = "a\nb\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.extend([0x00, 0xD8]); // half of a pair
        assert_eq!(decoded(&bytes, UTF_16LE).unwrap_err(), "line 3: a character is damaged");
        assert!(decoded(b"a\0\0\0", UTF_16LE).unwrap_err().contains("NUL"));
        assert!(decoded(b"a\0b", UTF_16LE).is_err());
    }
}
