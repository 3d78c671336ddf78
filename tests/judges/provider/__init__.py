"""An offline Terraform provider with the schema of hashicorp/aws and invented values."""
