data "aws_availability_zones" "us_east_1" {
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_secretsmanager_secret" "inventory_warehouse_replication" {
  name = "inventory/warehouse/replication"
}
