//! Repeats a command when one of its files changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Exit, eprint_line};
use crate::error::CommandError;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_millis(200);

/// The state of files: an editor may replace a file, and a folder may get a new one.
type Seen = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Runs a command, and again after each change of the files that it read. Ends only if
/// the command read no file at all.
///
/// # Errors
///
/// The first run fails before it reads a file.
pub fn repeat(run: impl Fn(&mut BTreeSet<PathBuf>) -> Result<Exit, CommandError>) -> Result<Exit, CommandError> {
    loop {
        let mut files = BTreeSet::new();
        let started = SystemTime::now();
        match run(&mut files) {
            Err(error) if files.is_empty() => return Err(error),
            Err(error) => eprint_line(&format!("error: {error}")),
            Ok(exit) if files.is_empty() => return Ok(exit),
            Ok(_) => {}
        }
        let folders: BTreeSet<PathBuf> = files.iter().filter_map(|file| folder(file)).collect();
        files.extend(folders);
        let before = snapshot(&files);
        eprint_line(&format!("watching {}", migspec_diag::count(files.len(), "path")));
        // A file that was saved during the run may have been read before.
        let late = before.values().flatten().any(|(saved, _)| *saved >= started);
        while !late && snapshot(&files) == before {
            std::thread::sleep(INTERVAL);
        }
    }
}

fn folder(file: &Path) -> Option<PathBuf> {
    let folder = file.parent()?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

fn snapshot(files: &BTreeSet<PathBuf>) -> Seen {
    let state = |file: &PathBuf| {
        let metadata = std::fs::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.iter().map(|file| (file.clone(), state(file))).collect()
}
