//! Definition, references and rename, across the files and environments of a spec.

use lsp_types::{
    DocumentChanges, Location, OneOf, OptionalVersionedTextDocumentIdentifier, ReferenceContext, TextDocumentEdit,
    TextEdit, WorkspaceEdit,
};
use migspec_syntax::names::{Name, names};
use migspec_syntax::outline::Outline;
use migspec_syntax::value::{FromLiteral, Key};
use thiserror::Error;

use super::hover::environment;
use super::state::State;

/// A name in a file.
struct Found {
    file: String,
    name: Name,
    /// Inside an environment, which overrides the base.
    overrides: bool,
}

/// All names of the specs that contain a file.
fn all(state: &State, file: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for file in state.family(file) {
        let outline = Outline::of(state.text(&file).unwrap_or_default());
        for name in names(&outline) {
            let overrides = environment(&outline, name.node).is_some();
            found.push(Found { file: file.clone(), name, overrides });
        }
    }
    found
}

/// The names that belong to the one at a place: it has the same text and a common kind,
/// or is the same word (the key of a cutover is also the key of its replication).
fn group(all: &[Found], file: &str, at: usize) -> Vec<usize> {
    let holds = |found: &Found| found.file == file && found.name.range.start <= at && at <= found.name.range.end;
    let mut group: Vec<usize> = (0..all.len()).filter(|index| holds(&all[*index])).collect();
    let mut next = 0;
    while let Some(current) = group.get(next).map(|index| &all[*index]) {
        for (index, other) in all.iter().enumerate() {
            let same_word = other.file == current.file && other.name.range == current.name.range;
            if (same_word || other.name.agrees(&current.name)) && !group.contains(&index) {
                group.push(index);
            }
        }
        next += 1;
    }
    group.sort_unstable();
    group
}

fn location(state: &State, found: &Found) -> Option<Location> {
    let text = state.text(&found.file)?;
    Some(Location::new(state.uri(&found.file)?, state.encoding.range(text, found.name.range.clone())))
}

/// The node that a name belongs to: of the base, and else of an environment.
pub fn definition(state: &State, file: &str, at: usize) -> Vec<Location> {
    let all = all(state, file);
    let holds = |found: &&Found| found.file == file && found.name.range.start <= at && at <= found.name.range.end;
    let Some(here) = all.iter().filter(holds).min_by_key(|found| found.name.declares) else { return Vec::new() };
    let declared = all.iter().filter(|found| found.name.declares && found.name.agrees(&here.name));
    let (overrides, base): (Vec<&Found>, Vec<&Found>) = declared.partition(|found| found.overrides);
    let found = if base.is_empty() { overrides } else { base };
    found.into_iter().filter_map(|found| location(state, found)).collect()
}

pub fn references(state: &State, file: &str, at: usize, context: &ReferenceContext) -> Vec<Location> {
    let all = all(state, file);
    let mut locations = Vec::new();
    for index in group(&all, file, at) {
        let found = &all[index];
        if let Some(location) = location(state, found).filter(|_| context.include_declaration || !found.name.declares)
            && !locations.contains(&location)
        {
            locations.push(location);
        }
    }
    locations
}

/// The place of the name that a rename would change.
pub fn renameable(state: &State, file: &str, at: usize) -> Option<lsp_types::Range> {
    let all = all(state, file);
    let first = group(&all, file, at)
        .into_iter()
        .map(|index| &all[index])
        .find(|found| found.file == file && found.name.range.start <= at && at <= found.name.range.end)?;
    Some(state.encoding.range(state.text(file)?, first.name.range.clone()))
}

/// The reason for which a node keeps its name.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RenameError {
    #[error("{0}")]
    NoKey(String),
    #[error("the {kinds} `{name}` exists")]
    Taken { kinds: String, name: String },
}

/// Renames a node everywhere.
///
/// # Errors
///
/// The new name is not a key, or is taken.
pub fn rename(state: &State, file: &str, at: usize, new: &str) -> Result<Option<WorkspaceEdit>, RenameError> {
    Key::from_literal(&new.into()).map_err(|problem| RenameError::NoKey(problem.message))?;
    let all = all(state, file);
    let group = group(&all, file, at);
    if group.is_empty() {
        return Ok(None);
    }
    let taken = all.iter().find(|other| {
        let collides = |index: &usize| all[*index].name.declares && other.name.kinds == all[*index].name.kinds;
        other.name.declares && other.name.text == new && group.iter().any(collides)
    });
    if let Some(other) = taken {
        return Err(RenameError::Taken { kinds: other.name.kinds.join(" or "), name: new.to_owned() });
    }
    let mut edits: Vec<(String, TextEdit)> = Vec::new();
    for index in group {
        let found = &all[index];
        let Some(location) = location(state, found) else { continue };
        let edit = TextEdit::new(location.range, new.to_owned());
        if !edits.contains(&(found.file.clone(), edit.clone())) {
            edits.push((found.file.clone(), edit));
        }
    }
    Ok(Some(workspace_edit(state, edits)))
}

/// Edits of files as one change.
pub fn workspace_edit(state: &State, edits: Vec<(String, TextEdit)>) -> WorkspaceEdit {
    let mut documents: Vec<TextDocumentEdit> = Vec::new();
    for (file, edit) in edits {
        let Some(uri) = state.uri(&file) else { continue };
        match documents.iter_mut().find(|document| document.text_document.uri == uri) {
            Some(document) => document.edits.push(OneOf::Left(edit)),
            None => {
                let version = state.documents.get(&file).map(|document| document.version);
                let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
                documents.push(TextDocumentEdit { text_document, edits: vec![OneOf::Left(edit)] });
            }
        }
    }
    WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(documents)), ..WorkspaceEdit::default() }
}
