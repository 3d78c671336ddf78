# network "production"
resource "aws_cloudwatch_log_group" "production_flow_log_group" {
  name              = "/migration/payments/dev/flow-logs/production"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-production-flow-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_cloudwatch_log_group" "migration_flow_log_group" {
  name              = "/migration/payments/dev/flow-logs/migration"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-migration-flow-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_cloudwatch_log_group" "hub_transit_flow_log_group" {
  name              = "/migration/payments/dev/flow-logs/hub-transit"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-hub-transit-flow-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# site "datacenter" > vpn
resource "aws_cloudwatch_log_group" "datacenter_vpn_log_group" {
  name              = "/aws/vendedlogs/migration/payments/dev/vpn/datacenter"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-datacenter-vpn-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger"
resource "aws_cloudwatch_log_group" "ledger_postgresql_log_group" {
  name              = "/aws/rds/cluster/payments-ledger-aurora-cluster-dev/postgresql"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-ledger-postgresql-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger"
resource "aws_cloudwatch_log_data_protection_policy" "ledger_postgresql_log_group" {
  log_group_name = aws_cloudwatch_log_group.ledger_postgresql_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# replication "ledger"
resource "aws_cloudwatch_log_group" "ledger_replication_log_group" {
  name              = "dms-tasks-payments-ledger-replication-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-ledger-replication-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger"
resource "aws_cloudwatch_log_data_protection_policy" "ledger_replication_log_group" {
  log_group_name = aws_cloudwatch_log_group.ledger_replication_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "secret-rotation"
resource "aws_cloudwatch_log_group" "secret_rotation_log_group" {
  name              = "/aws/lambda/payments-secret-rotation-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-secret-rotation-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "secret-rotation"
resource "aws_cloudwatch_log_data_protection_policy" "secret_rotation_log_group" {
  log_group_name = aws_cloudwatch_log_group.secret_rotation_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "data-validator"
resource "aws_cloudwatch_log_group" "data_validator_log_group" {
  name              = "/aws/lambda/payments-data-validator-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-data-validator-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "data-validator"
resource "aws_cloudwatch_log_data_protection_policy" "data_validator_log_group" {
  log_group_name = aws_cloudwatch_log_group.data_validator_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "api-authorizer"
resource "aws_cloudwatch_log_group" "api_authorizer_log_group" {
  name              = "/aws/lambda/payments-api-authorizer-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-api-authorizer-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "api-authorizer"
resource "aws_cloudwatch_log_data_protection_policy" "api_authorizer_log_group" {
  log_group_name = aws_cloudwatch_log_group.api_authorizer_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "preflight"
resource "aws_cloudwatch_log_group" "preflight_log_group" {
  name              = "/aws/lambda/payments-preflight-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-preflight-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "preflight"
resource "aws_cloudwatch_log_data_protection_policy" "preflight_log_group" {
  log_group_name = aws_cloudwatch_log_group.preflight_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "fence"
resource "aws_cloudwatch_log_group" "fence_log_group" {
  name              = "/aws/lambda/payments-fence-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-fence-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "fence"
resource "aws_cloudwatch_log_data_protection_policy" "fence_log_group" {
  log_group_name = aws_cloudwatch_log_group.fence_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "sequences"
resource "aws_cloudwatch_log_group" "sequences_log_group" {
  name              = "/aws/lambda/payments-sequences-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-sequences-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "sequences"
resource "aws_cloudwatch_log_data_protection_policy" "sequences_log_group" {
  log_group_name = aws_cloudwatch_log_group.sequences_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "reverse-slot"
resource "aws_cloudwatch_log_group" "reverse_slot_log_group" {
  name              = "/aws/lambda/payments-reverse-slot-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-reverse-slot-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "reverse-slot"
resource "aws_cloudwatch_log_data_protection_policy" "reverse_slot_log_group" {
  log_group_name = aws_cloudwatch_log_group.reverse_slot_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "rollback-handler"
resource "aws_cloudwatch_log_group" "rollback_handler_log_group" {
  name              = "/aws/lambda/payments-rollback-handler-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-rollback-handler-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "rollback-handler"
resource "aws_cloudwatch_log_data_protection_policy" "rollback_handler_log_group" {
  log_group_name = aws_cloudwatch_log_group.rollback_handler_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# function "task-monitor"
resource "aws_cloudwatch_log_group" "task_monitor_log_group" {
  name              = "/aws/lambda/payments-task-monitor-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-task-monitor-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "task-monitor"
resource "aws_cloudwatch_log_data_protection_policy" "task_monitor_log_group" {
  log_group_name = aws_cloudwatch_log_group.task_monitor_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# replication "ledger"
resource "aws_cloudwatch_event_rule" "ledger_tasks_rule" {
  name                = "payments-ledger-tasks-dev"
  description         = "The tables of the tasks of ledger, every minute"
  schedule_expression = "rate(1 minute)"
  state               = "ENABLED"

  tags = {
    Name        = "payments-ledger-tasks-rule-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [
    aws_dms_replication_task.ledger_task,
    aws_dms_replication_task.ledger_reverse_task,
  ]
}

# replication "ledger"
resource "aws_cloudwatch_event_target" "ledger_tasks_rule_monitor" {
  rule           = aws_cloudwatch_event_rule.ledger_tasks_rule.name
  event_bus_name = aws_cloudwatch_event_rule.ledger_tasks_rule.event_bus_name
  arn            = aws_lambda_function.task_monitor_function.arn
  target_id      = "monitor"

  input = jsonencode({
    tasks = [
      "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
      "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev",
    ]
  })
}

# api "payments"
resource "aws_cloudwatch_log_group" "payments_api_access_log_group" {
  name              = "/migration/payments/dev/api/payments"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-payments-api-access-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# api "payments"
resource "aws_cloudwatch_log_data_protection_policy" "payments_api_access_log_group" {
  log_group_name = aws_cloudwatch_log_group.payments_api_access_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# api "payments"
resource "aws_cloudwatch_log_group" "payments_api_execution_log_group" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.payments_api.id}/live"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-payments-api-execution-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# api "payments"
resource "aws_cloudwatch_log_data_protection_policy" "payments_api_execution_log_group" {
  log_group_name = aws_cloudwatch_log_group.payments_api_execution_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# cutover "ledger"
resource "aws_cloudwatch_log_group" "ledger_workflow_log_group" {
  name              = "/aws/vendedlogs/states/payments-migration-orchestration-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "payments-ledger-workflow-log-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# cutover "ledger"
resource "aws_cloudwatch_log_data_protection_policy" "ledger_workflow_log_group" {
  log_group_name = aws_cloudwatch_log_group.ledger_workflow_log_group.name

  policy_document = jsonencode({
    Name        = "account-data"
    Description = "Account data is masked"
    Version     = "2021-06-01"

    Statement = [
      {
        Sid = "audit"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Audit = {
            FindingsDestination = {}
          }
        }
      },
      {
        Sid = "mask"

        DataIdentifier = [
          "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
          "arn:aws:dataprotection::aws:data-identifier/CreditCardSecurityCode",
        ]

        Operation = {
          Deidentify = {
            MaskConfig = {}
          }
        }
      },
    ]
  })
}

# monitor
resource "aws_sns_topic" "notifications_topic" {
  name              = "payments-notifications-dev"
  kms_master_key_id = aws_kms_key.notifications_key.arn

  tags = {
    Name        = "payments-notifications-topic-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# monitor
resource "aws_sns_topic_policy" "notifications_topic_policy" {
  arn = aws_sns_topic.notifications_topic.arn

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev"

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      {
        Sid    = "Alarms"
        Effect = "Allow"

        Principal = {
          Service = "cloudwatch.amazonaws.com"
        }

        Action   = "sns:Publish"
        Resource = "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev"

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

        Action   = "sns:Publish"
        Resource = "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev"
      },
    ]
  })
}

# monitor > notify
resource "aws_sns_topic_subscription" "notifications_1_subscription" {
  topic_arn = aws_sns_topic.notifications_topic.arn
  protocol  = "email"
  endpoint  = "payments-ops@example.com"
}

# replication "ledger" > lag
resource "aws_cloudwatch_metric_alarm" "ledger_source_lag_alarm" {
  alarm_name          = "payments-ledger-source-lag-dev"
  alarm_description   = "Replication ledger lags on the source"
  actions_enabled     = true
  namespace           = "AWS/DMS"
  metric_name         = "CDCLatencySource"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
    ReplicationTaskIdentifier     = "fqzc2m-payments-ledger-fwd-dev"
  }

  tags = {
    Name        = "payments-ledger-source-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > lag
resource "aws_cloudwatch_metric_alarm" "ledger_target_lag_alarm" {
  alarm_name          = "payments-ledger-target-lag-dev"
  alarm_description   = "Replication ledger lags on the target"
  actions_enabled     = true
  namespace           = "AWS/DMS"
  metric_name         = "CDCLatencyTarget"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
    ReplicationTaskIdentifier     = "fqzc2m-payments-ledger-fwd-dev"
  }

  tags = {
    Name        = "payments-ledger-target-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > instance
resource "aws_cloudwatch_metric_alarm" "ledger_replication_storage_alarm" {
  alarm_name          = "payments-ledger-replication-storage-dev"
  alarm_description   = "The replication instance of ledger runs out of storage"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/DMS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 21474836480
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
  }

  tags = {
    Name        = "payments-ledger-replication-storage-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger" > instance
resource "aws_cloudwatch_metric_alarm" "ledger_replication_memory_alarm" {
  alarm_name          = "payments-ledger-replication-memory-dev"
  alarm_description   = "The replication instance of ledger runs out of memory"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/DMS"
  metric_name         = "FreeableMemory"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 536870912
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
  }

  tags = {
    Name        = "payments-ledger-replication-memory-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_rows_differ_alarm" {
  alarm_name          = "payments-ledger-rows-differ-dev"
  alarm_description   = "DMS found rows of ledger that differ"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/DMS"
  metric_name         = "ValidationFailedOverallCount"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
    ReplicationTaskIdentifier     = "fqzc2m-payments-ledger-fwd-dev"
  }

  tags = {
    Name        = "payments-ledger-rows-differ-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger" > reverse > lag
resource "aws_cloudwatch_metric_alarm" "ledger_reverse_source_lag_alarm" {
  alarm_name          = "payments-ledger-reverse-source-lag-dev"
  alarm_description   = "The reverse task of ledger lags, so that a rollback would lose writes or is not possible yet"
  actions_enabled     = true
  namespace           = "AWS/DMS"
  metric_name         = "CDCLatencySource"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
    ReplicationTaskIdentifier     = "n665cf-payments-ledger-rev-dev"
  }

  tags = {
    Name        = "payments-ledger-reverse-source-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse > lag
resource "aws_cloudwatch_metric_alarm" "ledger_reverse_target_lag_alarm" {
  alarm_name          = "payments-ledger-reverse-target-lag-dev"
  alarm_description   = "The reverse task of ledger lags, so that a rollback would lose writes or is not possible yet"
  actions_enabled     = true
  namespace           = "AWS/DMS"
  metric_name         = "CDCLatencyTarget"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "payments-ledger-replication-dev"
    ReplicationTaskIdentifier     = "n665cf-payments-ledger-rev-dev"
  }

  tags = {
    Name        = "payments-ledger-reverse-target-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse
resource "aws_cloudwatch_metric_alarm" "ledger_slot_lag_alarm" {
  alarm_name          = "payments-ledger-slot-lag-dev"
  alarm_description   = "A replication slot of ledger retains too much log"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/RDS"
  metric_name         = "TransactionLogsDiskUsage"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10737418240
  treat_missing_data  = "notBreaching"

  dimensions = {
    DBClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "payments-ledger-slot-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_cpu_alarm" {
  alarm_name          = "payments-ledger-cpu-dev"
  alarm_description   = "The database ledger is busy"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  treat_missing_data  = "breaching"

  dimensions = {
    DBClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "payments-ledger-cpu-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_connections_alarm" {
  alarm_name          = "payments-ledger-connections-dev"
  alarm_description   = "The database ledger has many connections"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 800
  treat_missing_data  = "breaching"

  dimensions = {
    DBClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "payments-ledger-connections-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_local_storage_alarm" {
  alarm_name          = "payments-ledger-local-storage-dev"
  alarm_description   = "The database ledger runs out of local storage"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/RDS"
  metric_name         = "FreeLocalStorage"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 5368709120
  treat_missing_data  = "breaching"

  dimensions = {
    DBClusterIdentifier = "payments-ledger-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "payments-ledger-local-storage-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_forward_tables_alarm" {
  alarm_name          = "payments-ledger-forward-tables-dev"
  alarm_description   = "The forward task of ledger does not replicate one of its tables"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "Migspec/payments/dev"
  metric_name         = "TablesInError"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"

  dimensions = {
    Task = "fqzc2m-payments-ledger-fwd-dev"
  }

  tags = {
    Name        = "payments-ledger-forward-tables-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_forward_idle_alarm" {
  alarm_name          = "payments-ledger-forward-idle-dev"
  alarm_description   = "The forward task of ledger is not under way"
  actions_enabled     = true
  namespace           = "Migspec/payments/dev"
  metric_name         = "TasksUnderWay"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"

  dimensions = {
    Task = "fqzc2m-payments-ledger-fwd-dev"
  }

  tags = {
    Name        = "payments-ledger-forward-idle-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_reverse_tables_alarm" {
  alarm_name          = "payments-ledger-reverse-tables-dev"
  alarm_description   = "The reverse task of ledger does not replicate one of its tables"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "Migspec/payments/dev"
  metric_name         = "TablesInError"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"

  dimensions = {
    Task = "n665cf-payments-ledger-rev-dev"
  }

  tags = {
    Name        = "payments-ledger-reverse-tables-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_reverse_idle_alarm" {
  alarm_name          = "payments-ledger-reverse-idle-dev"
  alarm_description   = "The reverse task of ledger is not under way"
  actions_enabled     = true
  namespace           = "Migspec/payments/dev"
  metric_name         = "TasksUnderWay"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"

  dimensions = {
    Task = "n665cf-payments-ledger-rev-dev"
  }

  tags = {
    Name        = "payments-ledger-reverse-idle-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function "secret-rotation"
resource "aws_cloudwatch_metric_alarm" "secret_rotation_errors_alarm" {
  alarm_name          = "payments-secret-rotation-errors-dev"
  alarm_description   = "The function secret-rotation has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-secret-rotation-dev"
  }

  tags = {
    Name        = "payments-secret-rotation-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "secret-rotation"
resource "aws_cloudwatch_metric_alarm" "secret_rotation_throttles_alarm" {
  alarm_name          = "payments-secret-rotation-throttles-dev"
  alarm_description   = "The function secret-rotation has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-secret-rotation-dev"
  }

  tags = {
    Name        = "payments-secret-rotation-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "data-validator"
resource "aws_cloudwatch_metric_alarm" "data_validator_errors_alarm" {
  alarm_name          = "payments-data-validator-errors-dev"
  alarm_description   = "The function data-validator has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-data-validator-dev"
  }

  tags = {
    Name        = "payments-data-validator-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "data-validator"
resource "aws_cloudwatch_metric_alarm" "data_validator_throttles_alarm" {
  alarm_name          = "payments-data-validator-throttles-dev"
  alarm_description   = "The function data-validator has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-data-validator-dev"
  }

  tags = {
    Name        = "payments-data-validator-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "api-authorizer"
resource "aws_cloudwatch_metric_alarm" "api_authorizer_errors_alarm" {
  alarm_name          = "payments-api-authorizer-errors-dev"
  alarm_description   = "The function api-authorizer has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-api-authorizer-dev"
  }

  tags = {
    Name        = "payments-api-authorizer-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "api-authorizer"
resource "aws_cloudwatch_metric_alarm" "api_authorizer_throttles_alarm" {
  alarm_name          = "payments-api-authorizer-throttles-dev"
  alarm_description   = "The function api-authorizer has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-api-authorizer-dev"
  }

  tags = {
    Name        = "payments-api-authorizer-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "preflight"
resource "aws_cloudwatch_metric_alarm" "preflight_errors_alarm" {
  alarm_name          = "payments-preflight-errors-dev"
  alarm_description   = "The function preflight has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-preflight-dev"
  }

  tags = {
    Name        = "payments-preflight-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "preflight"
resource "aws_cloudwatch_metric_alarm" "preflight_throttles_alarm" {
  alarm_name          = "payments-preflight-throttles-dev"
  alarm_description   = "The function preflight has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-preflight-dev"
  }

  tags = {
    Name        = "payments-preflight-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "fence"
resource "aws_cloudwatch_metric_alarm" "fence_errors_alarm" {
  alarm_name          = "payments-fence-errors-dev"
  alarm_description   = "The function fence has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-fence-dev"
  }

  tags = {
    Name        = "payments-fence-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "fence"
resource "aws_cloudwatch_metric_alarm" "fence_throttles_alarm" {
  alarm_name          = "payments-fence-throttles-dev"
  alarm_description   = "The function fence has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-fence-dev"
  }

  tags = {
    Name        = "payments-fence-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "sequences"
resource "aws_cloudwatch_metric_alarm" "sequences_errors_alarm" {
  alarm_name          = "payments-sequences-errors-dev"
  alarm_description   = "The function sequences has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-sequences-dev"
  }

  tags = {
    Name        = "payments-sequences-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "sequences"
resource "aws_cloudwatch_metric_alarm" "sequences_throttles_alarm" {
  alarm_name          = "payments-sequences-throttles-dev"
  alarm_description   = "The function sequences has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-sequences-dev"
  }

  tags = {
    Name        = "payments-sequences-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "reverse-slot"
resource "aws_cloudwatch_metric_alarm" "reverse_slot_errors_alarm" {
  alarm_name          = "payments-reverse-slot-errors-dev"
  alarm_description   = "The function reverse-slot has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-reverse-slot-dev"
  }

  tags = {
    Name        = "payments-reverse-slot-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "reverse-slot"
resource "aws_cloudwatch_metric_alarm" "reverse_slot_throttles_alarm" {
  alarm_name          = "payments-reverse-slot-throttles-dev"
  alarm_description   = "The function reverse-slot has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-reverse-slot-dev"
  }

  tags = {
    Name        = "payments-reverse-slot-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "rollback-handler"
resource "aws_cloudwatch_metric_alarm" "rollback_handler_errors_alarm" {
  alarm_name          = "payments-rollback-handler-errors-dev"
  alarm_description   = "The function rollback-handler has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-rollback-handler-dev"
  }

  tags = {
    Name        = "payments-rollback-handler-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "rollback-handler"
resource "aws_cloudwatch_metric_alarm" "rollback_handler_throttles_alarm" {
  alarm_name          = "payments-rollback-handler-throttles-dev"
  alarm_description   = "The function rollback-handler has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-rollback-handler-dev"
  }

  tags = {
    Name        = "payments-rollback-handler-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "task-monitor"
resource "aws_cloudwatch_metric_alarm" "task_monitor_errors_alarm" {
  alarm_name          = "payments-task-monitor-errors-dev"
  alarm_description   = "The function task-monitor has errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-task-monitor-dev"
  }

  tags = {
    Name        = "payments-task-monitor-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "task-monitor"
resource "aws_cloudwatch_metric_alarm" "task_monitor_throttles_alarm" {
  alarm_name          = "payments-task-monitor-throttles-dev"
  alarm_description   = "The function task-monitor has throttles"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = "payments-task-monitor-dev"
  }

  tags = {
    Name        = "payments-task-monitor-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# validation
resource "aws_cloudwatch_log_metric_filter" "validation_matches_filter" {
  name           = "payments-validation-matches-dev"
  pattern        = "{ $.event = \"validation\" && $.matched >= 0 }"
  log_group_name = aws_cloudwatch_log_group.data_validator_log_group.name

  metric_transformation {
    name      = "ValidationMatches"
    namespace = "Migspec/payments/dev"
    value     = "$.matched"
    unit      = "Count"
  }
}

# validation
resource "aws_cloudwatch_log_metric_filter" "validation_mismatches_filter" {
  name           = "payments-validation-mismatches-dev"
  pattern        = "{ $.event = \"validation\" && $.mismatched >= 0 }"
  log_group_name = aws_cloudwatch_log_group.data_validator_log_group.name

  metric_transformation {
    name      = "ValidationMismatches"
    namespace = "Migspec/payments/dev"
    value     = "$.mismatched"
    unit      = "Count"
  }
}

# validation
resource "aws_cloudwatch_log_metric_filter" "validation_errors_filter" {
  name           = "payments-validation-errors-dev"
  pattern        = "{ $.event = \"validation\" && $.errors >= 0 }"
  log_group_name = aws_cloudwatch_log_group.data_validator_log_group.name

  metric_transformation {
    name      = "ValidationErrors"
    namespace = "Migspec/payments/dev"
    value     = "$.errors"
    unit      = "Count"
  }
}

# validation
resource "aws_cloudwatch_metric_alarm" "validation_mismatch_alarm" {
  alarm_name          = "payments-validation-mismatch-dev"
  alarm_description   = "Source and target differ"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "Migspec/payments/dev"
  metric_name         = "ValidationMismatches"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  tags = {
    Name        = "payments-validation-mismatch-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# validation
resource "aws_cloudwatch_metric_alarm" "validation_error_alarm" {
  alarm_name          = "payments-validation-error-dev"
  alarm_description   = "Source and target could not be compared"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "Migspec/payments/dev"
  metric_name         = "ValidationErrors"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  tags = {
    Name        = "payments-validation-error-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# functions
resource "aws_cloudwatch_metric_alarm" "functions_dead_letters_alarm" {
  alarm_name          = "payments-functions-dead-letters-dev"
  alarm_description   = "A call of a function failed after its retries"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    QueueName = "payments-functions-dead-letters-dev"
  }

  tags = {
    Name        = "payments-functions-dead-letters-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# api "payments"
resource "aws_cloudwatch_metric_alarm" "payments_api_errors_alarm" {
  alarm_name          = "payments-payments-api-errors-dev"
  alarm_description   = "The API payments answers with server errors"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"

  dimensions = {
    ApiName = "payments-payments-api-dev"
    Stage   = "live"
  }

  tags = {
    Name        = "payments-payments-api-errors-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# api "payments"
resource "aws_cloudwatch_metric_alarm" "payments_api_latency_alarm" {
  alarm_name          = "payments-payments-api-latency-dev"
  alarm_description   = "The API payments is slow"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 2000
  treat_missing_data  = "notBreaching"

  dimensions = {
    ApiName = "payments-payments-api-dev"
    Stage   = "live"
  }

  tags = {
    Name        = "payments-payments-api-latency-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# cutover "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_workflow_aborted_alarm" {
  alarm_name          = "payments-ledger-workflow-aborted-dev"
  alarm_description   = "The workflow of ledger has aborted"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/States"
  metric_name         = "ExecutionsAborted"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    StateMachineArn = aws_sfn_state_machine.ledger_workflow.arn
  }

  tags = {
    Name        = "payments-ledger-workflow-aborted-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# cutover "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_workflow_failed_alarm" {
  alarm_name          = "payments-ledger-workflow-failed-dev"
  alarm_description   = "The workflow of ledger has failed"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/States"
  metric_name         = "ExecutionsFailed"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    StateMachineArn = aws_sfn_state_machine.ledger_workflow.arn
  }

  tags = {
    Name        = "payments-ledger-workflow-failed-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# cutover "ledger"
resource "aws_cloudwatch_metric_alarm" "ledger_workflow_timed_out_alarm" {
  alarm_name          = "payments-ledger-workflow-timed-out-dev"
  alarm_description   = "The workflow of ledger has timed out"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/States"
  metric_name         = "ExecutionsTimedOut"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  dimensions = {
    StateMachineArn = aws_sfn_state_machine.ledger_workflow.arn
  }

  tags = {
    Name        = "payments-ledger-workflow-timed-out-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_event_rule" "ledger_replication_events_rule" {
  name        = "payments-ledger-replication-events-dev"
  description = "A replication fails, stops, or is changed"
  state       = "ENABLED"

  event_pattern = jsonencode({
    source = ["aws.dms"]

    "detail-type" = [
      "DMS Replication Instance State Change",
      "DMS Replication Task State Change",
    ]

    resources = [
      aws_dms_replication_instance.ledger_replication_instance.replication_instance_arn,
      aws_dms_replication_task.ledger_task.replication_task_arn,
      aws_dms_replication_task.ledger_reverse_task.replication_task_arn,
      aws_dms_replication_task.ledger_rehearsal_task.replication_task_arn,
    ]
  })

  tags = {
    Name        = "payments-ledger-replication-events-rule-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "ledger"
resource "aws_cloudwatch_event_target" "ledger_replication_events_rule_topic" {
  rule           = aws_cloudwatch_event_rule.ledger_replication_events_rule.name
  event_bus_name = aws_cloudwatch_event_rule.ledger_replication_events_rule.event_bus_name
  arn            = aws_sns_topic.notifications_topic.arn
  target_id      = "topic"
}

# cutover "ledger"
resource "aws_cloudwatch_event_rule" "ledger_workflow_end_rule" {
  name        = "payments-ledger-workflow-end-dev"
  description = "An execution of the workflow has failed, timed out or was aborted"
  state       = "ENABLED"

  event_pattern = jsonencode({
    source        = ["aws.states"]
    "detail-type" = ["Step Functions Execution Status Change"]

    resources = [
      {
        prefix = "arn:aws:states:us-east-1:111111111111:execution:payments-migration-orchestration-dev:"
      },
    ]

    detail = {
      status = ["ABORTED", "FAILED", "TIMED_OUT"]
    }
  })

  tags = {
    Name        = "payments-ledger-workflow-end-rule-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# cutover "ledger"
resource "aws_cloudwatch_event_target" "ledger_workflow_end_rule_topic" {
  rule           = aws_cloudwatch_event_rule.ledger_workflow_end_rule.name
  event_bus_name = aws_cloudwatch_event_rule.ledger_workflow_end_rule.event_bus_name
  arn            = aws_sns_topic.notifications_topic.arn
  target_id      = "topic"

  input_transformer {
    input_template = "\"payments-migration-orchestration-dev ended as <status>, execution <execution>. If no message of the workflow came before, nobody has undone anything: read the writer switch, list the executions, then follow RUNBOOK.md, When an execution ends without a message. Do not redrive it after another execution has started.\""

    input_paths = {
      status    = "$.detail.status"
      execution = "$.detail.name"
    }
  }
}

# database "ledger"
resource "aws_cloudwatch_event_rule" "ledger_database_events_rule" {
  name        = "payments-ledger-database-events-dev"
  description = "A database fails, fails over, or is changed"
  state       = "ENABLED"

  event_pattern = jsonencode({
    source        = ["aws.rds"]
    "detail-type" = ["RDS DB Cluster Event", "RDS DB Instance Event"]

    resources = [
      aws_rds_cluster.ledger_cluster.arn,
      aws_rds_cluster_instance.ledger_instance_1.arn,
    ]

    detail = {
      EventCategories = [
        "availability",
        "configuration change",
        "deletion",
        "failover",
        "failure",
        "maintenance",
      ]
    }
  })

  tags = {
    Name        = "payments-ledger-database-events-rule-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "ledger"
resource "aws_cloudwatch_event_target" "ledger_database_events_rule_topic" {
  rule           = aws_cloudwatch_event_rule.ledger_database_events_rule.name
  event_bus_name = aws_cloudwatch_event_rule.ledger_database_events_rule.event_bus_name
  arn            = aws_sns_topic.notifications_topic.arn
  target_id      = "topic"
}

# site "datacenter" > vpn
resource "aws_cloudwatch_metric_alarm" "datacenter_tunnels_alarm" {
  alarm_name          = "payments-datacenter-tunnels-dev"
  alarm_description   = "A VPN tunnel to datacenter is down: all traffic uses the other one"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "AWS/VPN"
  metric_name         = "TunnelState"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  dimensions = {
    VpnId = aws_vpn_connection.datacenter_vpn.id
  }

  tags = {
    Name        = "payments-datacenter-tunnels-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# cutover "ledger"
resource "aws_cloudwatch_composite_alarm" "ledger_lag_alarm" {
  alarm_name        = "payments-ledger-lag-dev"
  alarm_description = "The replication of ledger lags"
  alarm_rule        = "ALARM(\"payments-ledger-source-lag-dev\") OR ALARM(\"payments-ledger-target-lag-dev\")"
  actions_enabled   = true
  alarm_actions     = [aws_sns_topic.notifications_topic.arn]
  ok_actions        = [aws_sns_topic.notifications_topic.arn]

  tags = {
    Name        = "payments-ledger-lag-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.ledger_forward_idle_alarm.arn
    extension_period = 600
    wait_period      = 180
  }

  depends_on = [
    aws_cloudwatch_metric_alarm.ledger_source_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_target_lag_alarm,
    aws_sns_topic_policy.notifications_topic_policy,
  ]
}

# cutover "ledger"
resource "aws_cloudwatch_composite_alarm" "ledger_gate_alarm" {
  alarm_name        = "payments-ledger-gate-dev"
  alarm_description = "An alarm that gates the traffic shift of ledger is in ALARM"
  alarm_rule        = "ALARM(\"payments-ledger-source-lag-dev\") OR ALARM(\"payments-ledger-target-lag-dev\") OR ALARM(\"payments-ledger-rows-differ-dev\") OR ALARM(\"payments-ledger-forward-tables-dev\") OR INSUFFICIENT_DATA(\"payments-ledger-forward-tables-dev\") OR ALARM(\"payments-validation-mismatch-dev\") OR ALARM(\"payments-validation-error-dev\") OR ALARM(\"payments-payments-api-errors-dev\") OR ALARM(\"payments-payments-api-latency-dev\") OR ALARM(\"payments-api-authorizer-errors-dev\")"
  actions_enabled   = true
  alarm_actions     = [aws_sns_topic.notifications_topic.arn]
  ok_actions        = [aws_sns_topic.notifications_topic.arn]

  tags = {
    Name        = "payments-ledger-gate-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.ledger_forward_idle_alarm.arn
    extension_period = 600
    wait_period      = 180
  }

  depends_on = [
    aws_cloudwatch_metric_alarm.ledger_source_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_target_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_rows_differ_alarm,
    aws_cloudwatch_metric_alarm.ledger_forward_tables_alarm,
    aws_cloudwatch_metric_alarm.validation_mismatch_alarm,
    aws_cloudwatch_metric_alarm.validation_error_alarm,
    aws_cloudwatch_metric_alarm.payments_api_errors_alarm,
    aws_cloudwatch_metric_alarm.payments_api_latency_alarm,
    aws_cloudwatch_metric_alarm.api_authorizer_errors_alarm,
    aws_sns_topic_policy.notifications_topic_policy,
  ]
}

# cutover "ledger"
resource "aws_cloudwatch_composite_alarm" "ledger_watch_alarm" {
  alarm_name        = "payments-ledger-watch-dev"
  alarm_description = "The target of ledger is unhealthy"
  alarm_rule        = "ALARM(\"payments-payments-api-errors-dev\") OR ALARM(\"payments-payments-api-latency-dev\") OR ALARM(\"payments-api-authorizer-errors-dev\") OR ALARM(\"payments-ledger-cpu-dev\") OR ALARM(\"payments-ledger-connections-dev\")"
  actions_enabled   = true
  alarm_actions     = [aws_sns_topic.notifications_topic.arn]
  ok_actions        = [aws_sns_topic.notifications_topic.arn]

  tags = {
    Name        = "payments-ledger-watch-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [
    aws_cloudwatch_metric_alarm.payments_api_errors_alarm,
    aws_cloudwatch_metric_alarm.payments_api_latency_alarm,
    aws_cloudwatch_metric_alarm.api_authorizer_errors_alarm,
    aws_cloudwatch_metric_alarm.ledger_cpu_alarm,
    aws_cloudwatch_metric_alarm.ledger_connections_alarm,
    aws_sns_topic_policy.notifications_topic_policy,
  ]
}

# cutover "ledger"
resource "aws_cloudwatch_composite_alarm" "ledger_reverse_alarm" {
  alarm_name        = "payments-ledger-reverse-dev"
  alarm_description = "The reverse task of ledger lags: until it recovers, a rollback takes longer or loses writes"
  alarm_rule        = "ALARM(\"payments-ledger-reverse-source-lag-dev\") OR ALARM(\"payments-ledger-reverse-target-lag-dev\") OR ALARM(\"payments-ledger-slot-lag-dev\") OR ALARM(\"payments-ledger-reverse-tables-dev\") OR INSUFFICIENT_DATA(\"payments-ledger-reverse-tables-dev\")"
  actions_enabled   = true
  alarm_actions     = [aws_sns_topic.notifications_topic.arn]
  ok_actions        = [aws_sns_topic.notifications_topic.arn]

  tags = {
    Name        = "payments-ledger-reverse-alarm-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.ledger_reverse_idle_alarm.arn
    extension_period = 600
    wait_period      = 180
  }

  depends_on = [
    aws_cloudwatch_metric_alarm.ledger_reverse_source_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_reverse_target_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_slot_lag_alarm,
    aws_cloudwatch_metric_alarm.ledger_reverse_tables_alarm,
    aws_sns_topic_policy.notifications_topic_policy,
  ]
}

# monitor > dashboard
resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = "payments-dev"

  dashboard_body = jsonencode({
    widgets = [
      {
        type   = "metric"
        x      = 0
        y      = 0
        width  = 12
        height = 6

        properties = {
          title   = "Replication lag of ledger"
          view    = "timeSeries"
          stacked = false
          region  = "us-east-1"
          period  = 60
          stat    = "Maximum"

          metrics = [
            [
              "AWS/DMS",
              "CDCLatencySource",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "fqzc2m-payments-ledger-fwd-dev",
            ],
            [
              "AWS/DMS",
              "CDCLatencyTarget",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "fqzc2m-payments-ledger-fwd-dev",
            ],
            [
              "AWS/DMS",
              "CDCLatencySource",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "n665cf-payments-ledger-rev-dev",
            ],
            [
              "AWS/DMS",
              "CDCLatencyTarget",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "n665cf-payments-ledger-rev-dev",
            ],
          ]
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 0
        width  = 12
        height = 6

        properties = {
          title   = "Rows of ledger that differ"
          view    = "timeSeries"
          stacked = false
          region  = "us-east-1"
          period  = 60
          stat    = "Maximum"

          metrics = [
            [
              "AWS/DMS",
              "ValidationFailedOverallCount",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "fqzc2m-payments-ledger-fwd-dev",
            ],
            [
              "AWS/DMS",
              "ValidationSuspendedOverallCount",
              "ReplicationInstanceIdentifier",
              "payments-ledger-replication-dev",
              "ReplicationTaskIdentifier",
              "fqzc2m-payments-ledger-fwd-dev",
            ],
          ]
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 6
        width  = 12
        height = 6

        properties = {
          title   = "Validation"
          view    = "timeSeries"
          stacked = false
          region  = "us-east-1"
          period  = 60
          stat    = "Sum"

          metrics = [
            ["Migspec/payments/dev", "ValidationMatches"],
            ["Migspec/payments/dev", "ValidationMismatches"],
            ["Migspec/payments/dev", "ValidationErrors"],
          ]
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 6
        width  = 12
        height = 6

        properties = {
          title   = "Processors of ledger"
          view    = "timeSeries"
          stacked = false
          region  = "us-east-1"
          period  = 60
          stat    = "Average"

          metrics = [
            [
              "AWS/RDS",
              "CPUUtilization",
              "DBClusterIdentifier",
              "payments-ledger-aurora-cluster-dev",
              "Role",
              "WRITER",
            ],
          ]
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 12
        width  = 12
        height = 6

        properties = {
          title   = "Connections to ledger"
          view    = "timeSeries"
          stacked = false
          region  = "us-east-1"
          period  = 60
          stat    = "Maximum"

          metrics = [
            [
              "AWS/RDS",
              "DatabaseConnections",
              "DBClusterIdentifier",
              "payments-ledger-aurora-cluster-dev",
              "Role",
              "WRITER",
            ],
          ]
        }
      },
    ]
  })
}
