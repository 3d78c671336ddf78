//! Generated specs of any size, for the laws about time and memory.

use std::fmt::Write;

/// A migration of `count` databases with one replication each.
pub fn replications(count: usize) -> String {
    let mut text = String::from(
        r#"migration "many" {
    owner "payments-platform" contact="payments-ops@example.com"
    tags CostCenter="payments" DataClass="cardholder"
    environment "dev" account="111111111111" region="us-east-1"
    network "production" cidr="10.0.0.0/16" {
        tier "private" holds="compute"
        tier "data" holds="database"
        tier "replication" holds="replication"
    }
    site "datacenter" cidr="172.16.0.0/16" {
        dns public=#true domain="example.com"
        vpn gateway="203.0.113.10" asn=65010
    }
    transit "hub" {
        attach "production" "datacenter"
    }
    account-roles "dms" create=#true
"#,
    );
    for n in 0..count {
        write!(
            text,
            r#"    source "s{n}" engine="postgresql" version="15.8" site="datacenter" {{
        live #false
        at "s{n}.test.example.com:5432" database="ledger"
        tls "verify-full" ca="corp-root-ca.pem"
        login "replication" secret="payments/s{n}/replication"
        login "reverse-apply" secret="payments/s{n}/reverse-apply"
        table "payments.payment" key="id" {{
            column "amount" type="numeric(18,4)"
        }}
    }}
    database "d{n}" engine="aurora-postgresql" version="16.11" network="production" {{
        login "replication" generate=#true
    }}
    replication "r{n}" from="s{n}" to="d{n}" network="production" {{
        include "payments.*"
    }}
"#
        )
        .expect("writing to a string cannot fail");
    }
    text.push_str("    monitor {\n        notify email=\"payments-ops@example.com\"\n    }\n}\n");
    text
}
