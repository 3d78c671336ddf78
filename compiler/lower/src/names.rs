//! The ids of resources that several passes refer to, and the form of physical
//! names. Every id is derived here from the keys of the spec, so that a pass can
//! refer to resources of another.

use migspec_ir::Id;

/// The letter of the n-th zone, from 0: `a`, `b`, …
pub fn zone_letter(zone: u32) -> char {
    char::from(b'a' + (zone % 26) as u8)
}

macro_rules! ids {
    ($( $(#[doc = $doc:literal])* $name:ident($($arg:ident),*) = $format:literal; )*) => {$(
        $(#[doc = $doc])*
        pub fn $name($($arg: &str),*) -> Id {
            Id::from(format!($format))
        }
    )*};
}

ids! {
    vpc(network) = "{network}-vpc";
    internet_gateway(network) = "{network}-internet-gateway";
    /// `zone` is a letter.
    subnet(network, tier, zone) = "{network}-{tier}-{zone}-subnet";
    /// `zone` is a letter. Every subnet has its own route table.
    route_table(network, tier, zone) = "{network}-{tier}-{zone}-routes";
    route_table_association(network, tier, zone) = "{network}-{tier}-{zone}-routes-association";
    /// `to` is the destination: `internet`, or the other end of flows.
    route(network, tier, zone, to) = "{network}-{tier}-{zone}-to-{to}-route";
    /// A route in a table of this stem.
    route_at(stem, to) = "{stem}-to-{to}-route";
    /// An existing route table or network ACL, by its own id.
    existing(network, id) = "{network}-{id}";
    internet_gateway_attachment(network) = "{network}-internet-gateway-attachment";
    /// A destination of logs that exists.
    log_destination(region) = "{region}-log-destination";
    nat_gateway(network, zone) = "{network}-{zone}-nat";
    /// The elastic IP address of a NAT gateway.
    nat_address(network, zone) = "{network}-{zone}-nat-address";
    /// Who `from` may reach, at `group`: a rule for the end that opens.
    egress_rule(group, to, port) = "{group}-to-{to}-{port}";
    /// A rule for the end that answers.
    ingress_rule(group, from, port) = "{group}-from-{from}-{port}";
    network_acl_association(network, tier, zone) = "{network}-{tier}-{zone}-acl-association";
    network_acl_entry(network, tier, direction, number) = "{network}-{tier}-acl-{direction}-{number}";
    network_acl(network, tier) = "{network}-{tier}-acl";
    flow_log(network) = "{network}-flow-log";
    /// The interface or gateway endpoint of a service in a network.
    endpoint(network, service) = "{network}-{service}-endpoint";
    /// The security group of a network's interface endpoints.
    endpoints_group(network) = "{network}-endpoints-group";
    transit_gateway(transit) = "{transit}-transit-gateway";
    attachment(transit, member) = "{transit}-{member}-attachment";
    transit_route_table(transit, member) = "{transit}-{member}-transit-routes";
    transit_flow_log(transit) = "{transit}-transit-flow-log";
    /// `to` is the other end: a network and tier, or a site.
    transit_route(transit, member, to) = "{transit}-{member}-to-{to}-transit-route";
    transit_association(transit, member) = "{transit}-{member}-transit-association";
    customer_gateway(site) = "{site}-customer-gateway";
    vpn_connection(site) = "{site}-vpn";
    /// The `Migspec::Site` entity.
    site(site) = "{site}-site";
    /// The `Migspec::Site` entity of the DNS servers of a site.
    dns_servers(site) = "{site}-dns-servers";
    /// The `Migspec::Site` entity of a range that a workload reaches; dots are hyphens.
    workload_range(workload, range) = "{workload}-to-{range}-range";
    /// The outbound endpoint that asks the DNS servers of a site, and its security group.
    resolver_endpoint(site) = "{site}-resolver-endpoint";
    resolver_group(site) = "{site}-resolver-group";
    /// The rule of a domain; dots are hyphens.
    resolver_rule(site, domain) = "{site}-{domain}-resolver-rule";
    resolver_association(site, domain, network) = "{site}-{domain}-{network}-resolver-association";
    /// The `Migspec::Source` entity.
    source(source) = "{source}-source";

    /// The customer-managed key of a data class: `database`, `secrets`,
    /// `logs`, `checkpoints`, `notifications`, `workflow`, `functions`.
    key(class) = "{class}-key";

    key_alias(class) = "{class}-key-alias";

    cluster(database) = "{database}-cluster";
    /// `n` from 1.
    cluster_instance(database, n) = "{database}-instance-{n}";
    cluster_group(database) = "{database}-cluster-group";
    cluster_subnets(database) = "{database}-cluster-subnets";
    /// The `Migspec::Site` entity of a database's administrators.
    administrators(database) = "{database}-administrators";
    cluster_parameters(database) = "{database}-cluster-parameters";
    global_cluster(database) = "{database}-global-cluster";
    /// The `Migspec::Login` entity of a source or database.
    login(owner, purpose) = "{owner}-{purpose}-login";
    /// The `Migspec::Column` entity of a source.
    column(source, table, column) = "{source}-{table}-{column}-column";

    /// The `Migspec::Replication` entity.
    replication(replication) = "{replication}-replication";
    /// The `Migspec::Validation` entity.
    validation(validation) = "{validation}-validation";
    replication_subnets(replication) = "{replication}-replication-subnets";
    certificate(owner) = "{owner}-certificate";
    replication_instance(replication) = "{replication}-replication-instance";
    replication_group(replication) = "{replication}-replication-group";
    source_endpoint(replication) = "{replication}-source-endpoint";
    target_endpoint(replication) = "{replication}-target-endpoint";
    task(replication) = "{replication}-task";
    reverse_source_endpoint(replication) = "{replication}-reverse-source-endpoint";
    reverse_target_endpoint(replication) = "{replication}-reverse-target-endpoint";
    reverse_task(replication) = "{replication}-reverse-task";
    rehearsal_task(replication) = "{replication}-rehearsal-task";

    /// The secret of a generated login of a database.
    login_secret(database, purpose) = "{database}-{purpose}-secret";
    /// The rotation of a generated secret.
    login_rotation(database, purpose) = "{database}-{purpose}-rotation";

    /// A runtime function: `data-validator`, `api-authorizer`,
    /// `rollback-handler`, `preflight`, `fence`, `sequences`, `reverse-slot`,
    /// `secret-rotation`, `task-monitor`.
    function(name) = "{name}-function";
    /// Who may invoke a function: the service that calls it.
    function_permission(name) = "{name}-permission";
    /// The rule that calls the task monitor for a replication.
    schedule(replication) = "{replication}-tasks-rule";
    schedule_permission(replication) = "{replication}-tasks-permission";
    function_group(name) = "{name}-group";
    /// The role of a function, a workflow or a service.
    role(actor) = "{actor}-role";
    log_group(name) = "{name}-log-group";

    /// The `Migspec::Cutover` entity.
    cutover(cutover) = "{cutover}-cutover";
    state_machine(cutover) = "{cutover}-workflow";
    /// The role of the workflow: `{cutover}-workflow-role`.
    workflow_role(cutover) = "{cutover}-workflow-role";

    rest_api(api) = "{api}-api";
    /// The custom domain of an API, and the mapping that leads it to the API.
    api_domain(api) = "{api}-domain";
    api_mapping(api) = "{api}-domain-mapping";
    load_balancer(api) = "{api}-load-balancer";
    load_balancer_group(api) = "{api}-load-balancer-group";
    listener(api) = "{api}-listener";
    /// The rule whose weights the workflow changes.
    listener_rule(api) = "{api}-listener-rule";
    /// The rule for the reads that may move before the writer does.
    reads_rule(api) = "{api}-reads-rule";
    /// `side` is `source` or `target`.
    target_group(api, side) = "{api}-{side}-targets";
    compute_group(compute) = "{compute}-compute-group";
    /// The `Migspec::Compute` entity.
    compute(compute) = "{compute}-compute";
    targets_security_group(api) = "{api}-targets-group";
    /// The `Migspec::Api` entity.
    api(api) = "{api}-facts";
    /// The `Migspec::Route` entity.
    api_route(api, method, path) = "{api}-{method}-{path}-facts";
    /// `path` is the path's parts, joined by hyphens.
    api_resource(api, path) = "{api}-api-{path}-resource";
    api_method(api, method, path) = "{api}-api-{method}-{path}-method";
    api_authorizer(api) = "{api}-authorizer";
    api_authorizer_permission(api) = "{api}-authorizer-permission";
    api_validator(api) = "{api}-request-validator";
    api_response(api, kind) = "{api}-api-{kind}-response";
    api_deployment(api) = "{api}-api-deployment";
    api_stage(api) = "{api}-api-stage";
    usage_plan(api) = "{api}-usage-plan";
    vpc_link(api) = "{api}-vpc-link";
    vpc_link_group(api) = "{api}-vpc-link-group";
    /// The hosts of an API's source upstream.
    upstream_hosts(api) = "{api}-source-hosts";
    web_acl(api) = "{api}-web-acl";
    web_acl_association(api) = "{api}-web-acl-association";
    web_acl_logging(api) = "{api}-web-acl-logging";

    alarm(name) = "{name}-alarm";
}

/// The account's setting that lets API Gateway write logs.
pub fn api_account() -> Id {
    Id::from("api-gateway-account")
}

/// The policy of a role, printed from its grants.
pub fn role_policy(role: &Id) -> Id {
    Id::from(format!("{role}-policy"))
}

/// The list of the addresses of Amazon S3, where the spec declares it.
pub fn s3_prefix_list() -> Id {
    Id::from("s3-prefix-list")
}

/// The record of the account's API calls.
pub fn trail() -> Id {
    Id::from("trail")
}

/// The publishers whose packages the functions accept.
pub fn code_signing() -> Id {
    Id::from("functions-code-signing")
}

/// The queue of failed asynchronous invocations.
pub fn dead_letters() -> Id {
    Id::from("functions-dead-letters")
}

/// The topic that notifies the operations team.
pub fn topic() -> Id {
    Id::from("notifications-topic")
}

/// The policy entity of a deployment's output.
pub fn output(name: &str) -> Id {
    Id::from(format!("{name}-output"))
}

/// Working data of the migration.
pub fn checkpoints_bucket() -> Id {
    Id::from("checkpoints-bucket")
}

/// The evidence of each gate, under Object Lock.
pub fn evidence_bucket() -> Id {
    Id::from("evidence-bucket")
}

/// Access logs of the other buckets.
pub fn access_logs_bucket() -> Id {
    Id::from("access-logs-bucket")
}

/// The archive of access logs.
pub fn access_log_archive() -> Id {
    Id::from("access-log-archive")
}

/// The archive of flow logs.
pub fn flow_log_archive() -> Id {
    Id::from("flow-log-archive")
}

/// A parameter of the migration: `routing/target`, `database/writer`, `plan`.
pub fn parameter(path: &str) -> Id {
    Id::from(format!("{}-parameter", path.replace('/', "-")))
}

/// The policy that bounds every role.
pub fn permissions_boundary() -> Id {
    Id::from("permissions-boundary")
}

/// The composite alarm on the lag of a cutover's forward tasks.
pub fn lag_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-lag-alarm"))
}

/// The alarm that gates each step of a shift.
pub fn gate_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-gate-alarm"))
}

