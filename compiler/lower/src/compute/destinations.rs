//! Ports of addresses that a workload may name: `https:10.20.0.0/16`, `https:internet`, `tcp:10.20.0.0/16:6514`.

use migspec_diag::Diagnostic;
use migspec_ir::aws::migspec::given_name;
use migspec_syntax::value::Text;
use migspec_syntax::{Setting, ast};

use crate::cx::Cx;
use crate::ports;

/// The port of a destination without one.
pub(super) const HTTPS: u16 = 443;

const INTERNET: &str = "internet";

/// A port of some addresses.
pub(super) struct Addresses<'a> {
    pub(super) place: Place<'a>,
    scheme: Scheme,
    /// The port as written.
    port: Option<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Internet,
    /// A range, as written.
    Range(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Https,
    Tcp,
}

/// The addresses of a destination. No service has this form.
pub(super) fn addresses(to: &Text) -> Option<Addresses<'_>> {
    let https = to.strip_prefix("https:").map(|rest| (Scheme::Https, rest));
    let (scheme, rest) = https.or_else(|| to.strip_prefix("tcp:").map(|rest| (Scheme::Tcp, rest)))?;
    let (place, port) = match rest.split_once(':') {
        Some((place, port)) => (place, Some(port)),
        None => (rest, None),
    };
    let place = match place {
        INTERNET => Place::Internet,
        range if range.contains('/') => Place::Range(range),
        _ => return None,
    };
    Some(Addresses { place, scheme, port })
}

/// The port of a destination, and the reason for it. Reports a port that no server with encryption is known for.
pub(super) fn port<'a>(
    cx: &mut Cx,
    egress: &'a ast::Egress,
    to: &Setting<Text>,
    addresses: &Addresses<'_>,
) -> Option<(u16, Option<&'a str>)> {
    let reason = egress.reason.as_ref().map(|reason| given_name(reason)).filter(|reason| !reason.is_empty());
    let fault = match (number(addresses), addresses.scheme) {
        (Err(fault), _) => fault,
        (Ok(_), Scheme::Tcp) if addresses.place == Place::Internet => (
            format!("`{}` opens a port of every server of the internet", to.value),
            "name the addresses of the server, such as \"tcp:198.51.100.0/24:6514\"",
        ),
        (Ok(port), Scheme::Https) if ports::is_of_https(port) => return Some((port, None)),
        (Ok(port), scheme) => match (refusal(scheme, port), reason) {
            (Some(why), _) => (why, "use the port on which the server encrypts its connections"),
            (None, Some(reason)) => return Some((port, Some(reason))),
            (None, None) => (
                match scheme {
                    Scheme::Https => format!("port {port} is not known for HTTPS"),
                    Scheme::Tcp => format!("the protocol on port {port} is unknown"),
                },
                "add a `reason=` that names the server and its protocol with encryption",
            ),
        },
    };
    cx.report(Diagnostic::error("egress-port", fault.0).at(to.span(), "the port").help(fault.1));
    None
}

fn number(addresses: &Addresses<'_>) -> Result<u16, (String, &'static str)> {
    let range = match addresses.place {
        Place::Range(range) => range,
        Place::Internet => INTERNET,
    };
    match (addresses.port, addresses.scheme) {
        (None, Scheme::Https) => Ok(HTTPS),
        (None, Scheme::Tcp) => {
            Err((format!("`tcp:{range}` has no port"), "add the port, such as \"tcp:10.20.0.0/16:6514\""))
        }
        (Some(text), _) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
            (format!("`{text}` is not a port from 1 to 65535"), "write one port, such as \"https:10.20.0.0/16:8443\"")
        }),
    }
}

fn refusal(scheme: Scheme, port: u16) -> Option<String> {
    match scheme {
        Scheme::Https => ports::not_of_https(port),
        Scheme::Tcp => ports::without_encryption(port),
    }
}

/// Reports a reason beside destinations that need none.
pub(super) fn check_reason(cx: &mut Cx, egress: &ast::Egress) {
    let Some(reason) = &egress.reason else { return };
    let needs_one = |to: &Setting<Text>| {
        let Some(addresses) = addresses(&to.value) else { return false };
        addresses.scheme == Scheme::Tcp || !number(&addresses).is_ok_and(ports::is_of_https)
    };
    if egress.to.iter().any(needs_one) {
        return;
    }
    cx.report(
        Diagnostic::error("egress-port", "every destination has a known port")
            .at(reason.span(), "answers no question")
            .help("remove `reason=`"),
    );
}
