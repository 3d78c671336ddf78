/// What a compiler code means: the one table that `explain`, SARIF and the
/// reference pages read. Policies describe themselves and are not in it.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// Name of the offence in kebab case.
    pub code: &'static str,
    /// One sentence: what is wrong.
    pub summary: &'static str,
    /// Why it matters and how to mend it.
    pub explanation: &'static str,
}

const fn code(code: &'static str, summary: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, summary, explanation }
}

pub fn code_info(name: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == name)
}

/// All codes of the compiler, sorted by name.
pub const CODES: &[CodeInfo] = &[
    code(
        "address-outside-sites",
        "an address is in no site of the spec",
        "The load balancer reaches the source through a site. Declare the site that holds the address.",
    ),
    code(
        "addresses-in-two-sites",
        "the addresses of an upstream are in two sites",
        "An upstream is one system in one place.",
    ),
    code(
        "ambiguous-file",
        "two files in different folders have one name",
        "Files that settings name are found beside the file that names them, and known by the name as written. Two different ones of the same name could be taken for each other.",
    ),
    code(
        "ambiguous-override",
        "an override stands at the migration and concerns several resources",
        "Name the resource with `resource=`, or write the override inside the node that derives it.",
    ),
    code(
        "api-without-routes",
        "an API answers nothing",
        "Every method and path that callers use is declared; nothing else is let through.",
    ),
    code(
        "approval-of-one",
        "one role can agree for two",
        "Two roles agree, each by a token that only it can read. A branch that asks the same role, or answers by itself, is no second agreement.",
    ),
    code(
        "approver-elsewhere",
        "an approver is no role of the environment's account",
        "An approval is given by a role of the account in which the workflow runs.",
    ),
    code(
        "authorizer-cache",
        "an authorizer's answer is kept for too long",
        "API Gateway keeps an answer for an hour at most. While traffic shifts it should not be kept at all.",
    ),
    code("backup-retention", "backups cannot be kept that long", "Aurora keeps automatic backups for 1 to 35 days."),
    code(
        "backup-shorter-than-rollback",
        "backups are gone before the way back closes",
        "While the way back is open, a backup of its start is the last resort. Keep backups for at least the rollback window.",
    ),
    code(
        "binary-file",
        "the file is not text",
        "A spec is UTF-8 text. A NUL byte never stands in one, so the file most likely is something else.",
    ),
    code(
        "call-without-effect",
        "a call of a workflow changes something that its annotation does not name",
        "Safety is judged by the effects that states announce. A call that moves requests, the writer or a replication task is announced, or nobody knows of it.",
    ),
    code(
        "certificate-elsewhere",
        "a certificate is of another account or region",
        "A load balancer takes certificates of its own account and region only.",
    ),
    code(
        "choice-that-fails",
        "a choice of a workflow can fail",
        "Step Functions gives a choice no route for errors: the execution ends there. Work the verdict out in a task, and let the choice compare a word.",
    ),
    code(
        "cidr-overlap",
        "two networks or sites share addresses",
        "An address must lead to one place. Networks, sites and the networks of replicas need ranges of their own; PCI DSS 1.3.1 rests on it.",
    ),
    code(
        "cutover-engine",
        "a cutover over an engine that the functions cannot fence",
        "The functions fence, drain and validate PostgreSQL. Other engines can be replicated, but not cut over yet.",
    ),
    code(
        "cutover-name",
        "a cutover bears the name of a replication that it does not move",
        "What a cutover writes down lies below its name, and what a replication does below its own. A cutover with `moves` has a name of its own, or that of one of the replications that it moves.",
    ),
    code(
        "cutover-order",
        "a cutover waits for itself",
        "`after` names cutovers whose writers must have moved before. Two that wait for each other never move.",
    ),
    code(
        "cutover-without-application",
        "a cutover that is not told who writes to the source",
        "The fence takes everybody's right to write but that of the migration's own logins. `application` says whom it must have stopped, so that a role which it would spare, such as an administrator's, is stopped as well, and which schemas are kept as they are: the application's, and those of batch jobs, outbox workers and webhooks.",
    ),
    code(
        "cutover-without-validation",
        "a cutover of data that nothing compares",
        "The writer moves only after a validation has found both sides equal, once while changes stream in and once more inside the fence.",
    ),
    code(
        "dangling-next",
        "a state of a workflow leads to a state that does not exist",
        "Every state that is named stands in the same machine. Step Functions refuses the document, and most linters do not.",
    ),
    code(
        "dangling-reference",
        "a resource refers to something that does not exist in its region",
        "Values pass between resources of one region only; across regions, names and ARNs are literal.",
    ),
    code(
        "declared-but-unreachable",
        "a relation of the spec needs a connection that the resources do not let through",
        "Rules, routes and network ACLs follow from the spec's relations; an override took one of them away. The notes show how far the connection comes.",
    ),
    code(
        "duplicate-import",
        "a file is imported twice",
        "The nodes of an imported file belong to the migration as a whole, so a second import can only repeat them. Import a file once.",
    ),
    code(
        "duplicate-node",
        "a node that may stand once stands twice",
        "Two nodes of the same name and key would each be half of the truth. Join them, or give one another name.",
    ),
    code(
        "duplicate-property",
        "a property is set twice on one node",
        "KDL lets the last one win without a word, so that `encrypted=#true encrypted=#false` would be read as `#false`. Keep one of the two.",
    ),
    code(
        "effect-without-call",
        "a state of a workflow announces what it does not do",
        "Safety is judged by the effects that states announce. An effect stands only at the call that brings it about.",
    ),
    code(
        "ends-in-between",
        "a workflow can end between both sides",
        "Every end is wholly on the source, wholly on the target, or with a person after the way back has failed.",
    ),
    code(
        "ends-in-silence",
        "a workflow can end without telling anybody",
        "Every end passes a state that notifies or pages; an execution that nobody hears of is found when customers call.",
    ),
    code(
        "ends-while-held",
        "a workflow can end with schemas frozen or passwords held",
        "From the load on, schemas are frozen and passwords are not rotated. Every end lets go of both, or tells people that they have to.",
    ),
    code(
        "evidence-retention",
        "evidence cannot be kept that long",
        "S3 Object Lock keeps objects for 1 to 36,500 days.",
    ),
    code(
        "expired-waiver",
        "the last day of a waiver is past",
        "A waiver accepts a finding for a time. After its last day the finding stands again, and the waiver is to be renewed or removed.",
    ),
    code(
        "fence-left-closed",
        "a workflow can end while nobody can write",
        "Each path that passes the fence opens a side again, on success and on failure.",
    ),
    code(
        "fence-shorter-than-lag",
        "a fence that is over before the lag that the gate lets pass",
        "What was written before the fence must arrive before the fence is given up: the fence is longer than the lag that the gate lets pass.",
    ),
    code(
        "fence-too-short",
        "a fence that is over before what must happen meanwhile",
        "The applications read the switch, each database is fenced and compared, and all drain: the sum must fit into the time after which the cutover is given up, or every attempt is.",
    ),
    code(
        "file-too-large",
        "the file is larger than a spec may be",
        "Specs are written and reviewed by people. Split a large one and import the parts.",
    ),
    code(
        "flip-unprepared",
        "a path to the flip leaves something out",
        "Every path to the flip passes preflight, the freeze, the validation, the gates of lag and alarms, the window and the evidence, and each step of a shift bakes.",
    ),
    code(
        "forbidden-character",
        "an invisible character stands in the text",
        "Control characters, and those that reverse the direction of text, make a spec read otherwise than it is. Delete them; inside a string write them as an escape.",
    ),
    code(
        "format-changes-meaning",
        "the formatter would change what a file says",
        "Before it writes, the formatter lets the reference implementation of KDL read the text before and after. Where the two differ, the file is left as it is: that is a defect of migspec.",
    ),
    code(
        "gate-open-on-silence",
        "a gate of a workflow opens for an answer that is absent, unknown or bad",
        "A metric without values is unknown, an alarm without data is not quiet, a reply without its field is a failure. A gate lets only the good answer pass.",
    ),
    code(
        "gate-without-question",
        "a gate is not asked, or has one way out only",
        "A gate opens for the answer of the state before it. One that another state leads to, that can never open or never stays shut, decides nothing.",
    ),
    code(
        "import-cycle",
        "files import each other in a circle",
        "An import is replaced by the nodes of its file; a circle would never end. The message shows the path of the circle.",
    ),
    code(
        "incomplete-upstream",
        "an upstream lacks a setting that its side needs",
        "The source needs a URL and addresses, the target a network and a certificate.",
    ),
    code(
        "inconsistent-call",
        "states of a workflow name different things for the same",
        "A parameter, key, task, topic or function has one name in all states. The state that names another works on something else.",
    ),
    code(
        "instance-count",
        "a cluster cannot have that many instances",
        "An Aurora cluster has one writer and up to fourteen readers here.",
    ),
    code(
        "invalid-property",
        "an override gives a property a value that AWS refuses",
        "Values of overrides are checked against AWS's own schema of the type.",
    ),
    code(
        "joined-but-undeclared",
        "routes join networks or sites that no relation of the spec joins",
        "Rules of security groups may still keep their members apart today; what starts there tomorrow is not kept. The routes were set by an override. The notes show the path hop by hop.",
    ),
    code(
        "kdl1-syntax",
        "the text is written in KDL 1",
        "KDL 2 writes keywords with a hash (`#true`) and raw strings as `#\"…\"#`. The help says how.",
    ),
    code(
        "lag-alarm-above-gate",
        "an alarm that rings later than the gate closes",
        "The alarm on the lag rings at or below the lag that the gate lets pass: otherwise the gate is closed and nobody knows.",
    ),
    code("lag-in-seconds", "lag is given in something else than whole seconds", "DMS measures lag in seconds."),
    code(
        "lob-limit-out-of-range",
        "large objects cannot be limited to that size",
        "DMS copies large objects up to 100 MiB in limited mode.",
    ),
    code(
        "lob-limit-too-small",
        "a large object is larger than what is copied",
        "What is larger than the limit stops the task. Set the limit to the largest object that was measured, or above.",
    ),
    code(
        "login-without-secret",
        "a login of a source names no secret",
        "A login on a system outside AWS cannot be made from here: its credentials are in a secret that exists.",
    ),
    code(
        "loop-without-bound",
        "a loop of a workflow can go on forever",
        "A loop counts its turns in a variable and gives up at a number: otherwise the history of 25,000 events ends it at a place that nobody chose.",
    ),
    code(
        "loss-without-approval",
        "a rollback that would lose writes without anybody being asked",
        "Without reverse replication, going back after the cutover loses what was written to the target. People must agree to that.",
    ),
    code(
        "malformed-number",
        "text that starts like a number is none",
        "A word that starts with a digit must be a number. Values with a unit, such as durations, stand in quotes.",
    ),
    code(
        "malformed-string",
        "a string has a wrong escape or wrong indentation",
        "The help says which escapes are known, and how a string over several lines is written.",
    ),
    code(
        "missing-ca",
        "TLS cannot be verified without the authority's certificate",
        "`verify-ca` and `verify-full` compare the server's certificate with an authority. Name the file with its PEM.",
    ),
    code(
        "missing-environment",
        "the migration has no environment",
        "An environment says in which account and region the migration runs. Without one there is nothing to check or build.",
    ),
    code(
        "missing-login",
        "a source lacks a login that something needs",
        "Each purpose has a login of its own: replication, validation, the fence, and applying changes on the way back.",
    ),
    code(
        "missing-migration",
        "the file holds no `migration`",
        "A spec is one `migration` node. Files that only hold parts of one are imported by a spec and checked with it.",
    ),
    code(
        "missing-project",
        "a project file without a project",
        "The project file `migspec.kdl` holds one `project` node. Specs are files of their own, named `*.migspec.kdl`.",
    ),
    code(
        "missing-setting",
        "a node lacks a part that it needs",
        "Where there is no safe default, the spec must say. Settings with defaults may be left out.",
    ),
    code(
        "missing-tier",
        "a network has no tier for what must run in it",
        "Add a tier that holds it: subnets follow from tiers.",
    ),
    code(
        "missing-upstream",
        "an API lacks one of its two sides",
        "Traffic moves from the upstream `source` to the upstream `target`.",
    ),
    code(
        "mixed-reverse",
        "databases that move together, of which only some have a way back",
        "What moves together goes back together. Going back with the writes of one database and without those of another would leave rows that refer to what is gone. Let reverse replication run for all, or for none.",
    ),
    code(
        "moved-twice",
        "a replication is moved twice",
        "The writer of a replication moves once: one cutover names it, by its own key or with `moves`, and only once.",
    ),
    code(
        "name-collision",
        "two nodes derive the same resource",
        "Resources are named after the author's keys. Give one of the nodes another key.",
    ),
    code(
        "name-too-long",
        "a name is longer than its service accepts",
        "Physical names are made of the author's key, the kind of thing and the environment. Shorten the key or the environment's name.",
    ),
    code(
        "nested-too-deep",
        "blocks are nested deeper than any spec needs",
        "The limit keeps reading safe whatever the text.",
    ),
    code("network-size", "a network is larger or smaller than AWS allows", "A VPC has a prefix from /16 to /28."),
    code(
        "network-too-small",
        "a network cannot hold its subnets",
        "Each tier needs a subnet for each zone, and a transit needs attachment subnets of its own. Choose a larger network, fewer tiers or fewer zones.",
    ),
    code(
        "no-path",
        "a relation of the spec needs a connection that no network path carries",
        "Two networks, or a network and a site, reach each other only through a transit that both are attached to. Attach both.",
    ),
    code(
        "not-a-certificate",
        "a file holds no PEM certificate",
        "A PEM certificate starts with `-----BEGIN CERTIFICATE-----`.",
    ),
    code(
        "not-waivable",
        "a waiver names a rule that nothing excuses",
        "Some offences cannot be accepted for any time: the catalogue of controls says which.",
    ),
    code(
        "nothing-included",
        "a replication copies no table",
        "A pattern such as `include \"payments.*\"` says what is copied.",
    ),
    code(
        "nothing-to-remove",
        "`remove` names a node that is not inherited",
        "`remove` drops a node of the base in one environment. Where there is none, the line has no effect and most likely is a slip.",
    ),
    code(
        "override-shape",
        "an override has both a value and children",
        "A property is a value, an object of children, or a list of `-` children.",
    ),
    code(
        "reachable-but-undeclared",
        "the resources let through a connection that no relation of the spec needs",
        "Who can reach whom is recomputed from rules, routes and network ACLs. What is open beyond the spec's relations was opened by an override. The notes show the path hop by hop.",
    ),
    code(
        "recovery-window",
        "a deleted secret cannot be restored for that long",
        "Secrets Manager keeps deleted secrets for 7 to 30 days, or not at all.",
    ),
    code(
        "reference-cycle",
        "resources need each other",
        "Each would have to be made before the other. One of the references must become a literal name or ARN.",
    ),
    code(
        "replica-in-same-region",
        "a copy is in the region of the database itself",
        "The copy is for the loss of a region. Name another one.",
    ),
    code(
        "replica-instance-class",
        "a database with a copy in another region has a burstable class",
        "Aurora global databases run on memory-optimised classes.",
    ),
    code("replication-storage", "a replication instance cannot have that much storage", "From 5 GiB to 6,144 GiB."),
    code(
        "reserved-tier",
        "a tier has a name that the compiler uses",
        "Attachment subnets are derived under this name.",
    ),
    code(
        "right-beyond-actor",
        "a role holds a right that its actor may never hold",
        "Each kind of actor has a ceiling of rights, written by hand. A right above it is refused whatever relation asks for it: either the relation is wrong or the ceiling is changed in a review.",
    ),
    code(
        "role-policy-too-large",
        "a role has more rights than IAM lets it hold",
        "The inline policies of a role hold at most 10,240 characters. Rights of the functions grow with every replication: split the migration into several specs.",
    ),
    code(
        "rollback-of-wrong-phase",
        "a rollback is told a phase that is not the one to undo",
        "The rollback undoes what the phase has changed. Told another, it leaves something as it is or opens both databases.",
    ),
    code(
        "rotation-period",
        "secrets cannot be rotated that often or that seldom",
        "Secrets Manager rotates every 1 to 1,000 days.",
    ),
    code(
        "route-path",
        "a route's path is not a path",
        "A path starts with a slash; its parts are literal or a variable in braces.",
    ),
    code(
        "route-variables-clash",
        "two routes name the variable at one place differently",
        "API Gateway accepts one name for the variable at a place of a path.",
    ),
    code(
        "shared-account",
        "production shares its account with another environment",
        "Keys, roles and networks of environments are separate, but whoever administers the account administers all of them. An account of its own keeps production apart.",
    ),
    code(
        "shared-api",
        "two cutovers move the traffic of one API",
        "Each cutover changes the weights of its API's listener. Let one cutover move all databases behind the API, with `moves`; or give each an API of its own, and declare their order with `after`.",
    ),
    code("short-backup-window", "a backup window is too short", "RDS takes windows of at least 30 minutes."),
    code(
        "single-approver",
        "an approval by one role only",
        "Two different roles approve, so that nobody moves a payment system alone.",
    ),
    code(
        "single-zone",
        "a network has one zone where two are needed",
        "Subnet groups of databases and of replication span two zones.",
    ),
    code("site-without-link", "a site is attached to a transit but says no way to reach it", "Add `vpn` to the site."),
    code(
        "stack-too-large",
        "a CloudFormation stack passes a limit that nesting cannot mend",
        "AWS limits what a template may hold and what nested stacks may pass to each other.",
    ),
    code(
        "stale-reads",
        "reads that would move before the writer do not fit the strategy",
        "With the strategy `reads`, routes with `stale` are served from the target while the source takes the writes. Only a `GET` may be stale, not by less than the lag gate lets pass, and some route must be.",
    ),
    code(
        "step-not-repeatable",
        "a step of a workflow fails when it is run again",
        "A redrive runs the state that failed once more, whether or not it had its effect. Its call overwrites, or its error for what is done already leads on.",
    ),
    code(
        "step-without-bound",
        "a task of a workflow has no timeout",
        "Without `TimeoutSeconds` a call that is never answered holds the execution for ever, and whatever it has closed stays closed.",
    ),
    code(
        "strategy-not-supported",
        "a strategy for which no workflow is built yet",
        "The strategies `compute`, `reads` and `atomic` are built. A share of all writes can never move: replication goes one way, and two databases that both take writes overwrite each other's rows and sequences.",
    ),
    code(
        "strategy-steps",
        "the steps of a strategy do not lead to its end",
        "Compute shifts in growing shares and ends with all of it; an atomic cutover has no steps.",
    ),
    code(
        "syntax-error",
        "the text is not KDL 2",
        "A spec is a KDL 2 document. The place shows where reading stopped making sense.",
    ),
    code(
        "table-without-key",
        "a table's key is not known",
        "Without a primary key or a unique index DMS ignores updates and deletes in silence, and cannot compare rows.",
    ),
    code(
        "tag-character",
        "a tag holds a character that AWS refuses",
        "Tags hold letters, digits, spaces and `_.:/=+-@`.",
    ),
    code(
        "tag-reserved",
        "a tag's name is taken",
        "Names that start with `aws:` are AWS's own; the name, owner, environment, migration and scope of a resource are derived.",
    ),
    code("tag-too-long", "a tag is longer than AWS accepts", "A tag's name has at most 128 characters, its value 256."),
    code(
        "too-many-environments",
        "a spec has more environments than any migration needs",
        "Each environment is a view of the whole migration, and is checked in full. Split the migration.",
    ),
    code(
        "too-many-errors",
        "there are more errors than are shown",
        "Mend the first ones and check again: many of the rest follow from them.",
    ),
    code(
        "too-many-imports",
        "files import each other too deeply",
        "A chain of imports this long is no way to lay out a spec. Import the files from the spec itself.",
    ),
    code(
        "too-many-tags",
        "a resource would have more tags than AWS accepts",
        "AWS accepts 50 tags, the derived ones among them.",
    ),
    code(
        "type-annotation",
        "a type annotation has no meaning",
        "KDL allows `(type)` before names and values. In a spec the type follows from the place, so an annotation could only contradict it.",
    ),
    code(
        "unannotated-state",
        "a state of a workflow does not say what it changes",
        "Each task names its effects in its comment, as JSON: the verifier knows nothing else of it.",
    ),
    code(
        "unbounded-numeric",
        "an amount has no precision",
        "DMS copies `numeric` without a precision with six decimal places and cuts the rest.",
    ),
    code(
        "unclosed-block",
        "a block is not closed",
        "A `{` has no `}`. Where the indentation shows which block was meant, the place points at it.",
    ),
    code(
        "unclosed-string",
        "a string is not closed",
        "A string ends on its line; text over several lines stands between three quotes.",
    ),
    code(
        "undecided-fact",
        "a policy needs a fact that is not known before deployment",
        "A value that is only given at deployment cannot be judged now. It is never taken for safe: write the value out, refer to a resource of the spec, or waive the finding.",
    ),
    code(
        "undeclared-path",
        "a connection that no migration needs",
        "Who may reach whom is a list written by hand. A flow that is not on it is refused.",
    ),
    code(
        "unexpected-argument",
        "a node has more arguments than it takes",
        "Arguments are told apart by their position. One too many has no meaning; often it is a property whose name was left out.",
    ),
    code(
        "unexpected-children",
        "a node has children but holds none",
        "The node is complete on its line. Often the child is a property: write it there.",
    ),
    code("unknown-alarm", "no alarm has this name", "The derived alarms have names; only their thresholds can be set."),
    code(
        "unknown-authority",
        "the authority of databases in a region is not known",
        "The certificates of the regions are part of the compiler, so that TLS to a database is verified without a download.",
    ),
    code(
        "unknown-call",
        "a call of a workflow has no known effect",
        "An integration, function or payload that the compiler does not emit may do anything. The call is refused, whatever its comment says.",
    ),
    code(
        "unknown-engine-version",
        "an engine has no such version",
        "Versions are pinned to the minor one: an engine that changes its version in mid-migration restarts.",
    ),
    code(
        "unknown-environment",
        "the spec has no environment of this name",
        "The environments of a spec are its `environment` nodes; the name is the first argument.",
    ),
    code("unknown-instance-class", "an instance class is not known", "Classes are those that Aurora or DMS runs on."),
    code(
        "unknown-node",
        "a node with this name has no meaning here",
        "Every node of a spec is known to the compiler. An unknown one is an error, never ignored: a setting that is misspelt must not silently have no effect.",
    ),
    code(
        "unknown-prefix-list",
        "the prefix list of a service in this region is not known",
        "Security groups name Amazon S3 by its managed prefix list, whose id differs by region.",
    ),
    code(
        "unknown-property",
        "a property with this name has no meaning here",
        "Every property of a node is known to the compiler. An unknown one is an error, never ignored: a setting that is misspelt must not silently have no effect.",
    ),
    code(
        "unknown-reference",
        "a setting names a node that is not declared",
        "Every name is resolved when the spec is compiled.",
    ),
    code("unknown-resource", "an override names a resource that is not derived", "The help names those that are."),
    code(
        "unknown-resource-type",
        "an override names a type of which nothing is derived",
        "Types are named as in the AWS documentation.",
    ),
    code(
        "unknown-rule",
        "a waiver names a rule that does not exist",
        "A waiver that covers nothing by mistake would be found only when it is needed.",
    ),
    code(
        "unmapped-property",
        "a property has no mapping to Terraform",
        "What has no mapping would be dropped, so that the two back ends would differ in silence. The table of types must say how it is written.",
    ),
    code(
        "unmapped-type",
        "a resource type has no mapping to Terraform",
        "What has no mapping would be dropped, so that the two back ends would differ in silence. The table of types must say how it is written.",
    ),
    code(
        "unnamed-schema",
        "a schema that is copied and that `application` does not name",
        "From the load to the end, the schemas of the application are kept as they are, so that replication misses no column. One that is copied without being named could change meanwhile.",
    ),
    code(
        "unreachable-state",
        "nothing leads to a state of a workflow",
        "A state that no path enters is a mistake in the one that should lead there.",
    ),
    code(
        "unreadable-file",
        "a file that the spec imports or names cannot be read",
        "Imported and named files are part of the spec. They lie beside it or below it; nothing outside the spec's folder is read.",
    ),
    code(
        "unreadable-workflow",
        "a document is no workflow that can be verified",
        "The verifier reads state machines in JSONata whose comments name the effects, as `migspec build` writes them.",
    ),
    code(
        "unsupported-engine",
        "a database on AWS has an engine that cannot be made",
        "Databases on AWS are Aurora clusters.",
    ),
    code(
        "unsupported-engine-pair",
        "a replication joins engines that are not supported",
        "Replication is between databases of one family: PostgreSQL or MySQL.",
    ),
    code(
        "unsupported-tls-mode",
        "DMS does not know a TLS mode for an engine",
        "The modes differ by engine: MySQL has no `require`, Oracle no `verify-full`.",
    ),
    code(
        "unsupported-validation",
        "a validation concerns an engine that cannot be validated yet",
        "The validator reads PostgreSQL. DMS compares every row of any engine while it replicates.",
    ),
    code(
        "unused-waiver",
        "a waiver covers nothing",
        "What it excused is mended or gone. A waiver that stays would silently excuse the next offence.",
    ),
    code(
        "upstream-port",
        "the port of an upstream's URL is not a port",
        "Ports are 1 to 65535; without one it is 443.",
    ),
    code(
        "upstream-side",
        "an upstream is neither the source nor the target",
        "An API moves traffic between exactly two sides.",
    ),
    code(
        "waiver-approved-by-owner",
        "a waiver is approved by its owner",
        "Who asks for an exception does not grant it: `owner` and `approved-by` are two.",
    ),
    code(
        "waiver-too-long",
        "a waiver runs longer than its rule allows",
        "Each control has a longest term, from the day of the run. A waiver can be renewed when it is reviewed.",
    ),
    code(
        "waiver-without-control",
        "a waiver in production names nothing that protects meanwhile",
        "An exception is governed by a reason, an owner, an end and a compensating control. Name the control.",
    ),
    code(
        "window-too-short",
        "a window in which a cutover cannot end",
        "The last gates, the fence, and stopping and starting the replication tasks must all end within the window.",
    ),
    code(
        "workflow-budget",
        "a workflow that would pass a limit of Step Functions",
        "An execution ends at 25,000 events of history, a payload at 256 KiB, and an execution after a year. The compiler adds up the worst case; the notes show the sum.",
    ),
    code(
        "workflow-differs",
        "a workflow means something else than its spec",
        "The document is compared with the one that the spec builds. A difference is safe, weaker or unknown. One that is not safe is undone, or becomes a change of the spec.",
    ),
    code(
        "workflow-timeout-too-short",
        "a workflow is ended before its states have had their time",
        "When the timeout of the whole is over, the execution ends at once: no error route is taken, and no rollback.",
    ),
    code(
        "workflow-undecided",
        "a workflow has too many configurations to be explored",
        "What is not explored is not proven: this is a failure, not a pass.",
    ),
    code(
        "writer-refresh-too-slow",
        "applications read the writer switch too rarely",
        "Within the fence every application must read the switch once: its refresh is shorter than the fence.",
    ),
    code(
        "wrong-value",
        "a value is not of the type that its place takes",
        "Values are typed: durations, sizes, networks, names. The help says how the value is written.",
    ),
    code(
        "zones-out-of-range",
        "a network spans too few or too many zones",
        "Databases and load balancers need two zones; no region has more than six.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
