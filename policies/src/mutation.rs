//! Mutation of a graph: one unsafe change at a time, followed by all policies.
//! A flip that no policy denies is a weakness that would pass.
//!
//! Two kinds of flip exist. A *fact* is flipped in the Cedar entities: each fact
//! that the types of `ir` declare, for each resource (`facts`). *Parts* change
//! in the graph, and all facts, grants and the reachability are computed again
//! ([`variants`]): statements of policy documents, network rules, grants, flows
//! and workflow steps.
//!
//! `mutation.json` lists excluded flips, which are counted separately, and
//! explains survivors.

mod documents;
mod facts;
mod network;
mod properties;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use migspec_analyze::Analysis;
use migspec_ir::{Graph, Id};
use serde::Deserialize;

use crate::entities::CedarView;
use crate::rulebook::Rulebook;
use crate::{PolicyError, differences, judge};

pub use properties::{ChangeResult, How, PropertyChange, changes};
pub use variants::{Variant, variants};

/// The type name of a fact that all types have.
pub const EVERY_TYPE: &str = "*";

/// The result of every flip.
#[derive(Clone, Default, Debug)]
pub struct Mutations {
    pub flips: Vec<Flip>,
    /// The number of facts without a flip, because they are unknown before
    /// deployment.
    pub unknown: usize,
}

/// One flip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flip {
    /// The role of a grant, the state machine of a step; empty for a flow.
    pub resource: Id,
    /// [`EVERY_TYPE`] for a fact that all types have.
    pub type_name: &'static str,
    /// The fact, or the change of a part: `statement without its condition`.
    pub fact: &'static str,
    /// The value before the flip.
    pub value: String,
    /// The policies that deny the flip, sorted. Empty for a survivor.
    pub noticed_by: BTreeSet<Arc<str>>,
    /// The reason for an excluded flip.
    pub excluded: Option<&'static Reason>,
}

/// A reason for excluded flips or survivors.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The common kind of these facts, in a few words.
    pub kind: String,
    pub because: String,
    /// `TYPE.fact`, or `*` for every type.
    #[serde(default)]
    pub facts: BTreeSet<String>,
    /// Facts with a substitute: another fact with denied flips, or a code of the
    /// compiler.
    #[serde(default)]
    pub by: BTreeMap<String, String>,
    /// Limits the reason to flips from this value.
    pub was: Option<String>,
    /// An example of a surviving part: `TYPE.change` to `RESOURCE: VALUE`.
    #[serde(default)]
    pub examples: BTreeMap<String, String>,
}

impl Reason {
    /// Each `TYPE.fact` of the reason.
    pub fn facts(&self) -> impl Iterator<Item = &String> {
        self.facts.iter().chain(self.by.keys()).chain(self.examples.keys())
    }

    /// Whether the reason applies to a flip.
    pub fn concerns(&self, flip: &Flip) -> bool {
        let known = self.facts().filter_map(|known| known.rsplit_once('.'));
        self.was.as_ref().is_none_or(|was| *was == flip.value)
            && known.into_iter().any(|(of, name)| name == flip.fact && (of == "*" || of == flip.type_name))
    }

    /// Whether a change is its example.
    pub fn shows(&self, variant: &Variant<'_>) -> bool {
        let example = self.examples.get(&format!("{}.{}", variant.type_name, variant.fact));
        example.is_some_and(|example| *example == format!("{}: {}", variant.resource, variant.value))
    }
}

/// The content of `mutation.json`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Facts without a less safe value.
    pub excluded: Vec<Reason>,
    /// Survivors, with their compensating protection.
    pub survivors: Vec<Reason>,
}

/// Excluded flips and survivors, with their reasons.
pub fn reasons() -> &'static Reasons {
    static REASONS: LazyLock<Reasons> =
        LazyLock::new(|| serde_json::from_str(include_str!("../mutation.json")).expect("the tests read the reasons"));
    &REASONS
}

impl Mutations {
    /// The flips that count.
    pub fn counted_flips(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.excluded.is_none())
    }

    /// The survivors among the flips that count.
    pub fn survivors(&self) -> impl Iterator<Item = &Flip> {
        self.counted_flips().filter(|flip| flip.survives())
    }

    /// The flips that do not count.
    pub fn excluded_flips(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.excluded.is_some())
    }

    /// The mutation score of the flips that count.
    pub fn score(&self) -> Score {
        Score::of(self.counted_flips())
    }

    /// The mutation score of all flips, including excluded ones.
    pub fn score_of_all(&self) -> Score {
        Score::of(self.flips.iter())
    }
}

impl Flip {
    pub fn survives(&self) -> bool {
        self.noticed_by.is_empty()
    }

    /// The reason for its survival in the reference spec.
    pub fn explanation(&self) -> Option<&'static Reason> {
        reasons().survivors.iter().find(|reason| reason.concerns(self))
    }
}

