//! Ports with a known protocol.

use migspec_syntax::value::Engine;

/// The first port that an application may take without special rights.
const FIRST: u16 = 1024;

/// Ports whose registered service is HTTPS (fact: ports-of-https).
const HTTPS: &[u16] = &[443, 7443, 8443, 9443];

/// The port on which each database system listens by default (fact: ports-of-databases).
const DATABASES: &[(u16, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2484, "Oracle"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (9042, "Cassandra"),
    (27017, "MongoDB"),
    (33060, "MySQL"),
    (50000, "Db2"),
];

/// Protocols without TLS above the reserved ports (fact: ports-without-tls).
const CLEAR_TEXT: &[(u16, &str)] = &[
    (1080, "SOCKS"),
    (1883, "MQTT"),
    (2049, "NFS"),
    (2181, "ZooKeeper"),
    (3000, "HTTP"),
    (3128, "HTTP"),
    (5000, "HTTP"),
    (5672, "AMQP"),
    (5900, "VNC"),
    (6379, "Redis"),
    (8000, "HTTP"),
    (8008, "HTTP"),
    (8080, "HTTP"),
    (8088, "HTTP"),
    (8888, "HTTP"),
    (9000, "HTTP"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (11211, "memcached"),
];

/// Ports below 1024 whose service encrypts every connection: SSH, HTTPS, submission of mail, LDAP, DNS, FTP, IMAP and POP
/// over TLS (fact: ports-with-encryption).
const ENCRYPTED: &[u16] = &[22, 443, 465, 636, 853, 990, 993, 995];

/// The reason why a database of the engine does not listen on this port.
pub(crate) fn not_of_database(engine: Engine, port: u16) -> Option<String> {
    let own = match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => "PostgreSQL",
        Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb => "MySQL",
        Engine::Oracle => "Oracle",
        Engine::SqlServer => "SQL Server",
    };
    match (port, DATABASES.iter().find(|(known, _)| *known == port)) {
        (0..FIRST, _) => Some(format!("port {port} belongs to another service")),
        (_, Some((_, other))) if *other != own => Some(format!("port {port} belongs to {other}, not to {own}")),
        (_, Some(_)) => None,
        (_, None) => clear_text(port),
    }
}

/// Whether databases of the engine often listen on this port: the default, and those of further instances beside it.
pub(crate) fn is_of_database(engine: Engine, port: u16) -> bool {
    match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => matches!(port, 5432..=5439 | 6432..=6439),
        Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb => matches!(port, 3306..=3309),
        Engine::Oracle => matches!(port, 1521..=1529 | 2484),
        Engine::SqlServer => matches!(port, 1433..=1439),
    }
}

/// The reason why a server does not accept HTTPS on this port, whatever its owner writes.
pub(crate) fn not_of_https(port: u16) -> Option<String> {
    if HTTPS.contains(&port) {
        return None;
    }
    let database = DATABASES.iter().find(|(known, _)| *known == port);
    let database = database.map(|(_, name)| format!("port {port} belongs to {name}, not to HTTPS"));
    match port {
        0..FIRST => Some(format!("port {port} is not a port of HTTPS")),
        _ => database.or_else(|| clear_text(port)),
    }
}

/// Whether HTTPS is known for this port, so that its owner gives no reason.
pub(crate) fn is_of_https(port: u16) -> bool {
    HTTPS.contains(&port)
}

/// The reason why a server does not encrypt its connections on this port, whatever its owner writes.
pub(crate) fn without_encryption(port: u16) -> Option<String> {
    match port {
        0..FIRST if ENCRYPTED.contains(&port) => None,
        0..FIRST => Some(format!("port {port} belongs to a service without encryption")),
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
            assert!(not_of_database(Engine::Postgresql, port).is_some(), "{port}");
        }
        for port in [21, 80, 3000, 5432, 8000, 8008, 8080, 9200] {
            assert!(not_of_https(port).is_some(), "{port}");
        }
        for (engine, own, other) in [
            (Engine::Postgresql, 5432, 3306),
            (Engine::AuroraPostgresql, 6432, 1521),
            (Engine::Mariadb, 3306, 5432),
            (Engine::Oracle, 1521, 1433),
            (Engine::SqlServer, 1433, 1521),
        ] {
            assert_eq!(not_of_database(engine, own), None, "{own}");
            assert!(not_of_database(engine, other).is_some(), "{other}");
        }
        assert!(is_of_database(Engine::Oracle, 1526) && !is_of_database(Engine::Postgresql, 3389));
        assert!([443, 8443, 9443, 10443].into_iter().all(|port| not_of_https(port).is_none()));
        assert!(is_of_https(8443) && !is_of_https(10443));
        assert!([22, 636, 1433, 6514, 8583, 9093].into_iter().all(|port| without_encryption(port).is_none()));
        assert!([21, 23, 25, 80, 389, 6379, 9092].into_iter().all(|port| without_encryption(port).is_some()));
    }
}
