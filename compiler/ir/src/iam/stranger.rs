//! Whether a caller without a tie to the own account satisfies the conditions
//! of a statement.
//!
//! A stranger presents each condition key with the values that are not the
//! migration's, or leaves the key out where AWS allows that. The keys are
//! independent, so a statement is open where each key has a value that
//! satisfies all its conditions.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Condition;
use super::pattern::covers_exactly;
use super::text::text;

/// The way in which a stranger arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// A call of a principal of another account.
    Direct,
    /// A call of an AWS service for a resource of another account.
    Service,
    /// A call of an account that the statement names.
    Named,
    /// A call to a resource of another account.
    Outward,
}

/// The meaning of a key's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Account,
    Arn,
    /// A value that only parties to an agreement have: an organisation, a
    /// network, an external id. A literal value belongs to the author.
    Agreed,
}

/// A condition key that AWS sets. Some request lacks each of them: an anonymous
/// caller has no account, and a service may act for itself.
struct Key {
    name: &'static str,
    kind: Kind,
    arrivals: &'static [Arrival],
}

const fn key(name: &'static str, kind: Kind, arrivals: &'static [Arrival]) -> Key {
    Key { name, kind, arrivals }
}

use Arrival::{Direct, Named, Outward, Service};

/// A key of a service call is absent from a direct call, and reversed.
const KEYS: &[Key] = &[
    key("aws:SourceAccount", Kind::Account, &[Service]),
    key("aws:SourceArn", Kind::Arn, &[Service]),
    key("aws:SourceOrgID", Kind::Agreed, &[Service]),
    key("aws:SourceOrgPaths", Kind::Agreed, &[Service]),
    key("aws:PrincipalAccount", Kind::Account, &[Direct]),
    key("aws:PrincipalArn", Kind::Arn, &[Direct]),
    key("aws:PrincipalOrgID", Kind::Agreed, &[Direct, Named]),
    key("aws:SourceVpc", Kind::Agreed, &[Direct]),
    key("aws:SourceVpce", Kind::Agreed, &[Direct]),
    key("kms:CallerAccount", Kind::Account, &[Direct, Service]),
    key("sts:ExternalId", Kind::Agreed, &[Direct, Named]),
    key("aws:ResourceAccount", Kind::Account, &[Outward]),
    key("aws:ResourceOrgID", Kind::Agreed, &[Outward]),
    // Services put the ARN of their resource into the encryption context; any
    // other caller chooses it.
    key("kms:EncryptionContext:aws:logs:arn", Kind::Arn, &[Service]),
    key("kms:EncryptionContext:aws:s3:arn", Kind::Arn, &[Service]),
    key("kms:EncryptionContext:aws:states:stateMachineArn", Kind::Arn, &[Service]),
    key("kms:EncryptionContext:SecretARN", Kind::Arn, &[Service]),
    // The log groups that a delivery writes to.
    key("kms:EncryptionContext:SourceArn", Kind::Arn, &[Service]),
];

