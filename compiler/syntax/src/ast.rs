//! The typed specification: what each node of the language holds. One
//! declaration gives the struct, the grammar and the reference page.

use crate::tree::Node;
use crate::value::*;

nodes! {
    /// A migration: the root of a spec.
    "migration" Migration, keys 1, merge Into {
        /// Its name, part of every tag and of the paths of evidence.
        arg key: Key;
        /// Who answers for it.
        child owner: Owner;
        /// The standard it is held to.
        opt_child standard: Standard;
        /// Tags of every resource.
        opt_child tags: Tags;
        /// Where it runs, and what differs there.
        children environment: Environment;
        /// Networks on AWS.
        children network: Network;
        /// Places outside AWS.
        children site: Site;
        /// The hub that joins networks and sites.
        opt_child transit: Transit;
        /// Account-wide roles with fixed names.
        children account_roles: AccountRoles;
        /// Databases that data comes from.
        children source: Source;
        /// Databases on AWS that data goes to.
        children database: Database;
        /// What copies data from a source to a database.
        children replication: Replication;
        /// What proves that both sides agree.
        children validation: Validation;
        /// How callers reach the system while it moves.
        children api: Api;
        /// How the writer moves, and how it moves back.
        children cutover: Cutover;
        /// How it is watched.
        opt_child monitor: Monitor;
        /// What is kept as evidence, and how long.
        opt_child checkpoints: Checkpoints;
        /// How secrets are kept.
        opt_child secrets: Secrets;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// Who answers for the migration.
    "owner" Owner, keys 0, merge Replace {
        /// The team, as it stands in tags.
        arg team: Text;
        /// Where the team is reached.
        opt_prop contact: Email;
    }

    /// The standard that the migration is held to.
    "standard" Standard, keys 0, merge Replace {
        /// Its name.
        arg name: StandardName;
        /// Its version.
        prop version: Text = "4.0.1";
    }

    /// Tags of every resource.
    "tags" Tags, keys 0, merge Into {
        /// Name and value of a tag.
        any_props tags: Text;
    }

    /// Where the migration runs. Its children name nodes of the base again
    /// and override them there.
    "environment" Environment, keys 1, merge Into {
        /// The suffix of every physical name.
        arg key: Key;
        /// The AWS account.
        prop account: AccountId;
        /// The AWS region.
        prop region: Region;
        /// Whether live account data is handled here; rules are stricter then.
        prop production: bool = false;
        /// Where Terraform keeps its state.
        opt_child state: State;
    }

    /// Where Terraform keeps its state.
    "state" State, keys 0, merge Replace {
        /// The kind of store.
        arg kind: StateKind;
        /// The bucket's name.
        prop bucket: Text;
        /// The object's key, or the prefix of it.
        prop key: NamePath;
        /// The bucket's region; the environment's if absent.
        opt_prop region: Region;
    }

    /// A network on AWS: one VPC.
    "network" Network, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// Its addresses.
        prop cidr: Cidr;
        /// In how many availability zones.
        prop zones: Count = 3;
        /// Its tiers; each becomes one subnet for each zone.
        children tier: Tier;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// A tier of a network: one subnet for each zone.
    "tier" Tier, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// What runs in it, from which its routes follow.
        prop holds: TierPurpose;
    }

    /// A place outside AWS.
    "site" Site, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// Its addresses.
        prop cidr: Cidr;
        /// How it is reached.
        opt_child vpn: Vpn;
    }

    /// A site-to-site VPN.
    "vpn" Vpn, keys 0, merge Into {
        /// The public address of the customer gateway.
        prop gateway: IpAddress;
        /// The BGP number of the customer gateway.
        prop asn: Count = 65000;
    }

    /// The Transit Gateway that joins networks and sites.
    "transit" Transit, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// The networks and sites that it joins.
        child attach: Attach;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// The networks and sites that a transit joins.
    "attach" Attach, keys 0, merge Replace {
        /// Names of networks and sites.
        args members: Key;
    }

    /// Account-wide roles with fixed names.
    "account-roles" AccountRoles, keys 1, merge Into {
        /// The service that insists on them: `dms` or `api-gateway`.
        arg service: Key;
        /// Whether this spec creates them; `#false` where they exist.
        prop create: bool = true;
    }

    /// A database that data comes from.
    "source" Source, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// Its engine.
        prop engine: Engine;
        /// Its version.
        opt_prop version: Text;
        /// The site that it stands in.
        prop site: Key;
        /// Whether it holds live account data.
        opt_child live: Live;
        /// Its address.
        child at: At;
        /// How TLS is verified.
        opt_child tls: Tls;
        /// Logins, one for each purpose.
        children login: Login;
        /// What the fence must stop.
        opt_child application: Application;
        /// What is known of its tables.
        children table: Table;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// Whether a source holds live account data.
    "live" Live, keys 0, merge Replace {
        /// `#false` for test data.
        arg live: bool;
    }

    /// The address of a database.
    "at" At, keys 0, merge Into {
        /// Host and port.
        arg address: HostPort;
        /// The database's name.
        prop database: Text;
    }

    /// How TLS to a source is verified.
    "tls" Tls, keys 0, merge Into {
        /// The mode.
        arg mode: TlsMode;
        /// The file with the certificate authority's PEM, beside the spec.
        opt_prop ca: FileName;
    }

    /// A database login for one purpose.
    "login" Login, keys 1, merge Into {
        /// What it is for.
        arg purpose: LoginPurpose;
        /// The name of a secret that exists.
        opt_prop secret: NamePath;
        /// The key of that secret, where it is not AWS's own.
        opt_prop key: Arn;
        /// Makes a secret and rotates it.
        opt_prop generate: bool;
    }

    /// What the fence must stop: every way to write.
    "application" Application, keys 0, merge Into {
        /// Database roles that write: the application, batch jobs, outbox workers.
        child roles: Roles;
        /// Schemas that they write to.
        child schemas: Schemas;
    }

    /// Database roles that write.
    "roles" Roles, keys 0, merge Replace {
        /// Role names.
        args names: Text;
    }

    /// Schemas that are written to.
    "schemas" Schemas, keys 0, merge Replace {
        /// Schema names.
        args names: Text;
    }

    /// What is known of a table.
    "table" Table, keys 1, merge Into {
        /// Schema and name.
        arg name: TableName;
        /// The columns of its primary key, separated by commas.
        opt_prop key: Text;
        /// What is known of its columns.
        children column: Column;
        /// Its large objects.
        children lob: TableLob;
    }

    /// What is known of a column.
    "column" Column, keys 1, merge Into {
        /// Its name.
        arg name: Text;
        /// The class of its data.
        opt_prop class: ColumnClass;
        /// How its data is made unreadable.
        opt_prop protection: Protection;
        /// The key of a keyed hash, as the key inventory names it.
        opt_prop keyed_by: Text;
        /// Its SQL type.
        opt_prop r#type: Text;
    }

    /// A column of large objects.
    "lob" TableLob, keys 1, merge Into {
        /// The column's name.
        arg column: Text;
        /// The largest one measured.
        prop max: Size;
    }

    /// A database on AWS.
    "database" Database, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// Its engine.
        prop engine: Engine;
        /// Its version.
        prop version: Text;
        /// The network that it runs in.
        prop network: Key;
        /// The name of the initial database; the key if absent.
        opt_child name: DatabaseName;
        /// Its instances.
        opt_child instances: Instances;
        /// Its backups.
        opt_child backup: Backup;
        /// A copy in another region.
        opt_child replica: Replica;
        /// Logins, one for each purpose.
        children login: Login;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// The name of the initial database.
    "name" DatabaseName, keys 0, merge Replace {
        /// The name.
        arg name: Text;
    }

    /// The instances of a cluster.
    "instances" Instances, keys 0, merge Into {
        /// How many.
        arg count: Count = 2;
        /// Their class.
        prop class: Text = "db.r6g.large";
    }

    /// Backups of a cluster.
    "backup" Backup, keys 0, merge Into {
        /// How long they are kept.
        prop retain: Duration = "35d";
        /// When they are taken.
        prop window: DailyWindow = "03:00-04:00Z";
    }

    /// A copy of a cluster in another region.
    "replica" Replica, keys 0, merge Into {
        /// The region.
        prop region: Region;
        /// The addresses of its network.
        prop cidr: Cidr = "10.2.0.0/16";
    }

    /// What copies data from a source to a database.
    "replication" Replication, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// The source.
        prop from: Key;
        /// The database.
        prop to: Key;
        /// The network that the replication instance runs in.
        prop network: Key;
        /// The replication instance.
        opt_child instance: ReplicationInstance;
        /// Tables that are copied.
        children include: Include;
        /// Tables that are not.
        children exclude: Exclude;
        /// How large objects are copied.
        opt_child lob: LobLimit;
        /// How far behind it may be.
        opt_child lag: Lag;
        /// The way back, from the database to the source.
        opt_child reverse: Reverse;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// A DMS replication instance.
    "instance" ReplicationInstance, keys 0, merge Into {
        /// Its class.
        prop class: Text = "dms.c5.xlarge";
        /// Its storage.
        prop storage: Size = "200GiB";
    }

    /// Tables that are copied.
    "include" Include, keys 0, merge Replace {
        /// A pattern.
        arg pattern: TablePattern;
    }

    /// Tables that are not copied.
    "exclude" Exclude, keys 0, merge Replace {
        /// A pattern.
        arg pattern: TablePattern;
    }

    /// How large objects are copied.
    "lob" LobLimit, keys 0, merge Into {
        /// The largest that is copied; a larger one stops the task.
        prop limit: Size = "64KiB";
    }

    /// How far behind a replication may be.
    "lag" Lag, keys 0, merge Into {
        /// The most that the gate before the cutover lets pass.
        prop gate: Duration = "5s";
        /// How long it must stay below.
        prop r#for: Duration = "5m";
        /// From which on the alarm rings.
        prop alarm: Duration = "5s";
    }

    /// Replication from the database back to the source, so that a rollback
    /// after the cutover loses nothing. `reverse #false` states the loss.
    "reverse" Reverse, keys 0, merge Into {
        /// Whether it is provisioned.
        arg enabled: bool = true;
        /// How far behind it may be: what a rollback may lose.
        opt_child lag: ReverseLag;
    }

    /// How far behind a reverse replication may be.
    "lag" ReverseLag, keys 0, merge Into {
        /// From which on the alarm rings.
        prop alarm: Duration = "5s";
    }

    /// What proves that both sides of a replication agree.
    "validation" Validation, keys 1, merge Into {
        /// The replication that it checks.
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
        /// How long one chunk may take on the source.
        prop chunk_time: Duration = "500ms";
        /// How many connections are used on each side.
        prop connections: Count = 8;
    }

    /// A query whose result must be the same on both sides.
    "invariant" Invariant, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// The query.
        prop sql: Text;
    }

    /// How callers reach the system while it moves.
    "api" Api, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// What it answers.
        children route: Route;
        /// Where requests go: one upstream for each side.
        children upstream: Upstream;
        /// How callers prove who they are.
        opt_child authorizer: Authorizer;
        /// How many requests it lets pass.
        opt_child throttle: Throttle;
        /// Whether a web application firewall stands before it.
        opt_child waf: Waf;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// A method and a path that an API answers.
    "route" Route, keys 2, merge Into {
        /// The method.
        arg method: ApiMethod;
        /// The path.
        arg path: Text;
        /// The header that makes a repeated write harmless.
        opt_prop idempotency_header: Text;
        /// How old an answer may be: with the strategy `reads`, such a route
        /// is served by the target before the writer moves.
        opt_prop stale: Duration;
    }

    /// Where requests go on one side: `source` or `target`.
    "upstream" Upstream, keys 1, merge Into {
        /// The side.
        arg side: Key;
        /// The address of a system outside AWS; its host is the name in the certificate.
        opt_prop url: HttpsUrl;
        /// The network of the load balancer's targets.
        opt_prop network: Key;
        /// The certificate of the internal load balancer.
        opt_prop certificate: Arn;
        /// The port of the targets.
        prop port: Port = 443;
        /// The path of the health check.
        prop health: Text = "/health";
        /// The addresses of the targets, where they are fixed.
        opt_child addresses: Addresses;
    }

    /// Addresses of the targets of an upstream.
    "addresses" Addresses, keys 0, merge Replace {
        /// IPv4 addresses.
        args addresses: IpAddress;
    }

    /// How callers prove who they are.
    "authorizer" Authorizer, keys 0, merge Into {
        /// The scheme.
        arg kind: AuthorizerKind;
        /// The name of the secret that holds the keys.
        prop secret: NamePath;
        /// The key of that secret, where it is not AWS's own.
        opt_prop key: Arn;
        /// How long an answer is kept; `0s` while traffic shifts.
        prop cache: Duration = "0s";
    }

    /// How many requests an API lets pass.
    "throttle" Throttle, keys 0, merge Into {
        /// In the long run.
        prop rate: Rate = "500/s";
        /// At once.
        prop burst: Count = 1000;
    }

    /// Whether a web application firewall stands before an API.
    "waf" Waf, keys 0, merge Replace {
        /// `#false` leaves it out, and a policy judges that.
        arg enabled: bool = true;
    }

    /// How the writer moves from source to database, and how it moves back.
    "cutover" Cutover, keys 1, merge Into {
        /// The replication whose writer moves; any name where `moves` lists several.
        arg key: Key;
        /// The API whose traffic moves.
        prop api: Key;
        /// The stem of the workflow's physical name; `{key}-orchestration` if absent.
        opt_prop name: Key;
        /// The replications whose writers move together, where they are several.
        opt_child moves: Moves;
        /// How traffic moves before the writer does.
        child strategy: CutoverStrategy;
        /// What tells the application which database it writes to.
        opt_child writer_switch: WriterSwitch;
        /// The time without a writer.
        opt_child fence: Fence;
        /// When it may happen.
        opt_child window: Window;
        /// Who must agree.
        opt_child approval: Approval;
        /// What must have moved before.
        opt_child after: After;
        /// How long the way back stays open.
        opt_child rollback: Rollback;
        /// Findings that are accepted for a time.
        children waive: Waive;
    }

    /// Databases behind one API whose writers move together: one switch moves all of them at the same moment, and the way
    /// back is one as well. Absent, the replication with the cutover's key moves alone.
    "moves" Moves, keys 0, merge Replace {
        /// Keys of replications, in the order in which the workflow takes them.
        args replications: Key;
    }

    /// How traffic moves before the writer does.
    "strategy" CutoverStrategy, keys 0, merge Replace {
        /// The kind.
        arg kind: Strategy;
        /// Steps, in order.
        children step: Step;
    }

    /// A step of a shift.
    "step" Step, keys 0, merge Replace {
        /// The share of traffic on the target from here on.
        arg share: Percent;
        /// How long it must stay healthy.
        prop bake: Duration = "10m";
    }

    /// The parameter that tells the application which database it writes to.
    "writer-switch" WriterSwitch, keys 0, merge Into {
        /// Its path below `/migration/{environment}`.
        prop parameter: NamePath = "database/writer";
        /// How often the application reads it.
        prop refresh: Duration = "5s";
    }

    /// The time in which no database accepts writes.
    "fence" Fence, keys 0, merge Into {
        /// After which the cutover is given up and the source writes again.
        prop at_most: Duration = "30s";
    }

    /// When a cutover may happen.
    "window" Window, keys 0, merge Replace {
        /// Day and hours.
        arg when: WeeklyWindow;
    }

    /// Who must agree before a step that cannot be undone.
    "approval" Approval, keys 0, merge Into {
        /// How long a decision is waited for.
        prop within: Duration = "24h";
        /// Two different IAM roles.
        child by: ApprovedBy;
    }

    /// The cutovers that must have moved their writers before.
    "after" After, keys 0, merge Replace {
        /// Their keys.
        args cutovers: Key;
    }

    /// IAM roles that approve.
    "by" ApprovedBy, keys 0, merge Replace {
        /// Their ARNs.
        args roles: Arn;
    }

    /// How long the way back stays open.
    "rollback" Rollback, keys 0, merge Into {
        /// From the flip to the decommissioning.
        prop window: Duration = "72h";
    }

    /// How the migration is watched.
    "monitor" Monitor, keys 0, merge Into {
        /// A dashboard.
        opt_child dashboard: Dashboard;
        /// Thresholds of alarms.
        children alarm: Alarm;
        /// Who is told.
        children notify: Notify;
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// A dashboard of lag, validation and database health.
    "dashboard" Dashboard, keys 0, merge Replace {
    }

    /// The threshold of an alarm.
    "alarm" Alarm, keys 1, merge Into {
        /// Its name.
        arg key: Key;
        /// The alarm rings above it.
        prop above: Count = 0;
    }

    /// Who is told.
    "notify" Notify, keys 0, merge Replace {
        /// An e-mail address.
        prop email: Email;
    }

    /// Checkpoints and the evidence of each gate.
    "checkpoints" Checkpoints, keys 0, merge Into {
        /// How long evidence cannot be deleted.
        prop retain: Duration = "400d";
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// How secrets are kept.
    "secrets" Secrets, keys 0, merge Into {
        /// How often generated ones are rotated.
        prop rotate: Duration = "30d";
        /// How long a deleted one can be restored: 7 to 30 days, or `0s`.
        prop recovery: Duration = "30d";
        /// Findings that are accepted for a time.
        children waive: Waive;
        /// Properties of derived resources set by hand.
        children r#override: Override;
    }

    /// A finding that is accepted for a time.
    "waive" Waive, keys 1 + "on", merge Into {
        /// The rule's name.
        arg rule: Text;
        /// The last day of the waiver.
        prop until: Date;
        /// Who answers for it.
        prop owner: Text;
        /// Who agreed; not the owner.
        prop approved_by: Text;
        /// Why.
        prop reason: Text;
        /// Where it is tracked.
        opt_prop ticket: Text;
        /// What protects in its place.
        opt_prop control: Text;
        /// The node it concerns, where it does not stand inside it: `api.payments`.
        opt_prop on: Text;
    }

    /// Sets properties of a derived resource by hand. Checked against the
    /// AWS schema and by every policy.
    "override" Override, keys 1 + "resource", merge Into {
        /// The resource's AWS type.
        arg r#type: Text;
        /// Which one, where there are several.
        opt_prop resource: Text;
        /// Properties: a name and a value; children for nested ones, `-` for list items.
        any_children properties: Node;
    }
}
