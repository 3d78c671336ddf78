# functions
resource "aws_sqs_queue" "functions_dead_letters" {
  name                              = "payments-functions-dead-letters-dev"
  message_retention_seconds         = 1209600
  visibility_timeout_seconds        = 30
  kms_master_key_id                 = aws_kms_key.functions_key.arn
  kms_data_key_reuse_period_seconds = 300

  tags = {
    Name        = "payments-functions-dead-letters-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
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
        Resource  = "arn:aws:sqs:us-east-1:111111111111:payments-functions-dead-letters-dev"

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

# function "secret-rotation"
resource "aws_lambda_function" "secret_rotation_function" {
  function_name = "payments-secret-rotation-dev"
  description   = "Rotates the generated logins, alternating between two users"
  role          = aws_iam_role.secret_rotation_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/secret-rotation.zip"
  memory_size   = 256
  timeout       = 120
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-secret-rotation-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"

      MIGSPEC_ROTATION = jsonencode({
        ledger = ["/migration/payments/dev/rotation"]
      })

      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.secret_rotation_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  source_account = "111111111111"
}

# function "data-validator"
resource "aws_lambda_function" "data_validator_function" {
  function_name = "payments-data-validator-dev"
  description   = "Compares row counts, checksums and invariants of both sides"
  role          = aws_iam_role.data_validator_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/data-validator.zip"
  memory_size   = 1024
  timeout       = 840
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-data-validator-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.data_validator_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-api-authorizer-dev"
  description   = "Checks the signature of each request"
  role          = aws_iam_role.api_authorizer_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/api-authorizer.zip"
  memory_size   = 256
  timeout       = 5
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-api-authorizer-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"

      MIGSPEC_KEYS = jsonencode({
        payments = "payments/api-hmac"
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
  function_name = "payments-preflight-dev"
  description   = "Checks that source and target are ready"
  role          = aws_iam_role.preflight_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/preflight.zip"
  memory_size   = 256
  timeout       = 300
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-preflight-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.preflight_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-fence-dev"
  description   = "Revokes write privileges, waits for the drain, restores them"
  role          = aws_iam_role.fence_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/fence.zip"
  memory_size   = 256
  timeout       = 15
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-fence-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.fence_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-sequences-dev"
  description   = "Copies the positions of sequences to the target"
  role          = aws_iam_role.sequences_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/sequences.zip"
  memory_size   = 256
  timeout       = 15
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-sequences-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.sequences_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-reverse-slot-dev"
  description   = "Creates and drops the slot of the reverse task"
  role          = aws_iam_role.reverse_slot_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/reverse-slot.zip"
  memory_size   = 256
  timeout       = 15
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-reverse-slot-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.reverse_slot_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-rollback-handler-dev"
  description   = "Runs the steps of a rollback"
  role          = aws_iam_role.rollback_handler_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/rollback-handler.zip"
  memory_size   = 512
  timeout       = 300
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-rollback-handler-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.rollback_handler_group.id]

    subnet_ids = [
      aws_subnet.migration_private_a_subnet.id,
      aws_subnet.migration_private_b_subnet.id,
      aws_subnet.migration_private_c_subnet.id,
    ]
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
  function_name = "payments-task-monitor-dev"
  description   = "Counts the tables that a replication task does not replicate"
  role          = aws_iam_role.task_monitor_role.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = ["x86_64"]
  filename      = "${path.module}/../functions/task-monitor.zip"
  memory_size   = 256
  timeout       = 50
  kms_key_arn   = aws_kms_key.functions_key.arn

  tags = {
    Name        = "payments-task-monitor-function-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "payments"
      MIGSPEC_PARAMETERS  = "/migration/payments/dev/replications"
      MIGSPEC_METRICS     = "Migspec/payments/dev"
      MIGSPEC_CHECKPOINTS = "payments-checkpoints-dev-111111111111"
      MIGSPEC_EVIDENCE    = "payments-evidence-dev-111111111111"
      MIGSPEC_TOPIC       = aws_sns_topic.notifications_topic.arn
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

# replication "ledger"
resource "aws_lambda_permission" "ledger_tasks_permission" {
  function_name  = aws_lambda_function.task_monitor_function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_account = "111111111111"
  source_arn     = aws_cloudwatch_event_rule.ledger_tasks_rule.arn
}

# api "payments" > authorizer
resource "aws_lambda_permission" "payments_authorizer_permission" {
  function_name  = aws_lambda_function.api_authorizer_function.arn
  action         = "lambda:InvokeFunction"
  principal      = "apigateway.amazonaws.com"
  source_account = "111111111111"
  source_arn     = "arn:aws:execute-api:us-east-1:111111111111:${aws_api_gateway_rest_api.payments_api.id}/authorizers/${aws_api_gateway_authorizer.payments_authorizer.id}"
}
