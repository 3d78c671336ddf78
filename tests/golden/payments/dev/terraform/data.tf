data "aws_secretsmanager_secret" "payments_ledger_onprem_replication" {
  name = "payments/ledger-onprem/replication"
}

data "aws_secretsmanager_secret" "payments_ledger_onprem_reverse_apply" {
  name = "payments/ledger-onprem/reverse-apply"
}
