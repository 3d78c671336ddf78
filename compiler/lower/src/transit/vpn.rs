//! The VPN connection to a site: two tunnels, IKEv2, nothing weak offered.

use migspec_diag::Diagnostic;
use migspec_ir::{Map, Origin, Resource, Value, list, map};
use migspec_syntax::ast;

use crate::cx::{Cx, datum, path};
use crate::{addresses, logs, names};

pub(super) fn lower(cx: &mut Cx, transit: &ast::Transit, site: &ast::Site, vpn: &ast::Vpn) {
    let at = Origin::derived("transit", vpn.place.header);
    let path = format!("{} > vpn", path("site", &site.key));
    let key = site.key.as_str();
    check_asn(cx, vpn);
    check_gateway(cx, vpn);
    // fact: vpn-asn
    let asn = if vpn.asn.0 > LARGEST_ASN { "BgpAsnExtended" } else { "BgpAsn" };
    let gateway = cx.add(
        Resource::new("AWS::EC2::CustomerGateway", names::customer_gateway(key), path.as_str(), at)
            .set("Type", "ipsec.1")
            .set(asn, datum(&vpn.asn, |asn| asn.0))
            .set("IpAddress", datum(&vpn.gateway, |address| address.to_string())),
    );
    // Groups below this prefix share one resource policy of CloudWatch Logs
    // (fact: logs-vended-prefix).
    let name = format!("/aws/vendedlogs{}", cx.path_name(&format!("vpn/{key}")));
    let log = logs::group(cx, names::log_group(&format!("{key}-vpn")), &name, path.as_str(), at);
    // EC2 takes the ARN of the group itself, without `:*`.
    let arn = cx.arn("logs", &format!("log-group:{name}"));
    cx.add(
        Resource::new("AWS::EC2::VPNConnection", names::vpn_connection(key), path, at)
            .set("Type", "ipsec.1")
            .set("CustomerGatewayId", Value::reference(gateway))
            .set("TransitGatewayId", Value::reference(names::transit_gateway(transit.key.as_str())))
            .set("StaticRoutesOnly", false)
            // Pre-shared keys are made by AWS and never reach a template or a state.
            .set("PreSharedKeyStorage", "SecretsManager")
            .set("VpnTunnelOptionsSpecifications", list!(at, [tunnel(&arn, at), tunnel(&arn, at)]))
            .after(log),
    );
}

/// The largest number that `BgpAsn` accepts.
const LARGEST_ASN: u32 = 2_147_483_647;

/// Numbers that identify no customer network: RFC 7607, RFC 6793, RFC 7300, the number of the Transit Gateway, and
/// Amazon's own.
const RESERVED: &[(u32, &str)] = &[
    (0, "identifies no network"),
    (23_456, "stands for larger numbers in old routers"),
    (65_535, "is reserved"),
    (u32::MAX, "is reserved"),
    (super::ASN, "is the number of the Transit Gateway"),
    (7_224, "belongs to Amazon"),
    (14_618, "belongs to Amazon"),
    (16_509, "belongs to Amazon"),
];

fn check_asn(cx: &mut Cx, vpn: &ast::Vpn) {
    if let Some((number, why)) = RESERVED.iter().find(|(number, _)| *number == vpn.asn.0) {
        cx.report(
            Diagnostic::error("reserved-asn", format!("the autonomous system number {number} is reserved"))
                .at(vpn.asn.span(), *why)
                .help("write the number of the customer gateway's network, such as asn=65010"),
        );
    }
}

/// AWS reaches a customer gateway through the internet.
fn check_gateway(cx: &mut Cx, vpn: &ast::Vpn) {
    if let Some(why) = addresses::not_on_the_internet(vpn.gateway.value.0) {
        cx.report(
            Diagnostic::error("gateway-not-public", format!("AWS cannot reach a gateway at `{}`", vpn.gateway.value))
                .at(vpn.gateway.span(), why)
                .help("write the address of the customer gateway on the internet"),
        );
    }
}

fn tunnel(log: &Value, at: Origin) -> Map {
    let values = |values: &[&str]| -> Vec<Map> { values.iter().map(|v| map!(at, { "Value": *v })).collect() };
    let groups = || -> Vec<Map> { [19, 20, 21].iter().map(|g| map!(at, { "Value": *g })).collect() };
    map!(at, {
        "IKEVersions": values(&["ikev2"]),
        "Phase1EncryptionAlgorithms": values(&["AES256-GCM-16"]),
        "Phase1IntegrityAlgorithms": values(&["SHA2-384", "SHA2-512"]),
        "Phase1DHGroupNumbers": groups(),
        "Phase2EncryptionAlgorithms": values(&["AES256-GCM-16"]),
        "Phase2IntegrityAlgorithms": values(&["SHA2-384", "SHA2-512"]),
        "Phase2DHGroupNumbers": groups(),
        "DPDTimeoutAction": "restart",
        "StartupAction": "start",
        "LogOptions": map!(at, {
            "CloudwatchLogOptions": map!(at, {
                "LogEnabled": true,
                "LogGroupArn": log.clone(),
                "LogOutputFormat": "json",
            }),
        }),
    })
}
