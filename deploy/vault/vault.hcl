# Vault on one machine: files on a volume, plain HTTP on a network that only the containers of this stack share.
# Past one machine: raft storage, TLS, and a seal that a key management service opens.

storage "file" {
  path = "/vault/file/data"
}

listener "tcp" {
  address     = "0.0.0.0:8200"
  tls_disable = true
}

api_addr = "http://vault:8200"

# Locking memory needs a capability that the container does not have; the machine should have no swap, or an encrypted one.
disable_mlock = true
ui            = false
