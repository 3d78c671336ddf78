//! Sessions on PostgreSQL: TLS with a verified certificate, and settings that
//! make the same value the same text on every server.

use std::time::Duration;

use secrecy::ExposeSecret;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Access, Credentials, Failure, Opening, Session};

const CONNECT: Duration = Duration::from_secs(10);

/// A session on PostgreSQL. It ends when this is dropped.
pub type PostgresSession = Client;

impl Session for PostgresSession {
    async fn open(opening: &Opening<'_>, credentials: &Credentials) -> Result<Self, Failure> {
        let doing = format!("connecting to {}:{}", opening.end.host, opening.end.port);
        let tls = MakeRustlsConnect::new(opening.roots.client(&opening.end.tls)?);
        let (client, connection) =
            opening.config(credentials).connect(tls).await.map_err(|e| Failure::postgres(&doing, &e))?;
        // An error of the connection reaches whoever waits for an answer.
        tokio::spawn(connection);
        client.batch_execute(&opening.pins()).await.map_err(|e| Failure::postgres(&doing, &e))?;
        Ok(client)
    }
}

impl Opening<'_> {
    fn config(&self, credentials: &Credentials) -> Config {
        let mut config = Config::new();
        config
            .host(&self.end.host)
            .port(self.end.port)
            .dbname(&self.end.database)
            .user(&credentials.username)
            .password(credentials.password.expose_secret())
            .application_name(self.application)
            .ssl_mode(SslMode::Require)
            .channel_binding(ChannelBinding::Prefer)
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_secs(30));
        config
    }

    /// Settings that a role, a database or a server could have changed.
    /// `search_path` keeps other schemas' functions and operators out;
    /// `row_security` makes rows that a policy would hide an error. Without `jit`,
    /// a query of the catalog takes milliseconds: its estimate is high enough for
    /// the compiler, which takes seconds.
    fn pins(&self) -> String {
        let read_only = match self.access {
            Access::Read => "on",
            Access::Write => "off",
        };
        format!(
            "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; \
             SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; \
             SET xmlbinary = 'base64'; SET standard_conforming_strings = on; SET search_path = pg_catalog, pg_temp; \
             SET row_security = off; SET default_transaction_read_only = {read_only}; \
             SET statement_timeout = {}; SET lock_timeout = '5s'; \
             SET idle_in_transaction_session_timeout = '5min'; \
             SET quote_all_identifiers = off; SET array_nulls = on; SET xmloption = 'content'; \
             SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off; \
             SET transform_null_equals = off; SET backslash_quote = safe_encoding; SET jit = off; \
             SELECT set_config(name, '0', false) FROM unnest(ARRAY['idle_session_timeout', 'transaction_timeout']) name \
             WHERE current_setting(name, true) IS NOT NULL",
            self.statement.as_millis()
        )
    }
}

/// A position in the write-ahead log: `16/B374D848`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lsn(u64);

impl Lsn {
    /// # Errors
    /// The text is not two hexadecimal numbers with a slash between them.
    pub fn of_text(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::configuration(format!("`{}` is not a log sequence number", text.escape_default()));
        let (high, low) = text.split_once('/').ok_or_else(wrong)?;
        let half = |digits: &str| {
            let hexadecimal = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten().ok_or_else(wrong)
        };
        Ok(Self((u64::from(half(high)?) << 32) | u64::from(half(low)?)))
    }
}

impl std::fmt::Display for Lsn {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_compare_as_numbers() {
        let of = |text| Lsn::of_text(text).expect("a position");
        assert!(of("F/0") < of("10/0"), "as text, the order would be different");
        assert_eq!(of("16/B374D848").to_string(), "16/B374D848");
        for wrong in ["", "16", "16/", "/1", "g/1", "1/+2", "1/2/3", "1/123456789"] {
            assert!(Lsn::of_text(wrong).is_err(), "{wrong}");
        }
    }
}
