use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use clap::Args;
use migspec_diag::Sources;
use migspec_policies::{Case, CaseFailure, Expect, Rulebook};

use crate::cli::options::PolicySource;
use crate::cli::{Exit, eprint_line, print};
use crate::error::CommandError;
use crate::load;
use crate::path_name;
use crate::render::count;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Policies to test (default: all of the policy folders, or the built-in policies
    /// without a folder).
    pub names: Vec<String>,
    #[command(flatten)]
    from: PolicySource,
}

/// Cases as text, by the name of their policy.
struct Files {
    /// The file name as the user wrote it, and the text; empty without a file.
    texts: BTreeMap<String, (String, String)>,
}

#[derive(Default)]
struct Tally {
    text: String,
    policies: usize,
    /// Ceilings, whose permits have cases too.
    ceilings: usize,
    /// Permits of the folder, whose cases the policies that they extend decide.
    permits: usize,
    cases: usize,
    wrong: usize,
    unexercised: Vec<String>,
}

/// Runs the cases of policies, and prints those that fail.
///
/// # Errors
///
/// A policy or its cases cannot be read, or a name is unknown.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (folders, rulebook) = arguments.from.rulebook()?;
    let mut files = if folders.is_empty() { Files::builtin(&rulebook) } else { Files::beside(&folders)? };
    if !arguments.names.is_empty() {
        for name in &arguments.names {
            if !files.texts.contains_key(name) {
                return Err(super::unknown(name, files.texts.keys().map(String::as_str)));
            }
        }
        files.texts.retain(|name, _| arguments.names.contains(name));
    }
    let mut outcome = Tally::default();
    let mut sources = Sources::new();
    for (name, (file, text)) in &files.texts {
        let cases = migspec_policy_cases::read(file, text, &mut sources)
            .map_err(|problem| CommandError::Findings(format!("{}: {problem}", sources.place(problem.span))))?;
        outcome.policy(name, &cases, &rulebook, &sources);
    }
    outcome.finish()
}

impl Files {
    fn builtin(rulebook: &Rulebook) -> Self {
        let texts = rulebook.cases().map(|(name, text)| (name.to_owned(), (format!("{name}.kdl"), text.to_owned())));
        Self { texts: texts.collect() }
    }

    /// The `.kdl` file beside each policy.
    fn beside(folders: &[impl AsRef<Path>]) -> Result<Self, CommandError> {
        let mut texts = BTreeMap::new();
        for folder in folders {
            for (name, path) in load::cases(folder.as_ref())? {
                let text = match path.is_file() {
                    true => load::read_text(&path)?,
                    false => String::new(),
                };
                texts.insert(name, (path_name::display(&path), text));
            }
        }
        Ok(Self { texts })
    }
}

impl Tally {
    fn policy(&mut self, name: &str, cases: &[Case], rulebook: &Rulebook, sources: &Sources) {
        match (rulebook.knows(name), rulebook.decider(name) == name) {
            (true, _) => self.policies += 1,
            (false, true) => self.ceilings += 1,
            (false, false) => self.permits += 1,
        }
        self.cases += cases.len();
        for case in cases {
            if let Err(failure) = case.run(rulebook.decider(name), rulebook) {
                self.wrong += 1;
                let at = sources.place(case.span);
                // Writing to a string cannot fail.
                let _ =
                    writeln!(self.text, "{at}: `{name}`, {} \"{}\": {}", word(case.expect), case.name, why(&failure));
            }
        }
        let has = |expect| cases.iter().any(|case| case.expect == expect);
        match (has(Expect::Pass), has(Expect::Fail)) {
            (true, true) => {}
            (false, true) => self.unexercised.push(format!("`{name}` has no passing case")),
            (true, false) => self.unexercised.push(format!("`{name}` has no failing case")),
            (false, false) => self.unexercised.push(format!("`{name}` is exercised by no case")),
        }
    }

    fn finish(mut self) -> Result<Exit, CommandError> {
        for line in &self.unexercised {
            let _ = writeln!(self.text, "{line}");
        }
        print(&self.text)?;
        let Tally { policies, ceilings, permits, cases, wrong, unexercised, .. } = &self;
        let others = [(*ceilings, "ceiling"), (*permits, "permit")];
        let others = others.into_iter().filter(|(number, _)| *number > 0);
        let others: String = others.map(|(number, name)| format!(" and {}", count(number, name))).collect();
        eprint_line(&format!(
            "{}{others}, {}, {wrong} failed, {} without both a passing and a failing case",
            count(*policies, "policy"),
            count(*cases, "case"),
            count(unexercised.len(), "policy"),
        ));
        Ok(if *wrong == 0 && unexercised.is_empty() { Exit::Clean } else { Exit::Findings })
    }
}

fn word(expect: Expect) -> &'static str {
    match expect {
        Expect::Pass => "pass",
        Expect::Fail => "fail",
        Expect::Undecided => "undecided",
    }
}

fn why(failure: &CaseFailure) -> String {
    let list = |names: &std::collections::BTreeSet<String>| match names.is_empty() {
        true => "nothing".to_owned(),
        false => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    match failure {
        CaseFailure::Error(failure) => failure.to_string(),
        CaseFailure::Unexpected { found, .. } => format!("found {}", list(found)),
        CaseFailure::Oracle { ours, cedar } => {
            format!("found {}, but Cedar's authorizer finds {}", list(ours), list(cedar))
        }
    }
}
