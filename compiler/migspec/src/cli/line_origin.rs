use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{Exit, eprint_line, print};
use crate::error::{Action, CommandError, FileError};
use crate::load::read_text;
use crate::path_name::display;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Line of a built file: `out/terraform/database.tf:88`.
    #[arg(value_name = "FILE:LINE")]
    pub place: String,
}

/// The line of a built file, its block, and the node of the spec behind it.
struct LineOrigin {
    block: String,
    node: String,
    /// None where only the node is known.
    place: Option<String>,
}

/// Prints the node of the spec behind a line of a built file.
///
/// # Errors
///
/// The file, its manifest or the line does not exist.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (file, line) = parse(&arguments.place)?;
    let text = read_text(&file)?;
    if line > text.lines().count() {
        return Err(CommandError::usage(format!("`{}` has {} lines", display(&file), text.lines().count())));
    }
    let (folder, manifest) = manifest(&file)?;
    let inside = std::fs::canonicalize(&file).ok();
    let inside = inside.as_deref().and_then(|path| path.strip_prefix(&folder).ok()).map(display).unwrap_or_default();
    let Some(entry) = manifest["files"].get(&inside) else {
        return Err(CommandError::usage(format!("the manifest of the build does not list `{inside}`")));
    };
    let hash: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    if entry["sha256"].as_str() != Some(&*hash) {
        eprint_line(&format!("warning: `{}` has changed since its build", display(&file)));
    }
    let Some(found) = find(&inside, &text, line, entry) else {
        return Err(CommandError::usage(format!(
            "line {line} of `{}` belongs to no node; the build adds it to every migration",
            display(&file)
        )));
    };
    let place = found.place.map(|place| format!("{place}: ")).unwrap_or_default();
    print(&format!("{place}{} ({})\n", found.node, found.block))?;
    Ok(Exit::Clean)
}

fn parse(place: &str) -> Result<(PathBuf, usize), CommandError> {
    let expected = || CommandError::usage("expected FILE:LINE, such as out/terraform/database.tf:88");
    let (file, line) = place.rsplit_once(':').ok_or_else(expected)?;
    let line: usize = line.parse().ok().filter(|line| *line > 0).ok_or_else(expected)?;
    Ok((file.into(), line))
}

/// The manifest of the build that wrote a file, and the folder of the build.
fn manifest(file: &Path) -> Result<(PathBuf, Json), CommandError> {
    let file = std::fs::canonicalize(file).map_err(|e| FileError::new(Action::Open, file, e))?;
    let folder = file.ancestors().skip(1).find(|folder| folder.join("manifest.json").is_file());
    let none = || CommandError::usage(format!("no `manifest.json` of a build above `{}`", display(&file)));
    let folder = folder.ok_or_else(none)?;
    let text = read_text(&folder.join("manifest.json"))?;
    let not_json = |reason| CommandError::Json { document: "the manifest", reason };
    let manifest: Json = serde_json::from_str(&text).map_err(not_json)?;
    Ok((folder.to_owned(), manifest))
}

fn find(path: &str, text: &str, line: usize, entry: &Json) -> Option<LineOrigin> {
    if path.ends_with(".asl.json") {
        return state(text, line);
    }
    let block = match path.ends_with(".tf") {
        true => terraform_block(text, line)?,
        false => member(text, line, 4)?,
    };
    let origin = entry["blocks"].get(&block)?;
    let (file, at) = (origin["file"].as_str()?, origin["line"].as_u64()?);
    Some(LineOrigin { node: origin["node"].as_str()?.to_owned(), place: Some(format!("{file}:{at}")), block })
}

/// The block of a Terraform file that contains a line: `aws_rds_cluster.ledger_cluster`.
fn terraform_block(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    // The comment above a block belongs to it.
    let below = lines.get(line - 1..)?.iter().take_while(|line| line.starts_with('#')).count();
    let header =
        lines.get(..line + below)?.iter().rev().find(|line| !line.starts_with([' ', '}', '#']) && !line.is_empty())?;
    let mut words = header.split('"').skip(1).step_by(2);
    let (kind, name) = (words.next()?, words.next()?);
    Some(format!("{kind}.{name}"))
}

/// The member of a JSON document that contains a line, at an indent.
fn member(text: &str, line: usize, indent: usize) -> Option<String> {
    let margin = " ".repeat(indent);
    let header = text.lines().take(line).filter_map(|line| line.strip_prefix(&*margin)?.strip_prefix('"')).last()?;
    header.split_once('"').map(|(name, _)| name.to_owned())
}

/// The state of a workflow that contains a line; its annotation names the node.
fn state(text: &str, line: usize) -> Option<LineOrigin> {
    let name = member(text, line, 4)?;
    let document: Json = serde_json::from_str(text).ok()?;
    let annotation = document["States"].get(&name)?["Comment"].as_str()?;
    let annotation: Json = serde_json::from_str(annotation).ok()?;
    Some(LineOrigin { node: annotation["node"].as_str()?.to_owned(), place: None, block: format!("state {name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERRAFORM: &str = "# database \"a\"\nresource \"aws_rds_cluster\" \"a\" {\n  b = 1\n}\n\n# node \"c\"\nresource \"x\" \"c\" {\n  tags = {\n    A = 1\n  }\n}\n";

    #[test]
    fn a_line_belongs_to_the_block_around_it() {
        for (line, block) in [
            (1, "aws_rds_cluster.a"),
            (2, "aws_rds_cluster.a"),
            (3, "aws_rds_cluster.a"),
            (6, "x.c"),
            (9, "x.c"),
            (11, "x.c"),
        ] {
            assert_eq!(terraform_block(TERRAFORM, line).as_deref(), Some(block), "line {line}");
        }
    }

    #[test]
    fn a_line_belongs_to_the_member_at_the_indent() {
        let text = "{\n  \"Resources\": {\n    \"A\": {\n      \"Type\": 1\n    },\n    \"B\": {}\n  }\n}\n";
        assert_eq!(member(text, 4, 4).as_deref(), Some("A"));
        assert_eq!(member(text, 6, 4).as_deref(), Some("B"));
        assert_eq!(member(text, 2, 4), None);
    }

    #[test]
    fn a_place_is_a_file_and_a_line() {
        assert_eq!(parse("a/b.tf:88").ok(), Some(("a/b.tf".into(), 88)));
        for wrong in ["a/b.tf", "a/b.tf:0", "a/b.tf:x"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
