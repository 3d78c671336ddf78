//! The least number of requests of a step: a share without requests proves nothing, so the bake counts from the moment
//! at which they have arrived.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Argument, Expression, Phase, State};

use super::builder::{Builder, expression};
use super::replicate::seconds_text;
use super::rollback;

/// Polls, one each minute, until a message about missing requests: as many as the bake needs, within these limits.
/// CloudWatch has the first value after some minutes.
pub(super) const FIRST_POLLS: (u64, u64) = (10, 60);
/// The polls after the message, and the seconds between two of them: a day, because nights have gaps without requests.
pub(super) const LATE_POLLS: (u64, u64) = (32, 2700);
/// The requests of a day fit into a payload: a value each minute.
const LONGEST: u64 = 24 * 3600 * 1000;
const NOW: &str = "$toMillis($states.context.State.EnteredTime)";

/// The required requests of a step.
#[derive(Clone, Copy)]
pub(super) struct Requests {
    /// The share of the step, in percent.
    pub(super) share: u8,
    pub(super) least: u32,
    /// Polls until the message, and polls until the gate fails.
    first: u64,
    pub(super) last: u64,
}

impl Requests {
    /// The requests of a step whose bake has so many polls.
    pub(super) fn new(share: u8, least: u32, polls: u64) -> Self {
        let first = polls.clamp(FIRST_POLLS.0, FIRST_POLLS.1);
        Self { share, least, first, last: first + LATE_POLLS.0 }
    }

    /// The condition in words.
    pub(super) fn words(&self) -> String {
        match self.least {
            1 => "1 request has arrived".to_owned(),
            least => format!("{least} requests have arrived"),
        }
    }

    /// The state that notifies the operations team.
    pub(super) fn message(&self) -> String {
        format!("NotifyRequests{}", self.share)
    }

    /// Whether the polls may not go on without requests.
    pub(super) fn given_up(&self) -> String {
        format!("$arrived != \"yes\" and $turns + 1 >= {}", self.last)
    }

    /// Whether it is time for the message.
    pub(super) fn due(&self) -> String {
        format!("$arrived != \"yes\" and $turns + 1 = {}", self.first)
    }

    /// The wait before the next poll, by the wait of the bake. After the message, the polls are far apart.
    pub(super) fn pause(&self, bake: &str) -> Argument {
        let (first, late) = (self.first, LATE_POLLS.1);
        expression(format!("$arrived = \"yes\" ? ({bake}) : $turns < {first} ? 60 : {late}"))
    }

    /// The number of requests since the whole minute after the step, at most a day ago. Without a value it is unknown
    /// whether they have arrived (fact: metrics-elb).
    pub(super) fn measure(&self, b: &Builder) -> State {
        let dimension = |name: &str, variable: &str| arguments!({ "Name": name, "Value": expression(variable) });
        let query = arguments!({
            "Id": "requests",
            "MetricStat": arguments!({
                "Metric": arguments!({
                    "Namespace": "AWS/ApplicationELB",
                    "MetricName": "RequestCount",
                    "Dimensions": Argument::List(vec![
                        dimension("LoadBalancer", "$loadBalancer"),
                        dimension("TargetGroup", "$targetGroup"),
                    ]),
                }),
                "Period": 60,
                "Stat": "Sum",
            }),
            "ReturnData": true,
        });
        let since = format!("$max([60000 * $ceil($shiftedAt / 60000), {NOW} - {LONGEST}])");
        let arguments = arguments!({
            "StartTime": expression(format!("$fromMillis({since})")),
            "EndTime": expression("$states.context.State.EnteredTime"),
            "MetricDataQueries": Argument::List(vec![query]),
        });
        let values = "$states.result.MetricDataResults[Id = \"requests\"].Values";
        let least = self.least;
        b.task(&format!("MeasureRequests{}", self.share), Api::GetMetricData, arguments)
            .does("counts the requests that have reached the target's compute since the step")
            .assign("requests", expression(format!("$exists({values}[0]) ? $sum({values}) : 0")))
            .assign(
                "arrived",
                expression(format!(
                    "$exists({values}[0]) ? ($sum({values}) >= {least} ? \"yes\" : \"no\") : \"unknown\""
                )),
            )
    }

    /// Adds the message about missing requests. If it cannot be sent, the polls continue.
    pub(super) fn notify(&self, b: &mut Builder, wait: &str) {
        debug_assert!(b.phase() == Phase::Shift);
        let Self { share, least, .. } = *self;
        let (polls, seconds) = LATE_POLLS;
        let hours = seconds_text(polls * seconds * 1000 / 3600);
        let what = if b.plan.moves_reads() { "reads" } else { "requests" };
        let before = Expression::quote(&format!(
            "{}: the target's compute gets {share} % of the {what}, and the step needs {least}. Since the step, \
             CloudWatch has counted ",
            b.plan.name
        ));
        let after = Expression::quote(&format!(
            ".\n\nWithout requests, quiet alarms prove nothing: the bake begins when they have arrived.\n\
             If clients send none at this time, send some through the API: they count too.\n\
             If too few arrive within {hours} hours, the source serves all requests again, and replication continues."
        ));
        let message = expression(format!("{before} & $string($requests) & {after}"));
        let state = rollback::notify(b, &self.message(), "too few requests", message, "warning")
            .does("notifies the operations team that too few requests arrive")
            .next(wait);
        b.add(rollback::leading_to(state, wait));
    }
}

/// The requests of the last step, for the people who approve what follows.
pub(super) fn approval_number(b: &Builder) -> Option<(&'static str, &'static str)> {
    let steps = !b.plan.steps().is_empty();
    steps.then_some(("Requests that reached the target's compute in the last step", "$string($requests)"))
}