/// Whether a stranger satisfies all conditions. `own` is the own account.
pub fn admits_stranger(conditions: &[Condition<'_>], arrival: Arrival, own: &str) -> bool {
    conditions.iter().all(|first| {
        let same: Vec<&Condition<'_>> = conditions.iter().filter(|c| c.is_key(first.key)).collect();
        presentable(first.key, &same, arrival, own).iter().any(|presented| match presented {
            Presented::Anything => same.iter().all(|c| !c.values.is_empty()),
            Presented::Absent => same.iter().all(|c| satisfies(c, None)),
            Presented::Value(value) => same.iter().all(|c| satisfies(c, Some(value))),
        })
    })
}

/// A value of a key in the request of a stranger.
enum Presented {
    Absent,
    Value(String),
    /// The caller chooses the value, or it does not concern the caller.
    Anything,
}

fn presentable(name: &str, conditions: &[&Condition<'_>], arrival: Arrival, own: &str) -> Vec<Presented> {
    let Some(key) = KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name)) else {
        return vec![Presented::Anything];
    };
    if !key.arrivals.contains(&arrival) {
        let chosen = arrival != Service && key.name.starts_with("kms:EncryptionContext:");
        let concerns = key.arrivals.contains(&Direct) || key.arrivals.contains(&Service);
        return vec![if chosen || arrival == Named || arrival == Outward || !concerns {
            Presented::Anything
        } else {
            Presented::Absent
        }];
    }
    let written: Vec<String> = conditions.iter().flat_map(|c| &c.values).map(|value| text(value)).collect();
    let foreign: Vec<String> = match key.kind {
        Kind::Account => accounts(&written, own).into_iter().filter(|account| account != own).collect(),
        kind => {
            let values = written.iter().flat_map(|text| instances(text).into_iter().map(move |value| (&**text, value)));
            let fresh = FRESH.iter().map(|value| ("", (*value).to_owned()));
            let foreign = values.chain(fresh).filter(|(written, value)| is_foreign(kind, written, value, own));
            foreign.map(|(_, value)| value).collect()
        }
    };
    foreign.into_iter().map(Presented::Value).chain([Presented::Absent]).collect()
}

/// One account for each combination of answers of the patterns, found by their
/// automata over 12 digits.
fn accounts(written: &[String], own: &str) -> Vec<String> {
    const DIGITS: usize = 12;
    let patterns: Vec<&[u8]> = written.iter().map(|text| text.as_bytes()).chain([own.as_bytes()]).collect();
    let named = |digit: &u8| patterns.iter().any(|pattern| pattern.contains(digit));
    let fresh = (b'0'..=b'9').find(|digit| !named(digit));
    let alphabet: Vec<u8> = (b'0'..=b'9').filter(named).chain(fresh).collect();
    let start: Vec<BTreeSet<usize>> = patterns.iter().map(|pattern| closure(pattern, 0)).collect();
    let mut reached: BTreeMap<Vec<BTreeSet<usize>>, String> = [(start, String::new())].into();
    for _ in 0..DIGITS {
        let mut next = BTreeMap::new();
        for (states, account) in &reached {
            for digit in &alphabet {
                let step = |(pattern, states): (&&[u8], &BTreeSet<usize>)| advance(pattern, states, *digit);
                let states = patterns.iter().zip(states).map(step).collect();
                next.entry(states).or_insert_with(|| format!("{account}{}", char::from(*digit)));
            }
        }
        reached = next;
    }
    // A text that is known at deployment only may be any account.
    let unknown = written.iter().filter(|text| text.contains("<unknown>")).cloned();
    reached.into_values().chain(unknown).collect()
}

/// A position of a pattern, and those behind the wildcards that start there.
fn closure(pattern: &[u8], position: usize) -> BTreeSet<usize> {
    let wildcards = pattern[position..].iter().take_while(|byte| **byte == b'*').count();
    (position..=position + wildcards).collect()
}

fn advance(pattern: &[u8], states: &BTreeSet<usize>, digit: u8) -> BTreeSet<usize> {
    let next = |state: &usize| match pattern.get(*state) {
        Some(b'*') => closure(pattern, *state),
        Some(b'?') => closure(pattern, state + 1),
        Some(byte) if *byte == digit => closure(pattern, state + 1),
        _ => BTreeSet::new(),
    };
    states.iter().flat_map(next).collect()
}

/// Values of strangers that no condition names.
const FRESH: &[&str] = &["999999999999", "arn:aws:sns:us-east-1:999999999999:stranger", "stranger"];

/// Whether a value can be a stranger's. `written` is the text in the condition
/// that it matches.
fn is_foreign(kind: Kind, written: &str, value: &str, own: &str) -> bool {
    let wild = written.is_empty() || written.contains(['*', '?']);
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let other = |account: &str| is_account(account) && account != own;
    if value.contains("<unknown>") || value.contains("${") {
        return true;
    }
    match kind {
        Kind::Account => value != own,
        Kind::Arn => match value.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            // Buckets have no account in their ARN. A named one is the author's.
            ["arn", _, _, _, "", resource] => wild && !resource.is_empty(),
            ["arn", _, _, _, account, _] => other(account),
            _ => false,
        },
        Kind::Agreed => wild,
    }
}

