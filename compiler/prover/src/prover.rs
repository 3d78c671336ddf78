//! The questions, put to the solver.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use cedar_policy::{
    AuthorizationError, Authorizer, Effect, Entities, Policy, PolicyId, PolicySet, Request, RequestEnv, Schema,
};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use migspec_policies::{PolicyError, Rule, Rulebook, schema};
use thiserror::Error;

/// A violated property.
#[derive(Debug)]
pub enum Problem {
    /// No request can match the policy.
    Vacuous { policy: String },
    /// The other policy denies the same requests.
    Implied { policy: String, by: String },
    /// The folder permits a request that the built-in policies deny.
    Permits { folder: String, counterexample: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Vacuous { policy } => write!(f, "`{policy}` never matches"),
            Problem::Implied { policy, by } => {
                write!(f, "`{policy}` is redundant: `{by}` denies the same requests")
            }
            Problem::Permits { folder, counterexample } => {
                write!(f, "`{folder}` permits a request that the built-in policies deny:\n{counterexample}")
            }
        }
    }
}

/// The reason for which nothing is proven.
#[derive(Debug, Error)]
pub enum ProverError {
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("cannot read `{}`: {reason}", folder.display())]
    Folder {
        folder: PathBuf,
        #[source]
        reason: std::io::Error,
    },
    #[error("`{}` contains no `.cedar` file", .0.display())]
    Empty(PathBuf),
    #[error("cvc5 cannot be started: {0}")]
    Start(String),
    #[error("`{policy}`: {reason}")]
    Compile { policy: String, reason: String },
    /// Cedar or its solver fails; their errors have no common type.
    #[error("{0}")]
    Cedar(String),
    #[error("no runtime: {0}")]
    Runtime(#[source] std::io::Error),
}

impl ProverError {
    fn start(error: impl fmt::Display) -> Self {
        Self::Start(error.to_string())
    }

    fn cedar(error: impl fmt::Display) -> Self {
        Self::Cedar(error.to_string())
    }

    fn policy(policy: &str, error: &impl fmt::Display) -> Self {
        Self::Compile { policy: policy.to_owned(), reason: error.to_string() }
    }
}

/// How long the solver may think about one question, in milliseconds; and that
/// it may reason about parts of texts, which `like` asks for.
const SOLVER: [&str; 2] = ["--tlimit-per=60000", "--strings-exp"];

pub struct Prover {
    schema: Schema,
    policies: Vec<(Scope, Policy)>,
    solver: CedarSymCompiler<LocalSolver>,
    environments: Vec<RequestEnv>,
    questions: usize,
}

/// The results for one policy across environments.
#[derive(Default)]
struct Standing {
    matches: bool,
    /// Policies that match wherever this one has matched so far; `None` before the first match.
    implied_by: Option<BTreeSet<usize>>,
}

impl Prover {
    /// Over the built-in policies.
    ///
    /// # Errors
    ///
    /// A built-in policy cannot be read, or the solver `cvc5` does not start.
    pub fn new() -> Result<Self, ProverError> {
        let rulebook = Rulebook::builtin()?;
        let rules = rulebook.rules()?;
        let policies = rules.into_iter().map(|rule| Ok((Scope::of(rule), rule.cedar()?.clone().into())));
        Self::over(policies.collect::<Result<_, PolicyError>>()?)
    }

    fn over(policies: Vec<(Scope, Policy)>) -> Result<Self, ProverError> {
        let (schema, _) = Schema::from_cedarschema_str(&schema::text()).map_err(ProverError::cedar)?;
        // One process answers all questions: the limit is each one's, not that of all.
        let solver = LocalSolver::cvc5_with_args(SOLVER).map_err(ProverError::start)?;
        let environments = schema.request_envs().collect();
        Ok(Self {
            schema,
            policies,
            solver: CedarSymCompiler::new(solver).map_err(ProverError::cedar)?,
            environments,
            questions: 0,
        })
    }

    pub fn summary(&self, problems: &[Problem]) -> String {
        format!(
            "{} policies, {} kinds of request, {} questions, {} problems",
            self.policies.len(),
            self.environments.len(),
            self.questions,
            problems.len()
        )
    }

    /// Policies that match nothing, and offences that another one finds too.
    ///
    /// # Errors
    ///
    /// The solver fails or does not answer in time.
    pub async fn vacuous_or_implied(&mut self) -> Result<Vec<Problem>, ProverError> {
        let policies = self.policies.clone();
        let mut standing: BTreeMap<usize, Standing> =
            (0..policies.len()).map(|index| (index, Standing::default())).collect();
        for environment in self.environments.clone() {
            let mut compiled: Vec<(usize, CompiledPolicy)> = Vec::new();
            for (index, (rule, policy)) in policies.iter().enumerate() {
                if concerns(rule, &environment) {
                    let policy = CompiledPolicy::compile(policy, &environment, &self.schema);
                    compiled.push((index, policy.map_err(|error| ProverError::policy(&rule.id, &error))?));
                }
            }
            for (index, policy) in &compiled {
                let known = standing.entry(*index).or_default();
                self.ask(*index, policy, &compiled, &policies, known).await?;
            }
        }
        Ok(problems(&policies, &standing))
    }

