output "ledger_endpoint" {
  description = "Writer endpoint of the database ledger"
  value       = aws_rds_cluster.ledger_cluster.endpoint
}

output "payments_api" {
  description = "Id of the API payments"
  value       = aws_api_gateway_rest_api.payments_api.id
}

output "ledger_workflow" {
  description = "State machine of the cutover ledger"
  value       = aws_sfn_state_machine.ledger_workflow.arn
}

output "notifications_topic" {
  description = "Topic of the notifications to the operations team"
  value       = aws_sns_topic.notifications_topic.arn
}
