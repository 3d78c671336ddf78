//! Writing: all artifacts or none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use migspec_targets::Artifacts;

use crate::error::{Action, FileError, Unusable};

/// The file that lists the artifacts of a build.
pub const MANIFEST: &str = "manifest.json";

/// Replaces a file in one step: a crash leaves the old text or the new.
///
/// # Errors
///
/// The file cannot be written. The old file is unchanged.
pub fn replace(path: &Path, text: &str) -> Result<(), FileError> {
    let failed = |e: std::io::Error| FileError::new(Action::Write, path, e);
    // Through a link, the file that it leads to is replaced.
    let path_resolved = fs::canonicalize(path).map_err(failed)?;
    let folder = path_resolved.parent().unwrap_or(Path::new("."));
    let permissions = fs::metadata(&path_resolved).map_err(failed)?.permissions();
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.persist(&path_resolved).map_err(|e| failed(e.error))?;
    Ok(())
}

/// The previous build of a folder.
#[derive(Debug, Default)]
pub struct Previous {
    pub environment: Option<String>,
    pub migration: Option<String>,
    /// Paths that it wrote, relative to the folder.
    pub files: BTreeSet<String>,
}

/// Reads the manifest of an output folder. None if there is no manifest.
///
/// # Errors
///
/// The manifest of the folder cannot be read, or is not of this program.
pub fn previous(out: &Path) -> Result<Option<Previous>, FileError> {
    let path = out.join(MANIFEST);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(FileError::new(Action::Read, &path, e)),
    };
    let manifest: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|e| FileError::new(Action::Read, &path, Unusable::Manifest(e)))?;
    let text = |name: &str| manifest.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    let files = manifest.get("files").and_then(|f| f.as_object());
    let files = files.map(|f| f.keys().filter(|p| is_inside(p)).cloned().collect()).unwrap_or_default();
    Ok(Some(Previous { environment: text("environment"), migration: text("migration"), files }))
}

/// A path of a manifest is data: it must not lead out of the folder.
fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|c| matches!(c, Component::Normal(_)))
}

/// Writes artifacts to a temporary folder inside `out`, renames each into place,
/// then removes the artifacts of the previous build that are gone. Unchanged
/// files and foreign files are not touched. Symbolic links are not followed.
/// Returns the number of changed files.
///
/// # Errors
///
/// A file cannot be written, or its place is a link or a folder.
pub fn write(out: &Path, artifacts: &Artifacts, previous: Option<&Previous>) -> Result<usize, FileError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |e: std::io::Error| FileError::new(Action::Write, &path, e)
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    let mut changed = Vec::new();
    for (path, bytes) in artifacts.iter() {
        refuse_links(out, path)?;
        if fs::read(out.join(path)).ok().as_deref() != Some(bytes) {
            changed.push((path, bytes));
        }
    }
    let staging = tempfile::Builder::new().prefix(".migspec-").tempdir_in(out).map_err(failed(out))?;
    for (path, bytes) in &changed {
        let staged = staging.path().join(path);
        let folder = staged.parent().unwrap_or(staging.path());
        fs::create_dir_all(folder).and_then(|()| fs::write(&staged, bytes)).map_err(failed(&out.join(path)))?;
    }
    for (path, _) in &changed {
        let target = out.join(path);
        fs::create_dir_all(target.parent().unwrap_or(out)).map_err(failed(&target))?;
        fs::rename(staging.path().join(path), &target).map_err(failed(&target))?;
    }
    if let Some(previous) = previous {
        remove_stale(out, artifacts, previous)?;
    }
    Ok(changed.len())
}

/// Refuses to write through a symbolic link below the output folder.
fn refuse_links(out: &Path, path: &str) -> Result<(), FileError> {
    let mut place = out.to_owned();
    for part in Path::new(path).components() {
        place.push(part);
        if fs::symlink_metadata(&place).is_ok_and(|m| m.file_type().is_symlink()) {
            return Err(FileError::new(Action::Write, &out.join(path), Unusable::Link(place)));
        }
    }
    // Found here, before anything is moved into place.
    if place.is_dir() {
        return Err(FileError::new(Action::Write, &place, Unusable::Folder));
    }
    Ok(())
}

fn remove_stale(out: &Path, artifacts: &Artifacts, previous: &Previous) -> Result<(), FileError> {
    for path in previous.files.iter().filter(|p| artifacts.get(p).is_none()) {
        let stale = out.join(path);
        match fs::remove_file(&stale) {
            Ok(()) => remove_empty_folders(out, &stale),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(FileError::new(Action::Remove, &stale, e)),
        }
    }
    Ok(())
}

fn remove_empty_folders(out: &Path, removed: &Path) {
    for folder in removed.ancestors().skip(1).take_while(|folder| *folder != out) {
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// The difference between a folder and a fresh build.
#[derive(Debug)]
pub enum Difference {
    Missing(String),
    /// The path and a unified diff, empty for files that are not text.
    Changed(String, String),
    /// Written by an earlier build and no longer emitted.
    Stale(String),
}

/// Compares an output folder with artifacts.
///
/// # Errors
///
/// A file of the folder cannot be read.
pub fn compare(out: &Path, artifacts: &Artifacts, previous: Option<&Previous>) -> Result<Vec<Difference>, FileError> {
    let mut differences = Vec::new();
    for (path, bytes) in artifacts.iter() {
        let place: PathBuf = out.join(path);
        match fs::read(&place) {
            Ok(found) if found == bytes => {}
            Ok(found) => differences.push(Difference::Changed(path.to_owned(), unified_diff(path, &found, bytes))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                differences.push(Difference::Missing(path.to_owned()))
            }
            Err(e) => return Err(FileError::new(Action::Read, &place, e)),
        }
    }
    if let Some(previous) = previous {
        let stale = previous.files.iter().filter(|p| artifacts.get(p).is_none() && out.join(p).exists());
        differences.extend(stale.cloned().map(Difference::Stale));
    }
    Ok(differences)
}

/// The files of an output folder that no build has written. Hidden ones belong to tools that run there.
///
/// # Errors
///
/// The folder cannot be read.
pub fn foreign(out: &Path, artifacts: &Artifacts, previous: Option<&Previous>) -> Result<Vec<String>, FileError> {
    let (mut files, mut open) = (Vec::new(), vec![out.to_owned()]);
    while let Some(folder) = open.pop() {
        let failed = |e| FileError::new(Action::Read, &folder, e);
        let entries = match fs::read_dir(&folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && entry.file_type().map_err(failed)?.is_dir() {
                open.push(path);
            } else if let (false, Ok(name)) = (hidden, path.strip_prefix(out)) {
                files.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let known = |file: &String| artifacts.get(file).is_some() || previous.is_some_and(|p| p.files.contains(file));
    files.retain(|file| !known(file));
    files.sort();
    Ok(files)
}

fn unified_diff(path: &str, old: &[u8], new: &[u8]) -> String {
    match (std::str::from_utf8(old), std::str::from_utf8(new)) {
        (Ok(old), Ok(new)) => {
            let diff = similar::TextDiff::from_lines(old, new);
            diff.unified_diff().header(&format!("on disk/{path}"), &format!("built/{path}")).to_string()
        }
        _ => String::new(),
    }
}
