//! Checks between the parts of an API.

use std::net::Ipv4Addr;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::aws::migspec::{self, given_name};
use migspec_ir::secret::names_credential;
use migspec_syntax::value::{Arn, Cidr, ColumnClass, HttpsUrl, TargetKind, UpstreamSide};
use migspec_syntax::{Provenance, Setting, ast};

use super::{Sides, group};
use crate::cx::Cx;
use crate::{addresses, key_arns, mailboxes, ports};

/// Checks an API. The sides are there if a load balancer can be made of them.
pub(super) fn check<'a>(cx: &mut Cx<'a>, api: &'a ast::Api) -> Option<Sides<'a>> {
    if api.route.is_empty() {
        cx.report(
            Diagnostic::error("api-without-routes", format!("api `{}` has no route", api.key))
                .at(api.place.header, "no `route`")
                .help("add a route: route \"POST\" \"/payment\" idempotency-header=\"Idempotency-Key\""),
        );
    }
    for route in &api.route {
        check_path(cx, route);
        check_card_number(cx, route);
    }
    check_existing(cx, api);
    check_variables(cx, api);
    check_authorizer(cx, api);
    check_throttle(cx, api);
    sides(cx, api)
}

/// Things that exist and that no migration can use: what the workflow changes belongs to it alone.
fn check_existing(cx: &mut Cx, api: &ast::Api) {
    if let Some(existing) = &api.existing {
        let message = format!("the API `{}` cannot be the API of a migration", existing.value);
        cx.report(Diagnostic::error("existing-api", message).at(existing.span(), "an API that exists").help(format!(
            "remove it, declare the routes, and move the callers by their name: domain \"pay.example.com\" \
                 existing=#true certificate=\"arn:{}:acm:…\"",
            cx.graph.environment.partition
        )));
    }
    for upstream in &api.upstream {
        if let Some(existing) = &upstream.existing {
            group::check(cx, upstream, existing);
        }
        let settings = [
            ("network", UpstreamSide::Target, upstream.network.as_ref().map(|network| network.span())),
            ("certificate", UpstreamSide::Target, upstream.certificate.as_ref().map(|certificate| certificate.span())),
            ("port", UpstreamSide::Target, place_of(&upstream.port)),
            ("existing", UpstreamSide::Target, upstream.existing.as_ref().map(|existing| existing.span())),
            ("url", UpstreamSide::Source, upstream.url.as_ref().map(|url| url.span())),
        ];
        for (name, _, span) in settings.into_iter().filter(|(_, side, _)| *side != *upstream.side) {
            let Some(span) = span else { continue };
            cx.report(
                Diagnostic::error("declares-nothing", format!("`{name}` of the upstream `{}`", upstream.side.word()))
                    .at(span, "has no effect")
                    .help("remove it"),
            );
        }
        if *upstream.side == UpstreamSide::Source && *upstream.targets == TargetKind::Instance {
            cx.report(
                Diagnostic::error("source-by-instance", "the source is outside of AWS and has no instances")
                    .at(upstream.targets.span(), "not at the source")
                    .help("remove `targets`, and write the addresses of the source: addresses \"172.16.20.10\""),
            );
        }
    }
}

/// The place of a setting that the spec writes.
fn place_of<T>(setting: &Setting<T>) -> Option<Span> {
    matches!(setting.provenance, Provenance::Written { .. }).then(|| setting.span())
}

/// Request headers of HTTP and of tracing: equal in all requests of a client, or new in a repetition
/// (fact: request-headers).
const COMMON: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "digest",
    "expect",
    "forwarded",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "origin",
    "referer",
    "te",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];

