# cutover "ledger"
resource "aws_ssm_parameter" "plan_parameter" {
  name        = "/migration/dev/plan"
  description = "Ids that the workflow reads when it starts"
  type        = "String"

  insecure_value = jsonencode({
    sourceTargetGroupArn = aws_lb_target_group.payments_source_targets.arn
    targetTargetGroupArn = aws_lb_target_group.payments_target_targets.arn
    listenerRuleArn      = aws_lb_listener_rule.payments_listener_rule.arn
  })

  tags = {
    Name        = "plan-parameter-dev"
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
  name           = "/migration/dev/sns/topic-arn"
  description    = "The topic that tells the operations team"
  type           = "String"
  insecure_value = aws_sns_topic.notifications_topic.arn

  tags = {
    Name        = "sns-topic-arn-parameter-dev"
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
  name        = "/migration/dev/replications/ledger"
  description = "Where the databases of a replication are"
  type        = "String"

  insecure_value = jsonencode({
    source = {
      engine   = "postgresql"
      host     = "ledger.test.example.com"
      port     = 5432
      database = "ledger"
      tls      = "verify-full"
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

    forwardTask = "ledger-fwd-dev"
    fenceTable  = "migspec.migspec_fence"
    include     = ["payments.*"]
    exclude     = ["payments.tmp_*"]
    reverseTask = "ledger-rev-dev"
    reverseSlot = "migspec_rev_ledger"
    roles       = ["pay_app", "pay_batch"]
    schemas     = ["payments"]
  })

  tags = {
    Name        = "replications-ledger-parameter-dev"
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

# api "payments" > authorizer
resource "aws_ssm_parameter" "api_secret_parameter" {
  name           = "/migration/dev/api/secret"
  description    = "The name of the secret that holds the keys of the API's callers"
  type           = "String"
  insecure_value = "payments/api-hmac"

  tags = {
    Name        = "api-secret-parameter-dev"
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
  name           = "/migration/dev/routing/target"
  description    = "Where traffic goes: source or target"
  type           = "String"
  insecure_value = "source"

  tags = {
    Name        = "routing-target-parameter-dev"
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
  name           = "/migration/dev/rotation"
  description    = "Whether passwords may be rotated: allowed, or held while the migration runs"
  type           = "String"
  insecure_value = "allowed"

  tags = {
    Name        = "rotation-parameter-dev"
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
  name           = "/migration/dev/database/writer"
  description    = "Which database accepts writes: source, none or target"
  type           = "String"
  insecure_value = "source"

  tags = {
    Name        = "database-writer-parameter-dev"
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
