//! Requests and replies of the protocol, with tensors as JSON or in the binary tensor data extension.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};

use super::numbers::{Datatype, InputNumbers, flat};
use super::texts::{self, Texts};
use crate::predict::network::Tensor;

/// What `GET /v2/models/{model}` answers.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// What runs the model.
    #[serde(default, deserialize_with = "or_default")]
    pub platform: String,
    /// The inputs.
    pub inputs: Vec<PortMetadata>,
    /// The outputs.
    pub outputs: Vec<PortMetadata>,
}

/// What `GET /v2` answers.
#[derive(Debug, Deserialize)]
pub struct Server {
    /// Extensions of the protocol that it knows.
    #[serde(default, deserialize_with = "or_default")]
    pub extensions: Vec<String>,
}

/// The extension for tensors as bytes.
pub const BINARY: &str = "binary_tensor_data";

/// The header that tells where the JSON ends and the bytes of tensors begin.
pub const JSON_LENGTH: &str = "inference-header-content-length";

/// An input or output as the metadata describe it.
#[derive(Debug, Clone, Deserialize)]
pub struct PortMetadata {
    /// Its name.
    pub name: String,
    /// Its type.
    pub datatype: String,
    /// The size of each dimension; -1 where it is open.
    #[serde(default, deserialize_with = "or_default")]
    pub shape: Vec<i64>,
}

/// What `POST .../infer` answers.
#[derive(Debug, Deserialize)]
struct Reply {
    /// The number of the request, if the server repeats it.
    id: Option<Json>,
    model_version: Option<Json>,
    outputs: Vec<Output>,
}

#[derive(Debug, Deserialize)]
struct Output {
    name: String,
    datatype: String,
    shape: Vec<usize>,
    data: Option<Json>,
    #[serde(default, deserialize_with = "or_default")]
    parameters: Parameters,
}

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    binary_data_size: Option<usize>,
}

/// What is left out may also be null (`KServe` writes it so).
fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// A tensor that goes into a request.
pub struct Given<'a> {
    /// The input's name.
    pub name: &'a str,
    /// The size of each dimension.
    pub shape: &'a [usize],
    /// The input's type.
    pub datatype: Datatype,
    /// `shape`'s product of values, in a type that fits.
    pub numbers: InputNumbers<'a>,
}

#[derive(Serialize)]
struct InferRequest<'a> {
    id: &'a str,
    inputs: Vec<AskedOutput<'a>>,
    outputs: Vec<Json>,
}

#[derive(Serialize)]
struct AskedOutput<'a> {
    name: &'a str,
    shape: &'a [usize],
    datatype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a InputNumbers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Json>,
}

