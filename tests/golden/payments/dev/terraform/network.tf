# network "production"
resource "aws_vpc" "production_vpc" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  instance_tenancy     = "default"

  tags = {
    Name        = "payments-production-vpc-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production"
resource "aws_default_security_group" "production_vpc" {
  vpc_id = aws_vpc.production_vpc.id
}

# network "production" > tier "public"
resource "aws_subnet" "production_public_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.0.0.0/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "public"
resource "aws_route_table" "production_public_a_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "public"
resource "aws_route_table_association" "production_public_a_routes_association" {
  route_table_id = aws_route_table.production_public_a_routes.id
  subnet_id      = aws_subnet.production_public_a_subnet.id
}

# network "production" > tier "public"
resource "aws_subnet" "production_public_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.0.0.64/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "public"
resource "aws_route_table" "production_public_b_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "public"
resource "aws_route_table_association" "production_public_b_routes_association" {
  route_table_id = aws_route_table.production_public_b_routes.id
  subnet_id      = aws_subnet.production_public_b_subnet.id
}

# network "production" > tier "public"
resource "aws_subnet" "production_public_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.0.0.128/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "public"
resource "aws_route_table" "production_public_c_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-public-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "public"
resource "aws_route_table_association" "production_public_c_routes_association" {
  route_table_id = aws_route_table.production_public_c_routes.id
  subnet_id      = aws_subnet.production_public_c_subnet.id
}

# network "production" > tier "private"
resource "aws_subnet" "production_private_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.0.64.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "private"
resource "aws_route_table" "production_private_a_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "private"
resource "aws_route_table_association" "production_private_a_routes_association" {
  route_table_id = aws_route_table.production_private_a_routes.id
  subnet_id      = aws_subnet.production_private_a_subnet.id
}

# network "production" > tier "private"
resource "aws_subnet" "production_private_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.0.80.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "private"
resource "aws_route_table" "production_private_b_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "private"
resource "aws_route_table_association" "production_private_b_routes_association" {
  route_table_id = aws_route_table.production_private_b_routes.id
  subnet_id      = aws_subnet.production_private_b_subnet.id
}

# network "production" > tier "private"
resource "aws_subnet" "production_private_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.0.96.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "private"
resource "aws_route_table" "production_private_c_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-private-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "private"
resource "aws_route_table_association" "production_private_c_routes_association" {
  route_table_id = aws_route_table.production_private_c_routes.id
  subnet_id      = aws_subnet.production_private_c_subnet.id
}

# network "production" > tier "data"
resource "aws_subnet" "production_data_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.0.4.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "data"
resource "aws_route_table" "production_data_a_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "data"
resource "aws_route_table_association" "production_data_a_routes_association" {
  route_table_id = aws_route_table.production_data_a_routes.id
  subnet_id      = aws_subnet.production_data_a_subnet.id
}

# network "production" > tier "data"
resource "aws_subnet" "production_data_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.0.5.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "data"
resource "aws_route_table" "production_data_b_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "data"
resource "aws_route_table_association" "production_data_b_routes_association" {
  route_table_id = aws_route_table.production_data_b_routes.id
  subnet_id      = aws_subnet.production_data_b_subnet.id
}

# network "production" > tier "data"
resource "aws_subnet" "production_data_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.0.6.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "data"
resource "aws_route_table" "production_data_c_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "data"
resource "aws_route_table_association" "production_data_c_routes_association" {
  route_table_id = aws_route_table.production_data_c_routes.id
  subnet_id      = aws_subnet.production_data_c_subnet.id
}

# network "production" > tier "replication"
resource "aws_subnet" "production_replication_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.0.8.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "replication"
resource "aws_route_table" "production_replication_a_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "replication"
resource "aws_route_table_association" "production_replication_a_routes_association" {
  route_table_id = aws_route_table.production_replication_a_routes.id
  subnet_id      = aws_subnet.production_replication_a_subnet.id
}

# network "production" > tier "replication"
resource "aws_subnet" "production_replication_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.0.9.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "replication"
resource "aws_route_table" "production_replication_b_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "replication"
resource "aws_route_table_association" "production_replication_b_routes_association" {
  route_table_id = aws_route_table.production_replication_b_routes.id
  subnet_id      = aws_subnet.production_replication_b_subnet.id
}

# network "production" > tier "replication"
resource "aws_subnet" "production_replication_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.0.10.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production" > tier "replication"
resource "aws_route_table" "production_replication_c_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "replication"
resource "aws_route_table_association" "production_replication_c_routes_association" {
  route_table_id = aws_route_table.production_replication_c_routes.id
  subnet_id      = aws_subnet.production_replication_c_subnet.id
}

# network "production"
resource "aws_subnet" "production_transit_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.0.255.192/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production"
resource "aws_route_table" "production_transit_a_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production"
resource "aws_route_table_association" "production_transit_a_routes_association" {
  route_table_id = aws_route_table.production_transit_a_routes.id
  subnet_id      = aws_subnet.production_transit_a_subnet.id
}

# network "production"
resource "aws_subnet" "production_transit_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.0.255.208/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production"
resource "aws_route_table" "production_transit_b_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production"
resource "aws_route_table_association" "production_transit_b_routes_association" {
  route_table_id = aws_route_table.production_transit_b_routes.id
  subnet_id      = aws_subnet.production_transit_b_subnet.id
}

# network "production"
resource "aws_subnet" "production_transit_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.0.255.224/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "production"
resource "aws_route_table" "production_transit_c_routes" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-transit-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production"
resource "aws_route_table_association" "production_transit_c_routes_association" {
  route_table_id = aws_route_table.production_transit_c_routes.id
  subnet_id      = aws_subnet.production_transit_c_subnet.id
}

# network "production" > tier "public"
resource "aws_internet_gateway" "production_internet_gateway" {
  tags = {
    Name        = "payments-production-internet-gateway-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "public"
resource "aws_internet_gateway_attachment" "production_internet_gateway_attachment" {
  internet_gateway_id = aws_internet_gateway.production_internet_gateway.id
  vpc_id              = aws_vpc.production_vpc.id
}

# network "production" > tier "public"
resource "aws_eip" "production_a_nat_address" {
  domain = "vpc"

  tags = {
    Name        = "payments-production-a-nat-address-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_nat_gateway" "production_a_nat" {
  allocation_id     = aws_eip.production_a_nat_address.allocation_id
  connectivity_type = "public"
  subnet_id         = aws_subnet.production_public_a_subnet.id

  tags = {
    Name        = "payments-production-a-nat-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_eip" "production_b_nat_address" {
  domain = "vpc"

  tags = {
    Name        = "payments-production-b-nat-address-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_nat_gateway" "production_b_nat" {
  allocation_id     = aws_eip.production_b_nat_address.allocation_id
  connectivity_type = "public"
  subnet_id         = aws_subnet.production_public_b_subnet.id

  tags = {
    Name        = "payments-production-b-nat-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_eip" "production_c_nat_address" {
  domain = "vpc"

  tags = {
    Name        = "payments-production-c-nat-address-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_nat_gateway" "production_c_nat" {
  allocation_id     = aws_eip.production_c_nat_address.allocation_id
  connectivity_type = "public"
  subnet_id         = aws_subnet.production_public_c_subnet.id

  tags = {
    Name        = "payments-production-c-nat-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_route" "production_public_a_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.production_internet_gateway.id
  route_table_id         = aws_route_table.production_public_a_routes.id
  depends_on             = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_route" "production_public_b_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.production_internet_gateway.id
  route_table_id         = aws_route_table.production_public_b_routes.id
  depends_on             = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "public"
resource "aws_route" "production_public_c_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.production_internet_gateway.id
  route_table_id         = aws_route_table.production_public_c_routes.id
  depends_on             = [aws_internet_gateway_attachment.production_internet_gateway_attachment]
}

# network "production" > tier "private"
resource "aws_route" "production_private_a_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.production_a_nat.id
  route_table_id         = aws_route_table.production_private_a_routes.id
}

# network "production" > tier "private"
resource "aws_route" "production_private_b_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.production_b_nat.id
  route_table_id         = aws_route_table.production_private_b_routes.id
}

# network "production" > tier "private"
resource "aws_route" "production_private_c_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.production_c_nat.id
  route_table_id         = aws_route_table.production_private_c_routes.id
}

# network "production"
resource "aws_flow_log" "production_flow_log" {
  iam_role_arn             = aws_iam_role.flow_logs_role.arn
  log_destination          = aws_cloudwatch_log_group.production_flow_log_group.arn
  log_destination_type     = "cloud-watch-logs"
  max_aggregation_interval = 60
  vpc_id                   = aws_vpc.production_vpc.id
  traffic_type             = "ALL"

  tags = {
    Name        = "payments-production-flow-log-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_iam_role_policy.flow_logs_role_policy]
}

# network "migration"
resource "aws_vpc" "migration_vpc" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  instance_tenancy     = "default"

  tags = {
    Name        = "payments-migration-vpc-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_default_security_group" "migration_vpc" {
  vpc_id = aws_vpc.migration_vpc.id
}

# network "migration" > tier "public"
resource "aws_subnet" "migration_public_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.1.0.0/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "public"
resource "aws_route_table" "migration_public_a_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "public"
resource "aws_route_table_association" "migration_public_a_routes_association" {
  route_table_id = aws_route_table.migration_public_a_routes.id
  subnet_id      = aws_subnet.migration_public_a_subnet.id
}

# network "migration" > tier "public"
resource "aws_subnet" "migration_public_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.1.0.64/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "public"
resource "aws_route_table" "migration_public_b_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "public"
resource "aws_route_table_association" "migration_public_b_routes_association" {
  route_table_id = aws_route_table.migration_public_b_routes.id
  subnet_id      = aws_subnet.migration_public_b_subnet.id
}

# network "migration" > tier "public"
resource "aws_subnet" "migration_public_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.1.0.128/26"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "public"
resource "aws_route_table" "migration_public_c_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-public-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "public"
resource "aws_route_table_association" "migration_public_c_routes_association" {
  route_table_id = aws_route_table.migration_public_c_routes.id
  subnet_id      = aws_subnet.migration_public_c_subnet.id
}

# network "migration" > tier "private"
resource "aws_subnet" "migration_private_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.1.64.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "private"
resource "aws_route_table" "migration_private_a_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "private"
resource "aws_route_table_association" "migration_private_a_routes_association" {
  route_table_id = aws_route_table.migration_private_a_routes.id
  subnet_id      = aws_subnet.migration_private_a_subnet.id
}

# network "migration" > tier "private"
resource "aws_subnet" "migration_private_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.1.80.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "private"
resource "aws_route_table" "migration_private_b_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "private"
resource "aws_route_table_association" "migration_private_b_routes_association" {
  route_table_id = aws_route_table.migration_private_b_routes.id
  subnet_id      = aws_subnet.migration_private_b_subnet.id
}

# network "migration" > tier "private"
resource "aws_subnet" "migration_private_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.1.96.0/20"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "private"
resource "aws_route_table" "migration_private_c_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-private-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "private"
resource "aws_route_table_association" "migration_private_c_routes_association" {
  route_table_id = aws_route_table.migration_private_c_routes.id
  subnet_id      = aws_subnet.migration_private_c_subnet.id
}

# network "migration" > tier "replication"
resource "aws_subnet" "migration_replication_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.1.4.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table" "migration_replication_a_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table_association" "migration_replication_a_routes_association" {
  route_table_id = aws_route_table.migration_replication_a_routes.id
  subnet_id      = aws_subnet.migration_replication_a_subnet.id
}

# network "migration" > tier "replication"
resource "aws_subnet" "migration_replication_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.1.5.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table" "migration_replication_b_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table_association" "migration_replication_b_routes_association" {
  route_table_id = aws_route_table.migration_replication_b_routes.id
  subnet_id      = aws_subnet.migration_replication_b_subnet.id
}

# network "migration" > tier "replication"
resource "aws_subnet" "migration_replication_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.1.6.0/24"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table" "migration_replication_c_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "replication"
resource "aws_route_table_association" "migration_replication_c_routes_association" {
  route_table_id = aws_route_table.migration_replication_c_routes.id
  subnet_id      = aws_subnet.migration_replication_c_subnet.id
}

# network "migration"
resource "aws_subnet" "migration_transit_a_subnet" {
  availability_zone_id    = "use1-az1"
  cidr_block              = "10.1.255.192/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-a-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration"
resource "aws_route_table" "migration_transit_a_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-a-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_route_table_association" "migration_transit_a_routes_association" {
  route_table_id = aws_route_table.migration_transit_a_routes.id
  subnet_id      = aws_subnet.migration_transit_a_subnet.id
}

# network "migration"
resource "aws_subnet" "migration_transit_b_subnet" {
  availability_zone_id    = "use1-az2"
  cidr_block              = "10.1.255.208/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-b-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration"
resource "aws_route_table" "migration_transit_b_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-b-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_route_table_association" "migration_transit_b_routes_association" {
  route_table_id = aws_route_table.migration_transit_b_routes.id
  subnet_id      = aws_subnet.migration_transit_b_subnet.id
}

# network "migration"
resource "aws_subnet" "migration_transit_c_subnet" {
  availability_zone_id    = "use1-az4"
  cidr_block              = "10.1.255.224/28"
  map_public_ip_on_launch = false
  vpc_id                  = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-c-subnet-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "60m"
  }
}

# network "migration"
resource "aws_route_table" "migration_transit_c_routes" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-transit-c-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_route_table_association" "migration_transit_c_routes_association" {
  route_table_id = aws_route_table.migration_transit_c_routes.id
  subnet_id      = aws_subnet.migration_transit_c_subnet.id
}

# network "migration" > tier "public"
resource "aws_internet_gateway" "migration_internet_gateway" {
  tags = {
    Name        = "payments-migration-internet-gateway-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "public"
resource "aws_internet_gateway_attachment" "migration_internet_gateway_attachment" {
  internet_gateway_id = aws_internet_gateway.migration_internet_gateway.id
  vpc_id              = aws_vpc.migration_vpc.id
}

# network "migration" > tier "public"
resource "aws_eip" "migration_a_nat_address" {
  domain = "vpc"

  tags = {
    Name        = "payments-migration-a-nat-address-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.migration_internet_gateway_attachment]
}

# network "migration" > tier "public"
resource "aws_nat_gateway" "migration_a_nat" {
  allocation_id     = aws_eip.migration_a_nat_address.allocation_id
  connectivity_type = "public"
  subnet_id         = aws_subnet.migration_public_a_subnet.id

  tags = {
    Name        = "payments-migration-a-nat-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_internet_gateway_attachment.migration_internet_gateway_attachment]
}

# network "migration" > tier "public"
resource "aws_route" "migration_public_a_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.migration_internet_gateway.id
  route_table_id         = aws_route_table.migration_public_a_routes.id
  depends_on             = [aws_internet_gateway_attachment.migration_internet_gateway_attachment]
}

# network "migration" > tier "private"
resource "aws_route" "migration_private_a_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.migration_a_nat.id
  route_table_id         = aws_route_table.migration_private_a_routes.id
}

# network "migration" > tier "private"
resource "aws_route" "migration_private_b_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.migration_a_nat.id
  route_table_id         = aws_route_table.migration_private_b_routes.id
}

# network "migration" > tier "private"
resource "aws_route" "migration_private_c_to_internet_route" {
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.migration_a_nat.id
  route_table_id         = aws_route_table.migration_private_c_routes.id
}

# network "migration"
resource "aws_flow_log" "migration_flow_log" {
  iam_role_arn             = aws_iam_role.flow_logs_role.arn
  log_destination          = aws_cloudwatch_log_group.migration_flow_log_group.arn
  log_destination_type     = "cloud-watch-logs"
  max_aggregation_interval = 60
  vpc_id                   = aws_vpc.migration_vpc.id
  traffic_type             = "ALL"

  tags = {
    Name        = "payments-migration-flow-log-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_iam_role_policy.flow_logs_role_policy]
}

# transit "hub"
resource "aws_ec2_transit_gateway" "hub_transit_gateway" {
  amazon_side_asn                    = 64512
  auto_accept_shared_attachments     = "disable"
  default_route_table_association    = "disable"
  default_route_table_propagation    = "disable"
  description                        = "Joins the networks of payments"
  dns_support                        = "enable"
  multicast_support                  = "disable"
  security_group_referencing_support = "enable"
  vpn_ecmp_support                   = "enable"

  tags = {
    Name        = "payments-hub-transit-gateway-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
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
    Name        = "payments-hub-transit-flow-log-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_iam_role_policy.flow_logs_role_policy]
}

# transit "hub"
resource "aws_ec2_transit_gateway_vpc_attachment" "hub_production_attachment" {
  appliance_mode_support                          = "disable"
  dns_support                                     = "enable"
  ipv6_support                                    = "disable"
  security_group_referencing_support              = "enable"
  transit_gateway_id                              = aws_ec2_transit_gateway.hub_transit_gateway.id
  vpc_id                                          = aws_vpc.production_vpc.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false

  subnet_ids = [
    aws_subnet.production_transit_a_subnet.id,
    aws_subnet.production_transit_b_subnet.id,
    aws_subnet.production_transit_c_subnet.id,
  ]

  tags = {
    Name        = "payments-hub-production-attachment-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table" "hub_production_transit_routes" {
  transit_gateway_id = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "payments-hub-production-transit-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table_association" "hub_production_transit_association" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# transit "hub"
resource "aws_ec2_transit_gateway_vpc_attachment" "hub_migration_attachment" {
  appliance_mode_support                          = "disable"
  dns_support                                     = "enable"
  ipv6_support                                    = "disable"
  security_group_referencing_support              = "enable"
  transit_gateway_id                              = aws_ec2_transit_gateway.hub_transit_gateway.id
  vpc_id                                          = aws_vpc.migration_vpc.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false

  subnet_ids = [
    aws_subnet.migration_transit_a_subnet.id,
    aws_subnet.migration_transit_b_subnet.id,
    aws_subnet.migration_transit_c_subnet.id,
  ]

  tags = {
    Name        = "payments-hub-migration-attachment-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table" "hub_migration_transit_routes" {
  transit_gateway_id = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "payments-hub-migration-transit-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table_association" "hub_migration_transit_association" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_migration_transit_routes.id
}

# site "datacenter" > vpn
resource "aws_customer_gateway" "datacenter_customer_gateway" {
  bgp_asn    = "65010"
  ip_address = "203.0.113.10"
  type       = "ipsec.1"

  tags = {
    Name        = "payments-datacenter-customer-gateway-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# site "datacenter" > vpn
resource "aws_vpn_connection" "datacenter_vpn" {
  customer_gateway_id                  = aws_customer_gateway.datacenter_customer_gateway.id
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
    Name        = "payments-datacenter-vpn-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  tunnel1_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/migration/payments/dev/vpn/datacenter"
      log_output_format = "json"
    }
  }

  tunnel2_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/migration/payments/dev/vpn/datacenter"
      log_output_format = "json"
    }
  }

  depends_on = [aws_cloudwatch_log_group.datacenter_vpn_log_group]
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table" "hub_datacenter_transit_routes" {
  transit_gateway_id = aws_ec2_transit_gateway.hub_transit_gateway.id

  tags = {
    Name        = "payments-hub-datacenter-transit-routes-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# transit "hub"
resource "aws_ec2_transit_gateway_route_table_association" "hub_datacenter_transit_association" {
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_datacenter_transit_routes.id
}

# database "ledger"
resource "aws_security_group" "ledger_cluster_group" {
  name        = "payments-ledger-cluster-group-dev"
  description = "Aurora cluster ledger"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-ledger-cluster-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# replication "ledger"
resource "aws_security_group" "ledger_replication_group" {
  name        = "payments-ledger-replication-group-dev"
  description = "Replication instance ledger"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-ledger-replication-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "secret-rotation"
resource "aws_security_group" "secret_rotation_group" {
  name        = "payments-secret-rotation-group-dev"
  description = "Function secret-rotation"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-secret-rotation-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "data-validator"
resource "aws_security_group" "data_validator_group" {
  name        = "payments-data-validator-group-dev"
  description = "Function data-validator"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-data-validator-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "preflight"
resource "aws_security_group" "preflight_group" {
  name        = "payments-preflight-group-dev"
  description = "Function preflight"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-preflight-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "fence"
resource "aws_security_group" "fence_group" {
  name        = "payments-fence-group-dev"
  description = "Function fence"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-fence-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "sequences"
resource "aws_security_group" "sequences_group" {
  name        = "payments-sequences-group-dev"
  description = "Function sequences"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-sequences-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "reverse-slot"
resource "aws_security_group" "reverse_slot_group" {
  name        = "payments-reverse-slot-group-dev"
  description = "Function reverse-slot"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-reverse-slot-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# function "rollback-handler"
resource "aws_security_group" "rollback_handler_group" {
  name        = "payments-rollback-handler-group-dev"
  description = "Function rollback-handler"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-rollback-handler-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# api "payments"
resource "aws_security_group" "payments_vpc_link_group" {
  name        = "payments-payments-vpc-link-group-dev"
  description = "The VPC link of api payments"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-payments-vpc-link-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# api "payments"
resource "aws_security_group" "payments_load_balancer_group" {
  name        = "payments-payments-load-balancer-group-dev"
  description = "The load balancer of api payments"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-payments-load-balancer-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# api "payments"
resource "aws_security_group" "payments_targets_group" {
  name        = "payments-payments-targets-group-dev"
  description = "The targets of api payments"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-payments-targets-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_1" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "0.0.0.0/5"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_2" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "8.0.0.0/7"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_3" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "11.0.0.0/8"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_4" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "12.0.0.0/6"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_5" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "16.0.0.0/4"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_6" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "32.0.0.0/3"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_7" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "64.0.0.0/2"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_8" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "128.0.0.0/3"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_9" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "160.0.0.0/5"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_10" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "168.0.0.0/6"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_11" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "172.0.0.0/12"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_12" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "172.32.0.0/11"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_13" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "172.64.0.0/10"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_14" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "172.128.0.0/9"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_15" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "173.0.0.0/8"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_16" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "174.0.0.0/7"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_17" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "176.0.0.0/4"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_18" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.0.0.0/9"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_19" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.128.0.0/11"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_20" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.160.0.0/13"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_21" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.169.0.0/16"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_22" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.170.0.0/15"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_23" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.172.0.0/14"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_24" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.176.0.0/12"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_25" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "192.192.0.0/10"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_26" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "193.0.0.0/8"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_27" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "194.0.0.0/7"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_28" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "196.0.0.0/6"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_29" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "200.0.0.0/5"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_30" {
  security_group_id = aws_security_group.payments_targets_group.id
  cidr_ipv4         = "208.0.0.0/4"
  description       = "compute payments / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_security_group" "reconciliation_compute_group" {
  name        = "payments-reconciliation-compute-group-dev"
  description = "Workload reconciliation"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-reconciliation-compute-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_1" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "0.0.0.0/5"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_2" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "8.0.0.0/7"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_3" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "11.0.0.0/8"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_4" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "12.0.0.0/6"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_5" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "16.0.0.0/4"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_6" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "32.0.0.0/3"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_7" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "64.0.0.0/2"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_8" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "128.0.0.0/3"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_9" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "160.0.0.0/5"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_10" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "168.0.0.0/6"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_11" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "172.0.0.0/12"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_12" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "172.32.0.0/11"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_13" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "172.64.0.0/10"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_14" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "172.128.0.0/9"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_15" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "173.0.0.0/8"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_16" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "174.0.0.0/7"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_17" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "176.0.0.0/4"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_18" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.0.0.0/9"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_19" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.128.0.0/11"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_20" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.160.0.0/13"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_21" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.169.0.0/16"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_22" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.170.0.0/15"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_23" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.172.0.0/14"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_24" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.176.0.0/12"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_25" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "192.192.0.0/10"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_26" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "193.0.0.0/8"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_27" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "194.0.0.0/7"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_28" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "196.0.0.0/6"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_29" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "200.0.0.0/5"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# compute "reconciliation"
resource "aws_vpc_security_group_egress_rule" "reconciliation_compute_group_30" {
  security_group_id = aws_security_group.reconciliation_compute_group.id
  cidr_ipv4         = "208.0.0.0/4"
  description       = "compute reconciliation / egress https:internet"
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# site "datacenter" > dns
resource "aws_security_group" "datacenter_resolver_group" {
  name        = "payments-datacenter-resolver-group-dev"
  description = "Questions to the DNS servers of datacenter"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-datacenter-resolver-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# site "datacenter" > dns
resource "aws_route53_resolver_endpoint" "datacenter_resolver_endpoint" {
  name                   = "payments-datacenter-resolver-dev"
  direction              = "OUTBOUND"
  protocols              = ["Do53"]
  resolver_endpoint_type = "IPV4"
  security_group_ids     = [aws_security_group.datacenter_resolver_group.id]

  tags = {
    Name        = "payments-datacenter-resolver-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  ip_address {
    subnet_id = aws_subnet.production_private_a_subnet.id
  }

  ip_address {
    subnet_id = aws_subnet.production_private_b_subnet.id
  }
}

# site "datacenter" > dns
resource "aws_route53_resolver_rule" "datacenter_example_com_resolver_rule" {
  name                 = "payments-datacenter-example-com-dev"
  domain_name          = "example.com"
  resolver_endpoint_id = aws_route53_resolver_endpoint.datacenter_resolver_endpoint.id
  rule_type            = "FORWARD"

  tags = {
    Name        = "payments-datacenter-example-com-resolver-rule-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  target_ip {
    ip       = "172.16.0.53"
    port     = 53
    protocol = "Do53"
  }

  target_ip {
    ip       = "172.16.1.53"
    port     = 53
    protocol = "Do53"
  }
}

# site "datacenter" > dns
resource "aws_route53_resolver_rule_association" "datacenter_example_com_production_resolver_association" {
  resolver_rule_id = aws_route53_resolver_rule.datacenter_example_com_resolver_rule.id
  vpc_id           = aws_vpc.production_vpc.id
}

# site "datacenter" > dns
resource "aws_route53_resolver_rule_association" "datacenter_example_com_migration_resolver_association" {
  resolver_rule_id = aws_route53_resolver_rule.datacenter_example_com_resolver_rule.id
  vpc_id           = aws_vpc.migration_vpc.id
}

# network "production"
resource "aws_security_group" "production_endpoints_group" {
  name        = "payments-production-endpoints-group-dev"
  description = "Interface endpoints of network production"
  vpc_id      = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-endpoints-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# cutover "ledger" > writer-switch
resource "aws_vpc_endpoint" "production_ssm_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.production_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.ssm"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = ["ssm:GetParameter", "ssm:PutParameter"]
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
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-production-ssm-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# compute "payments" > egress "ecr"
resource "aws_vpc_endpoint" "production_ecr_api_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.production_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.ecr.api"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "ecr:*"
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
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-production-ecr-api-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# compute "payments" > egress "ecr"
resource "aws_vpc_endpoint" "production_ecr_dkr_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.production_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.ecr.dkr"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "ecr:*"
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
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-production-ecr-dkr-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# compute "payments" > egress "ecr"
resource "aws_vpc_endpoint" "production_s3_endpoint" {
  service_name      = "com.amazonaws.us-east-1.s3"
  vpc_endpoint_type = "Gateway"
  vpc_id            = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action = ["s3:GetObject", "s3:PutObject"]

        Resource = [
          aws_s3_bucket.access_logs_bucket.arn,
          "${aws_s3_bucket.access_logs_bucket.arn}/*",
          aws_s3_bucket.checkpoints_bucket.arn,
          "${aws_s3_bucket.checkpoints_bucket.arn}/*",
          aws_s3_bucket.evidence_bucket.arn,
          "${aws_s3_bucket.evidence_bucket.arn}/*",
        ]

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
      {
        Sid    = "ImageLayers"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
      },
    ]
  })

  route_table_ids = [
    aws_route_table.production_private_a_routes.id,
    aws_route_table.production_private_b_routes.id,
    aws_route_table.production_private_c_routes.id,
    aws_route_table.production_data_a_routes.id,
    aws_route_table.production_data_b_routes.id,
    aws_route_table.production_data_c_routes.id,
    aws_route_table.production_replication_a_routes.id,
    aws_route_table.production_replication_b_routes.id,
    aws_route_table.production_replication_c_routes.id,
  ]

  tags = {
    Name        = "payments-production-s3-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# compute "payments" > egress "logs"
resource "aws_vpc_endpoint" "production_logs_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.production_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.logs"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "logs:*"
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
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-production-logs-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# compute "payments" > egress "secretsmanager"
resource "aws_vpc_endpoint" "production_secretsmanager_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.production_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.secretsmanager"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.production_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "secretsmanager:*"
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
    aws_subnet.production_private_a_subnet.id,
    aws_subnet.production_private_b_subnet.id,
    aws_subnet.production_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-production-secretsmanager-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration"
resource "aws_security_group" "migration_endpoints_group" {
  name        = "payments-migration-endpoints-group-dev"
  description = "Interface endpoints of network migration"
  vpc_id      = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-endpoints-group-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  timeouts {
    delete = "45m"
  }
}

# replication "ledger" > instance
resource "aws_vpc_endpoint" "migration_secretsmanager_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.secretsmanager"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-secretsmanager-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > instance
resource "aws_vpc_endpoint" "migration_kms_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.kms"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-kms-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > instance
resource "aws_vpc_endpoint" "migration_logs_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.logs"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

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
          "logs:CreateLogDelivery",
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:GetLogEvents",
          "logs:ListLogDeliveries",
          "logs:PutLogEvents",
          "logs:PutResourcePolicy",
          "logs:PutRetentionPolicy",
          "logs:UpdateLogDelivery",
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-logs-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > instance
resource "aws_vpc_endpoint" "migration_monitoring_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.monitoring"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-monitoring-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function secret-rotation > ssm
resource "aws_vpc_endpoint" "migration_ssm_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.ssm"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = ["ssm:GetParameter", "ssm:PutParameter"]
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-ssm-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function data-validator > s3
resource "aws_vpc_endpoint" "migration_s3_endpoint" {
  service_name      = "com.amazonaws.us-east-1.s3"
  vpc_endpoint_type = "Gateway"
  vpc_id            = aws_vpc.migration_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action = ["s3:GetObject", "s3:PutObject"]

        Resource = [
          aws_s3_bucket.access_logs_bucket.arn,
          "${aws_s3_bucket.access_logs_bucket.arn}/*",
          aws_s3_bucket.checkpoints_bucket.arn,
          "${aws_s3_bucket.checkpoints_bucket.arn}/*",
          aws_s3_bucket.evidence_bucket.arn,
          "${aws_s3_bucket.evidence_bucket.arn}/*",
        ]

        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111111111111"
            "aws:ResourceAccount"  = "111111111111"
          }
        }
      },
    ]
  })

  route_table_ids = [
    aws_route_table.migration_private_a_routes.id,
    aws_route_table.migration_private_b_routes.id,
    aws_route_table.migration_private_c_routes.id,
    aws_route_table.migration_replication_a_routes.id,
    aws_route_table.migration_replication_b_routes.id,
    aws_route_table.migration_replication_c_routes.id,
  ]

  tags = {
    Name        = "payments-migration-s3-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function data-validator > dms
resource "aws_vpc_endpoint" "migration_dms_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.dms"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

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
          "dms:DescribeReplicationInstances",
          "dms:DescribeReplicationTasks",
          "dms:DescribeTableStatistics",
          "dms:ReloadTables",
          "dms:StartReplicationTask",
          "dms:StopReplicationTask",
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-dms-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function rollback-handler > sns
resource "aws_vpc_endpoint" "migration_sns_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.sns"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid    = "OwnAccount"
        Effect = "Allow"

        Principal = {
          AWS = "*"
        }

        Action   = "sns:Publish"
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-sns-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# function rollback-handler > elasticloadbalancing
resource "aws_vpc_endpoint" "migration_elasticloadbalancing_endpoint" {
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.migration_endpoints_group.id]
  service_name        = "com.amazonaws.us-east-1.elasticloadbalancing"
  vpc_endpoint_type   = "Interface"
  vpc_id              = aws_vpc.migration_vpc.id

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
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:ModifyRule",
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
    aws_subnet.migration_private_a_subnet.id,
    aws_subnet.migration_private_b_subnet.id,
    aws_subnet.migration_private_c_subnet.id,
  ]

  tags = {
    Name        = "payments-migration-elasticloadbalancing-endpoint-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# replication "ledger" > instance
resource "aws_vpc_security_group_egress_rule" "ledger_replication_group_to_migration_endpoints_group_443" {
  description                  = "replication ledger / instance"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.ledger_replication_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# replication "ledger" > instance
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_ledger_replication_group_443" {
  description                  = "replication ledger / instance"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.ledger_replication_group.id
  to_port                      = 443
}

# replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "ledger_replication_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.ledger_replication_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# replication "ledger" > from
resource "aws_route" "migration_replication_a_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_replication_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > from
resource "aws_route" "migration_replication_b_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_replication_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > from
resource "aws_route" "migration_replication_c_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_replication_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > from
resource "aws_ec2_transit_gateway_route" "hub_migration_to_datacenter_transit_route" {
  destination_cidr_block         = "172.16.0.0/16"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_migration_transit_routes.id
}

# replication "ledger" > from
resource "aws_ec2_transit_gateway_route" "hub_datacenter_to_migration_replication_transit_route" {
  destination_cidr_block         = "10.1.4.0/22"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_datacenter_transit_routes.id
}

# replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "ledger_replication_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.ledger_replication_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_ledger_replication_group_5432" {
  description                  = "replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.ledger_replication_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# replication "ledger" > to
resource "aws_route" "migration_replication_a_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_replication_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > to
resource "aws_route" "migration_replication_b_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_replication_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > to
resource "aws_route" "migration_replication_c_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_replication_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# replication "ledger" > to
resource "aws_ec2_transit_gateway_route" "hub_migration_to_production_data_transit_route" {
  destination_cidr_block         = "10.0.4.0/22"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_migration_transit_routes.id
}

# replication "ledger" > to
resource "aws_route" "production_data_a_to_migration_replication_route" {
  destination_cidr_block = "10.1.4.0/22"
  route_table_id         = aws_route_table.production_data_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# replication "ledger" > to
resource "aws_route" "production_data_b_to_migration_replication_route" {
  destination_cidr_block = "10.1.4.0/22"
  route_table_id         = aws_route_table.production_data_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# replication "ledger" > to
resource "aws_route" "production_data_c_to_migration_replication_route" {
  destination_cidr_block = "10.1.4.0/22"
  route_table_id         = aws_route_table.production_data_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# replication "ledger" > to
resource "aws_ec2_transit_gateway_route" "hub_production_to_migration_replication_transit_route" {
  destination_cidr_block         = "10.1.4.0/22"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# function secret-rotation > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "secret_rotation_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function secret-rotation / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.secret_rotation_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function secret-rotation > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_secret_rotation_group_5432" {
  description                  = "function secret-rotation / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.secret_rotation_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "migration_private_a_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "migration_private_b_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "migration_private_c_to_production_data_route" {
  destination_cidr_block = "10.0.4.0/22"
  route_table_id         = aws_route_table.migration_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "production_data_a_to_migration_private_route" {
  destination_cidr_block = "10.1.64.0/18"
  route_table_id         = aws_route_table.production_data_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "production_data_b_to_migration_private_route" {
  destination_cidr_block = "10.1.64.0/18"
  route_table_id         = aws_route_table.production_data_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_route" "production_data_c_to_migration_private_route" {
  destination_cidr_block = "10.1.64.0/18"
  route_table_id         = aws_route_table.production_data_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# function secret-rotation > replication "ledger" > to
resource "aws_ec2_transit_gateway_route" "hub_production_to_migration_private_transit_route" {
  destination_cidr_block         = "10.1.64.0/18"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# function secret-rotation > secretsmanager
resource "aws_vpc_security_group_egress_rule" "secret_rotation_group_to_migration_endpoints_group_443" {
  description                  = "function secret-rotation / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.secret_rotation_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function secret-rotation > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_secret_rotation_group_443" {
  description                  = "function secret-rotation / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.secret_rotation_group.id
  to_port                      = 443
}

# function data-validator > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "data_validator_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function data-validator / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.data_validator_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function data-validator > replication "ledger" > from
resource "aws_route" "migration_private_a_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function data-validator > replication "ledger" > from
resource "aws_route" "migration_private_b_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function data-validator > replication "ledger" > from
resource "aws_route" "migration_private_c_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.migration_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment]
}

# function data-validator > replication "ledger" > from
resource "aws_ec2_transit_gateway_route" "hub_datacenter_to_migration_private_transit_route" {
  destination_cidr_block         = "10.1.64.0/18"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_datacenter_transit_routes.id
}

# function data-validator > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "data_validator_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function data-validator / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.data_validator_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function data-validator > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_data_validator_group_5432" {
  description                  = "function data-validator / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.data_validator_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function data-validator > secretsmanager
resource "aws_vpc_security_group_egress_rule" "data_validator_group_to_migration_endpoints_group_443" {
  description                  = "function data-validator / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.data_validator_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function data-validator > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_data_validator_group_443" {
  description                  = "function data-validator / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.data_validator_group.id
  to_port                      = 443
}

# function data-validator > s3
resource "aws_vpc_security_group_egress_rule" "data_validator_group_to_s3_443" {
  description       = "function data-validator / s3"
  prefix_list_id    = "pl-63a5400a"
  from_port         = 443
  security_group_id = aws_security_group.data_validator_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# function preflight > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "preflight_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function preflight / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.preflight_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function preflight > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "preflight_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function preflight / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.preflight_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function preflight > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_preflight_group_5432" {
  description                  = "function preflight / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.preflight_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function preflight > secretsmanager
resource "aws_vpc_security_group_egress_rule" "preflight_group_to_migration_endpoints_group_443" {
  description                  = "function preflight / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.preflight_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function preflight > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_preflight_group_443" {
  description                  = "function preflight / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.preflight_group.id
  to_port                      = 443
}

# function preflight > s3
resource "aws_vpc_security_group_egress_rule" "preflight_group_to_s3_443" {
  description       = "function preflight / s3"
  prefix_list_id    = "pl-63a5400a"
  from_port         = 443
  security_group_id = aws_security_group.preflight_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# function fence > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "fence_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function fence / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.fence_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function fence > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "fence_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function fence / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.fence_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function fence > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_fence_group_5432" {
  description                  = "function fence / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.fence_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function fence > secretsmanager
resource "aws_vpc_security_group_egress_rule" "fence_group_to_migration_endpoints_group_443" {
  description                  = "function fence / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.fence_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function fence > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_fence_group_443" {
  description                  = "function fence / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.fence_group.id
  to_port                      = 443
}

# function sequences > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "sequences_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function sequences / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.sequences_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function sequences > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "sequences_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function sequences / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.sequences_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function sequences > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_sequences_group_5432" {
  description                  = "function sequences / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.sequences_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function sequences > secretsmanager
resource "aws_vpc_security_group_egress_rule" "sequences_group_to_migration_endpoints_group_443" {
  description                  = "function sequences / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.sequences_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function sequences > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_sequences_group_443" {
  description                  = "function sequences / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.sequences_group.id
  to_port                      = 443
}

# function reverse-slot > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "reverse_slot_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function reverse-slot / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.reverse_slot_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function reverse-slot > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "reverse_slot_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function reverse-slot / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.reverse_slot_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function reverse-slot > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_reverse_slot_group_5432" {
  description                  = "function reverse-slot / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.reverse_slot_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function reverse-slot > secretsmanager
resource "aws_vpc_security_group_egress_rule" "reverse_slot_group_to_migration_endpoints_group_443" {
  description                  = "function reverse-slot / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.reverse_slot_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function reverse-slot > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_reverse_slot_group_443" {
  description                  = "function reverse-slot / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.reverse_slot_group.id
  to_port                      = 443
}

# function rollback-handler > replication "ledger" > from
resource "aws_vpc_security_group_egress_rule" "rollback_handler_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "function rollback-handler / replication ledger / from"
  from_port         = 5432
  security_group_id = aws_security_group.rollback_handler_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function rollback-handler > replication "ledger" > to
resource "aws_vpc_security_group_egress_rule" "rollback_handler_group_to_production_data_5432" {
  cidr_ipv4         = "10.0.4.0/22"
  description       = "function rollback-handler / replication ledger / to"
  from_port         = 5432
  security_group_id = aws_security_group.rollback_handler_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# function rollback-handler > replication "ledger" > to
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_rollback_handler_group_5432" {
  description                  = "function rollback-handler / replication ledger / to"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.rollback_handler_group.id
  to_port                      = 5432

  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.hub_migration_attachment,
    aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment,
  ]
}

# function rollback-handler > secretsmanager
resource "aws_vpc_security_group_egress_rule" "rollback_handler_group_to_migration_endpoints_group_443" {
  description                  = "function rollback-handler / secretsmanager"
  referenced_security_group_id = aws_security_group.migration_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.rollback_handler_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# function rollback-handler > secretsmanager
resource "aws_vpc_security_group_ingress_rule" "migration_endpoints_group_from_rollback_handler_group_443" {
  description                  = "function rollback-handler / secretsmanager"
  from_port                    = 443
  security_group_id            = aws_security_group.migration_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.rollback_handler_group.id
  to_port                      = 443
}

# function rollback-handler > s3
resource "aws_vpc_security_group_egress_rule" "rollback_handler_group_to_s3_443" {
  description       = "function rollback-handler / s3"
  prefix_list_id    = "pl-63a5400a"
  from_port         = 443
  security_group_id = aws_security_group.rollback_handler_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments"
resource "aws_vpc_security_group_egress_rule" "payments_vpc_link_group_to_payments_load_balancer_group_443" {
  description                  = "api payments"
  referenced_security_group_id = aws_security_group.payments_load_balancer_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.payments_vpc_link_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# api "payments"
resource "aws_vpc_security_group_ingress_rule" "payments_load_balancer_group_from_payments_vpc_link_group_443" {
  description                  = "api payments"
  from_port                    = 443
  security_group_id            = aws_security_group.payments_load_balancer_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.payments_vpc_link_group.id
  to_port                      = 443
}

# api "payments" > upstream "source"
resource "aws_vpc_security_group_egress_rule" "payments_load_balancer_group_to_payments_source_1_443" {
  cidr_ipv4         = "172.16.20.10/32"
  description       = "api payments / upstream source"
  from_port         = 443
  security_group_id = aws_security_group.payments_load_balancer_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments" > upstream "source"
resource "aws_vpc_security_group_egress_rule" "payments_load_balancer_group_to_payments_source_2_443" {
  cidr_ipv4         = "172.16.20.11/32"
  description       = "api payments / upstream source"
  from_port         = 443
  security_group_id = aws_security_group.payments_load_balancer_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_a_to_payments_source_1_route" {
  destination_cidr_block = "172.16.20.10/32"
  route_table_id         = aws_route_table.production_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_b_to_payments_source_1_route" {
  destination_cidr_block = "172.16.20.10/32"
  route_table_id         = aws_route_table.production_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_c_to_payments_source_1_route" {
  destination_cidr_block = "172.16.20.10/32"
  route_table_id         = aws_route_table.production_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_ec2_transit_gateway_route" "hub_production_to_payments_source_1_transit_route" {
  destination_cidr_block         = "172.16.20.10/32"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_a_to_payments_source_2_route" {
  destination_cidr_block = "172.16.20.11/32"
  route_table_id         = aws_route_table.production_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_b_to_payments_source_2_route" {
  destination_cidr_block = "172.16.20.11/32"
  route_table_id         = aws_route_table.production_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_route" "production_private_c_to_payments_source_2_route" {
  destination_cidr_block = "172.16.20.11/32"
  route_table_id         = aws_route_table.production_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# api "payments" > upstream "source"
resource "aws_ec2_transit_gateway_route" "hub_production_to_payments_source_2_transit_route" {
  destination_cidr_block         = "172.16.20.11/32"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# api "payments" > upstream "source"
resource "aws_ec2_transit_gateway_route" "hub_datacenter_to_production_private_transit_route" {
  destination_cidr_block         = "10.0.64.0/18"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_datacenter_transit_routes.id
}

# api "payments" > upstream "target"
resource "aws_vpc_security_group_egress_rule" "payments_load_balancer_group_to_payments_targets_group_8443" {
  description                  = "api payments / upstream target"
  referenced_security_group_id = aws_security_group.payments_targets_group.id
  from_port                    = 8443
  security_group_id            = aws_security_group.payments_load_balancer_group.id
  ip_protocol                  = "tcp"
  to_port                      = 8443
}

# api "payments" > upstream "target"
resource "aws_vpc_security_group_ingress_rule" "payments_targets_group_from_payments_load_balancer_group_8443" {
  description                  = "api payments / upstream target"
  from_port                    = 8443
  security_group_id            = aws_security_group.payments_targets_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.payments_load_balancer_group.id
  to_port                      = 8443
}

# cutover "ledger" > api
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_to_ledger_cluster_group_5432" {
  description                  = "cutover ledger / api"
  referenced_security_group_id = aws_security_group.ledger_cluster_group.id
  from_port                    = 5432
  security_group_id            = aws_security_group.payments_targets_group.id
  ip_protocol                  = "tcp"
  to_port                      = 5432
}

# cutover "ledger" > api
resource "aws_vpc_security_group_ingress_rule" "ledger_cluster_group_from_payments_targets_group_5432" {
  description                  = "cutover ledger / api"
  from_port                    = 5432
  security_group_id            = aws_security_group.ledger_cluster_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.payments_targets_group.id
  to_port                      = 5432
}

# cutover "ledger" > api
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_to_datacenter_5432" {
  cidr_ipv4         = "172.16.0.0/16"
  description       = "cutover ledger / api"
  from_port         = 5432
  security_group_id = aws_security_group.payments_targets_group.id
  ip_protocol       = "tcp"
  to_port           = 5432
}

# cutover "ledger" > api
resource "aws_route" "production_private_a_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.production_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# cutover "ledger" > api
resource "aws_route" "production_private_b_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.production_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# cutover "ledger" > api
resource "aws_route" "production_private_c_to_datacenter_route" {
  destination_cidr_block = "172.16.0.0/16"
  route_table_id         = aws_route_table.production_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# cutover "ledger" > api
resource "aws_ec2_transit_gateway_route" "hub_production_to_datacenter_transit_route" {
  destination_cidr_block         = "172.16.0.0/16"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# cutover "ledger" > writer-switch
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_to_production_endpoints_group_443" {
  description                  = "cutover ledger / writer-switch"
  referenced_security_group_id = aws_security_group.production_endpoints_group.id
  from_port                    = 443
  security_group_id            = aws_security_group.payments_targets_group.id
  ip_protocol                  = "tcp"
  to_port                      = 443
}

# cutover "ledger" > writer-switch
resource "aws_vpc_security_group_ingress_rule" "production_endpoints_group_from_payments_targets_group_443" {
  description                  = "cutover ledger / writer-switch"
  from_port                    = 443
  security_group_id            = aws_security_group.production_endpoints_group.id
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.payments_targets_group.id
  to_port                      = 443
}

# compute "payments" > egress "ecr"
resource "aws_vpc_security_group_egress_rule" "payments_targets_group_to_s3_443" {
  description       = "compute payments / egress ecr"
  prefix_list_id    = "pl-63a5400a"
  from_port         = 443
  security_group_id = aws_security_group.payments_targets_group.id
  ip_protocol       = "tcp"
  to_port           = 443
}

# site "datacenter" > dns
resource "aws_vpc_security_group_egress_rule" "datacenter_resolver_group_to_datacenter_dns_1_53" {
  cidr_ipv4         = "172.16.0.53/32"
  description       = "site datacenter / dns"
  from_port         = 53
  security_group_id = aws_security_group.datacenter_resolver_group.id
  ip_protocol       = "tcp"
  to_port           = 53
}

# site "datacenter" > dns
resource "aws_vpc_security_group_egress_rule" "datacenter_resolver_group_to_datacenter_dns_2_53" {
  cidr_ipv4         = "172.16.1.53/32"
  description       = "site datacenter / dns"
  from_port         = 53
  security_group_id = aws_security_group.datacenter_resolver_group.id
  ip_protocol       = "tcp"
  to_port           = 53
}

# site "datacenter" > dns
resource "aws_route" "production_private_a_to_datacenter_dns_1_route" {
  destination_cidr_block = "172.16.0.53/32"
  route_table_id         = aws_route_table.production_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_route" "production_private_b_to_datacenter_dns_1_route" {
  destination_cidr_block = "172.16.0.53/32"
  route_table_id         = aws_route_table.production_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_route" "production_private_c_to_datacenter_dns_1_route" {
  destination_cidr_block = "172.16.0.53/32"
  route_table_id         = aws_route_table.production_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_ec2_transit_gateway_route" "hub_production_to_datacenter_dns_1_transit_route" {
  destination_cidr_block         = "172.16.0.53/32"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# site "datacenter" > dns
resource "aws_route" "production_private_a_to_datacenter_dns_2_route" {
  destination_cidr_block = "172.16.1.53/32"
  route_table_id         = aws_route_table.production_private_a_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_route" "production_private_b_to_datacenter_dns_2_route" {
  destination_cidr_block = "172.16.1.53/32"
  route_table_id         = aws_route_table.production_private_b_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_route" "production_private_c_to_datacenter_dns_2_route" {
  destination_cidr_block = "172.16.1.53/32"
  route_table_id         = aws_route_table.production_private_c_routes.id
  transit_gateway_id     = aws_ec2_transit_gateway.hub_transit_gateway.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub_production_attachment]
}

# site "datacenter" > dns
resource "aws_ec2_transit_gateway_route" "hub_production_to_datacenter_dns_2_transit_route" {
  destination_cidr_block         = "172.16.1.53/32"
  transit_gateway_attachment_id  = aws_vpn_connection.datacenter_vpn.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub_production_transit_routes.id
}

# site "datacenter" > dns
resource "aws_vpc_security_group_egress_rule" "datacenter_resolver_group_to_datacenter_dns_1_53_udp" {
  cidr_ipv4         = "172.16.0.53/32"
  description       = "site datacenter / dns"
  from_port         = 53
  security_group_id = aws_security_group.datacenter_resolver_group.id
  ip_protocol       = "udp"
  to_port           = 53
}

# site "datacenter" > dns
resource "aws_vpc_security_group_egress_rule" "datacenter_resolver_group_to_datacenter_dns_2_53_udp" {
  cidr_ipv4         = "172.16.1.53/32"
  description       = "site datacenter / dns"
  from_port         = 53
  security_group_id = aws_security_group.datacenter_resolver_group.id
  ip_protocol       = "udp"
  to_port           = 53
}

# network "production" > tier "data"
resource "aws_network_acl" "production_data_acl" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-data-acl-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "data"
resource "aws_network_acl_association" "production_data_a_acl_association" {
  network_acl_id = aws_network_acl.production_data_acl.id
  subnet_id      = aws_subnet.production_data_a_subnet.id
}

# network "production" > tier "data"
resource "aws_network_acl_association" "production_data_b_acl_association" {
  network_acl_id = aws_network_acl.production_data_acl.id
  subnet_id      = aws_subnet.production_data_b_subnet.id
}

# network "production" > tier "data"
resource "aws_network_acl_association" "production_data_c_acl_association" {
  network_acl_id = aws_network_acl.production_data_acl.id
  subnet_id      = aws_subnet.production_data_c_subnet.id
}

# replication "ledger" > to
resource "aws_network_acl_rule" "production_data_acl_in_10" {
  cidr_block     = "10.1.4.0/22"
  egress         = false
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# function secret-rotation > replication "ledger" > to
resource "aws_network_acl_rule" "production_data_acl_in_20" {
  cidr_block     = "10.1.64.0/18"
  egress         = false
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# cutover "ledger" > api
resource "aws_network_acl_rule" "production_data_acl_in_30" {
  cidr_block     = "10.0.64.0/18"
  egress         = false
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}

# replication "ledger" > to
resource "aws_network_acl_rule" "production_data_acl_out_10" {
  cidr_block     = "10.1.4.0/22"
  egress         = true
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# function secret-rotation > replication "ledger" > to
resource "aws_network_acl_rule" "production_data_acl_out_20" {
  cidr_block     = "10.1.64.0/18"
  egress         = true
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# cutover "ledger" > api
resource "aws_network_acl_rule" "production_data_acl_out_30" {
  cidr_block     = "10.0.64.0/18"
  egress         = true
  network_acl_id = aws_network_acl.production_data_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}

# network "production" > tier "replication"
resource "aws_network_acl" "production_replication_acl" {
  vpc_id = aws_vpc.production_vpc.id

  tags = {
    Name        = "payments-production-replication-acl-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "production" > tier "replication"
resource "aws_network_acl_association" "production_replication_a_acl_association" {
  network_acl_id = aws_network_acl.production_replication_acl.id
  subnet_id      = aws_subnet.production_replication_a_subnet.id
}

# network "production" > tier "replication"
resource "aws_network_acl_association" "production_replication_b_acl_association" {
  network_acl_id = aws_network_acl.production_replication_acl.id
  subnet_id      = aws_subnet.production_replication_b_subnet.id
}

# network "production" > tier "replication"
resource "aws_network_acl_association" "production_replication_c_acl_association" {
  network_acl_id = aws_network_acl.production_replication_acl.id
  subnet_id      = aws_subnet.production_replication_c_subnet.id
}

# network "migration" > tier "replication"
resource "aws_network_acl" "migration_replication_acl" {
  vpc_id = aws_vpc.migration_vpc.id

  tags = {
    Name        = "payments-migration-replication-acl-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# network "migration" > tier "replication"
resource "aws_network_acl_association" "migration_replication_a_acl_association" {
  network_acl_id = aws_network_acl.migration_replication_acl.id
  subnet_id      = aws_subnet.migration_replication_a_subnet.id
}

# network "migration" > tier "replication"
resource "aws_network_acl_association" "migration_replication_b_acl_association" {
  network_acl_id = aws_network_acl.migration_replication_acl.id
  subnet_id      = aws_subnet.migration_replication_b_subnet.id
}

# network "migration" > tier "replication"
resource "aws_network_acl_association" "migration_replication_c_acl_association" {
  network_acl_id = aws_network_acl.migration_replication_acl.id
  subnet_id      = aws_subnet.migration_replication_c_subnet.id
}

# replication "ledger" > instance
resource "aws_network_acl_rule" "migration_replication_acl_in_10" {
  cidr_block     = "10.1.64.0/18"
  egress         = false
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# replication "ledger" > from
resource "aws_network_acl_rule" "migration_replication_acl_in_20" {
  cidr_block     = "172.16.0.0/16"
  egress         = false
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# replication "ledger" > to
resource "aws_network_acl_rule" "migration_replication_acl_in_30" {
  cidr_block     = "10.0.4.0/22"
  egress         = false
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 1024
  to_port        = 65535
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}

# replication "ledger" > instance
resource "aws_network_acl_rule" "migration_replication_acl_out_10" {
  cidr_block     = "10.1.64.0/18"
  egress         = true
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 443
  to_port        = 443
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 10
}

# replication "ledger" > from
resource "aws_network_acl_rule" "migration_replication_acl_out_20" {
  cidr_block     = "172.16.0.0/16"
  egress         = true
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 20
}

# replication "ledger" > to
resource "aws_network_acl_rule" "migration_replication_acl_out_30" {
  cidr_block     = "10.0.4.0/22"
  egress         = true
  network_acl_id = aws_network_acl.migration_replication_acl.id
  from_port      = 5432
  to_port        = 5432
  protocol       = "6"
  rule_action    = "allow"
  rule_number    = 30
}
