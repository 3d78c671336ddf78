//! Reading: specs, the files that they import, policy folders and packages.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use migspec_diag::{FileId, Sources};
use migspec_policies::{PolicyError, PolicyFile, Rulebook};
use migspec_syntax::Importer;
use migspec_targets::Packages;
use rustc_hash::FxHashMap;

/// The largest file that is read at all. The language has a lower limit of
/// its own, with a place.
const LARGEST: u64 = 64 << 20;

/// Reads files on behalf of a spec; nothing outside the spec's root folder.
pub struct FolderImporter<'n> {
    root: PathBuf,
    paths: FxHashMap<FileId, PathBuf>,
    /// A file whose text is not the one on disk.
    replaced: Option<(PathBuf, String)>,
    /// The name of a file for users.
    name: Box<dyn Fn(&Path) -> String + 'n>,
}

impl<'n> FolderImporter<'n> {
    /// Reads the spec at `path` and prepares to read its imports.
    ///
    /// # Errors
    ///
    /// The spec cannot be read.
    pub fn open(path: &Path, sources: &mut Sources) -> Result<(FileId, Self), String> {
        Self::open_with(path, None, sources)
    }

    /// The same, with another text in the place of one of the files.
    ///
    /// # Errors
    ///
    /// The spec cannot be read.
    pub fn open_with(
        path: &Path,
        replaced: Option<(PathBuf, String)>,
        sources: &mut Sources,
    ) -> Result<(FileId, Self), String> {
        Self::open_as(path, replaced, Box::new(display), sources)
    }

    /// The same, with another name for each file.
    pub fn open_named(
        path: &Path,
        name: impl Fn(&Path) -> String + 'n,
        sources: &mut Sources,
    ) -> Result<(FileId, Self), String> {
        Self::open_as(path, None, Box::new(name), sources)
    }

    fn open_as(
        path: &Path,
        replaced: Option<(PathBuf, String)>,
        name: Box<dyn Fn(&Path) -> String + 'n>,
        sources: &mut Sources,
    ) -> Result<(FileId, Self), String> {
        let text = match &replaced {
            Some((of, text)) if of == path => text.clone(),
            _ => read_text(path)?,
        };
        let file = sources.add(&name(path), &text);
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root =
            fs::canonicalize(folder).map_err(|e| format!("cannot open the folder of `{}`: {e}", display(path)))?;
        let paths = [(file, path.to_owned())].into_iter().collect();
        Ok((file, Self { root, paths, replaced, name }))
    }
}

impl FolderImporter<'_> {
    /// Where a file that was read lies.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.paths.get(&file).map(PathBuf::as_path)
    }
}

impl Importer for FolderImporter<'_> {
    fn import(&mut self, sources: &mut Sources, from: FileId, path: &str) -> Result<FileId, String> {
        let importing = self.paths.get(&from).cloned().unwrap_or_default();
        let target = importing.parent().unwrap_or(Path::new("")).join(path);
        let resolved = fs::canonicalize(&target).map_err(|e| reason(&e))?;
        if !resolved.starts_with(&self.root) {
            return Err("it lies outside the folder of the spec".to_owned());
        }
        // One file is one source, however often it is imported.
        if let Some((file, _)) = self.paths.iter().find(|(_, p)| fs::canonicalize(p).is_ok_and(|p| p == resolved)) {
            return Ok(*file);
        }
        let text = match &self.replaced {
            Some((of, text)) if *of == target => text.clone(),
            _ => read_resolved(&target)?,
        };
        let file = sources.add(&(self.name)(&target), &text);
        self.paths.insert(file, target);
        Ok(file)
    }
}

/// A path as users see it: forward slashes, no leading `./`.
pub fn display(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

/// Reads a text file. The error names the file and the reason.
///
/// # Errors
///
/// The file is missing, too large, or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, String> {
    read_resolved(path).map_err(|why| format!("cannot read `{}`: {why}", display(path)))
}

