//! Policies of an organisation, from its folders. They only forbid more. A permit extends a policy of its own folder, and
//! nothing else: what the built-in policies deny stays denied.

use cedar_policy_core::validator::Validator;
use migspec_diag::did_you_mean;

use crate::PolicyError;
use crate::catalogue::OwnControls;
use crate::rule::{Rule, Source};
use crate::validation::{schema, validate};

/// A file of a user's policy folder, read by the caller.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The path for messages.
    pub name: String,
    pub text: String,
    /// The text of the case file; empty without cases.
    pub cases: String,
}

/// A policy of a user's folder, with the permits that extend it.
#[derive(Debug)]
pub(crate) struct Pack {
    pub rule: Rule,
    pub cases: String,
}

/// A permit of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Extension {
    pub id: String,
    /// The policy that it extends.
    pub of: String,
}

/// The content of a folder.
#[derive(Default)]
pub(crate) struct Folder {
    pub packs: Vec<Pack>,
    pub extensions: Vec<Extension>,
}

impl Folder {
    /// Reads the policies of a folder. `taken` contains the names of all other policies and ceilings.
    pub(crate) fn read(files: &[PolicyFile], taken: &[&str], own: &OwnControls) -> Result<Self, PolicyError> {
        let mut folder = Self::default();
        if files.is_empty() {
            return Ok(folder);
        }
        let validator = Validator::new(schema()?);
        let mut rules: Vec<(Rule, &PolicyFile)> = Vec::new();
        for file in files {
            let stem = stem(&file.name);
            if taken
                .iter()
                .copied()
                .chain(rules.iter().map(|(rule, _)| &*rule.id))
                .any(|name| name.eq_ignore_ascii_case(stem))
            {
                return Err(PolicyError::new(format!("`{}`: there is a policy `{stem}` already", file.name), []));
            }
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if stem.is_empty() || !stem.bytes().all(is_plain) {
                let message =
                    format!("`{}`: a policy's name has the letters `a` to `z`, digits and hyphens", file.name);
                return Err(PolicyError::new(message, []));
            }
            if stem == "controls" {
                let message = format!("`{}`: `controls.kdl` declares controls, so no policy has this name", file.name);
                return Err(PolicyError::new(message, []));
            }
            if migspec_diag::code_info(stem).is_some() {
                let message = format!("`{}`: the compiler reports problems by the name `{stem}`", file.name);
                return Err(PolicyError::new(message, []));
            }
            if nesting(&file.text) > DEEPEST {
                return Err(PolicyError::new(format!("`{}` nests deeper than {DEEPEST} brackets", file.name), []));
            }
            let of_file = |error: PolicyError| error.of_file(&file.name, &file.text);
            let rule = read(stem, file.text.clone(), own).map_err(of_file)?;
            validate(&validator, std::iter::once(&rule)).map_err(of_file)?;
            rules.push((rule, file));
        }
        let (permits, forbids): (Vec<_>, Vec<_>) = rules.into_iter().partition(|(rule, _)| rule.extends().is_some());
        for (permit, file) in &permits {
            check_extension(permit, &forbids, taken).map_err(|error| error.of_file(&file.name, &file.text))?;
            let of = permit.extends().unwrap_or_default().to_owned();
            folder.extensions.push(Extension { id: permit.id.to_string(), of });
        }
        for (rule, file) in forbids {
            let of: Vec<&Rule> = permits.iter().map(|(p, _)| p).filter(|p| p.extends() == Some(&rule.id)).collect();
            let rule = if of.is_empty() { rule } else { rule.extend_with(&of, own)? };
            validate(&validator, std::iter::once(&rule)).map_err(|error| error.of_file(&file.name, rule.text()))?;
            folder.packs.push(Pack { rule, cases: file.cases.clone() });
        }
        Ok(folder)
    }
}

/// A permit extends a policy of its own folder, for the same requests.
fn check_extension(permit: &Rule, forbids: &[(Rule, &PolicyFile)], taken: &[&str]) -> Result<(), PolicyError> {
    let Some(of) = permit.extends() else { return Ok(()) };
    let at =
        |message: String, label: &str| Err(PolicyError::at(message, permit.place_in("extends", of, label.to_owned())));
    let Some((target, _)) = forbids.iter().find(|(rule, _)| &*rule.id == of) else {
        let help = did_you_mean(of, forbids.iter().map(|(rule, _)| &*rule.id));
        return match (taken.contains(&of), help) {
            (true, _) => at(
                format!("`{}` extends `{of}`, which is not a policy of its folder", permit.id),
                "built-in policies and those of other folders cannot be extended",
            ),
            (false, help) => at(
                format!("`{}` extends `{of}`, which is no policy of its folder", permit.id),
                &help.unwrap_or_else(|| "name a policy of this folder that forbids".to_owned()),
            ),
        };
    };
    if permit.action != target.action {
        let message = format!(
            "`{}` permits `{}`, but `{of}` forbids `{}`: a permit has the action of the policy that it extends",
            permit.id, permit.action, target.action
        );
        return at(message, "another action");
    }
    match (&permit.on, &target.on) {
        (Some(on), Some(of_target)) if on != of_target => {
            let message = format!("`{}` permits `{on}`, but `{of}` forbids only `{of_target}`", permit.id);
            at(message, "another type")
        }
        _ => Ok(()),
    }
}

/// The policy of a file of a user's folder.
pub(crate) fn read(stem: &str, text: String, own: &OwnControls) -> Result<Rule, PolicyError> {
    let rules = Rule::parse(&Source::new("custom", stem, text), own)?;
    rules.into_iter().next().ok_or_else(|| PolicyError::new(format!("`{stem}` holds no policy"), []))
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

/// The name of a file without its folders and `.cedar`.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".cedar").unwrap_or(file)
}