/// The request called `id` about some tensors: the body, and the length of its JSON where bytes follow. Outputs come as
/// their best `classes`, where a number of such is given.
pub fn request(
    id: &str,
    given: &[Given<'_>],
    outputs: &[String],
    classes: Option<usize>,
    is_binary: bool,
) -> (Vec<u8>, Option<usize>) {
    let mut bytes = Vec::new();
    let asked = |given| asked(given, is_binary.then_some(&mut bytes));
    let binary = is_binary.then_some(("binary_data", json!(true)));
    let parameters = binary.into_iter().chain(classes.map(|classes| ("classification", json!(classes))));
    let parameters: serde_json::Map<String, Json> = parameters.map(|(key, value)| (key.to_owned(), value)).collect();
    let wanted = |name: &String| {
        if parameters.is_empty() { json!({ "name": name }) } else { json!({ "name": name, "parameters": parameters }) }
    };
    let (inputs, wanted) = (given.iter().map(asked).collect(), outputs.iter().map(wanted).collect());
    let request = InferRequest { id, inputs, outputs: wanted };
    let mut body = serde_json::to_vec(&request).expect("texts and numbers");
    let length = is_binary.then_some(body.len());
    body.extend(bytes);
    (body, length)
}

/// A tensor's description, with its numbers in it or behind `bytes`.
fn asked<'a>(given: &'a Given<'a>, bytes: Option<&mut Vec<u8>>) -> AskedOutput<'a> {
    let is_json = bytes.is_none();
    let size = bytes.map(|bytes| {
        let own = given.numbers.bytes();
        bytes.extend_from_slice(&own);
        own.len()
    });
    AskedOutput {
        name: given.name,
        shape: given.shape,
        datatype: given.datatype.name(),
        data: is_json.then_some(&given.numbers),
        parameters: size.map(|size| json!({ "binary_data_size": size })),
    }
}

/// A tensor of a reply.
#[derive(Debug, PartialEq)]
pub enum Content {
    /// Of numbers.
    Numbers(Tensor),
    /// Of texts.
    Texts(Texts),
}

/// The version of the model that answered, if the server says so, and the tensors called `names`, in that order.
///
/// # Errors
/// The reply is none, is to another request than that called `id`, or lacks an output.
pub fn read(
    id: &str,
    body: &[u8],
    json_length: Option<usize>,
    names: &[String],
) -> Result<(Option<String>, Vec<Content>), String> {
    let split = json_length.unwrap_or(body.len());
    let (text, bytes) = body.split_at_checked(split).ok_or("its reply ends within its JSON")?;
    let reply: Reply = serde_json::from_slice(text).map_err(|error| format!("its reply cannot be read: {error}"))?;
    if let Some(other) = reply.id.filter(|other| !other.is_null() && *other != "" && *other != id) {
        return Err(format!("its reply answers request {other}, but \"{id}\" was asked"));
    }
    // Bytes follow each other in the order of the reply's list, which need not be the order that was asked for.
    let mut rest = bytes;
    let mut tensors = Vec::with_capacity(reply.outputs.len());
    for output in reply.outputs {
        let own;
        (own, rest) = match output.parameters.binary_data_size {
            Some(size) => {
                let (own, rest) = rest
                    .split_at_checked(size)
                    .ok_or_else(|| format!("its reply ends within output `{}`", output.name))?;
                (Some(own), rest)
            }
            None => (None, rest),
        };
        tensors.push((output.name.clone(), content(&output, own)?));
    }
    let version = reply.model_version.filter(|version| !version.is_null() && *version != "");
    let version = version.map(|version| version.as_str().map_or_else(|| version.to_string(), ToOwned::to_owned));
    let mut named = |name: &String| {
        let at = tensors.iter().position(|(known, _)| known == name);
        at.map(|at| tensors.swap_remove(at).1).ok_or_else(|| format!("its reply lacks output `{name}`"))
    };
    Ok((version, names.iter().map(&mut named).collect::<Result<_, _>>()?))
}

fn content(output: &Output, bytes: Option<&[u8]>) -> Result<Content, String> {
    let is_of_texts = texts::NAMES.contains(&output.datatype.as_str());
    let read = if is_of_texts {
        of_texts(output, bytes).map(Content::Texts)
    } else {
        of_numbers(output, bytes).map(Content::Numbers)
    };
    read.map_err(|what| format!("output `{}` {what}", output.name))
}

fn of_texts(output: &Output, bytes: Option<&[u8]>) -> Result<Texts, String> {
    let data = match (bytes, &output.data) {
        (Some(bytes), _) => texts::decode(bytes)?,
        (None, Some(list)) => texts::flat(list).ok_or("holds something that is no text")?,
        (None, None) => return Err("has no data".to_owned()),
    };
    fills(output, data.len(), "texts")?;
    Ok(Texts { shape: output.shape.clone(), data })
}

/// Whether `count` values are as many as the shape says.
fn fills(output: &Output, count: usize, what: &str) -> Result<(), String> {
    let wanted = output.shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side));
    if wanted == Some(count) { Ok(()) } else { Err(format!("has {count} {what} for a shape of {:?}", output.shape)) }
}

