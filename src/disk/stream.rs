//! [`stream`]: a file too large to be held, written and hashed while it is made.

use std::fs::File;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use sha2::{Digest, Sha256};

/// What tells a file from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashes {
    pub(crate) sha256: [u8; 32],
    pub(crate) crc32: u32,
}

/// Writes what `write` gives and flushes it; returns its hashes. They and the disk are other threads' work.
pub(super) fn stream(mut output: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Hashes> {
    const SYNCED: usize = 32 * 1024 * 1024; // from time to time, so that the end has not all of it to wait for
    let synced = output.try_clone()?;
    let (to_disk, for_disk) = sync_channel::<Arc<Vec<u8>>>(16);
    let (to_hash, for_hash) = sync_channel::<Arc<Vec<u8>>>(16);
    let (to_sync, for_sync) = sync_channel::<()>(1);
    thread::scope(|scope| {
        let hash = scope.spawn(move || {
            let (mut sha256, mut crc32) = (Sha256::new(), crc32fast::Hasher::new());
            for block in for_hash {
                sha256.update(&*block);
                crc32.update(&block);
            }
            Hashes { sha256: sha256.finalize().into(), crc32: crc32.finalize() }
        });
        let sync = scope.spawn(move || for_sync.into_iter().try_for_each(|()| synced.sync_data()));
        let disk = scope.spawn(move || {
            let mut unsynced = 0;
            for block in for_disk {
                output.write_all(&block)?;
                unsynced += block.len();
                if unsynced >= SYNCED {
                    let _ = to_sync.try_send(()); // while it is at it, the next time will do
                    unsynced = 0;
                }
            }
            drop(to_sync);
            Ok(output)
        });
        let mut blocks = Blocks { block: Vec::new(), to: [to_disk, to_hash] };
        let given = write(&mut blocks).and_then(|()| blocks.send());
        drop(blocks);
        let written = disk.join().unwrap_or_else(|panic| resume_unwind(panic));
        let synced = sync.join().unwrap_or_else(|panic| resume_unwind(panic));
        let hashes = hash.join().unwrap_or_else(|panic| resume_unwind(panic));
        // Where the disk fails nobody takes blocks any more, so its error is the cause.
        synced.and(written.and_then(|output| output.sync_all())).and(given).map(|()| hashes)
    })
}

/// Hands what is written to other threads, a block at a time.
struct Blocks {
    block: Vec<u8>,
    to: [SyncSender<Arc<Vec<u8>>>; 2],
}

impl Blocks {
    const SIZE: usize = 256 * 1024;

    fn send(&mut self) -> io::Result<()> {
        let block = Arc::new(std::mem::replace(&mut self.block, Vec::with_capacity(Self::SIZE)));
        let send = |to: &SyncSender<_>| to.send(Arc::clone(&block)).map_err(|_| io::ErrorKind::BrokenPipe.into());
        self.to.iter().try_for_each(send)
    }
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() + bytes.len() > Self::SIZE {
            self.send()?;
        }
        self.block.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
