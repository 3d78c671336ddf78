//! Codes from r to z, sorted by name.

use super::{CodeInfo, code};

pub(super) const CODES: &[CodeInfo] = &[
    code(
        "reachable-but-undeclared",
        "the resources allow a connection that no relation of the spec needs",
        "Reachability is computed from security groups, routes and network ACLs. An override opened this \
         connection. The notes show the path hop by hop.",
    ),
    code(
        "recovery-window",
        "the recovery window of a secret is out of range",
        "Secrets Manager keeps deleted secrets for 7 to 30 days, or not at all.",
    ),
    code(
        "reference-cycle",
        "resources depend on each other in a cycle",
        "AWS cannot create either resource first. Replace one of the references by a literal name or ARN.",
    ),
    code(
        "refused-name",
        "a service refuses a name, a path or another text",
        "Each service has rules for names: characters, the first character, reserved starts, levels. Physical \
         names start with the key of the migration. The message has the complete text and the rule.",
    ),
    code(
        "refused-value",
        "the Terraform provider refuses a value",
        "The provider compares the arguments of a resource with rules of its own before it asks AWS: ranges, \
         words, characters, lengths, forms. The help has the rule.",
    ),
    code(
        "repeated-recipient",
        "a recipient is notified twice",
        "The second `notify` adds no recipient. If the first one is absent, nobody acts on an alarm.",
    ),
    code(
        "repeated-value",
        "a list names one thing twice",
        "A list of roles, addresses, servers or names has each of them once. One that is there twice takes the place of \
         another one, which is then missing.",
    ),
    code(
        "replica-in-other-partition",
        "a copy is in a region of another partition",
        "Regions of China and GovCloud have accounts and keys of their own. No global cluster spans \
         two partitions.",
    ),
    code(
        "replica-in-same-region",
        "a replica is in the region of its database",
        "The replica protects against the loss of a region. Choose a different region.",
    ),
    code(
        "replica-instance-class",
        "a database with a replica has a burstable instance class",
        "Aurora global databases require a memory-optimized class.",
    ),
    code(
        "replication-storage",
        "the storage of a replication instance is out of range",
        "DMS accepts 5 GiB to 6,144 GiB.",
    ),
    code(
        "reserved-asn",
        "an autonomous system number is reserved",
        "Number 0 identifies no network (RFC 7607). Write the number of the customer gateway's network, such as \
         a private one from 64512 to 65534.",
    ),
    code(
        "reserved-tier",
        "a tier has a reserved key",
        "The compiler derives the attachment subnets under this key. Choose a different key.",
    ),
    code(
        "reverse-alarm-too-high",
        "the alarm on the reverse lag fires too late",
        "A rollback waits for the reverse task no longer than the fence stands. Above that lag it \
         loses writes, or fails.",
    ),
    code(
        "right-beyond-actor",
        "a role has a permission above the ceiling of its actor",
        "Each kind of actor has a hand-written ceiling of permissions. Remove the override or the relation \
         that adds the permission.",
    ),
    code(
        "role-pattern",
        "a role of the application is a pattern",
        "The fence revokes the rights of roles by their names. A role of the name `*` does not exist, so the application would continue to write.",
    ),
    code(
        "rollback-of-wrong-phase",
        "a rollback undoes the wrong phase",
        "The rollback undoes the changes of the phase in its input. With the wrong phase it leaves changes in \
         place, or opens both databases.",
    ),
    code(
        "rollback-on-doubt",
        "a workflow goes back because a call failed, while the target takes writes",
        "After the opening, a stop of the forward task or a start of the reverse task may fail or take its time. The target \
         stays the writer, and an operator is called. Only the alarm of the rollback window, or a person, goes back.",
    ),
    code(
        "rollback-window-too-short",
        "a rollback is possible for less than a day",
        "A wrong booking shows up in the daily reconciliation at the earliest.",
    ),
    code("rotation-period", "the rotation period is out of range", "Secrets Manager rotates every 1 to 1,000 days."),
    code(
        "route-path",
        "the path of a route is invalid",
        "A path starts with a slash. Each part is a literal, or a variable in braces.",
    ),
    code(
        "route-variables-clash",
        "two routes use different variable names at the same position",
        "API Gateway accepts one variable name at each position of a path. Use the same name in both routes.",
    ),
    code(
        "schema-left-behind",
        "a cutover leaves tables behind that the application writes",
        "After the flip, the application reads and writes the target only. Rows of tables that no replication copies are missing there. An `include` of a whole schema copies them; `rest-stays=` gives the reason why they stay, and `exclude` names a schema that stays.",
    ),
    code(
        "secret-in-path",
        "a variable in the path of a route is a credential",
        "Paths are in logs of every proxy, load balancer and gateway on the way. A credential belongs into a header, which logs leave out.",
    ),
    code(
        "secret-in-state",
        "an argument of the state backend holds a credential",
        "A spec is in a repository, and a credential must not be. Terraform reads the credentials of its backend from its environment.",
    ),
    code(
        "secret-of-administrator",
        "a login has the secret of an administrator",
        "Each login has the rights of one purpose. With the login of an administrator, a function can change every table and \
         every role, and the fence does not stop it. Name the secret of a login that has this purpose alone.",
    ),
    code(
        "secret-of-another-environment",
        "a name of a secret contains another environment",
        "A login of one environment with the secret of another one opens the database of that environment, or fails. Name the \
         secret of this environment.",
    ),
    code(
        "serial-load",
        "one connection loads a very large table",
        "A load over one connection takes hours, and the source keeps its log until the end. `load` of the table divides it.",
    ),
    code(
        "serverless-replication",
        "a replication names DMS Serverless in the place of an instance",
        "The reverse task starts at the position of a slot, and gates read the statistics of the tables after a stop. DMS \
         Serverless has no start at a position, and loses the statistics when it gives its capacity back. A replication \
         instance does both.",
    ),
    code(
        "serverless-without-capacity",
        "a serverless database has no capacity",
        "Instances of the class `db.serverless` scale between two capacities, which `capacity` of the database sets.",
    ),
    code(
        "shared-account",
        "production shares its account with another environment",
        "Environments have separate keys, roles and networks, but the administrators of an account control \
         all of them. Run production in an account of its own.",
    ),
    code(
        "shared-api",
        "two cutovers shift the traffic of one API",
        "Each cutover changes the weights of its API's listener. Move all databases behind the API in one \
         cutover with `moves`, or use two APIs and order the cutovers with `after`.",
    ),
    code(
        "shared-secret",
        "an authorizer reads the secret of a database login",
        "The function that checks callers would know the password of a database, and each rotation \
         would break one of the two.",
    ),
    code(
        "shared-security-group",
        "two workloads carry one security group",
        "Rules name the group, and each workload would add the same rule. Describe both as one workload.",
    ),
    code(
        "shared-source",
        "an environment uses the source of production as test data",
        "`live #false` declares test data. A host that production reads has live data, by whatever \
         spelling of its name.",
    ),
    code("short-backup-window", "a backup window is too short", "RDS requires at least 30 minutes."),
    code(
        "single-approver",
        "an approval has only one approver",
        "Two different roles approve, so that no single person moves a payment system.",
    ),
    code(
        "site-too-wide",
        "the ranges of a site contain a whole private range",
        "Security groups admit the whole site, and routes lead all of its addresses there. A site never has all addresses of a \
         private range. Name only the ranges of the hosts that the migration reaches.",
    ),
    code("site-without-link", "an attached site has no VPN", "Add `vpn` to the site."),
    code(
        "source-address",
        "the address of a source is no host of a site",
        "Loopback, link-local, multicast and reserved addresses name no host of another network.",
    ),
    code(
        "source-by-instance",
        "the source registers instances of EC2",
        "The targets of the source are its fixed addresses in a site. Instances are targets of the side `target` only.",
    ),
    code(
        "source-in-network",
        "a source is in a network of the migration",
        "The rules, routes and the scope of a migration separate a source from the target by the transit. A database in the VPC \
         of the target would share its subnets and its ranges with it. Its VPC, attached to the transit, is a site.",
    ),
    code(
        "source-outside-site",
        "the address of a source is outside its site",
        "Routes and rules lead to the ranges of the site. No connection reaches an address outside \
         of them.",
    ),
    code(
        "source-port",
        "the port of a source belongs to another service",
        "Databases listen on ports above 1023. A rule for a lower port opens another service, such \
         as SSH, to the migration.",
    ),
    code(
        "stack-too-large",
        "a CloudFormation stack exceeds a limit that nesting cannot solve",
        "AWS limits the size of a template and the parameters between nested stacks. Split the migration into \
         several specs.",
    ),
    code(
        "stale-reads",
        "stale reads do not fit the strategy",
        "With the strategy `reads`, the target serves routes with `stale` while the source takes the writes. \
         At least one `GET` route needs `stale`, at no less than the lag that the gate allows. Other methods \
         cannot be stale.",
    ),
    code(
        "state-argument",
        "an argument of the state backend weakens the state of Terraform",
        "The state contains account numbers, names and keys of resources. The backend `s3` encrypts and locks it, and each \
         environment has a state of its own.",
    ),
    code(
        "state-backend",
        "the state backend lacks an argument, or takes none of this name",
        "`s3` takes `bucket`, `key` and `region`; `hcp` takes `organization` and `workspace`; the other backends take `arguments`.",
    ),
    code(
        "state-without-tls",
        "the state backend sends the state without TLS, or to any server",
        "The state of Terraform has the names, addresses and keys of all resources. It travels over HTTPS to a verified \
         server.",
    ),
    code(
        "step-not-repeatable",
        "a step of a workflow fails on a second run",
        "A redrive repeats the failed state even if its call succeeded. The call must be idempotent, or its \
         error for \"already done\" must lead onward.",
    ),
    code(
        "step-without-bound",
        "a task of a workflow has no timeout",
        "Without `TimeoutSeconds`, a call that never returns blocks the execution, and a closed fence stays closed.",
    ),
    code(
        "strategy-steps",
        "the steps of a strategy are invalid",
        "The shares of `compute` and `reads` grow up to 100%. An atomic cutover has no steps.",
    ),
    code(
        "subnet-outside-network",
        "an existing subnet is outside the range of its network",
        "A subnet lies in the address range of its VPC. Correct the declared range of the subnet or of the network.",
    ),
    code(
        "syntax-error",
        "the text is not KDL 2",
        "A spec is a KDL 2 document. The place shows the first text that does not parse.",
    ),
    code(
        "system-database",
        "a database of the database system itself",
        "PostgreSQL, MySQL, Oracle and RDS keep databases of their own. They hold no data of an application, and nobody but the \
         system writes to them.",
    ),
    code(
        "table-load",
        "the load of a table is not complete, or impossible",
        "A table loads by its partitions, or by ranges of an indexed column with ascending boundaries.",
    ),
    code(
        "table-not-replicated",
        "a declared table is in no replication",
        "A table that the source declares is copied, or a replication excludes it.",
    ),
    code(
        "table-without-key",
        "the key of a table is unknown",
        "Without a primary key or unique index, DMS silently ignores updates and deletes, and cannot compare \
         rows.",
    ),
    code(
        "tag-against-class",
        "a tag declares account data public",
        "Tools and people select the protection of data by its tags. Write the class of the data.",
    ),
    code(
        "tag-character",
        "a tag contains a character that AWS rejects",
        "Tags accept letters, digits, spaces and `_.:/=+-@`.",
    ),
    code(
        "tag-reserved",
        "the name of a tag is reserved",
        "AWS reserves names that start with `aws:`. The compiler derives the tags for name, owner, \
         environment, migration and scope.",
    ),
    code(
        "tag-too-long",
        "a tag exceeds the length limit of AWS",
        "The name of a tag has at most 128 characters, its value at most 256.",
    ),
    code(
        "takeover-too-early",
        "a workflow takes the lock over while a call of its last holder may work",
        "A stopped execution ends at once, and the functions that it called work on. An execution that takes the lock over \
         first waits as long as the longest call that moves the writer, fences or opens a database.",
    ),
    code(
        "throttle-without-effect",
        "a throttle is above the limit of the account",
        "API Gateway lets an account handle 10,000 requests a second and a burst of 5,000 in a region. A throttle above that limits nothing.",
    ),
    code(
        "tier-without-subnets",
        "a tier of an existing network declares too few subnets",
        "The compiler creates no subnet in an existing network. Databases, replication instances, functions and load balancers \
         need subnets in two zones: declare each with its zone, its range and its route table.",
    ),
    code(
        "too-many-environments",
        "a spec has too many environments",
        "Every environment is checked in full. Split the migration.",
    ),
    code(
        "too-many-errors",
        "the number of errors exceeds the output limit",
        "Fix the first errors and check again: they often cause the others.",
    ),
    code("too-many-imports", "imports are nested too deeply", "Import the files directly from the spec."),
    code(
        "too-many-tags",
        "a resource has more tags than AWS accepts",
        "AWS accepts 50 tags, including the derived ones.",
    ),
    code(
        "topic-elsewhere",
        "a topic is not where something publishes",
        "Alarms and events publish to one topic of their own region, in the account of the environment.",
    ),
    code(
        "transit-without-table",
        "a Transit Gateway of another account has no route table for an attachment",
        "Each attachment has a route table of its own. The owner of the Transit Gateway creates it; declare its id with \
         `route-table`.",
    ),
    code(
        "two-keys-of-a-use",
        "a use has two keys in one region",
        "Everything of one use in one region is encrypted with one key. Keep one of the two.",
    ),
    code(
        "type-annotation",
        "a type annotation has no meaning in a spec",
        "KDL allows `(type)` before names and values. In a spec the position determines the type: remove the \
         annotation.",
    ),
    code(
        "type-not-in-region",
        "CloudFormation lacks a type of resources in a region",
        "The registry of CloudFormation differs by region. It can lack the types of a service that exists there: Terraform calls \
         the service itself.",
    ),
    code(
        "unannotated-state",
        "a state of a workflow does not announce its effects",
        "Each task lists its effects in its comment as JSON. The verifier has no other source for them.",
    ),
    code(
        "unbounded-numeric",
        "a numeric column has no precision",
        "DMS copies `numeric` without a precision with six decimal places and truncates the rest.",
    ),
    code(
        "unclosed-block",
        "a block is not closed",
        "A `{` has no `}`. The place points at the block that the indentation suggests.",
    ),
    code(
        "unclosed-string",
        "a string is not closed",
        "A string ends on its own line. Enclose multi-line text in three quotes.",
    ),
    code(
        "undecided-fact",
        "a policy needs a fact that is unknown before deployment",
        "A value that the deployment supplies cannot be judged now, and is never assumed to be safe. Write \
         the value, refer to a resource of the spec, or waive the finding.",
    ),
    code(
        "undeclared-path",
        "the spec needs a connection that the ceiling denies",
        "The ceiling of flows is a hand-written list of allowed connections. Remove the relation or the \
         override that adds this one.",
    ),
    code(
        "unexpected-argument",
        "a node has too many arguments",
        "The position of an argument determines its meaning. A surplus argument is often a property without \
         its name.",
    ),
    code(
        "unexpected-children",
        "a node that takes no children has a block",
        "The node is complete on its own line. The child is often a property: write it on that line.",
    ),
    code(
        "unexpected-wallet",
        "a source of another engine than Oracle names a wallet",
        "Only endpoints of Oracle read wallets. The authority of another source is in a PEM file.",
    ),
    code(
        "unknown-alarm",
        "unknown alarm",
        "Only the thresholds of the derived alarms can be set. The help lists their names.",
    ),
    code(
        "unknown-authority",
        "the compiler has no CA certificate for the databases of a region",
        "The compiler contains the CA certificates of most commercial regions, so that TLS verification needs no download. \
         `region-data` of the environment declares that of another region.",
    ),
    code(
        "unknown-call",
        "a call of a workflow has no known effect",
        "The compiler emits no such integration, function or payload, so that its effect is unknown. The verifier rejects the call, whatever its comment declares.",
    ),
    code(
        "unknown-egress",
        "an unknown destination of a workload",
        "A workload has ways out to port 443 of the internet or of a range, and to AWS services with a known endpoint.",
    ),
    code(
        "unknown-engine-version",
        "the engine has no such version",
        "A version includes the minor version, because an engine that upgrades during the migration restarts.",
    ),
    code(
        "unknown-environment",
        "the spec has no environment of this name",
        "The environments of a spec are its `environment` nodes. The first argument is the name.",
    ),
    code("unknown-instance-class", "unknown instance class", "Use a class that Aurora or DMS supports."),
    code(
        "unknown-node",
        "a node is not part of the language here",
        "An unknown node is an error and never ignored, so that a misspelt setting cannot silently have no \
         effect.",
    ),
    code(
        "unknown-prefix-list",
        "the prefix list of a service in this region is unknown",
        "Security groups refer to Amazon S3 by its managed prefix list, whose id differs between regions. `region-data` of \
         the environment declares it where the compiler has no row.",
    ),
    code(
        "unknown-property",
        "a property is not part of the language here",
        "An unknown property is an error and never ignored, so that a misspelt setting cannot silently have \
         no effect.",
    ),
    code(
        "unknown-reference",
        "a setting names a node that is not declared",
        "The compiler resolves every name. Declare the node, or correct the name.",
    ),
    code(
        "unknown-replication-version",
        "the version of a replication instance is not known",
        "Pin a version of the replication engine. Newer versions read more versions of PostgreSQL.",
    ),
    code(
        "unknown-resource",
        "an override names a resource that is not derived",
        "The help lists the derived resources of this type.",
    ),
    code(
        "unknown-resource-type",
        "an override names a type of which no resource is derived",
        "Types have the names of the AWS documentation, such as `AWS::RDS::DBCluster`.",
    ),
    code(
        "unknown-rule",
        "a waiver names a rule that does not exist",
        "A misspelt waiver accepts nothing. Correct the name of the rule.",
    ),
    code(
        "unknown-standard-version",
        "a version of the standard is not known",
        "Requirements and their numbers differ between versions. The policies refer to PCI DSS 4.0.1.",
    ),
    code(
        "unmapped-property",
        "a property is not supported in Terraform yet",
        "A property without a mapping would be missing from the Terraform output. Remove the override.",
    ),
    code(
        "unmapped-type",
        "a resource type is not supported in Terraform yet",
        "A resource without a mapping would be missing from the Terraform output. Remove the node that derives it.",
    ),
    code(
        "unnamed-schema",
        "`application` does not list a replicated schema",
        "The schema freeze covers the schemas of `application`, so that replication misses no column. A \
         replicated schema outside it could change during the migration.",
    ),
    code(
        "unreachable-state",
        "no transition leads to a state of a workflow",
        "An unreachable state is a mistake in the state that should lead to it.",
    ),
    code(
        "unread-expression",
        "a value contains an expression that CloudFormation evaluates",
        "Intrinsic functions (`Fn::Transform`, `Fn::Sub`) and dynamic references (`{{resolve:…}}`) have a result \
         that is unknown before deployment, so no policy can judge it. Write the value itself.",
    ),
    code(
        "unread-mailbox",
        "an address of production has no reader",
        "An alarm needs a person who acts on it. Mailboxes such as `noreply` discard messages, and no mail reaches a reserved domain.",
    ),
    code(
        "unreadable-file",
        "a file of the spec cannot be read",
        "Imported and named files are part of the spec. They must be inside the folder of the spec.",
    ),
    code(
        "unreadable-source-version",
        "AWS DMS does not read this version of the source",
        "The version of a source decides whether AWS DMS can read its log. Write the version that the database reports.",
    ),
    code(
        "unreadable-workflow",
        "a document is not a workflow that the verifier can read",
        "The verifier reads state machines in JSONata whose comments list the effects, as `migspec build` \
         writes them.",
    ),
    code(
        "unsupported-engine",
        "the engine is not supported for a database on AWS",
        "Databases on AWS are Aurora clusters.",
    ),
    code(
        "unsupported-engine-pair",
        "the engines of a replication are not supported together",
        "A replication connects two engines of one family, PostgreSQL or MySQL, or replicates a converted schema of Oracle \
         or SQL Server to Aurora PostgreSQL.",
    ),
    code(
        "unsupported-omission",
        "columns of Oracle or SQL Server cannot be omitted",
        "AWS DMS applies one transformation to a column. The names of these engines are converted to lower case, which \
         leaves no place for the removal of a column.",
    ),
    code(
        "unsupported-region",
        "a region lacks a service that the spec needs",
        "Some services do not exist in all partitions of AWS. A deployment there would fail.",
    ),
    code(
        "unsupported-reverse",
        "replication back to Oracle or SQL Server is not supported",
        "A task that writes back needs the names and types of the source. The compiler converts them in one direction \
         only.",
    ),
    code(
        "unsupported-tls-mode",
        "DMS does not support the TLS mode for the engine",
        "The modes differ by engine: MySQL has no `require`, Oracle no `verify-full`, SQL Server no `verify-ca`.",
    ),
    code(
        "unsupported-validation",
        "the engine is not supported for validation",
        "The validation function reads PostgreSQL. For other engines, DMS compares every row during \
         replication.",
    ),
    code(
        "unused-dns",
        "no network resolves names of the site",
        "A resolver is made for networks that connect to a database of the site by its name.",
    ),
    code(
        "unused-key",
        "nothing is encrypted with a declared key",
        "The environment creates nothing of this use in the region of the key, so the key has no effect.",
    ),
    code(
        "unused-log-bucket",
        "nothing sends logs to a declared bucket",
        "The environment has no load balancer or no flow log of its own, or the bucket of access logs belongs to another account. \
         So the bucket has no effect.",
    ),
    code(
        "unused-waiver",
        "a waiver matches no finding",
        "The finding is fixed or gone. An unused waiver would silently accept the next finding: remove it.",
    ),
    code(
        "upstream-host",
        "the URL of an upstream has an address instead of a name",
        "TLS verifies the name in the URL against the certificate. Certificates contain names.",
    ),
    code(
        "upstream-port",
        "the port of an upstream is not known for HTTPS",
        "A port is a number from 1 to 65535, and the servers behind it accept HTTPS. Ports of other protocols are refused; \
         any other port than 443, 7443, 8443 and 9443 needs a `reason=`.",
    ),
    code(
        "waf-mode",
        "the mode of a firewall and its first day disagree",
        "A firewall that counts names its first day, because it blocks after 14 days. One that blocks names none.",
    ),
    code(
        "waiver-approved-by-owner",
        "the owner of a waiver approves it",
        "The approver must differ from the owner: name a different person or team in `approved-by`.",
    ),
    code(
        "waiver-expires-soon",
        "a waiver expires within 14 days",
        "After its last day, the finding fails the check again. Fix the finding before that day, or renew the approval \
         with a later date.",
    ),
    code(
        "waiver-of-other-part",
        "a waiver names an action or a fact that no finding is about",
        "A waiver with `action=` or `fact=` accepts that part of a finding alone. The rule has a finding in its scope, for \
         another part. Names of facts are case-sensitive.",
    ),
    code(
        "waiver-too-long",
        "a waiver exceeds the longest term of its rule",
        "Each control has a longest term, counted from today. Shorten the waiver and renew it after a review.",
    ),
    code(
        "waiver-without-control",
        "a waiver in production has no compensating control",
        "Name the compensating control with `control=`. A filler such as `none` is no control.",
    ),
    code(
        "waiver-without-fact",
        "a waiver of `undecided-fact` names no fact",
        "A waiver accepts the unknown value of one fact. Without its name, it would accept every other unknown value of the node, \
         later ones too.",
    ),
    code(
        "waiver-without-reason",
        "a waiver has no reason",
        "The evidence lists the reason of each waiver. A filler such as `none`, or a few signs, is no reason.",
    ),
    code(
        "waiver-without-ticket",
        "the ticket of a waiver is a filler",
        "A ticket leads an assessor to the approval. A filler such as `-` or `none` leads to nothing: name the ticket, or \
         leave it out.",
    ),
    code(
        "webhook-elsewhere",
        "the messages of another region do not reach a webhook",
        "A topic keeps undelivered messages in a queue of its own region. With a copy in another region, notify by e-mail or name topics that exist.",
    ),
    code(
        "webhook-out-of-reach",
        "EventBridge cannot call a webhook",
        "EventBridge calls public host names over HTTPS. The connection has the credentials and adds parameters to the address, so that no spec holds a secret.",
    ),
    code(
        "webhook-without-connection",
        "a webhook has no connection",
        "The connection has the credentials of the webhook, so that no spec and no state holds a secret.",
    ),
    code(
        "window-too-long",
        "a cutover window is longer than 12 hours",
        "A window names the hours in which people are on call for the cutover.",
    ),
    code(
        "window-too-short",
        "the change window is too short for the cutover",
        "The last gates, the fence, and the stop and start of the replication tasks must all finish within \
         the window.",
    ),
    code(
        "window-without-zone",
        "a window has no time zone, or two",
        "A window that ends in `Z` is in UTC. Any other window needs the time zone of its hours, which decides about daylight saving time.",
    ),
    code(
        "windows-without-gap",
        "the change windows leave no hour of the week free",
        "A window names the hours in which people are on call for the cutover. Windows that follow one another all week name no hours.",
    ),
    code(
        "workflow-budget",
        "a workflow exceeds a limit of Step Functions",
        "An execution is limited to 25,000 history events, a payload to 256 KiB, and the duration to one \
         year. The notes show the worst case.",
    ),
    code(
        "workflow-differs",
        "a workflow differs in meaning from the one that its spec builds",
        "Each difference is safe, weaker or unknown. Revert a difference that is not safe, or change the spec.",
    ),
    code(
        "workflow-timeout-too-short",
        "the timeout of a workflow is shorter than its states",
        "At its timeout an execution ends at once, without an error route and without a rollback. Raise \
         `TimeoutSeconds`.",
    ),
    code(
        "workflow-undecided",
        "a workflow has too many configurations to explore",
        "A partly explored workflow is not verified, so that this is an error and never a pass.",
    ),
    code(
        "writer-refresh-too-slow",
        "applications read the writer switch too rarely",
        "Every application must read the switch once during the fence: set `refresh` below `fence at-most`.",
    ),
    code(
        "wrong-argument",
        "an argument of a workflow's call has another value than the call needs",
        "Positions, tokens, shares, phases and periods have one good value in each call. The verifier compares each with its table, and each variable with the answer that must set it.",
    ),
    code(
        "wrong-value",
        "a value has the wrong type or is out of range",
        "Values are typed: durations, sizes, networks, names. The help shows the expected form.",
    ),
    code(
        "zone-outside-region",
        "a zone belongs to another region",
        "The id of an availability zone starts with the region's: `use1-az1` is in `us-east-1`.",
    ),
    code(
        "zone-owner-without-zone",
        "a domain names the owner of a zone, and no zone",
        "`owner=` of a domain is the account of its hosted zone. Add `zone=`, or remove `owner=`.",
    ),
    code(
        "zone-without-attachment",
        "a zone of an existing network has no subnet of the attachment to the transit",
        "Resources in a zone without a subnet of the attachment cannot reach the Transit Gateway, whatever their route table \
         says. Add a subnet of the zone to the tier with `holds=\"transit\"`.",
    ),
    code(
        "zone-without-service",
        "a zone lacks a service that the network uses",
        "API Gateway creates VPC links in some zones of a region only, and refuses a link with a subnet in another zone.",
    ),
    code(
        "zones-out-of-range",
        "the number of zones is out of range",
        "A network spans 2 to 6 zones: databases and load balancers need two, and no region has more than \
         six.",
    ),
];
