//! Ports whose services speak without TLS.

/// The first port that an application may take without special rights.
const FIRST: u16 = 1024;

const HTTPS: u16 = 443;

/// Protocols without TLS above the reserved ports (fact: ports-without-tls).
const CLEAR_TEXT: &[(u16, &str)] = &[
    (1080, "SOCKS"),
    (1883, "MQTT"),
    (2049, "NFS"),
    (3128, "HTTP"),
    (5672, "AMQP"),
    (5900, "VNC"),
    (6379, "Redis"),
    (8008, "HTTP"),
    (8080, "HTTP"),
    (8088, "HTTP"),
    (11211, "memcached"),
];

/// The reason why a database does not listen on this port.
pub(crate) fn not_of_database(port: u16) -> Option<String> {
    match port {
        0..FIRST => Some(format!("port {port} belongs to another service")),
        _ => clear_text(port),
    }
}

/// The reason why a server does not accept HTTPS on this port.
pub(crate) fn not_of_https(port: u16) -> Option<String> {
    match port {
        HTTPS => None,
        0..FIRST => Some(format!("port {port} is not a port of HTTPS")),
        _ => clear_text(port),
    }
}

fn clear_text(port: u16) -> Option<String> {
    let (_, protocol) = CLEAR_TEXT.iter().find(|(known, _)| *known == port)?;
    Some(format!("port {port} belongs to {protocol} without TLS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_other_protocols_are_known() {
        for port in [21, 23, 80, 443, 8080, 6379] {
            assert!(not_of_database(port).is_some(), "{port}");
        }
        for port in [21, 80, 8008, 8080] {
            assert!(not_of_https(port).is_some(), "{port}");
        }
        assert!([1521, 3306, 5432, 6432].into_iter().all(|port| not_of_database(port).is_none()));
        assert!([443, 8443, 9443].into_iter().all(|port| not_of_https(port).is_none()));
    }
}
