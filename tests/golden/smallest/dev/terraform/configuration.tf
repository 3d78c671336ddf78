# monitor
resource "aws_ssm_parameter" "sns_topic_arn_parameter" {
  name           = "/migration/inventory/dev/sns/topic-arn"
  description    = "The topic of the notifications to the operations team"
  type           = "String"
  insecure_value = aws_sns_topic.notifications_topic.arn

  tags = {
    Name        = "inventory-sns-topic-arn-parameter-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory"
resource "aws_ssm_parameter" "replications_inventory_parameter" {
  name        = "/migration/inventory/dev/replications/inventory"
  description = "The addresses and logins of the databases of a replication"
  type        = "String"

  insecure_value = jsonencode({
    source = {
      engine    = "postgresql"
      host      = "warehouse.test.example.com"
      port      = 5432
      database  = "inventory"
      tls       = "verify-full"
      authority = "/migration/inventory/dev/replications/inventory/authority"
    }

    target = {
      engine   = "aurora-postgresql"
      host     = aws_rds_cluster.inventory_cluster.endpoint
      port     = 5432
      database = "inventory"
      tls      = "verify-full"
    }

    sourceLogins = {
      replication = "arn:aws:secretsmanager:us-east-1:111111111111:secret:inventory/warehouse/replication"
    }

    targetLogins = {
      replication = aws_secretsmanager_secret.inventory_replication_secret.arn
    }

    forwardTask = "arn:aws:dms:us-east-1:111111111111:task:ydxgph-invent-inventory-fwd-dev"
    fenceTable  = "migspec.migspec_fence"
    include     = ["public.item"]
    exclude     = []
    lobLimit    = 64
  })

  tags = {
    Name        = "inventory-replications-inventory-parameter-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}

# source "warehouse" > tls
resource "aws_ssm_parameter" "replications_inventory_authority_parameter" {
  name           = "/migration/inventory/dev/replications/inventory/authority"
  description    = "The CA certificate of a replication's source"
  type           = "String"
  insecure_value = "-----BEGIN CERTIFICATE-----\nMIIDTTCCAjWgAwIBAgIUSpxHAJd5atN5cFivWhZlKMICMIkwDQYJKoZIhvcNAQEL\nBQAwNjEVMBMGA1UECgwMRXhhbXBsZSBDb3JwMR0wGwYDVQQDDBRFeGFtcGxlIENv\ncnAgUm9vdCBDQTAeFw0yNjExMjIxODM1MzVaFw0zNjExMTkxODM1MzVaMDYxFTAT\nBgNVBAoMDEV4YW1wbGUgQ29ycDEdMBsGA1UEAwwURXhhbXBsZSBDb3JwIFJvb3Qg\nQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDYyaUGgPYZ60nCopzd\nyVrv5LTF/5OeMcEtiBdlfvpNUzb1nKWDW5FltM6kUAjtToX3hubAV4V65y8X64pu\ndjx8dNMP2GwSb81toXNBSSpCt5w5U9RUtDvCwfSf0sqaawqjrVLEL1d5BXrqyXyR\nXeUAKj2qX7P7+7SqFQhGjyemHqEWOjMTGqyF6knkP5h4iMgHS/LFTVxDWdnU3Ya5\n2W3hCN8eHYjllvt/dNmeLULKHMk6/4hpJA8yxJNQsBq+TcT9zOC3e3e3l6m7eXll\nKgTaMyAhf7oIq2t5bAQ7Z7mxslm9BMxRjk9pOzIX9kmorxiB8xFhdAS3OM+6aYwS\nBDITAgMBAAGjUzBRMB0GA1UdDgQWBBS7tDcEet817PDdL1ZSYDFb5sS0ejAfBgNV\nHSMEGDAWgBS7tDcEet817PDdL1ZSYDFb5sS0ejAPBgNVHRMBAf8EBTADAQH/MA0G\nCSqGSIb3DQEBCwUAA4IBAQC8RZc5SIkHg+7OHHxr9RAW4gublLVWQP8wuKX/XPB+\nYrAOVMMqyc48bLnxTgFNMXNWPcMam0KzrvBZBSt084VW/evbtdHxFe2um2u9mNX0\nMxmab4x8VRXWMi2jS5Df3j0Rs5eUbWPOiuyo739e5xFIRriGSlHxuOvY60aPp2uc\n8YQ8Or4MIP9Exyr7mI3jYKQR4tnzUXMnp0sLyVuUI3Y2YY9eQgnWXMHDwdOf13Su\nBEXyd5b0KoDccavPOluGJYkjww2nQB53MOS9+YvMClF5xNjBhjBphB549j8nZYQh\nM5znRxcNK/3b8CpSFpMJVYjXIEv/iAOOEJ1mqRYldeve\n-----END CERTIFICATE-----\n"

  tags = {
    Name        = "inventory-replications-inventory-authority-parameter-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}
