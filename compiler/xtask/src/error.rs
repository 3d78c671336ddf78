//! The failures of a task.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failure that ends a task.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("usage: cargo xtask {0}")]
    Usage(&'static str),
    #[error("{}: {reason}", path.display())]
    File {
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("{}: {reason}", path.display())]
    Json {
        path: PathBuf,
        #[source]
        reason: serde_json::Error,
    },
    #[error("{name}: {reason}")]
    Program {
        name: &'static str,
        #[source]
        reason: io::Error,
    },
    #[error("{name}: {output}")]
    Output { name: &'static str, output: String },
    #[error("there is no function `{name}`; there are {known}")]
    UnknownFunction { name: String, known: String },
    #[error("{name} {fault}")]
    Binary { name: String, fault: String },
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error("stale: {0}\nrun `cargo xtask generate`")]
    Stale(String),
    #[error("the policies lack a required property")]
    Proofs,
}

impl TaskError {
    pub fn file(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |reason| Self::File { path: path.to_owned(), reason }
    }
}
