//! People of a site who connect to a database: for its setup, and for repairs.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Origin, Resource, Value, Zone};
use migspec_syntax::ast;

use super::{BY, port};
use crate::cx::{Cx, datum, path};
use crate::{addresses, names, transit};

/// The shortest prefix of the range of administrators: 256 addresses.
const WIDEST: u8 = 24;

pub(super) fn lower(cx: &mut Cx, database: &ast::Database) {
    let Some(node) = &database.administrators else { return };
    let spec = cx.spec;
    let Some(site) = cx.index.sites.get(node.from.as_str()).copied() else {
        let known: Vec<&str> = spec.site.iter().map(|site| site.key.as_str()).collect();
        return cx.unknown_reference(&["site"], &node.from, known);
    };
    if !addresses::site_ranges(site).any(|range| range.contains(node.cidr.value)) {
        return cx.report(
            Diagnostic::error("administrators-outside-site", format!("`{}` is outside of the site", node.cidr.value))
                .at(node.cidr.span(), "no route leads there")
                .with(site.place.header, "the ranges of the site")
                .help("name a range within the site, or add it to the `ranges` of the site"),
        );
    }
    if node.cidr.prefix < WIDEST {
        return cx.report(
            Diagnostic::error("administrators-range", format!("`{}` has more hosts than a team", node.cidr.value))
                .at(node.cidr.span(), "each of them reaches the database")
                .help("name the range of the administrators' hosts, a /24 at most, such as a bastion's /32"),
        );
    }
    let here = Origin::derived(BY, node.place.header);
    let at = format!("{} > administrators", path("database", &database.key));
    let range: Vec<Datum> = vec![datum(&node.cidr, |cidr| cidr.to_string())];
    let id = cx.add(
        Resource::new("Migspec::Site", names::administrators(database.key.as_str()), at.as_str(), here)
            .set("Name", format!("{}-administrators", database.key))
            .set("CidrBlocks", Value::List(range))
            .set("Within", site.key.as_str())
            .set("Vpn", site.vpn.is_some())
            .set_if("VpnConnection", transit::attached_connection(spec, site)),
    );
    let cluster = Zone::Group(names::cluster_group(database.key.as_str()));
    cx.flow(Zone::Site(id), cluster, port(database), at, here);
}
