//! A web server for a browser on this machine. Whoever asks must mean this machine by name: a page from elsewhere can have its
//! own name lead here, and would read what it gets. It looks at the first line and the host of a question, and answers
//! from a path alone.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::clock::now;

/// As many questions are answered at once: browsers open some connections that they may never use.
const WORKERS: usize = 16;

/// How long a browser takes at most to ask, or to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait where no connection can be taken.
const PAUSE: Duration = Duration::from_millis(100);

/// A longer question is none of a browser's: servers take 8 to 16 KiB.
const LONGEST: usize = 16 << 10;

/// What pages may do, also those that forget to say it, and who may show them.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// What is sent back.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    status: &'static str,
    kind: &'static str,
    body: String,
}

impl Reply {
    /// What was asked for, of a media type.
    pub fn ok(kind: &'static str, body: String) -> Self {
        Self { status: "200 OK", kind, body }
    }

    /// A sentence.
    pub fn text(status: &'static str, sentence: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: format!("{sentence}\n") }
    }
}

/// Answers by what `reply` gives for a path, for as long as the program runs.
pub fn serve(listener: &TcpListener, reply: impl Fn(&str) -> Reply + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    match listener.accept() {
                        // Whoever goes away before the answer has none.
                        Ok((connection, _)) => {
                            let patient = connection.set_read_timeout(Some(PATIENCE));
                            let patient = patient.and_then(|()| connection.set_write_timeout(Some(PATIENCE)));
                            let _gone = patient.and_then(|()| answer(connection, &reply));
                        }
                        // Too many files are open: some will be closed.
                        Err(_) => std::thread::sleep(PAUSE),
                    }
                }
            });
        }
    });
}

fn answer(mut connection: impl Read + Write, reply: impl Fn(&str) -> Reply) -> io::Result<()> {
    let head = head(&mut connection)?;
    let (is_body_wanted, reply) = match question(&head) {
        Ok((method, path)) => (method == "GET", reply(path)),
        Err(refusal) => (true, refusal),
    };
    let Reply { status, kind, body } = reply;
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nContent-Security-Policy: {POLICY}\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Cache-Control: no-store\r\nAllow: GET, HEAD\r\nConnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes())?;
    if is_body_wanted { connection.write_all(body.as_bytes()) } else { Ok(()) }
}

/// The first line and the headers of a question.
fn head(connection: &mut impl Read) -> io::Result<String> {
    let (since, mut bytes, mut part) = (now(), Vec::new(), [0; 1024]);
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        if bytes.len() > LONGEST || since.elapsed() > PATIENCE {
            return Err(ErrorKind::InvalidInput.into());
        }
        match connection.read(&mut part)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => bytes.extend(&part[..length]),
        }
    }
    String::from_utf8(bytes).map_err(|_| ErrorKind::InvalidData.into())
}

/// The method and the path that a question is about, without what stands behind `?`; or what is answered at once.
fn question(head: &str) -> Result<(&str, &str), Reply> {
    let mut lines = head.split("\r\n");
    let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, "HTTP/1.1" | "HTTP/1.0"] = words[..] else {
        return Err(Reply::text("400 Bad Request", "this is no question of HTTP"));
    };
    let headers = lines.filter_map(|line| line.split_once(':'));
    let hosts: Vec<&str> =
        headers.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, host)| host.trim()).collect();
    match hosts[..] {
        [host] if is_this_machine(host) => {}
        _ => {
            return Err(Reply::text(
                "403 Forbidden",
                "browsers on the same machine alone are answered: ask for localhost",
            ));
        }
    }
    if !["GET", "HEAD"].contains(&method) {
        return Err(Reply::text("405 Method Not Allowed", "pages can be read, and nothing else"));
    }
    Ok((method, target.split(['?', '#']).next().unwrap_or_default()))
}

/// Whether a host is this machine by a name that only this machine has, at any port: one that is forwarded is another one.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str, hosts: &[&str]) -> Result<(String, String), &'static str> {
        let hosts = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect::<Vec<_>>().concat();
        let head = format!("{line}\r\nAccept: */*\r\n{hosts}\r\n");
        question(&head).map(|(method, path)| (method.to_owned(), path.to_owned())).map_err(|reply| reply.status)
    }

    #[test]
    fn a_path_is_taken_from_whoever_means_this_machine() {
        let path = Ok(("GET".to_owned(), "/a/".to_owned()));
        for host in ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "localhost", "127.0.0.1:80"] {
            assert_eq!(asked("GET /a/?x=1 HTTP/1.1", &[host]), path, "{host}");
        }
        let hosts: [&[&str]; 8] = [
            &[],
            &["evil.example"],
            &["evil.example:8000"],
            &["127.0.0.1:8000:8000"],
            &["127.0.0.1.evil.example:8000"],
            &["localhost.:8000"],
            &["127.0.0.1:8000@evil.example"],
            &["127.0.0.1:8000", "evil.example"],
        ];
        for host in hosts {
            assert_eq!(asked("GET / HTTP/1.1", host), Err("403 Forbidden"), "{host:?}");
        }
    }

    #[test]
    fn what_changes_something_or_is_no_question_is_refused() {
        let host = &["localhost:8000"];
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "get"] {
            assert_eq!(asked(&format!("{method} / HTTP/1.1"), host), Err("405 Method Not Allowed"), "{method}");
        }
        assert_eq!(asked("HEAD / HTTP/1.1", host), Ok(("HEAD".to_owned(), "/".to_owned())));
        for line in ["", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/2", "GET / x HTTP/1.1"] {
            assert_eq!(asked(line, host), Err("400 Bad Request"), "{line:?}");
        }
    }

    #[test]
    fn a_question_without_end_is_not_read_to_its_end() {
        assert!(head(&mut io::repeat(b'x')).is_err());
        assert!(head(&mut &b"GET / HTTP/1.1\r\n"[..]).is_err());
        assert_eq!(head(&mut &b"GET / HTTP/1.1\r\n\r\nmore"[..]).unwrap(), "GET / HTTP/1.1\r\n\r\nmore");
    }
}
