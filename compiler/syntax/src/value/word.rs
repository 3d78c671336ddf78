use std::fmt;

use super::{FromLiteral, Problem};
use crate::tree::Literal;

/// Declares a closed set of words. `also` lists synonyms of a word that are not valid: the help names the word, where the
/// nearest spelling would be another one. `refuses` lists words of the field that are not valid either, each with what to
/// write instead.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident, $expects:literal {
        $( $(#[doc = $wdoc:literal])* $variant:ident = $word:literal $(also $($synonym:literal)+)?, )*
    } $(refuses { $($refused:literal: $instead:literal,)+ })?) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $( $(#[doc = $wdoc])* $variant, )*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As it is written in a spec.
            pub fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromLiteral for $name {
            const EXPECTS: &'static str = $expects;
            const WORDS: &'static [&'static str] = &[$($word),*];

            fn from_literal(literal: &Literal) -> Result<Self, Problem> {
                let Literal::String(text) = literal else {
                    return Err(Problem::kind(Self::EXPECTS, literal).suggest("", Self::WORDS.iter().copied()));
                };
                if let Some(found) = Self::ALL.iter().find(|v| v.word() == &**text) {
                    return Ok(*found);
                }
                let problem = Problem::new(format!("`{}` is not {}", text.escape_debug(), Self::EXPECTS));
                let refused: &[(&str, &str)] = &[$($(($refused, $instead)),+)?];
                if let Some((word, instead)) = refused.iter().find(|(word, _)| *word == &**text) {
                    return Err(Problem::new(format!("`{word}` is not supported as {}", Self::EXPECTS)).help(*instead));
                }
                let synonyms: &[(&str, &str)] = &[$($($(($synonym, $word),)+)?)*];
                let meant = synonyms.iter().find(|(synonym, _)| synonym.eq_ignore_ascii_case(text));
                Err(problem.suggest(meant.map_or(&**text, |(_, word)| word), Self::WORDS.iter().copied()))
            }
        }
    };
}

words!(
    /// A database engine.
    Engine, "a database engine" {
        Postgresql = "postgresql" also "postgres" "pg",
        AuroraPostgresql = "aurora-postgresql",
        Mysql = "mysql",
        AuroraMysql = "aurora-mysql",
        Mariadb = "mariadb",
        Oracle = "oracle",
        SqlServer = "sqlserver" also "mssql" "sql-server" "microsoft-sql-server",
    }
);

impl Engine {
    /// The product, as a sentence names it.
    pub fn product(self) -> &'static str {
        match self {
            Engine::Postgresql => "PostgreSQL",
            Engine::AuroraPostgresql => "Aurora PostgreSQL",
            Engine::Mysql => "MySQL",
            Engine::AuroraMysql => "Aurora MySQL",
            Engine::Mariadb => "MariaDB",
            Engine::Oracle => "Oracle",
            Engine::SqlServer => "SQL Server",
        }
    }

    /// The engine runs on Aurora.
    pub fn is_aurora(self) -> bool {
        matches!(self, Engine::AuroraPostgresql | Engine::AuroraMysql)
    }

    pub fn is_postgresql(self) -> bool {
        matches!(self, Engine::Postgresql | Engine::AuroraPostgresql)
    }

    pub fn is_mysql(self) -> bool {
        matches!(self, Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb)
    }

    /// The engine has types and names of its own, so that its schema is converted for the target.
    pub fn is_converted(self) -> bool {
        matches!(self, Engine::Oracle | Engine::SqlServer)
    }
}

words!(
    /// The purpose of a tier of subnets.
    TierPurpose, "the purpose of a tier" {
        /// NAT gateways; the only tier with a route to the internet gateway.
        Nat = "nat",
        /// Functions and load balancers.
        Compute = "compute",
        /// Database clusters.
        Database = "database",
        /// DMS replication instances.
        Replication = "replication",
        /// The attachment to the transit, in an existing network. Other networks get
        /// these subnets by themselves.
        Transit = "transit",
    }
);

words!(
    /// The storage of an Aurora cluster.
    ClusterStorage, "the storage of a cluster" {
        Standard = "standard",
        IoOptimized = "io-optimized",
    }
);

words!(
    /// The range of a NAT gateway.
    NatPer, "the range of a NAT gateway" {
        Zone = "zone",
        Network = "network",
    }
);

