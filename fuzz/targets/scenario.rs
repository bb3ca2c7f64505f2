#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respend::ledger::fuzzing::scenario(bytes));
