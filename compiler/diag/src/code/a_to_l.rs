//! Codes from a to l, sorted by name.

use super::{CodeInfo, code};

pub(super) const CODES: &[CodeInfo] = &[
    code(
        "account-data-in-mapping",
        "a table mapping contains values of account data",
        "The boundaries of a load and the values of a filter are in the task of AWS DMS, in its logs, in the artifacts and in the \
         spec. PCI DSS allows no card numbers there.",
    ),
    code(
        "address-of-name-server",
        "an address of an upstream is a name server of the site",
        "The load balancer sends payments to each address. A server for names refuses them, and its share of payments fails.",
    ),
    code(
        "address-outside-sites",
        "no site contains the address",
        "The load balancer reaches the source through a site. Declare a site whose `cidr` contains the \
         address.",
    ),
    code(
        "addresses-in-two-sites",
        "the addresses of an upstream belong to two sites",
        "All addresses of an upstream belong to one site, because one route leads to them.",
    ),
    code(
        "administrators-outside-site",
        "administrators are outside of their site",
        "A route leads to the ranges of a site only. The range of administrators is within one of them.",
    ),
    code(
        "administrators-range",
        "the range of administrators has more hosts than a team",
        "Each host of the range reaches the database. Administrators connect from a few hosts: a range has 256 \
         addresses at most.",
    ),
    code(
        "ambiguous-file",
        "two files in different folders have the same name",
        "A file is found beside the file that names it, and is identified by the name as written. Rename one \
         of the two files.",
    ),
    code(
        "ambiguous-override",
        "an override of the migration matches several resources",
        "Name the resource with `resource=`, or move the override into the node that derives the resource.",
    ),
    code(
        "ambiguous-secret-name",
        "AWS cannot tell the name of a secret from a complete ARN",
        "Secrets Manager appends a hyphen and six characters to a name. A name that ends in a hyphen and six \
         letters or digits looks like a complete ARN, and AWS finds no secret by it. Create the secret with \
         another name.",
    ),
    code(
        "amounts-not-added-up",
        "no invariant adds up the amounts of a table",
        "A count is equal on both sides although amounts differ. Invariants add up the amounts of every declared table that has some.",
    ),
    code(
        "api-without-routes",
        "an API has no route",
        "The API denies every method and path that has no `route`. Declare the routes that callers use.",
    ),
    code(
        "approval-of-one",
        "one role can grant both approvals",
        "Two roles approve, each with a token that only it can read. A branch that asks the same role, or answers by itself, is no second approval.",
    ),
    code(
        "approval-time",
        "an approval waits too briefly or too long",
        "Approvers decide about a state that they have seen: in less than five minutes nobody can, \
         and after a week the state is another one.",
    ),
    code(
        "approver-deploys",
        "the role that deploys can approve",
        "Whoever deploys can change the workflow. An approval by the same role is no second opinion: name a role of \
         other people.",
    ),
    code(
        "approver-elsewhere",
        "an approver is not a role of the environment's account",
        "Approvers are IAM roles of the account in which the workflow runs.",
    ),
    code(
        "approver-of-the-migration",
        "a role of the migration, of a service or of a pipeline approves",
        "Functions, the workflow, services and pipelines assume these roles. An approval is the decision of a person: name a role \
         that people assume.",
    ),
    code(
        "authorizer-cache",
        "the authorizer cache exceeds the limit of API Gateway",
        "API Gateway caches the result of an authorizer for at most one hour. Use `0s` while traffic shifts.",
    ),
    code(
        "backup-retention",
        "the backup retention is out of range",
        "Aurora keeps automatic backups for 1 to 35 days.",
    ),
    code(
        "backup-shorter-than-rollback",
        "backups expire before the rollback window ends",
        "A backup from the start of the rollback window is the last resort of a rollback. Keep backups for at \
         least the rollback window, or shorten the window to 35 days or less.",
    ),
    code(
        "bake-too-short",
        "a step of a cutover bakes for less than three minutes",
        "The alarms of the gates evaluate three data points of a minute each. A shorter bake moves the next share of traffic \
         before an alarm can fire.",
    ),
    code(
        "binary-file",
        "the file is not text",
        "A spec is UTF-8 text. A NUL byte never occurs in text, so this is probably a different file.",
    ),
    code(
        "boundary-elsewhere",
        "the permissions boundary is not a policy of the account",
        "IAM accepts a boundary of the account of the role, or one of AWS, whose content changes without a review. Name a policy \
         of the account.",
    ),
    code(
        "built-in-role",
        "a role of the database system is declared as the application's",
        "The fence revokes rights of the application's roles. A superuser ignores revoked rights, \
         and the roles of PostgreSQL and AWS serve others as well.",
    ),
    code(
        "call-cut-short",
        "a call of a workflow times out before it can be answered",
        "A function works on after its call has timed out, and no state waits for it. A person needs minutes to answer, and applications some time to read the writer switch.",
    ),
    code(
        "call-without-effect",
        "a call of a workflow has an effect that its annotation omits",
        "The verifier relies on the effects that states announce. Announce every call that shifts requests, \
         changes the writer or controls a replication task.",
    ),
    code(
        "call-without-retry",
        "a state does not repeat its call after an error that passes",
        "Throttling and short failures of a service end within seconds. Without `Retry`, each of them starts the rollback. \
         Retry the errors that the workflow of `migspec build` names.",
    ),
    code(
        "capacity-of-fixed-class",
        "a database has both a capacity and a class of a fixed size",
        "`capacity` belongs to Aurora Serverless, whose instances have the class `db.serverless`. Keep one of the two.",
    ),
    code(
        "capacity-reversed",
        "the largest capacity is below the smallest",
        "A serverless database scales from `min` to `max`.",
    ),
    code(
        "card-number-in-path",
        "a path contains card numbers",
        "Addresses are recorded by every proxy, firewall and log on the way, and nothing masks them \
         there. Send a card number in the body, or identify the payment by a token.",
    ),
    code(
        "certificate-elsewhere",
        "a certificate belongs to another account or region",
        "A load balancer uses certificates of its own account and region only.",
    ),
    code(
        "change-after-redrive",
        "a state of a workflow changes something after a redrive, without a look at the lock",
        "A redrive continues an execution at the state that it stopped in. Since then, another execution may have rolled \
         back or moved the writer. A state that changes something compares the number of redrives with the number at the \
         last confirmation of the lock, and fails if they differ.",
    ),
    code(
        "choice-that-fails",
        "a Choice state of a workflow can fail",
        "A Choice state has no `Catch`: an error in its condition ends the execution. Compute the verdict in \
         a task, and compare its result with a literal.",
    ),
    code(
        "cidr-overlap",
        "two networks or sites have overlapping addresses",
        "Routes need one destination for each address. Give every network, site and replica network a range \
         of its own; PCI DSS 1.3.1 requires the separation.",
    ),
    code(
        "class-not-in-region",
        "a region has no such instance class",
        "The instance classes of Aurora differ by region. AWS refuses the instances of a class that the region does not offer.",
    ),
    code(
        "compute-without-network",
        "a workload without a network",
        "A workload is in the network that it names, or in that of the API with its key.",
    ),
    code(
        "connection-elsewhere",
        "a connection of EventBridge is in another account or region",
        "An API destination uses a connection of its own account and region.",
    ),
    code(
        "connection-without-webhook",
        "a connection of EventBridge sends nothing",
        "A connection has the credentials of a webhook. Name both in one `notify`.",
    ),
    code(
        "container-too-large",
        "a document exceeds the size that its service accepts",
        "Services limit the size of parameters, policies, environment variables, patterns and mappings. The \
         message has the size and the limit. Text that grows with tables, invariants or replications becomes \
         smaller with patterns, or when the migration is split into several specs.",
    ),
    code(
        "cutover-engine",
        "a cutover of an engine without fence support",
        "The runtime functions fence, drain and validate PostgreSQL. Other engines support replication, but \
         no cutover yet.",
    ),
    code(
        "cutover-name",
        "a cutover has the key of a replication that it does not move",
        "Cutovers and replications keep their records under their keys. Give a cutover with `moves` a key of \
         its own, or the key of one of its replications.",
    ),
    code(
        "cutover-order",
        "cutovers wait for each other",
        "`after` names the cutovers whose writers move first. Remove one `after` to break the cycle.",
    ),
    code(
        "cutover-without-application",
        "a cutover does not declare the writers of the source",
        "The fence revokes the write privileges of every login but the migration's own. `application` lists \
         the roles that the fence must stop, including administrators that it would otherwise spare. It also \
         lists the schemas to freeze: those of the application, batch jobs, outbox workers and webhooks.",
    ),
    code(
        "cutover-without-validation",
        "a cutover without a validation",
        "The writer moves only after a validation has found both sides equal, once while changes stream in \
         and once during the fence.",
    ),
    code(
        "dangling-next",
        "a state of a workflow leads to a state that does not exist",
        "A transition names a state of the same machine. Step Functions rejects the document, but most \
         linters accept it.",
    ),
    code(
        "dangling-reference",
        "a resource refers to a resource that does not exist in its region",
        "References connect resources of one region. Between regions, write literal names and ARNs.",
    ),
    code(
        "database-port",
        "Aurora cannot listen on the port",
        "Aurora listens on a port from 1150 to 65535. Without `port=`, it listens on the default port of the engine.",
    ),
    code(
        "declared-but-unreachable",
        "the resources block a connection that a relation of the spec needs",
        "Security group rules, routes and network ACLs follow from the relations of the spec. An override \
         removed one of them. The notes show the last hop that the connection reaches.",
    ),
    code(
        "declares-nothing",
        "a declared fact belongs to no existing resource",
        "Facts are declared of resources that exist. The compiler decides the properties of those that it creates. \
         Remove the setting, or name the existing resource.",
    ),
    code(
        "deployer-elsewhere",
        "the role that deploys belongs to another account",
        "Terraform takes the role and creates everything in the account of the role. That is the account of the environment.",
    ),
    code(
        "deployer-without-role",
        "the deployer is not a role",
        "Terraform and CloudFormation deploy as a role. Name it by its ARN.",
    ),
    code(
        "dns-answer",
        "a domain of a site has no answer, or several",
        "Names of a domain come from DNS servers of the site, from an existing resolver rule, or from public DNS: one of \
         them. A site never answers for names of AWS.",
    ),
    code(
        "dns-server-outside-site",
        "a DNS server is outside of its site",
        "A route leads to the ranges of a site only. Its DNS servers are within them.",
    ),
    code(
        "domain-of-two-apis",
        "two APIs have the same domain",
        "A custom domain leads to one API. Give each API a domain of its own.",
    ),
    code(
        "domain-of-upstream",
        "the domain of an API is the name of an upstream",
        "The API calls the upstream by its name. Once the record of the domain leads to the API, each request returns to it.",
    ),
    code(
        "duplicate-import",
        "a file is imported twice",
        "The nodes of an imported file belong to the whole migration, so that a second import only repeats \
         them. Import each file once.",
    ),
    code(
        "duplicate-node",
        "a node is repeated",
        "Each node of a kind and key occurs once. Merge the two nodes, or give one a different key.",
    ),
    code(
        "duplicate-property",
        "a property is set twice on one node",
        "In KDL the last value wins silently, so that `encrypted=#true encrypted=#false` means `#false`. Keep \
         one of the two.",
    ),
    code(
        "effect-without-call",
        "a state of a workflow announces an effect that it does not have",
        "The verifier relies on the effects that states announce. Announce an effect only at the call that \
         has it.",
    ),
    code(
        "egress-into-network",
        "a workload names addresses of a declared network by their range",
        "A rule for a range admits each resource with an address in it. Connections between resources of the migration follow \
         from their relations instead. A range may lie in an existing network of the workload, outside the declared subnets.",
    ),
    code(
        "egress-port",
        "the port of a workload's destination is not known for encryption",
        "A rule opens the port that the spec names. `https:` has the ports 443, 7443, 8443 and 9443; any other port, and each \
         port of `tcp:`, needs a `reason=` that names the server and its protocol. Ports of services without encryption are \
         refused.",
    ),
    code(
        "egress-without-nat",
        "a workload needs the internet, and its network has no NAT gateway",
        "Only NAT gateways connect a network to the internet. They are in a tier with `holds=\"nat\"`.",
    ),
    code(
        "egress-without-path",
        "a workload names private addresses that no site contains",
        "Routes lead to networks and sites of the spec only. A `site` declares further private addresses, and the transit that \
         attaches it has the routes.",
    ),
    code(
        "endpoint-for-neighbours",
        "an interface endpoint in a network with unknown workloads",
        "With private DNS, an interface endpoint answers for its whole VPC. Its group and its policy admit the workloads that \
         the spec declares. In a network that exists, others may call the same service.",
    ),
    code(
        "ends-as-success",
        "a workflow ends as a success after a failure",
        "Alarms and reports see the status of an execution. An execution that rolled back, or that called an operator, ends with the status `FAILED`.",
    ),
    code(
        "ends-in-between",
        "a workflow can end between source and target",
        "Every execution ends with all writers on the source, all on the target, or with an operator paged \
         after a failed rollback.",
    ),
    code(
        "ends-in-silence",
        "a workflow can end without a notification",
        "Every execution notifies or pages an operator before it ends. Otherwise customers discover the \
         failure first.",
    ),
    code(
        "ends-while-held",
        "a workflow can end with an active schema freeze or rotation hold",
        "The load starts the schema freeze and the rotation hold. Every execution releases both, or notifies \
         an operator to release them.",
    ),
    code(
        "every-schema",
        "an `include` copies every schema of a source",
        "The target would receive tables of other applications and of the database system. Name each \
         schema.",
    ),
    code(
        "everything-excluded",
        "the exclude patterns of a replication remove every table",
        "A replication without tables copies nothing, and its validation compares nothing.",
    ),
    code(
        "evidence-retention",
        "the evidence retention is out of range",
        "S3 Object Lock retains objects for 1 to 36,500 days.",
    ),
    code(
        "existing-api",
        "the API of a migration exists already",
        "The workflow moves traffic by weights behind an API whose routes, authentication, limits and logs the policies judge. \
         A deployment that adopts an existing API would replace its stage for all of its callers at once. The custom domain of \
         the existing API moves instead, by its base path mapping, and moves back by the same command.",
    ),
    code(
        "existing-load-balancer",
        "an upstream names a load balancer that exists",
        "The workflow replaces all actions of a listener rule. In a listener of others, a rule with a lower priority would take \
         requests past the weights, and the gates would count a share that the clients do not have. Targets can be in several \
         target groups, so the load balancer of the migration exists beside the other one, which keeps its callers.",
    ),
    code(
        "expired-waiver",
        "a waiver has expired",
        "A waiver accepts a finding until its last day. After that the finding is reported again. Renew or \
         remove the waiver.",
    ),
    code(
        "fence-left-closed",
        "a workflow can end with both databases fenced",
        "Every path that passes the fence unfences one side again, on success and on failure.",
    ),
    code(
        "fence-shorter-than-lag",
        "the fence times out before the lag that the gate allows can drain",
        "The changes written before the fence must reach the target before the fence times out. Raise `fence \
         at-most` above the lag of the gate, or lower the gate.",
    ),
    code(
        "fence-table-excluded",
        "an exclude pattern covers the fence table",
        "The drain waits until a row of the fence table reaches the target. DMS copies no table that a pattern \
         excludes, so the cutover would time out.",
    ),
    code(
        "fence-too-long",
        "a fence stops payments for more than five minutes",
        "No database accepts writes while the fence stands. Callers give up, and a rollback would \
         have been shorter.",
    ),
    code(
        "fence-too-short",
        "the fence times out before its steps can finish",
        "During the fence the applications read the writer switch, and each database is fenced, drained and \
         compared. The sum of these times must stay below `fence at-most`, or no attempt can succeed.",
    ),
    code(
        "file-too-large",
        "the file exceeds the size limit of a spec",
        "People write and review specs. Split a large spec and import its parts.",
    ),
    code(
        "filter-bounds",
        "a filter has an end without a range, or a range without an end",
        "`is=\"between\"` compares with two values, `value` and `to`. The other comparisons take one.",
    ),
    code(
        "filter-of-pattern",
        "a filter concerns a table that a pattern includes",
        "AWS DMS takes the filters of the rule that selects a table. An `include` of the table alone makes that rule unique.",
    ),
    code(
        "flip-unprepared",
        "a path to the flip skips a required step",
        "Every path to the flip passes preflight, the schema freeze, the validation, the gates on lag and alarms, the window and the evidence. Each step of a shift bakes.",
    ),
    code(
        "forbidden-character",
        "the text contains an invisible character",
        "Control characters and characters that change the text direction make a spec look different from its \
         content. Delete them, or write them as an escape inside a string.",
    ),
    code(
        "format-changes-meaning",
        "formatting would change the content of a file",
        "Before it writes, the formatter parses the text before and after with the reference implementation \
         of KDL. If the two differ, the file stays unchanged: please report this as a defect of migspec.",
    ),
    code(
        "freeze-reversed",
        "a freeze ends before it begins",
        "A freeze takes its first day and its last day, in this order.",
    ),
    code(
        "gate-open-on-silence",
        "a gate of a workflow passes on missing, unknown or bad data",
        "A metric without values is unknown, an alarm without data is not OK, and a reply without its field \
         is a failure. A gate passes on the known good value only.",
    ),
    code(
        "gate-without-end",
        "a gate ignores a failed check",
        "An alarm in ALARM ends its phase. An alarm that stays unknown ends it after some polls, or calls an operator while the target is the writer. A bad answer raises no counter of good answers.",
    ),
    code(
        "gate-without-question",
        "a gate has no task that answers it, or only one outcome",
        "A gate opens for the answer of the state before it. A gate that another state enters, that can never open or that never stays shut decides nothing.",
    ),
    code(
        "gateway-not-public",
        "the address of a customer gateway is not on the internet",
        "AWS opens the tunnels of a VPN to the address of the customer gateway on the internet.",
    ),
    code(
        "generate-beside-secret",
        "a login names a secret and generates one",
        "A login has one source of its password. The other would have no effect.",
    ),
    code(
        "generated-secret",
        "a login names a secret that the migration makes",
        "A secret of the migration has the password of one login. Another login with it would have more rights than \
         its own, and each rotation would break it.",
    ),
    code(
        "good-run-fails",
        "a workflow does not reach the target even without faults",
        "The verifier simulates a run in which every call succeeds and every answer is good. A state that rejects a good \
         answer ends each migration. Compare the state with the workflow that `migspec build` writes.",
    ),
    code(
        "greedy-route",
        "a route passes every path to the upstreams",
        "A variable such as `{path+}` matches paths that nobody declared, such as those of \
         administration. Declare each path.",
    ),
    code(
        "health-path",
        "the path of a health check is no plain path",
        "A path with `..` or `//` reaches another one than it shows, or none.",
    ),
    code(
        "idempotency-by-common-header",
        "the idempotency header has one value for many requests",
        "HTTP gives the header a meaning of its own. Callers send one value with many payments, or another value when they repeat \
         one: a payment is lost, or made twice.",
    ),
    code(
        "idempotency-by-secret",
        "the idempotency header does not identify a request",
        "The header has a new value for each payment. A credential is equal in all requests of a \
         caller, and a card number does not belong into a header.",
    ),
    code(
        "identity-override",
        "an override changes a property that other resources rely on",
        "Names, ports and references of a resource are used by rules, rights, endpoints and functions. An override would \
         change one side only. Change the node of the spec from which both sides follow.",
    ),
    code(
        "import-cycle",
        "files import each other in a cycle",
        "The nodes of a file replace its import, so that a cycle never ends. The message shows the cycle.",
    ),
    code(
        "incomplete-upstream",
        "an upstream lacks a required setting",
        "The upstream `source` needs `url` and `addresses`. The upstream `target` needs `network` and \
         `certificate`.",
    ),
    code(
        "inconsistent-call",
        "states of a workflow use different names for one resource",
        "A parameter, key, task, topic or function has one name in all states. A state with another name works on another resource.",
    ),
    code(
        "inexact-sum",
        "an invariant adds up numbers that are not exact",
        "A sum of floating-point numbers depends on the order of the rows, so both sides differ although their rows \
         are equal. Declare the exact type of the column, or count its rows instead.",
    ),
    code(
        "instance-count",
        "the number of cluster instances is out of range",
        "An Aurora cluster has one writer and up to fourteen readers.",
    ),
    code(
        "interrupts-replication",
        "a change interrupts a migration that is under way",
        "The environment declares with `under-way` that its migration runs, and the change replaces, restarts or \
         removes a resource of replication, closes a path of it, or takes a right from DMS. Replication would stop, or \
         start again from the beginning. Make the change after the migration.",
    ),
    code(
        "invalid-property",
        "AWS rejects the value of an override",
        "The values of overrides are checked against AWS's schema of the resource type.",
    ),
    code(
        "invariant-hides-differences",
        "an invariant has one result for different rows",
        "Both sides compare the results of an invariant. Rounding and `having` remove a difference before anyone compares the results.",
    ),
    code(
        "invariant-not-one-query",
        "an invariant is not one query without effects",
        "An invariant runs on the source and on the target. It is one `select`, and the functions that it may call are a closed list.",
    ),
    code(
        "invariant-of-nothing",
        "an invariant does not depend on the copied rows",
        "Both sides give the same result although rows differ. An invariant reads all rows of at \
         least one copied table.",
    ),
    code(
        "invariant-reads-account-data",
        "the result of an invariant contains account data",
        "Results of invariants are compared by a function and stored as evidence. Select counts and \
         sums, and no column with account data.",
    ),
    code(
        "invariants-without-total",
        "no invariant of a validation is a total",
        "A comparison row by row can miss absent rows. At least one invariant adds up or counts all rows of a table; others may \
         select some of them.",
    ),
    code(
        "joined-but-undeclared",
        "a route connects networks or sites without a relation of the spec",
        "Security groups may still separate the current resources, but not future ones. An override added the \
         route. The notes show the path hop by hop.",
    ),
    code(
        "kdl1-syntax",
        "the text is KDL 1",
        "KDL 2 writes keywords with a hash (`#true`) and raw strings as `#\"…\"#`. The help shows the new \
         form.",
    ),
    code(
        "key-elsewhere",
        "a key is in another account, region or partition than its use",
        "A service encrypts with keys of its own region only. Declare a key of the use in each region that needs one; a replica needs one for its database and its logs. The key of a secret that exists belongs to the environment's account, or `keys` declares it: the owner of any other key can end the use of the secret.",
    ),
    code(
        "key-of-another-kind",
        "the id of a key contradicts `multi-region`",
        "The id of a multi-Region key starts with `mrk-`. A key keeps its kind.",
    ),
    code(
        "lag-alarm-above-gate",
        "the lag alarm fires above the limit of the gate",
        "Set the alarm at or below the lag that the gate allows. Otherwise the gate closes without an alarm.",
    ),
    code("lag-in-seconds", "the lag is not a whole number of seconds", "DMS measures lag in seconds."),
    code(
        "lob-as-key",
        "the key of a table has large objects",
        "DMS reads large objects after the row and finds the row by its key. Name the columns of the primary key, \
         which have no large objects.",
    ),
    code(
        "lob-limit-out-of-range",
        "the size limit for large objects is out of range",
        "DMS copies large objects of up to 100 MiB in limited mode.",
    ),
    code(
        "lob-limit-too-small",
        "a large object exceeds the size limit",
        "An object above the limit stops the task. Set the limit to the largest measured object, or above.",
    ),
    code(
        "log-destination-elsewhere",
        "a destination is not where the log groups are",
        "Log groups send their events to one destination of their own region, in the account of the log archive.",
    ),
    code(
        "log-retention",
        "CloudWatch Logs has no such period",
        "A log group keeps events for one of the periods of CloudWatch Logs: 365, 400, 545 or 731 days, among others.",
    ),
    code(
        "login-without-secret",
        "a login of a source names no secret",
        "The compiler cannot create a login outside AWS. Store its credentials in Secrets Manager, and name \
         that secret.",
    ),
    code(
        "loop-without-bound",
        "a loop of a workflow has no bound",
        "A loop counts its turns in a variable and exits at a limit. Otherwise the history limit of 25,000 \
         events ends the execution in an arbitrary state.",
    ),
    code(
        "loss-without-approval",
        "a rollback that loses writes needs no approval",
        "Without reverse replication, a rollback loses the writes to the target since the flip. Declare the \
         approvers who accept the loss.",
    ),
    code(
        "lower-case-name",
        "a pattern over tables of Oracle is in lower case",
        "Oracle stores names without quotes in upper case, and AWS DMS compares patterns with the stored names. A pattern in \
         lower case matches only names that were created in quotes.",
    ),
];
