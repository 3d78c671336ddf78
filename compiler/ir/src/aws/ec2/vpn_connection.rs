use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, OwnAttribute, Property, ResourceType, TAGS, Terraform, argument};
use crate::{Datum, Index, Resource, Value};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::VPNConnection",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_vpn_connection",
        attributes: &[("VpnConnectionId", "id")],
        own_attributes: &[OwnAttribute {
            name: "TransitGatewayAttachmentId",
            attribute: "transit_gateway_attachment_id",
            pattern: "tgw-attach-[0-9a-f]+",
            instead: "CloudFormation does not return the transit gateway attachment of a VPN connection: a second \
                      stack takes it as a parameter, once the connection exists",
            command: "aws ec2 describe-transit-gateway-attachments \
                      --filters Name=resource-type,Values=vpn Name=resource-id,Values={id} \
                      --query TransitGatewayAttachments[0].TransitGatewayAttachmentId --output text",
        }],
        properties: &[
            argument("CustomerGatewayId", "customer_gateway_id"),
            argument("EnableAcceleration", "enable_acceleration"),
            argument("LocalIpv4NetworkCidr", "local_ipv4_network_cidr"),
            argument("LocalIpv6NetworkCidr", "local_ipv6_network_cidr"),
            argument("OutsideIpAddressType", "outside_ip_address_type"),
            argument("PreSharedKeyStorage", "preshared_key_storage"),
            argument("RemoteIpv4NetworkCidr", "remote_ipv4_network_cidr"),
            argument("RemoteIpv6NetworkCidr", "remote_ipv6_network_cidr"),
            argument("StaticRoutesOnly", "static_routes_only"),
            TAGS,
            argument("TransitGatewayId", "transit_gateway_id"),
            argument("TransportTransitGatewayAttachmentId", "transport_transit_gateway_attachment_id"),
            argument("TunnelBandwidth", "tunnel_bandwidth"),
            argument("TunnelInsideIpVersion", "tunnel_inside_ip_version"),
            argument("Type", "type"),
            argument("VpnConcentratorId", "vpn_concentrator_id"),
            argument("VpnGatewayId", "vpn_gateway_id"),
            Property::new("VpnTunnelOptionsSpecifications", Form::Numbered(&["tunnel1_", "tunnel2_"], TUNNEL)),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("transitGateway", "TransitGatewayId", "AWS::EC2::TransitGateway"),
        Fact::entity("customerGateway", "CustomerGatewayId", "AWS::EC2::CustomerGateway"),
        Fact::false_by_default("staticRoutesOnly", "StaticRoutesOnly"),
        Fact::string("preSharedKeyStorage", "PreSharedKeyStorage", "Standard"),
        Fact::computed("ikeVersion2Only", FactType::Bool, |vpn, _| every(vpn, "IKEVersions", &["ikev2"])),
        Fact::computed("strongPhase1Encryption", FactType::Bool, |vpn, _| {
            every(vpn, "Phase1EncryptionAlgorithms", STRONG_CIPHERS)
        }),
        Fact::computed("strongPhase2Encryption", FactType::Bool, |vpn, _| {
            every(vpn, "Phase2EncryptionAlgorithms", STRONG_CIPHERS)
        }),
        Fact::computed("strongPhase1Integrity", FactType::Bool, |vpn, _| {
            every(vpn, "Phase1IntegrityAlgorithms", STRONG_HASHES)
        }),
        Fact::computed("strongPhase2Integrity", FactType::Bool, |vpn, _| {
            every(vpn, "Phase2IntegrityAlgorithms", STRONG_HASHES)
        }),
        Fact::computed("strongPhase1Groups", FactType::Bool, |vpn, _| strong_groups(vpn, "Phase1DHGroupNumbers")),
        Fact::computed("strongPhase2Groups", FactType::Bool, |vpn, _| strong_groups(vpn, "Phase2DHGroupNumbers")),
        Fact::computed("logsTunnels", FactType::Bool, logs_tunnels),
        Fact::computed("tunnels", FactType::Long, |vpn, _| {
            i64::try_from(tunnels(vpn).count()).unwrap_or(i64::MAX).into()
        }),
        Fact::computed("alarmedMetrics", FactType::StringSet, |vpn, graph| {
            let alarms = graph.alarms_on(vpn.id.as_str());
            FactValue::set(alarms.map(|alarm| alarm.get("MetricName").and_then(|d| d.value.as_str())))
        }),
        Fact::computed("preSharedKeyLiteral", FactType::Bool, |vpn, _| {
            tunnels(vpn).any(|tunnel| tunnel.get("PreSharedKey").is_some()).into()
        }),
    ],
    classes: Classes {
        identity: &["TransitGatewayId", "CustomerGatewayId"],
        undecided: &["StaticRoutesOnly"],
        ..Classes::NONE
    },
};

