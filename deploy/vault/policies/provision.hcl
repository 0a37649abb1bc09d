# Makes the keys that are absent. Vault asks for "update" already when a check-and-set finds that another was first.
path "secret/data/keys/*" {
  capabilities = ["create", "read", "update"]
}
