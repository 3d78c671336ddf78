data "aws_secretsmanager_secret" "secret_payments_ledger_onprem_replication_2e76e8" {
  name = "payments/ledger-onprem/replication"
}

data "aws_secretsmanager_secret" "secret_payments_ledger_onprem_reverse_apply_403c48" {
  name = "payments/ledger-onprem/reverse-apply"
}
