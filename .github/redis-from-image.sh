#!/bin/sh
# redis-from-image.sh IMAGE DIRECTORY
#
# Extracts redis-server and its search module from a Docker image and creates the command
# DIRECTORY/bin/redis-stack-server, which the tests find on the PATH. With a command the tests can
# also start sentinels, clusters, and servers that stop and restart.
set -eu
image=$1
mkdir -p "$2/bin"
directory=$(cd "$2" && pwd)

container=$(docker create "$image")
docker export "$container" | tar -x -C "$directory" --no-anchored redis-server redisearch.so
docker rm "$container" > /dev/null

server=$(find "$directory" -type f -name redis-server -perm -u+x | head -n 1)
module=$(find "$directory" -type f -name redisearch.so | head -n 1)
: "${server:?the image has no redis-server}" "${module:?the image has no redisearch.so}"

cat > "$directory/bin/redis-stack-server" <<COMMAND
#!/bin/sh
# A sentinel does not load the search module.
for argument; do
  [ "\$argument" != --sentinel ] || exec "$server" "\$@"
done
exec "$server" "\$@" --loadmodule "$module"
COMMAND
chmod +x "$directory/bin/redis-stack-server"
"$server" --version