/// Paths and headers are in logs of every hop. A card number has no place in them.
fn check_card_number(cx: &mut Cx, route: &ast::Route) {
    let parts: Vec<&str> = route.path.split('/').collect();
    let variable = |part: &str| Some(part.strip_prefix('{')?.strip_suffix('}')?.trim_end_matches('+').to_owned());
    for (n, part) in parts.iter().enumerate() {
        let Some(name) = variable(part) else { continue };
        let fixed: Vec<&str> = parts[..n].iter().copied().filter(|part| variable(part).is_none()).collect();
        if migspec::is_account_data_in_path(&fixed, &name) || is_account_data(cx, &name) {
            cx.report(
                Diagnostic::error("card-number-in-path", format!("`{part}` puts card numbers into addresses"))
                    .at(route.path.span(), "every proxy and log on the way records it")
                    .help("send the card number in the body, or use a token such as `{id}` in the path"),
            );
        }
        if names_credential(&name) {
            cx.report(
                Diagnostic::error("secret-in-path", format!("`{part}` puts a credential into addresses"))
                    .at(route.path.span(), "every proxy and log on the way records it")
                    .help("send the credential in the `Authorization` header"),
            );
        }
        if part.ends_with("+}") {
            cx.report(
                Diagnostic::error("greedy-route", format!("`{part}` passes every path to the upstreams"))
                    .at(route.path.span(), "more than the declared routes")
                    .help("declare each path in a `route` of its own"),
            );
        }
    }
    let Some(header) = &route.idempotency_header else { return };
    if COMMON.iter().any(|name| header.eq_ignore_ascii_case(name)) {
        let message = format!("`{}` does not identify a payment", header.value);
        cx.report(
            Diagnostic::error("idempotency-by-common-header", message)
                .at(header.span(), "has a meaning of its own in HTTP")
                .help("use a header with a new value for each payment, such as \"Idempotency-Key\""),
        );
    }
    let known = ["authorization", "cookie", "x-api-key"].iter().any(|name| header.eq_ignore_ascii_case(name))
        || ["session", "token"].iter().any(|word| header.to_ascii_lowercase().contains(word));
    let credential = known || names_credential(header);
    if credential || migspec::looks_like_account_data(header) {
        cx.report(
            Diagnostic::error("idempotency-by-secret", format!("`{}` does not identify a request", header.value))
                .at(header.span(), if credential { "identifies the caller" } else { "contains account data" })
                .help("use a header with a new value for each payment, such as \"Idempotency-Key\""),
        );
    }
}

/// Whether a source declares a column of this name as account data.
fn is_account_data(cx: &Cx, name: &str) -> bool {
    let columns = cx.spec.source.iter().flat_map(|source| &source.table).flat_map(|table| &table.column);
    let letters = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let is_class = |class: ColumnClass| matches!(class, ColumnClass::Pan | ColumnClass::AuthenticationData);
    let mut protected = columns.filter(|column| column.class.as_ref().is_some_and(|class| is_class(class.value)));
    protected.any(|column| letters(&column.name.value) == letters(name))
}

/// `/payment/{id}/capture`: literal parts, and variables in braces.
fn check_path(cx: &mut Cx, route: &ast::Route) {
    let path = &*route.path.value;
    if path == "/" || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_part)) {
        return;
    }
    cx.report(
        Diagnostic::error("route-path", format!("`{path}` is not a valid path"))
            .at(route.path.span(), "not a path")
            .help("start the path with `/`; a part has letters, digits and `-._~`, or is a variable such as `{id}`"),
    );
}

fn is_part(part: &str) -> bool {
    let word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        Some(name) => word(name.strip_suffix('+').unwrap_or(name), "_-"),
        // Clients and servers remove the parts `.` and `..`.
        None => word(part, "-._~") && !matches!(part, "." | ".."),
    }
}

/// API Gateway accepts one name for the variable at a place
/// (fact: apigateway-path-variables).
fn check_variables(cx: &mut Cx, api: &ast::Api) {
    let mut seen: Vec<(String, String, Span)> = Vec::new();
    for route in &api.route {
        let parts: Vec<&str> = route.path.split('/').collect();
        for (n, part) in parts.iter().enumerate().filter(|(_, p)| p.starts_with('{')) {
            let before = parts[..n].join("/");
            match seen.iter().find(|(prefix, _, _)| *prefix == before) {
                Some((_, name, first)) if name != part => {
                    let message = format!("`{part}` and `{name}` are at the same position of a path");
                    cx.report(
                        Diagnostic::error("route-variables-clash", message)
                            .at(route.path.span(), format!("`{part}` here"))
                            .with(*first, format!("`{name}` here"))
                            .help("use one variable name in all routes"),
                    );
                }
                Some(_) => {}
                None => seen.push((before, (*part).to_owned(), route.path.span())),
            }
        }
    }
}

