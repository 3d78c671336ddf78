//! Queues of Amazon SQS: encrypted with a key of the migration, and over TLS only.

use migspec_ir::{Id, Map, Origin, Resource, Value, list};

use crate::cx::Cx;
use crate::keys;
use crate::policy::{self, Statement};

/// Two weeks, the longest that a queue keeps messages.
const KEEPS: i64 = 1_209_600;

pub(crate) struct Queue<'a> {
    pub(crate) id: Id,
    /// The physical name.
    pub(crate) name: &'a str,
    /// The use of the key, as `keys` names it.
    pub(crate) key: &'static str,
    /// The seconds after which a message that was received comes back.
    pub(crate) visible_again: i64,
    /// The queue for messages that nobody accepts.
    pub(crate) redrive: Option<Map>,
    /// The topic that sends messages to it, in place of functions of the account.
    pub(crate) topic: Option<Value>,
    pub(crate) path: &'a str,
    pub(crate) at: Origin,
}

/// Adds a queue and its policy.
pub(crate) fn add(cx: &mut Cx, queue: Queue) -> Id {
    let Queue { id, name, key, visible_again, redrive, topic, path, at } = queue;
    let resource = Resource::new("AWS::SQS::Queue", id, path, at)
        .set("QueueName", name)
        .set("KmsMasterKeyId", keys::arn(key))
        .set("KmsDataKeyReusePeriodSeconds", 300)
        .set("MessageRetentionPeriod", KEEPS)
        .set("VisibilityTimeout", visible_again)
        .set_if("RedrivePolicy", redrive);
    let id = cx.add(resource);
    let arn = cx.arn("sqs", name);
    let tls = Statement::deny("TlsOnly", at).anyone().actions(&["sqs:*"]).resources(vec![arn.clone()]).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    );
    let sends = topic.map(|topic| {
        Statement::allow("Topic", at)
            .service("sns.amazonaws.com")
            .actions(&["sqs:SendMessage"])
            .resources(vec![arn])
            .when("ArnEquals", "aws:SourceArn", topic)
    });
    let statements = std::iter::once(tls).chain(sends).collect();
    let resource = Resource::new("AWS::SQS::QueuePolicy", format!("{id}-policy"), path, at)
        .set("Queues", list!(at, [Value::reference(id.clone())]))
        .set("PolicyDocument", policy::document(statements, at));
    cx.add(resource);
    id
}
