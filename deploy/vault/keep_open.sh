#!/bin/sh
# Initialises a new Vault and opens a sealed one, for as long as it runs.
#
# The unseal key and the root token lie on the volume at /vault/file of this container, which no service mounts. That is
# as safe as the machine: whoever can read its volumes can open the Vault. Where that is not enough, leave this out,
# keep the key elsewhere and open Vault by hand or by a key management service.
set -eu
umask 077
kept="${PACE42_VAULT_INIT:-/vault/file/init.json}"

field() {
    tr -d ' \n' < "$kept" | sed -n "s/.*\"$1\":\[\{0,1\}\"\([^\"]*\)\".*/\1/p" | tr -d '\n'
}

initialise() {
    vault operator init -key-shares=1 -key-threshold=1 -format=json > "$kept.new"
    mv "$kept.new" "$kept"
}

# A stop between the two steps of initialising leaves the only copy of the key under the first name.
if [ ! -s "$kept" ] && [ -s "$kept.new" ]; then
    mv "$kept.new" "$kept"
fi

while :; do
    # 0: open; 2: sealed or not initialised; 1: it does not answer yet.
    status=0
    vault status > /dev/null 2>&1 || status=$?
    if [ "$status" -eq 2 ]; then
        initialised=0
        vault operator init -status > /dev/null 2>&1 || initialised=$?
        if [ "$initialised" -eq 2 ]; then
            initialise
        fi
        if [ -s "$kept" ]; then
            field unseal_keys_b64 | vault write -format=json sys/unseal key=- > /dev/null || true
        fi
    fi
    sleep 2
done
