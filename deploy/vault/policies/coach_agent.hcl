path "secret/data/keys/coach_agent/*" {
  capabilities = ["read"]
}

path "secret/data/keys/public/*" {
  capabilities = ["read"]
}
