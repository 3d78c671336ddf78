//! Checks between the settings of a cutover.

use migspec_diag::{Diagnostic, Span};
use migspec_syntax::ast;
use migspec_syntax::value::{Arn, Duration, Engine, Strategy};

use super::{
    APPROVAL, FENCE, LONGEST_FENCE, REFRESH, Resolved, fence, fence_at_most, reads, refresh, stem, together, windows,
    writers,
};
use crate::cx::Cx;
use crate::index::Relation;

pub(super) fn check(cx: &mut Cx, resolved: &Resolved) {
    let cutover = resolved.cutover;
    together::check(cx, resolved);
    for relation in &resolved.relations {
        engine(cx, cutover, relation);
        validation(cx, cutover, relation);
        lag(cx, cutover, relation);
        writers::check(cx, cutover, relation);
    }
    strategy(cx, resolved);
    after(cx, cutover);
    writer_switch(cx, cutover);
    fence::check(cx, resolved);
    approval(cx, resolved);
    windows::check(cx, resolved);
    spans(cx, cutover);
}

/// The time in which an alarm of the gates evaluates three data points of a minute.
const SHORTEST_BAKE: u64 = 3 * 60;

/// The shortest time in which a wrong booking is noticed.
const SHORTEST_ROLLBACK: u64 = 24 * 3_600;

/// The longest window in which people are on call for a cutover, in minutes.
const LONGEST_WINDOW: u16 = 12 * 60;

/// Written times without an effect.
fn spans(cx: &mut Cx, cutover: &ast::Cutover) {
    for step in cutover.strategy.step.iter().filter(|step| step.bake.secs() < SHORTEST_BAKE) {
        cx.report(
            Diagnostic::error("bake-too-short", format!("a step bakes for {}, which is too short", step.bake.value))
                .at(step.bake.span(), "no alarm can fire in this time")
                .help("write bake=\"3m\" or more"),
        );
    }
    for step in cutover.strategy.step.iter().filter(|step| step.requests.0 == 0) {
        cx.report(
            Diagnostic::error("wrong-value", "`requests` must be at least 1")
                .at(step.requests.span(), "a share without a request proves nothing")
                .help("write the number of requests that prove the share; one request that a person sends counts too"),
        );
    }
    if let Some(rollback) = cutover.rollback.as_ref().filter(|r| r.window.secs() < SHORTEST_ROLLBACK) {
        cx.report(
            Diagnostic::error(
                "rollback-window-too-short",
                format!("a rollback is possible for {}", rollback.window.value),
            )
            .at(rollback.window.span(), "too short to notice a wrong booking")
            .help("write rollback window=\"24h\" or more"),
        );
    }
    if let Some(fence) = cutover.fence.as_ref().filter(|fence| fence.at_most.secs() > LONGEST_FENCE) {
        cx.report(
            Diagnostic::error("fence-too-long", format!("no payment may be written for {}", fence.at_most.value))
                .at(fence.at_most.span(), "longer than 5m")
                .help("write at-most=\"5m\" or less: the workflow then returns to the source"),
        );
    }
    let within = cutover.approval.as_ref().map(|approval| &approval.within);
    if let Some(within) = within.filter(|within| !APPROVAL.contains(&within.secs())) {
        cx.report(
            Diagnostic::error("approval-time", format!("an approval cannot wait for {}", within.value))
                .at(within.span(), "not between 5m and 7d")
                .help("write the time in which both approvers decide, such as within=\"24h\""),
        );
    }
    for when in cutover.window.iter().flat_map(|window| &window.when).filter(|w| w.hours.length() > LONGEST_WINDOW) {
        let hours = when.hours.length() / 60;
        cx.report(
            Diagnostic::error("window-too-long", format!("the window is {hours} hours long"))
                .at(when.span(), "longer than 12 hours")
                .help("name the hours in which people are on call for the cutover"),
        );
    }
}

