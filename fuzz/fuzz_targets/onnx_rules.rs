#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| windtunnel::fuzzing::onnx_rules(data));
