# functions
resource "aws_sqs_queue" "functions_dead_letters" {
  name                              = "acme-prod-clearing-functions-dead-letters"
  message_retention_seconds         = 1209600
  visibility_timeout_seconds        = 30
  kms_master_key_id                 = aws_kms_key.functions_key.arn
  kms_data_key_reuse_period_seconds = 300

  tags = {
    Name        = "acme-prod-clearing-functions-dead-letters"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }
}

# functions
resource "aws_sqs_queue_policy" "functions_dead_letters_policy" {
  queue_url = aws_sqs_queue.functions_dead_letters.url

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:eu-central-1:222222222222:acme-prod-clearing-functions-dead-letters"

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

# functions > signing
resource "aws_lambda_code_signing_config" "functions_code_signing" {
  description = "Publishers of the packages of the migration"

  tags = {
    Name        = "acme-prod-clearing-functions-code-signing"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  allowed_publishers {
    signing_profile_version_arns = [
      "arn:aws:signer:eu-central-1:888888888888:/signing-profiles/release/AbCdEfGh12",
    ]
  }

  policies {
    untrusted_artifact_on_deployment = "Enforce"
  }
}

# function "secret-rotation"
resource "aws_lambda_function" "secret_rotation_function" {
  function_name                  = "acme-prod-clearing-secret-rotation"
  description                    = "Rotates the generated logins, alternating between two users"
  role                           = aws_iam_role.secret_rotation_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/secret-rotation.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 120
  reserved_concurrent_executions = 5
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-secret-rotation-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"

      MIGSPEC_ROTATION = jsonencode({
        cards = ["/migration/clearing/prod/rotation"]
        fees  = ["/migration/clearing/prod/rotation"]
      })

      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.secret_rotation_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.secret_rotation_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.secret_rotation_role_policy]
}

# function "secret-rotation"
resource "aws_lambda_function_event_invoke_config" "secret_rotation_invocation" {
  function_name                = aws_lambda_function.secret_rotation_function.function_name
  qualifier                    = "$LATEST"
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = 2
}

# function "secret-rotation"
resource "aws_lambda_permission" "secret_rotation_permission" {
  function_name  = aws_lambda_function.secret_rotation_function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "secretsmanager.amazonaws.com"
  source_account = "222222222222"
}

# function "data-validator"
resource "aws_lambda_function" "data_validator_function" {
  function_name                  = "acme-prod-clearing-data-validator"
  description                    = "Compares row counts, checksums and invariants of both sides"
  role                           = aws_iam_role.data_validator_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/data-validator.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 1024
  timeout                        = 840
  reserved_concurrent_executions = 16
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-data-validator-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.data_validator_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.data_validator_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.data_validator_role_policy]
}

# function "api-authorizer"
resource "aws_lambda_function" "api_authorizer_function" {
  function_name                  = "acme-prod-clearing-api-authorizer"
  description                    = "Checks the signature of each request"
  role                           = aws_iam_role.api_authorizer_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/api-authorizer.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 5
  reserved_concurrent_executions = 100
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-api-authorizer-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"

      MIGSPEC_KEYS = jsonencode({
        clearing = "clearing/hmac"
      })
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.api_authorizer_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.api_authorizer_role_policy]
}

# function "preflight"
resource "aws_lambda_function" "preflight_function" {
  function_name                  = "acme-prod-clearing-preflight"
  description                    = "Checks that source and target are ready"
  role                           = aws_iam_role.preflight_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/preflight.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 300
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-preflight-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.preflight_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.preflight_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.preflight_role_policy]
}

# function "fence"
resource "aws_lambda_function" "fence_function" {
  function_name                  = "acme-prod-clearing-fence"
  description                    = "Revokes write privileges, waits for the drain, restores them"
  role                           = aws_iam_role.fence_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/fence.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 15
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-fence-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.fence_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.fence_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.fence_role_policy]
}

# function "sequences"
resource "aws_lambda_function" "sequences_function" {
  function_name                  = "acme-prod-clearing-sequences"
  description                    = "Copies the positions of sequences to the target"
  role                           = aws_iam_role.sequences_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/sequences.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 15
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-sequences-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.sequences_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.sequences_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.sequences_role_policy]
}

