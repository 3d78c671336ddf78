# migration "payments"
resource "aws_kms_key" "logs_key" {
  description             = "logs of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
      {
        Sid    = "LogGroups"
        Effect = "Allow"

        Principal = {
          Service = "logs.us-east-1.amazonaws.com"
        }

        Action = [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey*",
          "kms:ReEncrypt*",
        ]

        Resource = "*"

        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:us-east-1:111111111111:log-group:*"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-logs-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "logs_key_alias" {
  name          = "alias/payments-logs-dev"
  target_key_id = aws_kms_key.logs_key.key_id
}

# migration "payments"
resource "aws_kms_key" "notifications_key" {
  description             = "notifications of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
      {
        Sid    = "Alarms"
        Effect = "Allow"

        Principal = {
          Service = "cloudwatch.amazonaws.com"
        }

        Action   = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:cloudwatch:us-east-1:111111111111:alarm:*"
          }
        }
      },
      {
        Sid    = "Events"
        Effect = "Allow"

        Principal = {
          Service = "events.amazonaws.com"
        }

        Action   = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-notifications-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "notifications_key_alias" {
  name          = "alias/payments-notifications-dev"
  target_key_id = aws_kms_key.notifications_key.key_id
}

# migration "payments"
resource "aws_kms_key" "database_key" {
  description             = "database of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-database-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "database_key_alias" {
  name          = "alias/payments-database-dev"
  target_key_id = aws_kms_key.database_key.key_id
}

# migration "payments"
resource "aws_kms_key" "secrets_key" {
  description             = "secrets of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-secrets-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "secrets_key_alias" {
  name          = "alias/payments-secrets-dev"
  target_key_id = aws_kms_key.secrets_key.key_id
}

# migration "payments"
resource "aws_kms_key" "replication_key" {
  description             = "replication of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-replication-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "replication_key_alias" {
  name          = "alias/payments-replication-dev"
  target_key_id = aws_kms_key.replication_key.key_id
}

# migration "payments"
resource "aws_kms_key" "checkpoints_key" {
  description             = "checkpoints of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-checkpoints-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "checkpoints_key_alias" {
  name          = "alias/payments-checkpoints-dev"
  target_key_id = aws_kms_key.checkpoints_key.key_id
}

# migration "payments"
resource "aws_kms_key" "functions_key" {
  description             = "functions of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
    ]
  })

  tags = {
    Name        = "payments-functions-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "functions_key_alias" {
  name          = "alias/payments-functions-dev"
  target_key_id = aws_kms_key.functions_key.key_id
}