/// Two cutovers that move the same traffic or have the same name.
pub(super) fn report_shared(cx: &mut Cx, all: &[Resolved]) {
    for (i, second) in all.iter().enumerate() {
        let earlier = &all[..i];
        if let Some(first) = earlier.iter().find(|f| f.api.key.as_str() == second.api.key.as_str()) {
            cx.report(
                Diagnostic::error(
                    "shared-api",
                    format!("two cutovers shift the traffic of `{}`", second.api.key.value),
                )
                .at(second.cutover.api.span(), "the second")
                .with(first.cutover.api.span(), "the first")
                .help(format!("move both in one cutover: {}", together::moving(first, second))),
            );
        }
        if let Some(first) = earlier.iter().find(|f| stem(f.cutover) == stem(second.cutover)) {
            let at = |c: &ast::Cutover| c.name.as_ref().map_or(c.place.header, |name| name.span());
            cx.report(
                Diagnostic::error("name-collision", format!("two workflows are named `{}`", stem(second.cutover)))
                    .at(at(second.cutover), "the second")
                    .with(at(first.cutover), "the first")
                    .help("give one of them a different `name`"),
            );
        }
    }
}

/// The functions support PostgreSQL only: they cannot fence, drain or validate another engine.
fn engine(cx: &mut Cx, cutover: &ast::Cutover, relation: &Relation) {
    if !relation.is_supported() {
        return;
    }
    let sides = [
        (&relation.source.engine, Engine::Postgresql, "source"),
        (&relation.database.engine, Engine::AuroraPostgresql, "database"),
    ];
    for (engine, supported, side) in sides {
        if **engine != supported && !(side == "source" && **engine == Engine::AuroraPostgresql) {
            cx.report(
                Diagnostic::error(
                    "cutover-engine",
                    format!("cutover of a {side} with `{}` is not supported yet", engine.value),
                )
                .at(engine.span(), format!("the {side}'s engine"))
                .with(cutover.place.header, "the functions fence and validate PostgreSQL only")
                .help("remove the cutover, and a validation: the replication works without them"),
            );
            return;
        }
    }
}

fn validation(cx: &mut Cx, cutover: &ast::Cutover, relation: &Relation) {
    // A validation of an unknown replication is reported, and probably this one's.
    let is_known = |key: &str| cx.index.replications.contains_key(key);
    if relation.validation.is_none() && cx.spec.validation.iter().any(|node| !is_known(node.key.as_str())) {
        return;
    }
    let diagnostic = match relation.validation {
        None => Diagnostic::error(
            "cutover-without-validation",
            format!("no validation compares both sides of `{}`", relation.key()),
        )
        .at(cutover.place.header, "this cutover moves the writer")
        .with(relation.node.place.header, "the replication without a validation")
        .help(format!("add: validation \"{}\" {{ rows; checksums }}", relation.key())),
        Some(validation) if validation.rows.is_none() && validation.checksums.is_none() => {
            Diagnostic::error("cutover-without-validation", "a validation that compares neither rows nor checksums")
                .at(validation.place.header, "compares no data")
                .with(cutover.place.header, "the cutover that relies on it")
                .help("add `rows` and `checksums`")
        }
        Some(_) => return,
    };
    cx.report(diagnostic);
}

fn strategy(cx: &mut Cx, resolved: &Resolved) {
    let strategy = &resolved.cutover.strategy;
    let steps = &strategy.step;
    match *strategy.kind {
        Strategy::Compute => steps_to_all(cx, strategy),
        Strategy::Reads => {
            steps_to_all(cx, strategy);
            reads::check(cx, resolved);
        }
        Strategy::Atomic => {
            if let Some(step) = steps.first() {
                cx.report(
                    Diagnostic::error("strategy-steps", "an atomic cutover has no steps")
                        .at(strategy.kind.span(), "all traffic moves at once")
                        .with(step.place.header, "a step")
                        .help("remove the steps, or write strategy \"compute\""),
                );
            }
        }
    }
}

