# A small stack with each construct that the judge must check: references, blocks, counts, loops, ephemeral values.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.47"
    }
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = { Project = "sample" }
  }
}

variable "topics" {
  type    = list(string)
  default = ["alerts"]
}

data "aws_availability_zones" "here" {
  state = "available"
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "tier" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
}

resource "aws_security_group" "database" {
  name_prefix = "database-"
  vpc_id      = aws_vpc.main.id
}

resource "aws_s3_bucket" "files" {
  bucket_prefix = "files-"
}

resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.id

  versioning_configuration {
    status = "Enabled"
  }
}

ephemeral "aws_secretsmanager_random_password" "login" {
  password_length = 32
}

resource "aws_secretsmanager_secret" "login" {
  name = "login"
}

resource "aws_secretsmanager_secret_version" "login" {
  secret_id                = aws_secretsmanager_secret.login.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.login.random_password
  secret_string_wo_version = 1
}

resource "aws_sns_topic" "each" {
  for_each = toset(var.topics)
  name     = each.key
}

resource "aws_cloudwatch_metric_alarm" "lag" {
  alarm_name          = "lag"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  metric_name         = "CDCLatencyTarget"
  namespace           = "AWS/DMS"
  period              = 60
  statistic           = "Maximum"
  threshold           = 5
  alarm_actions       = [aws_sns_topic.each["alerts"].arn]
}

output "subnets" {
  value = aws_subnet.tier[*].arn
}
