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
    }

    /// The threshold of an alarm.
    "alarm" Alarm, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Threshold above which the alarm fires.
        prop above: Count = 0;
    }

    /// A recipient of notifications: an e-mail address, a phone number, or a topic that exists.
    "notify" Notify, keys 0, merge Replace {
        /// E-mail address.
        opt_prop email: Email;
        /// Phone number, for text messages.
        opt_prop phone: PhoneNumber;
        /// A topic of Amazon SNS that exists, in place of a new one. Its owner subscribes people and systems. `keys` names
        /// its key under `notifications`.
        opt_prop sns: Arn;
        /// JSON file with the policy of an existing topic, beside the spec. `requests.md` lists the statements that it lacks.
        opt_prop policy: FileName;
        /// Whether an existing topic has a subscription.
        opt_prop subscribed: bool;
        /// Whether an existing topic logs deliveries to systems.
        opt_prop logs_delivery: bool;
    }
}
