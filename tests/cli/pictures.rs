//! `graph --open`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{finished, migspec, reference, run};

const PICTURE: [&str; 5] = ["graph", "iam", "payments.migspec.kdl", "--env", "prod"];

/// A browser that writes the path of its file and the first bytes of that file.
fn browser(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("browser");
    fs::write(&path, "#!/bin/sh\nhead -c 15 \"$1\" > seen.new\necho \"$1\" > path\nmv seen.new seen\n")
        .expect("a script");
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
    path
}

fn opened(folder: &Path, more: &[&str]) -> (String, String) {
    let seen = folder.join("seen");
    drop(fs::remove_file(&seen));
    let mut command = migspec(folder, &[&PICTURE, more].concat());
    let run = finished(command.env("BROWSER", browser(folder)).output().expect("the command starts"));
    assert_eq!((run.code, &*run.stdout), (0, ""), "{}", run.stderr);
    let start = Instant::now();
    while !seen.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "the browser did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the browser's answer");
    (read("path").trim_end().to_owned(), read("seen"))
}

#[test]
#[cfg(unix)]
fn the_browser_of_the_environment_opens_the_picture() {
    let folder = reference();
    let (path, text) = opened(folder.path(), &["--open"]);
    assert!(path.ends_with(".html") && text.starts_with("<!doctype html>"), "{path}: {text}");
    fs::remove_file(path).expect("the temporary file stays until its reader removes it");
    let (path, text) = opened(folder.path(), &["--open", "-o", "rights.svg", "-f", "svg"]);
    assert!(
        Path::new(&path).is_absolute() && path.ends_with("rights.svg") && text.starts_with("<svg"),
        "{path}: {text}"
    );
}

#[test]
fn what_no_browser_shows_is_refused() {
    let folder = reference();
    for format in ["dot", "mermaid"] {
        let refused = run(folder.path(), &[&PICTURE[..], &["--open", "-f", format]].concat());
        assert!(
            refused.code == 2 && refused.stderr.contains(&format!("no browser shows `{format}`")),
            "{}",
            refused.stderr
        );
    }
    let mut command = migspec(folder.path(), &[&PICTURE[..], &["--open"]].concat());
    let run = finished(command.env("BROWSER", "no-such-browser").output().expect("the command starts"));
    assert!(run.code == 2 && run.stderr.contains("set `BROWSER`"), "{}", run.stderr);
}
