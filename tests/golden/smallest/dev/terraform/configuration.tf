# monitor
resource "aws_ssm_parameter" "sns_topic_arn_parameter" {
  name           = "/migration/dev/sns/topic-arn"
  description    = "The topic that tells the operations team"
  type           = "String"
  insecure_value = aws_sns_topic.notifications_topic.arn

  tags = {
    Name        = "sns-topic-arn-parameter-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory"
resource "aws_ssm_parameter" "replications_inventory_parameter" {
  name        = "/migration/dev/replications/inventory"
  description = "Where the databases of a replication are"
  type        = "String"

  insecure_value = jsonencode({
    source = {
      engine   = "postgresql"
      host     = "warehouse.test.example.com"
      port     = 5432
      database = "inventory"
      tls      = "verify-full"
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

    forwardTask = "inventory-fwd-dev"
    fenceTable  = "migspec.migspec_fence"
    include     = ["public.*"]
    exclude     = []
  })

  tags = {
    Name        = "replications-inventory-parameter-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}