# migration "payments"
resource "aws_kms_key" "workflow_key" {
  description             = "workflow of the migration payments in dev"
  multi_region            = false
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AccountPolicies"
        Effect = "Allow"

        Principal = {
          AWS = "arn:aws:iam::111111111111:root"
        }

        Action   = "kms:*"
        Resource = "*"
      },
      {
        Sid    = "LogDelivery"
        Effect = "Allow"

        Principal = {
          Service = "delivery.logs.amazonaws.com"
        }

        Action   = "kms:Decrypt"
        Resource = "*"

        Condition = {
          StringLike = {
            "kms:EncryptionContext:SourceArn" = "arn:aws:logs:us-east-1:111111111111:*"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-workflow-key-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# migration "payments"
resource "aws_kms_alias" "workflow_key_alias" {
  name          = "alias/payments-workflow-dev"
  target_key_id = aws_kms_key.workflow_key.key_id
}

# network
resource "aws_iam_role" "flow_logs_role" {
  name                 = "payments-flow-logs-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "vpc-flow-logs.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-flow-logs-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger" > login "replication"
resource "aws_secretsmanager_secret" "ledger_replication_secret" {
  name                    = "migration/payments/dev/ledger/replication"
  description             = "Login replication of the database ledger in dev"
  kms_key_id              = aws_kms_key.secrets_key.arn
  recovery_window_in_days = 0

  tags = {
    Name        = "payments-ledger-replication-secret-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger" > login "replication"
ephemeral "aws_secretsmanager_random_password" "ledger_replication_secret" {
  password_length     = 40
  exclude_punctuation = true
}

# database "ledger" > login "replication"
resource "aws_secretsmanager_secret_version" "ledger_replication_secret" {
  secret_id                = aws_secretsmanager_secret.ledger_replication_secret.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username            = "migspec_replication"
    host                = aws_rds_cluster.ledger_cluster.endpoint
    port                = 5432
    engine              = "postgres"
    dbClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    dbname              = "ledger"
    masterarn           = aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn
    password            = ephemeral.aws_secretsmanager_random_password.ledger_replication_secret.random_password
  })
}

# database "ledger" > login "replication"
resource "aws_secretsmanager_secret_policy" "ledger_replication_secret_policy" {
  secret_arn          = aws_secretsmanager_secret.ledger_replication_secret.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:*"
        Resource  = "*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_replication_secret]
}

# database "ledger" > login "replication"
resource "aws_secretsmanager_secret_rotation" "ledger_replication_rotation" {
  secret_id           = aws_secretsmanager_secret.ledger_replication_secret.arn
  rotation_lambda_arn = aws_lambda_function.secret_rotation_function.arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
    duration                 = "2h"
  }

  depends_on = [
    aws_lambda_permission.secret_rotation_permission,
    aws_secretsmanager_secret_version.ledger_replication_secret,
  ]
}

# database "ledger" > login "validation"
resource "aws_secretsmanager_secret" "ledger_validation_secret" {
  name                    = "migration/payments/dev/ledger/validation"
  description             = "Login validation of the database ledger in dev"
  kms_key_id              = aws_kms_key.secrets_key.arn
  recovery_window_in_days = 0

  tags = {
    Name        = "payments-ledger-validation-secret-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger" > login "validation"
ephemeral "aws_secretsmanager_random_password" "ledger_validation_secret" {
  password_length     = 40
  exclude_punctuation = true
}

# database "ledger" > login "validation"
resource "aws_secretsmanager_secret_version" "ledger_validation_secret" {
  secret_id                = aws_secretsmanager_secret.ledger_validation_secret.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username            = "migspec_validator"
    host                = aws_rds_cluster.ledger_cluster.endpoint
    port                = 5432
    engine              = "postgres"
    dbClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    dbname              = "ledger"
    masterarn           = aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn
    password            = ephemeral.aws_secretsmanager_random_password.ledger_validation_secret.random_password
  })
}

# database "ledger" > login "validation"
resource "aws_secretsmanager_secret_policy" "ledger_validation_secret_policy" {
  secret_arn          = aws_secretsmanager_secret.ledger_validation_secret.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:*"
        Resource  = "*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_validation_secret]
}

# database "ledger" > login "validation"
resource "aws_secretsmanager_secret_rotation" "ledger_validation_rotation" {
  secret_id           = aws_secretsmanager_secret.ledger_validation_secret.arn
  rotation_lambda_arn = aws_lambda_function.secret_rotation_function.arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
    duration                 = "2h"
  }

  depends_on = [
    aws_lambda_permission.secret_rotation_permission,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}

# database "ledger" > login "fence"
resource "aws_secretsmanager_secret" "ledger_fence_secret" {
  name                    = "migration/payments/dev/ledger/fence"
  description             = "Login fence of the database ledger in dev"
  kms_key_id              = aws_kms_key.secrets_key.arn
  recovery_window_in_days = 0

  tags = {
    Name        = "payments-ledger-fence-secret-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger" > login "fence"
ephemeral "aws_secretsmanager_random_password" "ledger_fence_secret" {
  password_length     = 40
  exclude_punctuation = true
}

# database "ledger" > login "fence"
resource "aws_secretsmanager_secret_version" "ledger_fence_secret" {
  secret_id                = aws_secretsmanager_secret.ledger_fence_secret.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username            = "migspec_fence"
    host                = aws_rds_cluster.ledger_cluster.endpoint
    port                = 5432
    engine              = "postgres"
    dbClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    dbname              = "ledger"
    masterarn           = aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn
    password            = ephemeral.aws_secretsmanager_random_password.ledger_fence_secret.random_password
  })
}

# database "ledger" > login "fence"
resource "aws_secretsmanager_secret_policy" "ledger_fence_secret_policy" {
  secret_arn          = aws_secretsmanager_secret.ledger_fence_secret.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:*"
        Resource  = "*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_fence_secret]
}

# database "ledger" > login "fence"
resource "aws_secretsmanager_secret_rotation" "ledger_fence_rotation" {
  secret_id           = aws_secretsmanager_secret.ledger_fence_secret.arn
  rotation_lambda_arn = aws_lambda_function.secret_rotation_function.arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
    duration                 = "2h"
  }

  depends_on = [
    aws_lambda_permission.secret_rotation_permission,
    aws_secretsmanager_secret_version.ledger_fence_secret,
  ]
}

# database "ledger" > login "reverse-capture"
resource "aws_secretsmanager_secret" "ledger_reverse_capture_secret" {
  name                    = "migration/payments/dev/ledger/reverse-capture"
  description             = "Login reverse-capture of the database ledger in dev"
  kms_key_id              = aws_kms_key.secrets_key.arn
  recovery_window_in_days = 0

  tags = {
    Name        = "payments-ledger-reverse-capture-secret-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger" > login "reverse-capture"
ephemeral "aws_secretsmanager_random_password" "ledger_reverse_capture_secret" {
  password_length     = 40
  exclude_punctuation = true
}

# database "ledger" > login "reverse-capture"
resource "aws_secretsmanager_secret_version" "ledger_reverse_capture_secret" {
  secret_id                = aws_secretsmanager_secret.ledger_reverse_capture_secret.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username            = "migspec_reverse"
    host                = aws_rds_cluster.ledger_cluster.endpoint
    port                = 5432
    engine              = "postgres"
    dbClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    dbname              = "ledger"
    masterarn           = aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn
    password            = ephemeral.aws_secretsmanager_random_password.ledger_reverse_capture_secret.random_password
  })
}

# database "ledger" > login "reverse-capture"
resource "aws_secretsmanager_secret_policy" "ledger_reverse_capture_secret_policy" {
  secret_arn          = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:*"
        Resource  = "*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_reverse_capture_secret]
}

# database "ledger" > login "reverse-capture"
resource "aws_secretsmanager_secret_rotation" "ledger_reverse_capture_rotation" {
  secret_id           = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
  rotation_lambda_arn = aws_lambda_function.secret_rotation_function.arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
    duration                 = "2h"
  }

  depends_on = [
    aws_lambda_permission.secret_rotation_permission,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
  ]
}

# database "ledger"
resource "aws_iam_role" "enhanced_monitoring_role" {
  name                 = "payments-enhanced-monitoring-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "monitoring.rds.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:rds:us-east-1:111111111111:db:*"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-enhanced-monitoring-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# account-roles "dms"
resource "aws_iam_role" "dms_vpc_role" {
  name = "dms-vpc-role"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-dms-vpc-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# account-roles "dms"
resource "aws_iam_role_policy_attachment" "dms_vpc_role_amazon_d_m_s_v_p_c_management_role" {
  role       = aws_iam_role.dms_vpc_role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
}

# account-roles "dms"
resource "aws_iam_role" "dms_cloudwatch_logs_role" {
  name = "dms-cloudwatch-logs-role"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-dms-cloudwatch-logs-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# account-roles "dms"
resource "aws_iam_role_policy_attachment" "dms_cloudwatch_logs_role_amazon_d_m_s_cloud_watch_logs_role" {
  role       = aws_iam_role.dms_cloudwatch_logs_role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole"
}

# replication "ledger"
resource "aws_iam_role" "ledger_source_role" {
  name                 = "payments-ledger-source-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.us-east-1.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-ledger-source-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger"
resource "aws_iam_role" "ledger_target_role" {
  name                 = "payments-ledger-target-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.us-east-1.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-ledger-target-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse
resource "aws_iam_role" "ledger_reverse_source_role" {
  name                 = "payments-ledger-reverse-source-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.us-east-1.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-ledger-reverse-source-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse
resource "aws_iam_role" "ledger_reverse_target_role" {
  name                 = "payments-ledger-reverse-target-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "dms.us-east-1.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-ledger-reverse-target-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "secret-rotation"
resource "aws_iam_role" "secret_rotation_role" {
  name                 = "payments-secret-rotation-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-secret-rotation-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "data-validator"
resource "aws_iam_role" "data_validator_role" {
  name                 = "payments-data-validator-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-data-validator-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "api-authorizer"
resource "aws_iam_role" "api_authorizer_role" {
  name                 = "payments-api-authorizer-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-api-authorizer-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "preflight"
resource "aws_iam_role" "preflight_role" {
  name                 = "payments-preflight-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-preflight-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "fence"
resource "aws_iam_role" "fence_role" {
  name                 = "payments-fence-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-fence-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "sequences"
resource "aws_iam_role" "sequences_role" {
  name                 = "payments-sequences-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-sequences-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "reverse-slot"
resource "aws_iam_role" "reverse_slot_role" {
  name                 = "payments-reverse-slot-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-reverse-slot-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "rollback-handler"
resource "aws_iam_role" "rollback_handler_role" {
  name                 = "payments-rollback-handler-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-rollback-handler-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "task-monitor"
resource "aws_iam_role" "task_monitor_role" {
  name                 = "payments-task-monitor-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "lambda.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-task-monitor-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# account-roles "api-gateway"
resource "aws_iam_role" "api_logging_role" {
  name                 = "payments-api-logging-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "apigateway.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-api-logging-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# cutover "ledger"
resource "aws_iam_role" "ledger_workflow_role" {
  name                 = "payments-ledger-workflow-role-dev"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "AssumeRole"
        Effect = "Allow"

        Principal = {
          Service = "states.amazonaws.com"
        }

        Action = "sts:AssumeRole"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:states:us-east-1:111111111111:stateMachine:payments-migration-orchestration-dev"
          }
        }
      },
    ]
  })

  tags = {
    Name        = "payments-ledger-workflow-role-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network
resource "aws_iam_role_policy" "flow_logs_role_policy" {
  name = "payments-flow-logs-role-dev"
  role = aws_iam_role.flow_logs_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "NetworkFlowLog"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "*"
      },
      {
        Sid    = "NetworkFlowLog2"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]

        Resource = [
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/payments/dev/flow-logs/hub-transit:log-stream:*",
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/payments/dev/flow-logs/migration:log-stream:*",
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/payments/dev/flow-logs/production:log-stream:*",
        ]
      },
      {
        Sid    = "NetworkFlowLog3"
        Effect = "Allow"
        Action = "logs:DescribeLogStreams"

        Resource = [
          aws_cloudwatch_log_group.hub_transit_flow_log_group.arn,
          aws_cloudwatch_log_group.migration_flow_log_group.arn,
          aws_cloudwatch_log_group.production_flow_log_group.arn,
        ]
      },
    ]
  })
}

# database "ledger"
resource "aws_iam_role_policy" "enhanced_monitoring_role_policy" {
  name = "payments-enhanced-monitoring-role-dev"
  role = aws_iam_role.enhanced_monitoring_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "EnhancedMonitoring"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:RDSOSMetrics"
      },
      {
        Sid    = "EnhancedMonitoring2"
        Effect = "Allow"

        Action = [
          "logs:CreateLogStream",
          "logs:DescribeLogStreams",
          "logs:GetLogEvents",
          "logs:PutLogEvents",
        ]

        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:RDSOSMetrics:log-stream:*"
      },
    ]
  })
}

# replication "ledger"
resource "aws_iam_role_policy" "ledger_source_role_policy" {
  name = "payments-ledger-source-role-dev"
  role = aws_iam_role.ledger_source_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationLedger"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/replication-??????"
      },
    ]
  })
}

# replication "ledger"
resource "aws_iam_role_policy" "ledger_target_role_policy" {
  name = "payments-ledger-target-role-dev"
  role = aws_iam_role.ledger_target_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationLedger"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = aws_secretsmanager_secret.ledger_replication_secret.arn
      },
      {
        Sid      = "ReplicationLedger2"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_replication_secret.arn
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_replication_secret]
}

