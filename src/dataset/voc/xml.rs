//! XML to a tree of elements with their texts; attributes, comments and the document type are not read.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// An element.
#[derive(Debug, Default, PartialEq)]
pub struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The name of the element.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text directly in the element, without white space around it.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The first child called `name`.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child called `name`; `None` where it is empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }

    /// The children called `name`.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Elements around an element at most; those of annotations are nested four deep.
const MOST_NESTED: usize = 64;

/// The root element of `text`.
///
/// # Errors
/// It is no XML.
pub fn parse(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| format!("{error} (byte {})", reader.error_position()))?;
        let depth = open.len();
        let inner = open.last_mut().expect("the document itself is never closed");
        match event {
            Event::Start(_) if depth > MOST_NESTED => {
                return Err(format!("its elements are nested more than {MOST_NESTED} deep"));
            }
            Event::Start(start) => open.push(element(start.name().as_ref())),
            Event::Empty(start) => inner.children.push(element(start.name().as_ref())),
            Event::End(_) => close(&mut open),
            Event::Text(text) => inner.text.push_str(&text.decode().map_err(|error| error.to_string())?),
            Event::CData(text) => inner.text.push_str(&text.decode().map_err(|error| error.to_string())?),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| error.to_string())?;
                match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(letter) => inner.text.push(letter),
                    None => inner.text.push_str(
                        resolve_predefined_entity(&name).ok_or_else(|| format!("unknown entity `&{name};`"))?,
                    ),
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let mut document = open.remove(0);
    match (open.last(), document.children.len()) {
        (Some(unclosed), _) => Err(format!("it ends within <{}>", unclosed.name)),
        (None, 1) => Ok(document.children.remove(0)),
        (None, _) => Err("it has no root element".to_owned()),
    }
}

fn element(name: &[u8]) -> Element {
    Element { name: String::from_utf8_lossy(name).into_owned(), ..Element::default() }
}

/// Puts the innermost open element into the one around it.
fn close(open: &mut Vec<Element>) {
    if let Some(closed) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(closed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_name_with_their_entities() {
        let root = parse(
            "<?xml version=\"1.0\"?>\r\n<a x='1'><!-- b --><b> R&amp;B &#65; </b><c/><b>2</b><d><![CDATA[<]]></d></a>",
        )
        .unwrap();
        assert_eq!(
            (root.name(), root.text_of("b"), root.text_of("c"), root.text_of("d")),
            ("a", Some("R&B A"), None, Some("<"))
        );
        assert_eq!(root.all("b").count(), 2);
    }

    #[test]
    fn deep_elements_are_refused() {
        assert!(parse(&"<a>".repeat(1_000_000)).unwrap_err().contains("more than 64 deep"));
        assert!(parse(&format!("{}{}", "<a>".repeat(64), "</a>".repeat(64))).is_ok());
    }

    #[test]
    fn broken_text_is_refused() {
        assert!(parse("<a><b></a>").is_err());
        assert_eq!(parse("<a><b>"), Err("it ends within <b>".to_owned()));
        assert_eq!(parse("hello"), Err("it has no root element".to_owned()));
        assert_eq!(parse("<a>&xxe;</a>"), Err("unknown entity `&xxe;`".to_owned()));
    }
}
