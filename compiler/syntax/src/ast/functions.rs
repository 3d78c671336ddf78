//! The packages of the runtime functions.

use crate::value::*;

nodes! {
    /// Rules for the packages of the runtime functions.
    "functions" Functions, keys 0, merge Into {
        /// Publishers whose signature every package carries. Without it, the manifest pins the hash of each package.
        opt_child signing: Signing;
    }

    /// Publishers of packages. A pipeline signs the packages with AWS Signer before the build, and Lambda refuses others.
    "signing" Signing, keys 0, merge Replace {
        /// Versions of signing profiles of AWS Signer.
        args profiles: Arn;
    }
}
