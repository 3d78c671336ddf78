//! A copy of a cluster in another region, with keys, network and logs of its
//! own. Nothing refers across regions but by literal name.

use migspec_diag::Span;
use migspec_ir::{Actor, Datum, Id, Map, Origin, Resource, Value, list};
use migspec_syntax::ast;
use migspec_syntax::value::Cidr;

use super::{BY, instance, log_exports, maintenance, monitoring, parameters, retain, shared_properties, subnet_group};
use crate::cx::{Cx, datum, origin};
use crate::roles::{self, Role};
use crate::{keys, logs, names, placement, protection};

/// Zones of the copy's network.
const ZONES: u8 = 3;

pub(super) fn add_global(cx: &mut Cx, database: &ast::Database, node: &ast::Replica, at: &str) {
    let key = database.key.as_str();
    let here = Origin::derived(BY, node.place.header);
    let mut resource =
        Resource::new("AWS::RDS::GlobalCluster", names::global_cluster(key), format!("{at} > replica"), here)
            .set("GlobalClusterIdentifier", global_name(cx, database))
            .set("Engine", datum(&database.engine, |e| e.word()))
            .set("EngineVersion", datum(&database.version, |v| v.clone()))
            .set("StorageEncrypted", true)
            .set("DeletionProtection", protection::choose(cx, true, false))
            .retained();
    resource.lifecycle.frozen = true;
    cx.add(resource);
}

fn global_name(cx: &Cx, database: &ast::Database) -> String {
    cx.physical(names::GLOBAL_CLUSTER, &format!("{}-aurora-global", database.key))
}

pub(super) fn add(cx: &mut Cx, database: &ast::Database, node: &ast::Replica, at: &str) {
    let region = node.region.as_str();
    if region == &*cx.graph.environment.region {
        return;
    }
    let at = format!("{at} > replica");
    let here = Origin::derived(BY, node.place.header);
    let place = Place { cx_key: format!("{}-replica", database.key), region, at: &at, here };
    let subnets = network(cx, &place, node);
    let (database_key, logs_key) = keys_of(cx, region, node.place.header);
    let subnets = subnet_group(cx, database, names::cluster_subnets(&place.cx_key), subnets, &at, here);
    cx.add(subnets.in_region(region));
    let parameters = parameters::group(cx, database, names::cluster_parameters(&place.cx_key), &at);
    cx.add(parameters.in_region(region));
    for export in log_exports(*database.engine) {
        let name = format!("/aws/rds/cluster/{}/{export}", super::replica_name(cx, database));
        let id = names::log_group(&format!("{}-{export}", place.cx_key));
        let key = Value::attribute(logs_key.clone(), "Arn");
        let masking = logs::masking(cx, here);
        let group = logs::resource(cx, id, (&name, key), at.as_str(), here).set("DataProtectionPolicy", masking);
        cx.add(group.in_region(region));
    }
    cluster(cx, database, &place, &database_key);
    first_instance(cx, database, &place, &database_key);
}

/// The properties that all resources of the replica share.
struct Place<'s> {
    /// `{database}-replica`, in the place of the database's key.
    cx_key: String,
    region: &'s str,
    at: &'s str,
    here: Origin,
}

fn keys_of(cx: &mut Cx, region: &str, from: Span) -> (Id, Id) {
    let database = keys::in_region(cx, "database", region, from);
    let logs = keys::in_region(cx, "logs", region, from);
    (database, logs)
}

