//! The internal load balancer: two target groups, and the rule whose weights
//! the workflow moves from the source to the target.

use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, Zone, list, map};
use migspec_syntax::value::{Arn, TierPurpose};
use migspec_syntax::{Setting, ast};

use super::{BY, STAGE, Sides};
use crate::cx::{Cx, datum, derived, path};
use crate::index::Relation;
use crate::{compute, cutover, database, logs, names, placement, protection};

/// TLS 1.2 and 1.3, forward secrecy only.
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const LISTENER_PORT: u16 = 443;

pub(super) fn lower(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    groups(cx, api, sides);
    let subnets = placement::subnets(cx, sides.network, TierPurpose::Compute, sides.target.place.header);
    let from = sides.target.place.header;
    let subnets: Vec<Datum> = subnets.into_iter().map(|id| derived(id, BY, from)).collect();
    link(cx, api, subnets.clone(), from);
    load_balancer(cx, api, subnets, from);
    source_targets(cx, api, sides);
    target_targets(cx, api, sides);
    listener(cx, api, sides);
    rules(cx, api, sides);
    flows(cx, api, sides);
}

/// A security group for each client and server. The deployment of the
/// application attaches the group of the targets to its own tasks.
fn groups(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let at = Origin::derived(BY, sides.target.place.header);
    let key = api.key.as_str();
    let vpc = names::vpc(sides.network.key.as_str());
    for (id, what) in
        [(names::vpc_link_group(key), "The VPC link"), (names::load_balancer_group(key), "The load balancer")]
    {
        placement::group(cx, id, vpc.clone(), &format!("{what} of api {key}"), path("api", &api.key), at);
    }
    let targets = names::targets_security_group(key);
    let description = format!("The targets of api {key}");
    compute::add_group(cx, key, targets, vpc, &description, &path("api", &api.key), at);
}

fn link(cx: &mut Cx, api: &ast::Api, subnets: Vec<Datum>, from: migspec_diag::Span) {
    let at = Origin::derived(BY, from);
    let key = api.key.as_str();
    let name = cx.physical(names::VPC_LINK, &format!("{key}-vpc-link"));
    cx.add(
        Resource::new("AWS::ApiGatewayV2::VpcLink", names::vpc_link(key), path("api", &api.key), at)
            .set("Name", name)
            .set("SubnetIds", subnets)
            .set("SecurityGroupIds", list!(at, [placement::group_id(names::vpc_link_group(key))])),
    );
}

fn load_balancer(cx: &mut Cx, api: &ast::Api, subnets: Vec<Datum>, from: migspec_diag::Span) {
    let at = Origin::derived(BY, from);
    let key = api.key.as_str();
    let name = cx.physical(names::LOAD_BALANCER, &format!("{key}-balancer"));
    let attributes = [
        ("access_logs.s3.enabled", Value::from("true")),
        ("access_logs.s3.bucket", Value::reference(logs::buckets::of_balancers(cx))),
        ("access_logs.s3.prefix", Value::from(format!("load-balancer/{key}"))),
        ("deletion_protection.enabled", protection::choose(cx, "true", "false").value),
        ("routing.http.desync_mitigation_mode", "strictest".into()),
        ("routing.http.drop_invalid_header_fields.enabled", "true".into()),
    ];
    cx.add(
        Resource::new(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            names::load_balancer(key),
            path("api", &api.key),
            at,
        )
        .set("Name", name)
        .set("Type", "application")
        .set("Scheme", "internal")
        .set("IpAddressType", "ipv4")
        .set("Subnets", subnets)
        .set("SecurityGroups", list!(at, [placement::group_id(names::load_balancer_group(key))]))
        .set("LoadBalancerAttributes", pairs(attributes, at)),
    );
}

fn pairs<const N: usize>(pairs: [(&str, Value); N], at: Origin) -> Vec<Map> {
    pairs.into_iter().map(|(key, value)| map!(at, { "Key": key, "Value": value })).collect()
}

/// A target group over HTTPS, without its targets.
fn target_group(cx: &Cx, api: &ast::Api, sides: &Sides, upstream: &ast::Upstream, port: Datum) -> Resource {
    let at = Origin::derived(BY, upstream.place.header);
    let (key, side) = (api.key.as_str(), upstream.side.word());
    let node = format!("{} > upstream \"{side}\"", path("api", &api.key));
    let attributes = [
        ("deregistration_delay.timeout_seconds", Value::from("30")),
        ("load_balancing.algorithm.type", "least_outstanding_requests".into()),
        ("stickiness.enabled", "false".into()),
        // The provider asks for it even where nothing sticks.
        ("stickiness.type", "lb_cookie".into()),
    ];
    let group = Resource::new("AWS::ElasticLoadBalancingV2::TargetGroup", names::target_group(key, side), node, at)
        .set("Name", cx.physical(names::TARGET_GROUP, &format!("{key}-{side}")));
    over_https(group, sides, upstream, port)
        .set("HealthCheckIntervalSeconds", 10)
        .set("HealthCheckTimeoutSeconds", 5)
        .set("HealthyThresholdCount", 3)
        .set("UnhealthyThresholdCount", 2)
        .set("Matcher", map!(at, { "HttpCode": "200" }))
        .set("TargetGroupAttributes", pairs(attributes, at))
}

