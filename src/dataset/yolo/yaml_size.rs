//! What a YAML text comes to, before it is read: aliases stand for copies, and copies of copies of a few lines fill a
//! machine's memory; readers follow nested values down the stack.

use std::collections::HashMap;

use yaml_rust2::Event;
use yaml_rust2::parser::Parser;

/// Values in a text at most, copies counted: the classes and splits of any dataset are far fewer.
const MOST_VALUES: u64 = 1_000_000;

/// Values around a value at most.
const MOST_NESTED: usize = 64;

/// Makes sure that `text` can be read. What is wrong with its syntax is left to whoever reads it.
///
/// # Errors
/// It comes to too many values, or they are nested too deep.
pub fn check(text: &str) -> Result<(), String> {
    let mut parser = Parser::new_from_str(text);
    let mut anchored: HashMap<usize, u64> = HashMap::new();
    // Anchor and size of each value around the next one; the document is the first.
    let mut open: Vec<(usize, u64)> = vec![(0, 0)];
    while let Ok((event, _)) = parser.next_token() {
        let size = match event {
            Event::StreamEnd => break,
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, 1));
                0
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (anchor, size) = open.pop().unwrap_or_default();
                anchored.insert(anchor, size);
                size
            }
            Event::Scalar(..) => 1,
            Event::Alias(anchor) => anchored.get(&anchor).copied().unwrap_or(1),
            Event::Nothing | Event::StreamStart | Event::DocumentStart | Event::DocumentEnd => 0,
        };
        if let Some((_, around)) = open.last_mut() {
            *around = around.saturating_add(size);
        }
        if open.len() > MOST_NESTED {
            return Err(format!("its values are nested more than {MOST_NESTED} deep"));
        }
        if open.iter().any(|(_, size)| *size > MOST_VALUES) {
            return Err(format!(
                "it comes to more than {MOST_VALUES} values: do its aliases (`*name`) repeat each other?"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn copies_of_copies_are_counted_before_they_are_made() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let copies = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(text, "a{level}: &a{level} [{copies}]").unwrap();
        }
        assert!(check(&text).unwrap_err().contains("aliases (`*name`) repeat each other"));
        assert_eq!(check("names: &n [cat, dog]\nothers: *n\n"), Ok(()));
    }

    #[test]
    fn deep_values_are_refused_whichever_way_they_are_written() {
        assert!(check(&"- ".repeat(100_000)).unwrap_err().contains("more than 64 deep"));
        assert!(check(&"[".repeat(100)).unwrap_err().contains("more than 64 deep"));
    }
}
