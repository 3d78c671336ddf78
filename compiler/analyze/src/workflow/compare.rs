//! Compares an edited document with the emitted one. Only meaning counts; each difference gets a verdict.
//!
//! INVARIANT: a difference is safe only by one of a few rules, each with a reason.

mod align;
mod errors;
mod form;
mod judge;
mod show;

use indexmap::IndexSet;
use serde_json::{Map, Value as Json};

pub use judge::Verdict;

use self::align::align;
use self::form::form;
use self::judge::Context;

/// A difference in meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The state; none for the document itself.
    pub state: Option<String>,
    /// The member within the state: `Arguments.Payload.side`.
    pub place: String,
    /// As text for people.
    pub found: String,
    pub expected: String,
    pub verdict: Verdict,
    /// The reason for the verdict.
    pub reason: String,
}

/// All differences in meaning, in the order of the expected document.
pub fn differences(expected: &Json, found: &Json) -> Vec<Difference> {
    let (found, mut differences) = align(expected, found);
    let mut walk = Walk { expected, found: Vec::new() };
    walk.machine(None, expected, &found);
    differences.extend(walk.found);
    differences
}

struct Walk<'e> {
    expected: &'e Json,
    found: Vec<Difference>,
}

/// A place within a state.
struct At<'a> {
    state: Option<&'a str>,
    context: Option<&'a Context<'a>>,
    place: String,
}

impl<'a> At<'a> {
    fn whole(state: &'a str) -> Self {
        At { state: Some(state), context: None, place: String::new() }
    }

    fn member(&self, name: &str) -> At<'a> {
        let place = if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        At { state: self.state, context: self.context, place }
    }

    fn item(&self, i: usize) -> At<'a> {
        At { state: self.state, context: self.context, place: format!("{}[{i}]", self.place) }
    }
}