/// A VPC with one database subnet for each zone, and no way out.
fn network(cx: &mut Cx, place: &Place, node: &ast::Replica) -> Vec<Value> {
    let key = place.cx_key.as_str();
    let vpc = Resource::new("AWS::EC2::VPC", names::vpc(key), place.at, place.here)
        .set("CidrBlock", datum(&node.cidr, |c| c.to_string()))
        .set("EnableDnsSupport", true)
        .set("EnableDnsHostnames", true);
    cx.add(vpc.in_region(place.region));
    placement::group(cx, names::cluster_group(key), names::vpc(key), "Aurora cluster, copy", place.at, place.here);
    if let Some(group) = cx.graph.resources.get_mut(&names::cluster_group(key)) {
        group.region = Some(place.region.into());
    }
    flow_log(cx, place);
    // No flow ends in the replica, so that its ACL allows no traffic. A
    // promotion adds the rules for its clients, here and in its group.
    let acl = Resource::new("AWS::EC2::NetworkAcl", names::network_acl(key, "data"), place.at, place.here)
        .set("VpcId", Value::reference(names::vpc(key)));
    cx.add(acl.in_region(place.region));
    (0..ZONES).filter_map(|zone| subnet(cx, place, node, zone)).collect()
}

/// Every connection of the network is recorded, as in the networks at home.
fn flow_log(cx: &mut Cx, place: &Place) {
    let key = place.cx_key.as_str();
    let name = cx.path_name(&format!("flow-logs/{key}"));
    let logs_key = keys::in_region(cx, "logs", place.region, place.here.span());
    let group = names::log_group(&format!("{key}-flow"));
    let resource = logs::resource(cx, group.clone(), (&name, Value::attribute(logs_key, "Arn")), place.at, place.here);
    cx.add(resource.in_region(place.region));
    let role = flow_log_role(cx, place, &name);
    let flow_log = Resource::new("AWS::EC2::FlowLog", names::flow_log(key), place.at, place.here)
        .set("ResourceType", "VPC")
        .set("ResourceId", Value::reference(names::vpc(key)))
        .set("TrafficType", "ALL")
        .set("LogDestinationType", "cloud-watch-logs")
        .set("LogDestination", Value::attribute(group, "Arn"))
        .set("DeliverLogsPermissionArn", role_arn(cx, &role))
        .set("MaxAggregationInterval", 60)
        .after(names::role_policy(&role));
    cx.add(flow_log.in_region(place.region));
}

fn flow_log_role(cx: &mut Cx, place: &Place, group: &str) -> Id {
    let stem = format!("{}-flow-logs", place.cx_key);
    let source = cx.arn_in(place.region, "ec2", "vpc-flow-log/*");
    let role = Role {
        id: names::role(&stem),
        stem: &stem,
        actor: Actor::FlowLogs,
        service: "vpc-flow-logs.amazonaws.com",
        source: Some(source),
    };
    let role = roles::add(cx, role, place.at, place.here);
    let arn = |cx: &Cx, end: &str| {
        vec![Datum::new(cx.arn_in(place.region, "logs", &format!("log-group:{group}{end}")), place.here)]
    };
    let why = format!("{} > flow log", place.at);
    let streams = arn(cx, ":log-stream:*");
    let write = ["logs:CreateLogStream", "logs:PutLogEvents"];
    cx.grant(&role, &write, streams, Vec::new(), why.as_str(), place.here);
    let itself = arn(cx, "");
    cx.grant(&role, &["logs:DescribeLogStreams"], itself, Vec::new(), why.as_str(), place.here);
    let all = vec![Datum::new("*", place.here)];
    cx.grant(&role, &["logs:DescribeLogGroups"], all, Vec::new(), why, place.here);
    role
}

/// The ARN of a role by its name: roles know no region, references do.
fn role_arn(cx: &Cx, role: &Id) -> Value {
    let name = cx.graph.get(role).and_then(|r| r.get("RoleName")).and_then(|d| d.value.as_str().map(str::to_owned));
    let path = crate::roles::path_of(cx);
    let path = path.as_ref().and_then(|path| path.value.as_str()).unwrap_or("/");
    cx.global_arn("iam", &format!("role{path}{}", name.unwrap_or_default()))
}