/// The most wildcards of a pattern that are replaced independently.
const INDEPENDENT: usize = 2;

/// Texts that a pattern matches, with the parts of ARNs and accounts in place
/// of its wildcards.
fn instances(pattern: &str) -> Vec<String> {
    let wildcards = pattern.bytes().filter(|b| matches!(b, b'*' | b'?')).count();
    if wildcards == 0 {
        return vec![pattern.to_owned()];
    }
    let digits = ["0", "9"].into_iter().flat_map(|digit| (0..=12).map(move |length| digit.repeat(length)));
    let mut fillers: Vec<String> = digits.collect();
    fillers.extend(["x", "1", "9:x", "x:999999999999:x", "999999999999:x"].map(str::to_owned));
    fillers.extend(FRESH.iter().map(|text| (*text).to_owned()));
    if wildcards > INDEPENDENT {
        return fillers.iter().map(|filler| fill(pattern, &[filler])).collect();
    }
    let pairs = fillers.iter().flat_map(|one| fillers.iter().map(move |other| [one.as_str(), other.as_str()]));
    pairs.map(|pair| fill(pattern, &pair)).collect()
}

/// The pattern with fillers in place of its wildcards, the last one repeated.
/// A `?` takes one character.
fn fill(pattern: &str, fillers: &[&str]) -> String {
    let (mut text, mut next) = (String::new(), 0);
    for character in pattern.chars() {
        let filler = fillers.get(next).or(fillers.last()).copied().unwrap_or_default();
        match character {
            '*' => text.push_str(filler),
            '?' => text.push(filler.chars().next().unwrap_or('9')),
            other => {
                text.push(other);
                continue;
            }
        }
        next += 1;
    }
    text
}

/// Whether a condition is satisfied by the value of its key.
fn satisfies(condition: &Condition<'_>, presented: Option<&str>) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    let (operator, any) = without(&operator, "foranyvalue:");
    let (operator, all) = without(operator, "forallvalues:");
    let (operator, if_exists) = operator.strip_suffix("ifexists").map_or((operator, false), |rest| (rest, true));
    let values: Vec<String> = condition.values.iter().map(|value| text(value)).collect();
    if operator == "null" {
        return values.iter().any(|value| value.eq_ignore_ascii_case("true") == presented.is_none());
    }
    let negated = operator.contains("not");
    let Some(presented) = presented else { return all || if_exists || (negated && !any) };
    let matches = |written: &String| written.contains("${") || compare(operator, written, presented);
    values.iter().any(matches) != negated
}

fn without<'t>(text: &'t str, prefix: &str) -> (&'t str, bool) {
    text.strip_prefix(prefix).map_or((text, false), |rest| (rest, true))
}

/// Whether a value equals or matches a written one, whether the operator negates
/// the answer or not. Operators on numbers, dates and addresses match.
fn compare(operator: &str, written: &str, value: &str) -> bool {
    match operator {
        "stringequals" | "stringnotequals" => written == value,
        "stringequalsignorecase" | "stringnotequalsignorecase" | "bool" => written.eq_ignore_ascii_case(value),
        "stringlike" | "stringnotlike" => covers_exactly(written, value),
        "arnequals" | "arnlike" | "arnnotequals" | "arnnotlike" => {
            let (mut written, mut value) = (written.splitn(6, ':'), value.splitn(6, ':'));
            loop {
                match (written.next(), value.next()) {
                    (None, None) => return true,
                    (Some(pattern), Some(part)) if covers_exactly(pattern, part) => {}
                    _ => return false,
                }
            }
        }
        _ => !operator.contains("not"),
    }
}

#[cfg(test)]
mod tests;
