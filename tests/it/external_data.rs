//! ONNX models whose weights lie in other files: they are the same model as long as all of its files are, and read no
//! file that is not theirs.

use serde_json::Value;

use crate::support::{DATASET, Ran, Workshop, repository};

/// A field of a protobuf message: number, wire type, and what it holds.
type Field = (u64, u64, Vec<u8>);

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            return number;
        }
    }
}

fn push(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// The fields of a message that holds numbers and bytes alone.
fn fields(mut message: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let value = match tag & 7 {
            0 => {
                let mut value = Vec::new();
                push(varint(&mut message), &mut value);
                value
            }
            2 => {
                let length = varint(&mut message) as usize;
                let (value, rest) = message.split_at(length);
                message = rest;
                value.to_vec()
            }
            5 => {
                let (value, rest) = message.split_at(4);
                message = rest;
                value.to_vec()
            }
            other => panic!("wire type {other}"),
        };
        fields.push((tag >> 3, tag & 7, value));
    }
    fields
}

fn message(fields: impl IntoIterator<Item = Field>) -> Vec<u8> {
    let mut message = Vec::new();
    for (number, wire, value) in fields {
        push(number << 3 | wire, &mut message);
        if wire == 2 {
            push(value.len() as u64, &mut message);
        }
        message.extend(value);
    }
    message
}

fn text(number: u64, text: &str) -> Field {
    (number, 2, text.as_bytes().to_vec())
}

/// A tensor whose numbers are moved from it to the end of `data`, in the file `location`.
fn moved(tensor: &[u8], location: &str, data: &mut Vec<u8>) -> Vec<u8> {
    let is_raw = |field: &Field| (field.0, field.1) == (9, 2);
    let (raw, mut rest): (Vec<Field>, Vec<Field>) = fields(tensor).into_iter().partition(is_raw);
    let Some((_, _, raw)) = raw.into_iter().next() else { return tensor.to_vec() };
    // As exporters do, at places that memory pages can be mapped from.
    data.resize(data.len().next_multiple_of(64), 0);
    for (key, value) in
        [("location", location.to_owned()), ("offset", data.len().to_string()), ("length", raw.len().to_string())]
    {
        rest.push((13, 2, message([text(1, key), text(2, &value)])));
    }
    rest.push((14, 0, vec![1]));
    data.extend(raw);
    message(rest)
}

/// The model `bytes` with all weights of its graph in the file `location`; the model and that file.
pub fn externalised(bytes: &[u8], location: &str) -> (Vec<u8>, Vec<u8>) {
    let mut data = Vec::new();
    let of_graph = |field: Field, data: &mut Vec<u8>| match field {
        (5, 2, tensor) => (5, 2, moved(&tensor, location, data)),
        other => other,
    };
    let of_model = |field: Field| match field {
        (7, 2, graph) => {
            let graph: Vec<Field> = fields(&graph).into_iter().map(|field| of_graph(field, &mut data)).collect();
            (7, 2, message(graph))
        }
        other => other,
    };
    let model: Vec<Field> = fields(bytes).into_iter().map(of_model).collect();
    (message(model), data)
}

/// The shipped detector `name` with its weights in the file `location`.
pub fn detector(name: &str, location: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = std::fs::read(repository(&format!("examples/models/bccd_{name}.onnx"))).unwrap();
    externalised(&bytes, location)
}

const IMAGES: usize = 3;

fn workshop(location: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(IMAGES);
    let model = "[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"model/m.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n";
    let check = "[[check]]\non = \"clean\"\nmin = 0.0001\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{model}{check}"));
    workshop.write("model/m.onnx", detector("a", location).0);
    workshop
}

/// The clean figure, and how many frames the model was asked about.
fn figure(workshop: &Workshop) -> (f64, u64) {
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code <= 1, "{}", ran.stderr);
    let record = workshop.record("small");
    (record["cells"][0]["figures"]["map"].as_f64().unwrap(), record["times"]["asked"].as_u64().unwrap())
}

fn digest(workshop: &Workshop) -> Value {
    workshop.record("small")["models"][0]["card"]["digest"].clone()
}

fn expect(ran: &Ran, message: &str) {
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says(message), "`{message}` is not in:\n{}", ran.stderr);
}

