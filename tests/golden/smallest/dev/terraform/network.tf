# network "main"
resource "aws_vpc" "main_vpc" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  instance_tenancy     = "default"

  tags = {
    Name        = "inventory-main-vpc-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main"
resource "aws_default_security_group" "main_vpc" {
  vpc_id = aws_vpc.main_vpc.id
}

# network "main" > tier "compute"
resource "aws_subnet" "main_compute_a_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[0]
  cidr_block              = "10.20.0.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-a-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "compute"
resource "aws_route_table" "main_compute_a_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-a-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "compute"
resource "aws_route_table_association" "main_compute_a_routes_association" {
  route_table_id = aws_route_table.main_compute_a_routes.id
  subnet_id      = aws_subnet.main_compute_a_subnet.id
}

# network "main" > tier "compute"
resource "aws_subnet" "main_compute_b_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[1]
  cidr_block              = "10.20.16.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-b-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "compute"
resource "aws_route_table" "main_compute_b_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-b-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "compute"
resource "aws_route_table_association" "main_compute_b_routes_association" {
  route_table_id = aws_route_table.main_compute_b_routes.id
  subnet_id      = aws_subnet.main_compute_b_subnet.id
}

# network "main" > tier "compute"
resource "aws_subnet" "main_compute_c_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[2]
  cidr_block              = "10.20.32.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-c-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "compute"
resource "aws_route_table" "main_compute_c_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-compute-c-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "compute"
resource "aws_route_table_association" "main_compute_c_routes_association" {
  route_table_id = aws_route_table.main_compute_c_routes.id
  subnet_id      = aws_subnet.main_compute_c_subnet.id
}

# network "main" > tier "data"
resource "aws_subnet" "main_data_a_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[0]
  cidr_block              = "10.20.64.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-a-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "data"
resource "aws_route_table" "main_data_a_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-a-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "data"
resource "aws_route_table_association" "main_data_a_routes_association" {
  route_table_id = aws_route_table.main_data_a_routes.id
  subnet_id      = aws_subnet.main_data_a_subnet.id
}

# network "main" > tier "data"
resource "aws_subnet" "main_data_b_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[1]
  cidr_block              = "10.20.65.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-b-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "data"
resource "aws_route_table" "main_data_b_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-b-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "data"
resource "aws_route_table_association" "main_data_b_routes_association" {
  route_table_id = aws_route_table.main_data_b_routes.id
  subnet_id      = aws_subnet.main_data_b_subnet.id
}

# network "main" > tier "data"
resource "aws_subnet" "main_data_c_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[2]
  cidr_block              = "10.20.66.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-c-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "data"
resource "aws_route_table" "main_data_c_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-c-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "data"
resource "aws_route_table_association" "main_data_c_routes_association" {
  route_table_id = aws_route_table.main_data_c_routes.id
  subnet_id      = aws_subnet.main_data_c_subnet.id
}

# network "main" > tier "replication"
resource "aws_subnet" "main_replication_a_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[0]
  cidr_block              = "10.20.68.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-a-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "replication"
resource "aws_route_table" "main_replication_a_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-a-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "replication"
resource "aws_route_table_association" "main_replication_a_routes_association" {
  route_table_id = aws_route_table.main_replication_a_routes.id
  subnet_id      = aws_subnet.main_replication_a_subnet.id
}

# network "main" > tier "replication"
resource "aws_subnet" "main_replication_b_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[1]
  cidr_block              = "10.20.69.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-b-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "replication"
resource "aws_route_table" "main_replication_b_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-b-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "replication"
resource "aws_route_table_association" "main_replication_b_routes_association" {
  route_table_id = aws_route_table.main_replication_b_routes.id
  subnet_id      = aws_subnet.main_replication_b_subnet.id
}

# network "main" > tier "replication"
resource "aws_subnet" "main_replication_c_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[2]
  cidr_block              = "10.20.70.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-c-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main" > tier "replication"
resource "aws_route_table" "main_replication_c_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-c-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "replication"
resource "aws_route_table_association" "main_replication_c_routes_association" {
  route_table_id = aws_route_table.main_replication_c_routes.id
  subnet_id      = aws_subnet.main_replication_c_subnet.id
}

# network "main"
resource "aws_subnet" "main_transit_a_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[0]
  cidr_block              = "10.20.255.192/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-a-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main"
resource "aws_route_table" "main_transit_a_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-a-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main"
resource "aws_route_table_association" "main_transit_a_routes_association" {
  route_table_id = aws_route_table.main_transit_a_routes.id
  subnet_id      = aws_subnet.main_transit_a_subnet.id
}

# network "main"
resource "aws_subnet" "main_transit_b_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[1]
  cidr_block              = "10.20.255.208/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-b-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main"
resource "aws_route_table" "main_transit_b_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-b-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main"
resource "aws_route_table_association" "main_transit_b_routes_association" {
  route_table_id = aws_route_table.main_transit_b_routes.id
  subnet_id      = aws_subnet.main_transit_b_subnet.id
}

# network "main"
resource "aws_subnet" "main_transit_c_subnet" {
  availability_zone       = data.aws_availability_zones.us_east_1.names[2]
  cidr_block              = "10.20.255.224/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-c-subnet-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "60m"
  }
}

