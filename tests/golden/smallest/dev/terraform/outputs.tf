output "inventory_endpoint" {
  description = "Writer endpoint of the database inventory"
  value       = aws_rds_cluster.inventory_cluster.endpoint
}

output "notifications_topic" {
  description = "Topic of the notifications to the operations team"
  value       = aws_sns_topic.notifications_topic.arn
}