/// The account's throttle of API Gateway in a region: a higher value has no effect
/// (fact: apigateway-account-throttle).
const ACCOUNT_RATE: u32 = 10_000;
const ACCOUNT_BURST: u64 = 5_000;

fn check_throttle(cx: &mut Cx, api: &ast::Api) {
    let Some(throttle) = &api.throttle else { return };
    let (rate, burst) = (throttle.rate.0 >= ACCOUNT_RATE, u64::from(throttle.burst.0) >= ACCOUNT_BURST);
    let spans = [(rate, throttle.rate.span()), (burst, throttle.burst.span())];
    for (_, span) in spans.into_iter().filter(|(exceeds, _)| *exceeds) {
        cx.report(
            Diagnostic::error("throttle-without-effect", "the throttle is not below the limit of the account")
                .at(span, "never reached")
                .help("write less than rate=\"10000/s\" and burst=5000, measured against the load of the API"),
        );
    }
}

/// API Gateway keeps an answer for an hour at most (fact: apigateway-authorizer-cache).
fn check_authorizer(cx: &mut Cx, api: &ast::Api) {
    let Some(authorizer) = &api.authorizer else {
        return;
    };
    let logins = cx.spec.source.iter().flat_map(|s| &s.login).chain(cx.spec.database.iter().flat_map(|d| &d.login));
    let shared =
        logins.filter_map(|login| login.secret.as_ref()).find(|secret| secret.value == authorizer.secret.value);
    if let Some(login) = shared.map(Setting::span) {
        cx.report(
            Diagnostic::error("shared-secret", "the authorizer reads the secret of a database login")
                .at(authorizer.secret.span(), "the secret of the API's callers")
                .with(login, "a database login")
                .help("name a secret with the keys of the callers alone"),
        );
    }
    if let Some(key) = &authorizer.key {
        key_arns::check_key_of_secret(cx, key);
    }
    if authorizer.cache.secs() > 3600 {
        cx.report(
            Diagnostic::error("authorizer-cache", format!("the authorizer cache cannot be {}", authorizer.cache.value))
                .at(authorizer.cache.span(), "at most \"1h\"")
                .help("write \"0s\" while traffic shifts: a cached result outlives a revoked key"),
        );
    }
}

fn sides<'a>(cx: &mut Cx<'a>, api: &'a ast::Api) -> Option<Sides<'a>> {
    let source = side(cx, api, UpstreamSide::Source);
    let target = side(cx, api, UpstreamSide::Target);
    let source = source.and_then(|upstream| complete_source(cx, upstream));
    let target = target.and_then(|upstream| complete_target(cx, api, upstream));
    let ((source, host, source_port, site), (target, network)) = source.zip(target)?;
    Some(Sides { source, host, source_port, target, network, site })
}

fn side<'a>(cx: &mut Cx, api: &'a ast::Api, side: UpstreamSide) -> Option<&'a ast::Upstream> {
    let found = api.upstream.iter().find(|u| *u.side == side);
    if found.is_none() {
        let example = match side {
            UpstreamSide::Source => "upstream \"source\" url=\"https://…\" { addresses \"…\" }",
            UpstreamSide::Target => "upstream \"target\" network=\"…\" certificate=\"arn:…\" port=8443",
        };
        cx.report(
            Diagnostic::error("missing-upstream", format!("api `{}` has no upstream `{side}`", api.key))
                .at(api.place.header, "traffic shifts from `source` to `target`")
                .help(format!("add: {example}")),
        );
    }
    found
}

type Source<'a> = (&'a ast::Upstream, String, u16, &'a ast::Site);

