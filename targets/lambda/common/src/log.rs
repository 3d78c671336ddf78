//! Structured logs: one JSON object a line, of names and numbers only.

use std::fmt::{self, Debug, Display};
use std::io::Write;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde_json::{Map, Value};

/// The name of a thing: a table, a column, a role, an ARN, a step. Never a
/// value out of a row; whoever makes one states that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    pub fn of(thing: impl Into<String>) -> Self {
        Self(thing.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

/// A value for a log: a `String` or a secret becomes one only through a
/// [`Name`].
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Field {
    Text(&'static str),
    Name(Name),
    Count(u64),
    Truth(bool),
}

impl From<&'static str> for Field {
    fn from(text: &'static str) -> Self {
        Self::Text(text)
    }
}

impl From<Name> for Field {
    fn from(name: Name) -> Self {
        Self::Name(name)
    }
}

impl From<&Name> for Field {
    fn from(name: &Name) -> Self {
        Self::Name(name.clone())
    }
}

impl From<u64> for Field {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Field {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<bool> for Field {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

/// As Lambda's `ApplicationLogLevel` names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// The level that Lambda sets for a function; `INFO` if it sets none.
    pub fn of_word(word: &str) -> Self {
        match word {
            "TRACE" | "DEBUG" => Self::Debug,
            "WARN" => Self::Warn,
            "ERROR" | "FATAL" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// Writes lines that all carry the same context: request, run, trace.
#[derive(Clone)]
pub struct Log {
    context: Map<String, Value>,
    least: Level,
    sink: Sink,
}

#[derive(Clone)]
enum Sink {
    Standard,
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Log {
    /// To standard output, which Lambda sends to the function's log group.
    pub fn standard(least: Level) -> Self {
        Self { context: Map::new(), least, sink: Sink::Standard }
    }

    /// Into memory, for tests.
    pub fn memory() -> Self {
        Self { context: Map::new(), least: Level::Debug, sink: Sink::Memory(Arc::default()) }
    }

    /// The lines written so far into memory.
    pub fn lines(&self) -> String {
        match &self.sink {
            Sink::Standard => String::new(),
            Sink::Memory(bytes) => bytes.lock().map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default(),
        }
    }

    /// The same log with one more field on every line.
    #[must_use]
    pub fn with(&self, key: &'static str, field: impl Into<Field>) -> Self {
        let mut log = self.clone();
        log.context.insert(key.to_owned(), json(&field.into()));
        log
    }

    pub fn debug<const N: usize>(&self, message: &'static str, fields: [(&'static str, Field); N]) {
        self.say(Level::Debug, message, &fields);
    }

    pub fn info<const N: usize>(&self, message: &'static str, fields: [(&'static str, Field); N]) {
        self.say(Level::Info, message, &fields);
    }

    pub fn warn<const N: usize>(&self, message: &'static str, fields: [(&'static str, Field); N]) {
        self.say(Level::Warn, message, &fields);
    }

    pub fn error<const N: usize>(&self, message: &'static str, fields: [(&'static str, Field); N]) {
        self.say(Level::Error, message, &fields);
    }

    fn say(&self, level: Level, message: &'static str, fields: &[(&'static str, Field)]) {
        if level < self.least {
            return;
        }
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), jiff::Timestamp::now().to_string().into());
        line.insert("level".to_owned(), level.word().into());
        line.insert("message".to_owned(), message.into());
        line.extend(self.context.clone());
        line.extend(fields.iter().map(|(key, field)| ((*key).to_owned(), json(field))));
        self.line(&Value::Object(line));
    }

    /// One line as it is. A log that cannot be written is no reason to fail.
    pub(crate) fn line(&self, line: &Value) {
        let text = format!("{line}\n");
        match &self.sink {
            Sink::Standard => drop(std::io::stdout().lock().write_all(text.as_bytes())),
            Sink::Memory(bytes) => drop(bytes.lock().map(|mut bytes| bytes.extend_from_slice(text.as_bytes()))),
        }
    }
}

fn json(field: &Field) -> Value {
    match field {
        Field::Text(text) => (*text).into(),
        Field::Name(name) => name.as_str().into(),
        Field::Count(count) => (*count).into(),
        Field::Truth(truth) => (*truth).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_with_its_context() {
        let log = Log::memory().with("cutover", Name::of("ledger"));
        log.info("chunk compared", [("rows", 3_u64.into()), ("equal", true.into())]);
        let line: Value = serde_json::from_str(log.lines().trim()).expect("a line is JSON");
        let words = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            (words("level"), words("message"), words("cutover")),
            ("INFO".into(), "chunk compared".into(), "ledger".into())
        );
        assert_eq!((&line["rows"], &line["equal"]), (&3.into(), &true.into()));
        assert!(words("timestamp").ends_with('Z'), "Lambda filters by timestamp and level: {line}");
    }

    #[test]
    fn lines_below_the_level_are_left_out() {
        let log = Log { least: Level::Warn, ..Log::memory() };
        log.info("below the level", []);
        log.warn("said", []);
        assert_eq!(log.lines().lines().count(), 1);
    }

    #[test]
    fn levels_are_lambdas() {
        let words = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", ""];
        let levels = words.map(Level::of_word);
        use Level::{Debug, Error, Info, Warn};
        assert_eq!(levels, [Debug, Debug, Info, Warn, Error, Error, Info]);
    }
}
