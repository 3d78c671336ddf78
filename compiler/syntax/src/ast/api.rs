//! The names of an API.

use crate::value::*;

nodes! {
    /// The name by which callers reach an API. The deployment leaves its DNS record alone: `requests.md` lists the
    /// commands that move the callers, once calls through the regional name succeed.
    "domain" ApiDomain, keys 0, merge Into {
        /// The name.
        arg name: HostName;
        /// Certificate of the name, in the environment's account and region.
        prop certificate: Arn;
        /// Hosted zone with the record of the name.
        opt_prop zone: HostedZoneId;
        /// Account of the hosted zone (default: the account of the environment).
        opt_prop owner: AccountId;
        /// Whether the custom domain exists in API Gateway and leads to another API now. The deployment then creates
        /// neither the domain nor its mapping.
        prop existing: bool = false;
        /// Security policy of an existing custom domain. Only with `existing=#true`.
        opt_prop security_policy: Text;
    }
}
