//! The program in a package: its platform, read from the program itself.

use std::io::{Cursor, Read};

use thiserror::Error;
use zip::ZipArchive;

/// The file that Lambda starts in a package for `provided.al2023` (fact: lambda-os-runtime).
pub const BOOTSTRAP: &str = "bootstrap";
/// As much of a program as names its machine.
const HEADER: usize = 20;

/// The reason why Lambda cannot start a package, as the end of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Unfit {
    #[error("is no zip")]
    NoZip,
    #[error("contains no `{BOOTSTRAP}`")]
    NoBootstrap,
    #[error("contains a `{BOOTSTRAP}` that is not executable")]
    NotExecutable,
    #[error("contains a `{BOOTSTRAP}` that is no program for x86_64 or arm64 on Linux")]
    OtherMachine,
}

/// The architecture of a package, as Lambda names it.
///
/// # Errors
///
/// Lambda cannot start the package.
pub fn of_package(zip: &[u8]) -> Result<&'static str, Unfit> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| Unfit::NoZip)?;
    let file = archive.by_name(BOOTSTRAP).map_err(|_| Unfit::NoBootstrap)?;
    let executable = file.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
    if !executable {
        return Err(Unfit::NotExecutable);
    }
    let mut header = Vec::new();
    let read = file.take(HEADER as u64).read_to_end(&mut header);
    read.ok().and_then(|_| of_program(&header)).ok_or(Unfit::OtherMachine)
}

/// The end of the name of the file with the signature of AWS Signer (fact: lambda-code-signing).
const SIGNATURE: &str = "signer_signature_v1.0.SF";

/// Whether a package carries a signature of AWS Signer. Lambda compares it with the publishers.
pub fn is_signed(zip: &[u8]) -> bool {
    let archive = ZipArchive::new(Cursor::new(zip));
    archive.is_ok_and(|archive| archive.file_names().flatten().any(|name| name.ends_with(SIGNATURE)))
}

/// The architecture of a program, as Lambda names it; `None` where Lambda has
/// no such machines.
pub fn of_program(program: &[u8]) -> Option<&'static str> {
    if program.get(..4)? != b"\x7fELF" {
        return None;
    }
    match program.get(18..HEADER)? {
        [0x3e, 0] => Some("x86_64"),
        [0xb7, 0] => Some("arm64"),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// As much of a program as is looked at.
    pub(crate) fn program(machine: u8) -> Vec<u8> {
        let mut bytes = b"\x7fELF".to_vec();
        bytes.resize(18, 0);
        bytes.extend([machine, 0]);
        bytes
    }

    pub(crate) fn zip(name: &str, mode: u32, bytes: &[u8]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default().unix_permissions(mode)).expect("a name");
        zip.write_all(bytes).expect("memory");
        zip.finish().expect("memory").into_inner()
    }

    #[test]
    fn a_package_says_what_it_runs_on() {
        for (machine, expected) in [(0x3e, "x86_64"), (0xb7, "arm64")] {
            assert_eq!(of_package(&zip("bootstrap", 0o755, &program(machine))), Ok(expected));
        }
    }

    #[test]
    fn what_lambda_could_not_start_is_no_package() {
        for (bytes, expected) in [
            (b"PK".to_vec(), Unfit::NoZip),
            (zip("handler", 0o755, &program(0x3e)), Unfit::NoBootstrap),
            (zip("bootstrap", 0o644, &program(0x3e)), Unfit::NotExecutable),
            (zip("bootstrap", 0o755, &program(0xf3)), Unfit::OtherMachine),
            (zip("bootstrap", 0o755, b"#!/bin/sh"), Unfit::OtherMachine),
            (zip("bootstrap", 0o755, b""), Unfit::OtherMachine),
        ] {
            assert_eq!(of_package(&bytes), Err(expected));
        }
    }
}
