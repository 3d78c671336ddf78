# migration "inventory"
resource "aws_kms_key" "logs_key" {
  description             = "logs of the migration inventory in dev"
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
    Name        = "inventory-logs-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "logs_key_alias" {
  name          = "alias/inventory-logs-dev"
  target_key_id = aws_kms_key.logs_key.key_id
}

# migration "inventory"
resource "aws_kms_key" "notifications_key" {
  description             = "notifications of the migration inventory in dev"
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
    Name        = "inventory-notifications-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "notifications_key_alias" {
  name          = "alias/inventory-notifications-dev"
  target_key_id = aws_kms_key.notifications_key.key_id
}

# migration "inventory"
resource "aws_kms_key" "database_key" {
  description             = "database of the migration inventory in dev"
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
    Name        = "inventory-database-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "database_key_alias" {
  name          = "alias/inventory-database-dev"
  target_key_id = aws_kms_key.database_key.key_id
}

# migration "inventory"
resource "aws_kms_key" "secrets_key" {
  description             = "secrets of the migration inventory in dev"
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
    Name        = "inventory-secrets-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "secrets_key_alias" {
  name          = "alias/inventory-secrets-dev"
  target_key_id = aws_kms_key.secrets_key.key_id
}

# migration "inventory"
resource "aws_kms_key" "replication_key" {
  description             = "replication of the migration inventory in dev"
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
    Name        = "inventory-replication-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "replication_key_alias" {
  name          = "alias/inventory-replication-dev"
  target_key_id = aws_kms_key.replication_key.key_id
}

# migration "inventory"
resource "aws_kms_key" "functions_key" {
  description             = "functions of the migration inventory in dev"
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
    Name        = "inventory-functions-key-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# migration "inventory"
resource "aws_kms_alias" "functions_key_alias" {
  name          = "alias/inventory-functions-dev"
  target_key_id = aws_kms_key.functions_key.key_id
}

# network
resource "aws_iam_role" "flow_logs_role" {
  name                 = "inventory-flow-logs-role-dev"
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
    Name        = "inventory-flow-logs-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# database "inventory" > login "replication"
resource "aws_secretsmanager_secret" "inventory_replication_secret" {
  name                    = "migration/inventory/dev/inventory/replication"
  description             = "Login replication of the database inventory in dev"
  kms_key_id              = aws_kms_key.secrets_key.arn
  recovery_window_in_days = 0

  tags = {
    Name        = "inventory-inventory-replication-secret-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# database "inventory" > login "replication"
ephemeral "aws_secretsmanager_random_password" "inventory_replication_secret" {
  password_length     = 40
  exclude_punctuation = true
}

# database "inventory" > login "replication"
resource "aws_secretsmanager_secret_version" "inventory_replication_secret" {
  secret_id                = aws_secretsmanager_secret.inventory_replication_secret.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username            = "migspec_replication"
    host                = aws_rds_cluster.inventory_cluster.endpoint
    port                = 5432
    engine              = "postgres"
    dbClusterIdentifier = "inventory-inventory-aurora-cluster-dev"
    dbname              = "inventory"
    masterarn           = aws_rds_cluster.inventory_cluster.master_user_secret[0].secret_arn
    password            = ephemeral.aws_secretsmanager_random_password.inventory_replication_secret.random_password
  })
}

# database "inventory" > login "replication"
resource "aws_secretsmanager_secret_policy" "inventory_replication_secret_policy" {
  secret_arn          = aws_secretsmanager_secret.inventory_replication_secret.arn
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

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}

# database "inventory" > login "replication"
resource "aws_secretsmanager_secret_rotation" "inventory_replication_rotation" {
  secret_id           = aws_secretsmanager_secret.inventory_replication_secret.arn
  rotation_lambda_arn = aws_lambda_function.secret_rotation_function.arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
    duration                 = "2h"
  }

  depends_on = [
    aws_lambda_permission.secret_rotation_permission,
    aws_secretsmanager_secret_version.inventory_replication_secret,
  ]
}

# database "inventory"
resource "aws_iam_role" "enhanced_monitoring_role" {
  name                 = "inventory-enhanced-monitoring-role-dev"
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
    Name        = "inventory-enhanced-monitoring-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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
    Name        = "inventory-dms-vpc-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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
    Name        = "inventory-dms-cloudwatch-logs-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# account-roles "dms"
resource "aws_iam_role_policy_attachment" "dms_cloudwatch_logs_role_amazon_d_m_s_cloud_watch_logs_role" {
  role       = aws_iam_role.dms_cloudwatch_logs_role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole"
}

# replication "inventory"
resource "aws_iam_role" "inventory_source_role" {
  name                 = "inventory-inventory-source-role-dev"
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
    Name        = "inventory-inventory-source-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory"
resource "aws_iam_role" "inventory_target_role" {
  name                 = "inventory-inventory-target-role-dev"
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
    Name        = "inventory-inventory-target-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# function "secret-rotation"
resource "aws_iam_role" "secret_rotation_role" {
  name                 = "inventory-secret-rotation-role-dev"
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
    Name        = "inventory-secret-rotation-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# function "task-monitor"
resource "aws_iam_role" "task_monitor_role" {
  name                 = "inventory-task-monitor-role-dev"
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
    Name        = "inventory-task-monitor-role-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network
resource "aws_iam_role_policy" "flow_logs_role_policy" {
  name = "inventory-flow-logs-role-dev"
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
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/inventory/dev/flow-logs/hub-transit:log-stream:*",
          "arn:aws:logs:us-east-1:111111111111:log-group:/migration/inventory/dev/flow-logs/main:log-stream:*",
        ]
      },
      {
        Sid    = "NetworkFlowLog3"
        Effect = "Allow"
        Action = "logs:DescribeLogStreams"

        Resource = [
          aws_cloudwatch_log_group.hub_transit_flow_log_group.arn,
          aws_cloudwatch_log_group.main_flow_log_group.arn,
        ]
      },
    ]
  })
}

# database "inventory"
resource "aws_iam_role_policy" "enhanced_monitoring_role_policy" {
  name = "inventory-enhanced-monitoring-role-dev"
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

# replication "inventory"
resource "aws_iam_role_policy" "inventory_source_role_policy" {
  name = "inventory-inventory-source-role-dev"
  role = aws_iam_role.inventory_source_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationInventory"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = "arn:aws:secretsmanager:us-east-1:111111111111:secret:inventory/warehouse/replication-??????"
      },
    ]
  })
}

