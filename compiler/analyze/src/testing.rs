//! The empty graph of the tests.

use migspec_diag::Span;
use migspec_ir::{Environment, Graph};

pub(crate) fn empty(span: Span) -> Graph {
    let environment = Environment {
        name: "prod".into(),
        account: "222222222222".into(),
        region: "us-east-1".into(),
        partition: "aws",
        production: true,
        span,
    };
    Graph { standard: Some("pci-dss".into()), ..Graph::new("case", environment) }
}
