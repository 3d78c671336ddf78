//! Documents in the Amazon States Language as workflows: the printer's output,
//! and edited versions of it.

use std::sync::Arc;

use indexmap::IndexMap;
use migspec_diag::{Diagnostic, FileId, Outcome, Span};
use migspec_ir::Origin;
use migspec_ir::workflow::{
    Api, Argument, Branch, Catch, Effect, Expression, Hold, Kind, Machine, Pattern, Phase, Redrive, Retry, State,
    Workflow, redrive,
};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::{members, places, shape};

/// Reads a document. The workflow has no bounds of loops: a document does not
/// declare them. None where the text is no state machine in JSONata.
pub fn read(name: &str, text: &str, file: FileId) -> Outcome<Option<Workflow>> {
    if text.len() > MOST_BYTES {
        let message = format!("the document has {} bytes, and Step Functions takes {MOST_BYTES}", text.len());
        return unreadable(file, 0, message);
    }
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => return unreadable(file, offset(text, &error), format!("the document is not JSON: {error}")),
    };
    if json.get("QueryLanguage").and_then(Json::as_str) != Some("JSONata") {
        return unreadable(file, 0, "the document lacks `\"QueryLanguage\": \"JSONata\"`".to_owned());
    }
    let (Some(start_at), Some(states)) = (text_of(&json, "StartAt"), json.get("States")) else {
        return unreadable(file, 0, "the document has no `StartAt` or no `States`".to_owned());
    };
    let places::Places { states: places, repeated } = places::of(text);
    let mut reader = Reader { file, places, units: Vec::new(), diagnostics: Vec::new() };
    reader.report_repeated(&repeated);
    reader.strange(&json, &members::DOCUMENT, Span::new(file, 0, 1), "the document");
    let count = count(&json);
    if count > MOST_STATES {
        return unreadable(file, 0, format!("the document has {count} states, and {MOST_STATES} are followed"));
    }
    let states = reader.states(states);
    let units = reader.units;
    let origin = Origin::Written { span: Span::new(file, 0, 1), base: None };
    let workflow = Workflow {
        name: name.into(),
        cutover: name.into(),
        comment: text_of(&json, "Comment").unwrap_or_default(),
        partition: partition(&json),
        start_at,
        timeout: json.get("TimeoutSeconds").and_then(Json::as_u64).unwrap_or(FOREVER),
        states,
        loops: Vec::new(),
        units,
        declared: Vec::new(),
        path: name.into(),
        origin,
    };
    if workflow.all_states().iter().all(|state| state.effects.is_empty()) {
        let message = "no state of the document declares its effects".to_owned();
        let found = unreadable(file, 0, message);
        return Outcome::new(Some(workflow), found.diagnostics);
    }
    Outcome::new(Some(workflow), reader.diagnostics)
}

/// The longest definition.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const MOST_BYTES: usize = 1024 * 1024;

/// Several times the states of the largest workflow that the compiler writes.
const MOST_STATES: usize = 2000;

/// The states at every depth.
fn count(json: &Json) -> usize {
    match json {
        Json::Object(members) => {
            let own = members.get("States").and_then(Json::as_object).map_or(0, serde_json::Map::len);
            own + members.values().map(count).sum::<usize>()
        }
        Json::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// The default of an absent timeout. <https://states-language.net/spec.html>
const FOREVER: u64 = 99_999_999;

fn unreadable(file: FileId, at: usize, message: String) -> Outcome<Option<Workflow>> {
    let diagnostic = Diagnostic::error("unreadable-workflow", message)
        .at(Span::new(file, at, at + 1), "in this document")
        .help("give a state machine in JSONata whose comments name the effects, as `migspec build` writes it");
    Outcome::new(None, vec![diagnostic])
}

/// The position of the parser, in bytes.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len().saturating_sub(1))
}

fn partition(json: &Json) -> &'static str {
    let text = json.to_string();
    let named = ["aws-us-gov", "aws-cn"].into_iter().find(|p| text.contains(&format!("arn:{p}:states:::")));
    named.unwrap_or("aws")
}

