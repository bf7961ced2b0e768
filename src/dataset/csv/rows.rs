//! The lines of a table, parted into values (RFC 4180): quoted ones may hold separators, line breaks and doubled quotes.

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1; of one that goes over several lines, the first.
    pub line: usize,
    /// Its values, without the space around them.
    pub values: Vec<String>,
}

/// What parts values.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Lines that are asked what parts them.
const ASKED: usize = 10;

/// The rows of a text, empty ones left out. Of the separators the one is taken that every one of the first lines has, most of
/// them; where no separator is in all of them, the first line decides.
pub fn rows(text: &str) -> Vec<Row> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(ASKED).collect();
    let count = |separator: &char| {
        let counts = || lines.iter().map(|line| line.matches(*separator).count());
        (counts().min(), counts().next())
    };
    // The first of equals: commas, unless others are there alone.
    let separator = SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(',');
    let mut rows = Vec::new();
    let mut row = RowUnderWay::at(1);
    let mut letters = text.chars().peekable();
    let mut line = 1;
    while let Some(letter) = letters.next() {
        let is_end = letter == '\n' || letter == '\r' && letters.peek() != Some(&'\n');
        line += usize::from(is_end);
        match letter {
            '"' if row.is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.value.push('"');
            }
            '"' if row.is_quoted => row.is_quoted = false,
            '"' if row.value.trim().is_empty() => {
                row.value.clear();
                row.is_quoted = true;
            }
            _ if row.is_quoted => row.value.push(letter),
            _ if letter == separator => row.end_value(),
            _ if is_end => rows.extend(std::mem::replace(&mut row, RowUnderWay::at(line)).end()),
            _ => row.value.push(letter),
        }
    }
    rows.extend(row.end());
    rows
}

struct RowUnderWay {
    line: usize,
    values: Vec<String>,
    value: String,
    is_quoted: bool,
}

impl RowUnderWay {
    fn at(line: usize) -> Self {
        Self { line, values: Vec::new(), value: String::new(), is_quoted: false }
    }

    fn end_value(&mut self) {
        self.values.push(std::mem::take(&mut self.value).trim().to_owned());
    }

    fn end(mut self) -> Option<Row> {
        self.end_value();
        let is_empty = self.values.iter().all(String::is_empty);
        (!is_empty).then_some(Row { line: self.line, values: self.values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        rows(text).into_iter().map(|row| (row.line, row.values)).collect()
    }

    fn row(line: usize, values: &[&str]) -> (usize, Vec<String>) {
        (line, values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn values_are_quoted_and_parted_as_spreadsheets_do() {
        let text = "file, label\r\n\"a, b.jpg\",\"say \"\"cat\"\"\"\r\n\r\n\"two\nlines.jpg\", dog\r\nlast.jpg,cat";
        let expected = [
            row(1, &["file", "label"]),
            row(2, &["a, b.jpg", "say \"cat\""]),
            row(4, &["two\nlines.jpg", "dog"]),
            row(6, &["last.jpg", "cat"]),
        ];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn the_separator_is_that_of_the_first_line() {
        assert_eq!(read("a.jpg;x, y\nb.jpg;z"), [row(1, &["a.jpg", "x, y"]), row(2, &["b.jpg", "z"])][..].to_vec());
        assert_eq!(read("a.jpg\tx\rb.jpg\ty"), [row(1, &["a.jpg", "x"]), row(2, &["b.jpg", "y"])]);
        assert_eq!(read("a.jpg"), [row(1, &["a.jpg"])]);
    }
}
