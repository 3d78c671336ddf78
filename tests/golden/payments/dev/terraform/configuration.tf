# cutover "ledger"
resource "aws_ssm_parameter" "plan_parameter" {
  name        = "/migration/payments/dev/plan"
  description = "The ids that the workflow reads at its start"
  type        = "String"

  insecure_value = jsonencode({
    sourceTargetGroupArn      = aws_lb_target_group.payments_source_targets.arn
    targetTargetGroupArn      = aws_lb_target_group.payments_target_targets.arn
    listenerRuleArn           = aws_lb_listener_rule.payments_listener_rule.arn
    loadBalancerFullName      = aws_lb.payments_load_balancer.arn_suffix
    targetTargetGroupFullName = aws_lb_target_group.payments_target_targets.arn_suffix
  })

  tags = {
    Name        = "payments-plan-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# monitor
resource "aws_ssm_parameter" "sns_topic_arn_parameter" {
  name           = "/migration/payments/dev/sns/topic-arn"
  description    = "The topic of the notifications to the operations team"
  type           = "String"
  insecure_value = aws_sns_topic.notifications_topic.arn

  tags = {
    Name        = "payments-sns-topic-arn-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger"
resource "aws_ssm_parameter" "replications_ledger_parameter" {
  name        = "/migration/payments/dev/replications/ledger"
  description = "The addresses and logins of the databases of a replication"
  type        = "String"

  insecure_value = jsonencode({
    source = {
      engine    = "postgresql"
      host      = "ledger.test.example.com"
      port      = 5432
      database  = "ledger"
      tls       = "verify-full"
      authority = "/migration/payments/dev/replications/ledger/authority"
    }

    target = {
      engine   = "aurora-postgresql"
      host     = aws_rds_cluster.ledger_cluster.endpoint
      port     = 5432
      database = "ledger"
      tls      = "verify-full"
    }

    sourceLogins = {
      replication     = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/replication"
      validation      = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/validation"
      fence           = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence"
      "reverse-apply" = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/reverse-apply"
    }

    targetLogins = {
      replication       = aws_secretsmanager_secret.ledger_replication_secret.arn
      validation        = aws_secretsmanager_secret.ledger_validation_secret.arn
      fence             = aws_secretsmanager_secret.ledger_fence_secret.arn
      "reverse-capture" = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
    }

    forwardTask   = "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev"
    fenceTable    = "migspec.migspec_fence"
    include       = ["payments.*"]
    exclude       = ["payments.tmp_*"]
    lobLimit      = 64
    reverseTask   = "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"
    reverseSlot   = "migspec_rev_ledger"
    rehearsalTask = "arn:aws:dms:us-east-1:111111111111:task:pb6mzg-payments-ledger-reh-dev"
    roles         = ["pay_app", "pay_batch"]
    schemas       = ["payments"]
    audited       = ["payments.payment"]
  })

  tags = {
    Name        = "payments-replications-ledger-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_replication_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}

# source "ledger-onprem" > tls
resource "aws_ssm_parameter" "replications_ledger_authority_parameter" {
  name           = "/migration/payments/dev/replications/ledger/authority"
  description    = "The CA certificate of a replication's source"
  type           = "String"
  insecure_value = "-----BEGIN CERTIFICATE-----\nMIIDTTCCAjWgAwIBAgIUSpxHAJd5atN5cFivWhZlKMICMIkwDQYJKoZIhvcNAQEL\nBQAwNjEVMBMGA1UECgwMRXhhbXBsZSBDb3JwMR0wGwYDVQQDDBRFeGFtcGxlIENv\ncnAgUm9vdCBDQTAeFw0yNjExMjIxODM1MzVaFw0zNjExMTkxODM1MzVaMDYxFTAT\nBgNVBAoMDEV4YW1wbGUgQ29ycDEdMBsGA1UEAwwURXhhbXBsZSBDb3JwIFJvb3Qg\nQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDYyaUGgPYZ60nCopzd\nyVrv5LTF/5OeMcEtiBdlfvpNUzb1nKWDW5FltM6kUAjtToX3hubAV4V65y8X64pu\ndjx8dNMP2GwSb81toXNBSSpCt5w5U9RUtDvCwfSf0sqaawqjrVLEL1d5BXrqyXyR\nXeUAKj2qX7P7+7SqFQhGjyemHqEWOjMTGqyF6knkP5h4iMgHS/LFTVxDWdnU3Ya5\n2W3hCN8eHYjllvt/dNmeLULKHMk6/4hpJA8yxJNQsBq+TcT9zOC3e3e3l6m7eXll\nKgTaMyAhf7oIq2t5bAQ7Z7mxslm9BMxRjk9pOzIX9kmorxiB8xFhdAS3OM+6aYwS\nBDITAgMBAAGjUzBRMB0GA1UdDgQWBBS7tDcEet817PDdL1ZSYDFb5sS0ejAfBgNV\nHSMEGDAWgBS7tDcEet817PDdL1ZSYDFb5sS0ejAPBgNVHRMBAf8EBTADAQH/MA0G\nCSqGSIb3DQEBCwUAA4IBAQC8RZc5SIkHg+7OHHxr9RAW4gublLVWQP8wuKX/XPB+\nYrAOVMMqyc48bLnxTgFNMXNWPcMam0KzrvBZBSt084VW/evbtdHxFe2um2u9mNX0\nMxmab4x8VRXWMi2jS5Df3j0Rs5eUbWPOiuyo739e5xFIRriGSlHxuOvY60aPp2uc\n8YQ8Or4MIP9Exyr7mI3jYKQR4tnzUXMnp0sLyVuUI3Y2YY9eQgnWXMHDwdOf13Su\nBEXyd5b0KoDccavPOluGJYkjww2nQB53MOS9+YvMClF5xNjBhjBphB549j8nZYQh\nM5znRxcNK/3b8CpSFpMJVYjXIEv/iAOOEJ1mqRYldeve\n-----END CERTIFICATE-----\n"

  tags = {
    Name        = "payments-replications-ledger-authority-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# validation "ledger"
resource "aws_ssm_parameter" "replications_ledger_validation_parameter" {
  name        = "/migration/payments/dev/replications/ledger/validation"
  description = "The validation of a replication"
  type        = "String"

  insecure_value = jsonencode({
    rows = true

    invariants = [
      {
        name = "ledger-balance"
        sql  = "select currency, sum(amount) from payments.payment group by currency"
      },
    ]

    protected = ["payments.payment.card_number"]

    checksums = {
      chunkMillis = 500
    }
  })

  tags = {
    Name        = "payments-replications-ledger-validation-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# api "payments" > authorizer
resource "aws_ssm_parameter" "api_secret_parameter" {
  name           = "/migration/payments/dev/api/secret"
  description    = "The name of the secret with the keys of the API's callers"
  type           = "String"
  insecure_value = "payments/api-hmac"

  tags = {
    Name        = "payments-api-secret-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# cutover "ledger"
resource "aws_ssm_parameter" "routing_target_parameter" {
  name           = "/migration/payments/dev/routing/target"
  description    = "The destination of requests: source or target"
  type           = "String"
  insecure_value = "source"

  tags = {
    Name        = "payments-routing-target-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  lifecycle {
    ignore_changes = [insecure_value]
  }
}

# cutover "ledger"
resource "aws_ssm_parameter" "rotation_parameter" {
  name           = "/migration/payments/dev/rotation"
  description    = "The rotation hold: allowed, or held while replication runs"
  type           = "String"
  insecure_value = "allowed"

  tags = {
    Name        = "payments-rotation-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  lifecycle {
    ignore_changes = [insecure_value]
  }
}

# cutover "ledger" > writer-switch
resource "aws_ssm_parameter" "database_writer_parameter" {
  name           = "/migration/payments/dev/database/writer"
  description    = "The writer switch: source, none or target"
  type           = "String"
  insecure_value = "source"

  tags = {
    Name        = "payments-database-writer-parameter-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  lifecycle {
    ignore_changes = [insecure_value]
  }
}