/// What a new target group and one that exists have alike.
fn over_https(group: Resource, sides: &Sides, upstream: &ast::Upstream, port: Datum) -> Resource {
    group
        .set("TargetType", datum(&upstream.targets, |kind| kind.word()))
        .set("Protocol", "HTTPS")
        .set("Port", port)
        .set("VpcId", Value::reference(names::vpc(sides.network.key.as_str())))
        .set("HealthCheckEnabled", true)
        .set("HealthCheckProtocol", "HTTPS")
        .set("HealthCheckPath", datum(&upstream.health, |p| p.clone()))
}

/// The hosts of the source are outside the VPC, so that their targets have the
/// zone `all`.
fn source_targets(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let upstream = sides.source;
    let span = upstream.url.as_ref().map_or(upstream.place.header, |url| url.span());
    let port = derived(sides.source_port, BY, span);
    let addresses = upstream.addresses.iter().flat_map(|a| &a.addresses);
    let targets: Vec<Map> = addresses
        .map(|address| {
            let at = Origin::derived(BY, address.span());
            let id = datum(address, |a| a.to_string());
            map!(at, { "Id": id, "Port": sides.source_port, "AvailabilityZone": "all" })
        })
        .collect();
    let group = target_group(cx, api, sides, upstream, port).set("Targets", targets);
    cx.add(group);
}

/// The application's own deployment registers its targets here.
fn target_targets(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let port = datum(&sides.target.port, |port| port.0);
    let group = match &sides.target.existing {
        Some(arn) => existing_group(api, sides, arn, port),
        None => target_group(cx, api, sides, sides.target, port),
    };
    cx.add(group);
}

/// The target group of the application, which declares what the workflow and the policies rely on.
fn existing_group(api: &ast::Api, sides: &Sides, arn: &Setting<Arn>, port: Datum) -> Resource {
    let upstream = sides.target;
    let at = Origin::derived(BY, upstream.place.header);
    let (key, side) = (api.key.as_str(), upstream.side.word());
    let node = format!("{} > upstream \"{side}\"", path("api", &api.key));
    let group = Resource::new("AWS::ElasticLoadBalancingV2::TargetGroup", names::target_group(key, side), node, at)
        .existing(arn.as_str(), &[])
        .set("TargetGroupFullName", datum(arn, |arn| arn.resource().to_owned()));
    over_https(group, sides, upstream, port)
        .set("TargetGroupAttributes", pairs([("stickiness.enabled", Value::from("false"))], at))
}

fn listener(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let at = Origin::derived(BY, sides.target.place.header);
    let key = api.key.as_str();
    let certificate = sides.target.certificate.as_ref().map(|arn| datum(arn, |arn| arn.as_str().to_owned()));
    let certificates: Vec<Map> = certificate.into_iter().map(|arn| map!(at, { "CertificateArn": arn })).collect();
    let nothing = map!(at, {
        "Type": "fixed-response",
        "FixedResponseConfig": map!(at, { "StatusCode": "404", "ContentType": "application/json", "MessageBody": "{}" }),
    });
    cx.add(
        Resource::new("AWS::ElasticLoadBalancingV2::Listener", names::listener(key), path("api", &api.key), at)
            .set("LoadBalancerArn", Value::reference(names::load_balancer(key)))
            .set("Port", LISTENER_PORT)
            .set("Protocol", "HTTPS")
            .set("SslPolicy", TLS_POLICY)
            .set("Certificates", certificates)
            .set("DefaultActions", list!(at, [nothing])),
    );
}

/// A rule for all requests, and before it one for the reads that may move by
/// themselves.
fn rules(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let at = Origin::derived(BY, sides.target.place.header);
    let key = api.key.as_str();
    let pattern = |config: Map| map!(at, { "Field": "path-pattern", "PathPatternConfig": config });
    if cutover::moves_reads(cx, api) {
        let stale: Vec<&ast::Route> = cutover::stale_routes(api).collect();
        let paths: Vec<Datum> = stale.iter().map(|route| datum(&route.path, |path| expression(path))).collect();
        let reads = map!(at, {
            "Field": "http-request-method",
            "HttpRequestMethodConfig": map!(at, { "Values": list!(at, ["GET"]) }),
        });
        let conditions = list!(at, [reads, pattern(map!(at, { "RegexValues": paths }))]);
        rule(cx, api, Rule { id: names::reads_rule(key), priority: 5, conditions }, at);
    }
    let conditions = list!(at, [pattern(map!(at, { "Values": list!(at, ["/*"]) }))]);
    rule(cx, api, Rule { id: names::listener_rule(key), priority: 10, conditions }, at);
}

