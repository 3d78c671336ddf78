//! Networks on AWS and outside, and the transit between them.

use super::{Override, Waive};
use crate::value::*;

nodes! {
    /// A network on AWS: one VPC.
    "network" Network, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Address range.
        prop cidr: Cidr;
        /// The VPC, if it exists. The compiler then creates neither the VPC nor its
        /// subnets: `tier` declares them, and the deployment compares each declared fact.
        opt_prop existing: VpcId;
        /// Account that owns an existing VPC and shares its subnets (default: the account of the environment). The compiler
        /// changes nothing of the VPC: `requests.md` lists the commands for its owner.
        opt_prop owner: AccountId;
        /// Whether an existing VPC resolves names. Only with `existing=`.
        opt_prop dns_support: bool;
        /// Whether an existing VPC gives its interfaces names. Only with `existing=`.
        opt_prop dns_hostnames: bool;
        /// Whether only the migration works in an existing VPC (default: `#false`): interface endpoints answer for the
        /// whole VPC. Otherwise `compute` declares the others, with the services that they call. Only with `existing=`.
        opt_prop exclusive: bool;
        /// Number of availability zones, 2 to 6. An existing network has those of its subnets.
        prop zones: Count = 3;
        /// The availability zones by id (default: zones that have the services of the migration).
        opt_child zone_ids: ZoneIds;
        /// Tiers; each becomes one subnet for each zone.
        children tier: Tier;
        /// Further address ranges of an existing network.
        opt_child ranges: Ranges;
        /// IPv6 ranges of an existing network (default: none).
        opt_child ipv6: Ipv6Ranges;
        /// Route tables of an existing network.
        children routes: ExistingRoutes;
        /// A flow log of an existing network that records all traffic (default: a new one).
        opt_child flow_log: ExistingFlowLog;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// IPv6 ranges of an existing network. The connections of the migration use IPv4.
    "ipv6" Ipv6Ranges, keys 0, merge Replace {
        /// The ranges.
        args ranges: Ipv6Cidr;
    }

    /// The availability zones of a network by id, 2 to 6. An id is the same zone in every account; a name is not.
    "zone-ids" ZoneIds, keys 0, merge Replace {
        /// Ids, in the order of the subnets.
        args ids: ZoneId;
    }

    /// A tier of a network: one subnet for each zone.
    "tier" Tier, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Purpose of the tier, which determines its routes.
        prop holds: TierPurpose;
        /// A NAT gateway for each `zone`, or one for the `network`, which has one address and one point of failure
        /// (default: `zone`). Only with `holds="nat"`.
        opt_prop per: NatPer;
        /// Subnets of an existing network.
        children subnet: ExistingSubnet;
    }

    /// A subnet of an existing network.
    "subnet" ExistingSubnet, keys 1, merge Into {
        /// Its id.
        arg id: SubnetId;
        /// Id of its availability zone, which is the same in every account.
        prop zone: ZoneId;
        /// Address range, in one of the network's.
        prop cidr: Cidr;
        /// IPv6 range (default: none).
        opt_prop ipv6: Ipv6Cidr;
        /// Its route table: a `routes` node of the network.
        prop routes: RouteTableId;
        /// Its network ACL. The compiler adds no entries to it: `requests.md` lists
        /// those that its owner adds.
        opt_prop acl: NetworkAclId;
        /// Whether interfaces get public addresses.
        opt_prop public_addresses: bool;
    }

    /// A route table of an existing network. The compiler adds the routes that the
    /// migration needs, and replaces none.
    "routes" ExistingRoutes, keys 1, merge Into {
        /// Its id.
        arg id: RouteTableId;
        /// Target of the route to `0.0.0.0/0`, or `none`.
        opt_prop default: RouteTarget;
        /// Target of the route to `::/0`, or `none`. A network with IPv6 ranges needs it.
        opt_prop default_ipv6: RouteTarget;
        /// Other routes that exist. The compiler does not add them again.
        children route: ExistingRoute;
    }

    /// A route that exists.
    "route" ExistingRoute, keys 1, merge Into {
        /// Destination.
        arg to: Cidr;
        /// Id of its target.
        prop via: RouteTarget;
    }

    /// A flow log that exists and records all traffic of the network.
    "flow-log" ExistingFlowLog, keys 0, merge Replace {
        /// Its id.
        arg id: FlowLogId;
        /// Its maximum aggregation interval.
        opt_prop interval: Duration;
    }

    /// A workload of the application in a network on AWS. Its own deployment attaches the security group of the
    /// workload; no other group has its ways out.
    "compute" Compute, keys 1, merge Into {
        /// Name. With the key of an API, the targets of the API are the workload.
        arg key: Key;
        /// Network (default: the network of the API's upstream `target`).
        opt_prop network: Key;
        /// Its security group, if it exists (default: a new one).
        opt_child security_group: ExistingGroup;
        /// Its ways out.
        children egress: Egress;
    }

    /// A security group that exists and that the workload carries. Rules of other groups name it. Only connections between
    /// the group and resources outside of the migration depend on its other rules, which the owner is responsible for.
    "security-group" ExistingGroup, keys 0, merge Replace {
        /// Its id. The group is in the network of the workload.
        arg id: SecurityGroupId;
        /// Whether the deployment adds the rules of the migration to it (default: `#false`, and `requests.md` lists them for
        /// its owner). A rule for the internet is always its owner's.
        prop add_rules: bool = false;
        /// Whether a rule of its own admits the internet.
        opt_prop admits_internet: bool;
        /// Whether a rule of its own leads to the internet, other than an `egress` of the workload.
        opt_prop reaches_internet: bool;
        /// Whether a rule of its own admits all protocols.
        opt_prop all_protocols: bool;
    }

    /// Ways out of a workload: AWS services by name, through interface endpoints, or a port of addresses. `https:internet`
    /// is the internet, through the NAT gateways of the network. A range such as `https:10.20.0.0/16` is a part of a site, of
    /// the internet, or of the workload's own existing network outside the declared subnets. The port is 443, or the one at
    /// the end, as in `https:10.20.0.0/16:8443`. For another protocol with encryption: `tcp:10.20.0.0/16:6514`.
    "egress" Egress, keys 0, merge Replace {
        /// Destinations.
        args to: Text;
        /// The server and its protocol, for `tcp:` and for another port of `https:` than 443, 7443, 8443 and 9443.
        opt_prop reason: Text;
    }

    /// A network outside of the migration: a datacenter, or a VPC of a source that is attached to the transit.
    "site" Site, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// Address range.
        prop cidr: Cidr;
        /// Further address ranges.
        opt_child ranges: Ranges;
        /// The servers that know the names of the site.
        children dns: SiteDns;
        /// VPN to the site.
        opt_child vpn: Vpn;
        /// Attachment of the site to the transit, if it exists: of a VPN, of a Direct Connect gateway or of another VPC.
        opt_child attachment: SiteAttachment;
    }

    /// Further address ranges of a site or of an existing network.
    "ranges" Ranges, keys 0, merge Replace {
        /// The ranges.
        args ranges: Cidr;
    }

    /// A domain of a site, whose names networks on AWS resolve: by servers of the site, which an endpoint and a rule of
    /// Route 53 Resolver ask, by a rule that exists, or in public DNS.
    "dns" SiteDns, keys 0, merge Replace {
        /// Addresses of DNS servers in the site.
        args servers: IpAddress;
        /// The domain, with all names below it.
        prop domain: HostName;
        /// A rule for the domain, if it exists. The compiler associates the networks with it.
        opt_prop rule: ResolverRuleId;
        /// Whether the networks are associated with the existing rule (default: `#false`).
        opt_prop associated: bool;
        /// Whether public DNS knows the names (default: `#false`).
        opt_prop public: bool;
    }

    /// The attachment of a site, which exists.
    "attachment" SiteAttachment, keys 0, merge Replace {
        /// Its id.
        arg id: AttachmentId;
    }

    /// A site-to-site VPN.
    "vpn" Vpn, keys 0, merge Into {
        /// Public address of the customer gateway.
        prop gateway: IpAddress;
        /// BGP autonomous system number of the customer gateway.
        prop asn: Count = 65000;
    }

    /// The Transit Gateway that connects networks and sites.
    "transit" Transit, keys 1, merge Into {
        /// Name.
        arg key: Key;
        /// The Transit Gateway, if it exists.
        opt_prop existing: TransitGatewayId;
        /// Account that owns an existing Transit Gateway (default: the account of the
        /// environment). The compiler changes nothing in it: `requests.md` lists the
        /// commands for its owner.
        opt_prop owner: AccountId;
        /// Whether an existing Transit Gateway accepts attachments of other accounts by itself.
        opt_prop auto_accept: bool;
        /// Whether it associates attachments with its default route table.
        opt_prop default_association: bool;
        /// Whether it propagates routes to its default route table.
        opt_prop default_propagation: bool;
        /// Whether security group rules may refer to groups of other networks through it.
        opt_prop group_references: bool;
        /// Whether it supports multicast.
        opt_prop multicast: bool;
        /// Route tables of the owner, one for each attachment.
        children route_table: TransitTable;
        /// A flow log of an existing Transit Gateway.
        opt_child flow_log: ExistingFlowLog;
        /// Networks and sites to connect.
        child attach: Attach;
        /// Waivers of findings.
        children waive: Waive;
        /// Overrides of derived resources.
        children r#override: Override;
    }

    /// A route table of an existing Transit Gateway, for the attachment of one member.
    "route-table" TransitTable, keys 1, merge Into {
        /// The network or site.
        arg member: Key;
        /// Its id.
        prop existing: TransitTableId;
    }

    /// The networks and sites that a transit connects.
    "attach" Attach, keys 0, merge Replace {
        /// Names of networks and sites.
        args members: Key;
    }
}
