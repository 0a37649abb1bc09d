#!/bin/sh
# Brings an open Vault to what the services need: the KV engine, AppRole, a policy and a role for each process. It may run
# any number of times. Changing a process's secret id in the environment and running it again replaces the old one.
set -eu
policies="${PACE42_POLICIES:-/pace42/policies}"
kept="${PACE42_VAULT_INIT:-/vault/file/init.json}"

VAULT_TOKEN="$(tr -d ' \n' < "$kept" | sed -n 's/.*"root_token":"\([^"]*\)".*/\1/p')"
export VAULT_TOKEN

vault secrets list -format=json | grep -q '"secret/"' || vault secrets enable -path=secret -version=2 kv
# Tokens of Garmin that were replaced, or belong to an account that was let go, are not to be found in an older version.
# The keys of the stack are written once and never replaced, so they lose nothing by it.
vault write secret/config max_versions=1
vault auth list -format=json | grep -q '"approle/"' || vault auth enable approle

for file in "$policies"/*.hcl; do
    process="$(basename "$file" .hcl)"
    variable="PACE42_$(printf %s "$process" | tr '[:lower:]' '[:upper:]')_VAULT_SECRET_ID"
    vault policy write "pace42-$process" "$file"
    # Deleting a role revokes its secret ids; a token given before lives out its 20 minutes.
    vault delete "auth/approle/role/pace42-$process"
    vault write "auth/approle/role/pace42-$process" \
        token_policies="pace42-$process" token_no_default_policy=false token_ttl=20m token_max_ttl=24h \
        secret_id_ttl=0 secret_id_num_uses=0
    vault write "auth/approle/role/pace42-$process/role-id" role_id="pace42-$process"
    secret_id="$(printenv "$variable")"
    # From standard input, because an argument can be read in the list of processes.
    printf %s "$secret_id" | vault write "auth/approle/role/pace42-$process/custom-secret-id" secret_id=- > /dev/null
done
