//! The open texts, and the last check of each spec.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lsp_types::Uri;
use migspec_diag::{Diagnostic, FileId, Sources, Span};
use migspec_policies::Rulebook;
use migspec_syntax::outline::Outline;
use migspec_syntax::value::Date;

use super::position::{Encoding, name, uri_of};
use crate::compile::{self, Checked, Request};
use crate::error::CommandError;
use crate::load::{self, FolderImporter, Texts};

/// An open text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name that the editor has for the file: links in it are not resolved.
    pub uri: Uri,
    pub text: String,
    pub version: i32,
}

/// The last check of a spec.
pub struct Analyzed {
    pub sources: Sources,
    pub checked: Checked,
    /// The last check without errors of the spec itself: its graphs and its findings of policies.
    pub good: Option<Good>,
}

/// A check in which the policies judged the spec.
pub struct Good {
    pub sources: Sources,
    pub checked: Checked,
}

impl Analyzed {
    pub fn file(&self, name: &str) -> Option<FileId> {
        file(&self.sources, name)
    }

    /// The graphs of the last check in which there were some, with the texts of that check.
    pub fn last_judgement(&self) -> Option<(&Sources, &Checked)> {
        if self.checked.skipped == 0 && !self.checked.graphs.is_empty() {
            return Some((&self.sources, &self.checked));
        }
        self.good.as_ref().map(|good| (&good.sources, &good.checked))
    }
}

pub fn file(sources: &Sources, name: &str) -> Option<FileId> {
    sources.iter().find(|(_, source)| *source.name == *name).map(|(file, _)| file)
}

/// The state of a session.
pub struct State {
    pub rulebook: Rulebook,
    pub today: Date,
    pub encoding: Encoding,
    /// Folders that are searched for specs.
    pub roots: Vec<PathBuf>,
    /// By the name of their file.
    pub documents: BTreeMap<String, Document>,
    /// By the name of the spec.
    pub specs: BTreeMap<String, Analyzed>,
    /// Specs to check again.
    pub stale: BTreeSet<String>,
    /// Files whose findings may differ from the published ones.
    pub unpublished: BTreeSet<String>,
}

impl State {
    pub fn new(rulebook: Rulebook, today: Date, encoding: Encoding, roots: Vec<PathBuf>) -> Self {
        Self {
            rulebook,
            today,
            encoding,
            roots,
            documents: BTreeMap::new(),
            specs: BTreeMap::new(),
            stale: BTreeSet::new(),
            unpublished: BTreeSet::new(),
        }
    }

    /// The URI of a file: the editor's own, if it is open.
    pub fn uri(&self, name: &str) -> Option<Uri> {
        self.documents.get(name).map(|document| document.uri.clone()).or_else(|| uri_of(name))
    }

    /// The open texts, by the name of their file.
    pub fn texts(&self) -> Texts {
        self.documents.iter().map(|(name, document)| (name.clone(), document.text.clone())).collect()
    }

