//! Approval: every role answers with a token of its own, within its time, and the evidence records the answers.
//!
//! A token is in the checkpoints bucket, below the name of its role, and the bucket's policy allows only that role to
//! read it. So each answer comes from its own role.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Argument, Catch, Effect, Expression, Kind, Machine, Pattern, Retry, State, errors};

use super::builder::{Builder, expression, insist};
use super::evidence;
use crate::cutover::approvals_folder;

pub(super) struct Ask<'t> {
    pub(super) name: &'t str,
    /// The state that records the answers.
    pub(super) record: &'t str,
    /// The subject of the approval: `move the writer to the target`.
    pub(super) question: &'t str,
    /// A number for the decision: its words, and the expression.
    pub(super) found: Option<(&'t str, &'t str)>,
    /// The route of a refusal, a silence or an error.
    pub(super) refused: &'t str,
    pub(super) next: &'t str,
}

pub(super) fn add(b: &mut Builder, ask: Ask) {
    let Some((roles, within)) = b.plan.approvers() else { return };
    let questions: Vec<Question> = roles
        .iter()
        .enumerate()
        .map(|(i, role)| Question { ask: &ask, number: i + 1, role, within: within.secs() })
        .collect();
    let branches = questions.iter().map(|questions| questions.machine(b)).collect();
    let agreed: Vec<String> =
        (0..roles.len()).map(|i| format!("$states.result[{i}].answer.decision = \"approve\"")).collect();
    let state = b
        .state(ask.name, Kind::Parallel { branches })
        .does(format!("asks {} roles for approval: {}", roles.len(), ask.question))
        .assign("confirmed", insist(&agreed.join(" and "), "not approved by each of the roles"))
        .assign("approvals", expression("$append($approvals, $states.result)"))
        .catch(Catch { next: ask.refused.into(), ..b.route(ask.name) })
        .output(arguments!({}))
        .next(ask.record);
    b.add(state);
    record(b, &ask);
}

/// One role of an approval.
struct Question<'t> {
    ask: &'t Ask<'t>,
    /// From 1.
    number: usize,
    role: &'t str,
    /// Seconds.
    within: u64,
}

impl Question<'_> {
    /// Notifies the role, writes its token, and reminds it once, with a new token, after half of its time. Silence is
    /// an answer: the other roles are not interrupted.
    fn machine(&self, b: &Builder) -> Machine {
        let half = (self.within / 2).max(60);
        let (first, second) = (self.name("By"), self.name("Again"));
        let (remind, silent) = (self.name("Remind"), self.name("Unanswered"));
        let to = |names: &[&str], next: &str| Catch { errors: errors(names), assign: Vec::new(), next: next.into() };
        let states = [
            self.tell(b, &self.name("Tell"), self.within, &first),
            self.token(b, &first, self.within, half)
                .catch(to(&["States.HeartbeatTimeout"], &remind))
                .catch(to(&["States.Timeout"], &silent)),
            self.tell(b, &remind, half, &second),
            self.token(b, &second, half, half).catch(to(&["States.HeartbeatTimeout", "States.Timeout"], &silent)),
            b.state(&silent, Kind::Pass)
                .does("treats silence as a refusal")
                .output(self.with_role(arguments!({ "decision": "none" }))),
        ];
        let start_at = states[0].name.clone();
        Machine { start_at, states: states.into_iter().map(|state| (state.name.clone(), state)).collect() }
    }

    fn name(&self, what: &str) -> String {
        format!("{}{what}{}", self.ask.name, self.number)
    }

    /// The token's object, below the role's name. The same in every run of an
    /// execution: only the last token counts.
    fn key(&self, b: &Builder) -> String {
        format!(
            "{} & $execution & {}",
            Expression::quote(&format!("{}/", approvals_folder(b.plan.cutover, self.role))),
            Expression::quote(&format!("/{}", self.ask.name)),
        )
    }

    fn tell(&self, b: &Builder, name: &str, within: u64, next: &str) -> State {
        let plan = b.plan;
        let lead = format!(
            "{}: {} may now {}.\n\nAs {}, within {}, approve:\naws stepfunctions send-task-success --region {} \
             --task-output \"{{\\\"decision\\\":\\\"approve\\\"}}\" --task-token \"$(aws s3 cp --region {} s3://{}/",
            plan.name,
            plan.path,
            self.ask.question,
            self.role,
            migspec_syntax::value::Duration::from_secs(within),
            plan.region,
            plan.region,
            plan.checkpoints,
        );
        let middle = format!(
            " -)\"\n\nor refuse:\naws stepfunctions send-task-failure --region {} --error Migration.Refused --task-token \
             \"$(aws s3 cp --region {} s3://{}/",
            plan.region, plan.region, plan.checkpoints
        );
        let end = " -)\"\n\nOnly this role can read the token. A reminder creates a new token.";
        let key = self.key(b);
        let found = self.ask.found.map_or_else(String::new, |(words, number)| {
            format!(" & {} & {number}", Expression::quote(&format!("\n\n{words}: ")))
        });
        let message = format!(
            "{} & {key} & {} & {key} & {}{found}",
            Expression::quote(&lead),
            Expression::quote(&middle),
            Expression::quote(end)
        );
        let arguments = arguments!({
            "TopicArn": plan.topic_arn(),
            "Subject": subject(&format!("{}: approval needed", plan.name)),
            "Message": expression(message),
        });
        let mut state =
            b.task(name, Api::Publish, arguments).does("notifies one role that its answer is needed").next(next);
        state.catch.clear();
        state
    }

    fn token(&self, b: &Builder, name: &str, within: u64, heartbeat: u64) -> State {
        let arguments = arguments!({
            "Bucket": b.plan.checkpoints.as_str(),
            "Key": expression(self.key(b)),
            "ContentType": "text/plain",
            "Body": expression("$states.context.Task.Token"),
        });
        let kind = Kind::Task { api: Api::PutObject, pattern: Pattern::WaitForTaskToken, arguments };
        let mut state = b
            .state(name, kind)
            .does("writes the token to a key that only the role can read, and waits for its answer")
            .within(within)
            .retry(Retry {
                errors: errors(Api::PutObject.info().retriable),
                interval: 5,
                attempts: 3,
                backoff: 2.0,
                longest: 60,
            })
            .output(self.with_role(expression("$states.result")));
        state.heartbeat = Some(heartbeat.min(within.saturating_sub(1)));
        state
    }

    /// The workflow records the role that it questions, independent of the answer.
    fn with_role(&self, answer: Argument) -> Argument {
        arguments!({
            "question": self.ask.name,
            "role": self.role,
            "at": expression("$states.context.State.EnteredTime"),
            "answer": answer,
        })
    }
}

/// SNS takes at most 100 characters of ASCII as a subject.
pub(super) fn subject(text: &str) -> String {
    text.chars().filter(char::is_ascii).take(100).collect()
}

fn record(b: &mut Builder, ask: &Ask) {
    let state = evidence::put(b, ask.record, "approvals", "$string($approvals)")
        .does("records the approvals as evidence")
        .effect(Effect::Approve);
    let state =
        State { catch: vec![Catch { next: ask.refused.into(), ..b.route(ask.record) }], ..state }.next(ask.next);
    b.add(state);
}
