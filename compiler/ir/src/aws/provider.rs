//! The Terraform provider, with the parts that belong to no AWS type.

/// Where the registry has it.
pub const SOURCE: &str = "hashicorp/aws";

/// The provider's name in a configuration.
pub const NAME: &str = "aws";

/// The versions whose schema the table was checked against. From 6.40 on, a bucket keeps the encryption that AWS blocks
/// (fact: s3-blocked-encryption).
pub const VERSION: &str = "~> 6.47";

/// The versions of Terraform that know write-only arguments.
pub const TERRAFORM_VERSION: &str = ">= 1.11";

/// The data source with the availability zones of a region.
pub const ZONES: &str = "aws_availability_zones";
/// The data source that returns the ARN of a secret.
pub const SECRET: &str = "aws_secretsmanager_secret";
