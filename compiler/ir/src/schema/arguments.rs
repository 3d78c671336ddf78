//! The rules of the provider's own validators for every emitted argument: a row
//! for each rule. The provider refuses the plan before AWS is asked.

use std::fmt;
use std::net::IpAddr;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static TABLE: LazyLock<FxHashMap<&'static str, Vec<Row>>> = LazyLock::new(|| {
    let mut table: FxHashMap<&str, Vec<Row>> = FxHashMap::default();
    for (type_name, row) in include_str!("../../schemas/arguments.tsv").lines().filter_map(Row::read) {
        table.entry(type_name).or_default().push(row);
    }
    table
});

/// The rows of a type of the provider; empty for a type that nothing emits.
pub fn rows(type_name: &str) -> &'static [Row] {
    TABLE.get(type_name).map_or(&[], Vec::as_slice)
}

/// The types that have rows, sorted.
pub fn types() -> Vec<&'static str> {
    let mut types: Vec<_> = TABLE.keys().copied().collect();
    types.sort_unstable();
    types
}

/// The rules for an argument: names of blocks and of the argument, with dots.
pub fn rules(type_name: &str, path: &str) -> impl Iterator<Item = &'static Rule> {
    rows(type_name).iter().filter(move |row| row.path == path).map(|row| &row.rule)
}

/// `TYPE <tab> ARGUMENT <tab> RULE <tab> SOURCE`
#[derive(Debug)]
pub struct Row {
    pub path: &'static str,
    pub rule: Rule,
    /// The package and function of the provider.
    pub source: &'static str,
}

impl Row {
    /// `None` for a line that is no row: a test reads all.
    pub fn read(line: &'static str) -> Option<(&'static str, Row)> {
        let mut columns = line.split('\t');
        let (type_name, path) = (columns.next()?, columns.next()?);
        let (rule, source) = (Rule::read(columns.next()?)?, columns.next()?);
        Some((type_name, Row { path, rule, source }))
    }
}

