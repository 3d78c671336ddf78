//! The policies of a run. Built-in ones are read at their first use; those of a
//! user's folder are parsed and validated at once.

use std::sync::{Arc, OnceLock};

use cedar_policy_core::ast::{Effect as Says, PolicySet};
use cedar_policy_core::validator::Validator;
use migspec_ir::workflow::Effect;

use crate::PolicyError;
use crate::builtin::{self, Builtin};
use crate::catalogue::{Control, OwnControls};
use crate::compiled::PolicyLine;
use crate::fingerprint::fingerprint;
use crate::folder::{self, Extension, Folder, Pack, PolicyFile};
use crate::rule::{self, Rule, Source};
use crate::validation::{policy_set, schema, validate};
use crate::vocabulary::STEP;

/// The policies of a run: the built-in ones and those of the user's folders.
#[derive(Default, Debug)]
pub struct Rulebook {
    files: Vec<File>,
    packs: Vec<Pack>,
    /// Permits of folders, which are part of the policies that they extend.
    extensions: Vec<Extension>,
    /// Controls of folders.
    own: OwnControls,
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
        Rule::parse(&self.source(), &OwnControls::new())
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
        Ok(Self { files: builtin::POLICIES.iter().map(File::new).collect(), ..Self::default() })
    }

    /// Adds the policies of a user's folder. They can only forbid.
    ///
    /// # Errors
    ///
    /// A policy of the folder is wrong, permits something else than an extension, or has the name of another one.
    pub fn extend(&mut self, files: &[PolicyFile]) -> Result<(), PolicyError> {
        let ceilings = self.files.iter().map(|f| f.builtin).filter(|b| is_permit(b)).map(|b| b.id);
        let permits = self.extensions.iter().map(|extension| &*extension.id);
        let taken: Vec<&str> = self.names().chain(ceilings).chain(permits).collect();
        let Folder { packs, extensions } = Folder::read(files, &taken, &self.own)?;
        self.packs.extend(packs);
        self.extensions.extend(extensions);
        Ok(())
    }

    /// Adds controls for the policies of folders that are added later.
    pub fn declare(&mut self, controls: impl IntoIterator<Item = Control>) {
        self.own.extend(controls.into_iter().map(|control| (control.id.clone(), Arc::new(control))));
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

    /// The controls of the folders, by id.
    pub fn own_controls(&self) -> impl Iterator<Item = &Control> {
        self.own.values().map(|control| &**control)
    }

    /// The policy that decides the cases of a file: of a permit, the policy that it extends.
    pub fn decider<'r>(&'r self, id: &'r str) -> &'r str {
        self.extensions.iter().find(|extension| extension.id == id).map_or(id, |extension| &extension.of)
    }

    /// The permits that extend a policy of a folder.
    pub fn extensions_of<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r str> {
        self.extensions.iter().filter(move |extension| extension.of == id).map(|extension| &*extension.id)
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
            let rule = folder::read(&rule.id, rule.text().to_owned(), &self.own)?;
            Ok(Pack { rule, cases: cases.clone() })
        };
        let packs = packs.map(again).collect::<Result<_, _>>()?;
        Ok(Self { files, packs, own: self.own.clone(), extensions: Vec::new() })
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

fn is_permit(builtin: &Builtin) -> bool {
    rule::is_of_permits(builtin.family)
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