# replication "ledger" > reverse
resource "aws_iam_role_policy" "ledger_reverse_source_role_policy" {
  name = "payments-ledger-reverse-source-role-dev"
  role = aws_iam_role.ledger_reverse_source_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationLedgerReverse"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
      },
      {
        Sid      = "ReplicationLedgerReverse2"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_reverse_capture_secret]
}

# replication "ledger" > reverse
resource "aws_iam_role_policy" "ledger_reverse_target_role_policy" {
  name = "payments-ledger-reverse-target-role-dev"
  role = aws_iam_role.ledger_reverse_target_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationLedgerReverse"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/reverse-apply-??????"
      },
    ]
  })
}

# function "secret-rotation"
resource "aws_iam_role_policy" "secret_rotation_role_policy" {
  name = "payments-secret-rotation-role-dev"
  role = aws_iam_role.secret_rotation_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "DatabaseLedgerRotate"
        Effect = "Allow"

        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          aws_secretsmanager_secret.ledger_replication_secret.arn,
          aws_secretsmanager_secret.ledger_reverse_capture_secret.arn,
          aws_secretsmanager_secret.ledger_validation_secret.arn,
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:resource/AllowRotationLambdaArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-secret-rotation-dev"
          }
        }
      },
      {
        Sid      = "DatabaseLedgerRotate2"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "DatabaseLedgerRotate3"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "secretsmanager.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "FunctionRotationReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/rotation",
        ]
      },
      {
        Sid      = "FunctionSecretRotationDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionSecretRotationDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionSecretRotationEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionSecretRotationLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-secret-rotation-dev:log-stream:*"
      },
      {
        Sid    = "FunctionSecretRotationTraces"
        Effect = "Allow"

        Action = [
          "secretsmanager:GetRandomPassword",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.secret_rotation_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-secret-rotation-dev"
          }
        }
      },
    ]
  })

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_replication_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}

