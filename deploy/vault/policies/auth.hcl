path "secret/data/keys/auth/*" {
  capabilities = ["read"]
}

path "secret/data/keys/public/*" {
  capabilities = ["read"]
}