fn read_resolved(path: &Path) -> Result<String, String> {
    let mut file = fs::File::open(path).map_err(|e| reason(&e))?;
    if file.metadata().map_err(|e| reason(&e))?.is_dir() {
        return Err("it is a folder".to_owned());
    }
    let mut bytes = Vec::new();
    file.by_ref().take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| reason(&e))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    String::from_utf8(bytes).map_err(|e| not_utf8(e.as_bytes(), e.utf8_error().valid_up_to()))
}

/// The error for a file that is not UTF-8, with the place of its first invalid byte.
fn not_utf8(bytes: &[u8], at: usize) -> String {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
    format!("line {line}, column {column} is not UTF-8; save the file as UTF-8")
}

/// The reason of an IO error in plain words.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::NotADirectory => "a part of its path is a file".to_owned(),
        _ => error.to_string(),
    }
}

/// The specs that paths name: files as they are, folders searched for
/// `*.migspec.kdl`. Sorted, each once.
///
/// # Errors
///
/// A path or a folder cannot be opened.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut specs = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|e| format!("cannot open `{}`: {}", display(path), reason(&e)))?;
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

fn search(folder: &Path, specs: &mut Vec<PathBuf>) -> Result<(), String> {
    let open = |e: std::io::Error| format!("cannot open `{}`: {}", display(folder), reason(&e));
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

/// The built-in policies and those of folders. `describe` formats a failure.
///
/// # Errors
///
/// A policy folder cannot be read or contains no policy, or a policy is wrong.
pub fn rulebook(folders: &[PathBuf], describe: impl Fn(&PolicyError) -> String) -> Result<Rulebook, String> {
    let mut rulebook = Rulebook::builtin().map_err(|f| describe(&f))?;
    for folder in folders {
        let files = policies(folder)?;
        if files.is_empty() {
            return Err(format!("the policy folder `{}` holds no `.cedar` file", display(folder)));
        }
        rulebook.extend(&files).map_err(|f| describe(&f))?;
    }
    Ok(rulebook)
}

/// Where the cases of each policy of a folder lie, by the policy's name. A
/// policy may have none.
///
/// # Errors
///
/// The folder cannot be read.
pub fn cases(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
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
pub fn policies(folder: &Path) -> Result<Vec<PolicyFile>, String> {
    let mut files = Vec::new();
    cedar_files(folder, &mut files)?;
    files.sort();
    files.into_iter().map(|path| policy(&path)).collect()
}

fn policy(path: &Path) -> Result<PolicyFile, String> {
    let beside = path.with_extension("kdl");
    let cases = if beside.is_file() { read_text(&beside)? } else { String::new() };
    Ok(PolicyFile { name: display(path), text: read_text(path)?, cases })
}

fn cedar_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let open = |e: std::io::Error| format!("cannot read the policy folder `{}`: {}", display(folder), reason(&e));
    for entry in fs::read_dir(folder).map_err(open)? {
        let entry = entry.map_err(open)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(open)?);
        let is_policy = path.extension().is_some_and(|e| e == "cedar");
        if kind.is_symlink() && (is_policy || path.is_dir()) {
            // A review of the folder does not show the target of a link.
            return Err(format!("`{}` is a link; a policy folder contains its files", display(&path)));
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
pub fn packages(folder: &Path) -> Result<Packages, String> {
    let mut packages = Packages::default();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(packages),
        Err(e) => return Err(format!("cannot open `{}`: {}", display(folder), reason(&e))),
    };
    for entry in entries {
        let path = entry.map_err(|e| reason(&e))?.path();
        if let (Some("zip"), Some(name)) = (extension(&path), path.file_stem()) {
            let bytes = fs::read(&path).map_err(|e| format!("cannot read `{}`: {}", display(&path), reason(&e)))?;
            packages.zips.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(packages)
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|e| e.to_str())
}
