# network "main"
resource "aws_cloudwatch_log_group" "main_flow_log_group" {
  name              = "/migration/inventory/dev/flow-logs/main"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-main-flow-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# transit "hub"
resource "aws_cloudwatch_log_group" "hub_transit_flow_log_group" {
  name              = "/migration/inventory/dev/flow-logs/hub-transit"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-hub-transit-flow-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# site "office" > vpn
resource "aws_cloudwatch_log_group" "office_vpn_log_group" {
  name              = "/aws/vendedlogs/migration/inventory/dev/vpn/office"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-office-vpn-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# database "inventory"
resource "aws_cloudwatch_log_group" "inventory_postgresql_log_group" {
  name              = "/aws/rds/cluster/inventory-inventory-aurora-cluster-dev/postgresql"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-inventory-postgresql-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# database "inventory"
resource "aws_cloudwatch_log_data_protection_policy" "inventory_postgresql_log_group" {
  log_group_name = aws_cloudwatch_log_group.inventory_postgresql_log_group.name

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

# replication "inventory"
resource "aws_cloudwatch_log_group" "inventory_replication_log_group" {
  name              = "dms-tasks-inventory-inventory-replication-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-inventory-replication-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory"
resource "aws_cloudwatch_log_data_protection_policy" "inventory_replication_log_group" {
  log_group_name = aws_cloudwatch_log_group.inventory_replication_log_group.name

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
  name              = "/aws/lambda/inventory-secret-rotation-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-secret-rotation-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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

# function "task-monitor"
resource "aws_cloudwatch_log_group" "task_monitor_log_group" {
  name              = "/aws/lambda/inventory-task-monitor-dev"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.logs_key.arn

  tags = {
    Name        = "inventory-task-monitor-log-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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

# replication "inventory"
resource "aws_cloudwatch_event_rule" "inventory_tasks_rule" {
  name                = "inventory-inventory-tasks-dev"
  description         = "The tables of the tasks of inventory, every minute"
  schedule_expression = "rate(1 minute)"
  state               = "ENABLED"

  tags = {
    Name        = "inventory-inventory-tasks-rule-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_dms_replication_task.inventory_task]
}

# replication "inventory"
resource "aws_cloudwatch_event_target" "inventory_tasks_rule_monitor" {
  rule           = aws_cloudwatch_event_rule.inventory_tasks_rule.name
  event_bus_name = aws_cloudwatch_event_rule.inventory_tasks_rule.event_bus_name
  arn            = aws_lambda_function.task_monitor_function.arn
  target_id      = "monitor"

  input = jsonencode({
    tasks = ["arn:aws:dms:us-east-1:111111111111:task:ydxgph-invent-inventory-fwd-dev"]
  })
}

# monitor
resource "aws_sns_topic" "notifications_topic" {
  name              = "inventory-notifications-dev"
  kms_master_key_id = aws_kms_key.notifications_key.arn

  tags = {
    Name        = "inventory-notifications-topic-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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
        Resource  = "arn:aws:sns:us-east-1:111111111111:inventory-notifications-dev"

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
        Resource = "arn:aws:sns:us-east-1:111111111111:inventory-notifications-dev"

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
        Resource = "arn:aws:sns:us-east-1:111111111111:inventory-notifications-dev"
      },
    ]
  })
}

# monitor > notify
resource "aws_sns_topic_subscription" "notifications_1_subscription" {
  topic_arn = aws_sns_topic.notifications_topic.arn
  protocol  = "email"
  endpoint  = "inventory@example.com"
}

# replication "inventory" > lag
resource "aws_cloudwatch_metric_alarm" "inventory_source_lag_alarm" {
  alarm_name          = "inventory-inventory-source-lag-dev"
  alarm_description   = "Replication inventory lags on the source"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
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
    ReplicationInstanceIdentifier = "inventory-inventory-replication-dev"
    ReplicationTaskIdentifier     = "ydxgph-invent-inventory-fwd-dev"
  }

  tags = {
    Name        = "inventory-inventory-source-lag-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory" > lag
resource "aws_cloudwatch_metric_alarm" "inventory_target_lag_alarm" {
  alarm_name          = "inventory-inventory-target-lag-dev"
  alarm_description   = "Replication inventory lags on the target"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
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
    ReplicationInstanceIdentifier = "inventory-inventory-replication-dev"
    ReplicationTaskIdentifier     = "ydxgph-invent-inventory-fwd-dev"
  }

  tags = {
    Name        = "inventory-inventory-target-lag-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory" > instance
resource "aws_cloudwatch_metric_alarm" "inventory_replication_storage_alarm" {
  alarm_name          = "inventory-inventory-replication-storage-dev"
  alarm_description   = "The replication instance of inventory runs out of storage"
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
  threshold           = 42949672960
  treat_missing_data  = "breaching"

  dimensions = {
    ReplicationInstanceIdentifier = "inventory-inventory-replication-dev"
  }

  tags = {
    Name        = "inventory-inventory-replication-storage-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory" > instance
resource "aws_cloudwatch_metric_alarm" "inventory_replication_memory_alarm" {
  alarm_name          = "inventory-inventory-replication-memory-dev"
  alarm_description   = "The replication instance of inventory runs out of memory"
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
    ReplicationInstanceIdentifier = "inventory-inventory-replication-dev"
  }

  tags = {
    Name        = "inventory-inventory-replication-memory-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory"
resource "aws_cloudwatch_metric_alarm" "inventory_rows_differ_alarm" {
  alarm_name          = "inventory-inventory-rows-differ-dev"
  alarm_description   = "DMS found rows of inventory that differ"
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
    ReplicationInstanceIdentifier = "inventory-inventory-replication-dev"
    ReplicationTaskIdentifier     = "ydxgph-invent-inventory-fwd-dev"
  }

  tags = {
    Name        = "inventory-inventory-rows-differ-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "inventory"
resource "aws_cloudwatch_metric_alarm" "inventory_cpu_alarm" {
  alarm_name          = "inventory-inventory-cpu-dev"
  alarm_description   = "The database inventory is busy"
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
    DBClusterIdentifier = "inventory-inventory-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "inventory-inventory-cpu-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "inventory"
resource "aws_cloudwatch_metric_alarm" "inventory_connections_alarm" {
  alarm_name          = "inventory-inventory-connections-dev"
  alarm_description   = "The database inventory has many connections"
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
    DBClusterIdentifier = "inventory-inventory-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "inventory-inventory-connections-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "inventory"
resource "aws_cloudwatch_metric_alarm" "inventory_local_storage_alarm" {
  alarm_name          = "inventory-inventory-local-storage-dev"
  alarm_description   = "The database inventory runs out of local storage"
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
    DBClusterIdentifier = "inventory-inventory-aurora-cluster-dev"
    Role                = "WRITER"
  }

  tags = {
    Name        = "inventory-inventory-local-storage-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory"
resource "aws_cloudwatch_metric_alarm" "inventory_forward_tables_alarm" {
  alarm_name          = "inventory-inventory-forward-tables-dev"
  alarm_description   = "The forward task of inventory does not replicate one of its tables"
  actions_enabled     = true
  alarm_actions       = [aws_sns_topic.notifications_topic.arn]
  ok_actions          = [aws_sns_topic.notifications_topic.arn]
  namespace           = "Migspec/inventory/dev"
  metric_name         = "TablesInError"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"

  dimensions = {
    Task = "ydxgph-invent-inventory-fwd-dev"
  }

  tags = {
    Name        = "inventory-inventory-forward-tables-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "secret-rotation"
resource "aws_cloudwatch_metric_alarm" "secret_rotation_errors_alarm" {
  alarm_name          = "inventory-secret-rotation-errors-dev"
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
    FunctionName = "inventory-secret-rotation-dev"
  }

  tags = {
    Name        = "inventory-secret-rotation-errors-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "secret-rotation"
resource "aws_cloudwatch_metric_alarm" "secret_rotation_throttles_alarm" {
  alarm_name          = "inventory-secret-rotation-throttles-dev"
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
    FunctionName = "inventory-secret-rotation-dev"
  }

  tags = {
    Name        = "inventory-secret-rotation-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "task-monitor"
resource "aws_cloudwatch_metric_alarm" "task_monitor_errors_alarm" {
  alarm_name          = "inventory-task-monitor-errors-dev"
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
    FunctionName = "inventory-task-monitor-dev"
  }

  tags = {
    Name        = "inventory-task-monitor-errors-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# function "task-monitor"
resource "aws_cloudwatch_metric_alarm" "task_monitor_throttles_alarm" {
  alarm_name          = "inventory-task-monitor-throttles-dev"
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
    FunctionName = "inventory-task-monitor-dev"
  }

  tags = {
    Name        = "inventory-task-monitor-throttles-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# functions
resource "aws_cloudwatch_metric_alarm" "functions_dead_letters_alarm" {
  alarm_name          = "inventory-functions-dead-letters-dev"
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
    QueueName = "inventory-functions-dead-letters-dev"
  }

  tags = {
    Name        = "inventory-functions-dead-letters-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory"
resource "aws_cloudwatch_event_rule" "inventory_replication_events_rule" {
  name        = "inventory-inventory-replication-events-dev"
  description = "A replication fails, stops, or is changed"
  state       = "ENABLED"

  event_pattern = jsonencode({
    source = ["aws.dms"]

    "detail-type" = [
      "DMS Replication Instance State Change",
      "DMS Replication Task State Change",
    ]

    resources = [
      aws_dms_replication_instance.inventory_replication_instance.replication_instance_arn,
      aws_dms_replication_task.inventory_task.replication_task_arn,
    ]
  })

  tags = {
    Name        = "inventory-inventory-replication-events-rule-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# replication "inventory"
resource "aws_cloudwatch_event_target" "inventory_replication_events_rule_topic" {
  rule           = aws_cloudwatch_event_rule.inventory_replication_events_rule.name
  event_bus_name = aws_cloudwatch_event_rule.inventory_replication_events_rule.event_bus_name
  arn            = aws_sns_topic.notifications_topic.arn
  target_id      = "topic"
}

# database "inventory"
resource "aws_cloudwatch_event_rule" "inventory_database_events_rule" {
  name        = "inventory-inventory-database-events-dev"
  description = "A database fails, fails over, or is changed"
  state       = "ENABLED"

  event_pattern = jsonencode({
    source        = ["aws.rds"]
    "detail-type" = ["RDS DB Cluster Event", "RDS DB Instance Event"]

    resources = [
      aws_rds_cluster.inventory_cluster.arn,
      aws_rds_cluster_instance.inventory_instance_1.arn,
      aws_rds_cluster_instance.inventory_instance_2.arn,
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
    Name        = "inventory-inventory-database-events-rule-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}

# database "inventory"
resource "aws_cloudwatch_event_target" "inventory_database_events_rule_topic" {
  rule           = aws_cloudwatch_event_rule.inventory_database_events_rule.name
  event_bus_name = aws_cloudwatch_event_rule.inventory_database_events_rule.event_bus_name
  arn            = aws_sns_topic.notifications_topic.arn
  target_id      = "topic"
}

# site "office" > vpn
resource "aws_cloudwatch_metric_alarm" "office_tunnels_alarm" {
  alarm_name          = "inventory-office-tunnels-dev"
  alarm_description   = "A VPN tunnel to office is down: all traffic uses the other one"
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
    VpnId = aws_vpn_connection.office_vpn.id
  }

  tags = {
    Name        = "inventory-office-tunnels-alarm-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_sns_topic_policy.notifications_topic_policy]
}