fn subnet(cx: &mut Cx, place: &Place, node: &ast::Replica, zone: u8) -> Option<Value> {
    let key = place.cx_key.as_str();
    let letter = names::zone_letter(zone.into()).to_string();
    let cidr: Cidr = node.cidr.subnet((node.cidr.prefix + 4).min(28), zone.into())?;
    let subnet_id = names::subnet(key, "data", &letter);
    let subnet = Resource::new("AWS::EC2::Subnet", subnet_id.clone(), place.at, place.here)
        .set("VpcId", Value::reference(names::vpc(key)))
        .set("CidrBlock", Datum::new(cidr.to_string(), origin(&node.cidr)))
        .set("AvailabilityZone", Value::Zone(zone))
        .set("MapPublicIpOnLaunch", false);
    cx.add(subnet.in_region(place.region));
    let table_id = names::route_table(key, "data", &letter);
    let table = Resource::new("AWS::EC2::RouteTable", table_id.clone(), place.at, place.here)
        .set("VpcId", Value::reference(names::vpc(key)));
    cx.add(table.in_region(place.region));
    let association =
        Resource::new("AWS::EC2::SubnetRouteTableAssociation", format!("{table_id}-association"), place.at, place.here)
            .set("SubnetId", Value::reference(subnet_id.clone()))
            .set("RouteTableId", Value::reference(table_id));
    cx.add(association.in_region(place.region));
    let guarded = Resource::new(
        "AWS::EC2::SubnetNetworkAclAssociation",
        names::network_acl_association(key, "data", &letter),
        place.at,
        place.here,
    )
    .set("SubnetId", Value::reference(subnet_id.clone()))
    .set("NetworkAclId", Value::reference(names::network_acl(key, "data")));
    cx.add(guarded.in_region(place.region));
    Some(Value::reference(subnet_id))
}

fn cluster(cx: &mut Cx, database: &ast::Database, place: &Place, key: &Id) {
    let stem = place.cx_key.as_str();
    let properties: Map = shared_properties(cx, database, place.here);
    let group = placement::group_id(names::cluster_group(stem));
    let cluster = Resource::new("AWS::RDS::DBCluster", names::cluster(stem), place.at, place.here)
        .set("DBClusterIdentifier", super::replica_name(cx, database))
        .set("GlobalClusterIdentifier", global_name(cx, database))
        .set("PreferredMaintenanceWindow", maintenance(cx, database))
        .set("DBSubnetGroupName", Value::reference(names::cluster_subnets(stem)))
        .set("VpcSecurityGroupIds", list!(place.here, [group]))
        .set("DBClusterParameterGroupName", Value::reference(names::cluster_parameters(stem)))
        .set("KmsKeyId", Value::attribute(key.clone(), "Arn"))
        .set_all(properties)
        // A copy can only join a global cluster that has a writer.
        .after(names::cluster_instance(database.key.as_str(), "1"));
    let cluster = log_exports(*database.engine)
        .iter()
        .fold(cluster, |cluster, export| cluster.after(names::log_group(&format!("{stem}-{export}"))));
    cx.add(retain(cluster).in_region(place.region));
}

fn first_instance(cx: &mut Cx, database: &ast::Database, place: &Place, key: &Id) {
    let stem = place.cx_key.as_str();
    let role = monitoring::role(cx, place.region, place.at, place.here);
    let role_arn = role_arn(cx, &role);
    let instance = Resource::new("AWS::RDS::DBInstance", names::cluster_instance(stem, "1"), place.at, place.here)
        .set("DBInstanceIdentifier", cx.physical(names::DB_INSTANCE, &format!("{}-aurora-replica-1", database.key)))
        .set("DBClusterIdentifier", Value::reference(names::cluster(stem)))
        .set("PromotionTier", 0)
        .set("PreferredMaintenanceWindow", maintenance(cx, database))
        .set("PerformanceInsightsKMSKeyId", Value::attribute(key.clone(), "Arn"))
        .set("MonitoringRoleArn", role_arn)
        .set_all(instance(cx, database, place.here))
        .after(names::role_policy(&role));
    cx.add(instance.in_region(place.region));
}