# replication "inventory"
resource "aws_iam_role_policy" "inventory_target_role_policy" {
  name = "inventory-inventory-target-role-dev"
  role = aws_iam_role.inventory_target_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "ReplicationInventory"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = aws_secretsmanager_secret.inventory_replication_secret.arn
      },
      {
        Sid      = "ReplicationInventory2"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.secrets_key.arn

        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.inventory_replication_secret.arn
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}

# function "secret-rotation"
resource "aws_iam_role_policy" "secret_rotation_role_policy" {
  name = "inventory-secret-rotation-role-dev"
  role = aws_iam_role.secret_rotation_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "DatabaseInventoryRotate"
        Effect = "Allow"

        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]

        Resource = aws_secretsmanager_secret.inventory_replication_secret.arn

        Condition = {
          StringEquals = {
            "secretsmanager:resource/AllowRotationLambdaArn" = "arn:aws:lambda:us-east-1:111111111111:function:inventory-secret-rotation-dev"
          }
        }
      },
      {
        Sid      = "DatabaseInventoryRotate2"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_rds_cluster.inventory_cluster.master_user_secret[0].secret_arn

        Condition = {
          StringEquals = {
            "secretsmanager:VersionStage" = "AWSCURRENT"
          }
        }
      },
      {
        Sid      = "DatabaseInventoryRotate3"
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
        Sid    = "FunctionRotationReplicationInventory"
        Effect = "Allow"
        Action = "ssm:GetParameter"

        Resource = [
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/inventory/dev/replications/inventory",
          "arn:aws:ssm:us-east-1:111111111111:parameter/migration/inventory/dev/replications/inventory/authority",
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
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/inventory-secret-rotation-dev:log-stream:*"
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
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.main_compute_a_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.main_compute_b_subnet.id}",
          "arn:aws:ec2:us-east-1:111111111111:subnet/${aws_subnet.main_compute_c_subnet.id}",
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
            "lambda:SourceFunctionArn" = "arn:aws:lambda:us-east-1:111111111111:function:inventory-secret-rotation-dev"
          }
        }
      },
    ]
  })

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}

# function "task-monitor"
resource "aws_iam_role_policy" "task_monitor_role_policy" {
  name = "inventory-task-monitor-role-dev"
  role = aws_iam_role.task_monitor_role.name

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid      = "FunctionMonitorReplicationInventory"
        Effect   = "Allow"
        Action   = "dms:DescribeTableStatistics"
        Resource = "arn:aws:dms:us-east-1:111111111111:task:ydxgph-invent-inventory-fwd-dev"
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
        Resource = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/inventory-task-monitor-dev:log-stream:*"
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

# migration "inventory"
resource "aws_iam_policy" "permissions_boundary" {
  name        = "inventory-boundary-dev"
  description = "Permissions boundary of the roles of the migration"

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "GrantedToSomeRole"
        Effect = "Allow"

        Action = [
          "dms:DescribeReplicationTasks",
          "dms:DescribeTableStatistics",
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "ec2:UnassignPrivateIpAddresses",
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:GetLogEvents",
          "logs:PutLogEvents",
          "logs:PutRetentionPolicy",
          "secretsmanager:GetRandomPassword",
          "sqs:SendMessage",
          "ssm:GetParameter",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]

        Resource = "*"
      },
      {
        Sid      = "GrantedKeys"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = [aws_kms_key.functions_key.arn, aws_kms_key.secrets_key.arn]
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
          aws_rds_cluster.inventory_cluster.master_user_secret[0].secret_arn,
          aws_secretsmanager_secret.inventory_replication_secret.arn,
          "arn:aws:secretsmanager:us-east-1:111111111111:secret:inventory/warehouse/replication-??????",
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

  depends_on = [aws_secretsmanager_secret_version.inventory_replication_secret]
}