    /// Evaluates one policy for one kind of request. Each counterexample of the
    /// solver excludes all candidates that do not match it, so the solver
    /// evaluates few pairs.
    async fn ask(
        &mut self,
        index: usize,
        policy: &CompiledPolicy,
        compiled: &[(usize, CompiledPolicy)],
        policies: &[(Scope, Policy)],
        known: &mut Standing,
    ) -> Result<(), ProverError> {
        let settled = known.matches && known.implied_by.as_ref().is_some_and(BTreeSet::is_empty);
        if settled {
            return Ok(());
        }
        self.questions += 1;
        let example = self.solver.check_never_matches_with_counterexample_opt(policy).await;
        let Some(example) = example.map_err(ProverError::cedar)? else { return Ok(()) };
        known.matches = true;
        if policies[index].1.effect() == Effect::Permit {
            // Duplicate permits of a ceiling are harmless.
            known.implied_by = Some(BTreeSet::new());
            return Ok(());
        }
        let forbids = |other: &usize| policies[*other].1.effect() == Effect::Forbid;
        let possible = |other: &usize| known.implied_by.as_ref().is_none_or(|so_far| so_far.contains(other));
        let mut candidates: BTreeMap<usize, &CompiledPolicy> =
            compiled.iter().map(|(other, candidate)| (*other, candidate)).collect();
        candidates.retain(|other, _| *other != index && forbids(other) && possible(other));
        let mut implied_by = BTreeSet::new();
        refute(&mut candidates, policies, &example)?;
        while let Some((other, candidate)) = candidates.pop_first() {
            self.questions += 1;
            let example = self.solver.check_matches_implies_with_counterexample_opt(policy, candidate).await;
            match example.map_err(ProverError::cedar)? {
                Some(example) => refute(&mut candidates, policies, &example)?,
                None => drop(implied_by.insert(other)),
            }
        }
        known.implied_by = Some(implied_by);
        Ok(())
    }

    /// Whether a folder denies every request that the built-in policies deny.
    ///
    /// # Errors
    ///
    /// The solver fails or does not answer in time.
    pub async fn only_refuses(&mut self, folder: &Path) -> Result<Option<Problem>, ProverError> {
        let mut with = PolicySet::new();
        let mut without = PolicySet::new();
        for (_, policy) in &self.policies {
            with.add(policy.clone()).map_err(ProverError::cedar)?;
            without.add(policy.clone()).map_err(ProverError::cedar)?;
        }
        for policy in read(folder)? {
            with.add(policy).map_err(ProverError::cedar)?;
        }
        for environment in self.environments.clone() {
            let compile = |set| CompiledPolicySet::compile(set, &environment, &self.schema).map_err(ProverError::cedar);
            let (with, without) = (compile(&with)?, compile(&without)?);
            self.questions += 1;
            let found = self.solver.check_implies_with_counterexample_opt(&with, &without).await;
            if let Some(found) = found.map_err(ProverError::cedar)? {
                let folder = folder.display().to_string();
                return Ok(Some(Problem::Permits { folder, counterexample: counterexample_text(&found) }));
            }
        }
        Ok(None)
    }
}

/// Removes the candidates that do not match the counterexample. Candidates that
/// cannot be evaluated remain for the solver.
fn refute(
    candidates: &mut BTreeMap<usize, &CompiledPolicy>,
    policies: &[(Scope, Policy)],
    found: &Env,
) -> Result<(), ProverError> {
    let mut asked = PolicySet::new();
    for index in candidates.keys() {
        asked.add(policies[*index].1.clone()).map_err(ProverError::cedar)?;
    }
    // All are forbids: the reasons of the refusal are the policies that match.
    let response = Authorizer::new().is_authorized(&found.request, &asked, &found.entities);
    let mut left: BTreeSet<&PolicyId> = response.diagnostics().reason().collect();
    left.extend(
        response.diagnostics().errors().map(|AuthorizationError::PolicyEvaluationError(error)| error.policy_id()),
    );
    candidates.retain(|index, _| left.contains(policies[*index].1.id()));
    Ok(())
}

/// The scope of a policy.
#[derive(Clone, Debug)]
struct Scope {
    id: String,
    action: String,
    on: Option<String>,
}

impl Scope {
    fn of(rule: &Rule) -> Self {
        Self { id: rule.id.to_string(), action: rule.action.clone(), on: rule.on.clone() }
    }
}

/// Whether the scope of a policy fits a kind of request.
fn concerns(rule: &Scope, environment: &RequestEnv) -> bool {
    let action = environment.action().id().unescaped();
    // `action in Action::"step"` includes every effect of a workflow.
    let asked = rule.action == action || rule.action == "step" && !["deploy", "grant", "connect"].contains(&action);
    asked && rule.on.as_ref().is_none_or(|on| *on == environment.resource().to_string())
}

