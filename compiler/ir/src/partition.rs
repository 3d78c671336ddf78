//! Names that AWS makes of a region. Each partition has a domain of its own (fact: names-in-china).

/// The partition of a region: `aws`, `aws-us-gov` or `aws-cn`.
pub fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => CHINA,
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The partition of the regions of China.
pub const CHINA: &str = "aws-cn";

/// Public DNS has the names of AWS's own services below these.
pub const DOMAINS: [&str; 2] = ["amazonaws.com", "amazonaws.com.cn"];

/// The name of a service in a region: its host, its principal where each region has one, and the value of
/// `kms:ViaService`. `logs.us-east-1.amazonaws.com`, `logs.cn-north-1.amazonaws.com.cn`.
pub fn regional_service(service: &str, region: &str) -> String {
    let [domain, china] = DOMAINS;
    let domain = if partition_of(region) == CHINA { china } else { domain };
    format!("{service}.{region}.{domain}")
}

/// The name of the endpoint service: `com.amazonaws.us-east-1.kms`, `cn.com.amazonaws.cn-north-1.lambda`.
pub fn endpoint_service(service: &str, region: &str) -> String {
    let own = partition_of(region) == CHINA && OWN_NAMES_IN_CHINA.contains(&service);
    let country = if own { "cn." } else { "" };
    format!("{country}com.amazonaws.{region}.{service}")
}

/// Of the services whose endpoints the compiler writes, those with a name of their own in both regions of China, sorted
/// (fact: endpoints-in-china). The gateway endpoint of Amazon S3 is none of them.
const OWN_NAMES_IN_CHINA: &[&str] =
    &["dms", "ecr.api", "ecr.dkr", "lambda", "monitoring", "sqs", "states", "sts", "xray"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_its_own_names() {
        assert_eq!(regional_service("logs", "eu-central-1"), "logs.eu-central-1.amazonaws.com");
        assert_eq!(regional_service("logs", "us-gov-west-1"), "logs.us-gov-west-1.amazonaws.com");
        assert_eq!(regional_service("logs", "cn-north-1"), "logs.cn-north-1.amazonaws.com.cn");
        assert_eq!(endpoint_service("lambda", "eu-west-1"), "com.amazonaws.eu-west-1.lambda");
        assert_eq!(endpoint_service("lambda", "cn-northwest-1"), "cn.com.amazonaws.cn-northwest-1.lambda");
        assert_eq!(endpoint_service("s3", "cn-north-1"), "com.amazonaws.cn-north-1.s3");
        assert!(OWN_NAMES_IN_CHINA.is_sorted());
    }
}
