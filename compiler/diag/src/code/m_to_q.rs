//! Codes from m to q, sorted by name.

use super::{CodeInfo, code};

pub(super) const CODES: &[CodeInfo] = &[
    code(
        "malformed-number",
        "malformed number",
        "A bare word that starts with a digit must be a number. Quote values with a unit, such as durations.",
    ),
    code(
        "malformed-string",
        "a string has an invalid escape or invalid indentation",
        "The help lists the valid escapes, and shows the form of a multi-line string.",
    ),
    code(
        "missing-ca",
        "TLS verification without a CA certificate",
        "`verify-ca` and `verify-full` verify the server certificate against a certificate authority. Name \
         the PEM file of the authority with `ca=`.",
    ),
    code(
        "missing-environment",
        "the migration has no environment",
        "An environment declares the account and region of the migration. Without one there is nothing to \
         check or build.",
    ),
    code(
        "missing-login",
        "a source lacks a required login",
        "Each purpose has a login of its own: replication, validation, the fence, and the reverse task.",
    ),
    code(
        "missing-migration",
        "the file has no `migration` node",
        "A spec consists of one `migration` node. A file with parts of a migration is imported by a spec and \
         checked with it.",
    ),
    code(
        "missing-project",
        "the project file has no `project` node",
        "The project file `migspec.kdl` contains one `project` node. Specs are separate files named \
         `*.migspec.kdl`.",
    ),
    code(
        "missing-setting",
        "a node lacks a required setting",
        "The setting has no safe default. Settings with a default are optional.",
    ),
    code(
        "missing-tag",
        "the migration lacks a tag that the organisation demands",
        "`naming` lists the tags that every resource must have. Set the value in `tags` of the migration.",
    ),
    code(
        "missing-tier",
        "a network has no tier for a required resource",
        "Add a tier with that purpose. Each tier becomes one subnet for each zone.",
    ),
    code(
        "missing-upstream",
        "an API lacks one of its upstreams",
        "Traffic shifts from the upstream `source` to the upstream `target`.",
    ),
    code(
        "missing-wallet",
        "a source of Oracle names no wallet",
        "AWS DMS verifies the certificate of an Oracle server by an auto-login wallet, not by a PEM file. \
         `orapki wallet create -auto_login_only` makes one, `orapki wallet add -trusted_cert` adds the certificate of the \
         authority, and `base64 cwallet.sso` writes it as text.",
    ),
    code(
        "mixed-egress",
        "a workload names a range with addresses of several places",
        "Each place has its own route and rules: write one range for each site, network or part of the internet. \
         `https:internet` is all of the internet without private addresses.",
    ),
    code(
        "mixed-reverse",
        "only some databases of a cutover have reverse replication",
        "Databases that move together roll back together. Without the writes of one database, rows of another \
         would refer to missing rows. Enable reverse replication for all of them, or for none.",
    ),
    code(
        "moved-twice",
        "two cutovers move the same replication",
        "The writer of a replication moves once. Name the replication in one cutover, by its key or in \
         `moves`.",
    ),
    code(
        "name-collision",
        "two nodes derive the same resource",
        "Resource names contain the keys of the spec. Change the key of one node.",
    ),
    code(
        "name-too-long",
        "a name exceeds the length limit of its service",
        "A physical name contains the key, the kind of resource and the environment. Shorten the key or the \
         environment's name.",
    ),
    code(
        "name-without-dns",
        "no resolver on AWS knows the name of a database",
        "Networks on AWS resolve public names and those of AWS. A site knows its own: declare its DNS servers, an \
         existing resolver rule, or that public DNS has the names.",
    ),
    code(
        "nested-too-deep",
        "blocks exceed the nesting limit",
        "The limit protects the parser from hostile text. Flatten the blocks.",
    ),
    code(
        "network-of-another-account",
        "the network belongs to another account",
        "In shared subnets, only the owner attaches the VPC to a Transit Gateway and associates rules of a resolver, and only \
         with those of its account or those that are shared with it. Name an existing Transit Gateway and an existing rule of the owner.",
    ),
    code("network-size", "the prefix length of a network is out of range", "A VPC has a prefix from /16 to /28."),
    code(
        "network-too-small",
        "a network is too small for its subnets",
        "Each tier needs one subnet for each zone, and a transit needs attachment subnets of its own. Choose \
         a larger network, fewer tiers or fewer zones.",
    ),
    code(
        "no-path",
        "no network path carries a connection that the spec needs",
        "Two networks, or a network and a site, reach each other only through a common transit. Attach both.",
    ),
    code(
        "not-a-certificate",
        "a file contains no PEM certificate",
        "A PEM certificate starts with `-----BEGIN CERTIFICATE-----`.",
    ),
    code(
        "not-a-channel",
        "the value is not the configuration of a chat channel of this account",
        "Amazon Q Developer in chat applications shows the topics of a configuration in its channel. `notify chat=` names the \
         ARN of one in the account of the environment.",
    ),
    code(
        "not-a-connection",
        "an ARN names no connection of EventBridge",
        "`aws events list-connections` shows the ARN of a connection, with its name and its id.",
    ),
    code(
        "not-a-document",
        "a file contains no JSON document",
        "The document of an existing policy is JSON. Write the one that AWS shows to the file.",
    ),
    code(
        "not-a-key",
        "an ARN in `keys` names no key",
        "A use of `keys` takes the ARN of a key. An alias can move to another key without a change of the spec.",
    ),
    code(
        "not-a-log-bucket",
        "an ARN names no bucket",
        "The buckets of a log archive are named by their ARN, in the partition of the environment. Logs of this account have \
         their own prefixes in them.",
    ),
    code(
        "not-a-log-destination",
        "an ARN in `logs` names no destination",
        "Log groups send their events to another account through a destination of CloudWatch Logs, which its owner \
         creates.",
    ),
    code(
        "not-a-secret",
        "a name is that of another kind of resource",
        "Secrets Manager looks for a secret of this name when a task starts. Names below `aws/` and `alias/` are those of keys \
         or of secrets that AWS manages.",
    ),
    code(
        "not-a-signing-profile",
        "an ARN is not that of a version of a signing profile",
        "Lambda accepts packages that a version of a profile of AWS Signer has signed. Any other ARN is refused.",
    ),
    code(
        "not-a-target-group",
        "an ARN is not that of a target group which the upstream can use",
        "The load balancer forwards to target groups of its own account, region and network.",
    ),
    code(
        "not-a-topic",
        "an ARN is not that of a standard topic",
        "Alarms and events publish to standard topics of Amazon SNS.",
    ),
    code(
        "not-a-trail",
        "an ARN is not that of a trail",
        "`trail` names the trail of AWS CloudTrail that records the calls of the account.",
    ),
    code(
        "not-a-wallet",
        "a file contains no wallet",
        "The file has the auto-login wallet `cwallet.sso` in base64. The compiler cannot read the certificates in it, so a \
         waiver records who has compared them.",
    ),
    code(
        "not-waivable",
        "a waiver names a rule that cannot be waived",
        "The catalogue of controls marks findings that no waiver can accept. Remove the waiver.",
    ),
    code(
        "nothing-included",
        "a replication includes no table",
        "Name the tables with a pattern such as `include \"payments.*\"`.",
    ),
    code(
        "nothing-to-remove",
        "`remove` names a node that is not inherited",
        "`remove` drops a node of the base in one environment. Without such a node the line has no effect: \
         check the key.",
    ),
    code(
        "notify-recipient",
        "a recipient of notifications has no address or two",
        "Each subscription of the topic has one endpoint. Write a `notify` for each address.",
    ),
    code(
        "older-target-version",
        "the target has an older version than the source",
        "Types, functions and behaviour of the newer major version, or corrections of the newer minor version, are missing \
         on the target.",
    ),
    code(
        "older-than-base",
        "an environment has an older version than the base",
        "The environment lacks corrections that the others have, and a test in it shows another behaviour.",
    ),
    code(
        "override-shape",
        "an override has both a value and children",
        "Write a property as a value, as children for an object, or as `-` children for a list.",
    ),
    code(
        "override-without-effect",
        "an override removes a property that is not set",
        "`#null` removes a property that the resource has. Nothing would change.",
    ),
    code(
        "pause-too-long",
        "a call or a wait does not fit into the write pause",
        "Nobody can write from the write hold until the target opens. Each call there has a short timeout, few retries and no wait for a person.",
    ),
    code(
        "per-without-nat",
        "`per=` at a tier without NAT gateways",
        "`per=` gives a network one NAT gateway, or one for each zone. Other tiers have a subnet for each zone.",
    ),
    code(
        "public-range",
        "a range contains addresses of others",
        "Routes of the migration lead the whole range to one network or site. With addresses of the \
         internet in it, traffic for others goes there too.",
    ),
];
