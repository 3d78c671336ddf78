//! How much the policies notice: a graph is made worse in one place at a time,
//! and the policies are asked again. A flip that no policy notices is a
//! weakness that would pass.
//!
//! Two kinds of flip. A *fact* is flipped where policies see it: each fact that
//! the types of `ir` declare, of each resource ([`facts`]). *Parts* are changed
//! in the graph, from which all facts, the rights and the reachability are then
//! reckoned anew ([`variants`]): statements of policy documents, rules of the
//! network, grants, flows and steps of workflows.
//!
//! What does not count is listed with its reason in `mutation.json` and is
//! counted apart; what counts and survives is explained there.

mod documents;
mod facts;
mod network;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use migspec_analyze::Analysis;
use migspec_ir::{Graph, Id};
use serde::Deserialize;

use crate::entities::World;
use crate::rulebook::Rulebook;
use crate::{Failure, differences, judge};

pub use variants::{Variant, variants};

/// Stands for the type of a fact that all types have.
pub const EVERY_TYPE: &str = "*";

/// What became of every flip.
#[derive(Clone, Default, Debug)]
pub struct Mutations {
    pub flips: Vec<Flip>,
    /// Facts that are not flipped, since they cannot be known before deployment.
    pub unknown: usize,
}

/// One thing, flipped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flip {
    /// Of grants the role, of steps the state machine; of flows nothing.
    pub resource: Id,
    /// [`EVERY_TYPE`] for a fact that all types have.
    pub type_name: &'static str,
    /// The fact, or what becomes of something else: `statement without its condition`.
    pub fact: &'static str,
    /// What it was before.
    pub value: String,
    /// The policies that notice, sorted. Empty: the flip survives.
    pub noticed_by: BTreeSet<Arc<str>>,
    /// Why the flip does not count.
    pub excluded: Option<&'static Reason>,
}

/// Why flips do not count, or survive.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What these facts have in common, in a few words.
    pub kind: String,
    pub because: String,
    /// `TYPE.fact`, where `*` stands for every type.
    #[serde(default)]
    pub facts: BTreeSet<String>,
    /// Facts that something else decides: another fact, which is noticed, or a
    /// code of the compiler.
    #[serde(default)]
    pub by: BTreeMap<String, String>,
    /// Only flips of what has this value now.
    pub was: Option<String>,
    /// Of parts one that survives: `TYPE.change` to `RESOURCE: VALUE`.
    #[serde(default)]
    pub examples: BTreeMap<String, String>,
}

impl Reason {
    /// Each `TYPE.fact` that it speaks of.
    pub fn facts(&self) -> impl Iterator<Item = &String> {
        self.facts.iter().chain(self.by.keys()).chain(self.examples.keys())
    }

    /// Whether it speaks of a flip.
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

/// All that `mutation.json` says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Facts no value of which is less safe than another.
    pub excluded: Vec<Reason>,
    /// Flips that count, that no policy notices, and what stands against them.
    pub survivors: Vec<Reason>,
}

/// What does not count, what survives, and why.
pub fn reasons() -> &'static Reasons {
    static REASONS: LazyLock<Reasons> =
        LazyLock::new(|| serde_json::from_str(include_str!("../mutation.json")).expect("the tests read the reasons"));
    &REASONS
}

impl Mutations {
    /// The flips that count.
    pub fn counted(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.excluded.is_none())
    }

    /// The flips that count and that no policy notices.
    pub fn survivors(&self) -> impl Iterator<Item = &Flip> {
        self.counted().filter(|flip| flip.survives())
    }

    /// The flips that do not count.
    pub fn excluded(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.excluded.is_some())
    }

    /// How much of what counts is noticed.
    pub fn score(&self) -> Score {
        Score::of(self.counted())
    }

    /// How much of everything is noticed, what does not count included.
    pub fn score_of_all(&self) -> Score {
        Score::of(self.flips.iter())
    }
}

impl Flip {
    pub fn survives(&self) -> bool {
        self.noticed_by.is_empty()
    }

    /// What is said of it where it survives in the reference spec.
    pub fn explanation(&self) -> Option<&'static Reason> {
        reasons().survivors.iter().find(|reason| reason.concerns(self))
    }
}

/// How much is noticed, counted in two ways: a large spec has many flips of the
/// same kind, of which one policy notices all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Score {
    /// Each flip counts once.
    pub flips: Share,
    /// Each distinct fact of a type counts once, as noticed only if every one
    /// of its flips is.
    pub facts: Share,
    /// The mean over the distinct facts of the share of their flips that is
    /// noticed, in tenths of a percent, rounded down.
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

/// How many of how many are noticed.
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

    /// In tenths of a percent, rounded down; 1000 where there is nothing to flip.
    pub fn permille(self) -> usize {
        (self.noticed * 1000).checked_div(self.of).unwrap_or(1000)
    }
}

/// Flips everything of a graph, one at a time: all facts, and the changes of its
/// parts that are chosen by their number. `today` is in days since 1970-01-01.
pub fn mutate(
    graph: &Graph,
    rulebook: &Rulebook,
    today: u64,
    chosen: impl Fn(usize, &Variant<'_>) -> bool,
) -> Result<Mutations, Failure> {
    let mut mutations = facts::flip(graph, rulebook, today)?;
    let before = Seen::of(graph, rulebook, today)?;
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

/// What is found in a graph as it is.
struct Seen(BTreeSet<(String, String)>);

impl Seen {
    fn of(graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<Self, Failure> {
        let analysis = Analysis::of(graph);
        let mut seen = policies(&analysis, rulebook, today)?;
        seen.extend(reachability(&analysis));
        Ok(Self(seen))
    }

    /// The codes of what is found in a changed graph and not before.
    fn misses(&self, graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<BTreeSet<Arc<str>>, Failure> {
        let new = |found: BTreeSet<(String, String)>| -> BTreeSet<Arc<str>> {
            found.difference(&self.0).map(|(code, _)| code.as_str().into()).collect()
        };
        let analysis = Analysis::of(graph);
        let found = new(policies(&analysis, rulebook, today)?);
        Ok(if found.is_empty() { new(reachability(&analysis)) } else { found })
    }
}

/// What policies find: the code, and about what.
fn policies(analysis: &Analysis<'_>, rulebook: &Rulebook, today: u64) -> Result<BTreeSet<(String, String)>, Failure> {
    let world = World::new(analysis, today)?;
    let mut findings = judge::findings(&world, rulebook)?;
    findings.extend(judge::workflow::explored(&world));
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

/// The flips of a type, by fact: how many resources, and one of them.
pub fn by_fact<'m>(flips: impl Iterator<Item = &'m Flip>) -> BTreeMap<(&'static str, &'static str), Vec<&'m Flip>> {
    let mut groups: BTreeMap<_, Vec<&Flip>> = BTreeMap::new();
    for flip in flips {
        groups.entry((flip.type_name, flip.fact)).or_default().push(flip);
    }
    groups
}
