//! The policies of a run. Built-in ones are read at their first use; those of a
//! user's folder are parsed and validated at once.

use std::sync::{Arc, OnceLock};

use cedar_policy::{Effect as Says, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;
use migspec_ir::workflow::Effect;

use crate::builtin::{self, Builtin};
use crate::compiled::PolicyLine;
use crate::fingerprint::fingerprint;
use crate::rule::{self, Rule, Source};
use crate::vocabulary::STEP;
use crate::{PolicyError, schema};

/// The policies of a run: the built-in ones and those of the user's folders.
#[derive(Debug)]
pub struct Rulebook {
    files: Vec<File>,
    packs: Vec<Pack>,
}

/// A file of a user's policy folder, read by the caller.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The path for messages.
    pub name: String,
    pub text: String,
    /// The text of the case file; empty without cases.
    pub cases: String,
}

/// A policy of a user's folder.
#[derive(Debug)]
struct Pack {
    rule: Rule,
    cases: String,
}

#[derive(Debug)]
struct File {
    builtin: &'static Builtin,
    /// One rule; several for a ceiling.
    rules: OnceLock<Result<Vec<Rule>, PolicyError>>,
}

impl File {
    fn new(builtin: &'static Builtin) -> Self {
        Self { builtin, rules: OnceLock::new() }
    }

    fn rules(&self) -> Result<&[Rule], PolicyError> {
        let read = || self.read_compiled().map_or_else(|| self.parse(), Ok);
        self.rules.get_or_init(read).as_deref().map_err(PolicyError::clone)
    }

    fn source(&self) -> Arc<Source> {
        Source::new(self.builtin.family, self.builtin.id, self.builtin.text)
    }

    /// The policies from `compiled.txt`; `None` if it is older than the file.
    fn read_compiled(&self) -> Option<Vec<Rule>> {
        let lines: Vec<PolicyLine> = self.builtin.compiled.lines().map(PolicyLine::read).collect::<Option<_>>()?;
        let source = self.source();
        let rules = lines.into_iter().enumerate().map(|(place, line)| Rule::new(&source, place, line));
        (!self.builtin.compiled.is_empty()).then(|| rules.collect())
    }

    fn parse(&self) -> Result<Vec<Rule>, PolicyError> {
        Rule::parse(&self.source())
    }
}

/// The text of `compiled.txt`: the built-in policies after Cedar's parser.
///
/// # Errors
///
/// A built-in policy cannot be parsed.
pub fn compiled_text() -> Result<String, PolicyError> {
    let mut all = "The built-in policies after Cedar's parser. Written by `cargo xtask generate`.\n".to_owned();
    for builtin in builtin::POLICIES {
        let policy_lines = File::new(builtin).parse()?.iter().map(Rule::policy_line).collect::<Result<Vec<_>, _>>()?;
        let Some(lines) = policy_lines.iter().map(PolicyLine::write).collect::<Option<Vec<_>>>() else { continue };
        let head = format!("= {}/{} {:016x}\n", builtin.family, builtin.id, fingerprint(builtin.text));
        all.push_str(&head);
        lines.iter().for_each(|line| all.extend([line, "\n"]));
    }
    Ok(all)
}

impl Rulebook {
    /// The built-in policies.
    ///
    /// # Errors
    ///
    /// A built-in policy cannot be parsed.
    pub fn builtin() -> Result<Self, PolicyError> {
        Ok(Self { files: builtin::POLICIES.iter().map(File::new).collect(), packs: Vec::new() })
    }

    /// Adds the policies of a user's folder. They can only forbid.
    ///
    /// # Errors
    ///
    /// A policy of the folder is wrong, permits something, or has the name of another one.
    pub fn extend(&mut self, files: &[PolicyFile]) -> Result<(), PolicyError> {
        if files.is_empty() {
            return Ok(());
        }
        let validator = Validator::new(schema()?);
        for file in files {
            let stem = stem(&file.name);
            if self.names().any(|name| name.eq_ignore_ascii_case(stem)) {
                return Err(PolicyError::new(format!("`{}`: there is a policy `{stem}` already", file.name), []));
            }
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if stem.is_empty() || !stem.bytes().all(is_plain) {
                let message =
                    format!("`{}`: a policy's name has the letters `a` to `z`, digits and hyphens", file.name);
                return Err(PolicyError::new(message, []));
            }
            if migspec_diag::code_info(stem).is_some() {
                let message = format!("`{}`: the compiler reports problems by the name `{stem}`", file.name);
                return Err(PolicyError::new(message, []));
            }
            if nesting(&file.text) > DEEPEST {
                return Err(PolicyError::new(format!("`{}` nests deeper than {DEEPEST} brackets", file.name), []));
            }
            let rule = Self::own(stem, file.text.clone()).map_err(|error| error.of_file(&file.name, &file.text))?;
            if rule.effect == Says::Permit {
                let permits = PolicyError::new("policies of a folder can only forbid", ["this permits".to_owned()]);
                return Err(permits.of_file(&file.name, &file.text));
            }
            validate(&validator, std::iter::once(&rule)).map_err(|error| error.of_file(&file.name, &file.text))?;
            self.packs.push(Pack { rule, cases: file.cases.clone() });
        }
        Ok(())
    }

