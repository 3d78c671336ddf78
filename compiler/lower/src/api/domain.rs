//! The custom domain of an API. A change of its DNS record, or of the mapping of a
//! domain that exists, moves all callers: no deployment makes it, and
//! `requests.md` lists its commands.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Moment, Origin, Request, Resource, Settings, Value, list, map};
use migspec_syntax::ast;

use super::{BY, STAGE};
use crate::cx::{Cx, datum, path};
use crate::names;

const TLS: &str = "TLS_1_2";

const SETTINGS: Settings = &[("securityPolicy", "`security-policy=` of the domain")];

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) {
    let Some(node) = &api.domain else { return };
    check(cx, api, node);
    check_loop(cx, api, node);
    let at = Origin::derived(BY, node.place.header);
    let here = format!("{} > domain", path("api", &api.key));
    let key = api.key.as_str();
    let name = datum(&node.name, |name| name.as_str().to_owned());
    let certificate = datum(&node.certificate, |arn| arn.as_str().to_owned());
    let domain = Resource::new("AWS::ApiGateway::DomainName", names::api_domain(key), here.as_str(), at)
        .set("DomainName", name)
        .set("EndpointConfiguration", map!(at, { "Types": list!(at, ["REGIONAL"]) }))
        .set("RegionalCertificateArn", certificate);
    if *node.existing {
        let policy = node.security_policy.as_ref().map(|policy| datum(policy, |policy| policy.clone()));
        let domain = domain.existing(node.name.as_str(), SETTINGS).set_if("SecurityPolicy", policy);
        cx.add(domain);
        // As its owner leaves it by the request.
        let identity = format!("{}/(none)", node.name.value);
        cx.add(mapping(api, here, at).existing(identity, &[]));
        return request_mapping(cx, api, node, at);
    }
    cx.add(domain.set("SecurityPolicy", TLS));
    cx.add(mapping(api, here, at));
    request_record(cx, api, node, at);
}

/// Requests for the name of an upstream would return to the API.
fn check_loop(cx: &mut Cx, api: &ast::Api, node: &ast::ApiDomain) {
    let urls = api.upstream.iter().filter_map(|upstream| upstream.url.as_ref());
    if let Some(url) = urls.into_iter().find(|url| url.host().eq_ignore_ascii_case(node.name.as_str())) {
        cx.report(
            Diagnostic::error("domain-of-upstream", format!("`{}` is the name of an upstream too", node.name.value))
                .at(node.name.span(), "leads to the API")
                .with(url.span(), "the API calls it")
                .help("give the callers a name of their own, and the upstream another one"),
        );
    }
}

fn mapping(api: &ast::Api, here: String, at: Origin) -> Resource {
    let key = api.key.as_str();
    Resource::new("AWS::ApiGateway::BasePathMapping", names::api_mapping(key), here, at)
        .set("DomainName", Value::reference(names::api_domain(key)))
        .set("RestApiId", Value::reference(names::rest_api(key)))
        .set("Stage", Value::reference(names::api_stage(key)))
}

/// The default name of an API would bypass its custom domain.
pub(super) fn closes_default_name(api: &ast::Api, at: Origin) -> Datum {
    match &api.domain {
        Some(domain) => Datum::new(true, Origin::derived(BY, domain.place.header)),
        None => Datum::new(false, at),
    }
}

fn check(cx: &mut Cx, api: &ast::Api, node: &ast::ApiDomain) {
    super::checks::check_certificate(cx, api, &node.certificate, &["acm"]);
    if let Some(policy) = node.security_policy.as_ref().filter(|_| !*node.existing) {
        let node = format!("the domain of {}", path("api", &api.key));
        crate::network::checks::existing::only_existing(cx, &node, "security-policy", policy.span(), "existing=#true");
    }
    if let Some(owner) = node.owner.as_ref().filter(|_| node.zone.is_none()) {
        cx.report(
            Diagnostic::error(
                "zone-owner-without-zone",
                "the domain names the owner of a zone, and no zone".to_owned(),
            )
            .at(owner.span(), "of which zone?")
            .help("add zone=\"Z…\", the id of the hosted zone with the record"),
        );
    }
    let same = |other: &&ast::Api| {
        other.key.value != api.key.value
            && other.domain.as_ref().is_some_and(|domain| domain.name.value == node.name.value)
    };
    // The first of two reports nothing.
    let spec = cx.spec;
    let earlier = spec.api.iter().take_while(|other| other.key.value != api.key.value).find(same);
    if let Some(first) = earlier.and_then(|other| other.domain.as_ref()) {
        cx.report(
            Diagnostic::error("domain-of-two-apis", format!("two APIs have the domain `{}`", node.name.value))
                .at(node.name.span(), "the second")
                .with(first.name.span(), "the first")
                .help("give each API a domain of its own"),
        );
    }
}

/// Moves the callers by the record of the name.
fn request_record(cx: &mut Cx, api: &ast::Api, node: &ast::ApiDomain, at: Origin) {
    let e = &cx.graph.environment;
    let (name, region) = (node.name.as_str(), e.region.clone());
    let owner: Arc<str> = node.owner.as_ref().map_or_else(|| e.account.clone(), |owner| owner.as_str().into());
    let subject = node.zone.as_ref().map_or_else(|| name.into(), |zone| Arc::<str>::from(zone.as_str()));
    let zone = node.zone.as_ref().map_or("ZONE", |zone| zone.as_str());
    let why = format!(
        "Not before the deployment: the record of `{name}` moves all callers to the API `{}`. Call the API by \
         its regional name first; `--connect-to` of curl keeps the name in the certificate. A CNAME of the name has to go \
         before the alias exists.",
        api.key
    );
    let commands = vec![
        format!("# in the account {}", e.account),
        format!("aws apigateway get-domain-name --region {region} --domain-name {name} > domain.json"),
        format!("# in the account {owner}"),
        "jq '{Changes: [{Action: \"UPSERT\", ResourceRecordSet: {Name: .domainName, Type: \"A\", AliasTarget: {HostedZoneId: \
         .regionalHostedZoneId, DNSName: .regionalDomainName, EvaluateTargetHealth: false}}}]}' domain.json > record.json"
            .to_owned(),
        format!("aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch file://record.json"),
    ];
    cx.graph.requests.push(Request { owner, subject, when: Moment::After, why, commands, origin: at });
}

/// Moves the callers by the mapping of a domain that exists.
fn request_mapping(cx: &mut Cx, api: &ast::Api, node: &ast::ApiDomain, at: Origin) {
    let e = &cx.graph.environment;
    let (name, region) = (node.name.as_str(), &e.region);
    let api_name = cx.physical(names::REST_API, &format!("{}-api", api.key));
    let why = format!(
        "Not before the deployment: the mapping of `{name}` moves all callers to the API `{}`. Write down the \
         API of the mapping first: it is the way back.",
        api.key
    );
    let commands = vec![
        format!("aws apigateway get-base-path-mapping --region {region} --domain-name {name} --base-path '(none)'"),
        format!(
            "api=$(aws apigateway get-rest-apis --region {region} --query \"items[?name=='{api_name}'].id\" --output text)"
        ),
        format!(
            "aws apigateway update-base-path-mapping --region {region} --domain-name {name} --base-path '(none)' \
             --patch-operations op=replace,path=/restapiId,value=$api op=replace,path=/stage,value={STAGE}"
        ),
    ];
    let request =
        Request { owner: e.account.clone(), subject: name.into(), when: Moment::After, why, commands, origin: at };
    cx.graph.requests.push(request);
}
