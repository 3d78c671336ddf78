//! Rows that differ while changes stream in: on their way, or wrong?
//!
//! A row is wrong if the source had it, replication has since applied all
//! changes of the source up to then, the target still differs, and the source
//! still has it. Every other row is read again. A target row that equals the
//! source's row before or after the read is right.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use migspec_function::Failure;

use crate::pair::PairOf;
use crate::port::{Applied, Canonical, Hashes, Key, Rows};

/// Between questions, growing.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long rows are asked again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// In all.
    pub whole: Duration,
    /// Time for replication to apply in-flight changes, for each attempt.
    pub lag: Duration,
}

/// A row that is wrong for certain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Wrong {
    pub key: Key,
    pub how: How,
}

/// The kind of difference of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    MissingOnTarget,
    OnlyOnTarget,
    Differs,
    /// The target has the key more often than the source, or less.
    Count,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            Self::MissingOnTarget => "missing on the target",
            Self::OnlyOnTarget => "only on the target",
            Self::Differs => "differs",
            Self::Count => "another number of rows with this key",
        }
    }

    fn of(source: &Hashes, target: &Hashes) -> Self {
        match (source.len(), target.len()) {
            (_, 0) => Self::MissingOnTarget,
            (0, _) => Self::OnlyOnTarget,
            (a, b) if a == b => Self::Differs,
            _ => Self::Count,
        }
    }
}

/// The result for the rows in question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// They agree after all.
    pub right: u64,
    pub wrong: Vec<Wrong>,
    /// The source changes them faster than they can be read: the check within
    /// the fence decides.
    pub hot: u64,
    /// Replication did not apply the in-flight changes in time.
    pub unproven: u64,
    /// How often they were asked for.
    pub turns: u64,
}

/// Reads rows again until each has a result.
///
/// # Errors
/// A side does not answer.
pub async fn settle<S: Canonical>(
    pair: &PairOf<S>,
    [source, target]: &[S::Rows<'_>; 2],
    keys: Vec<Key>,
    patience: Patience,
) -> Result<Settled, Failure> {
    let start = Instant::now();
    let mut settled = Settled::default();
    let mut open = keys;
    let mut pause = FIRST_PAUSE;
    loop {
        settled.turns += 1;
        let before = source.these(&open).await?;
        let applied = await_applied(pair, patience.lag).await?;
        let there = target.these(&open).await?;
        let after = source.these(&open).await?;
        let mut next = Vec::new();
        let (mut hot, mut unproven) = (0, 0);
        for key in open {
            let [before, there, after] = [&before, &there, &after].map(|rows| of(rows, &key));
            match verdict(&before, &there, &after, applied) {
                Comparison::Right => settled.right += 1,
                Comparison::Wrong => settled.wrong.push(Wrong { how: How::of(&after, &there), key }),
                Comparison::Hot => {
                    hot += 1;
                    next.push(key);
                }
                Comparison::Unproven => {
                    unproven += 1;
                    next.push(key);
                }
            }
        }
        if next.is_empty() || start.elapsed() + pause > patience.whole {
            settled.hot = hot;
            settled.unproven = unproven;
            settled.wrong.sort();
            return Ok(settled);
        }
        open = next;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn of(rows: &BTreeMap<Key, Hashes>, key: &Key) -> Hashes {
    rows.get(key).cloned().unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Right,
    Wrong,
    Hot,
    Unproven,
}

/// Whether replication has applied all changes of the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    Applied,
    /// Time ran out before.
    Late,
}

fn verdict(before: &Hashes, there: &Hashes, after: &Hashes, proof: Proof) -> Comparison {
    if there == before || there == after {
        Comparison::Right
    } else if before != after {
        Comparison::Hot
    } else if proof == Proof::Applied {
        Comparison::Wrong
    } else {
        Comparison::Unproven
    }
}

/// Waits until replication has applied all that the source has done by now.
///
/// # Errors
/// The source does not answer.
pub async fn await_applied<S: Canonical>(pair: &PairOf<S>, patience: Duration) -> Result<Proof, Failure> {
    let start = Instant::now();
    let task = pair.sides.replication.forward_task.as_str();
    let position = pair.source.position().await?;
    loop {
        match pair.source.progress(task, &position).await? {
            Applied::Nothing | Applied::Past => return Ok(Proof::Applied),
            _ if start.elapsed() > patience => return Ok(Proof::Late),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_wrong_only_if_nothing_else_explains_it() {
        let [old, new, other] = [vec![1], vec![2], vec![3]];
        for (before, there, after, proof, expected) in [
            (&old, &old, &old, Proof::Late, Comparison::Right),
            (&old, &old, &new, Proof::Applied, Comparison::Right),
            (&old, &new, &new, Proof::Applied, Comparison::Right),
            (&old, &other, &new, Proof::Applied, Comparison::Hot),
            (&old, &other, &old, Proof::Late, Comparison::Unproven),
            (&old, &other, &old, Proof::Applied, Comparison::Wrong),
            // A value of the target from before the source's change is no excuse.
            (&new, &old, &new, Proof::Applied, Comparison::Wrong),
        ] {
            assert_eq!(verdict(before, there, after, proof), expected, "{before:?} {there:?} {after:?} {proof:?}");
        }
    }

    #[test]
    fn a_difference_is_named() {
        let [none, one, two] = [vec![], vec![1], vec![1, 2]];
        assert_eq!(How::of(&one, &none), How::MissingOnTarget);
        assert_eq!(How::of(&none, &one), How::OnlyOnTarget);
        assert_eq!(How::of(&one, &vec![2]), How::Differs);
        assert_eq!(How::of(&one, &two), How::Count);
    }
}