/// A path as the load balancer sees it, with the stage before it or without:
/// `/balance/{id}` becomes `^(/live)?/balance/[^/]+$`.
fn expression(path: &str) -> String {
    let parts = path.split('/').filter(|p| !p.is_empty()).map(|part| match part.strip_prefix('{') {
        Some(variable) if variable.ends_with("+}") => ".+".to_owned(),
        Some(_) => "[^/]+".to_owned(),
        None => part.replace('.', "\\."),
    });
    format!("^(/{STAGE})?/{}$", parts.collect::<Vec<_>>().join("/"))
}

struct Rule {
    id: Id,
    priority: u32,
    conditions: Datum,
}

/// Sends all traffic to the source initially. The workflow replaces the whole
/// list of actions, so that the list always contains both groups. API Gateway
/// prefixes the path of a private integration with the stage; the rule removes
/// the prefix.
fn rule(cx: &mut Cx, api: &ast::Api, rule: Rule, at: Origin) {
    let key = api.key.as_str();
    let weight = |side: &str, weight: i64| {
        let group = Value::reference(names::target_group(key, side));
        map!(at, { "TargetGroupArn": group, "Weight": weight })
    };
    let forward = map!(at, {
        "Type": "forward",
        "ForwardConfig": map!(at, {
            "TargetGroups": list!(at, [weight("source", 100), weight("target", 0)]),
            // The provider asks for a duration even where nothing sticks.
            "TargetGroupStickinessConfig": map!(at, { "DurationSeconds": 1, "Enabled": false }),
        }),
    });
    let strip = map!(at, { "Regex": format!("^/{STAGE}(/.*)$"), "Replace": "$1" });
    let rewrite = map!(at, { "Type": "url-rewrite", "UrlRewriteConfig": map!(at, { "Rewrites": list!(at, [strip]) }) });
    cx.add(
        Resource::new("AWS::ElasticLoadBalancingV2::ListenerRule", rule.id, path("api", &api.key), at)
            .set("ListenerArn", Value::reference(names::listener(key)))
            .set("Priority", rule.priority)
            .set("Conditions", rule.conditions)
            .set("Transforms", list!(at, [rewrite]))
            .set("Actions", list!(at, [forward]))
            .ignoring(&["Actions"]),
    );
}

fn flows(cx: &mut Cx, api: &ast::Api, sides: &Sides) {
    let key = api.key.as_str();
    let group = |id: Id| Zone::Group(id);
    let balancer = names::load_balancer_group(key);
    let at = |upstream: &ast::Upstream| Origin::derived(BY, upstream.place.header);
    let why = |side: &str| format!("{} > upstream \"{side}\"", path("api", &api.key));
    let link = names::vpc_link_group(key);
    cx.flow(group(link), group(balancer.clone()), LISTENER_PORT, path("api", &api.key), at(sides.target));
    let hosts = hosts(cx, api, sides);
    cx.flow(group(balancer.clone()), Zone::Site(hosts), sides.source_port, why("source"), at(sides.source));
    let targets = names::targets_security_group(key);
    cx.flow(group(balancer), group(targets), sides.target.port.0, why("target"), at(sides.target));
    application(cx, api);
}

/// The hosts that the load balancer reaches, and nothing else of their site.
fn hosts(cx: &mut Cx, api: &ast::Api, sides: &Sides) -> Id {
    let at = Origin::derived(BY, sides.source.place.header);
    let addresses = sides.source.addresses.iter().flat_map(|a| &a.addresses);
    let hosts: Vec<Datum> = addresses.map(|address| datum(address, |a| format!("{a}/32"))).collect();
    let node = format!("{} > upstream \"source\"", path("api", &api.key));
    let connection = crate::transit::attached_connection(cx.spec, sides.site);
    cx.add(
        Resource::new("Migspec::Site", names::upstream_hosts(api.key.as_str()), node, at)
            .set("Name", format!("{}-source", api.key))
            .set("CidrBlocks", hosts)
            .set("Within", sides.site.key.as_str())
            .set("Vpn", sides.site.vpn.is_some())
            .set_if("VpnConnection", connection),
    )
}

/// The application on the target side writes to the source's database until
/// the writer flips and to the target's from then on, and reads which one from
/// the parameter store.
fn application(cx: &mut Cx, api: &ast::Api) {
    let spec = cx.spec;
    let targets = || Zone::Group(names::targets_security_group(api.key.as_str()));
    for cutover in spec.cutover.iter().filter(|c| c.api.value == api.key.value) {
        let relations: Vec<Relation> = cx.index.moved_relations(cutover).collect();
        if relations.is_empty() {
            continue;
        }
        let at = Origin::derived(BY, cutover.place.header);
        let why = format!("{} > api", path("cutover", &cutover.key));
        for relation in relations {
            let cluster = names::cluster_group(relation.database.key.as_str());
            cx.flow(targets(), Zone::Group(cluster), database::port(relation.database), why.as_str(), at);
            let site = names::site(relation.source.site.as_str());
            cx.flow(targets(), Zone::Site(site), relation.source.at.address.port, why.as_str(), at);
        }
        cx.flow(
            targets(),
            Zone::Service("ssm".into()),
            443,
            format!("{} > writer-switch", path("cutover", &cutover.key)),
            at,
        );
    }
}
