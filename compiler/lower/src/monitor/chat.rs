//! Channels of Slack and Microsoft Teams, through Amazon Q Developer in chat applications. A person authorises the workspace
//! once, and a configuration lists all topics of its channel: its owner adds those of the migration.

use migspec_diag::Diagnostic;
use migspec_ir::partition::CHINA;
use migspec_ir::{Moment, Origin, Request};
use migspec_syntax::Setting;
use migspec_syntax::value::Arn;

use super::BY;
use crate::cx::Cx;

/// A region with the API, which answers for all regions (fact: chat-endpoints).
const REGION: &str = "us-east-2";

/// The commands of a kind of channel.
struct Kind {
    /// The start of the resource in the ARN.
    resource: &'static str,
    read: &'static str,
    update: &'static str,
    /// The configuration in the answer of `read`.
    answer: &'static str,
    /// The option with the id of the channel, and the field of the configuration.
    channel: (&'static str, &'static str),
}

const KINDS: &[Kind] = &[
    Kind {
        resource: "chat-configuration/slack-channel/",
        read: "describe-slack-channel-configurations",
        update: "update-slack-channel-configuration",
        answer: "SlackChannelConfigurations[0]",
        channel: ("slack-channel-id", "SlackChannelId"),
    },
    Kind {
        resource: "chat-configuration/microsoft-teams-channel/",
        read: "get-microsoft-teams-channel-configuration",
        update: "update-microsoft-teams-channel-configuration",
        answer: "ChannelConfiguration",
        channel: ("channel-id", "ChannelId"),
    },
];

/// The requests for the channels, after the topics are known.
pub(super) fn lower(cx: &mut Cx) {
    let Some(monitor) = &cx.spec.monitor else { return };
    for notify in &monitor.notify {
        let Some(arn) = &notify.chat else { continue };
        if cx.graph.environment.partition == CHINA {
            report_no_service(cx, arn);
            continue;
        }
        match kind(cx, arn) {
            Some(kind) => request(cx, kind, arn, Origin::derived(BY, notify.place.header)),
            None => report(cx, arn),
        }
    }
}

/// The kind of a channel in the account of the environment.
fn kind(cx: &Cx, arn: &Arn) -> Option<&'static Kind> {
    let here = &cx.graph.environment;
    let is_plain = arn.resource().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    let is_here = arn.service() == "chatbot" && arn.partition() == here.partition && *arn.account() == *here.account;
    KINDS.iter().find(|kind| {
        let name = arn.resource().strip_prefix(kind.resource);
        is_here && is_plain && name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    })
}

/// Chat applications have no endpoint in China (fact: services-in-china).
fn report_no_service(cx: &mut Cx, arn: &Setting<Arn>) {
    cx.report(
        Diagnostic::error("unsupported-region", "AWS has no chat channels in the regions of China")
            .at(arn.span(), "no channel can exist")
            .with(cx.graph.environment.span, "this environment")
            .help("notify people by e-mail, by a topic or by a webhook: webhook=\"https://…\""),
    );
}

fn report(cx: &mut Cx, arn: &Setting<Arn>) {
    let (partition, account) = (cx.graph.environment.partition, cx.graph.environment.account.clone());
    cx.report(
        Diagnostic::error("not-a-channel", format!("`{}` is not the configuration of a chat channel", arn.value))
            .at(arn.span(), "no channel of this account")
            .with(cx.graph.environment.span, "this environment")
            .help(format!(
                "write \"arn:{partition}:chatbot::{account}:chat-configuration/slack-channel/NAME\", as `aws chatbot \
                 describe-slack-channel-configurations` shows it"
            )),
    );
}

/// An update replaces the list of topics, so that the commands keep those of others (fact: chat-topics).
fn request(cx: &mut Cx, kind: &Kind, arn: &Setting<Arn>, origin: Origin) {
    let topics: Vec<String> = cx.graph.of_type("AWS::SNS::Topic").filter_map(|topic| arn_of(cx, topic)).collect();
    let Kind { read, update, answer, channel: (option, field), .. } = kind;
    let configuration = arn.as_str();
    let commands = vec![
        format!(
            "aws chatbot {read} --region {REGION} --chat-configuration-arn {configuration} --query '{answer}' > channel.json"
        ),
        format!(
            "aws chatbot {update} --region {REGION} --chat-configuration-arn {configuration} --{option} \
             \"$(jq -r .{field} channel.json)\" --sns-topic-arns $(jq -r '.SnsTopicArns[]' channel.json) {}",
            topics.join(" ")
        ),
    ];
    let why =
        "The channel shows alarms and events of the migration. A person with access to the chat has authorised its \
               workspace before, in the console of Amazon Q Developer in chat applications."
            .to_owned();
    let owner = cx.graph.environment.account.clone();
    cx.graph.requests.push(Request {
        owner,
        subject: configuration.into(),
        when: Moment::After,
        why,
        commands,
        origin,
    });
}

/// The ARN of a topic, which follows from its name.
fn arn_of(cx: &Cx, topic: &migspec_ir::Resource) -> Option<String> {
    let name = topic.get("TopicName")?.value.as_str()?;
    let here = &cx.graph.environment;
    let region = topic.region.as_deref().unwrap_or(&here.region);
    Some(format!("arn:{}:sns:{region}:{}:{name}", here.partition, here.account))
}
