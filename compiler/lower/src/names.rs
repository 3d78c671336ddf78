//! The ids of resources that several passes refer to. Every id is derived here
//! from the keys of the spec, so that a pass can refer to resources of another.

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
    internet_gateway_attachment(network) = "{network}-internet-gateway-attachment";
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

    /// The secret of a generated login of a database.
    login_secret(database, purpose) = "{database}-{purpose}-secret";
    /// The rotation of a generated secret.
    login_rotation(database, purpose) = "{database}-{purpose}-rotation";

    /// A runtime function: `data-validator`, `api-authorizer`,
    /// `rollback-handler`, `preflight`, `fence`, `sequences`, `reverse-slot`,
    /// `secret-rotation`.
    function(name) = "{name}-function";
    /// Who may invoke a function: the service that calls it.
    function_permission(name) = "{name}-permission";
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
    load_balancer(api) = "{api}-load-balancer";
    load_balancer_group(api) = "{api}-load-balancer-group";
    listener(api) = "{api}-listener";
    /// The rule whose weights the workflow changes.
    listener_rule(api) = "{api}-listener-rule";
    /// The rule for the reads that may move before the writer does.
    reads_rule(api) = "{api}-reads-rule";
    /// `side` is `source` or `target`.
    target_group(api, side) = "{api}-{side}-targets";
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

/// A parameter of the migration: `routing/target`, `database/writer`, `plan`.
pub fn parameter(path: &str) -> Id {
    Id::from(format!("{}-parameter", path.replace('/', "-")))
}

/// The policy that bounds every role.
pub fn permissions_boundary() -> Id {
    Id::from("permissions-boundary")
}

/// The alarm that gates each step of a shift.
pub fn gate_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-gate-alarm"))
}

/// The alarm of the rollback window: the target's health and the lag of reverse replication, and nothing about the
/// forward task, which has stopped by then.
pub fn watch_alarm(cutover: &str) -> Id {
    Id::from(format!("{cutover}-watch-alarm"))
}

/// The physical name of the composite alarm of [`watch_alarm`].
pub fn watch_alarm_name(cutover: &str, environment: &str) -> String {
    format!("{cutover}-watch-{environment}")
}

/// The physical name of the composite alarm that gates each step of a shift: the workflow reads it by name.
pub fn gate_alarm_name(cutover: &str, environment: &str) -> String {
    format!("{cutover}-gate-{environment}")
}