struct Reader {
    file: FileId,
    places: FxHashMap<String, (usize, usize)>,
    /// The objects of the effects of single states, in the order of the
    /// document.
    units: Vec<Arc<str>>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn states(&mut self, json: &Json) -> IndexMap<Arc<str>, State> {
        let members = json.as_object().into_iter().flatten();
        members.map(|(name, state)| (Arc::from(name.as_str()), self.state(name, state))).collect()
    }

    fn span(&self, name: &str) -> Span {
        let (start, end) = self.places.get(name).copied().unwrap_or((0, 1));
        Span::new(self.file, start, end)
    }

    fn state(&mut self, name: &str, json: &Json) -> State {
        let origin = Origin::Written { span: self.span(name), base: None };
        let comment = text_of(json, "Comment").and_then(|c| serde_json::from_str::<Json>(&c).ok());
        self.strange(json, members::of(json), self.span(name), &format!("`{name}`"));
        self.inner_members(name, json);
        let (kind, redrive) = match self.kind(name, json) {
            Kind::Task { api, pattern, arguments } => {
                let (arguments, redrive) = redrive::read(api, arguments);
                (Kind::Task { api, pattern, arguments }, redrive)
            }
            other => (other, Redrive::Repeats),
        };
        if comment.is_none() && kind.is_task() {
            self.report(name, "a task declares its effects in its comment", "the state has no such comment");
        }
        let comment = comment.unwrap_or_default();
        let of = text_of(&comment, "of");
        if let Some(unit) = of.as_ref().filter(|unit| !self.units.contains(unit)) {
            self.units.push(unit.clone());
        }
        let path = text_of(&comment, "node").unwrap_or_default();
        let phase = text_of(&comment, "phase").and_then(|p| Phase::parse(&p)).unwrap_or(Phase::Assess);
        State {
            effects: self.effects(name, &comment),
            of,
            hold: hold(&comment),
            heartbeat: json.get("HeartbeatSeconds").and_then(Json::as_u64),
            redrive,
            does: text_of(&comment, "does").unwrap_or_default(),
            assign: assign(json),
            output: json.get("Output").map(argument),
            next: text_of(json, "Next"),
            retry: list(json, "Retry").map(retry).collect(),
            catch: list(json, "Catch").map(catch).collect(),
            timeout: json.get("TimeoutSeconds").and_then(Json::as_u64),
            ..State::new(name, kind, phase, &path, origin)
        }
    }

    /// A repeated name: readers take one or the other.
    fn report_repeated(&mut self, repeated: &[(String, (usize, usize))]) {
        for (name, (start, end)) in repeated {
            let diagnostic = Diagnostic::error("unreadable-workflow", format!("`{name}` is repeated in one object"))
                .at(Span::new(self.file, *start, *end), "the second one")
                .help("remove one of the two: readers of JSON differ in which they take");
            self.diagnostics.push(diagnostic);
        }
    }

    /// Members that the compiler never writes: their effects are unknown.
    fn strange(&mut self, json: &Json, known: &[&str], span: Span, what: &str) {
        let strange = json.as_object().into_iter().flatten().filter(|(name, _)| !known.contains(&name.as_str()));
        for (name, _) in strange {
            let diagnostic = Diagnostic::error("unreadable-workflow", format!("{what} has the member `{name}`"))
                .at(span, format!("the verifier does not know `{name}`"))
                .help("remove it: only members that the compiler itself writes can be verified");
            self.diagnostics.push(diagnostic);
        }
        let other = |(name, value): (&str, &str)| json.get(name).is_some_and(|found| *found != *value);
        if other(("QueryLanguage", "JSONata")) {
            let diagnostic = Diagnostic::error("unreadable-workflow", format!("{what} is not in JSONata"))
                .at(span, "its `QueryLanguage` is another")
                .help("write `\"QueryLanguage\": \"JSONata\"`, or leave it out");
            self.diagnostics.push(diagnostic);
        }
    }

