//! Environments: where a migration is deployed, and by whom.

use super::{Deploy, State};
use crate::value::*;

nodes! {
    /// An account and region of the migration. Its children override nodes of
    /// the base with the same kind and key.
    "environment" Environment, keys 1, merge Into {
        /// Name of the environment, the suffix of every physical name.
        arg key: Key;
        /// AWS account.
        prop account: AccountId;
        /// AWS region.
        prop region: Region;
        /// Whether the environment handles live account data; some rules are stricter then.
        prop production: bool = false;
        /// Whether the migration runs there now; `migspec diff` then refuses a change that interrupts it.
        prop under_way: bool = false;
        /// Terraform state backend.
        opt_child state: State;
        /// Role that deploys.
        opt_child deploy: Deploy;
        /// Data of AWS about a region of which the compiler has no row.
        opt_child region_data: RegionData;
    }

    /// Data of AWS about the environment's region: for the regions of which the compiler has no row, such as those of GovCloud.
    "region-data" RegionData, keys 0, merge Replace {
        /// Managed prefix list of Amazon S3, as `aws ec2 describe-managed-prefix-lists --filters
        /// Name=prefix-list-name,Values=com.amazonaws.REGION.s3` shows it.
        opt_prop s3_prefix_list: PrefixListId;
        /// PEM file with the root certificate `rds-ca-rsa2048-g1` of the region, beside the spec, from
        /// `https://truststore.pki.rds.amazonaws.com`.
        opt_prop database_ca: FileName;
    }
}