/// The alarm of the rollback window: the target's health. The forward task has stopped by then, and a reverse task
/// that lags is no reason for a rollback.
pub fn watch_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-watch-alarm"))
}

/// The alarm of the reverse task, which notifies operators.
pub fn reverse_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-reverse-alarm"))
}

/// A type and the property with its physical name.
pub type Named = (&'static str, &'static str);

pub const ALARM: Named = ("AWS::CloudWatch::Alarm", "AlarmName");
pub const API_DESTINATION: Named = ("AWS::Events::ApiDestination", "Name");
pub const AUTHORIZER: Named = ("AWS::ApiGateway::Authorizer", "Name");
pub const CERTIFICATE: Named = ("AWS::DMS::Certificate", "CertificateIdentifier");
pub const CLUSTER_PARAMETERS: Named = ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName");
pub const CLUSTER_SUBNETS: Named = ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName");
pub const COMPOSITE_ALARM: Named = ("AWS::CloudWatch::CompositeAlarm", "AlarmName");
pub const DASHBOARD: Named = ("AWS::CloudWatch::Dashboard", "DashboardName");
pub const DB_CLUSTER: Named = ("AWS::RDS::DBCluster", "DBClusterIdentifier");
pub const DB_INSTANCE: Named = ("AWS::RDS::DBInstance", "DBInstanceIdentifier");
pub const ENDPOINT: Named = ("AWS::DMS::Endpoint", "EndpointIdentifier");
pub const FUNCTION: Named = ("AWS::Lambda::Function", "FunctionName");
pub const GLOBAL_CLUSTER: Named = ("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier");
pub const KEY_ALIAS: Named = ("AWS::KMS::Alias", "AliasName");
pub const LOAD_BALANCER: Named = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name");
pub const MANAGED_POLICY: Named = ("AWS::IAM::ManagedPolicy", "ManagedPolicyName");
pub const METRIC_FILTER: Named = ("AWS::Logs::MetricFilter", "FilterName");
pub const PIPE: Named = ("AWS::Pipes::Pipe", "Name");
pub const QUEUE: Named = ("AWS::SQS::Queue", "QueueName");
pub const REPLICATION_INSTANCE: Named = ("AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier");
pub const REPLICATION_SUBNETS: Named = ("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier");
pub const REST_API: Named = ("AWS::ApiGateway::RestApi", "Name");
pub const ROLE: Named = ("AWS::IAM::Role", "RoleName");
pub const ROLE_POLICY: Named = ("AWS::IAM::RolePolicy", "PolicyName");
pub const RULE: Named = ("AWS::Events::Rule", "Name");
pub const RESOLVER_ENDPOINT: Named = ("AWS::Route53Resolver::ResolverEndpoint", "Name");
pub const RESOLVER_RULE: Named = ("AWS::Route53Resolver::ResolverRule", "Name");
pub const SECURITY_GROUP: Named = ("AWS::EC2::SecurityGroup", "GroupName");
pub const STATE_MACHINE: Named = ("AWS::StepFunctions::StateMachine", "StateMachineName");
pub const SUBSCRIPTION_FILTER: Named = ("AWS::Logs::SubscriptionFilter", "FilterName");
pub const TARGET_GROUP: Named = ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name");
pub const TASK: Named = ("AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier");
pub const TASK_RESOURCE: Named = ("AWS::DMS::ReplicationTask", "ResourceIdentifier");
pub const TOPIC: Named = ("AWS::SNS::Topic", "TopicName");
pub const USAGE_PLAN: Named = ("AWS::ApiGateway::UsagePlan", "UsagePlanName");
pub const VPC_LINK: Named = ("AWS::ApiGatewayV2::VpcLink", "Name");
pub const WEB_ACL: Named = ("AWS::WAFv2::WebACL", "Name");