/// A public authority certifies the host (fact: apigateway-integration-tls). The load balancer sends to addresses; the URL's host is the name that
/// certificates carry.
fn complete_source<'a>(cx: &mut Cx<'a>, upstream: &'a ast::Upstream) -> Option<Source<'a>> {
    let Some(url) = &upstream.url else {
        report_missing(cx, upstream, "url", "url=\"https://pay.example.com\"");
        return None;
    };
    check_name_servers(cx, upstream);
    let port = url.port();
    let why = match port {
        None => Some(format!("`{}` has no port from 1 to 65535", url.value)),
        Some(port) => ports::not_of_https(port),
    };
    if let Some(why) = why {
        cx.report(
            Diagnostic::error("upstream-port", why).at(url.span(), "the port").help("remove the port to use 443"),
        );
    } else if let Some(port) = port {
        check_port(cx, upstream, port, url.span());
    }
    if url.host().parse::<Ipv4Addr>().is_ok() {
        cx.report(
            Diagnostic::error("upstream-host", format!("`{}` is an address, not a name", url.host()))
                .at(url.span(), "no certificate of a public authority contains it")
                .help("write the host name of the source; `addresses` has its addresses"),
        );
    }
    check_public_name(cx, url);
    if upstream.addresses.as_ref().is_none_or(|a| a.addresses.is_empty()) {
        report_missing(cx, upstream, "addresses", "addresses \"172.16.20.10\"");
        return None;
    }
    let site = site(cx, upstream)?;
    Some((upstream, url.host().to_owned(), port?, site))
}

fn check_public_name(cx: &mut Cx, url: &Setting<HttpsUrl>) {
    let host = url.host().trim_end_matches('.').to_ascii_lowercase();
    if host.contains('.') && !mailboxes::is_reserved(&host) {
        return;
    }
    cx.report(
        Diagnostic::error("upstream-host", format!("no public authority certifies `{host}`"))
            .at(url.span(), "a name of a private network")
            .help("write a name below a public domain: API Gateway accepts certificates of public authorities only"),
    );
}

/// A path of the health check that the targets read as it is written.
fn check_health(cx: &mut Cx, upstream: &ast::Upstream) {
    let path = &upstream.health;
    if path.contains("//") || path.split('/').any(|part| part == "." || part == "..") {
        cx.report(
            Diagnostic::error("health-path", format!("`{}` leaves its folder", path.value))
                .at(path.span(), "no plain path")
                .help("write the path of the health check, such as \"/health\""),
        );
    }
}

/// Servers of a site that answer for its names are no targets of payments.
fn check_name_servers(cx: &mut Cx, upstream: &ast::Upstream) {
    let spec = cx.spec;
    let servers = || spec.site.iter().flat_map(|site| &site.dns).flat_map(|dns| &dns.servers);
    for address in upstream.addresses.iter().flat_map(|a| &a.addresses) {
        let Some(server) = servers().find(|server| server.value == address.value) else { continue };
        cx.report(
            Diagnostic::error("address-of-name-server", format!("`{}` is a name server", address.value))
                .at(address.span(), "answers no payment")
                .with(server.span(), "a server of the site's names")
                .help("write the addresses of the servers of the application"),
        );
    }
}

/// The site that all addresses of an upstream are in.
fn site<'a>(cx: &mut Cx<'a>, upstream: &'a ast::Upstream) -> Option<&'a ast::Site> {
    let spec = cx.spec;
    let mut found: Option<&ast::Site> = None;
    for address in upstream.addresses.iter().flat_map(|a| &a.addresses) {
        let host = Cidr::new(u32::from(address.value.0), 32);
        let site = spec.site.iter().find(|s| addresses::site_ranges(s).any(|range| range.contains(host)));
        match (site, found) {
            (None, _) => {
                cx.report(
                    Diagnostic::error("address-outside-sites", format!("no site contains `{}`", address.value))
                        .at(address.span(), "outside every `cidr` of a site")
                        .help("declare a site with this address, or correct the address"),
                );
                return None;
            }
            (Some(site), Some(first)) if site.key.value != first.key.value => {
                cx.report(
                    Diagnostic::error("addresses-in-two-sites", "the addresses of an upstream belong to two sites")
                        .at(address.span(), format!("in `{}`", site.key))
                        .with(upstream.place.header, format!("other addresses are in `{}`", first.key))
                        .help("use addresses of one site"),
                );
                return None;
            }
            (Some(site), _) => found = Some(site),
        }
    }
    found
}