    /// The policy of a file of a user's folder.
    fn own(stem: &str, text: String) -> Result<Rule, PolicyError> {
        let rules = Rule::parse(&Source::new("custom", stem, text))?;
        rules.into_iter().next().ok_or_else(|| PolicyError::new(format!("`{stem}` holds no policy"), []))
    }

    /// Whether a policy or ceiling has this name.
    pub fn knows(&self, id: &str) -> bool {
        self.names().any(|name| name == id)
    }

    /// The names of all offences, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let builtin = self.files.iter().map(|f| f.builtin).filter(|b| !is_permit(b));
        builtin.map(|b| b.id).chain(self.packs.iter().map(|p| &*p.rule.id))
    }

    /// The number of policies, the same in every command. A policy forbids something by its name, which a finding
    /// shows and a waiver names. The permits of ceilings are no policies: they bound grants and flows.
    pub fn count(&self) -> usize {
        self.names().count()
    }

    /// The policies, parsed.
    ///
    /// # Errors
    ///
    /// A policy cannot be parsed.
    pub fn policies(&self) -> Result<Vec<&Rule>, PolicyError> {
        let mut rules = self.rules()?;
        rules.retain(|rule| rule.effect == Says::Forbid);
        Ok(rules)
    }

    /// All policies and permits, parsed.
    ///
    /// # Errors
    ///
    /// A policy cannot be parsed.
    pub fn rules(&self) -> Result<Vec<&Rule>, PolicyError> {
        self.select(|_| true, |_| true)
    }

    /// The cases beside the built-in policies and ceilings, as text, by the name of the policy.
    pub fn cases(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().map(|f| f.builtin).filter(|b| b.family != "baseline");
        files.map(|b| (b.id, b.cases))
    }

    /// The cases of a policy, as text; those of a ceiling by the ceiling's name.
    pub fn cases_of(&self, id: &str) -> Option<&str> {
        let builtin = self.files.iter().find(|f| f.builtin.id == id).map(|f| f.builtin.cases);
        builtin.or_else(|| self.packs.iter().find(|p| &*p.rule.id == id).map(|p| &*p.cases))
    }

    /// The policy with this name.
    ///
    /// # Errors
    ///
    /// A policy cannot be parsed.
    pub fn rule(&self, id: &str) -> Result<Option<&Rule>, PolicyError> {
        Ok(self.select(|b| b.id == id, |r| &*r.id == id)?.first().copied())
    }

    /// A rulebook with one offence and all permits.
    pub(crate) fn only(&self, id: &str) -> Result<Self, PolicyError> {
        let keep = |b: &&Builtin| b.id == id || is_permit(b);
        let files = self.files.iter().map(|f| f.builtin).filter(keep).map(File::new).collect();
        let packs = self.packs.iter().filter(|p| &*p.rule.id == id);
        let again = |Pack { rule, cases }: &Pack| -> Result<Pack, PolicyError> {
            let rule = Self::own(&rule.id, rule.text().to_owned())?;
            Ok(Pack { rule, cases: cases.clone() })
        };
        let packs = packs.map(again).collect::<Result<_, _>>()?;
        Ok(Self { files, packs })
    }

    /// The forbids for an action on a resource type.
    pub(crate) fn forbids(&self, action: &str, on: &str) -> Result<Vec<&Rule>, PolicyError> {
        let concerned = |rule: Option<&str>| rule.is_none_or(|rule| rule == on);
        let mut rules = self.select(
            |b| asks(b.action, action) && !is_permit(b) && concerned(b.on),
            |r| asks(&r.action, action) && concerned(r.on.as_deref()),
        )?;
        rules.retain(|r| r.effect == Says::Forbid);
        Ok(rules)
    }

    /// The permits for an action on a resource type, for the actor and for all
    /// actors.
    pub(crate) fn permits(&self, action: &str, actor: Option<&str>, on: &str) -> Result<Vec<&Rule>, PolicyError> {
        let concerned = |b: &Builtin| asks(b.action, action) && (b.actor.is_none() || b.actor == actor);
        let mut rules = self.select(|b| is_permit(b) && concerned(b), |_| false)?;
        rules.retain(|r| r.on.as_deref().is_none_or(|of| of == on));
        Ok(rules)
    }

    fn select(
        &self,
        builtin: impl Fn(&Builtin) -> bool,
        pack: impl Fn(&Rule) -> bool,
    ) -> Result<Vec<&Rule>, PolicyError> {
        let mut rules = Vec::new();
        for file in self.files.iter().filter(|f| builtin(f.builtin)) {
            rules.extend(file.rules()?);
        }
        rules.extend(self.packs.iter().map(|p| &p.rule).filter(|r| pack(r)));
        Ok(rules)
    }

    /// Validates every policy strictly; a warning counts as an error.
    ///
    /// # Errors
    ///
    /// A policy or the schema is not valid.
    pub fn validate(&self) -> Result<(), PolicyError> {
        validate(&Validator::new(schema()?), self.rules()?.into_iter())
    }

    /// The policies whose selection or form in `compiled.txt` differs from
    /// Cedar's parser: always none.
    ///
    /// # Errors
    ///
    /// A policy cannot be parsed.
    pub fn mismatches(&self) -> Result<Vec<String>, PolicyError> {
        let mut mismatches = Vec::new();
        for file in &self.files {
            let parsed = file.parse()?.iter().map(Rule::policy_line).collect::<Result<Vec<_>, _>>()?;
            let compiled = file.builtin.compiled.lines().map(PolicyLine::read).collect::<Option<Vec<_>>>();
            if compiled.is_some_and(|compiled| !compiled.is_empty() && compiled != parsed) {
                mismatches.push(file.builtin.id.to_owned());
            }
            for rule in file.rules()? {
                let Builtin { action, on, family, .. } = file.builtin;
                let differs = rule.action != *action || (*family != "ceiling" && rule.on.as_deref() != *on);
                if differs || rule.actor() != file.builtin.actor {
                    mismatches.push(rule.id.to_string());
                }
            }
        }
        Ok(mismatches)
    }

    /// All policies as one set, for Cedar's own authorizer.
    pub(crate) fn policy_set(&self) -> Result<PolicySet, PolicyError> {
        policy_set(self.rules()?.into_iter())
    }
}

