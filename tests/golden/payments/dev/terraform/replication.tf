# replication "ledger"
resource "aws_dms_replication_subnet_group" "ledger_replication_subnets" {
  replication_subnet_group_id          = "payments-ledger-replication-subnets-dev"
  replication_subnet_group_description = "Subnets of the replication ledger"

  subnet_ids = [
    aws_subnet.migration_replication_a_subnet.id,
    aws_subnet.migration_replication_b_subnet.id,
    aws_subnet.migration_replication_c_subnet.id,
  ]

  tags = {
    Name        = "payments-ledger-replication-subnets-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [
    aws_iam_role.dms_vpc_role,
    aws_iam_role_policy_attachment.dms_vpc_role_amazon_d_m_s_v_p_c_management_role,
  ]
}

# replication "ledger"
resource "aws_dms_replication_instance" "ledger_replication_instance" {
  replication_instance_id      = "payments-ledger-replication-dev"
  replication_instance_class   = "dms.t3.medium"
  allocated_storage            = 100
  engine_version               = "3.6.1"
  auto_minor_version_upgrade   = false
  allow_major_version_upgrade  = false
  multi_az                     = false
  replication_subnet_group_id  = aws_dms_replication_subnet_group.ledger_replication_subnets.replication_subnet_group_id
  vpc_security_group_ids       = [aws_security_group.ledger_replication_group.id]
  publicly_accessible          = false
  kms_key_arn                  = aws_kms_key.replication_key.arn
  preferred_maintenance_window = "tue:05:00-tue:06:00"

  tags = {
    Name        = "payments-ledger-replication-instance-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }

  depends_on = [
    aws_cloudwatch_log_group.ledger_replication_log_group,
    aws_cloudwatch_log_data_protection_policy.ledger_replication_log_group,
    aws_iam_role.dms_cloudwatch_logs_role,
    aws_iam_role_policy_attachment.dms_cloudwatch_logs_role_amazon_d_m_s_cloud_watch_logs_role,
  ]
}

# source "ledger-onprem"
resource "aws_dms_certificate" "ledger_onprem_certificate" {
  certificate_id  = "payments-ledger-onprem-ca-dev"
  certificate_pem = "-----BEGIN CERTIFICATE-----\nMIIDTTCCAjWgAwIBAgIUSpxHAJd5atN5cFivWhZlKMICMIkwDQYJKoZIhvcNAQEL\nBQAwNjEVMBMGA1UECgwMRXhhbXBsZSBDb3JwMR0wGwYDVQQDDBRFeGFtcGxlIENv\ncnAgUm9vdCBDQTAeFw0yNjExMjIxODM1MzVaFw0zNjExMTkxODM1MzVaMDYxFTAT\nBgNVBAoMDEV4YW1wbGUgQ29ycDEdMBsGA1UEAwwURXhhbXBsZSBDb3JwIFJvb3Qg\nQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDYyaUGgPYZ60nCopzd\nyVrv5LTF/5OeMcEtiBdlfvpNUzb1nKWDW5FltM6kUAjtToX3hubAV4V65y8X64pu\ndjx8dNMP2GwSb81toXNBSSpCt5w5U9RUtDvCwfSf0sqaawqjrVLEL1d5BXrqyXyR\nXeUAKj2qX7P7+7SqFQhGjyemHqEWOjMTGqyF6knkP5h4iMgHS/LFTVxDWdnU3Ya5\n2W3hCN8eHYjllvt/dNmeLULKHMk6/4hpJA8yxJNQsBq+TcT9zOC3e3e3l6m7eXll\nKgTaMyAhf7oIq2t5bAQ7Z7mxslm9BMxRjk9pOzIX9kmorxiB8xFhdAS3OM+6aYwS\nBDITAgMBAAGjUzBRMB0GA1UdDgQWBBS7tDcEet817PDdL1ZSYDFb5sS0ejAfBgNV\nHSMEGDAWgBS7tDcEet817PDdL1ZSYDFb5sS0ejAPBgNVHRMBAf8EBTADAQH/MA0G\nCSqGSIb3DQEBCwUAA4IBAQC8RZc5SIkHg+7OHHxr9RAW4gublLVWQP8wuKX/XPB+\nYrAOVMMqyc48bLnxTgFNMXNWPcMam0KzrvBZBSt084VW/evbtdHxFe2um2u9mNX0\nMxmab4x8VRXWMi2jS5Df3j0Rs5eUbWPOiuyo739e5xFIRriGSlHxuOvY60aPp2uc\n8YQ8Or4MIP9Exyr7mI3jYKQR4tnzUXMnp0sLyVuUI3Y2YY9eQgnWXMHDwdOf13Su\nBEXyd5b0KoDccavPOluGJYkjww2nQB53MOS9+YvMClF5xNjBhjBphB549j8nZYQh\nM5znRxcNK/3b8CpSFpMJVYjXIEv/iAOOEJ1mqRYldeve\n-----END CERTIFICATE-----\n"
}

# replication "ledger"
resource "aws_dms_endpoint" "ledger_source_endpoint" {
  endpoint_id                     = "payments-ledger-source-dev"
  endpoint_type                   = "source"
  engine_name                     = "postgres"
  database_name                   = "ledger"
  ssl_mode                        = "verify-full"
  certificate_arn                 = aws_dms_certificate.ledger_onprem_certificate.certificate_arn
  kms_key_arn                     = aws_kms_key.replication_key.arn
  secrets_manager_arn             = data.aws_secretsmanager_secret.payments_ledger_onprem_replication.arn
  secrets_manager_access_role_arn = aws_iam_role.ledger_source_role.arn
  pause_replication_tasks         = false

  tags = {
    Name        = "payments-ledger-source-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  postgres_settings {
    capture_ddls                 = false
    database_mode                = "default"
    ddl_artifacts_schema         = "awsdms_control"
    execute_timeout              = 60
    fail_tasks_on_lob_truncation = true
    heartbeat_enable             = true
    heartbeat_frequency          = 1
    heartbeat_schema             = "awsdms_control"
    map_boolean_as_boolean       = true
    max_file_size                = 32768
    plugin_name                  = "test-decoding"
  }

  timeouts {
    create = "30m"
    delete = "30m"
  }

  depends_on = [aws_iam_role_policy.ledger_source_role_policy]
}

# migration "payments"
resource "aws_dms_certificate" "aurora_certificate" {
  certificate_id  = "payments-aurora-ca-dev"
  certificate_pem = "-----BEGIN CERTIFICATE-----\nMIID/zCCAuegAwIBAgIRAPVSMfFitmM5PhmbaOFoGfUwDQYJKoZIhvcNAQELBQAw\ngZcxCzAJBgNVBAYTAlVTMSIwIAYDVQQKDBlBbWF6b24gV2ViIFNlcnZpY2VzLCBJ\nbmMuMRMwEQYDVQQLDApBbWF6b24gUkRTMQswCQYDVQQIDAJXQTEwMC4GA1UEAwwn\nQW1hem9uIFJEUyB1cy1lYXN0LTEgUm9vdCBDQSBSU0EyMDQ4IEcxMRAwDgYDVQQH\nDAdTZWF0dGxlMCAXDTIxMDUyNTIyMzQ1N1oYDzIwNjEwNTI1MjMzNDU3WjCBlzEL\nMAkGA1UEBhMCVVMxIjAgBgNVBAoMGUFtYXpvbiBXZWIgU2VydmljZXMsIEluYy4x\nEzARBgNVBAsMCkFtYXpvbiBSRFMxCzAJBgNVBAgMAldBMTAwLgYDVQQDDCdBbWF6\nb24gUkRTIHVzLWVhc3QtMSBSb290IENBIFJTQTIwNDggRzExEDAOBgNVBAcMB1Nl\nYXR0bGUwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDu9H7TBeGoDzMr\ndxN6H8COntJX4IR6dbyhnj5qMD4xl/IWvp50lt0VpmMd+z2PNZzx8RazeGC5IniV\n5nrLg0AKWRQ2A/lGGXbUrGXCSe09brMQCxWBSIYe1WZZ1iU1IJ/6Bp4D2YEHpXrW\nbPkOq5x3YPcsoitgm1Xh8ygz6vb7PsvJvPbvRMnkDg5IqEThapPjmKb8ZJWyEFEE\nQRrkCIRueB1EqQtJw0fvP4PKDlCJAKBEs/y049FoOqYpT3pRy0WKqPhWve+hScMd\n6obq8kxTFy1IHACjHc51nrGII5Bt76/MpTWhnJIJrCnq1/Uc3Qs8IVeb+sLaFC8K\nDI69Sw6bAgMBAAGjQjBAMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFE7PCopt\nlyOgtXX0Y1lObBUxuKaCMA4GA1UdDwEB/wQEAwIBhjANBgkqhkiG9w0BAQsFAAOC\nAQEAFj+bX8gLmMNefr5jRJfHjrL3iuZCjf7YEZgn89pS4z8408mjj9z6Q5D1H7yS\njNETVV8QaJip1qyhh5gRzRaArgGAYvi2/r0zPsy+Tgf7v1KGL5Lh8NT8iCEGGXwF\ng3Ir+Nl3e+9XUp0eyyzBIjHtjLBm6yy8rGk9p6OtFDQnKF5OxwbAgip42CD75r/q\np421maEDDvvRFR4D+99JZxgAYDBGqRRceUoe16qDzbMvlz0A9paCZFclxeftAxv6\nQlR5rItMz/XdzpBJUpYhdzM0gCzAzdQuVO5tjJxmXhkSMcDP+8Q+Uv6FA9k2VpUV\nE/O5jgpqUJJ2Hc/5rs9VkAPXeA==\n-----END CERTIFICATE-----\n"
}

# replication "ledger"
resource "aws_dms_endpoint" "ledger_target_endpoint" {
  endpoint_id                     = "payments-ledger-target-dev"
  endpoint_type                   = "target"
  engine_name                     = "aurora-postgresql"
  database_name                   = "ledger"
  ssl_mode                        = "verify-full"
  certificate_arn                 = aws_dms_certificate.aurora_certificate.certificate_arn
  kms_key_arn                     = aws_kms_key.replication_key.arn
  secrets_manager_arn             = aws_secretsmanager_secret.ledger_replication_secret.arn
  secrets_manager_access_role_arn = aws_iam_role.ledger_target_role.arn
  pause_replication_tasks         = false

  tags = {
    Name        = "payments-ledger-target-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  postgres_settings {
    after_connect_script   = "SET session_replication_role='replica'"
    capture_ddls           = false
    database_mode          = "default"
    ddl_artifacts_schema   = "awsdms_control"
    execute_timeout        = 60
    heartbeat_enable       = false
    heartbeat_frequency    = 5
    heartbeat_schema       = "awsdms_control"
    map_boolean_as_boolean = true
    max_file_size          = 32768
  }

  timeouts {
    create = "30m"
    delete = "30m"
  }

  depends_on = [
    aws_iam_role_policy.ledger_target_role_policy,
    aws_secretsmanager_secret_version.ledger_replication_secret,
  ]
}

# replication "ledger"
resource "aws_dms_replication_task" "ledger_task" {
  replication_task_id      = "payments-ledger-forward-dev"
  resource_identifier      = "fqzc2m-payments-ledger-fwd-dev"
  migration_type           = "full-load-and-cdc"
  replication_instance_arn = aws_dms_replication_instance.ledger_replication_instance.replication_instance_arn
  source_endpoint_arn      = aws_dms_endpoint.ledger_source_endpoint.endpoint_arn
  target_endpoint_arn      = aws_dms_endpoint.ledger_target_endpoint.endpoint_arn

  table_mappings = jsonencode({
    rules = [
      {
        "rule-type" = "selection"
        "rule-id"   = "1"
        "rule-name" = "include-1"

        "object-locator" = {
          "schema-name" = "payments"
          "table-name"  = "%"
        }

        "rule-action" = "include"
      },
      {
        "rule-type" = "selection"
        "rule-id"   = "2"
        "rule-name" = "exclude-2"

        "object-locator" = {
          "schema-name" = "payments"
          "table-name"  = "tmp[_]%"
        }

        "rule-action" = "exclude"
      },
      {
        "rule-type" = "selection"
        "rule-id"   = "3"
        "rule-name" = "include-3"

        "object-locator" = {
          "schema-name" = "migspec"
          "table-name"  = "migspec[_]fence"
        }

        "rule-action" = "include"
      },
    ]
  })

  replication_task_settings = jsonencode({
    TargetMetadata = {
      TargetSchema             = ""
      SupportLobs              = true
      FullLobMode              = false
      LimitedSizeLobMode       = true
      LobMaxSize               = 64
      InlineLobMaxSize         = 0
      LobChunkSize             = 64
      BatchApplyEnabled        = false
      TaskRecoveryTableEnabled = true
      ParallelLoadThreads      = 0
    }

    FullLoadSettings = {
      TargetTablePrepMode             = "DO_NOTHING"
      CreatePkAfterFullLoad           = false
      StopTaskCachedChangesApplied    = false
      StopTaskCachedChangesNotApplied = false
      MaxFullLoadSubTasks             = 8
      TransactionConsistencyTimeout   = 600
      CommitRate                      = 10000
    }

    Logging = {
      EnableLogging    = true
      EnableLogContext = false

      LogComponents = [
        {
          Id       = "SOURCE_CAPTURE"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "SOURCE_UNLOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_APPLY"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_LOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TASK_MANAGER"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
      ]
    }

    ControlTablesSettings = {
      ControlSchema               = "awsdms_control"
      HistoryTimeslotInMinutes    = 5
      HistoryTableEnabled         = true
      SuspendedTablesTableEnabled = true
      StatusTableEnabled          = true
    }

    StreamBufferSettings = {
      StreamBufferCount        = 3
      StreamBufferSizeInMB     = 8
      CtrlStreamBufferSizeInMB = 5
    }

    ChangeProcessingTuning = {
      BatchApplyPreserveTransaction = true
      BatchApplyTimeoutMin          = 1
      BatchApplyTimeoutMax          = 30
      BatchApplyMemoryLimit         = 500
      BatchSplitSize                = 0
      MinTransactionSize            = 1000
      CommitTimeout                 = 1
      MemoryLimitTotal              = 1024
      MemoryKeepTime                = 60
      StatementCacheSize            = 50
    }

    ChangeProcessingDdlHandlingPolicy = {
      HandleSourceTableDropped   = false
      HandleSourceTableTruncated = false
      HandleSourceTableAltered   = false
    }

    ErrorBehavior = {
      DataErrorPolicy                             = "SUSPEND_TABLE"
      DataTruncationErrorPolicy                   = "STOP_TASK"
      DataErrorEscalationPolicy                   = "SUSPEND_TABLE"
      DataErrorEscalationCount                    = 0
      EventErrorPolicy                            = "IGNORE"
      TableErrorPolicy                            = "SUSPEND_TABLE"
      TableErrorEscalationPolicy                  = "STOP_TASK"
      TableErrorEscalationCount                   = 0
      RecoverableErrorCount                       = -1
      RecoverableErrorInterval                    = 5
      RecoverableErrorThrottling                  = true
      RecoverableErrorThrottlingMax               = 1800
      RecoverableErrorStopRetryAfterThrottlingMax = true
      ApplyErrorDeletePolicy                      = "SUSPEND_TABLE"
      ApplyErrorInsertPolicy                      = "SUSPEND_TABLE"
      ApplyErrorUpdatePolicy                      = "SUSPEND_TABLE"
      ApplyErrorEscalationPolicy                  = "STOP_TASK"
      ApplyErrorEscalationCount                   = 0
      ApplyErrorFailOnTruncationDdl               = false
      FullLoadIgnoreConflicts                     = true
      FailOnTransactionConsistencyBreached        = true
      FailOnNoTablesCaptured                      = true
    }

    ValidationSettings = {
      EnableValidation                 = true
      ValidationMode                   = "ROW_LEVEL"
      ThreadCount                      = 5
      PartitionSize                    = 10000
      FailureMaxCount                  = 10000
      TableFailureMaxCount             = 1000
      RecordFailureDelayInMinutes      = 5
      RecordFailureDelayLimitInMinutes = 0
      RecordSuspendDelayInMinutes      = 30
      MaxKeyColumnSize                 = 8096
      HandleCollationDiff              = true
      SkipLobColumns                   = false
      ValidationPartialLobSize         = 64
      ValidationQueryCdcDelaySeconds   = 0
      ValidationOnly                   = false
    }
  })

  tags = {
    Name        = "payments-ledger-task-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse
resource "aws_dms_endpoint" "ledger_reverse_source_endpoint" {
  endpoint_id                     = "payments-ledger-reverse-source-dev"
  endpoint_type                   = "source"
  engine_name                     = "aurora-postgresql"
  database_name                   = "ledger"
  ssl_mode                        = "verify-full"
  certificate_arn                 = aws_dms_certificate.aurora_certificate.certificate_arn
  kms_key_arn                     = aws_kms_key.replication_key.arn
  secrets_manager_arn             = aws_secretsmanager_secret.ledger_reverse_capture_secret.arn
  secrets_manager_access_role_arn = aws_iam_role.ledger_reverse_source_role.arn
  pause_replication_tasks         = false

  tags = {
    Name        = "payments-ledger-reverse-source-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  postgres_settings {
    capture_ddls                 = false
    database_mode                = "default"
    ddl_artifacts_schema         = "awsdms_control"
    execute_timeout              = 60
    fail_tasks_on_lob_truncation = true
    heartbeat_enable             = true
    heartbeat_frequency          = 1
    heartbeat_schema             = "awsdms_control"
    map_boolean_as_boolean       = true
    max_file_size                = 32768
    plugin_name                  = "test-decoding"
    slot_name                    = "migspec_rev_ledger"
  }

  timeouts {
    create = "30m"
    delete = "30m"
  }

  depends_on = [
    aws_iam_role_policy.ledger_reverse_source_role_policy,
    aws_secretsmanager_secret_version.ledger_reverse_capture_secret,
  ]
}

# replication "ledger" > reverse
resource "aws_dms_endpoint" "ledger_reverse_target_endpoint" {
  endpoint_id                     = "payments-ledger-reverse-target-dev"
  endpoint_type                   = "target"
  engine_name                     = "postgres"
  database_name                   = "ledger"
  ssl_mode                        = "verify-full"
  certificate_arn                 = aws_dms_certificate.ledger_onprem_certificate.certificate_arn
  kms_key_arn                     = aws_kms_key.replication_key.arn
  secrets_manager_arn             = data.aws_secretsmanager_secret.payments_ledger_onprem_reverse_apply.arn
  secrets_manager_access_role_arn = aws_iam_role.ledger_reverse_target_role.arn
  pause_replication_tasks         = false

  tags = {
    Name        = "payments-ledger-reverse-target-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  postgres_settings {
    after_connect_script   = "SET session_replication_role='replica'"
    capture_ddls           = false
    database_mode          = "default"
    ddl_artifacts_schema   = "awsdms_control"
    execute_timeout        = 60
    heartbeat_enable       = false
    heartbeat_frequency    = 5
    heartbeat_schema       = "awsdms_control"
    map_boolean_as_boolean = true
    max_file_size          = 32768
  }

  timeouts {
    create = "30m"
    delete = "30m"
  }

  depends_on = [aws_iam_role_policy.ledger_reverse_target_role_policy]
}

# replication "ledger" > reverse
resource "aws_dms_replication_task" "ledger_reverse_task" {
  replication_task_id      = "payments-ledger-reverse-dev"
  resource_identifier      = "n665cf-payments-ledger-rev-dev"
  migration_type           = "cdc"
  replication_instance_arn = aws_dms_replication_instance.ledger_replication_instance.replication_instance_arn
  source_endpoint_arn      = aws_dms_endpoint.ledger_reverse_source_endpoint.endpoint_arn
  target_endpoint_arn      = aws_dms_endpoint.ledger_reverse_target_endpoint.endpoint_arn

  table_mappings = jsonencode({
    rules = [
      {
        "rule-type" = "selection"
        "rule-id"   = "1"
        "rule-name" = "include-1"

        "object-locator" = {
          "schema-name" = "payments"
          "table-name"  = "%"
        }

        "rule-action" = "include"
      },
      {
        "rule-type" = "selection"
        "rule-id"   = "2"
        "rule-name" = "exclude-2"

        "object-locator" = {
          "schema-name" = "payments"
          "table-name"  = "tmp[_]%"
        }

        "rule-action" = "exclude"
      },
      {
        "rule-type" = "selection"
        "rule-id"   = "3"
        "rule-name" = "include-3"

        "object-locator" = {
          "schema-name" = "migspec"
          "table-name"  = "migspec[_]fence"
        }

        "rule-action" = "include"
      },
    ]
  })

  replication_task_settings = jsonencode({
    TargetMetadata = {
      TargetSchema             = ""
      SupportLobs              = true
      FullLobMode              = false
      LimitedSizeLobMode       = true
      LobMaxSize               = 64
      InlineLobMaxSize         = 0
      LobChunkSize             = 64
      BatchApplyEnabled        = false
      TaskRecoveryTableEnabled = true
      ParallelLoadThreads      = 0
    }

    FullLoadSettings = {
      TargetTablePrepMode             = "DO_NOTHING"
      CreatePkAfterFullLoad           = false
      StopTaskCachedChangesApplied    = false
      StopTaskCachedChangesNotApplied = false
      MaxFullLoadSubTasks             = 8
      TransactionConsistencyTimeout   = 600
      CommitRate                      = 10000
    }

    Logging = {
      EnableLogging    = true
      EnableLogContext = false

      LogComponents = [
        {
          Id       = "SOURCE_CAPTURE"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "SOURCE_UNLOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_APPLY"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_LOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TASK_MANAGER"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
      ]
    }

    ControlTablesSettings = {
      ControlSchema               = "awsdms_control"
      HistoryTimeslotInMinutes    = 5
      HistoryTableEnabled         = true
      SuspendedTablesTableEnabled = true
      StatusTableEnabled          = true
    }

    StreamBufferSettings = {
      StreamBufferCount        = 3
      StreamBufferSizeInMB     = 8
      CtrlStreamBufferSizeInMB = 5
    }

    ChangeProcessingTuning = {
      BatchApplyPreserveTransaction = true
      BatchApplyTimeoutMin          = 1
      BatchApplyTimeoutMax          = 30
      BatchApplyMemoryLimit         = 500
      BatchSplitSize                = 0
      MinTransactionSize            = 1000
      CommitTimeout                 = 1
      MemoryLimitTotal              = 1024
      MemoryKeepTime                = 60
      StatementCacheSize            = 50
    }

    ChangeProcessingDdlHandlingPolicy = {
      HandleSourceTableDropped   = false
      HandleSourceTableTruncated = false
      HandleSourceTableAltered   = false
    }

    ErrorBehavior = {
      DataErrorPolicy                             = "SUSPEND_TABLE"
      DataTruncationErrorPolicy                   = "STOP_TASK"
      DataErrorEscalationPolicy                   = "SUSPEND_TABLE"
      DataErrorEscalationCount                    = 0
      EventErrorPolicy                            = "IGNORE"
      TableErrorPolicy                            = "SUSPEND_TABLE"
      TableErrorEscalationPolicy                  = "STOP_TASK"
      TableErrorEscalationCount                   = 0
      RecoverableErrorCount                       = -1
      RecoverableErrorInterval                    = 5
      RecoverableErrorThrottling                  = true
      RecoverableErrorThrottlingMax               = 1800
      RecoverableErrorStopRetryAfterThrottlingMax = true
      ApplyErrorDeletePolicy                      = "SUSPEND_TABLE"
      ApplyErrorInsertPolicy                      = "SUSPEND_TABLE"
      ApplyErrorUpdatePolicy                      = "SUSPEND_TABLE"
      ApplyErrorEscalationPolicy                  = "STOP_TASK"
      ApplyErrorEscalationCount                   = 0
      ApplyErrorFailOnTruncationDdl               = false
      FullLoadIgnoreConflicts                     = true
      FailOnTransactionConsistencyBreached        = true
      FailOnNoTablesCaptured                      = true
    }

    ValidationSettings = {
      EnableValidation                 = true
      ValidationMode                   = "ROW_LEVEL"
      ThreadCount                      = 5
      PartitionSize                    = 10000
      FailureMaxCount                  = 10000
      TableFailureMaxCount             = 1000
      RecordFailureDelayInMinutes      = 5
      RecordFailureDelayLimitInMinutes = 0
      RecordSuspendDelayInMinutes      = 30
      MaxKeyColumnSize                 = 8096
      HandleCollationDiff              = true
      SkipLobColumns                   = false
      ValidationPartialLobSize         = 64
      ValidationQueryCdcDelaySeconds   = 0
      ValidationOnly                   = false
    }
  })

  tags = {
    Name        = "payments-ledger-reverse-task-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > reverse
resource "aws_dms_replication_task" "ledger_rehearsal_task" {
  replication_task_id      = "payments-ledger-rehearsal-dev"
  resource_identifier      = "pb6mzg-payments-ledger-reh-dev"
  migration_type           = "cdc"
  replication_instance_arn = aws_dms_replication_instance.ledger_replication_instance.replication_instance_arn
  source_endpoint_arn      = aws_dms_endpoint.ledger_reverse_source_endpoint.endpoint_arn
  target_endpoint_arn      = aws_dms_endpoint.ledger_reverse_target_endpoint.endpoint_arn

  table_mappings = jsonencode({
    rules = [
      {
        "rule-type" = "selection"
        "rule-id"   = "1"
        "rule-name" = "include-1"

        "object-locator" = {
          "schema-name" = "migspec"
          "table-name"  = "migspec[_]rehearsal"
        }

        "rule-action" = "include"
      },
    ]
  })

  replication_task_settings = jsonencode({
    TargetMetadata = {
      TargetSchema             = ""
      SupportLobs              = true
      FullLobMode              = false
      LimitedSizeLobMode       = true
      LobMaxSize               = 64
      InlineLobMaxSize         = 0
      LobChunkSize             = 64
      BatchApplyEnabled        = false
      TaskRecoveryTableEnabled = true
      ParallelLoadThreads      = 0
    }

    FullLoadSettings = {
      TargetTablePrepMode             = "DO_NOTHING"
      CreatePkAfterFullLoad           = false
      StopTaskCachedChangesApplied    = false
      StopTaskCachedChangesNotApplied = false
      MaxFullLoadSubTasks             = 8
      TransactionConsistencyTimeout   = 600
      CommitRate                      = 10000
    }

    Logging = {
      EnableLogging    = true
      EnableLogContext = false

      LogComponents = [
        {
          Id       = "SOURCE_CAPTURE"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "SOURCE_UNLOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_APPLY"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TARGET_LOAD"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
        {
          Id       = "TASK_MANAGER"
          Severity = "LOGGER_SEVERITY_DEFAULT"
        },
      ]
    }

    ControlTablesSettings = {
      ControlSchema               = "awsdms_control"
      HistoryTimeslotInMinutes    = 5
      HistoryTableEnabled         = true
      SuspendedTablesTableEnabled = true
      StatusTableEnabled          = true
    }

    StreamBufferSettings = {
      StreamBufferCount        = 3
      StreamBufferSizeInMB     = 8
      CtrlStreamBufferSizeInMB = 5
    }

    ChangeProcessingTuning = {
      BatchApplyPreserveTransaction = true
      BatchApplyTimeoutMin          = 1
      BatchApplyTimeoutMax          = 30
      BatchApplyMemoryLimit         = 500
      BatchSplitSize                = 0
      MinTransactionSize            = 1000
      CommitTimeout                 = 1
      MemoryLimitTotal              = 1024
      MemoryKeepTime                = 60
      StatementCacheSize            = 50
    }

    ChangeProcessingDdlHandlingPolicy = {
      HandleSourceTableDropped   = false
      HandleSourceTableTruncated = false
      HandleSourceTableAltered   = false
    }

    ErrorBehavior = {
      DataErrorPolicy                             = "SUSPEND_TABLE"
      DataTruncationErrorPolicy                   = "STOP_TASK"
      DataErrorEscalationPolicy                   = "SUSPEND_TABLE"
      DataErrorEscalationCount                    = 0
      EventErrorPolicy                            = "IGNORE"
      TableErrorPolicy                            = "SUSPEND_TABLE"
      TableErrorEscalationPolicy                  = "STOP_TASK"
      TableErrorEscalationCount                   = 0
      RecoverableErrorCount                       = -1
      RecoverableErrorInterval                    = 5
      RecoverableErrorThrottling                  = true
      RecoverableErrorThrottlingMax               = 1800
      RecoverableErrorStopRetryAfterThrottlingMax = true
      ApplyErrorDeletePolicy                      = "SUSPEND_TABLE"
      ApplyErrorInsertPolicy                      = "SUSPEND_TABLE"
      ApplyErrorUpdatePolicy                      = "SUSPEND_TABLE"
      ApplyErrorEscalationPolicy                  = "STOP_TASK"
      ApplyErrorEscalationCount                   = 0
      ApplyErrorFailOnTruncationDdl               = false
      FullLoadIgnoreConflicts                     = true
      FailOnTransactionConsistencyBreached        = true
      FailOnNoTablesCaptured                      = true
    }

    ValidationSettings = {
      EnableValidation                 = true
      ValidationMode                   = "ROW_LEVEL"
      ThreadCount                      = 5
      PartitionSize                    = 10000
      FailureMaxCount                  = 10000
      TableFailureMaxCount             = 1000
      RecordFailureDelayInMinutes      = 5
      RecordFailureDelayLimitInMinutes = 0
      RecordSuspendDelayInMinutes      = 30
      MaxKeyColumnSize                 = 8096
      HandleCollationDiff              = true
      SkipLobColumns                   = false
      ValidationPartialLobSize         = 64
      ValidationQueryCdcDelaySeconds   = 0
      ValidationOnly                   = false
    }
  })

  tags = {
    Name        = "payments-ledger-rehearsal-task-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}
