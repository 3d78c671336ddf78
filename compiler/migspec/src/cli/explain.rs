use clap::Args;

use super::{Exit, eprint_line, print};

#[derive(Debug, Args)]
pub struct Arguments {
    /// A rule such as `unencrypted-cluster`, a control such as `ENC-RDS-01`,
    /// or a PCI DSS requirement such as `3.5.1`.
    pub id: String,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let id = arguments.id.trim();
    if let Some(info) = migspec_diag::code_info(id) {
        return print(&format!("{}\n\n{}\n\n{}\n", info.code, info.summary, info.explanation)).map(|()| Exit::Clean);
    }
    let known = migspec_diag::CODES.iter().map(|c| c.code);
    eprint_line(&format!("error: nothing is known of `{id}`"));
    if let Some(found) = migspec_diag::nearest(id, known) {
        eprint_line(&format!("did you mean `{found}`?"));
    }
    Ok(Exit::Failed)
}