/// Ascending shares, each once, up to 100%: the writer flips after the last request to the source's compute.
fn steps_to_all(cx: &mut Cx, strategy: &ast::CutoverStrategy) {
    let Some(last) = strategy.step.last() else {
        cx.report(
            Diagnostic::error("strategy-steps", format!("the strategy `{}` has no steps", strategy.kind.value))
                .at(strategy.place.header, "no traffic shifts before the writer moves")
                .help("add `step \"10%\" bake=\"10m\"` and so on up to `step \"100%\"`, or write strategy \"atomic\""),
        );
        return;
    };
    for pair in strategy.step.windows(2) {
        if pair[1].share.0 <= pair[0].share.0 {
            cx.report(
                Diagnostic::error(
                    "strategy-steps",
                    format!("the step to {} does not follow the one to {}", pair[1].share.value, pair[0].share.value),
                )
                .at(pair[1].share.span(), "not above the previous step")
                .with(pair[0].share.span(), "the previous step")
                .help("each step needs a larger share than the previous one"),
            );
        }
    }
    if let Some(none) = strategy.step.iter().find(|s| s.share.0 == 0) {
        cx.report(
            Diagnostic::error("strategy-steps", "a step shifts no traffic")
                .at(none.share.span(), "shifts no request")
                .help("start with a share above 0%"),
        );
    }
    if last.share.0 != 100 {
        cx.report(
            Diagnostic::error(
                "strategy-steps",
                format!("the last step shifts only {} of the requests", last.share.value),
            )
            .at(last.share.span(), "the rest stays on the source")
            .with(strategy.kind.span(), "the writer flips after the last step")
            .help("add `step \"100%\"`"),
        );
    }
}

/// The cutovers of `after` must exist, and must not depend on this one.
fn after(cx: &mut Cx, cutover: &ast::Cutover) {
    let spec = cx.spec;
    let Some(after) = &cutover.after else { return };
    for key in &after.cutovers {
        let Some(before) = spec.cutover.iter().find(|c| c.key.as_str() == key.as_str()) else {
            cx.unknown_reference(&["cutover"], key, spec.cutover.iter().map(|c| c.key.as_str()));
            continue;
        };
        // Follows each cutover back through its own `after`.
        let mut waits_for: Vec<&ast::Cutover> = vec![before];
        let mut next = 0;
        while let Some(found) = waits_for.get(next).copied() {
            for key in found.after.iter().flat_map(|a| &a.cutovers) {
                let known = |c: &&ast::Cutover| c.key.as_str() == key.as_str();
                if !waits_for.iter().any(&known) {
                    waits_for.extend(spec.cutover.iter().find(known));
                }
            }
            next += 1;
        }
        if waits_for.iter().any(|c| c.key.as_str() == cutover.key.as_str()) {
            cx.report(
                Diagnostic::error("cutover-order", format!("the cutover `{}` waits for itself", cutover.key.value))
                    .at(key.span(), "depends on this cutover")
                    .with(before.place.header, "waits for these")
                    .help("remove one `after` to break the cycle"),
            );
        }
    }
}

/// An application that reads the switch too rarely still tries to write to the source when the fence times out.
fn writer_switch(cx: &mut Cx, cutover: &ast::Cutover) {
    let (refresh, at_most) = (refresh(cutover), fence_at_most(cutover));
    let fallback = cutover.place.header;
    let refresh_at = cutover.writer_switch.as_ref().map_or(fallback, |w| w.refresh.span());
    let fence_at = cutover.fence.as_ref().map_or(fallback, |f| f.at_most.span());
    let second = Duration::from_secs(1);
    for (name, example, value, at) in [("refresh", "5s", refresh, refresh_at), ("at-most", "30s", at_most, fence_at)] {
        if value < second {
            cx.report(
                Diagnostic::error("wrong-value", format!("`{name}` must be at least 1s"))
                    .at(at, "less than a second")
                    .help(format!("write {name}=\"{example}\"")),
            );
        }
    }
    if refresh < at_most || at_most < second {
        return;
    }
    let places = [(refresh_at, "not within the fence"), (fence_at, "the timeout of the fence")];
    // The value that differs from its default comes first.
    let [at, with] = if refresh == REFRESH { [places[1], places[0]] } else { places };
    cx.report(
        Diagnostic::error(
            "writer-refresh-too-slow",
            format!("applications read the writer switch every {refresh}, but the fence times out after {at_most}"),
        )
        .at(at.0, at.1)
        .with(with.0, with.1)
        .help(format!("set `refresh` below {at_most}, or raise `at-most`")),
    );
}

