//! The rules of services for names, and for the few other texts that an author
//! writes and a service refuses. One rule for each property.

use std::fmt;

/// The rule for one property.
#[derive(Debug)]
pub struct Rule {
    pub type_name: &'static str,
    pub property: &'static str,
    /// In characters.
    pub longest: usize,
    /// The characters beside ASCII letters and digits.
    pub beside: &'static str,
    /// The text that every value starts with.
    pub prefix: &'static str,
    /// After the prefix, the first character is a letter.
    letter_first: bool,
    /// No hyphen at the end, and no two in a row.
    single_hyphens: bool,
    /// Lower-case letters only.
    lower_case: bool,
    /// Starts that the service keeps for itself, in any case.
    reserved: &'static [&'static str],
    /// How many parts `/` may separate.
    levels: usize,
    /// Two resources in one region never share the name.
    pub unique: bool,
}

/// The reason for which a service refuses a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    Empty,
    TooLong { length: usize, longest: usize },
    Character { character: char, beside: &'static str },
    Prefix(&'static str),
    NoLetterFirst,
    Hyphens,
    UpperCase,
    Reserved(&'static str),
    Levels { levels: usize, most: usize },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Empty => f.write_str("is empty"),
            Problem::TooLong { length, longest } => {
                write!(f, "has {length} characters, and the service accepts {longest}")
            }
            Problem::Character { character, .. } => write!(f, "contains `{character}`"),
            Problem::Prefix(prefix) => write!(f, "does not start with `{prefix}`"),
            Problem::NoLetterFirst => f.write_str("does not start with a letter"),
            Problem::Hyphens => f.write_str("ends with a hyphen or contains two in a row"),
            Problem::UpperCase => f.write_str("contains upper-case letters"),
            Problem::Reserved(start) => write!(f, "starts with `{start}`, which the service reserves"),
            Problem::Levels { levels, most } => {
                write!(f, "has {levels} parts between slashes, and the service accepts {most}")
            }
        }
    }
}

impl Problem {
    /// The form that the service accepts.
    pub fn help(&self) -> String {
        match self {
            Problem::Empty => "write a name".to_owned(),
            Problem::TooLong { length, longest } => format!("shorten it by {}", length - longest),
            Problem::Character { beside: "", .. } => "use letters and digits".to_owned(),
            Problem::Character { beside, .. } => format!("use letters, digits and `{beside}`"),
            Problem::Prefix(prefix) => format!("start it with `{prefix}`"),
            Problem::NoLetterFirst => "start it with a letter".to_owned(),
            Problem::Hyphens => "use single hyphens between letters and digits".to_owned(),
            Problem::UpperCase => "use lower-case letters".to_owned(),
            Problem::Reserved(start) => format!("use a key that does not start with `{start}`"),
            Problem::Levels { most, .. } => format!("use at most {most} parts"),
        }
    }
}

impl Rule {
    const fn new(type_name: &'static str, property: &'static str, longest: usize, beside: &'static str) -> Self {
        Self {
            type_name,
            property,
            longest,
            beside,
            prefix: "",
            letter_first: false,
            single_hyphens: false,
            lower_case: false,
            reserved: &[],
            levels: usize::MAX,
            unique: true,
        }
    }

    const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// An identifier of RDS or DMS.
    const fn identifier(mut self) -> Self {
        self.letter_first = true;
        self.single_hyphens = true;
        self
    }

    const fn letter_first(mut self) -> Self {
        self.letter_first = true;
        self
    }

    const fn single_hyphens(mut self) -> Self {
        self.single_hyphens = true;
        self
    }

    const fn lower_case(mut self) -> Self {
        self.lower_case = true;
        self
    }

    const fn reserved(mut self, reserved: &'static [&'static str]) -> Self {
        self.reserved = reserved;
        self
    }

    const fn levels(mut self, levels: usize) -> Self {
        self.levels = levels;
        self
    }

    /// Resources of one region may share the text.
    const fn shared(mut self) -> Self {
        self.unique = false;
        self
    }

    /// The first reason for which the service refuses a text.
    pub fn problem(&self, text: &str) -> Option<Problem> {
        let Some(rest) = text.strip_prefix(self.prefix) else { return Some(Problem::Prefix(self.prefix)) };
        let accepted = |c: &char| c.is_ascii_alphanumeric() || self.beside.contains(*c);
        let lower = rest.to_ascii_lowercase();
        let length = text.chars().count();
        let levels = text.split('/').filter(|part| !part.is_empty()).count();
        if text.is_empty() {
            Some(Problem::Empty)
        } else if let Some(start) = self.reserved.iter().find(|start| lower.starts_with(**start)) {
            Some(Problem::Reserved(start))
        } else if let Some(character) = text.chars().find(|c| !accepted(c)) {
            Some(Problem::Character { character, beside: self.beside })
        } else if self.letter_first && !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Some(Problem::NoLetterFirst)
        } else if self.single_hyphens && (rest.ends_with('-') || rest.starts_with('-') || rest.contains("--")) {
            Some(Problem::Hyphens)
        } else if self.lower_case && rest.contains(|c: char| c.is_ascii_uppercase()) {
            Some(Problem::UpperCase)
        } else if levels > self.levels {
            Some(Problem::Levels { levels, most: self.levels })
        } else {
            (length > self.longest).then_some(Problem::TooLong { length, longest: self.longest })
        }
    }
}

