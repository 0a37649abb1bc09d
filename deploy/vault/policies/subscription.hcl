path "secret/data/keys/subscription/*" {
  capabilities = ["read"]
}

path "secret/data/keys/public/*" {
  capabilities = ["read"]
}