fn problems(policies: &[(Scope, Policy)], standing: &BTreeMap<usize, Standing>) -> Vec<Problem> {
    let name = |index: usize| policies[index].0.id.clone();
    let mut problems = Vec::new();
    for (index, known) in standing {
        match &known.implied_by {
            _ if !known.matches => problems.push(Problem::Vacuous { policy: name(*index) }),
            Some(by) => {
                problems.extend(by.iter().map(|other| Problem::Implied { policy: name(*index), by: name(*other) }));
            }
            None => {}
        }
    }
    problems
}

/// The policies of a folder as they are: permits too, which `migspec` refuses.
fn read(folder: &Path) -> Result<Vec<Policy>, ProverError> {
    let unreadable = |reason: std::io::Error| ProverError::Folder { folder: folder.to_owned(), reason };
    let mut policies = Vec::new();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "cedar")) {
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let policy = Policy::parse(Some(PolicyId::new(format!("{}/{name}", folder.display()))), text);
        policies.push(policy.map_err(|error| ProverError::policy(&path.display().to_string(), &error))?);
    }
    match policies.is_empty() {
        true => Err(ProverError::Empty(folder.to_owned())),
        false => Ok(policies),
    }
}

/// A counterexample: the request, and its resource with all facts.
fn counterexample_text(found: &Env) -> String {
    let Env { request, entities } = found;
    format!("  {}\n{}", question(request), resource(request, entities))
}

fn question(request: &Request) -> String {
    let name = |uid: Option<&cedar_policy::EntityUid>| uid.map_or_else(|| "?".to_owned(), ToString::to_string);
    format!("{} by {} on {}", name(request.action()), name(request.principal()), name(request.resource()))
}

fn resource(request: &Request, entities: &Entities) -> String {
    let Some(uid) = request.resource() else { return String::new() };
    let Some(entity) = entities.get(uid) else { return String::new() };
    let mut facts: Vec<String> = entity
        .attrs()
        .map(|(name, value)| match value {
            Ok(value) => format!("    {name}: {value}"),
            Err(error) => format!("    {name}: {error}"),
        })
        .collect();
    facts.sort();
    format!("  resource \"{}\" {{\n{}\n  }}", uid.type_name(), facts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(id: &str, on: &str, condition: &str) -> (Scope, Policy) {
        let text =
            format!("forbid (principal, action == Action::\"deploy\", resource is {on}) when {{ {condition} }};");
        let scope = Scope { id: id.to_owned(), action: "deploy".to_owned(), on: Some(on.to_owned()) };
        (scope, Policy::parse(Some(PolicyId::new(id)), text).expect("it is Cedar"))
    }

    /// Without the solver nothing can be proven; the gate has it.
    fn can_prove() -> bool {
        migspec_judges::program("cvc5").is_some()
    }

    fn block<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be made").block_on(future)
    }

    fn problems(policies: Vec<(Scope, Policy)>) -> Vec<String> {
        let problems = block(async {
            let mut prover = Prover::over(policies).expect("cvc5 is installed");
            prover.vacuous_or_implied().await.expect("the solver answers")
        });
        problems.iter().map(ToString::to_string).collect()
    }

    const CLUSTER: &str = "AWS::RDS::DBCluster";

    #[test]
    fn what_contradicts_itself_matches_nothing() {
        if !can_prove() {
            return;
        }
        let policies = vec![
            policy("impossible", CLUSTER, "resource.instances > 3 && resource.instances < 2"),
            policy("possible", CLUSTER, "resource.instances < 2"),
        ];
        assert_eq!(problems(policies), ["`impossible` never matches"]);
    }

    #[test]
    fn the_narrower_of_two_is_implied() {
        if !can_prove() {
            return;
        }
        let policies = vec![
            policy("alone", CLUSTER, "resource.instances < 1"),
            policy("no-spare", CLUSTER, "resource.instances < 2"),
            policy("elsewhere", "AWS::RDS::DBInstance", "resource.publiclyAccessible"),
        ];
        assert_eq!(problems(policies), ["`alone` is redundant: `no-spare` denies the same requests"]);
    }

    #[test]
    fn a_folder_that_permits_is_shown_what_it_lets_pass() {
        if !can_prove() {
            return;
        }
        let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
        let answer = |pack: &str| {
            block(async {
                let mut prover = Prover::new().expect("cvc5 is installed");
                prover.only_refuses(&packs.join(pack)).await.expect("the solver answers")
            })
        };
        let fine = answer("refuses");
        assert!(fine.is_none(), "{fine:?}");
        let problem = answer("permits");
        let text = problem.expect("it permits").to_string();
        assert!(
            text.contains("Action::\"connect\" by Migspec::Zone::") && text.contains("resource \"Migspec::Zone\""),
            "{text}"
        );
    }
}