words!(
    /// How targets of a load balancer are registered.
    TargetKind, "how targets are registered" {
        Ip = "ip",
        Instance = "instance",
    }
);

words!(
    /// A side of an API, from and to which requests move.
    UpstreamSide, "a side" {
        Source = "source",
        Target = "target",
    }
);

words!(
    /// The effect of a firewall's rules.
    WafMode, "the mode of a firewall" {
        Block = "block",
        Count = "count",
    }
);

words!(
    /// The mode of an Object Lock.
    LockMode, "the mode of an Object Lock" {
        Compliance = "compliance",
        Governance = "governance",
    }
);

words!(
    /// How DMS divides the load of a table.
    LoadBy, "the division of a table" {
        /// One connection for each partition.
        Partitions = "partitions",
        /// One connection for each range of a column.
        Ranges = "ranges",
    }
);

words!(
    /// How a filter compares a column.
    FilterOperator, "a comparison" {
        AtLeast = "at-least",
        AtMost = "at-most",
        Between = "between",
        Equal = "equal",
        Unequal = "unequal",
    }
);

words!(
    /// How TLS to a database is verified.
    TlsMode, "a TLS mode" {
        None = "none",
        Require = "require",
        VerifyCa = "verify-ca",
        VerifyFull = "verify-full",
    }
);

words!(
    /// The purpose of a database login. One login for each purpose.
    LoginPurpose, "the purpose of a login" {
        Replication = "replication",
        Validation = "validation",
        Fence = "fence",
        /// Reads the database's changes for the way back.
        ReverseCapture = "reverse-capture",
        /// Writes them to the source.
        ReverseApply = "reverse-apply",
    }
);

words!(
    /// The class of a column's data.
    ColumnClass, "a data class" {
        /// Primary account number.
        Pan = "pan" also "card" "card-number" "chd",
        /// Sensitive authentication data: never to be stored after authorisation.
        AuthenticationData = "authentication-data" also "sad" "pin" "cvv" "cvv2" "cvc" "cid" "cav2" "track",
        /// Cardholder name, expiry date or service code.
        Cardholder = "cardholder",
        Personal = "personal",
        Public = "public",
    }
);

words!(
    /// How a column's data is made unreadable.
    Protection, "a protection" {
        Tokenised = "tokenised",
        Encrypted = "encrypted",
        Truncated = "truncated",
        Hashed = "hashed",
        None = "none",
    }
);

words!(
    /// How traffic and the writer move.
    Strategy, "a cutover strategy" {
        /// Compute shifts in steps, still with one writer; then the writer flips.
        Compute = "compute",
        /// Reads shift in steps; writes flip at once.
        Reads = "reads",
        /// Everything moves at once.
        Atomic = "atomic",
    } refuses {
        "by-key": "write `compute`, `reads` or `atomic`: no fence can prove that nobody commits a row of one key \
            while other keys are written. Keys with a database and an API of their own can have a cutover of their own, \
            in the order that `after` declares",
    }
);

words!(
    /// How callers prove who they are.
    AuthorizerKind, "an authorizer" {
        Hmac = "hmac",
    }
);

words!(
    /// Where Terraform keeps its state.
    StateKind, "a place for Terraform state" {
        S3 = "s3",
        /// HCP Terraform.
        Hcp = "hcp",
        Azurerm = "azurerm",
        Consul = "consul",
        Cos = "cos",
        Gcs = "gcs",
        Http = "http",
        Kubernetes = "kubernetes",
        Oss = "oss",
        Pg = "pg",
        Remote = "remote",
    }
);

words!(
    /// The standard that the migration is held to.
    StandardName, "a standard" {
        PciDss = "pci-dss",
    }
);

words!(
    /// An HTTP method of a route.
    ApiMethod, "an HTTP method" {
        Get = "GET",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
);

impl ApiMethod {
    pub fn writes(self) -> bool {
        self != ApiMethod::Get
    }
}

words!(
    /// A service that finds its roles by a fixed name in each account.
    RoleService, "a service with account-wide roles" {
        Dms = "dms",
        ApiGateway = "api-gateway",
    }
);

words!(
    /// The severity of the findings of an organisation's own control.
    ControlSeverity, "a severity" {
        Error = "error",
        Warning = "warning",
        Info = "info" also "note",
    }
);