# function "reverse-slot"
resource "aws_lambda_function" "reverse_slot_function" {
  function_name                  = "acme-prod-clearing-reverse-slot"
  description                    = "Creates and drops the slot of the reverse task"
  role                           = aws_iam_role.reverse_slot_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/reverse-slot.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 15
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-reverse-slot-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.reverse_slot_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.reverse_slot_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.reverse_slot_role_policy]
}

# function "rollback-handler"
resource "aws_lambda_function" "rollback_handler_function" {
  function_name                  = "acme-prod-clearing-rollback-handler"
  description                    = "Runs the steps of a rollback"
  role                           = aws_iam_role.rollback_handler_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/rollback-handler.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 512
  timeout                        = 300
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-rollback-handler-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-0c000000000000fa1", "subnet-0c000000000000fb1"]
    security_group_ids = [aws_security_group.rollback_handler_group.id]
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.rollback_handler_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.rollback_handler_role_policy]
}

# function "rollback-handler"
resource "aws_lambda_function_event_invoke_config" "rollback_handler_invocation" {
  function_name                = aws_lambda_function.rollback_handler_function.function_name
  qualifier                    = "$LATEST"
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = 2
}

# function "task-monitor"
resource "aws_lambda_function" "task_monitor_function" {
  function_name                  = "acme-prod-clearing-task-monitor"
  description                    = "Counts the tables that a replication task does not replicate"
  role                           = aws_iam_role.task_monitor_role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["x86_64"]
  filename                       = "${path.module}/../functions/task-monitor.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.functions_code_signing.arn
  memory_size                    = 256
  timeout                        = 50
  reserved_concurrent_executions = 2
  kms_key_arn                    = aws_kms_key.functions_key.arn

  tags = {
    Name        = "acme-prod-clearing-task-monitor-function"
    Environment = "prod"
    Migration   = "clearing"
    Owner       = "clearing-team"
    PciScope    = "in-scope"
    CostCenter  = "clearing"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "prod"
      MIGSPEC_MIGRATION   = "clearing"
      MIGSPEC_PARAMETERS  = "/migration/clearing/prod/replications"
      MIGSPEC_METRICS     = "Migspec/clearing/prod"
      MIGSPEC_CHECKPOINTS = "acme-prod-222222222222-clearing-checkpoints"
      MIGSPEC_EVIDENCE    = "acme-prod-222222222222-clearing-evidence"
      MIGSPEC_TOPIC       = "arn:aws:sns:eu-central-1:222222222222:operations"
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.functions_dead_letters.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.task_monitor_log_group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  timeouts {
    create = "15m"
    update = "15m"
    delete = "45m"
  }

  depends_on = [aws_iam_role_policy.task_monitor_role_policy]
}

# function "task-monitor"
resource "aws_lambda_function_event_invoke_config" "task_monitor_invocation" {
  function_name                = aws_lambda_function.task_monitor_function.function_name
  qualifier                    = "$LATEST"
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = 2
}

# replication "cards"
resource "aws_lambda_permission" "cards_tasks_permission" {
  function_name  = aws_lambda_function.task_monitor_function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_account = "222222222222"
  source_arn     = aws_cloudwatch_event_rule.cards_tasks_rule.arn
}

# replication "fees"
resource "aws_lambda_permission" "fees_tasks_permission" {
  function_name  = aws_lambda_function.task_monitor_function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_account = "222222222222"
  source_arn     = aws_cloudwatch_event_rule.fees_tasks_rule.arn
}

# api "clearing" > authorizer
resource "aws_lambda_permission" "clearing_authorizer_permission" {
  function_name  = aws_lambda_function.api_authorizer_function.arn
  action         = "lambda:InvokeFunction"
  principal      = "apigateway.amazonaws.com"
  source_account = "222222222222"
  source_arn     = "arn:aws:execute-api:eu-central-1:222222222222:${aws_api_gateway_rest_api.clearing_api.id}/authorizers/${aws_api_gateway_authorizer.clearing_authorizer.id}"
}