/// Whether a policy for one action applies to another.
fn asks(policy: &str, action: &str) -> bool {
    policy == action || policy == STEP && Effect::KINDS.contains(&action)
}

/// The deepest nesting of brackets in a policy of a folder. Cedar's parser
/// calls itself for each.
const DEEPEST: usize = 100;

/// The deepest nesting of brackets, those in texts and comments included.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn is_permit(builtin: &Builtin) -> bool {
    rule::is_of_permits(builtin.family)
}

fn policy_set<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<PolicySet, PolicyError> {
    let policies = rules.map(|r| r.cedar().cloned()).collect::<Result<Vec<_>, _>>()?;
    PolicySet::from_policies(policies)
        .map_err(|error| PolicyError::new("two policies have the same name", [error.to_string()]))
}

fn schema() -> Result<Schema, PolicyError> {
    let (schema, warnings) = Schema::from_cedarschema_str(&schema::text())
        .map_err(|error| PolicyError::new("the schema of the facts is not valid", [error.to_string()]))?;
    let warnings: Vec<String> = warnings.map(|w| w.to_string()).collect();
    match warnings.as_slice() {
        [] => Ok(schema),
        _ => Err(PolicyError::new("the schema of the facts is not valid", warnings)),
    }
}

fn validate<'r>(validator: &Validator, rules: impl Iterator<Item = &'r Rule>) -> Result<(), PolicyError> {
    let result = validator.validate(&policy_set(rules)?, ValidationMode::Strict);
    let errors = result.validation_errors().map(|error| error as &dyn Diagnostic);
    let details: Vec<_> = errors.chain(result.validation_warnings().map(|w| w as &dyn Diagnostic)).collect();
    match details.as_slice() {
        [] => Ok(()),
        _ => Err(PolicyError::of_cedar("a policy does not fit the facts".to_owned(), details)),
    }
}

/// The name of a file without its folders and `.cedar`.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".cedar").unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_of_a_folder_is_bounded_and_has_a_name_of_its_own() {
        let refused = |name: &str, text: String| {
            let file = PolicyFile { name: name.to_owned(), text, cases: String::new() };
            let mut rulebook = Rulebook::builtin().expect("the built-in policies can be read");
            rulebook.extend(&[file]).expect_err("the policy is refused").to_string()
        };
        let deep = format!(
            "forbid (principal, action, resource) when {{ {}true{} }};",
            "(".repeat(20_000),
            ")".repeat(20_000)
        );
        assert!(refused("deep.cedar", deep).contains("nests deeper"));
        let taken = "forbid (principal, action, resource);".to_owned();
        assert!(refused("Unencrypted-Cluster.cedar", taken.clone()).contains("there is a policy"));
        // The second letter is Cyrillic.
        assert!(refused("un\u{435}ncrypted-cluster.cedar", taken.clone()).contains("the letters `a` to `z`"));
        assert!(refused("unused-waiver.cedar", taken).contains("the compiler reports"));
    }
}
