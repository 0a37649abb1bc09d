path "secret/data/keys/garmin_ingest/*" {
  capabilities = ["read"]
}

path "secret/data/keys/public/*" {
  capabilities = ["read"]
}

# Credentials and tokens of one runner each. Deleting the metadata removes every version.
path "secret/data/garmin/users/*" {
  capabilities = ["create", "read", "update"]
}

path "secret/metadata/garmin/users/*" {
  capabilities = ["delete"]
}
