//! Reading: specs, the files that they import, policy folders and packages.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use migspec_diag::{FileId, Sources};
use migspec_policies::PolicyFile;
use migspec_syntax::{ImportError, Importer};
use migspec_targets::Packages;
use rustc_hash::FxHashMap;

use crate::error::{Action, FileError, Unusable};
use crate::path_name::display;

/// The largest file that is read at all. The language has a lower limit of
/// its own, with a place.
const LARGEST: u64 = 64 << 20;

/// Texts in the place of those on disk, by the name of their file for users.
pub type Texts = BTreeMap<String, String>;

/// Reads files on behalf of a spec; nothing outside the spec's root folder.
pub struct FolderImporter<'n> {
    root: PathBuf,
    paths: FxHashMap<FileId, PathBuf>,
    texts: Texts,
    /// The name of a file for users.
    name: Box<dyn Fn(&Path) -> String + 'n>,
}

impl<'n> FolderImporter<'n> {
    /// Reads the spec at `path` and prepares to read its imports.
    ///
    /// # Errors
    ///
    /// The spec cannot be read.
    pub fn open(path: &Path, sources: &mut Sources) -> Result<(FileId, Self), FileError> {
        Self::open_with(path, Texts::new(), display, sources)
    }

    /// The same, with other texts in the place of some files, and with a name for each file.
    ///
    /// # Errors
    ///
    /// The spec cannot be read.
    pub fn open_with(
        path: &Path,
        texts: Texts,
        name: impl Fn(&Path) -> String + 'n,
        sources: &mut Sources,
    ) -> Result<(FileId, Self), FileError> {
        let text = match texts.get(&name(path)) {
            Some(text) => text.clone(),
            None => read_text(path)?,
        };
        let file = sources.add(&name(path), &text);
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = fs::canonicalize(folder).map_err(|e| FileError::new(Action::OpenFolderOf, path, e))?;
        let paths = [(file, path.to_owned())].into_iter().collect();
        Ok((file, Self { root, paths, texts, name: Box::new(name) }))
    }
}

impl FolderImporter<'_> {
    /// Where a file that was read lies.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.paths.get(&file).map(PathBuf::as_path)
    }
}

impl Importer for FolderImporter<'_> {
    fn import(&mut self, sources: &mut Sources, from: FileId, path: &str) -> Result<FileId, ImportError> {
        let importing = self.paths.get(&from).cloned().unwrap_or_default();
        let target = importing.parent().unwrap_or(Path::new("")).join(path);
        let resolved = fs::canonicalize(&target).map_err(|e| unreadable(e.into()))?;
        if !resolved.starts_with(&self.root) {
            return Err(ImportError::Outside);
        }
        // One file is one source, however often it is imported.
        if let Some((file, _)) = self.paths.iter().find(|(_, p)| fs::canonicalize(p).is_ok_and(|p| p == resolved)) {
            return Ok(*file);
        }
        let name = (self.name)(&target);
        let text = match self.texts.get(&name) {
            Some(text) => text.clone(),
            None => read_resolved(&target).map_err(unreadable)?,
        };
        let file = sources.add(&name, &text);
        self.paths.insert(file, target);
        Ok(file)
    }
}

fn unreadable(reason: Unusable) -> ImportError {
    match reason {
        Unusable::Io(error) if error.kind() == std::io::ErrorKind::NotFound => ImportError::Missing,
        reason => ImportError::Unreadable(reason.into()),
    }
}

/// Reads a text file. The error names the file and the reason.
///
/// # Errors
///
/// The file is missing, too large, or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    read_resolved(path).map_err(|reason| FileError::new(Action::Read, path, reason))
}

fn read_resolved(path: &Path) -> Result<String, Unusable> {
    let mut file = fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(Unusable::Folder);
    }
    let mut bytes = Vec::new();
    file.by_ref().take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unusable::TooLarge(LARGEST >> 20));
    }
    String::from_utf8(bytes).map_err(|e| not_utf8(e.as_bytes(), e.utf8_error().valid_up_to()))
}