/// A condition on an argument.
#[derive(Debug)]
pub enum Rule {
    /// The provider has no validator.
    Any,
    /// In bytes, as Go counts.
    Length(usize, usize),
    Range(i64, i64),
    Decimal(f64, f64),
    Multiple(i64),
    OneOf(Vec<&'static str>),
    OneOfAnyCase(Vec<&'static str>),
    /// Characters and ranges of characters: `0-9A-Za-z_-`.
    Chars(&'static str),
    /// The first character, written in the same way.
    First(&'static str),
    Without(&'static str),
    Start(&'static str),
    End(&'static str),
    NoStart(&'static str),
    NoEnd(&'static str),
    NoPart(&'static str),
    /// In any case.
    NoWord(&'static str),
    Form(Form),
    Either(Vec<Rule>),
    /// Of every key of a map.
    Keys(Box<Rule>),
    /// Of the number of entries of a map.
    Entries(Box<Rule>),
}

/// A form that no other rule describes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Account,
    Address,
    Arn,
    DayWindow,
    Duration,
    Json,
    Network,
    Percentile,
    Status,
    TaskSettings,
    VpcPrefix,
    WeekWindow,
}

impl Rule {
    fn read(text: &'static str) -> Option<Rule> {
        if text.contains(" or ") {
            return text.split(" or ").map(Rule::read).collect::<Option<_>>().map(Rule::Either);
        }
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let numbers = || rest.split_once(' ');
        Some(match name {
            "any" => Rule::Any,
            "keys" => Rule::Keys(Box::new(Rule::read(rest)?)),
            "entries" => Rule::Entries(Box::new(Rule::read(rest)?)),
            "length" => numbers().and_then(|(from, to)| Some(Rule::Length(from.parse().ok()?, to.parse().ok()?)))?,
            "range" => numbers().and_then(|(from, to)| Some(Rule::Range(from.parse().ok()?, to.parse().ok()?)))?,
            "decimal" => numbers().and_then(|(from, to)| Some(Rule::Decimal(from.parse().ok()?, to.parse().ok()?)))?,
            "multiple" => Rule::Multiple(rest.parse().ok()?),
            "one-of" => Rule::OneOf(rest.split(' ').collect()),
            "one-of-any-case" => Rule::OneOfAnyCase(rest.split(' ').collect()),
            "chars" => Rule::Chars(rest),
            "first" => Rule::First(rest),
            "without" => Rule::Without(rest),
            "start" => Rule::Start(rest),
            "end" => Rule::End(rest),
            "no-start" => Rule::NoStart(rest),
            "no-end" => Rule::NoEnd(rest),
            "no-part" => Rule::NoPart(rest),
            "no-word" => Rule::NoWord(rest),
            "form" => Rule::Form(Form::read(rest)?),
            _ => return None,
        })
    }

    /// Whether the rule is about the values of an argument, and not about the map.
    pub fn is_of_values(&self) -> bool {
        !matches!(self, Rule::Keys(_) | Rule::Entries(_))
    }

    /// Whether the provider accepts a text, or a number in digits.
    pub fn accepts(&self, text: &str) -> bool {
        match self {
            Rule::Any => true,
            Rule::Length(from, to) => (*from..=*to).contains(&text.len()),
            Rule::Range(from, to) => text.parse().is_ok_and(|number: i64| (*from..=*to).contains(&number)),
            Rule::Decimal(from, to) => text.parse().is_ok_and(|number: f64| (*from..=*to).contains(&number)),
            Rule::Multiple(of) => text.parse().is_ok_and(|number: i64| number % of == 0),
            Rule::OneOf(words) => words.contains(&text),
            Rule::OneOfAnyCase(words) => words.iter().any(|word| word.eq_ignore_ascii_case(text)),
            Rule::Chars(set) => text.chars().all(|c| is_in(set, c)),
            Rule::First(set) => text.starts_with(|c| is_in(set, c)),
            Rule::Without(set) => !text.contains(|c| set.contains(c)),
            Rule::Start(start) => text.starts_with(start),
            Rule::End(end) => text.ends_with(end),
            Rule::NoStart(start) => !text.starts_with(start),
            Rule::NoEnd(end) => !text.ends_with(end),
            Rule::NoPart(part) => !text.contains(part),
            Rule::NoWord(word) => !text.eq_ignore_ascii_case(word),
            Rule::Form(form) => form.accepts(text),
            Rule::Either(rules) => rules.iter().any(|rule| rule.accepts(text)),
            Rule::Keys(rule) | Rule::Entries(rule) => rule.accepts(text),
        }
    }
}

/// Whether a set of ASCII characters such as `0-9A-Za-z_-` has a character.
fn is_in(set: &str, character: char) -> bool {
    let Ok(byte) = u8::try_from(character) else { return false };
    let in_range = |range: &[u8]| range[1] == b'-' && (range[0]..=range[2]).contains(&byte);
    byte.is_ascii() && (set.as_bytes().contains(&byte) || set.as_bytes().windows(3).any(in_range))
}

impl Form {
    fn read(name: &str) -> Option<Form> {
        Some(match name {
            "account" => Form::Account,
            "address" => Form::Address,
            "arn" => Form::Arn,
            "day-window" => Form::DayWindow,
            "duration" => Form::Duration,
            "json" => Form::Json,
            "network" => Form::Network,
            "percentile" => Form::Percentile,
            "status" => Form::Status,
            "task-settings" => Form::TaskSettings,
            "vpc-prefix" => Form::VpcPrefix,
            "week-window" => Form::WeekWindow,
            _ => return None,
        })
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Form::Account => text.len() == 12 && is_number(text),
            Form::Address => matches!(text.parse(), Ok(IpAddr::V4(_))),
            Form::Arn => is_arn(text),
            Form::DayWindow => {
                text.split_once('-').is_some_and(|(from, to)| is_time_of_day(from) && is_time_of_day(to))
            }
            Form::Duration => text.strip_suffix(['s', 'm', 'h']).is_some_and(is_number),
            Form::Json => serde_json::from_str::<serde_json::Value>(text).is_ok(),
            Form::Network => is_network(text),
            Form::Percentile => {
                text.strip_prefix('p').is_some_and(|rest| rest.parse().is_ok_and(|n: f64| (0.0..=100.0).contains(&n)))
            }
            Form::Status => text.len() == 3 && is_number(text) && text.starts_with(['2', '4', '5']),
            Form::TaskSettings => are_task_settings(text),
            Form::VpcPrefix => prefix(text).is_some_and(|bits| (16..=28).contains(&bits)),
            Form::WeekWindow => {
                text.split_once('-').is_some_and(|(from, to)| is_time_of_week(from) && is_time_of_week(to))
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An empty text is accepted too.
fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, _, _, account, resource] => {
            let is_account = account.is_empty() || account == "aws" || (account.len() == 12 && is_number(account));
            partition.split('-').next() == Some("aws") && is_account && !resource.is_empty()
        }
        _ => text.is_empty(),
    }
}

fn is_time_of_day(text: &str) -> bool {
    let time = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
    time.and_then(|(hour, minute)| Some((hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?)))
        .is_some_and(|(hour, minute)| hour < 24 && minute < 60)
}

fn is_time_of_week(text: &str) -> bool {
    let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    text.split_once(':')
        .is_some_and(|(day, time)| days.iter().any(|known| known.eq_ignore_ascii_case(day)) && is_time_of_day(time))
}

fn prefix(network: &str) -> Option<u32> {
    network.split_once('/')?.1.parse().ok()
}

/// A network whose address has no bit beyond its prefix.
fn is_network(text: &str) -> bool {
    let address = text.split_once('/').and_then(|(address, _)| address.parse().ok());
    let beyond = |bits: u128, width: u32| {
        prefix(text).is_some_and(|prefix| {
            let host = width.checked_sub(prefix).map(|host| if host == 128 { u128::MAX } else { (1 << host) - 1 });
            host.is_some_and(|host| bits & host == 0)
        })
    };
    match address {
        Some(IpAddr::V4(address)) => beyond(u128::from(u32::from(address)), 32),
        Some(IpAddr::V6(address)) => beyond(u128::from(address), 128),
        None => false,
    }
}

/// DMS names the log group and the stream itself, and a context needs a log.
fn are_task_settings(text: &str) -> bool {
    let Ok(settings) = serde_json::from_str::<serde_json::Value>(text) else { return false };
    let logging = &settings["Logging"];
    let has_context = logging.get("EnableLogContext").is_some();
    let names_target = ["CloudWatchLogGroup", "CloudWatchLogStream"].iter().any(|name| logging.get(*name).is_some());
    !names_target && (!has_context || logging["EnableLogging"] == true)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        match self {
            Rule::Any => f.write_str("any value"),
            Rule::Length(from, to) => write!(f, "a text of {from} to {to} bytes"),
            Rule::Range(from, i64::MAX) => write!(f, "a number from {from} on"),
            Rule::Range(i64::MIN, to) => write!(f, "a number up to {to}"),
            Rule::Range(from, to) => write!(f, "a number from {from} to {to}"),
            Rule::Decimal(from, to) => write!(f, "a number from {from} to {to}"),
            Rule::Multiple(of) => write!(f, "a multiple of {of}"),
            Rule::OneOf(known) | Rule::OneOfAnyCase(known) => write!(f, "one of {}", words(known)),
            Rule::Chars(set) => write!(f, "a text of the characters `{set}`"),
            Rule::First(set) => write!(f, "a text whose first character is one of `{set}`"),
            Rule::Without(set) => write!(f, "a text without any of `{set}`"),
            Rule::Start(start) => write!(f, "a text that starts with `{start}`"),
            Rule::End(end) => write!(f, "a text that ends with `{end}`"),
            Rule::NoStart(start) => write!(f, "a text that does not start with `{start}`"),
            Rule::NoEnd(end) => write!(f, "a text that does not end with `{end}`"),
            Rule::NoPart(part) => write!(f, "a text without `{part}`"),
            Rule::NoWord(word) => write!(f, "another text than `{word}`"),
            Rule::Form(form) => f.write_str(form.description()),
            Rule::Either(rules) => {
                let texts: Vec<String> = rules.iter().map(Rule::to_string).collect();
                f.write_str(&texts.join(", or "))
            }
            Rule::Keys(rule) => write!(f, "for each key {rule}"),
            Rule::Entries(rule) => write!(f, "as the number of entries {rule}"),
        }
    }
}

impl Form {
    fn description(self) -> &'static str {
        match self {
            Form::Account => "an account: 12 digits",
            Form::Address => "an IPv4 address",
            Form::Arn => "an ARN: `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`",
            Form::DayWindow => "a window such as `03:00-03:30`",
            Form::Duration => "a duration such as `30m`",
            Form::Json => "JSON",
            Form::Network => "a network without bits beyond its prefix, such as `10.0.0.0/16`",
            Form::Percentile => "a percentile such as `p99`",
            Form::Status => "a status of three digits that starts with 2, 4 or 5",
            Form::TaskSettings => "task settings without the names of log groups and streams",
            Form::VpcPrefix => "a network with a prefix from /16 to /28",
            Form::WeekWindow => "a window such as `sun:03:00-sun:03:30`",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_row() {
        let lines: Vec<&str> = include_str!("../../schemas/arguments.tsv").lines().collect();
        let wrong: Vec<_> = lines.iter().filter(|line| Row::read(line).is_none()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(lines.is_sorted() && lines.len() > 600, "{}", lines.len());
    }

    /// Each rule with a text that it accepts and one that it refuses.
    #[test]
    fn rules_accept_and_refuse() {
        for (rule, good, bad) in [
            ("length 1 3", "abc", "abcd"),
            ("length 1 3", "a", ""),
            ("range 5 6144", "5", "4"),
            ("range 5 6144", "6144", "6145"),
            ("range 5 6144", "5", "5.5"),
            ("decimal 0 256", "0.5", "256.5"),
            ("multiple 60", "120", "90"),
            ("one-of a b", "b", "B"),
            ("one-of-any-case a b", "B", "c"),
            ("chars 0-9a-z_-", "a-0_", "A"),
            ("first a-z", "a0", "0a"),
            ("first a-z", "a0", ""),
            ("without :*", "a/b", "a:b"),
            ("start /", "/a", "a"),
            ("end :*", "a:*", "a"),
            ("no-start sg-", "sga", "sg-a"),
            ("no-end -", "a-b", "ab-"),
            ("no-part --", "a-b", "a--b"),
            ("no-word default", "defaults", "Default"),
            ("range 7 30 or one-of 0", "0", "6"),
            ("keys no-start AWS", "a", "AWS.a"),
            ("entries range 0 100", "100", "101"),
            ("form account", "123456789012", "12345678901a"),
            ("form address", "10.0.0.1", "10.0.0"),
            ("form arn", "arn:aws-cn:iam::123456789012:role/a", "arn:aws:iam::1234:role/a"),
            ("form arn", "arn:aws:iam::aws:policy/a", "aws:iam::a:b"),
            ("form arn", "", "arn:aws:sns:eu-central-1:123456789012:"),
            ("form day-window", "03:00-03:30", "3:00-03:30"),
            ("form duration", "30m", "30"),
            ("form json", "{\"a\":1}", "{a}"),
            ("form network", "10.0.0.0/8", "10.0.0.1/8"),
            ("form network", "fd00::/8", "fd00::1/8"),
            ("form network", "0.0.0.0/0", "10.0.0.0/33"),
            ("form percentile", "p99.9", "p101"),
            ("form status", "503", "301"),
            (
                "form task-settings",
                "{\"Logging\":{\"EnableLogging\":true}}",
                "{\"Logging\":{\"CloudWatchLogGroup\":1}}",
            ),
            ("form task-settings", "{}", "{\"Logging\":{\"EnableLogContext\":true}}"),
            ("form vpc-prefix", "10.0.0.0/16", "10.0.0.0/15"),
            ("form week-window", "sun:03:00-Sun:03:30", "day:03:00-sun:03:30"),
        ] {
            let known = Rule::read(rule).expect("a rule");
            assert!(known.accepts(good) && !known.accepts(bad), "{rule}: {good}, {bad}");
            assert!(!known.to_string().is_empty());
        }
        assert!(Rule::read("any").expect("a rule").accepts(""));
        for wrong in ["", "length 1", "range a b", "form cidr", "multiple x", "one-of a or nothing"] {
            assert!(Rule::read(wrong).is_none(), "{wrong}");
        }
    }
}
