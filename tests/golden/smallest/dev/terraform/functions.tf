# functions
resource "aws_sqs_queue" "functions_dead_letters" {
  name                              = "inventory-functions-dead-letters-dev"
  message_retention_seconds         = 1209600
  visibility_timeout_seconds        = 30
  kms_master_key_id                 = aws_kms_key.functions_key.arn
  kms_data_key_reuse_period_seconds = 300

  tags = {
    Name        = "inventory-functions-dead-letters-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
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
        Resource  = "arn:aws:sqs:us-east-1:111111111111:inventory-functions-dead-letters-dev"

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
  function_name = "inventory-secret-rotation-dev"
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
    Name        = "inventory-secret-rotation-function-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "inventory"
      MIGSPEC_PARAMETERS  = "/migration/inventory/dev/replications"
      MIGSPEC_METRICS     = "Migspec/inventory/dev"

      MIGSPEC_ROTATION = jsonencode({
        inventory = []
      })

      MIGSPEC_TOPIC = aws_sns_topic.notifications_topic.arn
    }
  }

  vpc_config {
    security_group_ids = [aws_security_group.secret_rotation_group.id]

    subnet_ids = [
      aws_subnet.main_compute_a_subnet.id,
      aws_subnet.main_compute_b_subnet.id,
      aws_subnet.main_compute_c_subnet.id,
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

# function "task-monitor"
resource "aws_lambda_function" "task_monitor_function" {
  function_name = "inventory-task-monitor-dev"
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
    Name        = "inventory-task-monitor-function-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  environment {
    variables = {
      MIGSPEC_ENVIRONMENT = "dev"
      MIGSPEC_MIGRATION   = "inventory"
      MIGSPEC_PARAMETERS  = "/migration/inventory/dev/replications"
      MIGSPEC_METRICS     = "Migspec/inventory/dev"
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

# replication "inventory"
resource "aws_lambda_permission" "inventory_tasks_permission" {
  function_name  = aws_lambda_function.task_monitor_function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_account = "111111111111"
  source_arn     = aws_cloudwatch_event_rule.inventory_tasks_rule.arn
}