/// A port without a known service of HTTPS needs the word of its owner.
fn check_port(cx: &mut Cx, upstream: &ast::Upstream, port: u16, at: Span) {
    let reason = upstream.reason.as_ref().map_or("", |reason| given_name(reason));
    let message = match (ports::is_of_https(port), reason) {
        (true, _) => {
            let Some(reason) = &upstream.reason else { return };
            return cx.report(
                Diagnostic::error("upstream-port", format!("port {port} is known for HTTPS"))
                    .at(reason.span(), "answers no question")
                    .help("remove `reason=`"),
            );
        }
        (false, "") => format!("port {port} is not known for HTTPS"),
        (false, _) => return,
    };
    cx.report(
        Diagnostic::error("upstream-port", message)
            .at(at, "TLS is unknown")
            .help("use 443, 7443, 8443 or 9443; or add a `reason=` that names the server with TLS on this port"),
    );
}

/// HTTPS needs a certificate, and targets a network.
fn complete_target<'a>(
    cx: &mut Cx<'a>,
    api: &ast::Api,
    upstream: &'a ast::Upstream,
) -> Option<(&'a ast::Upstream, &'a ast::Network)> {
    if upstream.certificate.is_none() {
        report_missing(cx, upstream, "certificate", "certificate=\"arn:aws:acm:…\"");
    }
    if let Some(certificate) = &upstream.certificate {
        check_certificate(cx, api, certificate, &["acm", "iam"]);
    }
    if let Some(why) = ports::not_of_https(upstream.port.0) {
        cx.report(
            Diagnostic::error("upstream-port", why)
                .at(upstream.port.span(), "no TLS")
                .help("write 443, or the port of the targets above 1023, such as 8443"),
        );
    } else {
        check_port(cx, upstream, upstream.port.0, upstream.port.span());
    }
    check_health(cx, upstream);
    let Some(name) = &upstream.network else {
        report_missing(cx, upstream, "network", "network=\"…\"");
        return None;
    };
    let Some(network) = cx.index.networks.get(name.as_str()).copied() else {
        let known: Vec<&str> = cx.spec.network.iter().map(|n| n.key.as_str()).collect();
        cx.unknown_reference(&["network"], name, known);
        return None;
    };
    upstream.certificate.as_ref().map(|_| (upstream, network))
}

/// A load balancer and a custom domain take certificates of their own account and region only.
pub(super) fn check_certificate(cx: &mut Cx, api: &ast::Api, certificate: &Setting<Arn>, services: &[&str]) {
    let here = &cx.graph.environment;
    let is_certificate = match certificate.service() {
        "iam" => certificate.resource().starts_with("server-certificate/"),
        _ => certificate.resource().starts_with("certificate/"),
    };
    let is_here = certificate.account() == &*here.account && certificate.partition() == here.partition;
    let fits = is_certificate && services.contains(&certificate.service()) && is_here;
    if fits && (certificate.service() == "iam" || certificate.region() == &*here.region) {
        return;
    }
    let place = format!("account {} and region {}", here.account, here.region);
    let span = here.span;
    // A copy in the environment's own region shows that the region, and not the certificate, is wrong.
    let replica =
        |database: &ast::Database| database.replica.as_ref().is_some_and(|r| r.region.as_str() == &*here.region);
    let fits_elsewhere = certificate.region() != &*here.region && cx.spec.database.iter().any(replica);
    let places = [(certificate.span(), format!("not in {place}")), (span, "this environment".to_owned())];
    let [at, with] = if fits_elsewhere { [&places[1], &places[0]] } else { [&places[0], &places[1]] };
    if !is_certificate {
        let message = format!("`{}` is no certificate", certificate.value);
        let text = format!("arn:{}:acm:{}:{}:certificate/…", here.partition, here.region, here.account);
        cx.report(
            Diagnostic::error("certificate-elsewhere", message)
                .at(certificate.span(), "another resource")
                .help(format!("name a certificate of AWS Certificate Manager: {text}")),
        );
        return;
    }
    cx.report(
        Diagnostic::error(
            "certificate-elsewhere",
            format!("the certificate of api `{}` belongs to another account or region", api.key),
        )
        .at(at.0, at.1.clone())
        .with(with.0, with.1.clone())
        .help("name a certificate of AWS Certificate Manager in the environment's account and region"),
    );
}

fn report_missing(cx: &mut Cx, upstream: &ast::Upstream, setting: &str, example: &str) {
    cx.report(
        Diagnostic::error("incomplete-upstream", format!("upstream `{}` needs `{setting}`", upstream.side.value))
            .at(upstream.place.header, "not set here")
            .help(format!("add: {example}")),
    );
}