fn approval(cx: &mut Cx, resolved: &Resolved) {
    let Resolved { cutover, relations, .. } = resolved;
    match (&cutover.approval, relations.iter().find(|r| !r.reversed())) {
        (None, Some(relation)) => {
            let reverse = relation.node.reverse.as_ref().map_or(relation.node.place.header, |r| r.place.header);
            cx.report(
                Diagnostic::error("loss-without-approval", "a rollback would lose writes without an approval")
                    .at(cutover.place.header, "has no `approval`")
                    .with(reverse, "no reverse replication")
                    .help("add `approval { by \"<role>\" \"<role>\" }`, or enable reverse replication"),
            );
        }
        (None, None) => {}
        (Some(approval), _) => approvers(cx, approval),
    }
}

fn approvers(cx: &mut Cx, approval: &ast::Approval) {
    let roles = &approval.by.roles;
    let account = cx.graph.environment.account.clone();
    for role in roles {
        let is_here = role.account() == &*account && role.partition() == cx.graph.environment.partition;
        if !is_here || role.service() != "iam" || !role.resource().starts_with("role/") {
            let environment = cx.graph.environment.name.clone();
            let span = cx.graph.environment.span;
            cx.report(
                Diagnostic::error("approver-elsewhere", format!("`{}` is not a role of account {account}", role.value))
                    .at(role.span(), "cannot approve here")
                    .with(span, format!("environment `{environment}`"))
                    .help(format!("name a role such as \"{}\"", example(cx))),
            );
        }
    }
    let deployer = cx.environment.deploy.as_ref().map(|deploy| &deploy.role);
    if let Some((role, deployer)) =
        deployer.and_then(|deployer| Some((roles.iter().find(|role| name(role) == name(deployer))?, deployer)))
    {
        cx.report(
            Diagnostic::error("approver-deploys", format!("`{}` deploys, and approves", role.value))
                .at(role.span(), "an approver")
                .with(deployer.span(), "the role that deploys")
                .help("name a role of people who do not deploy"),
        );
    }
    let first = roles.first();
    let repeated = roles.iter().enumerate().find(|(i, role)| roles[..*i].iter().any(|r| name(r) == name(role)));
    if let (Some(first), Some((_, again))) = (first, repeated) {
        report_single(cx, again.span(), first.span());
    } else if roles.len() < 2 {
        report_single(cx, approval.by.place.header, approval.place.header);
    }
}

/// An approver is a role that people assume: none of the migration's own, and none of a service. Called once all roles
/// are lowered.
pub(crate) fn check_approvers(cx: &mut Cx) {
    let own: Vec<String> = cx
        .graph
        .of_type("AWS::IAM::Role")
        .filter_map(|role| Some(role.get("RoleName")?.value.as_str()?.to_lowercase()))
        .collect();
    let spec = cx.spec;
    let is_own = |role: &Arn| own.contains(&name(role));
    let is_service = |role: &Arn| role.resource().starts_with("role/aws-service-role/");
    let roles = spec.cutover.iter().filter_map(|cutover| cutover.approval.as_ref()).flat_map(|a| &a.by.roles);
    for role in roles.filter(|role| {
        is_own(role) || is_service(role) || is_of_pipeline(&name(role)) || is_of_administrators(&name(role))
    }) {
        cx.report(
            Diagnostic::error("approver-of-the-migration", format!("`{}` is no role of an approver", role.value))
                .at(role.span(), "a role of the deployment, of a service or of administrators")
                .help(format!("name a role that people assume, such as \"{}\"", example(cx))),
        );
    }
}