/// Letters of a token of HTTP (RFC 9110), beside letters and digits.
const TOKEN: &str = "!#$%&'*+-.^_`|~";

/// Sorted by type and property.
pub const RULES: &[Rule] = &[
    // fact: names-apigateway
    Rule::new("AWS::ApiGateway::Authorizer", "Name", 128, "-_"),
    Rule::new("AWS::ApiGateway::RestApi", "Name", 128, "-_"),
    Rule::new("AWS::ApiGateway::UsagePlan", "UsagePlanName", 128, "-_"),
    Rule::new("AWS::ApiGatewayV2::VpcLink", "Name", 128, "-_"),
    // fact: names-cloudwatch
    Rule::new("AWS::CloudWatch::Alarm", "AlarmName", 255, "-_."),
    Rule::new("AWS::CloudWatch::CompositeAlarm", "AlarmName", 255, "-_."),
    Rule::new("AWS::CloudWatch::Dashboard", "DashboardName", 255, "-_"),
    // fact: names-dms
    Rule::new("AWS::DMS::Certificate", "CertificateIdentifier", 255, "-").identifier(),
    Rule::new("AWS::DMS::Endpoint", "EndpointIdentifier", 255, "-").identifier(),
    Rule::new("AWS::DMS::Endpoint", "ResourceIdentifier", 31, "-").identifier(),
    Rule::new("AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", 63, "-").identifier(),
    Rule::new("AWS::DMS::ReplicationInstance", "ResourceIdentifier", 31, "-").identifier(),
    Rule::new("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier", 255, "-_.").lower_case(),
    Rule::new("AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", 255, "-").identifier(),
    Rule::new("AWS::DMS::ReplicationTask", "ResourceIdentifier", 31, "-").identifier(),
    // fact: names-ec2-security-group
    Rule::new("AWS::EC2::SecurityGroup", "GroupName", 255, " ._-:/()#,@[]+=&;{}!$*").reserved(&["sg-"]),
    // fact: names-elb
    Rule::new("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 32, "-").single_hyphens().reserved(&["internal-"]),
    // fact: elb-health-check-path
    Rule::new("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckPath", 1024, PATH).prefix("/").shared(),
    // fact: names-elb
    Rule::new("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 32, "-").single_hyphens(),
    // fact: names-events
    Rule::new("AWS::Events::ApiDestination", "Name", 64, ".-_"),
    Rule::new("AWS::Events::Rule", "Name", 64, ".-_"),
    // fact: names-iam
    Rule::new("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128, "_+=,.@-"),
    Rule::new("AWS::IAM::Role", "RoleName", 64, "_+=,.@-"),
    Rule::new("AWS::IAM::RolePolicy", "PolicyName", 128, "_+=,.@-").shared(),
    // fact: names-kms
    Rule::new("AWS::KMS::Alias", "AliasName", 256, "/_-").prefix("alias/").reserved(&["aws/"]),
    // fact: names-lambda
    Rule::new("AWS::Lambda::Function", "FunctionName", 64, "-_"),
    // fact: names-logs
    Rule::new("AWS::Logs::LogGroup", "LogGroupName", 512, "._-/#").reserved(&["aws/"]),
    Rule::new("AWS::Logs::MetricFilter", "FilterName", 512, "._-/#").shared(),
    Rule::new("AWS::Logs::SubscriptionFilter", "FilterName", 512, "._-/#").shared(),
    // fact: names-events
    Rule::new("AWS::Pipes::Pipe", "Name", 64, ".-_"),
    // fact: names-rds
    Rule::new("AWS::RDS::DBCluster", "DBClusterIdentifier", 63, "-").identifier().lower_case(),
    // fact: names-rds-database
    Rule::new("AWS::RDS::DBCluster", "DatabaseName", 63, "_").letter_first().shared(),
    // fact: names-rds
    Rule::new("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", 255, "-").identifier().lower_case(),
    Rule::new("AWS::RDS::DBInstance", "DBInstanceIdentifier", 63, "-").identifier().lower_case(),
    Rule::new("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", 255, "-_. ").letter_first().lower_case(),
    Rule::new("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier", 63, "-").identifier().lower_case(),
    // fact: names-route53resolver
    Rule::new("AWS::Route53Resolver::ResolverEndpoint", "Name", 64, "-_"),
    Rule::new("AWS::Route53Resolver::ResolverRule", "Name", 64, "-_"),
    // fact: names-s3
    Rule::new("AWS::S3::Bucket", "BucketName", 63, "-.").single_hyphens().lower_case().reserved(&[
        "xn--",
        "sthree-",
        "amzn-s3-demo-",
    ]),
    // fact: names-sns
    Rule::new("AWS::SNS::Topic", "TopicName", 256, "-_"),
    // fact: names-sqs
    Rule::new("AWS::SQS::Queue", "QueueName", 80, "-_"),
    // fact: names-ssm
    Rule::new("AWS::SSM::Parameter", "Name", 1011, "_.-/").prefix("/").reserved(&["aws", "ssm"]).levels(15),
    // fact: names-secretsmanager
    Rule::new("AWS::SecretsManager::Secret", "Name", 512, "/_+=.@-"),
    // fact: names-states
    Rule::new("AWS::StepFunctions::StateMachine", "StateMachineName", 80, "-_"),
    // fact: names-wafv2
    Rule::new("AWS::WAFv2::WebACL", "Name", 128, "-_"),
    // fact: http-header-name
    Rule::new("Migspec::Route", "IdempotencyHeader", 256, TOKEN).shared(),
    // fact: postgresql-identifier-length
    Rule::new("Migspec::Source", "Database", 63, "_-.$").shared(),
];

/// Characters of a path in a URI, without a query.
const PATH: &str = "/-._~!$&'()*+,;=:@%";

/// The rules of a type.
pub fn of_type(type_name: &str) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.type_name == type_name)
}

/// How many characters the name of a resource may have.
pub fn longest(type_name: &str, property: &str) -> usize {
    let rule = of_type(type_name).find(|rule| rule.property == property);
    // An alias has its prefix on top of the name.
    rule.map_or(usize::MAX, |rule| rule.longest - rule.prefix.len())
}

/// Whether the name of a secret ends like the ARN of one: in a hyphen and six letters or digits
/// (fact: secretsmanager-suffix).
pub fn has_secret_suffix(name: &str) -> bool {
    let suffix = name.rsplit_once('-').map(|(_, end)| end);
    suffix.is_some_and(|end| end.len() == 6 && end.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(type_name: &str, property: &str, text: &str) -> Option<Problem> {
        of_type(type_name).find(|rule| rule.property == property).expect("there is a rule").problem(text)
    }

    #[test]
    fn names_at_the_limit_pass_and_beyond_it_fail() {
        for rule in RULES.iter().filter(|rule| rule.levels == usize::MAX) {
            let body = "a".repeat(rule.longest - rule.prefix.len());
            assert_eq!(rule.problem(&format!("{}{body}", rule.prefix)), None, "{rule:?}");
            let long = format!("{}{body}a", rule.prefix);
            assert!(matches!(rule.problem(&long), Some(Problem::TooLong { .. })), "{rule:?}");
        }
    }

    #[test]
    fn reserved_starts_and_characters_are_refused() {
        let balancer = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name");
        assert_eq!(problem(balancer.0, balancer.1, "internal-dev"), Some(Problem::Reserved("internal-")));
        assert_eq!(problem(balancer.0, balancer.1, "internals-dev"), None);
        assert_eq!(problem("AWS::KMS::Alias", "AliasName", "alias/aws/rds"), Some(Problem::Reserved("aws/")));
        assert_eq!(problem("AWS::RDS::DBCluster", "DatabaseName", "2pay"), Some(Problem::NoLetterFirst));
        assert_eq!(problem("AWS::RDS::DBCluster", "DBClusterIdentifier", "a--b"), Some(Problem::Hyphens));
        assert_eq!(problem("AWS::S3::Bucket", "BucketName", "Pay"), Some(Problem::UpperCase));
        let deep = "/a".repeat(16);
        assert_eq!(problem("AWS::SSM::Parameter", "Name", &deep), Some(Problem::Levels { levels: 16, most: 15 }));
        assert_eq!(problem("AWS::SSM::Parameter", "Name", &deep[2..]), None);
    }

    /// A rule is found by its type and property: each has one.
    #[test]
    fn rules_are_sorted() {
        let keys: Vec<_> = RULES.iter().map(|rule| (rule.type_name, rule.property)).collect();
        assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
    }
}
