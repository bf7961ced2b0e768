//! Files that are called `.onnx` and are something else, told by how they begin: engines take some for empty networks.

/// How a pointer of Git LFS begins.
pub const POINTER: &[u8] = b"version https://git-lfs";

/// What a file is instead of an ONNX model, and what to do; `None` where it may be one.
pub fn foreign(bytes: &[u8]) -> Option<&'static str> {
    /// Enough to tell a text from numbers.
    const BEGINNING: usize = 256;
    let begin = &bytes[..bytes.len().min(BEGINNING)];
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if begin.is_empty() {
        Some("it is empty: export or copy it again")
    } else if begin.starts_with(POINTER) {
        Some("it is a pointer of Git LFS, not the model: fetch the model with `git lfs pull`")
    } else if begin.starts_with(b"PK\x03\x04") || begin.starts_with(&[0x80, 0x02]) {
        Some(
            "it is a checkpoint of PyTorch, not an ONNX model: export it (`torch.onnx.export`, of Ultralytics `yolo export \
             format=onnx`), or let Python run it (a `subprocess` that runs `python -m windtunnel.serve`)",
        )
    } else if begin.starts_with(&[0x1f, 0x8b]) {
        Some("it is compressed: unpack it with `gunzip`")
    } else if begin.get(4..8) == Some(b"TFL3") {
        Some("it is a TensorFlow Lite model, not an ONNX model: convert it (`python -m tf2onnx.convert --tflite ...`)")
    } else if begin.starts_with(b"\x89HDF") {
        Some("it is a model of Keras, not an ONNX model: convert it (`python -m tf2onnx.convert ...`)")
    } else if begin.iter().all(is_text) {
        Some("it is a text, not an ONNX model: export or copy it again")
    } else {
        None
    }
}
