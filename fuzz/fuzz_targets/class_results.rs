#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| windtunnel::fuzzing::class_results(data));