/// The mutation score, computed in two ways: in a large spec, one policy denies
/// many flips of the same kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Score {
    /// Each flip counts once.
    pub flips: Share,
    /// Each distinct fact of a type counts once, and as denied only if policies
    /// deny all its flips.
    pub facts: Share,
    /// The mean share of denied flips over the distinct facts, in tenths of a
    /// percent, rounded down.
    pub mean: usize,
}

impl Score {
    fn of<'f>(flips: impl Iterator<Item = &'f Flip>) -> Self {
        let groups: Vec<Share> = by_fact(flips).into_values().map(Share::of).collect();
        let whole = groups.iter().filter(|share| share.noticed == share.of).count();
        let sum: usize = groups.iter().map(|share| share.permille()).sum();
        Self {
            flips: groups.iter().fold(Share { noticed: 0, of: 0 }, |all, share| all.and(*share)),
            facts: Share { noticed: whole, of: groups.len() },
            mean: sum.checked_div(groups.len()).unwrap_or(1000),
        }
    }

    /// The lower of the two shares, in tenths of a percent.
    pub fn permille(self) -> usize {
        self.flips.permille().min(self.mean)
    }
}

/// The number of denied flips, and of all flips.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    pub noticed: usize,
    pub of: usize,
}

impl Share {
    fn of(flips: Vec<&Flip>) -> Self {
        Self { noticed: flips.iter().filter(|flip| !flip.survives()).count(), of: flips.len() }
    }

    fn and(self, other: Self) -> Self {
        Self { noticed: self.noticed + other.noticed, of: self.of + other.of }
    }

    /// In tenths of a percent, rounded down; 1000 without flips.
    pub fn permille(self) -> usize {
        (self.noticed * 1000).checked_div(self.of).unwrap_or(1000)
    }
}

/// Flips a graph, one change at a time: all facts, and the changes of parts that
/// `chosen` selects. `today` is in days since 1970-01-01.
///
/// # Errors
///
/// A policy cannot be read or evaluated.
pub fn mutate(
    graph: &Graph,
    rulebook: &Rulebook,
    today: u64,
    chosen: impl Fn(usize, &Variant<'_>) -> bool,
) -> Result<Mutations, PolicyError> {
    let mut mutations = facts::flip(graph, rulebook, today)?;
    let before = Findings::of(graph, rulebook, today)?;
    for (number, variant) in variants(graph).into_iter().enumerate() {
        if !chosen(number, &variant) {
            continue;
        }
        let noticed_by = before.misses(&variant.make(), rulebook, today)?;
        mutations.flips.push(variant.flip(noticed_by));
    }
    for flip in &mut mutations.flips {
        flip.excluded = reasons().excluded.iter().find(|reason| reason.concerns(flip));
    }
    Ok(mutations)
}

/// The findings of the unchanged graph.
struct Findings(BTreeSet<(String, String)>);

impl Findings {
    fn of(graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<Self, PolicyError> {
        let analysis = Analysis::of(graph);
        let mut seen = policies(&analysis, rulebook, today)?;
        seen.extend(reachability(&analysis));
        Ok(Self(seen))
    }

    /// The codes of new findings in a changed graph.
    fn misses(&self, graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<BTreeSet<Arc<str>>, PolicyError> {
        let new = |found: BTreeSet<(String, String)>| -> BTreeSet<Arc<str>> {
            found.difference(&self.0).map(|(code, _)| code.as_str().into()).collect()
        };
        let analysis = Analysis::of(graph);
        let found = new(policies(&analysis, rulebook, today)?);
        Ok(if found.is_empty() { new(reachability(&analysis)) } else { found })
    }
}

/// Findings: code and subject.
fn policies(
    analysis: &Analysis<'_>,
    rulebook: &Rulebook,
    today: u64,
) -> Result<BTreeSet<(String, String)>, PolicyError> {
    let view = CedarView::new(analysis, today)?;
    let mut findings = judge::findings(&view, rulebook)?;
    findings.extend(judge::workflow::exploration_findings(&view));
    let about = |finding: &crate::finding::Finding| match &finding.about {
        Some((_, id)) => id.to_string(),
        None => finding.diagnostic.message.clone(),
    };
    Ok(findings.iter().map(|f| (f.diagnostic.code.to_string(), about(f))).collect())
}

fn reachability(analysis: &Analysis<'_>) -> BTreeSet<(String, String)> {
    let findings = analysis.differences().iter().map(|d| differences::diagnostic(analysis.graph, d));
    findings.map(|d| (d.code.to_string(), d.message)).collect()
}

/// The flips of a type, by fact: the number of resources, and one of them.
pub fn by_fact<'m>(flips: impl Iterator<Item = &'m Flip>) -> BTreeMap<(&'static str, &'static str), Vec<&'m Flip>> {
    let mut groups: BTreeMap<_, Vec<&Flip>> = BTreeMap::new();
    for flip in flips {
        groups.entry((flip.type_name, flip.fact)).or_default().push(flip);
    }
    groups
}
