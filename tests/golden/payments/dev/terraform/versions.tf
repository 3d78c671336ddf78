terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.47"
    }
  }
}

# A configuration for one account never touches another.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}
