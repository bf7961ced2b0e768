//! `windtunnel view`: what a browser gets, and what nobody gets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use crate::support::{Workshop, small_spec};

/// The program, while it serves.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(workshop: &Workshop, args: &[&str]) -> Self {
        let args = [&["view"], args].concat();
        let mut child = workshop.command(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split('/').next()?.parse().ok());
        Self { child, port: port.unwrap_or_else(|| panic!("no address: {line}")) }
    }

    /// Head and body of the answer to a question.
    fn ask(&self, line: &str, host: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (String, String) {
        self.ask(&format!("GET {path}"), &format!("127.0.0.1:{}", self.port))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        self.child.wait().unwrap();
    }
}

fn passed() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-qq"]).code, 0);
    workshop
}

#[test]
fn a_browser_gets_what_a_site_holds_and_what_came_since() {
    let workshop = passed();
    let served = Served::start(&workshop, &[]);
    let (head, page) = served.get("/");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("Content-Type: text/html"), "{head}");
    assert!(head.contains("Content-Security-Policy: default-src 'none'"), "{head}");
    assert!(page.contains("href=\"small/index.html\"") && page.contains("1 run in the history"), "{page}");
    assert_eq!(workshop.run(&["history", "site", "--out", "site"]).code, 0);
    for (path, file) in [
        ("/", "index.html"),
        ("/index.html?x=1", "index.html"),
        ("/badge.svg", "badge.svg"),
        ("/small/", "small/index.html"),
        ("/small/index.html", "small/index.html"),
        ("/small/badge.svg", "small/badge.svg"),
    ] {
        let (head, body) = served.get(path);
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{path}: {head}");
        assert_eq!(body, std::fs::read_to_string(workshop.path("site").join(file)).unwrap(), "{path}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{path}: {head}");
    }
    assert!(served.get("/small/badge.svg").0.contains("Content-Type: image/svg+xml"));
    let (head, body) = served.ask("HEAD /", &format!("localhost:{}", served.port));
    assert!(head.starts_with("HTTP/1.1 200 OK") && body.is_empty(), "{body}");
    assert_eq!(workshop.run(&["run", "spec.toml", "-qq"]).code, 0);
    assert!(served.get("/").1.contains("2 runs in the history"));
    assert!(served.get("/small/").1.contains("id=\"trend\""));
}

#[test]
fn nobody_gets_anything_else() {
    let workshop = passed();
    workshop.write("secret.txt", "secret");
    workshop.write("target/windtunnel/small/secret.txt", "secret");
    let served = Served::start(&workshop, &[]);
    for path in [
        "/secret.txt",
        "/small/secret.txt",
        "/small/record.json",
        "/../secret.txt",
        "/small/../../../secret.txt",
        "/%2e%2e/%2e%2e/secret.txt",
        "/..%2f..%2fsecret.txt",
        "/..\\..\\secret.txt",
        "//index.html",
        "/small",
        "/small/..",
        "/%00",
        "index.html",
        "http://127.0.0.1/index.html",
    ] {
        let (head, body) = served.get(path);
        assert!(head.starts_with("HTTP/1.1 404") && !body.contains("secret"), "{path}: {head}");
    }
    for host in ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""] {
        let (head, body) = served.ask("GET /", host);
        assert!(head.starts_with("HTTP/1.1 403") && !body.contains("small"), "{host}: {head}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let (head, body) = served.ask(&format!("{method} /"), &format!("127.0.0.1:{}", served.port));
        assert!(head.starts_with("HTTP/1.1 405") && !body.contains("small"), "{method}: {head}");
    }
    assert!(served.ask("nonsense", "x").0.starts_with("HTTP/1.1 400"));
}

#[test]
fn a_browser_that_says_nothing_keeps_nobody_waiting() {
    let workshop = passed();
    let served = Served::start(&workshop, &[]);
    let silent: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(("127.0.0.1", served.port)).unwrap()).collect();
    assert!(served.get("/").0.starts_with("HTTP/1.1 200"));
    drop(silent);
}

#[test]
fn wrong_folders_and_ports_are_told_with_a_way_out() {
    let workshop = passed();
    let says = |args: &[&str], told: &str| {
        let ran = workshop.run(&[&["view"], args].concat());
        assert!(ran.code == 2 && ran.says(told), "{args:?}: {}{}", ran.stdout, ran.stderr);
    };
    says(&["nowhere"], "there is no folder nowhere");
    says(&["images"], "there is no record.json in images");
    says(&["spec.toml"], "spec.toml is a file: name the folder that holds reports");
    says(&["--store", "absent.sqlite"], "there is no store at absent.sqlite");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    says(&["--port", &port], &format!("cannot serve at port {port} of 127.0.0.1: it is in use; name another one"));
    let empty = Workshop::new();
    let ran = empty.run(&["view"]);
    assert!(ran.code == 2 && ran.says("there is no run to show") && ran.says("run a spec first"), "{}", ran.stderr);
    // The folder of a project holds reports where runs leave them.
    let project = workshop.path("");
    let ran = empty.run(&["view", project.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.says("target/windtunnel, where runs leave them"), "{}", ran.stderr);
}

#[test]
#[cfg(unix)]
fn an_interrupt_is_a_good_end() {
    let workshop = passed();
    for signal in ["-INT", "-TERM"] {
        let mut served = Served::start(&workshop, &[]);
        let ended = std::process::Command::new("kill").args([signal, &served.child.id().to_string()]).status().unwrap();
        assert!(ended.success());
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}