const TUNNEL: &[Property] = &[
    argument("DPDTimeoutAction", "dpd_timeout_action"),
    argument("DPDTimeoutSeconds", "dpd_timeout_seconds"),
    argument("EnableTunnelLifecycleControl", "enable_tunnel_lifecycle_control"),
    values("IKEVersions", "ike_versions"),
    Property::new(
        "LogOptions",
        Form::Block(
            "log_options",
            &[Property::new(
                "CloudwatchLogOptions",
                Form::Block(
                    "cloudwatch_log_options",
                    &[
                        argument("BgpLogEnabled", "bgp_log_enabled"),
                        argument("BgpLogGroupArn", "bgp_log_group_arn"),
                        argument("BgpLogOutputFormat", "bgp_log_output_format"),
                        argument("LogEnabled", "log_enabled"),
                        argument("LogGroupArn", "log_group_arn"),
                        argument("LogOutputFormat", "log_output_format"),
                    ],
                ),
            )],
        ),
    ),
    values("Phase1DHGroupNumbers", "phase1_dh_group_numbers"),
    values("Phase1EncryptionAlgorithms", "phase1_encryption_algorithms"),
    values("Phase1IntegrityAlgorithms", "phase1_integrity_algorithms"),
    argument("Phase1LifetimeSeconds", "phase1_lifetime_seconds"),
    values("Phase2DHGroupNumbers", "phase2_dh_group_numbers"),
    values("Phase2EncryptionAlgorithms", "phase2_encryption_algorithms"),
    values("Phase2IntegrityAlgorithms", "phase2_integrity_algorithms"),
    argument("Phase2LifetimeSeconds", "phase2_lifetime_seconds"),
    argument("PreSharedKey", "preshared_key"),
    argument("RekeyFuzzPercentage", "rekey_fuzz_percentage"),
    argument("RekeyMarginTimeSeconds", "rekey_margin_time_seconds"),
    argument("ReplayWindowSize", "replay_window_size"),
    argument("StartupAction", "startup_action"),
    argument("TunnelInsideCidr", "inside_cidr"),
    argument("TunnelInsideIpv6Cidr", "inside_ipv6_cidr"),
];

const fn values(name: &'static str, argument: &'static str) -> Property {
    Property::new(name, Form::Values { argument, property: "Value" })
}

const STRONG_CIPHERS: &[&str] = &["AES256", "AES256-GCM-16", "AES128-GCM-16"];
const STRONG_HASHES: &[&str] = &["SHA2-256", "SHA2-384", "SHA2-512"];

/// A connection has two tunnels. Tunnels without options take AWS's defaults,
/// which allow the weakest algorithms.
fn is_complete(vpn: &Resource) -> bool {
    tunnels(vpn).count() == 2
}

fn tunnels(vpn: &Resource) -> impl Iterator<Item = &Datum> {
    vpn.get("VpnTunnelOptionsSpecifications").and_then(|d| d.value.as_list()).unwrap_or_default().iter()
}

/// Whether both tunnels allow some of `allowed` and nothing else.
fn every(vpn: &Resource, name: &str, allowed: &[&str]) -> FactValue {
    both(vpn, name, |value| value.as_str().is_some_and(|word| allowed.contains(&word)))
}

/// Diffie-Hellman groups of at least 2,048 bits.
fn strong_groups(vpn: &Resource, name: &str) -> FactValue {
    both(vpn, name, |value| value.as_integer().is_some_and(|group| group >= 14))
}

fn both(vpn: &Resource, name: &str, holds: impl Fn(&Value) -> bool) -> FactValue {
    let of_tunnel = |tunnel: &Datum| {
        let choices = tunnel.get(name).and_then(|d| d.value.as_list()).unwrap_or_default();
        !choices.is_empty() && choices.iter().all(|choice| choice.get("Value").is_some_and(|d| holds(&d.value)))
    };
    (is_complete(vpn) && tunnels(vpn).all(of_tunnel)).into()
}

fn logs_tunnels(vpn: &Resource, _: &Index<'_>) -> FactValue {
    let logs = |tunnel: &Datum| {
        let enabled = tunnel.get("LogOptions.CloudwatchLogOptions.LogEnabled");
        enabled.is_some_and(|d| d.value.as_bool() == Some(true))
    };
    (is_complete(vpn) && tunnels(vpn).all(logs)).into()
}
