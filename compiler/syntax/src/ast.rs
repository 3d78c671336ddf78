//! The typed specification: one declaration for each node of the language,
//! from which the struct, the grammar and the reference page follow.

mod api;
mod environment;
mod functions;
mod keys;
mod monitor;
mod naming;
mod network;
mod tables;

pub use api::*;
pub use environment::*;
pub use functions::*;
pub use keys::*;
pub use monitor::*;
pub use naming::*;
pub use network::*;
pub use tables::*;

use crate::tree::Node;
use crate::value::*;

nodes! {
    /// A migration: the root of a spec.
    "migration" Migration, keys 1, merge Into {
        /// Name of the migration, part of every tag and of the paths of evidence.
        arg key: Key;
        /// Team that owns the migration.
        child owner: Owner;
        /// Security standard that applies.
        opt_child standard: Standard;
        /// Tags for every resource.
        opt_child tags: Tags;
        /// Protection against deletion (default: in production only).
        opt_child protect: Protect;
        /// Accounts and regions, with their overrides of the base.
        children environment: Environment;
        /// Rules for roles.
        opt_child roles: RoleRules;
        /// Rules for names and tags.
        opt_child naming: Naming;
        /// Keys that exist.
        opt_child keys: Keys;
        /// Log groups: their retention, and where copies of their events go.
        opt_child logs: Logs;
        /// Networks on AWS.
        children network: Network;
        /// Networks outside AWS.
        children site: Site;
        /// Transit Gateway that connects networks and sites.
        opt_child transit: Transit;
        /// Workloads of the application on AWS, with their ways out.
        children compute: Compute;
        /// Rules for the packages of the runtime functions.
        opt_child functions: Functions;
        /// Account-wide roles with fixed names.
        children account_roles: AccountRoles;
        /// Databases to migrate from.
        children source: Source;
        /// Databases on AWS to migrate to.
        children database: Database;
        /// Replication from a source to a database.
        children replication: Replication;
        /// Comparisons of source and target.
        children validation: Validation;
        /// APIs that shift traffic from source to target.
        children api: Api;
        /// Moves of the writer from source to target, with rollback.
        children cutover: Cutover;
        /// Alarms, dashboard and notifications.
        opt_child monitor: Monitor;
        /// Checkpoints and evidence, with their retention.
        opt_child checkpoints: Checkpoints;
        /// Rotation and recovery of secrets.
        opt_child secrets: Secrets;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// The owner of the migration.
    "owner" Owner, keys 0, merge Replace {
        /// Team name, used in tags.
        arg team: Text;
        /// Contact address of the team.
        opt_prop contact: Email;
    }

    /// The security standard that applies to the migration.
    "standard" Standard, keys 0, merge Replace {
        /// Name of the standard.
        arg name: StandardName;
        /// Version of the standard.
        prop version: Text = "4.0.1";
    }

    /// Tags for every resource.
    "tags" Tags, keys 0, merge Into {
        /// Names and values of tags.
        any_props tags: Text;
    }

    /// Protection of databases, keys, secrets, logs, buckets and tasks against deletion. Without it, the deletion of the
    /// stack deletes them with their content, and `terraform destroy` removes the environment.
    "protect" Protect, keys 0, merge Replace {
        /// `#false` removes the protection, which production needs.
        arg enabled: bool = true;
    }

    /// The role that Terraform assumes. CloudFormation takes it as `--role-arn`.
    "deploy" Deploy, keys 0, merge Replace {
        /// The role.
        prop role: Arn;
        /// External id that the trust policy of the role demands.
        opt_prop external_id: Text;
    }

    /// The Terraform state backend.
    "state" State, keys 0, merge Replace {
        /// Kind of backend.
        arg kind: StateKind;
        /// Bucket name. Only `s3`.
        opt_prop bucket: Text;
        /// Object key, or its prefix. Only `s3`.
        opt_prop key: NamePath;
        /// Region of the bucket (default: the region of the environment). Only `s3`.
        opt_prop region: Region;
        /// Organization of HCP Terraform. Only `hcp`.
        opt_prop organization: Text;
        /// Workspace of HCP Terraform. Only `hcp`.
        opt_prop workspace: Text;
        /// Arguments of another backend.
        opt_child arguments: StateArguments;
    }

    /// Arguments of a state backend, by name. Credentials belong in the environment of Terraform.
    "arguments" StateArguments, keys 0, merge Replace {
        /// Names and values of arguments.
        any_props arguments: Text;
    }

    /// Rules of the organisation for the roles and policies that the migration creates.
    "roles" RoleRules, keys 0, merge Into {
        /// Path of roles and policies.
        opt_prop path: RolePath;
        /// Prefix of their names.
        opt_prop prefix: RolePrefix;
        /// Permissions boundary of every role, a policy that exists (default: a new one).
        opt_prop boundary: Arn;
        /// JSON file with the policy document of that boundary, beside the spec.
        opt_prop document: FileName;
    }

    /// Account-wide roles with fixed names.
    "account-roles" AccountRoles, keys 1, merge Into {
        /// Service that requires the roles.
        arg service: RoleService;
        /// Whether this spec creates the roles; `#false` if they exist.
        prop create: bool = true;
    }

    /// A database to migrate from.
    "source" Source, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Engine.
        prop engine: Engine;
        /// Version.
        opt_prop version: Text;
        /// Site that contains the database.
        prop site: Key;
        /// Whether the source contains live account data.
        opt_child live: Live;
        /// Address of the database.
        child at: At;
        /// TLS verification.
        opt_child tls: Tls;
        /// Logins, one for each purpose.
        children login: Login;
        /// Writers that the fence must stop.
        opt_child application: Application;
        /// Descriptions of tables.
        children table: Table;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// Whether a source contains live account data.
    "live" Live, keys 0, merge Replace {
        /// `#false` for test data.
        arg live: bool;
    }

    /// The address of a database.
    "at" At, keys 0, merge Into {
        /// Host and port.
        arg address: HostPort;
        /// Name of the database.
        prop database: Text;
        /// Why the database listens on its port. Ports that are not known for its engine need it.
        opt_prop reason: Text;
    }

    /// TLS verification for connections to a source.
    "tls" Tls, keys 0, merge Into {
        /// Verification mode.
        arg mode: TlsMode;
        /// PEM file with the certificate of the authority, beside the spec.
        opt_prop ca: FileName;
        /// File with the auto-login wallet of an Oracle source in base64, beside the spec: `base64 cwallet.sso`.
        opt_prop wallet: FileName;
    }

    /// A database login for one purpose.
    "login" Login, keys 1, merge Into {
        /// Purpose of the login.
        arg purpose: LoginPurpose;
        /// Name of an existing secret.
        opt_prop secret: NamePath;
        /// KMS key of the secret, if it is not the AWS managed key.
        opt_prop key: Arn;
        /// Creates a secret and rotates it.
        opt_prop generate: bool;
    }

    /// The writers of a source, which the fence must stop.
    "application" Application, keys 0, merge Into {
        /// Database roles with write access: the application, batch jobs, outbox workers.
        child roles: Roles;
        /// Schemas that these roles write to, which the schema freeze covers.
        child schemas: Schemas;
    }

    /// Database roles with write access.
    "roles" Roles, keys 0, merge Replace {
        /// Role names.
        args names: Text;
    }

    /// Schemas that the application writes to.
    "schemas" Schemas, keys 0, merge Replace {
        /// Schema names.
        args names: Text;
    }

    /// The description of a table.
    "table" Table, keys 1, merge Into {
        /// Schema and name of the table.
        arg name: TableName;
        /// The columns of its primary key, separated by commas.
        opt_prop key: Text;
        /// Class of every column without a class of its own: the table is declared as a whole.
        opt_prop class: ColumnClass;
        /// Why the columns have no account data, although the name of the table fits account data.
        opt_prop reason: Text;
        /// Size of its rows without large objects. Larger tables load first.
        opt_prop rows: Size;
        /// Load over several connections.
        opt_child load: TableLoad;
        /// Descriptions of columns.
        children column: Column;
        /// Columns with large objects.
        children lob: TableLob;
    }

    /// The description of a column.
    "column" Column, keys 1, merge Into {
        /// Name.
        arg name: Text;
        /// Class of the data.
        opt_prop class: ColumnClass;
        /// Protection that makes the data unreadable.
        opt_prop protection: Protection;
        /// Key of a keyed hash, by its name in the key inventory.
        opt_prop keyed_by: Text;
        /// System that turns tokens back into card numbers. Tokenised card numbers need it.
        opt_prop detokeniser: Text;
        /// SQL type.
        opt_prop r#type: Text;
        /// Why a column has no account data, although its name or its type fits account data.
        opt_prop reason: Text;
    }

    /// A column of large objects.
    "lob" TableLob, keys 1, merge Into {
        /// Name of the column.
        arg column: Text;
        /// Size of the largest measured object.
        prop max: Size;
    }

    /// A database on AWS.
    "database" Database, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Engine.
        prop engine: Engine;
        /// Version.
        prop version: Text;
        /// Network of the database.
        prop network: Key;
        /// Storage of the cluster: `io-optimized` includes the price of input and output (default: `standard`).
        opt_prop storage: ClusterStorage;
        /// Port of the database, 1150 to 65535 (default: the default port of the engine).
        opt_prop port: Port;
        /// Name of the initial database (default: the key).
        opt_child name: DatabaseName;
        /// Instances.
        opt_child instances: Instances;
        /// Capacity of Aurora Serverless (default: instances of a fixed size).
        opt_child capacity: ServerlessCapacity;
        /// Backups.
        opt_child backup: Backup;
        /// Replica in another region.
        opt_child replica: Replica;
        /// People of a site who connect to the database, for its setup and for repairs.
        opt_child administrators: Administrators;
        /// Logins, one for each purpose.
        children login: Login;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// The name of the initial database.
    "name" DatabaseName, keys 0, merge Replace {
        /// The name.
        arg name: Text;
    }

    /// People of a site who connect to the database.
    "administrators" Administrators, keys 0, merge Replace {
        /// The site.
        prop from: Key;
        /// Their address range, within the site.
        prop cidr: Cidr;
    }

    /// The instances of a cluster.
    "instances" Instances, keys 0, merge Into {
        /// Number of instances.
        arg count: Count = 2;
        /// Instance class (default with `capacity`: `db.serverless`).
        prop class: Text = "db.r6g.large";
    }

    /// The capacity of each instance of Aurora Serverless v2, in Aurora capacity units.
    "capacity" ServerlessCapacity, keys 0, merge Into {
        /// Smallest capacity.
        prop min: Capacity;
        /// Largest capacity.
        prop max: Capacity;
    }

    /// Backups of a cluster.
    "backup" Backup, keys 0, merge Into {
        /// Retention of automatic backups.
        prop retain: Duration = "35d";
        /// Daily backup window.
        prop window: DailyWindow = "03:00-04:00Z";
    }

    /// A replica of a cluster in another region.
    "replica" Replica, keys 0, merge Into {
        /// The region.
        prop region: Region;
        /// Address range of the network in that region.
        prop cidr: Cidr = "10.2.0.0/16";
    }

    /// Replication from a source to a database by a DMS task.
    "replication" Replication, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Key of the source.
        prop from: Key;
        /// Key of the database.
        prop to: Key;
        /// Network of the replication instance.
        prop network: Key;
        /// The replication instance.
        opt_child instance: ReplicationInstance;
        /// Tables to replicate.
        children include: Include;
        /// Tables to exclude.
        children exclude: Exclude;
        /// Filters of rows.
        children filter: TableFilter;
        /// Columns that are not copied.
        children omit: OmittedColumns;
        /// Schemas with another name on the target.
        children rename: RenamedSchema;
        /// Size limit for large objects.
        opt_child lob: LobLimit;
        /// Limits for the replication lag.
        opt_child lag: Lag;
        /// Reverse replication, from the database to the source.
        opt_child reverse: Reverse;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A DMS replication instance.
    "instance" ReplicationInstance, keys 0, merge Into {
        /// Instance class.
        prop class: Text = "dms.c5.xlarge";
        /// Allocated storage.
        prop storage: Size = "200GiB";
        /// Standby instance in a second zone. Production needs it.
        prop multi_az: bool = true;
        /// Version of the replication engine.
        prop version: Text = "3.6.1";
    }

    /// Tables to replicate.
    "include" Include, keys 0, merge Replace {
        /// A pattern.
        arg pattern: TablePattern;
        /// Why the other tables of the schema stay on the source after a cutover.
        opt_prop rest_stays: Text;
    }

    /// Tables to exclude from replication.
    "exclude" Exclude, keys 0, merge Replace {
        /// A pattern.
        arg pattern: TablePattern;
    }

    /// The size limit for large objects.
    "lob" LobLimit, keys 0, merge Into {
        /// Largest object to copy; a larger one stops the task.
        prop limit: Size = "64KiB";
    }

    /// The limits for the lag of a replication.
    "lag" Lag, keys 0, merge Into {
        /// Maximum lag at which the gate before the cutover passes.
        prop gate: Duration = "5s";
        /// Time for which the lag must stay below the limit.
        prop r#for: Duration = "5m";
        /// Lag at which the alarm fires.
        prop alarm: Duration = "5s";
    }

    /// Replication from the database back to the source, so that a rollback
    /// after the cutover loses no writes. `reverse #false` accepts the loss.
    "reverse" Reverse, keys 0, merge Into {
        /// Whether reverse replication is provisioned.
        arg enabled: bool = true;
        /// Whether a cutover rehearses the start of the reverse task before requests move: a task of its own carries a
        /// row from the database to the source, and stops.
        prop rehearse: bool = true;
        /// Limit for the reverse lag, and so for the loss of a rollback.
        opt_child lag: ReverseLag;
    }

    /// The limit for the lag of a reverse replication.
    "lag" ReverseLag, keys 0, merge Into {
        /// Lag at which the alarm fires.
        prop alarm: Duration = "5s";
    }

    /// The comparison of both sides of a replication.
    "validation" Validation, keys 1, merge Into {
        /// Key of the replication to validate.
        arg key: Key;
        /// Compares row counts.
        opt_child rows: Rows;
        /// Compares checksums of chunks of rows.
        opt_child checksums: Checksums;
        /// Compares the results of queries.
        children invariant: Invariant;
    }

    /// Compares row counts.
    "rows" Rows, keys 0, merge Replace {
    }

    /// Compares checksums of chunks of rows.
    "checksums" Checksums, keys 0, merge Into {
        /// Time limit for one chunk on the source.
        prop chunk_time: Duration = "500ms";
        /// Number of connections to each side.
        prop connections: Count = 8;
    }

    /// A query whose result must be equal on both sides.
    "invariant" Invariant, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// The query.
        prop sql: Text;
    }

    /// An API in front of source and target, which shifts traffic between them.
    "api" Api, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// An API that exists cannot be the API of a migration: `domain` with `existing=#true` moves its callers instead.
        opt_prop existing: Text;
        /// Name by which callers reach the API (default: the name that API Gateway gives).
        opt_child domain: ApiDomain;
        /// Methods and paths of the API.
        children route: Route;
        /// Upstreams, one for each side.
        children upstream: Upstream;
        /// Authentication of callers.
        opt_child authorizer: Authorizer;
        /// Request limits.
        opt_child throttle: Throttle;
        /// Web application firewall in front of the API.
        opt_child waf: Waf;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A method and path of an API.
    "route" Route, keys 2, merge Into {
        /// The method.
        arg method: ApiMethod;
        /// The path.
        arg path: Text;
        /// The header that makes a repeated write harmless.
        opt_prop idempotency_header: Text;
        /// Maximum age of a response. With the strategy `reads`, the target
        /// serves such a route before the writer moves.
        opt_prop stale: Duration;
    }

    /// The destination of requests on one side: `source` or `target`.
    "upstream" Upstream, keys 1, merge Into {
        /// The side.
        arg side: UpstreamSide;
        /// URL of a system outside AWS; the certificate must contain its host name.
        opt_prop url: HttpsUrl;
        /// Network of the load balancer's targets.
        opt_prop network: Key;
        /// The certificate of the internal load balancer. A public authority
        /// must have issued it for the host of the source's `url`, which API
        /// Gateway calls and verifies on both sides.
        opt_prop certificate: Arn;
        /// The port of the targets.
        prop port: Port = 443;
        /// Why the servers accept HTTPS on their port. Ports other than 443, 7443, 8443 and 9443 need it.
        opt_prop reason: Text;
        /// How the deployment of the application registers the targets: by `ip` (tasks of ECS, pods of EKS) or by `instance`
        /// (Auto Scaling groups of EC2). Only at the side `target`.
        prop targets: TargetKind = "ip";
        /// A target group that exists, by its ARN, in place of a new one at the side `target`: the deployment of the application
        /// registers its targets there. No load balancer uses it yet. `network`, `port`, `targets` and `health` declare it; its
        /// requests and its health checks are HTTPS, and it is not sticky.
        opt_prop existing: Arn;
        /// The path of the health check.
        prop health: Text = "/health";
        /// Fixed addresses of the targets.
        opt_child addresses: Addresses;
    }

    /// Fixed addresses of the targets of an upstream.
    "addresses" Addresses, keys 0, merge Replace {
        /// IPv4 addresses.
        args addresses: IpAddress;
    }

    /// The authentication of callers.
    "authorizer" Authorizer, keys 0, merge Into {
        /// Authentication scheme.
        arg kind: AuthorizerKind;
        /// Name of the secret with the keys.
        prop secret: NamePath;
        /// KMS key of the secret, if it is not the AWS managed key.
        opt_prop key: Arn;
        /// Time to cache a result; use `0s` while traffic shifts.
        prop cache: Duration = "0s";
    }

    /// The request limits of an API.
    "throttle" Throttle, keys 0, merge Into {
        /// Sustained rate.
        prop rate: Rate = "500/s";
        /// Largest burst of requests.
        prop burst: Count = 1000;
    }

    /// The web application firewall in front of an API.
    "waf" Waf, keys 0, merge Replace {
        /// `#false` omits the firewall, which leads to a finding.
        arg enabled: bool = true;
        /// `count` lets every request pass and counts those that a rule matches, for the first deployment.
        prop mode: WafMode = "block";
        /// First day of `mode="count"`. After 14 days, counting leads to a finding.
        opt_prop since: Date;
    }

    /// The move of the writer from a source to a database, with its rollback.
    "cutover" Cutover, keys 1, merge Into {
        /// Key of the replication whose writer moves, or any key if `moves` lists several.
        arg key: Key;
        /// Key of the API whose traffic shifts.
        prop api: Key;
        /// Stem of the workflow's physical name (default: `{key}-orchestration`).
        opt_prop name: Key;
        /// Replications whose writers move together.
        opt_child moves: Moves;
        /// Traffic shift before the writer moves.
        child strategy: CutoverStrategy;
        /// Writer switch of the application.
        opt_child writer_switch: WriterSwitch;
        /// Write fence and its timeout.
        opt_child fence: Fence;
        /// Change windows of the cutover.
        opt_child window: Window;
        /// Approvers of the cutover.
        opt_child approval: Approval;
        /// Cutovers that must move their writers first.
        opt_child after: After;
        /// Rollback window.
        opt_child rollback: Rollback;
        /// Waivers of findings.
        children waive: Waive;
    }

    /// Databases behind one API whose writers move together. One write of the writer switch moves all of them, and
    /// one rollback returns all of them. Without `moves`, the replication with the key of the cutover moves alone.
    "moves" Moves, keys 0, merge Replace {
        /// Keys of replications, in the order of the workflow.
        args replications: Key;
    }

    /// The traffic shift before the writer moves.
    "strategy" CutoverStrategy, keys 0, merge Replace {
        /// The kind.
        arg kind: Strategy;
        /// Steps, in order.
        children step: Step;
    }

    /// A step of a shift.
    "step" Step, keys 0, merge Replace {
        /// Share of the traffic that the target receives from this step on.
        arg share: Percent;
        /// Time for which the step must stay healthy. It counts from the moment at which the requests have arrived.
        prop bake: Duration = "10m";
        /// Least number of requests that must reach the target's compute with this share, at least `1`.
        prop requests: Count = 1;
    }

    /// The Parameter Store parameter that names the database for writes.
    "writer-switch" WriterSwitch, keys 0, merge Into {
        /// Path below `/migration/{migration}/{environment}`.
        prop parameter: NamePath = "database/writer";
        /// Interval at which the application reads the parameter, at least `1s`.
        prop refresh: Duration = "5s";
    }

    /// The fence: the time during which no database accepts writes.
    "fence" Fence, keys 0, merge Into {
        /// Timeout after which the workflow rolls back and unfences the source.
        prop at_most: Duration = "30s";
    }

    /// The change windows. The fence starts, and all steps of the cutover end, within one of them.
    "window" Window, keys 0, merge Replace {
        /// Day and hours of each window: in UTC with `Z`, or in the time zone.
        args when: WeeklyWindow;
        /// Time zone of windows and freezes (default: UTC). The workflow contains the changes of its clocks until 2035.
        opt_prop zone: TimeZone;
        /// Days without a window.
        children freeze: Freeze;
    }

    /// Days without a window: a window that meets one of them does not open.
    "freeze" Freeze, keys 0, merge Replace {
        /// The first day.
        arg from: Date;
        /// The last day.
        arg to: Date;
    }

    /// The approval before an irreversible step.
    "approval" Approval, keys 0, merge Into {
        /// Timeout for the decision.
        prop within: Duration = "24h";
        /// Two different IAM roles.
        child by: ApprovedBy;
    }

    /// Cutovers that must move their writers first.
    "after" After, keys 0, merge Replace {
        /// Keys of cutovers.
        args cutovers: Key;
    }

    /// The IAM roles that approve.
    "by" ApprovedBy, keys 0, merge Replace {
        /// Their ARNs.
        args roles: Arn;
    }

    /// The rollback window.
    "rollback" Rollback, keys 0, merge Into {
        /// Time from the flip to the decommission.
        prop window: Duration = "72h";
    }

    /// Checkpoints and the evidence of each gate.
    "checkpoints" Checkpoints, keys 0, merge Into {
        /// Object Lock retention of evidence.
        prop retain: Duration = "400d";
        /// Mode of the Object Lock: `compliance`, which no principal can lift, or `governance` (default: `compliance` in a
        /// protected environment).
        opt_prop lock: LockMode;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// The rotation and recovery of secrets.
    "secrets" Secrets, keys 0, merge Into {
        /// Rotation period of generated secrets.
        prop rotate: Duration = "30d";
        /// Recovery window of deleted secrets: 7 to 30 days, or `0s` (default: `30d` in a protected environment, else `0s`).
        opt_prop recovery: Duration;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A waiver: the dated acceptance of a finding.
    "waive" Waive, keys 1 + "on" + "action" + "fact", merge Into {
        /// Name of the rule.
        arg rule: Text;
        /// The last day of the waiver.
        prop until: Date;
        /// Owner of the waiver.
        prop owner: Text;
        /// Approver; must differ from the owner.
        prop approved_by: Text;
        /// Why the risk is acceptable.
        prop reason: Text;
        /// Ticket that tracks the waiver.
        opt_prop ticket: Text;
        /// Compensating control while the waiver is active.
        opt_prop control: Text;
        /// Node of the finding, if the waiver is outside that node: `api.payments`.
        opt_prop on: Text;
        /// The only IAM action that the waiver accepts, such as `logs:PutResourcePolicy` (default: all actions of the finding).
        opt_prop action: Text;
        /// The fact that a waiver of `undecided-fact` accepts, such as `strongKeys`; the message of the finding names it.
        opt_prop fact: Text;
    }

    /// Sets properties of a derived resource. Values are checked against the
    /// AWS schema and by every policy.
    "override" Override, keys 1 + "resource", merge Into {
        /// AWS type of the resource.
        arg r#type: Text;
        /// Name of the resource, if several match.
        opt_prop resource: Text;
        /// Properties: a name and a value; children for nested ones, `-` for list items.
        any_children properties: Node;
    }
}