    /// The text of a file: of the editor, or of the last check.
    pub fn text<'s>(&'s self, name: &str) -> Option<&'s str> {
        if let Some(document) = self.documents.get(name) {
            return Some(&document.text);
        }
        self.specs.values().find_map(|spec| spec.file(name).map(|file| &*spec.sources.get(file).text))
    }

    /// Marks the specs with a file as stale. Finds them first, if none is known.
    pub fn touch(&mut self, name: &str) {
        let text = self.text(name).unwrap_or_default();
        let outline = Outline::of(text);
        let is_spec = outline.children(None).any(|(_, node)| node.name.text == "migration");
        let mut found: BTreeSet<String> = self.specs_with(name).map(str::to_owned).collect();
        if is_spec || (found.is_empty() && name.ends_with(".migspec.kdl")) {
            found.insert(name.to_owned());
        }
        if found.is_empty() {
            found.extend(
                self.roots
                    .iter()
                    .flat_map(|root| load::collect(std::slice::from_ref(root)).unwrap_or_default())
                    .map(|path| super::position::name(&path)),
            );
        }
        self.stale.extend(found);
    }

    /// The specs whose last check read a file.
    pub fn specs_with<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.specs.iter().filter(move |(_, spec)| spec.file(name).is_some()).map(|(of, _)| of.as_str())
    }

    /// The check of a spec that contains a file.
    pub fn analysis_of(&self, name: &str) -> Option<&Analyzed> {
        self.spec_of(name).map(|(_, spec)| spec)
    }

    /// The spec of this name, else one that contains the file, with its name.
    pub fn spec_of(&self, name: &str) -> Option<(&str, &Analyzed)> {
        let own = self.specs.get_key_value(name);
        let found = own.or_else(|| self.specs.iter().find(|(_, spec)| spec.file(name).is_some()));
        found.map(|(name, spec)| (name.as_str(), spec))
    }

    /// The files of the specs that contain a file, this one first.
    pub fn family(&self, name: &str) -> Vec<String> {
        let mut files = vec![name.to_owned()];
        for spec in self.specs.values().filter(|spec| spec.file(name).is_some()) {
            for (_, source) in spec.sources.iter() {
                if !files.iter().any(|known| **known == *source.name) {
                    files.push(source.name.to_string());
                }
            }
        }
        files
    }

    /// Checks the stale specs, and adds the files whose findings may differ to the unpublished ones.
    ///
    /// # Errors
    ///
    /// A policy cannot be evaluated.
    pub fn refresh(&mut self) -> Result<(), CommandError> {
        for spec in std::mem::take(&mut self.stale) {
            let names = |analyzed: &Analyzed| -> Vec<String> {
                analyzed.sources.iter().map(|(_, source)| source.name.to_string()).collect()
            };
            self.unpublished.extend(self.specs.get(&spec).map(names).unwrap_or_default());
            self.unpublished.insert(spec.clone());
            let (sources, checked) = match self.check(Path::new(&spec), self.texts()) {
                Ok(checked) => checked,
                Err(CommandError::File(_)) => {
                    // The file is gone.
                    self.specs.remove(&spec);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let before = self.specs.remove(&spec);
            let good = before.and_then(|before| match before.checked.skipped {
                0 => Some(Good { sources: before.sources, checked: before.checked }),
                _ => before.good,
            });
            let analyzed = Analyzed { sources, checked, good };
            self.unpublished.extend(names(&analyzed));
            self.specs.insert(spec, analyzed);
        }
        Ok(())
    }

    /// Checks a spec with other texts.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a policy cannot be evaluated.
    pub fn check(&self, spec: &Path, texts: Texts) -> Result<(Sources, Checked), CommandError> {
        let mut sources = Sources::new();
        let (file, mut importer) = FolderImporter::open_with(spec, texts, name, &mut sources)?;
        let request = Request { environment: None, today: self.today };
        let checked = compile::check(file, &mut sources, &mut importer, &self.rulebook, &request)?;
        Ok((sources, checked))
    }

    /// The findings of a file: of all specs with it, each once. While a spec has errors,
    /// the findings of policies come from its last check without any, at their new places.
    pub fn findings(&self, name: &str) -> Vec<(&Analyzed, Diagnostic)> {
        let mut findings: Vec<(&Analyzed, Diagnostic)> = Vec::new();
        for spec in self.specs.values() {
            let Some(file) = spec.file(name) else { continue };
            let here = |finding: &&Diagnostic| finding.primary.as_ref().is_some_and(|label| label.span.file == file);
            let own = spec.checked.findings.iter().filter(here).cloned();
            let earlier = spec
                .good
                .as_ref()
                .filter(|_| spec.checked.skipped > 0)
                .into_iter()
                .flat_map(|good| move_findings(good, spec, name));
            for finding in own.chain(earlier) {
                if !findings.iter().any(|(_, known)| *known == finding) {
                    findings.push((spec, finding));
                }
            }
        }
        findings
    }
}

/// The earlier findings of policies in a file, where its text is unchanged.
fn move_findings(good: &Good, spec: &Analyzed, name: &str) -> Vec<Diagnostic> {
    let (Some(old), Some(new)) = (file(&good.sources, name), spec.file(name)) else { return Vec::new() };
    let (before, after) = (&*good.sources.get(old).text, &*spec.sources.get(new).text);
    let (head, tail) = common(before, after);
    let shift = |at: u32| {
        let at = at as usize;
        if at <= head {
            Some(at)
        } else if at + tail >= before.len() {
            Some(at + after.len() - before.len())
        } else {
            None
        }
    };
    let of_policy = good.checked.findings.iter().filter(|f| migspec_diag::code_info(&f.code).is_none());
    of_policy
        .filter_map(|finding| {
            let mut finding = finding.clone();
            let label = finding.primary.as_mut().filter(|label| label.span.file == old)?;
            label.span = Span::new(new, shift(label.span.start)?, shift(label.span.end)?);
            finding.related.clear();
            finding.fix = None;
            Some(finding)
        })
        .collect()
}

/// The lengths of the common start and of the common end of two texts, which do not overlap.
pub fn common(a: &str, b: &str) -> (usize, usize) {
    let mut head = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(head) || !b.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = a[head..].bytes().rev().zip(b[head..].bytes().rev()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(a.len() - tail) || !b.is_char_boundary(b.len() - tail) {
        tail -= 1;
    }
    (head, tail)
}
