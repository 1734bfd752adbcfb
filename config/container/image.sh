#!/bin/sh
# Makes the image that is served from, without a container: image.sh JAR DIRECTORY [CONFIG]
#   DIRECTORY/bin/java            a Java runtime of just the modules of modules.txt
#   DIRECTORY/lib/osmanthus.jar   the program
#   DIRECTORY/config              the configuration it is shipped with
# The Containerfile and CI both go through here.
set -eu
if [ $# -lt 2 ]; then
  echo "usage: image.sh JAR DIRECTORY [CONFIG]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
jar=$1
directory=$2
config=${3:-$here/..}
modules=$(grep -v '^#' "$here/modules.txt" | paste -s -d , -)

if [ -e "$directory" ]; then
  echo "image.sh: $directory is there already" >&2
  exit 1
fi
# An image made from a JDK with link-time debug symbols would be ten times the size.
jlink --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --compress=2 --output "$directory"
cp "$jar" "$directory/lib/osmanthus.jar"
mkdir "$directory/config"
cp -R "$config/." "$directory/config"
"$directory/bin/java" --list-modules >/dev/null
echo "image.sh: $directory, $(du -sm "$directory" | cut -f1) MiB, modules $modules"
