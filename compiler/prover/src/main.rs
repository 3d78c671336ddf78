//! Proofs about the policies: for every resource and every request that the
//! schema allows, not only for the cases.
//!
//! 1. No policy is vacuous: each can match a request.
//! 2. No offence is redundant: each denies a request that no other single
//!    policy denies.
//! 3. A folder of policies can only deny more: it never permits a request that
//!    the built-in policies deny.
//!
//! Cedar's symbolic compiler turns each proof into a formula; the SMT solver
//! `cvc5` decides it. A counterexample is printed as a request with its
//! resource.

#![allow(clippy::disallowed_methods, reason = "a tool of the project reads policy folders")]

mod prover;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use prover::{Problem, Prover, ProverError};

/// Proves properties of the policies for every resource.
#[derive(Debug, Parser)]
#[command(name = "analyze")]
struct Arguments {
    /// A folder of policies that must only add refusals.
    #[arg(long, value_name = "DIR")]
    policies: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            for problem in &problems {
                println!("{problem}");
            }
            ExitCode::from(1)
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Vec<Problem>, ProverError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ProverError::Runtime)?;
    runtime.block_on(async {
        let mut prover = Prover::new()?;
        let mut problems = prover.vacuous_or_implied().await?;
        for folder in &arguments.policies {
            problems.extend(prover.only_refuses(folder).await?);
        }
        eprintln!("{}", prover.summary(&problems));
        Ok(problems)
    })
}