fn of_numbers(output: &Output, bytes: Option<&[u8]>) -> Result<Tensor, String> {
    let datatype = Datatype::called(&output.datatype)?;
    let data = match (bytes, &output.data) {
        (Some(bytes), _) if bytes.len() % datatype.bytes() == 0 => datatype.decode(bytes),
        (Some(bytes), _) => {
            return Err(format!("has {} bytes, which are no numbers of {}", bytes.len(), datatype.name()));
        }
        (None, Some(list)) => flat(list).ok_or("holds something that is no number")?,
        (None, None) => return Err("has no data".to_owned()),
    };
    fills(output, data.len(), "numbers")?;
    Ok(Tensor { shape: output.shape.clone(), data, is_integer: datatype.is_whole() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_reply_of_json_and_bytes_is_sorted_into_its_outputs() {
        let text = json!({"model_version": "3", "outputs": [
            {"name": "b", "datatype": "FP32", "shape": [1, 2], "parameters": {"binary_data_size": 8}},
            {"name": "a", "datatype": "INT64", "shape": [2, 1], "data": [[7], [8]]},
        ]})
        .to_string();
        let mut body = text.clone().into_bytes();
        body.extend_from_slice(&InputNumbers::Floats(&[0.5, -1.0]).bytes());
        let (version, tensors) = read("7", &body, Some(text.len()), &names(&["a", "b"])).unwrap();
        assert_eq!(version.as_deref(), Some("3"));
        let numbers = |shape: [usize; 2], data: [f32; 2], is_integer| {
            Content::Numbers(Tensor { shape: shape.to_vec(), data: data.to_vec(), is_integer })
        };
        assert_eq!(tensors, [numbers([2, 1], [7.0, 8.0], true), numbers([1, 2], [0.5, -1.0], false)]);
        assert!(
            read("7", &body[..body.len() - 1], Some(text.len()), &names(&["a"]))
                .unwrap_err()
                .ends_with("within output `b`")
        );
        assert!(read("7", &body, Some(text.len()), &names(&["c"])).unwrap_err().ends_with("lacks output `c`"));
    }

    /// As `KServe` 0.21 answers, whose models have no version.
    #[test]
    fn null_stands_for_what_is_left_out() {
        let output = json!({"name": "a", "datatype": "FP32", "shape": [2], "parameters": null, "data": [1, 2]});
        let reply =
            json!({"model_name": "cells", "model_version": null, "id": "x", "parameters": null, "outputs": [output]});
        let (version, tensors) = read("x", reply.to_string().as_bytes(), None, &names(&["a"])).unwrap();
        let other = read("y", reply.to_string().as_bytes(), None, &names(&["a"])).unwrap_err();
        assert_eq!(other, "its reply answers request \"x\", but \"y\" was asked");
        let numbers = Tensor { shape: vec![2], data: vec![1.0, 2.0], is_integer: false };
        assert_eq!((version, &tensors[..]), (None, &[Content::Numbers(numbers)][..]));
        let metadata: Metadata = serde_json::from_value(
            json!({"name": "cells", "versions": null, "platform": null, "inputs": [], "outputs": []}),
        )
        .unwrap();
        assert_eq!(metadata.platform, "");
    }

    #[test]
    fn numbers_that_do_not_fill_the_shape_are_refused() {
        let reply = |shape: Json, data: Json| {
            let output = json!({"name": "a", "datatype": "FP32", "shape": shape, "data": data});
            let body = json!({"outputs": [output]}).to_string();
            read("7", body.as_bytes(), None, &names(&["a"])).map(|_| ()).unwrap_err()
        };
        assert_eq!(reply(json!([2, 2]), json!([1, 2, 3])), "output `a` has 3 numbers for a shape of [2, 2]");
        assert_eq!(reply(json!([1]), json!(["x"])), "output `a` holds something that is no number");
        assert!(read("7", b"{}", None, &[]).unwrap_err().contains("missing field"));
    }

    #[test]
    fn texts_are_read_from_json_and_bytes() {
        let reply = |output: Json, tail: &[u8]| {
            let text = json!({ "outputs": [output] }).to_string().into_bytes();
            read("7", &[&text, tail].concat(), Some(text.len()), &names(&["a"])).map(|(_, mut read)| read.remove(0))
        };
        let texts = Content::Texts(Texts { shape: vec![1, 2], data: vec!["1:0".to_owned(), "0:1".to_owned()] });
        let output = json!({"name": "a", "datatype": "BYTES", "shape": [1, 2], "data": ["1:0", "0:1"]});
        assert_eq!(reply(output, &[]).unwrap(), texts);
        let output = json!({"name": "a", "datatype": "BYTES", "shape": [1, 2], "parameters": {"binary_data_size": 14}});
        assert_eq!(reply(output, b"\x03\x00\x00\x001:0\x03\x00\x00\x000:1").unwrap(), texts);
        let output = json!({"name": "a", "datatype": "BYTES", "shape": [3], "data": ["1:0", "0:1"]});
        assert_eq!(reply(output, &[]).unwrap_err(), "output `a` has 2 texts for a shape of [3]");
        let output = json!({"name": "a", "datatype": "BYTES", "shape": [1], "data": [1]});
        assert_eq!(reply(output, &[]).unwrap_err(), "output `a` holds something that is no text");
    }
}