# function "data-validator"
resource "aws_iam_role_policy" "data_validator_role_policy" {
  name = "payments-data-validator-role-dev"
  role = aws_iam_role.data_validator_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionDataValidatorDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionDataValidatorDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionDataValidatorEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionDataValidatorLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-data-validator-dev:log-stream:*"
      },
      {
        Sid    = "FunctionDataValidatorTraces"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationTasks",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "FunctionValidatorReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/validation",
        ]
      },
      {
        Sid    = "FunctionValidatorReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_validation_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/validation-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionValidatorReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_validation_secret.arn
          }
        }
      },
      {
        Sid    = "FunctionValidatorReplicationLedger4"
        Effect = "Allow"
        Action = "dms:DescribeTableStatistics"

        Resource = [
          "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
          "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev",
        ]
      },
      {
        Sid      = "FunctionValidatorReplicationLedger5"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/validation/*"
      },
      {
        Sid      = "FunctionValidatorReplicationLedger6"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.checkpoints_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionValidatorReplicationLedger7"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = "arn:aws:s3:::payments-evidence-dev-111111111111/ledger/validation/*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.data_validator_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_validation_secret]
}

# function "api-authorizer"
resource "aws_iam_role_policy" "api_authorizer_role_policy" {
  name = "payments-api-authorizer-role-dev"
  role = aws_iam_role.api_authorizer_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ApiPaymentsAuthorizer"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/api-hmac-??????"

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionApiAuthorizerDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionApiAuthorizerDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionApiAuthorizerEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionApiAuthorizerLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-api-authorizer-dev:log-stream:*"
      },
      {
        Sid      = "FunctionApiAuthorizerTraces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = "*"
      },
    ]
  })
}

# function "preflight"
resource "aws_iam_role_policy" "preflight_role_policy" {
  name = "payments-preflight-role-dev"
  role = aws_iam_role.preflight_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionPreflightDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionPreflightDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionPreflightEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionPreflightLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-preflight-dev:log-stream:*"
      },
      {
        Sid    = "FunctionPreflightReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
        ]
      },
      {
        Sid    = "FunctionPreflightReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          aws_secretsmanager_secret.ledger_replication_secret.arn,
          aws_secretsmanager_secret.ledger_reverse_capture_secret.arn,
          aws_secretsmanager_secret.ledger_validation_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/replication-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/reverse-apply-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/validation-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionPreflightReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_replication_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionPreflightReplicationLedger4"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_validation_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionPreflightReplicationLedger5"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_fence_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionPreflightReplicationLedger6"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
          }
        }
      },
      {
        Sid    = "FunctionPreflightReplicationLedger7"
        Effect = "Allow"
        Action = "s3:PutObject"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/preflight/*",
          "arn:aws:s3:::payments-evidence-dev-111111111111/ledger/preflight/*",
        ]
      },
      {
        Sid      = "FunctionPreflightReplicationLedger8"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.checkpoints_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "FunctionPreflightTraces"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationInstances",
          "dms:DescribeReplicationTasks",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.preflight_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-preflight-dev"
          }
        }
      },
    ]
  })

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_replication_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}

# function "fence"
resource "aws_iam_role_policy" "fence_role_policy" {
  name = "payments-fence-role-dev"
  role = aws_iam_role.fence_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionFenceDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionFenceDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionFenceEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionFenceLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-fence-dev:log-stream:*"
      },
      {
        Sid    = "FunctionFenceReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
        ]
      },
      {
        Sid    = "FunctionFenceReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionFenceReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_fence_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionFenceTraces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = "*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.fence_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_fence_secret]
}

# function "sequences"
resource "aws_iam_role_policy" "sequences_role_policy" {
  name = "payments-sequences-role-dev"
  role = aws_iam_role.sequences_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionSequencesDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionSequencesDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionSequencesEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionSequencesLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-sequences-dev:log-stream:*"
      },
      {
        Sid    = "FunctionSequencesReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
        ]
      },
      {
        Sid    = "FunctionSequencesReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionSequencesReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_fence_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionSequencesTraces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = "*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.sequences_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-sequences-dev"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.ledger_fence_secret]
}

# function "reverse-slot"
resource "aws_iam_role_policy" "reverse_slot_role_policy" {
  name = "payments-reverse-slot-role-dev"
  role = aws_iam_role.reverse_slot_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "FunctionReverseReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
        ]
      },
      {
        Sid    = "FunctionReverseReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          aws_secretsmanager_secret.ledger_reverse_capture_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/replication-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionReverseReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionReverseReplicationLedger4"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_fence_secret.arn
          }
        }
      },
      {
        Sid    = "FunctionReverseReplicationLedger5"
        Effect = "Allow"

        Action = [
          "dms:DescribeTableStatistics",
          "dms:StartReplicationTask",
          "dms:StopReplicationTask",
        ]

        Resource = "arn:aws:dms:us-east-1:111111111111:task:pb6mzg-payments-ledger-reh-dev"
      },
      {
        Sid      = "FunctionReverseSlotDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionReverseSlotDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionReverseSlotEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionReverseSlotLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-reverse-slot-dev:log-stream:*"
      },
      {
        Sid    = "FunctionReverseSlotTraces"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationTasks",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.reverse_slot_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev"
          }
        }
      },
    ]
  })

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
  ]
}

# function "rollback-handler"
resource "aws_iam_role_policy" "rollback_handler_role_policy" {
  name = "payments-rollback-handler-role-dev"
  role = aws_iam_role.rollback_handler_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionRollbackHandlerDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionRollbackHandlerDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionRollbackHandlerEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionRollbackHandlerLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-rollback-handler-dev:log-stream:*"
      },
      {
        Sid    = "FunctionRollbackHandlerTraces"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationTasks",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "FunctionRollbackReplicationLedger"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/authority",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/replications/ledger/validation",
        ]
      },
      {
        Sid      = "FunctionRollbackReplicationLedger10"
        Effect   = "Allow"
        Action   = "elasticloadbalancing:ModifyRule"
        Resource = aws_lb_listener_rule.payments_listener_rule.arn
      },
      {
        Sid      = "FunctionRollbackReplicationLedger11"
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = aws_sns_topic.notifications_topic.arn
      },
      {
        Sid      = "FunctionRollbackReplicationLedger12"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.notifications_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sns.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "FunctionRollbackReplicationLedger13"
        Effect = "Allow"
        Action = "s3:GetObject"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/*",
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/validation/*",
        ]
      },
      {
        Sid      = "FunctionRollbackReplicationLedger14"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.checkpoints_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "FunctionRollbackReplicationLedger15"
        Effect = "Allow"
        Action = "s3:PutObject"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/rollback/*",
          "arn:aws:s3:::payments-evidence-dev-111111111111/ledger/validation/*",
        ]
      },
      {
        Sid    = "FunctionRollbackReplicationLedger2"
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"

        Resource = [
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          aws_secretsmanager_secret.ledger_reverse_capture_secret.arn,
          aws_secretsmanager_secret.ledger_validation_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/validation-??????",
        ]

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "FunctionRollbackReplicationLedger3"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_fence_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionRollbackReplicationLedger4"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionRollbackReplicationLedger5"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.ledger_validation_secret.arn
          }
        }
      },
      {
        Sid      = "FunctionRollbackReplicationLedger6"
        Effect   = "Allow"
        Action   = "dms:DescribeTableStatistics"
        Resource = "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"
      },
      {
        Sid    = "FunctionRollbackReplicationLedger7"
        Effect = "Allow"
        Action = ["dms:StartReplicationTask", "dms:StopReplicationTask"]

        Resource = [
          "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
          "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev",
        ]
      },
      {
        Sid      = "FunctionRollbackReplicationLedger8"
        Effect   = "Allow"
        Action   = "dms:StopReplicationTask"
        Resource = "arn:aws:dms:us-east-1:111111111111:task:pb6mzg-payments-ledger-reh-dev"
      },
      {
        Sid    = "FunctionRollbackReplicationLedger9"
        Effect = "Allow"
        Action = ["ssm:GetParameter", "ssm:PutParameter"]

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/database/writer",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/routing/target",
        ]
      },
      {
        Sid    = "FunctionsNetwork"
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"

        Resource = [
          "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
          "arn:aws:ec2:us-east-1:111111111111:security-group/${aws_security_group.rollback_handler_group.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.migration_private_c_subnet.id}",
        ]
      },
      {
        Sid    = "FunctionsNetwork2"
        Effect = "Allow"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
      },
      {
        Sid    = "FunctionsNetwork3"
        Effect = "Allow"

        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "ec2:Region" = "us-east-1"
          }
        }
      },
      {
        Sid    = "OwnCodeStaysOutOfTheNetwork"
        Effect = "Deny"

        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
        ]

        Resource = "*"

        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:payments-rollback-handler-dev"
          }
        }
      },
    ]
  })

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}

# function "task-monitor"
resource "aws_iam_role_policy" "task_monitor_role_policy" {
  name = "payments-task-monitor-role-dev"
  role = aws_iam_role.task_monitor_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "FunctionMonitorReplicationLedger"
        Effect = "Allow"
        Action = "dms:DescribeTableStatistics"

        Resource = [
          "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
          "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev",
        ]
      },
      {
        Sid      = "FunctionTaskMonitorDeadLetters"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.functions_dead_letters.arn
      },
      {
        Sid      = "FunctionTaskMonitorDeadLetters2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sqs.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionTaskMonitorEnvironment"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.functions_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "FunctionTaskMonitorLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/payments-task-monitor-dev:log-stream:*"
      },
      {
        Sid    = "FunctionTaskMonitorTraces"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationTasks",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
    ]
  })
}

# account-roles "api-gateway"
resource "aws_iam_role_policy" "api_logging_role_policy" {
  name = "payments-api-logging-role-dev"
  role = aws_iam_role.api_logging_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "AccountRolesApiGateway"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "*"
      },
      {
        Sid    = "AccountRolesApiGateway2"
        Effect = "Allow"
        Action = ["logs:CreateLogGroup", "logs:DescribeLogStreams"]

        Resource = [
          "arn:aws:logs:us-east-1:111111111111:log-group:/aws/apigateway/*",
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/payments/dev/api/*",
          "arn:aws:logs:us-east-1:111111111111:log-group:API-Gateway-Execution-Logs_*",
        ]
      },
      {
        Sid    = "AccountRolesApiGateway3"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]

        Resource = [
          "arn:aws:logs:us-east-1:111111111111:log-group:/aws/apigateway/*:log-stream:*",
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/payments/dev/api/*:log-stream:*",
          "arn:aws:logs:us-east-1:111111111111:log-group:API-Gateway-Execution-Logs_*:log-stream:*",
        ]
      },
    ]
  })
}

# cutover "ledger"
resource "aws_iam_role_policy" "ledger_workflow_role_policy" {
  name = "payments-ledger-workflow-role-dev"
  role = aws_iam_role.ledger_workflow_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "CutoverLedgerEncryptedLogs"
        Effect   = "Allow"
        Action   = "kms:GenerateDataKey"
        Resource = aws_kms_key.workflow_key.arn

        Condition = {
          StringLike = {
            "kms:EncryptionContext:SourceArn" = "arn:aws:logs:us-east-1:111111111111:*"
          }
        }
      },
      {
        Sid      = "CutoverLedgerEncryption"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.workflow_key.arn

        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:states:stateMachineArn" = "arn:aws:states:us-east-1:111111111111:stateMachine:payments-migration-orchestration-dev"
          }
        }
      },
      {
        Sid    = "CutoverLedgerIterationsOfValidateData"
        Effect = "Allow"

        Action = [
          "states:DescribeExecution",
          "states:RedriveExecution",
          "states:StopExecution",
        ]

        Resource = "arn:aws:states:us-east-1:111111111111:execution:payments-migration-orchestration-dev/validate:*"
      },
      {
        Sid    = "CutoverLedgerStateDescribeReplication"
        Effect = "Allow"

        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:GetMetricData",
          "dms:DescribeReplicationTasks",
          "elasticloadbalancing:DescribeTargetHealth",
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "CutoverLedgerStateHoldRotation"
        Effect = "Allow"
        Action = "ssm:PutParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/rotation",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/routing/target",
        ]
      },
      {
        Sid      = "CutoverLedgerStateInitialize"
        Effect   = "Allow"
        Action   = "ssm:GetParameter"
        Resource = "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/plan"
      },
      {
        Sid      = "CutoverLedgerStateListRuns"
        Effect   = "Allow"
        Action   = ["states:ListExecutions", "states:StartExecution"]
        Resource = "arn:aws:states:us-east-1:111111111111:stateMachine:payments-migration-orchestration-dev"
      },
      {
        Sid      = "CutoverLedgerStateNotifyRequests10"
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev"
      },
      {
        Sid      = "CutoverLedgerStateNotifyRequests102"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.notifications_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "sns.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "CutoverLedgerStatePreflight"
        Effect = "Allow"
        Action = "lambda:InvokeFunction"

        Resource = [
          "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
          "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
          "arn:aws:lambda:us-east-1:111111111111:function:payments-preflight-dev",
          "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev",
          "arn:aws:lambda:us-east-1:111111111111:function:payments-rollback-handler-dev",
          "arn:aws:lambda:us-east-1:111111111111:function:payments-sequences-dev",
        ]
      },
      {
        Sid      = "CutoverLedgerStateReadLock"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/lock.txt"
      },
      {
        Sid      = "CutoverLedgerStateReadWriter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:PutParameter"]
        Resource = "arn:aws:ssm:us-east-1:111111111111:parameter/migration/payments/dev/database/writer"
      },
      {
        Sid      = "CutoverLedgerStateShift10"
        Effect   = "Allow"
        Action   = "elasticloadbalancing:ModifyRule"
        Resource = aws_lb_listener_rule.payments_listener_rule.arn
      },
      {
        Sid    = "CutoverLedgerStateStartReplication"
        Effect = "Allow"

        Action = [
          "dms:ReloadTables",
          "dms:StartReplicationTask",
          "dms:StopReplicationTask",
        ]

        Resource = "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev"
      },
      {
        Sid      = "CutoverLedgerStateStartReverse"
        Effect   = "Allow"
        Action   = ["dms:StartReplicationTask", "dms:StopReplicationTask"]
        Resource = "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"
      },
      {
        Sid    = "CutoverLedgerStateTakeLock"
        Effect = "Allow"
        Action = "s3:PutObject"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/*",
          "arn:aws:s3:::payments-evidence-dev-111111111111/ledger/*",
        ]
      },
      {
        Sid      = "CutoverLedgerStateTakeLock2"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.checkpoints_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.us-east-1.amazonaws.com"
          }
        }
      },
    ]
  })
}

# migration "payments"
resource "aws_iam_policy" "permissions_boundary" {
  name        = "payments-boundary-dev"
  description = "Permissions boundary of the roles of the migration"

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "GrantedToSomeRole"
        Effect = "Allow"

        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:GetMetricData",
          "dms:DescribeReplicationInstances",
          "dms:DescribeReplicationTasks",
          "dms:DescribeTableStatistics",
          "dms:ReloadTables",
          "dms:StartReplicationTask",
          "dms:StopReplicationTask",
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:ModifyRule",
          "lambda:InvokeFunction",
          "logs:CreateLogDelivery",
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:GetLogEvents",
          "logs:ListLogDeliveries",
          "logs:PutLogEvents",
          "logs:PutResourcePolicy",
          "logs:PutRetentionPolicy",
          "logs:UpdateLogDelivery",
          "s3:GetObject",
          "s3:PutObject",
          "secretsmanager:GetRandomPassword",
          "sns:Publish",
          "sqs:SendMessage",
          "ssm:GetParameter",
          "ssm:PutParameter",
          "states:DescribeExecution",
          "states:ListExecutions",
          "states:RedriveExecution",
          "states:StartExecution",
          "states:StopExecution",
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid    = "GrantedKeys"
        Effect = "Allow"
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]

        Resource = [
          aws_kms_key.checkpoints_key.arn,
          aws_kms_key.functions_key.arn,
          aws_kms_key.notifications_key.arn,
          aws_kms_key.secrets_key.arn,
          aws_kms_key.workflow_key.arn,
        ]
      },
      {
        Sid    = "GrantedSecrets"
        Effect = "Allow"

        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]

        Resource = [
          aws_rds_cluster.ledger_cluster.master_user_secret[0].secret_arn,
          aws_secretsmanager_secret.ledger_fence_secret.arn,
          aws_secretsmanager_secret.ledger_replication_secret.arn,
          aws_secretsmanager_secret.ledger_reverse_capture_secret.arn,
          aws_secretsmanager_secret.ledger_validation_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/api-hmac-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/fence-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/replication-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/reverse-apply-??????",
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:payments/ledger-onprem/validation-??????",
        ]
      },
      {
        Sid      = "KeysOfAws"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:us-east-1:111111111111:key/*"

        Condition = {
          StringEquals = {
            "kms:ViaService" = "secretsmanager.us-east-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "Never"
        Effect = "Deny"

        Action = [
          "cloudtrail:DeleteTrail",
          "cloudtrail:StopLogging",
          "iam:*",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "logs:DeleteLogGroup",
          "organizations:*",
          "s3:DeleteBucket",
          "s3:PutBucketPolicy",
        ]

        Resource = "*"
      },
    ]
  })

  depends_on = [
    aws_secretsmanager_secret_version.ledger_fence_secret,
    aws_secretsmanager_secret_version.ledger_replication_secret,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
    aws_secretsmanager_secret_version.ledger_validation_secret,
  ]
}
