//! Zip archives for tests: put together, taken apart, and with a part that is another.
#![allow(dead_code, unreachable_pub)] // every test file uses a part
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// An archive of these members.
pub fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        if name.ends_with('/') {
            zip.add_directory(*name, options).unwrap();
        } else {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// The members of an archive.
pub fn members(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let member = |at| {
        let mut member = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        (member.name().unwrap().into_owned(), bytes)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(member).collect()
}

/// The same archive with another text in one member, as another program might have written it.
pub fn with(bytes: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut members = members(bytes);
    let text = String::from_utf8(members[name].clone()).unwrap();
    assert!(text.contains(from), "{text}");
    members.insert(name.into(), text.replace(from, to).into_bytes());
    zipped(&members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// Bytes at any place are others; some may be cut off.
pub fn mutated(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = bytes.len();
    let changes = prop::collection::vec((0..length, any::<u8>()), 0..8);
    (changes, prop_oneof![Just(length), 1..=length]).prop_map(move |(changes, length)| {
        let mut bytes = bytes.clone();
        changes.into_iter().for_each(|(at, byte)| bytes[at] = byte);
        bytes.truncate(length);
        bytes
    })
}

/// The parts of a workbook with one of them changed: checksums hold, so that what is wrong inside is met.
pub fn with_changed_part(bytes: &[u8]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let members: Vec<(String, Vec<u8>)> = members(bytes).into_iter().collect();
    (0..members.len()).prop_flat_map(move |at| {
        let members = members.clone();
        mutated(members[at].1.clone()).prop_map(move |changed| {
            let mut members = members.clone();
            members[at].1 = changed;
            zipped(&members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
        })
    })
}
