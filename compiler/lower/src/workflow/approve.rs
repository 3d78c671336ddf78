//! Approval: every role answers with a token of its own, within its time, and
//! the answers are kept as evidence.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Catch, Effect, Expression, Kind, Machine, Pattern, Retry, State};

use super::builder::{Builder, expression, insist};

pub(super) struct Ask<'t> {
    pub(super) name: &'t str,
    /// The state that keeps the answers.
    pub(super) record: &'t str,
    /// What is agreed to: `move the writer to the target`.
    pub(super) question: &'t str,
    /// Where a refusal, a silence or an error leads.
    pub(super) refused: &'t str,
    pub(super) next: &'t str,
}

pub(super) fn add(b: &mut Builder, ask: Ask) {
    let Some((roles, within)) = b.plan.approvers() else { return };
    let branches = roles.iter().enumerate().map(|(i, role)| asked(b, &ask, i, role, within.secs())).collect();
    let agreed: Vec<String> = roles
        .iter()
        .enumerate()
        .map(|(i, role)| {
            format!(
                "$states.result[{i}].decision = \"approve\" and $states.result[{i}].approvedBy = {}",
                Expression::quote(role)
            )
        })
        .collect();
    let state = b
        .state(ask.name, Kind::Parallel { branches })
        .does(format!("asks {} roles to agree to {}", roles.len(), ask.question))
        .assign("confirmed", insist(&agreed.join(" and "), "not approved by each of the roles"))
        .assign("approvals", expression("$states.result"))
        .catch(Catch { next: ask.refused.into(), ..b.route(ask.name) })
        .output(arguments!({}))
        .next(ask.record);
    b.add(state);
    record(b, &ask);
}

/// A question and, where nobody answers, silence as the answer: the other
/// roles are not interrupted.
fn asked(b: &Builder, ask: &Ask, i: usize, role: &str, within: u64) -> Machine {
    let silent = format!("{}Unanswered{}", ask.name, i + 1);
    let silence = Catch { errors: vec!["States.Timeout"], assign: Vec::new(), next: silent.as_str().into() };
    let question = question(b, ask, i, role, within).catch(silence);
    let answer = b
        .state(&silent, Kind::Pass)
        .does("takes silence as no")
        .output(arguments!({ "decision": "none", "approvedBy": "none" }));
    let start_at = question.name.clone();
    let states = [question, answer].into_iter().map(|state| (state.name.clone(), state)).collect();
    Machine { start_at, states }
}

fn question(b: &Builder, ask: &Ask, i: usize, role: &str, within: u64) -> State {
    let plan = b.plan;
    let lead = format!(
        "{}: {} may now {}.\n\nTo approve, as {role}, within {}:\n",
        plan.name,
        plan.path,
        ask.question,
        migspec_syntax::value::Duration::from_secs(within),
    );
    let answer = format!("{{\"decision\":\"approve\",\"approvedBy\":\"{role}\"}}");
    let command = format!("aws stepfunctions send-task-success --task-output '{answer}' --task-token ");
    let refuse = "\n\nTo refuse:\naws stepfunctions send-task-failure --error Migration.Refused --task-token ";
    let message = format!(
        "{} & $states.context.Task.Token & {} & $states.context.Task.Token",
        Expression::quote(&format!("{lead}{command}")),
        Expression::quote(refuse),
    );
    let arguments = arguments!({
        "TopicArn": plan.topic_arn(),
        "Subject": subject(&format!("{}: approval needed", plan.name)),
        "Message": expression(message),
    });
    b.state(
        &format!("{}By{}", ask.name, i + 1),
        Kind::Task { api: Api::Publish, pattern: Pattern::WaitForTaskToken, arguments },
    )
    .does("asks one role and waits for its answer")
    .within(within)
    .retry(Retry {
        errors: Api::Publish.info().retriable.to_vec(),
        interval: 5,
        attempts: 3,
        backoff: 2.0,
        longest: 60,
    })
    .output(expression("$states.result"))
}

/// SNS takes at most 100 characters of ASCII as a subject.
pub(super) fn subject(text: &str) -> String {
    text.chars().filter(char::is_ascii).take(100).collect()
}

fn record(b: &mut Builder, ask: &Ask) {
    let key = format!(
        "{} & $execution & {}",
        Expression::quote(&format!("{}/approvals/", b.plan.key())),
        Expression::quote(&format!("/{}.json", ask.name)),
    );
    let state = b
        .task(
            ask.record,
            Api::PutObject,
            arguments!({
                "Bucket": b.plan.evidence.as_str(),
                "Key": expression(key),
                "ContentType": "application/json",
                // Object Lock demands a checksum.
                "ChecksumAlgorithm": "SHA256",
                "Body": expression("$string($approvals)"),
            }),
        )
        .does("keeps who agreed as evidence")
        .effect(Effect::Approve);
    let state =
        State { catch: vec![Catch { next: ask.refused.into(), ..b.route(ask.record) }], ..state }.next(ask.next);
    b.add(state);
}