/// Characters of a checksum that replaces the end of a long name: 40 bits.
const CHECKSUM: usize = 8;
/// Characters of the checksum before the name of a task: 30 bits.
const TAG: usize = 6;

/// The order of the parts of physical names, and the words between them.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Migration,
    Stem,
    Owner,
    Word(String),
}

impl Default for Pattern {
    fn default() -> Self {
        Self(vec![Part::Migration, Part::Stem, Part::Owner])
    }
}

impl Pattern {
    /// From the parts that the author writes, with hyphens between them.
    pub(crate) fn parse(text: &str) -> Self {
        let part = |part: &str| match part {
            "{migration}" => Part::Migration,
            "{stem}" => Part::Stem,
            "{environment}" => Part::Owner,
            word => Part::Word(word.to_owned()),
        };
        Self(text.split('-').map(part).collect())
    }

    fn render(&self, migration: &str, stem: &str, owner: &str) -> String {
        let part = |part: &Part| match part {
            Part::Migration => migration.to_owned(),
            Part::Stem => stem.to_owned(),
            Part::Owner => owner.to_owned(),
            Part::Word(word) => word.clone(),
        };
        let parts: Vec<String> = self.0.iter().map(part).collect();
        join(&parts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// A name by the pattern, `{migration}-{stem}-{owner}` by default, at most
/// `longest` characters. `owner` is the environment, for buckets with the account. In a long name, a
/// checksum of the full name replaces the end of the migration, and where that is
/// not enough the end of the stem.
pub(crate) fn physical(pattern: &Pattern, migration: &str, stem: &str, owner: &str, longest: usize) -> String {
    let scope = scope(migration);
    let full = pattern.render(&scope, stem, owner);
    if full.len() <= longest {
        return full;
    }
    let checksum = checksum(&full, CHECKSUM);
    fit(&scope, stem, longest, |scope, stem| pattern.render(&join(&[scope, &checksum]), stem, owner))
}

/// The last part of the ARN of a replication task. DMS names the forward slot after
/// its first 16 characters (fact: dms-slot-name), so a checksum of the whole name
/// comes first: two replications of one source never share them.
pub(crate) fn task_resource(pattern: &Pattern, migration: &str, stem: &str, owner: &str, longest: usize) -> String {
    let scope = scope(migration);
    let tag = checksum(&join(&[&scope, stem, owner]), TAG);
    fit(&scope, stem, longest, |scope, stem| join(&[&tag, &pattern.render(scope, stem, owner)]))
}

/// A name of at most `longest` characters with a shorter scope, and where that is not enough a shorter stem.
fn fit(scope: &str, stem: &str, longest: usize, name: impl Fn(&str, &str) -> String) -> String {
    let without = |text: &str, over: usize| cut(text, text.len().saturating_sub(over)).to_owned();
    let over = |scope: &str, stem: &str| name(scope, stem).len().saturating_sub(longest);
    let scope = without(scope, over(scope, stem));
    let stem = without(stem, over(&scope, stem));
    name(&scope, &stem)
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// At most `room` bytes, without a hyphen at the end. Keys are ASCII.
fn cut(text: &str, room: usize) -> &str {
    text.get(..room).unwrap_or(text).trim_end_matches('-')
}

/// The start of every physical name. A key with hyphens gets a checksum, since
/// `cards` with the database `eu-ledger` and `cards-eu` with the database `ledger`
/// would share names.
fn scope(migration: &str) -> String {
    if migration.contains('-') { format!("{migration}-{}", checksum(migration, 4)) } else { migration.to_owned() }
}

/// Letters and digits from a 64-bit FNV-1a hash. The first is a letter, as some
/// services require of a name.
fn checksum(text: &str, characters: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = hash ^ (hash >> 29);
    let letter = |n: usize| {
        let digit = (mixed >> (5 * n)) as usize % if n == 0 { 26 } else { 32 };
        char::from(ALPHABET[digit])
    };
    (0..characters).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use super::checksum;

    fn physical(migration: &str, stem: &str, owner: &str, longest: usize) -> String {
        super::physical(&Pattern::default(), migration, stem, owner, longest)
    }

    fn task_resource(migration: &str, stem: &str, owner: &str, longest: usize) -> String {
        super::task_resource(&Pattern::default(), migration, stem, owner, longest)
    }

    #[test]
    fn a_name_is_migration_stem_and_environment() {
        assert_eq!(physical("payments", "fence", "prod", 64), "payments-fence-prod");
        assert_eq!(physical("payments", "", "prod", 64), "payments-prod");
    }

    /// A long name has exactly the limit's length at most, and its environment.
    #[test]
    fn a_long_name_ends_in_a_checksum_and_the_environment() {
        let long = "a".repeat(40);
        let name = physical(&long, "ledger-aurora-cluster", "prod", 63);
        assert!(name.len() <= 63 && name.ends_with("-prod"), "{name}");
        let names = [("ledger-source", 32), ("ledger-target", 32)].map(|(stem, n)| physical(&long, stem, "prod", n));
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.len() <= 32 && !name.contains("--")), "{names:?}");
    }

    /// Published names stay: a checksum of another version would replace a
    /// database.
    #[test]
    fn a_checksum_is_stable() {
        let name = physical("payments", "ledger-of-all-merchants-source", "prod", 32);
        assert_eq!(checksum("payments-eu", 4), "ooqt");
        assert_eq!(name, "hvw2uoop-ledger-of-all-merc-prod");
    }

    /// DMS makes the first 16 characters of a task's identifier the start of its slot's name.
    #[test]
    fn the_start_of_a_tasks_identifier_is_its_own() {
        let keys = ["ledger", "ledger-x", "ledger-of-all-merchants", "ledger-of-all-customers", "a", "cards"];
        let migrations = ["payments", "payments-eu", "m", "a-migration-with-a-long-key"];
        let owners = ["dev", "staging", "production-eu"];
        let mut starts = std::collections::BTreeSet::new();
        let mut all = 0;
        for (migration, key) in migrations.iter().flat_map(|m| keys.iter().map(move |key| (m, key))) {
            for (stem, owner) in ["fwd", "rev"].iter().flat_map(|way| owners.map(|o| (format!("{key}-{way}"), o))) {
                let name = task_resource(migration, &stem, owner, 31);
                assert!(name.len() <= 31 && name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
                assert!(!name.contains("--") && !name.ends_with('-'), "{name}");
                starts.insert(name.chars().take(16).collect::<String>());
                all += 1;
            }
        }
        assert_eq!((all, starts.len()), (144, 144));
    }

    /// A name of 31 characters stays, and a longer one has one checksum and a shorter migration or stem.
    #[test]
    fn a_long_name_of_a_task_has_one_checksum() {
        for (stem, owner, expected) in [
            ("ledger-fwd", "dev", "fqzc2m-payments-ledger-fwd-dev"),
            ("ledger-fwd", "prod", "dxvqc4-payments-ledger-fwd-prod"),
            ("ledger-fwd", "proof", "lchcbm-payment-ledger-fwd-proof"),
            ("ledgers-of-all-merchants-fwd", "prod", "jt7p2v-ledgers-of-all-merc-prod"),
        ] {
            assert_eq!(task_resource("payments", stem, owner, 31), expected);
        }
    }

    /// A hyphen in a migration's key never makes the names of two migrations equal.
    #[test]
    fn keys_with_hyphens_are_no_prefix_of_others() {
        assert_ne!(physical("cards", "eu-ledger-ca", "dev", 64), physical("cards-eu", "ledger-ca", "dev", 64));
    }

    #[test]
    fn a_pattern_orders_the_parts_of_every_name() {
        let pattern = Pattern::parse("acme-{environment}-{migration}-{stem}");
        let physical = |stem: &str, longest| super::physical(&pattern, "payments", stem, "prod", longest);
        assert_eq!(physical("fence", 64), "acme-prod-payments-fence");
        assert_eq!(physical("", 64), "acme-prod-payments");
        let short = physical("ledger-of-all-merchants-source", 32);
        assert!(short.len() <= 32 && short.starts_with("acme-prod-"), "{short}");
        assert_ne!(short, physical("ledger-of-all-merchants-target", 32));
    }
}
