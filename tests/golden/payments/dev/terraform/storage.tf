# checkpoints
resource "aws_s3_bucket" "access_logs_bucket" {
  bucket        = "payments-access-logs-dev-111111111111"
  force_destroy = true

  tags = {
    Name        = "payments-access-logs-bucket-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }
}

# checkpoints
resource "aws_s3_bucket_public_access_block" "access_logs_bucket" {
  bucket                  = aws_s3_bucket.access_logs_bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# checkpoints
resource "aws_s3_bucket_ownership_controls" "access_logs_bucket" {
  bucket = aws_s3_bucket.access_logs_bucket.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# checkpoints
resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs_bucket" {
  bucket = aws_s3_bucket.access_logs_bucket.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# checkpoints
resource "aws_s3_bucket_versioning" "access_logs_bucket" {
  bucket = aws_s3_bucket.access_logs_bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

# checkpoints
resource "aws_s3_bucket_lifecycle_configuration" "access_logs_bucket" {
  bucket = aws_s3_bucket.access_logs_bucket.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = 400
    }

    noncurrent_version_expiration {
      noncurrent_days = 400
    }
  }

  depends_on = [aws_s3_bucket_versioning.access_logs_bucket]
}

# checkpoints
resource "aws_s3_bucket_policy" "access_logs_bucket_policy" {
  bucket = aws_s3_bucket.access_logs_bucket.bucket

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-access-logs-dev-111111111111",
          "arn:aws:s3:::payments-access-logs-dev-111111111111/*",
        ]

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      {
        Sid       = "CurrentTlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-access-logs-dev-111111111111",
          "arn:aws:s3:::payments-access-logs-dev-111111111111/*",
        ]

        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = "1.2"
          }
        }
      },
      {
        Sid    = "S3AccessLogs"
        Effect = "Allow"

        Principal = {
          Service = "logging.s3.amazonaws.com"
        }

        Action   = "s3:PutObject"
        Resource = "arn:aws:s3:::payments-access-logs-dev-111111111111/s3/*"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:s3:::payments-*"
          }
        }
      },
      {
        Sid    = "LoadBalancerLogs"
        Effect = "Allow"

        Principal = {
          Service = "logdelivery.elasticloadbalancing.amazonaws.com"
        }

        Action   = "s3:PutObject"
        Resource = "arn:aws:s3:::payments-access-logs-dev-111111111111/load-balancer/*/AWSLogs/111111111111/*"

        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111111111111"
          }

          ArnLike = {
            "aws:SourceArn" = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/*"
          }
        }
      },
    ]
  })
}

# checkpoints
resource "aws_s3_bucket" "checkpoints_bucket" {
  bucket        = "payments-checkpoints-dev-111111111111"
  force_destroy = true

  tags = {
    Name        = "payments-checkpoints-bucket-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_s3_bucket_policy.access_logs_bucket_policy]
}

# checkpoints
resource "aws_s3_bucket_public_access_block" "checkpoints_bucket" {
  bucket                  = aws_s3_bucket.checkpoints_bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# checkpoints
resource "aws_s3_bucket_ownership_controls" "checkpoints_bucket" {
  bucket = aws_s3_bucket.checkpoints_bucket.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# checkpoints
resource "aws_s3_bucket_server_side_encryption_configuration" "checkpoints_bucket" {
  bucket = aws_s3_bucket.checkpoints_bucket.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.checkpoints_key.arn
    }
  }
}

# checkpoints
resource "aws_s3_bucket_versioning" "checkpoints_bucket" {
  bucket = aws_s3_bucket.checkpoints_bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

# checkpoints
resource "aws_s3_bucket_logging" "checkpoints_bucket" {
  bucket        = aws_s3_bucket.checkpoints_bucket.id
  target_bucket = aws_s3_bucket.access_logs_bucket.bucket
  target_prefix = "s3/checkpoints/"
}

# checkpoints
resource "aws_s3_bucket_lifecycle_configuration" "checkpoints_bucket" {
  bucket = aws_s3_bucket.checkpoints_bucket.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }

  depends_on = [aws_s3_bucket_versioning.checkpoints_bucket]
}

# checkpoints
resource "aws_s3_bucket_policy" "checkpoints_bucket_policy" {
  bucket = aws_s3_bucket.checkpoints_bucket.bucket

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111",
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/*",
        ]

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      {
        Sid       = "CurrentTlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111",
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/*",
        ]

        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = "1.2"
          }
        }
      },
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-checkpoints-dev-111111111111",
          "arn:aws:s3:::payments-checkpoints-dev-111111111111/*",
        ]

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
      {
        Sid       = "OtherKeys"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::payments-checkpoints-dev-111111111111/*"

        Condition = {
          StringNotEqualsIfExists = {
            "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.checkpoints_key.arn
          }
        }
      },
      {
        Sid       = "OtherEncryption"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::payments-checkpoints-dev-111111111111/*"

        Condition = {
          StringNotEqualsIfExists = {
            "s3:x-amz-server-side-encryption" = "aws:kms"
          }
        }
      },
      {
        Sid       = "TokensOfRole1"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/approvals/payments-lead/*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::111111111111:role/payments-lead"
          }
        }
      },
      {
        Sid       = "TokensOfRole2"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "arn:aws:s3:::payments-checkpoints-dev-111111111111/ledger/approvals/security-lead/*"

        Condition = {
          StringNotEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::111111111111:role/security-lead"
          }
        }
      },
      {
        Sid       = "FunctionsElsewhere"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          aws_s3_bucket.checkpoints_bucket.arn,
          "${aws_s3_bucket.checkpoints_bucket.arn}/*",
        ]

        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = [
              aws_iam_role.secret_rotation_role.arn,
              aws_iam_role.data_validator_role.arn,
              aws_iam_role.preflight_role.arn,
              aws_iam_role.fence_role.arn,
              aws_iam_role.sequences_role.arn,
              aws_iam_role.reverse_slot_role.arn,
              aws_iam_role.rollback_handler_role.arn,
            ]
          }

          StringNotEquals = {
            "aws:SourceVpce" = [
              aws_vpc_endpoint.production_s3_endpoint.id,
              aws_vpc_endpoint.migration_s3_endpoint.id,
            ]
          }
        }
      },
    ]
  })
}

# checkpoints
resource "aws_s3_bucket" "evidence_bucket" {
  bucket              = "payments-evidence-dev-111111111111"
  object_lock_enabled = true
  force_destroy       = true

  tags = {
    Name        = "payments-evidence-bucket-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  depends_on = [aws_s3_bucket_policy.access_logs_bucket_policy]
}

# checkpoints
resource "aws_s3_bucket_public_access_block" "evidence_bucket" {
  bucket                  = aws_s3_bucket.evidence_bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# checkpoints
resource "aws_s3_bucket_ownership_controls" "evidence_bucket" {
  bucket = aws_s3_bucket.evidence_bucket.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# checkpoints
resource "aws_s3_bucket_server_side_encryption_configuration" "evidence_bucket" {
  bucket = aws_s3_bucket.evidence_bucket.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.checkpoints_key.arn
    }
  }
}

# checkpoints
resource "aws_s3_bucket_versioning" "evidence_bucket" {
  bucket = aws_s3_bucket.evidence_bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

# checkpoints
resource "aws_s3_bucket_object_lock_configuration" "evidence_bucket" {
  bucket              = aws_s3_bucket.evidence_bucket.id
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.evidence_bucket]
}

# checkpoints
resource "aws_s3_bucket_logging" "evidence_bucket" {
  bucket        = aws_s3_bucket.evidence_bucket.id
  target_bucket = aws_s3_bucket.access_logs_bucket.bucket
  target_prefix = "s3/evidence/"
}

# checkpoints
resource "aws_s3_bucket_lifecycle_configuration" "evidence_bucket" {
  bucket = aws_s3_bucket.evidence_bucket.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.evidence_bucket]
}

# checkpoints
resource "aws_s3_bucket_policy" "evidence_bucket_policy" {
  bucket = aws_s3_bucket.evidence_bucket.bucket

  policy = jsonencode({
    Version = "2012-10-17"

    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-evidence-dev-111111111111",
          "arn:aws:s3:::payments-evidence-dev-111111111111/*",
        ]

        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      {
        Sid       = "CurrentTlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-evidence-dev-111111111111",
          "arn:aws:s3:::payments-evidence-dev-111111111111/*",
        ]

        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = "1.2"
          }
        }
      },
      {
        Sid       = "OtherAccounts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          "arn:aws:s3:::payments-evidence-dev-111111111111",
          "arn:aws:s3:::payments-evidence-dev-111111111111/*",
        ]

        Condition = {
          StringNotEquals = {
            "aws:PrincipalAccount" = "111111111111"
          }
        }
      },
      {
        Sid       = "OtherKeys"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::payments-evidence-dev-111111111111/*"

        Condition = {
          StringNotEqualsIfExists = {
            "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.checkpoints_key.arn
          }
        }
      },
      {
        Sid       = "OtherEncryption"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::payments-evidence-dev-111111111111/*"

        Condition = {
          StringNotEqualsIfExists = {
            "s3:x-amz-server-side-encryption" = "aws:kms"
          }
        }
      },
      {
        Sid       = "FunctionsElsewhere"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"

        Resource = [
          aws_s3_bucket.evidence_bucket.arn,
          "${aws_s3_bucket.evidence_bucket.arn}/*",
        ]

        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = [
              aws_iam_role.secret_rotation_role.arn,
              aws_iam_role.data_validator_role.arn,
              aws_iam_role.preflight_role.arn,
              aws_iam_role.fence_role.arn,
              aws_iam_role.sequences_role.arn,
              aws_iam_role.reverse_slot_role.arn,
              aws_iam_role.rollback_handler_role.arn,
            ]
          }

          StringNotEquals = {
            "aws:SourceVpce" = [
              aws_vpc_endpoint.production_s3_endpoint.id,
              aws_vpc_endpoint.migration_s3_endpoint.id,
            ]
          }
        }
      },
    ]
  })
}