impl Walk<'_> {
    /// A whole document, or the states inside a state.
    fn machine(&mut self, outer: Option<&str>, expected: &Json, found: &Json) {
        let at = At { state: outer, context: None, place: String::new() };
        for key in keys(expected, found) {
            match key {
                "Comment" | "Version" => {}
                "States" => self.states(outer, &expected[key], &found[key]),
                _ => self.member(&at, key, expected.get(key), found.get(key)),
            }
        }
    }

    fn states(&mut self, outer: Option<&str>, expected: &Json, found: &Json) {
        for name in keys(expected, found) {
            match (expected.get(name), found.get(name)) {
                (Some(expected), Some(found)) => self.state(name, expected, found),
                (Some(expected), None) => self.report(&At::whole(name), Some(expected), None),
                (None, found) => self.report(&At::whole(name), None, found),
            }
        }
        if !found.is_object() {
            self.report(&At { state: outer, context: None, place: "States".to_owned() }, Some(expected), None);
        }
    }

    fn state(&mut self, name: &str, expected: &Json, found: &Json) {
        let context = Context::new(self.expected, expected);
        let at = At { state: Some(name), context: Some(&context), place: String::new() };
        for key in keys(expected, found) {
            let (e, f) = (expected.get(key), found.get(key));
            match key {
                "Comment" => self.annotation(&at, e, f),
                "Branches" => self.branches(&at, e, f),
                "ItemProcessor" | "Iterator" => match (e, f) {
                    (Some(e), Some(f)) => self.machine(Some(name), e, f),
                    _ => self.report(&at.member(key), e, f),
                },
                "Catch" => self.routes(&at, expected, found),
                "Retry" => self.retries(&at, expected, found),
                _ => self.member(&at, key, e, f),
            }
        }
    }

    /// The annotations in a comment. Its text for people may differ.
    fn annotation(&mut self, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) {
        let read = |comment: Option<&Json>| {
            comment.and_then(Json::as_str).and_then(|text| serde_json::from_str::<Json>(text).ok()).unwrap_or_default()
        };
        let (expected, found) = (read(expected), read(found));
        for key in ["phase", "effects", "of", "repeat"] {
            self.member(&at.member("Comment"), key, expected.get(key), found.get(key));
        }
    }

    fn branches(&mut self, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) {
        let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
        let (e, f) = (list(expected), list(found));
        if e.len() != f.len() {
            return self.report(&at.member("Branches"), expected, found);
        }
        e.iter().zip(&f).for_each(|(e, f)| self.machine(at.state, e, f));
    }

    /// The target of each error route.
    fn routes(&mut self, at: &At<'_>, expected: &Json, found: &Json) {
        for name in errors::names(expected, found, "Catch") {
            let (e, f) = (errors::first_match(expected, "Catch", &name), errors::first_match(found, "Catch", &name));
            let at = at.member("Catch").member(&name);
            match (e, f) {
                (Some(e), Some(f)) => ["Next", "Assign", "Output"]
                    .into_iter()
                    .for_each(|key| self.member(&at, key, e.get(key), f.get(key))),
                (e, f) => self.value(&at, e.and_then(|e| e.get("Next")), f.and_then(|f| f.get("Next"))),
            }
        }
    }

    /// The retries of a call, for each error.
    fn retries(&mut self, at: &At<'_>, expected: &Json, found: &Json) {
        for name in errors::names(expected, found, "Retry") {
            let of = |json| errors::first_match(json, "Retry", &name).map(errors::with_defaults);
            let (e, f) = (of(expected), of(found));
            let at = at.member("Retry").member(&name);
            match (&e, &f) {
                (Some(e), Some(f)) => {
                    keys(e, f).into_iter().for_each(|key| self.member(&at, key, e.get(key), f.get(key)));
                }
                (e, f) => {
                    let attempts =
                        |json: &Option<Json>| json.as_ref().and_then(|json| json.get("MaxAttempts").cloned());
                    self.value(&at.member("MaxAttempts"), attempts(e).as_ref(), attempts(f).as_ref());
                }
            }
        }
    }

    fn member(&mut self, at: &At<'_>, key: &str, expected: Option<&Json>, found: Option<&Json>) {
        let kind = at.context.map_or("", |context| context.kind);
        let given = |json: Option<&Json>| json.filter(|json| !form::is_default(kind, key, json)).cloned();
        let (expected, found) = (given(expected), given(found));
        self.value(&at.member(key), expected.as_ref(), found.as_ref());
    }

    /// Down to the smallest part that differs.
    fn value(&mut self, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) {
        match (expected, found) {
            (Some(Json::Object(e)), Some(Json::Object(f))) => {
                for key in names(e, f) {
                    self.value(&at.member(key), e.get(key), f.get(key));
                }
            }
            (Some(Json::Array(e)), Some(Json::Array(f))) if e.len() == f.len() && !at.place.ends_with("effects") => {
                for (i, (e, f)) in e.iter().zip(f).enumerate() {
                    self.value(&at.item(i), Some(e), Some(f));
                }
            }
            (e, f) if e.map(form) == f.map(form) => {}
            (e, f) => self.report(at, e, f),
        }
    }

    fn report(&mut self, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) {
        let (verdict, reason) = judge::judge(self.expected, at, expected, found);
        let (found, expected) = show::pair(found, expected);
        let state = at.state.map(str::to_owned);
        self.found.push(Difference { state, place: at.place.clone(), found, expected, verdict, reason });
    }
}

/// The members of both, those of the expected one first.
fn keys<'j>(expected: &'j Json, found: &'j Json) -> Vec<&'j str> {
    let of = |json: &'j Json| json.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    of(expected).chain(of(found)).collect::<IndexSet<_>>().into_iter().collect()
}

fn names<'j>(expected: &'j Map<String, Json>, found: &'j Map<String, Json>) -> IndexSet<&'j str> {
    expected.keys().chain(found.keys()).map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
