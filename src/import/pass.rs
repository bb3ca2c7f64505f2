//! [`pass`]: one reading of all rows of a file, by several threads.

use std::io::{self, BufRead, Read};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use encoding_rs::Encoding;

use crate::sheet::{Record, Records};

use super::blocks::{Block, Blocks};
use super::cells::Irregular;
use super::evidence::Evidence;
use super::quick::Quick;
use super::refusal::{Refusal, Stop};
use super::rows::Settled;
use super::source::{self, Hash, Source};

/// How a file is read. None of it changes what is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How many read rows, beside the one that cuts the blocks.
    pub(super) threads: usize,
    /// How many bytes are read at a time.
    pub(super) block: usize,
    /// How many blocks may wait to be read, so that nobody waits for each of them.
    pub(super) ahead: usize,
}

impl Pace {
    /// Uses what the machine has.
    pub(super) fn full() -> Pace {
        const READERS_MAX: usize = 8; // more would wait for the one that cuts the blocks
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let readers = (processors - 1).clamp(1, READERS_MAX);
        Pace { threads: readers, block: 512 * 1024, ahead: 2 * readers + 4 }
    }
}

/// The rows to read: those below the header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Below {
    pub(super) header_line: u64,
    pub(super) delimiter: u8,
}

/// Why rows could not be read through.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// Only the reader that goes through the text in order can tell the rows apart.
    Irregular,
    /// Bytes that are not UTF-8, or NUL.
    NotUtf8,
    /// What ends the reading.
    Stop(Stop),
}

impl From<Irregular> for Obstacle {
    fn from(_: Irregular) -> Obstacle {
        Obstacle::Irregular
    }
}

impl From<Stop> for Obstacle {
    fn from(stop: Stop) -> Obstacle {
        Obstacle::Stop(stop)
    }
}

impl From<Refusal> for Obstacle {
    fn from(refusal: Refusal) -> Obstacle {
        Obstacle::Stop(refusal.into())
    }
}

impl From<io::Error> for Obstacle {
    fn from(error: io::Error) -> Obstacle {
        Obstacle::Stop(error.into())
    }
}

/// Reads every row with all threads: one cuts the text into blocks of whole rows, the others read these. What they come
/// to is the same in whatever order it is put together. Beside them the file's hash is reckoned, if nobody has.
pub(super) fn pass<'a>(
    source: &mut Source,
    encoding: &'static Encoding,
    below: Below,
    settled: &'a Settled<'a>,
    pace: Pace,
) -> Result<Quick<'a>, Obstacle> {
    let unhashed = source.unhashed();
    // The blocks are the file byte for byte, unless it is packed or of another encoding.
    let by_blocks = unhashed.is_some() && source.is_text(encoding);
    let threads = pace.threads.max(1);
    let (full, taken) = sync_channel(pace.ahead);
    let (to_hash, hashing) = sync_channel(pace.ahead);
    let taken = Mutex::new(taken);
    let (spent, room) = channel();
    let work = |spent: Sender<Block>| {
        let mut quick = Quick::new(settled);
        while let Some(block) = next(&taken) {
            read(&block, below, &mut quick);
            give_back(block, &spent);
        }
        quick
    };
    let (read, hash) = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let spent = spent.clone();
                scope.spawn(|| work(spent))
            })
            .collect();
        let hash = unhashed.map(|file| {
            scope.spawn(move || if by_blocks { Ok(hash_of(hashing, spent)) } else { source::sha256(file) })
        });
        let cut = cut(Blocks::new(source.text(encoding), below.delimiter, pace.block), &room, |block| {
            // Both take blocks until these ends are dropped.
            let block = Arc::new(block);
            if by_blocks {
                let _ = to_hash.send(Arc::clone(&block));
            }
            let _ = full.send(block);
        });
        drop((full, to_hash));
        let parts = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        let merged = parts.reduce(|mut all, part| {
            all.merge(part);
            all
        });
        let all = merged.unwrap_or_else(|| Quick::new(settled));
        let hash = hash.map(|hash| hash.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (cut.map(|()| all), hash)
    });
    // Up to an obstacle not all blocks have been hashed.
    if let Some(hash) = hash.filter(|_| read.is_ok() || !by_blocks) {
        source.hashed(hash?);
    }
    read
}

/// Gives the room of a block back, if nobody else needs it.
fn give_back(block: Arc<Block>, spent: &Sender<Block>) {
    if let Some(block) = Arc::into_inner(block) {
        let _ = spent.send(block); // at the end nobody needs the room any more
    }
}

/// Returns the hash of all blocks in order, which is that of their text.
fn hash_of(blocks: Receiver<Arc<Block>>, spent: Sender<Block>) -> Hash {
    let mut hash = Hash::new();
    for block in blocks {
        hash.update(block.text().as_bytes());
        give_back(block, &spent);
    }
    hash
}

/// Gives the blocks of a text, in the room of those that are spent.
fn cut(mut blocks: Blocks<impl Read>, room: &Receiver<Block>, mut give: impl FnMut(Block)) -> Result<(), Obstacle> {
    while let Some(block) = blocks.next(room.try_recv().unwrap_or_default())? {
        give(block);
    }
    Ok(())
}

fn next(blocks: &Mutex<Receiver<Arc<Block>>>) -> Option<Arc<Block>> {
    blocks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn read(block: &Block, below: Below, quick: &mut Quick) {
    let mut batches = block.batches().peekable();
    while let Some(rows) = batches.next() {
        let are_last = block.is_last && batches.peek().is_none();
        quick.add(&rows, below.header_line, are_last);
    }
}

/// Reads every row one after the other.
pub(super) fn in_order<'a>(text: impl BufRead, below: Below, settled: &'a Settled<'a>) -> Result<Quick<'a>, Stop> {
    let mut quick = Quick::new(settled);
    let mut records = Records::new(text, below.delimiter);
    let (mut record, mut next) = (Record::default(), Record::default());
    while records.read(&mut next)? && next.line() < below.header_line {}
    let mut has_next = records.read(&mut next)?;
    while has_next {
        std::mem::swap(&mut record, &mut next);
        has_next = records.read(&mut next)?;
        quick.add_in_order(&record, !has_next);
    }
    Ok(quick)
}

/// Returns what the beginning of a text proves, as far as its rows can be read.
pub(super) fn beginning(text: impl BufRead, below: Below, settled: &Settled) -> Evidence {
    let mut evidence = Evidence::new();
    let mut records = Records::new(text, below.delimiter);
    let mut record = Record::default();
    // What cannot be read is a matter for the reading of the whole.
    while let Ok(true) = records.read(&mut record) {
        if record.line() > below.header_line {
            evidence.add(&record, settled);
        }
    }
    evidence
}
