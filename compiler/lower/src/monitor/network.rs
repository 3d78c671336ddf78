//! Alarms on the way to a site.

use migspec_ir::{Datum, Origin};

use super::BY;
use super::alarm::{Alarm, Metric, Rings, Silence, home};
use crate::cx::{Cx, path};
use crate::transit;

/// 1 while both tunnels of a connection are up; less when one is down
/// (fact: metrics-vpn).
const BOTH: i64 = 1;

pub(super) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for site in &spec.site {
        let (Some(connection), Some(vpn)) = (transit::attached_connection(spec, site), &site.vpn) else { continue };
        let origin = Origin::derived(BY, vpn.place.header);
        let alarm = Alarm {
            stem: format!("{}-tunnels", site.key),
            description: format!("A VPN tunnel to {} is down: all traffic uses the other one", site.key),
            metric: Metric {
                namespace: "AWS/VPN",
                name: "TunnelState",
                dimensions: vec![("VpnId", connection)],
                statistic: "Minimum",
            },
            rings: Rings::below(Datum::new(BOTH, origin), 300, 3),
            silence: Silence::Rings,
            path: format!("{} > vpn", path("site", &site.key)),
            origin,
        };
        alarm.add(cx, &home());
    }
}
