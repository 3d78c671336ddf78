# database "ledger"
resource "aws_db_subnet_group" "ledger_cluster_subnets" {
  name        = "payments-ledger-aurora-subnets-dev"
  description = "Subnets of the database ledger"

  subnet_ids = [
    aws_subnet.production_data_a_subnet.id,
    aws_subnet.production_data_b_subnet.id,
    aws_subnet.production_data_c_subnet.id,
  ]

  tags = {
    Name        = "payments-ledger-cluster-subnets-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# database "ledger"
resource "aws_rds_cluster_parameter_group" "ledger_cluster_parameters" {
  name        = "payments-ledger-aurora-parameters-dev"
  description = "Parameters of the database ledger"
  family      = "aurora-postgresql16"

  tags = {
    Name        = "payments-ledger-cluster-parameters-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "ssl_min_protocol_version"
    value        = "TLSv1.2"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements,pgaudit"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "pgaudit.log"
    value        = "ddl,role"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "pgaudit.log_parameter"
    value        = "0"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "pgaudit.role"
    value        = "rds_pgaudit"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "log_connections"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "log_disconnections"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "log_statement"
    value        = "ddl"
    apply_method = "pending-reboot"
  }
}

# database "ledger"
resource "aws_rds_cluster" "ledger_cluster" {
  cluster_identifier                  = "payments-ledger-aurora-cluster-dev"
  engine                              = "aurora-postgresql"
  engine_version                      = "16.11"
  database_name                       = "ledger"
  port                                = 5432
  master_username                     = "migspec_admin"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.secrets_key.arn
  iam_database_authentication_enabled = true
  db_subnet_group_name                = aws_db_subnet_group.ledger_cluster_subnets.name
  vpc_security_group_ids              = [aws_security_group.ledger_cluster_group.id]
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.ledger_cluster_parameters.name
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.database_key.arn
  backup_retention_period             = 35
  preferred_backup_window             = "03:00-04:00"
  preferred_maintenance_window        = "tue:05:00-tue:06:00"
  copy_tags_to_snapshot               = true
  delete_automated_backups            = true
  deletion_protection                 = false
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  skip_final_snapshot                 = true

  tags = {
    Name        = "payments-ledger-cluster-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    create = "120m"
    update = "120m"
    delete = "120m"
  }

  depends_on = [
    aws_cloudwatch_log_group.ledger_postgresql_log_group,
    aws_cloudwatch_log_data_protection_policy.ledger_postgresql_log_group,
  ]
}

# database "ledger"
resource "aws_rds_cluster_instance" "ledger_instance_1" {
  identifier                            = "payments-ledger-aurora-1-dev"
  cluster_identifier                    = aws_rds_cluster.ledger_cluster.cluster_identifier
  instance_class                        = "db.r6g.large"
  engine                                = "aurora-postgresql"
  auto_minor_version_upgrade            = false
  promotion_tier                        = 0
  publicly_accessible                   = false
  ca_cert_identifier                    = "rds-ca-rsa2048-g1"
  preferred_maintenance_window          = "tue:05:00-tue:06:00"
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.database_key.arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.enhanced_monitoring_role.arn

  tags = {
    Name        = "payments-ledger-instance-1-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    create = "90m"
    update = "90m"
    delete = "90m"
  }

  depends_on = [aws_iam_role_policy.enhanced_monitoring_role_policy]
}
