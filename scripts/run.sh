#!/bin/bash
# Starts pelikan_segcache with config/segcache.conf and says what to try next. usage: scripts/run.sh BIN_DIR
set -euo pipefail
cat <<'TEXT'
pelikan_segcache listens on 127.0.0.1:11211 and speaks memcached's protocol. From another terminal, try

printf 'set greeting 0 60 5\r\nhello\r\nget greeting\r\nquit\r\n' | nc 127.0.0.1 11211

python3 -c "
import socket
cache = socket.create_connection(('127.0.0.1', 11211))
cache.sendall(b'set greeting 0 60 5\r\nhello\r\nget greeting\r\nquit\r\n')
print(cache.makefile().read())"

http://127.0.0.1:9998/metrics shows what it counts. Ctrl-C stops it.

TEXT
exec "$1/pelikan_segcache" "$(dirname "$0")/../config/segcache.conf"