# network "main"
resource "aws_route_table" "main_transit_c_routes" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-transit-c-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main"
resource "aws_route_table_association" "main_transit_c_routes_association" {
  route_table_id = aws_route_table.main_transit_c_routes.id
  subnet_id      = aws_subnet.main_transit_c_subnet.id
}

# network "main"
resource "aws_flow_log" "main_flow_log" {
  iam_role_arn             = aws_iam_role.flow_logs_role.arn
  log_destination          = aws_cloudwatch_log_group.main_flow_log_group.arn
  log_destination_type     = "cloud-watch-logs"
  max_aggregation_interval = 60
  vpc_id                   = aws_vpc.main_vpc.id
  traffic_type             = "ALL"

  tags = {
    Name        = "inventory-main-flow-log-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_iam_role_policy.flow_logs_role_policy]
}

# transit "hub"
resource "aws_ec2_transit_gateway" "hub_transit_gateway" {
  amazon_side_asn                    = 64512
  auto_accept_shared_attachments     = "disable"
  default_route_table_association    = "disable"
  default_route_table_propagation    = "disable"
  description                        = "Joins the networks of inventory"
  dns_support                        = "enable"
  multicast_support                  = "disable"
  security_group_referencing_support = "enable"
  vpn_ecmp_support                   = "enable"

  tags = {
    Name        = "inventory-hub-transit-gateway-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# transit "hub"
resource "aws_flow_log" "hub_transit_flow_log" {
  iam_role_arn             = aws_iam_role.flow_logs_role.arn
  log_destination          = aws_cloudwatch_log_group.hub_transit_flow_log_group.arn
  log_destination_type     = "cloud-watch-logs"
  max_aggregation_interval = 60
  transit_gateway_id       = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "inventory-hub-transit-flow-log-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  depends_on = [aws_iam_role_policy.flow_logs_role_policy]
}

# transit "hub"
resource "aws_ec2_transit_gateway_vpc_attachment" "hub_main_attachment" {
  appliance_mode_support                          = "disable"
  dns_support                                     = "enable"
  ipv6_support                                    = "disable"
  security_group_referencing_support              = "enable"
  transit_gateway_id                              = aws_ec2_transit_gateway.hub_transit_gateway.id
  vpc_id                                          = aws_vpc.main_vpc.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false

  subnet_ids = [
    aws_subnet.main_transit_a_subnet.id,
    aws_subnet.main_transit_b_subnet.id,
    aws_subnet.main_transit_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-hub-main-attachment-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table" "hub_main_transit_routes" {
  transit_gateway_id = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "inventory-hub-main-transit-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table_association" "hub_main_transit_association" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_main_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_main_transit_routes.id
}

# site "office" > vpn
resource "aws_customer_gateway" "office_customer_gateway" {
  bgp_asn    = "65000"
  ip_address = "198.51.100.20"
  type       = "ipsec.1"

  tags = {
    Name        = "inventory-office-customer-gateway-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# site "office" > vpn
resource "aws_vpn_connection" "office_vpn" {
  customer_gateway_id                  = aws_customer_gateway.office_customer_gateway.id
  preshared_key_storage                = "SecretsManager"
  static_routes_only                   = false
  transit_gateway_id                   = aws_ec2_transit_gateway.hub_transit_gateway.id
  type                                 = "ipsec.1"
  tunnel1_dpd_timeout_action           = "restart"
  tunnel1_ike_versions                 = ["ikev2"]
  tunnel1_phase1_dh_group_numbers      = [19, 20, 21]
  tunnel1_phase1_encryption_algorithms = ["AES256-GCM-16"]
  tunnel1_phase1_integrity_algorithms  = ["SHA2-384", "SHA2-512"]
  tunnel1_phase2_dh_group_numbers      = [19, 20, 21]
  tunnel1_phase2_encryption_algorithms = ["AES256-GCM-16"]
  tunnel1_phase2_integrity_algorithms  = ["SHA2-384", "SHA2-512"]
  tunnel1_startup_action               = "start"
  tunnel2_dpd_timeout_action           = "restart"
  tunnel2_ike_versions                 = ["ikev2"]
  tunnel2_phase1_dh_group_numbers      = [19, 20, 21]
  tunnel2_phase1_encryption_algorithms = ["AES256-GCM-16"]
  tunnel2_phase1_integrity_algorithms  = ["SHA2-384", "SHA2-512"]
  tunnel2_phase2_dh_group_numbers      = [19, 20, 21]
  tunnel2_phase2_encryption_algorithms = ["AES256-GCM-16"]
  tunnel2_phase2_integrity_algorithms  = ["SHA2-384", "SHA2-512"]
  tunnel2_startup_action               = "start"

  tags = {
    Name        = "inventory-office-vpn-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  tunnel1_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/migration/inventory/dev/vpn/office"
      log_output_format = "json"
    }
  }

  tunnel2_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/migration/inventory/dev/vpn/office"
      log_output_format = "json"
    }
  }

  depends_on = [aws_cloudwatch_log_group.office_vpn_log_group]
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table" "hub_office_transit_routes" {
  transit_gateway_id = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "inventory-hub-office-transit-routes-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table_association" "hub_office_transit_association" {
  transit_gateway_attachment_id  = aws_vpn_connection.office_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_office_transit_routes.id
}

# database "inventory"
resource "aws_security_group" "inventory_cluster_group" {
  name        = "inventory-inventory-cluster-group-dev"
  description = "Aurora cluster inventory"
  vpc_id      = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-inventory-cluster-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "45m"
  }
}

# replication "inventory"
resource "aws_security_group" "inventory_replication_group" {
  name        = "inventory-inventory-replication-group-dev"
  description = "Replication instance inventory"
  vpc_id      = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-inventory-replication-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "45m"
  }
}

# function "secret-rotation"
resource "aws_security_group" "secret_rotation_group" {
  name        = "inventory-secret-rotation-group-dev"
  description = "Function secret-rotation"
  vpc_id      = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-secret-rotation-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "45m"
  }
}

# network "main"
resource "aws_security_group" "main_endpoints_group" {
  name        = "inventory-main-endpoints-group-dev"
  description = "Interface endpoints of network main"
  vpc_id      = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-endpoints-group-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }

  timeouts {
    delete = "45m"
  }
}