    /// Checks the members of a state's parts.
    fn inner_members(&mut self, name: &str, json: &Json) {
        let span = self.span(name);
        for (key, known) in members::PARTS {
            for part in list(json, key) {
                self.strange(part, known, span, &format!("`{key}` of `{name}`"));
            }
        }
        for (fault, help) in shape::faults(name, json) {
            let diagnostic = Diagnostic::error("unreadable-workflow", fault)
                .at(span, "Step Functions refuses the document")
                .help(help);
            self.diagnostics.push(diagnostic);
        }
        let mode = |key: &str| json.pointer(&format!("/ItemProcessor/ProcessorConfig/{key}")).and_then(Json::as_str);
        for (key, wanted) in [("Mode", "DISTRIBUTED"), ("ExecutionType", "STANDARD")] {
            if json.get("ItemProcessor").is_some() && mode(key) != Some(wanted) {
                let found = mode(key).unwrap_or("absent");
                let message = format!("`{key}` of `{name}` is `{found}`, and should be `{wanted}`");
                let diagnostic = Diagnostic::error("unreadable-workflow", message)
                    .at(span, "iterations of another kind have other limits and another history")
                    .help(format!("write `\"{key}\": \"{wanted}\"`"));
                self.diagnostics.push(diagnostic);
            }
        }
        if let Some(processor) = json.get("ItemProcessor") {
            self.strange(processor, &members::PROCESSOR, span, &format!("`ItemProcessor` of `{name}`"));
        }
        for key in ["ToleratedFailureCount", "ToleratedFailurePercentage"] {
            if json.get(key).is_some_and(|value| value.as_f64() != Some(0.0)) {
                let message = format!("`{name}` tolerates failures: `{key}` is {}, and should be 0", json[key]);
                let diagnostic = Diagnostic::error("unreadable-workflow", message)
                    .at(span, "a group that could not be compared would count as equal")
                    .help(format!("write `\"{key}\": 0`"));
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn report(&mut self, name: &str, message: &str, label: &str) {
        let diagnostic = Diagnostic::error("unannotated-state", message)
            .at(self.span(name), format!("`{name}`: {label}"))
            .help("write `\"Comment\": \"{\\\"phase\\\":\\\"fence\\\",\\\"effects\\\":[]}\"`, with the effects that it has");
        self.diagnostics.push(diagnostic);
    }

    fn effects(&mut self, name: &str, comment: &Json) -> Vec<Effect> {
        let mut effects = Vec::new();
        for word in list(comment, "effects").filter_map(Json::as_str) {
            match Effect::parse(word) {
                Some(effect) => effects.push(effect),
                None => self.report(name, "a comment names an effect that there is none of", &format!("`{word}`")),
            }
        }
        effects
    }

    fn kind(&mut self, name: &str, json: &Json) -> Kind {
        match text_of(json, "Type").as_deref() {
            Some("Task") => task(json),
            Some("Choice") => Kind::Choice {
                branches: list(json, "Choices").map(branch).collect(),
                default: text_of(json, "Default").unwrap_or_default(),
            },
            Some("Wait") => Kind::Wait { seconds: json.get("Seconds").map_or(Argument::Integer(0), argument) },
            Some("Parallel") => Kind::Parallel { branches: list(json, "Branches").map(|m| self.machine(m)).collect() },
            Some("Map") => self.map(json),
            Some("Succeed") => Kind::Succeed,
            Some("Fail") => Kind::Fail { error: member(json, "Error"), cause: member(json, "Cause") },
            Some("Pass") => Kind::Pass,
            other => {
                let label = format!("its type is `{}`", other.unwrap_or_default());
                self.report(name, "a state is of a type that there is none of", &label);
                Kind::Pass
            }
        }
    }

    fn machine(&mut self, json: &Json) -> Machine {
        let states = json.get("States").map(|states| self.states(states)).unwrap_or_default();
        Machine { start_at: text_of(json, "StartAt").unwrap_or_default(), states }
    }

    fn map(&mut self, json: &Json) -> Kind {
        let empty = Json::Null;
        let processor = json.get("ItemProcessor").unwrap_or(&empty);
        let mode = processor.get("ProcessorConfig").and_then(|c| c.get("Mode")).and_then(Json::as_str);
        let concurrency = json.get("MaxConcurrency").and_then(Json::as_u64).unwrap_or(0);
        Kind::Map {
            items: member(json, "Items"),
            item: json.get("ItemSelector").map(argument),
            most: MOST_ITEMS,
            concurrency: u32::try_from(concurrency).unwrap_or(0),
            distributed: (mode == Some("DISTRIBUTED")).then(|| text_of(json, "Label").unwrap_or_default()),
            processor: self.machine(processor),
        }
    }
}

/// A document has no bound on the number of items: this is an inline map's
/// limit.
const MOST_ITEMS: u32 = 40;

fn task(json: &Json) -> Kind {
    let resource = text_of(json, "Resource").unwrap_or_default();
    let arguments = member(json, "Arguments");
    // `arn:{partition}:states:::` precedes the integration's name.
    let call = resource.split_once(":states:::").map_or("", |(_, call)| call);
    let (call, pattern) = match call.strip_suffix(".waitForTaskToken") {
        Some(call) => (call, Pattern::WaitForTaskToken),
        None => (call, Pattern::RequestResponse),
    };
    match Api::ALL.iter().find(|api| api.info().resource == call) {
        Some(api) => Kind::Task { api: *api, pattern, arguments },
        None => Kind::Foreign { resource, arguments },
    }
}

fn branch(json: &Json) -> Branch {
    let condition = match member(json, "Condition") {
        Argument::Expression(condition) => condition,
        Argument::Bool(true) => Expression::new("true"),
        // Text is true where it is not empty; anything else nobody writes.
        Argument::Text(text) => Expression::new(Expression::quote(&text)),
        _ => Expression::new("false"),
    };
    Branch { condition, assign: assign(json), next: text_of(json, "Next").unwrap_or_default() }
}

fn catch(json: &Json) -> Catch {
    Catch { errors: errors(json), assign: assign(json), next: text_of(json, "Next").unwrap_or_default() }
}

/// Absent values are AWS's defaults.
fn retry(json: &Json) -> Retry {
    let number = |name: &str, otherwise: u32| {
        json.get(name).and_then(Json::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(otherwise)
    };
    Retry {
        errors: errors(json),
        interval: number("IntervalSeconds", 1),
        attempts: number("MaxAttempts", 3),
        backoff: json.get("BackoffRate").and_then(Json::as_f64).unwrap_or(2.0),
        longest: number("MaxDelaySeconds", u32::MAX),
    }
}

fn errors(json: &Json) -> Vec<Arc<str>> {
    list(json, "ErrorEquals").filter_map(Json::as_str).map(Arc::from).collect()
}

/// The good answers that a comment declares for a gate.
fn hold(comment: &Json) -> Option<Hold> {
    let number = |name: &str| comment.get("hold")?.get(name)?.as_u64();
    number("answers").map(Hold::Answers).or_else(|| number("seconds").map(Hold::Seconds))
}

fn assign(json: &Json) -> Vec<(Arc<str>, Argument)> {
    let members = json.get("Assign").and_then(Json::as_object).into_iter().flatten();
    members.map(|(name, value)| (name.as_str().into(), argument(value))).collect()
}

fn member(json: &Json, name: &str) -> Argument {
    json.get(name).map_or(Argument::Null, argument)
}

fn argument(json: &Json) -> Argument {
    match json {
        Json::String(text) => match text.strip_prefix("{%").and_then(|t| t.strip_suffix("%}")) {
            Some(inner) => parse_expression(inner.trim()),
            None => Argument::Text(text.as_str().into()),
        },
        // A number with a fraction is an expression with its text.
        Json::Number(n) if !n.is_i64() => Argument::Expression(Expression::new(n.to_string())),
        Json::Array(items) => Argument::List(items.iter().map(argument).collect()),
        Json::Object(members) => {
            Argument::Object(members.iter().map(|(name, value)| (name.as_str().into(), argument(value))).collect())
        }
        plain => plain.clone().into(),
    }
}

/// An expression that is a literal alone is that literal: the printer
/// separates evaluated from literal values.
fn parse_expression(inner: &str) -> Argument {
    match serde_json::from_str::<Json>(inner) {
        Ok(Json::String(text)) => Argument::Text(text.into()),
        Ok(Json::Bool(literal)) => Argument::Bool(literal),
        _ => Argument::Expression(Expression::new(inner)),
    }
}

fn text_of(json: &Json, name: &str) -> Option<Arc<str>> {
    json.get(name).and_then(Json::as_str).map(Arc::from)
}

fn list<'j>(json: &'j Json, name: &str) -> impl Iterator<Item = &'j Json> {
    json.get(name).and_then(Json::as_array).into_iter().flatten()
}
