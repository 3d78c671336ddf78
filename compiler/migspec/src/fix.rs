//! Fixes: applied in turn, and kept only if a new check confirms them.

use std::collections::{BTreeMap, HashMap, HashSet};

use migspec_diag::{Diagnostic, Fix, Sources};
use migspec_syntax::edit;

use crate::compile::Checked;
use crate::load::Texts;

/// How many times fixes are applied. A fix may reveal the next finding.
const ROUNDS: usize = 100;

/// The results of applying fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The new texts, by the name of their file.
    pub texts: Texts,
    /// The findings that are gone.
    pub applied: usize,
    /// Findings whose fix would cause another finding.
    pub refused: usize,
    /// The check of the new texts.
    pub sources: Sources,
    pub checked: Checked,
}

/// Applies the fixes of all findings that `wanted` selects. `check` checks the spec
/// with other texts in the place of some files. A fix is kept if its finding is
/// gone and no other finding appeared.
///
/// # Errors
///
/// A check fails.
pub fn improve<E>(
    (sources, checked): (Sources, Checked),
    wanted: impl Fn(&Diagnostic) -> bool,
    mut check: impl FnMut(&Texts) -> Result<(Sources, Checked), E>,
) -> Result<Fixed, E> {
    let mut now = Fixed { texts: Texts::new(), applied: 0, refused: 0, sources, checked };
    let mut refused: HashSet<Key> = HashSet::new();
    for _ in 0..ROUNDS {
        let fixable = |f: &&Diagnostic| f.fix.is_some() && wanted(f) && !refused.contains(&key(f));
        let candidates: Vec<Diagnostic> = now.checked.findings.iter().filter(fixable).cloned().collect();
        if candidates.is_empty() {
            break;
        }
        if let Some(next) = attempt(&now, &candidates, &mut check)? {
            now = next;
            continue;
        }
        let mut next = None;
        for candidate in &candidates {
            next =
                if candidates.len() > 1 { attempt(&now, std::slice::from_ref(candidate), &mut check)? } else { None };
            if next.is_some() {
                break;
            }
            refused.insert(key(candidate));
        }
        if let Some(next) = next {
            now = next;
        }
    }
    now.refused = now.checked.findings.iter().filter(|f| refused.contains(&key(f))).count();
    Ok(now)
}

/// Applies the fixes of some findings. `None` if a finding remains, or another appears.
fn attempt<E>(
    now: &Fixed,
    candidates: &[Diagnostic],
    check: &mut impl FnMut(&Texts) -> Result<(Sources, Checked), E>,
) -> Result<Option<Fixed>, E> {
    let fixes: Vec<&Fix> = candidates.iter().filter_map(|f| f.fix.as_ref()).collect();
    let (files, applied) = edit::fix::apply(&now.sources, &fixes);
    if applied.is_empty() {
        return Ok(None);
    }
    let mut texts = now.texts.clone();
    texts.extend(files.into_iter().map(|(file, text)| (now.sources.get(file).name.to_string(), text)));
    let (sources, checked) = check(&texts)?;
    let resolved: Vec<&Diagnostic> = applied.iter().filter_map(|index| candidates.get(*index)).collect();
    if !is_better(&now.checked, &checked, &resolved) {
        return Ok(None);
    }
    Ok(Some(Fixed { texts, applied: now.applied + resolved.len(), refused: 0, sources, checked }))
}

/// Whether the findings are gone, and no other appeared. Policies judge a spec with errors
/// only once the errors are gone, so that their findings then are no surprise.
fn is_better(before: &Checked, after: &Checked, resolved: &[&Diagnostic]) -> bool {
    let (old, new) = (counts(&before.findings), counts(&after.findings));
    let count = |of: &HashMap<Key, usize>, key: &Key| of.get(key).copied().unwrap_or(0);
    let gone = resolved.iter().map(|f| key(f)).all(|key| count(&new, &key) < count(&old, &key));
    let none_new = new.iter().all(|(key, n)| *n <= count(&old, key));
    gone && after.skipped <= before.skipped && (none_new || before.skipped > 0)
}

/// Findings with the same key are alike; lines move when text is edited.
type Key = (String, String);

fn key(finding: &Diagnostic) -> Key {
    (finding.code.to_string(), finding.message.clone())
}

fn counts(findings: &[Diagnostic]) -> HashMap<Key, usize> {
    let mut counts = HashMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_insert(0) += 1;
    }
    counts
}

/// The files whose text differs, with the old and the new text.
pub fn changes<'t>(texts: &'t Texts, before: &'t Sources) -> BTreeMap<&'t str, (&'t str, &'t str)> {
    let old: HashMap<&str, &str> = before.iter().map(|(_, source)| (&*source.name, &*source.text)).collect();
    let changed =
        texts.iter().filter_map(|(name, new)| Some((name.as_str(), (*old.get(name.as_str())?, new.as_str()))));
    changed.filter(|(_, (old, new))| old != new).collect()
}
