//! A page in a real browser, without a window.

use std::path::Path;
use std::process::Command;

const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    // Allows a page beside the evidence to measure it.
    "--allow-file-access-from-files",
];

/// Whether the browser is here. Without it the test skips.
pub fn browser() -> bool {
    migspec_judges::program("chromium").is_some()
}

/// The result of a page in the browser.
pub struct Seen {
    pub dom: String,
    pub console: Vec<String>,
    /// The addresses that the page requests, except `file:` and `data:`.
    pub requests: Vec<String>,
}

/// Opens a page and returns the result.
pub fn open(folder: &Path, page: &str) -> Seen {
    let (profile, log) = (folder.join("profile"), folder.join("net.json"));
    let output = Command::new("chromium")
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("file://{}/{page}", folder.display()))
        .output()
        .expect("the browser runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let log = std::fs::read_to_string(log).unwrap_or_default();
    // Each event is on its own line. Requests of the browser itself have no
    // origin; requests of a page have the page's.
    let caused = log.lines().filter(|e| e.contains("\"initiator\":") && !e.contains("\"initiator\":\"not an origin\""));
    let addresses = caused.filter_map(|event| event.split("\"url\":\"").nth(1)?.split('"').next());
    Seen {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: said.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect(),
        requests: addresses.filter(|a| a.starts_with("http") || a.starts_with("ws")).map(str::to_owned).collect(),
    }
}
