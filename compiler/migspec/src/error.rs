//! The failures of the command: each names its file, and the reason in plain words.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use migspec_policies::PolicyError;
use migspec_syntax::edit::EditError;
use thiserror::Error;

use crate::path_name::display;

/// A failure that ends a command with exit code 2, or 3 without a spec.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The arguments or the project file name nothing that the command can use.
    #[error("{0}")]
    Usage(String),
    #[error("no spec found: name one, or call it `*.migspec.kdl`")]
    NoSpec,
    /// Errors of a spec or of the project file, formatted for the terminal.
    #[error("{0}")]
    Findings(String),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("`{path}` is no baseline: {reason}")]
    Baseline {
        path: String,
        #[source]
        reason: BaselineError,
    },
    #[error("{document} is not JSON: {reason}")]
    Json {
        document: &'static str,
        #[source]
        reason: serde_json::Error,
    },
    #[error("cannot write to standard output: {}", plain(.0))]
    Output(#[source] io::Error),
    #[error("cannot read standard input: {}", plain(.0))]
    Input(#[source] io::Error),
}

impl CommandError {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }
}

/// The reason for which a text is not an earlier result.
#[derive(Debug, Error)]
pub enum BaselineError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("its `version` is not 1; write it again with `--write-baseline`")]
    Version,
    #[error("it has no `findings`")]
    NoFindings,
    #[error("a finding of it has no `fingerprint`; write it again with `--write-baseline`")]
    NoFingerprint,
}

/// The reason for which a revision is not read or checked.
#[derive(Debug, Error)]
pub enum RevisionError {
    #[error("git knows no revision `{0}`; in a shallow clone, fetch it first")]
    Unknown(String),
    #[error("cannot read revision `{name}`: {why}")]
    Git { name: String, why: String },
    #[error("cannot check revision `{name}`:\n{why}")]
    Check { name: String, why: String },
    #[error("cannot run `{program}`: {reason}")]
    Run {
        program: String,
        #[source]
        reason: Unusable,
    },
    #[error("cannot make a temporary folder: {0}")]
    Folder(#[source] Unusable),
    #[error("cannot find this program: {0}")]
    Program(#[source] Unusable),
    #[error(transparent)]
    Result(#[from] BaselineError),
}

/// A file or a folder that cannot be used.
#[derive(Debug, Error)]
#[error("cannot {action} `{}`: {reason}", display(.path))]
pub struct FileError {
    action: Action,
    path: PathBuf,
    #[source]
    reason: Unusable,
}

impl FileError {
    pub(crate) fn new(action: Action, path: &Path, reason: impl Into<Unusable>) -> Self {
        Self { action, path: path.to_owned(), reason: reason.into() }
    }
}

/// The use of a file that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Read,
    Open,
    OpenFolderOf,
    ReadPolicies,
    Write,
    WriteTo,
    Remove,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Read => "read",
            Action::Open => "open",
            Action::OpenFolderOf => "open the folder of",
            Action::ReadPolicies => "read the policy folder",
            Action::Write => "write",
            Action::WriteTo => "write to",
            Action::Remove => "remove",
        })
    }
}

/// The reason for which a file cannot be used.
#[derive(Debug, Error)]
pub enum Unusable {
    #[error("{}", plain(.0))]
    Io(#[from] io::Error),
    #[error("it is a file")]
    File,
    #[error("it is a folder")]
    Folder,
    #[error("it is larger than {0} MiB")]
    TooLarge(u64),
    #[error("line {line}, column {column} is not UTF-8; save the file as UTF-8")]
    NotUtf8 { line: usize, column: usize },
    #[error("it contains no `.cedar` file")]
    NoPolicy,
    #[error("`{}` is a link; a policy folder contains its files", display(.0))]
    PolicyLink(PathBuf),
    #[error("`{}` is a symbolic link; artifacts are not written through links", display(.0))]
    Link(PathBuf),
    #[error("it is not a manifest of migspec: {0}")]
    Manifest(#[source] serde_json::Error),
}

/// An IO error in plain words.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file".to_owned(),
        _ => error.to_string(),
    }
}

/// An option whose value cannot be parsed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{0}")]
pub struct OptionError(pub(crate) String);

impl From<&str> for OptionError {
    fn from(expected: &str) -> Self {
        Self(expected.to_owned())
    }
}
