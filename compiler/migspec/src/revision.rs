//! Another revision of the repository, checked without touching the work tree
//! or the index.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::compare::Earlier;
use crate::error::RevisionError;
use crate::path_name::display;
use crate::repository::Root;

/// The extensions of files that a check reads: specs with their imports, policies, certificates.
const READ: [&str; 6] = ["kdl", "cedar", "pem", "crt", "cer", "json"];

/// A revision, written to a temporary folder that goes with this value.
pub struct Revision {
    name: String,
    folder: tempfile::TempDir,
}

impl Revision {
    /// Writes the files of a revision that a check can read to a temporary folder.
    ///
    /// # Errors
    ///
    /// `git` is missing or fails: no repository, no such revision.
    pub fn open(name: &str, root: &Root) -> Result<Self, RevisionError> {
        let folder = tempfile::tempdir().map_err(|e| RevisionError::Folder(e.into()))?;
        let tree = folder.path().join("tree");
        // The boundary at which the search for a project file ends.
        std::fs::create_dir_all(tree.join(".git")).map_err(|e| RevisionError::Folder(e.into()))?;
        let revision = Self { name: name.to_owned(), folder };
        let commit = revision.git(
            root,
            &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")],
            &[],
        )?;
        let commit = commit.trim().to_owned();
        let listed = revision.git(root, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", &commit], &[])?;
        let files: Vec<&str> = listed.split('\0').filter(|path| is_read(path)).collect();
        revision.git(root, &["read-tree", &commit], &[])?;
        let prefix = format!("--prefix={}/", tree.display());
        revision.git(root, &["checkout-index", "-z", "--stdin", &prefix], files.join("\0").as_bytes())?;
        Ok(revision)
    }

    /// Runs `check` there with the same options, and reads its result.
    ///
    /// # Errors
    ///
    /// The revision has a spec that cannot be checked.
    pub fn check(&self, root: &Root, arguments: &[OsString]) -> Result<Earlier, RevisionError> {
        let program = std::env::current_exe().map_err(|e| RevisionError::Program(e.into()))?;
        let folder = self.tree().join(&root.below);
        if !folder.is_dir() {
            return Ok(Earlier::default());
        }
        let mut command = Command::new(program);
        command.arg("check").args(arguments).args(["--format", "json", "--fail-on", "never"]);
        let output = run(command.current_dir(folder), &[])?;
        match output.status.code() {
            // No spec matched: all that is found now is new.
            Some(3) => Ok(Earlier::default()),
            Some(0) => Ok(Earlier::parse(&String::from_utf8_lossy(&output.stdout))?),
            _ => {
                let why = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
                Err(RevisionError::Check { name: self.name.clone(), why })
            }
        }
    }

    /// A path of this run as a path of the revision; one outside the repository stays.
    pub fn path(&self, root: &Root, path: &Path) -> PathBuf {
        match path.strip_prefix(&root.folder) {
            Ok(inside) if path.is_absolute() => self.tree().join(inside),
            _ => path.to_owned(),
        }
    }

    /// Whether the revision has a path, which is relative to the folder of the run or absolute.
    pub fn has(&self, root: &Root, path: &Path) -> bool {
        self.tree().join(&root.below).join(path).exists()
    }

    /// A file of the revision, by its path from the folder of the run or from the root of the repository.
    pub fn file(&self, root: &Root, path: &Path) -> Option<PathBuf> {
        let tree = self.tree();
        let below = match path.strip_prefix(&root.folder) {
            Ok(inside) if path.is_absolute() => tree.join(inside),
            _ => tree.join(root.path(&path.to_string_lossy())),
        };
        [below, tree.join(path)].into_iter().find(|path| path.starts_with(&tree) && path.is_file())
    }

    /// The name of a file of the revision: `HEAD:specs/payments.migspec.kdl`.
    pub fn label(&self, path: &Path) -> String {
        let inside = path.strip_prefix(self.tree()).unwrap_or(path);
        format!("{}:{}", self.name, display(inside))
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    fn git(&self, root: &Root, arguments: &[&str], input: &[u8]) -> Result<String, RevisionError> {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&root.folder).env("GIT_INDEX_FILE", self.folder.path().join("index"));
        let output = run(&mut command, input)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let name = self.name.clone();
        Err(if why.is_empty() { RevisionError::Unknown(name) } else { RevisionError::Git { name, why } })
    }
}

fn is_read(path: &str) -> bool {
    Path::new(path).extension().and_then(|e| e.to_str()).is_some_and(|e| READ.contains(&e))
}

fn run(command: &mut Command, input: &[u8]) -> Result<Output, RevisionError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |e: std::io::Error| RevisionError::Run { program: program.clone(), reason: e.into() };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    // A reader that ends early is its own error, which its status shows.
    std::thread::scope(|threads| {
        threads.spawn(|| stdin.map(|mut pipe| std::io::Write::write_all(&mut pipe, input)));
        child.wait_with_output()
    })
    .map_err(failed)
}
