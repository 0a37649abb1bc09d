path "secret/data/keys/gateway/*" {
  capabilities = ["read"]
}

path "secret/data/keys/public/*" {
  capabilities = ["read"]
}
