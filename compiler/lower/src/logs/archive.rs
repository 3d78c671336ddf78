//! Copies of all events in the account of a log archive: whoever controls the account of the migration cannot change
//! them.

use std::collections::BTreeMap;
use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Id, Moment, Origin, Request, Resource, Value, json};
use migspec_syntax::Setting;
use migspec_syntax::value::Arn;

use crate::cx::{Cx, datum};
use crate::policy::Statement;
use crate::{declared, names};

const BY: &str = "logs";

/// The log groups of each region.
type Groups = BTreeMap<Arc<str>, Vec<Id>>;

pub(crate) fn lower(cx: &mut Cx) {
    let Some(logs) = &cx.spec.logs else { return };
    let groups = groups(cx);
    let mut known: Vec<&Setting<Arn>> = Vec::new();
    for subscription in &logs.subscription {
        let arn = &subscription.destination;
        if let Some(found) = fault(cx, arn, &groups, &known) {
            cx.report(found);
            continue;
        }
        known.push(arn);
        let at = Origin::derived(BY, subscription.place.header);
        add(cx, arn, groups.get(arn.region()).map_or(&[] as &[_], Vec::as_slice), at);
    }
    // A destination elsewhere is probably meant for the region that lacks one.
    if known.len() == logs.subscription.len() {
        check_regions(cx, &groups, &known);
    }
}

fn groups(cx: &Cx) -> Groups {
    let mut groups = Groups::new();
    for group in cx.graph.of_type("AWS::Logs::LogGroup") {
        let region = group.region.clone().unwrap_or_else(|| cx.graph.environment.region.clone());
        groups.entry(region).or_default().push(group.id.clone());
    }
    groups
}

/// The name of a destination, in its ARN.
fn name_of(arn: &Arn) -> Option<&str> {
    let name = arn.resource().strip_prefix("destination:")?;
    (arn.service() == "logs" && !name.is_empty() && !name.contains([':', '*'])).then_some(name)
}

/// The reason why log groups cannot send their events to a destination (fact: logs-destination-region).
fn fault(cx: &Cx, arn: &Setting<Arn>, groups: &Groups, known: &[&Setting<Arn>]) -> Option<Diagnostic> {
    if name_of(arn).is_none() {
        let message = format!("`{}` is not the ARN of a destination of CloudWatch Logs", arn.value);
        return Some(Diagnostic::error("not-a-log-destination", message).at(arn.span(), "no destination").help(
            "write \"arn:aws:logs:REGION:ACCOUNT:destination:NAME\", as `aws logs describe-destinations` of \
                       the archive's account shows it",
        ));
    }
    if let Some(first) = known.iter().find(|first| first.region() == arn.region()) {
        return Some(
            Diagnostic::error("log-destination-elsewhere", format!("two destinations are in `{}`", arn.region()))
                .at(arn.span(), "the second")
                .with(first.span(), "the first")
                .help("name one destination for each region"),
        );
    }
    let here = &cx.graph.environment;
    let is_partition = arn.partition() == here.partition;
    let place = match (is_partition, groups.contains_key(arn.region())) {
        (true, true) => return None,
        (true, false) => format!("no log group is in `{}`", arn.region()),
        (false, _) => format!("not in the partition `{}`", here.partition),
    };
    let regions: Vec<&str> = groups.keys().map(|region| &**region).collect();
    let regions = regions.join(" or ");
    Some(
        Diagnostic::error("log-destination-elsewhere", "the destination is where no log group is")
            .at(arn.span(), place)
            .with(here.span, "this environment")
            .help(format!("log groups send their events within their region: name a destination in {regions}")),
    )
}

/// Each region with log groups has a destination, once one of them has.
fn check_regions(cx: &mut Cx, groups: &Groups, known: &[&Setting<Arn>]) {
    let Some(first) = known.first() else { return };
    let missing = groups.keys().filter(|region| !known.iter().any(|arn| arn.region() == &***region));
    for region in missing {
        let (account, partition) = (first.account(), cx.graph.environment.partition);
        cx.report(
            Diagnostic::error("log-destination-elsewhere", format!("`logs` names no destination in `{region}`"))
                .at(first.span(), format!("a destination in `{}`", first.region()))
                .help(format!(
                    "add to `logs`: subscription \"arn:{partition}:logs:{region}:{account}:destination:NAME\""
                )),
        );
    }
}

/// Adds the destination and a filter for each log group.
fn add(cx: &mut Cx, arn: &Setting<Arn>, groups: &[Id], at: Origin) {
    let Some(name) = name_of(arn) else { return };
    let here = &cx.graph.environment;
    let (home, own) = (here.region.clone(), here.account.clone());
    let place = |resource: Resource| match arn.region() == &*home {
        true => resource,
        false => resource.in_region(arn.region()),
    };
    let owner: Option<Arc<str>> = (*arn.account() != *own).then(|| arn.account().into());
    let id = names::log_destination(arn.region());
    let destination = Resource::new("AWS::Logs::Destination", id.clone(), "logs > subscription", at)
        .existing(arn.as_str(), &[])
        .owned_by(owner.clone())
        .set("DestinationName", datum(arn, |_| name.to_owned()));
    cx.add(place(destination));
    for group in groups {
        let stem = format!("{group}-archive");
        let filter =
            Resource::new("AWS::Logs::SubscriptionFilter", format!("{stem}-filter"), "logs > subscription", at)
                .set("FilterName", cx.physical(names::SUBSCRIPTION_FILTER, &stem))
                .set("LogGroupName", Value::reference(group.clone()))
                .set("FilterPattern", "")
                .set("DestinationArn", datum(arn, |_| Value::attribute(id.clone(), "Arn")));
        cx.add(place(filter));
    }
    if owner.is_some() {
        request(cx, arn, name, groups.len(), at);
    }
}

/// Asks the owner to accept the filters. A destination has no policy at first (fact: logs-destination-access). Masks hold
/// for subscriptions too (fact: logs-masked-egress).
fn request(cx: &mut Cx, arn: &Setting<Arn>, name: &str, groups: usize, at: Origin) {
    let (destination, region, account) = (arn.as_str(), arn.region(), cx.graph.environment.account.clone());
    let statement = Statement::allow("MigrationSendsLogs", at)
        .principal(&*account)
        .actions(&["logs:PutSubscriptionFilter"])
        .resources(vec![destination.into()])
        .build();
    let statement = json::of(&statement.value);
    let commands = vec![
        format!(
            "aws logs describe-destinations --region {region} --destination-name-prefix {name} \
             --query \"destinations[?arn=='{destination}'].accessPolicy | [0]\" --output json | \
             jq 'if . then fromjson else {{\"Version\": \"2012-10-17\", \"Statement\": []}} end' > destination-policy.json"
        ),
        declared::with_command(&serde_json::Value::Array(vec![statement]), "destination-policy"),
        format!(
            "aws logs put-destination-policy --region {region} --destination-name {name} \
             --access-policy file://destination-policy-of-migration.json"
        ),
    ];
    let why = format!(
        "{groups} log groups of the migration send every event here, and account {account} creates the subscription \
         filters. Without this statement, AWS refuses them, and the deployment fails. Masked account data arrives \
         masked. Whoever may read the archive can read the logs of the cutover: keep it for a year at least."
    );
    let owner = arn.account().into();
    cx.graph.requests.push(Request {
        owner,
        subject: destination.into(),
        when: Moment::Before,
        why,
        commands,
        origin: at,
    });
}
