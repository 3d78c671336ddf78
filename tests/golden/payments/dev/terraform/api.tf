# account-roles "api-gateway"
resource "aws_api_gateway_account" "api_gateway_account" {
  cloudwatch_role_arn = aws_iam_role.api_logging_role.arn
  depends_on          = [aws_iam_role_policy.api_logging_role_policy]
}

# api "payments"
resource "aws_api_gateway_rest_api" "payments_api" {
  name                         = "payments-payments-api-dev"
  description                  = "The public API of payments during its migration"
  disable_execute_api_endpoint = false

  tags = {
    Name        = "payments-payments-api-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

# api "payments"
resource "aws_api_gateway_request_validator" "payments_request_validator" {
  name                        = "Params"
  rest_api_id                 = aws_api_gateway_rest_api.payments_api.id
  validate_request_body       = false
  validate_request_parameters = true
}

# api "payments" > authorizer
resource "aws_api_gateway_authorizer" "payments_authorizer" {
  name                             = "payments-payments-authorizer-dev"
  authorizer_result_ttl_in_seconds = 0
  authorizer_uri                   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${aws_lambda_function.api_authorizer_function.arn}/invocations"
  identity_source                  = "method.request.header.Authorization"
  identity_validation_expression   = "^[A-Za-z0-9-]{1,16} [\\x21-\\x7E]{1,4096}$"
  rest_api_id                      = aws_api_gateway_rest_api.payments_api.id
  type                             = "TOKEN"
}

# api "payments" > route "POST" "/payment"
resource "aws_api_gateway_resource" "payments_api_payment_resource" {
  parent_id   = aws_api_gateway_rest_api.payments_api.root_resource_id
  path_part   = "payment"
  rest_api_id = aws_api_gateway_rest_api.payments_api.id
}

# api "payments" > route "POST" "/payment"
resource "aws_api_gateway_method" "payments_api_post_payment_method" {
  api_key_required     = false
  authorization        = "CUSTOM"
  authorizer_id        = aws_api_gateway_authorizer.payments_authorizer.id
  http_method          = "POST"
  request_validator_id = aws_api_gateway_request_validator.payments_request_validator.id
  resource_id          = aws_api_gateway_resource.payments_api_payment_resource.id
  rest_api_id          = aws_api_gateway_rest_api.payments_api.id

  request_parameters = {
    "method.request.header.Idempotency-Key" = true
  }
}

# api "payments" > route "POST" "/payment"
resource "aws_api_gateway_integration" "payments_api_post_payment_method" {
  rest_api_id             = aws_api_gateway_method.payments_api_post_payment_method.rest_api_id
  resource_id             = aws_api_gateway_method.payments_api_post_payment_method.resource_id
  http_method             = aws_api_gateway_method.payments_api_post_payment_method.http_method
  connection_id           = aws_apigatewayv2_vpc_link.payments_vpc_link.id
  connection_type         = "VPC_LINK"
  integration_http_method = "POST"
  integration_target      = aws_lb.payments_load_balancer.arn
  passthrough_behavior    = "WHEN_NO_MATCH"
  request_parameters      = {}
  timeout_milliseconds    = 29000
  type                    = "HTTP_PROXY"
  uri                     = "https://pay.dc1.example.com:443/payment"
}

# api "payments"
resource "aws_apigatewayv2_vpc_link" "payments_vpc_link" {
  name               = "payments-payments-vpc-link-dev"
  security_group_ids = [aws_security_group.payments_vpc_link_group.id]

  subnet_ids = [
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-payments-vpc-link-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# api "payments"
resource "aws_lb" "payments_load_balancer" {
  name                       = "payments-payments-balancer-dev"
  ip_address_type            = "ipv4"
  enable_deletion_protection = false
  desync_mitigation_mode     = "strictest"
  drop_invalid_header_fields = true
  internal                   = true
  security_groups            = [aws_security_group.payments_load_balancer_group.id]
  load_balancer_type         = "application"

  subnets = [
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-payments-load-balancer-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  access_logs {
    bucket  = aws_s3_bucket.access_logs_bucket.bucket
    enabled = true
    prefix  = "load-balancer/payments"
  }

  depends_on = [aws_s3_bucket_policy.access_logs_bucket_policy]
}

# api "payments" > upstream "source"
resource "aws_lb_target_group" "payments_source_targets" {
  name                          = "payments-payments-source-dev"
  port                          = 443
  protocol                      = "HTTPS"
  deregistration_delay          = "30"
  load_balancing_algorithm_type = "least_outstanding_requests"
  target_type                   = "ip"
  vpc_id                        = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-payments-source-targets-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  health_check {
    enabled             = true
    interval            = 10
    path                = "/health"
    protocol            = "HTTPS"
    timeout             = 5
    healthy_threshold   = 3
    matcher             = "200"
    unhealthy_threshold = 2
  }

  stickiness {
    enabled = false
    type    = "lb_cookie"
  }
}

# api "payments" > upstream "source"
resource "aws_lb_target_group_attachment" "payments_source_targets_172_16_20_10" {
  target_group_arn  = aws_lb_target_group.payments_source_targets.arn
  availability_zone = "all"
  target_id         = "172.16.20.10"
  port              = 443
}

# api "payments" > upstream "source"
resource "aws_lb_target_group_attachment" "payments_source_targets_172_16_20_11" {
  target_group_arn  = aws_lb_target_group.payments_source_targets.arn
  availability_zone = "all"
  target_id         = "172.16.20.11"
  port              = 443
}

# api "payments" > upstream "target"
resource "aws_lb_target_group" "payments_target_targets" {
  name                          = "payments-payments-target-dev"
  port                          = 8443
  protocol                      = "HTTPS"
  deregistration_delay          = "30"
  load_balancing_algorithm_type = "least_outstanding_requests"
  target_type                   = "ip"
  vpc_id                        = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-payments-target-targets-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  health_check {
    enabled             = true
    interval            = 10
    path                = "/health"
    protocol            = "HTTPS"
    timeout             = 5
    healthy_threshold   = 3
    matcher             = "200"
    unhealthy_threshold = 2
  }

  stickiness {
    enabled = false
    type    = "lb_cookie"
  }
}

# api "payments"
resource "aws_lb_listener" "payments_listener" {
  certificate_arn   = "arn:aws:acm:us-east-1:111111111111:certificate/0f6dbf6c-8a1c-4f3b-9a52-6d1c3f0a7e21"
  load_balancer_arn = aws_lb.payments_load_balancer.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "application/json"
      message_body = "{}"
      status_code  = "404"
    }
  }
}

# api "payments"
resource "aws_lb_listener_rule" "payments_listener_rule" {
  listener_arn = aws_lb_listener.payments_listener.arn
  priority     = 10

  action {
    type = "forward"

    forward {
      stickiness {
        duration = 1
        enabled  = false
      }

      target_group {
        arn    = aws_lb_target_group.payments_source_targets.arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.payments_target_targets.arn
        weight = 0
      }
    }
  }

  condition {
    path_pattern {
      values = ["/*"]
    }
  }

  transform {
    type = "url-rewrite"

    url_rewrite_config {
      rewrite {
        regex   = "^/live(/.*)$"
        replace = "$1"
      }
    }
  }

  lifecycle {
    ignore_changes = [action]
  }
}

# api "payments"
resource "aws_api_gateway_gateway_response" "payments_api_client_error_response" {
  response_type = "DEFAULT_4XX"
  rest_api_id   = aws_api_gateway_rest_api.payments_api.id

  response_parameters = {
    "gatewayresponse.header.Cache-Control" = "'no-store'"
  }

  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

# api "payments"
resource "aws_api_gateway_gateway_response" "payments_api_server_error_response" {
  response_type = "DEFAULT_5XX"
  rest_api_id   = aws_api_gateway_rest_api.payments_api.id

  response_parameters = {
    "gatewayresponse.header.Cache-Control" = "'no-store'"
    "gatewayresponse.header.Retry-After"   = "'5'"
  }

  response_templates = {
    "application/json" = "{\"message\":\"try again\"}"
  }
}

# api "payments"
resource "aws_api_gateway_deployment" "payments_api_deployment" {
  rest_api_id = aws_api_gateway_rest_api.payments_api.id

  triggers = {
    version                  = "14b5558c2f4e028f"
    "payments-load-balancer" = aws_lb.payments_load_balancer.arn
    "payments-vpc-link"      = aws_apigatewayv2_vpc_link.payments_vpc_link.id
  }

  depends_on = [
    aws_api_gateway_authorizer.payments_authorizer,
    aws_api_gateway_resource.payments_api_payment_resource,
    aws_api_gateway_method.payments_api_post_payment_method,
    aws_api_gateway_integration.payments_api_post_payment_method,
    aws_api_gateway_gateway_response.payments_api_client_error_response,
    aws_api_gateway_gateway_response.payments_api_server_error_response,
  ]

  lifecycle {
    create_before_destroy = true
  }
}

# api "payments"
resource "aws_api_gateway_stage" "payments_api_stage" {
  deployment_id        = aws_api_gateway_deployment.payments_api_deployment.id
  rest_api_id          = aws_api_gateway_rest_api.payments_api.id
  stage_name           = "live"
  xray_tracing_enabled = true

  tags = {
    Name        = "payments-payments-api-stage-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.payments_api_access_log_group.arn
    format          = "{\"requestId\":\"$context.requestId\",\"time\":\"$context.requestTime\",\"ip\":\"$context.identity.sourceIp\",\"principal\":\"$context.authorizer.principalId\",\"method\":\"$context.httpMethod\",\"path\":\"$context.resourcePath\",\"status\":\"$context.status\",\"latency\":\"$context.responseLatency\",\"length\":\"$context.responseLength\",\"integrationStatus\":\"$context.integration.status\",\"integrationLatency\":\"$context.integration.latency\",\"authorizerError\":\"$context.authorizer.error\",\"error\":\"$context.error.responseType\",\"wafStatus\":\"$context.waf.status\",\"traceId\":\"$context.xrayTraceId\"}"
  }

  depends_on = [
    aws_cloudwatch_log_group.payments_api_execution_log_group,
    aws_cloudwatch_log_data_protection_policy.payments_api_execution_log_group,
    aws_api_gateway_account.api_gateway_account,
  ]
}

# api "payments"
resource "aws_api_gateway_method_settings" "payments_api_stage_1" {
  rest_api_id = aws_api_gateway_stage.payments_api_stage.rest_api_id
  stage_name  = aws_api_gateway_stage.payments_api_stage.stage_name
  method_path = "*/*"

  settings {
    caching_enabled        = false
    data_trace_enabled     = false
    logging_level          = "ERROR"
    metrics_enabled        = true
    throttling_burst_limit = 1000
    throttling_rate_limit  = 500
  }
}

# api "payments" > throttle
resource "aws_api_gateway_usage_plan" "payments_usage_plan" {
  name        = "payments-payments-usage-plan-dev"
  description = "Limits for all callers together"

  tags = {
    Name        = "payments-payments-usage-plan-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  api_stages {
    api_id = aws_api_gateway_rest_api.payments_api.id
    stage  = aws_api_gateway_stage.payments_api_stage.stage_name
  }

  throttle_settings {
    burst_limit = 1000
    rate_limit  = 500
  }
}
