//! Python's tracebacks in one line: what was wrong comes first, then where, from the inside out.

/// How Python begins to tell where it has failed.
const BEGINNING: &str = "Traceback (most recent call last):";

/// How it goes on where one failure led to the next.
const BETWEEN: [&str; 2] = ["During handling of the above exception", "The above exception was the direct cause"];

/// Files of Python itself and of what imports a module: nobody looks for the mistake there.
const OF_OTHERS: [&str; 3] = ["<frozen ", "/windtunnel/serve/", "/importlib/__init__.py"];

/// Places that are told.
const PLACES: usize = 4;

/// Lines of an exception's own message.
const MESSAGE: usize = 3;

/// One failure.
#[derive(Default)]
struct Failed<'l> {
    /// From the outside in: file, line and function.
    places: Vec<[&'l str; 3]>,
    message: Vec<&'l str>,
}

/// What the tracebacks in `lines` say, the last failure first, and how many lines that and what was said before took;
/// `None` where there is none that is whole.
pub fn in_one_line(lines: &[&str]) -> Option<(String, usize)> {
    let mut failures: Vec<Failed<'_>> = Vec::new();
    let (mut is_open, mut end) = (false, 0);
    for (at, line) in lines.iter().enumerate() {
        if line.contains(BEGINNING) {
            failures.push(Failed::default());
            is_open = true;
        } else if let Some(failed) = failures.last_mut().filter(|_| is_open) {
            let is_own = line.starts_with(char::is_whitespace);
            if BETWEEN.iter().any(|between| line.starts_with(between)) {
                is_open = false;
            } else if !is_own || !failed.message.is_empty() {
                failed.message.push(line.trim());
                end = at + 1;
                is_open = failed.message.len() < MESSAGE;
            } else {
                failed.places.extend(place(line.trim()));
            }
        }
    }
    let told: Vec<String> = failures.iter().rev().map(Failed::told).collect::<Option<_>>()?;
    (!told.is_empty()).then(|| (told.join("; before that: "), end))
}

/// `File "m.py", line 7, in predict`.
fn place(line: &str) -> Option<[&str; 3]> {
    let (file, rest) = line.strip_prefix("File \"")?.split_once("\", line ")?;
    let (number, function) = rest.split_once(", in ").unwrap_or((rest, ""));
    Some([file, number, function])
}

impl Failed<'_> {
    fn told(&self) -> Option<String> {
        if self.message.is_empty() {
            return None;
        }
        let is_own = |place: &&[&str; 3]| !OF_OTHERS.iter().any(|of| place[0].contains(of));
        let places: Vec<String> = self.places.iter().rev().filter(is_own).take(PLACES).map(|one| at(*one)).collect();
        let message = self.message.join(" ");
        Some(if places.is_empty() { message } else { format!("{message} ({})", places.join(", called from ")) })
    }
}

fn at([file, line, function]: [&str; 3]) -> String {
    match function {
        "" | "<module>" => format!("{file}, line {line}"),
        _ => format!("{file}, line {line}, in {function}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        in_one_line(&text.lines().collect::<Vec<_>>()).map(|(told, _)| told)
    }

    #[test]
    fn what_was_wrong_comes_first_and_then_where() {
        let text = "loading\nTraceback (most recent call last):\n  File \"<frozen runpy>\", line 198, in _run\n  \
                    File \"/p/windtunnel/serve/__main__.py\", line 90, in main\n    main()\n  File \"/w/m.py\", line 3, in <module>\n    \
                    net = load()\n          ^^^^^^\n  File \"/w/m.py\", line 2, in load\n    return torch.load(\"x.pth\")\n\
                    FileNotFoundError: [Errno 2] No such file or directory: 'x.pth'\n";
        let wanted = "FileNotFoundError: [Errno 2] No such file or directory: 'x.pth' (/w/m.py, line 2, in load, called from \
                      /w/m.py, line 3)";
        assert_eq!(told(text).unwrap(), wanted);
    }

    #[test]
    fn of_failures_that_led_to_another_the_last_comes_first() {
        let text = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'k'\nDuring handling of the above \
                    exception, another exception occurred:\nTraceback (most recent call last):\n  File \"a.py\", line 2, in g\n\
                    RuntimeError: size mismatch:\n    weight: 4 and 5\n";
        let wanted = "RuntimeError: size mismatch: weight: 4 and 5 (a.py, line 2, in g); before that: KeyError: 'k' (a.py, line \
                      1, in f)";
        assert_eq!(told(text).unwrap(), wanted);
    }

    #[test]
    fn what_is_none_or_cut_short_is_left_as_it_is() {
        assert_eq!(told("no module named torch\n"), None);
        assert_eq!(told("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"), None);
    }
}
