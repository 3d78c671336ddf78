//! Alarms, the dashboard and the recipients of notifications.

use super::{Override, Waive};
use crate::value::*;

nodes! {
    /// Alarms, dashboard and notifications of the migration.
    "monitor" Monitor, keys 0, merge Into {
        /// CloudWatch dashboard.
        opt_child dashboard: Dashboard;
        /// Thresholds of alarms.
        children alarm: Alarm;
        /// Recipients of notifications.
        children notify: Notify;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A dashboard of lag, validation and database health.
    "dashboard" Dashboard, keys 0, merge Replace {
        /// A dashboard that exists in the environment's account (default: a new one). CloudWatch replaces a dashboard as a
        /// whole, so its owner adds the widgets by `requests.md`.
        opt_prop existing: DashboardName;
    }

    /// The threshold of an alarm.
    "alarm" Alarm, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Threshold above which the alarm fires.
        prop above: Count = 0;
    }

    /// The log groups of the migration.
    "logs" Logs, keys 0, merge Into {
        /// Time for which log groups keep events: a period that CloudWatch Logs has, such as `400d` or `731d`.
        prop retain: Duration = "400d";
        /// Bucket of a log archive for the access logs of load balancers, and of buckets where it is in the environment's
        /// account: S3 delivers those within one account (default: a new bucket).
        opt_child access: AccessArchive;
        /// Bucket of a log archive for the flow logs of networks and of the transit (default: new log groups).
        opt_child flow: FlowArchive;
        /// The trail that records the API calls of the account.
        opt_child trail: Trail;
        /// Destinations in the account of a log archive, one for each region with log groups.
        children subscription: LogSubscription;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A bucket for access logs, which exists in the environment's region. `requests.md` lists the statements that its
    /// policy lacks. Load balancers write to buckets under S3's own key only.
    "access" AccessArchive, keys 0, merge Into {
        /// ARN of the bucket, without a prefix.
        arg bucket: Arn;
        /// Account that owns the bucket (default: the account of the environment).
        opt_prop owner: AccountId;
        /// JSON file with the policy of the bucket, beside the spec.
        opt_prop policy: FileName;
        /// Whether a policy or an ACL could make it public.
        opt_prop public: bool;
        /// Whether its objects can have ACLs of their own.
        opt_prop acls: bool;
        /// Whether it keeps old versions of objects.
        opt_prop versions: bool;
        /// Time after which objects, old versions and unfinished uploads expire.
        opt_prop expires: Duration;
    }

    /// A bucket for flow logs, which exists in the environment's region. `requests.md` lists the statements that its policy
    /// and its key lack. A copy of a database in another region keeps its own flow log.
    "flow" FlowArchive, keys 0, merge Into {
        /// ARN of the bucket, without a prefix.
        arg bucket: Arn;
        /// Account that owns the bucket (default: the account of the environment).
        opt_prop owner: AccountId;
        /// Region of the bucket (default: the region of the environment).
        opt_prop region: Region;
        /// Key of its default encryption, in the region of the bucket.
        opt_prop key: Arn;
        /// JSON file with the policy of the bucket, beside the spec.
        opt_prop policy: FileName;
        /// Whether a policy or an ACL could make it public.
        opt_prop public: bool;
        /// Whether its objects can have ACLs of their own.
        opt_prop acls: bool;
        /// Whether it keeps old versions of objects.
        opt_prop versions: bool;
        /// Time after which objects, old versions and unfinished uploads expire.
        opt_prop expires: Duration;
    }

    /// A trail of AWS CloudTrail that exists: of the account or of its organisation.
    "trail" Trail, keys 0, merge Into {
        /// Its ARN.
        arg arn: Arn;
        /// Whether it records the calls of all regions.
        opt_prop multi_region: bool;
        /// Whether CloudTrail signs digests of its files, which show a change.
        opt_prop validation: bool;
        /// Key under which it is encrypted.
        opt_prop key: Arn;
    }

    /// A destination of CloudWatch Logs that exists, for every event of every log group of its region. `requests.md` lists
    /// what its owner does. Account data is masked before it leaves a log group.
    "subscription" LogSubscription, keys 1, merge Into {
        /// Its ARN.
        arg destination: Arn;
    }

    /// A recipient of notifications: an e-mail address, a phone number, a webhook, a chat channel, or a topic that exists.
    "notify" Notify, keys 0, merge Replace {
        /// E-mail address.
        opt_prop email: Email;
        /// Phone number, for text messages.
        opt_prop phone: PhoneNumber;
        /// Address of a system that receives every message over HTTPS, such as a pager: a public host name and a path. The
        /// body is `{"notification": …}` with the notification of Amazon SNS.
        opt_prop webhook: HttpsUrl;
        /// Connection of Amazon EventBridge with the credentials of the webhook. It exists, in the account and region of the
        /// environment.
        opt_prop connection: Arn;
        /// A channel of Slack or Microsoft Teams that exists in Amazon Q Developer in chat applications, by the ARN of its
        /// configuration in the environment's account. Its owner adds the topic by `requests.md`. The channel shows alarms
        /// and events, but no message of the workflow: another recipient needs to receive those.
        opt_prop chat: Arn;
        /// A topic of Amazon SNS that exists, in place of a new one: of any account, in the region of the environment. Its owner
        /// subscribes people and systems. A `webhook` beside a topic of the own account receives all its messages. `keys` names
        /// its key under `notifications`, which the topic names by the ARN or the id.
        opt_prop sns: Arn;
        /// JSON file with the policy of an existing topic, beside the spec. `requests.md` lists the statements that it lacks.
        opt_prop policy: FileName;
        /// Whether an existing topic has a subscription.
        opt_prop subscribed: bool;
        /// Whether an existing topic logs deliveries to systems.
        opt_prop logs_delivery: bool;
    }
}