# replication "inventory" > instance
resource "aws_vpc_endpoint" "main_secretsmanager_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.main_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.secretsmanager"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.main_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetRandomPassword",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  subnet_ids = [
    aws_subnet.main_compute_a_subnet.id,
    aws_subnet.main_compute_b_subnet.id,
    aws_subnet.main_compute_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-main-secretsmanager-endpoint-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory" > instance
resource "aws_vpc_endpoint" "main_kms_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.main_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.kms"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.main_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  subnet_ids = [
    aws_subnet.main_compute_a_subnet.id,
    aws_subnet.main_compute_b_subnet.id,
    aws_subnet.main_compute_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-main-kms-endpoint-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory" > instance
resource "aws_vpc_endpoint" "main_logs_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.main_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.logs"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.main_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action = [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:GetLogEvents",
          "logs:PutLogEvents",
          "logs:PutRetentionPolicy",
        ]

        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  subnet_ids = [
    aws_subnet.main_compute_a_subnet.id,
    aws_subnet.main_compute_b_subnet.id,
    aws_subnet.main_compute_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-main-logs-endpoint-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory" > instance
resource "aws_vpc_endpoint" "main_monitoring_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.main_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.monitoring"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.main_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "cloudwatch:*"
        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  subnet_ids = [
    aws_subnet.main_compute_a_subnet.id,
    aws_subnet.main_compute_b_subnet.id,
    aws_subnet.main_compute_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-main-monitoring-endpoint-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# function secret-rotation > ssm
resource "aws_vpc_endpoint" "main_ssm_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.main_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.ssm"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.main_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "ssm:GetParameter"
        Resource = "*"

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  subnet_ids = [
    aws_subnet.main_compute_a_subnet.id,
    aws_subnet.main_compute_b_subnet.id,
    aws_subnet.main_compute_c_subnet.id,
  ]

  tags = {
    Name        = "inventory-main-ssm-endpoint-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# replication "inventory" > instance
resource "aws_vpc_security_group_egress_rule" "inventory_replication_group_to_main_endpoints_group_443" {
  description                  = "replication inventory / instance"
  referenced_security_group_id = aws_security_group.main_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.inventory_replication_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# replication "inventory" > instance
resource "aws_vpc_security_group_ingress_rule" "main_endpoints_group_from_inventory_replication_group_443" {
  description                  = "replication inventory / instance"
  from_port                    = 443
  security_group_id            = aws_security_group.main_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.inventory_replication_group.id
  to_port                      = 443
}

# replication "inventory" > from
resource "aws_vpc_security_group_egress_rule" "inventory_replication_group_to_office_5432" {
  cidr_ipv4         = "192.168.0.0/20"
  description       = "replication inventory / from"
  from_port         = 5432
  security_group_id = aws_security_group.inventory_replication_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# replication "inventory" > from
resource "aws_route" "main_replication_a_to_office_route" {
  destination_cidr_block = "192.168.0.0/20"
  route_table_id         = aws_route_table.main_replication_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_main_attachment]
}

# replication "inventory" > from
resource "aws_route" "main_replication_b_to_office_route" {
  destination_cidr_block = "192.168.0.0/20"
  route_table_id         = aws_route_table.main_replication_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_main_attachment]
}

# replication "inventory" > from
resource "aws_route" "main_replication_c_to_office_route" {
  destination_cidr_block = "192.168.0.0/20"
  route_table_id         = aws_route_table.main_replication_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_main_attachment]
}

# replication "inventory" > from
resource "aws_ec2_transit_gateway_route" "hub_main_to_office_transit_route" {
  destination_cidr_block         = "192.168.0.0/20"
  transit_gateway_attachment_id  = aws_vpn_connection.office_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_main_transit_routes.id
}

# replication "inventory" > from
resource "aws_ec2_transit_gateway_route" "hub_office_to_main_replication_transit_route" {
  destination_cidr_block         = "10.20.68.0/22"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_main_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_office_transit_routes.id
}

# replication "inventory" > to
resource "aws_vpc_security_group_egress_rule" "inventory_replication_group_to_inventory_cluster_group_5432" {
  description                  = "replication inventory / to"
  referenced_security_group_id = aws_security_group.inventory_cluster_group.id
  from_port                    = 5432
  security_group_id            = aws_security_group.inventory_replication_group.id
  ip_protocol                  = "tcp"
  to_port                      = 5432
}

# replication "inventory" > to
resource "aws_vpc_security_group_ingress_rule" "inventory_cluster_group_from_inventory_replication_group_5432" {
  description                  = "replication inventory / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.inventory_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.inventory_replication_group.id
  to_port                      = 5432
}

# function secret-rotation > replication "inventory" > to
resource "aws_vpc_security_group_egress_rule" "secret_rotation_group_to_inventory_cluster_group_5432" {
  description                  = "function secret-rotation / replication inventory / to"
  referenced_security_group_id = aws_security_group.inventory_cluster_group.id
  from_port                    = 5432
  security_group_id            = aws_security_group.secret_rotation_group.id
  ip_protocol                  = "tcp"
  to_port                      = 5432
}

# function secret-rotation > replication "inventory" > to
resource "aws_vpc_security_group_ingress_rule" "inventory_cluster_group_from_secret_rotation_group_5432" {
  description                  = "function secret-rotation / replication inventory / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.inventory_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.secret_rotation_group.id
  to_port                      = 5432
}

# function secret-rotation > secretsmanager
resource "aws_vpc_security_group_egress_rule" "secret_rotation_group_to_main_endpoints_group_443" {
  description                  = "function secret-rotation / secretsmanager"
  referenced_security_group_id = aws_security_group.main_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.secret_rotation_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function secret-rotation > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "main_endpoints_group_from_secret_rotation_group_443" {
  description                  = "function secret-rotation / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.main_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.secret_rotation_group.id
  to_port                      = 443
}

# network "main" > tier "data"
resource "aws_network_acl" "main_data_acl" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-data-acl-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "data"
resource "aws_network_acl_association" "main_data_a_acl_association" {
  network_acl_id = aws_network_acl.main_data_acl.id
  subnet_id      = aws_subnet.main_data_a_subnet.id
}

# network "main" > tier "data"
resource "aws_network_acl_association" "main_data_b_acl_association" {
  network_acl_id = aws_network_acl.main_data_acl.id
  subnet_id      = aws_subnet.main_data_b_subnet.id
}

# network "main" > tier "data"
resource "aws_network_acl_association" "main_data_c_acl_association" {
  network_acl_id = aws_network_acl.main_data_acl.id
  subnet_id      = aws_subnet.main_data_c_subnet.id
}

# replication "inventory" > to
resource "aws_network_acl_rule" "main_data_acl_in_10" {
  cidr_block     = "10.20.68.0/22"
  egress         = false
  network_acl_id = aws_network_acl.main_data_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# function secret-rotation > replication "inventory" > to
resource "aws_network_acl_rule" "main_data_acl_in_20" {
  cidr_block     = "10.20.0.0/18"
  egress         = false
  network_acl_id = aws_network_acl.main_data_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# replication "inventory" > to
resource "aws_network_acl_rule" "main_data_acl_out_10" {
  cidr_block     = "10.20.68.0/22"
  egress         = true
  network_acl_id = aws_network_acl.main_data_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# function secret-rotation > replication "inventory" > to
resource "aws_network_acl_rule" "main_data_acl_out_20" {
  cidr_block     = "10.20.0.0/18"
  egress         = true
  network_acl_id = aws_network_acl.main_data_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# network "main" > tier "replication"
resource "aws_network_acl" "main_replication_acl" {
  vpc_id = aws_vpc.main_vpc.id

  tags = {
    Name        = "inventory-main-replication-acl-dev"
    Environment = "dev"
    Migration   = "inventory"
    Owner       = "inventory-team"
  }
}

# network "main" > tier "replication"
resource "aws_network_acl_association" "main_replication_a_acl_association" {
  network_acl_id = aws_network_acl.main_replication_acl.id
  subnet_id      = aws_subnet.main_replication_a_subnet.id
}

# network "main" > tier "replication"
resource "aws_network_acl_association" "main_replication_b_acl_association" {
  network_acl_id = aws_network_acl.main_replication_acl.id
  subnet_id      = aws_subnet.main_replication_b_subnet.id
}

# network "main" > tier "replication"
resource "aws_network_acl_association" "main_replication_c_acl_association" {
  network_acl_id = aws_network_acl.main_replication_acl.id
  subnet_id      = aws_subnet.main_replication_c_subnet.id
}

# replication "inventory" > instance
resource "aws_network_acl_rule" "main_replication_acl_in_10" {
  cidr_block     = "10.20.0.0/18"
  egress         = false
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# replication "inventory" > from
resource "aws_network_acl_rule" "main_replication_acl_in_20" {
  cidr_block     = "192.168.0.0/20"
  egress         = false
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# replication "inventory" > to
resource "aws_network_acl_rule" "main_replication_acl_in_30" {
  cidr_block     = "10.20.64.0/22"
  egress         = false
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}

# replication "inventory" > instance
resource "aws_network_acl_rule" "main_replication_acl_out_10" {
  cidr_block     = "10.20.0.0/18"
  egress         = true
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 443
  to_port        = 443
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# replication "inventory" > from
resource "aws_network_acl_rule" "main_replication_acl_out_20" {
  cidr_block     = "192.168.0.0/20"
  egress         = true
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# replication "inventory" > to
resource "aws_network_acl_rule" "main_replication_acl_out_30" {
  cidr_block     = "10.20.64.0/22"
  egress         = true
  network_acl_id = aws_network_acl.main_replication_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}