/// Whether a role has the name of a pipeline, which approves whatever its repository contains.
fn is_of_pipeline(name: &str) -> bool {
    const WORDS: &[&str] =
        &["actions", "automation", "bot", "ci", "circleci", "github", "gitlab", "jenkins", "pipeline", "terraform"];
    name.split(['-', '_', '.']).any(|word| WORDS.contains(&word))
}

/// Whether a role has the name of one that administers the account: whoever assumes it can also change the approval.
fn is_of_administrators(name: &str) -> bool {
    const NAMES: &[&str] = &["administratoraccess", "organizationaccountaccess", "controltowerexecution", "poweruser"];
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.iter().any(|known| letters.contains(known)) || ["admin", "administrator", "root"].contains(&&*letters)
}

fn example(cx: &Cx) -> String {
    let environment = &cx.graph.environment;
    format!("arn:{}:iam::{}:role/payments-lead", environment.partition, environment.account)
}

/// IAM compares names of roles without case, and a name exists once whatever
/// its path (fact: iam-role-names).
fn name(role: &Arn) -> String {
    let resource = role.resource();
    resource.rsplit_once('/').map_or(resource, |(_, name)| name).to_lowercase()
}

fn report_single(cx: &mut Cx, at: Span, with: Span) {
    cx.report(
        Diagnostic::error("single-approver", "an approval needs two different roles")
            .at(at, "the only approver")
            .with(with, "the approval")
            .help("name two roles of different people"),
    );
}

/// The alarm must fire below the lag at which the gate closes.
fn lag(cx: &mut Cx, cutover: &ast::Cutover, relation: &Relation) {
    let Some(lag) = &relation.node.lag else { return };
    if lag.alarm.millis() > lag.gate.millis() && lag.gate.millis() > 0 {
        cx.report(
            Diagnostic::error(
                "lag-alarm-above-gate",
                format!("the alarm fires at a lag of {}, but the gate closes at {}", lag.alarm.value, lag.gate.value),
            )
            .at(lag.alarm.span(), "fires too late")
            .with(lag.gate.span(), "the limit of the gate")
            .help(format!("set the alarm to {} or below", lag.gate.value)),
        );
    }
    // A fence below the lag that the gate allows cannot drain.
    let at_most = fence_at_most(cutover);
    let slow = refresh(cutover) >= at_most;
    if !slow && at_most.secs() > 0 && lag.gate.millis() >= at_most.millis() {
        let fence = cutover.fence.as_ref().map_or(cutover.place.header, |f| f.at_most.span());
        let places = [(fence, "times out before the lag can drain"), (lag.gate.span(), "maximum lag allowed here")];
        // The value that differs from its default comes first.
        let [at, with] = if at_most == FENCE { [places[1], places[0]] } else { places };
        cx.report(
            Diagnostic::error(
                "fence-shorter-than-lag",
                format!("the gate allows a lag of {}, but the fence times out after {at_most}", lag.gate.value),
            )
            .at(at.0, at.1)
            .with(with.0, with.1)
            .help("lower the gate, or raise `at-most`"),
        );
    }
    let reverse = relation.node.reverse.as_ref().and_then(|reverse| reverse.lag.as_ref());
    if let Some(reverse) = reverse.filter(|lag| lag.alarm.millis() > at_most.millis().max(FENCE.millis())) {
        cx.report(
            Diagnostic::error(
                "reverse-alarm-too-high",
                format!("the alarm fires at a reverse lag of {}, which no fence waits for", reverse.alarm.value),
            )
            .at(reverse.alarm.span(), format!("above {at_most}, the timeout of the fence"))
            .help(format!("set the alarm to {at_most} or below")),
        );
    }
}