/// The error for a file that is not UTF-8, with the place of its first invalid byte.
fn not_utf8(bytes: &[u8], at: usize) -> Unusable {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
    Unusable::NotUtf8 { line, column }
}

/// The specs that paths name: files as they are, folders searched for
/// `*.migspec.kdl`. Sorted, each once.
///
/// # Errors
///
/// A path or a folder cannot be opened.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
    let mut specs = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|e| FileError::new(Action::Open, path, e))?;
        if metadata.is_dir() {
            search(path, &mut specs)?;
        } else {
            specs.push(path.clone());
        }
    }
    specs.sort();
    specs.dedup();
    Ok(specs)
}

fn search(folder: &Path, specs: &mut Vec<PathBuf>) -> Result<(), FileError> {
    let open = |e: std::io::Error| FileError::new(Action::Open, folder, e);
    for entry in fs::read_dir(folder).map_err(open)? {
        let entry = entry.map_err(open)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(open)?;
        if kind.is_dir() {
            if !name.starts_with('.') && !matches!(name.as_str(), "target" | "node_modules") {
                search(&entry.path(), specs)?;
            }
        } else if name.ends_with(".migspec.kdl") {
            specs.push(entry.path());
        }
    }
    Ok(())
}

/// Where the cases of each policy of a folder lie, by the policy's name. A
/// policy may have none.
///
/// # Errors
///
/// The folder cannot be read.
pub fn cases(folder: &Path) -> Result<Vec<(String, PathBuf)>, FileError> {
    let mut files = Vec::new();
    cedar_files(folder, &mut files)?;
    files.sort();
    let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(files.into_iter().map(|path| (name(&path), path.with_extension("kdl"))).collect())
}

/// The `.cedar` files below a folder, sorted by name, with their cases.
///
/// # Errors
///
/// The folder cannot be read, or contains a link.
pub fn policies(folder: &Path) -> Result<Vec<PolicyFile>, FileError> {
    let mut files = Vec::new();
    cedar_files(folder, &mut files)?;
    files.sort();
    files.into_iter().map(|path| policy(&path)).collect()
}

fn policy(path: &Path) -> Result<PolicyFile, FileError> {
    let beside = path.with_extension("kdl");
    let cases = if beside.is_file() { read_text(&beside)? } else { String::new() };
    Ok(PolicyFile { name: display(path), text: read_text(path)?, cases })
}

fn cedar_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), FileError> {
    let open = |e: std::io::Error| FileError::new(Action::ReadPolicies, folder, e);
    for entry in fs::read_dir(folder).map_err(open)? {
        let entry = entry.map_err(open)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(open)?);
        let is_policy = path.extension().is_some_and(|e| e == "cedar");
        if kind.is_symlink() && (is_policy || path.is_dir()) {
            // A review of the folder does not show the target of a link.
            return Err(FileError::new(Action::ReadPolicies, folder, Unusable::PolicyLink(path)));
        }
        if kind.is_dir() {
            cedar_files(&path, files)?;
        } else if is_policy {
            files.push(path);
        }
    }
    Ok(())
}

/// The function packages of a folder; none if there is no such folder.
///
/// # Errors
///
/// The folder or a package cannot be read.
pub fn packages(folder: &Path) -> Result<Packages, FileError> {
    let mut packages = Packages::default();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(packages),
        Err(e) => return Err(FileError::new(Action::Open, folder, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| FileError::new(Action::Open, folder, e))?.path();
        if let (Some("zip"), Some(name)) = (extension(&path), path.file_stem()) {
            let bytes = fs::read(&path).map_err(|e| FileError::new(Action::Read, &path, e))?;
            packages.zips.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(packages)
}

/// `share/migspec/functions` beside the folder of this program, where wheels and packages of a system install the
/// packages of the runtime functions.
pub fn installed_packages() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?.parent()?.join("share/migspec/functions");
    folder.is_dir().then_some(folder)
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|e| e.to_str())
}
