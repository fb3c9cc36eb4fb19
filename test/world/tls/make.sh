#!/bin/sh
# Makes the certificates of the tests again: `sh make.sh`, with any OpenSSL 3. They hold until 2120; the keys guard nothing.
#   own       self-signed, for the name signalbox.test alone
#   loopback  of a CA of its own (ca.pem), for localhost, 127.0.0.1 and ::1; the file holds the chain
#   expired   the same, ended in 2021
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1"; }
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[own]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:signalbox.test
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
CNF
: > "$work/index"
sign() { # name, key of the issuer, section, start, end, more
  name=$1 issuer=$2 section=$3 start=$4 end=$5
  shift 5
  openssl req -new -key "$name.key.pem" -subj "/CN=$name" -out "$work/$name.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$name.csr" -keyfile "$issuer" \
    -extensions "$section" -startdate "$start" -enddate "$end" -out "$name.pem" "$@"
}
key "$work/ca.key.pem" && cp "$work/ca.key.pem" ca.key.pem
sign ca ca.key.pem authority 20200101000000Z 21200101000000Z -selfsign
rm ca.key.pem
key own.key.pem
sign own own.key.pem own 20200101000000Z 21200101000000Z -selfsign
key loopback.key.pem
sign loopback "$work/ca.key.pem" server 20200101000000Z 21200101000000Z -cert ca.pem
key expired.key.pem
sign expired "$work/ca.key.pem" server 20200101000000Z 20210101000000Z -cert ca.pem
cat ca.pem >> loopback.pem
chmod 600 ./*.key.pem