#[test]
fn other_weights_are_another_model() {
    let whole = workshop("");
    std::fs::copy(repository("examples/models/bccd_a.onnx"), whole.path("model/m.onnx")).unwrap();
    let (of_a, _) = figure(&whole);
    let place = "parts/m.onnx.data";
    let workshop = workshop(place);
    let all = IMAGES as u64;
    workshop.write("model/parts/m.onnx.data", detector("a", place).1);
    assert_eq!(figure(&workshop), (of_a, all), "as with the weights inside");
    let first = digest(&workshop);
    assert_eq!(figure(&workshop), (of_a, 0), "from the store");
    workshop.write("model/parts/m.onnx.data", detector("b", place).1);
    let (of_b, asked) = figure(&workshop);
    assert!(asked == all && of_b != of_a, "{of_b} {asked}");
    assert_ne!(digest(&workshop), first);
    workshop.write("model/parts/m.onnx.data", detector("a", place).1);
    assert_eq!((figure(&workshop), digest(&workshop)), ((of_a, 0), first));
}

#[test]
fn shards_of_other_weights_are_not_merged() {
    let workshop = workshop("m.data");
    workshop.write("model/m.data", detector("a", "m.data").1);
    assert_eq!(workshop.run(&["run", "spec.toml", "--partition", "1/2"]).code, 0);
    workshop.write("model/m.data", detector("b", "m.data").1);
    assert_eq!(workshop.run(&["run", "spec.toml", "--partition", "2/2"]).code, 0);
    let ran = workshop.run(&["merge"]);
    assert!(ran.code == 5 && ran.says("is of another plan: model `m` differs from what is here"), "{}", ran.stderr);
}

#[test]
fn weights_that_are_not_there_or_not_whole_are_told() {
    let workshop = workshop("m.data");
    let run = || workshop.run(&["run", "spec.toml"]);
    expect(&run(), "model/m.onnx: its weights are in `m.data`, which is not there: copy or download it into");
    let data = detector("a", "m.data").1;
    workshop.write("model/m.data", &data[..data.len() / 2]);
    expect(&run(), &format!("of `m.data`, which ends after {}: copy or download that file again", data.len() / 2));
    workshop.write("model/m.data", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    expect(&run(), "its weights are in `m.data`, a pointer of Git LFS: fetch the file with `git lfs pull`");
    std::fs::remove_file(workshop.path("model/m.data")).unwrap();
    std::fs::create_dir(workshop.path("model/m.data")).unwrap();
    expect(&run(), "its weights are in `m.data`, which cannot be read: it is a folder, not a file");
}

#[test]
fn files_elsewhere_are_not_read() {
    let outside = Workshop::new();
    outside.write("secret", detector("a", "x").1);
    for location in ["../secret", "/etc/passwd", "a/../../secret", "", &outside.path("secret").display().to_string()] {
        let workshop = workshop(location);
        workshop.write("secret", detector("a", location).1);
        workshop.write("model/a/b", "");
        let told = format!("its weights are in `{location}`, which is not in its folder, and is not read");
        expect(&workshop.run(&["run", "spec.toml"]), &told);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_within_the_folder_of_the_model_alone() {
    use std::os::unix::fs::symlink;
    let data = detector("a", "m.data").1;
    let outside = workshop("m.data");
    outside.write("elsewhere/m.data", &data);
    symlink("../elsewhere/m.data", outside.path("model/m.data")).unwrap();
    let told = "its weights are in `m.data`, a link out of its folder, and are not read: put the file itself there";
    expect(&outside.run(&["run", "spec.toml"]), told);
    let inside = workshop("m.data");
    inside.write("model/blobs/1", &data);
    symlink("blobs/1", inside.path("model/m.data")).unwrap();
    assert_eq!(figure(&inside).1, IMAGES as u64);
    // As in Hugging Face's cache: all files of a model are links into one folder.
    let cache = workshop("m.data");
    cache.write("blobs/2", &data);
    std::fs::rename(cache.path("model/m.onnx"), cache.path("blobs/1")).unwrap();
    symlink("../blobs/1", cache.path("model/m.onnx")).unwrap();
    symlink("../blobs/2", cache.path("model/m.data")).unwrap();
    assert_eq!(figure(&cache).1, IMAGES as u64);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let workshop = workshop("m.data");
    let pipe = workshop.path("model/m.data");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    expect(
        &workshop.run(&["run", "spec.toml"]),
        "its weights are in `m.data`, which cannot be read: it is a pipe or a device",
    );
}
